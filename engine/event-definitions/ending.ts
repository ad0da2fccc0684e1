/**
 * What an end event does after its token is consumed (BPMN 2.0.2, 10.5.3 and 13.5.6): nothing more, throw an escalation or an
 * error, cancel the transaction around it, or terminate its scope.
 */
import type { EventDefinition, FlowNode } from '../bpmn/graph.ts';
import { EngineError } from '../errors.ts';
import type { Step } from '../events.ts';
import type { Decision } from '../execution/decision.ts';
import { closeWaits } from '../execution/termination.ts';
import { throwError, throwEscalation } from '../execution/throwing.ts';

export function endScope(decision: Decision, event: FlowNode, scope: number): void {
  const definition = event.event;
  if (definition?.kind === 'multiple') {
    const kinds = [...definition.definitions];
    const caught = kinds.flatMap((one) => (one.kind === 'escalation' ? throwEscalation(decision, scope, event.id, one.code ?? '', {}) : []));
    const last = kinds.find(({ kind }) => kind === 'error' || kind === 'terminate');
    if (last) endBy(decision, event, last, scope, caught);
    else decision.follow(...caught, { do: 'settle', scope });
  } else endBy(decision, event, definition, scope, []);
}

/** `before`: the steps by which what it also threw is caught. */
function endBy(decision: Decision, event: FlowNode, definition: EventDefinition | undefined, scope: number, before: readonly Step[]): void {
  switch (definition?.kind) {
    case 'error': throwError(decision, scope, event.id, definition.code ?? '', event.name === '' ? event.id : event.name, {}); break;
    case 'escalation': decision.follow(...throwEscalation(decision, scope, event.id, definition.code ?? '', {}), { do: 'settle', scope }); return;
    case 'terminate': decision.follow(terminateScope(event, scope)); break;
    case 'cancel': decision.follow(cancelTransaction(decision, event, scope)); return;
    default: decision.follow({ do: 'settle', scope }); return;
  }
  decision.follow(...before);
}

/** Everything else in this scope ends; a sub-process then completes and its parent goes on, a case is terminated. */
function terminateScope(event: FlowNode, scope: number): Step {
  const then = scope === 0
    ? { do: 'end', as: 'terminated', message: `terminate end event ${event.id}` } as const
    : { do: 'complete', id: scope } as const;
  return { do: 'terminate', id: scope, inside: true, then: [then] };
}

/** 10.5.5 and 13.5.5: what is active in the transaction ends, what has completed is undone, then its cancel boundary event happens. */
function cancelTransaction(decision: Decision, event: FlowNode, from: number): Step {
  let id = from;
  while (id !== 0 && decision.node(decision.element(id).elementId).type !== 'transaction') id = decision.element(id).scope;
  if (id === 0) throw new EngineError(`Expected ${event.id} to stand in a transaction, but it does not; the model should have been refused`);
  const self = decision.element(id);
  const border = self.role?.kind === 'iteration' ? decision.element(self.scope) : self;
  // What it becomes is decided: only an error of what undoes (a hazard) or whoever cancels what is around it can still end it.
  closeWaits(decision, self);
  if (border !== self) closeWaits(decision, border);
  const catcher = decision.node(self.elementId).boundaryEvents.find((one) => one.event?.kind === 'cancel');
  const enter: readonly Step[] = catcher ? [{ do: 'enter', elementId: catcher.id, scope: border.scope, fired: {} }] : [];
  return { do: 'terminate', id, inside: true, then: [{ do: 'undo', scope: id, then: [{ do: 'terminate', id: border.id, then: enter }] }] };
}
