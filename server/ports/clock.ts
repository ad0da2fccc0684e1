/** The port of time: the only source of "now" in the server. */
export interface Clock {
  /** ISO 8601 UTC instant with milliseconds, `2026-01-05T09:00:00.000Z`: instants are compared as text. */
  now(): string;
}
