/** Expressions of other engines (Jakarta Expression Language 3.0, 1 language syntax) as a tree: operators, literals, property paths, calls. */

export type JuelOperator = '||' | '&&' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%';

export type Juel =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly source: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Juel; readonly name: string }
  | { readonly kind: 'index'; readonly of: Juel; readonly index: Juel }
  | { readonly kind: 'call'; readonly of: Juel; readonly args: readonly Juel[] }
  | { readonly kind: 'unary'; readonly operator: '!' | '-' | 'empty'; readonly of: Juel }
  | { readonly kind: 'binary'; readonly operator: JuelOperator; readonly left: Juel; readonly right: Juel }
  | { readonly kind: 'choice'; readonly test: Juel; readonly then: Juel; readonly otherwise: Juel };

/** Why a text is no expression this room reads. */
export class JuelError extends Error {
  override readonly name = 'JuelError';
}

const MAX_LENGTH = 10_000;
/** Of operators, parentheses and paths within each other. */
const MAX_DEPTH = 100;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)[lLdDfF]?(?![\w$])|([\p{L}_$][\p{L}\p{N}_$]*)|("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|(&&|\|\||==|!=|<=|>=|[<>+\-*/%!?:()[\].,]))/uy;

/** Words that are operators. */
const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!', eq: '==', ne: '!=', lt: '<', gt: '>', le: '<=', ge: '>=', div: '/', mod: '%' };

interface Token {
  readonly kind: 'number' | 'name' | 'string' | 'operator' | 'end';
  readonly text: string;
}

/** From weakest to strongest; all bind to the left. */
const LEVELS: readonly (readonly JuelOperator[])[] = [['||'], ['&&'], ['==', '!='], ['<', '>', '<=', '>='], ['+', '-'], ['*', '/', '%']];

/** Reads the text between `${` and `}`. Throws JuelError. */
export function parseJuel(source: string): Juel {
  if (source.length > MAX_LENGTH) throw new JuelError(`it is longer than ${String(MAX_LENGTH)} characters`);
  return new Parser(tokensOf(source)).run();
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = source.trimEnd().length;
  let at = 0;
  while (at < end) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    if (found === null) throw new JuelError(`${JSON.stringify(source.slice(at).trimStart().slice(0, 1))} has no meaning in an expression`);
    const [, number, name, string, operator] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push(Object.hasOwn(WORDS, name) ? { kind: 'operator', text: WORDS[name]! } : { kind: 'name', text: name });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.slice(1, -1).replace(/\\([^])/g, '$1') });
    else tokens.push({ kind: 'operator', text: operator ?? '' });
    at = TOKEN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '' }];
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  run(): Juel {
    const tree = this.#choice();
    if (this.#token.kind !== 'end') throw new JuelError(`${this.#words()} stands where it should end`);
    return tree;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #choice(): Juel {
    return this.#deeper(() => {
      const test = this.#binary(0);
      if (!this.#skip('?')) return test;
      const then = this.#choice();
      this.#expect(':');
      return { kind: 'choice', test, then, otherwise: this.#choice() };
    });
  }

  #binary(level: number): Juel {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let chained = 0; ; chained += 1) {
      const operator = operators.find((candidate) => this.#isOperator(candidate));
      if (operator === undefined) return left;
      if (chained >= MAX_DEPTH) throw new JuelError('it has too many operators in one row');
      this.#at += 1;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Juel {
    return this.#deeper(() => {
      for (const operator of ['!', '-'] as const) if (this.#skip(operator)) return { kind: 'unary', operator, of: this.#unary() };
      if (this.#token.kind === 'name' && this.#token.text === 'empty' && this.#startsValue()) {
        this.#at += 1;
        return { kind: 'unary', operator: 'empty', of: this.#unary() };
      }
      return this.#path(this.#primary());
    });
  }

  /** `empty` is an operator where a value follows it. */
  #startsValue(): boolean {
    const next = this.#tokens[this.#at + 1];
    return next !== undefined && (next.kind === 'operator' ? ['(', '!', '-'].includes(next.text) : next.kind !== 'end');
  }

  #path(start: Juel): Juel {
    let at = start;
    for (let steps = 0; ; steps += 1) {
      if (steps > MAX_DEPTH) throw new JuelError('its path is too long');
      if (this.#skip('.')) {
        if (this.#token.kind !== 'name') throw new JuelError(`${this.#words()} stands where the name of a property should`);
        at = { kind: 'member', of: at, name: this.#token.text };
        this.#at += 1;
      } else if (this.#skip('[')) {
        at = { kind: 'index', of: at, index: this.#choice() };
        this.#expect(']');
      } else if (this.#skip('(')) {
        at = { kind: 'call', of: at, args: this.#args() };
      } else return at;
    }
  }

  #args(): readonly Juel[] {
    const args: Juel[] = [];
    if (this.#skip(')')) return args;
    do args.push(this.#choice()); while (this.#skip(','));
    this.#expect(')');
    return args;
  }

  #primary(): Juel {
    const { kind, text } = this.#token;
    if (this.#skip('(')) {
      const inner = this.#choice();
      this.#expect(')');
      return inner;
    }
    if (kind === 'operator' || kind === 'end') throw new JuelError(`${this.#words()} stands where a value should`);
    this.#at += 1;
    if (kind === 'string') return { kind: 'literal', value: text, source: text };
    if (kind === 'number') return { kind: 'literal', value: Number(text), source: text.startsWith('.') ? `0${text}` : text };
    switch (text) {
      case 'true': return { kind: 'literal', value: true, source: text };
      case 'false': return { kind: 'literal', value: false, source: text };
      case 'null': return { kind: 'literal', value: null, source: text };
      case 'instanceof': throw new JuelError('instanceof names types of Java');
      default: return { kind: 'name', name: text };
    }
  }

  #deeper(read: () => Juel): Juel {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new JuelError('it is nested too deep');
    const tree = read();
    this.#depth -= 1;
    return tree;
  }

  #isOperator(text: string): boolean {
    return this.#token.kind === 'operator' && this.#token.text === text;
  }

  #skip(text: string): boolean {
    if (!this.#isOperator(text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) throw new JuelError(`${this.#words()} stands where ${text} should`);
  }

  #words(): string {
    return this.#token.kind === 'end' ? 'its end' : this.#token.text.slice(0, 40);
  }
}

/** A text with `${...}` or `#{...}` in it: its parts in order. Throws JuelError when one does not end. */
export function templateOf(text: string): readonly (string | { readonly source: string })[] {
  const parts: (string | { readonly source: string })[] = [];
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && /^[$#]\{/.test(text.slice(at + 1, at + 3))) {
      plain += text.slice(at + 1, at + 3);
      at += 2;
    } else if ((character === '$' || character === '#') && text.charAt(at + 1) === '{') {
      const end = endOf(text, at + 2);
      if (plain !== '') parts.push(plain);
      plain = '';
      parts.push({ source: text.slice(at + 2, end) });
      at = end;
    } else plain += character;
  }
  if (plain !== '') parts.push(plain);
  return parts;
}

/** Where the `}` of an expression stands; braces in its texts do not count. */
function endOf(text: string, start: number): number {
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return at;
  }
  throw new JuelError('an expression has no closing brace');
}
