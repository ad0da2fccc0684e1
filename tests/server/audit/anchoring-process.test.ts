// Whole servers mail their sealed heads: killed between the mail server's answer and the note, with a full set of figures, and without telling addresses in the log of the program.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { dispatch } from '../../../server/cli/dispatch.ts';
import { parseMetrics } from '../../support/prometheus.ts';
import type { Scrape } from '../../support/prometheus.ts';
import { startServer } from '../../support/server-process.ts';
import type { ServerProcess } from '../../support/server-process.ts';
import { readMail, startSmtp } from '../../support/smtp.ts';
import type { TestSmtp } from '../../support/smtp.ts';

const AUDITOR = 'auditor@example.lc';

describe('A server that anchors its heads', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-anchored-'));
  const heads = join(folder, 'heads');
  let smtp: TestSmtp;
  const settings = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({ PITON_ANCHOR_MAIL: AUDITOR, PITON_SMTP_URL: `smtp://127.0.0.1:${String(smtp.port)}`, PITON_MAIL_FROM: 'piton@example.gov.lc', PITON_LOG: 'trace', ...more });
  const scrape = async (server: ServerProcess): Promise<Scrape> => parseMetrics(await (await fetch(`${server.url}/metrics`)).text());
  const scraped = async (server: ServerProcess, isSo: (found: Scrape) => boolean): Promise<Scrape> => {
    for (let found = await scrape(server); ; found = await scrape(server)) {
      if (isSo(found)) return found;
      await pause(50);
    }
  };
  const doctor = async (): Promise<{ readonly state: string; readonly says: string } | undefined> => {
    const out: string[] = [];
    await dispatch(['doctor', '--data', folder, '--json'], { out: (line) => out.push(line), err: () => undefined });
    return (JSON.parse(out[0] ?? '') as { findings: { name: string; state: string; says: string }[] }).findings.find(({ name }) => name === 'anchoring');
  };

  before(async () => {
    smtp = await startSmtp();
    const server = await startServer(folder);
    while (!existsSync(heads) || !readdirSync(heads).some((file) => file.endsWith('.p7s'))) await pause(50);
    expect((await scrape(server)).names.filter((name) => name.startsWith('piton_anchor'))).to.deep.equal([]);
    await server.stop();
    expect(await doctor()).to.include({ state: 'note' });
  });
  after(async () => {
    await smtp.stop();
    rmSync(folder, { recursive: true });
  });

  it('Refused by the mail server it serves all the same, tells it in figures and to the doctor, and names no address in the log.', async () => {
    smtp.refused.add(AUDITOR);
    const server = await startServer(folder, settings());
    const found = await scraped(server, (each) => each.value('piton_anchor_failures_total') > 0);
    expect(found.value('piton_anchor_waiting_seconds')).to.be.greaterThan(0);
    expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
    expect((await doctor())?.says).to.contain(`${AUDITOR} lacks 1 sealed head`).and.to.contain('MAIL_REFUSED');
    expect(await server.stop()).to.equal(0);
    smtp.refused.clear();
    const told = server.lines.join('\n');
    expect(told).to.contain('sealed heads could not be mailed').and.to.contain('MAIL_REFUSED');
    expect(told).to.not.contain(AUDITOR).and.not.contain('piton@example.gov.lc');
  });

  it('Killed between the answer of the mail server and the note it sends the same letter again, and then no more.', async () => {
    const killed = await startServer(folder, settings({ PITON_FAILPOINT: 'head-mailed:1' })).then(({ ended }) => ended, (error: unknown) => String(error));
    expect(String(killed)).to.contain('SIGKILL');
    expect(smtp.received).to.have.length(1);
    for (let start = 0; start < 2; start += 1) {
      const server = await startServer(folder, settings());
      const found = await scraped(server, (each) => each.names.includes('piton_anchor_age_seconds') && each.value('piton_anchor_age_seconds') > 0 && each.value('piton_anchor_waiting_seconds') === 0);
      expect(found.value('piton_anchor_failures_total')).to.equal(0);
      expect(await server.stop()).to.equal(0);
      expect(smtp.received).to.have.length(2);
    }
    const letters = smtp.received.map(({ content }) => readMail(content));
    expect(new Set(letters.map(({ headers }) => headers.get('message-id'))).size).to.equal(1);
    for (const { files } of letters) {
      expect([...files.keys()]).to.deep.equal(readdirSync(heads).sort());
      for (const [file, bytes] of files) expect(bytes.equals(readFileSync(join(heads, file))), file).to.equal(true);
    }
    expect(await doctor()).to.include({ state: 'good' });
  });
});
