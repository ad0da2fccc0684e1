/** The queue adapters against their contract. */
import { openEmbeddedQueue } from '../../server/queues/embedded.ts';
import { describeJobQueue } from './job-queue.ts';
import { settle, VirtualTime } from './virtual-time.ts';

describeJobQueue('embedded', async () => {
  const time = new VirtualTime();
  const queue = openEmbeddedQueue({ clock: time.clock, timer: time.timer });
  await settle();
  return {
    queue,
    now: () => time.clock.now(),
    advance: async (ms) => {
      await settle();
      await time.advance(ms);
    },
    settle,
  };
});
