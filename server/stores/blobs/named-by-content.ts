/** What all blob stores share: a blob is named by the SHA-256 of its bytes, the same bytes are written once at a time, and a closed store takes and gives nothing. */
import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';

const NAME = /^[0-9a-f]{64}$/;

export class NamedByContent {
  readonly #write: (name: string, content: Uint8Array) => Promise<void>;
  readonly #writing = new Map<string, Promise<void>>();
  #closed = false;

  /** `write` resolves when the bytes are durable under their name. */
  constructor(write: (name: string, content: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** Answers the name. Throws STORE_CLOSED. */
  async put(content: Uint8Array): Promise<string> {
    this.requireOpen();
    const name = nameOf(content);
    const running = this.#writing.get(name) ?? this.#write(name, content);
    this.#writing.set(name, running);
    try {
      await running;
    } finally {
      this.#writing.delete(name);
    }
    return name;
  }

  /** Throws STORE_CLOSED. */
  requireOpen(): void {
    if (this.#closed) throw new StoreError('STORE_CLOSED', { store: 'blob store' });
  }

  /** Throws STORE_CLOSED and STORE_BLOB_NAME_INVALID. */
  requireName(name: string): void {
    this.requireOpen();
    if (!isName(name)) throw new StoreError('STORE_BLOB_NAME_INVALID', { found: JSON.stringify(name) });
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#writing.values());
  }
}

/** SHA-256, hex. */
export function nameOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function isName(text: string): boolean {
  return NAME.test(text);
}
