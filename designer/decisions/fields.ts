/** What has to be known to try a decision: a field for each input it depends on, with its declared type (DMN 1.5, 7.3.3). */
import { attributeOf, bodyOf, childOf, childrenOf } from './source.ts';
import { tableOf, typeOf } from './model.ts';
import type { DecisionView, FileView } from './model.ts';

/** How a value is entered; `feel`: as an expression, for what has no simple form. */
export type FieldKind = 'number' | 'string' | 'boolean' | 'date' | 'time' | 'date and time' | 'duration' | 'feel';

/** `choices`: the texts its type allows; `known`: texts that cells compare it with. */
export interface InputField {
  readonly name: string;
  readonly type: string;
  readonly kind: FieldKind;
  readonly choices: readonly string[];
  readonly known: readonly string[];
}

const KINDS: Readonly<Record<string, FieldKind>> = {
  'number': 'number', 'integer': 'number', 'double': 'number', 'decimal': 'number', 'string': 'string', 'boolean': 'boolean', 'date': 'date', 'time': 'time', 'date and time': 'date and time', 'dateTime': 'date and time',
  'days and time duration': 'duration', 'years and months duration': 'duration', 'dayTimeDuration': 'duration', 'yearMonthDuration': 'duration',
};

/** Every input the decision and those it requires ask for, in the order of the file. */
export function fieldsOf(view: FileView, decision: DecisionView): InputField[] {
  const needed = new Set<string>();
  const seen = new Set<string>();
  const visit = ({ id, needs }: DecisionView): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const need of needs) {
      if (need.kind === 'input') needed.add(need.id);
      const required = need.kind === 'decision' ? view.decisions.find((other) => other.id === need.id) : undefined;
      if (required !== undefined) visit(required);
    }
  };
  visit(decision);
  return view.inputs.filter(({ id }) => needed.has(id)).map(({ name, type }) => ({ name, type, ...kindOf(view, type), known: knownTexts(view, name) }));
}

function kindOf(view: FileView, type: string, depth = 0): Pick<InputField, 'kind' | 'choices'> {
  const basic = KINDS[type];
  if (basic !== undefined) return { kind: basic, choices: [] };
  const item = view.types.get(type);
  if (item === undefined || depth > 20 || attributeOf(item, 'isCollection') === 'true' || childrenOf(item, 'itemComponent').length > 0) return { kind: 'feel', choices: [] };
  const base = kindOf(view, typeOf(item), depth + 1);
  return base.kind === 'string' ? { kind: 'string', choices: textsIn(bodyOf(childOf(item, 'allowedValues'))) ?? base.choices } : base;
}

/** `"a", "b"`: the texts in it; undefined where it says anything else. */
function textsIn(source: string): string[] | undefined {
  return /^\s*"(?:[^"\\]|\\.)*"(?:\s*,\s*"(?:[^"\\]|\\.)*")*\s*$/.test(source) ? quoted(source) : undefined;
}

function quoted(source: string): string[] {
  return [...source.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

/** What tables compare an input with: worth offering. */
function knownTexts(view: FileView, name: string): string[] {
  const tables = view.decisions.flatMap(({ logic, logicKind }) => (logicKind === 'decisionTable' && logic !== undefined ? [tableOf(logic)] : []));
  const found = tables.flatMap(({ columns, rules }) => columns.flatMap((column, at) => (column.kind === 'input' && column.text === name ? [column.allowed, ...rules.map(({ texts }) => texts[at] ?? '')].flatMap(quoted) : [])));
  return [...new Set(found)];
}

/** The item definitions of a file, as types that can be chosen. */
export function typeNames({ types }: FileView): string[] {
  return [...types.keys()].filter((name) => name !== '');
}

