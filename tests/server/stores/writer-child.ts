/**
 * A process that appends to a log and says each act on its standard output before and after, so that an observer outside can
 * judge what survives its death. Argument: a ChildOrder as JSON.
 */
import { statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_FILE, openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import type { SqliteEventStoreOptions } from '../../../server/stores/sqlite/event-store.ts';
import { newRecord, requestHash } from '../../contracts/event-store.ts';

export interface ChildOrder {
  readonly folder: string;
  readonly clients: number;
  readonly recordsPerClient: number;
  readonly failpoint?: SqliteEventStoreOptions['failpoint'];
}

/** One line of the history. `wal`: bytes of the write-ahead log when the answer had come. */
export interface HistoryLine {
  readonly act: 'try' | 'ack' | 'end';
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly wal: number;
}

const order = JSON.parse(process.argv[2] ?? '') as ChildOrder;
const wal = join(order.folder, `${LOG_FILE}-wal`);

// Synchronous, so that what was said was said before whatever happens next.
function say(act: HistoryLine['act'], stream = '', version = 0, position = 0): void {
  writeAll(Buffer.from(`${JSON.stringify({ act, stream, version, position, wal: statSync(wal).size } satisfies HistoryLine)}\n`));
}

/** A reader that is slow fills the pipe: then a write takes a part, or nothing for a while. */
function writeAll(bytes: Buffer): void {
  for (let rest = bytes; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

const { clients, recordsPerClient, ...options } = order;
const store = await openSqliteEventStore(options);
await Promise.all(
  Array.from({ length: clients }, async (_, client) => {
    const stream = `client-${String(client)}`;
    for (let version = 1; version <= recordsPerClient; version++) {
      say('try', stream, version);
      const key = `${stream}-${String(version)}`;
      const answer = await store.append(newRecord(stream, version - 1, { idempotencyKey: key, requestHash: requestHash(key) }));
      if (answer.outcome !== 'appended') throw new Error(`expected an append, got ${JSON.stringify(answer)}`);
      say('ack', stream, version, answer.position);
    }
  }),
);
say('end');
// Never closes: the observer kills it, so that nothing is folded back into the file.
setInterval(() => undefined, 60_000);
