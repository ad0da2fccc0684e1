/** The designer as a whole: bar, drawing or outline, panel and problems, and the keys that work everywhere in it. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { QuestionDialog, runningWords } from './deploy-dialog.tsx';
import type { Question } from './deploy-dialog.tsx';
import type { Diagram } from './diagram/diagram.ts';
import type { Engine } from './engine-client.ts';
import { Failed } from './failed.tsx';
import { Header } from './header.tsx';
import type { View } from './header.tsx';
import { useKeys } from './keys.ts';
import { Losses } from './losses.tsx';
import type { Finding } from './model/findings.ts';
import { outlineOf } from './model/outline.ts';
import { Notices } from './notices.tsx';
import type { Said } from './notices.tsx';
import { Outline } from './outline-view.tsx';
import type { DecisionActs } from './panel/field-views.tsx';
import { focusName, Panel } from './panel/panel.tsx';
import { typeWords } from './panel/sections.ts';
import { count, Problems } from './problems.tsx';
import type { Session } from './session.ts';

export interface AppProps {
  readonly session: Session;
  readonly diagram: Diagram;
  readonly engine: Engine;
  /** The element bpmn-js draws into. */
  readonly canvas: HTMLElement;
  readonly clock: (instant: string) => string;
}

/** Narrower, the drawing is too small to work with. */
const WIDE = '(min-width: 60rem)';

export function App(props: AppProps): JSX.Element {
  const { session, diagram, engine, clock } = props;
  const mayDraw = useWide();
  const [wanted, setView] = useState<View>('drawing');
  const [said, setSaid] = useState<Said | undefined>(undefined);
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const view = mayDraw ? wanted : 'outline';
  const problems = useProblems(session, diagram);
  useKeys({ next: problems.next, save: () => session.save(), undo: () => { diagram.undo(); }, redo: () => { diagram.redo(); } });
  if (session.failed.value !== undefined) return <Failed refused={session.failed.value} />;
  if (session.losses.value.length > 0) return <Losses losses={session.losses.value} onOpen={() => { session.losses.value = []; }} />;
  const deploy = (over: boolean): void => {
    setBusy(true);
    void deployed(session, over).then((outcome) => {
      setBusy(false);
      setQuestion(outcome.question);
      setSaid(outcome.said);
      if (outcome.said?.kind === 'error') problems.first();
    });
  };
  const answer = (yes: boolean): void => {
    const asked = question;
    if (!yes) { setQuestion(undefined); return; }
    if (asked?.kind !== 'discard') { deploy(asked?.kind === 'meanwhile'); return; }
    setQuestion(undefined);
    void session.discard().then((left) => { if (!left) location.assign('/designer'); });
  };
  return (
    <div class={`designer-frame designer-frame--${view}`}>
      <Header {...{ session, diagram, view, mayDraw, clock }} onView={setView} onProblems={problems.first} onDeploy={() => { setQuestion({ kind: 'deploy' }); }}
        onDownload={(what) => { void download(props, what); }} onDiscard={() => { setQuestion({ kind: 'discard' }); }} />
      <Notices draft={session.draft} said={said} clock={clock} onClose={() => { setSaid(undefined); }} onSettle={(take) => { void session.settle(take); }} onLeftover={(use) => { void session.useLeftover(use); }} />
      <div class="designer-work">
        <div class="designer-stage">
          <Canvas canvas={props.canvas} diagram={diagram} hidden={view !== 'drawing'} />
          {view === 'outline' && <OutlineStage session={session} diagram={diagram} />}
        </div>
        <PanelStage session={session} diagram={diagram} engine={engine} />
      </div>
      <Problems findings={session.findings.value} refused={session.refused.value !== undefined} chosen={problems.chosen} onChoose={problems.choose} />
      {question !== undefined && <QuestionDialog key={question.kind} model={session.model.value} findings={session.findings.value} question={question} busy={busy} onAnswer={answer} />}
    </div>
  );
}

function useWide(): boolean {
  const media = useMemo(() => matchMedia(WIDE), []);
  const [wide, setWide] = useState(media.matches);
  useEffect(() => {
    const look = (): void => { setWide(media.matches); };
    media.addEventListener('change', look);
    return () => { media.removeEventListener('change', look); };
  }, []);
  return wide;
}

interface ProblemWalk {
  readonly chosen: string | undefined;
  readonly choose: (finding: Finding) => void;
  readonly first: () => void;
  readonly next: () => void;
}

/** Choosing problems: one by one, and their marks on the drawing. */
function useProblems(session: Session, diagram: Diagram): ProblemWalk {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const findings = session.findings.value;
  const choose = (finding: Finding): void => {
    setChosen(finding.key);
    diagram.select(finding.elementId);
  };
  useEffect(() => { diagram.mark(findings, (id) => { diagram.select(id); }); }, [findings]);
  const show = (at: number): void => {
    const now = session.findings.value;
    const finding = now[at % Math.max(1, now.length)];
    document.getElementById('problems-heading')?.focus({ preventScroll: true });
    document.getElementById('problems-heading')?.scrollIntoView({ block: 'nearest' });
    if (finding !== undefined) choose(finding);
  };
  return { chosen, choose, first: () => { show(0); }, next: () => { show(session.findings.value.findIndex(({ key }) => key === chosen) + 1); } };
}

async function deployed(session: Session, over: boolean): Promise<{ readonly question?: Question; readonly said?: Said }> {
  const outcome = await session.deploy(over);
  switch (outcome.kind) {
    case 'meanwhile': return { question: { kind: 'meanwhile', detail: outcome.detail } };
    case 'failed': return { said: { kind: 'notice', text: outcome.detail } };
    case 'refused': return { said: { kind: 'error', text: `Not deployed: ${count(outcome.count, 'part')} of the model cannot be executed. The list below says which and why.` } };
    case 'deployed': {
      const { version, unchanged, running } = outcome.deployed;
      return { said: { kind: 'success', text: unchanged ? `Nothing has changed since version ${String(version)}, which is live.` : `Version ${String(version)} is live. ${runningWords(running)}` } };
    }
  }
}

/** The element bpmn-js owns, put into the page; hidden it keeps its state. */
function Canvas({ canvas, diagram, hidden }: { readonly canvas: HTMLElement; readonly diagram: Diagram; readonly hidden: boolean }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => { place.current?.append(canvas); }, []);
  useEffect(() => { diagram.show(!hidden); }, [hidden]);
  return <div class="designer-canvas" ref={place} hidden={hidden} />;
}

function OutlineStage({ session, diagram }: { readonly session: Session; readonly diagram: Diagram }): JSX.Element {
  const change = diagram.changes.value;
  const open = session.model.value !== undefined;
  const items = useMemo(() => (open ? outlineOf(diagram.definitions, typeWords) : []), [change, open]);
  const rename = (id: string): void => {
    diagram.select(id);
    focusName();
  };
  return <Outline items={items} selected={diagram.selected.value} findings={session.findings.value} onSelect={(id) => { diagram.select(id); }} onRename={rename} />;
}

function PanelStage({ session, diagram, engine }: Pick<AppProps, 'session' | 'diagram' | 'engine'>): JSX.Element {
  const model = session.model.value;
  if (model === undefined) return <aside class="designer-panel" aria-label="Step"><p class="designer-note" role="status">The model is loading.</p></aside>;
  return <Panel diagram={diagram} engine={engine} decisions={decisionActs(session, model.id)} vocabulary={{ ...model.vocabulary, forms: model.forms }} findings={session.findings.value} />;
}

/** What is drawn is saved before the page is left for a decision. */
function decisionActs(session: Session, model: string): DecisionActs {
  const address = (id: string): string => `/designer/${encodeURIComponent(model)}/decisions/${encodeURIComponent(id)}`;
  return {
    address,
    open: (id) => { void session.save().then(() => { location.assign(address(id)); }); },
    make: async (name) => {
      const reply = await session.beginDecision(name);
      return reply.ok ? reply.body : { reason: [reply.refused.title, reply.refused.detail].filter((text) => text !== '').join(': ') };
    },
  };
}

async function download({ session, diagram }: AppProps, what: 'xml' | 'svg'): Promise<void> {
  const content = what === 'xml' ? await diagram.xml() : await diagram.svg();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type: what === 'xml' ? 'application/xml' : 'image/svg+xml' }));
  link.download = `${session.model.value?.id ?? 'procedure'}.${what === 'xml' ? 'bpmn' : 'svg'}`;
  link.click();
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 10_000);
}
