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
      const samples = await read();
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
      const samples = await read();
      this.reset();
      for (const [labels, value] of samples) this.inc(labels, value);
    },
  });
}

/** A value without labels. */
export function one(value: number): readonly Sample[] {
  return [[{}, value]];
}
