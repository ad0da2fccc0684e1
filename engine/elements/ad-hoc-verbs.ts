/** What people do with an ad-hoc sub-process: choose what is done next (BPMN 2.0.2, 10.3.5). */
import type { ActivateAdHoc } from '../commands.ts';
import { reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import type { Decision } from '../execution/decision.ts';
import { canBegin, runActivities } from '../execution/scopes.ts';
import { isTerminating } from '../execution/termination.ts';

export function activateAdHoc(decision: Decision, { element, activities, reason }: ActivateAdHoc): Rejection | undefined {
  const self = decision.state.elements.get(element);
  const node = self && element !== 0 ? decision.node(self.elementId) : undefined;
  if (!self || !node?.adHoc || self.particulars?.loop === undefined || isTerminating(decision, self)) return reject('ADHOC_NOT_FOUND', { element });
  const { loop, interrupted } = self.particulars;
  if (loop.enough || interrupted) return reject('ADHOC_ENOUGH', { element: node.id, why: interrupted ? 'its event sub-process has taken over' : 'its completion condition is true' });
  const unknown = activities.length === 0 ? '(none)' : activities.find((id) => !canBegin(decision.graph.nodes.get(id), node));
  if (unknown !== undefined) return reject('ADHOC_ACTIVITY_UNKNOWN', { activity: unknown, element: node.id });
  if (node.adHoc.sequential && ((self.members?.size ?? 0) > 0 || activities.length > 1)) return reject('ADHOC_ONE_AFTER_THE_OTHER', { element: node.id });
  runActivities(decision, self, activities, false, reason);
  return undefined;
}
