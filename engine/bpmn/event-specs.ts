/** What events wait for or throw (BPMN 2.0.2, 10.5.5 event definitions): messages, timers, errors, with their values checked and compiled. */
import { correlationOf } from './correlation-specs.ts';
import { parseCycle } from '../time/cycle.ts';
import { parseDuration } from '../time/duration.ts';
import { parseInstant } from '../time/instant.ts';
import type { Report } from './expressions.ts';
import { feelOf, shorten, valueOf } from './expressions.ts';
import type { EventDefinition, Expression, MessageSpec } from './graph.ts';
import { placeOf, propertyOf } from './model.ts';
import type { Model, ModelNode } from './model.ts';
import { bodyOf, extension, namesIn } from './tree.ts';
import type { Element } from './tree.ts';

const NONE: EventDefinition = { kind: 'none' };
const TERMINATE: EventDefinition = { kind: 'terminate' };
const CANCEL: EventDefinition = { kind: 'cancel' };
const NO_DEFINITIONS: readonly Element[] = [];
const SIGNAL_SCOPES: readonly string[] = ['tenant', 'conversation'];

/** Messages of one file: each is read once, however many events use it. */
export class Messages {
  readonly #model: Model;
  readonly #report: Report;
  readonly #known = new Map<Element, MessageSpec | undefined>();

  constructor(model: Model, report: Report) {
    this.#model = model;
    this.#report = report;
  }

  /** Refuses with BPMN_MESSAGE_MISSING, BPMN_MESSAGE_NAME_MISSING, BPMN_FEEL_INVALID, BPMN_CORRELATION_INVALID. */
  of(message: Element | undefined, user: ModelNode): MessageSpec | undefined {
    if (message === undefined) {
      this.#report('BPMN_MESSAGE_MISSING', user);
      return undefined;
    }
    if (!this.#known.has(message)) this.#known.set(message, this.#read(message, user));
    const spec = this.#known.get(message);
    const correlation = spec && correlationOf(this.#model, message, user, this.#report);
    return correlation ? { ...spec, correlation } : spec;
  }

  #read(message: Element, user: ModelNode): MessageSpec | undefined {
    const at = placeOf(this.#model.file, message);
    const name = message.name?.trim() ?? '';
    if (name === '') {
      this.#report('BPMN_MESSAGE_NAME_MISSING', at, { message: at.id, id: user.id });
      return undefined;
    }
    return { name, correlationKey: valueOf(extension(message, 'zeebe:Subscription')?.correlationKey, 'correlationKey', at, this.#report) };
  }
}

/** The event definitions of an event: its own, and those it shares with others by eventDefinitionRef. */
export function definitionsOf(node: ModelNode): readonly Element[] {
  const { eventDefinitions, eventDefinitionRef } = node.element;
  if (eventDefinitionRef === undefined) return eventDefinitions ?? NO_DEFINITIONS;
  return [...(eventDefinitions ?? NO_DEFINITIONS), ...eventDefinitionRef];
}

/** The first event definition of an event. */
export function definitionOf(node: ModelNode): Element | undefined {
  return definitionsOf(node)[0];
}

/** A start event of the process itself, not of an event sub-process. */
export function startsProcess(node: ModelNode): boolean {
  return node.type === 'startEvent' && node.scope.node === undefined;
}

/** The start event of an event sub-process. */
export function startsHandler(node: ModelNode): boolean {
  return node.type === 'startEvent' && node.scope.element.triggeredByEvent === true;
}

/** The compiled event definition; undefined when it is not executed or not complete, which is then reported. */
export function eventOf(node: ModelNode, messages: Messages, report: Report): EventDefinition | undefined {
  const definitions = definitionsOf(node);
  const [only] = definitions;
  if (only === undefined) return NONE;
  if (definitions.length === 1) return specOf(node, only, messages, report);
  const specs = definitions.map((definition) => specOf(node, definition, messages, report));
  const complete = specs.filter((spec) => spec !== undefined);
  return complete.length < specs.length ? undefined : { kind: 'multiple', definitions: complete, parallel: node.element.parallelMultiple === true };
}

/** One event definition of `node`, which may be the implicit throw event of a loop. */
export function specOf(node: ModelNode, definition: Element, messages: Messages, report: Report): EventDefinition | undefined {
  switch (definition.$type) {
    case 'bpmn:TerminateEventDefinition': return TERMINATE;
    case 'bpmn:MessageEventDefinition': return messageEvent(node, definition, messages, report);
    case 'bpmn:TimerEventDefinition': return timerOf(node, definition, report);
    case 'bpmn:ErrorEventDefinition': return errorOf(node, definition, report);
    case 'bpmn:EscalationEventDefinition': return escalationOf(node, definition, report);
    case 'bpmn:SignalEventDefinition': return signalOf(node, definition, report);
    case 'bpmn:ConditionalEventDefinition': return conditionalOf(node, definition, report);
    case 'bpmn:LinkEventDefinition': return linkOf(node, definition, report);
    case 'bpmn:CompensateEventDefinition': return { kind: 'compensate', activity: definition.activityRef?.id, wait: definition.waitForCompletion !== false };
    case 'bpmn:CancelEventDefinition': return CANCEL;
    default: return undefined;
  }
}

function messageEvent(node: ModelNode, definition: Element, messages: Messages, report: Report): EventDefinition | undefined {
  const byJob = extension(node.element, 'zeebe:TaskDefinition') !== undefined;
  if (byJob) {
    if (definition.messageRef !== undefined) report('BPMN_SEND_BOTH', node);
    return NONE;
  }
  if (definition.messageRef === undefined && (node.type === 'endEvent' || node.type === 'intermediateThrowEvent')) {
    report('BPMN_SEND_NOTHING', node);
    return undefined;
  }
  const message = messages.of(definition.messageRef, node);
  return message === undefined ? undefined : { kind: 'message', message };
}

const TIMERS = [['timeDate', 'date'], ['timeDuration', 'duration'], ['timeCycle', 'cycle']] as const;

/** Refuses with BPMN_TIMER_AMOUNT, BPMN_TIMER_INVALID, BPMN_TIMER_CYCLE, BPMN_TIMER_START. */
function timerOf(node: ModelNode, definition: Element, report: Report): EventDefinition | undefined {
  const filled = TIMERS.filter(([property]) => bodyOf(definition[property]) !== '');
  const [only] = filled;
  if (only === undefined || filled.length > 1) {
    report('BPMN_TIMER_AMOUNT', node, { found: filled.length === 0 ? 'none' : filled.map(([property]) => property).join(' and ') });
    return undefined;
  }
  const [property, timer] = only;
  const value = valueOf(bodyOf(definition[property]), property, node, report);
  if (timer === 'cycle' && !repeats(node)) report('BPMN_TIMER_CYCLE', node);
  if (value === undefined) return undefined;
  const names = value.feel?.names ?? [];
  if (startsProcess(node) && names.length > 0) report('BPMN_TIMER_START', node, { property, names: names.join(', ') });
  checkTimer(node, property, value, report);
  return { kind: 'timer', timer, value, calendar: propertyOf(node.element, 'calendar') };
}

/** What goes on after it has happened can happen again. */
function repeats(node: ModelNode): boolean {
  if (node.type === 'boundaryEvent') return node.element.cancelActivity === false;
  return node.type === 'startEvent' && (!startsHandler(node) || node.element.isInterrupting === false);
}

function checkTimer(node: ModelNode, property: (typeof TIMERS)[number][0], value: Expression, report: Report): void {
  const { literal } = value;
  if (literal === undefined) return;
  const refuse = (expected: string): void => { report('BPMN_TIMER_INVALID', node, { property, expected, value: shorten(literal) }); };
  if (property === 'timeDate' && parseInstant(literal, 'UTC') === undefined) refuse('a date and time such as 2026-01-05T09:00:00Z');
  if (property === 'timeDuration' && (parseDuration(literal) === undefined || literal.startsWith('-'))) refuse('a duration such as PT10M, P3D or P5BD (working days)');
  if (property === 'timeCycle' && parseCycle(literal) === undefined) refuse('a repeating interval such as R3/PT10M or a cron expression');
}

/** Refuses with BPMN_ERROR_CODE_MISSING (thrown); BPMN_ERROR_WITHOUT_CODE tells that every error is caught (8.4.3: "if there is no errorCode, then any error"). */
function errorOf(node: ModelNode, definition: Element, report: Report): EventDefinition | undefined {
  const error = definition.errorRef;
  const code = error?.errorCode?.trim() ?? '';
  if (throws(node)) {
    if (code !== '') return { kind: 'error', code };
    report('BPMN_ERROR_CODE_MISSING', node, { found: error === undefined ? 'no errorRef' : `error ${error.id ?? ''} without a code` });
    return undefined;
  }
  if (error !== undefined && code === '') report('BPMN_ERROR_WITHOUT_CODE', node);
  return { kind: 'error', code: code === '' ? undefined : code };
}

function throws(node: ModelNode): boolean {
  return node.type !== 'boundaryEvent' && node.type !== 'startEvent' && node.type !== 'intermediateCatchEvent';
}

/** Refuses with BPMN_ESCALATION_CODE_MISSING (thrown); BPMN_ESCALATION_WITHOUT_CODE tells that every escalation is caught. */
function escalationOf(node: ModelNode, definition: Element, report: Report): EventDefinition | undefined {
  const escalation = definition.escalationRef;
  const code = escalation?.escalationCode?.trim() ?? '';
  if (code !== '') return { kind: 'escalation', code };
  if (!throws(node)) {
    if (escalation !== undefined) report('BPMN_ESCALATION_WITHOUT_CODE', node);
    return { kind: 'escalation', code: undefined };
  }
  report('BPMN_ESCALATION_CODE_MISSING', node, { found: escalation === undefined ? 'no escalationRef' : `escalation ${escalation.id ?? ''} without a code` });
  return undefined;
}

/** Refuses with BPMN_SIGNAL_NAME_MISSING, BPMN_SIGNAL_START_COMPUTED, BPMN_SIGNAL_SCOPE. */
function signalOf(node: ModelNode, definition: Element, report: Report): EventDefinition | undefined {
  const signal = definition.signalRef;
  if ((signal?.name ?? '').trim() === '') {
    report('BPMN_SIGNAL_NAME_MISSING', node, { found: signal === undefined ? 'no signalRef' : `signal ${signal.id ?? ''} without a name` });
    return undefined;
  }
  const name = valueOf(signal?.name, 'the name of the signal', node, report);
  if (name?.feel !== undefined && startsProcess(node)) report('BPMN_SIGNAL_START_COMPUTED', node, { value: shorten(name.source) });
  const scope = signal === undefined ? undefined : propertyOf(signal, 'scope')?.trim();
  if (scope !== undefined && (!SIGNAL_SCOPES.includes(scope) || (scope === 'conversation' && startsProcess(node)))) report('BPMN_SIGNAL_SCOPE', node, { value: shorten(scope), why: startsProcess(node) ? ', and a process is started from outside' : '' });
  return name === undefined ? undefined : { kind: 'signal', name, ...(scope === 'conversation' && { near: true }) };
}

const VARIABLE_EVENTS = ['create', 'update'] as const;

/** Refuses with BPMN_CONDITION_MISSING, BPMN_CONDITION_EVENTS. */
function conditionalOf(node: ModelNode, definition: Element, report: Report): EventDefinition | undefined {
  const text = bodyOf(definition.condition);
  if (text === '') {
    report('BPMN_CONDITION_MISSING', node);
    return undefined;
  }
  const condition = feelOf(text, 'the condition', node, report);
  if (condition === undefined) return undefined;
  const { variableNames, variableEvents } = extension(definition, 'zeebe:ConditionalFilter') ?? {};
  const filter = namesIn(variableNames);
  const events = namesIn(variableEvents);
  const wrong = startsProcess(node) ? events : events.filter((event) => !VARIABLE_EVENTS.some((known) => known === event));
  if (wrong.length > 0) report('BPMN_CONDITION_EVENTS', node, { found: shorten(wrong.join(', ')), why: startsProcess(node) ? ', and before a case there are no variables to be made or changed' : '' });
  const only = VARIABLE_EVENTS.filter((event) => events.includes(event));
  return { kind: 'conditional', condition, names: filter.length > 0 ? filter : (condition.feel?.names ?? []), ...(only.length === 1 && { only: only[0] }) };
}

/** Refuses with BPMN_LINK_NAME_MISSING. */
function linkOf(node: ModelNode, definition: Element, report: Report): EventDefinition | undefined {
  const name = definition.name?.trim() ?? '';
  if (name !== '') return { kind: 'link', name };
  report('BPMN_LINK_NAME_MISSING', node);
  return undefined;
}
