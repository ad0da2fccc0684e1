/** The contract of ports/job-queue.ts: every adapter runs this suite. */
import { expect } from 'chai';
import type { JobQueue, QueuedJob } from '../../server/ports/job-queue.ts';
import { failure } from './event-store.ts';

/** `advance` moves the adapter's time; `settle` waits until everything deliverable now has been delivered. */
export interface OpenedQueue {
  readonly queue: JobQueue;
  readonly now: () => string;
  readonly advance: (ms: number) => Promise<void>;
  readonly settle: () => Promise<void>;
}

/** A promise that the test settles. */
export function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open: () => open() };
}

export function describeJobQueue(name: string, open: () => Promise<OpenedQueue>): void {
  describe(`job queue: ${name}`, () => {
    let opened: OpenedQueue;
    let delivered: string[];

    const record = (job: QueuedJob): Promise<void> => {
      delivered.push(job.id);
      return Promise.resolve();
    };
    const job = (id: string, change: Partial<QueuedJob> = {}): QueuedJob => ({ id, type: 'timer', content: { id }, ...change });
    const later = (ms: number): string => new Date(Date.parse(opened.now()) + ms).toISOString();

    beforeEach(async () => {
      opened = await open();
      delivered = [];
    });
    afterEach(() => opened.queue.close(0));

    it('delivers a job with its content to the handler of its type', async () => {
      const seen: QueuedJob[] = [];
      opened.queue.process('mail', 1, (found) => Promise.resolve(void seen.push(found)));
      opened.queue.process('timer', 1, record);
      await opened.queue.enqueue({ id: 'm/1', type: 'mail', content: { to: 'anna', nested: { n: 1 } } });
      await opened.queue.enqueue(job('t/1'));
      await opened.settle();
      expect(seen).to.deep.equal([{ id: 'm/1', type: 'mail', content: { to: 'anna', nested: { n: 1 } } }]);
      expect(delivered).to.deep.equal(['t/1']);
    });

    it('keeps jobs until there is a handler', async () => {
      await opened.queue.enqueue(job('1'));
      await opened.settle();
      opened.queue.process('timer', 1, record);
      await opened.settle();
      expect(delivered).to.deep.equal(['1']);
    });

    it('delivers no job before it is due, and those that became due in due order', async () => {
      opened.queue.process('timer', 1, record);
      for (const [id, ms] of [['c', 3_000], ['a', 1_000], ['b', 2_000], ['d', 86_400_000 * 40]] as const) await opened.queue.enqueue(job(id, { dueAt: later(ms) }));
      await opened.advance(999);
      expect(delivered).to.deep.equal([]);
      await opened.advance(1);
      expect(delivered).to.deep.equal(['a']);
      await opened.advance(10_000);
      expect(delivered).to.deep.equal(['a', 'b', 'c']);
      await opened.advance(86_400_000 * 40);
      expect(delivered).to.deep.equal(['a', 'b', 'c', 'd']);
    });

    it('delivers higher priority first among what is due', async () => {
      await Promise.all([job('low', { priority: 0 }), job('high', { priority: 100 }), job('usual')].map((each) => opened.queue.enqueue(each)));
      opened.queue.process('timer', 1, record);
      await opened.settle();
      expect(delivered).to.deep.equal(['high', 'usual', 'low']);
    });

    it('delivers an id once while it waits, and again after it was delivered', async () => {
      await opened.queue.enqueue(job('1'));
      await opened.queue.enqueue(job('1'));
      await opened.queue.enqueue(job('2', { dueAt: later(1_000) }));
      await opened.queue.enqueue(job('2', { dueAt: later(5_000) }));
      opened.queue.process('timer', 1, record);
      await opened.advance(10_000);
      expect(delivered).to.deep.equal(['1', '2']);
      await opened.queue.enqueue(job('1'));
      await opened.settle();
      expect(delivered).to.deep.equal(['1', '2', '1']);
    });

    it('lets no more than `concurrency` jobs of a type be at work', async () => {
      const gates = new Map<string, ReturnType<typeof gate>>();
      opened.queue.process('timer', 2, async ({ id }) => {
        const own = gate();
        gates.set(id, own);
        await own.promise;
      });
      for (const id of ['1', '2', '3']) await opened.queue.enqueue(job(id));
      await opened.settle();
      expect([...gates.keys()]).to.deep.equal(['1', '2']);
      gates.get('2')?.open();
      await opened.settle();
      expect([...gates.keys()]).to.deep.equal(['1', '2', '3']);
      for (const each of gates.values()) each.open();
    });

    it('delivers again after a pause when the handler throws', async () => {
      let failures = 3;
      opened.queue.process('timer', 1, async (found) => {
        await record(found);
        if (failures-- > 0) throw new Error('not now');
      });
      await opened.queue.enqueue(job('1'));
      await opened.settle();
      expect(delivered).to.have.length(1);
      await opened.advance(600_000);
      expect(delivered).to.deep.equal(['1', '1', '1', '1']);
    });

    it('waits for the jobs at work when it closes, and takes no more', async () => {
      const own = gate();
      let done = false;
      opened.queue.process('timer', 1, async () => {
        await own.promise;
        done = true;
      });
      await opened.queue.enqueue(job('1'));
      await opened.queue.enqueue(job('2'));
      await opened.settle();
      const closed = opened.queue.close();
      expect(await failure(opened.queue.enqueue(job('3')))).to.include({ code: 'QUEUE_CLOSED' });
      own.open();
      await closed;
      expect(done).to.equal(true);
    });

    it('says how much of each type there is: due, delayed, at work', async () => {
      const own = gate();
      opened.queue.process('timer', 1, () => own.promise);
      for (const id of ['1', '2', '3']) await opened.queue.enqueue(job(id));
      await opened.queue.enqueue(job('4', { dueAt: later(60_000) }));
      await opened.settle();
      expect(await opened.queue.depth()).to.deep.equal([{ type: 'timer', due: 2, delayed: 1, atWork: 1 }]);
      own.open();
      await opened.settle();
      expect(await opened.queue.depth()).to.deep.equal([{ type: 'timer', due: 0, delayed: 1, atWork: 0 }]);
    });

    it('refuses an id with a colon, a due time that is none, and a second handler for a type', async () => {
      opened.queue.process('timer', 1, record);
      expect(await failure(opened.queue.enqueue(job('a:b')))).to.include({ code: 'QUEUE_JOB_INVALID' });
      expect(await failure(opened.queue.enqueue(job('a', { dueAt: 'soon' })))).to.include({ code: 'QUEUE_JOB_INVALID' });
      expect(() => opened.queue.process('timer', 1, record)).to.throw().with.property('code', 'QUEUE_TYPE_TAKEN');
    });
  });
}
