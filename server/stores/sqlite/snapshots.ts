/** Saved instance states beside the projection tables; a put is a transaction of its own. */
import type Database from 'better-sqlite3';
import type { Snapshot, Snapshots } from '../../ports/snapshots.ts';
import { attempt } from '../attempt.ts';

export interface SnapshotHost {
  readonly db: () => Database.Database;
  readonly read: <T>(answer: () => T) => T;
  readonly write: (change: (db: Database.Database) => void) => void;
}

interface SnapshotRow {
  readonly version: number;
  readonly fingerprint: string;
  readonly key_id: string | null;
  readonly state: Buffer;
}

export class SqliteSnapshots implements Snapshots {
  static readonly table = `CREATE TABLE IF NOT EXISTS snapshots (stream TEXT PRIMARY KEY, version INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    key_id TEXT, state BLOB NOT NULL) STRICT`;
  readonly #host: SnapshotHost;
  readonly #statements = new Map<string, Database.Statement>();
  #connection: Database.Database | undefined;

  constructor(host: SnapshotHost) {
    this.#host = host;
  }

  put(snapshot: Snapshot): Promise<void> {
    const { stream, version, fingerprint, keyId, state } = snapshot;
    return attempt(() => {
      this.#host.write(() => {
        // An older snapshot that comes late must not replace a newer one of the same kind.
        this.#prepare(`INSERT INTO snapshots (stream, version, fingerprint, key_id, state) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
          SET version = excluded.version, fingerprint = excluded.fingerprint, key_id = excluded.key_id, state = excluded.state
          WHERE excluded.version >= version OR excluded.fingerprint <> fingerprint`).run(stream, version, fingerprint, keyId ?? null, state);
      });
    });
  }

  get(stream: string): Promise<Snapshot | undefined> {
    return attempt(() =>
      this.#host.read(() => {
        const row = this.#prepare('SELECT version, fingerprint, key_id, state FROM snapshots WHERE stream = ?').get(stream) as SnapshotRow | undefined;
        if (row === undefined) return undefined;
        const { version, fingerprint, key_id: keyId, state } = row;
        return { stream, version, fingerprint, ...(keyId === null ? {} : { keyId }), state };
      }),
    );
  }

  delete(stream: string): Promise<void> {
    return attempt(() => this.#host.write(() => this.#prepare('DELETE FROM snapshots WHERE stream = ?').run(stream)));
  }

  #prepare(sql: string): Database.Statement {
    const db = this.#host.db();
    if (db !== this.#connection) this.#statements.clear();
    this.#connection = db;
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
