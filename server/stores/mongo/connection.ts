/** A connection to the database of an installation: everything is written with `w: majority, j: true` and read with read concern `majority`. */
import { setTimeout as pause } from 'node:timers/promises';
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { StoreError } from '../errors.ts';
import { faultOf, unreachable } from './mongo-failure.ts';

/** How long a database that does not answer is waited for. */
export const PATIENCE_MS = 10_000;
export const FIRST_PAUSE_MS = 20;
export const LONGEST_PAUSE_MS = 1_000;
export const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const;

/** Resolves when the database has answered once; rejects with what the driver says. */
export async function connect(url: string, patienceMs = PATIENCE_MS): Promise<Connection> {
  const connection = mongoose.createConnection(url, {
    serverSelectionTimeoutMS: patienceMs,
    socketTimeoutMS: patienceMs,
    readPreference: 'primary',
    readConcern: { level: 'majority' },
    ...DURABLE,
    // The stores repeat their writes themselves: they must know whether one may have been written.
    retryWrites: false,
    promoteBuffers: true,
    bufferCommands: false,
  });
  try {
    return await connection.asPromise();
  } catch (error) {
    await connection.close(true).catch(() => undefined);
    throw error;
  }
}

/** The address without name and password, for messages. */
export function nameOf(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '');
}

/** What copies data folders has nothing to copy here. Throws STORE_CLUSTER_BACKUP. */
export function refuseCopy(url: string): never {
  throw new StoreError('STORE_CLUSTER_BACKUP', { database: nameOf(url) });
}

/** The database behind every store but the log, which has a connection of its own. `name`: for messages. */
export interface MongoDatabase {
  readonly name: string;
  readonly db: mongoose.mongo.Db;
  /** Asks again while nobody answers, at most `patienceMs`: what is asked must be harmless twice. Rejects with STORE_DATABASE_UNREACHABLE. */
  insist<T>(ask: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Rejects with STORE_DATABASE_UNREACHABLE. */
export async function openMongoDatabase(url: string, patienceMs = PATIENCE_MS): Promise<MongoDatabase> {
  const name = nameOf(url);
  let connection: Connection;
  try {
    connection = await connect(url, patienceMs);
  } catch (error) {
    throw unreachable(name, error);
  }
  const { db } = connection;
  if (db === undefined) throw unreachable(name, new Error('it has no database of this name'));
  let closed = false;
  return {
    name, db,
    insist: async (ask) => {
      const since = performance.now();
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
        try {
          return await ask();
        } catch (error) {
          if (error instanceof StoreError) throw error;
          if (faultOf(error) === 'refused' || !isOfDriver(error)) throw error;
          if (closed || performance.now() - since > patienceMs) throw unreachable(name, error);
        }
        await pause(pauseMs);
      }
    },
    close: async () => {
      closed = true;
      await connection.close(true);
    },
  };
}

function isOfDriver(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoError;
}
