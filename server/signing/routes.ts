/** The handlers of signing over HTTP: trust anchors, checking documents, one's own PIN, and what administrators do for officers. */
import { X509Certificate } from 'node:crypto';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute, HttpModule } from '../http/contract/bind.ts';
import { accepted, notFound, refused } from '../http/contract/failure.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import { changePin, getOwnSigning, getTrustAnchors, issueCertificate, unlockPin, verifyCaseDocument, verifyDocument } from '../http/contract/signing.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { documentsIn } from '../ports/documents.ts';
import type { Verifier } from '../ports/signing.ts';
import type { Answer, Runtime } from '../runtime/types.ts';
import { refusal, SigningError } from './errors.ts';
import { MOST_TRIES } from './pki/officers.ts';
import type { Officer, Officers } from './pki/officers.ts';
import type { AuthorityEvent } from './pki/events.ts';

export interface RoutesNeeds {
  readonly officers: Officers;
  readonly verifier: Verifier;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly runtime: Pick<Runtime, 'inspect'>;
  /** Rejects with HTTP_NOT_FOUND. */
  readonly locateCase: (stream: string) => Promise<CaseResource>;
  readonly officerOf: (person: string) => Officer | undefined;
  /** The printed PIN of a demo account is worth nothing any more. */
  readonly forgetPin: (person: string) => Promise<void>;
}

export function signingRoutes(needs: RoutesNeeds): HttpModule {
  return { name: 'signing', routes: [...verificationRoutes(needs), ...ownRoutes(needs), ...administrationRoutes(needs)] };
}

function verificationRoutes({ verifier, blobs, runtime, locateCase }: RoutesNeeds): BoundRoute[] {
  return [
    bind(getTrustAnchors, async () => ({ status: 200, body: (await verifier.anchors()).join('\n') })),
    bind(verifyDocument, async ({ body: { content, signature } }) => {
      const bytes = Buffer.from(content, 'base64');
      return { status: 200, body: signature === undefined ? await verifier.verifyPdf(bytes) : await verifier.verifyDetached(bytes, Buffer.from(signature, 'base64')) };
    }),
    bind(verifyCaseDocument, async ({ params: { id, sha256 } }) => {
      const live = await runtime.inspect(id);
      const known = [...live?.state.elements.values() ?? []].some((element) => documentsIn(Object.fromEntries(element.variables ?? [])).some((document) => document.sha256 === sha256));
      const content = known ? await blobs.get(sha256) : undefined;
      if (content === undefined) throw notFound(`document ${sha256}`);
      return { status: 200, body: await verifier.verifyPdf(content) };
    }, ({ params }) => locateCase(params.id)),
  ];
}

function ownRoutes({ officers, forgetPin }: RoutesNeeds): BoundRoute[] {
  return [
    bind(getOwnSigning, async ({ person }) => {
      const found = await officers.find(person.id);
      if (found === undefined) return { status: 200, body: { triesLeft: 0 } };
      const { subject, serialNumber, validToDate } = new X509Certificate(found.certificate);
      const certificate = { subject: subject.split('\n').join(', '), serial: serialNumber.toLowerCase(), notAfter: validToDate.toISOString(), pem: found.certificate };
      return { status: 200, body: { certificate, triesLeft: Math.max(0, MOST_TRIES - found.tries) } };
    }),
    bind(changePin, async ({ person, body, meta }) => {
      const answer = await told(officers.changePin(person.id, body.current, body.next, meta));
      await forgetPin(person.id);
      return { status: 200, ...answer };
    }),
  ];
}

function administrationRoutes({ officers, officerOf, forgetPin }: RoutesNeeds): BoundRoute[] {
  return [
    bind(unlockPin, async ({ params, meta }) => ({ status: 200, ...await told(officers.unlockPin(params.person, meta)) })),
    bind(issueCertificate, async ({ params, body, meta }) => {
      const officer = officerOf(params.person);
      if (officer === undefined) throw refused(refusal('SIGNING_PERSON_NOT_FOUND', { person: params.person }));
      const answer = await told(officers.enrol(officer, body.pin, meta, body.replace));
      await forgetPin(params.person);
      return { status: 201, ...answer };
    }),
  ];
}

/** An accepted answer, or the refusal as a failure of HTTP. */
async function told(answering: Promise<Answer<AuthorityEvent>>): Promise<{ readonly body: { readonly position: number }; readonly position: number }> {
  try {
    const { position } = accepted(await answering);
    return { body: { position }, position };
  } catch (error) {
    throw error instanceof SigningError ? refused(error) : error;
  }
}
