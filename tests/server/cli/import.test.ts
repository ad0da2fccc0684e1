// `piton import`: what it writes, what it says, and how it ends.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { call, Folder } from './called.ts';

const models = fileURLToPath(new URL('../../engine/bpmn/import/models/', import.meta.url));
const golden = (name: string): string => readFileSync(join(models, name), 'utf8');

describe('Command line: import', () => {
  const folder = new Folder();
  after(() => folder.remove());

  it('The model and its forms are written, the original stays, and what is not supported ends with 1', async () => {
    const original = golden('camunda-forms.bpmn');
    const file = folder.write('forms.bpmn', original);
    const to = join(folder.path, 'out', 'deep');
    const { code, out } = await call('import', file, '--to', to);
    expect(code).to.equal(1);
    expect(readFileSync(join(to, 'forms.bpmn'), 'utf8')).to.equal(golden('camunda-forms.imported.bpmn'));
    expect(readFileSync(join(to, 'Fill-form.form'), 'utf8')).to.equal(golden('Fill-form.form'));
    expect(readFileSync(file, 'utf8')).to.equal(original);
    const text = out.join('\n');
    expect(text).to.contain('Not supported:\n').and.contain(`${file}:4 Start\n`).and.contain('Converted: 1, To be looked at: 4, Not supported: 1').and.contain('cannot be deployed yet');
    expect(text.indexOf('Not supported:\n')).to.be.lessThan(text.indexOf('To be looked at:\n'));
  });

  it('What can be converted is 0, and the result deploys', async () => {
    const file = folder.write('operaton.bpmn', golden('operaton.bpmn'));
    const { code, out } = await call('import', file);
    expect(code).to.equal(0);
    expect(out.slice(-2)).to.deep.equal(['Converted: 1, To be looked at: 0, Not supported: 0', 'The model can be deployed.']);
    const written = join(folder.path, 'imported', 'operaton.bpmn');
    expect(existsSync(written)).to.equal(true);
    expect((await call('lint', written)).code).to.equal(0);
  });

  it('With --json it prints one object only', async () => {
    const file = folder.write('people.bpmn', golden('camunda-people.bpmn'));
    const { code, lines } = await call('import', file, '--json');
    expect(code).to.equal(1);
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).to.deep.include({ model: join(folder.path, 'imported', 'people.bpmn'), files: [], deployable: true });
    expect(lines[0]?.['counts']).to.include({ notSupported: 2, review: 2 });
    expect((lines[0]?.['findings'] as Record<string, unknown>[])[0]).to.have.all.keys('kind', 'elementId', 'line', 'property', 'from', 'to', 'message', 'hint');
  });

  it('Wrong use is told', async () => {
    const file = folder.write('a.bpmn', golden('operaton.bpmn'));
    for (const [args, code] of [
      [[file, '--to', folder.path], 'CLI_IMPORT_OVERWRITES'], [[folder.write('b.bpmn', '<a><b></a>')], 'CLI_IMPORT_UNREADABLE'], [[file, '--to', join(file, 'x')], 'CLI_FILE_NOT_WRITTEN'], [['nowhere.bpmn'], 'CLI_FILE_NOT_READ'],
    ] as const) {
      const called = await call('import', ...args);
      expect([called.code, called.err[0]?.split(':')[0], called.out], code).to.deep.equal([2, code, []]);
    }
  });
});
