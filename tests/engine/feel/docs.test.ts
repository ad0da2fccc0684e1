// docs/feel.md and docs/dmn.md hold examples: each is compiled, evaluated or run here, so that the pages cannot lie.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compileDecisionFiles } from '../../../engine/dmn/files.ts';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import { decisionWords } from '../../../engine/dmn/words.ts';
import { compileFeel, newRun } from '../../../engine/feel/compile.ts';
import { textOfValue } from '../../../engine/feel/text.ts';
import { read } from '../../../engine/feel/values.ts';
import { call } from '../../server/cli/called.ts';

const repository = join(import.meta.dirname, '../../..');
const page = (name: string): string => readFileSync(join(repository, 'docs', name), 'utf8');
const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'America/St_Lucia', calendars: { default: { id: 'default', version: 1, zone: 'America/St_Lucia', weekend: [6, 7], opens: '08:00', closes: '16:30', holidays: [] } } };
const NAMES = ['amount', 'dept', 'x', 'a', 'b', 'n', 'r', 'score', 'staff', 'price', 'due', 'net amount', 'limit'];

function block(text: string, name: string): string {
  const found = new RegExp(`\`\`\`${name}\\n([^]*?)\`\`\``).exec(text)?.[1];
  if (found === undefined) throw new Error(`Expected a block ${name}, but there is none`);
  return found;
}

describe('docs/feel.md', () => {
  const text = page('feel.md');
  const examples = block(text, 'feel-examples').trim().split('\n').map((line) => line.split('→').map((part) => part.trim()));

  it('has at least 20 examples with their value', () => {
    expect(examples.length).to.be.greaterThan(20);
  });

  for (const [source = '', expected] of examples) {
    it(`${source} is ${String(expected)}`, () => {
      const feel = compileFeel(source);
      if ('code' in feel) throw new Error(feel.message);
      const run = newRun({ get: () => undefined }, CLOCK);
      expect(textOfValue([read(feel.evaluate({ get: () => undefined }, CLOCK))], run)?.slice(1, -1)).to.equal(expected);
    });
  }

  it('the errors are those of the compiler, and the mark stands under the character', () => {
    const shown = block(text, 'feel-errors').trim().split('\n\n');
    expect(shown.length).to.be.greaterThan(3);
    for (const one of shown) {
      const [source = ''] = one.split('\n');
      const problem = compileFeel(source);
      if (!('code' in problem)) throw new Error(`Expected ${source} to be refused`);
      expect(one).to.equal(`${source}\n${' '.repeat(problem.position.column - 1)}^\n${problem.code}: ${problem.message}`);
    }
  });

  it('every example of the table of what is supported compiles, and calls nothing unknown', () => {
    const rows = text.slice(text.indexOf('## What is supported'), text.indexOf('### Examples')).split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| built-in'));
    const sources = rows.flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, source = '']) => source));
    expect(sources.length).to.be.greaterThan(30);
    for (const source of sources) {
      const compiled = ['1', 'unary'].map((kind) => compileFeel(source, { names: NAMES, unaryTests: kind === 'unary' })).filter((one) => !('code' in one));
      expect(compiled, source).not.to.have.length(0);
      expect(compiled.some((one) => 'unknownFunctions' in one && one.unknownFunctions.length === 0), source).to.equal(true);
    }
  });
});

describe('docs/dmn.md', () => {
  const text = page('dmn.md');

  it('the command of the example gives the answer that stands below it', async () => {
    const [command = '', answer = ''] = block(text, 'console').trim().split('\n');
    const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '').slice(1);
    const { code, out } = await call(...args.map((arg) => (arg.startsWith('processes/') ? join(repository, arg) : arg)));
    expect([code, out]).to.deep.equal([0, [answer]]);
  });

  it('the words of the example are those the case shows', () => {
    const { files } = compileDecisionFiles([{ name: 'approval-authority.dmn', content: readFileSync(join(repository, 'processes/petty-cash/decisions/approval-authority.dmn'), 'utf8') }]);
    const result = evaluateDecision(files[0]!.model, 'approval-authority', { amount: 140, kind: 'refreshments', receiptNumber: 'R-7' }, CLOCK);
    expect(block(text, 'text').trim().split('\n')).to.deep.equal(decisionWords(result));
  });
});
