/** What events wait for or throw (BPMN 2.0.2, 10.5.5 event definitions): messages, timers, errors, with their values checked and compiled. */
import { parseCycle } from '../time/cycle.ts';
import { parseDuration } from '../time/duration.ts';
import { parseInstant } from '../time/instant.ts';
import type { Report } from './expressions.ts';
import { shorten, valueOf } from './expressions.ts';
import type { EventDefinition, Expression, MessageSpec } from './graph.ts';
import { placeOf, propertyOf } from './model.ts';
import type { Model, ModelNode } from './model.ts';
import { bodyOf, extension } from './tree.ts';
import type { Element } from './tree.ts';

const NONE: EventDefinition = { kind: 'none' };
const TERMINATE: EventDefinition = { kind: 'terminate' };

/** Messages of one file: each is read once, however many events use it. */
export class Messages {
  readonly #model: Model;
  readonly #report: Report;
  readonly #known = new Map<Element, MessageSpec | undefined>();

  constructor(model: Model, report: Report) {
    this.#model = model;
    this.#report = report;
  }

  /** Refuses with BPMN_MESSAGE_MISSING, BPMN_MESSAGE_NAME_MISSING, BPMN_FEEL_INVALID. */
  of(message: Element | undefined, user: ModelNode): MessageSpec | undefined {
    if (message === undefined) {
      this.#report('BPMN_MESSAGE_MISSING', user);
      return undefined;
    }
    if (this.#known.has(message)) return this.#known.get(message);
    const spec = this.#read(message, user);
    this.#known.set(message, spec);
    return spec;
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

/** The single event definition of an event; several are refused elsewhere and the first one counts here. */
export function definitionOf(node: ModelNode): Element | undefined {
  return node.element.eventDefinitions?.[0];
}

/** The compiled event definition; undefined when it is not executed or not complete, which is then reported. */
export function eventOf(node: ModelNode, messages: Messages, report: Report): EventDefinition | undefined {
  const definition = definitionOf(node);
  if (definition === undefined) return NONE;
  switch (definition.$type) {
    case 'bpmn:TerminateEventDefinition': return TERMINATE;
    case 'bpmn:MessageEventDefinition': return messageEvent(node, definition, messages, report);
    case 'bpmn:TimerEventDefinition': return timerOf(node, definition, report);
    case 'bpmn:ErrorEventDefinition': return errorOf(node, definition, report);
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
  if (timer === 'cycle' && node.type !== 'startEvent' && (node.type !== 'boundaryEvent' || node.element.cancelActivity !== false)) report('BPMN_TIMER_CYCLE', node);
  if (value === undefined) return undefined;
  const names = value.feel?.names ?? [];
  if (node.type === 'startEvent' && names.length > 0) report('BPMN_TIMER_START', node, { property, names: names.join(', ') });
  checkTimer(node, property, value, report);
  return { kind: 'timer', timer, value, calendar: propertyOf(node.element, 'calendar') };
}

function checkTimer(node: ModelNode, property: (typeof TIMERS)[number][0], value: Expression, report: Report): void {
  const { literal } = value;
  if (literal === undefined) return;
  const refuse = (expected: string): void => { report('BPMN_TIMER_INVALID', node, { property, expected, value: shorten(literal) }); };
  if (property === 'timeDate' && parseInstant(literal, 'UTC') === undefined) refuse('a date and time such as 2026-01-05T09:00:00Z');
  if (property === 'timeDuration' && (parseDuration(literal) === undefined || literal.startsWith('-'))) refuse('a duration such as PT10M, P3D or P5BD (working days)');
  if (property === 'timeCycle' && parseCycle(literal) === undefined) refuse('a repeating interval such as R3/PT10M or a cron expression');
}

/** Refuses with BPMN_ERROR_CODE_MISSING (thrown) and BPMN_ERROR_WITHOUT_CODE (caught). */
function errorOf(node: ModelNode, definition: Element, report: Report): EventDefinition | undefined {
  const error = definition.errorRef;
  const code = error?.errorCode?.trim() ?? '';
  if (node.type === 'endEvent') {
    if (code !== '') return { kind: 'error', code };
    report('BPMN_ERROR_CODE_MISSING', node, { found: error === undefined ? 'no errorRef' : `error ${error.id ?? ''} without a code` });
    return undefined;
  }
  if (error !== undefined && code === '') {
    report('BPMN_ERROR_WITHOUT_CODE', node);
    return undefined;
  }
  return { kind: 'error', code: code === '' ? undefined : code };
}
