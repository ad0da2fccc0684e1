/** Uploads on a folder and a desk store in memory, and files of every kind by their first bytes. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { DeskStore } from '../../../server/ports/desk-store.ts';
import { openFilePartStore } from '../../../server/stores/blobs/file-part-store.ts';
import { openSqliteDeskStore } from '../../../server/stores/sqlite/desk-store.ts';
import { Uploads } from '../../../server/uploads/uploads.ts';

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const PDF = bytes('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n');
export const PNG = bytes('\x89PNG\r\n\x1a\n0000');
export const DOCX = zipSync({ '[Content_Types].xml': bytes('<Types/>'), 'word/document.xml': bytes('<w/>') });
export const ODT = zipSync({ mimetype: [bytes('application/vnd.oasis.opendocument.text'), { level: 0 }], 'content.xml': bytes('<x/>') });

export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'piton-uploads-'));
  readonly desk: DeskStore = openSqliteDeskStore(':memory:');
  now = '2026-01-05T09:00:00.000Z';

  async open(): Promise<Uploads> {
    return Uploads.open({ parts: await openFilePartStore(join(this.folder, 'uploads')), desk: this.desk, clock: { now: () => this.now }, ids: { uuid: randomUUID, token: () => '' } });
  }

  async close(): Promise<void> {
    await this.desk.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
