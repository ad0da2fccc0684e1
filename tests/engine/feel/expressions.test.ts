// FEEL expressions (DMN 1.5, clause 10.3): operators, three-valued logic, names, iteration, filters, functions, unary tests.

import { expect } from 'chai';
import { compiled, CLOCK, feel, matches, scopeOf } from './given.ts';

const TRUTHS = [true, false, null] as const;

describe('DMN 1.5, 10.3.2.13.3: operators', () => {
  it('decides a condition on variables in JSON form', () => {
    const condition = compiled('amount > 10000 and dept = "works"');
    expect(condition.names).to.deep.equal(['amount', 'dept']);
    expect(condition.evaluate(scopeOf({ amount: 10001, dept: 'works' }), CLOCK)).to.equal(true);
    expect(condition.evaluate(scopeOf({ amount: 10000, dept: 'works' }), CLOCK)).to.equal(false);
  });

  it('reads a variable that is called like a built-in function, also when nobody declared it; what is called is the function', () => {
    const total = compiled('count + count(list)');
    expect(total.names).to.deep.equal(['count', 'list']);
    expect(total.evaluate(scopeOf({ count: 40, list: [1, 2] }), CLOCK)).to.equal(42);
    expect(compiled('date = null').evaluate(scopeOf({ date: null }), CLOCK)).to.equal(true);
    expect(compiled('sort([2, 1], function(a, b) a < b)').evaluate(scopeOf({}), CLOCK)).to.deep.equal([1, 2]);
  });

  it('computes in decimals: 0.1 + 0.2 is 0.3', () => {
    expect(feel('0.1 + 0.2')).to.equal(0.3);
    expect(feel('0.1 + 0.2 = 0.3')).to.equal(true);
    expect(feel('1.005 * 100')).to.equal(100.5);
    expect(feel('1 / 3')).to.deep.equal({ $: 'number', v: '0.3333333333333333333333333333333333' });
    expect(feel('1 / 3 * 3')).to.deep.equal({ $: 'number', v: '0.9999999999999999999999999999999999' });
  });

  it('gives null for a division by zero and for operands an operator is not defined for', () => {
    for (const source of ['1 / 0', '1 + "a"', 'true * 2', '[1] - 1', '-"a"', 'null + 1', '0 ** -1']) expect(feel(source), source).to.equal(null);
  });

  it('joins texts with +, and orders them by code points', () => {
    expect(feel('"a" + "b"')).to.equal('ab');
    expect(feel('"\\uFF5E" < "\\U01F600"')).to.equal(true);
  });

  it('has the truth tables of three-valued and, or and not', () => {
    for (const a of TRUTHS) {
      for (const b of TRUTHS) {
        const and = a === false || b === false ? false : a === null || b === null ? null : true;
        const or = a === true || b === true ? true : a === null || b === null ? null : false;
        expect(feel('a and b', { a, b }), `${a} and ${b}`).to.equal(and);
        expect(feel('a or b', { a, b }), `${a} or ${b}`).to.equal(or);
        expect(feel('a and b and a', { a, b })).to.equal(and);
        expect(feel('a or b or a', { a, b })).to.equal(or);
      }
      expect(feel('not(a)', { a })).to.equal(a === null ? null : !a);
    }
  });

  it('treats an operand of and, or that is no boolean as unknown', () => {
    expect(feel('"yes" and true')).to.equal(null);
    expect(feel('false and "yes"')).to.equal(false);
    expect(feel('true or "yes"')).to.equal(true);
  });

  it('compares values of different types to null, and null with anything to true or false', () => {
    expect(feel('1 = "1"')).to.equal(null);
    expect(feel('null = null')).to.equal(true);
    expect(feel('1 = null')).to.equal(false);
    expect(feel('1 != null')).to.equal(true);
    expect(feel('null < 1')).to.equal(null);
    expect(feel('[1, {a: "x"}] = [1, {a: "x"}]')).to.equal(true);
    expect(feel('{a: 1, b: 2} = {b: 2, a: 1}')).to.equal(true);
  });

  it('tests membership with between and in, over values, comparisons, ranges and lists', () => {
    expect(feel('5 between 1 and 5')).to.equal(true);
    expect(feel('x between 1 and 5', { x: null })).to.equal(null);
    expect(feel('x in (1, > 10, [3..4])', { x: 11 })).to.equal(true);
    expect(feel('x in ]3..4[', { x: 3 })).to.equal(false);
    expect(feel('x in [1, 2]', { x: 2 })).to.equal(true);
    expect(feel('5 in [1..null]')).to.equal(null);
  });

  it('counts everything but true as false in a condition of if', () => {
    expect(feel('if x > 1 then "a" else "b"', { x: 2 })).to.equal('a');
    expect(feel('if x > 1 then "a" else "b"', { x: null })).to.equal('b');
  });

  it('asks for types with instance of, parts included', () => {
    expect(feel('[1, 2] instance of list<number>')).to.equal(true);
    expect(feel('[1, "a"] instance of list<number>')).to.equal(false);
    expect(feel('{a: 1} instance of context<a: number>')).to.equal(true);
    expect(feel('[1..2] instance of range<number>')).to.equal(true);
    expect(feel('{a: 1} instance of context<>')).to.equal(true);
    expect(feel('null instance of number')).to.equal(false);
    expect(feel('1 instance of tUnknown')).to.equal(null);
  });
});

describe('DMN 1.5, 10.3.1.4: names', () => {
  it('reads a declared name with spaces or operators as one name', () => {
    expect(feel('net amount * tax-rate', { 'net amount': 200, 'tax-rate': 0.15 })).to.equal(30);
    expect(feel('time in office + 1', { 'time in office': 2 })).to.equal(3);
    expect(compiled('tax - rate', { names: ['tax-rate'] }).names).to.deep.equal(['tax-rate']);
  });

  it('reads an undeclared name with an operator as an operation', () => {
    expect(compiled('tax-rate').names).to.deep.equal(['tax', 'rate']);
  });

  it('knows the entries of a declared shape after a dot', () => {
    const feelOf = compiled('case.tax-rate', { shape: { case: { 'tax-rate': {} } } });
    expect(feelOf.evaluate(scopeOf({ case: { 'tax-rate': 0.15 } }), CLOCK)).to.equal(0.15);
  });

  it('lets entries of a context see those before them, under names of their own', () => {
    expect(feel('{net-tax: 3, "b+c": net-tax + 1, d: b+c}.d')).to.equal(4);
    expect(feel('{a: 1, b: a - 1}.b')).to.equal(0);
    expect(feel('{net-tax: net-tax}', { net: 5, tax: 2 })).to.deep.equal({ 'net-tax': 3 });
  });

  it('hides a built-in function by a declared name', () => {
    expect(feel('count', { count: 7 })).to.equal(7);
  });

  it('takes only own entries of a context', () => {
    expect(feel('{a: 1}.constructor')).to.equal(null);
    expect(feel('{__proto__: 1}.__proto__')).to.equal(1);
    expect(feel('toString')).to.equal(null);
  });
});

describe('DMN 1.5, 10.3.2.5 and 10.3.2.14: lists, filters and iteration', () => {
  const staff = [
    { name: 'Ann', grade: 7, unit: { code: 'W' } },
    { name: 'Ben', grade: 9, unit: { code: 'H' } },
  ];

  it('filters by a condition on the entries of the elements, and by position', () => {
    expect(feel('staff[grade > 7].name', { staff })).to.deep.equal(['Ben']);
    expect(feel('staff[item.unit.code = "W"].grade', { staff })).to.deep.equal([7]);
    expect(feel('staff[-1].name', { staff })).to.equal('Ben');
    expect(feel('staff[3]', { staff })).to.equal(null);
    expect(feel('[1, 2, 3][item >= limit]', { limit: 2 })).to.deep.equal([2, 3]);
    expect(feel('staff[n].name', { staff, n: 1 })).to.equal('Ann');
  });

  it('iterates over lists and ranges, the last one fastest, with the results so far as partial', () => {
    expect(feel('for i in 1..3, j in [10, 20] return i * j')).to.deep.equal([10, 20, 20, 40, 30, 60]);
    expect(feel('for i in 3..1 return i')).to.deep.equal([3, 2, 1]);
    expect(feel('for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]')).to.deep.equal([1, 1, 2, 3, 5]);
    expect(feel('for d in @"2026-01-30"..@"2026-02-01" return d.day')).to.deep.equal([30, 31, 1]);
  });

  it('quantifies with some and every', () => {
    expect(feel('some s in staff satisfies s.grade > 8', { staff })).to.equal(true);
    expect(feel('every s in staff satisfies s.grade > 8', { staff })).to.equal(false);
    expect(feel('every s in [] satisfies false')).to.equal(true);
    expect(feel('some s in [1, null] satisfies s > 5')).to.equal(null);
  });
});

describe('DMN 1.5, 10.3.2.13: functions', () => {
  it('calls functions by position and by name, converting a list of one', () => {
    expect(feel('(function(a: number, b: number) a - b)(b: 1, a: 3)')).to.equal(2);
    expect(feel('(function(a: number) a + 1)([2])')).to.equal(3);
    expect(feel('(function(a: number) a)("x")')).to.equal(null);
    expect(feel('substring(start position: 2, string: "abc")')).to.equal('bc');
  });

  it('lets a function keep the names around its definition', () => {
    expect(feel('{base: 10, add: function(x) x + base, base2: 99, result: (for base in [1, 2] return add(base))}.result')).to.deep.equal([11, 12]);
    expect(feel('(for i in 1..3 return function() i)[2]()')).to.equal(2);
  });

  it('names the functions that nobody has', () => {
    expect(compiled('is defined(x) and count(y) > 0 and {f: function() 1, g: f()}.g > 0').unknownFunctions).to.deep.equal(['is defined']);
  });

  it('calls the built-in function where a variable of its name is no function, and the literal date("...") always (rule 62)', () => {
    expect(feel('count([1, 2]) + count', { count: 5 })).to.equal(7);
    expect(feel('date("2026-01-05") > date', { date: { $: 'date', v: '2026-01-01' } })).to.equal(true);
    expect(feel('{max: 9, result: max(1, max)}.result')).to.equal(9);
    expect(feel('{max: function(a) 0, result: max(1)}.result')).to.equal(0);
  });

  it('makes no function whose parameter is of an unknown type', () => {
    expect(feel('(function(a: nmber) a)(1)')).to.equal(null);
  });

  it('answers null for a call of what is no function', () => {
    expect(feel('x(1)', { x: 2 })).to.equal(null);
  });
});

describe('DMN 1.5, 10.3.1.2 rules 7 to 17: unary tests', () => {
  const cases: [string, unknown, unknown][] = [
    ['-', 'anything', true],
    ['', null, true],
    ['> 5', 6, true],
    ['> 5, < 2', 1, true],
    ['"a", "b"', 'b', true],
    ['not("a", "b")', 'b', false],
    ['[1..10)', 10, false],
    ['null', null, true],
    ['? > 5 and even(?)', 6, true],
    ['starts with(?, "W")', 'Works', true],
    ['true', false, false],
    ['!= 5', 6, true],
    ['> 5', 'x', null],
  ];
  for (const [tests, input, expected] of cases) {
    it(`${JSON.stringify(input)} against ${tests === '' ? 'nothing' : tests} is ${String(expected)}`, () => {
      expect(matches(tests, input)).to.equal(expected);
    });
  }

  it('names the constants of a cell that only names values', () => {
    expect(compiled('"a", "b"', { unaryTests: true }).constants).to.deep.equal(['a', 'b']);
    expect(compiled('"a", > "b"', { unaryTests: true }).constants).to.equal(undefined);
  });
});
