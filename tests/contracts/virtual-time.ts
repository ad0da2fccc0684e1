/** A clock and timers that stand still until a test moves them. */
import type { Clock } from '../../server/ports/clock.ts';
import type { Timer } from '../../server/queues/embedded.ts';

interface Alarm {
  readonly at: number;
  readonly run: () => void;
}

export class VirtualTime {
  #ms = Date.parse('2026-01-05T09:00:00.000Z');
  /** How far the wall clock is from the steady one that timers go by. */
  #set = 0;
  readonly #alarms = new Set<Alarm>();
  readonly clock: Clock = { now: () => new Date(this.#ms + this.#set).toISOString() };
  /** Delays that were asked for, in order. */
  readonly delays: number[] = [];

  readonly timer: Timer = (delayMs, run) => {
    this.delays.push(delayMs);
    const alarm = { at: this.#ms + delayMs, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  };

  /** Somebody sets the wall clock: timers do not notice. */
  jump(ms: number): void {
    this.#set += ms;
  }

  /** Moves on, stopping at every alarm on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#ms + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#ms = Math.max(this.#ms, next.at);
      this.#alarms.delete(next);
      next.run();
      await settle();
    }
    this.#ms = end;
    await settle();
  }

  #next(end: number): Alarm | undefined {
    return [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets everything run that needs no time to pass. */
export async function settle(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
