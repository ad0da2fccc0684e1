// The page of what is executed says what the tests say: every row has its test, or says what to use instead.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROWS } from '../../bin/bpmn-support-rows.mjs';
import { findTest, renderSupport } from '../../bin/bpmn-support.mjs';
import { repository } from './source-tree.ts';

describe('Architecture: docs/bpmn-support.md', () => {
  const rows = Object.values(ROWS).flat();

  it('Every row that names a test names one that exists.', () => {
    const missing = rows.filter(({ test }) => test !== undefined && findTest(test[0], test[1]) === undefined);
    expect(missing.map(({ construct, position, test }) => `${construct} ${position}: ${String(test)}`)).to.deep.equal([]);
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
