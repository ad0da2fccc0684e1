/** Gauges and counters of Prometheus that are read when they are scraped: the value is whatever the source says then. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** One value with its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** What a metric reads; a promise where it must ask first. */
export type Read = () => readonly Sample[] | Promise<readonly Sample[]>;

/** A value that rises and falls. */
export function readGauge(registry: Registry, name: string, help: string, labelNames: readonly string[], read: Read): void {
  new Gauge({
    name, help, labelNames: [...labelNames], registers: [registry],
    async collect() {
      const samples = await safely(registry, read);
      this.reset();
      for (const [labels, value] of samples) this.set(labels, value);
    },
  });
}

/** A value that only rises, from 0 at the start of the process. */
export function readCounter(registry: Registry, name: string, help: string, labelNames: readonly string[], read: Read): void {
  new Counter({
    name, help, labelNames: [...labelNames], registers: [registry],
    async collect() {
      const samples = await safely(registry, read);
      this.reset();
      for (const [labels, value] of samples) this.inc(labels, value);
    },
  });
}

const failures = new WeakMap<Registry, number>();

/** How often a value could not be read: its metric has no samples in that scrape, the others have theirs. */
export function readFailures(registry: Registry): number {
  return failures.get(registry) ?? 0;
}

async function safely(registry: Registry, read: Read): Promise<readonly Sample[]> {
  try {
    return await read();
  } catch {
    failures.set(registry, readFailures(registry) + 1);
    return [];
  }
}

/** A value without labels. */
export function one(value: number): readonly Sample[] {
  return [[{}, value]];
}
