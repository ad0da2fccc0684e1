/** The figures of an event store while it works: what waits, what was made durable and how long that took. */
import { Distribution, RECORDS, SECONDS } from '../ports/distribution.ts';
import type { StoreFigures } from '../ports/event-store.ts';

export class Figures implements StoreFigures {
  waiting = 0;
  underWaySince: number | undefined;
  records = 0;
  bytes = 0;
  readonly batch = new Distribution(RECORDS);
  readonly durable = new Distribution(SECONDS);

  /** A commit is being made durable, or follows one that is. */
  began(): void {
    this.underWaySince ??= performance.now();
  }

  /** It is durable: with so many records and bytes, after so many milliseconds on the way to the disk. */
  committed(records: number, bytes: number, ms: number): void {
    this.records += records;
    this.bytes += bytes;
    this.batch.observe(records);
    this.durable.observe(ms / 1_000);
  }

  /** It ended, well or not; `isFollowed`: another one has begun. */
  ended(isFollowed: boolean): void {
    this.underWaySince = isFollowed ? performance.now() : undefined;
  }
}
