// Attempts: what a crash leaves is told once, what a case refers to is forgotten, what is under way is left alone.
import { expect } from 'chai';
import type { InstanceState } from '../../../engine/index.ts';
import { AttemptBook } from '../../../server/documents/index.ts';
import type { Attempt, CaseReader } from '../../../server/documents/attempts.ts';
import type { DeskStore } from '../../../server/ports/desk-store.ts';
import { openSqliteDeskStore } from '../../../server/stores/sqlite/desk-store.ts';
import { settle, VirtualTime } from '../../contracts/virtual-time.ts';

const sha = (digit: string): string => digit.repeat(64);

/** A case as far as attempts look at it. */
interface Case {
  readonly holds?: readonly string[];
  readonly once?: readonly string[];
  readonly openJob?: number;
  readonly erased?: boolean;
}

const document = (sha256: string): object => ({ documentId: 'd', title: 't', fileName: 'f.pdf', mediaType: 'application/pdf', bytes: 1, sha256, state: 'generated' });

describe('Attempts', () => {
  let time: VirtualTime;
  let desk: DeskStore;
  let cases: Record<string, Case>;
  let told: string[];
  let failures: unknown[];

  const reader: CaseReader = {
    inspect: (stream) => {
      const found = cases[stream];
      if (!found) return Promise.resolve(undefined);
      const variables = new Map((found.holds ?? []).map((sha256, at) => [`v${at}`, at % 2 === 0 ? document(sha256) : [document(sha256)]]));
      const state = { elements: new Map([[0, { variables }]]), waits: new Map(found.openJob === undefined ? [] : [[found.openJob, { kind: 'job' }]]) } as unknown as InstanceState;
      return Promise.resolve({ state, graph: {} as never });
    },
    history: (stream) => Promise.resolve([{ events: (cases[stream]?.once ?? []).map((sha256) => ({ type: 'JobCompleted', variables: { letter: document(sha256) } })), erased: cases[stream]?.erased ?? false }]),
  };
  const book = (): AttemptBook => new AttemptBook({ desk, clock: time.clock, cases: () => reader, onOrphan: ({ kind, stream, sha256 }) => { told.push(`${kind} ${stream} ${sha256[0] ?? ''}`); }, onFailure: (error) => { failures.push(error); } });
  const attempt = (key: string, digit: string, kind: Attempt['kind'] = 'generate', stream = 'case'): Attempt => ({ key, kind, stream, sha256: sha(digit), at: time.clock.now() });
  const left = async (): Promise<number> => (await desk.list('attempt', 'open', time.clock.now())).length;

  beforeEach(() => {
    time = new VirtualTime();
    desk = openSqliteDeskStore(':memory:');
    cases = { case: {} };
    told = [];
    failures = [];
  });
  afterEach(async () => {
    await desk.close();
    expect(failures).to.deep.equal([]);
  });

  it('An attempt that is done leaves nothing.', async () => {
    const attempts = book();
    await attempts.begin(attempt('k', 'a', 'sign'));
    expect(await left()).to.equal(1);
    await attempts.done('k');
    expect([await left(), await book().tellLeftovers(), told]).to.deep.equal([0, 0, []]);
  });

  it('After a crash, content that no case refers to is told once, whatever kind it is, and forgotten.', async () => {
    const crashed = book();
    for (const [at, kind] of (['generate', 'sign', 'seal', 'send', 'upload'] as const).entries()) await crashed.begin(attempt(`k${at}`, String(at), kind));
    expect(await book().tellLeftovers()).to.equal(5);
    expect(told.sort()).to.deep.equal(['generate case 0', 'seal case 2', 'send case 3', 'sign case 1', 'upload case 4']);
    expect([await left(), await book().tellLeftovers()]).to.deep.equal([0, 0]);
  });

  it('Content of a case that never came to be is an orphan too.', async () => {
    await book().begin(attempt('k', 'a', 'upload', 'nowhere'));
    expect(await book().tellLeftovers()).to.equal(1);
  });

  it('What a case refers to is forgotten in silence: now, in a list, in its history, or before it was erased.', async () => {
    cases = { now: { holds: [sha('a'), sha('b')] }, before: { once: [sha('c')] }, gone: { erased: true } };
    const crashed = book();
    await crashed.begin(attempt('k1', 'a', 'seal', 'now'));
    await crashed.begin(attempt('k2', 'b', 'upload', 'now'));
    await crashed.begin(attempt('k3', 'c', 'sign', 'before'));
    await crashed.begin(attempt('k4', 'd', 'sign', 'gone'));
    expect([await book().tellLeftovers(), await left()]).to.deep.equal([0, 0]);
  });

  it('An attempt whose job is still to be done is kept: the job may yet bring the same content.', async () => {
    cases = { case: { openJob: 5 } };
    await book().begin(attempt('case/5', 'a'));
    await book().begin(attempt('case/5/0', 'b', 'upload'));
    expect([await book().tellLeftovers(), await left()]).to.deep.equal([0, 2]);
    cases = { case: { holds: [sha('a'), sha('b')] } };
    expect([await book().tellLeftovers(), await left()]).to.deep.equal([0, 0]);
  });

  it('What this process began is left alone for a minute, then looked at when something else is done.', async () => {
    const attempts = book();
    await attempts.begin(attempt('lost', 'a', 'sign'));
    expect(await attempts.tellLeftovers()).to.equal(0);
    await time.advance(61_000);
    await attempts.begin(attempt('other', 'b', 'sign'));
    await attempts.done('other');
    await settle();
    await attempts.close();
    expect([told, await left()]).to.deep.equal([['sign case a'], 0]);
  });

  it('An attempt that is repeated with other content has one orphan: the content that was not taken.', async () => {
    const attempts = book();
    await attempts.begin(attempt('k', 'a'));
    await attempts.begin(attempt('k', 'b'));
    await attempts.done('k');
    cases = { case: { holds: [sha('b')] } };
    expect(await book().tellLeftovers()).to.equal(1);
    expect(told).to.deep.equal(['generate case a']);
  });

  it('A look that fails is told and repeated later.', async () => {
    const attempts = new AttemptBook({ desk, clock: time.clock, cases: () => ({ ...reader, inspect: () => Promise.reject(new Error('no log')) }), onOrphan: () => undefined, onFailure: (error) => { told.push(String(error)); } });
    await attempts.begin(attempt('k', 'a'));
    await time.advance(61_000);
    await attempts.begin(attempt('k2', 'b'));
    await attempts.close();
    expect([told, await left()]).to.deep.equal([['Error: no log'], 2]);
  });
});
