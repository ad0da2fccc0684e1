// Range functions: Allen's relations between points and ranges (DMN 1.5, 10.3.4.10 and table 78), and range() (10.3.4.1).

import { negated } from './arithmetic.ts';
import { spend } from './budget.ts';
import type { Body, Call, Definition } from './builtin.ts';
import { compare } from './compare.ts';
import { parseNumber } from './number.ts';
import { stringText } from './string-literal.ts';
import { parseAtLiteral, parseDateText, parseDateTimeText, parseDurationText, parseTimeText } from './temporal-text.ts';
import { FeelRange } from './values.ts';

/** Negative, zero or positive for two ends, where an unbounded start lies before and an unbounded end after everything; NaN without order. */
function ends(left: unknown, right: unknown, unbounded: -1 | 1): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? unbounded : -unbounded;
  return compare(left, right) ?? NaN;
}

function order(left: unknown, right: unknown): number {
  return left === null || right === null ? NaN : (compare(left, right) ?? NaN);
}

type Relation = (a: FeelRange, b: FeelRange) => boolean | null;

/** Any comparison that has no answer makes the whole relation null. */
function all(...truths: readonly (boolean | number)[]): boolean | null {
  if (truths.some((truth) => Number.isNaN(truth))) return null;
  return truths.every((truth) => truth === true);
}

function holds(value: number, test: (order: number) => boolean): boolean | number {
  return Number.isNaN(value) ? NaN : test(value);
}

/** The end of `a` lies before the start of `b`, without a common point. */
const isBefore: Relation = (a, b) => {
  if (a.end === null || b.start === null) return false;
  return all(holds(order(a.end, b.start), (o) => o < 0 || (o === 0 && !(a.endIncluded && b.startIncluded))));
};

const meets: Relation = (a, b) => all(a.endIncluded, b.startIncluded, holds(order(a.end, b.start), (o) => o === 0));

const startsInside = (a: FeelRange, b: FeelRange): boolean | number =>
  holds(ends(a.start, b.start, -1), (o) => o > 0 || (o === 0 && (b.startIncluded || !a.startIncluded)));
const endsInside = (a: FeelRange, b: FeelRange): boolean | number => holds(ends(a.end, b.end, 1), (o) => o < 0 || (o === 0 && (b.endIncluded || !a.endIncluded)));
/** `a` reaches a point of `b` from below: its end is not before the start of `b`. */
const reaches = (a: FeelRange, b: FeelRange): boolean | number =>
  a.end === null || b.start === null ? true : holds(order(a.end, b.start), (o) => o > 0 || (o === 0 && a.endIncluded && b.startIncluded));

const overlaps: Relation = (a, b) => all(reaches(a, b), reaches(b, a));

const overlapsBefore: Relation = (a, b) =>
  all(
    holds(ends(a.start, b.start, -1), (o) => o < 0 || (o === 0 && a.startIncluded && !b.startIncluded)),
    reaches(a, b),
    holds(ends(a.end, b.end, 1), (o) => o < 0 || (o === 0 && (!a.endIncluded || b.endIncluded))),
  );

const finishes: Relation = (a, b) => all(a.endIncluded === b.endIncluded, holds(ends(a.end, b.end, 1), (o) => o === 0), startsInside(a, b));
const starts: Relation = (a, b) => all(a.startIncluded === b.startIncluded, holds(ends(a.start, b.start, -1), (o) => o === 0), endsInside(a, b));
const during: Relation = (a, b) => all(startsInside(a, b), endsInside(a, b));
const coincides: Relation = (a, b) =>
  all(a.startIncluded === b.startIncluded, a.endIncluded === b.endIncluded, holds(ends(a.start, b.start, -1), (o) => o === 0), holds(ends(a.end, b.end, 1), (o) => o === 0));

function asRange(value: unknown): FeelRange {
  return value instanceof FeelRange ? value : new FeelRange(true, value, value, true);
}

function said(call: Call, result: boolean | null): boolean | null {
  return result ?? call.fail('points and ranges of the same ordered type', 'they cannot be compared');
}

function relation(test: Relation, swapped = false): Body {
  return (call: Call, first: unknown, second: unknown) => {
    if (first === null || second === null) return said(call, null);
    return said(call, swapped ? test(asRange(second), asRange(first)) : test(asRange(first), asRange(second)));
  };
}

/** The same relation for ranges only, and where allowed for a point and a range. */
function forms(name: string, test: Relation, swapped: boolean, points: readonly string[]): Definition[] {
  return [`${name}(range1: range, range2: range)`, ...points.map((point) => `${name}(${point})`)].map((signature) => [signature, relation(test, swapped)]);
}

const POINT_RANGE = 'point: any, range: range';
const RANGE_POINT = 'range: range, point: any';
const POINTS = 'point1: any, point2: any';

/** An end of a range text: a number, a text, a date, time or duration as FEEL writes them. Anything else would be code in a text. */
const END = String.raw`(?:-\s*)?(?:(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?|"(?:[^"\\]|\\.)*"|@\s*"[^"]*"|(?:date and time|date|time|duration)\s*\(\s*"[^"]*"\s*\))`;
const RANGE = new RegExp(String.raw`^\s*([[(\]])\s*(${END})\s*\.\.\s*(${END})\s*([\])[])\s*$`, 's');
/** Two ends are read. */
const READ_STEPS = 4;
/** Nobody writes longer ones; those of texts may be as long as texts. */
const LONGEST_RANGE = 10_000;

const LITERALS: Readonly<Record<string, (text: string) => unknown>> = {
  '@': parseAtLiteral,
  date: parseDateText,
  time: parseTimeText,
  'date and time': parseDateTimeText,
  duration: parseDurationText,
};

function literalEnd(source: string): unknown {
  const sign = source.startsWith('-');
  const text = sign ? source.slice(1).trim() : source;
  const quote = text.indexOf('"');
  if (quote === 0) return sign ? null : stringText(text);
  const value = quote < 0 ? parseNumber(text) : (LITERALS[text.slice(0, quote).replace(/[\s(]+$/, '')]?.(text.slice(quote + 1, text.lastIndexOf('"'))) ?? null);
  return sign ? negated(value) : value;
}

function rangeFrom(call: Call, from: string): FeelRange | null {
  spend(call.run, READ_STEPS + (from.length >> 5));
  const [, open, first = '', second = '', close] = (from.length > LONGEST_RANGE ? null : RANGE.exec(from)) ?? [];
  if (open === undefined) return call.fail('the text of a range such as "[1..10]"', 'it is another text');
  const start = literalEnd(first.trim());
  const end = literalEnd(second.trim());
  const order = start === null || end === null ? null : compare(start, end);
  if (order === null || order > 0) return call.fail('two ends of the same ordered type, the smaller first', 'they are others');
  return new FeelRange(open === '[', start, end, close === ']');
}

export const rangeBuiltins: readonly Definition[] = [
  ['range(from: string)', rangeFrom],
  ...forms('before', isBefore, false, [POINT_RANGE, RANGE_POINT, POINTS]),
  ...forms('after', isBefore, true, [POINT_RANGE, RANGE_POINT, POINTS]),
  ...forms('meets', meets, false, []),
  ...forms('met by', meets, true, []),
  ...forms('overlaps', overlaps, false, []),
  ...forms('overlaps before', overlapsBefore, false, []),
  ...forms('overlaps after', overlapsBefore, true, []),
  ...forms('finishes', finishes, false, [POINT_RANGE]),
  ...forms('finished by', finishes, true, [RANGE_POINT]),
  ...forms('includes', during, true, [RANGE_POINT]),
  ...forms('during', during, false, [POINT_RANGE]),
  ...forms('starts', starts, false, [POINT_RANGE]),
  ...forms('started by', starts, true, [RANGE_POINT]),
  ...forms('coincides', coincides, false, [POINTS]),
];
