/** Virtual time for BullMQ: its clock is Date.now and its timers lie in Redis, so a test stands on the one and wakes the other. */
import { Redis } from 'ioredis';
import type { Clock } from '../../server/ports/clock.ts';

/** BullMQ keeps the due time of a delayed job in the upper bits of its score. */
const SCORES_PER_MS = 0x1000;
const POLL_MS = 8;
/** Polls in a row that must show the same before a queue counts as settled. */
const QUIET_POLLS = 6;

export class RedisTime {
  readonly clock: Clock = { now: () => new Date(this.#ms).toISOString() };
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #realNow = Date.now;
  #ms = Date.parse('2026-01-05T09:00:00.000Z');

  /** Stops Date.now until {@link end}. */
  constructor(url: string, prefix: string) {
    this.#redis = new Redis(url);
    this.#prefix = prefix;
    Date.now = () => this.#ms;
  }

  end(): void {
    Date.now = this.#realNow;
    this.#redis.disconnect();
  }

  /** Moves on, stopping at every delayed job on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#ms + ms;
    await this.settle();
    for (let next = await this.#nextDue(); next <= end; next = await this.#nextDue()) {
      this.#ms = Math.max(this.#ms, next);
      await this.#wake();
      await this.settle();
    }
    this.#ms = end;
    await this.settle();
  }

  /** Waits until every queue has shown the same numbers for a while. */
  async settle(): Promise<void> {
    let before = '';
    for (let quiet = 0; quiet < QUIET_POLLS; ) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const now = JSON.stringify(await Promise.all((await this.#queues()).map((queue) => this.#counts(queue))));
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
  }

  async #queues(): Promise<string[]> {
    const suffix = ':meta';
    return (await this.#redis.keys(`${this.#prefix}:*${suffix}`)).sort().map((key) => key.slice(0, -suffix.length));
  }

  #counts(queue: string): Promise<unknown> {
    return Promise.all([this.#redis.llen(`${queue}:wait`), this.#redis.zcard(`${queue}:prioritized`), this.#redis.llen(`${queue}:active`), this.#redis.zcard(`${queue}:delayed`)]);
  }

  async #nextDue(): Promise<number> {
    const firsts = await Promise.all((await this.#queues()).map((queue) => this.#redis.zrange(`${queue}:delayed`, '0', '0', 'WITHSCORES')));
    return Math.min(Infinity, ...firsts.flatMap(([, score]) => (score === undefined ? [] : [Math.floor(Number(score) / SCORES_PER_MS)])));
  }

  // A worker sleeps in Redis until the time it knew of; a marker in its queue wakes it.
  async #wake(): Promise<void> {
    for (const queue of await this.#queues()) await this.#redis.zadd(`${queue}:marker`, '0', '0');
  }
}
