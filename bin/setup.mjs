// Set-up: brings node_modules and the pinned Node to what package-lock.json says, once, and says what it does.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitWith, readNpmFailure, SetupError } from './errors.mjs';
import { takeLock } from './lock.mjs';

/** The folder of the repository, wherever it was called from. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_RUNTIME = 24;
const OLDEST_STARTER = 20;
const OUTPUT_KEPT = 64 * 1024;
const PLAIN_TICK_MS = 10_000;
const modules = join(root, 'node_modules');
const lockfile = join(root, 'package-lock.json');
const stampFile = join(modules, '.piton-setup.json');
// npm empties node_modules, so the lock lies beside it, in a folder git does not look at.
const lockFolder = join(root, '.artefacts', 'setup.lock');
const bundledNode = ['node/bin/node', '.bin/node'].map((path) => join(modules, path));

/**
 * Says whether everything is in place, from the stamp alone: a few file reads, no process.
 * @param {{ production?: boolean | undefined }} [wanted] production false: the packages for development must be there too
 * @returns {{ nodePath: string } | undefined}
 */
export function readReady({ production } = {}) {
  const stamp = readStamp();
  if (stamp === undefined || stamp.lock !== hashOfLockfile() || stamp.platform !== platform()) return undefined;
  if (production === false && stamp.production) return undefined;
  if (stamp.runtime === 'system') return chooseRuntime([], process.version, process.execPath);
  const nodePath = join(modules, stamp.runtime);
  return existsSync(nodePath) ? { nodePath } : undefined;
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Installs what is missing or stale, or returns at once when nothing is.
 * @param {{ quiet?: boolean, production?: boolean | undefined }} [how] quiet: only errors are printed;
 *   production: true leaves the packages for development out, false demands them, otherwise as it was installed before
 * @returns {Promise<{ nodePath: string }>} nodePath: absolute path of a Node that can run the .ts files
 * @throws {SetupError} with a code of SETUP_ERRORS
 */
export async function ensureReady({ quiet = false, production } = {}) {
  if (!existsSync(lockfile)) throw new SetupError('SETUP_NO_LOCKFILE', lockfile);
  const ready = readReady({ production });
  if (ready !== undefined) return ready;
  if (Number.parseInt(process.versions.node, 10) < OLDEST_STARTER) throw new SetupError('SETUP_NODE_TOO_OLD', process.versions.node);
  const say = quiet ? () => {} : (line) => process.stderr.write(`${line}\n`);
  return await asForeseeable(() => underLock(say, () => bringUpToDate(say, quiet, production ?? readStamp()?.production ?? false)));
}

async function asForeseeable(work) {
  try {
    return await work();
  } catch (error) {
    if (['ENOSPC', 'EDQUOT'].includes(error.code)) throw new SetupError('SETUP_DISK_FULL', error.code);
    if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw new SetupError('SETUP_NO_PERMISSION', error.code);
    throw error;
  }
}

async function underLock(say, work) {
  const release = await takeLock(lockFolder, (holder) => say(`Set-up: another one is running (process ${holder ?? 'unknown'}); waiting for it.`));
  const stop = (signal) => {
    npmChild?.kill(signal);
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work();
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    release();
  }
}

async function bringUpToDate(say, quiet, production) {
  const already = readReady({ production });
  if (already !== undefined) return already;
  const started = Date.now();
  const lock = hashOfLockfile();
  if (isInstalled(production)) {
    say('Set-up: the packages in node_modules are those of package-lock.json.');
  } else {
    say(existsSync(modules) ? 'Set-up: package-lock.json and node_modules differ, installing anew.' : 'Set-up: first call here, this takes a minute or less.');
    const omit = production ? ['--omit=dev'] : ['--include=dev'];
    await stage('installing the packages (npm ci)', quiet, () => npm(['ci', '--ignore-scripts', ...omit, '--include=optional']));
  }
  const runtime = (await workingBundledNode()) ?? (await fetchRuntime(say, quiet));
  const stampRuntime = runtime.bundled ? runtime.nodePath.slice(modules.length + 1) : 'system';
  writeFileSync(stampFile, `${JSON.stringify({ lock, platform: platform(), runtime: stampRuntime, production })}\n`);
  say(`Set-up: ready after ${seconds(started)} s, runtime Node ${runtime.version}.`);
  return { nodePath: runtime.nodePath };
}

async function fetchRuntime(say, quiet) {
  let failure;
  try {
    await stage('fetching the pinned Node (npm rebuild node)', quiet, () => npm(['rebuild', 'node', '--ignore-scripts=false']));
  } catch (error) {
    failure = error;
  }
  const bundled = await workingBundledNode();
  if (bundled !== undefined) return bundled;
  const own = chooseRuntime([], process.version, process.execPath);
  if (own !== undefined) {
    say(`Set-up: the npm package "node" is not usable here, going on with the Node of this machine.`);
    return { nodePath: own.nodePath, version: process.versions.node, bundled: false };
  }
  if (failure instanceof SetupError && failure.code !== 'SETUP_NPM_FAILED') throw failure;
  throw new SetupError('SETUP_NO_RUNTIME', `it could not be installed, and this is Node ${process.versions.node}`);
}

/**
 * The Node to run with: the first candidate that is new enough, else the current one, else none.
 * @param {readonly { nodePath: string, version: string }[]} candidates
 * @param {string} currentVersion @param {string} currentPath
 * @returns {{ nodePath: string } | undefined}
 */
export function chooseRuntime(candidates, currentVersion, currentPath) {
  const all = [...candidates, { nodePath: currentPath, version: currentVersion }];
  const found = all.find(({ version }) => Number.parseInt(version.replace(/^v/, ''), 10) >= OLDEST_RUNTIME);
  return found === undefined ? undefined : { nodePath: found.nodePath };
}

async function workingBundledNode() {
  for (const nodePath of bundledNode) {
    if (!existsSync(nodePath)) continue;
    const version = await versionOf(nodePath);
    if (version !== undefined && chooseRuntime([], version, nodePath) !== undefined) {
      return { nodePath, version: version.replace(/^v/, ''), bundled: true };
    }
  }
  return undefined;
}

function versionOf(nodePath) {
  return new Promise((done) => {
    const child = spawn(nodePath, ['-v'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.on('error', () => done(undefined));
    child.on('close', (code) => done(code === 0 ? text.trim() : undefined));
  });
}

/** Whether npm's own record of node_modules names every package of package-lock.json, so that nothing must be installed. */
function isInstalled(production) {
  try {
    const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
    const found = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, entry]) => {
      if (path === '') return true;
      const have = found[path];
      if (have === undefined) return entry.optional === true || entry.peer === true || (production && entry.dev === true);
      return have.version === entry.version && have.integrity === entry.integrity && existsSync(join(root, path));
    });
  } catch {
    return false;
  }
}

let npmChild;

function npm(args) {
  const options = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  return new Promise((done, fail) => {
    const child = spawn('npm', [...args, ...options], { cwd: root, env: environmentOfNpm(), stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    npmChild = child;
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-OUTPUT_KEPT));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => fail(error.code === 'ENOENT' ? new SetupError('SETUP_NO_NPM') : error));
    child.on('close', (code, signal) => {
      npmChild = undefined;
      if (code === 0) return done(undefined);
      const failure = readNpmFailure(output, signal === null ? `exit code ${code}` : signal);
      if (failure.code === 'SETUP_NPM_FAILED') failure.npmSaid = output.trim().split('\n').slice(-15).join('\n');
      fail(failure);
    });
  });
}

/** npm must not be run by the Node it is about to replace, nor be told that this is production. */
function environmentOfNpm() {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => !resolve(entry).startsWith(modules));
  const env = { ...process.env, PATH: path.join(delimiter), IBM_TELEMETRY_DISABLED: 'true' };
  delete env['NODE_ENV'];
  return env;
}

async function stage(what, quiet, work) {
  const started = Date.now();
  const live = process.stderr.isTTY === true;
  const show = () => process.stderr.write(live ? `\r\u001b[K  ${what} ... ${seconds(started)} s` : `  still ${what}: ${seconds(started)} s\n`);
  if (!quiet) process.stderr.write(live ? `  ${what} ...` : `  ${what}\n`);
  const ticking = quiet ? undefined : setInterval(show, live ? 500 : PLAIN_TICK_MS);
  const end = (how) => {
    clearInterval(ticking);
    if (!quiet) process.stderr.write(`${live ? '\r\u001b[K' : ''}  ${what}: ${how} after ${seconds(started)} s\n`);
  };
  try {
    await work();
    end('done');
  } catch (error) {
    end('failed');
    if (error.npmSaid) process.stderr.write(`${error.npmSaid}\n`);
    throw error;
  }
}

function hashOfLockfile() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}

function platform() {
  return `${process.platform}-${process.arch}`;
}

function seconds(started) {
  return ((Date.now() - started) / 1000).toFixed(1);
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  const unknown = process.argv.slice(2).find((argument) => !['--quiet', '--production'].includes(argument));
  if (unknown !== undefined) {
    process.stderr.write(`Expected --quiet or --production, but got ${unknown}.\n  node bin/setup.mjs [--quiet] [--production]\n`);
    process.exit(2);
  }
  const quiet = process.argv.includes('--quiet');
  const production = process.argv.includes('--production') ? true : undefined;
  try {
    if (existsSync(lockfile) && readReady({ production }) !== undefined && !quiet) process.stderr.write('Set-up: nothing to do.\n');
    await ensureReady({ quiet, production });
  } catch (error) {
    exitWith(error);
  }
}
