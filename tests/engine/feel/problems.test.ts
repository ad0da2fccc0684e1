// What keeps an expression from compiling, what stops an evaluation, and what explains a null (codes FEEL_*).

import { expect } from 'chai';
import { compileFeel } from '../../../engine/feel/compile.ts';
import type { FeelProblem } from '../../../engine/feel/compile.ts';
import { FEEL_ERRORS, FeelError } from '../../../engine/feel/errors.ts';
import { timeLimit } from '../../../engine/feel/time-limit.ts';
import { toJson } from '../../../engine/feel/values.ts';
import { CLOCK, compiled, feel, scopeOf } from './given.ts';

const seen = new Set<string>();

function problemOf(source: string): FeelProblem {
  const result = compileFeel(source);
  if (!('code' in result)) throw new Error(`${source} compiles`);
  seen.add(result.code);
  return result;
}

function thrownBy(action: () => unknown): FeelError {
  try {
    action();
  } catch (error) {
    if (error instanceof FeelError) {
      seen.add(error.code);
      return error;
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}

function notesOf(source: string, variables: Record<string, unknown> = {}): string[] {
  const { value, notes } = compiled(source).explain(scopeOf(variables), CLOCK);
  expect(value, source).to.equal(null);
  for (const note of notes) seen.add(note.code);
  return notes.map((note) => `${note.code}: ${note.message}`);
}

describe('FEEL: problems of a source text', () => {
  const cases: [string, string, number, number][] = [
    ['amount >', 'Expected a value on both sides of the comparison, but the text ends', 1, 9],
    ['1 +', 'Expected a value on both sides of the operator, but the text ends', 1, 4],
    ['', 'Expected an expression, but the text is empty', 1, 1],
    ['if a then', "Expected an expression of the form 'if condition then value else value', but the text ends", 1, 10],
    ['x = = true', "Expected a value on both sides of the operator, but there is '='", 1, 5],
    ['x == true', "Expected '=' to compare, but there is '=='", 1, 3],
    ['a and b > = 3', "Expected a value on both sides of the operator, but there is '='", 1, 11],
    ['1 + < 2', "Expected a value on both sides of the operator, but there is '<'", 1, 5],
    ['1 + + 2', "Expected a value before the operator, but there is '+'", 1, 5],
    ['a =\n  }', "Expected a value on both sides of the comparison, but there is '}'", 2, 3],
  ];
  for (const [source, message, line, column] of cases) {
    it(`${JSON.stringify(source)} is FEEL_SYNTAX at line ${line}, column ${column}`, () => {
      const problem = problemOf(source);
      expect(problem.code).to.equal('FEEL_SYNTAX');
      expect(problem.message).to.equal(message);
      expect([problem.position.line, problem.position.column]).to.deep.equal([line, column]);
      expect(problem.hint).to.have.length.greaterThan(20);
    });
  }

  it('takes a test where it is a value of its own: behind in, between brackets, as an argument', () => {
    expect(feel('5 in > 3')).to.equal(true);
    expect(feel('5 in (< 3, = 5)')).to.equal(true);
    expect(feel('includes((> 3), 5)')).to.equal(true);
  });

  it('refuses a text of more than 65,536 characters with FEEL_TOO_LONG', () => {
    expect(problemOf(`"${'x'.repeat(65_536)}"`).code).to.equal('FEEL_TOO_LONG');
  });

  it('refuses nesting of more than 400 levels with FEEL_TOO_DEEP, in brackets as in operators', () => {
    expect(problemOf(`${'('.repeat(30_000)}1${')'.repeat(30_000)}`).code).to.equal('FEEL_TOO_DEEP');
    expect(problemOf(`1${' + 1'.repeat(600)}`).code).to.equal('FEEL_TOO_DEEP');
    expect(feel(`${'('.repeat(300)}1${')'.repeat(300)}`)).to.equal(1);
    expect(feel(`true${' and true'.repeat(300)}`)).to.equal(true);
  });
});

describe('FEEL: functions in foreign languages', () => {
  it('are refused: FEEL_EXTERNAL', () => {
    expect(problemOf('(function(a) external { java: { class: "C", method signature: "m(int)" } })(1)').code).to.equal('FEEL_EXTERNAL');
  });
});

describe('FEEL: bounds of an evaluation', () => {
  const endless = [
    'for i in 1..100000000 return i',
    'some i in 1..1000000, j in 1..1000000 satisfies i < 0',
    `{a0: [1, 1], ${Array.from({ length: 60 }, (_, i) => `a${i + 1}: [a${i}, a${i}]`).join(', ')}}`,
    `{a0: [1, 1], ${Array.from({ length: 60 }, (_, i) => `a${i + 1}: [a${i}, a${i}]`).join(', ')}, text: string(a60)}.text`,
    `string length({s0: "${'x'.repeat(1000)}", ${Array.from({ length: 40 }, (_, i) => `s${i + 1}: s${i} + s${i}`).join(', ')}}.s40)`,
    `replace("${'a'.repeat(1000)}", "a", "${'b'.repeat(10_000)}")`,
    'for i in 1..100000 return partial',
  ];
  for (const source of endless) {
    it(`stops ${source.slice(0, 60)} with FEEL_BUDGET`, () => {
      expect(thrownBy(() => feel(source)).code).to.equal('FEEL_BUDGET');
    });
  }

  it('takes another budget as an option', () => {
    expect(thrownBy(() => compiled('count(for i in 1..1000 return i)', { steps: 500 }).evaluate(scopeOf({}), CLOCK)).code).to.equal('FEEL_BUDGET');
    expect(compiled('count(for i in 1..300000 return i)', { steps: 1_000_000 }).evaluate(scopeOf({}), CLOCK)).to.equal(300_000);
  });

  it('asks every 1,000 steps whether there is still time, and stops with FEEL_TIME when there is none', () => {
    let asked = 0;
    const clock = { ...CLOCK, expired: () => (asked += 1) > 3 };
    expect(thrownBy(() => compiled('count(for i in 1..50000 return i)').evaluate(scopeOf({}), clock)).code).to.equal('FEEL_TIME');
    expect(asked).to.equal(4);
    asked = 0;
    expect(compiled('count(for i in 1..2500 return i)').evaluate(scopeOf({}), clock), 'with time left the answer is the same').to.equal(2_500);
    expect(asked).to.equal(2);
    asked = 0;
    expect(compiled('sum([1, 2]) > 2').evaluate(scopeOf({}), clock)).to.equal(true);
    expect(asked, 'what is soon done never looks at the time').to.equal(0);
  });

  it('a limit of time begins when it is asked first', () => {
    let now = 5_000;
    const expired = timeLimit(1_000, () => now);
    expect(expired()).to.equal(false);
    now += 1_000;
    expect(expired()).to.equal(false);
    now += 1;
    expect(expired()).to.equal(true);
  });

  it('what an evaluation costs does not depend on those before it: a pattern is paid for in each, once', () => {
    const stops = (steps: number): boolean => {
      try {
        return compiled('matches(x, "[a-f]{2}-own") or matches(x, "[a-f]{2}-own")', { steps }).evaluate(scopeOf({ x: 'a' }), CLOCK) !== false;
      } catch {
        return true;
      }
    };
    const needed = (): number => { let steps = 0; while (stops(steps)) steps += 1; return steps; };
    const first = needed();
    expect(first).to.be.greaterThan(64).and.to.be.lessThan(128);
    expect(needed()).to.equal(first);
  });

  it('stops a recursion without end with FEEL_DEPTH, and lets one of 150 levels through', () => {
    expect(thrownBy(() => feel('(function(f) f(f))(function(f) f(f))')).code).to.equal('FEEL_DEPTH');
    expect(feel('{f: function(f, n) if n = 0 then 0 else 1 + f(f, n - 1), r: f(f, 150)}.r')).to.equal(150);
  });

  it('does not write a value nested deeper than 1,000 levels', () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 2000; i++) deep = [deep];
    expect(thrownBy(() => toJson(deep)).code).to.equal('FEEL_DEPTH');
  });

  it('answers a pattern made to stall a backtracking matcher at once', () => {
    expect(feel(`matches("${'a'.repeat(5000)}!", "(a+)+$")`)).to.equal(false);
  });
});

describe('FEEL: why a result is null', () => {
  it('names the variable that is missing', () => {
    expect(notesOf('x > 3')[0]).to.equal("FEEL_UNKNOWN_NAME: Expected a variable named 'x', but there is none");
  });

  it('names the types that do not go together', () => {
    expect(notesOf('x + 1', { x: 'a' })).to.deep.equal(["FEEL_NO_RESULT: Expected operands that '+' is defined for, but they are a string and a number"]);
    expect(notesOf('x > 1', { x: 'a' })[0]).to.match(/^FEEL_TYPE: Expected two values that can be ordered by '>'/);
  });

  it('names the argument that is wrong, and the function that is missing', () => {
    expect(notesOf('substring(1, 2)')[0]).to.equal("FEEL_ARGUMENT: Expected a string as 'string' of substring, but it is a number");
    expect(notesOf('nothing(1)')).to.deep.equal(["FEEL_UNKNOWN_FUNCTION: Expected a function named 'nothing', but there is none"]);
    expect(notesOf('{f: 1, g: f(1)}.g')).to.deep.equal(['FEEL_UNKNOWN_FUNCTION: Expected a function to call, but it is a number']);
    expect(notesOf('(function(a, b) a)(1)')).to.deep.equal(['FEEL_ARGUMENT: Expected the arguments (a, b), but there is one']);
  });

  it('says once what is wrong with each element of a list', () => {
    expect(compiled('[1, 2, 3][item > "a"]').explain(scopeOf({}), CLOCK).notes).to.have.length(2);
  });

  it('says that it is the divisor, and which of two times has a zone', () => {
    expect(notesOf('1 / 0')).to.deep.equal(['FEEL_NO_RESULT: Expected a number other than 0 to divide by, but it is 0']);
    expect(notesOf('@"2026-01-05T10:00:00" < now()')).to.deep.equal(["FEEL_TYPE: Expected two values that can be ordered by '<', but they are a date and time without a zone and a date and time with a zone or offset"]);
  });

  it('says where: offsets of the part that became null', () => {
    const { notes } = compiled('1 + missing.a').explain(scopeOf({ missing: { b: 1 } }), CLOCK);
    expect(notes[0]).to.include({ from: 4, to: 13 });
    expect(notes[0]!.message).to.equal("Expected an entry named 'a', but the context has 'b'");
  });
});

describe('FEEL: what authors write who think of something else', () => {
  const cases: [string, string][] = [
    ['x <> 5', "Expected '!=' for what is different, but there is '<>'"],
    ['x ≥ 5', "Expected '>=' for at least, but there is '≥'"],
    ['x > 1 && x < 3', "Expected 'and' between two conditions, but there is '&&'"],
    ["x = 'a'", "Expected a text between plain double quotes, as in \"text\", but there is '''"],
    ['x = “a”', "Expected a text between plain double quotes, as in \"text\", but there is '“'"],
    ['max(1; 2)', "Expected a comma between two values, but there is ';'"],
    ['price * 1,15', "Expected a point before the decimals, as in 0.5, but there is '1,15'"],
    ['price * 15%', "Expected a share as a decimal, as in 0.15, but there is '15%'"],
    ['price > EC$100', "Expected an amount without a sign for its currency, but there is 'EC$'"],
    ['due < 31.12.2026', "Expected a date such as date(\"2026-01-31\"), but there is '31.12.2026'"],
    ['due < @2026-01-31', "Expected a date or time between quotes after @, as in @\"2026-01-31\", but there is '@2026-01-31'"],
    ['x is not null', "Expected '= null' or '!= null', but there is 'is not null'"],
    ['x in 1..5', "Expected brackets around a range, as in [1..10], but there is '1..5'"],
  ];
  for (const [source, message] of cases) it(source, () => expect(problemOf(source).message).to.equal(message));
});

describe('FEEL: what is FEEL to the letter, but hardly what is meant', () => {
  const doubtful: [string, boolean, string][] = [
    ['== 5', true, "Expected '=' to compare, but there is '=='"],
    ['=> 5', true, "Expected '>=' for at least, but there is '=>'"],
    ['>> 5', true, "Expected one operator before a value, but there are '>' and '>'"],
    ['> 5 < 10', true, "Expected a value behind the operator, or a range such as (5..10) for what lies between two, but there is '5 < 10', which is true or false"],
    ['not 5', true, "Expected brackets behind 'not', as in not(x), but there is 'not 5'"],
    ['<= 1,000', true, "Expected a number without separators, as in 1000, or a space behind the comma between two, but there is '<= 1,000'"],
    ['x = 1 or 2', false, "Expected a condition on both sides of 'or', or a list such as x in (1, 2), but '2' alone is a number"],
    ['due > 2026-01-31', false, 'Expected a date such as date("2026-01-31"), but 2026-01-31 is a subtraction'],
    ['date("2026-02-30")', false, 'Expected a date such as "2026-01-31", but there is none: "2026-02-30"'],
    ['x < @"31.1.2026"', false, 'Expected a date, time, date and time or duration behind @, as in @"2026-01-31", but @"31.1.2026" is none'],
    ['today - 1', false, "Expected brackets behind the function, as in today(), but there is 'today' alone"],
  ];
  for (const [source, unaryTests, message] of doubtful) it(source, () => expect(compiled(source, { unaryTests }).doubts.map((doubt) => doubt.message)).to.deep.equal([message]));

  it('leaves everything else alone', () => {
    for (const source of ['= (= 5)', '= (? > 3)', '1, 000', '1,2,3', '100,200', '> today()', 'date("2026-01-31")', '2026 - 1 - 31', '@"P1D"', 'true or false', '"2026-01-31"', 'null']) expect(compiled(source, { unaryTests: true }).doubts, source).to.deep.equal([]);
    expect(compiled('today - 1', { names: ['today'] }).doubts).to.deep.equal([]);
  });
});

describe('FEEL: the table of codes', () => {
  it('has no code that is not thrown here', () => {
    expect([...seen].sort()).to.deep.equal(Object.keys(FEEL_ERRORS).sort());
  });
});
