/**
 * The port of derived tables: task lists, searches, counters. Everything in it can be thrown away and rebuilt from the log.
 *
 * A table holds rows (plain JSON documents) found by key and by declared indexes only, so that every adapter can keep the
 * promise of a fast page. Rows and checkpoint of a batch become visible together.
 */

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, unknown>>;

export interface TableSpec {
  readonly name: string;
  /** The column that identifies a row. */
  readonly key: string;
  /** Columns that `find` and `count` may filter and sort by, in one order each: `['assignee', 'dueAt']`. The key is appended by the adapter as tie-breaker. */
  readonly indexes: readonly (readonly string[])[];
  /** Columns holding a list of texts that `find` may ask for members of (candidate groups). */
  readonly lists?: readonly string[];
  /** Questions of `count` whose answers are kept: they cost the same however many rows there are. */
  readonly counts?: readonly CountSpec[];
}

/**
 * A question of `count`: its `where` names exactly these columns, each with one value, and perhaps the list column with its members. `below`: a column of
 * ISO 8601 texts that the question may be asked below; then an index begins with the list, goes on with `equal` and then with this column.
 */
export interface CountSpec {
  readonly equal: readonly string[];
  readonly list?: string;
  readonly below?: string;
}

/** A page request. `where`: equality; an array value means "one of"; on a list column "has one of". `after` continues behind a row's cursor. */
export interface Query {
  readonly where?: Readonly<Record<string, Cell | readonly Cell[]>>;
  readonly orderBy?: readonly { readonly column: string; readonly descending?: boolean }[];
  /** Rows of the page; default 100, at most 1,000. */
  readonly limit?: number;
  readonly after?: string;
  /** Rows whose `column` is less than (`below`) the value, for due dates. */
  readonly below?: { readonly column: string; readonly value: string | number };
}

export interface Page<R extends Row> {
  readonly rows: R[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

export interface Table<R extends Row = Row> {
  get(key: string): Promise<R | undefined>;
  find(query: Query): Promise<Page<R>>;
  count(query: Pick<Query, 'where' | 'below'>): Promise<number>;
  /** Replaces or inserts the row. Only inside `commit` or `amend`. */
  put(row: R): void;
  /** As `put` of a key that no row has, so that an adapter need not look for it. */
  insert(row: R): void;
  /** Changes some columns of a row if it exists. Only inside `commit` or `amend`. */
  patch(key: string, change: Partial<R>): void;
  /** Adds to number columns of a row, which is made with these numbers if it does not exist. Only inside `commit` or `amend`. */
  add(key: string, amounts: Readonly<Record<string, number>>, otherwise: R): void;
  delete(key: string): void;
}

/** Changes that were taken and are not written yet. */
export interface Staging {
  /** Runs `apply` (which only writes); the next `commit` writes its changes before its own. */
  add(apply: () => void): void;
  /** Forgets what was added and not written. */
  drop(): void;
}

/**
 * What a rebuild still owes (ADR 10): the cases whose last record up to commit `through` closed them, but for those that began up to and with record
 * `index` of commit `position`.
 */
export interface Backlog {
  readonly through: number;
  readonly position: number;
  readonly index: number;
}

export interface Projections {
  /** Declares a table; the same name again answers the same table. All tables are declared before `open`. */
  table<R extends Row>(spec: TableSpec): Table<R>;
  /** Prepares the declared tables; empties all when their declaration differs from the stored one. */
  open(): Promise<void>;
  /** Position up to which all tables are folded. */
  checkpoint(): Promise<number>;
  /** Runs `apply` (which only writes), then moves the checkpoint, in one transaction. */
  commit(position: number, apply: () => void): Promise<void>;
  /** What is still owed; undefined: nothing. */
  backlog(): Promise<Backlog | undefined>;
  /** Runs `apply` (which only writes) beside the log: the checkpoint stays, and a rebuild does not repeat it. `backlog`: what is owed from now on, in the same transaction; null: nothing any more; absent: as before. */
  amend(apply: () => void, backlog?: Backlog | null): Promise<void>;
  /** For an adapter that can take changes before they are written. */
  readonly staging?: Staging;
  /** Before a long log is folded into empty tables: an adapter may put off what only searching needs. `finishRebuild` makes up for it, and so does the next `open`. */
  beginRebuild?(): Promise<void>;
  finishRebuild?(): Promise<void>;
  /** Empties every table and sets the checkpoint to 0; nothing is owed. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
