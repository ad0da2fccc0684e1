/** Reads the text format of Prometheus (0.0.4) strictly: a line that is none, a sample without a type or a value twice is an error. */

export interface Scrape {
  readonly text: string;
  /** Every name a query may use: also `_bucket`, `_sum` and `_count` of histograms. */
  readonly names: readonly string[];
  /** The value of a sample; 0 where there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
}

export function parseMetrics(text: string): Scrape {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const [, typed, type] = /^# TYPE (\w+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (typed !== undefined) {
      types.set(typed, type ?? '');
      continue;
    }
    const [, name = '', inside = '', value] = /^([a-zA-Z_]\w*)(?:\{(.*)\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/i.exec(line) ?? [];
    if (value === undefined) throw new Error(`Expected a line of the Prometheus text format, but there is ${line}`);
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    if (!types.has(family)) throw new Error(`Expected a type for ${name}, but there is none`);
    const key = keyOf(name, Object.fromEntries([...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', of = '']) => [label, of])));
    if (samples.has(key)) throw new Error(`Expected ${key} once, but it stands there twice`);
    samples.set(key, Number(value));
    names.add(name);
  }
  return { text, names: [...new Set([...names, ...types.keys()])], value: (name, labels = {}) => samples.get(keyOf(name, labels)) ?? 0 };
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name}{${Object.entries(labels).map(([label, value]) => `${label}=${value}`).sort().join()}}`;
}
