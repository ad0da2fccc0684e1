/** How data keys lie in a vault, whatever keeps it: made in batches, each wrapped as a whole, a destroyed key is zeros. */
import { randomBytes } from 'node:crypto';
import { StoreError } from './errors.ts';

/** Data keys made by one write. */
export const KEY_BATCH = 1_000;
export const KEY_BYTES = 32;
/** With fewer left, the next batch is made before the next case needs it. */
export const REFILL_BELOW = 250;
/** A name and content that only the right installation key can unwrap. */
export const PROOF = 'piton vault';
/** What stands in the place of a destroyed key. */
const DESTROYED = Buffer.alloc(KEY_BYTES);
/** `<batch>.<place>`; without a place it is a key of schema 1, which had a row of its own. */
const BATCHED = /^([\w-]{16})\.(\d{1,4})$/;

/** What a batch is wrapped under, a key of schema 1, a secret: bound to the ciphertext, and the same wherever it is kept. */
export const wrappedAs = {
  batch: (batch: string): string => `batch ${batch}`,
  key: (id: string): string => `key ${id}`,
  secret: (name: string): string => `secret ${name}`,
} as const;

export interface FreshKeys {
  readonly batch: string;
  readonly keys: Buffer;
  /** Place of the next one. */
  next: number;
}

export function freshKeys(): FreshKeys {
  return { batch: randomBytes(12).toString('base64url'), keys: randomBytes(KEY_BATCH * KEY_BYTES), next: 0 };
}

/** The next key of a batch that has one left. */
export function takeFrom(fresh: FreshKeys): { readonly id: string; readonly key: Uint8Array } {
  const { batch, keys, next } = fresh;
  fresh.next += 1;
  return { id: `${batch}.${String(next)}`, key: Buffer.from(keys.subarray(next * KEY_BYTES, (next + 1) * KEY_BYTES)) };
}

/** Which batch a key lies in, and from which byte; undefined for keys of schema 1. Throws STORE_DATA_KEY_UNKNOWN. */
export function placeOfKey(id: string): { readonly batch: string; readonly start: number } | undefined {
  const [, batch, place] = BATCHED.exec(id) ?? [];
  if (batch === undefined) return undefined;
  const start = Number(place) * KEY_BYTES;
  if (start >= KEY_BATCH * KEY_BYTES) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
  return { batch, start };
}

/** Undefined when it was destroyed. */
export function keyAt(keys: Buffer, start: number): Buffer | undefined {
  const key = keys.subarray(start, start + KEY_BYTES);
  return key.equals(DESTROYED) ? undefined : Buffer.from(key);
}

export function destroyAt(keys: Buffer, start: number): Buffer {
  return Buffer.from(keys).fill(0, start, start + KEY_BYTES);
}
