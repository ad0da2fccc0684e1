// DMN 1.5 as its Technology Compatibility Kit tests it: what passes must pass, what does not is listed with its reason.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { expect } from 'chai';
import { builtins } from '../../../engine/feel/builtins.ts';
import { hasKit, KIT, LEVELS, runKit } from './tck-kit.ts';
import type { CaseResult } from './tck-kit.ts';

interface Miss {
  readonly case: string;
  readonly reason: string;
}

const listed = JSON.parse(readFileSync(join(import.meta.dirname, 'tck-misses.json'), 'utf8')) as Miss[];

describe('DMN 1.5: the Technology Compatibility Kit', function () {
  this.timeout(60_000);
  let results: CaseResult[] = [];

  before(function () {
    if (!hasKit()) {
      if (process.env.PITON_REQUIRE === 'all') throw new Error(`Expected the kit in ${KIT}, but it is absent`);
      this.skip();
    }
    results = runKit();
  });

  const at = (level: string): CaseResult[] => results.filter((result) => result.level === level);
  const passed = (list: readonly CaseResult[]): number => list.filter((result) => result.passed).length;

  it('passes every case of compliance level 2', () => {
    expect(passed(at('compliance-level-2'))).to.equal(116);
  });

  it('passes at least 99 % of the cases of compliance level 3', () => {
    const cases = at('compliance-level-3');
    expect(cases).to.have.length(3275);
    expect(passed(cases) / cases.length).to.be.at.least(0.99);
  });

  it('passes at least 99 % of the cases that expect a value other than null', () => {
    const cases = results.filter((result) => result.expectsValue);
    expect(passed(cases) / cases.length).to.be.at.least(0.99);
  });

  it('is known to no line of the engine: no name of its folders, files, models and cases, and no value it expects', () => {
    const traces = new Set<string>();
    for (const path of readdirSync(KIT, { recursive: true, encoding: 'utf8' })) {
      const [level, folder = ''] = path.split(sep);
      if (!(LEVELS as readonly string[]).includes(level ?? '') || !/\.(dmn|xml)$/.test(path)) continue;
      const text = readFileSync(join(KIT, path), 'utf8');
      for (const trace of [folder, basename(path), ...[...text.matchAll(/<(?:\w+:)?(?:testCase|definitions)\b[^>]*?\s(?:id|name|namespace)="([^"]+)"/g)].map(([, name = '']) => name)]) traces.add(trace);
      for (const [, expected = ''] of text.matchAll(/<(?:\w+:)?expected>([^]*?)<\/(?:\w+:)?expected>/g)) {
        for (const [, value = ''] of expected.matchAll(/<(?:\w+:)?value[^>]*>([^<]+)</g)) traces.add(value.trim());
      }
    }
    // Shorter ones are numbers, words and dates that mean nothing by themselves; some models are called like the standard's functions.
    const telling = [...traces].filter((trace) => trace.length >= 10 && !builtins.has(trace));
    expect(telling.length).to.be.greaterThan(1_000);
    const engine = join(import.meta.dirname, '../../../engine');
    const source = readdirSync(engine, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')).map((path) => readFileSync(join(engine, path), 'utf8')).join('\n');
    expect(telling.filter((trace) => source.includes(trace))).to.deep.equal([]);
  });

  it('misses exactly the cases that are listed with their reason', () => {
    const missed = results.filter((result) => !result.passed).map((result) => `${result.level}/${result.folder} ${result.id}`);
    expect(missed).to.deep.equal(listed.map((miss) => miss.case));
    for (const miss of listed) expect(miss.reason, miss.case).to.match(/\w{3}/);
  });
});
