/** The leave procedure walked in the browser by its people: applied for, returned, corrected, recommended, granted, entered. */
import { expect } from 'chai';
import { World, examine, requireChromium } from './support.ts';
import type { Visitor } from './support.ts';

const APPLICATION = {
  leaveType: 'vacation', firstDay: '1 3 2027', lastDay: '5 3 2027', personnelNumber: 'PS-1042', contact: '758 468 2000',
  deputy: 'senior.clerk', handoverNotes: 'Files of the week are in the <b>second</b> drawer.',
};

describe('Desk: the leave procedure in the browser', function () {
  this.timeout(60_000);
  this.bail(true);
  let world: World;
  let officer: Visitor;
  let hr: Visitor;
  let deputy: Visitor;
  let supervisor: Visitor;
  let secretary: Visitor;

  before(async function () {
    world = await World.open(requireChromium(this));
    [officer, hr, deputy, supervisor, secretary] = await Promise.all(
      ['administrative.officer', 'hr.officer', 'senior.clerk', 'head.administration', 'permanent.secretary'].map((account) => world.officer(account)),
    ) as [Visitor, Visitor, Visitor, Visitor, Visitor];
  });

  after(async () => { await (world as World | undefined)?.close(); });

  it('The officer finds the procedure, is told what is missing, and applies.', async () => {
    const { page } = officer;
    await page.getByRole('link', { name: 'Start a case' }).click();
    await page.getByRole('main').getByRole('link', { name: 'Leave of absence' }).click();
    await page.waitForURL('**/start/*');
    await examine(page, 'start-form');
    await officer.press('Start the case');
    expect(await page.title()).to.match(/^Error: /);
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('error-summary');
    await examine(page, 'start-form-errors');
    await officer.fill(APPLICATION);
    await officer.press('Start the case');
    expect(page.url()).to.contain('/cases/');
    expect(await officer.text()).to.contain('Check the leave record').and.contain('05 March 2027');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.contain('PS-1042/2027-03-01');
    expect(await officer.text()).to.contain('Vacation leave, 1 March 2027 to 5 March 2027');
    await examine(page, 'case-started');
  });

  it('Human Resources claims the check of the leave record and returns it to the officer for correction.', async () => {
    const { page } = hr;
    await page.goto('/tasks?view=groups');
    await examine(page, 'tasks-groups');
    await hr.claim('Check the leave record');
    await examine(page, 'task-held');
    await hr.fill({ daysAtCredit: '12', recordRemarks: 'Personnel number does not match the file.' });
    await hr.press('Return to the officer');
    expect(page.url()).to.match(/\/tasks$/);
    expect(await hr.text()).to.contain('is completed: Return to the officer');
  });

  it('The officer reads why, corrects the application and submits it again.', async () => {
    await officer.open('Correct the application');
    expect(await officer.text()).to.contain('Personnel number does not match the file.');
    await examine(officer.page, 'task-correct');
    await officer.fill({ personnelNumber: 'PS-1043' });
    await officer.press('Submit again');
    expect(await officer.text()).to.contain('is completed: Submit again');
  });

  it('Record, deputy and supervisor agree; what people typed stays text.', async () => {
    await hr.claim('Check the leave record');
    expect(await hr.text()).to.contain('PS-1043');
    await hr.fill({ daysAtCredit: '12', recordRemarks: 'In order.' });
    await hr.press('In order');
    await deputy.page.goto('/tasks');
    await deputy.open('Agree to stand in');
    expect(await deputy.text()).to.contain('<b>second</b>');
    await deputy.press('I agree');
    await supervisor.claim('Recommend the leave');
    await examine(supervisor.page, 'task-recommend');
    await supervisor.fill({ recommendationReasons: 'The week is quiet.' });
    await supervisor.press('Recommended');
    expect(await supervisor.text()).to.contain('is completed: Recommended');
  });

  it('The Permanent Secretary grants the leave, the case says so in words, and the officer is told.', async () => {
    await secretary.claim('Decide on the leave');
    await secretary.fill({ decisionReasons: 'Cover is arranged.' });
    await secretary.press('Grant the leave');
    await hr.claim('Enter on the leave record');
    await hr.fill({ recordFolio: 'PF 1043/17' });
    await hr.press('Complete task');
    await hr.page.goto('/tasks?view=done');
    await examine(hr.page, 'tasks-done');
    await officer.page.goto('/cases');
    await examine(officer.page, 'my-cases');
    await officer.page.getByRole('main').getByRole('rowheader').getByRole('link').first().click();
    await officer.page.waitForURL('**/cases/*');
    const text = await officer.text();
    for (const sentence of ['was completed by Permanent Secretary: Grant the leave', 'was completed by Human Resources Officer: Return to the officer', 'Vacation leave', '01 March 2027']) expect(text).to.contain(sentence);
    await examine(officer.page, 'case-granted');
    await officer.page.getByRole('link', { name: 'Notices' }).click();
    await officer.page.waitForURL('**/notices');
    await examine(officer.page, 'notices');
    expect(await officer.text()).to.not.contain('There are no notices');
  });

  it('Nothing went wrong in any browser.', () => {
    expect(world.errors).to.deep.equal([]);
  });
});
