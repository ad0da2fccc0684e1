/** Signatures: trust anchors, checking documents, and the PINs and certificates of officers. */
import { z } from 'zod';
import { CaseId, Instant, Position } from './common.ts';
import { defineRoute } from './route.ts';
import { AccountName } from './session.ts';

const Pin = z.string().regex(/^\d{6,12}$/, '6 to 12 digits.');
/** Bytes of a file that is sent to be checked. */
const LARGEST = 10 * 1024 * 1024;
const Content = z.base64().max(Math.ceil(LARGEST / 3) * 4, 'At most 10 MiB.');
const Done = z.object({ position: Position });
const OnePerson = z.object({ person: AccountName });

/** `provenAt`: the time a time stamp proves; `at`: the one the signature claims. */
export const VerificationBody = z.object({
  valid: z.boolean(), changed: z.boolean(), problems: z.array(z.string()),
  signatures: z.array(z.object({
    kind: z.enum(['signature', 'seal', 'timestamp']), name: z.string(), organisation: z.string().optional(), at: Instant.optional(), provenAt: Instant.optional(), certificate: z.string(),
    trustedBy: z.string().optional(), valid: z.boolean(), problem: z.string().optional(),
  })),
}).meta({ id: 'Verification' });

export const getTrustAnchors = defineRoute({
  operationId: 'getTrustAnchors', method: 'get', path: '/api/v1/trust-anchors', area: 'signing', access: 'public',
  summary: 'The root certificates that vouch for the signatures of this installation, PEM.',
  produces: 'application/x-pem-file',
  responses: { 200: z.string() },
});

export const verifyDocument = defineRoute({
  operationId: 'verifyDocument', method: 'post', path: '/api/v1/documents/verify', area: 'signing', access: 'signed-in',
  summary: 'Check the signatures of a PDF file, or a detached one over any content; nothing is stored.',
  bodyLimit: 3 * LARGEST,
  body: z.strictObject({ content: Content, signature: Content.optional().meta({ description: 'A detached CAdES signature, DER.' }) }),
  responses: { 200: VerificationBody },
});

export const verifyCaseDocument = defineRoute({
  operationId: 'verifyCaseDocument', method: 'post', path: '/api/v1/instances/:id/documents/:sha256/verify', area: 'signing', access: 'read-case-content',
  summary: 'Check the signatures of a document that a case refers to.',
  params: z.object({ id: CaseId, sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  responses: { 200: VerificationBody },
});

export const getOwnSigning = defineRoute({
  operationId: 'getOwnSigning', method: 'get', path: '/api/v1/signing', area: 'signing', access: 'signed-in',
  summary: 'Your signing certificate and how your PIN stands.',
  responses: { 200: z.object({ certificate: z.object({ subject: z.string(), serial: z.string(), notAfter: Instant, pem: z.string() }).optional(), triesLeft: z.number().int() }) },
});

export const changePin = defineRoute({
  operationId: 'changePin', method: 'post', path: '/api/v1/signing/pin', area: 'signing', access: 'signed-in',
  summary: 'Change your own signing PIN; a wrong current one counts as a try.',
  secrets: ['current', 'next'],
  body: z.strictObject({ current: z.string().min(1).max(64), next: Pin }),
  responses: { 200: Done, 202: Done },
});

export const unlockPin = defineRoute({
  operationId: 'unlockPin', method: 'post', path: '/api/v1/people/:person/signing/unlock', area: 'signing', access: 'administer',
  summary: 'Unlock the PIN of a person; it stays the same.',
  params: OnePerson,
  responses: { 200: Done, 202: Done },
});

export const issueCertificate = defineRoute({
  operationId: 'issueCertificate', method: 'post', path: '/api/v1/people/:person/signing/certificate', area: 'signing', access: 'administer',
  summary: 'Issue a signing certificate to an officer, under a first PIN that the officer then changes.',
  secrets: ['pin'],
  params: OnePerson,
  body: z.strictObject({ pin: Pin, replace: z.boolean().default(false).meta({ description: 'Also when there is a valid one: its key is destroyed.' }) }),
  responses: { 201: Done, 202: Done },
});

export const SIGNING_ROUTES = [getTrustAnchors, verifyDocument, verifyCaseDocument, getOwnSigning, changePin, unlockPin, issueCertificate];
