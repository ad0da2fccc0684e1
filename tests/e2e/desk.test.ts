/** The pages of the desk in a real browser: seen at two widths, worked by keyboard alone, without script, after a session has ended. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { ATTACK, PERMIT } from './permit.ts';
import { World, examine, requireChromium } from './support.ts';
import type { Visitor } from './support.ts';

const PERMIT_PAGE = '/start/permit';

async function apply(visitor: Visitor, subject: string): Promise<string> {
  const { page } = visitor;
  await page.goto(PERMIT_PAGE);
  await visitor.fill({ subject, day: '27 3 2027', guests: '40', truth: 'yes' });
  await page.getByLabel('Castries').check();
  await visitor.press('Start the case');
  return page.url();
}

/** Presses Tab until the element has the focus: what a keyboard can reach. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Expected ${selector} to be reachable by Tab, but it is not`);
}

describe('Desk: pages in the browser', function () {
  this.timeout(60_000);
  let world: World;

  before(async function () {
    world = await World.open(requireChromium(this));
    await world.deploy(PERMIT);
  });

  after(async () => { await (world as World | undefined)?.close(); });

  it('Signing in: a clear page, errors that take the focus, and the way back to where one wanted to go.', async () => {
    const visitor = await world.visitor();
    const { page } = visitor;
    await page.goto('/tasks?view=done');
    expect(page.url()).to.contain('/sign-in?next=');
    await examine(page, 'sign-in');
    await page.getByLabel('Account name').fill('nobody.here');
    await page.getByLabel('Password').fill('wrong password');
    await visitor.press('Sign in');
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('error-summary');
    expect(await page.getByLabel('Account name').inputValue()).to.equal('nobody.here');
    await examine(page, 'sign-in-error');
    await visitor.fillSignIn('administrative.officer');
    expect(page.url()).to.match(/\/tasks\?view=done$/);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await page.goto('/tasks');
    expect(page.url()).to.contain('/sign-in');
    await visitor.context.close();
  });

  it('Empty lists say what will appear in them.', async () => {
    const visitor = await world.officer('registry.clerk');
    const { page } = visitor;
    for (const [path, name, says] of [
      ['/tasks', 'empty-mine', 'Tasks appear here when you claim them'], ['/tasks?view=overdue', 'empty-overdue', 'Nothing is overdue'],
      ['/tasks?view=done', 'empty-done', 'not completed any task'], ['/cases', 'empty-cases', 'not started a case'], ['/notices', 'empty-notices', 'There are no notices'],
    ] as const) {
      await page.goto(path);
      expect(await visitor.text()).to.contain(says);
      await examine(page, name);
    }
    await page.goto('/start');
    await examine(page, 'start-list');
    await visitor.context.close();
  });

  it('What people and models write stays text on every page.', async () => {
    const visitor = await world.officer('administrative.officer');
    const { page } = visitor;
    const caseUrl = await apply(visitor, ATTACK.slice(0, 80));
    for (const path of [caseUrl, '/start', PERMIT_PAGE, '/tasks?view=groups', '/cases']) {
      await page.goto(path);
      expect(await page.title(), path).to.contain('Piton');
      expect(await page.locator('main img, main script').count(), path).to.equal(0);
      expect(await page.content(), path).to.contain('&lt;');
    }
    await page.goto(PERMIT_PAGE);
    await examine(page, 'start-permit');
    await visitor.context.close();
  });

  it('A keyboard is enough: sign in, claim, fill in, decide.', async () => {
    const visitor = await world.visitor();
    const { page } = visitor;
    await page.goto('/sign-in');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).to.equal('Skip to main content');
    await tabTo(page, '#account');
    await page.keyboard.type('senior.clerk');
    await tabTo(page, '#password');
    await page.keyboard.type(visitor.password('senior.clerk'));
    await page.keyboard.press('Enter');
    await page.waitForURL('**/tasks');
    await tabTo(page, '.desk-tabs a[href$="groups"]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/tasks?view=groups');
    await tabTo(page, '.desk-action button');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/tasks\/[^/]+\/\d+$/);
    await examine(page, 'task-permit');
    await tabTo(page, '#v-findings');
    await page.keyboard.type('All papers are there.');
    await tabTo(page, 'button[value="approve"]');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).backgroundColor)).to.equal('rgb(255, 200, 61)');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/tasks');
    expect(await visitor.text()).to.contain('“Examine the application” is completed: Approve');
    await visitor.context.close();
  });

  it('Enter in a text box never decides: it saves for later.', async () => {
    const visitor = await world.officer('senior.clerk');
    await apply(visitor, 'Regatta');
    await visitor.claim('Examine the application');
    const { page } = visitor;
    await page.locator('#v-findings').fill('Half a sentence');
    await page.locator('#comment').fill('and a comment');
    await visitor.press('Save for later');
    expect(await visitor.text()).to.contain('Nothing was decided');
    expect(await page.locator('#v-findings').inputValue()).to.equal('Half a sentence');
    expect(await page.locator('#comment').inputValue()).to.equal('and a comment');
    await examine(page, 'task-draft');
    expect(await page.locator('form[data-draft] button').first().getAttribute('formaction')).to.match(/\/draft$/);
    await visitor.context.close();
  });

  it('A refusal needs its reason; the error stands beside the comment.', async () => {
    const visitor = await world.officer('senior.clerk');
    await visitor.open('Examine the application');
    await visitor.page.locator('#v-findings').fill('');
    await visitor.page.locator('#comment').fill('');
    await visitor.press('Refuse');
    const summary = visitor.page.locator('.govuk-error-summary');
    expect(await summary.innerText()).to.contain('Findings: enter an answer').and.contain('Give the reason for “Refuse”');
    await summary.getByRole('link', { name: 'Give the reason for “Refuse”' }).click();
    expect(await visitor.page.evaluate(() => document.activeElement?.id)).to.equal('comment');
    await examine(visitor.page, 'task-errors');
    await visitor.context.close();
  });

  it('A task cannot be completed twice: the second is told that it is done, and has a way on.', async () => {
    const first = await world.officer('senior.clerk');
    const other = await world.visitor();
    await other.signIn('senior.clerk');
    await first.open('Examine the application');
    await other.page.goto(first.page.url());
    for (const visitor of [first, other]) await visitor.page.locator('#v-findings').fill('Seen.');
    await first.press('Approve');
    await other.press('Approve');
    expect(await other.text()).to.contain('This is done already').and.contain('You have completed “Examine the application”.');
    await examine(other.page, 'conflict');
    expect(await other.page.getByRole('link', { name: 'See where the case is now' }).getAttribute('href')).to.contain('/cases/');
    await other.page.getByRole('link', { name: 'Go to your tasks' }).click();
    await other.page.waitForURL('**/tasks');
    await Promise.all([first.context.close(), other.context.close()]);
  });

  it('A page sent twice is recorded once: both times the same case.', async () => {
    const visitor = await world.officer('hr.officer');
    const { page } = visitor;
    await page.goto(PERMIT_PAGE);
    await visitor.fill({ subject: 'Fair', day: '1 5 2027', truth: 'yes' });
    await page.getByLabel('Castries').check();
    const addresses = await page.evaluate(async () => {
      const form = document.querySelector<HTMLFormElement>('main form')!;
      const send = async (): Promise<string> => (await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form) as never) })).url;
      return [await send(), await send()];
    });
    expect(addresses[0]).to.contain('/cases/');
    expect(addresses[1]).to.equal(addresses[0]);
    await page.goto('/cases');
    expect(await page.getByRole('rowheader').count()).to.equal(1);
    await visitor.context.close();
  });

  it('With script, counts follow what happens elsewhere, and what is typed saves itself.', async () => {
    const visitor = await world.officer('hr.officer');
    const { page } = visitor;
    await page.clock.install();
    await page.goto('/tasks');
    const count = page.locator('[data-live-count=groups]');
    const before = Number(await count.innerText());
    const colleague = await world.officer('senior.clerk');
    await apply(colleague, 'Concert');
    const answered = page.waitForResponse('**/api/v1/tasks/counts');
    await page.clock.runFor(31_000);
    await answered;
    await page.waitForFunction((text) => document.querySelector('[data-live-count=groups]')?.textContent === text, String(before + 1));
    await colleague.claim('Examine the application');
    await colleague.page.clock.install();
    await colleague.page.reload();
    await colleague.page.locator('#v-findings').fill('Typed, not sent');
    await colleague.page.clock.runFor(6_000);
    await colleague.page.getByText('Saved for later', { exact: true }).last().waitFor();
    await colleague.page.reload();
    expect(await colleague.page.locator('#v-findings').inputValue()).to.equal('Typed, not sent');
    await Promise.all([visitor.context.close(), colleague.context.close()]);
  });

  it('An overdue task stands out by words, icon and colour.', async () => {
    world.clock.advance(3 * 24 * 60);
    const visitor = await world.officer('hr.officer');
    await visitor.page.goto('/tasks?view=overdue');
    expect(await visitor.text()).to.match(/\d days? late/);
    await examine(visitor.page, 'tasks-overdue');
    await visitor.claim('Examine the application');
    await examine(visitor.page, 'task-overdue');
    await visitor.context.close();
  });

  it('When the session has ended, what was typed is there again after signing in; another person does not see it.', async () => {
    const visitor = await world.officer('hr.officer');
    const { page } = visitor;
    await visitor.open('Examine the application');
    const task = page.url();
    await page.locator('#v-findings').fill('A long text nobody wants to write twice.');
    world.clock.advance(24 * 60);
    await visitor.press('Approve');
    expect(page.url()).to.contain('/sign-in?next=');
    await examine(page, 'sign-in-kept');
    const kept = new URL(page.url()).searchParams.get('next')!;
    await visitor.fillSignIn('hr.officer');
    expect(page.url()).to.equal(task);
    expect(await page.locator('#v-findings').inputValue()).to.equal('A long text nobody wants to write twice.');
    const other = await world.officer('senior.clerk');
    await other.page.goto(kept);
    expect(await other.page.content()).to.not.contain('nobody wants to write twice');
    await Promise.all([visitor.context.close(), other.context.close()]);
  });

  it('Everything works without script: apply, claim, decide.', async () => {
    const visitor = await world.visitor({ javaScriptEnabled: false });
    await visitor.signIn('administrative.officer');
    await apply(visitor, 'Without script');
    await visitor.claim('Examine the application');
    await visitor.fill({ findings: 'Read.' });
    await visitor.press('Return for papers');
    expect(await visitor.text()).to.contain('is completed: Return for papers');
    await visitor.context.close();
  });

  it('A manager gives a task to a person; an administrator sees that a case exists, not what was written in it.', async () => {
    const manager = await world.officer('permanent.secretary');
    const address = await apply(manager, 'Secret subject');
    await manager.page.goto('/tasks?view=groups');
    await manager.page.getByRole('main').getByRole('link', { name: 'Examine the application' }).last().click();
    await manager.page.waitForURL(/\/tasks\/[^/]+\/\d+$/);
    await manager.page.locator('summary', { hasText: 'Give this task to somebody' }).click();
    await examine(manager.page, 'task-assign');
    await manager.page.getByLabel('Person').selectOption('senior.clerk');
    await manager.press('Assign');
    expect(await manager.text()).to.contain('The task was given to Senior Clerk');
    const administrator = await world.officer('administrator');
    await administrator.page.goto(address);
    expect(await administrator.text()).to.not.contain('Secret subject');
    await examine(administrator.page, 'case-without-content');
    await Promise.all([manager.context.close(), administrator.context.close()]);
  });

  it('Failures are pages too: not found, not open to you, an expired page.', async () => {
    const visitor = await world.officer('registry.clerk');
    const { page } = visitor;
    for (const [path, status, says, name] of [['/nowhere', 404, 'Page not found', 'error-404'], ['/cases/0000', 404, 'Page not found', 'error-404-case'], ['/tasks/0000/1', 404, 'Page not found', 'error-404-task']] as const) {
      expect((await page.goto(path))!.status()).to.equal(status);
      expect(await visitor.text()).to.contain(says);
      await examine(page, name);
    }
    const administrator = await world.officer('administrator');
    expect((await administrator.page.goto('/tasks'))!.status()).to.equal(403);
    expect(await administrator.text()).to.contain('officers, managers and the registry');
    await examine(administrator.page, 'error-403');
    await page.goto('/start/permit');
    await page.evaluate(() => { for (const field of document.querySelectorAll<HTMLInputElement>('main [name=token], main [name=_csrf]')) field.value = 'another'; });
    await visitor.press('Start the case');
    expect(await visitor.text()).to.contain('The page has expired');
    await examine(page, 'error-expired');
    await Promise.all([visitor.context.close(), administrator.context.close()]);
  });

  it('The first page weighs at most 40 KB on the line, and its files may be cached for ever.', async () => {
    const visitor = await world.visitor();
    let bytes = 0;
    const names: string[] = [];
    visitor.page.on('response', (response) => {
      names.push(new URL(response.url()).pathname);
      void response.request().sizes().then(({ responseBodySize }) => { bytes += responseBodySize; }, () => undefined);
    });
    await visitor.page.goto('/sign-in', { waitUntil: 'networkidle' });
    expect(bytes).to.be.greaterThan(10_000).and.at.most(40 * 1024);
    expect(names.filter((name) => name.startsWith('/assets/')).every((name) => /\.[0-9a-f]{16}\.(css|js|svg)$/.test(name))).to.equal(true);
    await visitor.context.close();
  });

  it('Nothing was written to the console as an error.', () => {
    expect(world.errors).to.deep.equal([]);
  });
});
