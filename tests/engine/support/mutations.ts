// Small random changes to FEEL texts and DMN files that keep their shape often enough to reach what lies behind the parser.

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|@?"[^"]*"|[\p{L}_?$][\p{L}\p{N}_]*|\d+(?:\.\d+)?|\*\*|\.\.|<=|>=|!=|\s+|./gsu;

/** Values and pieces at the edges of the language. */
const PIECES: readonly string[] = [
  'null', 'true', '0', '-1', '0.1', '9.999999999999999999999999999999999e6144', '1e-6176', '123456789012345678901234567890', '""', '"a"', '"\\u{1F40E}"', '"(a*)*b"', '"[a-z-[b]]"', '"\ud800"',
  '[]', '{}', '[1..10]', '(1..5)', '(null..5]', '[1..1e9]', '@"2026-02-29"', '@"2024-02-29"', '@"-999999999-01-01"', '@"999999999-12-31T23:59:59Z"', '@"P999999999Y"', '@"-P1DT1S"', '@"12:00:00@Europe/Paris"', '@"24:00:00"',
  'function(x) x', 'function(f) f(f)', 'now()', 'today()', 'item', 'partial', '?', 'amount', 'staff', 'x', '-', '>', 'not', 'in', 'between', 'for', 'return', 'some', 'satisfies', 'if', 'then', 'else', 'instance of', '.', '[', ']', '(', ')', '{', '}', ',', ':', '**', '/', '=',
];

const WRAPS: readonly (readonly [string, string])[] = [
  ['(', ')'], ['[', ']'], ['not(', ')'], ['{a: ', '}.a'], ['for i in 1..50 return ', ''], ['count(for i in 1..100000, j in 1..100000 return ', ')'], ['string(', ')'], ['sort(', ', function(a, b) a < b)'], ['-', ''], ['(function(f) f(f))(function(f) ', ')'],
  ['if ', ' then 1 else 2'], ['some v in ', ' satisfies v'], ['date(', ')'], ['number(', ')'], ['flatten([', '])'], ['replace("aaaa", ', ', "$0$0")'], ['matches(string(', '), ".*.*.*x")'], ['(1..', ')'], ['"a" + ', ''],
];

/** One to three changes to a text; `others`: texts to borrow from. */
export function mutateFeel(text: string, others: readonly string[], random: Random): string {
  let tokens: readonly string[] = text.match(TOKEN) ?? [''];
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    const at = Math.floor(random() * (tokens.length + 1));
    const until = Math.min(tokens.length, at + 1 + Math.floor(random() * 6));
    switch (Math.floor(random() * 8)) {
      case 0: tokens = [...tokens.slice(0, at), ...tokens.slice(until)]; break;
      case 1: tokens = [...tokens.slice(0, until), ...tokens.slice(at)]; break;
      case 2: tokens = [...tokens.slice(0, at), pick(random, PIECES), ...tokens.slice(until)]; break;
      case 3: tokens = [...tokens.slice(0, at), ` ${pick(random, PIECES)} `, ...tokens.slice(at)]; break;
      case 4: {
        const [before, after] = pick(random, WRAPS);
        tokens = [...tokens.slice(0, at), before, ...tokens.slice(at, until), after, ...tokens.slice(until)];
        break;
      }
      case 5: {
        const other: readonly string[] = pick(random, others).match(TOKEN) ?? [''];
        const from = Math.floor(random() * other.length);
        tokens = [...tokens.slice(0, at), ...other.slice(from, from + 1 + Math.floor(random() * 12)), ...tokens.slice(until)];
        break;
      }
      case 6: {
        const [before, after] = pick(random, WRAPS);
        const depth = Math.floor(random() ** 4 * 500);
        tokens = [before.repeat(depth), ...tokens, after.repeat(depth)];
        break;
      }
      default: tokens = [...tokens.slice(0, at), String.fromCharCode(Math.floor(random() * (random() < 0.8 ? 128 : 65_536))), ...tokens.slice(at)];
    }
  }
  return tokens.join('');
}

const TEXT = /<text>([^<]*)<\/text>/g;
const ATTRIBUTE = / (?:id|name|href|typeRef|hitPolicy|aggregation|iteratorVariable|isCollection|namespace|kind)="([^"]*)"/g;
const ATTRIBUTE_VALUES: readonly string[] = ['', 'number', 'string', 'FIRST', 'ANY', 'PRIORITY', 'RULE ORDER', 'OUTPUT ORDER', 'COLLECT', 'SUM', 'MIN', 'true', '__proto__', 'constructor', '#', 'Any', 'list<number>', 'Java', 'a b', 'urn:other#x'];

const encoded = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const decoded = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** A file in which a FEEL text, an attribute, or the place of an element has changed. */
export function mutateDmn(xml: string, texts: readonly string[], random: Random): string {
  let changed = xml;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) changed = changeOnce(changed, texts, random);
  return changed;
}

function changeOnce(xml: string, texts: readonly string[], random: Random): string {
  const kind = random();
  if (kind < 0.5) {
    const found = [...xml.matchAll(TEXT)];
    if (found.length === 0) return xml;
    const { index, 0: whole, 1: text = '' } = pick(random, found);
    return `${xml.slice(0, index)}<text>${encoded(mutateFeel(decoded(text), texts, random))}</text>${xml.slice(index + whole.length)}`;
  }
  if (kind < 0.8) {
    const found = [...xml.matchAll(ATTRIBUTE)];
    if (found.length === 0) return xml;
    const { index, 0: whole, 1: value = '' } = pick(random, found);
    const replacement = random() < 0.5 ? pick(random, ATTRIBUTE_VALUES) : (pick(random, found)[1] ?? '');
    return xml.slice(0, index) + whole.replace(`"${value}"`, () => `"${replacement}"`) + xml.slice(index + whole.length);
  }
  const tags = [...xml.matchAll(/<[^>]+>/g)];
  const one = pick(random, tags);
  if (kind < 0.9) return xml.slice(0, one.index) + xml.slice(one.index + one[0].length);
  // A whole element moves or comes twice.
  const name = /^<(\w+)[^/]*>$/.exec(one[0])?.[1];
  const end = name === undefined ? -1 : xml.indexOf(`</${name}>`, one.index);
  if (name === undefined || end < 0) return xml;
  const element = xml.slice(one.index, end + name.length + 3);
  const target = pick(random, tags).index;
  return xml.slice(0, target) + element + xml.slice(target);
}
