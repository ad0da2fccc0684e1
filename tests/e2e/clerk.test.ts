/** What a clerk of many years expects of a desk: the line may break, words may be long, a list keeps its place, and a page shows how things stand. */
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { pdfOf } from './papers.ts';
import { PERMIT } from './permit.ts';
import { World, examine, requireChromium } from './support.ts';
import type { Visitor } from './support.ts';

const LETTER = {
  receivedOn: '20 11 2026', channel: 'hand', senderOrganisation: 'Ministry of Finance', senderAddress: 'Pointe Seraphine\nCastries', senderAgency: 'ministry-of-finance', pages: '2',
  subject: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2),
};
const ASSIGNER = { actor: { person: 'director.public.service', groups: [] } };

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Of `/tasks/<stream>/<counter>`. */
function taskOf(page: Page): { readonly stream: string; readonly task: number } {
  const [, stream, counter] = /\/tasks\/([^/]+)\/(\d+)/.exec(page.url())!;
  return { stream: stream!, task: Number(counter) };
}

describe('Desk: what a clerk expects', function () {
  this.timeout(60_000);
  let world: World;

  before(async function () {
    world = await World.open(requireChromium(this));
    await world.deploy(PERMIT);
  });
  after(async () => { await (world as World | undefined)?.close(); });
  afterEach(() => { expect(world.errors.splice(0)).to.deep.equal([]); });

  async function assign(at: { readonly stream: string; readonly task: number }, assignee: string): Promise<void> {
    const given = await world.piton.runtime.execute(at.stream, { type: 'AssignTask', task: at.task, assignee }, ASSIGNER);
    expect(given.outcome, JSON.stringify(given)).to.equal('accepted');
    if (given.outcome === 'accepted') await world.piton.runtime.settled(given.position);
  }

  async function permits(many: number): Promise<string> {
    const variables = { subject: 'Regatta', day: { $: 'date', v: '2027-03-27' }, place: 'castries' };
    let stream = '';
    for (let made = 0; made < many; made += 1) stream = await world.start('permit', variables, 'hr.officer', ['officers']);
    return stream;
  }

  it('Without a connection nothing is sent and nothing is lost; a file of another kind is told at once, and an upload says that it waits.', async () => {
    const visitor = await world.officer('registry.clerk');
    const { context, page } = visitor;
    await page.goto('/start/correspondence');
    await visitor.fill(LETTER);
    const line = page.locator('.desk-offline');
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Start the case' }).click();
    expect(await line.innerText()).to.equal('There is no connection. What you typed stays on this page: send it when the connection is back.');
    expect(await page.locator('[name="v-subject"]').inputValue()).to.equal(LETTER.subject);
    await examine(page, 'offline');
    await context.setOffline(false);
    await line.waitFor({ state: 'hidden' });
    const letter = page.locator('[data-upload]').first();
    await letter.locator('input[type=file]').setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('a note') });
    expect(await letter.locator('[data-upload-said]').innerText()).to.equal('“note.txt” is of another kind. PDF, up to 20 MB each.');
    expect(await letter.locator('li').count()).to.equal(0);
    await page.route('**/api/v1/uploads/*', (route) => route.abort('connectionreset'));
    await letter.locator('input[type=file]').setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: pdfOf(['Staff list']) });
    await letter.getByText('No connection at 0 %. It goes on by itself.').waitFor();
    await page.unroute('**/api/v1/uploads/*');
    await letter.getByText(/, ready$/).waitFor();
    world.errors.splice(0);
    await context.close();
  });

  it('The page of a new case shows its number by itself, and a word nobody could foresee breaks in every list.', async () => {
    const visitor = await world.officer('registry.clerk');
    const { page } = visitor;
    await page.goto('/start/correspondence');
    await visitor.fill(LETTER);
    const letter = page.locator('[data-upload]').first();
    await letter.locator('input[type=file]').setInputFiles({ name: 'scan.pdf', mimeType: 'application/pdf', buffer: pdfOf(['Staff list']) });
    await letter.getByRole('listitem').filter({ hasText: 'scan.pdf' }).getByText(/, ready$/).waitFor();
    await visitor.press('Start the case');
    await page.getByRole('heading', { level: 1, name: 'PS-IN/2026/0001' }).waitFor();
    await page.waitForFunction(() => document.title.startsWith('PS-IN/2026/0001'));
    await page.locator('.desk-places').getByRole('link', { name: 'Find the file' }).waitFor();
    for (const address of ['/tasks?view=groups', '/register', '/cases']) {
      await page.goto(address);
      for (const width of [1440, 1024, 800, 320]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await overflow(page), `${address} at ${String(width)} px`).to.equal(0);
      }
    }
    await visitor.context.close();
  });

  it('An open case goes on before one\'s eyes; who is filling in a form there is only told.', async () => {
    const stream = await permits(1);
    const [applicant, manager, clerk] = await Promise.all(['hr.officer', 'director.public.service', 'senior.clerk'].map((account) => world.officer(account))) as [Visitor, Visitor, Visitor];
    await applicant.page.goto(`/cases/${stream}`);
    await manager.page.goto(`/cases/${stream}`);
    await manager.page.getByText('Manage this case').click();
    await manager.page.locator('#suspend-reason').fill('The ground is under water');
    await clerk.page.goto('/tasks?view=groups');
    await clerk.claim('Examine the application');
    await applicant.page.getByText('With Senior Clerk').waitFor();
    await manager.page.locator('[data-case-news]').getByText('The case has gone on.').waitFor();
    expect(await manager.page.locator('#suspend-reason').inputValue()).to.equal('The ground is under water');
    await examine(manager.page, 'case-gone-on');
    await Promise.all([applicant, manager, clerk].map(({ context }) => context.close()));
  });

  it('From a task back to the list it was opened from: the same view, the same page of it.', async () => {
    await permits(52);
    const visitor = await world.officer('senior.clerk');
    const { page } = visitor;
    await page.goto('/tasks?view=groups');
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.waitForURL(/after=/);
    const list = page.url();
    await page.locator('tr[data-task] a').first().click();
    await page.waitForURL(/\/tasks\/[^/?]+\/\d+$/);
    await page.getByRole('link', { name: 'Back to tasks' }).click();
    await page.waitForURL(list);
    await visitor.context.close();
  });

  it('Whom a task was given to is told that it is theirs; who completes it late reads who did it, or that they did themselves.', async () => {
    const [first, again, other] = await Promise.all(['senior.clerk', 'senior.clerk', 'administrative.officer'].map((account) => world.officer(account))) as [Visitor, Visitor, Visitor];
    for (const by of [again, other]) {
      await first.claim('Examine the application');
      const address = first.page.url();
      await first.page.locator('#v-findings').fill('Seen.');
      if (by === other) await assign(taskOf(first.page), 'administrative.officer');
      await by.page.goto(address);
      await by.page.locator('#v-findings').fill('Seen.');
      await by.press('Approve');
      await first.press('Approve');
      expect(await first.text()).to.contain(by === again ? 'This is done already' : 'Somebody was faster')
        .and.to.contain(by === again ? 'You have completed “Examine the application”.' : 'Administrative Officer has completed “Examine the application”.');
    }
    await Promise.all([first, again, other].map(({ context }) => context.close()));
  });
});
