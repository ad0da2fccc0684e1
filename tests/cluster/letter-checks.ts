/** What must be true of letters after everything that was done to the cluster that carried them: each act once, nothing lost. */
import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToldEvent } from '../crash/letter-log.ts';
import { call } from '../server/cli/called.ts';
import type { Acknowledged, Operation } from './nodes.ts';
import type { SharedLog } from './shared-log.ts';

export interface Carried {
  readonly log: SharedLog;
  readonly acknowledged: readonly Acknowledged[];
  /** How many letters went. */
  readonly letters: number;
  /** A folder for files, and the root certificate. */
  readonly folder: string;
  readonly trust: string;
}

type Slot = { readonly state: string; readonly sha256: string };

export function eventsOf({ streams }: SharedLog, stream: string): ToldEvent[] {
  return (streams.get(stream) ?? []).flatMap((record) => [...record.events]);
}

function streamsOf({ streams }: SharedLog, pattern: RegExp): string[] {
  return [...streams.keys()].filter((stream) => pattern.test(stream));
}

export function casesOf(log: SharedLog, processId: string): string[] {
  return streamsOf(log, /^[0-9a-f]{32}$/).filter((stream) => eventsOf(log, stream)[0]?.['processId'] === processId);
}

/** Every state a document variable went through, in order. */
function statesOf(log: SharedLog, stream: string, variable: string): Slot[] {
  return eventsOf(log, stream).flatMap(({ type, scope, values }) => (type === 'VariablesWritten' && scope === 0 && variable in (values as object) ? [(values as Record<string, Slot>)[variable]!] : []));
}

/**
 * The chain is whole, and every acknowledged request stands in the log once, where its answer said. Who claims what they hold is told yes, and nothing is
 * recorded: then the log says that they held it.
 */
export function everythingAcknowledgedOnce({ log, acknowledged }: Carried): void {
  expect(log.fault).to.equal(undefined);
  const acts = acknowledged.filter(({ path }) => !path.startsWith('/api/v1/uploads'));
  for (const { account, key, path, body } of acts) {
    const found = log.keys.get(`${account}/${key}`) ?? [];
    if (found.length === 0 && path.endsWith('/claim')) {
      expect(holderAt(log, String(body['stream']), Number(body['version']), Number(path.split('/').at(-2))), `who holds the task of ${key}`).to.equal(account);
      continue;
    }
    expect(found.map(({ stream }) => stream), key).to.deep.equal([body['stream'] ?? body['id']]);
    if (body['version'] !== undefined && body['stream'] !== undefined) expect(found[0]?.version, key).to.equal(body['version']);
  }
  const versions = new Map<string, number>();
  for (const { stream, version } of log.records) {
    expect(version, stream).to.equal((versions.get(stream) ?? 0) + 1);
    versions.set(stream, version);
  }
}

/** Who held a task behind the record of that version; undefined: nobody, or there is no such record. */
function holderAt({ streams }: SharedLog, stream: string, at: number, task: number): unknown {
  const records = streams.get(stream) ?? [];
  if (!records.some(({ version }) => version === at)) return undefined;
  const last = records.filter(({ version }) => version <= at).flatMap(({ events }) => events).findLast(({ type, id }) => id === task && /^UserTask(?:Claimed|Assigned|Released|Completed)$/.test(type));
  return last !== undefined && (last.type === 'UserTaskClaimed' || last.type === 'UserTaskAssigned') ? (last['person'] ?? last['assignee']) : undefined;
}

/**
 * The log is one total order, so the history of acknowledged commands is linearizable if that order agrees with time: what was
 * answered before another command was asked for the first time has the lower position, or the same when they share a commit.
 */
export function inTheOrderOfTheWorld(history: readonly Operation[]): void {
  expect(history.length).to.be.greaterThan(10);
  const byAnswer = [...history].sort((left, right) => left.answered - right.answered);
  let before: Operation | undefined;
  let next = 0;
  for (const operation of [...history].sort((left, right) => left.invoked - right.invoked)) {
    for (let answered = byAnswer[next]; answered !== undefined && answered.answered < operation.invoked; answered = byAnswer[next += 1]) {
      if (before === undefined || answered.position > before.position) before = answered;
    }
    if (before !== undefined) expect(operation.position, `${operation.key} after ${before.key}`).to.be.at.least(before.position);
  }
}

/** Each case of both ministries ended, and passed every task, job and gateway once. */
export function everyStepOnce({ log, letters }: Carried, failures: string): void {
  for (const processId of ['correspondence', 'correspondence-received']) {
    const cases = casesOf(log, processId);
    expect(cases.length, processId).to.equal(letters);
    for (const stream of cases) {
      const passed = eventsOf(log, stream).filter(({ type }) => type === 'ElementCompleted').map(({ elementId }) => elementId);
      expect(passed, processId).to.deep.equal([...new Set(passed)]);
      const ends = eventsOf(log, stream).filter(({ type }) => ['InstanceCompleted', 'IncidentRaised'].includes(type)).map(({ type, message = '' }) => `${type}${String(message)}`);
      expect(ends, `${processId} ${failures}`).to.deep.equal(['InstanceCompleted']);
    }
  }
}

/** One document, signed once, sealed once, in one envelope that was accepted once. */
export async function oneDocumentEach(carried: Carried): Promise<void> {
  const { log, letters } = carried;
  const envelopes = streamsOf(log, /^envelope\//);
  expect(envelopes.length).to.equal(letters);
  const sealed: string[] = [];
  for (const stream of casesOf(log, 'correspondence')) {
    const reply = statesOf(log, stream, 'reply');
    expect(reply.map(({ state }) => state)).to.deep.equal(['generated', 'signed', 'sealed']);
    sealed.push(reply[2]!.sha256);
    const found = (await verified(carried, reply[2]!.sha256))['signatures'] as readonly { readonly kind: string; readonly name: string }[];
    expect(found.filter(({ kind }) => kind === 'signature').map(({ name }) => name)).to.deep.equal(['Permanent Secretary']);
    expect(found.filter(({ kind }) => kind === 'seal').length).to.equal(1);
    const completions = eventsOf(log, stream).filter(({ type, signed }) => type === 'UserTaskCompleted' && signed !== undefined);
    expect(completions.map(({ signed }) => (signed as { readonly sha256: string }).sha256)).to.deep.equal([reply[1]!.sha256]);
  }
  for (const envelope of envelopes) {
    const [dispatched, accepted, ...more] = eventsOf(log, envelope);
    expect([dispatched?.type, accepted?.type, more]).to.deep.equal(['EnvelopeDispatched', 'EnvelopeAccepted', []]);
    expect(accepted?.['sha256']).to.equal(dispatched?.['sha256']);
    expect(sealed).to.include((dispatched?.['documents'] as readonly string[])[0]);
    await verified(carried, String(accepted?.['sha256']));
  }
  expect(new Set(sealed).size).to.equal(letters);
}

/** Every register and file series counts without a gap; one record was filed in each ministry for each letter. */
export function numbersWithoutGaps({ log, letters }: Carried): void {
  for (const [series, lined] of [['PS-IN', true], ['PS-OUT', true], ['MOF-IN', true], ['ADM/4', false], ['FIN/2', false]] as const) {
    const [stream = '', ...others] = streamsOf(log, new RegExp(`^series/${series}/`));
    expect(others).to.deep.equal([]);
    const numbers = (type: string): unknown[] => eventsOf(log, stream).filter((event) => event.type === type).map(({ number }) => number);
    const counted = Array.from({ length: letters }, (_, index) => index + 1);
    expect(numbers('NumberAllocated'), series).to.deep.equal(counted);
    expect((numbers('LineEntered') as number[]).sort((left, right) => left - right), series).to.deep.equal(lined ? counted : []);
  }
  const filed = streamsOf(log, /^record\//).flatMap((stream) => eventsOf(log, stream)).map(({ type, agency }) => `${type} ${String(agency)}`).sort();
  expect(filed).to.deep.equal([...Array.from({ length: letters }, () => 'RecordFiled ministry'), ...Array.from({ length: letters }, () => 'RecordFiled ministry-of-finance')]);
}

/** No document that an event names is missing. */
export function nothingMissing({ log }: Carried): void {
  const named = new Set(log.records.filter(({ stream }) => !stream.startsWith('authority/')).flatMap((record) => (JSON.stringify(record.events).match(/"sha256":"[0-9a-f]{64}"/g) ?? []).map((text) => text.slice(10, -1))));
  expect(named.size).to.be.at.least(5);
  expect([...named].filter((sha256) => !log.blobs.includes(sha256))).to.deep.equal([]);
}

async function verified({ log, folder, trust }: Carried, sha256: string): Promise<Readonly<Record<string, unknown>>> {
  const file = join(folder, sha256);
  writeFileSync(file, log.blob(sha256));
  const { code, lines: [verdict] } = await call('verify', file, '--trust', trust, '--json');
  expect([code, verdict?.['valid'], verdict?.['changed']], sha256).to.deep.equal([0, true, false]);
  return verdict ?? {};
}
