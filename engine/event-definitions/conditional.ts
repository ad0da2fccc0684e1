/**
 * Conditional event definitions (BPMN 2.0.2, 10.5.5): a condition is looked at when it is armed and whenever a variable it reads is
 * written; its event happens when it becomes true. A condition that is null is not true yet. With zeebe:conditionalFilter variableEvents only
 * the making or the changing of a variable is looked at; what is true when it is armed happens at once all the same.
 */
import type { EventDefinition } from '../bpmn/graph.ts';
import type { Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { describe, evaluate } from '../execution/variables.ts';
import type { InstanceEvent } from '../events.ts';
import type { Json } from '../facts.ts';
import type { ElementInstance, Wait } from '../state.ts';

type Conditional = Extract<EventDefinition, { kind: 'conditional' }>;
type ConditionWait = Extract<Wait, { kind: 'condition' }>;

/** Arms the condition of event `elementId` on behalf of `host`. */
export function armCondition(decision: Decision, elementId: string, definition: Conditional, host: ElementInstance, part: number | undefined): void {
  const value = evaluate(decision, host.id, definition.condition, `the condition of ${elementId}`);
  if (value !== null && typeof value !== 'boolean') {
    throw new Stuck('INCIDENT_EXPRESSION', { where: `the condition of ${elementId}`, wanted: 'true or false', source: definition.condition.source, got: describe(value) });
  }
  const holds = value === true;
  const id = decision.nextId();
  const deferred = holds && decision.state.suspended;
  decision.record({ type: 'ConditionArmed', id, element: host.id, elementId, names: definition.names, holds, ...(part !== undefined && { part }), ...(deferred && { deferred }) });
  if (holds && !deferred) (decision.triggered ??= []).push({ do: 'trigger', wait: id });
}

/** What has become true while the case was suspended happens now, if it still is. */
export function resumed(decision: Decision): void {
  for (const wait of decision.state.waits.values()) if (wait.kind === 'condition' && wait.deferred) (decision.triggered ??= []).push({ do: 'trigger', wait: wait.id });
}

/** Looks at the conditions that read what was written, where they can see it. */
export function written(decision: Decision, { scope, values }: Extract<InstanceEvent, { type: 'VariablesWritten' }>, made: ReadonlySet<string>): void {
  const ids = new Set<number>();
  for (const name of Object.keys(values)) {
    const event = made.has(name) ? 'create' : 'update';
    for (const id of decision.state.watched?.get(name) ?? []) if (counts(decision, id, event)) ids.add(id);
  }
  for (const id of ids) {
    const wait = decision.state.waits.get(id);
    if (wait?.kind === 'condition' && sees(decision, wait.element, scope)) look(decision, wait);
  }
}

/** Whether this kind of writing is looked at by the condition. */
function counts(decision: Decision, id: number, event: 'create' | 'update'): boolean {
  const wait = decision.state.waits.get(id);
  const only = wait?.kind === 'condition' ? definitionOf(decision.node(wait.elementId).event, wait.part)?.only : undefined;
  return only === undefined || only === event;
}

function look(decision: Decision, wait: ConditionWait): void {
  const definition = definitionOf(decision.node(wait.elementId).event, wait.part);
  if (!definition) return;
  const holds = valueOf(decision, definition, wait) === true;
  if (holds === wait.holds) return;
  const deferred = holds && decision.state.suspended;
  decision.record({ type: 'ConditionChanged', id: wait.id, holds, ...(deferred && { deferred }) });
  if (holds && !deferred) (decision.triggered ??= []).push({ do: 'trigger', wait: wait.id });
}

/** What cannot be evaluated now is not true. */
function valueOf(decision: Decision, { condition }: Conditional, wait: ConditionWait): Json {
  try {
    return evaluate(decision, wait.element, condition, `the condition of ${wait.elementId}`);
  } catch (error) {
    if (error instanceof Stuck) return null;
    throw error;
  }
}

function definitionOf(event: EventDefinition | undefined, part: number | undefined): Conditional | undefined {
  const definition = event?.kind === 'multiple' ? event.definitions[part ?? 0] : event;
  return definition?.kind === 'conditional' ? definition : undefined;
}

/** True when `inner` stands in scope `outer` or is it. */
function sees(decision: Decision, inner: number, outer: number): boolean {
  for (let id = inner; ; id = decision.element(id).scope) {
    if (id === outer) return true;
    if (id === 0) return false;
  }
}
