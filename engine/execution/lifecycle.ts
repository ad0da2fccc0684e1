/**
 * The life of an element instance (BPMN 2.0.2, 13.3.2): entered, inputs mapped, boundary events armed, at work, completed or
 * terminated; and the loop that does the steps of the work list.
 */
import type { FlowNode, SequenceFlow } from '../bpmn/graph.ts';
import type { ActivationPhase, InstanceEvent, ListenerPlace, Role, Step } from '../events.ts';
import type { Variables } from '../facts.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';
import { raiseIncident, raiseLoopIncident } from './incidents.ts';
import { Stuck } from './errors.ts';
import { chosenFlows } from './choosing.ts';
import { compensate, remember, undo } from './compensation.ts';
import { arrive, joinable, joinAgain, reconsider } from './joins.ts';
import { listen } from './listeners.ts';
import { advanceOf, collected, isBody, isSpawned, localsOf, spawn, startLoop } from './loops.ts';
import type { Advance } from './loops.ts';
import { bring, doneFor, resultFor } from './results.ts';
import { armHandlers, isLast, leaveBy, startSteps } from './scopes.ts';
import { ensureRoom } from './room.ts';
import { closeWaits, terminate } from './termination.ts';
import { applyMappings, propagate } from './variables.ts';

/** Does the work list until it is empty or the budget of the turn is used up (TurnYielded). `taken`: flow nodes entered before this turn, since the last wait state. */
export function runSteps(decision: Decision, taken: number): void {
  const { limits } = decision.facts;
  const { reconsiders } = decision.graph;
  let count = 0;
  let entered = taken;
  for (;;) {
    if (decision.triggered !== undefined) takeTriggered(decision, decision.triggered);
    const step = decision.steps.pop();
    if (!step) return;
    if (entered >= limits.stepsWithoutWait) {
      raiseLoopIncident(decision, step, entered);
      return;
    }
    if (count >= limits.stepsPerTurn || decision.bytes >= limits.bytesPerTurn) {
      decision.record({ type: 'TurnYielded', steps: [...decision.steps, step], taken: entered });
      return;
    }
    count += 1;
    // Whatever goes round for ever enters flow nodes for ever.
    if (step.do === 'enter') entered += 1;
    const moved = reconsiders ? scopesOf(decision, step) : undefined;
    doStep(decision, step);
    if (moved) reconsiderJoins(decision, moved);
  }
}

function takeTriggered(decision: Decision, steps: readonly Step[]): void {
  decision.triggered = undefined;
  decision.follow(...steps);
}

function doStep(decision: Decision, step: Step): void {
  switch (step.do) {
    case 'enter': return enter(decision, step);
    case 'activate': return activate(decision, step.id, step.phase);
    case 'complete': return complete(decision, step);
    case 'listen': return listen(decision, step);
    case 'take': return take(decision, step.flowId, step.scope);
    case 'terminate': return terminate(decision, step);
    case 'settle': return settle(decision, step.scope, step);
    case 'trigger': return decision.triggers.happen(decision, step.wait);
    case 'spawn': return spawnNext(decision, step.id);
    case 'join': return join(decision, step.scope, joinAgain);
    case 'undo': return undo(decision, step);
    case 'compensate': return compensate(decision, step.scope, step.run);
    case 'end': return endInstance(decision, step);
  }
}

/** The scopes in which a step moves tokens, as they are before it. A token that enters a node can reach what it could; where a gateway sends it is known when it completes. */
function scopesOf(decision: Decision, step: Step): readonly number[] {
  if (step.do === 'enter' || step.do === 'activate') return NOWHERE;
  if ('scope' in step) return [step.scope];
  if (step.do === 'end' || step.do === 'trigger') return NOWHERE;
  const element = decision.state.elements.get(step.id);
  return element ? [element.scope, element.id] : NOWHERE;
}

const NOWHERE: readonly number[] = [];

/** A gateway that waited for what can still arrive need not wait any longer. */
function reconsiderJoins(decision: Decision, scopes: readonly number[]): void {
  for (const id of scopes) {
    const scope = decision.state.elements.get(id);
    if (!scope || scope.terminating || (scope.waiting?.size ?? 0) + (scope.particulars?.awaitsReset.size ?? 0) === 0) continue;
    if (isDoomed(decision, scope)) continue;
    const step = reconsider(decision, scope);
    if (step) decision.follow(step);
  }
}

/** Something is about to be cancelled there: the gateways are looked at again after it. */
function isDoomed(decision: Decision, scope: ElementInstance): boolean {
  return decision.steps.some((step) => {
    if (step.do === 'end' || (step.do === 'complete' && step.id === scope.id)) return true;
    if (step.do !== 'terminate') return false;
    if (decision.state.elements.get(step.id)?.scope === scope.id) return true;
    for (let id = scope.id; ; id = decision.element(id).scope) {
      if (id === step.id) return true;
      if (id === 0) return false;
    }
  });
}

function enter(decision: Decision, { elementId, scope, joined, fired, role }: Extract<Step, { do: 'enter' }>): void {
  const id = decision.nextId();
  const node = decision.node(elementId);
  if (role || node.loop) {
    enterAs(decision, node, id, scope, joined, fired, role ?? { kind: 'body' });
    return;
  }
  decision.record({ type: 'ElementActivated', id, elementId, scope, ...(joined && { joined }), ...(fired && { fired: true }) });
  const self = decision.element(id);
  if (fired) bring(decision, self, fired);
  activateNode(decision, node, self, 'reads');
}

/** What an event sub-process was started with, and what an instance of a loop begins with, is its own. */
function enterAs(decision: Decision, node: FlowNode, id: number, scope: number, joined: readonly string[] | undefined, fired: Variables | undefined, role: Role): void {
  decision.record({ type: 'ElementActivated', id, elementId: node.id, scope, ...(joined && { joined }), role });
  const self = decision.element(id);
  const values = role.kind === 'iteration' ? localsOf(decision, node, self) : (fired ?? {});
  if (Object.keys(values).length > 0) decision.record({ type: 'VariablesWritten', scope: id, values });
  activateNode(decision, node, self, 'reads');
}

/** The root scope has no node: its event sub-processes are armed, then it begins. */
function activate(decision: Decision, id: number, from: ActivationPhase): void {
  const self = decision.element(id);
  if (id !== 0) {
    activateNode(decision, decision.node(self.elementId), self, from);
    return;
  }
  if (from === 'inputs' && decision.graph.listeners?.start) {
    decision.follow({ do: 'listen', id, on: 'start', index: 0 });
    return;
  }
  try {
    armHandlers(decision, decision.graph.eventSubProcesses, self);
    decision.follow(...startSteps(decision.graph, decision.state.startElementId));
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, self, 'behave', error);
  }
}

/** Goes through the phases of an activation; one that is stuck leaves an incident that remembers where to go on. */
function activateNode(decision: Decision, node: FlowNode, self: ElementInstance, from: ActivationPhase): void {
  const { id, role } = self;
  const body = isBody(node, self);
  let phase = from;
  try {
    if (phase === 'reads') {
      if (node.stores && readsStores(decision, node, self)) return;
      phase = 'inputs';
    }
    if (phase === 'inputs') {
      if (node.inputs.length > 0 && !body) {
        const values = applyMappings(decision, id, node.inputs, `the inputs of ${node.id}`);
        ensureRoom(decision, id, values, `the inputs of ${node.id}`);
        decision.record({ type: 'VariablesWritten', scope: id, values });
      }
      if (waitsFor(decision, node, self, 'start')) return;
      phase = 'boundaries';
    }
    if (self.fired) {
      decision.follow({ do: 'complete', id });
      return;
    }
    if (phase === 'boundaries') {
      if (role?.kind !== 'iteration') armBoundaryEvents(decision, node, self);
      if (waitsFor(decision, node, self, 'creating')) return;
      phase = 'behave';
    }
    if (body) startLoop(decision, node, self);
    else decision.behaviours[node.type].activate(decision, node, self);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, self, phase, error);
  }
}

/** True when listeners come first; a loop as a whole has none, its instances have. */
function waitsFor(decision: Decision, node: FlowNode, self: ElementInstance, on: ListenerPlace['on']): boolean {
  const { id } = self;
  if (node.listeners?.[on] === undefined || isBody(node, self)) return false;
  decision.follow({ do: 'listen', id, on, index: 0 });
  return true;
}

/** True when data stores are read first; a loop as a whole reads and writes none, its instances do. */
function readsStores(decision: Decision, node: FlowNode, self: ElementInstance): boolean {
  const { id } = self;
  if (node.stores === undefined || isBody(node, self) || node.stores.reads.length === 0) return false;
  decision.follow({ do: 'listen', id, on: 'read', index: 0 });
  return true;
}

/** True when the element has data stores to write: what it gives them stands in it until they have it. */
function writesStores(decision: Decision, node: FlowNode, self: ElementInstance): boolean {
  const writes = node.stores?.writes ?? [];
  if (writes.length === 0 || isBody(node, self)) return false;
  let values: Variables;
  try {
    values = applyMappings(decision, self.id, writes.flatMap(({ mappings }) => mappings), `what ${node.id} writes into data stores`);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    stuckAtEnd(decision, node, self, error, false);
    return true;
  }
  closeWaits(decision, self);
  decision.record({ type: 'VariablesWritten', scope: self.id, values });
  decision.follow({ do: 'listen', id: self.id, on: 'write', index: 0 });
  return true;
}

/** What its end listeners and data stores have done is not done again: only the completion is. */
function stuckAtEnd(decision: Decision, node: FlowNode, self: ElementInstance, stuck: Stuck, written = true): void {
  const { listeners, stores } = node;
  const body = isBody(node, self);
  const writes = body ? 0 : (stores?.writes.length ?? 0);
  if (written && writes > 0) raiseIncident(decision, self, 'listen', stuck, self.elementId, { on: 'write', index: writes });
  else if (listeners?.end === undefined || body) raiseIncident(decision, self, 'complete', stuck);
  else raiseIncident(decision, self, 'listen', stuck, self.elementId, { on: 'end', index: listeners.end.length });
}

function spawnNext(decision: Decision, id: number): void {
  const body = decision.element(id);
  try {
    spawn(decision, decision.node(body.elementId), body);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, body, 'behave', error);
  }
}

function armBoundaryEvents(decision: Decision, node: FlowNode, self: ElementInstance): void {
  if (node.boundaryEvents.length === 0) return;
  // A retry after one of several could not be armed starts with none armed.
  closeWaits(decision, self);
  for (const boundary of node.boundaryEvents) decision.behaviours.boundaryEvent.arm?.(decision, boundary, self);
}

function complete(decision: Decision, { id, listened, written }: Extract<Step, { do: 'complete' }>): void {
  const self = decision.element(id);
  const node = decision.node(self.elementId);
  if (!listened && node.listeners && waitsFor(decision, node, self, 'end')) {
    // Its work is done: nothing of it happens any more.
    closeWaits(decision, self);
    return;
  }
  if (!written && node.stores && writesStores(decision, node, self)) return;
  if (self.role?.kind === 'iteration') {
    completeIteration(decision, node, self);
    return;
  }
  const body = isBody(node, self);
  const behaviour = decision.behaviours[node.type];
  let leaving: readonly SequenceFlow[];
  let outputs: Variables = NONE;
  let last: InstanceEvent | undefined;
  try {
    if (!body) last = behaviour.last?.(decision, node, self);
    if (node.outputs.length > 0 && !body) outputs = applyMappings(decision, id, node.outputs, `the outputs of ${node.id}`);
    if (body || node.adHoc) outputs = { ...outputs, ...collected(node, self) };
    if (outputs !== NONE) ensureRoom(decision, self.scope, outputs, `what ${node.id} leaves`, self.bytes);
    if (self.role?.kind === 'undo') leaving = [];
    else if (node.selective) leaving = chosenFlows(decision, node, id);
    else leaving = behaviour.leave ? behaviour.leave(decision, node, self) : node.outgoing;
    if (leaving.length > 0 && isLast(decision, node, self, outputs)) leaving = [];
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    stuckAtEnd(decision, node, self, error);
    return;
  }
  closeWaits(decision, self);
  const { scope, role } = self;
  propagate(decision, scope, outputs);
  if (last) decision.record(last);
  if (node.compensable && role?.kind !== 'undo') remember(decision, node, self);
  decision.record(body ? { type: 'LoopCompleted', id, elementId: node.id } : { type: 'ElementCompleted', id, elementId: node.id });
  if (role?.kind === 'undo') decision.follow({ do: 'compensate', scope, run: role.run });
  else if (behaviour.end) behaviour.end(decision, node, scope);
  else if (leaving.length === 0) settle(decision, scope, { uncounted: role?.kind === 'handler' });
  else leaveBy(decision, leaving, scope, node.completionQuantity);
}

const NONE: Variables = {};

/** One instance of a loop is done; the body decides what is next. */
function completeIteration(decision: Decision, node: FlowNode, self: ElementInstance): void {
  const { id, role, scope } = self;
  let outputs: Variables = NONE;
  let advance: Advance;
  let last: InstanceEvent | undefined;
  let thrown: (() => readonly Step[])[];
  try {
    if (node.outputs.length > 0) outputs = applyMappings(decision, id, node.outputs, `the outputs of ${node.id}`);
    advance = advanceOf(decision, node, self, outputs);
    if (outputs !== NONE || advance.output !== undefined) ensureRoom(decision, scope, { ...outputs, '': advance.output ?? null }, `what ${node.id} leaves`, self.bytes);
    last = decision.behaviours[node.type].last?.(decision, node, self);
    thrown = advance.throws.map((event) => decision.triggers.prepare(decision, node.id, event, decision.element(scope)));
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    stuckAtEnd(decision, node, self, error);
    return;
  }
  closeWaits(decision, self);
  propagate(decision, scope, outputs);
  if (last) decision.record(last);
  if (node.compensable) remember(decision, node, self);
  decision.record({ type: 'LoopAdvanced', id: scope, counter: role?.kind === 'iteration' ? role.counter : 0, ...(advance.output !== undefined && { output: advance.output }) });
  decision.record({ type: 'ElementCompleted', id, elementId: node.id });
  const caught = thrown.flatMap((record) => [...record()]);
  const next: readonly Step[] = isSpawned(node, decision.element(scope)) ? [{ do: 'spawn', id: scope }] : [];
  decision.follow(...caught, ...(advance.enough ? [{ do: 'terminate', id: scope, inside: true, then: [{ do: 'complete', id: scope }] } as const] : next));
}

function take(decision: Decision, flowId: string, scope: number): void {
  const flow = decision.graph.flows.get(flowId);
  const target = decision.node(flow?.target ?? flowId);
  if (!joinable(target)) {
    decision.record({ type: 'SequenceFlowTaken', flowId, scope });
    decision.follow({ do: 'enter', elementId: target.id, scope });
    return;
  }
  decision.record({ type: 'SequenceFlowTaken', flowId, scope, waitsAt: target.id });
  join(decision, scope, (_, element) => arrive(decision, element, target));
}

/** Lets a joining node begin if `ready` says so; a condition that cannot be evaluated stops it there. */
function join(decision: Decision, id: number, ready: (decision: Decision, scope: ElementInstance) => Step | undefined): void {
  const scope = decision.element(id);
  try {
    const step = ready(decision, scope);
    if (step) decision.follow(step);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, scope, 'join', error);
  }
}

/** A scope without tokens completes: the sub-process, or the case (BPMN 2.0.2, 13.3.4 and 13.5.6). */
function settle(decision: Decision, scope: number, { listened, uncounted }: { readonly listened?: boolean; readonly uncounted?: boolean }): void {
  const element = decision.state.elements.get(scope);
  // A gateway that was reset in the meantime may have been the last thing in it.
  if (!element || decision.state.status !== 'active') return;
  const node = scope === 0 ? undefined : decision.node(element.elementId);
  const behaviour = node && decision.behaviours[node.type];
  if (node && behaviour?.settle) {
    try {
      behaviour.settle(decision, node, element, uncounted !== true);
    } catch (error) {
      if (!(error instanceof Stuck)) throw error;
      raiseIncident(decision, element, 'behave', error);
    }
    return;
  }
  if ((element.members?.size ?? 0) > 0 || (element.waiting?.size ?? 0) > 0 || isOnTheWay(decision, scope)) return;
  // What undoes a completed case ends by its own step.
  if (scope === 0 && decision.state.reopened) return;
  // A complex gateway that was activated is reset first: that can put new tokens out. What is being undone is undone first.
  if (element.particulars && element.particulars.awaitsReset.size + element.particulars.runs.size > 0) return;
  if (scope !== 0) {
    decision.follow({ do: 'complete', id: scope });
    return;
  }
  closeWaits(decision, element);
  if (!listened && decision.graph.listeners?.end) {
    decision.follow({ do: 'listen', id: 0, on: 'end', index: 0 });
    return;
  }
  const compensable = decision.state.parent !== undefined && element.particulars?.compensable !== undefined;
  decision.record({ type: 'InstanceCompleted', ...resultFor(decision), ...(compensable && { compensable }) });
}

/** A token between two nodes is a step of the work list; the next sibling of a fork is mostly the last one. */
function isOnTheWay(decision: Decision, scope: number): boolean {
  const step = decision.steps.findLast((candidate) => candidate.do !== 'settle' && 'scope' in candidate && candidate.scope === scope);
  return step !== undefined;
}

function endInstance(decision: Decision, step: Extract<Step, { do: 'end' }>): void {
  const { parent } = decision.state;
  const message = step.message ?? '';
  closeWaits(decision, decision.element(0));
  const { reopened } = decision.state;
  const answer = reopened && { answer: reopened };
  if (step.as === 'compensated') {
    if (reopened) decision.record({ type: 'InstanceCompensated', answer: reopened });
  } else if (step.as === 'failed') decision.record({ type: 'InstanceFailed', code: step.code ?? '', message, ...(parent && { parent, ...doneFor(decision) }), ...answer });
  else if (step.canceled) decision.record({ type: 'InstanceTerminated', reason: message, by: decision.actor.person, canceled: true, ...(parent && { parent, ...doneFor(decision) }), ...answer });
  else decision.record({ type: 'InstanceTerminated', reason: message, by: decision.actor.person, ...resultFor(decision), ...answer });
}
