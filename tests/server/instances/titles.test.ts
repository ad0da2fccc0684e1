/** What cases are called, and which belong together: the first number of a register before that of a document, the subject as it is now. */
import { expect } from 'chai';
import type { InstanceEvent, Variables } from '../../../engine/index.ts';
import { casesBeside } from '../../../server/instances/cases.ts';
import { createCaseTables } from '../../../server/instances/projection.ts';
import type { CaseTables } from '../../../server/instances/projection.ts';
import { titlesOf } from '../../../server/instances/titles.ts';
import type { CaseTitle } from '../../../server/instances/titles.ts';
import type { Projections } from '../../../server/ports/projections.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';

const DOCUMENT = { documentId: 'd', title: 'Reply', fileName: 'reply.pdf', mediaType: 'application/pdf', bytes: 1, sha256: 'a'.repeat(64), state: 'generated' };
const AT = '2026-01-05T13:00:00.000Z';

describe('Cases: what they are called', () => {
  let projections: Projections;
  let tables: CaseTables;
  let position: number;

  beforeEach(async () => {
    projections = createSqliteProjections(':memory:');
    tables = createCaseTables(projections);
    await projections.open();
    position = 0;
  });
  afterEach(() => projections.close());

  const happens = (stream: string, ...events: readonly InstanceEvent[]): Promise<void> => {
    position += 1;
    return projections.commit(position, () => { tables.projection.apply({ stream, position, index: 0, version: position, commandType: 'X', at: AT, actor: { person: 'x' }, events, erased: false }); });
  };
  const starts = (stream: string, more: { readonly businessKey?: string; readonly conversation?: string } = {}): Promise<void> => happens(stream, { type: 'InstanceStarted', processId: 'p', version: 1, conversation: stream, startElementId: 's', by: 'ann', ...more });
  const writes = (stream: string, values: Variables, scope = 0): Promise<void> => happens(stream, { type: 'VariablesWritten', scope, values });
  const titleOf = async (stream: string): Promise<CaseTitle | undefined> => (await titlesOf(tables.cases, tables.titles, [stream])).get(stream);

  it('A case without a key, a number or a subject has no name of its own and costs no row; one the tables do not know is missing.', async () => {
    await starts('a');
    await writes('a', { amount: 5, dept: 'works', from: { number: 'X/1' }, subject: 7 });
    expect(await titleOf('a')).to.deep.equal({ reference: null, subject: null });
    expect(await tables.titles.count({})).to.equal(0);
    expect(await tables.conversations.count({})).to.equal(0);
    expect(await titleOf('b')).to.equal(undefined);
  });

  it('A document names it until a register does; the first number of a register stays.', async () => {
    await starts('a');
    await writes('a', { received: { ...DOCUMENT, number: 'PS-OUT/2026/0001' } });
    expect((await titleOf('a'))?.reference).to.equal('PS-OUT/2026/0001');
    await writes('a', { registration: { number: 'MOF-IN/2026/0001', registeredAt: AT } }, 3);
    await writes('a', { registration: { number: 'MOF-IN/2026/0002', registeredAt: AT } });
    expect((await titleOf('a'))?.reference).to.equal('MOF-IN/2026/0001');
  });

  it('The key its procedure gives it names it before any number, as it is now, and finds it.', async () => {
    await starts('a');
    await writes('a', { registration: { number: 'MOF-IN/2026/0001', registeredAt: AT }, caseKey: 'MW-0471/2026-03-30' });
    await writes('a', { caseKey: 'of a step' }, 4);
    expect((await titleOf('a'))?.reference).to.equal('MW-0471/2026-03-30');
    await writes('a', { caseKey: ' MW-0417/2026-03-30 ' });
    expect((await titleOf('a'))?.reference).to.equal('MW-0417/2026-03-30');
    for (const caseKey of [7, '', ' ', 'x'.repeat(101), null]) await writes('a', { caseKey });
    expect((await titleOf('a'))?.reference).to.equal('MW-0417/2026-03-30');
    const found = async (number: string): Promise<string[]> => (await tables.numbers.find({ where: { number } })).rows.map(({ stream }) => stream);
    expect([await found('MW-0417/2026-03-30'), await found('MOF-IN/2026/0001'), await found('of a step')]).to.deep.equal([['a'], ['a'], []]);
  });

  it('The business key comes first.', async () => {
    await starts('a', { businessKey: 'PV-17' });
    await writes('a', { registration: { number: 'MOF-IN/2026/0001', registeredAt: AT } });
    expect((await titleOf('a'))?.reference).to.equal('PV-17');
  });

  it('The subject is the one of the case as it is now, on one line and not too long; that of a step is another matter.', async () => {
    await starts('a');
    await writes('a', { subject: '  Staff\n  list ' });
    await writes('a', { subject: 'inside a step' }, 4);
    expect((await titleOf('a'))?.subject).to.equal('Staff list');
    await writes('a', { subject: 'x'.repeat(500) });
    expect((await titleOf('a'))?.subject).to.match(/^x{199}…$/);
  });

  it('Erased values name nothing, and do no harm.', async () => {
    await starts('a');
    await happens('a', { type: 'VariablesWritten', scope: 0 } as InstanceEvent);
    expect(await titleOf('a')).to.deep.equal({ reference: null, subject: null });
  });

  it('Many cases at once, each its own.', async () => {
    const streams = Array.from({ length: 350 }, (_each, index) => `s${String(index)}`);
    for (const stream of streams) {
      await starts(stream);
      await writes(stream, { subject: `About ${stream}`, registration: { number: `R/${stream}`, registeredAt: AT } });
    }
    const titles = await titlesOf(tables.cases, tables.titles, [...streams, 's0', 'unknown']);
    expect(titles.size).to.equal(350);
    for (const stream of streams) expect(titles.get(stream)).to.deep.equal({ reference: `R/${stream}`, subject: `About ${stream}` });
  });

  it('Cases of one conversation find each other from either side.', async () => {
    await starts('a');
    await starts('b', { conversation: 'a' });
    await starts('c', { conversation: 'c' });
    const beside = async (conversation: string, stream: string): Promise<string[]> => (await casesBeside(tables, conversation, stream)).map((row) => row.stream);
    expect(await beside('a', 'a')).to.deep.equal(['b']);
    expect(await beside('a', 'b')).to.deep.equal(['a']);
    expect(await beside('c', 'c')).to.deep.equal([]);
  });
});
