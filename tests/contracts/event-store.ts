/** The contract of ports/event-store.ts: every adapter runs this suite and no adapter promises less. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeFrame, GENESIS_HASH, verifyChain } from '../../server/stores/commit.ts';
import { COMMIT_BYTES, COMMIT_RECORDS } from '../../server/ports/event-store.ts';
import type { Appended, Commit, EventStore, NewRecord, StoredFrame, StoredRecord } from '../../server/ports/event-store.ts';

/** `reopen` closes the store and opens the same log again; absent where a log ends with its process: then `describeEventStore` is told so. */
export interface OpenedEventStore {
  readonly store: EventStore;
  readonly reopen?: () => Promise<EventStore>;
  readonly remove: () => Promise<void>;
}

export function requestHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A record of `stream` that follows `expectedVersion`; `change` overrides the rest. */
export function newRecord(stream: string, expectedVersion: number, change: Partial<NewRecord> = {}): NewRecord {
  const events = Buffer.from(JSON.stringify([{ type: 'ElementCompleted', stream, expectedVersion, text: 'Décès, 申請' }]));
  return { stream, expectedVersion, commandType: 'CompleteTask', actor: { person: 'anna', post: 'clerk' }, at: '2026-01-05T09:00:00.000Z', events, ...change };
}

export async function allCommits(store: EventStore, page = 100): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (;;) {
    const next = await store.readAll(commits.at(-1)?.position ?? 0, page);
    if (next.length === 0) return commits;
    commits.push(...next);
  }
}

export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function appendedAt(answer: Appended): number {
  if (answer.outcome !== 'appended') throw new Error(`expected an append, got ${JSON.stringify(answer)}`);
  return answer.position;
}

export function describeEventStore(name: string, open: () => Promise<OpenedEventStore>, lasting = true): void {
  describe(`event store: ${name}`, () => {
    let opened: OpenedEventStore;
    let store: EventStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(async () => {
      await store.close();
      await opened.remove();
    });

    describe('one stream', () => appendAndRead(() => store));
    describe('idempotency keys', () => idempotency(() => store));
    describe('the order of the log', () => ordering(() => store));
    describe('many writers at once', () => concurrency(() => store));
    describe('the hash chain', () => chain(() => store));
    describe('subscribers', () => subscribing(() => store));
    describe('closing', () => closing(() => store));

    if (!lasting) return;
    it('keeps everything when it is opened again', async () => {
      if (opened.reopen === undefined) throw new Error('expected a way to reopen the log');
      await Promise.all([0, 1, 2, 3].map((n) => store.append(newRecord(`s${String(n)}`, 0, { idempotencyKey: 'k', requestHash: requestHash('k') }))));
      await store.append(newRecord('s1', 1, { keyId: 'key-1', causation: 'event-7' }));
      const before = await allCommits(store);
      const head = await store.head();
      store = await opened.reopen();
      expect(await store.head()).to.deep.equal(head);
      expect(plain(await allCommits(store))).to.deep.equal(plain(before));
      expect(await store.append(newRecord('s1', 1))).to.deep.equal({ outcome: 'conflict', version: 2 });
      expect(await store.append(newRecord('s0', 0, { idempotencyKey: 'k', requestHash: requestHash('k') }))).to.include({ outcome: 'duplicate', version: 1 });
      expect(await store.append(newRecord('s1', 2))).to.deep.equal({ outcome: 'appended', position: head.position + 1, version: 3 });
      expect(await verifyChain(await allCommits(store))).to.include({ valid: true });
    });
  });
}

function hexOf(frames: readonly StoredFrame[]): string[] {
  return frames.map(({ frame }) => Buffer.from(frame).toString('hex'));
}

function plain(commits: readonly Commit[]): unknown {
  return commits.map(({ position, uuid, prevHash, hash, body, records }) => ({ position, uuid, prevHash, hash, body: Buffer.from(body).toString('hex'), records: records.map(plainRecord) }));
}

/** A field that is undefined is one that is absent. */
export function plainRecord(record: StoredRecord): unknown {
  return JSON.parse(JSON.stringify({ ...record, events: Buffer.from(record.events).toString('utf8') }));
}

function appendAndRead(store: () => EventStore): void {
  it('gives back every field of a record as it was appended', async () => {
    const record = newRecord('case-1', 0, {
      idempotencyKey: 'key', requestHash: requestHash('body'), causation: 'event-1', keyId: 'data-key-1', actor: { person: 'anna', post: 'clerk', onBehalfOf: 'bert' },
    });
    const position = appendedAt(await store().append(record));
    const [read] = await store().read('case-1');
    const { expectedVersion: _, ...rest } = record;
    expect(plainRecord(read as StoredRecord)).to.deep.equal(plainRecord({ ...rest, position, index: 0, version: 1 }));
  });

  it('numbers the records of a stream 1, 2, 3 and reads those behind a version', async () => {
    for (let version = 0; version < 5; version++) {
      expect(await store().append(newRecord('case-1', version))).to.include({ outcome: 'appended', version: version + 1 });
    }
    expect((await store().read('case-1')).map((record) => record.version)).to.deep.equal([1, 2, 3, 4, 5]);
    expect((await store().read('case-1', 3)).map((record) => record.version)).to.deep.equal([4, 5]);
    expect(await store().read('case-1', 5)).to.deep.equal([]);
    expect(await store().read('unknown')).to.deep.equal([]);
  });

  it('gives the frames of a stream as they are stored, behind a version and in portions', async () => {
    for (let version = 0; version < 5; version++) await Promise.all([store().append(newRecord('case-1', version)), store().append(newRecord('case-2', version))]);
    const frames = await store().frames('case-1', 0, 100);
    expect(frames.map(({ frame }) => decodeFrame(frame, 1, 0).version)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(hexOf(await store().frames('case-1', 1, 3))).to.deep.equal(hexOf(frames.slice(1, 4)));
    expect([await store().frames('case-1', 5, 9), await store().frames('unknown', 0, 9)]).to.deep.equal([[], []]);
    // The bodies of the commits are nothing but the frames of all streams.
    const places = [...frames, ...(await store().frames('case-2', 0, 100))].sort((left, right) => left.position - right.position || left.index - right.index);
    const bodies = (await allCommits(store())).map(({ body }) => Buffer.from(body).toString('hex'));
    expect(hexOf(places).join('')).to.equal(bodies.join(''));
  });

  it('refuses a record for another version than the stream has, and says which it has', async () => {
    await store().append(newRecord('case-1', 0));
    expect(await store().append(newRecord('case-1', 0))).to.deep.equal({ outcome: 'conflict', version: 1 });
    expect(await store().append(newRecord('case-1', 5))).to.deep.equal({ outcome: 'conflict', version: 1 });
    expect(await store().append(newRecord('case-2', 1))).to.deep.equal({ outcome: 'conflict', version: 0 });
    expect(await store().read('case-1')).to.have.length(1);
    expect((await store().head()).position).to.equal(1);
  });

  it('lets the time of a stream never run backwards, and stores it in one form', async () => {
    await store().append(newRecord('case-1', 0, { at: '2026-03-01T10:00:00.500Z' }));
    await store().append(newRecord('case-1', 1, { at: '2026-02-01T10:00:00.000Z' }));
    await store().append(newRecord('case-1', 2, { at: '2026-03-01T11:00:00Z' }));
    await store().append(newRecord('case-2', 0, { at: '2026-02-01T10:00:00Z' }));
    expect((await store().read('case-1')).map(({ at }) => at)).to.deep.equal(['2026-03-01T10:00:00.500Z', '2026-03-01T10:00:00.500Z', '2026-03-01T11:00:00.000Z']);
    expect((await store().read('case-2')).map(({ at }) => at)).to.deep.equal(['2026-02-01T10:00:00.000Z']);
    const inLog = (await allCommits(store())).flatMap((commit) => commit.records).map(({ at }) => at);
    expect(inLog).to.deep.equal(['2026-03-01T10:00:00.500Z', '2026-03-01T10:00:00.500Z', '2026-03-01T11:00:00.000Z', '2026-02-01T10:00:00.000Z']);
  });

  it('rejects a record that is malformed or too large, and writes nothing', async () => {
    const code = async (change: Partial<NewRecord>): Promise<unknown> => (await failure(store().append(newRecord('case-1', 0, change))) as { code?: string }).code;
    expect(await code({ at: 'yesterday' })).to.equal('STORE_RECORD_INVALID');
    expect(await code({ stream: '' })).to.equal('STORE_RECORD_INVALID');
    expect(await code({ expectedVersion: -1 })).to.equal('STORE_RECORD_INVALID');
    expect(await code({ idempotencyKey: 'key' })).to.equal('STORE_RECORD_INVALID');
    expect(await code({ events: new Uint8Array(COMMIT_BYTES) })).to.equal('STORE_RECORD_TOO_LARGE');
    expect((await store().head()).position).to.equal(0);
  });
}

function idempotency(store: () => EventStore): void {
  const keyed = (version: number, key: string, body: string): NewRecord => newRecord('case-1', version, { idempotencyKey: key, requestHash: requestHash(body) });

  it('answers a repeat of key and request with the first answer, however far the stream has moved on', async () => {
    const first = await store().append(keyed(0, 'key', 'body'));
    await store().append(newRecord('case-1', 1));
    expect(await store().append(keyed(2, 'key', 'body'))).to.deep.equal({ ...first, outcome: 'duplicate' });
    expect(await store().append(keyed(0, 'key', 'body'))).to.deep.equal({ ...first, outcome: 'duplicate' });
    expect((await store().head()).position).to.equal(2);
  });

  it('tells a key that was used for another request', async () => {
    const first = await store().append(keyed(0, 'key', 'body'));
    expect(await store().append(keyed(1, 'key', 'another body'))).to.deep.equal({ ...first, outcome: 'key-reused' });
  });

  it('holds keys per stream', async () => {
    await store().append(keyed(0, 'key', 'body'));
    expect(await store().append({ ...keyed(0, 'key', 'body'), stream: 'case-2' })).to.include({ outcome: 'appended' });
  });

  it('does not remember the key of a record that was refused', async () => {
    expect(await store().append(keyed(3, 'key', 'body'))).to.include({ outcome: 'conflict' });
    expect(await store().append(keyed(0, 'key', 'body'))).to.include({ outcome: 'appended' });
  });

  it('recognises a repeat within one batch', async () => {
    const answers = await Promise.all([keyed(0, 'key', 'body'), keyed(0, 'key', 'body'), keyed(1, 'key', 'other')].map((record) => store().append(record)));
    expect(answers.map(({ outcome }) => outcome)).to.deep.equal(['appended', 'duplicate', 'key-reused']);
  });

  it('finds the record that answered a key', async () => {
    await store().append(newRecord('case-1', 0));
    await store().append(keyed(1, 'key', 'body'));
    expect(await store().find('case-1', 'key')).to.include({ version: 2, idempotencyKey: 'key', requestHash: requestHash('body') });
    expect(await store().find('case-1', 'other')).to.equal(undefined);
    expect(await store().find('case-2', 'key')).to.equal(undefined);
  });
}

function ordering(store: () => EventStore): void {
  it('numbers commits 1, 2, 3 and records within them 0, 1, 2', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => store().append(newRecord(`s${String(n)}`, 0))));
    await store().append(newRecord('s0', 1));
    const commits = await allCommits(store(), 1);
    expect(commits.map(({ position }) => position)).to.deep.equal(commits.map((_, index) => index + 1));
    for (const { position, records } of commits) {
      expect(records.map((record) => [record.position, record.index])).to.deep.equal(records.map((_, index) => [position, index]));
    }
  });

  it('reads pages of the log behind a position', async () => {
    for (let n = 0; n < 5; n++) await store().append(newRecord('case-1', n));
    expect((await store().readAll(1, 2)).map(({ position }) => position)).to.deep.equal([2, 3]);
    expect(await store().readAll(5, 10)).to.deep.equal([]);
    expect(await store().readAll(0, 100)).to.have.length(5);
  });

  it('shows a reader no gap and no reordering while others write', async () => {
    const writing = new Set(['all']);
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      for (let version = 0; version < 20; version++) await store().append(newRecord(`w${String(writer)}`, version));
    });
    const all = Promise.all(writers).then(() => writing.clear());
    const seen: Commit[] = [];
    while (writing.size > 0 || seen.length < (await store().head()).position) {
      const page = await store().readAll(seen.length, 7);
      for (const commit of page) expect(commit.position).to.equal(seen.push(commit));
      if (page.length === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(seen.flatMap(({ records }) => records)).to.have.length(400);
    expect(await verifyChain(seen)).to.include({ valid: true });
  });
}

function concurrency(store: () => EventStore): void {
  it('puts what arrives together into fewer commits than records', async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, (_, n) => store().append(newRecord(`s${String(n)}`, 0))));
    const { position } = await store().head();
    expect(position).to.be.at.most(25);
    expect(new Set(answers.map(appendedAt)).size).to.equal(position);
  });

  it('never puts more into a commit than its limits allow', async () => {
    const large = new Uint8Array(COMMIT_BYTES / 3);
    await Promise.all(Array.from({ length: 7 }, (_, n) => store().append(newRecord(`l${String(n)}`, 0, { events: large }))));
    await Promise.all(Array.from({ length: COMMIT_RECORDS + 500 }, (_, n) => store().append(newRecord(`s${String(n)}`, 0))));
    const commits = await allCommits(store(), 3);
    for (const { records, body } of commits) {
      expect(records.length).to.be.at.most(COMMIT_RECORDS);
      expect(body.byteLength).to.be.at.most(COMMIT_BYTES);
    }
    expect(commits.flatMap(({ records }) => records)).to.have.length(COMMIT_RECORDS + 507);
  });

  it('lets exactly one of many records for the same version win', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => store().append(newRecord('case-1', 0))));
    expect(answers.filter(({ outcome }) => outcome === 'appended')).to.have.length(1);
    expect(answers.filter((answer) => answer.outcome === 'conflict' && answer.version === 1)).to.have.length(39);
  });

  it('keeps 2,000 concurrent appends to 50 streams linearisable', async () => {
    const wins: { stream: string; version: number; position: number; writer: number }[] = [];
    const versions = new Map<string, number>();
    const write = async (writer: number): Promise<void> => {
      const stream = `s${String(writer % 50)}`;
      for (;;) {
        const events = Buffer.from(JSON.stringify({ writer }));
        const answer = await store().append(newRecord(stream, versions.get(stream) ?? 0, { events }));
        versions.set(stream, Math.max(versions.get(stream) ?? 0, answer.version));
        if (answer.outcome !== 'appended') continue;
        wins.push({ stream, version: answer.version, position: answer.position, writer });
        return;
      }
    };
    await Promise.all(Array.from({ length: 2_000 }, (_, writer) => write(writer)));
    const records = (await allCommits(store())).flatMap((commit) => commit.records);
    const stored = records.map(({ stream, version, position, events }) => ({ stream, version, position, ...(JSON.parse(Buffer.from(events).toString()) as { writer: number }) }));
    const byWriter = (a: { writer: number }, b: { writer: number }): number => a.writer - b.writer;
    expect(stored.sort(byWriter)).to.deep.equal(wins.sort(byWriter));
    for (let n = 0; n < 50; n++) {
      const read = await store().read(`s${String(n)}`);
      expect(read.map(({ version }) => version)).to.deep.equal(Array.from({ length: 40 }, (_, index) => index + 1));
    }
  });

  it('admits the rest of a batch in which some are refused', async () => {
    await store().append(newRecord('s3', 0));
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => store().append(newRecord(`s${String(n)}`, 0))));
    expect(answers.map(({ outcome }) => outcome)).to.deep.equal(Array.from({ length: 10 }, (_, n) => (n === 3 ? 'conflict' : 'appended')));
    for (const n of [0, 2, 4, 9]) {
      const [record] = await store().read(`s${String(n)}`);
      expect(Buffer.from(record?.events ?? []).toString()).to.contain(`"stream":"s${String(n)}"`);
    }
    expect(await verifyChain(await allCommits(store()))).to.include({ valid: true });
  });
}

function chain(store: () => EventStore): void {
  const written = async (): Promise<Commit[]> => {
    for (let version = 0; version < 6; version++) await store().append(newRecord('case-1', version));
    return allCommits(store());
  };

  it('begins at the genesis hash and ends at the head', async () => {
    expect(await store().head()).to.deep.equal({ position: 0, hash: GENESIS_HASH });
    const commits = await written();
    expect(commits[0]?.prevHash).to.equal(GENESIS_HASH);
    expect(await verifyChain(commits)).to.deep.equal({ valid: true, ...(await store().head()) });
  });

  it('continues from a known point', async () => {
    const commits = await written();
    const { position, hash } = commits[2] as Commit;
    expect(await verifyChain(commits.slice(3), { position, hash })).to.include({ valid: true, position: 6 });
  });

  it('shows a changed byte, a removed commit, an exchanged pair and a forged time', async () => {
    const commits = await written();
    const [first, second, third, ...rest] = commits as [Commit, Commit, Commit, ...Commit[]];
    const body = Buffer.from(third.body);
    body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
    const changed = { position: third.position, uuid: third.uuid, prevHash: third.prevHash, hash: third.hash, body };
    expect(await verifyChain([first, second, changed, ...rest])).to.include({ valid: false, position: 3 });
    expect(await verifyChain([first, third, ...rest])).to.include({ valid: false, position: 2 });
    expect(await verifyChain([second, first, third, ...rest])).to.include({ valid: false, position: 1 });
    const renamed = { ...changed, body: third.body, uuid: second.uuid };
    expect(await verifyChain([first, second, renamed, ...rest])).to.include({ valid: false, position: 3 });
  });
}

function subscribing(store: () => EventStore): void {
  it('delivers every commit once, in order, with its records, and only what can be read', async () => {
    const seen: Commit[] = [];
    store().subscribe((commit) => seen.push(commit));
    await Promise.all(Array.from({ length: 300 }, (_, n) => store().append(newRecord(`s${String(n % 30)}`, Math.floor(n / 30)))));
    for (let version = 10; version < 15; version++) await store().append(newRecord('s1', version, { at: '2020-01-01T00:00:00Z' }));
    expect(plain(seen)).to.deep.equal(plain(await allCommits(store())));
  });

  it('has delivered a commit before its appends are answered', async () => {
    let seen = 0;
    store().subscribe(({ position }) => (seen = position));
    expect(appendedAt(await store().append(newRecord('case-1', 0)))).to.equal(seen);
  });

  it('stops when asked to, and says nothing of what was refused', async () => {
    let count = 0;
    const stop = store().subscribe(() => (count += 1));
    await store().append(newRecord('case-1', 0));
    await store().append(newRecord('case-1', 0));
    stop();
    await store().append(newRecord('case-1', 1));
    expect(count).to.equal(1);
  });
}

function closing(store: () => EventStore): void {
  it('answers what was handed over before, and rejects what comes later', async () => {
    const pending = Array.from({ length: 50 }, (_, n) => store().append(newRecord(`s${String(n)}`, 0)));
    const closed = store().close();
    const late = [store().append(newRecord('late', 0)), store().read('s1'), store().find('s1', 'k'), store().readAll(0, 1), store().head()];
    for (const call of late) expect(await failure(call)).to.include({ code: 'STORE_CLOSED' });
    expect((await Promise.all(pending)).map(({ outcome }) => outcome)).to.deep.equal(Array.from({ length: 50 }, () => 'appended'));
    await closed;
    await store().close();
  });
}
