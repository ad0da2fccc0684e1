// The tree against RFC 9162, 2.1, written down once more as it stands there, and against the test vectors of Certificate Transparency.
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { GrowingTree, leafHash, pathTo, rootOf, rootOfPath } from '../../../server/audit/merkle.ts';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const ZERO = Buffer.from([0]);
const ONE = Buffer.from([1]);

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** MTH(D_n) of 2.1.1. */
function mth(data: readonly Uint8Array[]): Buffer {
  if (data.length === 0) return sha256();
  if (data.length === 1) return sha256(ZERO, data[0] as Uint8Array);
  const k = split(data.length);
  return sha256(ONE, mth(data.slice(0, k)), mth(data.slice(k)));
}

/** PATH(m, D_n) of 2.1.3.1. */
function path(m: number, data: readonly Uint8Array[]): Buffer[] {
  if (data.length === 1) return [];
  const k = split(data.length);
  return m < k ? [...path(m, data.slice(0, k)), mth(data.slice(k))] : [...path(m - k, data.slice(k)), mth(data.slice(0, k))];
}

const hexes = (hashes: readonly Uint8Array[]): string[] => hashes.map((hash) => Buffer.from(hash).toString('hex'));
const leavesOf = (data: readonly Uint8Array[]): Buffer[] => data.map((each) => leafHash(each));
const someData = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 70 });

describe('Merkle trees (RFC 9162, 2.1)', () => {
  it('Grows to the roots of the test vectors of Certificate Transparency', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const tree = new GrowingTree();
    expect(tree.root().toString('hex')).to.equal('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(inputs.map((input) => {
      tree.add(leafHash(Buffer.from(input, 'hex')));
      return tree.root().toString('hex');
    })).to.deep.equal(roots);
  });

  it('Has the root of the recursive definition, whatever is in it', () => {
    fc.assert(fc.property(someData, (data) => { expect(rootOf(leavesOf(data)).equals(mth(data))).to.equal(true); }));
  });

  it('Goes on from its subtrees as if it had never been interrupted', () => {
    fc.assert(fc.property(someData, fc.nat(70), (data, cut) => {
      const before = new GrowingTree();
      for (const leaf of leavesOf(data.slice(0, cut))) before.add(leaf);
      const after = new GrowingTree(before.size, before.subtrees);
      for (const leaf of leavesOf(data.slice(cut))) after.add(leaf);
      expect([after.size, after.root().equals(mth(data))]).to.deep.equal([data.length, true]);
    }));
  });

  it('Refuses subtrees that cannot be those of its size', () => {
    expect(() => new GrowingTree(5, [leafHash(ONE)])).to.throw(RangeError);
    expect(() => new GrowingTree(0, [leafHash(ONE)])).to.throw(RangeError);
  });

  it('Finds the path of the recursive definition for every leaf, and the path leads to the root', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 40 }), (data) => {
      const leaves = leavesOf(data);
      for (const [index, leaf] of leaves.entries()) {
        const found = pathTo(index, leaves);
        expect(hexes(found)).to.deep.equal(hexes(path(index, data)));
        expect(rootOfPath(leaf, index, leaves.length, found)?.equals(mth(data)), `leaf ${String(index)} of ${String(leaves.length)}`).to.equal(true);
      }
    }), { numRuns: 40 });
  });

  it('A path of another leaf, another place, another length or with a changed hash does not lead to the root', () => {
    const data = Array.from({ length: 13 }, (_, index) => Buffer.from([index]));
    const leaves = leavesOf(data);
    const root = mth(data);
    const leads = (leaf: Buffer, index: number, size: number, hashes: readonly Buffer[]): boolean => rootOfPath(leaf, index, size, hashes)?.equals(root) ?? false;
    for (const [index, leaf] of leaves.entries()) {
      const right = pathTo(index, leaves);
      for (let other = 0; other < leaves.length; other += 1) if (other !== index) {
        expect(leads(leaves[other] as Buffer, index, 13, right), 'another leaf').to.equal(false);
        expect(leads(leaf, other, 13, right), 'another place').to.equal(false);
      }
      expect(leads(leaf, index, 13, right.slice(1)), 'too short').to.equal(false);
      expect(leads(leaf, index, 13, [...right, leaf]), 'too long').to.equal(false);
      for (let changed = 0; changed < right.length; changed += 1) expect(leads(leaf, index, 13, right.map((hash, at) => (at === changed ? leafHash(hash) : hash))), 'changed').to.equal(false);
    }
    for (const [index, size] of [[13, 13], [-1, 13], [0.5, 13], [0, 0]] as const) expect(rootOfPath(leaves[0] as Buffer, index, size, [])).to.equal(undefined);
    expect(() => pathTo(13, leaves)).to.throw(RangeError);
  });
});
