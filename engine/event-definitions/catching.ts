/** Catching an event, whatever its trigger (BPMN 2.0.2, 13.5): opening the subscription, and which event definition opens which. */
import type { FlowNode } from '../bpmn/graph.ts';
import { EngineError } from '../errors.ts';
import type { Decision } from '../execution/decision.ts';
import type { ElementInstance } from '../state.ts';
import { subscribe } from './message.ts';
import { armTimer } from './timer.ts';

/** Opens what the event waits for on behalf of `host`. An error is thrown to its catcher and needs no subscription. */
export function arm(decision: Decision, event: FlowNode, host: ElementInstance): void {
  if (event.message) { subscribe(decision, event.id, event.message, host); return; }
  const definition = event.event;
  switch (definition?.kind) {
    case 'timer': armTimer(decision, event.id, definition, host); return;
    case 'message': subscribe(decision, event.id, definition.message, host); return;
    case 'error': return;
    case 'none': case 'terminate': case undefined:
      throw new EngineError(`Expected ${event.id} to catch a trigger, but it has none; the model should have been refused`);
  }
}
