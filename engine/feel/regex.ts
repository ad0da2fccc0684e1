// Regular expressions of matches(), replace() and split() (XQuery and XPath Functions 3.1, 5.6) in linear time: hostile patterns cannot stall the engine.

import { RE2JS } from 're2js';
import { spend } from './budget.ts';
import type { Budget } from './budget.ts';
import { blockNamed } from './regex-blocks.ts';

/** Longest pattern taken: the compiled form grows with it. */
const LONGEST_PATTERN = 2000;
/** RE2 repeats an atom no more often; further ones are written beside each other, up to so many in a pattern. */
const RE2_REPEATS = 1000;
const MOST_REPEATS = 5000;
// The initial and following characters of XML names, as \i and \c mean them.
const NAME_START = ':A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}\\x{200C}-\\x{200D}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}';
const NAME_PART = `${NAME_START}\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}`;
/** Every character a class leaves out, where it cannot be negated because others stand beside it. */
function outside(body: string): string {
  const single = (text: string): number => (text.startsWith('\\x{') ? Number.parseInt(text.slice(3), 16) : text.codePointAt(0)!);
  const ranges = [...body.matchAll(/(\\x\{[0-9A-F]+\}|\\?[^\\])(?:-(\\x\{[0-9A-F]+\}|[^\\]))?/gu)]
    .map(([, first = '', last = first]): readonly [number, number] => [single(first.replace(/^\\(?!x)/, '')), single(last.replace(/^\\(?!x)/, ''))])
    .sort(([left], [right]) => left - right);
  let out = '';
  let from = 0;
  for (const [first, last] of [...ranges, [0x110000, 0x110000] as const]) {
    if (first > from) out += `\\x{${from.toString(16)}}-\\x{${(first - 1).toString(16)}}`;
    from = Math.max(from, last + 1);
  }
  return out;
}

const NO_NAME_START = outside(NAME_START);
const NO_NAME_PART = outside(NAME_PART);
const NO_SPACE = '\\x{0}-\\x{8}\\x{b}-\\x{c}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}';

interface Flags {
  readonly bits: number;
  readonly literal: boolean;
  readonly extended: boolean;
}

function parseFlags(text: string): Flags | null {
  let bits = 0;
  for (const flag of text) {
    if (flag === 'i') bits |= RE2JS.CASE_INSENSITIVE;
    else if (flag === 'm') bits |= RE2JS.MULTILINE;
    else if (flag === 's') bits |= RE2JS.DOTALL;
    else if (flag !== 'x' && flag !== 'q') return null;
  }
  return { bits, literal: text.includes('q'), extended: text.includes('x') };
}

/** The pattern without white space, which the flag x makes meaningless outside of character classes. */
function withoutSpace(pattern: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (depth === 0 && /[\t\n\r ]/.test(char)) continue;
    if (char === '\\' && depth > 0) out += char + (pattern[++at] ?? '');
    else out += char;
    if (char === '[') depth++;
    else if (char === ']' && depth > 0) depth--;
  }
  return out;
}

/** Reads a pattern of XPath and writes the same for RE2; null where RE2 has no such thing. */
class PatternReader {
  readonly pattern: string;
  readonly dotAll: boolean;
  at = 0;
  repeats = 0;

  constructor(pattern: string, dotAll: boolean) {
    this.pattern = pattern;
    this.dotAll = dotAll;
  }

  translate(): string | null {
    let out = '';
    let atom = '';
    while (this.at < this.pattern.length) {
      const char = this.pattern[this.at]!;
      const many = char === '{' ? this.manyTimes(atom) : undefined;
      if (many === null) return null;
      if (many !== undefined) {
        out = out.slice(0, -atom.length) + many;
        atom = '';
        continue;
      }
      const part = char === '\\' ? this.escape(false) : char === '[' ? this.characterClass(0) : this.plain(char);
      if (part === null) return null;
      out += part;
      atom = /^[|()^$*+?{]/.test(part) ? '' : part;
    }
    return out;
  }

  /** A quantifier beyond what RE2 takes, as several of the same atom; undefined for any other, null where it cannot be written so. */
  manyTimes(atom: string): string | null | undefined {
    const [whole = '', least = '', comma = '', most = '', lazy = ''] = /^\{(\d{1,9})(,?)(\d{0,9})\}(\??)/.exec(this.pattern.slice(this.at, this.at + 24)) ?? [];
    const from = Number(least);
    const to = comma === '' ? from : most === '' ? Infinity : Number(most);
    if (whole === '' || Math.max(from, to === Infinity ? 0 : to) <= RE2_REPEATS) return undefined;
    this.repeats += to === Infinity ? from : to;
    if (atom === '' || to < from || this.repeats > MOST_REPEATS) return null;
    this.at += whole.length;
    let out = '';
    for (let left = from; left > 0; left -= RE2_REPEATS) out += `${atom}{${Math.min(left, RE2_REPEATS)}}`;
    if (to === Infinity) return `${out}${atom}*${lazy}`;
    for (let left = to - from; left > 0; left -= RE2_REPEATS) out += `${atom}{0,${Math.min(left, RE2_REPEATS)}}${lazy}`;
    return out;
  }

  plain(char: string): string | null {
    this.at++;
    if (char === '(' && this.pattern[this.at] === '?') {
      // XPath has only the non-capturing group of Perl's extensions.
      return this.pattern[this.at + 1] === ':' ? '(' : null;
    }
    // The dot of XPath leaves out the carriage return as well.
    return char === '.' && !this.dotAll ? '[^\\n\\r]' : char;
  }

  /** `inClass`: between [ and ], where sets are written without brackets of their own. */
  escape(inClass: boolean): string | null {
    const char = this.pattern[this.at + 1];
    this.at += 2;
    if (char === undefined) return null;
    const set = (body: string): string => (inClass ? body : `[${body}]`);
    switch (char) {
      case 'i':
        return set(NAME_START);
      case 'c':
        return set(NAME_PART);
      case 'I':
        return inClass ? NO_NAME_START : `[^${NAME_START}]`;
      case 'C':
        return inClass ? NO_NAME_PART : `[^${NAME_PART}]`;
      case 'd':
        return set('\\p{Nd}');
      case 'D':
        return inClass ? '\\P{Nd}' : '[^\\p{Nd}]';
      case 'w':
        return inClass ? '\\p{L}\\p{M}\\p{N}\\p{S}' : '[^\\p{P}\\p{Z}\\p{C}]';
      case 'W':
        return set('\\p{P}\\p{Z}\\p{C}');
      case 'p':
      case 'P':
        return this.property(char, inClass);
      case 's':
        return set(' \\t\\n\\r');
      case 'S':
        return inClass ? NO_SPACE : '[^ \\t\\n\\r]';
      case 'n':
      case 'r':
      case 't':
        return `\\${char}`;
      default:
        return /[.\\?*+{}()[\]|^$\-]/.test(char) ? `\\${char}` : null;
    }
  }

  property(letter: string, inClass: boolean): string | null {
    const match = /^\{([^}]+)\}/.exec(this.pattern.slice(this.at));
    if (match === null) return null;
    this.at += match[0].length;
    const name = match[1]!;
    if (!name.startsWith('Is')) return `\\${letter}{${name}}`;
    const block = blockNamed(name);
    if (block === undefined) return null;
    if (!inClass) return `[${letter === 'P' ? '^' : ''}${block}]`;
    return letter === 'P' ? outside(block) : block;
  }

  /** A class, with XPath's subtraction `[a-z-[aeiou]]`, which is written out for RE2 by listing what is left of ASCII and Latin. */
  characterClass(depth: number): string | null {
    if (depth > 5) return null;
    this.at++;
    let body = '';
    if (this.pattern[this.at] === '^') {
      body = '^';
      this.at++;
    }
    let first = true;
    while (this.at < this.pattern.length) {
      const char = this.pattern[this.at]!;
      if (char === ']' && !first) {
        this.at++;
        return `[${body}]`;
      }
      if (char === '-' && this.pattern[this.at + 1] === '[') return this.subtraction(body, depth);
      if (char === '[') return null;
      if (char === '\\') {
        const part = this.escape(true);
        if (part === null) return null;
        body += part;
      } else {
        this.at++;
        body += char === ']' || char === '&' || char === '~' ? `\\${char}` : char;
      }
      first = false;
    }
    return null;
  }

  subtraction(body: string, depth: number): string | null {
    this.at++;
    const minus = this.characterClass(depth + 1);
    if (minus === null || this.pattern[this.at] !== ']') return null;
    this.at++;
    const keep = RE2JS.compile(`[${body}]`);
    const drop = RE2JS.compile(minus);
    let left = '';
    for (let code = 0; code < 0x800; code++) {
      const char = String.fromCodePoint(code);
      if (keep.matches(char) && !drop.matches(char)) left += `\\x{${code.toString(16)}}`;
    }
    return left === '' ? null : `[${left}]`;
  }
}

/** A pattern ready to use. `size`: instructions of its program; `farSighted`: beside a match the whole rest of the text may be looked at in vain. Without groups and
 * alternatives it is not: what goes on looking behind a match ends where the next one would. */
export interface Pattern {
  readonly regex: RE2JS;
  readonly size: number;
  readonly farSighted: boolean;
}

const compiled = new Map<string, Pattern | null>();

/** A class that takes others away is worked out character by character; one of letters lists thousands of them. */
const COMPILE_STEPS = 64;
const SUBTRACTION_STEPS = 512;

/** A pattern ready to use, or null when it or its flags are not XPath's (or need backtracking: back-references, look-around). */
export function compilePattern(pattern: string, flags: string, budget: Budget): Pattern | null {
  const key = `${flags}/${pattern}`;
  let result = compiled.get(key);
  // Paid for once in each evaluation, whether an earlier one has left it here or not: the same evaluation costs the same.
  const isNew = budget.patterns?.has(key) !== true;
  if (isNew && pattern.length <= LONGEST_PATTERN) spend(budget, COMPILE_STEPS + SUBTRACTION_STEPS * (pattern.split('-[').length - 1));
  if (result === undefined) {
    if (compiled.size > 500) compiled.clear();
    result = build(pattern, flags);
    compiled.set(key, result);
  }
  if (isNew) {
    (budget.patterns ??= new Set()).add(key);
    spend(budget, result?.size ?? 0);
  }
  return result;
}

function build(pattern: string, flags: string): Pattern | null {
  const parsed = parseFlags(flags);
  if (parsed === null || pattern.length > LONGEST_PATTERN) return null;
  try {
    const translated = parsed.literal ? RE2JS.quote(pattern) : new PatternReader(parsed.extended ? withoutSpace(pattern) : pattern, flags.includes('s')).translate();
    if (translated === null) return null;
    const regex = RE2JS.compile(translated, parsed.bits);
    return { regex, size: regex.programSize(), farSighted: !parsed.literal && /[*+]|,\}/.test(pattern) && /[(|?]/.test(pattern) };
  } catch {
    return null;
  }
}

/** Small programs go through a text at about the speed of reading it; in large ones each character may visit every instruction. */
const SMALL_PROGRAM = 16;

/** What looking for the first match in so many characters costs. */
export function spendOnFind(budget: Budget, { size }: Pattern, characters: number): void {
  spend(budget, Math.floor((characters * Math.max(1, size - SMALL_PROGRAM)) / 32));
}

/** What looking for one more match costs; those before it were paid for. */
function spendOnNext(budget: Budget, { size, farSighted }: Pattern, rest: number): void {
  spend(budget, 1 + (farSighted ? Math.floor((rest * Math.max(1, size / SMALL_PROGRAM)) / 48) : 0));
}

/** The text between the matches of a pattern that are not empty. */
export function splitAt(pattern: Pattern, text: string, budget: Budget): string[] {
  const parts: string[] = [];
  const matcher = pattern.regex.matcher(text);
  let last = 0;
  while (matcher.find()) {
    spendOnNext(budget, pattern, text.length - matcher.end());
    if (matcher.end() === matcher.start()) continue;
    parts.push(text.slice(last, matcher.start()));
    last = matcher.end();
  }
  parts.push(text.slice(last));
  return parts;
}

/** Replaces every match; `$1` to `$9` and `$0` stand for groups, `\$` and `\\` for themselves. Null for another use of $ or \. */
export function replaceAll(pattern: Pattern, input: string, replacement: string, literal: boolean, budget: Budget): string | null {
  const matcher = pattern.regex.matcher(input);
  const groups = matcher.groupCount();
  let out = '';
  let last = 0;
  while (matcher.find()) {
    const text = literal ? replacement : expand(replacement, groups, (group) => matcher.group(group) ?? '');
    if (text === null) return null;
    spendOnNext(budget, pattern, input.length - matcher.end());
    spend(budget, text.length >> 6);
    out += input.slice(last, matcher.start()) + text;
    last = matcher.end();
  }
  return out + input.slice(last);
}

function expand(replacement: string, groups: number, group: (index: number) => string): string | null {
  let out = '';
  for (let i = 0; i < replacement.length; i++) {
    const char = replacement[i]!;
    if (char === '\\') {
      const next = replacement[++i];
      if (next !== '\\' && next !== '$') return null;
      out += next;
    } else if (char === '$') {
      const digit = replacement[i + 1];
      if (digit === undefined || !/\d/.test(digit)) return null;
      i++;
      let index = Number(digit);
      // Another digit belongs to the number only where such a group exists.
      while (/\d/.test(replacement[i + 1] ?? '') && index * 10 + Number(replacement[i + 1]) <= groups) index = index * 10 + Number(replacement[++i]);
      out += index <= groups ? group(index) : '';
    } else {
      out += char;
    }
  }
  return out;
}
