/** Dispatch on many nodes: what nobody took up is taken up by who holds the lease, and deliveries wait for the log. */
import { expect } from 'chai';
import type { Lease, Leases } from '../../../server/ports/leases.ts';
import type { QueuedJob } from '../../../server/ports/job-queue.ts';
import { CaseStopped } from '../../../server/runtime/commands.ts';
import type { OutstandingRow } from '../../../server/runtime/outstanding.ts';
import { behindTheLog, OutstandingWatch } from '../../../server/runtime/shared-dispatch.ts';

const NOW = '2026-01-05T09:00:00.000Z';
const row = (key: string, change: Partial<OutstandingRow> = {}): OutstandingRow => ({ key, kind: 'job', stream: 's', dueAt: '', id: 1, offer: 1, jobType: 'x', source: '', ...change });

/** A lease that the test gives and takes. */
class TestLease implements Lease, Leases {
  held = false;
  gained: (() => void) | undefined;
  get epoch(): number { return this.held ? 1 : 0; }
  confirm(): Promise<boolean> { return Promise.resolve(this.held); }
  stop(): Promise<void> { this.held = false; return Promise.resolve(); }
  stand(_name: string, gained?: () => void): Lease { this.gained = gained; return this; }
  alone<T>(_name: string, work: () => Promise<T>): Promise<T> { return work(); }
  give(): void {
    this.held = true;
    this.gained?.();
  }
}

describe('Dispatch on many nodes', () => {
  const lease = new TestLease();
  let calls = 0;
  let rowsAt: (look: number) => OutstandingRow[] = () => [];
  let again: string[] = [];
  let taken = 0;
  let failures: unknown[] = [];
  let watch: OutstandingWatch;
  /** Until the watch has looked so often, and gone through what it found. */
  const looks = async (count: number): Promise<void> => {
    for (const end = calls + count + 1; calls < end;) await new Promise((resolve) => { setTimeout(resolve, 2); });
  };

  beforeEach(() => {
    [calls, rowsAt, again, taken, failures] = [0, () => [], [], 0, []];
    lease.held = false;
    watch = new OutstandingWatch({
      leases: lease, clock: { now: () => NOW }, everyMs: 10, onFailure: (error) => { failures.push(error); },
      outstanding: { due: () => Promise.resolve(rowsAt(calls += 1)) },
      dispatch: { again: ({ key }) => { again.push(key); return key.startsWith('stopped') ? Promise.reject(new CaseStopped('no')) : key.startsWith('broken') ? Promise.reject(new Error('no queue')) : Promise.resolve(); } },
      takeUp: () => { taken += 1; return Promise.resolve(); },
    });
  });
  afterEach(() => watch.stop());

  it('Without the lease nothing is looked at; who gets it enqueues everything once.', async () => {
    rowsAt = () => [row('a')];
    await new Promise((resolve) => { setTimeout(resolve, 60); });
    expect([calls, taken, again]).to.deep.equal([0, 0, []]);
    lease.give();
    await looks(1);
    expect(taken).to.equal(1);
  });

  it('What is outstanding at two looks in a row is taken up, then more and more seldom; what is gone or was offered anew is not.', async () => {
    lease.give();
    const at: number[] = [];
    rowsAt = (look) => {
      if (again.length > at.length) at.push(look - 1);
      return [row('stays')];
    };
    await looks(18);
    expect(at.slice(0, 4)).to.deep.equal([2, 3, 5, 9]);
    again = [];
    rowsAt = (look) => [row('moves', { offer: look }), ...(look % 2 === 0 ? [row('comes and goes')] : [])];
    await looks(10);
    expect(again).to.deep.equal([]);
    rowsAt = () => [row('stopped')];
    await looks(4);
    expect([again.length > 0, failures]).to.deep.equal([true, []]);
  });

  it('A row that cannot be taken up is told, and does not stop the others.', async () => {
    lease.give();
    rowsAt = () => [row('broken'), row('good')];
    await looks(4);
    expect(again).to.include.members(['broken', 'good']);
    expect(String(failures[0])).to.equal('Error: no queue');
  });

  it('A delivery waits until the tables include what was known when it was enqueued; if they do not, it is delivered again.', async () => {
    const enqueued: QueuedJob[] = [];
    const handlers: ((job: QueuedJob) => Promise<void>)[] = [];
    const asked: number[] = [];
    let settled = true;
    const queue = behindTheLog({
      enqueue: (job) => { enqueued.push(job); return Promise.resolve(); }, process: (_type, _concurrency, work) => { handlers.push(work); }, depth: () => Promise.resolve([]), close: () => Promise.resolve(),
    }, () => 42, (position) => { asked.push(position); return Promise.resolve(settled); });
    const done: string[] = [];
    queue.process('job-x', 1, (job) => { done.push(job.id); return Promise.resolve(); });
    await queue.enqueue({ id: 'a', type: 'job-x', content: { jobKey: 's/1' } });
    expect(enqueued[0]?.content).to.deep.equal({ jobKey: 's/1', position: 42 });
    await handlers[0]?.(enqueued[0]!);
    expect([asked, done]).to.deep.equal([[42], ['a']]);
    settled = false;
    expect(await handlers[0]?.(enqueued[0]!).then(() => 'done', String)).to.match(/behind/);
    expect(done).to.deep.equal(['a']);
  });
});
