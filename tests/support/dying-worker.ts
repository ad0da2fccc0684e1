/** A worker process for tests that takes one job, says so, and never finishes it. Arguments: url, prefix, type, lockMs. */
import { openBullQueue } from '../../server/queues/bullmq.ts';

const [url = '', prefix = '', type = '', lockMs = ''] = process.argv.slice(2);
const queue = openBullQueue({ url, prefix, clock: { now: () => new Date().toISOString() }, lockMs: Number(lockMs) });
queue.process(type, 1, (job) => {
  process.stdout.write(`${job.id}\n`);
  return new Promise(() => undefined);
});
