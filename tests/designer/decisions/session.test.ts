/** Work on a decision file: steps back, what the engine says, saving against what was opened, and deploying; with a server and an engine that are told what to say. */
import { expect } from 'chai';
import type { ModelApi, Refused, Reply } from '../../../designer/api.ts';
import { startDecisionEngine } from '../../../designer/decisions/decision-client.ts';
import type { Answer, DecisionEngine, Question } from '../../../designer/decisions/decision-client.ts';
import { tableOf } from '../../../designer/decisions/model.ts';
import { DecisionSession } from '../../../designer/decisions/session.ts';
import { setCell } from '../../../designer/decisions/table-edits.ts';
import { PETTY_CASH } from './support.ts';

const FILE = 'approval-authority.dmn';
const BOTH = [{ id: 'receipt', name: 'Receipt' }, { id: 'approval-authority', name: 'Approval authority' }];
const LIVE = { processId: 'petty-cash', name: 'Petty cash', version: 1, deployedAt: '2026-01-05T09:00:00Z', deployedBy: { id: 'demo', name: 'demo' } };

const refusal = (code: string, more: Partial<Refused> = {}): Reply<never> => ({ ok: false, refused: { status: 412, code, title: 'No', detail: 'Somebody saved it', hint: '', problems: [], ...more } });

/** A server of one file. */
class Server {
  xml = PETTY_CASH;
  etag = 'e1';
  draft: { readonly savedAt: string; readonly savedBy: { readonly id: string; readonly name: string } } | undefined;
  refuses: Reply<never> | undefined;
  readonly asked: unknown[] = [];

  readDecision(): Promise<Reply<unknown>> {
    return Promise.resolve({ ok: true, etag: this.etag, body: { model: { id: 'petty-cash', name: 'Petty cash' }, file: FILE, xml: this.xml, decisions: BOTH, live: true, others: [], ...(this.draft && { draft: this.draft }) } });
  }

  read(): Promise<Reply<unknown>> {
    const changed = this.draft === undefined ? [] : [{ file: FILE, name: 'Receipt', etag: this.etag, savedAt: '', savedBy: this.draft.savedBy }];
    return Promise.resolve({ ok: true, etag: 'drawing', body: { id: 'petty-cash', name: 'Petty cash', live: [LIVE], basis: { 'petty-cash': 1 }, changed, running: 2 } });
  }

  saveDecision(decision: string, content: { readonly xml: string; readonly decisions: unknown }, etag: string): Promise<Reply<unknown>> {
    this.asked.push([decision, content.decisions, etag]);
    if (etag !== this.etag) return Promise.resolve(refusal('MODEL_CHANGED'));
    this.#take(content.xml, 'me');
    return Promise.resolve({ ok: true, etag: this.etag, body: { savedAt: '2026-01-05T10:00:00Z' } });
  }

  discardDecision(): Promise<Reply<unknown>> {
    this.xml = PETTY_CASH;
    this.draft = undefined;
    return Promise.resolve({ ok: true, etag: '', body: undefined });
  }

  deploy(known: unknown, etag: string): Promise<Reply<unknown>> {
    this.asked.push([known, etag]);
    if (this.refuses !== undefined) return Promise.resolve(this.refuses);
    this.draft = undefined;
    return Promise.resolve({ ok: true, etag: '', body: { processes: [{ version: 2, unchanged: false }] } });
  }

  somebodyElse(xml: string): void {
    this.#take(xml, 'her');
  }

  #take(xml: string, who: string): void {
    this.xml = xml;
    this.etag = `e${String(Number(this.etag.slice(1)) + 1)}`;
    this.draft = { savedAt: '2026-01-05T10:00:00Z', savedBy: { id: who, name: who } };
  }
}

const SILENT: DecisionEngine = {
  check: () => Promise.resolve({ kind: 'check', problems: [], findings: [] }), text: () => Promise.resolve(undefined),
  decide: () => Promise.resolve({ kind: 'refused', count: 1 }), stop: () => undefined,
};

async function opened(server: Server, engine = SILENT): Promise<DecisionSession> {
  const session = new DecisionSession('approval-authority', { api: server as unknown as ModelApi, engine, zone: 'UTC', model: 'petty-cash' });
  await session.open();
  return session;
}

function limit(session: DecisionSession, text: string): void {
  const { source } = session.view.value!;
  const table = tableOf(session.decision('approval-authority')!.logic!);
  session.edit(setCell(source, table, table.rules[1]!, 2, text), `The limit is ${text}`);
}

const textOf = (session: DecisionSession): string => session.view.value!.source.text;

describe('Decision editor: work on a file', () => {
  let server: Server;
  let session: DecisionSession;

  beforeEach(async () => {
    server = new Server();
    session = await opened(server);
  });
  // What is dirty would be saved a little later.
  afterEach(() => { session.draft.drop(); });

  it('Every edit is one step back and forth, with the decision that was shown; what changes nothing is none.', () => {
    limit(session, '<= 200');
    expect([session.canUndo.value, session.draft.dirty]).to.deep.equal([false, false]);
    limit(session, '<= 250');
    expect(session.announced.value).to.equal('The limit is <= 250');
    session.select('receipt');
    limit(session, '<= 300');
    session.undo();
    expect([textOf(session), session.selected.value]).to.deep.equal([PETTY_CASH.replace('&lt;= 200', '&lt;= 250'), 'receipt']);
    session.undo();
    session.undo();
    expect([textOf(session), session.selected.value, session.canRedo.value]).to.deep.equal([PETTY_CASH, 'approval-authority', true]);
    session.redo();
    session.redo();
    expect([textOf(session), session.canRedo.value]).to.deep.equal([PETTY_CASH.replace('&lt;= 200', '&lt;= 300'), false]);
    session.undo();
    limit(session, '<= 1');
    expect(session.canRedo.value).to.equal(false);
  });

  it('An edit that would damage the file is refused before anything changes.', () => {
    expect(() => { session.edit([{ from: 0, to: 5, text: '<<' }]); }).to.throw('Expected an edit to keep the file well-formed');
    expect([textOf(session), session.canUndo.value]).to.deep.equal([PETTY_CASH, false]);
  });

  it('It is saved against what was opened, with the decisions a process can call; after somebody else it waits for a choice.', async () => {
    limit(session, '<= 250');
    expect(await session.draft.save()).to.equal(true);
    expect(server.asked).to.deep.equal([['approval-authority', BOTH, 'e1']]);
    expect(session.draft.state.value).to.deep.include({ kind: 'saved' });
    server.somebodyElse(PETTY_CASH.replace('&lt;= 200', '&lt;= 5'));
    limit(session, '<= 260');
    expect(await session.draft.save()).to.equal(false);
    expect(session.draft.state.value).to.deep.equal({ kind: 'conflict', detail: 'Somebody saved it' });
    await session.settle('mine');
    expect(server.xml).to.contain('&lt;= 260');
    server.somebodyElse(PETTY_CASH.replace('&lt;= 200', '&lt;= 6'));
    limit(session, '<= 270');
    await session.draft.save();
    await session.settle('theirs');
    expect([textOf(session).includes('&lt;= 6<'), session.canUndo.value, session.draft.state.value.kind]).to.deep.equal([true, false, 'saved']);
    expect(await session.discard()).to.equal(true);
    expect([textOf(session), session.draft.state.value.kind]).to.deep.equal([PETTY_CASH, 'live']);
  });

  it('Deploying names the versions and files the analyst knows; what is refused is told in words until something changes.', async () => {
    limit(session, '<= 250');
    expect(await session.deploy()).to.deep.equal({ kind: 'deployed', deployed: { version: 2, unchanged: false, running: 2 } });
    expect(server.asked.at(-1)).to.deep.equal([{ basis: { 'petty-cash': 1 }, decisions: { [FILE]: 'e2' } }, 'drawing']);
    expect(session.draft.state.value.kind).to.equal('live');
    server.refuses = refusal('HTTP_MODEL_REFUSED', { problems: [{ code: 'DMN_TABLE_INVALID', severity: 'error', elementId: 'receipt', line: 1, message: 'Expected decision table receipt to be complete', hint: '', clause: '', fileName: FILE } as never] });
    expect(await session.deploy()).to.deep.equal({ kind: 'refused', count: 1 });
    expect(session.findings.value.map(({ name, decision }) => [name, decision])).to.deep.equal([['Receipt', 'receipt']]);
    limit(session, '<= 1');
    expect(session.findings.value).to.deep.equal([]);
    server.refuses = refusal('MODEL_DEPLOYED_MEANWHILE', { detail: 'She deployed' });
    expect(await session.deploy()).to.deep.equal({ kind: 'meanwhile', detail: 'She deployed' });
    server.refuses = refusal('', { status: 0, detail: '', title: 'Offline' });
    expect(await session.deploy(true)).to.deep.equal({ kind: 'failed', detail: 'The server cannot be reached.' });
  });

  it('A file that cannot be read is told, not shown.', async () => {
    server.xml = '<definitions>';
    const damaged = await opened(server);
    expect(damaged.failed.value).to.deep.include({ title: 'This file cannot be read' });
  });
});

describe('Decision editor: the engine in its workers', () => {
  const Before = globalThis.Worker as unknown;
  let made: Deaf[] = [];

  /** A worker that answers what it is told to, or nothing. */
  class Deaf {
    static answer: ((question: Question) => Answer['value']) | undefined;
    closed = false;
    #listener: (event: { readonly data: Answer }) => void = () => undefined;
    constructor() { made.push(this); }
    addEventListener(_type: string, listener: (event: { readonly data: Answer }) => void): void { this.#listener = listener; }
    terminate(): void { this.closed = true; }
    postMessage(question: Question): void {
      const value = Deaf.answer?.(question);
      if (value !== undefined) queueMicrotask(() => { this.#listener({ data: { number: question.number, value } }); });
    }
  }

  beforeEach(() => {
    made = [];
    Deaf.answer = undefined;
    (globalThis as { Worker: unknown }).Worker = Deaf;
  });
  after(() => { (globalThis as { Worker: unknown }).Worker = Before; });

  const question = { file: FILE, xml: PETTY_CASH, others: [], decision: 'receipt', inputs: [], clock: { now: '2026-01-05T09:00:00Z', zone: 'UTC' } };

  it('What does not end is ended by its deadline, by hand, and by the next question; the worker is gone with it.', async () => {
    const engine = startDecisionEngine(5);
    expect(await engine.decide(question)).to.deep.include({ kind: 'stopped', message: 'The evaluation was stopped after 0.005 seconds' });
    const patient = startDecisionEngine();
    const first = patient.decide(question);
    const second = patient.decide(question);
    expect(await first).to.deep.include({ kind: 'stopped' });
    patient.stop();
    expect(await second).to.deep.equal({ kind: 'stopped', message: 'The evaluation was stopped', hint: '' });
    patient.stop();
    // Checking goes on: of each engine the worker made first.
    expect(made.map(({ closed }) => closed)).to.deep.equal([false, true, false, true, true]);
  });

  it('What ends keeps its worker for the next question.', async () => {
    Deaf.answer = ({ question: asked }) => (asked.kind === 'decide' ? { kind: 'decide', tried: { kind: 'refused', count: 3 } } : { kind: 'text', finding: undefined });
    const engine = startDecisionEngine();
    for (let times = 0; times < 2; times += 1) expect(await engine.decide(question)).to.deep.equal({ kind: 'refused', count: 3 });
    expect(await engine.text({ file: FILE, xml: '', others: [], text: { decision: '', source: '', tests: false } })).to.equal(undefined);
    expect(made.map(({ closed }) => closed)).to.deep.equal([false, false]);
  });
});
