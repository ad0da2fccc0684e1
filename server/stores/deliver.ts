/** Delivery of commits to the subscribers of this process. */
import type { Commit } from '../ports/event-store.ts';

/** Every listener gets the commit; one that throws is a bug and surfaces as an uncaught exception without robbing the others. */
export function deliver(listeners: Iterable<(commit: Commit) => void>, commit: Commit): void {
  for (const listener of listeners) {
    try {
      listener(commit);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
