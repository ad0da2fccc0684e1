/** Opening of the small database files beside the log: kind and schema are written into the file and checked. */
import Database from 'better-sqlite3';
import { StoreError } from '../errors.ts';
import { openFailure } from './sqlite-failure.ts';

/** `application`: PRAGMA application_id. `pragmas` are set on every open, before the tables are made. */
export interface SmallDatabase {
  readonly kind: string;
  readonly application: number;
  readonly schema: number;
  readonly pragmas: readonly string[];
  readonly tables: string;
  /** What leads from schema 1 to 2, from 2 to 3, and so on. */
  readonly upgrades?: readonly string[];
}

/** Throws STORE_FOREIGN_FILE, STORE_SCHEMA_NEWER or STORE_OPEN_FAILED. */
export function openSmallDatabase(file: string, shape: SmallDatabase): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(file);
    prepare(db, file, shape);
    return db;
  } catch (error) {
    db?.close();
    throw openFailure(file, error);
  }
}

function prepare(db: Database.Database, file: string, shape: SmallDatabase): void {
  const empty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  const found = Number(db.pragma('user_version', { simple: true }));
  if (!empty && db.pragma('application_id', { simple: true }) !== shape.application) throw new StoreError('STORE_FOREIGN_FILE', { file, kind: shape.kind });
  if (found > shape.schema) throw new StoreError('STORE_SCHEMA_NEWER', { file, known: shape.schema, found });
  for (const pragma of shape.pragmas) db.pragma(pragma);
  if (found === shape.schema) return;
  db.transaction(() => {
    for (const upgrade of empty ? [shape.tables] : (shape.upgrades ?? []).slice(found - 1)) db.exec(upgrade);
    db.pragma(`application_id = ${String(shape.application)}`);
    db.pragma(`user_version = ${String(shape.schema)}`);
  })();
}
