/** A log that is only looked at, also while a server writes it: over a connection that cannot write, and with an index of its own where the one of the log is in doubt. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { LogReading, StoredFrame } from '../../ports/event-store.ts';
import { attempt } from '../attempt.ts';
import { decodeFrame, frames } from '../commit.ts';
import { openLogToRead } from './data-folder.ts';
import { LOG_FILE } from './event-store.ts';
import { FRAMES_OF_STREAM, headOf, isTailIndexed, readCommits, toCommit, toFrame } from './log-schema.ts';
import type { CommitRow, FrameRow } from './log-schema.ts';
import { openFailure } from './sqlite-failure.ts';

export interface LogReader extends LogReading {
  /** Finds records from now on by an index that is made new from the commits, in a file that goes away by itself. */
  doubtIndex(): void;
  close(): Promise<void>;
}

type FramesOf = (stream: string, after: number, limit: number) => StoredFrame[];

/** Opens the log of a data folder or of a backup. Throws StoreError. */
export function openLogReader(folder: string): LogReader {
  const file = join(folder, LOG_FILE);
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw openFailure(file, error);
    }
  };
  const db = openLogToRead(folder);
  let own: OwnIndex | undefined;
  const doubtIndex = (): void => { own ??= guarded(() => makeIndex(db)); };
  const commits = guarded(() => db.prepare<[number, number], CommitRow>('SELECT * FROM commits WHERE position > ? ORDER BY position LIMIT ?'));
  const indexed = guarded(() => db.prepare<[string, number, number], FrameRow>(FRAMES_OF_STREAM));
  // A backup has none.
  if (!guarded(() => isTailIndexed(db))) doubtIndex();
  return {
    readAll: (after, limit) => attempt(() => guarded(() => commits.all(after, limit).map(toCommit))),
    frames: (stream, after, limit) => attempt(() => guarded(() => own?.frames(stream, after, limit) ?? indexed.all(stream, after, limit).map(toFrame))),
    head: () => attempt(() => guarded(() => headOf(db))),
    doubtIndex,
    close: () => attempt(() => {
      own?.close();
      db.close();
    }),
  };
}

interface OwnIndex {
  readonly frames: FramesOf;
  readonly close: () => void;
}

interface Place {
  readonly position: number;
  readonly slot: number;
  readonly offset: number;
  readonly length: number;
}

function makeIndex(db: Database.Database): OwnIndex {
  // A database without a name lies in a file for temporary data: memory does not grow with the log.
  const index = new Database('');
  index.exec('CREATE TABLE places (stream TEXT, version INTEGER, position INTEGER NOT NULL, slot INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (stream, version)) WITHOUT ROWID');
  const enter = index.prepare<[string, number, number, number, number, number]>('INSERT INTO places VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  index.transaction(() => {
    for (const { position, body } of readCommits(db)) for (const [slot, { offset, length }] of (legible(() => frames(body, position)) ?? []).entries()) {
      legible(() => {
        const { stream, version } = decodeFrame(body.subarray(offset, offset + length), position, slot);
        enter.run(stream, version, position, slot, offset, length);
      });
    }
  })();
  const find = index.prepare<[string, number, number], Place>('SELECT position, slot, offset, length FROM places WHERE stream = ? AND version > ? ORDER BY version LIMIT ?');
  const cut = db.prepare<[number, number, number], Buffer>('SELECT substr(body, ?, ?) FROM commits WHERE position = ?').pluck();
  return {
    frames: (stream, after, limit) => find.all(stream, after, limit).map(({ position, slot, offset, length }) => ({ position, index: slot, frame: cut.get(offset + 1, length, position) ?? Buffer.alloc(0) })),
    close: () => { index.close(); },
  };
}

/** What is damaged has no place in the index; the check of the chain tells where it stands. */
function legible<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
