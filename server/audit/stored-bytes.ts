/**
 * The stored bytes of a record, read as docs/log-format.md describes them to outsiders. Written down here once more on purpose: a proof that is
 * checked by the code that wrote it would prove less.
 */
import type { DomainEvent } from '../runtime/types.ts';

/** What a frame says. `events`: bytes, opaque but for {@link openEvents}. */
export interface FrameContent {
  readonly stream: string;
  readonly version: number;
  readonly commandType: string;
  readonly at: string;
  readonly events: Uint8Array;
}

const LENGTH_BYTES = 4;
const FORMAT = 1;

/** The frame that begins at `offset` of the body of a commit. Throws a RangeError where none does. */
export function frameIn(body: Uint8Array, offset: number): Uint8Array {
  const bytes = bufferOf(body);
  const eventsAt = offset + LENGTH_BYTES + bytes.readUInt32BE(offset);
  const end = eventsAt + LENGTH_BYTES + bytes.readUInt32BE(eventsAt);
  if (end > bytes.length) throw new RangeError('Expected a whole frame');
  return bytes.subarray(offset, end);
}

/** Throws a RangeError or SyntaxError for bytes that are no frame. */
export function readFrame(frame: Uint8Array): FrameContent {
  const bytes = bufferOf(frame);
  const headerEnd = LENGTH_BYTES + bytes.readUInt32BE(0);
  const { stream, version, commandType, at } = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, headerEnd)) as Partial<FrameContent>;
  const eventsFrom = headerEnd + LENGTH_BYTES;
  if (eventsFrom + bytes.readUInt32BE(headerEnd) !== bytes.length || typeof stream !== 'string' || typeof version !== 'number') throw new RangeError('Expected one whole frame');
  return { stream, version, commandType: String(commandType), at: String(at), events: bytes.subarray(eventsFrom) };
}

/** The events of a record without what of them is encrypted. Throws a RangeError or SyntaxError for bytes that are none. */
export function openEvents(events: Uint8Array): readonly DomainEvent[] {
  return JSON.parse(openText(events).toString('utf8')) as DomainEvent[];
}

/** The JSON of {@link openEvents} as bytes. Throws a RangeError. */
export function openText(events: Uint8Array): Buffer {
  const bytes = bufferOf(events);
  const from = 1 + LENGTH_BYTES;
  if (bytes.length < from || bytes[0] !== FORMAT) throw new RangeError(`Expected events in format ${String(FORMAT)}`);
  return bytes.subarray(from, from + bytes.readUInt32BE(1));
}

/** Events of which nothing is encrypted, as bytes. */
export function layOutOpen(events: readonly DomainEvent[]): Uint8Array {
  const text = Buffer.from(JSON.stringify(events));
  return Buffer.concat([Buffer.from([FORMAT]), u32(text.length), text]);
}

/** Whether an error says that bytes are not what they should be. */
export function isIllegible(error: unknown): boolean {
  return error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
