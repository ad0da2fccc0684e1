/** How values are spread, counted in buckets with fixed bounds: cheap enough for every command, read only when somebody asks (a Prometheus histogram). */

export class Distribution {
  /** Upper bounds, ascending, each inclusive; what is above the last is counted too. */
  readonly bounds: readonly number[];
  /** One count per bound and a last one for what is above; not cumulative. */
  readonly counts: Float64Array;
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at += 1;
    counts[at]! += 1;
    this.sum += value;
    this.count += 1;
  }
}

/** Bounds in seconds for what takes from a tenth of a millisecond to ten seconds. */
export const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Bounds for how many records stand in a commit. */
export const RECORDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] as const;
