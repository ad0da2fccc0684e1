/**
 * Cases that start each other for ever (BPMN 2.0.2, 10.5.2): a message or signal that starts a case, and is thrown again by what it starts
 * before anything has waited. Conditions are not looked at, so that it is a warning.
 */
import { definitionsOf, startsProcess } from './event-specs.ts';
import type { Report } from './expressions.ts';
import type { Model, ModelNode } from './model.ts';
import { extension } from './tree.ts';
import type { Element } from './tree.ts';

/** What goes on at once. A called case may wait; so it counts as one that does. */
const AUTOMATIC = new Set(['startEvent', 'endEvent', 'intermediateThrowEvent', 'task', 'manualTask', 'scriptTask', 'businessRuleTask', 'sendTask', 'subProcess', 'transaction', 'adHocSubProcess', 'exclusiveGateway', 'inclusiveGateway', 'parallelGateway', 'complexGateway']);

interface Throw {
  readonly node: ModelNode;
  /** `message Paid` or `signal Alarm`. */
  readonly name: string;
}

/** Reports one event of each circle. */
export function validateConversations(model: Model, report: Report): void {
  const thrown = new Map<string, Throw[]>();
  for (const process of model.processes) {
    if (!process.executed) continue;
    for (const node of process.nodes) {
      const starts = startsProcess(node) || node.element.instantiate === true;
      for (const name of starts ? namesAt(node) : []) thrown.set(name, [...(thrown.get(name) ?? []), ...thrownFrom(node)]);
    }
  }
  const done = new Set<string>();
  for (const name of thrown.keys()) {
    const circle = done.has(name) ? undefined : circleThrough(name, thrown);
    if (circle === undefined) continue;
    for (const { name: other } of circle) done.add(other);
    const [first] = circle;
    if (first !== undefined) report('BPMN_CASES_ENDLESS', first.node, { name: first.name, circle: [name, ...circle.map((one) => one.name)].join(', then ') });
  }
}

/** Throws that lead from `name` back to it, if there are any; the shortest way. */
function circleThrough(name: string, thrown: ReadonlyMap<string, readonly Throw[]>): readonly Throw[] | undefined {
  const queue: (readonly Throw[])[] = (thrown.get(name) ?? []).map((one) => [one]);
  const seen = new Set<string>();
  for (const path of queue) {
    const last = path.at(-1);
    if (last?.name === name) return path;
    if (last === undefined || seen.has(last.name)) continue;
    seen.add(last.name);
    for (const next of thrown.get(last.name) ?? []) queue.push([...path, next]);
  }
  return undefined;
}

/** What is thrown from `start` on before the case waits. */
function thrownFrom(start: ModelNode): readonly Throw[] {
  const seen = new Set<ModelNode>([start]);
  const queue = [start];
  const found: Throw[] = [];
  for (const node of queue) {
    const throws = node.type === 'sendTask' || node.type === 'endEvent' || node.type === 'intermediateThrowEvent';
    const byJob = extension(node.element, 'zeebe:TaskDefinition') !== undefined;
    if (throws && !byJob) for (const name of namesAt(node)) found.push({ node, name });
    if (node !== start && (!AUTOMATIC.has(node.type) || byJob)) continue;
    const inside = node.inner?.nodes.filter((other) => other.incoming.length === 0 && other.type !== 'boundaryEvent' && other.element.triggeredByEvent !== true) ?? [];
    for (const next of [...node.outgoing.flatMap(({ target }) => target ?? []), ...inside]) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return found;
}

function namesAt(node: ModelNode): readonly string[] {
  const named = (kind: string, element: Element | undefined): readonly string[] => (element?.name === undefined ? [] : [`${kind} ${element.name.trim()}`]);
  // Behind a gateway that instantiates, the events start the case.
  const events = node.type === 'eventBasedGateway' ? node.outgoing.flatMap(({ target }) => target ?? []) : [node];
  return events.flatMap((event) => [
    ...named('message', event.element.messageRef),
    ...definitionsOf(event).flatMap(({ messageRef, signalRef }) => [...named('message', messageRef), ...named('signal', signalRef)]),
  ]);
}
