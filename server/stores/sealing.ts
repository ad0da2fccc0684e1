/** Encryption of the private part of a record in its place: AES-256-GCM (NIST SP 800-38D), as docs/log-format.md describes it. */
import { createCipheriv, createSecretKey, randomFillSync } from 'node:crypto';

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** Encrypts `target` from `from` to `to`: 12 spare bytes, clear text, 16 spare bytes. `additional` is bound to it. */
export function sealInPlace(target: Uint8Array, from: number, to: number, key: Uint8Array, additional: string): void {
  const nonce = nextNonce();
  // A key object is what the cipher takes ten times faster than plain bytes.
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), nonce);
  cipher.setAAD(Buffer.from(additional));
  target.set(nonce, from);
  // GCM is a stream cipher: as many bytes come out as went in, and final adds none.
  target.set(cipher.update(target.subarray(from + NONCE_BYTES, to - TAG_BYTES)), from + NONCE_BYTES);
  cipher.final();
  target.set(cipher.getAuthTag(), to - TAG_BYTES);
}

const pool = Buffer.allocUnsafe(NONCE_BYTES * 512);
let used = pool.length;

/** Random nonces, drawn in batches: one call of the system per nonce costs more than the encryption. */
function nextNonce(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += NONCE_BYTES;
  return pool.subarray(used - NONCE_BYTES, used);
}
