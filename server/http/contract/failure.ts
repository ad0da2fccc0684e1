/** How a handler says no: a failure with a code of the table, or the refusal of a command (RFC 9457 on the wire). */
import { fill } from '../../../engine/index.ts';
import type { Problem } from '../../../engine/index.ts';
import type { Answer, DomainEvent, Refusal } from '../../runtime/types.ts';
import { entryOf } from '../errors.ts';
import type { HttpCode } from '../errors.ts';

/** One place of a request that is wrong; `pointer` is a JSON Pointer (RFC 6901) into it. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Thrown by handlers and the app; becomes application/problem+json or an error page. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly hint: string;
  readonly errors: readonly FieldError[];
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(shape: {
    readonly code: string; readonly status: number; readonly title: string; readonly message: string; readonly hint: string;
    readonly errors?: readonly FieldError[]; readonly problems?: readonly Problem[]; readonly headers?: Readonly<Record<string, string>>;
  }) {
    super(shape.message);
    this.code = shape.code;
    this.status = shape.status;
    this.title = shape.title;
    this.hint = shape.hint;
    this.errors = shape.errors ?? [];
    this.problems = shape.problems ?? [];
    this.headers = shape.headers ?? {};
  }
}

interface Extras {
  readonly errors?: readonly FieldError[];
  readonly problems?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A failure of HTTP_ERRORS or ACCESS_ERRORS; `values` fill the placeholders of message and hint. */
export function failure(code: HttpCode, values: Readonly<Record<string, string | number>> = {}, extras: Extras = {}): HttpFailure {
  const entry = entryOf(code);
  return new HttpFailure({ code, status: entry.status, title: entry.title, message: fill(entry.message, values), hint: fill(entry.hint, values), ...extras });
}

/** HTTP_NOT_FOUND for `what`, for example "case abc". */
export function notFound(what: string): HttpFailure {
  return failure('HTTP_NOT_FOUND', { what });
}

/** HTTP_DOCUMENT_BROUGHT: the variable `key` was sent as a document, which would not have been received, made or signed here. */
export function documentBrought(key: string): HttpFailure {
  return failure('HTTP_DOCUMENT_BROUGHT', { key }, { errors: [{ pointer: `/variables/${key}`, code: 'HTTP_DOCUMENT_BROUGHT', detail: 'this is a document' }] });
}

/** A refused command: 404 where the thing itself never was, else 409. */
export function refused(refusal: Refusal): HttpFailure {
  const status = refusal.code.endsWith('_NOT_FOUND') ? 404 : 409;
  return new HttpFailure({ code: refusal.code, status, title: status === 404 ? 'Not found' : 'The command was refused', message: refusal.message, hint: refusal.hint });
}

type Accepted<E extends DomainEvent> = Extract<Answer<E>, { readonly outcome: 'accepted' }>;

/** The accepted answer; throws the failure of any other (409, 404, 422). */
export function accepted<E extends DomainEvent>(answer: Answer<E>): Accepted<E> {
  if (answer.outcome === 'rejected') throw refused(answer.rejection);
  if (answer.outcome === 'key-reused') throw failure('HTTP_KEY_REUSED');
  return answer;
}
