// The table of everything set-up can fail with: one code, one sentence, one way out.

/** @type {Record<string, { message: (detail: string) => string, hint: string }>} */
export const SETUP_ERRORS = {
  SETUP_NODE_TOO_OLD: {
    message: (found) => `Expected Node 20 or newer to start with, but this is Node ${found}.`,
    hint: 'Install Node 20 or newer, then call the same command again; Piton brings its own Node 24 by itself.',
  },
  SETUP_NO_LOCKFILE: {
    message: (path) => `Expected the list of exact packages at ${path}, but it is not there.`,
    hint: 'Take a complete copy of the repository; package-lock.json is part of it.',
  },
  SETUP_NO_NPM: {
    message: () => 'Expected the command npm, but it is not on the PATH.',
    hint: 'Install npm (on Debian and Ubuntu: apt-get install npm), then call the same command again.',
  },
  SETUP_NO_NETWORK: {
    message: (detail) => `Expected npm to fetch the packages, but the registry could not be reached (${detail}).`,
    hint: 'Check the network and the proxy settings of npm (npm config get registry, proxy, https-proxy), then call the same command again.',
  },
  SETUP_DISK_FULL: {
    message: (detail) => `Expected about 1 GB of free disk space, but the disk is full (${detail}).`,
    hint: 'Free some space where the repository and the npm cache lie, then call the same command again.',
  },
  SETUP_NO_PERMISSION: {
    message: (detail) => `Expected to be allowed to write the folder node_modules, but the system refused (${detail}).`,
    hint: 'Make the repository and the npm cache belong to the user who runs this command.',
  },
  SETUP_LOCK_MISMATCH: {
    message: () => 'Expected package.json and package-lock.json to say the same, but npm found that they differ.',
    hint: 'Run: npm install --ignore-scripts, and commit package-lock.json together with package.json.',
  },
  SETUP_NPM_FAILED: {
    message: (detail) => `Expected npm to install the packages, but it ended with ${detail}.`,
    hint: 'The last lines npm printed stand above; the same by hand is: npm ci --ignore-scripts && npm rebuild node',
  },
  SETUP_NO_RUNTIME: {
    message: (detail) => `Expected Node 24 from the npm package "node", but ${detail}.`,
    hint: 'Run: npm rebuild node. If this machine has no such package, install Node 24 itself and call the same command with it.',
  },
  SETUP_LOCK_HELD: {
    message: (detail) => `Expected the other set-up to end, but ${detail}.`,
    hint: 'If no other set-up is running, delete the folder .artefacts/setup.lock and call the same command again.',
  },
};

/** A foreseeable failure of set-up: shown as code, sentence and hint, never as a stack trace. */
export class SetupError extends Error {
  /** @param {string} code @param {string} [detail] */
  constructor(code, detail = '') {
    const entry = SETUP_ERRORS[code];
    if (entry === undefined) throw new TypeError(`Expected a code of SETUP_ERRORS, but got ${code}`);
    super(entry.message(detail));
    this.code = code;
    this.hint = entry.hint;
  }
}

const MEANINGS = [
  [/\b(ENOSPC|EDQUOT)\b/, 'SETUP_DISK_FULL'],
  [/\b(EACCES|EPERM|EROFS)\b/, 'SETUP_NO_PERMISSION'],
  [/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT)\b/, 'SETUP_NO_NETWORK'],
  [/(can only install packages when your package\.json and package-lock\.json|Missing: .* from lock file)/, 'SETUP_LOCK_MISMATCH'],
];

/**
 * What npm's output means to the person in front of the screen.
 * @param {string} output @param {string} ended how npm ended, in words
 */
export function readNpmFailure(output, ended) {
  for (const [pattern, code] of MEANINGS) {
    const found = /** @type {RegExp} */ (pattern).exec(output);
    if (found !== null) return new SetupError(/** @type {string} */ (code), found[1]);
  }
  return new SetupError('SETUP_NPM_FAILED', ended);
}

/**
 * Ends the process the way a person can read; anything unforeseen keeps its stack.
 * @param {unknown} error
 */
export function exitWith(error) {
  if (error instanceof SetupError) {
    process.stderr.write(`${error.code}: ${error.message}\n  ${error.hint}\n`);
    process.exit(1);
  }
  throw error;
}
