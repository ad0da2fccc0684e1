/** More is asked than a slow disk can follow: what is refused was not done, what is accepted was done once, reading goes on, and it ends by itself. */
import { expect } from 'chai';
import { exchange } from '../../support/letter.ts';
import type { Answered } from '../../support/letter.ts';
import { startServer } from '../../support/server-process.ts';
import { apply, seed, startsIn } from './support.ts';
import type { Seeded } from './support.ts';

describe('A server whose disk is slow', function () {
  this.timeout(120_000);
  let seeded: Seeded;
  before(async () => { seeded = await seed(); });
  after(() => seeded.remove());

  it('Refuses changing requests beyond its bound with 503 and Retry-After, goes on reading, and answers exactly: nothing is lost, nothing is there twice.', async () => {
    const folder = await seeded.copy();
    const { officer } = seeded;
    const server = await startServer(folder, { PITON_FAILPOINT: 'slow-commit:150', PITON_COMMANDS_AT_ONCE: '8' });
    const keys = Array.from({ length: 50 }, (_, n) => `storm-${String(n)}`);
    const storm = Promise.all(keys.map((key) => apply(server.url, officer, key)));
    const looks: number[] = [];
    const storming = { over: false };
    const looking = (async () => {
      while (!storming.over) {
        const answer = await exchange(server.url, officer, { account: '', method: 'GET', path: '/api/v1/tasks?view=mine' });
        looks.push(answer.status);
        expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
      }
    })();
    const first = await storm;
    storming.over = true;
    await looking;
    expect(looks.length).to.be.greaterThan(2);
    expect(new Set(looks)).to.deep.equal(new Set([200]));
    const refused = first.filter(({ status }) => status === 503);
    expect(refused.length, JSON.stringify(first.map(({ status }) => status))).to.be.within(10, 49);
    for (const { body } of refused) expect(body['code']).to.equal('HTTP_OVERLOADED');
    const all = await Promise.all(keys.map((key, n) => untilTaken(() => apply(server.url, officer, key), first[n]!)));
    expect(new Set(all.map(({ body }) => body['id'])).size).to.equal(50);
    first.forEach(({ status, body }, n) => { if (status !== 503) expect(body['id']).to.equal(all[n]!.body['id']); });
    expect(await server.stop()).to.equal(0);
    expect([...await startsIn(folder)].sort()).to.deep.equal(all.map(({ body }) => String(body['id'])).sort());
  });

  it('A sync that failed is told to who waited for it as HTTP_OUTCOME_UNKNOWN; the same request again says how it was, and work goes on without help.', async () => {
    const folder = await seeded.copy();
    const server = await startServer(folder, { PITON_FAILPOINT: 'fail-sync:1' });
    const doubtful = await apply(server.url, seeded.officer, 'in-doubt');
    expect([doubtful.status, doubtful.body['code']]).to.deep.equal([503, 'HTTP_OUTCOME_UNKNOWN']);
    const refused = await apply(server.url, seeded.officer, 'meanwhile');
    expect([refused.status, refused.body['code']]).to.deep.equal([503, 'HTTP_NOT_RECORDED']);
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, ((await ready.json()) as { checks: unknown[] }).checks[0]]).to.deep.equal([503, { name: 'log', ready: false, says: 'STORE_WRITE_FAILED' }]);
    const known = await untilTaken(() => apply(server.url, seeded.officer, 'in-doubt'), doubtful);
    const later = await apply(server.url, seeded.officer, 'meanwhile');
    expect([known.status, later.status]).to.deep.equal([201, 201]);
    expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
    expect(await server.stop()).to.equal(0);
    expect([...await startsIn(folder)].sort()).to.deep.equal([String(known.body['id']), String(later.body['id'])].sort());
  });
});

/** Sends again, as the answer asks for, until it is taken. */
async function untilTaken(ask: () => Promise<Answered>, first: Answered): Promise<Answered> {
  let answer = first;
  for (const end = Date.now() + 60_000; answer.status >= 300 && Date.now() < end;) {
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    answer = await ask();
  }
  return answer;
}
