/** Incidents: events that stop a path until a human has acted and resolved them; everything else goes on. */
import { fill } from '../errors.ts';
import type { ActivationPhase, ListenerPlace, Step } from '../events.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';
import { INCIDENT_ERRORS } from './errors.ts';
import type { Stuck } from './errors.ts';

export function raiseIncident(decision: Decision, self: ElementInstance, phase: ActivationPhase | 'complete' | 'join' | 'listen', stuck: Stuck, elementId = self.elementId, listener?: ListenerPlace): void {
  decision.record({ type: 'IncidentRaised', id: decision.nextId(), element: self.id, elementId, phase, code: stuck.code, message: stuck.message, ...(listener && { listener }) });
}

/** The loop without a wait state stops here; resolving the incident gives it another budget. */
export function raiseLoopIncident(decision: Decision, next: Step, taken: number): void {
  decision.record({ type: 'TurnYielded', steps: [...decision.steps, next], taken: 0 });
  decision.steps.length = 0;
  const elementId = elementIdOf(decision, next);
  const message = fill(INCIDENT_ERRORS.INCIDENT_ENDLESS_LOOP.message, { steps: taken, element: elementId });
  decision.record({ type: 'IncidentRaised', id: decision.nextId(), element: 0, elementId, phase: 'turn', code: 'INCIDENT_ENDLESS_LOOP', message });
}

function elementIdOf(decision: Decision, step: Step): string {
  if (step.do === 'enter') return step.elementId;
  if (step.do === 'take') return decision.graph.flows.get(step.flowId)?.target ?? step.flowId;
  const id = 'id' in step ? step.id : 'scope' in step ? step.scope : 0;
  return decision.state.elements.get(id)?.elementId ?? decision.graph.id;
}
