/**
 * Copying a log while a server writes it: commit by commit in small steps, each a short read and a short write, so that no command waits and
 * the server's write-ahead log can be folded back meanwhile. What the target holds already is not copied again: stored bytes never change.
 */
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { GENESIS_HASH, linkFault } from '../commit.ts';
import type { ChainPoint } from '../commit.ts';
import { StoreError } from '../errors.ts';
import { appendCommit, nextCommit, headOf, openLog, toCommit } from './log-schema.ts';
import type { CommitRow } from './log-schema.ts';

/** Bytes of one step: about what the disk writes between two commands. */
const STEP_BYTES = 4 * 1024 * 1024;

/** Copies what `source` holds now to the log in the file `to`, which gets no index: it is made when the copy is opened as a log. Throws STORE_LOG_DAMAGED. */
export async function copyLog(source: Database.Database, to: string, onProgress?: (done: number, of: number) => void): Promise<void> {
  const last = headOf(source).position;
  const { target, from } = openTarget(source, to);
  const next = nextCommit(source);
  let before = from;
  try {
    while (before.position < last) {
      const began = performance.now();
      before = step(next, target, before, last, to);
      onProgress?.(before.position, last);
      // As long as it worked it rests: disk and processor belong to the server first.
      await pause(performance.now() - began);
    }
  } finally {
    target.close();
  }
}

/** The target goes on where it ends, unless it is the copy of another log. */
function openTarget(source: Database.Database, to: string): { readonly target: Database.Database; readonly from: ChainPoint } {
  if (existsSync(to)) {
    const target = openLog(to, 'DELETE');
    const from = headOf(target);
    const same = source.prepare<[number], Buffer>('SELECT hash FROM commits WHERE position = ?').pluck().get(from.position);
    if (from.position === 0 || same?.toString('hex') === from.hash) return { target, from };
    target.close();
    rmSync(to);
  }
  return { target: openLog(to, 'DELETE'), from: { position: 0, hash: GENESIS_HASH } };
}

function step(next: Database.Statement<[number], CommitRow>, target: Database.Database, from: ChainPoint, last: number, file: string): ChainPoint {
  const rows: CommitRow[] = [];
  let before = from;
  for (let bytes = 0; bytes < STEP_BYTES && before.position < last;) {
    const row = next.get(before.position);
    const fault = row === undefined ? 'it is missing' : linkFault(toCommit(row), before);
    if (row === undefined || fault !== undefined) throw new StoreError('STORE_LOG_DAMAGED', { file, position: before.position + 1, reason: fault ?? '' });
    rows.push(row);
    bytes += row.body.length;
    before = { position: row.position, hash: row.hash.toString('hex') };
  }
  appendCommit(target, rows);
  return before;
}
