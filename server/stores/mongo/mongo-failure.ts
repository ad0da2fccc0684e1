/** What the errors of the MongoDB driver mean for a write: refused, not sent, or nobody knows. */
import mongoose from 'mongoose';
import { StoreError } from '../errors.ts';

const { MongoNetworkError, MongoServerError, MongoServerSelectionError, MongoWriteConcernError } = mongoose.mongo;

const DUPLICATE_KEY = 11_000;
const OUT_OF_DISK_SPACE = 14_031;
/** A server that is no primary, becomes none, or goes: NotWritablePrimary, NotPrimaryNoSecondaryOk, and the interrupted and shutting-down ones. */
const PASSING = new Set([6, 7, 50, 89, 91, 112, 134, 189, 262, 317, 358, 384, 9001, 10_107, 11_600, 11_601, 11_602, 13_435, 13_436]);

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/**
 * `refused`: the server has said no, nothing was written. `unsent`: no server was found to send it to. `unknown`: it may have been
 * written, or may yet be.
 */
export function faultOf(error: unknown): 'refused' | 'unsent' | 'unknown' {
  if (error instanceof MongoServerSelectionError) return 'unsent';
  if (error instanceof MongoNetworkError && 'beforeHandshake' in error && error.beforeHandshake === true) return 'unsent';
  if (!(error instanceof MongoServerError) || error instanceof MongoWriteConcernError) return 'unknown';
  return typeof error.code === 'number' && !PASSING.has(error.code) ? 'refused' : 'unknown';
}

/** The StoreError for what the server refused. */
export function refusedWrite(database: string, error: unknown): StoreError {
  const isFull = error instanceof MongoServerError && error.code === OUT_OF_DISK_SPACE;
  return isFull
    ? new StoreError('STORE_DISK_FULL', { file: database }, { cause: error })
    : new StoreError('STORE_WRITE_FAILED', { file: database, reason: reasonOf(error) }, { cause: error });
}

/** The StoreError for a database that could not be asked; a StoreError stays what it is. */
export function unreachable(database: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError('STORE_DATABASE_UNREACHABLE', { database, reason: reasonOf(error) }, { cause: error });
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
