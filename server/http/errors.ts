/** Why a request is refused before or after it reaches a module (RFC 9110 status codes, RFC 9457 problem details): the table of codes. */

interface Entry {
  readonly status: number;
  readonly title: string;
  readonly message: string;
  readonly hint: string;
}

/** `{name}` is filled in when the failure is made. */
export const HTTP_ERRORS = {
  HTTP_REQUEST_INVALID: { status: 400, title: 'The request is not valid', message: 'Expected {where} to be as described, but {found}', hint: 'Correct what the list of errors names and send the request again.' },
  HTTP_JSON_INVALID: { status: 400, title: 'The request is not JSON', message: 'Expected a body in JSON, but it could not be read', hint: 'Check quotes, commas and brackets; texts are UTF-8.' },
  HTTP_TOO_DEEP: { status: 400, title: 'The request is nested too deeply', message: 'Expected lists and objects at most {limit} deep, but the body goes deeper', hint: 'Send flatter values.' },
  HTTP_IDEMPOTENCY_KEY_INVALID: { status: 400, title: 'The idempotency key is not valid', message: 'Expected Idempotency-Key to be 1 to 200 visible characters without spaces, but it is not', hint: 'Use a UUID.' },
  HTTP_CURSOR_INVALID: { status: 400, title: 'The page cursor is not valid', message: 'Expected after to be the cursor of an earlier page, but it is not', hint: 'Start again without after.' },
  HTTP_ROUTE_UNKNOWN: { status: 404, title: 'There is no such address', message: 'Expected a known address, but {path} is none', hint: 'See /api/openapi.json for all addresses of the API.' },
  HTTP_NOT_FOUND: { status: 404, title: 'Not found', message: 'Expected {what} to exist, but it does not', hint: 'Check the id; what was never there and what is closed to you look the same.' },
  HTTP_METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not know the method', message: 'Expected one of {allowed} at {path}, but it was {method}', hint: 'See /api/openapi.json.' },
  HTTP_TOO_LARGE: { status: 413, title: 'The request is too large', message: 'Expected a body of at most {limit} bytes, but it is larger', hint: 'Send less at once; large content belongs in a document.' },
  HTTP_MEDIA_TYPE: { status: 415, title: 'The media type is not supported', message: 'Expected a body of type {expected}, but it is {found}', hint: 'Set the header Content-Type.' },
  HTTP_KEY_REUSED: { status: 422, title: 'The idempotency key was used before', message: 'Expected a new Idempotency-Key for a new request, but it was used with another one', hint: 'Send the first request again unchanged, or take another key.' },
  HTTP_DOCUMENT_BROUGHT: { status: 422, title: 'A document cannot be sent as a value', message: 'Expected plain values, but {key} is a document', hint: 'Upload the file and hand it in under attachments.' },
  HTTP_ATTACHMENTS_INVALID: { status: 422, title: 'The attachments are not complete', message: 'Expected the files this procedure asks for, but {count} of them cannot be taken', hint: 'Every file and kind that is wrong is listed under errors.' },
  HTTP_START_FORM_INVALID: { status: 422, title: 'The start form is not complete', message: 'Expected the start form {form} to be filled in, but {count} of its fields cannot be taken', hint: 'Every field that is wrong is listed under errors.' },
  HTTP_MODEL_REFUSED: { status: 422, title: 'The model is refused', message: 'Expected a model that can be executed, but {count} of its parts cannot', hint: 'Correct what the list of problems names; each names its element and line.' },
  HTTP_STARTING: { status: 503, title: 'The service is starting', message: 'Expected the service to be open, but it is still starting', hint: 'Send the request again in a moment; /readyz says how far it is.' },
  HTTP_OVERLOADED: { status: 503, title: 'Too much is asked at once', message: 'Expected room for one more changing request, but {reason}', hint: 'Nothing of this request was recorded. Send it again after the seconds in Retry-After, with the same Idempotency-Key.' },
  HTTP_BUSY: { status: 503, title: 'The service is closing', message: 'Expected the service to take requests, but it is stopping', hint: 'Send the request again in a moment.' },
  HTTP_NOT_RECORDED: { status: 503, title: 'Nothing can be recorded at the moment', message: 'Expected the act to be written down, but the storage takes nothing at the moment', hint: 'Nothing of this request was recorded. Send it again later; if it stays so, tell the administrator the request id.' },
  HTTP_OUTCOME_UNKNOWN: { status: 503, title: 'It is not certain whether this was recorded', message: 'Expected the disk to confirm that the act was written down, but it did not', hint: 'Send the same request again with the same Idempotency-Key: the answer tells. In the browser look at the case before repeating anything.' },
  HTTP_DISK_FULL: { status: 507, title: 'The disk of the service is full', message: 'Expected room to write the act down, but the disk is full', hint: 'Nothing of this request was recorded, and reading goes on. Tell the administrator; work goes on by itself when there is room.' },
  HTTP_UNEXPECTED: { status: 500, title: 'Something went wrong on our side', message: 'Expected the request to be handled, but it failed', hint: 'Nothing was recorded unless the case shows it. Tell the administrator the request id.' },
} as const satisfies Readonly<Record<string, Entry>>;

/** Why the server cannot listen; told at the terminal. */
export const LISTEN_ERRORS = {
  LISTEN_ADDRESS_TAKEN: { message: 'Expected port {port} of {host} to be free, but another program listens there', hint: 'Stop that program, or give Piton another port with PITON_PORT; 0 takes a free one.' },
  LISTEN_ADDRESS_INVALID: { message: 'Expected {host} to be an address of this machine, but it is none', hint: 'Correct PITON_HOST; 127.0.0.1 serves this machine only, 0.0.0.0 every network.' },
  LISTEN_FORBIDDEN: { message: 'Expected to be allowed to listen on port {port}, but the system forbids it', hint: 'Take a port from 1024 on with PITON_PORT and let a proxy serve the lower one.' },
} as const;

/** Why a person is not let in. */
export const ACCESS_ERRORS = {
  ACCESS_SIGN_IN_REQUIRED: { status: 401, title: 'Please sign in', message: 'Expected a signed-in person, but there is no session or it has ended', hint: 'Sign in and send the request again.' },
  ACCESS_CREDENTIALS_WRONG: { status: 401, title: 'Sign-in failed', message: 'Expected account name and password to match, but they do not', hint: 'Check both; after several failures wait before the next attempt. An administrator can set a new password.' },
  ACCESS_DENIED: { status: 403, title: 'You may not do this', message: 'Expected {person} to be allowed by the rule {rule}, but the rule says: {says}', hint: 'Ask an administrator whether your post needs this right.' },
  ACCESS_ORIGIN_FOREIGN: { status: 403, title: 'The request came from another site', message: 'Expected the request to come from {host}, but it came from {origin}', hint: 'Open the page again and repeat the action there.' },
  ACCESS_CSRF_TOKEN: { status: 403, title: 'The page has expired', message: 'Expected the token of this session with the request, but it is missing or another one', hint: 'Reload the page, then repeat the action. Programs send the header X-CSRF-Token.' },
  ACCESS_METRICS_CLOSED: { status: 401, title: 'The metrics are closed', message: 'Expected {expected}, but {found}', hint: 'Set PITON_METRICS_TOKEN and send it as a bearer token. Without one only programs of this machine are answered, and only where no proxy stands in front.' },
  ACCESS_THROTTLED: { status: 429, title: 'Too many failed sign-ins', message: 'Expected at most a few failed sign-ins, but there were more', hint: 'Wait {seconds} seconds, then try again.' },
} as const satisfies Readonly<Record<string, Entry>>;

/** What is wrong with one place of a request; stands in the list of errors of HTTP_REQUEST_INVALID. `{said}`: the words of the schema. */
export const FIELD_ERRORS = {
  FIELD_REQUIRED: { message: 'Expected a value ({expected}), but there is none', hint: 'Give the value.' },
  FIELD_UNKNOWN: { message: 'Expected only what the description names, but this is not in it', hint: 'Leave it out, or correct its name.' },
  FIELD_TYPE: { message: 'Expected another kind of value, but: {said}', hint: 'See the description of the route.' },
  FIELD_SIZE: { message: 'Expected a value within bounds, but: {said}', hint: 'Shorten or lengthen it.' },
  FIELD_FORMAT: { message: 'Expected another form, but: {said}', hint: 'See the description of the route.' },
  FIELD_VALUE: { message: 'Expected one of the known values, but: {said}', hint: 'Choose one of them.' },
  FIELD_INVALID: { message: 'Expected a valid value, but: {said}', hint: 'See the description of the route.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

/** Why somebody is not let into the live connection or one of its rooms. `{room}`: its name. */
export const LIVE_ERRORS = {
  LIVE_SIGNED_OUT: { message: 'Expected a signed-in person, but there is no session or it has ended', hint: 'Sign in and open the page again.' },
  LIVE_ORIGIN_FOREIGN: { message: 'Expected the connection to come from our own pages, but it came from another site', hint: 'Open the page from its own address.' },
  LIVE_CLOSING: { message: 'Expected the service to take connections, but it is stopping', hint: 'Connect again in a moment.' },
  LIVE_SOCKETS_MANY: { message: 'Expected at most {limit} live connections of one person, but there are more', hint: 'Close pages that are no longer needed.' },
  LIVE_ROOM_UNKNOWN: { message: 'Expected the name of a room, but {room} is none', hint: 'Rooms are person, group, case and monitor, each with a colon and an id.' },
  LIVE_ROOM_REFUSED: { message: 'Expected to be allowed in {room}, but its rule says: {says}', hint: 'Ask an administrator whether your post needs this right.' },
  LIVE_ROOMS_MANY: { message: 'Expected at most {limit} rooms on one connection, but there are more', hint: 'Leave rooms that are no longer shown.' },
  LIVE_REQUESTS_MANY: { message: 'Expected at most {limit} requests in ten seconds, but there were more', hint: 'Join a room once and stay in it.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type LiveCode = keyof typeof LIVE_ERRORS;

export type FieldCode = keyof typeof FIELD_ERRORS;

export type HttpCode = keyof typeof HTTP_ERRORS | keyof typeof ACCESS_ERRORS;

/** The entry of a code of either table. */
export function entryOf(code: HttpCode): Entry {
  return { ...HTTP_ERRORS, ...ACCESS_ERRORS }[code];
}
