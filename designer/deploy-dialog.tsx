/** The question before a deployment, and before it goes over somebody else's version. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import type { ModelBody } from '../server/http/contract/models.ts';
import type { Finding } from './model/findings.ts';
import { count } from './problems.tsx';

export type Question = { readonly kind: 'deploy' } | { readonly kind: 'meanwhile'; readonly detail: string } | { readonly kind: 'discard' };

export interface QuestionProps {
  /** Undefined while it is loading. */
  readonly model: ModelBody | undefined;
  readonly findings: readonly Pick<Finding, 'severity'>[];
  readonly question: Question;
  /** About one decision file, not the whole draft. */
  readonly one?: boolean;
  readonly busy: boolean;
  readonly onAnswer: (yes: boolean) => void;
}

export function QuestionDialog({ model, findings, question, one = false, busy, onAnswer }: QuestionProps): JSX.Element {
  const name = model?.name ?? '';
  const next = (model?.live[0]?.version ?? 0) + 1;
  switch (question.kind) {
    case 'discard': return one ? <Dialog title="Discard the changes of this file?" yes="Discard" busy={busy} onAnswer={onAnswer}><p>Its decisions become what is live; a file that was never deployed is gone.</p></Dialog> : <Dialog title="Discard the draft?" yes="Discard" busy={busy} onAnswer={onAnswer}><p>Everything that was changed since {model?.live[0] === undefined ? 'the beginning' : `version ${String(model.live[0].version)}`} is lost{(model?.changed ?? []).length > 0 ? ', the changes of its decisions too' : ''}.</p></Dialog>;
    case 'meanwhile': return <Dialog title="Somebody else has deployed" yes={`Deploy mine as version ${String(next)}`} busy={busy} onAnswer={onAnswer}><p>{question.detail}.</p><p>Your draft does not contain what they changed. Look at their version first, or deploy yours after it.</p></Dialog>;
    case 'deploy': return (
      <Dialog title={`Deploy version ${String(next)} of ${name}?`} yes="Deploy" busy={busy} onAnswer={onAnswer}>
        <p>New cases begin with it; running cases stay on the version they began with.</p>
        <ChangedWords model={model} />
        <FindingWords findings={findings} />
      </Dialog>
    );
  }
}

export function runningWords(running: number): string {
  if (running === 0) return 'No cases are running.';
  return running === 1 ? '1 running case stays on its version.' : `${String(running)} running cases stay on their versions.`;
}

/** Decisions are changed on a page of their own: what goes along is said. */
function ChangedWords({ model }: Pick<QuestionProps, 'model'>): JSX.Element | null {
  const changed = model?.changed ?? [];
  return changed.length === 0 ? null : <p>Changed decisions go along: {changed.map(({ name, savedBy }) => `${name} (saved by ${savedBy.name})`).join('; ')}.</p>;
}

function FindingWords({ findings }: Pick<QuestionProps, 'findings'>): JSX.Element | null {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return <p class="designer-dialog__warning">{count(errors, 'error')} will keep it from being deployed.</p>;
  return findings.length === 0 ? null : <p>{count(findings.length, 'warning')}: look at the list of problems.</p>;
}

function Dialog({ title, yes, busy, onAnswer, children }: { readonly title: string; readonly yes: string; readonly busy: boolean; readonly onAnswer: (yes: boolean) => void; readonly children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the next key: it belongs to the question.
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    // Back to where it was asked from, unless what came of it has taken the focus.
    return () => { requestAnimationFrame(() => { if (document.activeElement === document.body && before instanceof HTMLElement) before.focus(); }); };
  }, []);
  return (
    <dialog ref={dialog} class="designer-dialog" aria-labelledby="dialog-title" onCancel={(event) => { event.preventDefault(); onAnswer(false); }}>
      <h2 id="dialog-title">{title}</h2>
      {children}
      <div class="designer-dialog__acts">
        <button type="button" class="designer-button designer-button--primary" disabled={busy} onClick={() => { onAnswer(true); }}>{yes}</button>
        <button type="button" class="designer-button" onClick={() => { onAnswer(false); }}>Cancel</button>
      </div>
    </dialog>
  );
}
