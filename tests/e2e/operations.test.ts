/** Cases managed by hand at the desk: by keyboard, with a reason, seen by axe; and a task that goes to a colleague and back. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { PERMIT } from './permit.ts';
import { examine, requireChromium, World } from './support.ts';

const META = { actor: { person: 'senior.clerk', groups: [] } };
const APPLICATION = { place: 'castries', day: { $: 'date', v: '2027-03-27' }, truth: true };
const GLOBAL = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:test"><globalManualTask id="phone" name="Make a telephone call" />
<process id="calling" name="Procedure that calls" isExecutable="true"><startEvent id="s" /><callActivity id="c"><extensionElements><zeebe:calledElement processId="phone" /></extensionElements></callActivity><endEvent id="e" />
<sequenceFlow id="f1" sourceRef="s" targetRef="c" /><sequenceFlow id="f2" sourceRef="c" targetRef="e" /></process></definitions>`;

describe('Desk: operations on cases', function () {
  this.timeout(60_000);
  let world: World;

  before(async function () {
    world = await World.open(requireChromium(this));
    await world.deploy([...PERMIT, { name: 'global.bpmn', content: GLOBAL }]);
  });

  after(async () => { await (world as World | undefined)?.close(); });

  async function begin(subject: string): Promise<string> {
    const answer = await world.piton.runtime.startInstance({ processId: 'permit', variables: { ...APPLICATION, subject } }, META);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    await world.piton.runtime.settled(answer.position);
    return answer.stream;
  }

  /** Opens the section, fills in the reason and sends it, with the keyboard alone. */
  async function byKeyboard(page: Page, reasonId: string, reason: string, button: string): Promise<void> {
    await page.locator('#manage summary').focus();
    await page.keyboard.press('Enter');
    await page.locator(`#${reasonId}`).focus();
    await page.keyboard.type(reason);
    const send = page.getByRole('button', { name: button, exact: true });
    for (let presses = 0; presses < 5 && !await send.evaluate((element) => element === document.activeElement); presses++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText(reason).first().waitFor();
  }

  it('A manager suspends, resumes, moves, ends and restarts a case; each act stands in its history with who and why.', async () => {
    const stream = await begin('Regatta');
    const visitor = await world.officer('permanent.secretary');
    const { page } = visitor;
    await page.goto(`/cases/${stream}`);
    await page.locator('#manage summary').click();
    await examine(page, 'manage-case');
    await page.goto(`/cases/${stream}`);
    await byKeyboard(page, 'suspend-reason', 'An appeal was made', 'Suspend the case');
    expect(await visitor.text()).to.contain('The case was suspended.');
    await byKeyboard(page, 'resume-reason', 'The appeal was decided', 'Resume the case');
    await page.locator('#manage summary').click();
    expect(await page.getByLabel('Examine the application').isChecked()).to.equal(true);
    const step = await page.locator('#move-to option').nth(1).textContent();
    await page.locator('#move-to').selectOption({ index: 1 });
    await page.locator('#move-reason').fill('Sent to the wrong desk');
    await page.getByRole('button', { name: 'Move the case' }).click();
    await page.getByText('Sent to the wrong desk').first().waitFor();
    expect(await visitor.text()).to.contain(`The case was moved by hand: “Examine the application” was left; “${step ?? ''}” was begun.`);
    await byKeyboard(page, 'cancel-reason', 'Withdrawn by the applicant', 'End the case');
    await byKeyboard(page, 'restart-reason', 'The applicant asked again', 'Start it again');
    expect(page.url()).to.not.contain(stream);
    expect(await visitor.text()).to.contain(`it follows the ended case ${stream}`);
    await visitor.context.close();
  });

  it('The plan of going on in the live version is shown before anything changes, and asks for a reason.', async () => {
    const stream = await begin('Carnival');
    await world.deploy(PERMIT.map((file) => (file.name.endsWith('.bpmn') ? { ...file, content: `${file.content}\n<!-- revised -->` } : file)));
    const visitor = await world.officer('permanent.secretary');
    const { page } = visitor;
    await page.goto(`/cases/${stream}`);
    await page.locator('#manage summary').click();
    await page.getByRole('link', { name: 'See what would change' }).click();
    await page.waitForURL('**/migrate');
    expect(await visitor.text()).to.contain('Nothing has been changed yet').and.to.contain('goes on as it is');
    await examine(page, 'migration-plan');
    await page.locator('#migrate-reason').fill('The law was changed');
    await page.getByRole('button', { name: 'Go on in version 2' }).click();
    await page.getByText('The law was changed').first().waitFor();
    expect(await visitor.text()).to.contain('The case goes on in version 2 of its procedure, after version 1.');
    await visitor.context.close();
  });

  it('An officer who is no manager is offered none of it, and is refused when they try.', async () => {
    const stream = await begin('Parade');
    const visitor = await world.officer('senior.clerk');
    await visitor.page.goto(`/cases/${stream}`);
    expect(await visitor.page.locator('#manage').count()).to.equal(0);
    expect((await visitor.page.goto(`/cases/${stream}/migrate`))?.status()).to.equal(403);
    await visitor.context.close();
  });

  it('A task goes to a colleague and back; meanwhile only the colleague works on it.', async () => {
    await begin('Fair');
    const visitor = await world.officer('senior.clerk');
    const { page } = visitor;
    await visitor.claim('Examine the application');
    const path = new URL(page.url()).pathname;
    await page.getByText('Ask a colleague to do the work').click();
    await page.locator('#delegate-to').selectOption('hr.officer');
    await page.locator('#delegate-comment').fill('You know the place');
    await examine(page, 'task-delegate');
    await page.getByRole('button', { name: 'Delegate', exact: true }).click();
    await page.waitForURL('**/tasks');
    const colleague = await world.officer('hr.officer');
    await colleague.page.goto(path);
    expect(await colleague.text()).to.contain('asked you to do the work of this task');
    await examine(colleague.page, 'task-hand-back');
    await colleague.page.locator('#resolve-comment').fill('The place is fit');
    await colleague.page.getByRole('button', { name: 'Hand back' }).click();
    await colleague.page.waitForURL('**/tasks');
    await page.goto(path);
    expect(await page.locator('#decision').count()).to.equal(1);
    expect(await visitor.page.locator('form[action$="/complete"]').count()).to.equal(1);
    await colleague.context.close();
    await visitor.context.close();
  });

  it('A global task is called by procedures, and offered to nobody as one.', async () => {
    const visitor = await world.officer('permanent.secretary');
    await visitor.page.goto('/start');
    expect(await visitor.text()).to.contain('Procedure that calls').and.to.not.contain('Make a telephone call');
    await visitor.page.goto('/cases/all');
    expect(await visitor.page.locator('option', { hasText: 'Make a telephone call' }).count()).to.equal(0);
    await visitor.page.goto('/monitor');
    expect(await visitor.text()).to.not.contain('Make a telephone call');
    await visitor.context.close();
  });
});
