/** A DMN file as the editor shows it: its decisions with what they need, and decision tables as columns and rules (DMN 1.5, clauses 6 and 8). */
import { attributeOf, bodyOf, childOf, childrenOf } from './source.ts';
import type { Source, SourceElement } from './source.ts';

/** What an expression can be in a decision (DMN 1.5, 7.3); `none` where there is none yet. */
export type LogicKind = 'decisionTable' | 'literalExpression' | 'boxed' | 'none';

const EXPRESSIONS = new Set(['literalExpression', 'decisionTable', 'context', 'invocation', 'functionDefinition', 'list', 'relation', 'conditional', 'filter', 'for', 'some', 'every']);

/** `element`: where it stands in the file. `name`: as other expressions call it. */
export interface DecisionView {
  readonly element: SourceElement;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly question: string;
  readonly logicKind: LogicKind;
  readonly logic: SourceElement | undefined;
  readonly needs: readonly Need[];
}

/** `requirement`: the element that says so. `target` is undefined where the file does not have what is required: an import has it. */
export interface Need {
  readonly requirement: SourceElement;
  readonly kind: 'input' | 'decision' | 'knowledge';
  readonly id: string;
  readonly target: Named | undefined;
}

export interface Named {
  readonly element: SourceElement;
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

export interface FileView {
  readonly source: Source;
  readonly name: string;
  readonly decisions: readonly DecisionView[];
  readonly inputs: readonly Named[];
  readonly knowledge: readonly Named[];
  readonly services: readonly Named[];
  /** By name. */
  readonly types: ReadonlyMap<string, SourceElement>;
}

export function viewOf(source: Source): FileView {
  const { root } = source;
  const inputs = childrenOf(root, 'inputData').map(named);
  const knowledge = childrenOf(root, 'businessKnowledgeModel').map(named);
  const services = childrenOf(root, 'decisionService').map(named);
  const decisions = childrenOf(root, 'decision');
  const all = new Map([...inputs, ...knowledge, ...services, ...decisions.map(named)].map((one) => [one.id, one]));
  return {
    source, name: attributeOf(root, 'name').trim(), inputs, knowledge, services, decisions: decisions.map((element) => decisionOf(element, all)),
    types: new Map(childrenOf(root, 'itemDefinition').map((element) => [attributeOf(element, 'name'), element])),
  };
}

function named(element: SourceElement): Named {
  const variable = childOf(element, 'variable');
  return { element, id: attributeOf(element, 'id'), name: (attributeOf(variable, 'name') || attributeOf(element, 'name')).trim(), type: typeOf(variable) };
}

function decisionOf(element: SourceElement, all: ReadonlyMap<string, Named>): DecisionView {
  const logic = expressionIn(element);
  return {
    ...named(element), logic, question: childOf(element, 'question')?.text.trim() ?? '', needs: needsOf(element, all),
    logicKind: logic === undefined ? 'none' : logic.name === 'decisionTable' || logic.name === 'literalExpression' ? logic.name : 'boxed',
  };
}

/** The expression inside an element that holds one. */
export function expressionIn(element: SourceElement | undefined): SourceElement | undefined {
  return element?.children.find((child) => child.isModel && EXPRESSIONS.has(child.name));
}

export function isExpression(element: SourceElement): boolean {
  return element.isModel && EXPRESSIONS.has(element.name);
}

function needsOf(element: SourceElement, all: ReadonlyMap<string, Named>): Need[] {
  const KINDS = { requiredInput: 'input', requiredDecision: 'decision', requiredKnowledge: 'knowledge' } as const;
  return [...childrenOf(element, 'informationRequirement'), ...childrenOf(element, 'knowledgeRequirement')].flatMap((requirement) => {
    const required = requirement.children.find((child) => child.name in KINDS);
    if (required === undefined) return [];
    const href = attributeOf(required, 'href');
    const id = href.slice(href.indexOf('#') + 1);
    return [{ requirement, kind: KINDS[required.name as keyof typeof KINDS], id, target: all.get(id) }];
  });
}

/** The typeRef of a variable, expression or output, without the prefix older versions write; '' for none. */
export function typeOf(element: SourceElement | undefined): string {
  const written = (attributeOf(element, 'typeRef') || childOf(element, 'typeRef')?.text.trim()) ?? '';
  return written.replace(/^(?:feel|xsd?):/, '');
}

/** A column of a decision table. `text`: the input expression, or the name of an output. `allowed`: its input or output values. */
export interface Column {
  readonly element: SourceElement;
  readonly kind: 'input' | 'output' | 'note';
  /** Among those of its kind, from 0. */
  readonly at: number;
  readonly label: string;
  readonly text: string;
  readonly type: string;
  readonly allowed: string;
  /** The default output entry. */
  readonly fallback: string;
}

export interface RuleView {
  readonly element: SourceElement;
  readonly id: string;
  /** One for each column; undefined where the rule lacks it. */
  readonly cells: readonly (SourceElement | undefined)[];
  readonly texts: readonly string[];
}

export interface TableView {
  readonly element: SourceElement;
  readonly policy: Policy;
  readonly columns: readonly Column[];
  readonly rules: readonly RuleView[];
  /** Notes stand in the description of a rule: tools of DMN 1.1 and some later ones write them there. */
  readonly describes: boolean;
}

export interface Policy {
  readonly hitPolicy: string;
  readonly aggregation: string;
}

const ENTRIES = { input: 'inputEntry', output: 'outputEntry', note: 'annotationEntry' } as const;

export function tableOf(element: SourceElement): TableView {
  const inputs = childrenOf(element, 'input').map((input, at): Column => {
    const expression = childOf(input, 'inputExpression');
    return { element: input, kind: 'input', at, label: attributeOf(input, 'label'), text: bodyOf(expression), type: typeOf(expression), allowed: bodyOf(childOf(input, 'inputValues')), fallback: '' };
  });
  const outputs = childrenOf(element, 'output').map((output, at): Column => ({
    element: output, kind: 'output', at, label: attributeOf(output, 'label'), text: attributeOf(output, 'name'), type: typeOf(output),
    allowed: bodyOf(childOf(output, 'outputValues')), fallback: bodyOf(childOf(output, 'defaultOutputEntry')),
  }));
  const notes = childrenOf(element, 'annotation').map((note, at): Column => ({ element: note, kind: 'note', at, label: attributeOf(note, 'name'), text: '', type: '', allowed: '', fallback: '' }));
  const rules = childrenOf(element, 'rule');
  const describes = notes.length === 0 && rules.some((rule) => childOf(rule, 'description') !== undefined);
  const described: Column[] = describes ? [{ element, kind: 'note', at: 0, label: 'Note', text: '', type: '', allowed: '', fallback: '' }] : [];
  const columns = [...inputs, ...outputs, ...notes, ...described];
  const policy = { hitPolicy: attributeOf(element, 'hitPolicy') || 'UNIQUE', aggregation: attributeOf(element, 'aggregation') };
  return { element, policy, columns, describes, rules: rules.map((rule) => ruleOf(rule, columns, describes)) };
}

function ruleOf(element: SourceElement, columns: readonly Column[], describes: boolean): RuleView {
  const entries = { input: childrenOf(element, ENTRIES.input), output: childrenOf(element, ENTRIES.output), note: describes ? childrenOf(element, 'description') : childrenOf(element, ENTRIES.note) };
  const cells = columns.map(({ kind, at }) => entries[kind][at]);
  const texts = cells.map((cell) => (cell?.name === 'description' ? cell.text.trim() : bodyOf(cell)));
  return { element, id: attributeOf(element, 'id'), cells, texts };
}

/** The name a column is known by: "Amount in EC$", else its expression, else "Input 2". */
export function columnName({ kind, label, text, at }: Column, decision = ''): string {
  if (label.trim() !== '') return label.trim();
  if (text !== '') return text;
  if (kind === 'output') return at === 0 && decision !== '' ? decision : `Output ${String(at + 1)}`;
  return `${kind === 'input' ? 'Input' : 'Note'} ${String(at + 1)}`;
}

/** How many rules may fire and what comes of it (DMN 1.5, 8.3.4), in the words of the editor. */
export const POLICIES: readonly (Policy & { readonly label: string; readonly letter: string })[] = [
  { hitPolicy: 'UNIQUE', aggregation: '', letter: 'U', label: 'Unique: only one may match' },
  { hitPolicy: 'FIRST', aggregation: '', letter: 'F', label: 'First: the topmost counts' },
  { hitPolicy: 'ANY', aggregation: '', letter: 'A', label: 'Any: several, if they agree' },
  { hitPolicy: 'PRIORITY', aggregation: '', letter: 'P', label: 'Priority: the first of the allowed values' },
  { hitPolicy: 'RULE ORDER', aggregation: '', letter: 'R', label: 'All, in the order of the rules' },
  { hitPolicy: 'OUTPUT ORDER', aggregation: '', letter: 'O', label: 'All, in the order of the allowed values' },
  { hitPolicy: 'COLLECT', aggregation: '', letter: 'C', label: 'All, in any order' },
  { hitPolicy: 'COLLECT', aggregation: 'SUM', letter: 'C+', label: 'The sum of all' },
  { hitPolicy: 'COLLECT', aggregation: 'MIN', letter: 'C<', label: 'The smallest of all' },
  { hitPolicy: 'COLLECT', aggregation: 'MAX', letter: 'C>', label: 'The largest of all' },
  { hitPolicy: 'COLLECT', aggregation: 'COUNT', letter: 'C#', label: 'How many match' },
];
