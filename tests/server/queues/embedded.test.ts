/** What the embedded queue promises beyond its port: its back-off, its one timer, its cost. */
import { expect } from 'chai';
import fc from 'fast-check';
import { openEmbeddedQueue, wallTimer } from '../../../server/queues/embedded.ts';
import { Heap } from '../../../server/queues/heap.ts';
import { gate } from '../../contracts/job-queue.ts';
import { settle, VirtualTime } from '../../contracts/virtual-time.ts';

const HOUR = 3_600_000;

describe('the embedded queue', () => {
  const later = (time: VirtualTime, ms: number): string => new Date(Date.parse(time.clock.now()) + ms).toISOString();

  it('doubles the pause after every throw, up to a minute, and says so', async () => {
    const time = new VirtualTime();
    const pauses: number[] = [];
    const queue = openEmbeddedQueue({ clock: time.clock, timer: time.timer, onFailure: (_job, _error, pauseMs) => pauses.push(pauseMs) });
    queue.process('timer', 1, () => Promise.reject(new Error('never')));
    await queue.enqueue({ id: '1', type: 'timer', content: {} });
    await settle();
    await time.advance(3 * 60_000);
    expect(pauses).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    await queue.close(0);
  });

  it('lets another delivery of the same id that waits replace the redelivery', async () => {
    const time = new VirtualTime();
    const queue = openEmbeddedQueue({ clock: time.clock, timer: time.timer });
    const own = gate();
    let deliveries = 0;
    queue.process('timer', 1, async () => {
      deliveries += 1;
      if (deliveries > 1) return;
      await own.promise;
      throw new Error('not now');
    });
    await queue.enqueue({ id: '1', type: 'timer', content: {} });
    await settle();
    await queue.enqueue({ id: '1', type: 'timer', content: {} });
    own.open();
    await settle();
    await time.advance(600_000);
    expect(deliveries).to.equal(2);
    await queue.close(0);
  });

  it('asks for no timer longer than 2^31 - 1 ms, and asks again', async () => {
    const time = new VirtualTime();
    const queue = openEmbeddedQueue({ clock: time.clock, timer: time.timer });
    const delivered: string[] = [];
    queue.process('timer', 1, (job) => Promise.resolve(void delivered.push(job.id)));
    await queue.enqueue({ id: 'far', type: 'timer', dueAt: later(time, 2 ** 31 + 5_000), content: {} });
    await settle();
    expect(time.delays).to.deep.equal([2 ** 31 - 1]);
    await time.advance(2 ** 31 + 4_999);
    expect(delivered).to.deep.equal([]);
    await time.advance(1);
    expect(delivered).to.deep.equal(['far']);
    await queue.close(0);
  });

  it('fires within half a minute what became due because the clock was set forward or the machine slept', async () => {
    const time = new VirtualTime();
    const queue = openEmbeddedQueue({ clock: time.clock, timer: wallTimer(time.clock, time.timer), pauseTimer: time.timer });
    const delivered: string[] = [];
    queue.process('timer', 1, ({ id }) => Promise.resolve(void delivered.push(id)));
    for (const [id, ms] of [['evening', 9 * HOUR], ['noon', 3 * HOUR], ['tomorrow', 24 * HOUR]] as const) await queue.enqueue({ id, type: 'timer', dueAt: later(time, ms), content: {} });
    await settle();
    time.jump(10 * HOUR);
    expect(delivered).to.deep.equal([]);
    await time.advance(30_000);
    expect(delivered).to.deep.equal(['noon', 'evening']);
    await queue.close(0);
  });

  it('fires nothing early and nothing twice when the clock is set back, and does not spin meanwhile', async () => {
    const time = new VirtualTime();
    const queue = openEmbeddedQueue({ clock: time.clock, timer: wallTimer(time.clock, time.timer), pauseTimer: time.timer });
    const delivered: string[] = [];
    queue.process('timer', 1, ({ id }) => Promise.resolve(void delivered.push(`${id} ${time.clock.now()}`)));
    await queue.enqueue({ id: 'noon', type: 'timer', dueAt: '2026-01-05T12:00:00.000Z', content: {} });
    await settle();
    await time.advance(2 * HOUR);
    time.jump(-24 * HOUR);
    const looks = time.delays.length;
    await time.advance(24 * HOUR);
    expect(delivered).to.deep.equal([]);
    expect(time.delays.length - looks).to.be.at.most((24 * HOUR) / 30_000 + 1);
    await time.advance(2 * HOUR);
    expect(delivered).to.deep.equal(['noon 2026-01-05T12:00:00.000Z']);
    await queue.close(0);
  });

  it('counts the pause after a failure by the timer: a clock that is set back does not draw it out, one set forward does not cut it short', async () => {
    for (const jump of [-24 * HOUR, 24 * HOUR]) {
      const time = new VirtualTime();
      const queue = openEmbeddedQueue({ clock: time.clock, timer: wallTimer(time.clock, time.timer), pauseTimer: time.timer });
      let deliveries = 0;
      queue.process('timer', 1, () => { deliveries += 1; return deliveries === 1 ? Promise.reject(new Error('not now')) : Promise.resolve(); });
      await queue.enqueue({ id: '1', type: 'timer', content: {} });
      await settle();
      time.jump(jump);
      await time.advance(999);
      expect(deliveries).to.equal(1);
      expect(await queue.depth()).to.deep.equal([{ type: 'timer', due: 0, delayed: 1, atWork: 0 }]);
      await time.advance(1);
      expect(deliveries).to.equal(2);
      await queue.close(0);
    }
  });

  it('a jump that makes 20,000 timers due is no storm: due order, never more at once than the handler takes, and others get their turn', async () => {
    const time = new VirtualTime();
    const queue = openEmbeddedQueue({ clock: time.clock, timer: wallTimer(time.clock, time.timer), pauseTimer: time.timer });
    const order: number[] = [];
    let [atWork, most, turns] = [0, 0, 0];
    queue.process('timer', 64, async ({ id }) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(Number(id));
      atWork -= 1;
    });
    for (let n = 0; n < 20_000; n += 1) await queue.enqueue({ id: String(n), type: 'timer', dueAt: later(time, HOUR + ((n * 7_919) % 20_000)), content: {} });
    await settle();
    time.jump(365 * 24 * HOUR);
    await time.advance(30_000);
    while (order.length < 20_000) {
      turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(most).to.equal(64);
    expect(turns).to.be.greaterThan(100);
    const due = order.map((n) => (n * 7_919) % 20_000);
    expect(due).to.deep.equal([...due].sort((a, b) => a - b));
    await queue.close(0);
  });

  it('holds 100,000 delayed jobs with one timer, and delivers them in due order', async function () {
    this.timeout(60_000);
    const time = new VirtualTime();
    const queue = openEmbeddedQueue({ clock: time.clock, timer: time.timer });
    const due = (n: number): number => 1 + ((n * 7_919) % 1_000);
    for (let n = 0; n < 100_000; n++) void queue.enqueue({ id: String(n), type: 'timer', dueAt: later(time, due(n)), content: {} });
    await settle();
    expect(time.delays).to.deep.equal([1]);
    const delivered: number[] = [];
    queue.process('timer', 1_000, ({ id }) => Promise.resolve(void delivered.push(due(Number(id)))));
    await time.advance(1);
    await time.advance(200_000);
    while (delivered.length < 100_000) await settle(1);
    expect(delivered.every((moment, index) => index === 0 || moment >= (delivered[index - 1] ?? 0))).to.equal(true);
    await queue.close(0);
  });

  it('waits for jobs at work no longer than the grace it was given', async () => {
    const time = new VirtualTime();
    const queue = openEmbeddedQueue({ clock: time.clock, timer: time.timer });
    queue.process('timer', 1, () => new Promise(() => undefined));
    await queue.enqueue({ id: '1', type: 'timer', content: {} });
    await settle();
    let closed = false;
    const closing = queue.close(5_000).then(() => (closed = true));
    await time.advance(4_999);
    expect(closed).to.equal(false);
    await time.advance(1);
    await closing;
  });
});

describe('the heap', () => {
  it('gives back what was put in, in its order', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 }))), (moves) => {
        const heap = new Heap<number>((a, b) => a < b);
        const model: number[] = [];
        for (const move of moves) {
          if (move === null) expect(heap.pop()).to.equal(model.shift());
          else {
            heap.push(move);
            model.push(move);
            model.sort((a, b) => a - b);
          }
          expect([heap.size, heap.peek()]).to.deep.equal([model.length, model[0]]);
        }
      }),
    );
  });
});
