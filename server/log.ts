/** The log of the server: one JSON object a line on standard output, for operators, without personal data: what failed and where, not whose. */
import { pino } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';

/** `destination`: tests only. */
export function openLog(level: Level | 'silent', destination?: DestinationStream): Logger {
  const options = { level, serializers: { err: toldError } };
  return destination === undefined ? pino(options) : pino(options, destination);
}

interface Told {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly at?: readonly string[];
  readonly cause?: Told;
}

/** Codes whose message names files, machines and what the system said, nothing that people wrote. */
const TELLING: ReadonlySet<string> = new Set([
  'STORE_CLOSED', 'STORE_DISK_FULL', 'STORE_WRITE_FAILED', 'STORE_WRITER_ENDED', 'STORE_DATABASE_UNREACHABLE', 'STORE_OUTCOME_UNKNOWN', 'STORE_OPEN_FAILED', 'STORE_FILE_DAMAGED', 'STORE_LOG_DAMAGED',
  'STORE_FRAME_INVALID', 'STORE_PROJECTIONS_DAMAGED', 'STORE_BLOB_DAMAGED', 'STORE_KEY_MISSING', 'STORE_KEY_INVALID', 'STORE_KEY_WRONG', 'QUEUE_CLOSED', 'QUEUE_UNREACHABLE',
  'MAIL_SERVER_UNREACHABLE', 'MAIL_TLS_FAILED', 'MAIL_LOGIN_REFUSED',
]);
/** Errors of the language itself speak of names in the program, not of values. */
const OF_LANGUAGE: ReadonlySet<string> = new Set(['TypeError', 'ReferenceError', 'RangeError']);
const CAUSES = 4;
const FRAMES = 12;

/** An error as the log tells it: kind, code and place. Its message only where that cannot hold what people wrote. */
export function toldError(error: unknown, depth = 0): Told {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack = '', cause, code, syscall } = error as Error & { readonly code?: unknown; readonly syscall?: unknown };
  const known = typeof code === 'string' && (TELLING.has(code) || typeof syscall === 'string');
  // The first lines of a stack are the message.
  const at = stack.split('\n').map((line) => line.trim()).filter((line) => line.startsWith('at ')).slice(0, FRAMES);
  return {
    type: name, ...(typeof code === 'string' && { code }), ...((known || OF_LANGUAGE.has(name)) && { message }), ...(at.length > 0 && { at }),
    ...(cause !== undefined && depth < CAUSES && { cause: toldError(cause, depth + 1) }),
  };
}
