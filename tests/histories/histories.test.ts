/** Data folders of earlier landings, opened by today's code: what was recorded once is read for ever. */
import { expect } from 'chai';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { readConfig } from '../../server/config.ts';
import { isEnvelope, verifyEnvelope } from '../../server/exchange/verify.ts';
import { startPiton } from '../../server/main.ts';
import { createVerifier, ROOT_FILE } from '../../server/signing/verifier.ts';
import { verifyChain } from '../../server/stores/commit.ts';
import { openFileBlobStore } from '../../server/stores/blobs/file-blob-store.ts';
import { accountsOf, exchange, signIn } from '../support/letter.ts';
import { openHistory, summary } from './host.ts';
import type { Recorded } from './host.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
/** Soon after the recording, before any timer in it is due. */
const AT = { now: () => '2026-11-23T12:05:00.000Z' };

for (const name of readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)) {
  describe(`The data folder of ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'piton-history-'));
    const recorded = JSON.parse(readFileSync(join(ROOT, name, 'expected.json'), 'utf8')) as Recorded;
    before(() => { cpSync(join(ROOT, name), folder, { recursive: true }); });
    after(() => { rmSync(folder, { recursive: true, force: true }); });

    it('is opened, its chain is whole, every case folds to what it was, and its work goes on', async () => {
      const host = await openHistory(folder, AT);
      const commits = await host.store.readAll(0, recorded.head.position);
      expect(await verifyChain(commits)).to.have.property('valid', true);
      expect(commits.at(-1)?.hash).to.equal(recorded.head.hash);
      for (const [stream, { processId, ...expected }] of Object.entries(recorded.cases)) {
        const found = await host.runtime.inspect(stream);
        expect(found?.state.processId, stream).to.equal(processId);
        expect(found && summary(found.state), stream).to.deep.equal(expected);
      }
      const [open] = Object.entries(recorded.cases).flatMap(([stream, { tasks }]) => tasks.filter(({ assignee }) => assignee !== null).map((task) => ({ stream, task })));
      const answer = await host.runtime.execute(open?.stream ?? '', { type: 'ReleaseTask', task: open?.task.id ?? 0 }, { actor: { person: open?.task.assignee ?? '', groups: [] } });
      expect(answer.outcome).to.equal('accepted');
      await host.close();
    });

    const { signed = [], pins = {} } = recorded;
    if (signed.length > 0) {
      it('Its signed documents and envelopes are valid and unchanged by the root that lies beside them.', async () => {
        const verifier = createVerifier([readFileSync(join(folder, ROOT_FILE), 'utf8')], AT);
        const blobs = await openFileBlobStore(join(folder, 'blobs'), { readOnly: true });
        for (const sha256 of signed) {
          const content = (await blobs.get(sha256))!;
          const verdict = await (isEnvelope(content) ? verifyEnvelope(content, verifier) : verifier.verifyPdf(content));
          expect([verdict.valid, verdict.changed, verdict.problems], sha256).to.deep.equal([true, false, []]);
        }
        await blobs.close();
      });
    }

    for (const [person, pin] of Object.entries(pins)) {
      it(`It is served by the server of today, and ${person} signs what was waiting with the PIN of then.`, async function () {
        this.timeout(30_000);
        const served = join(folder, 'served');
        cpSync(join(ROOT, name), served, { recursive: true });
        const began = Date.now();
        const clock = { now: () => new Date(Date.parse(AT.now()) + Date.now() - began).toISOString() };
        const piton = await startPiton(readConfig({ PITON_DATA: served, PITON_PORT: '0' }), pino({ level: 'silent' }), clock);
        const session = await signIn(piton.url, person, accountsOf(piton.lines).get(person)?.password ?? '');
        const [stream = '', { tasks } = { tasks: [] }] = Object.entries(recorded.cases).find(([, found]) => found.tasks.some(({ assignee }) => assignee === person)) ?? [];
        const path = `/api/v1/tasks/${stream}/${String(tasks[0]?.id)}`;
        const { body } = await exchange(piton.url, session, { account: person, method: 'GET', path });
        const { document, sha256 } = body['signature'] as { readonly document: string; readonly sha256: string };
        const answer = await exchange(piton.url, session, { account: person, method: 'POST', path: `${path}/complete`, key: 'sign', body: { outcome: 'approve', variables: {}, signature: { document, sha256, pin } } });
        await piton.stop();
        expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
      });
    }
  });
}
