/** A rebuild that leaves sealed closed cases out and folds them later (ADR 10): on any history the tables are those of a fold of the whole log, what is live at once, everything in the end. */
import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrationBasis, outbox, PRIVATE_FIELDS } from '../../../engine/index.ts';
import type { WorldRecord } from '../../../engine/world/world.ts';
import { closes } from '../../../server/audit/segments.ts';
import { layOutOpen } from '../../../server/audit/stored-bytes.ts';
import { createInstances } from '../../../server/instances/index.ts';
import { createMonitor } from '../../../server/monitor/index.ts';
import type { Commit, EventStore, StoredRecord } from '../../../server/ports/event-store.ts';
import type { Projections, Row, Table } from '../../../server/ports/projections.ts';
import { split } from '../../../server/runtime/codec.ts';
import { Outstanding } from '../../../server/runtime/outstanding.ts';
import { Projector } from '../../../server/runtime/projector.ts';
import { streamKind } from '../../../server/runtime/types.ts';
import type { DecodedRecord, DomainEvent, Projection } from '../../../server/runtime/types.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { createThreadedProjections } from '../../../server/stores/sqlite/threaded-projections.ts';
import { tasksProjection } from '../../../server/tasks/index.ts';
import { inWorld } from '../../engine/support/in-world.ts';
import { hostile, useful } from '../../engine/support/random-commands.ts';
import { blocks, ModelText } from '../../engine/support/random-models.ts';

const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);
const CALLED = `
process Parent
start PS -> call Ask calls=Child -> user Decide -> throw Undo compensate -> user Last -> end PE
process Child
start CS -> user CWork -> end CE
boundary CB on=CWork compensate by=CUndo
user CUndo undo`;
/** What is whole once the server is open: nothing in them is of a closed case. */
const LIVE = ['outstanding', 'tasks', 'incidents', 'monitor_open', 'seen'];

type Tables = Record<string, readonly Row[]>;

/** What happens after a rebuild, one after the other: a commit comes, time passes, the process dies, the next write fails. */
type Happening = 'commit' | 'wait' | 'die' | 'fail';
const happenings = fc.array(fc.oneof(
  { weight: 12, arbitrary: fc.constant<Happening>('commit') }, { weight: 12, arbitrary: fc.constant<Happening>('wait') }, { weight: 4, arbitrary: fc.constant<Happening>('die') }, { weight: 1, arbitrary: fc.constant<Happening>('fail') },
), { maxLength: 40 });

/** A history of some cases and of whom they call, with the messages between them. */
async function history(text: string, numbers: readonly number[]): Promise<WorldRecord[]> {
  const test = await inWorld(text, { limits: { stepsPerTurn: 7 } });
  for (const key of ['1', '2', '3']) test.world.start('P', { pick: 1, subject: `About ${key}` }, { key });
  for (const key of ['4', '5']) test.world.start('Parent', { letter: { number: `R/${key}`, registeredAt: '2026-01-05' } }, { key });
  await test.deploy(text.replace(/^process (\w+)/gm, 'process $1 starters=officers'));
  for (const number of numbers) {
    const active = [...test.world.instances].filter(([, state]) => state.status === 'active');
    const [stream, state] = active[number % Math.max(1, active.length)] ?? [];
    if (stream === undefined || state === undefined) break;
    if (number % 11 === 0 && state.version === 1) {
      const basis = migrationBasis(test.world.graphOf(stream), test.records.filter((record) => record.stream === stream) as unknown as Parameters<typeof migrationBasis>[1]);
      test.world.execute(stream, { type: 'MigrateInstance', version: 2, basis, reason: 'the law has changed' });
    }
    const choices = (number % 6 === 0 ? hostile(state, number >> 3) : useful(state)).filter(({ type }) => !['StartInstance', 'CompleteChild', 'CorrelateMessage', 'Continue'].includes(type));
    const command = choices[(number >> 5) % Math.max(1, choices.length)];
    if (command !== undefined) test.world.execute(stream, command, command.actor);
  }
  return test.records;
}

/** As a store has it, in commits of some records. What one stream asked of another is named by the next record there, so that what is asked and what answers lie in different streams. */
function commitsOf(records: readonly WorldRecord[], sizes: readonly number[]): Commit[] {
  const asked = new Map<string, string[]>();
  const commits: Commit[] = [];
  for (let at = 0, turn = 0; at < records.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    const position = commits.length + 1;
    const stored = records.slice(at, at + size).map(({ stream, version, at: instant, commandType, events }, index): StoredRecord => {
      const causation = asked.get(stream)?.shift();
      events.forEach((event, number) => {
        const outgoing = outbox(stream, `${stream}/${String(version)}/${String(number)}`, event, () => []);
        if (outgoing !== undefined) asked.set(outgoing.stream, [...asked.get(outgoing.stream) ?? [], outgoing.key]);
      });
      return { stream, version, at: instant, commandType, position, index, actor: { person: 'anna' }, events: layOutOpen(events), memo: events, ...(causation !== undefined && { causation }) };
    });
    commits.push({ position, uuid: '', prevHash: '', hash: '', body: new Uint8Array(), records: stored });
    at += size;
  }
  return commits;
}

function decoded(record: StoredRecord, events: readonly DomainEvent[] = record.memo as readonly DomainEvent[]): DecodedRecord {
  const { events: _bytes, memo: _memo, ...rest } = record;
  return { ...rest, events, erased: false };
}

/** The log as far as it is `known`; pages are short, so that there are many batches. */
function storeOf(commits: readonly Commit[], known: { readonly count: number }): EventStore {
  const log = (): readonly Commit[] => commits.slice(0, known.count);
  return {
    head: () => Promise.resolve({ position: known.count, hash: '' }),
    readAll: (after: number, limit: number) => Promise.resolve(log().slice(after, after + Math.min(limit, 3))),
    read: (stream: string, after = 0) => Promise.resolve(log().flatMap(({ records }) => records).filter((record) => record.stream === stream && record.version > after)),
  } as unknown as EventStore;
}

/** A server over a file of tables: its readers, and a projector. `seen`: a reader that must be given every record, in the order of the log. */
class Node {
  readonly tables = new Map<string, Table>();
  readonly projector: Projector;
  readonly projections: Projections;
  readonly #made: Projections;
  #isDead = false;
  fails = false;
  /** The number of the write at which it dies; 0: none. */
  diesAt = 0;
  #writes = 0;

  constructor(made: Projections, store: EventStore, through: number) {
    this.#made = made;
    this.projections = this.#watched(made);
    const cases = createInstances(this.projections);
    const readers = [
      new Outstanding(this.projections, () => []), cases.projection, tasksProjection(this.projections, cases.cases).projection, createMonitor(this.projections, 'America/St_Lucia').projection, this.#seen(),
    ];
    const openPart = (record: StoredRecord): DecodedRecord => decoded(record, JSON.parse(JSON.stringify(split(record.memo as readonly DomainEvent[], PRIVATE_FIELDS).open)) as DomainEvent[]);
    this.projector = new Projector({
      store, projections: this.projections, readers, decode: (record) => Promise.resolve(decoded(record)), gatherMs: 1, longLog: 0,
      ...(through > 0 && { sealed: { through: () => Promise.resolve(through), closes, openPart, atOnce: 1 } }),
    });
  }

  #seen(): Projection {
    const table = this.projections.table<Row>({ name: 'seen', key: 'key', indexes: [] });
    return { name: 'seen', apply: ({ stream, version, position, index }) => { table.add(stream, { records: 1 }, { key: stream, records: 0 }); table.patch(stream, { version, last: `${String(position)}.${String(index)}` }); } };
  }

  /** Writes fail when they are to, and all of them once the process is dead. */
  #watched(made: Projections): Projections {
    const fallible = (apply: () => void) => (): void => {
      apply();
      this.#writes += 1;
      if (this.#writes === this.diesAt) this.#isDead = true;
      if (!this.#isDead && !this.fails) return;
      this.fails = false;
      throw new Error('no space');
    };
    return {
      table: (spec) => {
        const table = made.table(spec);
        this.tables.set(spec.name, table);
        return table as never;
      },
      open: () => made.open(), checkpoint: () => made.checkpoint(), backlog: () => made.backlog(), reset: () => made.reset(), close: () => made.close(),
      commit: (position, apply) => made.commit(position, fallible(apply)), amend: (apply, backlog) => made.amend(fallible(apply), backlog),
      ...(made.staging && { staging: made.staging }), beginRebuild: () => made.beginRebuild!(), finishRebuild: () => made.finishRebuild!(),
    };
  }

  async die(): Promise<void> {
    this.#isDead = true;
    await this.projector.drain().catch(() => undefined);
    await this.#made.close();
  }

  async rows(): Promise<Tables> {
    const all: Record<string, Row[]> = {};
    for (const [name, table] of this.tables) {
      const rows: Row[] = [];
      for (let after: string | undefined; ;) {
        const page = await table.find({ limit: 1_000, ...(after !== undefined && { after }) });
        rows.push(...page.rows);
        if (page.next === undefined) break;
        after = page.next;
      }
      all[name] = rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1))))).sort().map((row) => JSON.parse(row) as Row);
    }
    return all;
  }
}

/** The tables of a fold of the first `count` commits in one go, with nothing left out. */
async function whole(commits: readonly Commit[], count: number): Promise<Tables> {
  const node = new Node(createSqliteProjections(':memory:'), storeOf(commits, { count }), 0);
  await node.projections.open();
  await node.projector.catchUp();
  const rows = await node.rows();
  await node.die();
  return rows;
}

/** The cases whose last record up to a commit closed them, told without the code under test. */
function closedAt(commits: readonly Commit[], through: number): Set<string> {
  const over = new Map<string, boolean>();
  for (const { stream, memo } of commits.slice(0, through).flatMap(({ records }) => records)) {
    const types = (memo as readonly DomainEvent[]).map(({ type }) => type);
    const last = types.findLast((type) => ['InstanceStarted', 'InstanceReopened', 'InstanceCompleted', 'InstanceCompensated', 'InstanceTerminated', 'InstanceFailed'].includes(type));
    if (streamKind(stream) === 'instance') over.set(stream, last !== undefined && last !== 'InstanceStarted' && last !== 'InstanceReopened');
  }
  return new Set([...over].filter(([, isOver]) => isOver).map(([stream]) => stream));
}

const open = async (file: string, threaded: boolean, store: EventStore, through: number): Promise<Node> => {
  const node = new Node(threaded ? createThreadedProjections(file) : createSqliteProjections(file), store, through);
  await node.projections.open();
  return node;
};

/** `count`: commits there are when the rebuild begins; `through`: up to which closed cases are sealed. */
interface Course {
  readonly count: number;
  readonly through: number;
  readonly happens: readonly Happening[];
  readonly threaded: boolean;
  /** The rebuild itself is interrupted: the process dies at this write. */
  readonly diesAt: number;
  /** Whether writes may fail: then it takes a second until the log is read again. */
  readonly mayFail: boolean;
}

/** Opens when some of the log is there, lets happen what happens, and ends when all of it is in the tables. */
async function run(file: string, commits: readonly Commit[], { count, through, happens, threaded, diesAt, mayFail }: Course, opened: (rows: Tables) => Promise<void>): Promise<Tables> {
  const known = { count };
  const store = storeOf(commits, known);
  let node = await open(file, threaded, store, through);
  const again = async (sealedNow: number): Promise<void> => {
    await node.die();
    node = await open(file, threaded, store, sealedNow);
    await node.projector.catchUp();
  };
  node.diesAt = diesAt;
  const isInterrupted = await node.projector.catchUp().then(() => false, () => true);
  node.diesAt = 0;
  if (isInterrupted) await again(through);
  await opened(await node.rows());
  for (const happening of [...happens, ...Array.from({ length: commits.length }, () => 'commit' as const)]) {
    if (happening === 'wait') await pause(1);
    // What is sealed meanwhile changes nothing: what is left out stays the same.
    else if (happening === 'die') await again(known.count);
    else if (happening === 'fail') node.fails = mayFail;
    else if (known.count < commits.length) {
      const commit = commits[known.count]!;
      known.count += 1;
      node.projector.push(commit, commit.records.map((record) => decoded(record)));
    }
  }
  while (!(await node.projector.settled(commits.length)) || node.projector.owed !== undefined) await pause(2);
  await node.projector.drain();
  const rows = await node.rows();
  await node.projections.close();
  return rows;
}

describe('Runtime: closed cases that a rebuild folds later', () => {
  let folder: string;
  let files = 0;

  before(() => { console.log(`  Closed cases: PITON_SEED=${String(SEED)}`); });
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'piton-closed-')); });
  afterEach(() => rm(folder, { recursive: true }));

  const courses = fc.record({
    sealed: fc.integer({ min: 0, max: 100 }), began: fc.integer({ min: 20, max: 100 }), happens: happenings, threaded: fc.nat(3).map((n) => n === 0), diesAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 })), mayFail: fc.nat(20).map((n) => n === 0),
  });
  const arbitrary = [blocks(1), fc.array(fc.nat(2 ** 20), { minLength: 10, maxLength: 90 }), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }), courses] as const;

  it('Live tables are whole when the server opens, and all tables are in the end, wherever it was interrupted and whatever was opened again in between', async () => {
    let running: Promise<unknown> = Promise.resolve();
    await fc.assert(fc.asyncProperty(...arbitrary, async (block, numbers, sizes, { sealed, began, ...course }) => {
      const records = await history(`process P\n${new ModelText('', 'PT10S').process(block)}${CALLED}`, numbers);
      const commits = commitsOf(records, sizes);
      const count = Math.max(1, Math.round((commits.length * began) / 100));
      const through = Math.round((count * sealed) / 100);
      const playing = run(join(folder, `${String(files += 1)}.db`), commits, { ...course, count, through }, async (rows) => {
        const expected = await whole(commits, count);
        for (const name of LIVE) expect(rows[name], name).to.deep.equal(expected[name]);
        const over = closedAt(commits, count);
        for (const name of ['tasks', 'incidents', 'monitor_open']) expect(rows[name]!.filter(({ stream }) => over.has(String(stream))), `${name} of closed cases`).to.deep.equal([]);
        const openedAgain = new Set(commits.slice(through, count).flatMap((commit) => commit.records.map(({ stream }) => stream)));
        const leftOut = new Set([...closedAt(commits, through)].filter((stream) => !openedAgain.has(stream)));
        for (const name of ['cases', 'case_readers', 'case_conversations', 'tasks_done']) expect(rows[name], name).to.deep.equal(expected[name]!.filter(({ stream }) => !leftOut.has(String(stream))));
      });
      running = playing;
      const found = await playing;
      expect(found).to.deep.equal(await whole(commits, commits.length));
    }), { seed: SEED, numRuns: 80, plugins: [fc.interruptAfterTimeLimit(15_000)] });
    // When the time is over, the course that is under way is not waited for, and goes on in the folder.
    await running;
  }).timeout(120_000);

  for (const [when, before] of [['before its turn has come', []], ['after its turn', Array.from({ length: 30 }, () => 'wait' as const)]] as const) {
    for (const threaded of [false, true]) {
      it(`A called case that was left out and is undone by its caller ${when} is whole, with tables written ${threaded ? 'in a thread' : 'here'}`, async () => {
        const test = await inWorld(CALLED);
        test.start('Parent');
        const [child = ''] = test.cases('Child');
        test.do({ complete: 'CWork' });
        const count = test.records.length;
        test.do({ complete: 'Decide' }, { complete: 'CUndo' }, { complete: 'Last' });
        expect(test.records.slice(count).filter(({ stream }) => stream === child).flatMap(({ events }) => events.map(({ type }) => type))).to.include('InstanceReopened');
        const commits = commitsOf(test.records, [1]);
        const found = await run(join(folder, 'one.db'), commits, { count, through: count, happens: before, threaded, diesAt: 0, mayFail: false }, async (rows) => {
          expect(rows['cases']!.map(({ stream }) => stream)).to.deep.equal(test.cases('Parent'));
          expect(rows['tasks_done']).to.deep.equal([]);
        });
        expect(found['cases']).to.have.lengthOf(2);
        expect(found).to.deep.equal(await whole(commits, commits.length));
      });
    }
  }
});
