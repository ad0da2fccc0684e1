/** Handing in what was uploaded: checked against gov:attachments, made a blob, and told to the case as documents in the state received. */
import type { AttachmentSpec } from '../../engine/index.ts';
import { notFound } from '../http/contract/failure.ts';
import type { AttachmentFault, Attachments } from '../ports/attachments.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Attempts, DocumentRef } from '../ports/documents.ts';
import { isAccepted } from './media-type.ts';
import type { StoredUpload, Uploads } from './uploads.ts';

/** `attempts`: keeps watch over blobs that no case refers to yet. */
export interface HandInNeeds {
  readonly uploads: Uploads;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly attempts?: Attempts | undefined;
}

export function createAttachments({ uploads, blobs, clock, attempts }: HandInNeeds): Attachments {
  const mine = async (person: string, key: string | undefined, id: string): Promise<StoredUpload | undefined> => {
    const upload = await uploads.find(person, id).catch(() => undefined);
    return upload?.handedInWith === undefined || upload.handedInWith === key ? upload : undefined;
  };
  return {
    waiting: (person, page) => uploads.waiting(person, page),
    async check(person, key, asked, handedIn, already) {
      const faults: AttachmentFault[] = [];
      for (const item of handedIn) {
        const fault = faultOf(asked.find(({ kind }) => kind === item.kind), await mine(person, key, item.upload));
        if (fault !== undefined) faults.push({ kind: item.kind, upload: item.upload, message: fault });
      }
      const twice = handedIn.find(({ upload }, at) => handedIn.findIndex((other) => other.upload === upload) !== at);
      if (twice !== undefined) faults.push({ kind: twice.kind, upload: twice.upload, message: 'the same file was handed in twice' });
      const given = new Set([...handedIn, ...already].map(({ kind }) => kind));
      for (const { kind, required } of asked) if (required && !given.has(kind)) faults.push({ kind, upload: undefined, message: 'choose a file' });
      return faults;
    },
    async take(person, key, handedIn, stream) {
      const taken = await Promise.all(handedIn.map(async ({ upload: id, kind }) => {
        const upload = await mine(person, key, id);
        if (upload?.sha256 === undefined) throw notFound(`upload ${id}`);
        return { upload, document: documentOf(upload, upload.sha256, kind) };
      }));
      const fresh = taken.filter(({ upload }) => upload.handedInWith === undefined);
      for (const { upload, document } of fresh) {
        await attempts?.begin({ key: upload.id, kind: 'upload', stream, sha256: document.sha256, at: clock.now() });
        await blobs.put(await uploads.content(upload));
      }
      return {
        documents: taken.map(({ document }) => document),
        async settle(accepted) {
          if (!accepted) return;
          for (const { upload } of fresh) {
            await attempts?.done(upload.id);
            await uploads.handedIn(upload, key);
          }
        },
      };
    },
  };
}

function documentOf(upload: StoredUpload, sha256: string, kind: string): DocumentRef {
  const { id, fileName, mediaType, bytes } = upload;
  return { documentId: id, title: fileName, fileName, mediaType, bytes, sha256, state: 'received', kind };
}

function faultOf(spec: AttachmentSpec | undefined, upload: StoredUpload | undefined): string | undefined {
  if (spec === undefined) return 'nothing of this kind is asked for here';
  if (upload === undefined) return 'one of the files is not there any more; choose it again';
  const { fileName, mediaType, bytes } = upload;
  if (upload.sha256 === undefined) return `“${fileName}” has not arrived completely; choose it again to go on`;
  if (spec.maxBytes !== undefined && bytes > spec.maxBytes) return `“${fileName}” is larger than ${sizeText(spec.maxBytes)}`;
  return isAccepted(spec.accept, fileName, mediaType) ? undefined : `“${fileName}” is not a file of a kind that is taken here`;
}

function sizeText(bytes: number): string {
  return bytes >= 1_048_576 ? `${String(Math.floor(bytes / 104_857.6) / 10)} MB` : `${String(Math.ceil(bytes / 1_024))} KB`;
}
