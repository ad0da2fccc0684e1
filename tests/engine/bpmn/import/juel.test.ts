// Expressions of other engines in FEEL: a table, what is refused with its reason, and random expressions that keep their value.
import { expect } from 'chai';
import fc from 'fast-check';
import { compileFeel } from '../../../../engine/feel/compile.ts';
import { convertNames, convertScript, convertValue, feelOf } from '../../../../engine/bpmn/import/juel-to-feel.ts';
import type { Juel, JuelOperator } from '../../../../engine/bpmn/import/juel.ts';
import { sinceNow } from '../../../../engine/bpmn/import/people.ts';

const TABLE: readonly (readonly [juel: string, feel: string])[] = [
  ["${a == 'x' && b > 3}", '=a = "x" and b > 3'],
  ['#{a}', '=a'], ['${ a }', '=a'], ['plain', 'plain'], ['', ''], ['costs $5', 'costs $5'],
  ['${a eq 1 or b ne 2 and not c}', '=a = 1 or b != 2 and not(c)'],
  ['${(a || b) && c}', '=(a or b) and c'],
  ['${!(a && b)}', '=not(a and b)'], ['${!a == b}', '=not(a) = b'],
  ['${a - (b - c)}', '=a - (b - c)'], ['${a - b - c}', '=a - b - c'], ['${(a + b) * c}', '=(a + b) * c'], ['${a / b / c}', '=a / b / c'], ['${a div b mod c}', '=modulo(a / b, c)'],
  ['${-a * b}', '=-a * b'], ['${-(a + b)}', '=-(a + b)'], ['${a - -b}', '=a - -b'],
  ['${a < b == c}', '=(a < b) = c'], ['${a lt 1}', '=a < 1'], ['${a ge 1}', '=a >= 1'], ['${a le 1}', '=a <= 1'], ['${a gt .5}', '=a > 0.5'], ['${10L}', '=10'], ['${1.50}', '=1.50'],
  ['${empty a}', '=a = null or is(a, "") or is(a, []) or is(a, {})'],
  ['${!empty a.b && c}', '=not(a.b = null or is(a.b, "") or is(a.b, []) or is(a.b, {})) and c'],
  ['${order.customer.name == null}', '=order.customer.name = null'], ["${order['customer name']}", '=get value(order, "customer name")'], ['${rows[0].total}', '=rows[1].total'],
  ['${a ? "yes" : b ? \'no\' : null}', '=if a then "yes" else if b then "no" else null'], ['${(a ? 1 : 2) + 3}', '=(if a then 1 else 2) + 3'],
  ["${'it\\'s \"so\"'}", '="it\'s \\"so\\""'], ["${'a\\\\b'}", '="a\\\\b"'], ['${"}"}', '="}"'],
  ['Case ${caseNumber}: ${a + 1}', '="Case " + string(caseNumber) + ": " + string(a + 1)'], ['\\${a}', '="${a}"'],
  ['${nrOfCompletedInstances == nrOfInstances - nrOfActiveInstances}', '=numberOfCompletedInstances = numberOfInstances - numberOfActiveInstances'],
  ['${true and false}', '=true and false'], ['${count > 1}', '=count > 1'], ['${empty}', '=empty'],
];

const REFUSED: readonly (readonly [juel: string, reason: RegExp])[] = [
  ['${a.equals("x")}', /calls the method equals/], ['${list.contains(1)}', /contains/], ['${execution.getVariable("a")}', /getVariable/], ['${bean()}', /method bean/], ['${execution.id}', /object of the other engine/],
  ['${a', /no closing brace/], ['${}', /its end stands where a value/], ['${a b}', /stands where it should end/], ['${(a}', /where \) should/], ['${a +}', /where a value/], ['${a = b}', /"=" has no meaning/], ['${a;b}', /";"/],
  ['${a[b]}', /computed key/], ['${a instanceof B}', /stands where it should end/], ['${for}', /word of FEEL/], ['${$x}', /no name in FEEL/], ['${a.if}', /word of FEEL/], ['${rows[1.5]}', /no whole number/],
  [`\${${'('.repeat(200)}a${')'.repeat(200)}}`, /nested too deep/], [`\${${'!'.repeat(200)}a}`, /nested too deep/], [`\${${'a+'.repeat(200)}a}`, /too many operators/], [`\${a${'.b'.repeat(200)}}`, /path is too long/],
  [`\${${'x'.repeat(10_001)}}`, /longer than/], [`\${${'empty '.repeat(12)}a}`, /too long in FEEL/],
];

describe('BPMN: import, expressions', () => {
  for (const [juel, feel] of TABLE) {
    it(`${juel === '' ? 'nothing' : juel} is ${feel === '' ? 'nothing' : feel}`, () => {
      expect(convertValue(juel)).to.deep.equal({ text: feel });
      if (feel.startsWith('=')) expect(compileFeel(feel.slice(1))).to.have.property('evaluate');
    });
  }

  for (const [juel, reason] of REFUSED) {
    it(`${juel.slice(0, 40)} is refused: ${String(reason)}`, () => {
      const converted = convertValue(juel);
      if (!('reason' in converted)) throw new Error(`Expected a reason, but it became ${converted.text}`);
      expect(converted.reason).to.match(reason);
      expect(converted.hint).to.match(/\.$/);
    });
  }

  it('Names separated by commas are a list, whose expressions may be lists', () => {
    expect(convertNames('a, b')).to.deep.equal({ text: 'a, b' });
    expect(convertNames('${x}')).to.deep.equal({ text: '=x' });
    expect(convertNames('a, ${f ? "b,c" : d} , e-${g}')).to.deep.equal({ text: '=flatten(["a", if f then "b,c" else d, "e-" + string(g)])' });
  });

  it('A script of one expression is converted without braces', () => {
    expect(convertScript(' a + 1; ')).to.deep.equal({ text: '=a + 1' });
    expect(convertScript('var a = 1')).to.have.property('reason');
  });

  it('A time from now is a duration', () => {
    for (const [text, duration] of [
      ['${dateTime().plusDays(3).toDate()}', 'P3D'], ['${dateTime().plusWeeks(2)}', 'P14D'], ['${now().plusDays(1).plusHours(4).plusMinutes(30)}', 'P1DT4H30M'], ['${dateTime().plusMonths(1).plusYears(1)}', 'P1Y1M'],
      ['${dateTime().plusMonths(1).plusDays(1)}', undefined], ['${dateTime().plusDays(n)}', undefined], ['${dateTime()}', undefined], ['${other().plusDays(1)}', undefined], ['at ${dateTime().plusDays(1)}', undefined], ['${dateTime(', undefined], ['${dateTime().minusDays(1)}', undefined],
    ] as const) expect(sinceNow(text), text).to.equal(duration);
  });
});

// Integers, truth values and texts; an operator only gets operands of its kind, so that both languages define the value.
const SCOPE: Readonly<Record<string, unknown>> = { n: 7, m: 3, t: true, f: false, s: 'x', o: { n: 2, list: [4, 5] }, nothing: null };
const { numbers, truths } = fc.letrec<{ numbers: Juel; truths: Juel }>((tie) => ({
  numbers: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.nat(9).map((value): Juel => ({ kind: 'literal', value, source: String(value) })),
    fc.constantFrom('n', 'm').map((name): Juel => ({ kind: 'name', name })),
    fc.constant<Juel>({ kind: 'member', of: { kind: 'name', name: 'o' }, name: 'n' }),
    fc.nat(1).map((at): Juel => ({ kind: 'index', of: { kind: 'member', of: { kind: 'name', name: 'o' }, name: 'list' }, index: { kind: 'literal', value: at, source: String(at) } })),
    fc.tuple(fc.constantFrom<JuelOperator>('+', '-', '*'), tie('numbers'), tie('numbers')).map(([operator, left, right]): Juel => ({ kind: 'binary', operator, left, right })),
    tie('numbers').map((of): Juel => ({ kind: 'unary', operator: '-', of })),
    fc.tuple(tie('truths'), tie('numbers'), tie('numbers')).map(([test, then, otherwise]): Juel => ({ kind: 'choice', test, then, otherwise })),
  ),
  truths: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.boolean().map((value): Juel => ({ kind: 'literal', value, source: String(value) })),
    fc.constantFrom('t', 'f').map((name): Juel => ({ kind: 'name', name })),
    fc.constantFrom('s', 'nothing', 'o').map((name): Juel => ({ kind: 'unary', operator: 'empty', of: { kind: 'name', name } })),
    fc.tuple(fc.constantFrom<JuelOperator>('==', '!=', '<', '>', '<=', '>='), tie('numbers'), tie('numbers')).map(([operator, left, right]): Juel => ({ kind: 'binary', operator, left, right })),
    fc.tuple(fc.constantFrom<JuelOperator>('&&', '||', '==', '!='), tie('truths'), tie('truths')).map(([operator, left, right]): Juel => ({ kind: 'binary', operator, left, right })),
    tie('truths').map((of): Juel => ({ kind: 'unary', operator: '!', of })),
  ),
}));

/** The value by the rules of the other language. */
function value(tree: Juel): unknown {
  switch (tree.kind) {
    case 'literal': return tree.value;
    case 'name': return SCOPE[tree.name];
    case 'member': return (value(tree.of) as Record<string, unknown>)[tree.name];
    case 'index': return (value(tree.of) as readonly unknown[])[Number(value(tree.index))];
    case 'call': throw new Error('not made');
    case 'unary': {
      const of = value(tree.of);
      if (tree.operator === 'empty') return of === null || of === '';
      return tree.operator === '!' ? of !== true : -(of as number);
    }
    case 'choice': return value(tree.test) === true ? value(tree.then) : value(tree.otherwise);
    case 'binary': return calculated(tree.operator, value(tree.left) as number, value(tree.right) as number);
  }
}

function calculated(operator: JuelOperator, a: number, b: number): unknown {
  switch (operator) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return a / b;
    case '%': return a % b;
    case '<': return a < b;
    case '>': return a > b;
    case '<=': return a <= b;
    case '>=': return a >= b;
    case '==': return a === b;
    case '!=': return a !== b;
    case '&&': return Boolean(a) && Boolean(b);
    case '||': return Boolean(a) || Boolean(b);
  }
}

/** The tree as the other language writes it, with every parenthesis. */
function written(tree: Juel): string {
  switch (tree.kind) {
    case 'literal': return tree.source;
    case 'name': return tree.name;
    case 'member': return `${written(tree.of)}.${tree.name}`;
    case 'index': return `${written(tree.of)}[${written(tree.index)}]`;
    case 'call': throw new Error('not made');
    case 'unary': return `(${tree.operator} ${written(tree.of)})`;
    case 'choice': return `(${written(tree.test)} ? ${written(tree.then)} : ${written(tree.otherwise)})`;
    case 'binary': return `(${written(tree.left)} ${tree.operator} ${written(tree.right)})`;
  }
}

describe('BPMN: import, random expressions', () => {
  const clock = { now: '2026-01-05T09:00:00Z', zone: 'UTC' };

  it('The FEEL text has the value of the expression, and reading the expression gives the same FEEL', () => {
    fc.assert(fc.property(fc.oneof(numbers, truths), (tree) => {
      const feel = feelOf(tree);
      const compiled = compileFeel(feel);
      if (!('evaluate' in compiled)) throw new Error(`${feel}: ${compiled.message}`);
      const wanted = value(tree);
      fc.pre(typeof wanted !== 'number' || Number.isSafeInteger(wanted));
      const got = compiled.evaluate(new Map(Object.entries(SCOPE)), clock);
      expect(got === 0 ? 0 : got, feel).to.equal(wanted === 0 ? 0 : wanted);
      const converted = convertValue(`\${${written(tree)}}`);
      if ('reason' in converted) expect(converted.reason).to.match(/nested too deep|too long/);
      else expect(converted.text).to.equal(`=${feel}`);
    }), { numRuns: 500 });
  });

  it('Any text is converted or refused, never an error', () => {
    const parts = fc.constantFrom('${', '#{', '}', 'a', '.', '(', ')', '[', ']', "'", '"', '\\', '&&', '!', '-', ' ', '1', 'empty ', '?', ':', ',', 'é', '\n');
    fc.assert(fc.property(fc.array(parts, { maxLength: 30 }), (texts) => {
      const converted = convertValue(texts.join(''));
      if ('text' in converted && converted.text.startsWith('=') && /[$#]\{/.test(texts.join(''))) expect(compileFeel(converted.text.slice(1))).to.have.property('evaluate');
    }), { numRuns: 2_000 });
  });
});
