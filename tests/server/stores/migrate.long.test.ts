/**
 * `piton migrate`: an installation that was used goes from its folder into MongoDB, is worked on by a node there, and comes back into a
 * folder; the log keeps its bytes, people keep their sessions. Long: what stands in for MongoDB is installed where it is missing.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { headsOfFolder } from '../../../server/audit/index.ts';
import { readConfig } from '../../../server/config.ts';
import { startPiton } from '../../../server/main.ts';
import type { Piton } from '../../../server/main.ts';
import { migrateToFolder, migrateToMongo } from '../../../server/migration.ts';
import { moveInstallation } from '../../../server/stores/move-installation.ts';
import type { RawInstallation } from '../../../server/stores/raw-installation.ts';
import { openRawDatabase } from '../../../server/stores/mongo/raw-database.ts';
import { checkLog } from '../../../server/stores/sqlite/data-folder.ts';
import { fillRawFolder, openRawFolder } from '../../../server/stores/sqlite/raw-folder.ts';
import { failure } from '../../contracts/event-store.ts';
import { accountsOf, exchange, scanOf, signIn } from '../../support/letter.ts';
import type { Answered, Signed } from '../../support/letter.ts';
import { dropDatabase, freshDatabase, hasMongo, MONGO_INSTALL_MS, startMongo } from '../../support/mongo.ts';
import type { TestMongo } from '../../support/mongo.ts';
import { hasRedis, startRedis } from '../../support/redis.ts';
import type { TestRedis } from '../../support/redis.ts';
import { call } from '../cli/called.ts';

const TERM_MS = 600;
const SCAN = scanOf(40_000);
const LEAVE = {
  leaveType: 'vacation', firstDay: { $: 'date', v: '2027-03-01' }, lastDay: { $: 'date', v: '2027-03-05' }, overseas: false, passage: false,
  personnelNumber: 'PS-2001', contact: '758 555 0142', deputy: 'senior.clerk', handoverNotes: 'The files of the week are in the second drawer.',
};

describe('piton migrate', function () {
  this.timeout(180_000);
  const root = mkdtempSync(join(tmpdir(), 'piton-migrate-'));
  const folder = join(root, 'data');
  const at = (name: string): string => join(root, name);
  let mongo: TestMongo;
  let redis: TestRedis;
  let url: string;
  let piton: Piton | undefined;
  let officer: Signed;
  let upload: string;

  const start = async (settings: Readonly<Record<string, string>>): Promise<Piton> => (piton = await startPiton(readConfig({ PITON_PORT: '0', ...settings }), pino({ level: 'silent' })));
  const stop = async (): Promise<void> => {
    await piton?.stop();
    piton = undefined;
  };
  const ask = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: Readonly<Record<string, unknown>> | Uint8Array, headers = {}): Promise<Answered> =>
    exchange(piton?.url ?? '', officer, { account: '', method, path, headers, ...(body !== undefined && { body, key: `${method} ${path} ${String(Object.keys(body).length)}`.replaceAll(' ', '-') }) });
  const clustered = (): Readonly<Record<string, string>> => ({ MONGODB_URL: url, REDIS_URL: redis.url, PITON_KEY_FILE: join(folder, 'installation.key'), PITON_DATA: at('node') });

  before(async function () {
    this.timeout(MONGO_INSTALL_MS + 60_000);
    if (!hasMongo() || !hasRedis()) this.skip();
    [mongo, redis] = [await startMongo(), await startRedis()];
    url = freshDatabase(mongo.url);
    await start({ PITON_DATA: folder });
    officer = await signIn(piton?.url ?? '', 'administrative.officer', accountsOf(piton?.lines ?? []).get('administrative.officer')?.password ?? '');
    expect(await ask('POST', '/api/v1/instances', { processId: 'leave', variables: LEAVE })).to.include({ status: 201 });
    const announced = await ask('POST', '/api/v1/uploads', { fileName: 'scan.pdf', mediaType: 'application/pdf', bytes: SCAN.byteLength });
    upload = `/api/v1/uploads/${String(announced.body['id'])}`;
    expect(await ask('PATCH', upload, SCAN.subarray(0, 30_000), { 'upload-offset': '0' })).to.include({ status: 200 });
  });
  after(async () => {
    await stop();
    await (redis as TestRedis | undefined)?.remove();
    await (mongo as TestMongo | undefined)?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  it('refuses a folder that a server works on, and one without a log: STORE_FOLDER_IN_USE, STORE_MIGRATION_SOURCE', async () => {
    expect(await failure(migrateToMongo(folder, url, { termMs: TERM_MS }))).to.include({ code: 'STORE_FOLDER_IN_USE' });
    expect(await failure(migrateToMongo(at('nowhere'), url, { termMs: TERM_MS }))).to.include({ code: 'STORE_MIGRATION_SOURCE' });
    await stop();
  });

  it('goes on after it was interrupted; a node refuses to start on the half: STORE_MIGRATION_UNFINISHED', async () => {
    const source = await openRawFolder(folder, headsOfFolder);
    const target = await openRawDatabase(url, TERM_MS);
    const breaking: RawInstallation = {
      ...target,
      append: async (commits) => {
        await target.append(commits.slice(0, 20));
        throw new Error('the power is cut');
      },
    };
    expect(await failure(moveInstallation(source, breaking))).to.include({ message: 'the power is cut' });
    await Promise.all([source.close(), target.close()]);
    expect(await failure(start(clustered()))).to.include({ code: 'STORE_MIGRATION_UNFINISHED' });
    const { code, lines: [moved] } = await call('migrate', '--data', folder, '--to', url, '--json');
    const checked = checkLog(folder);
    expect([code, moved?.['resumedAt'], moved?.['position'], moved?.['hash']]).to.deep.equal([0, 20, checked.position, checked.valid ? checked.hash : '']);
    expect(Number(moved?.['secrets'])).to.be.greaterThan(10);
    expect(Number(moved?.['blobs'])).to.be.greaterThan(3);
  });

  it('refuses a database that holds something: STORE_MIGRATION_TARGET', async () => {
    expect(await failure(migrateToMongo(folder, url, { termMs: TERM_MS }))).to.include({ code: 'STORE_MIGRATION_TARGET' });
  });

  it('a node works on it: the session holds, the upload goes on, cases are there; meanwhile it is not moved: STORE_DATABASE_IN_USE', async () => {
    await start(clustered());
    expect(((await ask('GET', '/api/v1/instances')).body['items'] as unknown[]).length).to.equal(1);
    expect(await ask('PATCH', upload, SCAN.subarray(30_000), { 'upload-offset': '30000' })).to.include({ status: 200 });
    expect(await ask('POST', '/api/v1/instances', { processId: 'leave', variables: LEAVE, businessKey: 'second' })).to.include({ status: 201 });
    expect(await failure(migrateToFolder(url, at('back'), join(folder, 'installation.key')))).to.include({ code: 'STORE_DATABASE_IN_USE' });
    await stop();
  });

  it('doctor and audit look at what the nodes share, backup refuses with the way out: STORE_CLUSTER_BACKUP, QUEUE_AWAY', async () => {
    const before = { ...process.env };
    try {
      Object.assign(process.env, clustered());
      const found = async (): Promise<Readonly<Record<string, string>>> => {
        const { lines: [told] } = await call('doctor', '--json');
        return Object.fromEntries((told?.['findings'] as readonly { readonly name: string; readonly state: string; readonly says: string }[]).map(({ name, state, says }) => [name, `${state}: ${says}`]));
      };
      const well = await found();
      expect(well['database']).to.match(/^good: mongodb:.*no node works on it$/);
      expect(well['log']).to.match(/^good: \d+ commits with \d+ records, the chain is whole/);
      expect([well['vault'], well['redis']?.slice(0, 14)]).to.deep.equal(['good: opens with the installation key of this node', 'good: answers;']);
      const { code, lines: [audited] } = await call('audit', 'verify', '--json');
      expect([code, audited?.['valid'], Number(audited?.['sealedHeads'])]).to.deep.equal([0, true, 1]);
      const { lines: [refused], code: no } = await call('backup', '--to', at('copy'), '--json');
      expect([no, (refused?.['error'] as { readonly code: string }).code]).to.deep.equal([1, 'STORE_CLUSTER_BACKUP']);
      await redis.kill();
      expect((await found())['redis']).to.match(/^bad: QUEUE_AWAY: /);
      await redis.start();
      process.env['PITON_KEY_FILE'] = at('none');
      expect((await found())['vault']).to.match(/^bad: STORE_KEY_MISSING: /);
    } finally {
      for (const key of ['MONGODB_URL', 'REDIS_URL', 'PITON_KEY_FILE', 'PITON_DATA']) {
        if (before[key] === undefined) Reflect.deleteProperty(process.env, key);
        else process.env[key] = before[key];
      }
    }
  });

  it('comes back into a folder: the same bytes with what was added, and a server works on it', async () => {
    const keyFile = at('key');
    copyFileSync(join(folder, 'installation.key'), keyFile);
    expect(await failure(migrateToFolder(url, at('back'), at('none'), { termMs: TERM_MS }))).to.include({ code: 'STORE_KEY_MISSING' });
    writeFileSync(at('key-of-another'), Buffer.alloc(32, 1));
    expect(await failure(migrateToFolder(url, at('back'), at('key-of-another'), { termMs: TERM_MS }))).to.include({ code: 'STORE_KEY_WRONG' });
    expect([existsSync(at('back')), existsSync(`${at('back')}.migrating`)]).to.deep.equal([false, false]);
    mkdirSync(at('full'));
    writeFileSync(join(at('full'), 'letter.txt'), 'mine');
    expect(await failure(migrateToFolder(url, at('full'), keyFile, { termMs: TERM_MS }))).to.include({ code: 'STORE_RESTORE_TARGET' });
    const { code, lines: [moved] } = await call('migrate', '--from', url, '--key', keyFile, '--data', at('back'), '--json');
    const [before, after] = [checkLog(folder), checkLog(at('back'))];
    expect([code, after.valid, moved?.['position']]).to.deep.equal([0, true, after.position]);
    expect(after.position).to.be.greaterThan(before.position);
    expect(checkLog(at('back'), [{ position: before.position, hash: before.valid ? before.hash : '' }])).to.include({ valid: true });
    expect(existsSync(`${at('back')}.migrating`)).to.equal(false);
    await start({ PITON_DATA: at('back') });
    expect(((await ask('GET', '/api/v1/instances')).body['items'] as unknown[]).length).to.equal(2);
    expect((await ask('GET', upload)).body).to.include({ offset: SCAN.byteLength, mediaType: 'application/pdf' });
    await stop();
  });

  it('finds out what did not arrive as it was: STORE_MIGRATION_DIFFERS', async () => {
    const elsewhere = freshDatabase(mongo.url);
    const source = await openRawFolder(folder, headsOfFolder);
    const target = await openRawDatabase(elsewhere, TERM_MS);
    try {
      const lossy: RawInstallation = { ...target, replaceVault: (rows) => target.replaceVault(rows.slice(1)) };
      expect(await failure(moveInstallation(source, lossy))).to.include({ code: 'STORE_MIGRATION_DIFFERS' });
      const forged: RawInstallation = { ...target, commits: async function* commits(after) { for await (const page of target.commits(after)) yield page.filter(({ position }) => position !== 7); } };
      expect(await failure(moveInstallation(source, forged))).to.include({ code: 'STORE_MIGRATION_DIFFERS' });
      const other = await fillRawFolder(at('other'), join(folder, 'installation.key'), headsOfFolder);
      await other.begin('f'.repeat(64));
      expect(await failure(moveInstallation(source, other))).to.include({ code: 'STORE_MIGRATION_TARGET' });
      await other.close();
    } finally {
      await Promise.all([source.close(), target.close()]);
      await dropDatabase(elsewhere);
    }
  });

  it('says what is missing when it is called wrongly', async () => {
    for (const args of [[], ['--data', folder], ['--from', url, '--data', at('x')]]) expect((await call('migrate', ...args)).code, args.join(' ')).to.equal(2);
  });
});
