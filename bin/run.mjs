// Runs a program of this repository with the pinned Node and ends as it ended: `node bin/run.mjs FILE ARGUMENTS...`.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitWith } from './errors.mjs';
import { ensureReady, root } from './setup.mjs';

const SAME_KEYPRESS_MS = 1_000;

/**
 * Starts the pinned Node with our terminal, hands signals on and waits for its end.
 * @param {string} nodePath
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, asked: NodeJS.Signals | undefined }>}
 *   `asked` is the last signal this process was itself sent
 */
export function runChild(nodePath, args) {
  // What was compiled once is kept: a start costs half as much.
  const env = { NODE_COMPILE_CACHE: join(root, '.artefacts', 'compile-cache'), ...process.env, PATH: `${dirname(nodePath)}${delimiter}${process.env['PATH'] ?? ''}` };
  const child = spawn(nodePath, args, { stdio: 'inherit', env });
  let asked;
  let lastAt = 0;
  const forward = (signal) => {
    const again = asked === signal && Date.now() - lastAt < SAME_KEYPRESS_MS;
    asked = signal;
    lastAt = Date.now();
    // In a terminal Ctrl-C reaches the child by itself, and npm sends its own copy: one keypress stays one signal.
    if (again || (signal === 'SIGINT' && process.stdin.isTTY)) return;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const each of signals) process.removeListener(each, forward);
      resolve({ code, signal, asked });
    });
  });
}

/**
 * Ends this process as the child ended, unless it ended well.
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} end
 */
export function endIfFailed(end) {
  if (end.code !== 0) endLike(end);
}

/**
 * Ends this process as the child ended: same exit code, or the same signal.
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} end
 */
export function endLike({ code, signal }) {
  if (signal === null) process.exit(code ?? 1);
  process.kill(process.pid, signal);
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) {
    process.stderr.write('Expected a file to run, but got none.\n  node bin/run.mjs FILE ARGUMENTS...\n');
    process.exit(2);
  }
  try {
    const { nodePath } = await ensureReady({ quiet: false });
    endLike(await runChild(nodePath, [file, ...args]));
  } catch (error) {
    exitWith(error);
  }
}
