/** The desk store in SQLite: sessions, drafts and notices read; durable, changeable, never part of the evidence. */
import type Database from 'better-sqlite3';
import type { DeskEntry, DeskStore } from '../../ports/desk-store.ts';
import { attempt } from '../attempt.ts';
import { StoreError } from '../errors.ts';
import { Lru } from '../lru.ts';
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
/** Rows at hand, and the longest of them: every request asks for its session, nobody twice for a draft. */
const AT_HAND = 2_000;
const SHORT = 1_024;

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
  /** Rows as they are in the file, which nobody else writes: its folder is locked. Each write takes what it changes out in the moment it is made. */
  readonly #atHand = new Lru<EntryRow>(AT_HAND);
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
    return this.#write(() => { this.#store(collection, row); });
  }

  get(collection: string, key: string, now: string): Promise<DeskEntry | undefined> {
    return this.#read(() => {
      const instant = Date.parse(now);
      const place = placeOf(collection, key);
      const known = this.#atHand.get(place);
      if (known !== undefined) return known.expires === null || known.expires > instant ? toEntry(known) : undefined;
      const row = this.#get.get(collection, key, instant);
      if (row !== undefined && row.content.length <= SHORT) this.#atHand.set(place, row);
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
      if (decided.after !== undefined) this.#store(collection, rowOf(decided.after));
    });
    if ('thrown' in decided) throw decided.thrown;
    return decided.after;
  }

  list(collection: string, owner: string, now: string, limit = DEFAULT_LIMIT): Promise<DeskEntry[]> {
    return this.#read(() => this.#list.all(collection, owner, Date.parse(now), limit).map(toEntry));
  }

  delete(collection: string, key: string): Promise<void> {
    return this.#write(() => {
      this.#atHand.delete(placeOf(collection, key));
      this.#delete.run(collection, key);
    });
  }

  deleteOwned(collection: string, owner: string): Promise<void> {
    return this.#write(() => {
      this.#atHand.clear();
      this.#deleteOwned.run(collection, owner);
    });
  }

  sweep(now: string): Promise<void> {
    return this.#write(() => {
      this.#atHand.clear();
      this.#sweep.run(Date.parse(now));
    });
  }

  close(): Promise<void> {
    if (this.#db.open) {
      this.#writes.flush();
      this.#db.close();
    }
    return Promise.resolve();
  }

  #store(collection: string, row: ReturnType<typeof rowOf>): void {
    this.#atHand.delete(placeOf(collection, row[0]));
    this.#put.run(collection, ...row);
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

function placeOf(collection: string, key: string): string {
  return `${collection}\n${key}`;
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
