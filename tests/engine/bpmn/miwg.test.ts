// The reference models of the BPMN Model Interchange Working Group: read and written without loss, and refused for reasons that are said.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lint } from '../../../engine/bpmn/lint.ts';
import { importModel } from '../../../engine/bpmn/import/import-model.ts';
import { format, parse } from '../../../engine/bpmn/parse.ts';
import refusals from './miwg-refusals.json' with { type: 'json' };
import { differences, treeOf } from './xml-tree.ts';

const folder = fileURLToPath(new URL('../../../../shared/data/miwg/', import.meta.url));

/** Of the seven models MIWG marks as executable: all errors after the import; none means that it deploys. */
const EXECUTABLE: Readonly<Record<string, readonly string[]>> = refusals;

/** How many references to nothing a file has. */
const DANGLING: Readonly<Record<string, number>> = { 'C.8.1.bpmn': 3 };

/** The models that use nothing but what is executed. */
const RUN = new Set(['A.1.0.bpmn', 'C.9.1.bpmn', 'C.9.0.bpmn', 'C.9.2.bpmn']);

describe('BPMN: the interchange models of MIWG', function () {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.bpmn')).sort() : [];

  it('All 21 reference models are there', function () {
    if (files.length === 0 && process.env['PITON_REQUIRE'] !== 'all') this.skip();
    expect(files).to.have.lengthOf(21);
  });

  for (const name of files) {
    const text = readFileSync(`${folder}${name}`, 'utf8');

    it(`${name} is read and written without loss`, async () => {
      const read = await parse(text);
      if (Array.isArray(read)) throw new Error(`Expected ${name} to be readable, but: ${read.map(({ message }) => message).join('; ')}`);
      expect(read.problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      // What points at nothing cannot be kept; each such reference is a finding.
      const dangling = new Set(read.problems.flatMap(({ code, message }) => (code === 'BPMN_REFERENCE_NOT_FOUND' ? [/but (\S+) does not exist/.exec(message)?.[1]] : [])));
      const changed = differences(treeOf(text), treeOf(await format(read.definitions)));
      expect(changed.filter(({ left, right }) => !(right === undefined && dangling.has(left)))).to.deep.equal([]);
      // All of them would be a reader that resolves nothing.
      expect(changed).to.have.length.of.at.most(DANGLING[name] ?? 0);
    });

    it(`${name} is imported: what is not converted is the same text`, () => {
      const result = importModel(text);
      if ('code' in result) throw new Error(result.message);
      if (result.findings.every(({ to }) => to === '')) expect(result.xml).to.equal(text);
      const again = importModel(result.xml);
      expect('code' in again ? again.message : again.xml).to.equal(result.xml);
    });

    it(`${name} is refused for reasons that name element and line, or it runs`, async () => {
      const { problems } = await lint(text, { forceExecutable: true });
      const lines = text.split('\n');
      for (const { elementId, line, message, hint } of problems) {
        expect(message).to.match(/^Expected .*, but /s);
        expect(hint).to.match(/\.$/);
        const begin = lines.findIndex((text) => text.includes(`id="${elementId}"`)) + 1;
        if (elementId !== '') expect(begin, `${elementId} begins in or before line ${String(line)}`).to.be.within(1, line);
      }
      const errors = problems.filter(({ severity }) => severity === 'error');
      expect(errors.length > 0).to.equal(!RUN.has(name));
    });

    const expected = EXECUTABLE[name];
    if (expected === undefined) continue;
    it(`${name}, made to be executed, ${expected.length === 0 ? 'deploys' : 'is refused for exactly the reasons of the table'}`, async () => {
      const result = importModel(text);
      if ('code' in result) throw new Error(result.message);
      const { problems } = await lint(result.xml, { forceExecutable: true });
      const reasons = problems.filter(({ severity }) => severity === 'error').map(({ code, elementId, message }) => `${code} ${elementId}: ${message}`);
      expect(reasons.sort(), JSON.stringify(reasons.sort(), null, 2)).to.deep.equal([...expected].sort());
    });
  }
});
