/** Data folders of earlier landings, opened by today's code: what was recorded once is read for ever. */
import { expect } from 'chai';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyChain } from '../../server/stores/commit.ts';
import { openHistory, summary } from './host.ts';
import type { Expected } from './host.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
/** Soon after the recording, before any timer in it is due. */
const AT = { now: () => '2026-11-23T12:05:00.000Z' };

interface Recorded {
  readonly head: { readonly position: number; readonly hash: string };
  readonly cases: Readonly<Record<string, Expected & { readonly processId: string }>>;
}

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
  });
}
