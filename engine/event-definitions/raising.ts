/** Throwing an event, whatever its trigger (BPMN 2.0.2, 10.5.1): a throw event throws all its event definitions, in their order. */
import type { EventDefinition, FlowNode } from '../bpmn/graph.ts';
import { undoFrom } from '../execution/compensation.ts';
import type { Decision } from '../execution/decision.ts';
import { takesInputs } from '../execution/results.ts';
import { throwError, throwEscalation } from '../execution/throwing.ts';
import type { Step } from '../events.ts';
import type { ElementInstance } from '../state.ts';
import { publication } from './message.ts';
import { broadcast } from './signal.ts';

const NOTHING = (): readonly Step[] => [];

/** Throws for `self`, then completes it: a throw is delivered before the throwing token moves on. What an end event does at its end is elsewhere. */
export function throwAll(decision: Decision, node: FlowNode, self: ElementInstance): void {
  const definitions = node.event === undefined ? [] : node.event.kind === 'multiple' ? node.event.definitions : [node.event];
  const atEnd = node.type === 'endEvent';
  const prepared = definitions.map((definition) => (atEnd && definition.kind !== 'message' && definition.kind !== 'signal' ? NOTHING : prepare(decision, node.id, definition, self)));
  const caught = prepared.flatMap((record) => [...record()]);
  const complete: Step = { do: 'complete', id: self.id };
  const compensate = definitions.find(({ kind }) => kind === 'compensate');
  if (compensate?.kind !== 'compensate') decision.follow(...caught, complete);
  else if (compensate.wait) decision.follow(...caught, undoFrom(decision, self.scope, compensate.activity, [complete]));
  else decision.follow(...caught, undoFrom(decision, self.scope, compensate.activity, [{ do: 'settle', scope: self.scope, uncounted: true }]), complete);
}

/** See Triggers.prepare: everything that can be stuck is evaluated now, and recorded when the function is called. */
export function prepare(decision: Decision, elementId: string, definition: EventDefinition, self: ElementInstance): () => readonly Step[] {
  const node = decision.graph.nodes.get(self.elementId);
  const hasInputs = node === undefined || takesInputs(node);
  switch (definition.kind) {
    case 'message': {
      const event = publication(decision, elementId, definition.message, self, hasInputs);
      // Others may be recorded before it.
      return silent(() => { decision.record({ ...event, id: decision.nextId() }); });
    }
    case 'signal': return silent(broadcast(decision, elementId, definition, self, hasInputs));
    case 'escalation': return () => throwEscalation(decision, self.id, elementId, definition.code ?? '', Object.fromEntries(self.variables ?? []));
    case 'error':
      return () => {
        throwError(decision, self.id, elementId, definition.code ?? '', elementId, {});
        return [];
      };
    default: return NOTHING;
  }
}

function silent(record: () => void): () => readonly Step[] {
  return () => {
    record();
    return [];
  };
}
