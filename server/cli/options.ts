/** The words after a command: positional arguments, flags and options with a value, and JSON values from the line or from a file. */
import { readFileSync } from 'node:fs';
import { CliError } from './errors.ts';

/** Where a command writes; one call is one line. `columns` and colours are not known here: the output is for people and programs alike. */
export interface Terminal {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** 0 done, 1 the answer is no, 2 wrong use. */
export type ExitCode = 0 | 1 | 2;

export interface Grammar {
  readonly usage: string;
  /** Names of the positional arguments, all of them required. */
  readonly positional: readonly string[];
  readonly flags: readonly string[];
  readonly values: readonly string[];
}

export interface Options {
  readonly positional: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** Throws CLI_OPTION_UNKNOWN, CLI_OPTION_VALUE, CLI_ARGUMENT_MISSING, CLI_ARGUMENT_SURPLUS. */
export function parseOptions(args: readonly string[], grammar: Grammar): Options {
  const { usage } = grammar;
  const positional: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (!word.startsWith('--')) { positional.push(word); continue; }
    const equals = word.indexOf('=');
    const option = equals < 0 ? word : word.slice(0, equals);
    if (equals < 0 && grammar.flags.includes(option)) { flags.add(option); continue; }
    if (!grammar.values.includes(option)) throw new CliError('CLI_OPTION_UNKNOWN', { option: word, usage });
    const value = equals < 0 ? args[(index += 1)] : word.slice(equals + 1);
    if (value === undefined) throw new CliError('CLI_OPTION_VALUE', { option, usage });
    values.set(option, value);
  }
  const missing = grammar.positional[positional.length];
  if (missing !== undefined) throw new CliError('CLI_ARGUMENT_MISSING', { what: missing, usage });
  const surplus = positional[grammar.positional.length];
  if (surplus !== undefined) throw new CliError('CLI_ARGUMENT_SURPLUS', { last: positional[grammar.positional.length - 1] ?? 'the command', surplus, usage });
  return { positional, flags, values };
}

/** The text of a file. Throws CLI_FILE_NOT_READ. */
export function readText(file: string): string {
  return readBytes(file).toString('utf8');
}

/** The bytes of a file. Throws CLI_FILE_NOT_READ. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CliError('CLI_FILE_NOT_READ', { file, reason: REASONS[code] ?? `the system says ${code}` });
  }
}

const REASONS: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'reading it is not allowed' };

/** JSON of an option or, after `@`, of a file; numbers with more digits than a double keeps are tagged as values of the engine. Throws CLI_JSON_INVALID, CLI_FILE_NOT_READ. */
export function readJson(text: string, what: string): unknown {
  const source = text.startsWith('@') ? readText(text.slice(1)) : text;
  try {
    return JSON.parse(source, exact) as unknown;
  } catch (error) {
    throw new CliError('CLI_JSON_INVALID', { what, wanted: 'JSON', reason: error instanceof Error ? error.message : 'it is not' });
  }
}

/** A double keeps 15 digits of every decimal number. */
const SAFE_DIGITS = 15;

/** `context.source`: the number as written (ECMAScript 2026, JSON.parse source text access). */
function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const { source } = context ?? {};
  if (typeof value !== 'number' || source === undefined) return value;
  const digits = source.replace(/[eE].*$/, '').replace(/\D/g, '').replace(/^0+/, '');
  return digits.length > SAFE_DIGITS && String(value) !== source ? { $: 'number', v: source } : value;
}

/** A JSON object. Throws CLI_JSON_INVALID. */
export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new CliError('CLI_JSON_INVALID', { what, wanted: 'a JSON object', reason: `it is ${kindOf(value)}` });
}

/** A JSON array of objects. Throws CLI_JSON_INVALID. */
export function asObjects(value: unknown, what: string): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new CliError('CLI_JSON_INVALID', { what, wanted: 'a JSON array', reason: `it is ${kindOf(value)}` });
  return value.map((item: unknown, index) => asObject(item, `${what}, number ${String(index + 1)},`));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  return `a ${typeof value}`;
}
