// Writes docs/bpmn-support.md: every row of bin/bpmn-support-rows.mjs joined with the tests of the engine. With --check it only says whether it is current.
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROWS } from './bpmn-support-rows.mjs';
import { root } from './setup.mjs';

/**
 * The title in `file` that begins with `title` (any title when it is empty); undefined when there is none. A test that is skipped does not count.
 * @param {string} file under tests/engine, without `.test.ts`
 * @param {string} title
 * @param {string} folder the repository
 */
export function findTest(file, title, folder = root) {
  const path = join(folder, `tests/engine/${file}.test.ts`);
  if (!existsSync(path)) return undefined;
  const titles = [...readFileSync(path, 'utf8').matchAll(/\bit\((['`])(.*?)\1, /g)].map(([, , text = '']) => text);
  return titles.find((text) => text.startsWith(title));
}

/** The page docs/bpmn-support.md. */
export function renderSupport(rows = ROWS, find = findTest) {
  const cell = (text) => text.replaceAll('|', '\\|');
  let executed = 0;
  let all = 0;
  let refused = 0;
  const sections = Object.entries(rows).map(([name, list]) => {
    const lines = list.map(({ construct, position, test, note, decided }) => {
      const title = test && find(test[0], test[1]);
      all += 1;
      if (title !== undefined) executed += 1;
      else if (decided) refused += 1;
      const said = title !== undefined ? 'yes' : decided ? 'refused by decision' : 'no';
      const proof = title === undefined ? (note ?? '') : `${title} (${test?.[0] ?? ''})`;
      return `| ${cell(construct)} | ${cell(position)} | ${said} | ${cell(proof.replace(/\$\{[^}]*\}/g, '…'))} |`;
    });
    return `## ${name}\n\n| Construct | Position | Executed | Shown by the test, or what to use instead |\n|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  return `# What of BPMN 2.0.2 is executed

Written by \`node bin/bpmn-support.mjs\` from a list of constructs and the tests of the engine; do not edit. A row without a test is "no", and a model
that uses it is refused at deployment with element, line and what to use instead. ${String(executed)} of ${String(all)} rows are executed${refused === 0 ? '' : `,
${String(refused)} are refused by decision`}.
Attributes and elements of the schema that have no effect here are told by name when a model is deployed (BPMN_WITHOUT_EFFECT); the list is engine/bpmn/without-effect.ts.
Where the standard leaves a choice, docs/adr/0006-readings-of-the-standard.md says which was made.

${sections.join('\n')}`;
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  const target = join(root, 'docs/bpmn-support.md');
  const text = renderSupport();
  const before = existsSync(target) ? readFileSync(target, 'utf8') : '';
  if (before === text) process.stdout.write('docs/bpmn-support.md is current.\n');
  else if (process.argv.includes('--check')) {
    process.stderr.write('Expected docs/bpmn-support.md to say what the tests say, but it differs.\n  Run: node bin/bpmn-support.mjs\n');
    process.exit(1);
  } else {
    writeFileSync(target, text);
    process.stdout.write('docs/bpmn-support.md is written.\n');
  }
}
