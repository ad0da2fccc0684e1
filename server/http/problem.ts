/** Any failure as problem details (RFC 9457) or as a page: what is told, and what stays in the log. */
import { HttpFailure, failure } from './contract/failure.ts';
import type { HttpCode } from './errors.ts';

export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly hint: string;
  readonly requestId: string;
  readonly errors?: HttpFailure['errors'];
  readonly problems?: HttpFailure['problems'];
}

export function problemDetails(failed: HttpFailure, requestId: string): ProblemDetails {
  return {
    type: `urn:piton:problem:${failed.code}`,
    title: failed.title,
    status: failed.status,
    detail: failed.message,
    instance: `urn:uuid:${requestId}`,
    code: failed.code,
    hint: failed.hint,
    requestId,
    ...(failed.errors.length > 0 ? { errors: failed.errors } : {}),
    ...(failed.problems.length > 0 ? { problems: failed.problems } : {}),
  };
}

const RETRY_S = '30';

/** What the failures of a store or of the file system mean for the request. Those that are not named may mean anything. */
const STORED: Readonly<Partial<Record<string, HttpCode>>> = {
  STORE_DISK_FULL: 'HTTP_DISK_FULL', STORE_WRITE_FAILED: 'HTTP_NOT_RECORDED', STORE_CLOSED: 'HTTP_NOT_RECORDED', STORE_WRITER_ENDED: 'HTTP_NOT_RECORDED', STORE_DATABASE_UNREACHABLE: 'HTTP_NOT_RECORDED',
  STORE_OUTCOME_UNKNOWN: 'HTTP_OUTCOME_UNKNOWN', ENOSPC: 'HTTP_DISK_FULL', EDQUOT: 'HTTP_DISK_FULL',
};

/** What a body parser or a handler threw, as a failure; anything unforeseen becomes HTTP_UNEXPECTED and says nothing of its cause. */
export function asFailure(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const shape = typeof error === 'object' && error !== null ? error as { readonly type?: unknown; readonly limit?: unknown; readonly status?: unknown; readonly code?: unknown } : {};
  const stored = typeof shape.code === 'string' ? STORED[shape.code] : undefined;
  if (stored !== undefined) return failure(stored, {}, { headers: { 'Retry-After': RETRY_S } });
  // Only the adapter knows what a cursor looks like; what it refuses came from the address.
  if (shape.code === 'STORE_CURSOR_INVALID') return failure('HTTP_CURSOR_INVALID');
  // Inflating: a code of zlib.
  if (typeof shape.code === 'string' && shape.code.startsWith('Z_')) return failure('HTTP_REQUEST_INVALID', { where: 'the body', found: 'it does not have the encoding that Content-Encoding names' });
  switch (shape.type) {
    case 'entity.parse.failed': return failure('HTTP_JSON_INVALID');
    case 'entity.too.large': return failure('HTTP_TOO_LARGE', { limit: Number(shape.limit) });
    case 'parameters.too.many': return failure('HTTP_TOO_LARGE', { limit: Number(shape.limit ?? 0) });
    case 'charset.unsupported': case 'encoding.unsupported': return failure('HTTP_MEDIA_TYPE', { expected: 'UTF-8 without an unknown encoding', found: 'another' });
    case 'request.aborted': case 'request.size.invalid': case 'entity.verify.failed': return failure('HTTP_JSON_INVALID');
    default: return shape.status === 400 ? failure('HTTP_REQUEST_INVALID', { where: 'the address', found: 'it cannot be decoded' }) : failure('HTTP_UNEXPECTED');
  }
}

/** The page of a failure where no module offers a better one. */
export function plainErrorPage(failed: HttpFailure, requestId: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(failed.title)}</title></head>`
    + `<body><main><h1>${escapeHtml(failed.title)}</h1><p>${escapeHtml(failed.message)}</p><p>${escapeHtml(failed.hint)}</p>`
    + `<p>${escapeHtml(failed.code)}, ${escapeHtml(requestId)}</p></main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
