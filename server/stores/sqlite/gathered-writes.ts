/** Writes of one turn of the event loop made durable by one commit, each answered after it. */
import type Database from 'better-sqlite3';

interface Waiting {
  readonly change: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class GatheredWrites {
  readonly #db: Database.Database;
  readonly #failure: (error: unknown) => Error;
  #waiting: Waiting[] = [];

  /** `failure` turns what SQLite threw into what the caller is told. */
  constructor(db: Database.Database, failure: (error: unknown) => Error) {
    this.#db = db;
    this.#failure = failure;
  }

  run(change: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      this.#waiting.push({ change, resolve, reject });
    });
  }

  flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    try {
      this.#db.transaction(() => waiting.forEach(({ change }) => change()))();
    } catch (error) {
      const failure = this.#failure(error);
      waiting.forEach(({ reject }) => reject(failure));
      return;
    }
    waiting.forEach(({ resolve }) => resolve());
  }
}
