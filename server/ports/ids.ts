/** The port of randomness: ids that sort by time, and unguessable tokens. No ':' in any of them. */
export interface Ids {
  /** UUIDv7 (RFC 9562). */
  uuid(): string;
  /** `bytes` of randomness, base64url. */
  token(bytes: number): string;
}
