/** What the HTTP application has answered, as plain counters that are read when somebody asks. */
import { Distribution, SECONDS } from '../ports/distribution.ts';

export class HttpFigures {
  /** Requests that are not answered yet. */
  atWork = 0;
  /** Changing requests among them. */
  changing = 0;
  /** Changing requests that were refused because too many were at work. */
  refused = 0;
  readonly seconds = new Distribution(SECONDS);
  /** By the first digit of the status code: `answered[2]` counts 2xx. */
  readonly answered = [0, 0, 0, 0, 0, 0];

  /** When a failure that lasts was last written to the log, by its code. */
  readonly told = new Map<string, number>();

  ended(status: number, ms: number): void {
    this.atWork -= 1;
    const of = Math.min(5, Math.trunc(status / 100));
    this.answered[of]! += 1;
    this.seconds.observe(ms / 1_000);
  }
}
