/**
 * Errors on their way out (BPMN 2.0.2, 10.5.6 and 13.5.3): the nearest activity around the thrower whose boundary event catches
 * the code is interrupted, an exact code before catch-all; what nothing catches ends the case.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import type { Variables } from '../facts.ts';
import type { Decision } from './decision.ts';

/** Throws `code` out of element instance `from` (for an error end event: the scope it stood in). */
export function throwError(decision: Decision, from: number, elementId: string, code: string, message: string, variables: Variables): void {
  for (let id = from; id !== 0; id = decision.element(id).scope) {
    const element = decision.element(id);
    const catcher = catcherOn(decision.node(element.elementId), code);
    if (!catcher) continue;
    decision.record({ type: 'ErrorThrown', element: from, elementId, code, message, caughtBy: catcher.id });
    decision.follow({ do: 'terminate', id, then: [{ do: 'enter', elementId: catcher.id, scope: element.scope, fired: variables }] });
    return;
  }
  decision.record({ type: 'ErrorThrown', element: from, elementId, code, message });
  decision.follow({ do: 'terminate', id: 0, inside: true, then: [{ do: 'end', as: 'failed', code, message }] });
}

function catcherOn(activity: FlowNode, code: string): FlowNode | undefined {
  let catchAll: FlowNode | undefined;
  for (const boundary of activity.boundaryEvents) {
    if (boundary.event?.kind !== 'error') continue;
    if (boundary.event.code === code) return boundary;
    if (boundary.event.code === undefined) catchAll ??= boundary;
  }
  return catchAll;
}
