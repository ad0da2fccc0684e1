/** A Prometheus histogram whose observations were counted elsewhere: nothing is observed twice, everything is read when it is scraped. */
import { Histogram } from 'prom-client';
import type { MetricObjectWithValues, MetricValueWithName, Registry } from 'prom-client';
import type { Distribution } from '../ports/distribution.ts';

type Values = MetricObjectWithValues<MetricValueWithName<string>>;

/** Registers `name` in `registry`; `read` answers what was counted so far, and is first asked when somebody scrapes. */
export function readHistogram(registry: Registry, name: string, help: string, read: () => Distribution): void {
  new ReadHistogram(registry, name, help, read);
}

class ReadHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => Distribution;

  constructor(registry: Registry, name: string, help: string, read: () => Distribution) {
    super({ name, help, registers: [registry] });
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  override get(): Promise<Values> {
    const { bounds, counts, sum, count } = this.#read();
    let below = 0;
    const buckets = bounds.map((le, at) => {
      below += counts[at] ?? 0;
      return { metricName: `${this.#name}_bucket`, labels: { le }, value: below };
    });
    const ends = [
      { metricName: `${this.#name}_bucket`, labels: { le: '+Inf' }, value: count },
      { metricName: `${this.#name}_sum`, labels: {}, value: sum }, { metricName: `${this.#name}_count`, labels: {}, value: count },
    ];
    // The types of the library name its kinds by numbers, the library itself by words.
    return Promise.resolve({ name: this.#name, help: this.#help, type: 'histogram', aggregator: 'sum', values: [...buckets, ...ends] } as unknown as Values);
  }

  /** What the registry asks instead of `get` to write its text. */
  getForPromString(): Promise<Values> {
    return this.get();
  }
}
