/** Catching an event, whatever its trigger (BPMN 2.0.2, 13.5): opening the subscriptions, and which event definition opens which. */
import type { EventDefinition, FlowNode } from '../bpmn/graph.ts';
import { EngineError } from '../errors.ts';
import type { Decision } from '../execution/decision.ts';
import type { ElementInstance } from '../state.ts';
import { armCondition } from './conditional.ts';
import { subscribe } from './message.ts';
import { awaitSignal } from './signal.ts';
import { armTimer } from './timer.ts';
import type { Since } from './timer.ts';

/** Opens what the event waits for on behalf of `host`: of several triggers all. `since`: what timers are counted from; absent: now. */
export function arm(decision: Decision, event: FlowNode, host: ElementInstance, since?: Since): void {
  if (event.message) { subscribe(decision, event.id, event.message, host, undefined); return; }
  const definition = event.event;
  if (!definition) throw new EngineError(`Expected ${event.id} to catch a trigger, but it has none; the model should have been refused`);
  if (definition.kind === 'multiple') definition.definitions.forEach((one, part) => { armOne(decision, event, one, host, part, since); });
  else armOne(decision, event, definition, host, undefined, since);
}

/** It happens again as long as its activity or scope lives: what arms it stays armed. */
export function staysArmed(event: FlowNode): boolean {
  const repeats = (event.type === 'boundaryEvent' || event.type === 'startEvent') && !event.interrupting;
  return repeats && !(event.event?.kind === 'multiple' && event.event.parallel);
}

/** Errors, escalations, cancellations and compensations are thrown to their catcher and need no subscription. */
function armOne(decision: Decision, event: FlowNode, definition: EventDefinition, host: ElementInstance, part: number | undefined, since: Since | undefined): void {
  switch (definition.kind) {
    case 'timer': armTimer(decision, event.id, definition, host, part, since); return;
    case 'message': subscribe(decision, event.id, definition.message, host, part); return;
    case 'signal': awaitSignal(decision, event.id, definition, host, staysArmed(event), part); return;
    case 'conditional': armCondition(decision, event.id, definition, host, part); return;
    case 'error': case 'escalation': case 'cancel': case 'compensate': case 'link': return;
    case 'none': case 'terminate': case 'multiple':
      throw new EngineError(`Expected ${event.id} to catch a trigger, but it has none; the model should have been refused`);
  }
}
