/** What events and tasks share and point at: messages, signals, errors, escalations, data stores, and lanes (BPMN 2.0.2, 8.4.11, 8.4.3, 10.4.1 and 10.8). */
import { born, expression, setExtension } from './edit.ts';
import type { Edit } from './edit.ts';
import { definitionsOf, elementOf, extensionOf, idOf, listOf, textOf } from './moddle.ts';
import type { Moddle, ModdleElement } from './moddle.ts';

function roots(element: ModdleElement, type: string): readonly ModdleElement[] {
  return listOf(definitionsOf(element), 'rootElements').filter((root) => root.$type === type);
}

/** The names of all messages, signals or data stores of the file. */
export function namesOfRoots(element: ModdleElement, type: 'bpmn:Message' | 'bpmn:Signal' | 'bpmn:DataStore'): string[] {
  return [...new Set(roots(element, type).map((root) => textOf(root, 'name')).filter((name) => name !== ''))].sort();
}

/** Points `holder` (an event definition or a task) at the message of this name, which is made if there is none. */
export function setMessage(moddle: Moddle, holder: ModdleElement, name: string): Edit {
  return point(moddle, holder, { type: 'bpmn:Message', reference: 'messageRef', key: 'name', stem: 'message' }, name);
}

/** Points an error event definition at the error with this code; '' catches every error. */
export function setErrorCode(moddle: Moddle, holder: ModdleElement, code: string): Edit {
  return point(moddle, holder, { type: 'bpmn:Error', reference: 'errorRef', key: 'errorCode', stem: 'error' }, code);
}

/** Points a signal event definition at the signal of this name. */
export function setSignal(moddle: Moddle, holder: ModdleElement, name: string): Edit {
  return point(moddle, holder, { type: 'bpmn:Signal', reference: 'signalRef', key: 'name', stem: 'signal' }, name);
}

/** Points an escalation event definition at the escalation with this code; '' catches every escalation. */
export function setEscalationCode(moddle: Moddle, holder: ModdleElement, code: string): Edit {
  return point(moddle, holder, { type: 'bpmn:Escalation', reference: 'escalationRef', key: 'escalationCode', stem: 'escalation' }, code);
}

/** Points a reference in the drawing at the data store of this name. */
export function setDataStore(moddle: Moddle, reference: ModdleElement, name: string): Edit {
  return point(moddle, reference, { type: 'bpmn:DataStore', reference: 'dataStoreRef', key: 'name', stem: 'data-store' }, name);
}

interface Pointed {
  readonly type: string;
  readonly reference: string;
  readonly key: string;
  readonly stem: string;
}

function point(moddle: Moddle, holder: ModdleElement, { type, reference, key, stem }: Pointed, written: string): Edit {
  const value = written.trim();
  if (value === '') return [{ on: holder, set: { [reference]: undefined } }];
  const all = roots(holder, type);
  const known = all.find((root) => textOf(root, key) === value);
  if (known !== undefined) return [{ on: holder, set: { [reference]: known } }];
  const definitions = definitionsOf(holder);
  const taken = new Set(listOf(definitions, 'rootElements').map(idOf));
  const base = `${stem}-${value.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'new'}`;
  let id = base;
  for (let count = 2; taken.has(id); count += 1) id = `${base}-${String(count)}`;
  const made = born(moddle, type, { id, name: value, ...(key === 'name' ? {} : { [key]: value }) }, definitions);
  return [{ on: definitions, set: { rootElements: [...listOf(definitions, 'rootElements'), made] } }, { on: holder, set: { [reference]: made } }];
}

/** zeebe:subscription of a message. */
export function correlationKeyOf(message: ModdleElement | undefined): string {
  return textOf(extensionOf(message, 'zeebe:Subscription'), 'correlationKey');
}

export function setCorrelationKey(moddle: Moddle, message: ModdleElement, key: string): Edit {
  return setExtension(moddle, message, 'zeebe:Subscription', { correlationKey: key });
}

const TIMERS = ['timeDuration', 'timeDate', 'timeCycle'] as const;
export type TimerKind = (typeof TIMERS)[number];

/** Which of the three a timer has, and its text. */
export function timerOf(definition: ModdleElement): { readonly kind: TimerKind; readonly text: string } {
  const kind = TIMERS.find((name) => elementOf(definition, name) !== undefined) ?? 'timeDuration';
  return { kind, text: textOf(elementOf(definition, kind), 'body') };
}

/** Exactly one of the three; the others go. */
export function setTimer(moddle: Moddle, definition: ModdleElement, kind: TimerKind, text: string): Edit {
  return [{ on: definition, set: Object.fromEntries(TIMERS.map((name) => [name, name === kind ? expression(moddle, text, definition) ?? emptyExpression(moddle, definition) : undefined])) }];
}

/** What was chosen and not filled in yet keeps its place. */
export function emptyExpression(moddle: Moddle, definition: ModdleElement): ModdleElement {
  return born(moddle, 'bpmn:FormalExpression', {}, definition);
}

/** The value of a zeebe:property; '' where there is none. */
export function propertyOf(element: ModdleElement, name: string): string {
  return textOf(listOf(extensionOf(element, 'zeebe:Properties'), 'properties').find((property) => textOf(property, 'name') === name), 'value');
}

/** The innermost lane a flow node lies in. */
export function laneOf(node: ModdleElement): ModdleElement | undefined {
  const search = (lanes: readonly ModdleElement[]): ModdleElement | undefined => {
    for (const lane of lanes) {
      const inner = search(listOf(elementOf(lane, 'childLaneSet'), 'lanes'));
      if (inner !== undefined) return inner;
      if (listOf(lane, 'flowNodeRef').includes(node)) return lane;
    }
    return undefined;
  };
  const at = node.$parent;
  if (at === undefined) return undefined;
  return search(listOf(at, 'laneSets').flatMap((set) => listOf(set, 'lanes'))) ?? (at.$instanceOf('bpmn:SubProcess') ? laneOf(at) : undefined);
}

/** Everything of a process that can be named, the innermost sub-process included. */
export function nodesOf(container: ModdleElement): readonly ModdleElement[] {
  return listOf(container, 'flowElements').filter((element) => element.$instanceOf('bpmn:FlowNode')).flatMap((node) => [node, ...(node.$instanceOf('bpmn:SubProcess') ? nodesOf(node) : [])]);
}

/** The data stores that are drawn in a process, in its sub-processes too. */
export function storesIn(container: ModdleElement): readonly ModdleElement[] {
  return listOf(container, 'flowElements').flatMap((element) => (element.$type === 'bpmn:DataStoreReference' ? [element] : element.$instanceOf('bpmn:SubProcess') ? storesIn(element) : []));
}

/** The name a register is known by in every model. */
export function registerOf(reference: ModdleElement): string {
  const store = elementOf(reference, 'dataStoreRef');
  return [textOf(store, 'name'), textOf(reference, 'name'), textOf(store, 'id'), idOf(reference)].find((text) => text.trim() !== '')?.trim() ?? '';
}
