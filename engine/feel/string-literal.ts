// FEEL string literals (DMN 1.5, 10.3.1.2, rules 33 to 36 and 64): their escapes.

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\', '/': '/' };
const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([\s\S]))/g;

/** The text between the quotes with its escapes resolved; an escape FEEL does not know stays as it is written. */
export function stringText(literal: string): string {
  const body = literal.slice(1, -1);
  if (!body.includes('\\')) return body;
  return body.replace(ESCAPE, (whole: string, braced?: string, short?: string, long?: string, simple?: string) => {
    const digits = braced ?? short ?? long;
    if (digits === undefined) return ESCAPES[simple ?? ''] ?? whole;
    const code = Number.parseInt(digits, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
