/** Bands under the bar for what needs a decision or must be known: offline, conflict, what the browser kept, what was done. */
import type { ComponentChildren, JSX } from 'preact';
import type { Draft } from './draft.ts';

export interface Said {
  readonly kind: 'success' | 'error' | 'notice';
  readonly text: string;
}

export interface NoticesProps {
  readonly draft: Draft;
  readonly said: Said | undefined;
  readonly clock: (instant: string) => string;
  readonly onClose: () => void;
  readonly onSettle: (take: 'mine' | 'theirs') => void;
  readonly onLeftover: (use: boolean) => void;
}

export function Notices({ draft, said, clock, onClose, onSettle, onLeftover }: NoticesProps): JSX.Element {
  const state = draft.state.value;
  const leftover = draft.leftover.value;
  return (
    <div class="designer-notices">
      {said !== undefined && <Band kind={said.kind} acts={<button type="button" class="designer-button" onClick={onClose}>Close</button>}>{said.text}</Band>}
      {state.kind === 'conflict' && (
        <Band kind="error" acts={<>
          <button type="button" class="designer-button" onClick={() => { onSettle('theirs'); }}>Show theirs, drop mine</button>
          <button type="button" class="designer-button" onClick={() => { onSettle('mine'); }}>Save mine over it</button>
        </>}>{meanwhile(state.detail, clock)}</Band>
      )}
      {state.kind === 'unsaved' && <Band kind="notice" acts={<button type="button" class="designer-button" onClick={() => { void draft.save(); }}>Try again</button>}>{UNSAVED[state.why]} {state.local ? 'Your changes are kept in this browser.' : 'This browser keeps nothing: download the file before you leave.'} {state.why === 'refused' ? state.detail : ''}</Band>}
      {leftover !== undefined && (
        <Band kind="notice" acts={<>
          <button type="button" class="designer-button" onClick={() => { onLeftover(true); }}>Use them</button>
          <button type="button" class="designer-button" onClick={() => { onLeftover(false); }}>Forget them</button>
        </>}>This browser kept changes from {clock(leftover.at)} that never reached the server.</Band>
      )}
    </div>
  );
}

/** "Expected …, but Ana saved it on <instant>", as the server says it to programs, for a person. */
function meanwhile(detail: string, clock: NoticesProps['clock']): string {
  const [, saved, at] = /, but (.+) on (\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(detail) ?? [];
  return saved === undefined || at === undefined ? `${detail}.` : `${saved} at ${clock(at)}, after you had opened it. What you changed here is not saved.`;
}

const UNSAVED = {
  offline: 'The server cannot be reached; saving is tried again by itself.',
  session: 'Your session has ended. Sign in again in another window, then try again.',
  refused: 'The server did not take the draft.',
} as const;

function Band({ kind, acts, children }: { readonly kind: Said['kind']; readonly acts: ComponentChildren; readonly children: ComponentChildren }): JSX.Element {
  return <div class={`designer-band designer-band--${kind}`} role={kind === 'error' ? 'alert' : 'status'}><p>{children}</p><span class="designer-band__acts">{acts}</span></div>;
}
