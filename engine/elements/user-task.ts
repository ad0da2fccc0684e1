/** User task (BPMN 2.0.2, 10.3.4): offered to people; who may take it, by when, with which form is decided when it is created. */
import type { UserTaskSpec } from '../bpmn/graph.ts';
import { EngineError } from '../errors.ts';
import { deadlinesOf, startClocks } from '../event-definitions/deadline.ts';
import { dueAfter } from '../event-definitions/timer.ts';
import type { Behaviour } from '../execution/decision.ts';
import type { Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { transit } from '../execution/listeners.ts';
import { describe, evaluate, evaluateText, evaluateTexts } from '../execution/variables.ts';
import type { Expression } from '../bpmn/graph.ts';
import type { UserTaskCreated } from '../events.ts';
import type { ElementInstance } from '../state.ts';
import { parseInstant } from '../time/instant.ts';

const DEFAULT_PRIORITY = 50;

export const userTask: Behaviour = {
  activate(decision, node, self) {
    if (!node.userTask) throw new EngineError(`Expected user task ${node.id} to be described, but the graph has nothing`);
    const offered = offer(decision, node.userTask, self, node.laneGroup);
    const clocks = deadlinesOf(decision, node.userTask, self, offered);
    const { assignee, ...open } = offered;
    if (assignee === undefined || node.listeners?.assigning === undefined) {
      decision.record(offered);
      startClocks(decision, self, clocks);
      return;
    }
    decision.record(open);
    startClocks(decision, self, clocks);
    transit(decision, self, { type: 'UserTaskAssigned', id: self.id, person: assignee, by: decision.actor.person }, {});
  },
};

/** What the task offers as `decision` sees the case now; may be Stuck. */
export function offer(decision: Decision, spec: UserTaskSpec, self: ElementInstance, laneGroup: string | undefined): UserTaskCreated {
  const { id, elementId } = self;
  const assignee = evaluateText(decision, id, spec.assignee, `the assignee of ${elementId}`);
  const users = evaluateTexts(decision, id, spec.candidateUsers, `the candidate users of ${elementId}`);
  const named = evaluateTexts(decision, id, spec.candidateGroups, `the candidate groups of ${elementId}`);
  const byLane = spec.candidateGroups === undefined && users.length === 0 && assignee === undefined && laneGroup !== undefined;
  const groups = byLane ? [laneGroup] : named;
  const due = dueOf(decision, spec, self);
  const followUpAt = instantOf(decision, spec.followUpDate, self, 'follow-up date');
  return {
    type: 'UserTaskCreated', id, elementId, priority: priorityOf(decision, spec.priority, self),
    ...(assignee !== undefined && { assignee }),
    ...(groups.length > 0 && { candidateGroups: groups }),
    ...(users.length > 0 && { candidateUsers: users }),
    ...(spec.form !== undefined && { form: spec.form }),
    ...due,
    ...(followUpAt !== undefined && { followUpAt }),
  };
}

function dueOf(decision: Decision, spec: UserTaskSpec, self: ElementInstance): Pick<UserTaskCreated, 'dueAt' | 'calendar'> {
  const dueAt = instantOf(decision, spec.dueDate, self, 'due date');
  if (dueAt !== undefined) return { dueAt };
  if (!spec.sla) return {};
  const due = dueAfter(decision.facts, spec.sla.due, spec.sla.calendar, self.elementId);
  if (!due) throw new Stuck('INCIDENT_TIMER', { source: spec.sla.due, element: self.elementId, wanted: 'a duration such as P5BD', got: spec.sla.due });
  return due;
}

function instantOf(decision: Decision, expression: Expression | undefined, self: ElementInstance, what: string): string | undefined {
  if (!expression) return undefined;
  const value = evaluate(decision, self.id, expression, `the ${what} of ${self.elementId}`);
  if (value === null) return undefined;
  const text = typeof value === 'string' ? value : typeof value === 'object' && 'v' in value && typeof value.v === 'string' ? value.v : '';
  const instant = parseInstant(text, decision.facts.zone);
  if (instant !== undefined) return instant;
  throw new Stuck('INCIDENT_TIMER', { source: expression.source, element: self.elementId, wanted: 'a date and time', got: describe(value) });
}

function priorityOf(decision: Decision, expression: Expression | undefined, self: ElementInstance): number {
  if (!expression) return DEFAULT_PRIORITY;
  const value = Number(evaluate(decision, self.id, expression, `the priority of ${self.elementId}`));
  if (Number.isInteger(value) && value >= 0 && value <= 100) return value;
  throw new Stuck('INCIDENT_EXPRESSION', { where: `the priority of ${self.elementId}`, wanted: 'a whole number from 0 to 100', source: expression.source, got: describe(value) });
}
