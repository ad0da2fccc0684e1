// String functions (DMN 1.5, 10.3.4.3): characters are Unicode code points.

import { spend, spendOnWalk } from './budget.ts';
import type { Call, Definition } from './builtin.ts';
import type { FeelNumber } from './number.ts';
import { compilePattern, replaceAll, spendOnFind, splitAt } from './regex.ts';
import { read } from './values.ts';

/** Costs of going through a text. */
function readText(call: Call, text: string): string {
  spend(call.run, text.length >> 6);
  return text;
}

function hasSurrogates(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}

function characters(text: string): readonly string[] {
  return Array.from(text);
}

function substring(call: Call, text: string, start: FeelNumber, length: FeelNumber | null = null): string | null {
  const from = typeof start === 'number' ? Math.trunc(start) : undefined;
  const count = length === null ? Infinity : typeof length === 'number' ? Math.trunc(length) : undefined;
  if (from === undefined || from === 0 || count === undefined || count < 1) return call.fail('a start position other than 0 and a length from 1', 'they are others');
  const source = hasSurrogates(readText(call, text)) ? characters(text) : text;
  const begin = from > 0 ? from - 1 : source.length + from;
  if (begin < 0) return call.fail(`a start position within the ${source.length} characters`, `it is ${from}`);
  const part = source.slice(begin, count === Infinity ? source.length : begin + count);
  return typeof part === 'string' ? part : part.join('');
}

function matches(call: Call, input: string, text: string, flags?: string | null): boolean | null {
  const pattern = compilePattern(text, flags ?? '', call.run);
  if (pattern === null) return call.fail('a regular expression without back-references, and flags of s, m, i, x, q', 'the pattern is none');
  spendOnFind(call.run, pattern, input.length);
  return pattern.regex.matcher(input).find();
}

function replace(call: Call, input: string, text: string, replacement: string, flags?: string | null): string | null {
  const pattern = compilePattern(text, flags ?? '', call.run);
  if (pattern === null) return call.fail('a regular expression without back-references, and flags of s, m, i, x, q', 'the pattern is none');
  spendOnFind(call.run, pattern, input.length);
  const result = replaceAll(pattern, input, replacement, (flags ?? '').includes('q'), call.run);
  if (result === null) return call.fail('a replacement in which $ stands before a group number', 'it is another text');
  return readText(call, result);
}

function split(call: Call, text: string, delimiter: string): string[] | null {
  const pattern = compilePattern(delimiter, '', call.run);
  if (pattern === null) return call.fail('a regular expression without back-references', 'the delimiter is none');
  spendOnFind(call.run, pattern, text.length);
  return splitAt(pattern, text, call.run);
}

function join(call: Call, list: readonly unknown[], delimiter?: string | null): string | null {
  const parts: string[] = [];
  for (const item of list) {
    const text = read(item);
    if (typeof text === 'string') parts.push(text);
    else if (text !== null) return call.fail('a list of texts', 'one of its items is none');
  }
  spendOnWalk(call.run, parts.length);
  return readText(call, parts.join(delimiter ?? ''));
}

export const stringBuiltins: readonly Definition[] = [
  ['substring(string: string, start position: number, length?: number|null)', substring],
  ['string length(string: string)', (call, text: string) => (hasSurrogates(readText(call, text)) ? characters(text).length : text.length)],
  ['upper case(string: string)', (call, text: string) => readText(call, text).toUpperCase()],
  ['lower case(string: string)', (call, text: string) => readText(call, text).toLowerCase()],
  ['substring before(string: string, match: string)', (call, text: string, match: string) => text.slice(0, Math.max(0, readText(call, text).indexOf(match)))],
  [
    'substring after(string: string, match: string)',
    (call, text: string, match: string) => {
      const at = readText(call, text).indexOf(match);
      return at < 0 ? '' : text.slice(at + match.length);
    },
  ],
  ['replace(input: string, pattern: string, replacement: string, flags?: string|null)', replace],
  ['contains(string: string, match: string)', (call, text: string, match: string) => readText(call, text).includes(match)],
  ['starts with(string: string, match: string)', (call, text: string, match: string) => text.startsWith(readText(call, match))],
  ['ends with(string: string, match: string)', (call, text: string, match: string) => text.endsWith(readText(call, match))],
  ['matches(input: string, pattern: string, flags?: string|null)', matches],
  ['split(string: string, delimiter: string)', split],
  ['string join(list: list, delimiter?: string|null)', join],
];
