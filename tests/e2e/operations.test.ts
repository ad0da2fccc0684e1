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

/** A licence whose one step is called `name`. */
function licence(id: string, name: string, due: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" targetNamespace="urn:test">
<process id="licence" name="Trade licence" isExecutable="true"><startEvent id="s" /><userTask id="${id}" name="${name}"><extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="officers" /><gov:sla due="${due}" /></extensionElements></userTask><endEvent id="e" />
<sequenceFlow id="f1" sourceRef="s" targetRef="${id}" /><sequenceFlow id="f2" sourceRef="${id}" targetRef="e" /></process></definitions>`;
}

const INQUIRY = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:test">
<process id="inquiry" name="Inquiry" isExecutable="true"><startEvent id="s" /><adHocSubProcess id="a" name="Inquire"><extensionElements><zeebe:adHoc activeElementsCollection="=[]" /></extensionElements>
<userTask id="ask" name="Ask the applicant" /><userTask id="visit" name="Visit the place" /><completionCondition>=numberOfCompletedInstances &gt; 5</completionCondition></adHocSubProcess><endEvent id="e" />
<sequenceFlow id="f1" sourceRef="s" targetRef="a" /><sequenceFlow id="f2" sourceRef="a" targetRef="e" /></process></definitions>`;

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
    expect(await visitor.text()).to.contain('The case was suspended.').and.match(/Suspended\n/).and.contain('let the case stand still');
    await examine(page, 'case-suspended');
    const waiting = await world.officer('senior.clerk');
    await waiting.page.goto(`/cases/${stream}`);
    await waiting.page.getByRole('link', { name: 'Examine the application' }).first().click();
    await waiting.page.getByText('The case was suspended and stands still').waitFor();
    expect(await waiting.page.getByRole('button', { name: 'Claim this task' }).count()).to.equal(0);
    await byKeyboard(page, 'resume-reason', 'The appeal was decided', 'Resume the case');
    await page.locator('#manage summary').click();
    expect(await page.getByLabel('Examine the application').isChecked()).to.equal(true);
    for (const [name, kind, value, told] of [['fee', 'Number', 'much', 'is not of the kind'], ['fee', 'Number', '012.50', 'The data of the case was corrected'], ['from', 'Date', '2026-03-27', 'The data of the case was corrected']] as const) {
      await page.goto(`/cases/${stream}`);
      await page.locator('#manage summary').click();
      await page.locator('#correct-name').fill(name);
      await page.locator('#correct-kind').selectOption({ label: kind });
      await page.locator('#correct-value').fill(value);
      await page.locator('#correct-reason').fill('Forgotten on the form');
      await page.getByRole('button', { name: 'Correct the data' }).click();
      await page.getByText(told).first().waitFor();
    }
    const variables = (await world.inspect(stream))?.state.elements.get(0)?.variables;
    expect([variables?.get('fee'), variables?.get('from')]).to.deep.equal([12.5, { $: 'date', v: '2026-03-27' }]);
    await page.goto(`/cases/${stream}`);
    await page.locator('#manage summary').click();
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

  it('The running cases of a version go on in another: what is called otherwise, what would happen to each, one first, then the others.', async () => {
    await world.deploy([{ name: 'licence.bpmn', content: licence('check', 'Check the papers', 'PT8H') }]);
    const streams = [];
    for (const subject of ['Bakery', 'Ferry', 'Market']) streams.push(await world.start('licence', { subject, place: 'castries' }, 'senior.clerk', []));
    await world.deploy([{ name: 'licence.bpmn', content: licence('examine', 'Examine the papers', 'PT24H') }]);
    const visitor = await world.officer('permanent.secretary');
    const { page } = visitor;
    await page.goto('/monitor/licence?version=1');
    await page.getByRole('link', { name: 'Let running cases go on in another version' }).click();
    await page.waitForURL('**/migrate?from=1');
    expect(await page.getByLabel('Check the papers').inputValue(), 'a suggestion is chosen').to.equal('check:examine');
    expect(await page.getByRole('row').count()).to.equal(4);
    expect(await visitor.text()).to.contain('Check the papers, there Examine the papers');
    await examine(page, 'migrate-version');
    await page.getByLabel('Check the papers').selectOption('check:');
    await page.getByRole('button', { name: 'Show what would happen' }).click();
    expect(await visitor.text()).to.contain('“Check the papers” is active and has no place in it');
    await examine(page, 'migrate-version-refused');
    await page.getByLabel('Check the papers').selectOption('check:examine');
    await page.getByRole('button', { name: 'Show what would happen' }).click();
    await page.locator('#migrate-reason').fill('New fees');
    await page.getByRole('button', { name: 'Let this case go on in version 2' }).click();
    await page.getByText('1 of 3 cases has gone on in version 2').waitFor();
    await examine(page, 'migrate-version-canary');
    await page.locator('#migrate-reason').fill('New fees');
    await page.getByRole('button', { name: 'Let these 2 cases go on in version 2' }).click();
    await page.getByText('3 of 3 cases have gone on in version 2').waitFor();
    expect(await visitor.text()).to.contain('No case runs by version 1 now.');
    await examine(page, 'migrate-version-done');
    for (const stream of streams) expect((await world.inspect(stream))!.state.version).to.equal(2);
    await visitor.context.close();
  });

  it('What is done next in an ad-hoc sub-process is chosen with the keyboard; without a choice nothing happens.', async () => {
    await world.deploy([{ name: 'inquiry.bpmn', content: INQUIRY }]);
    const stream = await world.start('inquiry', {}, 'senior.clerk', []);
    const visitor = await world.officer('permanent.secretary');
    const { page } = visitor;
    await page.goto(`/cases/${stream}`);
    await page.locator('#manage summary').click();
    expect(await visitor.text()).to.contain('Waits until a manager chooses what is done next');
    await examine(page, 'choose-ad-hoc');
    const form = page.getByRole('form', { name: 'Choose what is done next: Inquire' });
    await form.getByLabel('Reason').fill('Nothing');
    await form.getByRole('button', { name: 'Begin what is chosen' }).click();
    await page.getByText('Nothing is chosen').first().waitFor();
    await page.goto(`/cases/${stream}`);
    await page.locator('#manage summary').focus();
    await page.keyboard.press('Enter');
    await form.getByLabel('Visit the place').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.type('The neighbours object');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('The neighbours object').first().waitFor();
    expect(await visitor.text()).to.contain('“Visit the place” was chosen as the next step.');
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
    const lent = page.getByRole('region', { name: 'With others' }).locator(`tr[data-task="${path.slice('/tasks/'.length)}"]`);
    expect(await lent.innerText()).to.contain('Human Resources Officer').and.to.contain('since');
    expect(await page.getByRole('link', { name: /^With others/ }).innerText()).to.match(/1/);
    await examine(page, 'tasks-with-others');
    await page.getByRole('link', { name: /^With others/ }).click();
    await page.waitForURL('**/tasks?view=delegated');
    await page.getByRole('row').getByRole('link', { name: 'Examine the application' }).first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${path}`);
    expect(await visitor.text()).to.contain('Human Resources Officer has this task since');
    expect(await page.locator('#work form').count(), 'read-only').to.equal(0);
    const colleague = await world.officer('hr.officer');
    await colleague.page.goto(path);
    expect(await colleague.text()).to.contain('asked you to do the work of this task').and.to.contain('You know the place');
    await examine(colleague.page, 'task-hand-back');
    await colleague.page.locator('#resolve-comment').fill('The place is fit');
    await colleague.page.getByRole('button', { name: 'Hand back' }).click();
    await colleague.page.waitForURL('**/tasks');
    await page.goto(path);
    expect(await page.locator('#decision').count()).to.equal(1);
    expect(await page.locator('#history').innerText()).to.contain('The place is fit');
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
