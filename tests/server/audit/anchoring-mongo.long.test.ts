// Anchoring by two nodes on one database: the holder of the lease mails, and who takes over from it finds what was mailed. Long, because a machine without MongoDB first installs what stands in for it.
import { expect } from 'chai';
import { lookAtAnchoring } from '../../../server/audit/anchor-notes.ts';
import { anchorHeads } from '../../../server/audit/anchoring.ts';
import type { Anchoring } from '../../../server/audit/anchoring.ts';
import { openMail } from '../../../server/mail/index.ts';
import type { Lease } from '../../../server/ports/leases.ts';
import { openMongoDatabase } from '../../../server/stores/mongo/connection.ts';
import { openMongoDeskStore } from '../../../server/stores/mongo/desk-store.ts';
import { createMongoHeadBook } from '../../../server/stores/mongo/head-book.ts';
import { createMongoLeases } from '../../../server/stores/mongo/leases.ts';
import { until } from '../../contracts/leases.ts';
import { describeWithMongo, dropDatabase, freshDatabase } from '../../support/mongo.ts';
import { readMail, startSmtp } from '../../support/smtp.ts';
import type { TestSmtp } from '../../support/smtp.ts';

const TO = 'auditor@example.lc';
const NOW = '2026-11-22T09:00:00.000Z';

interface Node {
  readonly book: ReturnType<typeof createMongoHeadBook>;
  readonly desk: Awaited<ReturnType<typeof openMongoDeskStore>>;
  readonly lease: Lease;
  readonly anchoring: Anchoring;
  readonly looks: () => number;
  end(): Promise<void>;
}

describeWithMongo('with MongoDB, or what stands in for it', 60_000, (address) => describe('anchoring by many nodes', () => {
  let url: string;
  let smtp: TestSmtp;
  const nodes: Node[] = [];
  const failures: unknown[] = [];

  const join = async (): Promise<Node> => {
    const database = await openMongoDatabase(url);
    const [book, desk] = [createMongoHeadBook(database), await openMongoDeskStore(database)];
    const lease = createMongoLeases(database, { termMs: 1_500 }).stand('housekeeping');
    let looks = 0;
    const mayLook = async (): Promise<boolean> => {
      looks += 1;
      return lease.confirm();
    };
    const anchoring = anchorHeads({
      book, desk, mail: openMail({ server: { host: '127.0.0.1', port: smtp.port, tls: 'none' }, from: 'piton@example.gov.lc' }), to: [TO], installation: 'test', clock: { now: () => NOW }, mayLook,
      onFailure: (error) => failures.push(error), onLate: () => undefined, pace: { look: 10, again: 10, most: 10 },
    });
    const node: Node = { book, desk, lease, anchoring, looks: () => looks, end: async () => {
      await anchoring.stop();
      await lease.stop();
      await desk.close();
      await database.close();
    } };
    nodes.push(node);
    return node;
  };
  const days = (): string[] => smtp.received.flatMap(({ content }) => [...readMail(content).files.keys()]).filter((file) => file.endsWith('.json'));
  const seal = ({ book }: Node, day: string): Promise<void> => book.put({ name: day, content: Buffer.from(`${JSON.stringify({ position: 7, hash: 'aa', at: `${day}T00:05:00.000Z`, agency: 'ministry' })}\n`), signature: Buffer.from([1, 2, 3]) });
  /** So that each of them had the chance to do too much. */
  const everybodyLooked = async (): Promise<void> => {
    const before = nodes.map(({ looks }) => looks());
    await until('looks of everybody', () => nodes.every(({ looks }, at) => looks() >= (before[at] ?? 0) + 3));
  };

  before(async () => {
    url = freshDatabase(address());
    smtp = await startSmtp();
  });
  after(async () => {
    for (const node of nodes) await node.end();
    await smtp.stop();
    await dropDatabase(url);
  });

  it('the holder of the lease mails each head once, and when it is gone the other one goes on behind it', async () => {
    const [one, two] = [await join(), await join()];
    await until('a holder', () => one.lease.held || two.lease.held);
    const [holder, other] = one.lease.held ? [one, two] : [two, one];
    await seal(other, '2026-11-20');
    await until('the first', () => days().length > 0);
    await seal(other, '2026-11-21');
    await until('the second', () => days().length > 1);
    await everybodyLooked();
    expect(days()).to.deep.equal(['2026-11-20.json', '2026-11-21.json']);
    nodes.splice(nodes.indexOf(holder), 1);
    await holder.end();
    await until('the lease to pass', () => other.lease.held);
    await everybodyLooked();
    expect(days(), 'what the holder had mailed').to.have.length(2);
    await seal(other, '2026-11-22');
    await until('the third', () => days().length > 2);
    await until('its note', () => other.anchoring.figures().waiting === 0);
    expect(days()).to.deep.equal(['2026-11-20.json', '2026-11-21.json', '2026-11-22.json']);
    expect(await lookAtAnchoring(other.book, other.desk, NOW)).to.deep.equal({ state: 'good', says: `every sealed head was mailed to ${TO}, the last of 2026-11-22` });
    expect(failures).to.deep.equal([]);
  });
}));
