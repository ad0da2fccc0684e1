/** The engine in the browser, beside the page: checks decision models and their texts, and evaluates decisions within the budget of a case. */
import { compileDecisionFiles, compileFeel, DEFAULT_LIMITS, decisionWords, evaluateDecision, EVALUATION_MS, expressionOptions, noteWords, timeLimit, valueWords } from '../../engine/index.ts';
import type { DecisionModel, DecisionResult, Json } from '../../engine/index.ts';
import type { Answer, CheckQuestion, DecideQuestion, Entered, Question, TextFinding, TextQuestion, Tried } from './decision-client.ts';

addEventListener('message', (event: MessageEvent<Question>) => {
  postMessage({ number: event.data.number, value: answer(event.data) } satisfies Answer);
});

function answer({ question }: Question): Answer['value'] {
  switch (question.kind) {
    case 'check': return check(question);
    case 'text': return { kind: 'text', finding: textFinding(question.text, optionsOf(question)) };
    case 'decide': return { kind: 'decide', tried: tried(question) };
  }
}

type Options = NonNullable<ReturnType<ReturnType<typeof expressionOptions>['get']>>;
interface Compiled {
  readonly key: string;
  readonly options: ReadonlyMap<string, Options>;
}

/** Typing asks about the same file again and again. */
let last: Compiled | undefined;

function optionsIn({ xml, others }: Pick<CheckQuestion, 'xml' | 'others'>): ReadonlyMap<string, Options> {
  const key = [xml, ...others.map((other) => other.xml)].join('\0');
  if (last?.key !== key) last = { key, options: expressionOptions(xml, modelsOf(others)) };
  return last.options;
}

function optionsOf({ xml, others, text }: TextQuestion): Options | undefined {
  return optionsIn({ xml, others }).get(text.decision);
}

function modelsOf(others: CheckQuestion['others']): DecisionModel[] {
  return compileDecisionFiles(others.map(({ file, xml }) => ({ name: file, content: xml }))).files.map(({ model }) => model);
}

function check({ xml, others, file, texts }: CheckQuestion): Answer['value'] {
  const { problems, warnings } = compileDecisionFiles([...others.map((other) => ({ name: other.file, content: other.xml })), { name: file, content: xml }]);
  const options = optionsIn({ xml, others });
  // Texts repeat themselves down the columns of a table.
  const known = new Map<string, TextFinding | undefined>();
  const findings = texts.map((text) => {
    const key = `${text.decision}\0${String(text.tests)}\0${text.source}`;
    if (!known.has(key)) known.set(key, textFinding(text, options.get(text.decision)));
    return known.get(key);
  });
  return { kind: 'check', problems: [...problems, ...warnings], findings };
}

function textFinding({ source, tests }: TextQuestion['text'], options: Options | undefined): TextFinding | undefined {
  if (source.trim() === '' || source.trim() === '-') return undefined;
  const compiled = compileFeel(source, { ...options, unaryTests: tests });
  if ('code' in compiled) return { severity: 'error', message: compiled.message, hint: compiled.hint, from: compiled.position.from, unknown: [] };
  const known = options?.shape ?? {};
  const [doubt] = compiled.doubts;
  if (doubt !== undefined) return { severity: 'warning', message: doubt.message, hint: 'It is read otherwise than it looks. Write it as expected, or leave it if it is what you mean.', from: doubt.position.from, unknown: [] };
  const unknown = [...new Set([...compiled.freeNames, ...compiled.unknownFunctions])].filter((name) => name !== '?' && !Object.hasOwn(known, name));
  const [first] = unknown;
  if (first === undefined) return undefined;
  return { severity: 'warning', message: `Expected something this decision knows, but “${first}” is nothing`, hint: `A text stands in double quotes, as in "${first}"; a value is added under “What it needs”.`, from: Math.max(0, source.indexOf(first)), unknown };
}

/** FEEL's own conversions read what was entered, so that the form and the engine agree. */
const CONVERSIONS: Readonly<Record<Exclude<Entered['kind'], 'feel' | 'string' | 'boolean'>, readonly [conversion: string, example: string]>> = {
  'number': ['number(text)', 'a number such as 12.50'], 'date': ['date(text)', 'a date such as 2026-01-31'], 'time': ['time(text)', 'a time such as 10:30:00'],
  'date and time': ['date and time(text)', 'a date and time such as 2026-01-31T10:30:00'], 'duration': ['duration(text)', 'a duration such as P5D or PT2H'],
};

function entered({ kind, text }: Entered, clock: DecideQuestion['clock']): { readonly value: unknown } | { readonly wrong: string } {
  const trimmed = text.trim();
  if (trimmed === '') return { value: null };
  if (kind === 'string') return { value: text };
  if (kind === 'boolean') return { value: trimmed === 'true' };
  const [source, example] = kind === 'feel' ? [trimmed, ''] : CONVERSIONS[kind];
  // Browsers leave seconds out where there are none.
  const whole = trimmed.replace(/^((?:[\d-]+T)?\d\d:\d\d)$/, '$1:00');
  const compiled = compileFeel(source, { names: ['text'] });
  if ('code' in compiled) return { wrong: `${compiled.message} (character ${String(compiled.position.from + 1)})` };
  const value = compiled.evaluate({ get: (name) => (name === 'text' ? whole : undefined) }, clock);
  return value === null && kind !== 'feel' ? { wrong: `Expected ${example}, but it is “${trimmed}”` } : { value };
}

function tried({ xml, others, file, decision, inputs, clock: asked }: DecideQuestion): Tried {
  const clock = { ...asked, expired: timeLimit(EVALUATION_MS, () => performance.now()) };
  const { files, problems } = compileDecisionFiles([...others.map((other) => ({ name: other.file, content: other.xml })), { name: file, content: xml }]);
  const model = files.find(({ name }) => name === file)?.model;
  if (model === undefined || problems.length > 0) return { kind: 'refused', count: problems.length };
  const values: Record<string, unknown> = {};
  const wrong: { name: string; message: string }[] = [];
  try {
    for (const input of inputs) {
      const read = entered(input, clock);
      if ('wrong' in read) wrong.push({ name: input.name, message: read.wrong });
      else values[input.name] = read.value;
    }
    if (wrong.length > 0) return { kind: 'wrong', wrong };
    return told(evaluateDecision(model, decision, values, clock, DEFAULT_LIMITS.decisionSteps));
  } catch (error) {
    if (!(error instanceof Error) || !('hint' in error)) throw error;
    return { kind: 'stopped', message: error.message, hint: String(error.hint) };
  }
}

const LONGEST_ANSWER = 5_000;

function told(result: DecisionResult): Tried {
  const { value, decisions, fired, notes } = result;
  return {
    kind: 'answer', answer: valueWords(value, LONGEST_ANSWER), isNull: value === null, json: value as Json, words: decisionWords(result),
    decisions: decisions.slice(0, -1).map(({ id, name, value: own }) => ({ id, name, answer: valueWords(own) })),
    fired: Object.fromEntries(fired.map(({ element, rules }) => [element, rules.map(({ index }) => index - 1)])),
    notes: value === null ? [] : notes.map(noteWords),
  };
}
