// FEEL and DMN in the browser: the engine's own door, bundled by vite, in a real Chromium, answers exactly as in Node.
import { readdirSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import * as node from '../../engine/index.ts';
import { requireChromium } from './support.ts';

const repository = join(import.meta.dirname, '../..');
const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'America/St_Lucia', calendars: {} };
const VARIABLES = { amount: 12_500, dept: 'works', limit: 10, grades: [3, 5, 7], officer: { name: 'Ann', grade: 7 }, text: 'abc12', staff: [{ name: 'Ann', grade: 8 }], n: 17, k: 'x' };
const CLAIM = { amount: 140, kind: 'refreshments', receiptNumber: 'R-7' };

/** What both sides are asked; it runs here and in the browser, so it uses nothing but its arguments. */
function answer(rules: Pick<typeof node, 'compileFeel' | 'compileDmn' | 'evaluateDecision' | 'decisionWords'>, asked: { expressions: readonly string[]; models: readonly (readonly [xml: string, decision: string, inputs: Record<string, unknown>])[]; variables: Record<string, unknown>; clock: typeof CLOCK }): Promise<string> {
  const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : String(error));
  const values = asked.expressions.map((source) => {
    const feel = rules.compileFeel(source, { names: Object.keys(asked.variables) });
    if ('code' in feel) return [feel.code, feel.position];
    try {
      return feel.explain({ get: (name) => asked.variables[name] }, asked.clock);
    } catch (error) {
      return codeOf(error);
    }
  });
  const decisions = asked.models.map(async ([xml, decision, inputs]) => {
    const model = await rules.compileDmn(xml);
    if (Array.isArray(model)) return model;
    try {
      const result = rules.evaluateDecision(model, decision, inputs, asked.clock);
      return { ...result, words: rules.decisionWords(result) };
    } catch (error) {
      return codeOf(error);
    }
  });
  return Promise.all(decisions).then((decided) => JSON.stringify({ values, decided }));
}

async function bundled(folder: string): Promise<string> {
  const entry = join(folder, 'rules.ts');
  writeFileSync(entry, `export { compileDmn, compileFeel, decisionWords, evaluateDecision } from '${join(repository, 'engine/index.ts')}';\n`);
  const outputs = await build({
    configFile: false, root: repository, logLevel: 'silent',
    build: { write: false, target: 'es2022', minify: true, lib: { entry, formats: ['iife'], name: 'rules', fileName: 'rules' } },
  });
  const chunks = (Array.isArray(outputs) ? outputs : [outputs]).flatMap((one) => ('output' in one ? one.output : []));
  const code = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.code : []));
  expect(code).to.have.length(1);
  return code[0] ?? '';
}

describe('FEEL and DMN in the browser', function () {
  this.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-rules-'));
  let browser: Browser | undefined;
  let page: Page;
  let code: string;

  before(async function () {
    const executablePath = requireChromium(this);
    code = await bundled(folder);
    browser = await chromium.launch({ executablePath, args: ['--headless=new', '--no-sandbox', '--disable-gpu'], timeout: 30_000 });
    page = await browser.newPage();
    await page.addScriptTag({ content: code });
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('every expression of the corpus and every decision gives the same value, rules, reasons and errors as in Node', async () => {
    const corpus = readFileSync(join(repository, 'tests/engine/feel/corpus/expressions.feel'), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('//'));
    const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
    const models = readdirSync(join(repository, 'tests/engine/dmn/corpus')).map((name) => read(`tests/engine/dmn/corpus/${name}`));
    const asked = {
      // Also what is refused, and what has to stop: the browser's stack is another one.
      expressions: [...corpus, '1 +', '(function(f) f(f))(function(f) f(f))', 'for i in 1..1000000000 return i', '0.1 + 0.2 = 0.3', 'date("2026-01-05") + duration("P10D")'],
      models: [
        [read('processes/petty-cash/decisions/approval-authority.dmn'), 'approval-authority', CLAIM] as const,
        ...models.flatMap((xml) => [...xml.matchAll(/<decision id="(\w+)"/g)].map(([, id = '']) => [xml, id, VARIABLES] as const)),
        ['<definitions/>', 'none', {}] as const,
      ],
      variables: VARIABLES, clock: CLOCK,
    };
    const here = await answer(node, asked);
    const there = await page.evaluate(`(${answer.toString()})(rules, ${JSON.stringify(asked)})`);
    expect(JSON.parse(there as string)).to.deep.equal(JSON.parse(here));
    const { decided } = JSON.parse(here) as { decided: readonly { readonly value?: unknown; readonly words?: readonly string[] }[] };
    expect(decided[0]?.value).to.equal('permanent-secretary');
    expect(decided[0]?.words?.[1]).to.equal('Approval authority: Receipt is "in order", Kind of expense is "refreshments", Amount in EC$ is 140; rule 5 (Refreshments above EC$ 100: Permanent Secretary) matched; the answer is "permanent-secretary".');
  });

  it('the bundle is as large as docs/feel.md says', () => {
    const kilobytes = { minified: Math.round(Buffer.byteLength(code) / 1_000), gzip: Math.round(gzipSync(code).length / 1_000) };
    console.log(`  FEEL and DMN for the browser: ${String(kilobytes.minified)} kB minified, ${String(kilobytes.gzip)} kB gzip`);
    const [, minified = '', gzip = ''] = /(\d+) kB minified, (\d+) kB with gzip/.exec(readFileSync(join(repository, 'docs/feel.md'), 'utf8')) ?? [];
    expect(kilobytes.minified).to.be.closeTo(Number(minified), Number(minified) * 0.05);
    expect(kilobytes.gzip).to.be.closeTo(Number(gzip), Number(gzip) * 0.05);
  });
});
