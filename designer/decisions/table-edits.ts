/** Edits of a decision table (DMN 1.5, clause 8): each answers the patches that make it, and is one step of undo. */
import { attributeOf, childOf, childrenOf } from './source.ts';
import type { Patch, Source, SourceElement } from './source.ts';
import type { Column, Policy, RuleView, TableView } from './model.ts';
import { entry, Ids, insertAfter, insertInto, removal, setAttribute, setBody, setBodyOf, setText } from './writing.ts';
import type { Fresh } from './writing.ts';

type Kind = Column['kind'];

const ENTRY = { input: 'inputEntry', output: 'outputEntry', note: 'annotationEntry' } as const;
/** What stands before the rules, and before the entries of a kind. */
const HEAD = ['description', 'extensionElements', 'input', 'output', 'annotation'];
const BEFORE: Readonly<Record<Kind, readonly string[]>> = { input: ['description', 'extensionElements'], output: ['description', 'extensionElements', 'inputEntry', 'input'], note: ['description', 'extensionElements', 'inputEntry', 'outputEntry', 'input', 'output'] };
const EXPRESSION_HEAD = ['description', 'extensionElements', 'inputExpression'];

/** What a new cell says: every value, nothing. */
export function blank(kind: Kind): string {
  return kind === 'input' ? '-' : '';
}

export function setCell(source: Source, { columns, describes }: TableView, rule: RuleView, at: number, text: string): Patch[] {
  const column = columns[at];
  const cell = rule.cells[at];
  if (column === undefined || rule.texts[at] === text) return [];
  if (column.kind === 'note' && describes) {
    if (cell === undefined) return text === '' ? [] : [insertInto(source, rule.element, { name: 'description', text }, [])];
    return [text === '' ? removal(source, cell) : setText(source, cell, text)];
  }
  if (cell !== undefined) return setBody(source, cell, text);
  return [insertInto(source, rule.element, entry(ENTRY[column.kind], text), [...BEFORE[column.kind], ENTRY[column.kind]])];
}

/** One line of cells more than there are rules becomes a rule. `at`: where the first cell goes. */
export function setCells(source: Source, table: TableView, at: { readonly rule: number; readonly column: number }, lines: readonly (readonly string[])[]): Patch[] {
  const width = table.columns.length - at.column;
  const known = lines.slice(0, table.rules.length - at.rule);
  const patches = known.flatMap((line, row) => line.slice(0, width).flatMap((text, offset) => setCell(source, table, table.rules[at.rule + row]!, at.column + offset, text)));
  const beyond = lines.slice(known.length).map((line) => table.columns.map(({ kind }, column) => line[column - at.column] ?? blank(kind)));
  return [...patches, ...addRules(source, table, table.rules.length, beyond)];
}

/** Puts rules before the one of this number (from 0), or at the end. */
export function addRules(source: Source, table: TableView, at: number, rules: readonly (readonly string[])[]): Patch[] {
  const ids = new Ids(source);
  const base = attributeOf(table.element, 'id') || 'table';
  const before = table.rules[at - 1]?.element;
  return rules.map((texts) => {
    const fresh = freshRule(table, texts, ids.fresh(`${base}-rule-${String(table.rules.length + 1)}`));
    return before === undefined ? insertInto(source, table.element, fresh, HEAD) : insertAfter(source, before, fresh);
  });
}

function freshRule({ columns, describes }: TableView, texts: readonly string[], id: string): Fresh {
  const entries = columns.flatMap(({ kind }, at) => (kind === 'note' && describes ? [] : [entry(ENTRY[kind], texts[at] ?? blank(kind), kind === 'note' ? {} : { id: `${id}-${String(at + 1)}` })]));
  const note = describes ? texts[columns.findIndex(({ kind }) => kind === 'note')] ?? '' : '';
  return { name: 'rule', attributes: { id }, children: [note === '' ? undefined : { name: 'description', text: note }, ...entries] };
}

export function removeRule(source: Source, { rules }: TableView, at: number): Patch[] {
  const rule = rules[at];
  return rule === undefined ? [] : [removal(source, rule.element)];
}

/** The same rule again below itself, with ids of its own. */
export function duplicateRule(source: Source, { rules }: TableView, at: number): Patch[] {
  const rule = rules[at];
  if (rule === undefined) return [];
  const { from, to } = rule.element;
  const gap = /\s*$/.exec(source.text.slice(0, from))![0];
  return [{ from: to, to, text: gap + new Ids(source).renewed(source.text.slice(from, to)) }];
}

/** Changes places with the rule of another number. */
export function swapRules(source: Source, { rules }: TableView, at: number, other: number): Patch[] {
  const [one, two] = [rules[at], rules[other]];
  return one === undefined || two === undefined ? [] : swapped(source, one.element, two.element);
}

function swapped({ text }: Source, one: SourceElement, two: SourceElement): Patch[] {
  return [{ from: one.from, to: one.to, text: text.slice(two.from, two.to) }, { from: two.from, to: two.to, text: text.slice(one.from, one.to) }];
}

export function setPolicy({ element }: TableView, { hitPolicy, aggregation }: Policy): Patch[] {
  return [...setAttribute(element, 'hitPolicy', hitPolicy), ...setAttribute(element, 'aggregation', aggregation === '' ? undefined : aggregation)];
}

/** `typeRef` as the file writes it. */
export interface ColumnText {
  readonly label?: string;
  readonly text?: string;
  readonly type?: string;
  readonly allowed?: string;
  readonly fallback?: string;
}

export function setColumn(source: Source, { element, kind }: Column, change: ColumnText): Patch[] {
  const { label, text, type, allowed, fallback } = change;
  const orNone = (value: string): string | undefined => (value === '' ? undefined : value);
  if (kind === 'note') return label === undefined || element.name !== 'annotation' ? [] : setAttribute(element, 'name', label);
  const patches = label === undefined ? [] : setAttribute(element, 'label', orNone(label));
  if (kind === 'output') {
    return [
      ...patches, ...(text === undefined ? [] : setAttribute(element, 'name', orNone(text))), ...(type === undefined ? [] : setAttribute(element, 'typeRef', orNone(type))),
      ...(allowed === undefined ? [] : setBodyOf(source, element, 'outputValues', allowed, ['description', 'extensionElements'])),
      ...(fallback === undefined ? [] : setBodyOf(source, element, 'defaultOutputEntry', fallback, ['description', 'extensionElements', 'outputValues'])),
    ];
  }
  const expression = childOf(element, 'inputExpression');
  if (expression === undefined && (text !== undefined || type !== undefined)) patches.push(insertInto(source, element, entry('inputExpression', text ?? '', { typeRef: orNone(type ?? '') }), ['description', 'extensionElements']));
  if (expression !== undefined && text !== undefined) patches.push(...setBody(source, expression, text));
  if (expression !== undefined && type !== undefined) patches.push(...setAttribute(expression, 'typeRef', orNone(type)));
  return [...patches, ...(allowed === undefined ? [] : setBodyOf(source, element, 'inputValues', allowed, EXPRESSION_HEAD))];
}

/** A new column behind those of its kind, and a cell in every rule. */
export function addColumn(source: Source, table: TableView, kind: Kind, { label = '', text = '', type = '' }: ColumnText): Patch[] {
  const base = attributeOf(table.element, 'id') || 'table';
  const ids = new Ids(source);
  const id = ids.fresh(`${base}-${kind}-${String(table.columns.filter((column) => column.kind === kind).length + 1)}`);
  const said = { label: label === '' ? undefined : label, typeRef: type === '' ? undefined : type };
  const clause: Fresh = kind === 'input' ? { name: 'input', attributes: { id, label: said.label }, children: [entry('inputExpression', text, { id: `${id}-expression`, typeRef: said.typeRef })] }
    : kind === 'output' ? { name: 'output', attributes: { id, label: said.label, name: text === '' ? undefined : text, typeRef: said.typeRef } } : { name: 'annotation', attributes: { name: label } };
  const cells = table.rules.map(({ element }, row) => insertInto(source, element, entry(ENTRY[kind], blank(kind), kind === 'note' ? {} : { id: ids.fresh(`${id}-${String(row + 1)}`) }), [...BEFORE[kind], ENTRY[kind]]));
  return [insertInto(source, table.element, clause, [...BEFORE[kind], kind === 'note' ? 'annotation' : kind]), ...nameFirst(table, kind), ...cells];
}

/** Of several outputs each has a name. */
function nameFirst({ columns }: TableView, kind: Kind): Patch[] {
  const outputs = columns.filter((column) => column.kind === 'output');
  return kind === 'output' ? outputs.filter(({ text }) => text === '').flatMap(({ element, at }) => setAttribute(element, 'name', `output${String(at + 1)}`)) : [];
}

export function removeColumn(source: Source, { rules, columns }: TableView, at: number): Patch[] {
  const column = columns[at];
  if (column === undefined) return [];
  const clause = column.element.name === 'decisionTable' ? [] : [removal(source, column.element)];
  return [...clause, ...rules.flatMap(({ cells }) => (cells[at] === undefined ? [] : [removal(source, cells[at])]))];
}

/** A column and its neighbour of the same kind change places, with their cells. */
export function swapColumns(source: Source, { rules, columns }: TableView, at: number, other: number): Patch[] {
  const [one, two] = [columns[at], columns[other]];
  if (one === undefined || one.kind !== two?.kind) return [];
  return [...swapped(source, one.element, two.element), ...rules.flatMap(({ cells }) => (cells[at] === undefined || cells[other] === undefined ? [] : swapped(source, cells[at], cells[other])))];
}

/** Cells as a spreadsheet hands them over: lines of texts with tabs between; a text with a tab or line break in it stands in quotes. */
export function cellsIn(pasted: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (const [, quoted, plain = '', end = ''] of pasted.replace(/\r\n?/g, '\n').replace(/\n+$/, '').matchAll(/(?:"((?:[^"]|"")*[\t\n](?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/g)) {
    line.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    if (end === '\t') continue;
    lines.push(line);
    line = [];
    if (end === '') break;
  }
  return lines;
}

/** Whether the version of the file knows notes as columns (DMN 1.2 and later). */
export function knowsNotes({ root }: Source): boolean {
  return ![...root.attributes].some(([name, { value }]) => name.startsWith('xmlns') && /DMN\/20151101/.test(value));
}

/** Whether a table has rules that lack entries or have too many: another tool must repair it. */
export function isComplete({ element, columns }: TableView): boolean {
  const count = (kind: Kind): number => columns.filter((column) => column.kind === kind).length;
  return childrenOf(element, 'rule').every((rule) => childrenOf(rule, 'inputEntry').length === count('input') && childrenOf(rule, 'outputEntry').length === count('output'));
}
