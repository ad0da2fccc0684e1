/**
 * The certification authority of an installation: root, issuing authority, time stamps, seals of agencies and certificates of officers,
 * made when they are first needed; keys in the vault, certificates in the log.
 *
 * A key is stored before its certificate is recorded; what a crash left unrecorded is recorded at the next start.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Vault } from '../../ports/vault.ts';
import type { Answer, CommandMeta, Runtime } from '../../runtime/types.ts';
import type { Credential } from '../cms/signed-data.ts';
import { SigningError } from '../errors.ts';
import { AUTHORITY_STREAM } from './events.ts';
import type { AuthorityEvent, CertificateIssued, Profile } from './events.ts';
import { sha256Hex } from './enrolment.ts';
import { ROOT_FILE } from '../verifier.ts';
import { issue, issuerOf } from './issue.ts';
import type { Issued, Issuer, Subject } from './issue.ts';

/** Certificates are renewed when they have less than this left. */
const RENEW_BEFORE_MS = 30 * 86_400_000;
const COUNTRY = 'LC';

export interface AuthorityNeeds {
  readonly vault: Vault;
  readonly runtime: Pick<Runtime, 'change'>;
  readonly clock: Clock;
  /** Data folder. */
  readonly folder: string;
  /** Whose authority it is: the O of root, issuing authority and time stamps. */
  readonly organization: string;
}

/** An agency with a seal: unit id and title. */
export interface Agency { readonly id: string; readonly title: string }

export interface Authority {
  /** PEM. */
  readonly root: string;
  readonly issuer: Issuer;
  readonly timestamps: Credential;
  /** Certificates between a leaf and the root, DER. */
  readonly chain: readonly Uint8Array[];
  seal(agency: string): Promise<Credential>;
  /** Makes the seals that are missing or about to expire. */
  ensureSeals(agencies: readonly Agency[], meta: CommandMeta): Promise<void>;
  /** Writes down what is not yet recorded. */
  record(events: readonly CertificateIssued[], commandType: string, meta: CommandMeta): Promise<Answer<AuthorityEvent>>;
}

type Known = Issued & { readonly event: CertificateIssued };

/** Opens the authority, making what is missing. */
export async function openAuthority(needs: AuthorityNeeds, meta: CommandMeta): Promise<Authority> {
  const { clock, folder, organization } = needs;
  const named = (title: string): Subject => [['C', COUNTRY], ['O', organization], ['CN', title]];
  const root = await ensure(needs, 'authority/root', () => issue('root', named('Root Authority'), undefined, clock.now()), 'root');
  const issuing = await ensure(needs, 'authority/issuing', () => issue('issuing', named('Issuing Authority'), issuerOf(root), clock.now()), 'issuing');
  const issuer = issuerOf(issuing);
  const stamps = await ensure(needs, 'authority/timestamps', () => issue('timestamps', named('Time Stamps'), issuer, clock.now()), 'timestamps');
  const chain = [derOf(issuing.certificate)];
  const record = recording(needs.runtime);
  await record([root.event, issuing.event, stamps.event], 'OpenAuthority', meta);
  await publish(folder, root.certificate);
  return {
    root: root.certificate, issuer, chain, record, timestamps: credentialOf(stamps, chain),
    async seal(agency) {
      const kept = await keptIn(needs.vault, sealName(agency));
      if (kept === undefined || expired(kept.certificate, clock.now(), 0)) throw new SigningError('SIGNING_NO_SEAL', { agency });
      return credentialOf(kept, chain);
    },
    async ensureSeals(agencies, sealMeta) {
      const made = await Promise.all(agencies.map(({ id, title }) => ensure(needs, sealName(id), () => issue('seal', sealSubject(id, title), issuer, clock.now()), 'seal', { agency: id })));
      if (made.length > 0) await record(made.map(({ event }) => event), 'IssueSeals', sealMeta);
    },
  };
}

function sealName(agency: string): string {
  return `authority/seal/${agency}`;
}

/** A legal person is known by its identifier (EN 319 412-1, 5.1.4): here the unit in the national scheme GO. */
function sealSubject(id: string, title: string): Subject {
  return [['C', COUNTRY], ['O', title], ['2.5.4.97', `GO:${COUNTRY}-${id}`], ['CN', `Seal of the ${title}`]];
}

function recording(runtime: Pick<Runtime, 'change'>): Authority['record'] {
  return (events, commandType, meta) => runtime.change<AuthorityEvent>(AUTHORITY_STREAM, commandType, meta, (earlier) => {
    const known = new Set(earlier.flatMap((event) => (event.type === 'CertificateIssued' ? [event.sha256] : [])));
    return events.filter(({ sha256 }) => !known.has(sha256));
  });
}

/** What the vault keeps under `name`, made anew when it is missing or about to expire. */
async function ensure({ vault, clock }: AuthorityNeeds, name: string, make: () => Promise<Issued>, profile: Profile, of: { readonly agency?: string } = {}): Promise<Known> {
  const kept = await keptIn(vault, name);
  // An authority that is renewed would need a new name; twenty and ten years leave time for that.
  const lasting = profile === 'root' || profile === 'issuing';
  if (kept !== undefined && (lasting || !expired(kept.certificate, clock.now(), RENEW_BEFORE_MS))) return { ...kept, event: issuedEvent(profile, kept.certificate, of) };
  const made = await make();
  await vault.putSecret(name, Buffer.from(JSON.stringify(made)));
  const replaces = kept === undefined ? {} : { replaces: serialOf(kept.certificate) };
  return { ...made, event: { ...issuedEvent(profile, made.certificate, of), ...replaces } };
}

async function keptIn(vault: Vault, name: string): Promise<Issued | undefined> {
  const stored = await vault.secret(name);
  return stored === undefined ? undefined : JSON.parse(Buffer.from(stored).toString()) as Issued;
}

export function issuedEvent(profile: Profile, pem: string, of: { readonly person?: string; readonly agency?: string; readonly replaces?: string }): CertificateIssued {
  const certificate = new X509Certificate(pem);
  const words = (text: string): string => text.split('\n').join(', ');
  return {
    type: 'CertificateIssued', profile, serial: serialOf(pem), sha256: sha256Hex(certificate.raw), subject: words(certificate.subject), issuer: words(certificate.issuer),
    notBefore: certificate.validFromDate.toISOString(), notAfter: certificate.validToDate.toISOString(), certificate: certificate.raw.toString('base64'), ...of,
  };
}

export function serialOf(pem: string): string {
  return new X509Certificate(pem).serialNumber.toLowerCase();
}

/** Whether a certificate has expired, or will within `margin` milliseconds. */
export function expired(pem: string, now: string, margin: number): boolean {
  return new X509Certificate(pem).validToDate.getTime() - margin < Date.parse(now);
}

export function derOf(pem: string): Uint8Array {
  return new X509Certificate(pem).raw;
}

function credentialOf({ key, certificate }: Issued, chain: readonly Uint8Array[]): Credential {
  return { key: createPrivateKey(key), certificate: derOf(certificate), chain };
}

/** The file is public; it is rewritten when somebody has changed it. */
async function publish(folder: string, root: string): Promise<void> {
  const file = join(folder, ROOT_FILE);
  const there = await readFile(file, 'utf8').catch(() => undefined);
  if (there === root) return;
  await mkdir(join(folder, 'authority'), { recursive: true });
  await writeFile(file, root);
}
