// docs/engine-semantics.md answers by tests: every title it names is the title of one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { repository } from '../architecture/source-tree.ts';

describe('Engine: docs/engine-semantics.md', () => {
  it('Every answer names an existing test in the file it says', () => {
    const page = readFileSync(join(repository, 'docs/engine-semantics.md'), 'utf8');
    const links = [...page.matchAll(/^→ "(.+)" \((.+)\)$/gm)].map(([, title = '', file = '']) => ({ title, file }));
    expect(links.length).to.be.greaterThan(30);
    const missing = links.filter(({ title, file }) => !readFileSync(join(repository, `tests/engine/${file}.test.ts`), 'utf8').includes(`it('${title}'`));
    expect(missing).to.deep.equal([]);
    expect(page.match(/^→/gm)).to.have.length(links.length);
  });

  it('Every folder of the engine that runs cases has its tests', () => {
    const tested = readdirSync(join(repository, 'tests/engine'));
    expect(tested).to.include.members(['elements', 'event-definitions', 'execution', 'correlation', 'definitions', 'world']);
  });
});
