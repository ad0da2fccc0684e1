/** Resumable uploads in the manner of tus 1.0 (core protocol and creation): announce a file, send its bytes in parts, ask how far it came. */
import { z } from 'zod';
import { Instant } from './common.ts';
import { defineRoute } from './route.ts';

/** Most bytes of one file, and of one part of it. */
export const MOST_UPLOAD = 50 * 1_048_576;
export const MOST_PART = 8 * 1_048_576;

const OneUpload = z.object({ id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'The id of an upload.') });

const UploadBody = z.object({
  id: z.string(), fileName: z.string(), mediaType: z.string().describe('Once complete: what the first bytes of the file say.'),
  bytes: z.number().int(), offset: z.number().int().describe('Bytes received; equal to bytes when complete.'), expiresAt: Instant,
}).meta({ id: 'Upload' });
export type UploadAnswer = z.output<typeof UploadBody>;

const PLACE = z.strictObject({ page: z.string().min(1).max(300), kind: z.string().min(1).max(100) });

export const createUpload = defineRoute({
  operationId: 'createUpload', method: 'post', path: '/api/v1/uploads', area: 'uploads', access: 'upload',
  summary: 'Announce a file; its bytes follow in parts.',
  description: 'The answer names its address in Location. What is not complete, or not handed in with a task or the start of a case, is thrown away after a day. place: where it will be handed in, so that the page shows it again.',
  body: z.strictObject({ fileName: z.string().min(1).max(1_000), mediaType: z.string().max(200).default(''), bytes: z.number().int().min(1), place: PLACE.optional() }),
  responses: { 201: UploadBody },
});

export const getUpload = defineRoute({
  operationId: 'getUpload', method: 'get', path: '/api/v1/uploads/:id', area: 'uploads', access: 'upload',
  summary: 'How far an upload of yours came; HEAD answers the headers Upload-Offset and Upload-Length.',
  params: OneUpload, responses: { 200: UploadBody },
});

export const continueUpload = defineRoute({
  operationId: 'continueUpload', method: 'patch', path: '/api/v1/uploads/:id', area: 'uploads', access: 'upload',
  summary: 'Send the next part; the header Upload-Offset says where it begins.',
  description: 'Another offset than the one the server knows is 409: ask with HEAD and go on from there. When the answer has arrived the part is on disk.',
  params: OneUpload, headers: z.object({ 'Upload-Offset': z.coerce.number().int().min(0) }), consumes: 'application/offset+octet-stream', bodyLimit: MOST_PART, responses: { 200: UploadBody },
});

export const deleteUpload = defineRoute({
  operationId: 'deleteUpload', method: 'delete', path: '/api/v1/uploads/:id', area: 'uploads', access: 'upload',
  summary: 'Throw away an upload that was not handed in.', params: OneUpload, responses: { 204: null },
});

export const UPLOAD_ROUTES = [createUpload, getUpload, continueUpload, deleteUpload];
