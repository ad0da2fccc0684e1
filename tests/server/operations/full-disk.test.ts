/**
 * The disk of a whole server fills up: commands, drafts and uploads are refused with the reason, reading goes on, nothing is half written,
 * and with room again everything goes on without help. On a small file system of its own where that can be mounted, else by a limit on
 * the size of files.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { exchange } from '../../support/letter.ts';
import type { Answered } from '../../support/letter.ts';
import { startServer } from '../../support/server-process.ts';
import type { ServerProcess } from '../../support/server-process.ts';
import { apply, seed, startsIn } from './support.ts';
import type { Seeded } from './support.ts';

/** A disk that a test fills and empties. `code`: what commands are refused with. */
interface Disk {
  readonly folder: string;
  readonly code: string;
  fill(server: ServerProcess): Promise<void>;
  empty(server: ServerProcess): Promise<void>;
  end(): void;
}

async function smallDisk(seeded: Seeded): Promise<Disk> {
  const mounted = join(seeded.folder, 'disk');
  await mkdir(mounted);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', mounted]).status !== 0) return limited(seeded);
  const filler = join(mounted, 'filler');
  return {
    folder: await seeded.copy(mounted), code: 'HTTP_DISK_FULL',
    async fill() {
      for (let size = 4_194_304; size >= 1; size = Math.floor(size / 2)) {
        for (let part = 0; ; part += 1) {
          const failed = await writeFile(`${filler}-${String(size)}-${String(part)}`, Buffer.alloc(size)).then(() => false, () => true);
          if (failed) { await rm(`${filler}-${String(size)}-${String(part)}`, { force: true }); break; }
          if (size < 4_096 && (await statfs(mounted)).bavail === 0) break;
        }
      }
    },
    async empty() {
      for (const name of await readdir(mounted)) if (name.startsWith('filler')) await rm(join(mounted, name));
    },
    end: () => { spawnSync('umount', ['-l', mounted]); },
  };
}

async function limited(seeded: Seeded): Promise<Disk> {
  const folder = await seeded.copy();
  const limit = ({ child }: ServerProcess, bytes: string): void => { spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`]); };
  return {
    folder, code: 'HTTP_NOT_RECORDED',
    fill: async (server) => { limit(server, String((await stat(join(folder, 'log.db-wal'))).size)); },
    empty: async (server) => { limit(server, 'unlimited'); },
    end: () => undefined,
  };
}

describe('A server whose disk fills up', function () {
  this.timeout(120_000);
  let seeded: Seeded;
  let disk: Disk;
  before(async () => {
    seeded = await seed();
    disk = await smallDisk(seeded);
  });
  after(async () => {
    disk.end();
    await seeded.remove();
  });

  it('Refuses commands with the reason, reads on, keeps nothing half, and goes on by itself when there is room.', async () => {
    const { officer } = seeded;
    const server = await startServer(disk.folder);
    const get = (path: string): Promise<Answered> => exchange(server.url, officer, { account: '', method: 'GET', path });
    const before = await apply(server.url, officer, 'before');
    expect(before.status).to.equal(201);
    await disk.fill(server);
    const refused: Answered[] = [];
    // A commit may still find room in pages that the log had taken before.
    for (let n = 0; n < 60 && refused.length < 5; n += 1) {
      const answer = await apply(server.url, officer, `full-${String(n)}`);
      if (answer.status >= 300) refused.push(answer);
    }
    expect(refused).to.have.length(5);
    for (const { status, body } of refused) {
      expect([status, body['code']]).to.deep.equal([disk.code === 'HTTP_DISK_FULL' ? 507 : 503, disk.code]);
      expect(body['hint']).to.include('Nothing of this request was recorded');
    }
    expect((await get(`/api/v1/instances/${String(before.body['id'])}/history`)).status).to.equal(200);
    expect((await get('/api/v1/tasks?view=mine')).status).to.equal(200);
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200);
    const upload = await exchange(server.url, officer, { account: '', method: 'POST', path: '/api/v1/uploads', body: { fileName: 'a.pdf', mediaType: 'application/pdf', bytes: 400_000 } });
    const part = upload.status < 300 ? await exchange(server.url, officer, { account: '', method: 'PATCH', path: `/api/v1/uploads/${String(upload.body['id'])}`, body: Buffer.alloc(400_000, 'x'), headers: { 'upload-offset': '0' } }) : upload;
    expect([507, 503, 500]).to.include(part.status);
    if (disk.code === 'HTTP_DISK_FULL') expect(part.body['code']).to.equal('HTTP_DISK_FULL');
    await disk.empty(server);
    const again = await apply(server.url, officer, 'full-0');
    expect(again.status).to.be.oneOf([201, 202]);
    const ids = [String(before.body['id']), String(again.body['id'])];
    for (let n = 1; n < 5; n += 1) ids.push(String((await apply(server.url, officer, `after-${String(n)}`)).body['id']));
    await until(async () => (await fetch(`${server.url}/readyz`)).status === 200);
    await until(async () => ((await get('/api/v1/instances?status=active')).body['items'] as { readonly id: string }[] | undefined)?.some(({ id }) => id === ids.at(-1)) === true);
    expect(await server.stop()).to.equal(0);
    const starts = await startsIn(disk.folder);
    expect(new Set(starts).size).to.equal(starts.length);
    expect(starts).to.include.members(ids);
  });
});

async function until(so: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !await so();) {
    if (Date.now() > end) throw new Error('Expected it within a minute, but it did not come');
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
}
