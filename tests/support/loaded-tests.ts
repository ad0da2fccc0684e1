/** The tests of this run, for lists that must not outlive them: a title that was deleted, skipped or emptied is seen, also when the words are still in a file. */
import type { Suite, Test } from 'mocha';

export interface LoadedTest {
  /** Ends with the path of its file. */
  readonly file: string;
  readonly title: string;
  readonly pending: boolean;
}

/** Every test that mocha has loaded beside `test`, which may be all or only one file. */
export function loadedTests(test: Test): readonly LoadedTest[] {
  let root: Suite | undefined = test.parent;
  while (root?.parent) root = root.parent;
  const found: LoadedTest[] = [];
  root?.eachTest((each) => { found.push({ file: each.file ?? '', title: each.title, pending: each.isPending() }); });
  return found;
}

/** Why `title` in `file` proves nothing in this run; undefined when it runs, or when its file was not loaded. `${...}` in a title stands for anything. */
export function notRun(tests: readonly LoadedTest[], file: string, title: string): string | undefined {
  const inFile = tests.filter((test) => test.file.endsWith(`/${file}`));
  if (inFile.length === 0) return undefined;
  const words = new RegExp(`^${title.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}`, 's');
  const same = inFile.filter((test) => words.test(test.title));
  if (same.length === 0) return `${file} has no test “${title}” in this run`;
  return same.every(({ pending }) => pending) ? `“${title}” in ${file} is skipped` : undefined;
}
