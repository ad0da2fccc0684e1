// The proof of the error tables: every code is used, tested and listed, and no code lives outside a table.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { findErrorTables, renderErrorsDoc } from '../../bin/errors-doc.mjs';
import type { ErrorTable } from '../../bin/errors-doc.mjs';
import { lineOf, readTexts, repository, treeOf, walk } from './source-tree.ts';

type Texts = ReadonlyMap<string, string>;

const UPPER_SNAKE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;
/** Settings are upper-snake too, but they are names of the environment, not codes. */
const NAMES_SETTINGS = 'server/config.ts';

const codesOf = (tables: readonly ErrorTable[]): string[] => tables.flatMap(({ entries }) => entries.map(({ code }) => code));

function unused(tables: readonly ErrorTable[], source: Texts): string[] {
  const all = [...source.values()].join('\n');
  // A quoted key of a table is followed by its colon at once; a use is not.
  return codesOf(tables).filter((code) => !new RegExp(`(['"\`])${code}\\1(?!:)|\\.${code}\\b`).test(all));
}

function untested(tables: readonly ErrorTable[], tests: Texts): string[] {
  const all = [...tests].filter(([path]) => !path.startsWith('tests/architecture/')).map(([, text]) => text);
  const words = new Set(all.join('\n').match(/[A-Z][A-Z0-9_]+/g));
  return codesOf(tables).filter((code) => !words.has(code));
}

function repeated(tables: readonly ErrorTable[]): string[] {
  const codes = codesOf(tables);
  return codes.filter((code, at) => codes.indexOf(code) !== at);
}

function homeless(tables: readonly ErrorTable[], source: Texts): string[] {
  const known = new Set(codesOf(tables));
  const prefixes = new Set([...known].map((code) => code.split('_')[0]));
  return [...treeOf(source).values()].flatMap(({ path, ast }) => {
    const found: string[] = [];
    walk(ast, (node) => {
      if (!ts.isStringLiteralLike(node) || !UPPER_SNAKE.test(node.text) || path === NAMES_SETTINGS) return;
      if (prefixes.has(node.text.split('_')[0]) && !known.has(node.text)) found.push(`${path}:${String(lineOf(node))} ${node.text}`);
    });
    return found;
  });
}

function nothing(violations: readonly string[], then: string): void {
  expect(violations, `\n${violations.join('\n')}\n${then}\n`).to.deep.equal([]);
}

describe('Architecture: error tables', () => {
  const source = readTexts(['engine', 'server', 'desk', 'designer', 'bin'], ['.ts', '.tsx', '.mjs']);
  const tests = readTexts(['tests', 'processes'], ['.ts', '.json']);
  let tables: readonly ErrorTable[] = [];

  before(async () => {
    tables = await findErrorTables();
  });

  it('No code stands in two tables.', () => {
    nothing(repeated(tables), 'Give one of them another name.');
  });

  it('Every code of a table is used in the source.', () => {
    nothing(unused(tables, source), 'Use it or take it out of its table.');
  });

  it('Every code of a table is named in a test.', () => {
    nothing(untested(tables, tests), 'Write a test that expects it.');
  });

  it('Every code in the source stands in a table.', () => {
    nothing(homeless(tables, source), 'Put it into the table of its room.');
  });

  it('docs/errors.md lists every code as the tables say it.', () => {
    const page = readTexts(['docs'], ['errors.md']).size === 0 ? '' : readFileSync(join(repository, 'docs/errors.md'), 'utf8');
    expect(page === renderErrorsDoc(tables), 'Run: npm run docs:errors').to.equal(true);
  });
});

describe('Architecture: the rules about error tables catch what they forbid', () => {
  const entries = [{ code: 'FEEL_NAME_UNKNOWN', message: 'Expected a name, but {name} is none', hint: 'Look it up.' }];
  const tables: readonly ErrorTable[] = [{ path: 'engine/feel/errors.ts', name: 'FEEL_ERRORS', entries }];

  it('caught: a code that stands in two tables', () => {
    expect(repeated([...tables, ...tables])).to.deep.equal(['FEEL_NAME_UNKNOWN']);
    expect(repeated(tables)).to.deep.equal([]);
  });

  it('caught: a code nobody uses', () => {
    expect(unused(tables, new Map([['engine/feel/errors.ts', "export const FEEL_ERRORS = { 'FEEL_NAME_UNKNOWN': {} };"]]))).to.deep.equal(['FEEL_NAME_UNKNOWN']);
    expect(unused(tables, new Map([['engine/feel/parse.ts', "refuse('FEEL_NAME_UNKNOWN');"]]))).to.deep.equal([]);
  });

  it('caught: a code nobody tests', () => {
    expect(untested(tables, new Map([['tests/architecture/x.test.ts', 'FEEL_NAME_UNKNOWN']]))).to.deep.equal(['FEEL_NAME_UNKNOWN']);
    expect(untested(tables, new Map([['tests/engine/feel.test.ts', "code: 'FEEL_NAME_UNKNOWN'"]]))).to.deep.equal([]);
  });

  it('caught: a code in no table', () => {
    expect(homeless(tables, new Map([['engine/feel/parse.ts', "const code = 'FEEL_TYPO';"]]))).to.deep.equal(['engine/feel/parse.ts:1 FEEL_TYPO']);
    expect(homeless(tables, new Map([['engine/feel/parse.ts', "const code = 'FEEL_NAME_UNKNOWN'; const other = 'A_B';"]]))).to.deep.equal([]);
  });

  it('caught: a page that differs from the tables', () => {
    const changed = [{ path: 'engine/feel/errors.ts', name: 'FEEL_ERRORS', entries: [...entries, { code: 'FEEL_NEW', message: '', hint: '' }] }];
    expect(renderErrorsDoc(changed)).not.to.equal(renderErrorsDoc(tables));
    expect(renderErrorsDoc(tables)).to.contain('| `FEEL_NAME_UNKNOWN` | Expected a name, but {name} is none | Look it up. |');
  });
});
