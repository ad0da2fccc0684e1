/** The job `document-seal`: puts the seal of the agency on the document of a case (EN 319 412-3: a legal person). */
import type { Attempts, DocumentRef } from '../ports/documents.ts';
import { asDocument } from '../ports/documents.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobHandler } from '../ports/job-handler.ts';
import type { Sealer } from '../ports/signing.ts';
import { SigningError } from './errors.ts';
import { sha256Hex } from './pki/enrolment.ts';

export interface SealJobNeeds {
  readonly sealer: Pick<Sealer, 'seal'>;
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  readonly attempts: Pick<Attempts, 'begin'>;
  readonly clock: Clock;
}

/**
 * Headers: `output` (variable of the document), `reason`. A repeat seals the unsealed document again: the case refers to one of the
 * results, the other is an orphan. Rejects with SIGNING_NO_AGENCY, SIGNING_NO_DOCUMENT, SIGNING_BLOB_MISSING and those of the sealer.
 */
export function sealJob({ sealer, blobs, attempts, clock }: SealJobNeeds): JobHandler {
  return {
    type: 'document-seal',
    async run({ key, stream, agency, headers, variables, processId }) {
      const variable = headers['output'] ?? '';
      const document = asDocument(variables[variable]);
      if (document === undefined) throw new SigningError('SIGNING_NO_DOCUMENT', { variable });
      if (agency === undefined) throw new SigningError('SIGNING_NO_AGENCY', { process: processId });
      const pdf = await blobs.get(document.sha256);
      if (pdf === undefined) throw new SigningError('SIGNING_BLOB_MISSING', { sha256: document.sha256 });
      const at = clock.now();
      const reason = headers['reason'] ?? 'Issued by the agency';
      const sealed = await sealer.seal({ agency, pdf, reason, at });
      const sha256 = sha256Hex(sealed.pdf);
      await attempts.begin({ key, kind: 'seal', stream, sha256, at });
      await blobs.put(sealed.pdf);
      const signature = { kind: 'seal', by: agency, name: sealed.name, at: sealed.at, certificate: sealed.certificate, reason } as const;
      const result: DocumentRef = { ...document, sha256, bytes: sealed.pdf.length, state: 'sealed', signatures: [...document.signatures ?? [], signature] };
      return { [variable]: JSON.parse(JSON.stringify(result)) as typeof variables[string] };
    },
  };
}
