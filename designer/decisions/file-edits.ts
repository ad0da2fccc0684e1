/** Edits of a decision model around its tables (DMN 1.5, clause 6): names, what a decision needs, new decisions and inputs. */
import { drawn, undrawn } from './diagram.ts';
import { attributeOf, bodyOf, childOf, everyElement } from './source.ts';
import type { Patch, Source, SourceElement } from './source.ts';
import type { DecisionView, FileView, Named, Need } from './model.ts';
import { entry, idFromName, Ids, insertAfter, insertInto, removal, setAttribute, setBody, setText } from './writing.ts';
import type { Fresh } from './writing.ts';

const ELEMENTS = ['import', 'itemDefinition', 'inputData', 'description', 'extensionElements'];
const BEFORE_VARIABLE = ['description', 'extensionElements', 'question', 'allowedAnswers'];
const BEFORE_REQUIREMENTS = [...BEFORE_VARIABLE, 'variable', 'informationRequirement'];

/** The types FEEL has, as a file can name them. */
export const FEEL_TYPES = ['string', 'number', 'boolean', 'date', 'time', 'date and time', 'days and time duration', 'years and months duration', 'Any'] as const;

/** A type as this file writes it: DMN 1.1 names those of FEEL with a prefix, and three of them in one word. */
export function typeRef({ root }: Source, type: string): string {
  if (!(FEEL_TYPES as readonly string[]).includes(type)) return type;
  const prefix = [...root.attributes].find(([name, { value }]) => name.startsWith('xmlns:') && /\/FEEL(?:\/\d+)?\/?$/.test(value))?.[0].slice(6);
  const written = everyElement(root).some((element) => prefix !== undefined && attributeOf(element, 'typeRef').startsWith(`${prefix}:`));
  if (!written || prefix === undefined) return type;
  const joined: Readonly<Record<string, string>> = { 'date and time': 'dateTime', 'days and time duration': 'dayTimeDuration', 'years and months duration': 'yearMonthDuration' };
  return `${prefix}:${joined[type] ?? type}`;
}

/** A new name of a decision or input: its variable has it as well, and texts that consist of the old one follow. */
export function rename(view: FileView, { element, id, name: before }: Named | DecisionView, name: string): Patch[] {
  if (name === '' || name === before) return [];
  const { source } = view;
  const variable = childOf(element, 'variable');
  const followers = view.decisions.filter(({ needs }) => needs.some((need) => need.id === id)).flatMap((decision) => everyElement(decision.element))
    .filter((inner) => inner.isModel && inner.name === 'text' && inner.text.trim() === before && before !== '');
  return [...setAttribute(element, 'name', name), ...(variable === undefined ? [] : setAttribute(variable, 'name', name)), ...followers.map((text) => setText(source, text, name))];
}

/** The type of what a decision or input gives. */
export function setType({ source }: FileView, { element, name }: Named | DecisionView, type: string): Patch[] {
  const variable = childOf(element, 'variable');
  const ref = type === '' ? undefined : typeRef(source, type);
  if (variable !== undefined) return setAttribute(variable, 'typeRef', ref);
  return ref === undefined ? [] : [insertInto(source, element, { name: 'variable', attributes: { name, typeRef: ref } }, BEFORE_VARIABLE)];
}

export function setQuestion({ source }: FileView, { element, question }: DecisionView, text: string): Patch[] {
  const known = childOf(element, 'question');
  if (text === question) return [];
  if (known === undefined) return [insertInto(source, element, { name: 'question', text }, ['description', 'extensionElements'])];
  return [text === '' ? removal(source, known) : setText(source, known, text)];
}

export function setLiteral({ source }: FileView, logic: SourceElement, text: string): Patch[] {
  return bodyOf(logic) === text ? [] : setBody(source, logic, text);
}

const REQUIRED = { input: ['informationRequirement', 'requiredInput'], decision: ['informationRequirement', 'requiredDecision'], knowledge: ['knowledgeRequirement', 'requiredKnowledge'] } as const;

function requirement(id: string, kind: Need['kind'], target: string): Fresh {
  const [name, required] = REQUIRED[kind];
  return { name, attributes: { id }, children: [{ name: required, attributes: { href: `#${target}` } }] };
}

/** Lets a decision see an input, a decision or a function that the file has. */
export function addNeed({ source }: FileView, { element, id }: DecisionView, kind: Need['kind'], target: string): Patch[] {
  const own = new Ids(source).fresh(`${id}-needs-${target}`);
  const drawing = drawn(source, { requirement: { id: own, from: target, to: id } });
  return [...drawing, insertInto(source, element, requirement(own, kind, target), kind === 'knowledge' ? [...BEFORE_REQUIREMENTS, 'knowledgeRequirement'] : BEFORE_REQUIREMENTS)];
}

export function removeNeed({ source }: FileView, need: Need): Patch[] {
  return [removal(source, need.requirement), ...undrawn(source, [attributeOf(need.requirement, 'id')].filter((id) => id !== ''))];
}

/** A new input, which the decision sees at once. */
export function addInput(view: FileView, decision: DecisionView, name: string, type: string): Patch[] {
  const { source } = view;
  const ids = new Ids(source);
  const id = ids.fresh(`input-${idFromName(name, 'value')}`);
  const fresh: Fresh = { name: 'inputData', attributes: { id, name }, children: [{ name: 'variable', attributes: { id: `${id}-variable`, name, typeRef: type === '' ? undefined : typeRef(source, type) } }] };
  const own = ids.fresh(`${decision.id}-needs-${id}`);
  const drawing = drawn(source, { element: { id, kind: 'inputData' }, requirement: { id: own, from: id, to: decision.id } });
  return [...drawing, place(source, fresh), insertInto(source, decision.element, requirement(own, 'input', id), BEFORE_REQUIREMENTS)];
}

/** Behind the inputs of the file, else before its first decision. */
function place(source: Source, fresh: Fresh): Patch {
  return insertInto(source, source.root, fresh, ELEMENTS);
}

export type NewLogic = 'decisionTable' | 'literalExpression';

/** A new decision at the end of the decisions; `id`: what business rule tasks call it by. */
export function addDecision({ source, decisions }: FileView, name: string, logic: NewLogic): { readonly id: string; readonly patches: Patch[] } {
  const ids = new Ids(source);
  const id = ids.fresh(idFromName(name, 'decision'));
  const fresh: Fresh = { name: 'decision', attributes: { id, name }, children: [{ name: 'variable', attributes: { id: `${id}-variable`, name } }, freshLogic(source, id, logic)] };
  const last = decisions.at(-1)?.element;
  return { id, patches: [...drawn(source, { element: { id, kind: 'decision' } }), last === undefined ? place(source, fresh) : insertAfter(source, last, fresh)] };
}

function freshLogic(source: Source, id: string, logic: NewLogic): Fresh {
  if (logic === 'literalExpression') return entry('literalExpression', '', { id: `${id}-expression` });
  return {
    name: 'decisionTable', attributes: { id: `${id}-table`, hitPolicy: 'UNIQUE' }, children: [
      { name: 'output', attributes: { id: `${id}-output`, typeRef: typeRef(source, 'string') } },
      { name: 'annotation', attributes: { name: 'Reason' } },
    ],
  };
}

/** The logic of a decision that has none yet. */
export function beginLogic({ source }: FileView, { element, id }: DecisionView, logic: NewLogic): Patch[] {
  return [insertInto(source, element, freshLogic(source, id, logic), [...BEFORE_REQUIREMENTS, 'knowledgeRequirement', 'authorityRequirement', 'supportedObjective', 'impactedPerformanceIndicator', 'decisionMaker', 'decisionOwner', 'usingProcess', 'usingTask'])];
}

/** Takes a decision out, and what others say they need of it. */
export function removeDecision(view: FileView, { element, id }: DecisionView): Patch[] {
  const { source, decisions } = view;
  const others = decisions.filter((other) => other.element !== element).flatMap(({ needs }) => needs.filter((need) => need.id === id).map((need) => need.requirement));
  const gone = [element, ...others].flatMap(everyElement).map((inner) => attributeOf(inner, 'id')).filter((own) => own !== '');
  return [removal(source, element), ...others.map((other) => removal(source, other)), ...undrawn(source, gone)];
}
