// Commands of the operating system that some tests need, and the Debian packages they come in.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** `neededBy` finds the test files that use the command; without such a file it is not installed. */
export const SYSTEM_COMMANDS = [
  { command: 'chromium', alternatives: ['chromium-browser', 'google-chrome'], packages: ['chromium', 'fonts-liberation'], why: 'browser tests', neededBy: /playwright-core/ },
  { command: 'pdfsig', alternatives: [], packages: ['poppler-utils'], why: 'signatures and text of PDF files seen by another program', neededBy: /'(pdfsig|pdftotext|pdfinfo|pdffonts|pdftoppm)'/ },
  { command: 'qpdf', alternatives: [], packages: ['qpdf'], why: 'structure of PDF files seen by another program', neededBy: /'qpdf'/ },
  { command: 'openssl', alternatives: [], packages: ['openssl'], why: 'certificates and signatures seen by another program', neededBy: /'openssl'/ },
  { command: 'zbarimg', alternatives: [], packages: ['zbar-tools'], why: 'reading QR codes', neededBy: /'zbarimg'/ },
  { command: 'strace', alternatives: [], packages: ['strace'], why: 'what the server asks of the disk before it answers', neededBy: /'strace'/ },
  { command: 'redis-server', alternatives: [], packages: ['redis-server'], why: 'the job queue on Redis', neededBy: /'redis-server'/ },
];

const SPOKEN_MS = 10_000;
const thisMachine = { env: process.env, isRoot: process.getuid?.() === 0, isDebian: existsSync('/etc/debian_version') };

/**
 * Installs what the given tests need, where that is possible.
 * @param {readonly string[]} testTexts
 * @param {(line: string) => void} say
 * @param {typeof thisMachine} [surroundings]
 * @returns {Promise<{ command: string, why: string, reason: string }[]>} what is still missing, and the reason
 */
export async function installMissingCommands(testTexts, say, surroundings = thisMachine) {
  const absent = () => SYSTEM_COMMANDS.filter((entry) => testTexts.some((text) => entry.neededBy.test(text)) && !isPresent(entry, surroundings.env));
  const wanted = absent();
  if (wanted.length === 0) return [];
  const reason = whyNot(surroundings);
  if (reason !== undefined) return wanted.map(({ command, why }) => ({ command, why, reason }));
  const packages = wanted.flatMap((entry) => entry.packages);
  say(`Installing ${packages.join(', ')} with apt-get (PITON_NO_APT=1 prevents it).`);
  const updated = await aptGet(['update', '-q'], say, surroundings.env);
  const installed = updated && (await aptGet(['install', '-y', '-q', '--no-install-recommends', ...packages], say, surroundings.env));
  return absent().map(({ command, why }) => ({ command, why, reason: installed ? 'its package brought no such command' : 'apt-get failed' }));
}

function whyNot({ env, isRoot, isDebian }) {
  if (env['PITON_NO_APT'] === '1') return 'PITON_NO_APT=1';
  if (!isRoot) return 'not installed, and only root may install it';
  if (!isDebian || !isOnPath('apt-get', env)) return 'not installed, and there is no apt-get here';
  return undefined;
}

function isPresent({ command, alternatives }, env) {
  return [command, ...alternatives].some((each) => isOnPath(each, env));
}

function isOnPath(command, env) {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function aptGet(args, say, env) {
  const started = Date.now();
  return new Promise((done) => {
    const child = spawn('apt-get', args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-8_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const ticking = setInterval(() => say(`  still in apt-get ${args[0]}: ${Math.round((Date.now() - started) / 1000)} s`), SPOKEN_MS);
    const end = (ok) => {
      clearInterval(ticking);
      if (!ok) say(output.trim().split('\n').slice(-10).join('\n'));
      done(ok);
    };
    child.on('error', () => end(false));
    child.on('close', (code) => end(code === 0));
  });
}
