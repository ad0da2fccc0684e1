// The page of what is executed says what the tests say: every row has its test, or says what to use instead.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Test } from 'mocha';
import { ROWS } from '../../bin/bpmn-support-rows.mjs';
import { findTest, renderSupport } from '../../bin/bpmn-support.mjs';
import { loadedTests, notRun } from '../support/loaded-tests.ts';
import { repository } from './source-tree.ts';

describe('Architecture: docs/bpmn-support.md', () => {
  const rows = Object.values(ROWS).flat();

  it('Every row that names a test names one that exists.', () => {
    const missing = rows.filter(({ test }) => test !== undefined && findTest(test[0], test[1]) === undefined);
    expect(missing.map(({ construct, position, test }) => `${construct} ${position}: ${String(test)}`)).to.deep.equal([]);
  });

  it('Each row has a test of its own: none stands for two, and none for a whole file.', () => {
    const tests = rows.flatMap(({ test }) => (test === undefined ? [] : [`${test[0]}: ${findTest(test[0], test[1]) ?? ''}`]));
    expect(tests.filter((test, index) => tests.indexOf(test) !== index)).to.deep.equal([]);
    expect(rows.filter(({ test }) => test?.[1] === '')).to.deep.equal([]);
  });

  it('The test of each row runs: it is not skipped where its file is loaded.', function () {
    const loaded = loadedTests(this.test as Test);
    expect(rows.flatMap(({ test }) => (test === undefined ? [] : [notRun(loaded, `tests/engine/${test[0]}.test.ts`, findTest(test[0], test[1]) ?? test[1])])).filter((why) => why !== undefined)).to.deep.equal([]);
  });

  it('Every row without a test says what to use instead, and no row stands twice.', () => {
    expect(rows.filter(({ test, note }) => test === undefined && note === undefined)).to.deep.equal([]);
    const names = Object.entries(ROWS).flatMap(([section, list]) => list.map(({ construct, position }) => `${section} ${construct} ${position}`));
    expect(names.length).to.equal(new Set(names).size);
  });

  it('A row whose test is gone becomes no.', () => {
    const page = renderSupport({ Events: [{ construct: 'none', position: 'start', test: ['x', 'y'] }] }, () => undefined);
    expect(page).to.contain('| none | start | no |').and.contain('0 of 1 rows');
    const decided = renderSupport({ Events: [{ construct: 'conditional', position: 'start', note: 'a message', decided: true }] }, () => undefined);
    expect(decided).to.contain('| conditional | start | refused by decision | a message |').and.contain('1 are refused by decision');
  });

  it('The page is current.', () => {
    expect(readFileSync(join(repository, 'docs/bpmn-support.md'), 'utf8') === renderSupport(), 'Run: node bin/bpmn-support.mjs').to.equal(true);
  });
});
