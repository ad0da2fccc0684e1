/** The installation key: 32 random bytes in a file of their own that wrap everything in the vault (AES-256-GCM, NIST SP 800-38D). */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { StoreError } from '../errors.ts';
import { writeDurably } from '../durable-file.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Reads the key, in the form the cipher takes ten times faster than plain bytes. Where there is none, makes one if `mayCreate`, else rejects with STORE_KEY_MISSING; STORE_WRITE_FAILED where it cannot be written. */
export async function installationKey(file: string, mayCreate: boolean): Promise<KeyObject> {
  const key = await readKey(file);
  if (key === undefined) {
    if (!mayCreate) throw new StoreError('STORE_KEY_MISSING', { file });
    const made = randomBytes(KEY_BYTES);
    try {
      await writeDurably(file, `${file}.${randomBytes(6).toString('hex')}`, made, 0o600);
    } catch (error) {
      throw new StoreError('STORE_WRITE_FAILED', { file, reason: (error as Error).message }, { cause: error });
    }
    return createSecretKey(made);
  }
  if (key.byteLength !== KEY_BYTES) throw new StoreError('STORE_KEY_INVALID', { file, size: key.byteLength });
  return createSecretKey(key);
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StoreError('STORE_OPEN_FAILED', { file, reason: (error as Error).message }, { cause: error });
  }
}

/** Nonce, tag and ciphertext of `secret`. `name` is bound to it, so that wrapped secrets cannot be exchanged; `nonce`: 12 random bytes, never used twice. */
export function wrap(key: KeyObject, name: string, secret: Uint8Array, nonce: Uint8Array = randomBytes(NONCE_BYTES)): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const content = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), content]);
}

/** The secret, or undefined when key, name or bytes are not the ones it was wrapped with. */
export function unwrap(key: KeyObject, name: string, wrapped: Uint8Array): Buffer | undefined {
  if (wrapped.byteLength < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(name)).setAuthTag(wrapped.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}
