/** Blobs as files: `<folder>/ab/cd/<sha256>`, each named by the SHA-256 of its bytes and verified whenever it is read. */
import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobStore } from '../../ports/blob-store.ts';
import { syncFolder, writeDurably } from '../durable-file.ts';
import { StoreError } from '../errors.ts';
import { isName, NamedByContent, nameOf } from './named-by-content.ts';

const LEVEL = /^[0-9a-f]{2}$/;
/** Unfinished writes; what a crash leaves here is removed at the next start. */
const ASIDE = 'unfinished';

/** `folder` is made if it does not exist. `readOnly`: another process may be writing here; nothing is cleared away. */
export async function openFileBlobStore(folder: string, { readOnly = false }: { readonly readOnly?: boolean } = {}): Promise<BlobStore> {
  if (readOnly) return new FileBlobStore(folder);
  await rm(join(folder, ASIDE), { recursive: true, force: true });
  await mkdir(join(folder, ASIDE), { recursive: true });
  await syncFolder(folder);
  return new FileBlobStore(folder);
}

class FileBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #named = new NamedByContent((name, content) => this.#write(name, content));
  /** Folders whose names this process knows to be durable. */
  readonly #durableFolders = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  put(content: Uint8Array): Promise<string> {
    return this.#named.put(content);
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    this.#named.requireName(name);
    const content = await orAbsent(readFile(this.#path(name)));
    if (content === undefined) return undefined;
    const found = nameOf(content);
    if (found !== name) throw new StoreError('STORE_BLOB_DAMAGED', { name, found });
    return content;
  }

  async has(name: string): Promise<boolean> {
    this.#named.requireName(name);
    return (await orAbsent(access(this.#path(name)).then(() => true))) ?? false;
  }

  async *list(olderThan: string): AsyncIterable<string> {
    this.#named.requireOpen();
    const before = Date.parse(olderThan);
    for (const outer of await foldersIn(this.#folder)) {
      for (const inner of await foldersIn(outer)) {
        for (const name of await readdir(inner)) {
          const found = isName(name) ? await orAbsent(stat(join(inner, name))) : undefined;
          if (found !== undefined && found.mtimeMs < before) yield name;
        }
      }
    }
  }

  async delete(name: string): Promise<void> {
    this.#named.requireName(name);
    const path = this.#path(name);
    await rm(path, { force: true });
    await orAbsent(syncFolder(dirname(path)));
  }

  close(): Promise<void> {
    return this.#named.close();
  }

  async #write(name: string, content: Uint8Array): Promise<void> {
    const path = this.#path(name);
    try {
      // Written even if it is there: that makes its age new, so that the sweep leaves it to who just asked for it.
      await this.#makeFolder(dirname(path));
      await writeDurably(path, join(this.#folder, ASIDE, `${name}.${randomBytes(6).toString('hex')}`), content);
    } catch (error) {
      throw blobFailure(path, error);
    }
  }

  async #makeFolder(inner: string): Promise<void> {
    if (this.#durableFolders.has(inner)) return;
    await mkdir(inner, { recursive: true });
    await syncFolder(dirname(inner));
    await syncFolder(this.#folder);
    this.#durableFolders.add(inner);
  }

  #path(name: string): string {
    return join(this.#folder, name.slice(0, 2), name.slice(2, 4), name);
  }
}

/** The folders of one level, each named by two digits of a hash. */
async function foldersIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => LEVEL.test(name)).map((name) => join(folder, name));
}

function blobFailure(file: string, error: unknown): StoreError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StoreError('STORE_DISK_FULL', { file }, { cause: error });
  return new StoreError('STORE_WRITE_FAILED', { file, reason: message }, { cause: error });
}

async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
