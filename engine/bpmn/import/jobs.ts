/** Work that programs do (BPMN 2.0.2, 10.3.3): external tasks keep their topic; classes, beans, expressions and connectors become jobs that need a worker. */
import { parseDuration } from '../../time/duration.ts';
import type { Converter, Use } from './converter.ts';
import { attributeOf } from './converter.ts';
import { convertValue } from './juel-to-feel.ts';
import { inputsAndOutputs } from './mappings.ts';
import { elementsOf, textOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

const DEFINITION = 'zeebe:taskDefinition';

/** `owner` has the attributes: the task, or the message event definition of the event `target`. */
export function job(converter: Converter, owner: XmlElement, target = owner): void {
  external(converter, owner, target);
  const connector = converter.elements(owner, 'connector', target)[0];
  if (connector !== undefined) connected(converter, connector, target);
  for (const name of ['class', 'delegateExpression', 'expression', 'type']) {
    const use = converter.attribute(owner, name, target);
    if (use !== undefined && !converter.isTold(use.node)) legacy(converter, use, use.value);
  }
  // Elsewhere it belongs to a decision or a script.
  if (converter.own(target, DEFINITION) !== undefined) result(converter, owner, target);
  for (const use of converter.elements(owner, 'field', target)) field(converter, use, (value) => converter.add(target, 'zeebe:taskHeaders', 'zeebe:header', value));
}

function external(converter: Converter, owner: XmlElement, target: XmlElement): void {
  const type = converter.attribute(owner, 'type', target);
  const topic = converter.attribute(owner, 'topic', target);
  if (type === undefined || !['external', 'external-worker'].includes(type.value)) return;
  if (topic === undefined) {
    converter.refuse(type, 'unknown', { todo: 'Give the task a topic in the other tool, or a job type here.' });
    return;
  }
  const value = converter.value(topic);
  if (value === undefined) { converter.keep(type); return; }
  converter.remove(type);
  converter.move(topic, DEFINITION, 'type', value);
}

/** What a program was called by, as the name of a job: `${bean.pay(x)}` is legacy:bean.pay. */
function legacy(converter: Converter, use: Use, written: string): void {
  const name = written.replace(/^[$#]\{|\}\s*$/g, '').replace(/\(.*$/s, '').replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^-+|-+$/g, '');
  const type = `legacy:${name === '' ? 'expression' : name}`;
  if (!converter.put(use.element, DEFINITION, { type })) {
    converter.keep(use);
    converter.say('present', use, `${DEFINITION} type`);
    return;
  }
  converter.remove(use);
  converter.say('worker', use, type);
}

function connected(converter: Converter, connector: Use, target: XmlElement): void {
  const node = connector.node as XmlElement;
  const name = converter.elements(node, 'connectorId', target)[0];
  inputsAndOutputs(converter, node, target);
  if (name !== undefined) legacy(converter, { ...name, property: connector.property }, name.value);
  if (elementsOf(node).length === 0) converter.remove(connector);
  else converter.keep(connector);
}

/** The value an expression had is what the worker returns. */
function result(converter: Converter, owner: XmlElement, target: XmlElement): void {
  const use = converter.attribute(owner, 'resultVariable', target) ?? converter.attribute(owner, 'resultVariableName', target);
  if (use === undefined) return;
  converter.add(target, 'zeebe:ioMapping', 'zeebe:output', { source: '=result', target: use.value });
  converter.remove(use);
  converter.say('check', use, `zeebe:output source="=result" target="${use.value}"`, { but: 'the worker decides what it returns', todo: 'Let the worker complete the job with a variable result.' });
}

function field(converter: Converter, use: Use, add: (attributes: { readonly key: string; readonly value: string }) => void): void {
  const node = use.node as XmlElement;
  const written = attributeOf(node, 'stringValue') ?? attributeOf(node, 'expression') ?? elementsOf(node).map((inner) => textOf(inner).trim())[0] ?? use.value;
  const named: Use = { ...use, value: written, property: `${use.property} ${attributeOf(node, 'name') ?? ''}` };
  const value = converter.value(named);
  if (value === undefined) return;
  add({ key: attributeOf(node, 'name') ?? '', value });
  converter.remove(use);
  converter.say('moved', named, `zeebe:header key="${attributeOf(node, 'name') ?? ''}" value="${value}"`);
}

/** `R3/PT10M`: three attempts, ten minutes apart. */
export function retry(converter: Converter, element: XmlElement): void {
  const use = converter.elements(element, 'failedJobRetryTimeCycle')[0];
  if (use === undefined) return;
  if (converter.own(element, DEFINITION) === undefined) {
    converter.remove(use);
    converter.say('dropped', use, '', { why: 'only jobs of workers are tried again here', todo: 'What the engine does by itself stops with an incident that can be resolved.' });
    return;
  }
  const cycle = /^R(\d{1,3})\/(P[^,\s]+)$/.exec(use.value);
  const delays = use.value.split(',').map((delay) => delay.trim());
  const backoff = cycle?.[2] ?? delays[0] ?? '';
  if (parseDuration(backoff) === undefined) {
    converter.refuse(use, 'unknown', { todo: 'Write retries on zeebe:taskDefinition and a duration as gov:retry backoff.' });
    return;
  }
  const retries = cycle?.[1] ?? String(delays.length + 1);
  if (!converter.put(element, DEFINITION, { retries }) || !converter.put(element, 'gov:retry', { backoff })) {
    converter.keep(use);
    converter.say('present', use, 'the retries of the task');
    return;
  }
  converter.remove(use);
  const to = `gov:retry backoff="${backoff}" and retries="${retries}"`;
  if (new Set(delays).size > 1) converter.say('check', use, to, { but: 'all attempts wait as long as the first one', todo: 'Choose one time to wait.' });
  else converter.say('moved', use, to);
}

const WAITS = ['asyncBefore', 'asyncAfter', 'async', 'asyncLeave', 'exclusive'];

/** Marks of transactions, and the order of jobs. */
export function continuation(converter: Converter, element: XmlElement): void {
  for (const name of WAITS) {
    const use = converter.attribute(element, name);
    if (use === undefined) continue;
    converter.remove(use);
    converter.say('leftOut', use, '', { why: 'here every step is recorded before the next one begins' });
  }
  for (const name of ['taskPriority', 'jobPriority']) {
    const use = converter.attribute(element, name);
    if (use === undefined) continue;
    if (element.local !== 'process' && converter.own(element, DEFINITION) === undefined) {
      converter.remove(use);
      converter.say('leftOut', use, '', { why: 'no worker does this element, so there is nothing to put in order' });
      continue;
    }
    const value = converter.value(use);
    if (value !== undefined) converter.move(use, 'zeebe:jobPriorityDefinition', 'priority', value);
  }
}

const TASK_EVENTS: Readonly<Record<string, string>> = { create: 'creating', assignment: 'assigning', complete: 'completing', delete: 'canceling', update: 'updating' };

export function listeners(converter: Converter, element: XmlElement): void {
  for (const use of converter.elements(element, 'executionListener')) {
    const event = attributeOf(use.node as XmlElement, 'event') ?? '';
    if (element.local === 'sequenceFlow') converter.refuse(use, 'unknown', { todo: 'Draw a service task on the sequence flow.' });
    else listener(converter, use, 'zeebe:executionListeners', 'zeebe:executionListener', ['start', 'end'].includes(event) ? event : undefined);
  }
  for (const use of converter.elements(element, 'taskListener')) {
    const event = attributeOf(use.node as XmlElement, 'event') ?? '';
    listener(converter, use, 'zeebe:taskListeners', 'zeebe:taskListener', Object.hasOwn(TASK_EVENTS, event) ? TASK_EVENTS[event] : undefined);
  }
}

function listener(converter: Converter, use: Use, list: string, part: string, eventType: string | undefined): void {
  const node = use.node as XmlElement;
  const name = ['class', 'delegateExpression', 'expression'].map((attribute) => attributeOf(node, attribute)).find((text) => text !== undefined);
  const fields = converter.elements(node, 'field', use.element);
  const inner = elementsOf(node).find((child) => child.local === 'script');
  if (inner !== undefined) {
    converter.refuse(use, 'foreignScript', { language: attributeOf(inner, 'scriptFormat') ?? 'another language' });
    return;
  }
  // Values that only a listener of the other engine gets would be lost without a word.
  const lost = fields.some(({ node: one }) => !('text' in convertValue(attributeOf(one as XmlElement, 'expression') ?? '')));
  if (eventType === undefined || name === undefined || lost || (fields.length > 0 && part === 'zeebe:taskListener')) {
    converter.refuse(use, 'unknown', { todo: 'Draw a service task before or after the element.' });
    return;
  }
  const type = `legacy:${name.replace(/^[$#]\{|\}\s*$/g, '').replace(/\(.*$/s, '').replace(/[^\p{L}\p{N}_.-]+/gu, '-')}`;
  const made = converter.add(use.element, list, part, { eventType, type });
  if (fields.length > 0) {
    const headers = converter.addTo(made, 'zeebe:taskHeaders', {});
    for (const one of fields) field(converter, one, (attributes) => converter.addTo(headers, 'zeebe:header', attributes));
  }
  converter.remove(use);
  const named: Use = { ...use, value: name };
  converter.say('moved', named, `${list} ${eventType} ${type}`);
  converter.say('worker', named, type);
}
