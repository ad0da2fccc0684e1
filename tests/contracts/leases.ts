/** The contract of ports/leases.ts: every adapter runs this suite. */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lease, Leases } from '../../server/ports/leases.ts';

export interface OpenedLeases {
  readonly leases: Leases;
  readonly remove: () => Promise<void>;
}

export async function until(what: string, condition: () => boolean, withinMs = 8_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Expected ${what} within ${String(withinMs)} ms`);
    await pause(5);
  }
}

export function describeLeases(name: string, open: () => Promise<OpenedLeases>): void {
  describe(`leases: ${name}`, () => {
    let opened: OpenedLeases;
    const standing: Lease[] = [];

    beforeEach(async () => { opened = await open(); });
    afterEach(async () => {
      for (const lease of standing.splice(0)) await lease.stop();
      await opened.remove();
    });

    it('who stands alone gets it, is told once, and holds it until it stops', async () => {
      let gained = 0;
      const lease = opened.leases.stand('dispatch', () => { gained += 1; });
      standing.push(lease);
      await until('the lease to be gained', () => gained === 1);
      expect([lease.held, lease.epoch > 0, await lease.confirm()]).to.deep.equal([true, true, true]);
      await lease.stop();
      expect([lease.held, lease.epoch, await lease.confirm(), gained]).to.deep.equal([false, 0, false, 1]);
    });

    it('work of one name is done one after the other, whatever becomes of it', async () => {
      let inside = 0;
      const seen: number[] = [];
      const work = (fails: boolean) => (): Promise<void> => opened.leases.alone('set-up', async () => {
        inside += 1;
        seen.push(inside);
        await pause(10);
        inside -= 1;
        if (fails) throw new Error('no');
      });
      const outcomes = await Promise.allSettled([work(false)(), work(true)(), work(false)()]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
      expect(seen).to.deep.equal([1, 1, 1]);
    });
  });
}
