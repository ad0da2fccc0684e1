/** The thread that writes the projection tables: one batch of changes in, one transaction, one answer out. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Backlog, Row, Table, TableSpec } from '../../ports/projections.ts';
import type { Snapshot } from '../../ports/snapshots.ts';
import { StoreError } from '../errors.ts';
import { createSqliteProjections } from './projections.ts';

/** A change of a row that the batch does not know, as the port names it: `patch`, or `add` with `otherwise`. */
export type Change =
  | { readonly key: string; readonly patch: Row }
  | { readonly key: string; readonly add: Readonly<Record<string, number>>; readonly otherwise: Row };

/** What a batch does to one table: new rows, rows put, keys deleted, and changes of other rows, several of one row in order. No row is in two of the four. */
export type TableChanges = readonly [inserts: readonly Row[], puts: readonly Row[], deletes: readonly string[], changes: readonly Change[]];

/** The tables in the order of their declaration. */
export type Changes = readonly TableChanges[];

/** `changes`: JSON of `Changes`, because one text travels between threads faster than many objects. `after`: the position this batch follows; a batch behind a failed one is refused. */
export type Order =
  | { readonly kind: 'open'; readonly specs: readonly TableSpec[] }
  | { readonly kind: 'commit'; readonly after: number; readonly position: number; readonly changes: string }
  | { readonly kind: 'amend'; readonly changes: string; readonly backlog?: Backlog | null | undefined }
  | { readonly kind: 'reset' | 'begin-rebuild' | 'finish-rebuild' }
  | { readonly kind: 'keep'; readonly snapshot: Snapshot }
  | { readonly kind: 'forget'; readonly stream: string }
  | { readonly kind: 'close' };

/** `failure`: a StoreError by its parts, because classes do not travel between threads. */
export interface Outcome {
  readonly checkpoint: number;
  readonly backlog: Backlog | undefined;
  readonly failure?: { readonly code: string; readonly message: string; readonly hint: string };
}

const projections = createSqliteProjections((workerData as { readonly file: string }).file);
let tables: Table[] = [];
let checkpoint = 0;
let backlog: Backlog | undefined;

async function obey(order: Order): Promise<void> {
  if (order.kind === 'open') {
    tables = order.specs.map((spec) => projections.table(spec));
    await projections.open();
    checkpoint = await projections.checkpoint();
    backlog = await projections.backlog();
  } else if (order.kind === 'commit') {
    if (order.after !== checkpoint) throw new StoreError('STORE_WRITE_FAILED', { file: 'the projections', reason: 'that the batch before this one failed' });
    await projections.commit(order.position, () => apply(order.changes));
    checkpoint = order.position;
  } else if (order.kind === 'amend') {
    await projections.amend(() => apply(order.changes), order.backlog);
    backlog = await projections.backlog();
  } else if (order.kind === 'begin-rebuild') await projections.beginRebuild();
  else if (order.kind === 'finish-rebuild') await projections.finishRebuild();
  else if (order.kind === 'reset') {
    await projections.reset();
    checkpoint = 0;
    backlog = undefined;
  } else if (order.kind === 'keep') await projections.snapshots.put(order.snapshot);
  else if (order.kind === 'forget') await projections.snapshots.delete(order.stream);
  else await projections.close();
}

function apply(changes: string): void {
  (JSON.parse(changes) as Changes).forEach(([inserts, puts, deletes, others], index) => {
    const table = tables[index];
    if (table === undefined) return;
    for (const row of inserts) table.insert(row);
    for (const row of puts) table.put(row);
    for (const key of deletes) table.delete(key);
    for (const change of others) {
      if ('patch' in change) table.patch(change.key, change.patch);
      else table.add(change.key, change.add, change.otherwise);
    }
  });
}

async function answer(order: Order): Promise<Outcome> {
  try {
    await obey(order);
    return { checkpoint, backlog };
  } catch (error) {
    const { code = 'STORE_WRITE_FAILED', message, hint = '' } = error as { code?: string; message: string; hint?: string };
    return { checkpoint, backlog, failure: { code, message, hint } };
  }
}

// One after the other: what an order awaits must not let the next one in.
let turn = Promise.resolve();
parentPort?.on('message', (order: Order) => {
  turn = turn.then(async () => {
    parentPort?.postMessage(await answer(order));
    if (order.kind === 'close') parentPort?.close();
  });
});
