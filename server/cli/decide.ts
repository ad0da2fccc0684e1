/** `piton decide`: one decision or decision service of a DMN file, with its value as JSON. */
import { compileDmn, EVALUATION_MS, evaluateDecision, instantOf, timeLimit } from '../../engine/index.ts';
import type { DecisionModel } from '../../engine/index.ts';
import { readCalendars } from './calendars.ts';
import { CliError } from './errors.ts';
import { asObject, parseOptions, readJson, readText } from './options.ts';
import type { ExitCode, Grammar, Terminal } from './options.ts';
import { START, ZONE } from './play.ts';
import { USAGE } from './usage.ts';

const GRAMMAR: Grammar = {
  usage: USAGE.decide,
  positional: ['FILE.dmn'],
  flags: ['--explain', '--json'],
  values: ['--decision', '--input', '--at'],
};

/** Exit code 1 when the model is refused or the evaluation has to stop; 2 when it has no such decision. */
export async function decide(args: readonly string[], { out, err }: Terminal): Promise<ExitCode> {
  const { positional, flags, values } = parseOptions(args, GRAMMAR);
  const decision = values.get('--decision');
  if (decision === undefined) throw new CliError('CLI_ARGUMENT_MISSING', { what: '--decision', usage: GRAMMAR.usage });
  const input = asObject(readJson(values.get('--input') ?? '{}', '--input'), '--input');
  const model = await compileDmn(readText(positional[0] ?? ''));
  if (Array.isArray(model)) {
    for (const { code, severity, elementId, line, message, hint, clause } of model) out(JSON.stringify({ type: 'Problem', code, severity, elementId, line, message, hint, clause }));
    return 1;
  }
  try {
    const clock = { now: instantOf(values.get('--at') ?? START), zone: ZONE, calendars: readCalendars(), expired: timeLimit(EVALUATION_MS, () => performance.now()) };
    const { value, fired, notes } = evaluateDecision(model, decision, typedInput(model, input), clock);
    out(plainJson(flags.has('--explain') ? { value, fired, notes, ...(model.warnings.length > 0 && { warnings: model.warnings }) } : value));
    return 0;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('hint' in error)) throw error;
    err(`${String(error.code)}: ${error.message}`);
    err(`  ${String(error.hint)}`);
    return error.code === 'DMN_DECISION_UNKNOWN' || error.code === 'RUN_TIME_INVALID' ? 2 : 1;
  }
}

type DeclaredType = NonNullable<ReturnType<DecisionModel['types']['get']>>;

const TAGS: Readonly<Record<string, string>> = {
  number: 'number', date: 'date', time: 'time', 'date and time': 'dateTime', 'days and time duration': 'duration', 'years and months duration': 'duration',
};

/** Input in which texts have become values of the type their input data declares. */
export function typedInput(model: DecisionModel, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const types = new Map([...model.elements.values()].map(({ name, type }) => [name, type]));
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, typed(value, types.get(name))]));
}

function typed(value: unknown, type: DeclaredType | undefined): unknown {
  switch (type?.kind) {
    case 'restricted': return typed(value, type.base);
    case 'list': return Array.isArray(value) ? value.map((item) => typed(item, type.of)) : typed(value, type.of);
    case 'context':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, typed(item, type.members.get(name))]));
    case 'basic': {
      if (typeof value !== 'string') return value;
      if (type.name === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
      const tag = TAGS[type.name];
      return tag === undefined ? value : { $: tag, v: value.trim() };
    }
    default: return value;
  }
}

/** JSON in which a tagged number is that number with all its digits, and a date, time or duration its FEEL text. */
export function plainJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(plainJson).join(',')}]`;
  const fields = Object.entries(value);
  const { $: tag, v: text } = value as { readonly $?: unknown; readonly v?: unknown };
  if (typeof tag === 'string' && typeof text === 'string' && fields.length === 2) return tag === 'number' ? text : JSON.stringify(text);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${plainJson(field)}`).join(',')}}`;
}
