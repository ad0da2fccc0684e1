/** Signal event definitions (BPMN 2.0.2, 10.5.5): subscriptions and broadcasts, both addressed to the stream of the signal's name. */
import type { EventDefinition, Expression } from '../bpmn/graph.ts';
import type { Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { ensureRest } from '../execution/hops.ts';
import { evaluateText, missingNames, visibleVariables } from '../execution/variables.ts';
import type { InstanceEvent } from '../events.ts';
import { nearSignalStream, signalStream } from '../hash.ts';
import type { ElementInstance } from '../state.ts';

type Signal = Extract<EventDefinition, { kind: 'signal' }>;

/** Opens a subscription of event `elementId` on behalf of `host`; `open`: it goes on after a signal. */
export function awaitSignal(decision: Decision, elementId: string, signal: Signal, host: ElementInstance, open: boolean, part: number | undefined): void {
  const name = nameOf(decision, host.id, signal.name, elementId);
  decision.record({
    type: 'SignalSubscribed', id: decision.nextId(), processId: decision.state.processId, element: host.id, elementId, name, to: streamOf(decision, name, signal),
    ...(open && { open }), ...(part !== undefined && { part }),
  });
}

/** What a throw event broadcasts: what its input mappings made, or without any all it can see. */
export function broadcast(decision: Decision, elementId: string, signal: Signal, self: ElementInstance, hasInputs: boolean): () => void {
  ensureRest(decision, elementId);
  const name = nameOf(decision, self.id, signal.name, elementId);
  const variables = hasInputs ? Object.fromEntries(self.variables ?? []) : visibleVariables(decision.state, self.id);
  return () => {
    const thrown: InstanceEvent = { type: 'SignalThrown', id: decision.nextId(), elementId, name, to: streamOf(decision, name, signal), variables, ...(signal.near && { near: true }) };
    decision.record(thrown);
  };
}

/** Everybody of the tenant, or who belongs to the same conversation: the case, those it calls, and those it exchanges messages with. */
function streamOf({ state }: Decision, name: string, { near }: Signal): string {
  return near ? nearSignalStream(name, state.conversation) : signalStream(name);
}

function nameOf(decision: Decision, scope: number, signal: Expression, elementId: string): string {
  const name = evaluateText(decision, scope, signal, `the name of the signal of ${elementId}`);
  if (name !== undefined && name !== '') return name;
  throw new Stuck('INCIDENT_EXPRESSION', { where: `the name of the signal of ${elementId}`, wanted: 'a text', source: signal.source, got: `nothing, because ${missingNames(decision, scope, signal)}` });
}
