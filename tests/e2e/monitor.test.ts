/** The monitor in the browser: a manager sees the numbers move without loading the page again, and reaches the cases behind them by mouse, keys or without a script. */
import { readFileSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { xmlOf } from '../engine/support/bpmn.ts';
import { World, examine, requireChromium } from './support.ts';
import type { Visitor } from './support.ts';

const APPLICATION = {
  leaveType: 'vacation', firstDay: '1 3 2027', lastDay: '5 3 2027', personnelNumber: 'PS-1042', contact: '758 468 2000', deputy: 'senior.clerk', handoverNotes: 'Second drawer.',
};

describe('Monitor in the browser', function () {
  this.timeout(60_000);
  this.bail(true);
  let world: World;
  let officer: Visitor;
  let hr: Visitor;
  let manager: Visitor;

  const apply = async (): Promise<void> => {
    await officer.page.goto('/start/leave');
    await officer.fill(APPLICATION);
    await officer.press('Start the case');
  };
  const count = (step: string, name: string): Promise<string> => manager.page.locator(`[data-step="${step}"] [data-count="${name}"] [data-value]`).innerText();
  const becomes = async (step: string, name: string, value: string): Promise<void> => {
    await manager.page.waitForFunction(([at, which, wanted]) => document.querySelector(`[data-step="${at!}"] [data-count="${which!}"] [data-value]`)?.textContent === wanted, [step, name, value], { timeout: 5_000 });
  };

  before(async function () {
    world = await World.open(requireChromium(this));
    [officer, hr, manager] = await Promise.all(['administrative.officer', 'hr.officer', 'permanent.secretary'].map((account) => world.officer(account))) as [Visitor, Visitor, Visitor];
  });

  after(async () => { await (world as World | undefined)?.close(); });

  it('The manager finds the procedure in the list and sees its steps, drawn and as a table.', async () => {
    await apply();
    const { page } = manager;
    await page.getByRole('link', { name: 'Monitor' }).click();
    await examine(page, 'monitor-list');
    await page.getByRole('main').getByRole('link', { name: 'Leave of absence' }).click();
    await page.waitForSelector('[data-drawn]');
    await page.getByText('Live', { exact: true }).waitFor();
    await becomes('Check the leave record', 'waiting', '1');
    await page.locator('[data-element="check-record"] .desk-badge--open[visibility="visible"]').waitFor();
    await examine(page, 'monitor');
  });

  it('Until the drawing has come its room is kept: on a slow line nothing on the page moves down.', async () => {
    const page = await manager.context.newPage();
    await page.addInitScript(() => {
      const shifts: number[] = [];
      (globalThis as unknown as { shifts: number[] }).shifts = shifts;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) shifts.push((entry as unknown as { readonly value: number }).value); }).observe({ type: 'layout-shift', buffered: true });
    });
    for (const size of [{ width: 1440, height: 900 }, { width: 320, height: 640 }]) {
      await page.setViewportSize(size);
      let deliver = (): void => undefined;
      const asked = new Promise<void>((resolve) => {
        void page.route('**/api/v1/definitions/leave/*/xml', (route) => { deliver = () => { void route.continue(); }; resolve(); }, { times: 1 });
      });
      await page.goto('/monitor/leave');
      await asked;
      const where = (): Promise<number> => page.locator('#steps').evaluate((heading) => heading.getBoundingClientRect().top);
      const before = await where();
      deliver();
      await page.waitForSelector('[data-drawn]');
      // What moved is told with the next frames.
      await page.evaluate(() => new Promise<void>((resolve) => { requestAnimationFrame(() => { requestAnimationFrame(() => { resolve(); }); }); }));
      expect(await where(), `${String(size.width)} px`).to.equal(before);
      expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0)), `${String(size.width)} px`).to.be.below(0.02);
    }
    await page.close();
  });

  it('The numbers move without loading the page: a case is started, claimed, completed.', async () => {
    const { page } = manager;
    await page.evaluate(() => { document.body.dataset['same'] = 'page'; });
    await apply();
    await becomes('Check the leave record', 'waiting', '2');
    await hr.claim('Check the leave record');
    await becomes('Check the leave record', 'claimed', '1');
    expect(await count('Check the leave record', 'waiting')).to.equal('1');
    await hr.fill({ daysAtCredit: '12', recordRemarks: 'In order.' });
    await hr.press('In order');
    await becomes('Agree to stand in', 'claimed', '1');
    expect(await count('Check the leave record', 'claimed')).to.equal('0');
    expect(await page.locator('[data-total="inProgress"]').innerText()).to.equal('2');
    expect(await page.evaluate(() => document.body.dataset['same'])).to.equal('page');
  });

  it('By keyboard: a step of the diagram opens the cases behind its number, Escape leads back to the step.', async () => {
    const { page } = manager;
    const step = page.getByRole('button', { name: /^Check the leave record: 1 waiting, 0 held/ });
    await step.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Check the leave record' });
    await panel.getByRole('listitem').first().waitFor();
    expect(await panel.getByRole('listitem').count()).to.equal(1);
    expect(await panel.getByRole('button', { name: 'Show more' }).isVisible()).to.equal(false);
    expect(await panel.getByRole('link').first().getAttribute('href')).to.match(/^\/cases\//);
    await examine(page, 'monitor-panel');
    await step.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    expect(await panel.isVisible()).to.equal(false);
    expect(await page.evaluate(() => document.activeElement?.closest('[data-element]')?.getAttribute('data-element'))).to.equal('check-record');
  });

  it('A number of the table opens the same list; tasks past their due date stand out in words.', async () => {
    const { page } = manager;
    world.clock.advance(60 * 24 * 20);
    await hr.signIn('hr.officer');
    await manager.signIn('permanent.secretary');
    await page.goto('/monitor/leave');
    await page.waitForSelector('[data-drawn]');
    await page.getByRole('link', { name: '1 overdue, Check the leave record' }).click();
    await page.getByRole('complementary').getByText('late').first().waitFor();
    await examine(page, 'monitor-overdue');
  });

  it('Paused, the figures stand still and say of when they are; then they go on.', async () => {
    const { page } = manager;
    await page.getByRole('button', { name: 'Pause updates' }).click();
    await page.getByText(/^Paused by you\. Last figures \d\d:\d\d:\d\d\.$/).waitFor();
    await hr.claim('Check the leave record');
    await page.waitForTimeout(700);
    expect(await count('Check the leave record', 'claimed')).to.equal('0');
    await page.getByRole('button', { name: 'Go on' }).click();
    await becomes('Check the leave record', 'claimed', '1');
  });

  it('When the manager signs out elsewhere the page says that its figures have ended.', async () => {
    const other = await manager.context.newPage();
    await other.goto('/monitor');
    await other.getByRole('button', { name: 'Sign out' }).click();
    await manager.page.getByText(/^Paused: your session has ended\. Last figures/).waitFor();
  });

  it('Without a script the table is complete and every number leads to its cases.', async () => {
    const plain = await world.visitor({ javaScriptEnabled: false });
    await plain.signIn('permanent.secretary');
    await plain.page.goto('/monitor/leave');
    expect(await plain.page.getByRole('button', { name: 'Pause updates' }).isVisible()).to.equal(false);
    expect(await plain.page.locator('[data-picture]').isVisible()).to.equal(false);
    expect(await plain.text()).to.match(/Figures of \d\d:\d\d:\d\d/);
    await plain.page.getByRole('link', { name: '1 held, Check the leave record' }).click();
    expect(await plain.page.getByRole('heading', { level: 1 }).innerText()).to.equal('Check the leave record');
    expect(await plain.page.getByRole('rowheader').count()).to.equal(1);
    await plain.context.close();
  });

  it('With a second version the tabs count the cases of each, live.', async () => {
    await Promise.all([manager.signIn('permanent.secretary'), officer.signIn('administrative.officer')]);
    const { page } = manager;
    const model = readFileSync(new URL('../../processes/leave/process.bpmn', import.meta.url), 'utf8').replace('Check the leave record', 'Check the leave card');
    const forms = new URL('../../processes/leave/forms/', import.meta.url);
    await world.deploy([{ name: 'process.bpmn', content: model }, ...readdirSync(forms).map((name) => ({ name, content: readFileSync(new URL(name, forms), 'utf8') }))]);
    await page.goto('/monitor/leave?version=1');
    const counts = (): Promise<string[]> => page.locator('[data-version-count]').allInnerTexts();
    await page.waitForSelector('[data-drawn]');
    const before = await counts();
    await apply();
    await page.waitForFunction((old) => [...document.querySelectorAll('[data-version-count]')].map((each) => each.textContent).join() !== old, before.join(), { timeout: 5_000 });
    expect(await counts()).to.deep.equal(before.map((count, at) => String(Number(count) + (at === before.length - 1 ? 1 : 0))));
  });

  it('A procedure whose file has no drawing is shown as a table, and its numbers lead to pages.', async () => {
    const { page } = manager;
    await world.deploy([{ name: 'undrawn.bpmn', content: xmlOf('start -> user Work name="Work without a drawing" -> end').replace('<process id="P"', '<process id="undrawn" name="Undrawn"') }]);
    await page.goto('/monitor/undrawn');
    await page.getByText('has no drawing').waitFor();
    expect(await page.locator('[data-picture]').isVisible()).to.equal(false);
    expect(await page.getByRole('rowheader', { name: 'Work without a drawing' }).isVisible()).to.equal(true);
    await examine(page, 'monitor-undrawn');
  });

  it('An officer who is no manager finds no monitor.', async () => {
    expect(await hr.page.getByRole('link', { name: 'Monitor' }).count()).to.equal(0);
    expect((await hr.page.goto('/monitor'))!.status()).to.equal(403);
  });

  it('Nothing went wrong in any browser.', () => {
    expect(world.errors).to.deep.equal([]);
  });
});
