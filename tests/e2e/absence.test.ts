/** Absence in a real browser: a deputy is named, accepts and works for who is absent; seen at two widths, by keyboard, and without script. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { GRANT } from './grant.ts';
import { World, examine, requireChromium } from './support.ts';
import type { Visitor } from './support.ts';

const [HEAD, DEPUTY] = ['head.administration', 'hr.officer'] as const;
const DAY = 86_400_000;

/** The day in Saint Lucia, four hours behind, as three boxes. */
function boxes(days: number): readonly string[] {
  const [year, month, day] = new Date(Date.now() + days * DAY - DAY / 6).toISOString().slice(0, 10).split('-');
  return [String(Number(day)), String(Number(month)), year!];
}

async function fillDays(page: Page, from: number, until: number): Promise<void> {
  for (const [name, days] of [['from', from], ['until', until]] as const) {
    for (const [at, part] of ['day', 'month', 'year'].entries()) await page.locator(`#${name}-${part}`).fill(boxes(days)[at]!);
  }
}

describe('Desk: absence in the browser', function () {
  this.timeout(60_000);
  let world: World;

  before(async function () {
    world = await World.open(requireChromium(this));
    await world.deploy(GRANT);
  });
  after(async () => { await (world as World | undefined)?.close(); });
  afterEach(() => { expect(world.errors.splice(0)).to.deep.equal([]); });

  /** A case that waits for approval, drafted by the clerk. */
  async function waiting(): Promise<string> {
    const stream = await world.start('grant', {}, 'senior.clerk', ['officers']);
    const clerk = await world.officer('senior.clerk');
    await clerk.claim('Draft the grant');
    await clerk.press('Complete task');
    await clerk.context.close();
    return stream;
  }

  async function name(visitor: Visitor): Promise<void> {
    await visitor.page.goto('/absence');
    await visitor.page.getByLabel('Deputy', { exact: true }).selectOption(DEPUTY);
    await fillDays(visitor.page, 0, 2);
    await visitor.page.getByLabel('Reason').fill('Vacation leave');
    await visitor.press('Ask this person');
  }

  it('Who will be away names a deputy; mistakes are said beside their fields, and nothing typed is lost.', async () => {
    const visitor = await world.officer(HEAD);
    const { page } = visitor;
    await page.getByRole('banner').getByRole('link', { name: /^Absence/ }).focus();
    await Promise.all([page.waitForURL('**/absence'), page.keyboard.press('Enter')]);
    expect(await visitor.text()).to.contain('Nobody stands in for you, and you stand in for nobody.');
    await examine(page, 'absence-empty');
    await visitor.press('Ask this person');
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('error-summary');
    for (const words of ['Choose a deputy', 'Enter the first day', 'Enter the last day', 'Enter the reason']) expect(await visitor.text()).to.contain(words);
    await examine(page, 'absence-errors');
    await page.getByLabel('Deputy', { exact: true }).selectOption(DEPUTY);
    await fillDays(page, -3, 2);
    await page.getByLabel('Reason').fill('Vacation leave');
    await visitor.press('Ask this person');
    expect(await visitor.text()).to.contain('Choose a first day that is not past');
    expect([await page.getByLabel('Reason').inputValue(), await page.getByLabel('Deputy', { exact: true }).inputValue()]).to.deep.equal(['Vacation leave', DEPUTY]);
    await fillDays(page, 0, 2);
    await page.getByLabel('Authority').fill('PS 12/2026');
    await visitor.press('Ask this person');
    expect(await visitor.text()).to.contain('Human Resources Officer was asked').and.contain('Waits for an answer');
    await examine(page, 'absence-asked');
    await name(visitor);
    expect(await visitor.text()).to.contain('is named from');
    await page.goto('/absence');
    await visitor.press('Take back the substitution of Head of Administration by Human Resources Officer');
    await page.getByText('Past and declined (1)').click();
    expect(await visitor.text()).to.contain('Taken back');
    await visitor.context.close();
  });

  it('The deputy is told, accepts without script, and finds the tasks of who is absent among theirs, marked; the case keeps both names.', async () => {
    const stream = await waiting();
    const head = await world.officer(HEAD);
    await name(head);
    const plain = await world.visitor({ javaScriptEnabled: false });
    await plain.page.goto('/sign-in');
    await plain.page.getByLabel('Account name').fill(DEPUTY);
    await plain.page.getByLabel('Password').fill(plain.password(DEPUTY));
    await plain.press('Sign in');
    expect(await plain.page.getByRole('banner').innerText()).to.contain('Absence').and.contain('1');
    await plain.page.goto('/notices');
    expect(await plain.text()).to.contain('Head of Administration asks you to stand in');
    await plain.page.goto('/absence');
    expect(await plain.text()).to.contain('Head of Administration asks you to stand in');
    await plain.press('Accept');
    expect(await plain.text()).to.contain('You stand in for Head of Administration').and.contain('In force');
    await plain.context.close();

    const deputy = await world.officer(DEPUTY);
    const { page } = deputy;
    await page.getByRole('link', { name: /^As deputy/ }).click();
    await page.waitForURL('**/tasks?view=acting');
    await examine(page, 'tasks-as-deputy');
    const row = page.getByRole('row').filter({ hasText: 'Approve the grant' });
    expect(await row.innerText()).to.contain('for Head of Administration');
    await row.getByRole('button', { name: 'Claim for Head of Administration' }).click();
    await page.waitForURL(/\/tasks\/[^/?]+\/\d+$/);
    expect(await deputy.text()).to.contain('You stand in for Head of Administration');
    await examine(page, 'task-as-deputy');
    await page.getByLabel(/^Comment/).fill('In order.');
    await deputy.press('Complete task');
    expect(page.url()).to.match(/\/tasks\?view=acting$/);
    expect(await deputy.text()).to.contain('Nothing waits for you as a deputy');
    await page.goto(`/cases/${stream}`);
    expect(await deputy.text()).to.contain('was completed by Human Resources Officer, for Head of Administration');
    await page.goto('/tasks?view=done');
    expect(await deputy.text()).to.contain('for Head of Administration');
    await head.page.goto('/notices');
    expect(await head.text()).to.contain('Human Resources Officer accepts to stand in for you');
    await head.page.goto('/tasks?view=done');
    expect(await head.text()).to.contain('by Human Resources Officer for you');
    await examine(head.page, 'tasks-done-by-deputy');
    await head.page.goto('/absence');
    await examine(head.page, 'absence-in-force');
    await head.press('End now the substitution of Head of Administration by Human Resources Officer');
    await page.goto('/tasks');
    expect(await page.getByRole('link', { name: /^As deputy/ }).count()).to.equal(0);
    for (const visitor of [head, deputy]) await visitor.context.close();
  });

  it('A deputy declines with a reason; separation of duties is said on the page before anybody claims in vain.', async () => {
    const head = await world.officer(HEAD);
    await name(head);
    const deputy = await world.officer(DEPUTY);
    const { page } = deputy;
    await page.goto('/absence');
    await examine(page, 'absence-answer');
    await page.getByText('Decline', { exact: true }).first().click();
    await page.getByLabel(/^Reason/).first().fill('I am away, too');
    await deputy.press('Decline');
    expect(await deputy.text()).to.contain('You declined');
    await head.page.goto('/absence');
    await head.page.getByText(/^Past and declined/).click();
    expect(await head.text()).to.contain('I am away, too');
    await name(head);
    await page.goto('/absence');
    await deputy.press('Accept');
    const stream = await world.start('grant', {}, 'senior.clerk', ['officers']);
    await deputy.claim('Draft the grant');
    await deputy.press('Complete task');
    await page.goto('/tasks?view=acting');
    await page.getByRole('row').filter({ hasText: stream.slice(-8) }).getByRole('link', { name: 'Approve the grant' }).click();
    await page.waitForURL(/\/tasks\/[^/?]+\/\d+$/);
    expect(await deputy.text()).to.contain('You completed “Draft the grant” in this case. Separation of duties leaves this task to a colleague.');
    expect(await page.getByRole('button', { name: /Claim/ }).count()).to.equal(0);
    await examine(page, 'task-kept-apart');
    for (const visitor of [head, deputy]) await visitor.context.close();
  });

  it('An administrator names a deputy for somebody who could not, sees all, and ends any.', async () => {
    const root = await world.officer('administrator');
    const { page } = root;
    await page.goto('/absence');
    await page.getByLabel('Deputy', { exact: true }).selectOption('budget.officer');
    await fillDays(page, 1, 1);
    await page.getByLabel('Reason').fill('Sick');
    await root.press('Ask this person');
    expect(await root.text()).to.contain('Choose who is away');
    await page.getByLabel('Who is away').selectOption('director.finance');
    await root.press('Ask this person');
    expect(await root.text()).to.contain('Budget Officer was asked').and.contain('Director of Finance');
    await examine(page, 'absence-administrator');
    await root.press('Take back the substitution of Director of Finance by Budget Officer');
    expect(await root.text()).to.contain('The substitution was ended');
    await root.context.close();
    const analyst = await world.officer('systems.analyst');
    expect(await analyst.page.getByRole('banner').getByRole('link', { name: /^Absence/ }).count(), 'who works on no tasks has none').to.equal(0);
    await analyst.context.close();
  });
});
