/** An installation without accounts: the first administrator is made in the browser, once. */
import { expect } from 'chai';
import { World, examine, requireChromium } from './support.ts';

describe('Desk: the first administrator', function () {
  this.timeout(60_000);
  let world: World;

  before(async function () { world = await World.open(requireChromium(this), 'off'); });
  after(async () => { await (world as World | undefined)?.close(); });

  it('Every way leads to the set-up; a wrong code is told; then the administrator is signed in, and the set-up is closed.', async () => {
    const code = /with the code (\S+)/.exec(world.lines.join('\n'))![1]!;
    const visitor = await world.visitor();
    const { page } = visitor;
    await page.goto('/tasks');
    expect(page.url()).to.match(/\/setup$/);
    await examine(page, 'setup');
    await visitor.press('Make the account');
    expect(await visitor.text()).to.contain('Enter the set-up code');
    const fill = async (given: string): Promise<void> => {
      await page.getByLabel('Set-up code').fill(given);
      await page.getByLabel('Account name').fill('first.administrator');
      await page.getByLabel('Name', { exact: true }).fill('First Administrator');
      await page.getByLabel('Password').fill('seven blue pelicans dance');
      await visitor.press('Make the account');
    };
    await fill('guess');
    expect(await page.locator('.govuk-error-summary a').getAttribute('href')).to.equal('#code');
    await examine(page, 'setup-errors');
    await fill(code);
    expect(await page.locator('.desk-person').innerText()).to.contain('First Administrator');
    await page.goto('/setup');
    expect(page.url()).to.not.contain('/setup');
    await visitor.context.close();
    expect(world.errors).to.deep.equal([]);
  });
});
