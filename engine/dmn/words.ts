// What a decision did, in plain words (DMN 1.5, 8.3): which rules of which table matched on which inputs, and what came of it.

import { newBudget } from '../feel/budget.ts';
import { textOfValue } from '../feel/text.ts';
import { read } from '../feel/values.ts';
import type { DecisionNote, DecisionResult, FiredRule, FiredTable } from './model.ts';

/** What is told of an evaluation; everything in JSON form. */
export type Told = Pick<DecisionResult, 'decisions' | 'fired'> & { readonly notes?: readonly Pick<DecisionNote, 'message' | 'place'>[] };

/** Characters of a value, and rules of a table, that are told. */
const LONGEST = 120;
const MOST_RULES = 20;
const MOST_NOTES = 5;

/** One sentence for each table and for each decision without one, in the order they were evaluated; of an answer that is nothing, why. */
export function decisionWords({ decisions, fired, notes = [] }: Told): string[] {
  const values = new Map(decisions.map(({ id, value }) => [id, value]));
  const tables = new Set(fired.map(({ element }) => element));
  return [
    ...fired.map((table) => tableWords(table, values)),
    ...decisions.flatMap(({ id, name, value }) => (tables.has(id) ? [] : [`${name} is ${valueWords(value)}.`])),
    ...((decisions.at(-1)?.value ?? null) === null ? notes : []).slice(0, MOST_NOTES).map((note) => `${noteWords(note)}.`),
  ];
}

/** Why something became null, with the cell where it did. */
export function noteWords({ message, place }: Pick<DecisionNote, 'message' | 'place'>): string {
  return place === undefined ? message : `${message} (${place})`;
}

function tableWords({ element, name, inputs, rules }: FiredTable, values: ReadonlyMap<string, unknown>): string {
  const asked = inputs.map(({ expression, label = expression, value }) => `${label} is ${valueWords(value)}`).join(', ');
  const answer = values.has(element) ? `; the answer is ${valueWords(values.get(element))}` : '';
  return `${name}: ${asked === '' ? '' : `${asked}; `}${rulesWords(rules)}${answer}.`;
}

function rulesWords(rules: readonly FiredRule[]): string {
  if (rules.length === 0) return 'no rule matched';
  const told = rules.slice(0, MOST_RULES).map(({ index, annotations }) => {
    const remark = annotations.filter((annotation) => annotation !== '').join(', ');
    return remark === '' ? String(index) : `${String(index)} (${remark})`;
  });
  const more = rules.length > told.length ? ` and ${String(rules.length - told.length)} more` : '';
  return `${rules.length === 1 ? 'rule' : 'rules'} ${told.join(', ')}${more} matched`;
}

/** A value in JSON form as FEEL would write it; null is "nothing". `longest`: characters, more are cut off. */
export function valueWords(value: unknown, longest = LONGEST): string {
  const text = textOfValue([read(value)], newBudget(Infinity)) ?? '';
  const bare = text.slice(1, -1);
  if (bare === 'null') return 'nothing';
  return bare.length <= longest ? bare : `${bare.slice(0, longest - 1)}…`;
}
