// Who may import whom, and what a file may name: proven on the tree as it is, and each rule proven on a tree that breaks it.
import { expect } from 'chai';
import { CODE_RULES } from './code-rules.ts';
import { IMPORT_RULES } from './import-rules.ts';
import { readTexts, treeOf } from './source-tree.ts';

const SOURCE_FOLDERS = ['engine', 'server', 'desk', 'designer', 'bench'];
const RULES = [...IMPORT_RULES, ...CODE_RULES];

describe('Architecture: imports', () => {
  const tree = treeOf(readTexts(SOURCE_FOLDERS, ['.ts', '.tsx']));

  for (const rule of RULES) {
    it(rule.title, () => {
      const violations = rule.check(tree);
      expect(violations, `\n${violations.join('\n')}\n`).to.deep.equal([]);
    });
  }
});

describe('Architecture: the rules about imports catch what they forbid', () => {
  for (const rule of RULES) {
    it(`caught: ${rule.title}`, () => {
      expect(rule.check(treeOf(Object.entries(rule.broken)))).to.have.lengthOf(1);
      expect(rule.check(treeOf(Object.entries(rule.kept)))).to.deep.equal([]);
    });
  }
});
