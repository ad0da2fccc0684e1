/**
 * What a durable append costs: records per second, records per fsync, latency and CPU of the event stores, beside a bare
 * one-record commit of the same SQLite and a raw write + fdatasync on the same disk in the same rounds.
 *
 * node bench/store.ts [--rounds 5] [--ms 400] [--folder PATH]
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import type { EventStore } from '../server/ports/event-store.ts';
import { openMemoryEventStore } from '../server/stores/memory/event-store.ts';
import { openSqliteEventStore } from '../server/stores/sqlite/event-store.ts';

/** One measured cell of one round; times in microseconds. */
interface Cell {
  readonly perSecond: number;
  readonly perSync: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
}

type Measure = (folder: string, ms: number) => Promise<Cell>;

/** With its frame about 300 bytes per record. */
const EVENTS = Buffer.alloc(120, 'x');
const RECORD_BYTES = 300;
const CLIENTS = [1, 10, 100, 1_000];

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, ms: { type: 'string', default: '400' }, folder: { type: 'string', default: tmpdir() } } });

function cell(latencies: number[], started: number, cpuBefore: NodeJS.CpuUsage, syncs: number): Cell {
  const elapsed = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => 1_000 * (latencies[Math.floor(latencies.length * share)] ?? 0);
  return { perSecond: (latencies.length / elapsed) * 1_000, perSync: latencies.length / Math.max(syncs, 1), p50: at(0.5), p99: at(0.99), cpu: (user + system) / latencies.length };
}

/** `clients` writers in a closed loop; each starts cases of three records, the first with an idempotency key. */
async function drive(store: EventStore, clients: number, ms: number): Promise<Cell> {
  const latencies: number[] = [];
  const before = await store.head();
  const cpu = process.cpuUsage();
  const started = performance.now();
  let cases = 0;
  const client = async (): Promise<void> => {
    while (performance.now() - started < ms) {
      const stream = `${Math.random().toString(36).slice(2)}-${String(cases++)}`;
      for (let version = 0; version < 3; version++) {
        const sent = performance.now();
        const key = version === 0 ? { idempotencyKey: stream, requestHash: 'a'.repeat(64) } : {};
        const answer = await store.append({ stream, expectedVersion: version, commandType: 'CompleteTask', ...key, actor: { person: 'anna', post: 'clerk' }, at: '2026-01-05T09:00:00.000Z', events: EVENTS });
        if (answer.outcome !== 'appended') throw new Error(`Expected an append, but got ${answer.outcome}`);
        latencies.push(performance.now() - sent);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return cell(latencies, started, cpu, (await store.head()).position - before.position);
}

function stored(clients: number): Measure {
  return async (folder, ms) => {
    const store = await openSqliteEventStore({ folder });
    await drive(store, clients, ms / 8);
    const measured = await drive(store, clients, ms);
    await store.close();
    return measured;
  };
}

const inMemory = (clients: number): Measure => async (_folder, ms) => {
  const store = openMemoryEventStore();
  await drive(store, clients, ms / 8);
  return drive(store, clients, ms);
};

/** Runs `write` in a loop on this thread. */
function loop(write: (turn: number) => void, ms: number): Cell {
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (let turn = 1; performance.now() - started < ms; turn++) {
    const sent = performance.now();
    write(turn);
    latencies.push(performance.now() - sent);
  }
  return cell(latencies, started, cpu, latencies.length);
}

const bareCommit: Measure = (folder, ms) => {
  const db = new DatabaseSync(join(folder, 'bare.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE records (position INTEGER PRIMARY KEY, body BLOB NOT NULL)');
  const insert = db.prepare('INSERT INTO records VALUES (?, ?)');
  const body = Buffer.alloc(RECORD_BYTES, 'x');
  const measured = loop((turn) => insert.run(turn, body), ms);
  db.close();
  return Promise.resolve(measured);
};

const rawSync: Measure = (folder, ms) => {
  const file = openSync(join(folder, 'raw.log'), 'a');
  const body = Buffer.alloc(RECORD_BYTES, 'x');
  const measured = loop(() => {
    writeSync(file, body);
    fdatasyncSync(file);
  }, ms);
  closeSync(file);
  return Promise.resolve(measured);
};

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

async function main(): Promise<void> {
  const cells: Record<string, Measure> = { 'raw write + fdatasync': rawSync, 'bare SQLite commit': bareCommit };
  for (const clients of CLIENTS) cells[`sqlite log, ${String(clients)} clients`] = stored(clients);
  for (const clients of [1, 100]) cells[`memory log, ${String(clients)} clients`] = inMemory(clients);
  const results = new Map<string, Cell[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, measure] of Object.entries(cells)) {
      const folder = mkdtempSync(join(values.folder, 'piton-bench-'));
      results.set(name, [...(results.get(name) ?? []), await measure(folder, Number(values.ms))]);
      rmSync(folder, { recursive: true });
    }
  }
  const of = (name: string, field: keyof Cell): number => median((results.get(name) ?? []).map((each) => each[field]));
  console.log(`medians of ${values.rounds} rounds of ${values.ms} ms, records of ${String(RECORD_BYTES)} bytes, Node ${process.version}`);
  console.table(Object.fromEntries([...results.keys()].map((name) => [name, {
    'records/s': Math.round(of(name, 'perSecond')), 'records/fsync': Math.round(of(name, 'perSync')), 'p50 us': Math.round(of(name, 'p50')), 'p99 us': Math.round(of(name, 'p99')), 'CPU us/record': Number(of(name, 'cpu').toFixed(1)),
  }])));
  console.log(`one append / bare SQLite commit (p50): ${(of('sqlite log, 1 clients', 'p50') / of('bare SQLite commit', 'p50')).toFixed(2)}`);
  console.log(`100 clients / one commit per record: ${(of('sqlite log, 100 clients', 'perSecond') / of('bare SQLite commit', 'perSecond')).toFixed(1)}`);
}

await main();
