// The built-in functions of FEEL (DMN 1.5, 10.3.4), one line each, and our extension for working days.

import { expect } from 'chai';
import { builtins } from '../../../engine/feel/builtins.ts';
import { CLOCK, compiled, feel, scopeOf } from './given.ts';

const GROUPS: Readonly<Record<string, readonly (readonly [string, unknown])[]>> = {
  '10.3.4.1: conversion': [
    ['string(1.50)', '1.5'],
    ['string([1, "a", {b: null}])', '[1, "a", {b: null}]'],
    ['string(@"P1DT2H")', 'P1DT2H'],
    ['string(null)', null],
    ['number("1 000,50", " ", ",")', 1000.5],
    ['number("1,000", ",", ",")', null],
    ['number("abc")', null],
    ['date("2026-02-30")', null],
    ['string(date(2026, 1, 5))', '2026-01-05'],
    ['string(date(@"2026-01-05T10:00:00Z"))', '2026-01-05'],
    ['string(time("10:30:00@Europe/Athens"))', '10:30:00@Europe/Athens'],
    ['string(time(10, 30, 5.25, @"PT2H"))', '10:30:05.25+02:00'],
    ['string(date and time("2026-01-05"))', '2026-01-05T00:00:00'],
    ['string(date and time(@"2026-01-05", @"10:00:00"))', '2026-01-05T10:00:00'],
    ['string(duration("P1Y2M"))', 'P1Y2M'],
    ['duration("P1Y2D")', null],
    ['string(years and months duration(@"2024-02-29", @"2026-01-05"))', 'P1Y10M'],
    ['range("[1..3)") = [1..3)', true],
    ['range("[3..1]")', null],
    ['range(" ( -1 .. 2.5 ] ") = (-1..2.5]', true],
    ['range("[\\"a..b\\"..\\"c\\")") = ["a..b".."c")', true],
    ['range("[date(\\"2026-01-05\\")..@\\"2026-02-01\\"]") = [@"2026-01-05"..@"2026-02-01"]', true],
    ['range("[1 + 1..5]")', null],
  ],
  '10.3.4.3: strings': [
    ['substring("foobar", 3)', 'obar'],
    ['substring("foobar", -2, 1)', 'a'],
    ['substring("\\U01F40Eab", 2)', 'ab'],
    ['string length("\\U01F40Eab")', 3],
    ['upper case("aBc4")', 'ABC4'],
    ['lower case("aBc4")', 'abc4'],
    ['substring before("foobar", "bar")', 'foo'],
    ['substring after("foobar", "ob")', 'ar'],
    ['substring after("foobar", "x")', ''],
    ['replace("abracadabra", "a(b)", "[$1]")', '[b]racad[b]ra'],
    ['replace("a.b", ".", "$", "q")', 'a$b'],
    ['replace("abc", "b", "$")', null],
    ['contains("foobar", "of")', false],
    ['starts with("foobar", "fo")', true],
    ['ends with("foobar", "r")', true],
    ['matches("foobar", "^FO*", "i")', true],
    ['matches("f o", "f\\sO", "xi")', true],
    ['matches("b", "[a-z-[aeiou]]")', true],
    ['matches("e", "^[a-z-[aeiou]]$")', false],
    ['matches(" ", "^[\\S\\d]$")', false],
    ['matches(".", "[\\C]")', false],
    ['matches("!", "[\\C\\I]")', true],
    ['matches("ก", "^\\p{IsThai}$")', true],
    ['matches("ก", "[\\P{IsThai}]")', false],
    ['matches("a b", "^.{0,2000}$")', true],
    ['matches("aaa", "^a{1,3}$")', true],
    ['matches("aaa", "a{2000,}")', false],
    ['string length("a\\bc")', 4],
    ['matches("x", "(a)\\\\1")', null],
    ['split("John Doe", "\\s")', ['John', 'Doe']],
    ['string join(["a", null, "c"], "-")', 'a-c'],
  ],
  '10.3.4.4: lists': [
    ['list contains([1, 2, null], null)', true],
    ['count([1, null])', 2],
    ['min(3, 1, 2)', 1],
    ['max(["b", "a"])', 'b'],
    ['sum([0.1, 0.2])', 0.3],
    ['string(sum([@"PT1H", @"PT30M"]))', 'PT1H30M'],
    ['sum([])', null],
    ['mean(2, 4)', 3],
    ['all([true, null])', null],
    ['any(false, true)', true],
    ['sublist([1, 2, 3], 2, 1)', [2]],
    ['sublist([1, 2, 3], -2)', [2, 3]],
    ['append([1], 2, 3)', [1, 2, 3]],
    ['concatenate([1], [2, 3])', [1, 2, 3]],
    ['insert before([1, 3], 2, 2)', [1, 2, 3]],
    ['remove([1, 2, 3], -1)', [1, 2]],
    ['list replace([1, 2], 2, 9)', [1, 9]],
    ['list replace([1, 5, 9], function(item, newItem) item > newItem, 4)', [1, 4, 4]],
    ['reverse([1, 2])', [2, 1]],
    ['index of([1, 2, 1], 1)', [1, 3]],
    ['union([1, 2], [2, 3])', [1, 2, 3]],
    ['distinct values([1, 1.0, "1", {a: 1}, {a: 1}])', [1, '1', { a: 1 }]],
    ['flatten([[1, [2]], 3])', [1, 2, 3]],
    ['product(2, 3)', 6],
    ['median(8, 2, 5, 3)', 4],
    ['stddev(2, 4, 7, 5)', { $: 'number', v: '2.081665999466132735282297706979931' }],
    ['mode([6, 1, 9, 6, 1])', [1, 6]],
    ['sort([3, 1, 2], function(x, y) x > y)', [3, 2, 1]],
    ['sort(["b", "a"])', ['a', 'b']],
    ['sort([1, "a"])', null],
  ],
  '10.3.4.5: numbers': [
    ['decimal(2.5, 0)', 2],
    ['decimal(1115, -2)', 1100],
    ['floor(-1.5)', -2],
    ['ceiling(1.21, 1)', 1.3],
    ['round up(-5.5, 0)', -6],
    ['round down(5.5, 0)', 5],
    ['round half up(-2.5, 0)', -3],
    ['round half down(2.5, 0)', 2],
    ['abs(@"-PT5H") = @"PT5H"', true],
    ['modulo(-12, 5)', 3],
    ['modulo(10.1, 4.5)', 1.1],
    ['10 ** -6176 > 0', true],
    ['10 ** 6145', null],
    ['1 ** 1000000', 1],
    ['sqrt(16)', 4],
    ['sqrt(-1)', null],
    ['decimal(log(10), 8)', 2.30258509],
    ['decimal(exp(5), 8)', 148.4131591],
    ['odd(5)', true],
    ['even(2.5)', null],
  ],
  '10.3.4.7 and 10.3.4.8: dates': [
    ['day of year(@"2026-09-17")', 260],
    ['day of week(@"2026-01-05")', 'Monday'],
    ['month of year(@"2026-09-17")', 'September'],
    ['week of year(@"2021-01-01")', 53],
    ['is(@"10:00:00Z", @"10:00:00+00:00")', true],
    ['is(@"10:00:00Z", @"11:00:00+01:00")', false],
    ['@"10:00:00Z" = @"11:00:00+01:00"', true],
    ['string(now())', '2026-01-05T05:00:00@America/St_Lucia'],
    ['string(today())', '2026-01-05'],
    ['@"2026-01-31" + @"P1M" = @"2026-02-28"', true],
    ['string(@"2026-03-28T12:00:00@Europe/Athens" + @"PT24H")', '2026-03-29T13:00:00@Europe/Athens'],
    ['string(@"2026-03-28T12:00:00@Europe/Athens" + @"P1M")', '2026-04-28T12:00:00@Europe/Athens'],
    ['string(@"23:30:00" + @"PT1H")', '00:30:00'],
    ['string(@"2026-03-01" - @"2026-02-27")', 'P2D'],
    ['string(@"P1Y" / 2)', 'P6M'],
    ['@"P1D" / @"PT6H"', 4],
    ['@"2026-01-05T10:30:00Z".hour', 10],
    ['@"2026-01-05".weekday', 1],
    ['string(@"2026-07-05T10:30:00@Europe/Athens".time offset)', 'PT3H'],
    ['@"P1DT2H30M".minutes', 30],
    ['@"-P14M".years', -1],
  ],
  '10.3.4.9: contexts': [
    ['get value({a: 1}, "a")', 1],
    ['get value({a: {b: 2}}, ["a", "b"])', 2],
    ['get value({a: 1}, "toString")', null],
    ['get entries({a: 1})', [{ key: 'a', value: 1 }]],
    ['context([{key: "a", value: 1}])', { a: 1 }],
    ['context([{key: "a", value: 1}, {key: "a", value: 2}])', null],
    ['context put({a: {b: 1}}, ["a", "c"], 2)', { a: { b: 1, c: 2 } }],
    ['context merge([{a: 1}, {a: 2, b: 3}])', { a: 2, b: 3 }],
  ],
  '10.3.4.10: ranges': [
    ['before([1..5), [5..10])', true],
    ['after(11, [1..10])', true],
    ['meets([1..5], [5..10])', true],
    ['met by([5..10], [1..5])', true],
    ['overlaps([1..5], [5..10])', true],
    ['overlaps before([1..5], [4..10])', true],
    ['overlaps after([4..10], [1..5])', true],
    ['finishes(10, [1..10])', true],
    ['finished by([1..10], [5..10])', true],
    ['includes([1..10], 5)', true],
    ['during([4..6], [1..10])', true],
    ['starts([1..5], [1..10])', true],
    ['started by([1..10], 1)', true],
    ['coincides([1..5], [1..5])', true],
    ['before("a", 1)', null],
  ],
};

describe('DMN 1.5, 10.3.4: built-in functions', () => {
  for (const [clause, cases] of Object.entries(GROUPS)) {
    describe(clause, () => {
      for (const [source, expected] of cases) {
        it(`${source} is ${JSON.stringify(expected)}`, () => {
          expect(feel(source)).to.deep.equal(expected);
        });
      }
    });
  }

  it('are all tested above or below', () => {
    const sources = Object.values(GROUPS).flatMap((cases) => cases.map(([source]) => source));
    const missing = [...builtins.keys()].filter((name) => !sources.some((source) => source.includes(`${name}(`)));
    expect(missing).to.deep.equal(['not', 'working days', 'add working days']);
  });

  it('take all arguments by name', () => {
    expect(feel('replace(pattern: "b", input: "abc", replacement: "x")')).to.equal('axc');
    expect(feel('sublist(list: [1, 2, 3], start position: 2)')).to.deep.equal([2, 3]);
    expect(feel('sublist(items: [1, 2, 3], start position: 2)')).to.equal(null);
  });

  it('can be handed on as values', () => {
    expect(feel('{f: sum, r: f([1, 2])}.r')).to.equal(3);
  });
});

describe('Our extension: working days in FEEL', () => {
  const calendars = {
    default: { id: 'default', version: 1, zone: 'America/St_Lucia', weekend: [6, 7], opens: '08:00', closes: '16:30', holidays: [{ date: '2026-04-03', name: 'Good Friday' }] },
    court: { id: 'court', version: 1, zone: 'America/St_Lucia', weekend: [5, 6, 7], opens: '08:00', closes: '16:30', holidays: [] },
  };
  const value = (source: string, clock: object = { ...CLOCK, calendars }): unknown => compiled(source).evaluate(scopeOf({}), { ...CLOCK, ...clock });

  it('are counted on the default calendar, or on the one that is named', () => {
    expect(value('working days(@"2026-03-30", @"2026-04-06")')).to.equal(5);
    expect(value('working days(@"2026-03-30", @"2026-04-06", "court")')).to.equal(5);
    expect(value('working days(from: @"2026-04-06", to: @"2026-04-03")')).to.equal(-1);
  });

  it('are added to a date', () => {
    expect(value('add working days(@"2026-04-02", 1)')).to.deep.equal({ $: 'date', v: '2026-04-06' });
    expect(value('add working days(@"2026-04-02", 1, "court")')).to.deep.equal({ $: 'date', v: '2026-04-06' });
    expect(value('add working days(@"2026-04-02", -1)')).to.deep.equal({ $: 'date', v: '2026-04-01' });
  });

  it('are null without a calendar, with one unknown, and for periods without sense', () => {
    expect(compiled('working days(@"2026-03-30", @"2026-04-06")').evaluate(scopeOf({}), CLOCK)).to.equal(null);
    expect(value('working days(@"2026-03-30", @"2026-04-06", "moon")')).to.equal(null);
    expect(value('add working days(@"2026-03-30", 1e9)')).to.equal(null);
    expect(value('add working days(@"2026-03-30", 1.5)')).to.equal(null);
  });
});
