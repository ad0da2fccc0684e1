// What every file must be: short or with a reason, bound to no machine, finished, and opened by a sentence.
import { expect } from 'chai';
import { readTexts } from './source-tree.ts';

interface FileRule {
  readonly title: string;
  readonly applies: (path: string) => boolean;
  /** The objection to a file, undefined where there is none. */
  readonly find: (text: string) => string | undefined;
  readonly broken: string;
  readonly kept: string;
}

const LONGEST = 400;
const OPENING_LINES = 12;
const isTest = (path: string): boolean => path.startsWith('tests/');
const isScript = (path: string): boolean => /\.(ts|tsx|mjs)$/.test(path) || path === 'bin/piton';

// Written so that this file does not contain what it looks for.
const UNFINISHED = /\bTO[D]O\b|\bFIX[M]E\b|\bXX[X]\b|\bnot\simplemented\b/;

function lineWith(pattern: RegExp, text: string): string | undefined {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => pattern.test(line));
  return at < 0 ? undefined : `line ${String(at + 1)}: ${(lines[at] ?? '').trim().slice(0, 120)}`;
}

const FILE_RULES: readonly FileRule[] = [
  {
    title: `A file of more than ${String(LONGEST)} lines says why in its first lines ("Long: ...").`,
    applies: (path) => isScript(path),
    find: (text) => {
      const lines = text.split('\n');
      if (lines.length <= LONGEST + 1) return undefined;
      return /\bLong: \S+ \S+/.test(lines.slice(0, OPENING_LINES).join('\n')) ? undefined : `${String(lines.length)} lines without "Long: reason" at the top`;
    },
    broken: '// One concept.\n'.repeat(500),
    kept: `// One concept.\n// Long: one table belongs together.\n${'const x = 1;\n'.repeat(500)}`,
  },
  {
    title: 'A file opens with a sentence that says which concept it is.',
    applies: (path) => isScript(path) && !path.endsWith('.d.ts'),
    find: (text) => {
      const first = text.replace(/^#!.*\n/, '').trimStart();
      return /^(\/\/ |\/\*\*?\s+(\* )?)\S.{8,}/.test(first) ? undefined : 'does not open with a comment';
    },
    broken: 'export const x = 1;\n',
    kept: '#!/usr/bin/env node\n// The command of this house.\nexport const x = 1;\n',
  },
  {
    title: 'No file names a folder of one machine.',
    applies: () => true,
    find: (text) => lineWith(/(^|[\s'"`(=:])\/(root|home|Users)\/[\w.-]/, text),
    broken: `const folder = '${['', 'root', 'piton'].join('/')}';`,
    kept: "const address = 'https://example.org/home/page';",
  },
  {
    title: 'Nothing is left for later: no notes of unfinished work in the source.',
    applies: (path) => isScript(path),
    find: (text) => lineWith(UNFINISHED, text),
    broken: `// ${'todo'.toUpperCase()}: later`,
    kept: "throw new Error('Expected a supported element, but found a complex gateway');",
  },
  {
    title: 'No test is singled out or switched off: no only, no skip in a title.',
    applies: (path) => isTest(path) && path.endsWith('.ts'),
    find: (text) => lineWith(/\b(it|describe|context|specify)\.(only|skip)\b|\b(xit|xdescribe)\(/, text),
    broken: ['it', "only('runs alone', () => {});"].join('.'),
    kept: "it('runs', function () { if (!hasBrowser) this.skip(); });",
  },
];

describe('Architecture: files', () => {
  const texts = readTexts(['engine', 'server', 'desk', 'designer', 'bench', 'bin', 'tests', 'docs', 'processes', 'templates', '.ci'], ['.ts', '.tsx', '.mjs', '.md', '.json', 'bin/piton', '.ci/run']);

  for (const rule of FILE_RULES) {
    it(rule.title, () => {
      const violations = [...texts].filter(([path]) => rule.applies(path)).flatMap(([path, text]) => rule.find(text)?.replace(/^/, `${path}: `) ?? []);
      expect(violations, `\n${violations.join('\n')}\n`).to.deep.equal([]);
    });
  }
});

describe('Architecture: the rules about files catch what they forbid', () => {
  for (const rule of FILE_RULES) {
    it(`caught: ${rule.title}`, () => {
      expect(rule.find(rule.broken)).to.be.a('string');
      expect(rule.find(rule.kept)).to.equal(undefined);
    });
  }
});
