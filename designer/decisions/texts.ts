/** Every text of a decision that the engine checks by itself: where it stands, and what kind of FEEL it is (DMN 1.5, 7.3.1 and 8.2). */
import { bodyOf } from './source.ts';
import { columnName, tableOf } from './model.ts';
import type { DecisionView, FileView } from './model.ts';

/** Where a text stands in a decision. */
export type Place =
  | { readonly kind: 'cell'; readonly rule: number; readonly column: number }
  | { readonly kind: 'column'; readonly column: number; readonly part: 'text' | 'allowed' | 'fallback' }
  | { readonly kind: 'literal' };

/** `tests`: unary tests, as in the cell of an input. */
export interface CheckedText {
  readonly decision: string;
  readonly place: Place;
  readonly source: string;
  readonly tests: boolean;
}

export function textsOf(view: FileView): CheckedText[] {
  return view.decisions.flatMap(textsOfDecision);
}

function textsOfDecision({ id, logic, logicKind }: DecisionView): CheckedText[] {
  if (logic === undefined || logicKind === 'boxed') return [];
  if (logicKind === 'literalExpression') return said([{ decision: id, place: { kind: 'literal' }, source: bodyOf(logic), tests: false }]);
  const { columns, rules } = tableOf(logic);
  const clauses = columns.flatMap(({ kind, text, allowed, fallback }, column): CheckedText[] => [
    { decision: id, place: { kind: 'column', column, part: 'text' }, source: kind === 'input' ? text : '', tests: false },
    { decision: id, place: { kind: 'column', column, part: 'allowed' }, source: allowed, tests: true },
    { decision: id, place: { kind: 'column', column, part: 'fallback' }, source: fallback, tests: false },
  ]);
  const cells = rules.flatMap(({ texts }, rule) => texts.flatMap((source, column): CheckedText[] => {
    const kind = columns[column]?.kind;
    return kind === 'note' ? [] : [{ decision: id, place: { kind: 'cell', rule, column }, source, tests: kind === 'input' }];
  }));
  return said([...clauses, ...cells]);
}

/** A dash passes everything, an empty text says nothing. */
function said(texts: readonly CheckedText[]): CheckedText[] {
  return texts.filter(({ source }) => source !== '' && source !== '-');
}

/** A place as a key of a map. */
export function placeKey(decision: string, place: Place): string {
  switch (place.kind) {
    case 'cell': return `${decision} ${String(place.rule)} ${String(place.column)}`;
    case 'column': return `${decision} ${place.part} ${String(place.column)}`;
    case 'literal': return `${decision} literal`;
  }
}

const PARTS = { text: 'expression', allowed: 'allowed values', fallback: 'default answer' } as const;

/** "rule 2, Amount in EC$". */
export function placeWords(decision: DecisionView, place: Place): string {
  if (place.kind === 'literal' || decision.logicKind !== 'decisionTable') return 'expression';
  const column = tableOf(decision.logic!).columns[place.column];
  const name = column === undefined ? '' : columnName(column, decision.name);
  return place.kind === 'cell' ? `rule ${String(place.rule + 1)}, ${name}` : `${name}, ${PARTS[place.part]}`;
}
