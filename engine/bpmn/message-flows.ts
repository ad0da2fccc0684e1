/** Message flows between pools (BPMN 2.0.2, 9.4): drawing where a pool is not executed, an exchange of messages where both are. */
import { isCarried } from './correlation-specs.ts';
import { definitionOf } from './event-specs.ts';
import type { Report } from './expressions.ts';
import { placeOf } from './model.ts';
import type { Model, ModelNode } from './model.ts';
import { localName, withArticle } from './tree.ts';
import type { Element } from './tree.ts';

/** Reports message flows that would not be executed, and what collaborations have besides. */
export function refuseMessageFlows(model: Model, report: Report): void {
  for (const root of model.file.definitions.rootElements ?? []) {
    for (const participant of root.participants ?? []) refuseParticipant(model, participant, report);
    for (const flow of root.messageFlows ?? []) refuseMessageFlow(model, flow, report);
    for (const talk of [root, ...(root.conversations ?? [])]) {
      if (talk.correlationKeys === undefined || talk.correlationKeys.every((key) => isCarried(model, key))) continue;
      report('BPMN_FEATURE_NOT_EXECUTED', placeOf(model.file, talk), { name: `correlation keys of ${withArticle(localName(talk.$type))}`, instead: 'Give each property of the key a retrieval expression for the message, or use zeebe:subscription correlationKey on it.', section: '8.4.2' });
    }
  }
}

function refuseParticipant(model: Model, participant: Element, report: Report): void {
  const executed = model.processes.some((process) => process.executed && process.element === participant.processRef);
  if (executed && participant.participantMultiplicity !== undefined && participant.participantMultiplicity.maximum !== 1) {
    report('BPMN_FEATURE_NOT_EXECUTED', placeOf(model.file, participant), { name: 'a multi-instance marker', instead: 'Start one case for each participant.', section: '9.3' });
  }
}

/** An end of a message flow: a node that is executed, a pool that is, or something that is only drawn. */
type End = { readonly node: ModelNode } | { readonly pool: string } | 'drawn';

function refuseMessageFlow(model: Model, flow: Element, report: Report): void {
  const at = placeOf(model.file, flow);
  if (flow.sourceRef === undefined || flow.targetRef === undefined) {
    report('BPMN_MESSAGE_FLOW_END', at, { reason: `it has no ${flow.sourceRef === undefined ? 'source' : 'target'}` });
    return;
  }
  const source = endOf(model, flow.sourceRef);
  const target = endOf(model, flow.targetRef);
  if (source === 'drawn' || target === 'drawn') return;
  if ('pool' in source || 'pool' in target) {
    const pool = 'pool' in source ? source.pool : 'pool' in target ? target.pool : '';
    // A pool as an end says nothing about where the message is sent or awaited.
    report('BPMN_MESSAGE_FLOW_END', at, { reason: `${pool} is a whole pool whose process is executed` });
    return;
  }
  if (source.node.scope.process === target.node.scope.process) report('BPMN_MESSAGE_FLOW_END', at, { reason: `${source.node.id} and ${target.node.id} stand in the same pool` });
  const sends = sentBy(source.node);
  const awaits = awaitedBy(target.node);
  if (sends === undefined) report('BPMN_MESSAGE_FLOW_SOURCE', at, { other: source.node.id, type: describe(source.node) });
  if (awaits === undefined) report('BPMN_MESSAGE_FLOW_TARGET', at, { other: target.node.id, type: describe(target.node) });
  if (sends !== undefined && awaits !== undefined && sends.name !== awaits.name) {
    report('BPMN_MESSAGE_FLOW_NAMES', at, { source: source.node.id, sent: sends.name ?? 'nothing', target: target.node.id, awaited: awaits.name ?? 'nothing' });
  }
}

function endOf(model: Model, element: Element): End {
  const node = model.nodeOf.get(element);
  if (node !== undefined) return node.scope.process.executed ? { node } : 'drawn';
  const executed = model.processes.some((process) => process.executed && process.nodes.length > 0 && process.element === element.processRef);
  return executed ? { pool: element.id ?? '' } : 'drawn';
}

function sentBy(node: ModelNode): Element | undefined {
  if (node.type === 'sendTask') return node.element.messageRef;
  return node.type === 'intermediateThrowEvent' || node.type === 'endEvent' ? messageOf(node) : undefined;
}

function awaitedBy(node: ModelNode): Element | undefined {
  if (node.type === 'receiveTask') return node.element.messageRef;
  return node.type === 'startEvent' || node.type === 'intermediateCatchEvent' || node.type === 'boundaryEvent' ? messageOf(node) : undefined;
}

function messageOf(node: ModelNode): Element | undefined {
  return definitionOf(node)?.messageRef;
}

function describe(node: ModelNode): string {
  const definition = definitionOf(node);
  return definition === undefined ? withArticle(node.type) : `${withArticle(node.type)} with ${withArticle(localName(definition.$type))}`;
}
