/** The decision editor as a whole: bar, what the file holds, the chosen decision, trying it, problems, and the keys that work everywhere in it. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { QuestionDialog, runningWords } from '../deploy-dialog.tsx';
import type { Question } from '../deploy-dialog.tsx';
import { Failed } from '../failed.tsx';
import { useKeys } from '../keys.ts';
import { Notices } from '../notices.tsx';
import type { Said } from '../notices.tsx';
import { count, Problems } from '../problems.tsx';
import { Bar } from './bar.tsx';
import { DecisionPane } from './decision-pane.tsx';
import { FileContents } from './file-view.tsx';
import type { DecisionFinding } from './findings.ts';
import type { DecisionSession } from './session.ts';
import { TryIt } from './try-view.tsx';

export interface DecisionAppProps {
  readonly session: DecisionSession;
  readonly clock: (instant: string) => string;
}

export function DecisionApp({ session, clock }: DecisionAppProps): JSX.Element {
  const [said, setSaid] = useState<Said | undefined>(undefined);
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const choose = (finding: DecisionFinding): void => {
    setChosen(finding.key);
    if (finding.decision !== '') session.select(finding.decision);
    requestAnimationFrame(() => { focusPlace(finding); });
  };
  const next = (): void => {
    const all = session.findings.value;
    const finding = all[(all.findIndex(({ key }) => key === chosen) + 1) % Math.max(1, all.length)];
    if (finding === undefined) document.getElementById('problems-heading')?.focus();
    else choose(finding);
  };
  useKeys({ next, save: () => session.draft.save(), undo: () => { session.undo(); }, redo: () => { session.redo(); } });
  if (session.failed.value !== undefined) return <Failed refused={session.failed.value} />;
  const view = session.view.value;
  const decision = session.decision();
  const deploy = (over: boolean): void => {
    setBusy(true);
    void deployed(session, over).then((outcome) => {
      setBusy(false);
      setQuestion(outcome.question);
      setSaid(outcome.said);
      const first = session.refused.value?.[0];
      if (outcome.said?.kind === 'error' && first !== undefined) setChosen(first.key);
    });
  };
  const answer = (yes: boolean): void => {
    const asked = question;
    if (!yes) { setQuestion(undefined); return; }
    if (asked?.kind !== 'discard') { deploy(asked?.kind === 'meanwhile'); return; }
    setQuestion(undefined);
    void session.discard().then((left) => { if (!left) location.assign(`/designer/${encodeURIComponent(session.file.value?.model.id ?? '')}`); });
  };
  return (
    <div class="designer-frame">
      <Bar session={session} clock={clock} onProblems={next} onDeploy={() => { setQuestion({ kind: 'deploy' }); }} onDiscard={() => { setQuestion({ kind: 'discard' }); }} onDownload={() => { download(session); }} />
      <Notices draft={session.draft} said={said} clock={clock} onClose={() => { setSaid(undefined); }} onSettle={(take) => { void session.settle(take); }} onLeftover={(use) => { void session.useLeftover(use); }} />
      {view === undefined ? <p class="designer-opening" role="status">The decisions are loading.</p> : (
        <div class="rules-work">
          <FileContents session={session} view={view} />
          <DecisionPane session={session} view={view} />
          {decision !== undefined && <TryIt session={session} decision={decision} />}
        </div>
      )}
      <Problems findings={session.findings.value} refused={session.refused.value !== undefined} chosen={chosen} onChoose={(finding) => { choose(finding as DecisionFinding); }} />
      <div class="govuk-visually-hidden" role="status">{session.announced.value}</div>
      {question !== undefined && <QuestionDialog key={question.kind} model={session.model.value} findings={session.findings.value} question={question} one={question.kind === 'discard'} busy={busy} onAnswer={answer} />}
    </div>
  );
}

/** To the cell, the column or the expression a finding is about. */
function focusPlace({ place }: DecisionFinding): void {
  const selector = place === undefined ? '#decision-heading' : place.kind === 'cell' ? `[data-cell="${String(place.rule)}-${String(place.column)}"]` : place.kind === 'column' ? `[data-column="${String(place.column)}"]` : '.rules-pane textarea';
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

async function deployed(session: DecisionSession, over: boolean): Promise<{ readonly question?: Question; readonly said?: Said }> {
  const outcome = await session.deploy(over);
  switch (outcome.kind) {
    case 'meanwhile': return { question: { kind: 'meanwhile', detail: outcome.detail } };
    case 'failed': return { said: { kind: 'notice', text: outcome.detail } };
    case 'refused': return { said: { kind: 'error', text: `Not deployed: there ${outcome.count === 1 ? 'is' : 'are'} ${count(outcome.count, 'error')}. The list below says where and why.` } };
    case 'deployed': {
      const { version, unchanged, running } = outcome.deployed;
      return { said: { kind: 'success', text: unchanged ? `Nothing has changed since version ${String(version)}, which is live.` : `Version ${String(version)} of the procedure is live with these decisions. ${runningWords(running)}` } };
    }
  }
}

function download({ view, file }: DecisionSession): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([view.value?.source.text ?? ''], { type: 'application/xml' }));
  link.download = file.value?.file ?? 'decisions.dmn';
  link.click();
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 10_000);
}
