/** A server whose start takes a while because its lists are made new: probes are answered from the first moment on and told why, nobody is served too early. */
import { readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { Opening } from '../../../server/standing.ts';
import { startServer } from '../../support/server-process.ts';
import { apply, seed } from './support.ts';
import type { Seeded } from './support.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.once('listening', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

describe('A server that is starting', function () {
  this.timeout(60_000);
  let seeded: Seeded;
  before(async () => { seeded = await seed(); });
  after(() => seeded.remove());

  it('Says 503 starting until everything is open, then 200; a request in between is told to come again: HTTP_STARTING.', async () => {
    const folder = await seeded.copy();
    for (const name of await readdir(folder)) if (name.startsWith('projections.db')) await rm(join(folder, name));
    const port = await freePort();
    const url = `http://127.0.0.1:${String(port)}`;
    const starting = startServer(folder, { PITON_PORT: String(port) });
    const seen: { readonly status: number; readonly said: string; readonly first: unknown }[] = [];
    let early: Awaited<ReturnType<typeof apply>> | undefined;
    while (seen.at(-1)?.status !== 200) {
      const answer = await fetch(`${url}/readyz`).catch(() => undefined);
      if (answer === undefined) {
        expect(seen, 'it answered before and does not any more').to.have.length(0);
        await new Promise((resolve) => { setTimeout(resolve, 5); });
        continue;
      }
      const { status: said, checks } = (await answer.json()) as { readonly status: string; readonly checks: readonly unknown[] };
      seen.push({ status: answer.status, said, first: checks[0] });
      if (said === 'starting') early ??= await apply(url, seeded.officer, 'early');
    }
    const server = await starting;
    expect([...new Set(seen.map(({ said }) => said))]).to.deep.equal(['starting', 'ready']);
    expect(seen.filter(({ said }) => said === 'starting').every(({ status }) => status === 503)).to.equal(true);
    expect([early?.status, early?.body['code']]).to.deep.equal([503, 'HTTP_STARTING']);
    expect((await apply(url, seeded.officer, 'early')).status).to.equal(201);
    expect(await server.stop()).to.equal(0);
  });

  it('Tells how far it is, and what has not begun.', () => {
    const opening = new Opening();
    expect(opening.checks).to.deep.equal([{ name: 'log', ready: false, says: 'being opened' }, { name: 'projections', ready: false, says: 'not begun' }, { name: 'dispatch', ready: false, says: 'not begun' }]);
    opening.opened('log');
    opening.progress(4_000, 10_000);
    expect(opening.checks[1]).to.deep.equal({ name: 'projections', ready: false, says: '4000 of 10000 commits are in the tables' });
    opening.opened('projections');
    expect(opening.checks.map(({ ready }) => ready)).to.deep.equal([true, true, false]);
  });
});
