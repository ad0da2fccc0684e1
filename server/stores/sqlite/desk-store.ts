/** The desk store in SQLite: sessions, drafts and notices read; durable, changeable, never part of the evidence. */
import type Database from 'better-sqlite3';
import type { DeskEntry, DeskStore } from '../../ports/desk-store.ts';
import { attempt } from '../attempt.ts';
import { StoreError } from '../errors.ts';
import { GatheredWrites } from './gathered-writes.ts';
import { openSmallDatabase } from './small-database.ts';
import type { SmallDatabase } from './small-database.ts';
import { openFailure, writeFailure } from './sqlite-failure.ts';

export const DESK_SHAPE: SmallDatabase = {
  kind: 'desk store',
  // 'PDSK'
  application: 0x5044534b,
  schema: 1,
  pragmas: ['journal_mode = WAL', 'synchronous = FULL'],
  tables: `CREATE TABLE entries (number INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, key TEXT NOT NULL, owner TEXT, expires INTEGER, content TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX entry_key ON entries (collection, key);
    CREATE INDEX entry_owner ON entries (collection, owner, number);
    CREATE INDEX entry_expires ON entries (expires) WHERE expires IS NOT NULL`,
};

const DEFAULT_LIMIT = 100;

interface EntryRow {
  readonly key: string;
  readonly owner: string | null;
  readonly expires: number | null;
  readonly content: string;
}

/** `file`: a path, or `:memory:` for tests. Throws a StoreError when the file cannot be opened. */
export function openSqliteDeskStore(file: string): DeskStore {
  return new SqliteDeskStore(openSmallDatabase(file, DESK_SHAPE), file);
}

class SqliteDeskStore implements DeskStore {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #writes: GatheredWrites;
  readonly #put: Database.Statement<[string, string, string | null, number | null, string]>;
  readonly #get: Database.Statement<[string, string, number], EntryRow>;
  readonly #list: Database.Statement<[string, string, number, number], EntryRow>;
  readonly #delete: Database.Statement<[string, string]>;
  readonly #deleteOwned: Database.Statement<[string, string]>;
  readonly #sweep: Database.Statement<[number]>;

  constructor(db: Database.Database, file: string) {
    this.#db = db;
    this.#file = file;
    this.#writes = new GatheredWrites(db, (error) => writeFailure(file, error));
    // REPLACE gives a new number, so that the last written stands first in the lists of its owner.
    this.#put = db.prepare('REPLACE INTO entries (collection, key, owner, expires, content) VALUES (?, ?, ?, ?, ?)');
    const select = 'SELECT key, owner, expires, content FROM entries WHERE collection = ?';
    this.#get = db.prepare(`${select} AND key = ? AND (expires IS NULL OR expires > ?)`);
    this.#list = db.prepare(`${select} AND owner = ? AND (expires IS NULL OR expires > ?) ORDER BY number DESC LIMIT ?`);
    this.#delete = db.prepare('DELETE FROM entries WHERE collection = ? AND key = ?');
    this.#deleteOwned = db.prepare('DELETE FROM entries WHERE collection = ? AND owner = ?');
    this.#sweep = db.prepare('DELETE FROM entries WHERE expires <= ?');
  }

  put(collection: string, entry: DeskEntry): Promise<void> {
    const row = rowOf(entry);
    return this.#write(() => { this.#put.run(collection, ...row); });
  }

  get(collection: string, key: string, now: string): Promise<DeskEntry | undefined> {
    return this.#read(() => {
      const row = this.#get.get(collection, key, Date.parse(now));
      return row === undefined ? undefined : toEntry(row);
    });
  }

  async update(collection: string, key: string, now: string, change: (before: DeskEntry | undefined) => DeskEntry | undefined): Promise<DeskEntry | undefined> {
    let decided: { readonly after: DeskEntry | undefined } | { readonly thrown: unknown } = { after: undefined };
    await this.#write(() => {
      const row = this.#get.get(collection, key, Date.parse(now));
      try {
        decided = { after: change(row === undefined ? undefined : toEntry(row)) };
      } catch (error) {
        // What one change throws must not undo the others that are written with it.
        decided = { thrown: error };
        return;
      }
      if (decided.after !== undefined) this.#put.run(collection, ...rowOf(decided.after));
    });
    if ('thrown' in decided) throw decided.thrown;
    return decided.after;
  }

  list(collection: string, owner: string, now: string, limit = DEFAULT_LIMIT): Promise<DeskEntry[]> {
    return this.#read(() => this.#list.all(collection, owner, Date.parse(now), limit).map(toEntry));
  }

  delete(collection: string, key: string): Promise<void> {
    return this.#write(() => this.#delete.run(collection, key));
  }

  deleteOwned(collection: string, owner: string): Promise<void> {
    return this.#write(() => this.#deleteOwned.run(collection, owner));
  }

  sweep(now: string): Promise<void> {
    return this.#write(() => this.#sweep.run(Date.parse(now)));
  }

  close(): Promise<void> {
    if (this.#db.open) {
      this.#writes.flush();
      this.#db.close();
    }
    return Promise.resolve();
  }

  #write(change: () => void): Promise<void> {
    return this.#db.open ? this.#writes.run(change) : Promise.reject(closed());
  }

  #read<T>(answer: () => T): Promise<T> {
    return attempt(() => {
      if (!this.#db.open) throw closed();
      try {
        return answer();
      } catch (error) {
        throw openFailure(this.#file, error);
      }
    });
  }
}

function rowOf({ key, owner, expiresAt, content }: DeskEntry): [string, string | null, number | null, string] {
  return [key, owner ?? null, expiresAt === undefined ? null : Date.parse(expiresAt), JSON.stringify(content)];
}

function toEntry({ key, owner, expires, content }: EntryRow): DeskEntry {
  return {
    key,
    ...(owner === null ? {} : { owner }),
    ...(expires === null ? {} : { expiresAt: new Date(expires).toISOString() }),
    content: JSON.parse(content) as Record<string, unknown>,
  };
}

function closed(): StoreError {
  return new StoreError('STORE_CLOSED', { store: 'desk store' });
}
