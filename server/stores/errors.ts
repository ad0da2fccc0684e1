/** The table of everything a store can fail with: one code, one sentence, one way out for who runs the installation. */

interface Entry {
  readonly message: string;
  readonly hint: string;
}

/** `{name}` is filled in by {@link StoreError}. */
export const STORE_ERRORS = {
  STORE_CLOSED: { message: 'Expected the {store} to be open, but it was closed', hint: 'The process is shutting down; send the request again after it is back.' },
  STORE_RECORD_INVALID: { message: 'Expected {field} of the record to be {expected}, but it is {found}', hint: 'This is a mistake in the calling code, not in the data.' },
  STORE_RECORD_TOO_LARGE: { message: 'Expected a record of at most {limit} bytes, but it has {size}', hint: 'Keep large content as a blob and write only its name into the event.' },
  STORE_DISK_FULL: { message: 'Expected room to write {file}, but the disk is full', hint: 'Free space on that disk; nothing of this request was written, and writing goes on by itself.' },
  STORE_WRITE_FAILED: { message: 'Expected to write {file}, but the system answered {reason}', hint: 'Check the disk and the permissions of the folder; nothing of this request was written, what was acknowledged before is safe, and work goes on by itself when writing does.' },
  STORE_WRITER_ENDED: { message: 'Expected the writer of {file} to run, but it ended: {reason}', hint: 'Restart the process; what was acknowledged before is safe.' },
  STORE_DATABASE_UNREACHABLE: { message: 'Expected {database} to answer, but {reason}', hint: 'Check MONGODB_URL and the database; nothing of this request was written, and work goes on by itself when it is back.' },
  STORE_OUTCOME_UNKNOWN: { message: 'Expected {database} to say whether commit {position} was written, but {reason}', hint: 'Send the same request with the same key again: the answer tells whether it had been accepted.' },
  STORE_INSTALLATION_MISSING: { message: 'Expected an installation in {folder}, but there is no {file}', hint: 'Name its data folder with --data or PITON_DATA. If it is this one, its log is lost: restore the last backup into a new folder.' },
  STORE_FOLDER_IN_USE: { message: 'Expected to be alone on the data folder {folder}, but {owner} works on it', hint: 'Stop the other process, or give this one another data folder.' },
  STORE_OPEN_FAILED: { message: 'Expected to open {file}, but the system answered {reason}', hint: 'Check that the file belongs to the user who runs Piton and that the disk is in order.' },
  STORE_FILE_DAMAGED: { message: 'Expected {file} to be as it was written, but the system answered {reason}', hint: 'Restore it from the last backup. Only desk.db may be moved away instead: sessions, drafts and notices are lost, no act is.' },
  STORE_FOREIGN_FILE: { message: 'Expected {file} to be a {kind} of Piton, but it is something else', hint: 'Move the file away, or point Piton at another data folder.' },
  STORE_SCHEMA_NEWER: { message: 'Expected schema {known} or older in {file}, but it has schema {found}', hint: 'A newer Piton has written this folder; run that version, or restore a backup made before.' },
  STORE_LOG_DAMAGED: { message: 'Expected commit {position} of {file} to be as it was written, but {reason}', hint: 'Restore the last backup and compare it; the log was changed outside Piton or the disk is failing.' },
  STORE_FRAME_INVALID: { message: 'Expected commit {position} to hold whole records, but {reason}', hint: 'Restore the last backup and compare it; the log was changed outside Piton or the disk is failing.' },
  STORE_TABLE_CONFLICT: { message: 'Expected one declaration of table {table}, but there are two that differ', hint: 'Give one of the two projections another table name.' },
  STORE_TABLE_INVALID: { message: 'Expected {expected} in the declaration of table {table}, but found {found}', hint: 'This is a mistake in the calling code: correct the TableSpec.' },
  STORE_TABLE_TIMING: { message: 'Expected table {table} to be {expected}, but {reason}', hint: 'This is a mistake in the calling code: declare, then open, then read; write only inside commit.' },
  STORE_COLUMN_UNKNOWN: { message: 'Expected {table} to be searched by its declared columns {known}, but the query names {column}', hint: 'Add an index with this column to the TableSpec; the tables are rebuilt at the next start.' },
  STORE_CURSOR_INVALID: { message: 'Expected a cursor of {table} in this order, but got another text', hint: 'Start again from the first page.' },
  STORE_ROW_INVALID: { message: 'Expected a row of {table} with {expected} in {column}, but it holds {found}', hint: 'This is a mistake in the calling code: correct the projection.' },
  STORE_PROJECTIONS_DAMAGED: { message: 'Expected {file} to be readable, but the system answered {reason}', hint: 'Restart: the tables are made new from the log.' },
  STORE_VAULT_MISSING: { message: 'Expected the vault {file} that belongs to this log, but there is none', hint: 'Put vault.db and installation.key of this installation back; without them nobody can sign in and what people wrote cannot be read.' },
  STORE_LOG_MISSING: { message: 'Expected the log that belongs to the vault {file}, but the log is empty', hint: 'Put log.db of this installation back, or point Piton at an empty data folder to begin anew.' },
  STORE_KEY_MISSING: { message: 'Expected the installation key in {file}, but there is none although the vault has content', hint: 'Put the file installation.key of this installation back; without it the vault cannot be read by anybody.' },
  STORE_KEY_INVALID: { message: 'Expected 32 bytes in the installation key {file}, but it has {size}', hint: 'Put the original file installation.key of this installation back.' },
  STORE_KEY_WRONG: { message: 'Expected the installation key {file} to fit this vault, but it is the key of another one', hint: 'Put the file installation.key of this installation back.' },
  STORE_SECRET_DAMAGED: { message: 'Expected {name} in the vault to be as it was written, but it was changed', hint: 'Restore the vault from a backup together with its installation key.' },
  STORE_DATA_KEY_UNKNOWN: { message: 'Expected data key {id} to have been made here, but it was not', hint: 'Log and vault come from different installations or backups; restore both from the same one.' },
  STORE_BACKUP_TARGET: { message: 'Expected {folder} to be empty or to hold a backup, but it holds {found}', hint: 'Name another folder: a backup never writes over other files.' },
  STORE_BACKUP_OTHER: { message: 'Expected the backup in {folder} to be an earlier state of this log, but {found}', hint: 'It is the backup of another installation, or this log was begun anew or cut: look at PITON_DATA first. Keep that backup and name another folder.' },
  STORE_BACKUP_INCOMPLETE: { message: 'Expected a whole backup in {folder}, but {found}', hint: 'Name the folder `piton backup` wrote to. If it is that one, the backup was cut off or changed since: take an earlier one.' },
  STORE_BACKUP_ENDS: { message: 'Expected the backup in {folder} to hold commit {until}, but it ends with commit {position}', hint: 'Leave --until out to restore all of it, or take a later backup.' },
  STORE_RESTORE_TARGET: { message: 'Expected {folder} to be empty, but it holds {found}', hint: 'Restore into a new folder, look at it, then point PITON_DATA at it.' },
  STORE_MIGRATION_SOURCE: { message: 'Expected an installation in {place}, but there is no log', hint: 'Name the data folder or the database of an installation that was used.' },
  STORE_MIGRATION_TARGET: { message: 'Expected {place} to be empty, but it holds {found}', hint: 'Name an empty database or a new folder: nothing is ever written over an installation.' },
  STORE_MIGRATION_DIFFERS: { message: 'Expected {place} to hold what the source holds, but not in {what}', hint: 'The source is as it was: empty the target and move again; if it happens again, check the disks.' },
  STORE_MIGRATION_UNFINISHED: { message: 'Expected a whole installation in {database}, but a move to it was interrupted', hint: 'Call `piton migrate` again with the same source: it goes on where it stopped.' },
  STORE_CLUSTER_BACKUP: { message: 'Expected a data folder to copy, but this installation lives in {database}', hint: 'Back the database up with its own tools while it runs, and keep the installation key apart; or stop all nodes and call `piton migrate --from`: its folder is a whole copy.' },
  STORE_DATABASE_IN_USE: { message: 'Expected no node to work on {database}, but one does', hint: 'Stop all nodes and wait until they have ended; then call it again.' },
  STORE_BLOB_NAME_INVALID: { message: 'Expected the name of a blob to be a SHA-256 in lower-case hex, but got {found}', hint: 'This is a mistake in the calling code, not in the data.' },
  STORE_BLOB_DAMAGED: { message: 'Expected blob {name} to be as it was written, but its bytes have the hash {found}', hint: 'Restore this file from a backup; it was changed outside Piton or the disk is failing.' },
} as const satisfies Record<string, Entry>;

export type StoreCode = keyof typeof STORE_ERRORS;

/** Thrown or rejected by every store; `code` is a key of STORE_ERRORS. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreCode;
  readonly hint: string;

  constructor(code: StoreCode, values: Readonly<Record<string, string | number>>, options?: ErrorOptions) {
    const entry: Entry = STORE_ERRORS[code];
    super(fill(entry.message, values), options);
    this.code = code;
    this.hint = fill(entry.hint, values);
  }

  /** The error that another thread met, from the parts that could travel. */
  static revive(parts: { readonly code: string; readonly message: string; readonly hint: string }): StoreError {
    const error = new StoreError('STORE_WRITE_FAILED', {});
    return Object.assign(error, parts);
  }
}

function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}
