/** Files on their way in: what is known of them in the desk store, their bytes in the part store; both are durable before a part is acknowledged. */
import { createHash } from 'node:crypto';
import { failure, notFound } from '../http/contract/failure.ts';
import { MOST_UPLOAD } from '../http/contract/uploads.ts';
import type { Upload } from '../ports/attachments.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeskEntry, DeskStore } from '../ports/desk-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { PartStore } from '../ports/part-store.ts';
import { uploadFailure } from './errors.ts';
import { safeFileName } from './file-name.ts';
import { UNKNOWN, mediaTypeOf } from './media-type.ts';

const COLLECTION = 'uploads';
const KEPT_MS = 86_400_000;
const SWEEP_MS = 3_600_000;
/** Files of one person that wait at the same time: with the size of each, the disk one person can fill. */
export const MOST_WAITING = 20;

/** `handedInWith`: the idempotency key of the request that handed it in; only a repeat of that request may do so again. */
export interface StoredUpload extends Upload {
  readonly person: string;
  readonly createdAt: string;
  readonly sha256?: string;
  readonly handedInWith?: string;
}

export interface Announcement {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly place?: { readonly page: string; readonly kind: string } | undefined;
}

export class Uploads {
  readonly #parts: PartStore;
  readonly #desk: DeskStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** Parts of one upload come one after the other, whoever sends them. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #sweptAt = 0;

  private constructor(parts: PartStore, desk: DeskStore, clock: Clock, ids: Ids) {
    this.#parts = parts;
    this.#desk = desk;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** Bytes of uploads that nobody knows any more are removed. */
  static async open(needs: { readonly parts: PartStore; readonly desk: DeskStore; readonly clock: Clock; readonly ids: Ids }): Promise<Uploads> {
    const uploads = new Uploads(needs.parts, needs.desk, needs.clock, needs.ids);
    await uploads.#sweep();
    return uploads;
  }

  /** The same `key` again answers the same upload. Refuses with UPLOAD_TOO_LARGE, UPLOAD_TOO_MANY, HTTP_KEY_REUSED. */
  async create(person: string, said: Announcement, key = this.#ids.uuid()): Promise<StoredUpload> {
    const fileName = safeFileName(said.fileName);
    if (said.bytes > MOST_UPLOAD) throw uploadFailure('UPLOAD_TOO_LARGE', { name: fileName, limit: `${String(MOST_UPLOAD / 1_048_576)} MiB`, bytes: said.bytes });
    return this.#inTurn(`person ${person}`, async () => {
      await this.#sweep();
      const id = idFrom(person, key);
      const before = await this.#desk.get(COLLECTION, id, this.#clock.now());
      if (before !== undefined) {
        const known = asUpload(before);
        if (known.fileName !== fileName || known.bytes !== said.bytes) throw failure('HTTP_KEY_REUSED');
        return known;
      }
      if ((await this.#waiting(person)).length >= MOST_WAITING) throw uploadFailure('UPLOAD_TOO_MANY', { limit: MOST_WAITING });
      const mediaType = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(said.mediaType) ? said.mediaType : UNKNOWN;
      return this.#save({ id, person, createdAt: this.#clock.now(), fileName, mediaType, bytes: said.bytes, offset: 0, expiresAt: '', place: said.place });
    });
  }

  /** The upload of this person; throws HTTP_NOT_FOUND for those of others as well. */
  async find(person: string, id: string): Promise<StoredUpload> {
    const entry = await this.#desk.get(COLLECTION, id, this.#clock.now());
    if (entry === undefined || entry.owner !== person) throw notFound(`upload ${id}`);
    return asUpload(entry);
  }

  /** What waits for `page`, oldest first. */
  async waiting(person: string, page: string): Promise<readonly StoredUpload[]> {
    return (await this.#waiting(person)).filter((upload) => upload.place?.page === page).sort((left, right) => (left.createdAt < right.createdAt ? -1 : 1));
  }

  /** Durable when it answers. Refuses with UPLOAD_OFFSET_WRONG, UPLOAD_OVERRUN. */
  append(person: string, id: string, offset: number, part: Uint8Array): Promise<StoredUpload> {
    return this.#inTurn(id, async () => {
      const upload = await this.find(person, id);
      if (offset !== upload.offset) throw uploadFailure('UPLOAD_OFFSET_WRONG', { offset: upload.offset, found: offset }, { 'Upload-Offset': String(upload.offset) });
      if (offset + part.byteLength > upload.bytes) throw uploadFailure('UPLOAD_OVERRUN', { bytes: upload.bytes });
      if (part.byteLength === 0) return upload;
      await this.#parts.write(id, offset, part);
      const grown = { ...upload, offset: offset + part.byteLength };
      return this.#save(grown.offset < grown.bytes ? grown : { ...grown, ...await this.#examined(grown) }, offset);
    });
  }

  /** The bytes of a complete upload, verified against what was received. */
  async content(upload: StoredUpload): Promise<Uint8Array> {
    const content = await this.#parts.read(upload.id);
    if (upload.sha256 === undefined || sha256(content) !== upload.sha256) throw new Error(`Expected upload ${upload.id} to be as it was received, but its file was changed`);
    return content;
  }

  async remove(person: string, id: string): Promise<void> {
    await this.#inTurn(id, async () => {
      await this.find(person, id);
      await this.#desk.delete(COLLECTION, id);
      await this.#parts.remove(id);
    });
  }

  /** Its content is a blob of a case now; what is known stays for a day, so that a repeated request gets its first answer. */
  async handedIn(upload: StoredUpload, key: string | undefined): Promise<void> {
    await this.#save({ ...upload, handedInWith: key ?? '' });
    await this.#parts.remove(upload.id);
  }

  async #waiting(person: string): Promise<readonly StoredUpload[]> {
    return (await this.#desk.list(COLLECTION, person, this.#clock.now(), 1_000)).map(asUpload).filter((upload) => upload.handedInWith === undefined);
  }

  async #examined({ id, bytes }: StoredUpload): Promise<{ readonly mediaType: string; readonly sha256: string }> {
    const content = await this.#parts.read(id);
    if (content.byteLength !== bytes) throw new Error(`Expected upload ${id} to hold ${String(bytes)} bytes, but its file holds ${String(content.byteLength)}`);
    return { mediaType: mediaTypeOf(content), sha256: sha256(content) };
  }

  /** `from`: the offset it had; refuses with UPLOAD_OFFSET_WRONG when another node took a part meanwhile. */
  async #save(upload: StoredUpload, from?: number): Promise<StoredUpload> {
    const now = this.#clock.now();
    const { id, person, ...content } = { ...upload, expiresAt: new Date(Date.parse(now) + KEPT_MS).toISOString() };
    await this.#desk.update(COLLECTION, id, now, (before) => {
      const found = before === undefined ? undefined : asUpload(before).offset;
      if (from !== undefined && found !== undefined && found !== from) throw uploadFailure('UPLOAD_OFFSET_WRONG', { offset: found, found: from }, { 'Upload-Offset': String(found) });
      return { key: id, owner: person, expiresAt: content.expiresAt, content };
    });
    return { id, person, ...content };
  }

  /** Removes the files of what has expired; what is known of it the desk store forgets by itself. */
  async #sweep(): Promise<void> {
    const now = this.#clock.now();
    if (Date.parse(now) - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = Date.parse(now);
    for (const id of await this.#parts.ids()) {
      if (await this.#desk.get(COLLECTION, id, now) === undefined) await this.#parts.remove(id);
    }
  }

  async #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work, work);
    this.#turns.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    }
  }
}

/** Also the id of the document it becomes: unguessable as long as the key is. */
function idFrom(person: string, key: string): string {
  return sha256(Buffer.from(`upload ${person} ${key}`)).slice(0, 32);
}

function asUpload({ key, owner, content }: DeskEntry): StoredUpload {
  return { ...content, id: key, person: owner ?? '' } as unknown as StoredUpload;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
