/** From template and data to HTML: Handlebars in strict mode, after the template was checked; data have no prototype to climb. */
import Handlebars from 'handlebars';
import type { Json } from '../../engine/index.ts';
import { DocumentError } from './errors.ts';
import { registerHelpers } from './helpers.ts';
import { checkTemplate } from './template-rules.ts';

interface Compiled {
  readonly run: HandlebarsTemplateDelegate;
  /** `line:column` of a block -> what it asks for. */
  readonly blocks: ReadonlyMap<string, string>;
}

/** A compiled template; made once for each text and language. */
export interface PageTemplate {
  /** Throws a DocumentError: DOCUMENT_DATA_MISSING, DOCUMENT_DATA_INVALID. */
  fill(data: Readonly<Record<string, Json>>): string;
}

/** Throws DOCUMENT_TEMPLATE_REFUSED with the first breach. `name`: for messages. */
export function compileTemplate(text: string, name: string, language: string): PageTemplate {
  const [fault] = checkTemplate(text);
  if (fault) throw new DocumentError('DOCUMENT_TEMPLATE_REFUSED', { name, line: fault.line, reason: fault.reason });
  const environment = Handlebars.create();
  const blocks = blocksOf(text);
  registerHelpers(environment, language, ({ line, column }) => {
    throw new DocumentError('DOCUMENT_DATA_MISSING', { name, line, field: blocks.get(`${line}:${column}`) ?? 'a list' });
  });
  const known = Object.fromEntries(Object.keys(environment.helpers).map((helper) => [helper, true]));
  const compiled: Compiled = { blocks, run: environment.compile(text, { strict: true, knownHelpers: known, knownHelpersOnly: true, preventIndent: true }) };
  return { fill: (data) => fill(compiled, data, name) };
}

function fill({ run }: Compiled, data: Readonly<Record<string, Json>>, name: string): string {
  try {
    return run(inert(data, name));
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    // Handlebars tells what is missing in its message only: `"subject" not defined in [object Object] - 3:5`.
    const found = /^"(.+?)" not defined in [^]* - (\d+):\d+$/.exec(error instanceof Error ? error.message : '');
    if (!found) throw error;
    throw new DocumentError('DOCUMENT_DATA_MISSING', { name, field: found[1] ?? '', line: Number(found[2]) });
  }
}

function blocksOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (program: hbs.AST.Program | undefined): void => {
    for (const statement of program?.body ?? []) {
      if (statement.type !== 'BlockStatement') continue;
      const { params: [asked], loc: { start }, program: half, inverse } = statement as hbs.AST.BlockStatement;
      if (asked?.type === 'PathExpression') found.set(`${start.line}:${start.column}`, (asked as hbs.AST.PathExpression).original);
      visit(half);
      visit(inverse);
    }
  };
  visit(Handlebars.parse(text));
  return found;
}

/** A copy whose objects and lists refuse to be placed as text: `[object Object]` on a letter is a mistake of the template. */
function inert(value: Json, name: string, path = ''): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const refuse = { get: (): never => { throw new DocumentError('DOCUMENT_DATA_INVALID', { name, field: path, reason: 'the template places it as a text, and it is an object or a list' }); } };
  if (Array.isArray(value)) {
    const list = value.map((item, at) => inert(item as Json, name, `${path}[${at}]`));
    return Object.defineProperty(list, 'toHTML', refuse);
  }
  const copy = Object.create(Object.create(null, { toHTML: refuse, toString: { value: () => 'the data' } }) as object) as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) copy[key] = inert(item, name, path === '' ? key : `${path}.${key}`);
  return copy;
}
