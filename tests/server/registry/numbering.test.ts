/** Registration numbers (ISO 15489-1): without gap or double, the same for the same request for ever. */
import { expect } from 'chai';
import fc from 'fast-check';
import { createNumbers } from '../../../server/registry/numbering.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { META } from '../http/support.ts';
import { startRuntime } from '../runtime/support.ts';
import { startRegistry } from './support.ts';
import type { RegistryRig } from './support.ts';

const AT = '2026-11-22T15:00:00.000Z';

describe('Registration numbers', () => {
  let rig: RegistryRig;

  beforeEach(async () => { rig = await startRegistry(); });
  afterEach(async () => { await rig.stop(); });

  const ask = (requestedBy: string, registry = 'PS-IN', year = 2026): Promise<{ readonly text: string; readonly number: number }> =>
    rig.registry.numbers.allocate({ registry, year, requestedBy, at: AT, stream: 'case' });
  const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => (error as { readonly code: string }).code);

  it('Each register counts from one in each year, and a number is printed with its register and year.', async () => {
    expect((await ask('a')).text).to.equal('PS-IN/2026/0001');
    expect((await ask('b')).text).to.equal('PS-IN/2026/0002');
    expect((await ask('c', 'PS-OUT')).text).to.equal('PS-OUT/2026/0001');
    expect((await ask('d', 'PS-IN', 2027)).text).to.equal('PS-IN/2027/0001');
    expect((await ask('e', 'ADM/4')).text).to.equal('ADM/4/2026/0001');
  });

  it('The same request has the same number for ever, also when it comes again after New Year.', async () => {
    const first = await ask('a');
    await ask('b');
    expect(await ask('a')).to.deep.equal(first);
    expect(await ask('a', 'PS-IN', 2027)).to.deep.equal(first);
    expect((await ask('c', 'PS-IN', 2027)).number).to.equal(1);
  });

  it('A name that is no register is refused: REGISTRY_NAME.', async () => {
    for (const name of ['', 'ps-in', 'PS IN', '../x', 'PS//IN', 'A'.repeat(3) + '/']) expect(await codeOf(ask('a', name)), name).to.equal('REGISTRY_NAME');
  });

  it('A number is struck out once, with a reason, and never given again: REGISTRY_NUMBER_VOID, REGISTRY_NUMBER_NOT_FOUND.', async () => {
    const { text } = await ask('a');
    const strike = async (number: string): Promise<string> => {
      const answer = await rig.registry.numbers.strike(number, 'Stamped twice', AT, META);
      return answer.outcome === 'rejected' ? answer.rejection.code : answer.outcome;
    };
    expect([await strike(text), await strike(text), await strike('PS-IN/2026/0009'), await strike('nonsense')]).to.deep.equal(['accepted', 'REGISTRY_NUMBER_VOID', 'REGISTRY_NUMBER_NOT_FOUND', 'REGISTRY_NUMBER_NOT_FOUND']);
    expect((await ask('b')).number).to.equal(2);
    expect((await ask('a')).text).to.equal(text);
  });

  it('Any number of requests at once, on two nodes, each repeated as after a crash, get 1 to n without gap or double.', async function () {
    this.timeout(60_000);
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 0, max: 14 }), fc.boolean()), { minLength: 1, maxLength: 40 }), async (requests) => {
      const store = openMemoryEventStore();
      // The second runtime has a cache of its own: what the first appended meets it as a conflict.
      const nodes = [await startRuntime({ store }), await startRuntime({ store })] as const;
      const books = nodes.map(({ runtime }) => createNumbers(runtime));
      const given = await Promise.all(requests.map(async ([id, second]) => {
        const request = { registry: 'PS-IN', year: 2026, requestedBy: `request/${String(id)}`, at: AT, stream: 'case' };
        return [id, (await books[second ? 1 : 0]!.allocate(request)).number] as const;
      }));
      for (const node of nodes) await node.stop();
      const numbers = new Map<number, number>();
      for (const [id, number] of given) {
        expect(numbers.get(id) ?? number, `request ${String(id)}`).to.equal(number);
        numbers.set(id, number);
      }
      const sorted = [...numbers.values()].sort((left, right) => left - right);
      expect(sorted).to.deep.equal(sorted.map((_, index) => index + 1));
    }), { numRuns: 25 });
  });
});
