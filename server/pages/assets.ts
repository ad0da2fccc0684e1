/** The static files of the desk: the style sheet (govuk-frontend without its typeface, then ours), the script and the icon, named by their content. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { DeskAssets, Island } from '../../desk/layout.ts';
import type { Assets } from '../http/contract/bind.ts';
import { subsetCss } from './css-subset.ts';

/** The parts of govuk-frontend the desk uses; the rest is left out of the style sheet. */
const COMPONENTS = [
  'template', 'width-container', 'main-wrapper', 'skip-link', 'visually-hidden', 'body', 'heading', 'caption', 'link', 'list', 'section-break',
  'button', 'back-link', 'checkboxes', 'radios', 'date-input', 'details', 'error-message', 'error-summary', 'fieldset', 'form-group', 'hint',
  'input', 'label', 'select', 'textarea', 'inset-text', 'summary-list', 'table', 'tag',
];

const OWN = ['palette.css', 'layout.css', 'components.css', 'form.css', 'monitor.css', 'print.css'];

export interface BuiltAssets {
  readonly names: DeskAssets;
  readonly served: readonly Assets[];
}

/** Where bin/build.mjs puts what runs in the browser. */
const WEB = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** Writes the files into `directory` (made if it is not there); their names change with their content, so they may be cached for ever. */
export async function buildAssets(directory: string): Promise<BuiltAssets> {
  const source = (name: string): Promise<string> => readFile(fileURLToPath(new URL(`../../desk/assets/${name}`, import.meta.url)), 'utf8');
  const govuk = await readFile(createRequire(import.meta.url).resolve('govuk-frontend/dist/govuk/govuk-frontend.min.css'), 'utf8');
  const own = await Promise.all(OWN.map(source));
  await mkdir(directory, { recursive: true });
  const write = async (stem: string, extension: string, content: string): Promise<string> => {
    const name = `${stem}.${createHash('sha256').update(content).digest('hex').slice(0, 16)}.${extension}`;
    const bytes = Buffer.from(content);
    await Promise.all([writeFile(join(directory, name), bytes), writeFile(join(directory, `${name}.br`), brotliCompressSync(bytes)), writeFile(join(directory, `${name}.gz`), gzipSync(bytes))]);
    return `/assets/${name}`;
  };
  const names = {
    stylesheet: await write('desk', 'css', `${subsetCss(govuk, COMPONENTS)}\n${own.map(squeeze).join('\n')}`),
    script: await write('desk', 'js', await source('desk.ts')),
    icon: await write('mark', 'svg', await source('mark.svg')),
    islands: await islands(),
  };
  return { names, served: [{ path: '/assets', directory }, { path: '/web', directory: WEB }] };
}

/** What was bundled; nothing where nobody has built yet: the pages then do without. */
async function islands(): Promise<Readonly<Record<string, Island>>> {
  const manifest = await readFile(join(WEB, 'manifest.json'), 'utf8').catch(() => '{}');
  return JSON.parse(manifest) as Readonly<Record<string, Island>>;
}

/** Takes out comments and the spaces of layout. */
function squeeze(css: string): string {
  return css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s+/g, ' ').replace(/\s*([{};,])\s*/g, '$1').trim();
}
