/** Changing a task in the browser: a manager gives it another date, priority and people, with the reason; officers see it in their lists. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { PERMIT } from './permit.ts';
import { examine, requireChromium, World } from './support.ts';

describe('Changing what a task offers', function () {
  this.timeout(120_000);
  let world: World;
  let stream: string;

  before(async function () {
    world = await World.open(requireChromium(this));
    await world.deploy(PERMIT);
    stream = await world.start('permit', { subject: 'Regatta' }, 'administrative.officer', ['officers']);
  });
  after(async () => { await (world as World | undefined)?.close(); });
  afterEach(() => { expect(world.errors.splice(0)).to.deep.equal([]); });

  const task = async (): Promise<{ readonly counter: number; readonly offer: Record<string, unknown> }> => {
    const { state } = (await world.inspect(stream))!;
    const found = [...state.elements.values()].find((element) => element.task !== undefined)!;
    const { priority, dueAt, followUpAt, candidateGroups, candidateUsers } = found.task!;
    return { counter: found.id, offer: { priority, dueAt, followUpAt, candidateGroups, candidateUsers } };
  };

  /** Fills the boxes of a date: `27 3 2027 16:30`; empty takes it away. */
  const date = async (page: Page, label: string, text: string): Promise<void> => {
    const [day = '', month = '', year = '', time = ''] = text.split(' ');
    const boxes = page.getByRole('group', { name: new RegExp(`^${label}`) });
    for (const [name, part] of [['Day', day], ['Month', month], ['Year', year], ['Time', time]] as const) await boxes.getByLabel(name).fill(part);
  };

  it('Who may not assign tasks is offered no change, and gets none by its address.', async () => {
    const { counter } = await task();
    const officer = await world.officer('senior.clerk');
    await officer.page.goto(`/tasks/${stream}/${String(counter)}`);
    expect(await officer.text()).to.not.contain('Change dates');
    expect((await officer.page.goto(`/tasks/${stream}/${String(counter)}/change`))?.status()).to.equal(403);
    await officer.context.close();
  });

  it('A manager changes dates, priority and people by keyboard; what is wrong is told at its field and nothing typed is lost.', async () => {
    const { counter } = await task();
    const manager = await world.officer('director.finance');
    const { page } = manager;
    await page.goto(`/tasks/${stream}/${String(counter)}`);
    await page.getByRole('link', { name: 'Change dates, priority or whom it is offered to' }).press('Enter');
    await page.getByRole('heading', { name: 'Change the task' }).waitFor();
    await examine(page, 'task-change');
    await date(page, 'Due', '31 2 2027 16:30');
    await page.getByLabel('Priority').fill('high');
    await page.getByLabel('All officers').press('Space');
    await page.getByRole('button', { name: 'Change the task' }).press('Enter');
    await page.waitForFunction(() => document.title.startsWith('Error: '));
    expect((await page.locator('.govuk-error-summary a').allInnerTexts())).to.deep.equal(['Due must be a date with a time, like 27 3 2027 and 16:30', 'Priority must be a whole number from 0 to 100', 'Leave at least one group or person: else everybody is offered the task', 'Give the reason for the change']);
    expect(await page.locator('#due-month').inputValue()).to.equal('2');
    expect(await page.getByLabel('All officers').isChecked()).to.equal(false);
    await examine(page, 'task-change-wrong');
    await page.locator('.govuk-error-summary a').first().press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('due-day');
    await page.getByLabel('Priority').fill('80');
    await date(page, 'Due', '27 3 2027 16.30');
    await date(page, 'Follow-up', '20 3 2027 9:00');
    await page.getByLabel('Offer it to another unit, post or group').selectOption({ label: 'Budget Office' });
    await page.getByLabel('Reason').fill('The minister asked for it.');
    await page.getByRole('button', { name: 'Change the task' }).press('Enter');
    await page.waitForURL(`**/tasks/${stream}/${String(counter)}`);
    const text = await manager.text();
    expect(text).to.contain('The task was changed').and.contain('27 March 2027, 16:30').and.contain('20 March 2027, 09:00').and.contain('80, higher than usual').and.contain('Budget Office');
    expect((await task()).offer).to.deep.equal({ priority: 80, dueAt: '2027-03-27T20:30:00.000Z', followUpAt: '2027-03-20T13:00:00.000Z', candidateGroups: ['budget-office'], candidateUsers: [] });
    await examine(page, 'task-changed');
    await page.goto(`/cases/${stream}`);
    expect(await manager.text()).to.contain('it is offered to Budget Office, it has another due date, it has another follow-up date, its priority is 80').and.contain('The minister asked for it.');
    await manager.context.close();
  });

  it('What somebody else changed meanwhile stays; a date is taken away by emptying it; officers see dates and priority in their lists.', async () => {
    const { counter } = await task();
    const [first, second] = await Promise.all([world.officer('director.finance'), world.officer('director.finance')]);
    for (const { page } of [first, second]) await page.goto(`/tasks/${stream}/${String(counter)}/change`);
    await first.page.getByLabel('Offer it to another person').selectOption({ index: 1 });
    const person = await first.page.getByLabel('Offer it to another person').inputValue();
    await first.page.getByLabel('Offer it to another unit, post or group').selectOption({ label: 'All officers' });
    await first.page.getByLabel('Reason').fill('More hands.');
    await first.press('Change the task');
    await date(second.page, 'Due', '');
    await second.page.getByLabel('Reason').fill('No hurry.');
    await second.press('Change the task');
    expect((await task()).offer).to.deep.equal({ priority: 80, dueAt: undefined, followUpAt: '2027-03-20T13:00:00.000Z', candidateGroups: ['budget-office', 'officers'], candidateUsers: [person] });
    const officer = await world.officer('senior.clerk');
    await officer.page.goto('/tasks?view=groups');
    for (let left = 30; left > 0 && !(await officer.text()).includes('Follow-up'); left -= 1) await officer.page.reload();
    expect(await officer.text()).to.contain('Follow-up 20 March 2027').and.contain('Priority 80, higher than usual').and.contain('No due date');
    await examine(officer.page, 'task-list-follow-up');
    for (const { context } of [first, second, officer]) await context.close();
  });

  it('A task that is over is not changed: its page says how it ended.', async () => {
    const { counter } = await task();
    const manager = await world.officer('director.finance');
    await manager.page.goto(`/tasks/${stream}/${String(counter)}/change`);
    const cancelled = await world.piton.runtime.execute(stream, { type: 'CancelInstance', reason: 'over' }, { actor: { person: 'permanent.secretary', groups: [] } });
    expect(cancelled.outcome).to.equal('accepted');
    await manager.page.getByLabel('Reason').fill('Too late.');
    await manager.page.getByLabel('Priority').fill('10');
    await manager.press('Change the task');
    expect(await manager.text()).to.contain('It is terminated').and.contain('Open the task');
    await manager.page.goto(`/tasks/${stream}/${String(counter)}/change`);
    await manager.page.waitForURL(`**/tasks/${stream}/${String(counter)}`);
    await manager.context.close();
  });
});
