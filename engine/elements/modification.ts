/**
 * Moving a running case by hand (not in BPMN; an act of an officer with a reason): element instances are cancelled or skipped, others
 * are begun in the same decision. Guards come first; nothing is recorded before all of them hold.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import type { ModifyInstance } from '../commands.ts';
import { reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import type { Step } from '../events.ts';
import type { Decision } from '../execution/decision.ts';
import { isBody } from '../execution/loops.ts';
import { isTerminating } from '../execution/termination.ts';
import type { ElementInstance } from '../state.ts';

export function modifyInstance(decision: Decision, command: ModifyInstance): Rejection | undefined {
  const { reason, cancel = [], skip = [], activate = [] } = command;
  const why = reason.trim() === '' ? 'no reason was given'
    : cancel.length + skip.length + activate.length === 0 ? 'it changes nothing'
      : firstOf([...cancel, ...skip], (id) => cannotEnd(decision, id) ?? endsAnyway(decision, id, [...cancel, ...skip])) ?? firstOf(skip, (id) => cannotSkip(decision, id)) ?? firstOf(activate, (one) => cannotBegin(decision, one, [...cancel, ...skip]));
  if (why !== undefined) return reject('INSTANCE_MODIFICATION_INVALID', { stream: decision.state.stream, reason: why });
  const ended = (ids: readonly number[]): readonly string[] => ids.map((id) => decision.element(id).elementId);
  decision.record({ type: 'InstanceModified', by: decision.actor.person, reason, canceled: ended(cancel), skipped: ended(skip), activated: activate.map(({ elementId }) => elementId) });
  const steps: Step[] = [];
  // A scope may be left without tokens: looked at when the element is gone, which for one that called a case is later.
  for (const id of cancel) steps.push({ do: 'terminate', id, then: [{ do: 'settle', scope: decision.element(id).scope, uncounted: true }] });
  for (const id of skip) steps.push({ do: 'terminate', id, then: takes(decision, decision.element(id)) });
  for (const { elementId, scope = 0 } of activate) steps.push({ do: 'enter', elementId, scope });
  decision.follow(...steps);
  return undefined;
}

function firstOf<T>(items: readonly T[], reasonFor: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const reason = reasonFor(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function cannotEnd(decision: Decision, id: number): string | undefined {
  const self = decision.state.elements.get(id);
  if (!self || id === 0 || isTerminating(decision, self)) return `${String(id)} is no active element instance`;
  if (self.role?.kind === 'iteration') return `“${self.elementId}” runs several times: name the whole of it`;
  return self.role?.kind === 'undo' ? `“${self.elementId}” undoes another activity` : undefined;
}

/** What is named twice, or inside what ends as well, could not be ended a second time. */
function endsAnyway(decision: Decision, id: number, ending: readonly number[]): string | undefined {
  const { elementId, scope } = decision.element(id);
  if (ending.filter((other) => other === id).length > 1) return `“${elementId}” is named twice`;
  const around = scopesAround(decision, scope).find((outer) => ending.includes(outer));
  return around === undefined ? undefined : `“${elementId}” stands inside “${decision.element(around).elementId}”, which ends with it`;
}

/** `scope` and every scope around it, but not the case itself. */
function scopesAround(decision: Decision, scope: number): readonly number[] {
  const found: number[] = [];
  for (let outer = scope; outer !== 0; outer = decision.element(outer).scope) found.push(outer);
  return found;
}

/** Where conditions choose the way, skipping would have to guess. */
function cannotSkip(decision: Decision, id: number): string | undefined {
  const { elementId } = decision.element(id);
  const node = decision.node(elementId);
  return node.type.endsWith('Gateway') || node.selective ? `conditions choose the way from “${elementId}”: cancel it and begin what shall follow` : undefined;
}

function cannotBegin(decision: Decision, { elementId, scope = 0 }: NonNullable<ModifyInstance['activate']>[number], ending: readonly number[]): string | undefined {
  const node: FlowNode | undefined = decision.graph.nodes.get(elementId);
  if (!node) return `“${elementId}” is no flow node of this version`;
  if (node.type === 'boundaryEvent' || node.type === 'startEvent' || node.isForCompensation || node.triggeredByEvent) return `“${elementId}” begins by its event only`;
  if (scope === 0 && decision.state.reopened !== undefined) return 'it has completed and is only being undone: what began anew would outlive it';
  const self = decision.state.elements.get(scope);
  if (!self || isTerminating(decision, self) || scopesAround(decision, scope).some((outer) => ending.includes(outer))) return `${String(scope)} is no active scope`;
  const stands = scope === 0 ? undefined : self.elementId;
  return node.parentId === stands && (scope === 0 || !isBody(decision.node(self.elementId), self)) ? undefined : `“${elementId}” does not stand directly in scope ${String(scope)}`;
}

function takes(decision: Decision, { elementId, scope }: ElementInstance): readonly Step[] {
  const { outgoing } = decision.node(elementId);
  return outgoing.length === 0 ? [{ do: 'settle', scope }] : outgoing.map(({ id }) => ({ do: 'take', flowId: id, scope }));
}
