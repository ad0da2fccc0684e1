// Runs the DMN Technology Compatibility Kit: `npm run tck`, or with `-- --out DIR` to write the files the kit's site publishes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// The engine is TypeScript, which only the pinned runtime reads as it is.
if (Number(process.versions.node.split('.')[0]) < 24) {
  const pinned = join(root, 'node_modules/.bin/node');
  const run = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(run.status ?? 1);
}

const { hasKit, KIT, LEVELS, runKit } = await import('../tests/engine/dmn/tck-kit.ts');

function readArguments() {
  try {
    return parseArgs({ options: { out: { type: 'string' } } }).values;
  } catch (error) {
    process.stderr.write(`${error.message}\nnode bin/tck.mjs [--out DIR]\n`);
    process.exit(2);
  }
}

function share(results) {
  const passed = results.filter((result) => result.passed).length;
  return `${passed} of ${results.length} (${((100 * passed) / results.length).toFixed(2)} %)`;
}

function csv(results) {
  const cell = (text) => `"${text.replaceAll('"', '""').replace(/\s+/g, ' ')}"`;
  const rows = results.map(({ level, folder, file, id, passed, reason }) => [`${level}/${folder}`, file, id, passed ? 'SUCCESS' : 'ERROR', reason]);
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

function properties(results) {
  const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = {
    'last.update': new Date().toISOString().slice(0, 10),
    'product.comment': `Level 2\\: ${share(results.filter(({ level }) => level === LEVELS[0]))}; level 3\\: ${share(results.filter(({ level }) => level === LEVELS[1]))}`,
    'product.name': 'Piton',
    'product.version': product.version,
    'instructions.url': '',
    'product.url': '',
    'vendor.name': 'Piton',
    'vendor.url': '',
  };
  return Object.entries(entries).map(([name, value]) => `${name}=${value}\n`).join('');
}

const { out } = readArguments();
if (!hasKit()) {
  process.stderr.write(`Expected the kit's cases in ${KIT}, but there are none\n  Place a copy of its folders compliance-level-2 and compliance-level-3 there.\n`);
  process.exit(1);
}
const results = runKit();
process.stdout.write(
  [
    ...LEVELS.map((level) => `${level}: ${share(results.filter((result) => result.level === level))}`),
    `cases that expect a value other than null: ${share(results.filter((result) => result.expectsValue))}`,
    ...results.filter((result) => !result.passed).map(({ level, folder, id, reason }) => `  ${level}/${folder} ${id}: ${reason.length > 160 ? `${reason.slice(0, 159)}…` : reason}`),
    '',
  ].join('\n'),
);
if (out !== undefined) {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'tck_results.csv'), csv(results));
  writeFileSync(join(out, 'tck_results.properties'), properties(results));
}
