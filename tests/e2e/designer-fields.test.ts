/** What runs beside the plain way, set in the panel in a real browser by keyboard and mouse: a deadline that passes, a register, a signal; wrong entries are told at their field. */
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { World, examine, requireChromium } from './support.ts';

const STEP = 'check-record';

async function open(world: World): Promise<Page> {
  const { page } = await world.officer('systems.analyst');
  await page.goto('/designer/leave');
  await page.getByRole('button', { name: 'No problems' }).waitFor();
  await page.getByRole('button', { name: 'Outline', exact: true }).click();
  await page.locator(`[role=treeitem][data-id="${STEP}"] > .designer-tree__row`).click();
  return page;
}

function panel(page: Page): Locator {
  return page.locator('.designer-panel');
}

/** Types into a field and leaves it by keyboard. */
async function enter(page: Page, label: string, text: string): Promise<void> {
  await panel(page).getByLabel(label, { exact: true }).fill(text);
  await page.keyboard.press('Tab');
}

/** Unfolds a section. */
async function unfold(page: Page, title: string): Promise<void> {
  const section = panel(page).locator('details', { has: page.locator('summary', { hasText: title }) }).first();
  if (await section.getAttribute('open') === null) await section.locator('summary').press('Enter');
}

describe('Designer: fields for what runs beside the plain way', function () {
  this.timeout(120_000);
  let world: World;

  before(async function () { world = await World.open(requireChromium(this)); });
  after(async () => { await (world as World | undefined)?.close(); });
  afterEach(() => { expect(world.errors.splice(0)).to.deep.equal([]); });

  it('A deadline that needs somebody says so at its field, and not twice; one entry is one step back.', async () => {
    const page = await open(world);
    await panel(page).getByLabel('When the deadline passes').selectOption('reassign');
    const fault = panel(page).locator('.designer-fault');
    await fault.waitFor();
    expect(await fault.innerText()).to.contain('onBreach is reassign and escalateTo names nobody');
    expect(await panel(page).getByLabel('Offered to').getAttribute('aria-invalid')).to.equal('true');
    expect(await panel(page).locator('.designer-panel__finding').count()).to.equal(0);
    await examine(page, 'designer-deadline-wrong');
    await enter(page, 'Offered to', 'permanent-secretary');
    await page.getByRole('button', { name: 'No problems' }).waitFor();
    await panel(page).getByLabel('Told beforehand: how many').fill('1');
    await page.keyboard.press('Tab');
    await panel(page).getByLabel('Nobody who did any other task of the case').press('Space');
    await examine(page, 'designer-deadline');
    for (let steps = 0; steps < 4; steps += 1) await page.getByRole('button', { name: 'Undo' }).click();
    expect(await panel(page).getByLabel('When the deadline passes').inputValue()).to.equal('');
    await page.context().close();
  });

  it('A register is added behind a step, named, and told what it keeps, without a mouse; then it is deployed.', async () => {
    const page = await open(world);
    await unfold(page, 'In the drawing');
    await panel(page).getByLabel('Add after it').selectOption({ label: 'Data store it writes into' });
    await panel(page).getByRole('button', { name: 'Add', exact: true }).press('Enter');
    await panel(page).getByText('Data store', { exact: true }).first().waitFor();
    await enter(page, 'Register', 'Leave register');
    await enter(page, 'Entry', '=personnelNumber');
    await enter(page, 'Most entries', '5000');
    await panel(page).getByText('In expressions it is called Leave_register.').waitFor();
    await examine(page, 'designer-register');
    // The store stands in the outline, and leads back to the step by reading.
    await unfold(page, 'In the drawing');
    await panel(page).getByLabel('Lead on to').selectOption(STEP);
    await panel(page).getByRole('button', { name: 'Connect' }).press('Enter');
    expect(await page.getByRole('treeitem', { name: /Data store/ }).count()).to.equal(1);
    await page.locator(`[role=treeitem][data-id="${STEP}"] > .designer-tree__row`).click();
    const written = panel(page).getByRole('group', { name: 'Written into Leave register' });
    await written.getByRole('button', { name: 'Add value' }).press('Enter');
    await written.getByLabel('Value (FEEL)').fill('daysLeft');
    await page.keyboard.press('Tab');
    await written.getByLabel('Into', { exact: true }).fill('elsewhere');
    await page.keyboard.press('Tab');
    await written.locator('.designer-fault').waitFor();
    expect(await written.locator('.designer-fault').innerText()).to.contain('Leave_register');
    await examine(page, 'designer-register-wrong');
    await written.getByLabel('Into', { exact: true }).fill('Leave_register.left');
    await page.keyboard.press('Tab');
    const reading = panel(page).getByRole('group', { name: 'Read from Leave register' });
    await reading.getByRole('button', { name: 'Add value' }).press('Enter');
    await reading.getByLabel('Into the variable').fill('before');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'No problems' }).waitFor();
    await examine(page, 'designer-registers');
    await page.getByRole('button', { name: 'Deploy…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.getByText(/^Version 2 is live\. /).waitFor();
    const stream = await world.start('leave', { personnelNumber: 'PS-1' }, 'administrative.officer', []);
    const node = (await world.inspect(stream))!.graph.nodes.get(STEP)!;
    expect(node.stores?.writes.map(({ job, mappings }) => [job.headers['store']?.literal, job.headers['capacity']?.literal, job.headers['paths']?.literal, mappings[0]?.target])).to.deep.equal([['Leave register', '5000', 'left', 'Leave_register.left']]);
    expect(node.stores?.reads.map(({ mappings }) => mappings.map(({ target, source }) => [target, source.source]))).to.deep.equal([[['before', 'Leave_register']]]);
    await page.context().close();
  });

  it('Bindings, retries, loops and jobs beside a step are set where they belong, and the page stays in order.', async () => {
    const page = await open(world);
    await unfold(page, 'In the drawing');
    await panel(page).getByLabel('Add after it').selectOption({ label: 'Service task' });
    await panel(page).getByRole('button', { name: 'Add', exact: true }).press('Enter');
    await panel(page).getByText('Service task', { exact: true }).first().waitFor();
    await enter(page, 'Job type', 'notify');
    await panel(page).getByLabel('Wait between retries: unit').selectOption({ label: 'minutes' });
    await enter(page, 'Wait between retries: how many', '10');
    await unfold(page, 'How often');
    await panel(page).getByLabel('It is done').selectOption('sequential');
    await panel(page).locator('.designer-fault', { hasText: 'inputCollection' }).waitFor();
    await enter(page, 'For each of (FEEL)', 'applicants');
    await unfold(page, 'Jobs beside it');
    await panel(page).getByRole('group', { name: 'Jobs before and after' }).getByRole('button', { name: 'Add job' }).press('Enter');
    await examine(page, 'designer-service');
    await unfold(page, 'In the drawing');
    await panel(page).getByLabel('Kind of step').selectOption({ label: 'Call activity' });
    await panel(page).getByText('Call activity', { exact: true }).first().waitFor();
    // What it kept from being a service task is taken out where it is told.
    for (const name of ['zeebe:taskDefinition', 'gov:retry']) {
      await panel(page).getByRole('button', { name: `Take ${name} out` }).press('Enter');
      await panel(page).getByRole('button', { name: `Take ${name} out` }).waitFor({ state: 'detached' });
    }
    await enter(page, 'Procedure', 'petty-cash');
    await panel(page).getByLabel('Which version').selectOption('versionTag');
    await panel(page).locator('.designer-fault').first().waitFor();
    await enter(page, 'Version tag', 'spring');
    await enter(page, 'Business key of the called case', '=personnelNumber');
    await examine(page, 'designer-call');
    await page.context().close();
  });
});
