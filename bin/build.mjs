// Builds what runs in the browser with vite: the designer and the islands of desk/, into dist/web with a manifest. Done once per state of the sources.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { root } from './setup.mjs';

/** Folder of the built files; `manifest.json` in it is `{ [entry]: { script, styles } }`, `stamp` says from which sources. */
export const webFolder = join(root, 'dist/web');

const SOURCES = ['engine/**/*.{ts,json}', 'designer/**/*', 'desk/**/*.{ts,tsx,css}', 'server/http/contract/**/*.ts', 'package-lock.json', 'bin/build.mjs'];

/** Entry points by name: every file of desk/islands, the designer, and the decision editor, which needs nothing of the drawing. */
function entries() {
  const islands = globSync('desk/islands/*.{ts,tsx}', { cwd: root }).sort();
  const designer = { designer: 'designer/main.ts', decisions: 'designer/decisions/main.ts' };
  const all = { ...Object.fromEntries(islands.map((path) => [basename(path).replace(/\.tsx?$/, ''), path])), ...designer };
  return Object.fromEntries(Object.entries(all).filter(([, path]) => existsSync(join(root, path))).map(([name, path]) => [name, join(root, path)]));
}

function stampOfSources() {
  const hash = createHash('sha256');
  for (const path of globSync(SOURCES, { cwd: root }).sort()) {
    try {
      hash.update(path).update(readFileSync(join(root, path)));
    } catch (error) {
      if (error.code !== 'EISDIR') throw error;
    }
  }
  return hash.digest('hex');
}

/**
 * Builds when the sources have changed since the last build.
 * @param {(line: string) => void} say what is done, in plain words
 * @returns {Promise<boolean>} whether anything had to be built
 */
export async function buildWeb(say) {
  const input = entries();
  const stamp = stampOfSources();
  const stampFile = join(webFolder, 'stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false;
  const started = Date.now();
  say('Building the pages of the designer and the live lists ...');
  const made = join(root, 'dist', `web.${String(process.pid)}`);
  mkdirSync(made, { recursive: true });
  try {
    const manifest = Object.keys(input).length === 0 ? {} : await bundle(input, made);
    compress(made);
    writeFileSync(join(made, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    writeFileSync(join(made, 'stamp'), stamp);
    rmSync(webFolder, { recursive: true, force: true });
    renameSync(made, webFolder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  say(`Built after ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

/** The engine is pure: reading a file of it does nothing, so what nobody uses of it is left out. */
const treeshake = { moduleSideEffects: (id) => !id.startsWith(join(root, 'engine/')) };

/** Beside every text file its compressed forms: compressing at each request would cost more than the request. */
function compress(folder) {
  for (const path of globSync('assets/*.{js,css,svg}', { cwd: folder })) {
    const content = readFileSync(join(folder, path));
    writeFileSync(join(folder, `${path}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    writeFileSync(join(folder, `${path}.gz`), gzipSync(content, { level: 9 }));
  }
}

async function bundle(input, outDir) {
  const { build } = await import('vite');
  await build({
    root, configFile: false, logLevel: 'error', publicDir: false, base: '/web/', define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { outDir, emptyOutDir: true, manifest: 'vite.json', target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 4_000, rollupOptions: { input, treeshake } },
  });
  const made = JSON.parse(readFileSync(join(outDir, 'vite.json'), 'utf8'));
  const stylesOf = (chunk, seen = new Set()) => {
    if (seen.has(chunk)) return [];
    seen.add(chunk);
    return [...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap((name) => stylesOf(made[name], seen))];
  };
  return Object.fromEntries(Object.values(made).filter(({ isEntry }) => isEntry)
    .map((chunk) => [chunk.name, { script: `/web/${chunk.file}`, styles: [...new Set(stylesOf(chunk))].map((name) => `/web/${name}`) }]));
}

if (import.meta.filename === process.argv[1]) await buildWeb((line) => process.stderr.write(`${line}\n`));
