/** Writers that fight for the same streams, and the check from outside of what became of every record they were promised. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Commit, EventStore } from '../../server/ports/event-store.ts';
import { verifyChain } from '../../server/stores/commit.ts';

/** An answer as its writer got it: the record with `key` is version `version` of `stream`. */
export interface Acknowledged {
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly key: string;
}

const WRITERS = 8;
const STREAMS = 5;
/** Between two commands of a writer: without it the node with the shortest way to the database leaves the others no turn. */
const THINKING_MS = 100;

/** Every writer sends each of its commands until it is answered, the same key each time, as a careful client does. */
export async function appendForEver(store: EventStore, name: string, isStopped: () => boolean, tell: (acknowledged: Acknowledged) => void): Promise<void> {
  const versions = new Map<string, number>();
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; !isStopped(); n++) {
      const stream = `s${String((writer + n) % STREAMS)}`;
      const key = `${name}/${String(writer)}/${String(n)}`;
      const requestHash = createHash('sha256').update(key).digest('hex');
      for (let isAnswered = false; !isAnswered && !isStopped(); ) {
        const answer = await store.append({
          stream, expectedVersion: versions.get(stream) ?? 0, commandType: 'CompleteTask', idempotencyKey: key, requestHash,
          actor: { person: name }, at: '2026-01-05T09:00:00.000Z', events: Buffer.from(JSON.stringify([{ type: 'TaskCompleted', key }])),
        });
        if (answer.outcome === 'key-reused') throw new Error(`expected key ${key} to be used once`);
        if (answer.outcome === 'conflict') versions.set(stream, answer.version);
        else {
          versions.set(stream, Math.max(versions.get(stream) ?? 0, answer.version));
          tell({ stream, version: answer.version, position: answer.position, key });
          isAnswered = true;
          await sleep(THINKING_MS);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
}

/** One chain without gap, every stream numbered 1, 2, 3 ..., no key twice, every acknowledged record where its writer was told. */
export async function expectOneHistory(commits: readonly Commit[], acknowledged: readonly Acknowledged[]): Promise<void> {
  expect(await verifyChain(commits)).to.include({ valid: true });
  const records = commits.flatMap((commit) => commit.records);
  const byKey = new Map(records.map((record) => [record.idempotencyKey, record]));
  expect(byKey.size, 'a key appears twice').to.equal(records.length);
  const versions = new Map<string, number>();
  for (const { stream, version } of records) {
    expect(version, `version of ${stream}`).to.equal((versions.get(stream) ?? 0) + 1);
    versions.set(stream, version);
  }
  for (const told of acknowledged) {
    const { stream, version, position } = byKey.get(told.key) ?? {};
    expect({ key: told.key, stream, version, position }).to.deep.equal(told);
  }
}
