// Anchoring: every sealed head is mailed to everybody once, whatever ends in between; and who fails to get it is told.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lookAtAnchoring } from '../../../server/audit/anchor-notes.ts';
import { anchorHeads, noteAnchoring } from '../../../server/audit/anchoring.ts';
import type { Anchoring, AnchoringNeeds } from '../../../server/audit/anchoring.ts';
import { headsOfFolder } from '../../../server/audit/index.ts';
import { openMail } from '../../../server/mail/index.ts';
import type { DeskStore } from '../../../server/ports/desk-store.ts';
import type { HeadBook } from '../../../server/ports/head-book.ts';
import { openSqliteDeskStore } from '../../../server/stores/sqlite/desk-store.ts';
import { until } from '../../contracts/leases.ts';
import { readMail, startSilence, startSmtp } from '../../support/smtp.ts';
import type { TestSmtp } from '../../support/smtp.ts';

const AUDITOR = 'auditor@example.lc';
const SECOND = 'records@example.lc';
const PACE = { look: 5, again: 5, most: 20 };
const HOUR_MS = 3_600_000;

describe('Anchoring sealed heads by mail', function () {
  this.timeout(60_000);
  let folder: string;
  let book: HeadBook;
  let desk: DeskStore;
  let smtp: TestSmtp;
  let now: string;
  let failures: { code?: string }[];
  let late: { heads: number; seconds: number }[];
  const running: Anchoring[] = [];

  const at = (day: number, hours = 0): string => new Date(Date.parse('2026-11-01T00:05:00.000Z') + (day * 24 + hours) * HOUR_MS).toISOString();
  const seal = async (day: number): Promise<string> => {
    const sealed = at(day);
    const name = sealed.slice(0, 10);
    await book.put({ name, content: Buffer.from(`${JSON.stringify({ position: 100 + day, hash: String(day).padStart(64, '0'), at: sealed, agency: 'ministry' })}\n`), signature: Buffer.from([0x30, 0x82, day % 256, 0, 13, 10, 46]) });
    return name;
  };
  const start = (more: Partial<AnchoringNeeds> = {}): Anchoring => {
    const anchoring = anchorHeads({
      book, desk, mail: openMail({ server: { host: '127.0.0.1', port: smtp.port, tls: 'none' }, from: 'piton@example.gov.lc', patienceMs: 2_000 }), to: [AUDITOR], installation: 'https://piton.example.gov.lc', clock: { now: () => now },
      onFailure: (error) => failures.push(error as { code?: string }), onLate: (told) => late.push(told), pace: PACE, ...more,
    });
    running.push(anchoring);
    return anchoring;
  };
  const everythingOut = (anchoring: Anchoring): Promise<void> => until('everything to be mailed', () => anchoring.figures().waiting === 0 && anchoring.figures().age > 0);
  /** Resolves when it has looked so often again; what it was to do it has done then. */
  const looked = async (times = 3): Promise<void> => {
    let looks = 0;
    const names = book.names.bind(book);
    book = { ...book, names: () => { looks += 1; return names(); } };
    const watching = start();
    await until('looks', () => looks >= times);
    await watching.stop();
  };
  const receivedBy = (address: string): ReturnType<typeof readMail>[] => smtp.received.filter(({ to }) => to.includes(address)).map(({ content }) => readMail(content));
  const filesOf = (address: string): string[] => receivedBy(address).map(({ files }) => [...files.keys()].join());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'piton-anchoring-'));
    book = headsOfFolder(folder);
    desk = openSqliteDeskStore(join(folder, 'desk.db'));
    smtp = await startSmtp();
    now = at(0, 1);
    failures = [];
    late = [];
  });
  afterEach(async () => {
    for (const anchoring of running.splice(0)) await anchoring.stop();
    await smtp.stop();
    await desk.close();
    rmSync(folder, { recursive: true });
  });

  it('A head goes to everybody once, as it lies in heads/, with words that say what it is, how to keep it and how it is checked; after a restart nothing goes again.', async () => {
    const name = await seal(0);
    const both = { to: [AUDITOR, SECOND] };
    const anchoring = start(both);
    await everythingOut(anchoring);
    await anchoring.stop();
    expect(smtp.received.map(({ to }) => to)).to.deep.equal([[AUDITOR], [SECOND]]);
    for (const { headers, text, files } of smtp.received.map(({ content }) => readMail(content))) {
      expect([...files.keys()]).to.deep.equal([`${name}.json`, `${name}.p7s`]);
      for (const [file, bytes] of files) expect(bytes.equals(readFileSync(join(folder, 'heads', file))), file).to.equal(true);
      expect(headers.get('subject')).to.equal('Sealed head of the log of Piton, 2026-11-01: commit 100');
      for (const words of ['https://piton.example.gov.lc', '2026-11-01   commit 100   sealed by ministry', '0'.repeat(64), 'HOW TO KEEP IT', 'piton audit verify --heads 2026-11-01.json', 'piton verify 2026-11-01.json --signature 2026-11-01.p7s --trust root.pem']) expect(text).to.contain(words);
    }
    await desk.close();
    desk = openSqliteDeskStore(join(folder, 'desk.db'));
    await looked();
    expect(smtp.received).to.have.length(2);
    expect(failures).to.deep.equal([]);
    // In no need of an encoding: it can be read and searched as it is.
    expect(smtp.received[0]?.content.toString('latin1')).to.contain('Content-Transfer-Encoding: 7bit');
  });

  it('A head that is sealed later goes when it is there, alone.', async () => {
    await seal(0);
    const anchoring = start();
    await everythingOut(anchoring);
    await seal(1);
    now = at(1, 1);
    await until('the second', () => smtp.received.length === 2);
    await everythingOut(anchoring);
    expect(filesOf(AUDITOR)).to.deep.equal(['2026-11-01.json,2026-11-01.p7s', '2026-11-02.json,2026-11-02.p7s']);
    expect(anchoring.figures()).to.deep.equal({ age: 3_600, waiting: 0, failures: 0 });
  });

  it('While the mail server is away it is tried again, and nothing is lost: the days between go in one letter when it is back.', async () => {
    const { port } = smtp;
    await smtp.stop();
    await seal(0);
    const anchoring = start();
    await until('two attempts', () => failures.length >= 2);
    await seal(1);
    const seen = failures.length;
    await until('one more', () => failures.length > seen);
    expect(new Set(failures.map(({ code }) => code))).to.deep.equal(new Set(['MAIL_SERVER_UNREACHABLE']));
    now = at(1, 1);
    smtp = await startSmtp(undefined, port);
    await everythingOut(anchoring);
    expect(filesOf(AUDITOR)).to.deep.equal(['2026-11-01.json,2026-11-01.p7s,2026-11-02.json,2026-11-02.p7s']);
    expect(receivedBy(AUDITOR)[0]?.headers.get('subject')).to.equal('Sealed heads of the log of Piton, 2026-11-01 to 2026-11-02: commit 101');
    expect(anchoring.figures().failures).to.equal(failures.length);
  });

  it('A recipient whom the mail server refuses keeps nothing from the others, is told, and gets what it lacks when it is accepted.', async () => {
    smtp.refused.add(AUDITOR);
    await seal(0);
    const anchoring = start({ to: [AUDITOR, SECOND] });
    await until('a second attempt', () => failures.length >= 2);
    expect([filesOf(SECOND).length, filesOf(AUDITOR).length, failures[0]?.code]).to.deep.equal([1, 0, 'MAIL_REFUSED']);
    const found = await lookAtAnchoring(book, desk, now);
    expect(found.state).to.equal('note');
    expect(found.says).to.match(/^auditor@example\.lc lacks 1 sealed head since 2026-11-01 \(MAIL_REFUSED: .*550 5\.1\.1 <auditor@example\.lc> is nobody here\)$/);
    smtp.refused.clear();
    await everythingOut(anchoring);
    await anchoring.stop();
    expect([filesOf(SECOND).length, filesOf(AUDITOR).length]).to.deep.equal([1, 1]);
    expect(await lookAtAnchoring(book, desk, now)).to.deep.equal({ state: 'good', says: 'every sealed head was mailed to auditor@example.lc, records@example.lc, the last of 2026-11-01' });
  });

  it('Who is named later gets what was sealed before, at most a hundred heads in one letter; the others get nothing again.', async () => {
    for (let day = 0; day < 102; day += 1) await seal(day);
    now = at(102);
    const first = start({ to: [SECOND] });
    await everythingOut(first);
    await first.stop();
    const second = start({ to: [SECOND, AUDITOR] });
    await everythingOut(second);
    const sizes = (address: string): number[] => receivedBy(address).map(({ files }) => files.size);
    expect([sizes(SECOND), sizes(AUDITOR)]).to.deep.equal([[200, 4], [200, 4]]);
    const got = receivedBy(AUDITOR).flatMap(({ files }) => [...files]);
    for (const [file, bytes] of got) expect(bytes.equals(readFileSync(join(folder, 'heads', file))), file).to.equal(true);
  });

  it('What was mailed and could not be noted is noted before anything else is sent, and not mailed again.', async () => {
    await seal(0);
    let full = true;
    const put: DeskStore['put'] = (collection, entry) => (full ? Promise.reject(new Error('the disk is full')) : desk.put(collection, entry));
    const anchoring = start({ desk: { get: desk.get.bind(desk), list: desk.list.bind(desk), delete: desk.delete.bind(desk), put } });
    await until('failures', () => failures.length >= 3);
    full = false;
    await everythingOut(anchoring);
    await anchoring.stop();
    await looked();
    expect(smtp.received).to.have.length(1);
  });

  it('An end between the mail server\'s answer and the note makes a duplicate with the same id and the same files, never a loss.', async () => {
    await seal(0);
    const [first] = [start({ failpoint: (name) => { throw new Error(`ended at ${name}`); } })];
    await until('the end', () => failures.length > 0);
    await first.stop();
    const sent = smtp.received.length;
    await everythingOut(start());
    expect(smtp.received).to.have.length(sent + 1);
    const letters = receivedBy(AUDITOR);
    expect(new Set(letters.map(({ headers }) => headers.get('message-id'))).size).to.equal(1);
    expect(new Set(letters.map(({ files }) => JSON.stringify([...files].map(([name, bytes]) => [name, bytes.toString('hex')])))).size).to.equal(1);
  });

  it('Heads that have been waiting for over a day are told once a day, by the doctor as bad, and in the figures.', async () => {
    smtp.refused.add(AUDITOR);
    await seal(0);
    now = at(0, 23);
    const anchoring = start();
    await until('attempts', () => failures.length >= 2);
    expect([late, anchoring.figures().waiting]).to.deep.equal([[], 23 * 3_600]);
    now = at(0, 25);
    await until('the first word', () => late.length === 1);
    await seal(1);
    const seen = failures.length;
    await until('attempts', () => failures.length >= seen + 3);
    expect(late).to.deep.equal([{ heads: 1, seconds: 25 * 3_600 }]);
    expect(await lookAtAnchoring(book, desk, now)).to.include({ state: 'bad' });
    now = at(0, 49);
    await until('the second word', () => late.length === 2);
    expect(late[1]).to.deep.equal({ heads: 2, seconds: 49 * 3_600 });
    expect(anchoring.figures()).to.include({ age: 49 * 3_600, waiting: 49 * 3_600 });
  });

  it('Of many nodes one mails; the figures of the others are of the same notes.', async () => {
    await seal(0);
    const other = start({ mayLook: async () => false });
    await until('its look', () => other.figures().waiting > 0);
    const holder = start({ mayLook: async () => true });
    await everythingOut(holder);
    await everythingOut(other);
    expect(smtp.received).to.have.length(1);
    expect(other.figures()).to.deep.equal(holder.figures());
  });

  it('Who loses the lease stops before the next letter.', async () => {
    for (let day = 0; day < 101; day += 1) await seal(day);
    let asked = 0;
    const anchoring = start({ mayLook: async () => (asked += 1) <= 2 });
    await until('looks', () => asked >= 6);
    await anchoring.stop();
    expect(receivedBy(AUDITOR).map(({ files }) => files.size)).to.deep.equal([200]);
  });

  it('Stopping gives up a mail server that does not answer; the next start sends.', async () => {
    await seal(0);
    const silence = await startSilence();
    const hanging = start({ mail: openMail({ server: { host: '127.0.0.1', port: silence.port, tls: 'none' }, from: 'piton@example.gov.lc' }) });
    await until('the connection', () => silence.connected() > 0);
    await hanging.stop();
    await silence.stop();
    expect(failures).to.deep.equal([]);
    await everythingOut(start());
    expect(smtp.received).to.have.length(1);
  });

  it('A head that was damaged on the disk is mailed as it lies there and keeps nothing from going.', async () => {
    await seal(0);
    await seal(1);
    now = at(1, 1);
    writeFileSync(join(folder, 'heads', '2026-11-01.json'), 'something else');
    await everythingOut(start());
    const [letter] = receivedBy(AUDITOR);
    expect(letter?.files.get('2026-11-01.json')?.toString()).to.equal('something else');
    expect(letter?.text).to.contain('2026-11-01   cannot be read').and.contain('2026-11-02   commit 101');
  });

  it('Where nobody is named the doctor says so; before the first head it says to whom they will go.', async () => {
    expect(await lookAtAnchoring(book, desk, now)).to.include({ state: 'note' });
    const anchoring = start();
    await until('its word', () => running.length > 0);
    for (let found = await lookAtAnchoring(book, desk, now); found.state !== 'good'; found = await lookAtAnchoring(book, desk, now)) await new Promise(setImmediate);
    expect(await lookAtAnchoring(book, desk, now)).to.deep.equal({ state: 'good', says: 'no head is sealed yet; they will be mailed to auditor@example.lc' });
    await anchoring.stop();
    await noteAnchoring(desk, undefined);
    expect((await lookAtAnchoring(book, desk, now)).says).to.contain('not mailed to anybody');
  });
});
