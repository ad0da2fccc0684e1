/** The leases of a node that is alone: it holds all of them from the beginning. */
import type { Leases } from '../../ports/leases.ts';

export function createSoleLeases(): Leases {
  const turns = new Map<string, Promise<unknown>>();
  return {
    stand(_name, gained) {
      let held = true;
      if (gained !== undefined) queueMicrotask(gained);
      return {
        get held() { return held; },
        get epoch() { return held ? 1 : 0; },
        confirm: () => Promise.resolve(held),
        stop: () => {
          held = false;
          return Promise.resolve();
        },
      };
    },
    alone(name, work) {
      const mine = (turns.get(name) ?? Promise.resolve()).then(work, work);
      const ended = mine.then(() => undefined, () => undefined).finally(() => { if (turns.get(name) === ended) turns.delete(name); });
      turns.set(name, ended);
      return mine;
    },
  };
}
