/** A real process that is asked to stop with commands in flight: what it answered is there, it ends in bounded time, and a second signal ends it at once. */
import { expect } from 'chai';
import { io } from 'socket.io-client';
import { startServer } from '../../support/server-process.ts';
import { apply, seed, startsIn } from './support.ts';
import type { Seeded } from './support.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

describe('A server that is asked to stop', function () {
  this.timeout(120_000);
  let seeded: Seeded;
  before(async () => { seeded = await seed(); });
  after(() => seeded.remove());

  it('Answers the commands in flight, refuses what comes later, tells the sockets, and ends with 0; everything it acknowledged is in the log, and nothing else.', async () => {
    const folder = await seeded.copy();
    const { officer } = seeded;
    const server = await startServer(folder, { PITON_FAILPOINT: 'slow-commit:400' });
    const socket = io(server.url, { path: '/live', transports: ['websocket'], extraHeaders: { cookie: officer.cookie, origin: server.url }, reconnection: false });
    await new Promise<void>((resolve, reject) => { socket.once('connect', resolve); socket.once('connect_error', reject); });
    const told = new Promise<string>((resolve) => { socket.once('disconnect', resolve); });
    const answers = Array.from({ length: 30 }, async (_, n) => {
      await pause(n * 20);
      return apply(server.url, officer, `last-${String(n)}`).catch(() => undefined);
    });
    await pause(300);
    server.child.kill('SIGTERM');
    const code = await server.ended;
    const acknowledged = (await Promise.all(answers)).filter((answer) => answer !== undefined && answer.status < 300).map((answer) => String(answer?.body['id']));
    expect(await told).to.equal('transport close');
    expect(code).to.equal(0);
    expect(acknowledged.length).to.be.within(5, 29);
    expect([...await startsIn(folder)].sort()).to.deep.equal(acknowledged.sort());
    const said = server.lines.filter((line) => line.startsWith('{')).map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(said.filter((msg) => msg === 'stopping' || msg === 'stopped')).to.deep.equal(['stopping', 'stopped']);
  });

  it('Says 503 to probes for as long as it is told to before it stops serving, so that a load balancer notices.', async () => {
    const server = await startServer(await seeded.copy(), { PITON_DRAIN_NOTICE_SECONDS: '2' });
    server.child.kill('SIGTERM');
    let ready = await fetch(`${server.url}/readyz`);
    while (ready.status === 200) ready = await fetch(`${server.url}/readyz`);
    expect(((await ready.json()) as { status: string }).status).to.equal('draining');
    expect((await apply(server.url, seeded.officer, 'during-notice')).status).to.equal(201);
    expect(await server.ended).to.equal(0);
  });

  it('A second signal ends it at once, with 143.', async () => {
    const server = await startServer(await seeded.copy(), { PITON_FAILPOINT: 'slow-commit:600000', PITON_DRAIN_SECONDS: '600' });
    const lost = apply(server.url, seeded.officer, 'lost').then(() => 'answered', () => 'cut');
    await pause(500);
    server.child.kill('SIGTERM');
    await pause(300);
    expect(server.child.exitCode).to.equal(null);
    // Another one, because the same again within a second is one asking that came twice (tests/server/ending.test.ts).
    server.child.kill('SIGINT');
    expect(await server.ended).to.equal(143);
    expect(await lost).to.equal('cut');
  });

  it('What does not end within the bound is cut off, with 1.', async () => {
    const server = await startServer(await seeded.copy(), { PITON_FAILPOINT: 'slow-commit:600000', PITON_DRAIN_SECONDS: '1' });
    const lost = apply(server.url, seeded.officer, 'lost').then(() => 'answered', () => 'cut');
    await pause(500);
    expect(await server.stop()).to.equal(1);
    expect(await lost).to.equal('cut');
  });
});
