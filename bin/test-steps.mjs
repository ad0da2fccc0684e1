// The steps of `npm test` (lint, types, tests), run in the pinned Node; the last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWeb } from './build.mjs';
import { root } from './setup.mjs';
import { installMissingCommands } from './system-packages.mjs';

const USAGE = `npm test -- [PATH or GLOB ...] [--grep TEXT] [--no-lint] [--long] [--only lint|types|tests]
  without anything: lint, types and all tests except *.long.test.ts
  PATH, GLOB, --grep: only these tests    --long: only *.long.test.ts
  PITON_REQUIRE=all: what is skipped counts as failed    PITON_NO_APT=1: installs no system packages
  PITON_SEED=number: other random cases than those of every run; --long takes new ones each time`;
/** The same random cases in every run, so that what passed passes again. */
const SEED = '20261122';
const LINGER_MS = 15_000;
const PARALLEL_NEEDS_BYTES = 3 * 1024 ** 3;

const nodePath = process.execPath;
const totals = { passed: 0, failed: 0, skipped: [] };

process.exitCode = await main(readArguments());

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { grep: { type: 'string' }, 'no-lint': { type: 'boolean' }, long: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    if (values.only !== undefined && !['lint', 'types', 'tests'].includes(values.only)) {
      throw new Error(`Expected --only lint, types or tests, but got ${values.only}`);
    }
    return { ...values, paths: positionals };
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exit(2);
  }
}

async function main(asked) {
  const started = Date.now();
  const part = asked.paths.length > 0 || asked.grep !== undefined || asked.long === true || asked.only !== undefined;
  const wants = (step) => (asked.only === undefined ? !part || step === 'tests' : asked.only === step);
  const strict = process.env['PITON_REQUIRE'] === 'all';
  if (asked.long !== true) process.env['PITON_SEED'] ??= SEED;

  const files = wants('tests') ? testFiles(asked) : [];
  if (!part) await prepare(strict);
  const steps = [
    ...(wants('lint') && asked['no-lint'] !== true ? [lint] : []),
    ...(wants('types') ? [types] : []),
  ];
  if (!part && asked['no-lint']) skip('lint (--no-lint)');
  const inParallel = availableParallelism() > 1 && totalmem() > PARALLEL_NEEDS_BYTES;
  // What fills one processor for minutes and waits for nothing runs beside the linter.
  const beside = inParallel && steps.length > 0 ? files.filter((file) => basename(file) === 'fuzz.test.ts') : [];
  const fuzzing = beside.length > 0 ? tests(asked, beside) : undefined;
  if (inParallel) await Promise.all(steps.map((step) => step()));
  else for (const step of steps) await step();
  if (wants('tests')) await tests(asked, files.filter((file) => !beside.includes(file)));
  await fuzzing;
  return report(strict, started);
}

function testFiles({ paths, long }) {
  const suffix = long ? '*.long.test.ts' : '*.test.ts';
  const wanted = paths.length === 0 ? ['tests'] : paths;
  const found = wanted.flatMap((path) => {
    const absolute = join(root, path);
    const isFolder = existsSync(absolute) && statSync(absolute).isDirectory();
    const files = globSync(isFolder ? `${path.replace(/\/+$/, '')}/**/${suffix}` : path, { cwd: root });
    if (files.length === 0 && paths.length > 0) {
      process.stderr.write(`Expected test files at ${path}, but found none.\n  Give a folder, a file or a glob below tests/.\n`);
      process.exit(2);
    }
    return isFolder && !long ? files.filter((file) => !file.endsWith('.long.test.ts')) : files;
  });
  return [...new Set(found)].sort();
}

async function prepare(strict) {
  if (!existsSync(join(root, '../shared/data'))) {
    if (strict) fail('../shared/data', 'Expected the reference data at ../shared/data, but the folder is absent.');
    else skip('everything that reads ../shared/data (the folder is absent)');
  }
  await buildWeb((line) => process.stdout.write(`${line}\n`));
  const texts = globSync('tests/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const missing = await installMissingCommands(texts, (line) => process.stdout.write(`${line}\n`));
  for (const { command, why, reason } of missing) skip(`${command}: ${why} (${reason})`);
}

async function lint() {
  await step('lint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0']);
}

async function types() {
  for (const project of ['.', 'engine', 'designer', 'desk']) {
    if (!existsSync(join(root, project, 'tsconfig.json'))) continue;
    if (project !== '.' && globSync(`${project}/**/*.{ts,tsx}`, { cwd: root }).length === 0) continue;
    await step(`types: tsc -p ${project}`, ['node_modules/typescript/bin/tsc', '-p', project]);
  }
}

async function step(title, args) {
  const started = Date.now();
  const { code, output } = await run(args, 'pipe');
  const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  if (code === 0) {
    totals.passed += 1;
    process.stdout.write(`ok    ${title} (${took})\n`);
  } else {
    fail(`${title} (${took})`, output);
  }
}

async function tests({ grep }, files) {
  if (files.length === 0) return skip('tests (there are no test files yet)');
  const folder = mkdtempSync(join(tmpdir(), 'piton-test-'));
  const totalsFile = join(folder, 'totals.json');
  const args = ['node_modules/mocha/bin/mocha.js', '--reporter-option', `totals=${totalsFile}`];
  if (grep !== undefined) args.push('--grep', grep);
  const { code, lingered } = await run([...args, ...files], 'inherit', totalsFile);
  const counted = existsSync(totalsFile) ? JSON.parse(readFileSync(totalsFile, 'utf8')) : undefined;
  rmSync(folder, { recursive: true, force: true });
  if (counted === undefined) return fail('tests', `Expected the test run to report its totals, but it ended with exit code ${String(code)} before.`);
  totals.passed += counted.passed;
  totals.failed += counted.failed;
  for (const title of counted.skipped) skip(title);
  if (lingered) fail('tests', 'Expected the test run to end after the last test, but something was left open (a timer, a socket, a child process).');
  else if (code !== 0 && counted.failed === 0) fail('tests', `Expected the test run to end well, but its exit code is ${String(code)}.`);
}

function run(args, output, doneFile) {
  const env = { ...process.env, PATH: `${dirname(nodePath)}${delimiter}${process.env['PATH'] ?? ''}` };
  if (output === 'pipe' && process.stdout.isTTY) env.FORCE_COLOR ??= '1';
  return new Promise((done, reject) => {
    const child = spawn(nodePath, args, { cwd: root, env, stdio: ['ignore', output, output] });
    let text = '';
    let lingered = false;
    const keep = (chunk) => (text += chunk);
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    let doneAt;
    const watch = setInterval(() => {
      if (doneFile === undefined || !existsSync(doneFile)) return;
      doneAt ??= Date.now();
      if (Date.now() - doneAt < LINGER_MS) return;
      lingered = true;
      child.kill('SIGKILL');
    }, 500);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      done({ code, output: text.trimEnd(), lingered });
    });
  });
}

function fail(title, detail) {
  totals.failed += 1;
  process.stdout.write(`FAIL  ${title}\n${detail.replace(/^/gm, '      ')}\n`);
}

function skip(title) {
  totals.skipped.push(title);
}

function report(strict, started) {
  const { passed, skipped } = totals;
  const failed = totals.failed + (strict ? skipped.length : 0);
  if (skipped.length > 0) {
    process.stdout.write(`\nSkipped${strict ? ', and PITON_REQUIRE=all makes that a failure' : ''}:\n`);
    for (const title of skipped) process.stdout.write(`  - ${title}\n`);
  }
  process.stdout.write(`\nTook ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
  process.stdout.write(`${passed} passed, ${failed} failed${!strict && skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`);
  return failed === 0 ? 0 : 1;
}
