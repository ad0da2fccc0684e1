/** Reading requests: pointers (RFC 6901), codes of fields, canonical JSON and the request hash. */
import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { HttpFailure } from '../../../server/http/contract/failure.ts';
import { FIELD_ERRORS } from '../../../server/http/errors.ts';
import { canonical, personalKey, queryOf, read, requestHash } from '../../../server/http/request.ts';

function errorsOf(schema: z.ZodType, value: unknown): string[] {
  try {
    read(schema, value, 'body');
  } catch (error) {
    if (error instanceof HttpFailure) return error.errors.map(({ pointer, code }) => `${pointer} ${code}`);
  }
  return [];
}

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).toReversed().map(([key, item]) => [key, shuffled(item)]));
}

describe('Reading requests', () => {
  it('Every kind of fault has its code, and every code of the table a fault.', () => {
    const schema = z.strictObject({
      required: z.string(), kind: z.string(), size: z.string().max(1), form: z.uuid(), choice: z.enum(['a']), rule: z.string().refine((text) => text === 'x', 'is not x'),
    });
    const found = errorsOf(schema, { kind: 1, size: 'long', form: 'x', choice: 'b', rule: 'y', more: 1 });
    expect(found).to.have.members([
      '/body/required FIELD_REQUIRED', '/body/kind FIELD_TYPE', '/body/size FIELD_SIZE', '/body/form FIELD_FORMAT', '/body/choice FIELD_VALUE', '/body/rule FIELD_INVALID', '/body/more FIELD_UNKNOWN',
    ]);
    expect(new Set(found.map((entry) => entry.split(' ')[1]))).to.deep.equal(new Set(Object.keys(FIELD_ERRORS)));
  });

  it('Pointers escape ~ and / and count list entries from 0.', () => {
    expect(errorsOf(z.object({ 'a/b~c': z.array(z.number()) }), { 'a/b~c': [1, 'x'] })).to.deep.equal(['/body/a~1b~0c/1 FIELD_TYPE']);
  });

  it('A missing body is named as such.', () => {
    expect(errorsOf(z.strictObject({ a: z.string() }), undefined)).to.deep.equal(['/body FIELD_REQUIRED']);
  });

  it('The query is read as texts, repeated ones as a list, without a prototype.', () => {
    expect({ ...queryOf('/x?a=1&b=2&a=3&c') }).to.deep.equal({ a: ['1', '3'], b: '2', c: '' });
    expect(Object.getPrototypeOf(queryOf('/x?__proto__=1'))).to.equal(null);
    expect({ ...queryOf('/x') }).to.deep.equal({});
  });

  it('Canonical JSON is the same for any order of keys, and different for different values.', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => canonical(value) === canonical(shuffled(value))));
    fc.assert(fc.property(fc.jsonValue(), (value) => JSON.stringify(JSON.parse(canonical(value))) === JSON.stringify(JSON.parse(canonical(JSON.parse(JSON.stringify(value)))))));
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => (canonical(left) === canonical(right)) === (JSON.stringify(sorted(left)) === JSON.stringify(sorted(right)))), { numRuns: 2_000 });
  });

  it('The hash tells method, path, query and body apart.', () => {
    const hashes: readonly (readonly [string, string, unknown, unknown])[] = [['post', '/a', {}, {}], ['put', '/a', {}, {}], ['post', '/b', {}, {}], ['post', '/a', { q: '1' }, {}], ['post', '/a', {}, { q: '1' }], ['post', '/a', {}, undefined]];
    expect(new Set(hashes.map((parts) => requestHash(...parts))).size).to.equal(hashes.length);
    expect(requestHash('post', '/a', {}, { a: 1, b: undefined })).to.equal(requestHash('POST', '/a', {}, { a: 1 }));
  });

  it('The keys of two people never meet: an account name has no slash.', () => {
    expect(personalKey('a', 'k')).to.equal('a/k');
    for (const key of ['', 'two words', 'kéy', 'k'.repeat(201)]) expect(() => personalKey('a', key)).to.throw(HttpFailure, 'Idempotency-Key');
  });
});

/** Lists and objects told apart by a mark, the entries of objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return ['list', ...value.map(sorted)];
  if (typeof value !== 'object' || value === null) return value;
  return ['object', ...Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([key, item]) => [key, sorted(item)])];
}
