/** The bar above a decision file: where it belongs, whether it is saved, and what can be done with it. */
import type { JSX } from 'preact';
import { ProblemsButton, SaveWords } from '../header.tsx';
import { Icon } from '../icon.tsx';
import type { DecisionSession } from './session.ts';

export interface BarProps {
  readonly session: DecisionSession;
  readonly clock: (instant: string) => string;
  readonly onProblems: () => void;
  readonly onDeploy: () => void;
  readonly onDiscard: () => void;
  readonly onDownload: () => void;
}

export function Bar({ session, clock, onProblems, onDeploy, onDiscard, onDownload }: BarProps): JSX.Element {
  const model = session.model.value;
  const live = session.file.value?.live === true ? model?.live[0] : undefined;
  const act = (run: () => void) => (event: MouseEvent): void => {
    (event.currentTarget as HTMLElement).closest('details')?.removeAttribute('open');
    run();
  };
  const name = session.view.value?.name ?? '';
  return (
    <header class="designer-bar">
      <div class="designer-bar__about">
        <a class="designer-bar__back" href="/designer">Procedures</a>
        <span class="designer-bar__step" aria-hidden="true">›</span>
        {model !== undefined && <><a class="designer-bar__back" href={`/designer/${encodeURIComponent(model.id)}`}>{model.name}</a><span class="designer-bar__step" aria-hidden="true">›</span></>}
        <h1 class="designer-bar__name">{name === '' ? 'Decisions' : name}</h1>
        <span class="designer-bar__version">{live === undefined ? 'Not deployed yet' : `Version ${String(live.version)} of the procedure is live`}</span>
        <SaveWords state={session.draft.state.value} clock={clock} />
      </div>
      <div class="designer-bar__acts">
        <span class="designer-pair">
          <button type="button" class="designer-button designer-button--icon" disabled={!session.canUndo.value} onClick={() => { session.undo(); }} title="Undo (Ctrl+Z)"><Icon name="undo" /><span class="govuk-visually-hidden">Undo</span></button>
          <button type="button" class="designer-button designer-button--icon" disabled={!session.canRedo.value} onClick={() => { session.redo(); }} title="Redo (Ctrl+Y)"><Icon name="redo" /><span class="govuk-visually-hidden">Redo</span></button>
        </span>
        <details class="designer-more" onKeyDown={(event) => { if (event.key === 'Escape') event.currentTarget.removeAttribute('open'); }}>
          <summary class="designer-button">File</summary>
          <div class="designer-more__list">
            <button type="button" onClick={act(onDownload)}>Download DMN</button>
            {session.draft.state.value.kind !== 'live' && <button type="button" onClick={act(onDiscard)}>Discard the changes…</button>}
          </div>
        </details>
        <ProblemsButton findings={session.findings.value} onProblems={onProblems} />
        <button type="button" class="designer-button designer-button--primary" onClick={onDeploy}>Deploy…</button>
      </div>
    </header>
  );
}
