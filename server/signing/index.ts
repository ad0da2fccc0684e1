/** Signing: persons sign in a request, agencies seal in a job; implements the ports of signer, sealer and verifier. */
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
import { sha256, signedData } from './cms/signed-data.ts';
import type { Credential, Timestamps } from './cms/signed-data.ts';
import { timestamping } from './cms/timestamp.ts';
import { createDemoPins } from './demo-pins.ts';
import { SigningError } from './errors.ts';
import { shownLines } from './pades/lines.ts';
import { signPdf } from './pades/sign.ts';
import type { SignatureKind } from './pades/sign.ts';
import { derOf, openAuthority } from './pki/authority.ts';
import type { Authority } from './pki/authority.ts';
import { readCertificate } from './pki/certificate.ts';
import { PIN_COST, sha256Hex } from './pki/enrolment.ts';
import type { PinCost } from './pki/enrolment.ts';
import { createOfficers } from './pki/officers.ts';
import type { Officer, Officers } from './pki/officers.ts';
import { signingRoutes } from './routes.ts';
import { sealJob } from './seal-job.ts';
import { createVerifier } from './verifier.ts';


/** `units`: of the organisation; those without a parent are agencies. `folder`: data folder. `zone`: IANA name, for the dates that signatures show. */
export interface SigningNeeds {
  readonly vault: Vault;
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly units: () => readonly { readonly id: string; readonly title: string; readonly parent?: string }[];
  readonly folder: string;
  readonly zone: string;
  readonly pinCost?: PinCost;
  /** Of many nodes: runs work with the key of one person after other such work, on whichever node, so that two guesses at once are two tries. */
  readonly alone?: <T>(person: string, work: () => Promise<T>) => Promise<T>;
}

/** What is there once the runtime runs. `organization`: whose authority it is; names the root when it is made. */
export interface SigningStart {
  readonly runtime: Pick<Runtime, 'change' | 'inspect'>;
  /** Rejects with HTTP_NOT_FOUND. */
  readonly locateCase: (stream: string) => Promise<CaseResource>;
  readonly organization: string;
  readonly meta: CommandMeta;
}

export interface Signing {
  readonly signer: Signer;
  readonly sealer: Sealer;
  readonly verifier: Verifier;
  readonly officers: Officers;
  /** Enrols demo accounts that are officers; answers the PINs that are still as they were made. */
  enrolDemo(accounts: readonly string[], meta: CommandMeta): Promise<Readonly<Record<string, string>>>;
  readonly http: HttpModule;
}

/** What is there before the runtime runs: it waits until `start` has opened the authority, making keys and certificates that are missing. */
export interface OpeningSigning {
  sealJob(attempts: Pick<Attempts, 'begin'>): JobHandler;
  readonly sealer: Pick<Sealer, 'sealDetached'>;
  readonly verifier: Pick<Verifier, 'verifyDetached'>;
  start(start: SigningStart): Promise<Signing>;
}

export function createSigning(needs: SigningNeeds): OpeningSigning {
  let resolve: (signing: Signing) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const opening = new Promise<Signing>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  // Who waits hears of a failure; without anyone waiting it is told by `start` alone.
  opening.catch(() => undefined);
  return {
    sealJob: (attempts) => sealJob({ sealer: { seal: async (request) => (await opening).sealer.seal(request) }, blobs: needs.blobs, attempts, clock: needs.clock }),
    sealer: { sealDetached: async (request) => (await opening).sealer.sealDetached(request) },
    verifier: { verifyDetached: async (content, signature) => (await opening).verifier.verifyDetached(content, signature) },
    async start(start) {
      try {
        const signing = await open(needs, start);
        resolve(signing);
        return signing;
      } catch (error) {
        reject(error);
        throw error;
      }
    },
  };
}

async function open(needs: SigningNeeds, start: SigningStart): Promise<Signing> {
  const { clock, vault, units } = needs;
  const authority = await openAuthority({ ...needs, ...start }, start.meta);
  await authority.ensureSeals(units().filter(({ parent }) => parent === undefined), start.meta);
  const officers = createOfficers({ ...needs, ...start, authority, cost: needs.pinCost ?? PIN_COST });
  const pins = createDemoPins(vault);
  const timestamps = timestamping(authority.timestamps, clock);
  const verifier = createVerifier([authority.root], clock);
  const sealer = sealing(needs, authority, timestamps);
  return {
    sealer, verifier, officers,
    signer: {
      has: async (person) => await officers.find(person) !== undefined,
      async sign(request) {
        const held = await officers.find(request.person);
        if (held !== undefined) checkPost(needs, request.person, held.certificate);
        return place('signature', needs.zone, timestamps, await officers.unlock(request.person, request.pin), request);
      },
    },
    async enrolDemo(accounts, meta) {
      const people = accounts.flatMap((account) => officerOf(needs, account) ?? []);
      const without = (await Promise.all(people.map(async ({ person }) => (await officers.find(person) === undefined ? [person] : [])))).flat();
      await officers.enrolAll(people, await pins.make(without), meta);
      return pins.all();
    },
    http: signingRoutes({ ...needs, ...start, officers, verifier, officerOf: (person) => officerOf(needs, person), forgetPin: (person) => pins.forget(person) }),
  };
}

/** Nobody signs in the name of a post that is held no more; asked before the PIN, so that no try is lost. */
function checkPost(needs: Pick<SigningNeeds, 'directory' | 'units'>, person: string, certificate: string): void {
  const { commonName, organization } = readCertificate(Buffer.from(derOf(certificate)));
  const officer = officerOf(needs, person);
  if (officer?.post !== commonName || officer.agency !== organization) throw new SigningError('SIGNING_POST_CHANGED', { person, found: commonName });
}

function sealing({ zone }: SigningNeeds, authority: Authority, timestamps: Timestamps): Sealer {
  return {
    seal: async (request) => place('seal', zone, timestamps, await authority.seal(request.agency), request),
    async sealDetached({ agency, content, at }) {
      const credential = await authority.seal(agency);
      const signature = signedData(credential, { digest: sha256(content), signingTime: at, timestamps });
      return { signature, name: readCertificate(Buffer.from(credential.certificate)).commonName, at, certificate: sha256Hex(credential.certificate) };
    },
  };
}

/** Puts a signature or seal on a PDF file. */
function place(kind: SignatureKind, zone: string, timestamps: Timestamps, credential: Credential, { pdf, reason, at }: { readonly pdf: Uint8Array; readonly reason: string; readonly at: string }): SignedFile {
  const { commonName: name, organization = '' } = readCertificate(Buffer.from(credential.certificate));
  const lines = shownLines(kind, { name, organization, at, reason, zone });
  return { pdf: signPdf(pdf, { kind, name, reason, at, lines }, credential, timestamps), name, at, certificate: sha256Hex(credential.certificate) };
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
