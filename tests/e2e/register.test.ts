/** The registers in the browser: what was registered stands there with its number, for the registry of the agency and for managers. */
import { expect } from 'chai';
import type { Variables } from '../../engine/index.ts';
import { examine, requireChromium, World } from './support.ts';

const LETTERS: readonly Variables[] = [
  { senderOrganisation: 'Ministry of Finance', senderName: 'The Director of Finance', subject: 'Staff list for the estimates 2026/27', senderReference: 'MOF/EST/12' },
  { senderOrganisation: 'National Council of and for Persons with Disabilities and its Affiliated Organisations', subject: 'Invitation to the annual consultation on employment in the public service, with a request for a speaker', senderReference: 'NCPD/2026/CONS/0000000000000000017' },
  { senderOrganisation: 'Ana Sousa', subject: 'Lease copy', senderReference: '' },
];

describe('Registers in the browser', function () {
  this.timeout(60_000);
  let world: World;

  before(async function () {
    world = await World.open(requireChromium(this));
  });

  after(async () => { await (world as World | undefined)?.close(); });

  it('Empty, the page says what it will show and leads to registering a letter.', async () => {
    const { page } = await world.officer('registry.clerk');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Registers' }).click();
    expect(await page.getByRole('main').innerText()).to.contain('Nothing is registered yet');
    await examine(page, 'register-empty');
    await page.getByRole('link', { name: 'Register a letter' }).click();
    await page.getByRole('heading', { name: 'Form IN-01: letter received' }).waitFor();
  });

  it('Letters stand with number, sender, subject and case, newest first; the other ministry sees none of them.', async () => {
    for (const letter of LETTERS) await world.start('correspondence', { senderAddress: 'Castries', senderAgency: 'none', classification: 'Open', ...letter }, 'registry.clerk', ['registry']);
    const clerk = await world.officer('registry.clerk');
    const rows = clerk.page.getByRole('row');
    await clerk.page.goto('/register');
    for (let left = 50; left > 0 && await rows.count() < 4; left -= 1) await clerk.page.reload();
    expect(await rows.count()).to.equal(4);
    expect((await clerk.text()).match(/PS-IN\/\d{4}\/\d{4}/g)?.map((number) => number.slice(-4))).to.deep.equal(['0003', '0002', '0001']);
    await examine(clerk.page, 'register');
    await rows.filter({ hasText: 'Staff list' }).getByRole('link').click();
    await clerk.page.waitForURL(/\/cases\//);

    const manager = await world.officer('director.finance');
    await manager.page.goto('/register');
    expect(await manager.text()).to.contain('PS-IN');
    const finance = await world.officer('finance.registry.clerk');
    await finance.page.goto('/register');
    expect(await finance.text()).to.contain('Nothing is registered yet').and.not.contain('Register a letter');
    const officer = await world.officer('administrative.officer');
    expect((await officer.page.goto('/register'))?.status()).to.equal(403);
    expect(await officer.page.getByRole('link', { name: 'Registers' }).count()).to.equal(0);
    expect(world.errors).to.deep.equal([]);
  });
});
