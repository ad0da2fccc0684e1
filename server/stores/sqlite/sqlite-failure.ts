/** What the result codes of SQLite mean to who runs the installation. */
import { StoreError } from '../errors.ts';

/** The result code of an error, of SQLite or of the system, '' for anything else. */
export function sqliteCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error).startsWith('SQLITE_BUSY');
}

export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** A file that was emptied, or written over by another database, opens and has no tables. */
function lacksTable(error: unknown): boolean {
  return sqliteCode(error) === 'SQLITE_ERROR' && error instanceof Error && error.message.startsWith('no such table');
}

/** The StoreError for a failed open; a StoreError stays what it is. */
export function openFailure(file: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (isDamage(error) || lacksTable(error)) return new StoreError('STORE_FILE_DAMAGED', { file, reason: reason(error) }, { cause: error });
  return new StoreError('STORE_OPEN_FAILED', { file, reason: reason(error) }, { cause: error });
}

/** The StoreError for copying `from` to `to`, whose disk may be full; a StoreError stays what it is. */
export function copyFailure(from: string, to: string, error: unknown): StoreError {
  const isFull = ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'].includes(sqliteCode(error));
  return isFull ? new StoreError('STORE_DISK_FULL', { file: to }, { cause: error }) : openFailure(from, error);
}

/** The StoreError for a failed write; a StoreError stays what it is. */
export function writeFailure(file: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (sqliteCode(error) === 'SQLITE_FULL') return new StoreError('STORE_DISK_FULL', { file }, { cause: error });
  return new StoreError('STORE_WRITE_FAILED', { file, reason: reason(error) }, { cause: error });
}

export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = sqliteCode(error);
  return code === '' ? message : `${message} (${code})`;
}
