/**
 * The signing keys of officers: enrolled on a certificate request, unlocked by a PIN for one call, locked after too many wrong tries.
 *
 * A try is counted durably before the PIN is looked at, so that nobody gets free guesses by stopping the server.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Vault } from '../../ports/vault.ts';
import type { Answer, CommandMeta, Runtime } from '../../runtime/types.ts';
import type { Credential } from '../cms/signed-data.ts';
import { refusal, SigningError } from '../errors.ts';
import { derOf, expired, issuedEvent, serialOf } from './authority.ts';
import type { Authority } from './authority.ts';
import { lockKey, requestCertificate, unlockKey } from './enrolment.ts';
import type { OfficerKey, PinCost } from './enrolment.ts';
import { AUTHORITY_STREAM } from './events.ts';
import type { AuthorityEvent, CertificateIssued } from './events.ts';
import { issueFromRequest } from './issue.ts';
import type { Subject } from './issue.ts';

export const MOST_TRIES = 5;

/** An account as its certificate names it: title of post, unit and agency. */
export interface Officer {
  readonly person: string;
  readonly post: string;
  readonly unit: string;
  readonly agency: string;
}

/** `tries`: wrong ones since the last right one. */
export interface OfficerCertificate {
  readonly certificate: string;
  readonly tries: number;
}

export interface Officers {
  /** The certificate of a person and how the PIN stands; undefined when there is none. */
  find(person: string): Promise<OfficerCertificate | undefined>;
  /** The credential of a person for one call. Rejects with SIGNING_NO_CERTIFICATE, SIGNING_PIN_WRONG, SIGNING_PIN_LOCKED. */
  unlock(person: string, pin: string): Promise<Credential>;
  /** A new key with a certificate; `replace`: also when there is a valid one, whose key is destroyed. Refuses SIGNING_CERTIFICATE_VALID, SIGNING_PIN_FORM. */
  enrol(officer: Officer, pin: string, meta: CommandMeta, replace?: boolean): Promise<Answer<AuthorityEvent>>;
  /** Enrols those who have no certificate yet; one record for all. */
  enrolAll(officers: readonly Officer[], pins: Readonly<Record<string, string>>, meta: CommandMeta): Promise<void>;
  /** Rejects as `unlock`; refuses SIGNING_PIN_FORM. */
  changePin(person: string, current: string, next: string, meta: CommandMeta): Promise<Answer<AuthorityEvent>>;
  /** Sets the count of wrong tries back. Refuses SIGNING_NO_CERTIFICATE. */
  unlockPin(person: string, meta: CommandMeta): Promise<Answer<AuthorityEvent>>;
}

export interface OfficersNeeds {
  readonly vault: Vault;
  readonly runtime: Pick<Runtime, 'change'>;
  readonly clock: Clock;
  readonly authority: Authority;
  readonly cost: PinCost;
  /** Runs work of one person after other work of that person, on whichever node; absent: in this process. */
  readonly alone?: <T>(person: string, work: () => Promise<T>) => Promise<T>;
}

export function createOfficers(needs: OfficersNeeds): Officers {
  const { vault, runtime, authority, cost } = needs;
  const alone = needs.alone ?? oneAfterTheOther();
  // Without an idempotency key: the vault has changed already, and each change of it is one record.
  const change = (commandType: string, event: AuthorityEvent, { actor }: CommandMeta): Promise<Answer<AuthorityEvent>> => runtime.change<AuthorityEvent>(AUTHORITY_STREAM, commandType, { actor }, () => [event]);
  const locked = (person: string, meta: CommandMeta): Promise<Answer<AuthorityEvent>> => change('LockPin', { type: 'PinLocked', person }, meta);
  return {
    async find(person) {
      const key = await keyOf(vault, person);
      return key === undefined ? undefined : { certificate: key.certificate, tries: await triesOf(vault, person) };
    },
    unlock: (person, pin) => alone(person, async () => (await open(needs, person, pin, locked)).credential),
    enrol: (officer, pin, meta, replace = false) => alone(officer.person, async () => {
      const weak = weakness(pin);
      if (weak !== undefined) return { outcome: 'rejected', rejection: refusal('SIGNING_PIN_FORM', { found: weak }) };
      const kept = await keyOf(vault, officer.person);
      const valid = kept !== undefined && !expired(kept.certificate, needs.clock.now(), 0);
      if (valid && !replace) return { outcome: 'rejected', rejection: refusal('SIGNING_CERTIFICATE_VALID', { person: officer.person, until: new Date(issuedEvent('officer', kept.certificate, {}).notAfter).toISOString().slice(0, 10) }) };
      const event = await make(needs, officer, pin, kept);
      return authority.record([event], 'IssueCertificate', { actor: meta.actor });
    }),
    async enrolAll(officers, pins, meta) {
      const events = await Promise.all(officers.map((officer) => alone(officer.person, async () => {
        const kept = await keyOf(vault, officer.person);
        if (kept !== undefined) return issuedEvent('officer', kept.certificate, { person: officer.person });
        const pin = pins[officer.person];
        return pin === undefined ? undefined : make(needs, officer, pin, undefined);
      })));
      const issued = events.filter((event) => event !== undefined);
      if (issued.length > 0) await authority.record(issued, 'IssueCertificates', meta);
    },
    changePin: (person, current, next, meta) => alone(person, async () => {
      const weak = weakness(next);
      if (weak !== undefined) return { outcome: 'rejected', rejection: refusal('SIGNING_PIN_FORM', { found: weak }) };
      const { credential, kept } = await open(needs, person, current, locked);
      const pem = credential.key.export({ type: 'pkcs8', format: 'pem' }) as string;
      await putKey(vault, person, await lockKey(pem, kept.certificate, next, cost));
      return change('ChangePin', { type: 'PinChanged', person }, meta);
    }),
    unlockPin: (person, meta) => alone(person, async () => {
      if (await keyOf(vault, person) === undefined) return { outcome: 'rejected', rejection: refusal('SIGNING_NO_CERTIFICATE', { person }) };
      await putTries(vault, person, 0);
      return change('UnlockPin', { type: 'PinUnlocked', person }, meta);
    }),
  };
}

async function open({ vault, clock, authority, cost }: OfficersNeeds, person: string, pin: string, locked: (person: string, meta: CommandMeta) => Promise<unknown>): Promise<{ readonly credential: Credential; readonly kept: OfficerKey }> {
  const kept = await keyOf(vault, person);
  if (kept === undefined || expired(kept.certificate, clock.now(), 0)) throw new SigningError('SIGNING_NO_CERTIFICATE', { person });
  const tries = await triesOf(vault, person);
  if (tries >= MOST_TRIES) throw new SigningError('SIGNING_PIN_LOCKED', { person, tries: MOST_TRIES });
  await putTries(vault, person, tries + 1);
  const key = await unlockKey(kept, pin, cost);
  if (key === undefined) {
    if (tries + 1 < MOST_TRIES) throw new SigningError('SIGNING_PIN_WRONG', { person, left: MOST_TRIES - tries - 1 });
    await locked(person, { actor: { person, groups: [] } });
    throw new SigningError('SIGNING_PIN_LOCKED', { person, tries: MOST_TRIES });
  }
  await putTries(vault, person, 0);
  return { credential: { key, certificate: derOf(kept.certificate), chain: authority.chain }, kept };
}

/** A new key under the PIN, stored; what was there is overwritten, so that the old key is no more. */
async function make({ vault, authority, clock, cost }: OfficersNeeds, officer: Officer, pin: string, before: OfficerKey | undefined): Promise<CertificateIssued> {
  const { key, request } = await requestCertificate(officer.post, officer.agency);
  const certificate = await issueFromRequest('officer', request, subjectOf(officer), authority.issuer, clock.now());
  await putKey(vault, officer.person, await lockKey(key, certificate, pin, cost));
  await putTries(vault, officer.person, 0);
  return issuedEvent('officer', certificate, { person: officer.person, ...(before && { replaces: serialOf(before.certificate) }) });
}

/** The post signs, whoever holds it; who held it stands in the log beside the serial number. */
function subjectOf({ post, unit, agency }: Officer): Subject {
  return [['C', 'LC'], ['O', agency], ...(unit === agency ? [] : [['OU', unit] as const]), ['CN', post]];
}

/** Why a PIN will not do, as the end of the sentence "this one ...". */
export function weakness(pin: string): string | undefined {
  if (!/^\d{6,12}$/.test(pin)) return 'is not that';
  if (new Set(pin).size < 3) return 'repeats one or two digits';
  const steps = new Set(Array.from(pin.slice(1), (digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10));
  return steps.size === 1 ? 'counts up or down' : undefined;
}

async function keyOf(vault: Vault, person: string): Promise<OfficerKey | undefined> {
  const stored = await vault.secret(keyName(person));
  return stored === undefined ? undefined : JSON.parse(Buffer.from(stored).toString()) as OfficerKey;
}

function putKey(vault: Vault, person: string, key: OfficerKey): Promise<void> {
  return vault.putSecret(keyName(person), Buffer.from(JSON.stringify(key)));
}

async function triesOf(vault: Vault, person: string): Promise<number> {
  return Number(Buffer.from(await vault.secret(`${keyName(person)}/tries`) ?? '0').toString());
}

function putTries(vault: Vault, person: string, tries: number): Promise<void> {
  return vault.putSecret(`${keyName(person)}/tries`, Buffer.from(String(tries)));
}

function keyName(person: string): string {
  return `signing/${person}`;
}

/** Work of one person waits for the work before it: two guesses at once are two tries. */
function oneAfterTheOther(): <T>(person: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (person, work) => {
    const mine = (last.get(person) ?? Promise.resolve()).catch(() => undefined).then(work);
    last.set(person, mine);
    try {
      return await mine;
    } finally {
      if (last.get(person) === mine) last.delete(person);
    }
  };
}
