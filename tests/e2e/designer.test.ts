/** The analyst's way in a real browser: rename a task, deploy, and what a mistake looks like; with the mouse and by keyboard alone. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { World, examine, requireChromium } from './support.ts';
import type { Visitor } from './support.ts';

const APPLICATION = {
  leaveType: 'vacation', firstDay: '1 3 2027', lastDay: '5 3 2027', personnelNumber: 'PS-1042', contact: '758 468 2000',
  deputy: 'senior.clerk', handoverNotes: 'Files of the week are in the <b>second</b> drawer.',
};

const AT_DRAWN = '.djs-container [data-element-id="check-record"]';

async function open(world: World, id = 'leave'): Promise<Visitor> {
  const visitor = await world.officer('systems.analyst');
  await visitor.page.goto(`/designer/${id}`);
  await visitor.page.getByRole('button', { name: /^(No problems|Problems)/ }).waitFor();
  return visitor;
}

/** Selects a step through the outline. */
async function choose(page: Page, id: string): Promise<void> {
  const outline = page.getByRole('button', { name: 'Outline', exact: true });
  if (await outline.count() > 0) await outline.click();
  await page.locator(`[role=treeitem][data-id="${id}"] > .designer-tree__row`).click();
}

async function deploy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Deploy…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
}

async function startLeave(world: World): Promise<string> {
  const officer = await world.officer('administrative.officer');
  await officer.page.goto('/start/leave');
  await officer.fill(APPLICATION);
  await officer.press('Start the case');
  const address = officer.page.url();
  await officer.context.close();
  return address.split('/').at(-1)!;
}

describe('Designer: the analyst in the browser', function () {
  this.timeout(60_000);
  let world: World;

  before(async function () { world = await World.open(requireChromium(this)); });
  after(async () => { await (world as World | undefined)?.close(); });
  afterEach(() => { expect(world.errors.splice(0)).to.deep.equal([]); });

  it('Renaming a task and deploying makes version 2; the running case stays on version 1, a new one gets the new name.', async () => {
    const before = await startLeave(world);
    const { context, page } = await open(world);
    await page.locator(AT_DRAWN).first().waitFor();
    await page.locator('.designer-bar').filter({ hasText: 'Version 1 is live' }).filter({ hasText: 'No changes' }).waitFor();
    for (const size of [{ width: 1440, height: 900 }, { width: 1280, height: 760 }]) {
      await page.setViewportSize(size);
      await page.waitForFunction(isFitted);
    }
    await choose(page, 'check-record');
    await page.locator('.designer-panel input[name=name]').fill('Check the leave card');
    await page.keyboard.press('Control+s');
    await page.getByText(/^Draft saved \d\d:\d\d$/).waitFor();
    await page.getByRole('button', { name: 'Drawing', exact: true }).click();
    expect((await page.locator(AT_DRAWN).first().textContent())?.replace(/\s+/g, ' ')).to.contain('Check the leave card');
    await deploy(page);
    await page.getByText('Version 2 is live. 1 running case stays on its version.').waitFor();
    await page.locator('.designer-bar').filter({ hasText: 'Version 2 is live' }).filter({ hasText: 'No changes' }).waitFor();
    const after = await startLeave(world);
    const names = await Promise.all([before, after].map(async (stream) => {
      const seen = (await world.inspect(stream))!;
      return seen.graph.nodes.get('check-record')!.name;
    }));
    expect(names).to.deep.equal(['Check the leave record', 'Check the leave card']);
    await context.close();
  });

  it('A broken condition is pointed at while it is typed, listed, marked on the drawing, and refused by the server with the reason in words.', async () => {
    const { context, page } = await open(world);
    await choose(page, 'certificate-missing');
    const condition = page.locator('.designer-panel textarea.designer-input--code').first();
    await condition.fill('=certificateMissing and (');
    await page.locator('.designer-wrong').waitFor();
    expect(await page.locator('.designer-wrong').innerText()).to.contain('▲').and.contain('Expected');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Problems 1' }).waitFor();
    await page.getByRole('button', { name: 'Drawing', exact: true }).click();
    await deploy(page);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).to.contain('Not deployed');
    const flow = '.djs-connection[data-element-id="certificate-missing--attach-certificate"]';
    await page.locator(`${flow}.finding-error`).waitFor({ state: 'attached' });
    expect(await page.locator('.finding-badge--error').count()).to.equal(1);
    const list = await page.locator('.designer-problems').innerText();
    expect(list).to.contain('Not deployed: 1 error').and.contain('Expected the condition').and.match(/line \d+/);
    expect(await page.locator('.designer-panel').innerText()).to.contain('Expected the condition');
    await examineDesigner(page, 'designer-refused');
    // Undone, it can be deployed again: nothing of it is new.
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'No problems' }).waitFor();
    expect(await page.locator('.finding-badge').count()).to.equal(0);
    await page.getByText('File', { exact: true }).click();
    await page.getByRole('button', { name: 'Discard the draft…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('No changes', { exact: true }).waitFor();
    await context.close();
  });

  it('A keyboard is enough: find a task in the outline, rename it, add a step behind it and take it back, deploy.', async () => {
    const { context, page } = await open(world);
    await page.getByRole('button', { name: 'Outline', exact: true }).focus();
    await page.keyboard.press('Enter');
    const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('data-id') ?? document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent ?? '');
    for (let presses = 0; presses < 40 && await focused() !== 'ministry'; presses += 1) await page.keyboard.press('Tab');
    for (const key of ['ArrowDown', 'End', 'Home', 'ArrowRight', 'Alt+ArrowRight', 'Alt+ArrowRight', 'Alt+ArrowLeft']) await page.keyboard.press(key);
    expect(await focused()).to.equal('application-ready');
    for (let presses = 0; presses < 20 && await focused() !== 'correct-application'; presses += 1) await page.keyboard.press('c');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'name');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Correct it');
    await page.keyboard.press('Enter');
    await page.locator('.designer-panel__heading', { hasText: 'Correct it' }).waitFor();
    await page.getByText(/^Draft saved/).waitFor();
    const press = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 160 && (await focused())?.trim() !== name; presses += 1) await page.keyboard.press('Tab');
      expect((await focused())?.trim()).to.equal(name);
      await page.keyboard.press('Enter');
    };
    const steps = await page.getByRole('treeitem').count();
    await press('In the drawing');
    await press('Add');
    await page.locator('.designer-panel__heading', { hasText: /^Activity_/ }).waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'name');
    expect(await page.getByRole('treeitem').count()).to.be.greaterThan(steps);
    // What had the focus is gone: it goes to the step before, not to the top of the page.
    await press('In the drawing');
    await press('Remove this step');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-id') === 'correct-application');
    expect(await page.getByRole('treeitem').count()).to.equal(steps);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'name');
    await press('In the drawing');
    await press('Add');
    await page.locator('.designer-panel__heading', { hasText: /^Activity_/ }).waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'name');
    await page.locator('.designer-bar__back').focus();
    await press('Undo');
    await page.waitForFunction((count) => document.querySelectorAll('[role=treeitem]').length === count, steps);
    await page.locator('.designer-bar__back').focus();
    await press('Deploy…');
    await page.getByRole('dialog').waitFor();
    await press('Deploy');
    await page.getByText(/^Version 3 is live\. /).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent.trim() === 'Deploy…');
    await context.close();
  });

  it('A step is drawn behind another: its name is typed on the drawing, and nothing moves when the list of problems opens.', async () => {
    const { context, page } = await open(world);
    await page.locator(AT_DRAWN).first().waitFor();
    await page.waitForFunction(isFitted);
    const place = async (): Promise<number[]> => { const { x, y, width } = (await page.locator(AT_DRAWN).first().boundingBox())!; return [x, y, width].map(Math.round); };
    const at = await place();
    await page.locator(AT_DRAWN).first().click();
    await page.locator('.djs-context-pad [data-action="append.append-task"]').click();
    await page.getByRole('button', { name: /^Problems/ }).waitFor();
    expect(await place()).to.deep.equal(at);
    await page.locator('.djs-direct-editing-content').waitFor();
    await page.keyboard.type('Look at the ground');
    await page.keyboard.press('Enter');
    await page.locator('.designer-panel__heading', { hasText: 'Look at the ground' }).waitFor();
    await page.getByText('File', { exact: true }).click();
    await page.getByRole('button', { name: 'Discard the draft…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('No changes', { exact: true }).waitFor();
    await context.close();
  });

  it('Two analysts: the second is told who saved and when, and chooses whose version counts.', async () => {
    const [first, second] = await Promise.all([open(world), open(world)]);
    for (const [visitor, name] of [[first, 'First title'], [second, 'Second title']] as const) {
      await choose(visitor.page, 'check-record');
      await visitor.page.locator('.designer-panel input[name=name]').fill(name);
      await visitor.page.keyboard.press('Control+s');
      await visitor.page.getByText(name === 'First title' ? /^Draft saved/ : 'Not saved: somebody else has changed it').waitFor();
    }
    expect(await second.page.getByRole('alert').innerText()).to.match(/^Systems Analyst saved it at \d\d:\d\d, after you had opened it\. What you changed here is not saved\./);
    await second.page.getByRole('button', { name: 'Show theirs, drop mine' }).click();
    await second.page.locator('[role=treeitem][data-id="check-record"]', { hasText: 'First title' }).waitFor();
    await Promise.all([first.context.close(), second.context.close()]);
  });

  it('Offline, or when the session has ended, what is drawn is kept in the browser and offered when the page is opened again.', async () => {
    const visitor = await open(world);
    const { context, page } = visitor;
    await page.route('**/api/v1/models/leave', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
    await choose(page, 'check-record');
    await page.locator('.designer-panel input[name=name]').fill('Drawn on the ferry');
    await page.keyboard.press('Control+s');
    await page.getByText(/^Not saved, kept in this browser/).waitFor();
    expect(await page.locator('.designer-notices').innerText()).to.contain('The server cannot be reached');
    // The browser reports the failed request itself.
    world.errors.splice(0);
    world.clock.advance(24 * 60);
    await page.unroute('**/api/v1/models/leave');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(/Your session has ended\. Sign in again/).waitFor();
    await page.goto('/sign-in');
    await visitor.fillSignIn('systems.analyst');
    await page.goto('/designer/leave');
    await page.getByRole('button', { name: 'Use them' }).click();
    await page.getByText(/^Draft saved/).waitFor();
    await choose(page, 'check-record');
    expect(await page.locator('.designer-panel__heading').innerText()).to.equal('Drawn on the ferry');
    await context.close();
  });

  it('A new procedure begins valid and can be deployed at once; a file from elsewhere becomes a draft.', async () => {
    const visitor = await world.officer('systems.analyst');
    const { page } = visitor;
    await page.goto('/designer');
    await examine(page, 'designer-library');
    await page.getByLabel('Name of the procedure').fill('Trade licence');
    await visitor.press('Begin');
    expect(page.url()).to.match(/\/designer\/trade-licence$/);
    await page.getByRole('button', { name: 'No problems' }).waitFor();
    await examineDesigner(page, 'designer-new');
    await deploy(page);
    await page.getByText(/^Version 1 is live\. /).waitFor();
    await page.goto('/designer');
    const xml = await page.evaluate(async () => (await fetch('/api/v1/definitions/trade-licence/1/xml')).text());
    await page.getByLabel(/^File from another tool/).setInputFiles({ name: 'other.bpmn', mimeType: 'application/xml', buffer: Buffer.from(xml.replaceAll('trade-licence', 'import-licence').replace('name="Trade licence"', 'name="Import licence"')) });
    await page.waitForURL('**/designer/import-licence');
    await page.getByRole('heading', { name: 'Import licence', level: 1 }).waitFor();
    await page.goto('/designer');
    await page.getByLabel(/^File from another tool/).setInputFiles({ name: 'text.bpmn', mimeType: 'text/plain', buffer: Buffer.from('no xml') });
    await page.getByText('This is not a BPMN file: its XML cannot be read.').waitFor();
    const foreign = xml.replaceAll('trade-licence', 'foreign-licence').replace('<bpmn:definitions ', '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" ').replace(/<bpmn:process /, '<bpmn:process camunda:versionTag="7" camunda:candidateStarterUsers="anna" ');
    await page.getByLabel(/^File from another tool/).setInputFiles({ name: 'foreign.bpmn', mimeType: 'application/xml', buffer: Buffer.from(foreign) });
    await page.getByRole('heading', { name: 'This model was converted' }).waitFor();
    await page.getByText('Not supported, kept in the file: 1').waitFor();
    await page.getByText('foreign-licence: camunda:candidateStarterUsers has no counterpart here; it was kept. Put these people into a group').waitFor();
    await examine(page, 'designer-import-report');
    await page.getByRole('link', { name: 'Open the draft' }).click();
    await page.waitForURL('**/designer/foreign-licence');
    await visitor.context.close();
  });

  it('Only analysts come in, and only this page may draw with style attributes.', async () => {
    const officer = await world.officer('senior.clerk');
    const answer = await officer.page.goto('/designer/leave');
    expect(answer!.status()).to.equal(403);
    const analyst = await world.officer('systems.analyst');
    const policy = async (path: string): Promise<string> => (await analyst.page.goto(path))!.headers()['content-security-policy'] ?? '';
    expect(await policy('/designer/leave')).to.contain("style-src-attr 'unsafe-inline'").and.contain("script-src 'self';");
    expect(await policy('/designer')).to.not.contain('unsafe-inline');
    await Promise.all([officer.context.close(), analyst.context.close()]);
  });
});

/** Runs in the page: the whole drawing stands in its window, beside the palette. */
function isFitted(): boolean {
  const [drawn, palette, frame] = ['.djs-container .viewport', '.djs-palette', '.designer-canvas'].map((selector) => document.querySelector(selector)!.getBoundingClientRect());
  return drawn!.left >= palette!.right && drawn!.top >= frame!.top && drawn!.right <= frame!.right && drawn!.bottom <= frame!.bottom;
}

/** The drawing itself is bpmn-js: its palette and its own controls are measured there, not here. */
async function examineDesigner(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Outline', exact: true }).click();
  await examine(page, `${name}-outline`);
  await page.getByRole('button', { name: 'Drawing', exact: true }).click();
}
