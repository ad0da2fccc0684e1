/** Petty cash in the browser: claimed, sent back by the decision table, approved, paid, filed; the case says which rules fired on which inputs. */
import { expect } from 'chai';
import { World, examine, requireChromium } from './support.ts';
import type { Visitor } from './support.ts';

describe('Desk: petty cash in the browser', function () {
  this.timeout(60_000);
  this.bail(true);
  let world: World;
  let officer: Visitor;
  let head: Visitor;
  let cashier: Visitor;
  let registry: Visitor;

  before(async function () {
    world = await World.open(requireChromium(this));
    [officer, head, cashier, registry] = await Promise.all(
      ['administrative.officer', 'head.administration', 'senior.clerk', 'registry.clerk'].map((account) => world.officer(account)),
    ) as [Visitor, Visitor, Visitor, Visitor];
  });

  after(async () => { await (world as World | undefined)?.close(); });

  it('A claim without a receipt comes back; the case says which rule sent it.', async () => {
    const { page } = officer;
    await page.getByRole('link', { name: 'Start a case' }).click();
    await page.getByRole('main').getByRole('link', { name: 'Petty cash' }).click();
    await page.waitForURL('**/start/*');
    await examine(page, 'petty-cash-start');
    await officer.fill({ purpose: 'Paper for the printer', kind: 'stationery', amount: '86.50', spentOn: '2 1 2026' });
    await officer.press('Start the case');
    const text = await officer.text();
    expect(text).to.contain('“Find who approves” was decided by “Approval authority”, version 1.');
    expect(text).to.contain('Number of the receipt given is false, Kind of expense is "stationery"; rule 3 (Only fares are paid without a receipt) matched; the answer is "missing".');
    expect(text).to.contain('rule 1 (Goes back for the receipt) matched; the answer is "claimant".');
    await examine(page, 'case-decided');
  });

  it('With the receipt it goes to the head of section, is paid by somebody else, and filed.', async () => {
    await officer.open('Correct the claim, or withdraw it');
    await officer.fill({ receiptNumber: 'R-1182' });
    await officer.press('Send again');
    await head.claim('Approve the claim (Head of section)');
    await examine(head.page, 'petty-cash-approve');
    await head.press('Approve');
    await cashier.claim('Pay the claim');
    await cashier.fill({ voucherNumber: 'PC 7/2026', paidOn: '5 1 2026', receiptHandedIn: 'yes' });
    await cashier.press('Complete task');
    await registry.claim('File the voucher');
    await registry.fill({ folio: 'PC/2026/7' });
    await registry.press('Complete task');
    await officer.page.goto('/cases');
    await officer.page.getByRole('main').getByRole('rowheader').getByRole('link').first().click();
    await officer.page.waitForURL('**/cases/*');
    const text = await officer.text();
    expect(text).to.contain('Completed');
    expect(text).to.contain('Amount in EC$ is 86.5; rule 2 (Up to EC$ 200: Head of section) matched; the answer is "head-of-section".');
  });

  it('Nothing went wrong in any browser.', () => {
    expect(world.errors).to.deep.equal([]);
  });
});
