/** Signing: persons sign in a request, agencies seal in a job; implements the ports of signer, sealer and verifier. */
import { createHash } from 'node:crypto';
import type { HttpModule } from '../http/contract/bind.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import type { Attempts } from '../ports/documents.ts';
import type { JobHandler } from '../ports/job-handler.ts';
import type { Sealer, SignedFile, Signer, Verifier } from '../ports/signing.ts';
import type { Vault } from '../ports/vault.ts';
import type { CommandMeta, Runtime } from '../runtime/types.ts';
import { signedData } from './cms/signed-data.ts';
import type { Credential } from './cms/signed-data.ts';
import { timestamping } from './cms/timestamp.ts';
import { createDemoPins } from './demo-pins.ts';
import { shownLines } from './pades/lines.ts';
import { signPdf } from './pades/sign.ts';
import type { SignatureKind } from './pades/sign.ts';
import { openAuthority, ROOT_FILE } from './pki/authority.ts';
import type { Agency } from './pki/authority.ts';
import { readCertificate } from './pki/certificate.ts';
import { PIN_COST } from './pki/enrolment.ts';
import type { PinCost } from './pki/enrolment.ts';
import { createOfficers } from './pki/officers.ts';
import type { Officer, Officers } from './pki/officers.ts';
import { signingRoutes } from './routes.ts';
import { sealJob } from './seal-job.ts';
import { createVerifier } from './verifier.ts';

export { createVerifier, ROOT_FILE };
export type { Agency, Officer };

/** `units`: of the organisation; those without a parent are agencies. `folder`: data folder. `zone`: IANA name, for the dates that signatures show. */
export interface SigningNeeds {
  readonly runtime: Pick<Runtime, 'change' | 'inspect'>;
  /** Rejects with HTTP_NOT_FOUND. */
  readonly locateCase: (stream: string) => Promise<CaseResource>;
  readonly vault: Vault;
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly units: () => readonly { readonly id: string; readonly title: string; readonly parent?: string }[];
  readonly folder: string;
  readonly zone: string;
  /** Whose authority it is. */
  readonly organization: string;
  readonly pinCost?: PinCost;
}

export interface Signing {
  readonly signer: Signer;
  readonly sealer: Sealer;
  readonly verifier: Verifier;
  readonly officers: Officers;
  /** Enrols demo accounts that are officers; answers the PINs that are still as they were made. */
  enrolDemo(accounts: readonly string[], meta: CommandMeta): Promise<Readonly<Record<string, string>>>;
  sealJob(attempts: Pick<Attempts, 'begin'>): JobHandler;
  readonly http: HttpModule;
}

/** Opens the authority, making keys and certificates that are missing: once the runtime runs and the organisation is known. */
export async function openSigning(needs: SigningNeeds, meta: CommandMeta): Promise<Signing> {
  const { clock, vault, blobs, units } = needs;
  const authority = await openAuthority(needs, meta);
  await authority.ensureSeals(units().filter(({ parent }) => parent === undefined), meta);
  const officers = createOfficers({ ...needs, authority, cost: needs.pinCost ?? PIN_COST });
  const pins = createDemoPins(vault);
  const timestamps = timestamping(authority.timestamps, clock);
  const verifier = createVerifier([authority.root], clock);
  const put = (kind: SignatureKind, credential: Credential, request: { readonly pdf: Uint8Array; readonly reason: string; readonly at: string }): SignedFile => {
    const { commonName, organization } = readCertificate(Buffer.from(credential.certificate));
    const lines = shownLines(kind, { name: commonName, organization: organization ?? '', at: request.at, reason: request.reason, zone: needs.zone });
    const pdf = signPdf(request.pdf, { kind, name: commonName, reason: request.reason, at: request.at, lines }, credential, timestamps);
    return { pdf, name: commonName, at: request.at, certificate: fingerprint(credential) };
  };
  const sealer: Sealer = {
    seal: async (request) => put('seal', await authority.seal(request.agency), request),
    async sealDetached({ agency, content, at }) {
      const credential = await authority.seal(agency);
      const signature = signedData(credential, { digest: createHash('sha256').update(content).digest(), signingTime: at, timestamps });
      return { signature, name: readCertificate(Buffer.from(credential.certificate)).commonName, at, certificate: fingerprint(credential) };
    },
  };
  return {
    sealer, verifier, officers,
    signer: {
      has: async (person) => await officers.find(person) !== undefined,
      sign: async (request) => put('signature', await officers.unlock(request.person, request.pin), request),
    },
    async enrolDemo(accounts, demoMeta) {
      const people = accounts.flatMap((account) => officerOf(needs, account) ?? []);
      const without = (await Promise.all(people.map(async ({ person }) => (await officers.find(person) === undefined ? [person] : [])))).flat();
      await officers.enrolAll(people, await pins.make(without), demoMeta);
      return pins.all();
    },
    sealJob: (attempts) => sealJob({ sealer, blobs, attempts, clock }),
    http: signingRoutes({ ...needs, officers, verifier, officerOf: (person) => officerOf(needs, person), forgetPin: (person) => pins.forget(person) }),
  };
}

/** Undefined when the account is closed, is no officer or has no post. */
function officerOf({ directory, units }: Pick<SigningNeeds, 'directory' | 'units'>, account: string): Officer | undefined {
  const person = directory.person(account);
  if (person?.active !== true || !person.roles.includes('officer') || person.postTitle === undefined || person.unit === undefined) return undefined;
  const known = new Map(units().map((unit) => [unit.id, unit]));
  const unit = known.get(person.unit);
  let agency = unit;
  for (let above = agency; above !== undefined; above = above.parent === undefined ? undefined : known.get(above.parent)) agency = above;
  return unit === undefined || agency === undefined ? undefined : { person: account, post: person.postTitle, unit: unit.title, agency: agency.title };
}

function fingerprint({ certificate }: Credential): string {
  return createHash('sha256').update(certificate).digest('hex');
}
