/** Lists that keep themselves up to date, all cases and incidents: what somebody sees who did not make the change. */
import { expect } from 'chai';
import { PERMIT } from './permit.ts';
import { examine, requireChromium, World } from './support.ts';

const STUCK = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="stuck-definitions" targetNamespace="urn:piton:tests:stuck">
  <bpmn:process id="stuck" name="Refund of a fee" isExecutable="true">
    <bpmn:startEvent id="begin"><bpmn:outgoing>to-way</bpmn:outgoing></bpmn:startEvent>
    <bpmn:exclusiveGateway id="way" name="Is the fee known?"><bpmn:incoming>to-way</bpmn:incoming><bpmn:outgoing>known</bpmn:outgoing></bpmn:exclusiveGateway>
    <bpmn:endEvent id="paid" name="Refund paid"><bpmn:incoming>known</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to-way" sourceRef="begin" targetRef="way" />
    <bpmn:sequenceFlow id="known" sourceRef="way" targetRef="paid"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=fee &gt; 0</bpmn:conditionExpression></bpmn:sequenceFlow>
  </bpmn:process>
</bpmn:definitions>`;

const META = { actor: { person: 'head.administration', groups: [] } };
const APPLICATION = { place: 'castries', day: { $: 'date', v: '2027-03-27' }, truth: true };

describe('What others do, seen at the desk', function () {
  this.timeout(60_000);
  let world: World;

  before(async function () {
    world = await World.open(requireChromium(this));
    await world.deploy([...PERMIT, { name: 'stuck.bpmn', content: STUCK }]);
  });

  after(async () => { await (world as World | undefined)?.close(); });

  async function begin(processId: string, variables: Record<string, never>, businessKey?: string): Promise<string> {
    const answer = await world.piton.runtime.startInstance({ processId, variables, ...(businessKey !== undefined && { businessKey }) }, META);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    await world.piton.runtime.settled(answer.position);
    return answer.stream;
  }

  it('A new task comes into the open list by itself, is announced, and the focus stays where it was.', async () => {
    await begin('permit', { ...APPLICATION, subject: 'Regatta' } as never);
    const visitor = await world.officer('senior.clerk');
    const { page } = visitor;
    await page.clock.install();
    await page.goto('/tasks?view=groups');
    await page.clock.runFor(1_000);
    expect(await page.locator('tr[data-task]').count()).to.equal(1);
    await page.locator('tr[data-task] button').focus();
    const row = await page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('data-task'));
    await begin('permit', { ...APPLICATION, subject: 'Carnival' } as never);
    await page.clock.runFor(36_000);
    await page.locator('tr[data-task]').nth(1).waitFor();
    expect(await page.locator('[data-inbox-news]').innerText()).to.equal('A new task: Examine the application');
    expect(await page.evaluate(() => [document.activeElement?.tagName, document.activeElement?.closest('tr')?.getAttribute('data-task')])).to.deep.equal(['BUTTON', row]);
    await examine(page, 'inbox-news');
    await visitor.context.close();
  });

  it('Who has a task open is told when it is given to somebody else.', async () => {
    const visitor = await world.officer('senior.clerk');
    const { page } = visitor;
    await page.clock.install();
    await visitor.claim('Examine the application');
    const [, stream, counter] = /\/tasks\/([^/]+)\/(\d+)/.exec(page.url())!;
    const given = await world.piton.runtime.execute(stream!, { type: 'AssignTask', task: Number(counter), assignee: 'hr.officer' }, META);
    if (given.outcome === 'accepted') await world.piton.runtime.settled(given.position);
    await page.clock.runFor(36_000);
    await page.locator('[data-task-watch] p').waitFor();
    expect(await page.locator('[data-task-watch]').innerText()).to.match(/has taken this task\. Open this page again/);
    await examine(page, 'task-taken');
    await visitor.context.close();
  });

  it('A manager finds a case by its key and by a registration number; an officer is not let in.', async () => {
    const stream = await begin('permit', { ...APPLICATION, subject: 'Fair', received: { number: 'PS-IN/2026/0007', registeredAt: '2026-03-01T09:00:00.000Z' } } as never, 'FAIR-9');
    const visitor = await world.officer('permanent.secretary');
    const { page } = visitor;
    await page.goto('/');
    await page.getByRole('link', { name: 'All cases' }).click();
    await page.waitForURL('**/cases/all');
    await examine(page, 'all-cases');
    for (const text of ['FAIR-9', 'PS-IN/2026/0007']) {
      await page.getByLabel('Business key or registration number').fill(text);
      await visitor.press('Find cases');
      expect(await page.locator('tbody a.desk-table__link').evaluateAll((links) => links.map((link) => link.getAttribute('href'))), text).to.deep.equal([`/cases/${stream}`]);
    }
    await page.getByLabel('State').selectOption('completed');
    await visitor.press('Find cases');
    expect(await visitor.text()).to.contain('No case fits');
    await examine(page, 'all-cases-none');
    await visitor.context.close();
    const officer = await world.officer('hr.officer');
    await officer.page.goto('/cases/all');
    expect(await officer.text()).to.contain('This page is not open to you');
    await officer.context.close();
  });

  it('An incident is listed with its cause; after the repair it is tried again; who comes second is told.', async () => {
    const stream = await begin('stuck', {});
    const visitor = await world.officer('permanent.secretary');
    const { page } = visitor;
    await page.goto('/incidents');
    expect(await visitor.text()).to.contain('Is the fee known?').and.contain('Refund of a fee');
    await examine(page, 'incidents');
    const second = await visitor.context.newPage();
    await second.goto('/incidents');
    await world.piton.runtime.execute(stream, { type: 'SetVariables', variables: { fee: 20 }, reason: 'the fee was found' }, META);
    await visitor.press('Try again');
    expect(await visitor.text()).to.contain('The step is tried again').and.contain('No case is stuck');
    await examine(page, 'incidents-none');
    await Promise.all([second.waitForEvent('load'), second.getByRole('button', { name: 'Try again' }).click()]);
    expect(await second.getByRole('main').innerText()).to.contain('See the open incidents');
    expect((await world.piton.runtime.inspect(stream))?.state.status).to.equal('completed');
    await visitor.context.close();
  });

  it('No page wrote an error to the console.', () => { expect(world.errors).to.deep.equal([]); });
});
