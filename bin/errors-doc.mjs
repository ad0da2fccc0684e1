// Writes docs/errors.md from the error tables of all rooms: `npm run docs:errors`; with --check it only says whether it is current.
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const FOLDERS = ['bin', 'engine', 'server', 'desk', 'designer'];
const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;

/**
 * Finds every error table: an exported object in a file errors.ts (errors.mjs) whose name ends in ERRORS.
 * @param {string} [folder] the repository
 * @returns {Promise<{ path: string, name: string, entries: { code: string, message: string, hint: string }[] }[]>} by path
 */
export async function findErrorTables(folder = root) {
  const tables = [];
  for (const path of FOLDERS.flatMap((each) => errorFiles(folder, each)).sort()) {
    const exported = await import(pathToFileURL(join(folder, path)).href);
    for (const [name, value] of Object.entries(exported)) {
      if (!/ERRORS$/.test(name) || typeof value !== 'object' || value === null) continue;
      const entries = Object.entries(value).map(([code, entry]) => ({ code, message: wordsOf(entry, 'message'), hint: wordsOf(entry, 'hint') }));
      if (entries.every(({ code }) => CODE.test(code))) tables.push({ path, name, entries });
    }
  }
  return tables;
}

/**
 * The page docs/errors.md.
 * @param {Awaited<ReturnType<typeof findErrorTables>>} tables
 */
export function renderErrorsDoc(tables) {
  const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const sections = tables.map(({ path, entries }) => {
    const rows = entries.map(({ code, message, hint }) => `| \`${code}\` | ${cell(message)} | ${cell(hint)} |`);
    return `## ${path}\n\n| Code | What it says | What to do |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Errors\n\nWritten by \`npm run docs:errors\` from the error tables in the source; do not edit.\n\n${sections.join('\n')}`;
}

function errorFiles(folder, inside) {
  if (!existsSync(join(folder, inside))) return [];
  return readdirSync(join(folder, inside), { withFileTypes: true }).flatMap((entry) => {
    const path = `${inside}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : errorFiles(folder, path);
    return /(^|-)errors\.(ts|mjs)$/.test(entry.name) ? [path] : [];
  });
}

/** Tables differ in shape: a text, a function of details, or an object with either under message and hint. */
function wordsOf(entry, part) {
  const value = typeof entry === 'object' && entry !== null ? entry[part] : part === 'message' ? entry : undefined;
  if (typeof value === 'function') return wordsOfFunction(value);
  return typeof value === 'string' ? value : '';
}

/** The words of a message function, with `{name}` where it puts a detail. */
function wordsOfFunction(make) {
  const body = make.toString().replace(/^[^]*?=>\s*/, '');
  const text = /`((?:[^`\\]|\\.)*)`|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/.exec(body);
  const words = text?.[1] ?? text?.[2] ?? text?.[3] ?? '';
  return words.replace(/\$\{([^}]*)\}/g, (_, inside) => `{${inside.replace(/^String\((.*)\)$/, '$1').replace(/^\w+\.(\w+)$/, '$1')}}`).replace(/\\(.)/g, '$1');
}

if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  const target = join(root, 'docs/errors.md');
  const text = renderErrorsDoc(await findErrorTables());
  const before = existsSync(target) ? readFileSync(target, 'utf8') : '';
  if (before === text) {
    process.stdout.write('docs/errors.md is current.\n');
  } else if (process.argv.includes('--check')) {
    process.stderr.write('Expected docs/errors.md to say what the error tables say, but it differs.\n  Run: npm run docs:errors\n');
    process.exit(1);
  } else {
    mkdirSync(join(root, 'docs'), { recursive: true });
    writeFileSync(target, text);
    process.stdout.write('docs/errors.md is written.\n');
  }
}
