// Sealed cases on a whole data folder: verified, proven, checked elsewhere; after a kill, after tampering, after erasure, in a backup.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { headsOfFolder, sealHead, sealHeadsDaily } from '../../../server/audit/index.ts';
import type { Head } from '../../../server/audit/index.ts';
import { verifyCaseProof } from '../../../server/audit/proof.ts';
import type { CaseProof } from '../../../server/audit/proof.ts';
import { closes } from '../../../server/audit/segments.ts';
import { audit, backUp, sealClosedCases } from '../../../server/maintenance.ts';
import { GENESIS_HASH, hashCommit } from '../../../server/stores/commit.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { openSqliteVault } from '../../../server/stores/sqlite/vault.ts';
import { openHistory } from '../../histories/host.ts';
import { call } from '../cli/called.ts';
import { openHouse, outside } from '../signing/support.ts';
import type { House } from '../signing/support.ts';
import { AT, CLOCK, play, recordOf } from './histories.ts';

const HISTORIES = fileURLToPath(new URL('../../histories', import.meta.url));
const RUN = fileURLToPath(new URL('../../../bin/run.mjs', import.meta.url));
const CHILD = fileURLToPath(new URL('sealing-child.ts', import.meta.url));

describe('Sealed cases of a data folder', () => {
  let root: string;
  let house: House;
  const at = (name: string): string => join(root, name);

  /** A folder with this history, in which nothing is sealed yet. */
  async function folderOf(name: string, cases: number): Promise<string> {
    const folder = at(name);
    mkdirSync(join(folder, 'authority'), { recursive: true });
    mkdirSync(join(folder, 'blobs'));
    writeFileSync(join(folder, 'authority', 'root.pem'), house.root);
    const store = await openSqliteEventStore({ folder });
    await (await openSqliteVault({ folder })).close();
    await play(store, [Array.from({ length: cases }, (_, on) => ({ act: 'work' as const, on })), ...Array.from({ length: cases }, (_, on) => [{ act: 'complete' as const, on }])], async () => undefined);
    await store.close();
    return folder;
  }

  async function sealTheHead(folder: string, day: string): Promise<void> {
    const store = await openSqliteEventStore({ folder });
    await sealHead({ book: headsOfFolder(folder), store, sealer: house.signing.sealer, agency: () => 'ministry', clock: { now: () => `${day}T14:00:00.000Z` } });
    await store.close();
  }

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'piton-segments-'));
    house = await openHouse([]);
  });
  after(() => {
    house.remove();
    rmSync(root, { recursive: true });
  });

  it('Closed and still closed by the engine is what is sealed: every case of a recorded folder, letters through two ministries among them', async () => {
    const folder = at('letter');
    cpSync(join(HISTORIES, '2026-11-letter'), folder, { recursive: true });
    const { segments, streams } = await sealClosedCases(folder, undefined);
    const host = await openHistory(folder, { now: () => '2026-11-23T12:05:00.000Z' });
    const names = new Set((await host.store.readAll(0, 10_000)).flatMap(({ records }) => records.map(({ stream }) => stream)).filter((stream) => !stream.includes('/')));
    let over = 0;
    for (const stream of names) {
      const status = (await host.runtime.inspect(stream))?.state.status;
      const last = (await host.store.read(stream)).at(-1);
      expect(last !== undefined && closes(last.events), stream).to.equal(status !== 'active');
      if (status !== 'active') over += 1;
    }
    await host.close();
    expect([segments, streams, over > 0]).to.deep.equal([1, over, true]);
    expect(await audit(folder, [])).to.deep.include({ valid: true, segments: 1, sealedCases: over, faults: [] });
  });

  it('Killed at any of its writes it goes on where it was, and no case is sealed twice', async () => {
    const folder = await folderOf('killed', 10);
    for (let kill = 1; kill <= 6; kill += 1) {
      const { signal, stderr } = spawnSync(process.execPath, [RUN, CHILD, folder, kill % 2 === 0 ? 'before-commit' : 'after-commit', String(1 + (kill % 2))], { encoding: 'utf8' });
      expect(signal, stderr).to.equal('SIGKILL');
      expect(await audit(folder, [])).to.deep.include({ valid: true, faults: [] });
    }
    expect(spawnSync(process.execPath, [RUN, CHILD, folder]).status).to.equal(0);
    expect(await audit(folder, [])).to.deep.include({ valid: true, segments: 4, sealedCases: 10, faults: [] });
  }).timeout(60_000);

  describe('with sealed heads', () => {
    let folder: string;
    const proof = (): CaseProof => JSON.parse(readFileSync(at('case.json'), 'utf8')) as CaseProof;

    before(async () => {
      folder = await folderOf('data', 7);
      await sealTheHead(folder, '2026-11-19');
    });

    it('A case is proven as soon as a sealed head stands behind its segment, and not before', async () => {
      const fails = async (code: string, stream: string): Promise<void> => {
        const said = await call('audit', 'prove', stream, '--data', folder, '--to', at('none.json'));
        expect([said.code, said.err[0]?.split(':')[0], existsSync(at('none.json'))]).to.deep.equal([1, code, false]);
      };
      await fails('AUDIT_CASE_UNKNOWN', 'nowhere');
      await fails('AUDIT_CASE_NOT_SEALED', 'case-1-é');
      const sealed = await call('audit', 'seal', '--data', folder);
      expect([sealed.code, sealed.out]).to.deep.equal([0, ['Sealed: 7 closed cases in 1 new segments. The next sealed head of the log names them.']]);
      await fails('AUDIT_HEAD_MISSING', 'case-1-é');
      await sealTheHead(folder, '2026-11-20');
      const said = await call('audit', 'prove', 'case-1-é', '--data', folder, '--to', at('case.json'));
      expect([said.code, said.out[0]?.slice(0, said.out[0].indexOf('. '))]).to.deep.equal([0, `Wrote ${at('case.json')}: 2 records of case case-1-é, sealed in segment 1, in the head of 2026-11-20T14:00:00.000Z`]);
      const again = await call('audit', 'prove', 'case-1-é', '--data', folder, '--to', at('case.json'));
      expect([again.code, again.err[0]?.split(':')[0]]).to.deep.equal([2, 'CLI_FILE_NOT_WRITTEN']);
      const checked = await call('audit', 'verify', '--data', folder);
      expect([checked.code, checked.out[1]]).to.deep.equal([0, 'The segments are whole: 1 with 7 closed cases']);
    });

    it('Who has the file and the root checks it without log, server, keys and network', async () => {
      writeFileSync(at('root.pem'), house.root);
      const said = await call('verify', at('case.json'), '--trust', at('root.pem'));
      expect(said.code, said.out.join('\n')).to.equal(0);
      expect(said.out.slice(0, 4)).to.deep.equal([
        `${at('case.json')}: valid, and not changed since`, '  Case case-1-é, closed: 2 records, sealed in segment 1, in the head of 2026-11-20T14:00:00.000Z (commit 10, agency ministry)',
        `    1. ${AT} Act`, `    2. ${AT} Act`,
      ]);
      expect(JSON.parse((await call('verify', at('case.json'), '--trust', at('root.pem'), '--json')).out[0] ?? '')).to.deep.include({ valid: true, changed: false, problems: [] });
    });

    it('The program printed in docs/log-format.md checks it with nothing but Node, and openssl the signature of the head', async () => {
      const page = readFileSync(fileURLToPath(new URL('../../../docs/log-format.md', import.meta.url)), 'utf8');
      const [, program = ''] = /check-case\.mjs[\s\S]*?```js\n([\s\S]*?)```/.exec(page) ?? [];
      const cwd = at('outside');
      mkdirSync(cwd);
      writeFileSync(join(cwd, 'check-case.mjs'), program);
      const run = (file: string): readonly [number | null, string] => {
        const { status, stdout, stderr } = spawnSync(process.execPath, ['check-case.mjs', file], { cwd, encoding: 'utf8' });
        return [status, `${stdout}${stderr}`];
      };
      expect(run(at('case.json'))).to.deep.equal([0, `1. ${AT} Act\n2. ${AT} Act\ncase case-1-é: 2 records, in the head of 2026-11-20T14:00:00.000Z\n`]);
      writeFileSync(join(cwd, 'changed.json'), JSON.stringify({ ...proof(), frames: proof().frames.map((frame) => Buffer.from(Buffer.from(frame, 'base64').toString('latin1').replace('anna', 'bert'), 'latin1').toString('base64')) }));
      expect(run('changed.json')).to.deep.equal([1, `1. ${AT} Act\n2. ${AT} Act\nthe case is not as it was sealed\n`]);
      writeFileSync(join(cwd, 'root.pem'), house.root);
      const { status, text } = outside('openssl', {}, ['cms', '-verify', '-binary', '-inform', 'DER', '-in', join(cwd, 'head.p7s'), '-content', join(cwd, 'head.json'), '-CAfile', join(cwd, 'root.pem'), '-purpose', 'any']);
      expect(status, text).to.equal(0);
    });

    it('A proof in which anything was changed does not hold, and says where', async () => {
      const codeOf = async (change: Partial<CaseProof>): Promise<string | undefined> => {
        const { valid, changed, problems } = await verifyCaseProof(Buffer.from(JSON.stringify({ ...proof(), ...change })), house.signing.verifier);
        expect([valid, changed]).to.deep.equal([false, true]);
        return problems[0]?.split(':')[0];
      };
      const { frames, segment, head, path, index } = proof();
      const flipped = (text: string, byte: number): string => { const bytes = Buffer.from(text, 'base64'); bytes[byte] = (bytes[byte] ?? 0) ^ 1; return bytes.toString('base64'); };
      for (const [number, frame] of frames.entries()) {
        for (let byte = 0; byte < Buffer.from(frame, 'base64').length; byte += 11) expect(await codeOf({ frames: frames.map((each, other) => (other === number ? flipped(each, byte) : each)) })).to.match(/^AUDIT_PROOF_(RECORDS|ROOT)$/);
      }
      expect(await codeOf({ frames: frames.slice(0, 1) })).to.equal('AUDIT_PROOF_RECORDS');
      expect(await codeOf({ frames: [...frames, ...frames.slice(1)] })).to.equal('AUDIT_PROOF_RECORDS');
      expect(await codeOf({ case: 'case-2-é' })).to.equal('AUDIT_PROOF_RECORDS');
      expect(await codeOf({ index: index + 1 })).to.equal('AUDIT_PROOF_ROOT');
      expect(await codeOf({ path: [...path].reverse() })).to.equal('AUDIT_PROOF_ROOT');
      for (let byte = 0; byte < Buffer.from(segment.frame, 'base64').length; byte += 11) expect(await codeOf({ segment: { ...segment, frame: flipped(segment.frame, byte) } })).to.match(/^AUDIT_PROOF_(ROOT|HEAD)$/);
      expect(await codeOf({ segment: { ...segment, frame: 'AAAA' } })).to.equal('AUDIT_PROOF_ROOT');
      expect(await codeOf({ segment: { ...segment, number: 2 } })).to.equal('AUDIT_PROOF_ROOT');
      expect(await codeOf({ segment: { ...segment, path: [...path] } })).to.equal('AUDIT_PROOF_HEAD');
      const other = { ...JSON.parse(Buffer.from(head.content, 'base64').toString()) as Head };
      const forged = Buffer.from(JSON.stringify({ ...other, segments: { count: 1, root: '0'.repeat(64) } })).toString('base64');
      expect(await codeOf({ head: { ...head, content: forged } })).to.equal('AUDIT_PROOF_HEAD');
      expect(await codeOf({ head: { ...head, content: 'AAAA' } })).to.equal('AUDIT_PROOF_HEAD');
      for (const content of ['null', '{"segments":null}', '[]', '{"segments":{"count":1}}']) expect(await codeOf({ head: { ...head, content: Buffer.from(content).toString('base64') } })).to.equal('AUDIT_PROOF_HEAD');
      for (const text of ['null', '7', '[]', '"piton case proof 1"']) expect((await verifyCaseProof(Buffer.from(text), house.signing.verifier)).problems[0]).to.match(/^AUDIT_PROOF_FORM/);
      for (const wrong of [{ format: 'piton case proof 2' }, { frames: 'many' }, { segment: {} }, { head: {} }]) expect(await codeOf(wrong as unknown as Partial<CaseProof>)).to.equal('AUDIT_PROOF_FORM');
      expect((await verifyCaseProof(Buffer.from('{"format":"piton case proof 1"'), house.signing.verifier)).problems[0]).to.match(/^AUDIT_PROOF_FORM/);
    });

    it('A head whose seal does not hold proves nothing', async () => {
      const { head } = proof();
      const content = Buffer.from(Buffer.from(head.content, 'base64').toString().replace('"ministry"', '"another"'));
      const { valid, problems } = await verifyCaseProof(Buffer.from(JSON.stringify({ ...proof(), head: { ...head, content: content.toString('base64') } })), house.signing.verifier);
      expect([valid, problems.length > 0]).to.deep.equal([false, true]);
      const unsigned = await verifyCaseProof(Buffer.from(JSON.stringify({ ...proof(), head: { ...head, signature: 'AAAA' } })), house.signing.verifier);
      expect([unsigned.valid, unsigned.problems.length > 0]).to.deep.equal([false, true]);
    });

    it('A case that is opened again keeps the proof of its first part, and is proven whole after it was sealed again', async () => {
      const store = await openSqliteEventStore({ folder });
      await store.append(recordOf('case-1-é', 2, ['InstanceReopened']));
      await store.close();
      const first = await call('audit', 'prove', 'case-1-é', '--data', folder, '--to', at('first.json'));
      expect([first.code, (JSON.parse(readFileSync(at('first.json'), 'utf8')) as CaseProof).frames.length]).to.deep.equal([0, 2]);
      const again = await openSqliteEventStore({ folder });
      await again.append(recordOf('case-1-é', 3, ['InstanceCompensated']));
      await again.close();
      await sealClosedCases(folder, undefined);
      await sealTheHead(folder, '2026-11-21');
      const whole = JSON.parse((await call('audit', 'prove', 'case-1-é', '--data', folder, '--to', at('whole.json'), '--json')).out[0] ?? '') as { readonly valid: boolean; readonly proven: { readonly records: readonly unknown[]; readonly segment: number } };
      expect([whole.valid, whole.proven.records.length, whole.proven.segment]).to.deep.equal([true, 4, 2]);
      expect(await audit(folder, [])).to.deep.include({ valid: true, segments: 2, sealedCases: 8, sealedHeads: 3, faults: [] });
    });

    it('Who changes a case and makes chain and index fit again is found out, and told which case it was', async () => {
      const changed = at('changed');
      cpSync(folder, changed, { recursive: true });
      const db = new Database(join(changed, 'log.db'));
      const rows = db.prepare<[], { position: number; uuid: Buffer; body: Buffer }>('SELECT position, uuid, body FROM commits ORDER BY position').all();
      let before: Buffer = Buffer.from(GENESIS_HASH, 'hex');
      for (const { position, uuid, body } of rows) {
        const forged = position === 4 ? Buffer.from(body.toString('latin1').replace('"anna"', '"bert"'), 'latin1') : body;
        const hash = hashCommit(before, position, uuid, forged);
        db.prepare('UPDATE commits SET body = ?, prev_hash = ?, hash = ? WHERE position = ?').run(forged, before, hash, position);
        before = hash;
      }
      db.close();
      const said = await call('audit', 'verify', '--data', changed);
      expect(said.code).to.equal(1);
      expect(said.out[0]).to.match(/the head that was kept says/);
      expect(said.out.slice(1)).to.deep.equal(['Segment 1, case case-2-é: it is not as it was sealed']);
      rmSync(join(changed, 'heads'), { recursive: true });
      const alone = await call('audit', 'verify', '--data', changed);
      expect([alone.code, alone.out[0]?.startsWith('The chain is whole'), alone.out.slice(1)]).to.deep.equal([1, true, ['Segment 1, case case-2-é: it is not as it was sealed']]);
      expect((await call('audit', 'prove', 'case-2-é', '--data', changed, '--to', at('forged.json'))).err[0]?.split(':')[0]).to.equal('AUDIT_SEGMENT_DIFFERS');
    });

    it('A damaged index is no accusation, and a backup, which has none, is checked all the same', async () => {
      const misled = at('misled');
      cpSync(folder, misled, { recursive: true });
      const db = new Database(join(misled, 'log.db'));
      db.exec("UPDATE records SET offset = 0 WHERE stream = (SELECT id FROM streams WHERE name = 'case-3-é'); DELETE FROM streams WHERE name = 'segment/1'");
      db.close();
      expect(await audit(misled, [])).to.deep.include({ valid: true, segments: 2, sealedCases: 8, faults: [] });
      await backUp(folder, at('backup'), AT, true);
      expect(await audit(at('backup'), [])).to.deep.include({ valid: true, segments: 2, sealedCases: 8, sealedHeads: 3, faults: [] });
    });

    it('A segment that cannot be read is told by prove', async () => {
      const broken = at('broken');
      cpSync(folder, broken, { recursive: true });
      const db = new Database(join(broken, 'log.db'));
      db.prepare("UPDATE commits SET body = CAST(replace(CAST(body AS TEXT), 'SegmentSealed', 'SegmentSealeX') AS BLOB)").run();
      db.close();
      expect((await call('audit', 'prove', 'case-2-é', '--data', broken)).err[0]?.split(':')[0]).to.equal('AUDIT_SEGMENT_UNREADABLE');
    });

    it('Sealing waits for no server, and a folder in which one works is left to it', async () => {
      const store = await openSqliteEventStore({ folder });
      expect((await call('audit', 'seal', '--data', folder)).err[0]?.split(':')[0]).to.equal('STORE_FOLDER_IN_USE');
      await store.close();
      expect((await call('audit', 'seal', '--data', at('nothing'))).err[0]?.split(':')[0]).to.equal('STORE_INSTALLATION_MISSING');
      expect(existsSync(at('nothing'))).to.equal(false);
      const usage = await call('audit', 'everything');
      expect([usage.code, usage.err[0]?.split(':')[0]]).to.deep.equal([2, 'CLI_ARGUMENT_MISSING']);
    });
  });

  it('A case whose key was destroyed keeps its proof: leaves cover what is stored', async () => {
    const folder = at('spine');
    cpSync(join(HISTORIES, '2026-11-spine'), folder, { recursive: true });
    mkdirSync(join(folder, 'authority'), { recursive: true });
    writeFileSync(join(folder, 'authority', 'root.pem'), house.root);
    const { streams } = await sealClosedCases(folder, undefined);
    await sealTheHead(folder, '2026-11-24');
    const store = await openSqliteEventStore({ folder });
    const records = (await store.readAll(0, 10_000)).flatMap((commit) => commit.records);
    const closed = records.find(({ stream, events, keyId }) => !stream.includes('/') && keyId !== undefined && closes(events));
    await store.close();
    expect([streams > 0, closed !== undefined]).to.deep.equal([true, true]);
    const stream = closed?.stream ?? '';
    expect((await call('audit', 'prove', stream, '--data', folder, '--to', at('kept.json'))).code).to.equal(0);
    const vault = await openSqliteVault({ folder });
    for (const keyId of new Set(records.filter((record) => record.stream === stream).flatMap(({ keyId: id }) => (id === undefined ? [] : [id])))) await vault.destroyDataKey(keyId);
    await vault.close();
    expect(await audit(folder, [])).to.deep.include({ valid: true, sealedCases: streams, faults: [] });
    expect((await call('audit', 'prove', stream, '--data', folder, '--to', at('erased.json'))).code).to.equal(0);
    expect(readFileSync(at('erased.json'), 'utf8')).to.equal(readFileSync(at('kept.json'), 'utf8'));
    writeFileSync(at('root.pem'), house.root);
    expect((await call('verify', at('kept.json'), '--trust', at('root.pem'))).code).to.equal(0);
  });

  it('A segment that cannot be read keeps no head from being sealed, and is told', async () => {
    const store = openMemoryEventStore();
    await store.append({ stream: 'segment/1', expectedVersion: 0, commandType: 'SealSegment', actor: { person: 'system' }, at: AT, events: Buffer.from('something else') });
    const book = headsOfFolder(at('unreadable'));
    const failures: unknown[] = [];
    const stop = sealHeadsDaily({ book, store, sealer: house.signing.sealer, agency: () => 'ministry', clock: CLOCK, onFailure: (error) => failures.push(error) });
    while (!await book.has('2026-01-05')) await new Promise((resolve) => { setTimeout(resolve, 5); });
    await stop();
    expect(failures).to.have.length(1);
    expect(failures[0]).to.include({ code: 'AUDIT_SEGMENT_UNREADABLE' });
  });

  it('The daily look seals what is closed before the head, and stops when it is told to', async () => {
    const folder = await folderOf('daily', 5);
    const store = await openSqliteEventStore({ folder });
    const failures: unknown[] = [];
    const stop = sealHeadsDaily({ book: headsOfFolder(folder), store, sealer: house.signing.sealer, agency: () => 'ministry', clock: CLOCK, onFailure: (error) => failures.push(error) });
    while (!await headsOfFolder(folder).has('2026-01-05')) await new Promise((resolve) => { setTimeout(resolve, 5); });
    await stop();
    await store.close();
    expect(failures).to.deep.equal([]);
    const [head] = await headsOfFolder(folder).all();
    expect((JSON.parse(Buffer.from(head?.content ?? []).toString()) as Head).segments?.count).to.equal(1);
    expect(await audit(folder, [])).to.deep.include({ segments: 1, sealedCases: 5, faults: [] });
  });
});
