// The list of traps and workflow patterns, joined with the tests that are there and run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Test } from 'mocha';
import { repository } from '../architecture/source-tree.ts';
import { loadedTests, notRun } from '../support/loaded-tests.ts';
import { PATTERNS, TRAPS } from './traps.ts';
import type { Proven } from './traps.ts';

const folder = join(repository, 'tests/engine');

/** What stands in the files as a test that is run. */
function titlesIn(file: string): readonly string[] {
  return [...readFileSync(join(folder, `${file}.test.ts`), 'utf8').matchAll(/^\s*it\((['`])(.*?)\1, /gm)].map(([, , title = '']) => title);
}

function unproven(list: Readonly<Record<number, Proven>>, test: Test): readonly string[] {
  const loaded = loadedTests(test);
  return Object.entries(list).flatMap(([number, { tests }]) => tests.flatMap(([file, title]) => {
    if (!titlesIn(file).includes(title)) return [`${number}: no test “${title}” in ${file}`];
    const why = notRun(loaded, `tests/engine/${file}.test.ts`, title);
    return why === undefined ? [] : [`${number}: ${why}`];
  }));
}

describe('Engine: traps and workflow patterns', () => {
  it('Each of the 32 traps has a test, and each of these tests is there and runs', function () {
    expect(Object.keys(TRAPS)).to.deep.equal(Array.from({ length: 32 }, (_, index) => String(index + 1)));
    for (const [number, { tests }] of Object.entries(TRAPS)) expect(tests.length, number).to.be.greaterThan(0);
    expect(unproven(TRAPS, this.test as Test)).to.deep.equal([]);
  });

  it('Each of the 20 workflow patterns has a test with its model, and each of these tests is there and runs', function () {
    expect(Object.keys(PATTERNS)).to.deep.equal(Array.from({ length: 20 }, (_, index) => String(index + 1)));
    for (const [number, { tests }] of Object.entries(PATTERNS)) for (const [, title] of tests) expect(title).to.match(new RegExp(`^WCP${number} `));
    expect(unproven(PATTERNS, this.test as Test)).to.deep.equal([]);
  });

  it('A test that names a trap is on the list under its number', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts')).map((file) => file.slice(0, -'.test.ts'.length));
    const missing = files.flatMap((file) => titlesIn(file).flatMap((title) => {
      const numbers = (/\(traps? ([\d, and]+)\)/.exec(title)?.[1] ?? '').match(/\d+/g) ?? [];
      return numbers.filter((number) => TRAPS[Number(number)]?.tests.some(([where, what]) => where === file && what === title) !== true).map((number) => `${number}: ${file} ${title}`);
    }));
    expect(missing).to.deep.equal([]);
  });
});
