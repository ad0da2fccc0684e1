/** Papers at the desk in a real browser: handing files in over a bad line, reading what one signs, signing it, and being too late. */
import { expect } from 'chai';
import { examine, requireChromium, World } from './support.ts';
import type { Visitor } from './support.ts';
import { PAPERS, PIN, markingSigner, pdfOf } from './papers.ts';

const START = '/start/papers';
const LEASE = { name: 'Lease of plot 7.pdf', mimeType: 'application/pdf', buffer: pdfOf(['Lease of plot 7', 'Between the Crown and Ana Sousa.', 'The rent is 1,200 dollars a year.']) };

describe('Papers at the desk', function () {
  this.timeout(90_000);
  let world: World;
  const signer = markingSigner();

  before(async function () {
    world = await World.open(requireChromium(this), 'on', { signer });
    await world.deploy(PAPERS);
  });

  after(async () => { await (world as World | undefined)?.close(); });

  const lease = (visitor: Visitor): ReturnType<Visitor['page']['locator']> => visitor.page.getByLabel('Lease', { exact: true });

  async function start(visitor: Visitor): Promise<void> {
    await visitor.page.goto(START);
    await visitor.fill({ subject: 'Plot 7' });
    await lease(visitor).setInputFiles(LEASE);
    await visitor.page.getByText('ready', { exact: false }).first().waitFor();
    await visitor.press('Start the case');
  }

  it('Without the file the start says so beside its field; the wrong file is named.', async () => {
    const visitor = await world.officer('administrative.officer');
    const { page } = visitor;
    await page.goto(START);
    await examine(page, 'papers-start');
    await visitor.fill({ subject: 'Plot 7' });
    await lease(visitor).setInputFiles({ name: 'not really.pdf', mimeType: 'application/pdf', buffer: Buffer.from('plain text') });
    await page.getByText('10 bytes, ready').waitFor();
    await visitor.press('Start the case');
    const summary = page.locator('.govuk-error-summary');
    expect(await summary.innerText()).to.contain('Lease: “not really.pdf” is not a file of a kind that is taken here');
    expect(await page.locator('.desk-upload__name').allInnerTexts()).to.deep.equal(['not really.pdf']);
    await examine(page, 'papers-start-errors');
    await page.getByRole('button', { name: /Remove\s+not really.pdf/ }).click();
    await visitor.press('Start the case');
    expect(await summary.innerText()).to.contain('Lease: choose a file');
    await visitor.context.close();
  });

  it('A file survives a lost connection and a reload of the page: only what is missing is sent again.', async () => {
    const visitor = await world.officer('administrative.officer');
    const { page } = visitor;
    const large = { name: 'large.pdf', mimeType: 'application/pdf', buffer: Buffer.concat([LEASE.buffer, Buffer.alloc(3_000_000, 32)]) };
    const offsets: string[] = [];
    page.on('request', (request) => { if (request.method() === 'PATCH') offsets.push(request.headers()['upload-offset'] ?? ''); });
    await page.goto(START);
    let parts = 0;
    await page.route('**/api/v1/uploads/*', async (route) => {
      const lost = route.request().method() === 'PATCH' && (parts += 1) === 2;
      await (lost ? route.abort('connectionreset') : route.continue());
    });
    await lease(visitor).setInputFiles(large);
    await page.getByText('2.9 MB, ready').waitFor();
    expect(offsets).to.deep.equal(['0', '1048576', '1048576', '2097152']);
    await page.unroute('**/api/v1/uploads/*');
    await page.getByRole('button', { name: /Remove\s+large.pdf/ }).click();
    // Now the page goes away in the middle.
    await page.route('**/api/v1/uploads/*', async (route) => { await (route.request().method() === 'PATCH' && route.request().headers()['upload-offset'] !== '0' ? route.abort('connectionreset') : route.continue()); });
    await lease(visitor).setInputFiles(large);
    await page.getByText('34 %').waitFor();
    await page.unroute('**/api/v1/uploads/*');
    await page.goto(START);
    expect(await page.locator('.desk-upload__state').innerText()).to.contain('Interrupted at 34 %');
    await examine(page, 'papers-interrupted');
    offsets.length = 0;
    await lease(visitor).setInputFiles(large);
    await page.getByText('2.9 MB, ready').waitFor();
    expect(offsets[0]).to.equal('1048576');
    await page.getByRole('button', { name: /Remove\s+large.pdf/ }).click();
    await visitor.context.close();
    // The lines this test cut are no errors of the page.
    world.errors.splice(0, Infinity, ...world.errors.filter((error) => !error.endsWith('net::ERR_CONNECTION_RESET')));
  });

  it('The PDF is shown where it is signed; a wrong PIN keeps what was typed, the right one signs exactly what was shown.', async () => {
    const visitor = await world.officer('senior.clerk');
    await start(visitor);
    const { page } = visitor;
    expect(await visitor.text()).to.contain('Lease of plot 7.pdf').and.contain('Handed in');
    await examine(page, 'papers-case');
    await visitor.claim('Sign the lease');
    expect(await page.locator('object.desk-document').getAttribute('data')).to.match(/\/documents\/[0-9a-f]{64}#/);
    expect(await visitor.text()).to.contain('You are signing Lease of plot 7.pdf, version').and.contain('Reason: I approve this lease for the Ministry');
    await examine(page, 'papers-sign');
    await page.locator('#comment').fill('The plot is free.');
    await visitor.press('Approve and sign');
    expect(await page.locator('.govuk-error-summary').innerText()).to.contain('Enter your PIN to sign');
    await page.locator('#pin').fill('000000');
    await visitor.press('Approve and sign');
    expect(await page.locator('.govuk-error-summary').innerText()).to.contain('The PIN is not right. Nothing was signed; 2 tries are left');
    expect([await page.locator('#comment').inputValue(), await page.locator('#pin').inputValue()]).to.deep.equal(['The plot is free.', '']);
    await examine(page, 'papers-pin-wrong');
    const shown = await page.locator('input[name="shown"]').inputValue();
    await page.locator('#pin').fill(PIN);
    await visitor.press('Approve and sign');
    expect(await visitor.text()).to.contain('“Sign the lease” is completed: Approve and sign').and.match(/You signed “Lease of plot 7\.pdf”\. SHA-256 of the signed file: [0-9a-f]{64}/);
    expect(signer.signed.at(-1)).to.equal(shown);
    await examine(page, 'papers-receipt');
    await visitor.claim('Read the lease');
    expect(await visitor.text()).to.contain('Signed by Signature of senior.clerk').and.contain('Lease was signed, version');
    await examine(page, 'papers-signed');
    await visitor.context.close();
  });

  it('A PIN is in no draft, whether the page or its script saves it.', async () => {
    const visitor = await world.officer('senior.clerk');
    await start(visitor);
    await visitor.claim('Sign the lease');
    const { page } = visitor;
    const sent: string[] = [];
    page.on('request', (request) => { if (request.url().endsWith('/draft') && (request.postData() ?? '').includes('auto=yes')) sent.push(request.postData() ?? ''); });
    await page.locator('#pin').fill('987654');
    await page.locator('#comment').fill('to be continued');
    await page.waitForRequest((request) => request.url().endsWith('/draft'));
    expect(sent.join()).to.contain('to+be+continued').and.not.contain('987654');
    await page.locator('#pin').fill('987654');
    await visitor.press('Save for later');
    expect([await page.locator('#comment').inputValue(), await page.locator('#pin').inputValue()]).to.deep.equal(['to be continued', '']);
    await visitor.context.close();
  });

  it('When the document changed after the page was opened, nothing is signed and the page shows the new one.', async () => {
    const visitor = await world.officer('senior.clerk');
    const { page } = visitor;
    await visitor.open('Sign the lease');
    const before = signer.signed.length;
    const [, stream] = /\/tasks\/([^/]+)\//.exec(page.url())!;
    const { state } = (await world.piton.runtime.inspect(stream!))!;
    const [document] = state.elements.get(0)!.variables!.get('attachments') as readonly Record<string, string>[];
    await world.piton.runtime.execute(stream!, { type: 'SetVariables', variables: { lease: { ...document!, sha256: 'c'.repeat(64) } }, reason: 'another lease' }, { actor: { person: 'head.administration', groups: [] } });
    await page.locator('#pin').fill(PIN);
    await visitor.press('Approve and sign');
    expect(await page.locator('.govuk-error-summary').innerText()).to.contain('The document was changed after you opened this page. Nothing was signed');
    expect(await page.locator('input[name="shown"]').inputValue()).to.equal('c'.repeat(64));
    expect(signer.signed.length).to.equal(before);
    await visitor.context.close();
  });

  it('Who has no certificate is told so and can still refuse; without JavaScript the page says what files need.', async () => {
    const officer = await world.officer('senior.clerk');
    await start(officer);
    await officer.context.close();
    const visitor = await world.visitor({ javaScriptEnabled: false });
    await visitor.signIn('hr.officer');
    await visitor.page.goto(START);
    expect(await visitor.text()).to.contain('that needs JavaScript');
    await visitor.claim('Sign the lease');
    expect(await visitor.text()).to.contain('you have no signing certificate');
    await visitor.press('Approve and sign');
    expect(await visitor.page.locator('.govuk-error-summary').innerText()).to.contain('This decision needs your signature');
    await visitor.page.locator('#comment').fill('The plot is sold.');
    await visitor.press('Refuse');
    expect(await visitor.text()).to.contain('is completed: Refuse');
    await visitor.context.close();
  });

  it('No page wrote an error to the console.', () => { expect(world.errors).to.deep.equal([]); });
});
