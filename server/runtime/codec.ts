/**
 * The bytes of a record's events (docs/log-format.md): what may stay legible for ever as JSON, what people wrote encrypted with
 * the data key of the stream, so that an erased case keeps its numbers, acts and times but none of its words.
 *
 * Layout: 1 byte format, u32 big-endian length of the open part, the open part (JSON, UTF-8), then nothing, or 12 bytes nonce,
 * ciphertext, 16 bytes tag (AES-256-GCM; additional data: `<stream>/<version>`).
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DomainEvent } from './types.ts';

/** Event type -> fields that are encrypted. */
export type PrivateFields = Readonly<Record<string, readonly string[] | undefined>>;

const FORMAT = 1;
const HEADER_BYTES = 5;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The private fields of the events, by the event's number; undefined when there are none and no key is needed. */
type Secrets = Record<number, Record<string, unknown>>;

export interface Split {
  readonly open: readonly DomainEvent[];
  readonly secrets: Secrets | undefined;
}

/** Takes the private fields out of the events. */
export function split(events: readonly DomainEvent[], fields: PrivateFields): Split {
  let secrets: Secrets | undefined;
  let open: DomainEvent[] | undefined;
  for (let index = 0; index < events.length; index++) {
    const event = events[index] as DomainEvent & Readonly<Record<string, unknown>>;
    const names = fields[event.type];
    if (names === undefined) continue;
    let rest: Record<string, unknown> & DomainEvent | undefined;
    let hidden: Record<string, unknown> | undefined;
    for (const name of names) {
      const value = event[name];
      if (value === undefined) continue;
      // What is undefined is not written.
      (rest ??= { ...event })[name] = undefined;
      (hidden ??= {})[name] = value;
    }
    if (hidden === undefined) continue;
    (open ??= [...events])[index] = rest as DomainEvent;
    (secrets ??= {})[index] = hidden;
  }
  return { open: open ?? events, secrets };
}

/** The bytes, with room for nonce and tag around the private part, which stands from `clearFrom` on still to be encrypted; undefined when there is none. */
export interface Laid {
  readonly bytes: Buffer;
  readonly clearFrom: number | undefined;
}

export function layOut({ open, secrets }: Split): Laid {
  const text = JSON.stringify(open);
  const size = Buffer.byteLength(text);
  const header = HEADER_BYTES + size;
  if (!secrets) return { bytes: writeOpen(Buffer.allocUnsafe(header), text, size), clearFrom: undefined };
  const hidden = JSON.stringify(secrets);
  const bytes = writeOpen(Buffer.allocUnsafe(header + NONCE_BYTES + Buffer.byteLength(hidden) + TAG_BYTES), text, size);
  bytes.write(hidden, header + NONCE_BYTES);
  return { bytes, clearFrom: header };
}

/** Bytes that are encrypted here: snapshots, which no event store writes. `key` is needed exactly when there are secrets. */
export function seal(parts: Split, key: Uint8Array | undefined, stream: string, version: number): Uint8Array {
  const { bytes, clearFrom } = layOut(parts);
  if (clearFrom === undefined) return bytes;
  if (!key) throw new TypeError(`Expected a data key for ${stream}, but there is none`);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(`${stream}/${String(version)}`));
  const clear = bytes.subarray(clearFrom + NONCE_BYTES, bytes.length - TAG_BYTES);
  clear.set(cipher.update(clear));
  cipher.final();
  bytes.set(nonce, clearFrom);
  bytes.set(cipher.getAuthTag(), bytes.length - TAG_BYTES);
  return bytes;
}

function writeOpen(bytes: Buffer, text: string, size: number): Buffer {
  bytes.writeUInt8(FORMAT, 0);
  bytes.writeUInt32BE(size, 1);
  bytes.write(text, HEADER_BYTES);
  return bytes;
}

/** The events with their private fields put back; without the key they lack them and `erased` is true. */
export function unseal(bytes: Uint8Array, key: Uint8Array | undefined, stream: string, version: number): { readonly events: DomainEvent[]; readonly erased: boolean } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.readUInt8(0) !== FORMAT) throw new TypeError(`Expected record ${stream}/${String(version)} in format ${String(FORMAT)}, but it is in ${String(buffer.readUInt8(0))}`);
  const end = HEADER_BYTES + buffer.readUInt32BE(1);
  const events = JSON.parse(buffer.toString('utf8', HEADER_BYTES, end)) as DomainEvent[];
  if (end === buffer.length) return { events, erased: false };
  if (!key) return { events, erased: true };
  const decipher = createDecipheriv('aes-256-gcm', key, buffer.subarray(end, end + NONCE_BYTES));
  decipher.setAAD(Buffer.from(`${stream}/${String(version)}`));
  decipher.setAuthTag(buffer.subarray(buffer.length - TAG_BYTES));
  const clear = decipher.update(buffer.subarray(end + NONCE_BYTES, buffer.length - TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  const secrets = JSON.parse(clear) as Secrets;
  for (const [index, hidden] of Object.entries(secrets)) events[Number(index)] = { ...events[Number(index)], ...hidden } as DomainEvent;
  return { events, erased: false };
}
