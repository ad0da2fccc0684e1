/**
 * Activities that run several times (BPMN 2.0.2, 13.3.6 loop and 13.3.7 multi-instance): a body stands for the activity as a whole,
 * its instances inside it. Boundary events belong to the body, mappings to each instance. A step costs the same however many there are.
 */
import type { EventDefinition, FlowNode, LoopSpec } from '../bpmn/graph.ts';
import { EngineError } from '../errors.ts';
import type { Json, Variables } from '../facts.ts';
import type { ElementInstance, LoopProgress } from '../state.ts';
import type { Decision } from './decision.ts';
import { Stuck } from './errors.ts';
import { describe, evaluate, evaluateOver, evaluateTruth } from './variables.ts';

/** Instances of one multi-instance activity: a slip of the pen must not fill the memory. */
const MOST_INSTANCES = 1_000_000;

type Multiple = Extract<LoopSpec, { kind: 'multiple' }>;

/** The activity as a whole: its boundary events are armed and its instances begin in it. What undoes may run several times, too. */
export function isBody({ loop }: FlowNode, { role }: Pick<ElementInstance, 'role'>): boolean {
  return role?.kind === 'body' || (role?.kind === 'undo' && loop !== undefined);
}

/** The body is at work: how many instances there will be is known before the first begins. */
export function startLoop(decision: Decision, node: FlowNode, body: ElementInstance): void {
  const { loop } = node;
  if (body.particulars?.loop === undefined) {
    if (loop?.kind !== 'multiple') decision.record({ type: 'LoopStarted', id: body.id, elementId: node.id });
    else if (loop.inputCollection) {
      const items = itemsOf(decision, loop.inputCollection, node, body);
      decision.record({ type: 'LoopStarted', id: body.id, elementId: node.id, total: items.length, items });
    } else decision.record({ type: 'LoopStarted', id: body.id, elementId: node.id, total: cardinalityOf(decision, loop, node, body) });
  }
  decision.follow({ do: 'spawn', id: body.id });
}

/** Does a spawn step: begins the next instance, or completes the body when none is left. */
export function spawn(decision: Decision, node: FlowNode, body: ElementInstance): void {
  const { id, particulars } = body;
  const progress = particulars?.loop;
  if (!progress || !node.loop) throw new EngineError(`Expected ${node.id} to be a loop that has started, but it is not`);
  const active = (body.members?.size ?? 0) > 0;
  if (!another(decision, node, body, progress, active)) {
    if (!active) decision.follow({ do: 'complete', id });
    return;
  }
  const counter = progress.started + 1;
  const others = node.loop.kind === 'multiple' && !node.loop.sequential && counter < (progress.total ?? 0);
  decision.follow({ do: 'enter', elementId: node.id, scope: id, role: { kind: 'iteration', counter } }, ...(others ? [{ do: 'spawn', id } as const] : []));
}

/** 13.3.6: a loop goes on while its condition is true, at most as often as it may. */
function another(decision: Decision, node: FlowNode, body: ElementInstance, progress: LoopProgress, active: boolean): boolean {
  const { loop } = node;
  if (loop?.kind === 'multiple') return progress.started < (progress.total ?? 0) && !(loop.sequential && active);
  if (!loop || active || (loop.maximum !== undefined && progress.started >= loop.maximum)) return false;
  if (!loop.condition || (progress.started === 0 && !loop.testBefore)) return true;
  return evaluateTruth(decision, body.id, { loopCounter: progress.started }, loop.condition, `the loop condition of ${node.id}`);
}

/** What an instance finds when it begins. */
export function localsOf(decision: Decision, node: FlowNode, self: ElementInstance): Variables {
  const counter = self.role?.kind === 'iteration' ? self.role.counter : 0;
  const items = decision.element(self.scope).particulars?.loop?.items;
  const inputElement = node.loop?.kind === 'multiple' ? node.loop.inputElement : undefined;
  return { loopCounter: counter, ...(items && inputElement !== undefined && { [inputElement]: items[counter - 1] ?? null }) };
}

/** Nothing is on the work list that begins the next instance: who completes last looks whether that was all. */
export function isSpawned(node: FlowNode, body: ElementInstance): boolean {
  const progress = body.particulars?.loop;
  return node.loop?.kind !== 'multiple' || node.loop.sequential || (progress?.started ?? 0) >= (progress?.total ?? 0);
}

/** What the completion of an instance means for the others; evaluated before anything is recorded. */
export interface Advance {
  readonly output: Json | undefined;
  /** No more instances are needed: those still active are cancelled. */
  readonly enough: boolean;
  readonly throws: readonly EventDefinition[];
}

/** `outputs`: what its output mappings made. */
export function advanceOf(decision: Decision, node: FlowNode, self: ElementInstance, outputs: Variables): Advance {
  const { loop } = node;
  const body = decision.element(self.scope);
  const progress = body.particulars?.loop;
  if (loop?.kind !== 'multiple' || !progress) return { output: undefined, enough: false, throws: [] };
  const completed = progress.completed + 1;
  const made = {
    ...outputs, numberOfInstances: progress.total ?? 0, numberOfActiveInstances: (body.members?.size ?? 1) - 1, numberOfCompletedInstances: completed, numberOfTerminatedInstances: 0,
  };
  const truth = (condition: NonNullable<Multiple['completionCondition']>, what: string): boolean => evaluateTruth(decision, self.id, made, condition, `${what} of ${node.id}`);
  const throws = loop.throws.filter(({ when }) => when === 'each' || (when === 'first' ? completed === 1 : truth(when, 'the complex behaviour')));
  return {
    output: loop.outputElement && evaluateOver(decision, self.id, outputs, loop.outputElement, `the output element of ${node.id}`),
    enough: loop.completionCondition !== undefined && truth(loop.completionCondition, 'the completion condition'),
    throws: throws.map(({ event }) => event),
  };
}

/** What a loop or an ad-hoc sub-process leaves: the output collection, in the order of the instances. */
export function collected(node: FlowNode, body: ElementInstance): Variables {
  const progress = body.particulars?.loop;
  const name = isBody(node, body) ? node.loop?.kind === 'multiple' && node.loop.outputCollection : node.adHoc?.outputCollection;
  if (name === undefined || name === false || !progress) return {};
  const { outputs, total } = progress;
  const missing = node.adHoc ? 0 : Math.max(0, (total ?? 0) - outputs.length);
  return { [name]: missing === 0 ? [...outputs] : [...outputs, ...Array.from({ length: missing }, () => null)] };
}

function itemsOf(decision: Decision, collection: NonNullable<Multiple['inputCollection']>, node: FlowNode, body: ElementInstance): readonly Json[] {
  const value = evaluate(decision, body.id, collection, `the input collection of ${node.id}`);
  if (Array.isArray(value)) return value as readonly Json[];
  throw new Stuck('INCIDENT_EXPRESSION', { where: `the input collection of ${node.id}`, wanted: 'a list', source: collection.source, got: describe(value) });
}

function cardinalityOf(decision: Decision, loop: Multiple, node: FlowNode, body: ElementInstance): number {
  const value = loop.cardinality ? evaluate(decision, body.id, loop.cardinality, `the cardinality of ${node.id}`) : 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_INSTANCES) return value;
  throw new Stuck('INCIDENT_EXPRESSION', { where: `the cardinality of ${node.id}`, wanted: `a whole number from 0 to ${String(MOST_INSTANCES)}`, source: loop.cardinality?.source ?? '', got: describe(value) });
}
