/** Files as other tools write them, in the designer in a real browser: one task is renamed, and nothing else of the file is changed; what cannot be kept is said before. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { importModel } from '../../engine/index.ts';
import { differences, treeOf } from '../engine/bpmn/xml-tree.ts';
import { World, examine, requireChromium } from './support.ts';

const FILES = fileURLToPath(new URL('../designer/files/', import.meta.url));
const MIWG = fileURLToPath(new URL('../../../shared/data/miwg/', import.meta.url));
const NEW_NAME = 'A name that was given here';

/** A file becomes a draft, as somebody at the library brings it in; answers the id of its model. */
async function bring(page: Page, xml: string, name: string): Promise<string> {
  await page.goto('/designer');
  await page.getByLabel(/^File from another tool/).setInputFiles({ name, mimeType: 'application/xml', buffer: Buffer.from(xml) });
  const link = page.getByRole('link', { name: 'Open the draft' });
  await Promise.race([link.waitFor(), page.waitForURL(/\/designer\/.+/)]);
  if (!/\/designer\/.+/.test(page.url())) await link.click();
  await page.waitForURL(/\/designer\/.+/);
  return decodeURIComponent(page.url().split('/').at(-1)!);
}

async function draftOf(page: Page, id: string): Promise<string> {
  return page.evaluate(async (model) => ((await (await fetch(`/api/v1/models/${encodeURIComponent(model)}`)).json()) as { readonly xml: string }).xml, id);
}

/** Renames the first task of the outline that is drawn; answers its id. */
async function rename(page: Page): Promise<string> {
  await page.getByRole('button', { name: /^(No problems|Problems)/ }).waitFor();
  await page.getByRole('button', { name: 'Outline', exact: true }).click();
  // The outline is filled when the drawing is there.
  const tasks = await (await page.waitForFunction(() => {
    const drawn = [...document.querySelectorAll('[role=treeitem]')].filter((item) => document.querySelector(`.djs-container [data-element-id="${item.getAttribute('data-id') ?? ''}"]`) !== null);
    return drawn.length > 0 && drawn.map((item) => ({ id: item.getAttribute('data-id') ?? '', words: item.querySelector('.designer-tree__row')?.textContent ?? '' }));
  })).jsonValue() as readonly { readonly id: string; readonly words: string }[];
  const task = tasks.find(({ words }) => /task/i.test(words) && !/annotation|data/i.test(words)) ?? tasks.at(-1)!;
  await page.locator(`[role=treeitem][data-id="${task.id}"] > .designer-tree__row`).click();
  await page.locator('.designer-panel input[name=name]').fill(NEW_NAME);
  await page.keyboard.press('Control+s');
  await page.getByText(/^Draft saved \d\d:\d\d$/).waitFor();
  return task.id;
}

/** References with the prefix of the file's own namespace, without it: they name the same. */
function unprefixed(xml: string): string {
  const prefixes = [...xml.matchAll(/xmlns:(\w+)="([^"]*)"/g)].filter(([, , uri]) => xml.includes(`targetNamespace="${uri!}"`)).map(([, prefix]) => prefix!);
  return prefixes.reduce((text, prefix) => text.replace(new RegExp(`(=")${prefix}:([\\w.-]+")|(>)${prefix}:([\\w.-]+<)`, 'g'), '$1$2$3$4'), xml);
}

/** The id of the shape of an element. */
function shapeOf(xml: string, id: string): string {
  const tag = [...xml.matchAll(/<\w+:BPMNShape [^>]*>/g)].map(([text]) => text).find((text) => text.includes(`bpmnElement="${id}"`)) ?? '';
  return / id="([^"]*)"/.exec(tag)?.[1] ?? '';
}

/** What drawing itself adds: where the new name stands, a mark that is shown anyway, and a diagram for what had none. Nothing of that takes something away. */
function isDrawn(path: string, left: string | undefined, right: string | undefined, shape: string): boolean {
  if (path.includes(`/BPMNShape[${shape}]/BPMNLabel`)) return right !== undefined;
  return left === undefined && (path.endsWith('/@isMarkerVisible') || path.endsWith('/BPMNDiagram'));
}

/** Its processes are free again for another file. */
async function discard(page: Page): Promise<void> {
  await page.getByText('File', { exact: true }).click();
  await page.getByRole('button', { name: 'Discard the draft…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await page.waitForURL('**/designer');
}

describe('Designer: files of other tools', function () {
  this.timeout(60_000);
  let world: World;
  before(async function () { world = await World.open(requireChromium(this)); });
  after(async () => { await (world as World | undefined)?.close(); });
  afterEach(() => { expect(world.errors.splice(0)).to.deep.equal([]); });

  const files = [...readdirSync(FILES).map((name) => `${FILES}${name}`), ...(existsSync(MIWG) ? readdirSync(MIWG).filter((name) => name.endsWith('.bpmn')).map((name) => `${MIWG}${name}`) : [])];
  it('There are files of other tools to open.', () => { expect(files.map((file) => basename(file))).to.include('qualified-names.bpmn'); });

  for (const file of files) {
    it(`${basename(file)}: one step gets another name, and nothing else is changed.`, async () => {
      const imported = importModel(readFileSync(file, 'utf8'));
      if ('code' in imported) throw new Error(imported.message);
      const { context, page } = await world.officer('systems.analyst');
      const model = await bring(page, readFileSync(file, 'utf8'), basename(file));
      const renamed = await rename(page);
      const draft = await draftOf(page, model);
      const changed = differences(treeOf(unprefixed(imported.xml)), treeOf(unprefixed(draft)));
      expect(changed.filter(({ path, right }) => path.endsWith(`[${renamed}]/@name`) && right === NEW_NAME), 'the name').to.have.lengthOf(1);
      expect(changed.filter(({ path, left, right }) => !path.endsWith(`[${renamed}]/@name`) && !isDrawn(path, left, right, shapeOf(draft, renamed)))).to.deep.equal([]);
      await discard(page);
      await context.close();
    });
  }

  it('What the designer cannot keep is named before the file is opened, and opening it is a choice.', async () => {
    const { context, page } = await world.officer('systems.analyst');
    const broken = readFileSync(`${FILES}qualified-names.bpmn`, 'utf8').replaceAll('Permit', 'Licence').replace('<semantic:callActivity ', '<tool:stamp id="stamp" colour="red" /><semantic:callActivity ');
    await bring(page, broken, 'broken.bpmn');
    await page.getByRole('heading', { name: 'The designer cannot keep all of this file' }).waitFor();
    expect(await page.getByRole('alert').innerText()).to.contain('1 part of the file is gone').and.match(/<tool:stamp> of stamp, line \d+/);
    expect(await page.locator('.designer-frame').count()).to.equal(0);
    await examine(page, 'designer-losses');
    await page.getByRole('button', { name: 'Open it all the same' }).click();
    await page.locator('.designer-panel').waitFor();
    await discard(page);
    await context.close();
  });
});
