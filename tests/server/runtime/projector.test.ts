/** The projector: every record is folded once and in order, whether it was applied before its turn to be written or not, and whatever fails. */
import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Commit, EventStore } from '../../../server/ports/event-store.ts';
import type { Table } from '../../../server/ports/projections.ts';
import { Projector } from '../../../server/runtime/projector.ts';
import type { DecodedRecord, Projection } from '../../../server/runtime/types.ts';
import { createThreadedProjections } from '../../../server/stores/sqlite/threaded-projections.ts';

interface Row {
  readonly name: string;
  readonly total: number;
  readonly last: number;
  readonly [column: string]: unknown;
}

/** What a commit is like for the projector, and what happens after it. */
interface Step {
  readonly looksUp: boolean;
  readonly failsOnce: boolean;
  readonly amends: boolean;
  readonly waits: boolean;
}

const steps = fc.array(fc.record<Step>({ looksUp: fc.boolean(), failsOnce: fc.nat(80).map((n) => n === 0), amends: fc.nat(5).map((n) => n === 0), waits: fc.nat(3).map((n) => n === 0) }), { minLength: 1, maxLength: 25 });

const PLAIN: Step = { looksUp: false, failsOnce: false, amends: false, waits: false };

describe('projector', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'piton-projector-')); });
  afterEach(() => rm(folder, { recursive: true }));

  it('folds every record once and in order, whatever must be looked up, fails, or is written beside the log', async () => {
    let run = 0;
    await fc.assert(fc.asyncProperty(steps, async (list) => {
      const fails = list.some(({ failsOnce }) => failsOnce);
      const found = await fold(join(folder, `${String(run += 1)}.db`), list);
      expect(found.sums).to.include({ total: list.length, last: list.length });
      // What is written beside the log may be lost when folding fails; it is never written twice.
      const beside = list.filter(({ amends }) => amends).length;
      expect(found.beside).to.satisfy((total: number) => (fails ? total <= beside : total === beside));
      expect(found.order).to.deep.equal(list.map((_, index) => index + 1));
    }), { numRuns: 30, examples: [[[PLAIN, PLAIN, { ...PLAIN, failsOnce: true }, PLAIN]]] });
  });
});

async function fold(file: string, list: readonly Step[]): Promise<{ readonly sums: Row | undefined; readonly beside: number; readonly order: readonly number[] }> {
  const projections = createThreadedProjections(file);
  const table: Table<Row> = projections.table<Row>({ name: 'sums', key: 'name', indexes: [['total']] });
  await projections.open();
  const commits = list.map((_, index) => commitAt(index + 1));
  const reader = readerOf(table, list);
  const known: { count: number } = { count: 0 };
  const projector = new Projector({ store: storeOf(commits, known), projections, decode: (record) => Promise.resolve(record as unknown as DecodedRecord), readers: [reader], gatherMs: 3 });
  await projector.catchUp();
  for (const [index, commit] of commits.entries()) {
    known.count = index + 1;
    projector.push(commit, commit.records as unknown as DecodedRecord[]);
    if (list[index]!.amends) projector.write(() => { table.add('beside', { total: 1 }, { name: 'beside', total: 0, last: 0 }); });
    if (list[index]!.waits) await pause(index % 5);
  }
  while (!(await projector.settled(list.length)));
  await projector.drain();
  const sums = await table.get('sum');
  const found = { sums, beside: (await table.get('beside'))?.total ?? 0, order: reader.order() };
  await projections.close();
  return found;
}

/** Counts the records; one that looks something up must find at least what was written, and is asked before it is applied. */
function readerOf(table: Table<Row>, list: readonly Step[]): Projection & { readonly order: () => readonly number[] } {
  const failed = new Set<number>();
  let applied: number[] = [];
  return {
    name: 'sums',
    order: () => applied,
    prepare: (records) => (records.some(({ position }) => list[position - 1]!.looksUp) ? table.get('sum').then(() => pause(1)) : undefined),
    apply: ({ position }) => {
      // Folded again after a failure.
      applied = [...applied.filter((earlier) => earlier < position), position];
      table.add('sum', { total: 1 }, { name: 'sum', total: 0, last: 0 });
      table.patch('sum', { last: position });
      if (!list[position - 1]!.failsOnce || failed.has(position)) return;
      failed.add(position);
      throw new Error('a bug in a projection');
    },
  };
}

function commitAt(position: number): Commit {
  return { position, records: [{ stream: 's', position, index: 0, version: position, events: [] }] } as unknown as Commit;
}

/** The log as far as it is `known`. */
function storeOf(commits: readonly Commit[], known: { readonly count: number }): EventStore {
  const log = (): readonly Commit[] => commits.slice(0, known.count);
  return {
    head: () => Promise.resolve({ position: known.count, hash: '' }),
    readAll: (after: number, limit: number) => Promise.resolve(log().filter(({ position }) => position > after).slice(0, limit)),
  } as unknown as EventStore;
}
