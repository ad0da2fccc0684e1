/** The port of files on their way in: their bytes until they are handed in and become blobs. Ids are those of the uploads. */
export interface PartStore {
  /** Makes `part` durable from byte `offset` on; what stood there or behind it is not part of the file any more. */
  write(id: string, offset: number, part: Uint8Array): Promise<void>;
  /** Everything that was written. Rejects when nothing was. */
  read(id: string): Promise<Uint8Array>;
  remove(id: string): Promise<void>;
  /** The ids of which there are bytes. */
  ids(): Promise<string[]>;
}
