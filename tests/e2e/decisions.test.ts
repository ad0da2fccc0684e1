/** The decision editor in a real browser: a limit is changed, tried and deployed, and the next case follows it; with the mouse and by keyboard alone. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Page, Route } from 'playwright-core';
import { readVariable } from '../../engine/index.ts';
import { emptyModel } from '../../server/models/empty.ts';
import { World, examine, requireChromium } from './support.ts';
import type { Visitor } from './support.ts';

const CLAIM = { purpose: 'Paper for the printer', kind: 'stationery', amount: 240, spentOn: { $: 'date', v: '2026-01-02' }, receiptNumber: 'R-1182' };
const LIMIT = 'Rule 2, Amount in EC$';

async function open(world: World, path = 'petty-cash/decisions/approval-authority'): Promise<Visitor> {
  const visitor = await world.officer('systems.analyst');
  await visitor.page.goto(`/designer/${path}`);
  await visitor.page.getByRole('button', { name: /^(No problems|Problems)/ }).waitFor();
  return visitor;
}

const cell = (page: Page, name: string): ReturnType<Page['getByRole']> => page.getByRole('textbox', { name, exact: true });
const tryField = (page: Page, name: string): ReturnType<Page['locator']> => page.locator(`.try [name="${name}"]`);

async function write(page: Page, name: string, text: string): Promise<void> {
  await cell(page, name).fill(text);
  await cell(page, name).press('Tab');
}

async function deploy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Deploy…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
}

describe('Designer: decisions in the browser', function () {
  this.timeout(90_000);
  let world: World;

  before(async function () { world = await World.open(requireChromium(this)); });
  after(async () => { await (world as World | undefined)?.close(); });
  afterEach(() => { expect(world.errors.splice(0)).to.deep.equal([]); });

  const begin = (): Promise<string> => world.start('petty-cash', CLAIM, 'administrative.officer', ['officers']);
  const decided = async (stream: string): Promise<unknown[]> => {
    const { state } = (await world.inspect(stream))!;
    return [state.version, readVariable(state, 0, 'authority')];
  };

  it('A changed limit is tried before it is deployed; the next case is routed by the new table, the running one stays.', async () => {
    const before = await begin();
    const visitor = await open(world, 'petty-cash');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Outline', exact: true }).click();
    await page.locator('[role=treeitem][data-id="find-authority"] > .designer-tree__row').click();
    await page.getByRole('link', { name: 'Open the decision' }).click();
    await page.waitForURL('**/designer/petty-cash/decisions/approval-authority');
    await page.getByRole('heading', { name: 'Approval authority', level: 2 }).waitFor();
    const answer = async (): Promise<string> => {
      for (const [name, value] of Object.entries({ amount: '240', kind: 'stationery', receiptNumber: 'R-1182' })) await tryField(page, name).fill(value);
      await page.getByRole('button', { name: 'Decide' }).click();
      return page.locator('.try-answer').innerText();
    };
    expect(await answer()).to.equal('"permanent-secretary"');
    expect(await page.locator('.rules-rule--fired th').innerText()).to.contain('3');
    await write(page, LIMIT, '<= 250');
    await write(page, 'Rule 3, Amount in EC$', '(250..500]');
    expect(await answer()).to.equal('"head-of-section"');
    expect(await page.locator('.try').innerText()).to.contain('Rule 2 matched').and.contain('Amount in EC$ is 240').and.contain('Receipt');
    await examine(page, 'decisions-tried');
    await page.getByText(/^Draft saved/).waitFor();
    await deploy(page);
    await page.getByText('Version 2 of the procedure is live with these decisions. 1 running case stays on its version.').waitFor();
    expect(await decided(await begin())).to.deep.equal([2, 'head-of-section']);
    expect(await decided(before)).to.deep.equal([1, 'permanent-secretary']);
    await visitor.context.close();
  });

  it('A cell that is no FEEL is pointed at while it is typed, listed, and refused at deployment with its place and reason.', async () => {
    const { context, page } = await open(world);
    await cell(page, LIMIT).fill('<= (');
    const wrong = page.locator('.rules-cell--error .designer-wrong');
    await wrong.waitFor();
    expect(await wrong.innerText()).to.contain('▲').and.contain('Expected');
    expect(await cell(page, LIMIT).getAttribute('aria-invalid')).to.equal('true');
    await cell(page, LIMIT).press('Tab');
    await page.getByRole('button', { name: 'Problems 1' }).waitFor();
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByText('It cannot be tried while there is an error in the file').waitFor();
    await deploy(page);
    await page.getByRole('alert').waitFor();
    expect(await page.locator('.designer-problems').innerText()).to.contain('Not deployed: 1 error').and.contain('Approval authority: rule 2, Amount in EC$');
    await examine(page, 'decisions-refused');
    await page.getByRole('button', { name: /Error in Approval authority: rule 2/ }).click();
    await page.waitForFunction((name) => document.activeElement?.getAttribute('aria-label') === name, LIMIT);
    // A text without quotes is a name nobody knows.
    await cell(page, LIMIT).press('Control+z');
    await page.getByRole('button', { name: 'No problems' }).waitFor();
    await write(page, 'Rule 2, Approval authority', 'claimant');
    await page.getByRole('button', { name: 'Problems 1' }).waitFor();
    expect(await page.locator('.designer-problems').innerText()).to.contain('“claimant” is nothing').and.contain('double quotes');
    // A test that is FEEL to the letter and yet never matches is told at its cell.
    await cell(page, 'Rule 2, Approval authority').press('Control+z');
    await page.getByRole('button', { name: 'No problems' }).waitFor();
    await cell(page, LIMIT).fill('=> 250');
    await page.locator('#problem-1-2', { hasText: "Expected '>=' for at least, but there is '=>'" }).waitFor();
    await cell(page, LIMIT).press('Tab');
    await page.getByRole('button', { name: 'Problems 1' }).waitFor();
    expect(await page.locator('.designer-problems').innerText()).to.contain('1 warning').and.contain("Expected '>=' for at least");
    await page.getByText('File', { exact: true }).click();
    await page.getByRole('button', { name: 'Discard the changes…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('No changes', { exact: true }).waitFor();
    await context.close();
  });

  it('A keyboard is enough: move, write, add, move and copy rules, paste from a spreadsheet, take all of it back, try, next problem.', async () => {
    const { context, page } = await open(world);
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent ?? '');
    const tabTo = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 60 && (await focused()).trim() !== name; presses += 1) await page.keyboard.press('Tab');
      expect((await focused()).trim()).to.equal(name);
    };
    const rules = async (): Promise<string[]> => page.locator('.rules-table tbody tr').evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('textarea')].map(({ value }) => value).join(' | ')));
    const before = await rules();
    await page.locator('.designer-bar__back').first().focus();
    await tabTo('Rule 1, Receipt');
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    expect(await focused()).to.equal(LIMIT);
    await page.keyboard.type('<= 260');
    await page.keyboard.press('Enter');
    expect(await focused()).to.equal('Rule 3, Amount in EC$');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Control+Enter');
    expect(await focused()).to.equal('Rule 3, Receipt');
    await page.keyboard.type('"missing"');
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowDown');
    expect(await focused()).to.equal('Rule 2, Receipt');
    expect(await rules()).to.deep.equal([before[0], '"missing" | - | - |  | ', before[1]!.replace(/<= \d+/, '<= 260'), ...before.slice(2)]);
    await page.evaluate(() => { document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: (() => { const data = new DataTransfer(); data.setData('text/plain', '"in order"\t"gifts"\n"in order"\t"fares"'); return data; })() })); });
    await page.waitForFunction(() => document.querySelectorAll('textarea')[6]?.value === '"gifts"');
    expect((await rules()).slice(1, 3).map((rule) => rule.slice(0, 20))).to.deep.equal(['"in order" | "gifts"', '"in order" | "fares"']);
    // One step each: the limit, the new rule, its text, three moves, what was pasted.
    for (let steps = 0; steps < 7; steps += 1) await page.keyboard.press('Control+z');
    await page.waitForFunction((count) => document.querySelectorAll('.rules-table tbody tr').length === count, before.length);
    expect(await rules()).to.deep.equal(before);
    await page.keyboard.press('Control+End');
    await tabTo('amount');
    await page.keyboard.type('12.5O');
    await page.keyboard.press('Enter');
    await page.getByText('Expected a number such as 12.50, but it is “12.5O”').waitFor();
    expect(await focused()).to.equal('amount');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('12.50');
    await page.keyboard.press('Enter');
    await page.locator('.try-answer').waitFor();
    // Without a receipt it goes back.
    expect(await page.locator('.try-answer').innerText()).to.equal('"claimant"');
    await page.keyboard.press('F8');
    expect(await focused()).to.contain('Problems: no problems');
    await context.close();
  });

  it('A new table is made from its task: input, rules, deployed with the procedure; the library leads back to it.', async () => {
    const model = emptyModel('trade-fee', 'Trade fee').replaceAll('bpmn:userTask', 'bpmn:businessRuleTask').replace(/<zeebe:userTask \/>/, '<zeebe:properties />').replace('name="First task"', 'name="Fee of the licence"');
    const visitor = await world.officer('systems.analyst');
    const { page } = visitor;
    await page.goto('/designer');
    await page.getByLabel(/^File from another tool/).setInputFiles({ name: 'fee.bpmn', mimeType: 'application/xml', buffer: Buffer.from(model) });
    await page.waitForURL('**/designer/trade-fee');
    await page.getByRole('button', { name: 'Outline', exact: true }).click();
    await page.locator('[role=treeitem][data-id="trade-fee-task"] > .designer-tree__row').click();
    await page.getByRole('button', { name: 'New decision table' }).click();
    await page.waitForURL('**/designer/trade-fee/decisions/fee-of-the-licence');
    await page.getByRole('heading', { name: 'Fee of the licence', level: 2 }).waitFor();
    await examine(page, 'decisions-new');
    await page.getByRole('button', { name: 'Input', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What is asked').fill('trade');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    for (const [rule, trade, fee] of [[1, '"hawker"', '"20"'], [2, 'not("hawker")', '"50"']] as const) {
      await page.getByRole('button', { name: 'Add a rule', exact: true }).click();
      await write(page, `Rule ${String(rule)}, trade`, trade);
      await write(page, `Rule ${String(rule)}, Fee of the licence`, fee);
    }
    await tryField(page, 'trade').fill('hawker');
    await page.getByRole('button', { name: 'Decide' }).click();
    expect(await page.locator('.try-answer').innerText()).to.equal('"20"');
    await page.getByText(/^What it needs: trade/).click();
    await examine(page, 'decisions-needs');
    await deploy(page);
    await page.getByText(/^Version 1 of the procedure is live with these decisions/).waitFor();
    await page.goto('/designer');
    await examine(page, 'decisions-library');
    await page.getByRole('link', { name: 'Fee of the licence' }).click();
    await page.getByText('Version 1 of the procedure is live').first().waitFor();
    expect(await cell(page, 'Rule 2, trade').inputValue()).to.equal('not("hawker")');
    await visitor.context.close();
  });

  it('What never ends is stopped: by the budget of a case, and by hand.', async () => {
    const { context, page } = await open(world);
    await page.getByRole('button', { name: /^Amount in EC/ }).click();
    await page.getByRole('dialog').getByLabel('What is asked (FEEL)').fill('count(for i in 1..1000000 return i)');
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    for (const [name, value] of Object.entries({ kind: 'stationery', receiptNumber: 'R-1' })) await tryField(page, name).fill(value);
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByText('Expected an evaluation within its step budget').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.keyboard.press('Control+s');
    await page.getByText(/^Draft saved \d\d:\d\d$/).waitFor();
    // A worker that never answers.
    await page.reload();
    await page.getByRole('button', { name: /^(No problems|Problems)/ }).waitFor();
    const held: Route[] = [];
    await page.route('**/decision-worker*', (route) => { held.push(route); });
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('The evaluation was stopped').waitFor();
    await page.unrouteAll();
    await held[0]?.abort().catch(() => undefined);
    world.errors.splice(0);
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.locator('.try-answer').waitFor();
    await context.close();
  });

  it('Expressions of every other kind are shown with their texts, kept as they are, and can be tried.', async () => {
    const boxed = readFileSync(new URL('../engine/dmn/corpus/boxed.dmn', import.meta.url), 'utf8');
    await world.deploy([{ name: 'boxed.bpmn', content: emptyModel('boxed', 'Boxed') }, { name: 'boxed.dmn', content: boxed }]);
    const [, first = ''] = /<decision id="(\w+)"/.exec(boxed) ?? [];
    const { context, page } = await open(world, `boxed/decisions/${first}`);
    const entries = page.locator('.rules-entry');
    for (let at = 0; at < await entries.count(); at += 1) {
      await entries.nth(at).click();
      expect(await page.locator('.rules-pane').innerText()).to.not.equal('');
    }
    await examine(page, 'decisions-boxed');
    await context.close();
  });

  it('Only analysts come in; a decision that does not exist is not found.', async () => {
    const officer = await world.officer('senior.clerk');
    expect((await officer.page.goto('/designer/petty-cash/decisions/approval-authority'))!.status()).to.equal(403);
    const analyst = await world.officer('systems.analyst');
    expect((await analyst.page.goto('/designer/petty-cash/decisions/nothing'))!.status()).to.equal(404);
    await Promise.all([officer.context.close(), analyst.context.close()]);
  });
});
