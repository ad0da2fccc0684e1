/**
 * One letter from the registration to the files of both ministries, while the server is killed at every kind of moment on its way;
 * people ask again with the same keys, as browsers and programs do. Then the data folder is read from outside: nothing acknowledged
 * is lost, nothing happened twice, and what a killed attempt left behind is told.
 */
import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLog } from '../../server/stores/sqlite/data-folder.ts';
import { call } from '../server/cli/called.ts';
import { LetterDrive, PEOPLE, scanOf } from '../support/letter.ts';
import { KilledServer } from './killed-server.ts';
import { blobsOf, pathOfBlob, recordsOf } from './letter-log.ts';
import type { ToldEvent, ToldRecord } from './letter-log.ts';

/** The failpoints of the lives after the first, in the order of the letter's way, and what the server was doing. */
const PLAN: readonly (readonly [failpoint: string, moment: string])[] = [
  ['before-answer:2', 'the rest of the scan is on disk, not acknowledged'],
  ['before-commit:1', 'the scan is a blob, the case not appended'],
  ['after-commit:1', 'the case is appended, not acknowledged'],
  ['in-job-record-register:1', 'the letter has its number, the case does not know'],
  ['before-dispatch:1', 'the case knows its number, nothing follows yet'],
  ['before-answer:2', 'the file was found, not acknowledged'],
  ['before-commit:2', 'the marking is not appended'],
  ['after-commit:3', 'the draft is appended, not acknowledged'],
  ['in-job-document-generate:1', 'the reply is made, the case does not know'],
  ['signed:1', 'the reply is signed and stored, the completion not appended'],
  ['after-commit:1', 'the signature is appended, not acknowledged'],
  ['in-job-document-seal:1', 'the reply is sealed and stored, the case does not know'],
  ['in-job-exchange-dispatch:1', 'the envelope has left, the case does not know'],
  ['after-commit:2', 'the message is on its way between the two cases'],
  ['in-job-exchange-accept:1', 'the envelope is accepted, the case does not know'],
  ['in-job-record-file:1', 'the letter is filed in the second ministry, the case does not know'],
  ['in-job-record-file:2', 'the letter is filed in the first ministry, the case does not know'],
];
const SCAN = scanOf(150_000);
const PART = 65_536;

describe('A letter whose server is killed', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-letter-'));
  const server = new KilledServer(folder, PLAN.map(([failpoint]) => failpoint));
  let records: ToldRecord[] = [];
  let exitCode: number | null = -1;
  const letter = new LetterDrive((asked) => server.ask(asked), 'letter', SCAN);

  before(async () => {
    await server.open(PEOPLE);
    await killInTheMiddleOfAPart(server, letter);
    await letter.upToSignature();
    await letter.onToFiled(server.accounts.get('permanent.secretary')?.pin ?? '');
    exitCode = await server.stop();
    records = await recordsOf(folder);
  });

  after(async () => {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const events = (stream: string): ToldEvent[] => records.filter((record) => record.stream === stream).flatMap((record) => [...record.events]);
  const streams = (pattern: RegExp): string[] => [...new Set(records.map(({ stream }) => stream))].filter((stream) => pattern.test(stream));
  const caseOf = (processId: string): string => {
    const found = streams(/^[0-9a-f]{32}$/).filter((stream) => events(stream)[0]?.['processId'] === processId);
    expect(found, processId).to.have.length(1);
    return found[0]!;
  };
  /** Every state a document variable went through, in order. */
  const states = (stream: string, variable: string): { readonly state: string; readonly sha256: string }[] =>
    events(stream).flatMap(({ type, scope, values }) => (type === 'VariablesWritten' && scope === 0 && variable in (values as object) ? [(values as Record<string, { state: string; sha256: string }>)[variable]!] : []));

  it(`died ${String(PLAN.length + 1)} times where it was told to, and ended in order the last time.`, () => {
    expect(server.left).to.deep.equal([]);
    expect(server.kills.map(({ failpoint, signal }) => [failpoint, signal]), JSON.stringify(server.kills)).to.deep.equal([['', 'SIGKILL'], ...PLAN.map(([failpoint]) => [failpoint, 'SIGKILL'])]);
    expect([server.starts, exitCode]).to.deep.equal([PLAN.length + 2, 0]);
  });

  it('Its chain is whole, and every acknowledged request is in the log once.', () => {
    expect(checkLog(folder)).to.have.property('valid', true);
    const acts = server.acknowledged.filter(({ path }) => !path.startsWith('/api/v1/uploads'));
    expect(new Set(acts.map(({ key }) => key)).size).to.be.at.least(13);
    for (const { account, key, body } of acts) {
      const found = records.filter((record) => record.key === `${account}/${key}`);
      expect(found.map(({ stream }) => stream), key).to.deep.equal([body['stream'] ?? body['id']]);
      if (body['version'] !== undefined && body['stream'] !== undefined) expect(found[0]?.version, key).to.equal(body['version']);
    }
  });

  it('Every task, job and gateway of both cases was passed once, and both ended.', () => {
    // What failed on the way is told with its reason.
    const failed = JSON.stringify(server.log.filter(({ msg }) => !String(msg).startsWith('orphan attempt')));
    for (const processId of ['correspondence', 'correspondence-received']) {
      const passed = events(caseOf(processId)).filter(({ type }) => type === 'ElementCompleted').map(({ elementId }) => elementId);
      expect(passed, processId).to.deep.equal([...new Set(passed)]);
      const ends = events(caseOf(processId)).filter(({ type }) => ['InstanceCompleted', 'IncidentRaised', 'JobFailed'].includes(type)).map(({ type, message = '' }) => `${type}${String(message)}`);
      expect(ends, `${processId} ${failed}`).to.deep.equal(['InstanceCompleted']);
    }
  });

  it('There is one reply, signed once and sealed once, as piton verify says.', async () => {
    const reply = states(caseOf('correspondence'), 'reply');
    expect(reply.map(({ state }) => state)).to.deep.equal(['generated', 'signed', 'sealed']);
    expect(new Set(reply.map(({ sha256 }) => sha256)).size).to.equal(3);
    const { code, lines: [verdict] } = await call('verify', pathOfBlob(folder, reply[2]!.sha256), '--trust', join(folder, 'authority', 'root.pem'), '--json');
    expect([code, verdict?.['valid'], verdict?.['changed']]).to.deep.equal([0, true, false]);
    const found = verdict?.['signatures'] as readonly { readonly kind: string; readonly name: string }[];
    expect(found.filter(({ kind }) => kind === 'signature').map(({ name }) => name)).to.deep.equal(['Permanent Secretary']);
    expect(found.filter(({ kind }) => kind === 'seal').map(({ name }) => name)).to.have.length(1);
    const completions = events(caseOf('correspondence')).filter(({ type, signed }) => type === 'UserTaskCompleted' && signed !== undefined);
    expect(completions.map(({ signed }) => (signed as { readonly sha256: string }).sha256)).to.deep.equal([reply[1]!.sha256]);
  });

  it('One envelope was dispatched and accepted, and what arrived is what was sealed.', async () => {
    const [stream = '', ...others] = streams(/^envelope\//);
    expect(others).to.deep.equal([]);
    const [dispatched, accepted, ...more] = events(stream);
    expect([dispatched?.type, accepted?.type, more]).to.deep.equal(['EnvelopeDispatched', 'EnvelopeAccepted', []]);
    expect(accepted?.['sha256']).to.equal(dispatched?.['sha256']);
    const sealed = states(caseOf('correspondence'), 'reply')[2]!.sha256;
    expect([dispatched?.['documents'], accepted?.['documents']]).to.deep.equal([[sealed], [sealed]]);
    const { code, lines: [verdict] } = await call('verify', pathOfBlob(folder, String(accepted?.['sha256'])), '--trust', join(folder, 'authority', 'root.pem'), '--json');
    expect([code, verdict?.['valid'], verdict?.['changed']]).to.deep.equal([0, true, false]);
  });

  it('Each register and each file series gave one number, without a gap, and one line where there is a register.', () => {
    const given = Object.fromEntries(streams(/^series\//).map((stream) => [stream.split('/').slice(1, -1).join('/'), events(stream).map(({ type, number }) => `${type} ${String(number)}`)]));
    const register = ['NumberAllocated 1', 'LineEntered 1'];
    expect(given).to.deep.equal({ 'PS-IN': register, 'PS-OUT': register, 'MOF-IN': register, 'ADM/4': ['NumberAllocated 1'], 'FIN/2': ['NumberAllocated 1'] });
  });

  it('One record was filed in each ministry, with the documents its case holds.', () => {
    const filed = streams(/^record\//).flatMap(events);
    expect(filed.map(({ type, agency }) => `${type} ${String(agency)}`).sort()).to.deep.equal(['RecordFiled ministry', 'RecordFiled ministry-of-finance']);
    const sealed = states(caseOf('correspondence'), 'reply')[2]!.sha256;
    for (const { documents } of filed) expect((documents as { readonly sha256: string }[]).map(({ sha256 }) => sha256)).to.include(sealed);
  });

  it('What killed attempts stored and no case refers to is told in the log of the server, and nothing else is.', () => {
    const referred = JSON.stringify(records);
    const left = blobsOf(folder).filter((sha256) => !referred.includes(sha256));
    // It is told before it is forgotten: a life that dies between the two leaves it to the next one.
    const told = new Map(server.log.filter(({ msg }) => String(msg).startsWith('orphan attempt')).map(({ kind, sha256 }) => [String(sha256), String(kind)]));
    const lasting = [...told].filter(([sha256]) => !referred.includes(sha256));
    expect(left.length, 'orphans').to.be.at.least(2);
    expect(lasting.map(([sha256]) => sha256).sort()).to.deep.equal(left);
    expect(lasting.map(([, kind]) => kind)).to.include.members(['seal', 'sign']);
    // The scan was told before its start was asked for again, and is referred to now.
    expect([...told].filter(([sha256]) => referred.includes(sha256)).map(([, kind]) => kind)).to.deep.equal(['upload']);
  });

  it('No document that an event names is missing.', () => {
    const there = new Set(blobsOf(folder));
    const named = new Set(records.filter(({ stream }) => !stream.startsWith('authority/')).flatMap((record) => (JSON.stringify(record.events).match(/"sha256":"[0-9a-f]{64}"/g) ?? []).map((text) => text.slice(10, -1))));
    expect(named.size).to.be.at.least(5);
    expect([...named].filter((sha256) => !there.has(sha256))).to.deep.equal([]);
  });
});

/** The second part of the scan is half sent when the server dies. */
async function killInTheMiddleOfAPart(server: KilledServer, letter: LetterDrive): Promise<void> {
  const account = 'registry.clerk';
  const announced = await server.ask({ account, method: 'POST', path: '/api/v1/uploads', body: letter.announcement, key: letter.key('scan') });
  const path = `/api/v1/uploads/${String(announced?.body['id'])}`;
  await server.ask({ account, method: 'PATCH', path, body: SCAN.subarray(0, PART), headers: { 'upload-offset': '0' }, once: true });
  await server.killInside({ account, method: 'PATCH', path, body: SCAN.subarray(PART, 2 * PART), headers: { 'upload-offset': String(PART) } });
}
