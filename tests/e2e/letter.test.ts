/** One letter in the browser, from the registry's desk to both files: six people signed in at once, documents looked at with other programs. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { documentsIn } from '../../server/ports/documents.ts';
import type { DocumentRef } from '../../server/ports/documents.ts';
import { dispatch } from '../../server/cli/dispatch.ts';
import { examine, requireChromium, SHOTS, World } from './support.ts';
import type { Visitor } from './support.ts';
import { pdfOf } from './papers.ts';

const LETTER = {
  receivedOn: '20 11 2026', channel: 'hand', senderName: 'The Director of Finance', senderOrganisation: 'Ministry of Finance', senderAddress: 'Pointe Seraphine\nCastries',
  senderAgency: 'ministry-of-finance', subject: 'Staff list for the estimates 2027/28', senderReference: 'MOF/EST/12', letterDate: '18 11 2026', pages: '2', classification: 'Open',
};
const REPLY = 'We refer to your letter of 18 November 2026.\n\nThe staff list as at 31 October 2026 is enclosed. It counts 48 established and 6 temporary posts.';

describe('One letter, from the registry to both files', function () {
  this.timeout(120_000);
  this.bail(true);
  let world: World;
  let clerk: Visitor;
  let secretary: Visitor;
  let head: Visitor;
  let officer: Visitor;
  let finance: Visitor;
  let manager: Visitor;
  let stream: string;
  const folder = mkdtempSync(join(tmpdir(), 'piton-letter-'));

  before(async function () {
    world = await World.open(requireChromium(this));
    [clerk, secretary, head, officer, finance, manager] = await Promise.all(
      ['registry.clerk', 'permanent.secretary', 'head.administration', 'administrative.officer', 'finance.registry.clerk', 'director.public.service'].map((account) => world.officer(account)),
    ) as [Visitor, Visitor, Visitor, Visitor, Visitor, Visitor];
  });
  after(async () => {
    await (world as World | undefined)?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('The registry registers the letter with its scan, and it has a number without gap.', async () => {
    const { page } = clerk;
    await page.goto('/start/correspondence');
    await clerk.fill(LETTER);
    await page.getByLabel('Letter', { exact: false }).locator('visible=true').first().waitFor();
    await page.locator('input[type=file]').first().setInputFiles({ name: 'letter of 18 November.pdf', mimeType: 'application/pdf', buffer: pdfOf(['Staff list for the estimates', 'Please send us the staff list.']) });
    await page.getByText('ready', { exact: false }).first().waitFor();
    await examine(page, 'letter-start');
    await clerk.press('Start the case');
    stream = /\/cases\/([^/?]+)/.exec(page.url())![1]!;
    await shows(clerk, '/register', 'Staff list for the estimates 2027/28');
    expect(await clerk.text()).to.contain('PS-IN/2026/0001');
    await examine(page, 'letter-register');
  });

  it('The manager sees it wait in the monitor; the numbers move while the others work.', async () => {
    const { page } = manager;
    await page.goto('/monitor/correspondence');
    await waiting(page, 'Find the file', 1);
    await page.getByRole('link', { name: 'Letter received by exchange' }).click();
    await page.getByRole('heading', { name: 'Letter received by exchange', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Incoming letter and reply' }).click();
    await waiting(page, 'Find the file', 1);
    await examine(page, 'letter-monitor');
  });

  it('It is marked to the officer, whose list shows it without being loaded again.', async () => {
    await clerk.page.goto('/tasks?view=groups');
    expect(await clerk.text()).to.contain('PS-IN/2026/0001').and.contain('Staff list for the estimates 2027/28');
    await examine(clerk.page, 'letter-groups');
    await clerk.claim('Find the file');
    await examine(clerk.page, 'letter-file');
    await clerk.press('Send up for marking');
    await officer.page.goto('/tasks');
    await secretary.claim('Mark to an action officer');
    await secretary.fill({ actionOfficer: 'administrative.officer', markingNote: 'Please reply this week.' });
    await secretary.page.getByLabel('Ordinary', { exact: false }).first().check();
    await examine(secretary.page, 'letter-mark');
    await secretary.press('Mark to the officer');
    await officer.page.getByRole('main').getByRole('link', { name: 'Study the letter, write the minute' }).first().waitFor();
    await waiting(manager.page, 'Study the letter, write the minute', 1);
    await waiting(manager.page, 'Find the file', 0);
  });

  it('The officer studies it with its scan and history, drafts the reply, and the ministry\'s letter is made.', async () => {
    await officer.open('Study the letter, write the minute');
    expect(await officer.text()).to.contain('letter of 18 November.pdf').and.contain('Please reply this week.');
    expect(await officer.page.locator('details.desk-read:not([open])').count()).to.equal(1);
    await examine(officer.page, 'letter-study');
    await officer.fill({ minute: 'The list is ready. A short reply will do.' });
    await officer.press('A reply is needed');
    await officer.open('Draft the reply');
    await officer.fill({ salutation: 'Dear Director', replySubject: 'Staff list for the estimates 2027/28', replyText: REPLY, closing: 'Yours faithfully' });
    await examine(officer.page, 'letter-draft');
    await officer.press('Complete task');
    await head.page.goto('/tasks?view=groups');
    await head.page.getByRole('main').getByRole('link', { name: 'Review the draft' }).first().waitFor({ timeout: 30_000 });
    const { pdf } = await fetched(head, 'reply');
    expect(pdf.subarray(0, 5).toString()).to.equal('%PDF-');
  });

  it('The head reviews that letter, which has its number.', async () => {
    await head.claim('Review the draft');
    expect(await head.text()).to.contain('PS-OUT/2026/0001').and.contain('PS-IN/2026/0001');
    expect(await head.page.locator('details.desk-read[open] object').count()).to.equal(1);
    await examine(head.page, 'letter-review');
    await head.fill({ reviewRemarks: 'In order.' });
    await head.press('Put up for signature');
  });

  it('The Permanent Secretary reads it, signs it with her PIN, and the ministry seals it: two signatures that other programs find valid.', async () => {
    await secretary.claim('Approve and sign');
    await examine(secretary.page, 'letter-sign');
    await secretary.page.locator('#pin').fill('000000');
    await secretary.press('Approve and sign');
    expect(await secretary.page.locator('.govuk-error-summary').innerText()).to.contain('The PIN is not right');
    await secretary.page.locator('#pin').fill(world.pin('permanent.secretary'));
    await secretary.press('Approve and sign');
    expect(await secretary.text()).to.contain('is completed: Approve and sign');
    await examine(secretary.page, 'letter-signed');
    await clerk.page.goto('/tasks?view=groups');
    await clerk.page.getByRole('main').getByRole('link', { name: 'Check the dispatch' }).first().waitFor({ timeout: 30_000 });
    const { pdf, document } = await fetched(clerk, 'reply');
    expect(document).to.include({ state: 'sealed', number: 'PS-OUT/2026/0001' });
    const file = join(folder, 'reply.pdf');
    writeFileSync(file, pdf);
    const signatures = execFileSync('pdfsig', ['-nocert', file]).toString();
    expect(signatures.match(/Signature is Valid/g)).to.have.length(2);
    execFileSync('qpdf', ['--check', file], { stdio: 'pipe' });
    expect(execFileSync('pdftotext', ['-layout', file, '-']).toString()).to.contain('PS-OUT/2026/0001').and.match(/48\s+established\s+and\s+6\s+temporary\s+posts/).and.contain('Dear Director');
    execFileSync('pdftoppm', ['-r', '150', '-png', file, join(folder, 'page')]);
    copyFileSync(join(folder, 'page-1.png'), join(SHOTS, 'letter-pdf.png'));
    expect(execFileSync('zbarimg', ['-q', '--raw', join(folder, 'page-1.png')]).toString()).to.contain('PS-OUT/2026/0001');
    expect(await verify(file)).to.include({ valid: true, changed: false });
    const tampered = Buffer.from(pdf);
    tampered[2_000] = tampered[2_000]! ^ 1;
    writeFileSync(file, tampered);
    expect(await verify(file)).to.include({ valid: false });
  });

  it('The other ministry receives it as a verified envelope, enters it in its own register and puts it away.', async () => {
    await finance.page.goto('/tasks?view=groups');
    await finance.page.getByRole('main').getByRole('link', { name: 'Attend to the letter' }).first().waitFor({ timeout: 30_000 });
    await finance.claim('Attend to the letter');
    expect(await finance.text()).to.contain('Staff list for the estimates 2027/28').and.contain('MOF-IN/2026/0001').and.not.contain('from system');
    await examine(finance.page, 'letter-attend');
    await finance.press('Noted, put away');
    await shows(finance, '/register', 'MOF-IN/2026/0001');
    const { content } = await fetchedNamed(clerk, 'envelope');
    const file = join(folder, 'letter.asice');
    writeFileSync(file, content);
    expect(await verify(file)).to.include({ valid: true });
  });

  it('The registry checks the dispatch, and the letter is put away: the case shows who did what, the record is filed.', async () => {
    await clerk.claim('Check the dispatch');
    await examine(clerk.page, 'letter-check');
    const first = clerk.page.locator('main input[type=radio]').first();
    await first.check();
    await clerk.press('Complete task');
    await shows(clerk, `/cases/${stream}`, 'On file');
    expect(await clerk.text()).to.contain('Approve and sign');
    await examine(clerk.page, 'letter-case');
    const record = (await world.piton.runtime.inspect(stream))?.state.elements.get(0)?.variables?.get('record') as Record<string, string>;
    expect(record['fileNumber']).to.match(/^[A-Z]+\/\d+\/2026\/\d{4}$/);
    const { content } = await fetchedNamed(clerk, 'reply');
    const hash = createHash('sha256').update(content).digest('hex');
    expect(await clerk.text()).to.contain(record['fileNumber']).and.contain('Routine correspondence').and.contain('5 years').and.contain(hash);
    await clerk.page.goto('/files');
    await clerk.page.getByLabel('File number').fill(record['fileNumber']!);
    await clerk.press('Find records');
    await clerk.page.getByText('with their hashes').click();
    await clerk.page.getByText(hash).waitFor();
    await examine(clerk.page, 'files');
  });

  it('Both cases are reached from each other by who may see both; who runs the machine is not told what they are about.', async () => {
    expect(await clerk.text()).to.not.contain('Related cases');
    const { page } = manager;
    await page.goto(`/cases/${stream}`);
    expect(await manager.text()).to.contain('PS-IN/2026/0001').and.contain('Staff list for the estimates 2027/28');
    await examine(page, 'letter-case-manager');
    await page.getByRole('link', { name: 'MOF-IN/2026/0001' }).click();
    await page.getByRole('heading', { name: 'MOF-IN/2026/0001' }).waitFor();
    await page.getByRole('link', { name: 'PS-IN/2026/0001' }).click();
    await page.getByRole('heading', { name: 'PS-IN/2026/0001' }).waitFor();
    const administrator = await world.officer('administrator');
    await administrator.page.goto('/cases/all');
    expect(await administrator.text()).to.contain('PS-IN/2026/0001').and.not.contain('Staff list');
    await administrator.page.goto(`/cases/${stream}`);
    expect(await administrator.text()).to.contain('PS-IN/2026/0001').and.not.contain('Staff list');
  });

  it('The skip link leads to the content, and what has the focus in the monitor is seen to have it.', async () => {
    const { page } = manager;
    await page.goto('/tasks');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).to.equal('govuk-skip-link');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('content');
    await page.goto('/monitor/correspondence');
    const unseen = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('main a[href], main button')].filter((element) => element.checkVisibility()).flatMap((element) => {
      element.focus({ focusVisible: true });
      const { outlineStyle, boxShadow, backgroundColor } = getComputedStyle(element);
      return outlineStyle !== 'none' || boxShadow !== 'none' || backgroundColor === 'rgb(255, 221, 0)' ? [] : [element.textContent];
    }));
    expect(unseen).to.deep.equal([]);
  });

  it('No page wrote an error to the console.', () => {
    expect(world.errors).to.deep.equal([]);
  });

  /** Opens a page until it says what a job is about to do. */
  async function shows(visitor: Visitor, address: string, text: string): Promise<void> {
    for (let tries = 0; tries < 40; tries += 1) {
      await visitor.page.goto(address);
      if ((await visitor.text()).includes(text)) return;
      await visitor.page.waitForTimeout(250);
    }
    throw new Error(`Expected ${address} to show ${text}, but it says ${await visitor.text()}`);
  }

  /** Until the monitor's table shows so many cases at a step, held by somebody or not. */
  async function waiting(page: Page, step: string, count: number): Promise<void> {
    const row = page.getByRole('row').filter({ hasText: step }).first();
    await page.waitForFunction(([name, wanted]) => {
      const found = [...document.querySelectorAll('tr')].find((line) => line.textContent.includes(name));
      const [waits, held] = ['waiting', 'held'].map((state) => Number(new RegExp(`(\\d+)\\s*${state}`).exec(found?.textContent ?? '')?.[1]));
      return found !== undefined && waits! + held! === wanted;
    }, [step, count] as const, { timeout: 15_000 }).catch(async () => { throw new Error(`Expected ${String(count)} at ${step}, but the row says ${await row.innerText().catch(() => 'nothing')}`); });
  }

  async function fetched(visitor: Visitor, variable: string): Promise<{ readonly pdf: Buffer; readonly document: DocumentRef }> {
    const { content, document } = await fetchedNamed(visitor, variable);
    return { pdf: content, document };
  }

  /** A document of the case as a person gets it over HTTP. */
  async function fetchedNamed(visitor: Visitor, variable: string): Promise<{ readonly content: Buffer; readonly document: DocumentRef }> {
    const variables = (await world.piton.runtime.inspect(stream))?.state.elements.get(0)?.variables;
    const [document] = documentsIn({ value: variables?.get(variable) ?? null });
    if (document === undefined) throw new Error(`Expected ${variable} to be a document, but it is ${JSON.stringify(variables?.get(variable))}`);
    const answer = await visitor.context.request.get(`/api/v1/instances/${stream}/documents/${document.sha256}`);
    expect(answer.status()).to.equal(200);
    return { content: await answer.body(), document };
  }

  async function verify(file: string): Promise<Record<string, unknown>> {
    const out: string[] = [];
    await dispatch(['verify', file, '--trust', join(world.folder, 'authority', 'root.pem'), '--json'], { out: (line) => out.push(line), err: (line) => out.push(line) });
    return JSON.parse(out[0] ?? '{}') as Record<string, unknown>;
  }
});
