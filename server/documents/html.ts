/** From template and data to HTML: Handlebars in strict mode, after the template was checked; data have no prototype to climb. */
import Handlebars from 'handlebars';
import type { Json } from '../../engine/index.ts';
import { DocumentError } from './errors.ts';
import { registerHelpers } from './helpers.ts';
import { checkTemplate } from './template-rules.ts';

/** A place in the template that reads data: `path` as it is written. */
interface Asked {
  readonly path: string;
  readonly parts: readonly string[];
  /** Where the value or the call around it stands: `line:column`. */
  readonly at: string;
  readonly line: number;
}

interface Compiled {
  readonly name: string;
  readonly run: HandlebarsTemplateDelegate;
  readonly asked: readonly Asked[];
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
  const asked: Asked[] = [];
  collect(Handlebars.parse(text), undefined, asked);
  registerHelpers(environment, language, ({ line, column }) => {
    const found = asked.find(({ at }) => at === `${line}:${column}`);
    throw new DocumentError('DOCUMENT_DATA_MISSING', { name, line, field: found?.path ?? 'a value' });
  });
  const known = Object.fromEntries(Object.keys(environment.helpers).map((helper) => [helper, true]));
  const compiled: Compiled = { name, asked, run: environment.compile(text, { strict: true, knownHelpers: known, knownHelpersOnly: true, preventIndent: true }) };
  return { fill: (data) => fill(compiled, data) };
}

function fill({ run, name, asked }: Compiled, data: Readonly<Record<string, Json>>): string {
  try {
    return run(inert(data, name));
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    // Handlebars tells what is missing in words only: `"subject" not defined in [object Object] - 3:5`.
    const [, field, line] = /^"(.+?)" not defined in [^]* - (\d+):\d+$/.exec(message) ?? [];
    if (field !== undefined) throw new DocumentError('DOCUMENT_DATA_MISSING', { name, field, line: Number(line) });
    // `a.b` where even `a` is missing ends in the words of the language.
    const part = /^Cannot read properties of (?:undefined|null) \(reading '(.+)'\)$/.exec(message)?.[1];
    const place = asked.find(({ parts }) => part !== undefined && parts.indexOf(part) > 0);
    if (place) throw new DocumentError('DOCUMENT_DATA_MISSING', { name, field: place.path, line: place.line });
    throw error;
  }
}

/** Every path of the template in the order of the text; `call`: the helper call or block it is the first value of. */
function collect(node: hbs.AST.Node, call: hbs.AST.Node | undefined, into: Asked[]): void {
  const { path, params, program, inverse, body, value } = node as Partial<hbs.AST.BlockStatement & { readonly body: readonly hbs.AST.Node[]; readonly value: unknown }>;
  if (node.type === 'PathExpression') {
    const { original, parts } = node as hbs.AST.PathExpression;
    const { line, column } = (call ?? node).loc.start;
    into.push({ path: original, parts, at: `${line}:${column}`, line });
  } else if (value === undefined) {
    if (path !== undefined && (params ?? []).length === 0) collect(path, undefined, into);
    for (const [at, parameter] of (params ?? []).entries()) collect(parameter, at === 0 ? node : undefined, into);
    for (const inner of [...(body ?? []), program, inverse]) if (inner) collect(inner, undefined, into);
  }
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
