/** Uploads of people: resumable, durable, theirs alone until they hand them in. */
import { bind } from '../http/contract/bind.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import { continueUpload, createUpload, deleteUpload, getUpload } from '../http/contract/uploads.ts';
import type { UploadAnswer } from '../http/contract/uploads.ts';
import type { Attachments } from '../ports/attachments.ts';
import { createAttachments } from './hand-in.ts';
import type { HandInNeeds } from './hand-in.ts';
import { Uploads } from './uploads.ts';
import type { StoredUpload } from './uploads.ts';

export interface UploadsModule extends HttpModule {
  readonly attachments: Attachments;
}

export async function openUploads(needs: Omit<HandInNeeds, 'uploads'> & Parameters<typeof Uploads.open>[0]): Promise<UploadsModule> {
  const uploads = await Uploads.open(needs);
  return {
    name: 'uploads', attachments: createAttachments({ ...needs, uploads }),
    routes: [
      bind(createUpload, async ({ body, person, meta }) => {
        const upload = await uploads.create(person.id, body, meta.idempotencyKey);
        return { status: 201, body: told(upload), headers: { ...progress(upload), Location: `/api/v1/uploads/${upload.id}` } };
      }),
      bind(getUpload, async ({ params, person }) => {
        const upload = await uploads.find(person.id, params.id);
        return { status: 200, body: told(upload), headers: progress(upload) };
      }),
      bind(continueUpload, async ({ params, headers, body, person }) => {
        const upload = await uploads.append(person.id, params.id, headers['Upload-Offset'], body);
        return { status: 200, body: told(upload), headers: progress(upload) };
      }),
      bind(deleteUpload, async ({ params, person }) => {
        await uploads.remove(person.id, params.id);
        return { status: 204 };
      }),
    ],
  };
}

function told({ id, fileName, mediaType, bytes, offset, expiresAt }: StoredUpload): UploadAnswer {
  return { id, fileName, mediaType, bytes, offset, expiresAt };
}

function progress({ offset, bytes, expiresAt }: StoredUpload): Readonly<Record<string, string>> {
  return { 'Upload-Offset': String(offset), 'Upload-Length': String(bytes), 'Upload-Expires': new Date(expiresAt).toUTCString() };
}
