/** What an end event does after its token is consumed (BPMN 2.0.2, 10.5.3 and 13.5.6): nothing more, throw an error, or terminate its scope. */
import type { FlowNode } from '../bpmn/graph.ts';
import type { Decision } from '../execution/decision.ts';
import { throwError } from '../execution/throwing.ts';

export function endScope(decision: Decision, event: FlowNode, scope: number): void {
  const definition = event.event;
  if (definition?.kind === 'error') {
    throwError(decision, scope, event.id, definition.code ?? '', event.name === '' ? event.id : event.name, {});
  } else if (definition?.kind === 'terminate') {
    terminateScope(decision, event, scope);
  } else {
    decision.follow({ do: 'settle', scope });
  }
}

/** Everything else in this scope ends; a sub-process then completes and its parent goes on, a case is terminated. */
function terminateScope(decision: Decision, event: FlowNode, scope: number): void {
  const then = scope === 0
    ? { do: 'end', as: 'terminated', message: `terminate end event ${event.id}` } as const
    : { do: 'complete', id: scope } as const;
  decision.follow({ do: 'terminate', id: scope, inside: true, then: [then] });
}
