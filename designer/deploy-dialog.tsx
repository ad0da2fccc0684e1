/** The question before a deployment, and before it goes over somebody else's version. */
import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { count } from './problems.tsx';
import type { Session } from './session.ts';

export type Question = { readonly kind: 'deploy' } | { readonly kind: 'meanwhile'; readonly detail: string } | { readonly kind: 'discard' };

export interface QuestionProps {
  readonly session: Session;
  readonly question: Question;
  readonly busy: boolean;
  readonly onAnswer: (yes: boolean) => void;
}

export function QuestionDialog({ session, question, busy, onAnswer }: QuestionProps): JSX.Element {
  const model = session.model.value;
  const name = model?.name ?? '';
  const next = (model?.live[0]?.version ?? 0) + 1;
  switch (question.kind) {
    case 'discard': return <Dialog title="Discard the draft?" yes="Discard" busy={busy} onAnswer={onAnswer}><p>Everything that was changed since {model?.live[0] === undefined ? 'the beginning' : `version ${String(model.live[0].version)}`} is lost.</p></Dialog>;
    case 'meanwhile': return <Dialog title="Somebody else has deployed" yes={`Deploy mine as version ${String(next)}`} busy={busy} onAnswer={onAnswer}><p>{question.detail}.</p><p>Your draft does not contain what they changed. Look at their version first, or deploy yours after it.</p></Dialog>;
    case 'deploy': return (
      <Dialog title={`Deploy version ${String(next)} of ${name}?`} yes="Deploy" busy={busy} onAnswer={onAnswer}>
        <p>New cases begin with it; running cases stay on the version they began with.</p>
        <FindingWords session={session} />
      </Dialog>
    );
  }
}

export function runningWords(running: number): string {
  if (running === 0) return 'No cases are running.';
  return running === 1 ? '1 running case stays on its version.' : `${String(running)} running cases stay on their versions.`;
}

function FindingWords({ session }: { readonly session: Session }): JSX.Element | null {
  const findings = session.findings.value;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return <p class="designer-dialog__warning">{count(errors, 'error')} will keep it from being deployed.</p>;
  return findings.length === 0 ? null : <p>{count(findings.length, 'warning')}: look at the list of problems.</p>;
}

function Dialog({ title, yes, busy, onAnswer, children }: { readonly title: string; readonly yes: string; readonly busy: boolean; readonly onAnswer: (yes: boolean) => void; readonly children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { dialog.current?.showModal(); }, []);
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
