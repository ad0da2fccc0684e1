/** Data stores in the browser: what cases wrote stands there by its key, is found by how that begins, and leads to the case that wrote it. */
import { expect } from 'chai';
import type { Variables } from '../../engine/index.ts';
import { examine, requireChromium, World } from './support.ts';
import type { Visitor } from './support.ts';

/** A case writes what it is given into an entry and ends. */
const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:t">
  <bpmn:dataStore id="store" name="Vehicle register" />
  <bpmn:collaboration id="c"><bpmn:participant id="pool" name="Ministry" processRef="vehicle"><bpmn:extensionElements><zeebe:properties><zeebe:property name="group" value="ministry" /></zeebe:properties></bpmn:extensionElements></bpmn:participant></bpmn:collaboration>
  <bpmn:process id="vehicle" name="Change of ownership" isExecutable="true">
    <bpmn:dataStoreReference id="r" dataStoreRef="store"><bpmn:extensionElements><zeebe:properties><zeebe:property name="key" value="=plate" /></zeebe:properties></bpmn:extensionElements></bpmn:dataStoreReference>
    <bpmn:startEvent id="start" />
    <bpmn:task id="write" name="Enter the owner"><bpmn:dataOutputAssociation id="o"><bpmn:targetRef>r</bpmn:targetRef><bpmn:assignment><bpmn:from>=entry</bpmn:from><bpmn:to>Vehicle_register</bpmn:to></bpmn:assignment></bpmn:dataOutputAssociation></bpmn:task>
    <bpmn:endEvent id="end" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="write" /><bpmn:sequenceFlow id="f2" sourceRef="write" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>`;

const MANAGER = 'director.finance';

describe('Data stores in the browser', function () {
  this.timeout(120_000);
  let world: World;
  let manager: Visitor;

  before(async function () {
    world = await World.open(requireChromium(this));
    manager = await world.officer(MANAGER);
  });
  after(async () => { await (world as World | undefined)?.close(); });
  afterEach(() => { expect(world.errors.splice(0)).to.deep.equal([]); });

  const enter = (plate: string, entry: Variables[string]): Promise<string> => world.start('vehicle', { plate, entry }, 'administrative.officer', []);
  /** What a job writes comes a moment after the case was started. */
  const shows = async (page: Visitor['page'], text: string): Promise<void> => {
    for (let left = 50; left > 0 && !(await page.getByRole('main').innerText()).includes(text); left -= 1) await page.reload();
    expect(await page.getByRole('main').innerText()).to.contain(text);
  };

  it('Empty, the page says when something will be there; who may not read it is told so.', async () => {
    const { page } = manager;
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Data stores' }).click();
    expect(await page.getByRole('main').innerText()).to.contain('Nothing is kept yet');
    await examine(page, 'data-stores-empty');
    await page.goto('/data-stores/Nothing');
    expect(await page.getByRole('main').innerText()).to.contain('There is nothing here');
    const officer = await world.officer('administrative.officer');
    expect((await officer.page.goto('/data-stores'))?.status()).to.equal(403);
    expect(await officer.page.getByRole('link', { name: 'Data stores' }).count()).to.equal(0);
    await officer.context.close();
  });

  it('Stores, their entries by key, and one entry with every write and the case that made it, without a mouse.', async () => {
    await world.deploy([{ name: 'vehicle.bpmn', content: MODEL }]);
    await enter('PA 1200', { owner: 'Ana Sousa', address: { street: '12 Micoud Street', town: 'Castries' }, seats: 5, insuredUntil: { $: 'date', v: '2027-03-31' } as never });
    const { page } = manager;
    await page.goto('/data-stores/Vehicle%20register/entry?key=PA%201200');
    await shows(page, 'Ana Sousa');
    const second = await enter('PA 1200', { owner: 'A company with a very long name that nobody would choose, Holdings (Saint Lucia) Limited', address: null, seats: 5 });
    await enter('PB 7', 'Scrapped');
    await enter('', ['A list', 'without a key']);
    await page.goto('/data-stores');
    await shows(page, '3');
    await examine(page, 'data-stores');
    await page.getByRole('link', { name: 'Vehicle register' }).press('Enter');
    await page.waitForURL('**/data-stores/Vehicle%20register');
    expect(await page.getByRole('row').count()).to.equal(4);
    await examine(page, 'data-store');
    await page.getByLabel('Entry begins with').fill('PA');
    await page.keyboard.press('Enter');
    await page.waitForURL('**?search=PA');
    expect(await page.getByRole('row').count()).to.equal(2);
    await page.getByRole('link', { name: 'PA 1200' }).press('Enter');
    await page.waitForURL('**/entry?key=PA%201200');
    expect(await page.getByRole('main').innerText()).to.contain('Holdings (Saint Lucia) Limited').and.contain('for the 2nd time').and.contain('Enter the owner');
    await examine(page, 'data-store-entry');
    await page.getByRole('link', { name: 'Show all 2 writes' }).press('Enter');
    await page.waitForURL('**writes=all**');
    const rows = page.getByRole('table').getByRole('row');
    expect(await rows.count()).to.equal(3);
    expect(await rows.nth(2).innerText()).to.contain('Ana Sousa').and.contain('31 March 2027');
    await examine(page, 'data-store-writes');
    await rows.nth(1).getByRole('link').press('Enter');
    await page.waitForURL(`**/cases/${second}`);
  });

  it('What is looked for and not there says so; an unknown entry is no page; many entries come in pages.', async () => {
    const { page } = manager;
    await page.goto('/data-stores/Vehicle%20register?search=pa');
    expect(await page.getByRole('main').innerText()).to.contain('No entry begins so');
    await examine(page, 'data-store-nothing-found');
    expect((await page.goto('/data-stores/Vehicle%20register/entry?key=nobody'))?.status()).to.equal(404);
    for (let n = 0; n < 52; n += 1) await enter(`L ${String(n).padStart(3, '0')}`, n);
    await page.goto('/data-stores/Vehicle%20register?search=L');
    await shows(page, 'L 051');
    expect(await page.getByRole('row').count()).to.equal(51);
    await page.getByRole('link', { name: 'Next page' }).press('Enter');
    await page.waitForURL('**after=**');
    expect((await page.getByRole('row').allInnerTexts()).slice(1).map((text) => text.slice(0, 5))).to.deep.equal(['L 001', 'L 000']);
    await page.getByRole('link', { name: 'Back to the first page' }).press('Enter');
    await page.waitForURL('**?search=L');
  });

  it('The registry reads what its own agency wrote, and nothing of others.', async () => {
    for (const [account, entries] of [['registry.clerk', true], ['finance.registry.clerk', false]] as const) {
      const clerk = await world.officer(account);
      await clerk.page.goto('/data-stores');
      expect((await clerk.text()).includes('Vehicle register'), account).to.equal(entries);
      expect((await clerk.page.goto('/data-stores/Vehicle%20register/entry?key=PB%207'))?.status()).to.equal(entries ? 200 : 404);
      await clerk.context.close();
    }
  });
});
