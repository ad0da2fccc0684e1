// The linter's own house rules, each proven on a line that breaks it: what an editor shows before any test runs.
import { join } from 'node:path';
import { expect } from 'chai';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { repository } from './source-tree.ts';

const CASES: readonly [file: string, code: string, rule: string | undefined][] = [
  ['engine/feel/x.ts', "import 'node:fs';", 'no-restricted-imports'],
  ['engine/feel/x.ts', "import '../../server/config.ts';", 'no-restricted-imports'],
  ['engine/feel/x.ts', "import '../dmn/table.ts';", undefined],
  ['engine/feel/x.ts', 'export const x = new Date(0);', 'no-restricted-globals'],
  ['engine/time/x.ts', 'export const x = new Date(0);', undefined],
  ['engine/feel/x.ts', 'export const x = new Intl.Collator();', 'no-restricted-globals'],
  ['engine/time/x.ts', 'console.log(1);', 'no-restricted-globals'],
  ['engine/feel/x.ts', 'export const x = Math.random();', 'no-restricted-properties'],
  ['engine/feel/x.ts', "export const x = 'a'.localeCompare('b');", 'no-restricted-syntax'],
  ['engine/feel/x.ts', 'export const x = (1).toLocaleString();', 'no-restricted-syntax'],
  ['engine/feel/x.ts', 'export default 1;', 'no-restricted-syntax'],
  ['engine/feel/x.ts', "export * from './parse.ts';", 'no-restricted-syntax'],
  ['server/runtime/x.ts', "import '../../engine/state.ts';", 'no-restricted-imports'],
  ['server/runtime/x.ts', "import '../../engine/index.ts';", undefined],
  ['server/runtime/x.ts', "import '../stores/memory.ts';", 'no-restricted-imports'],
  ['server/main.ts', "import './stores/memory.ts';", undefined],
  ['server/tasks/x.ts', "import 'ioredis';", 'no-restricted-imports'],
  ['server/stores/sqlite/x.ts', "import 'better-sqlite3';", undefined],
  ['server/stores/sqlite/x.ts', "import '../../http/app.ts';", 'no-restricted-imports'],
  ['server/tasks/x.ts', "import '../http/app.ts';", 'no-restricted-imports'],
  ['server/tasks/x.ts', "import '../http/contract.ts';", undefined],
  ['server/tasks/x.ts', 'export const x = process.env.PORT;', 'no-restricted-syntax'],
  ['server/config.ts', 'export const x = process.env.PORT;', undefined],
  ['desk/x.ts', "import '../server/tasks/index.ts';", '@typescript-eslint/no-restricted-imports'],
  ['desk/x.ts', "import { task } from '../server/http/contract.ts'; task();", '@typescript-eslint/no-restricted-imports'],
  ['desk/x.ts', "import type { Task } from '../server/http/contract.ts'; export type X = Task;", undefined],
  ['bench/x.ts', "import '../engine/decide.ts';", 'no-restricted-imports'],
];

describe('Architecture: the linter', () => {
  // The files of the cases do not exist, so the rules that ask the type checker are left out here.
  const untyped = { ...tseslint.configs.disableTypeChecked, languageOptions: { parserOptions: { projectService: false, program: null, project: false } } };
  const eslint = new ESLint({ cwd: repository, overrideConfig: [untyped] });

  for (const [file, code, rule] of CASES) {
    it(`${rule === undefined ? 'allows' : 'forbids'} in ${file}: ${code}`, async () => {
      const [result] = await eslint.lintText(`${code}\n`, { filePath: join(repository, file) });
      expect(result?.messages.map(({ ruleId }) => ruleId)).to.deep.equal(rule === undefined ? [] : [rule]);
    });
  }
});
