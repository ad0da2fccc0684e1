/** The rules of sequence flows and gateways (BPMN 2.0.2, 8.4.13 and 10.6). */
import { definitionOf } from './event-specs.ts';
import type { Report } from './expressions.ts';
import type { ModelFlow, ModelNode, Scope } from './model.ts';
import { bodyOf, localName, withArticle } from './tree.ts';

/** Tokens that one activity may take or give at once: each is a step, and all of them stand on the work list together. */
const MOST_TOKENS = 1_000;

/** Reports what is wrong with the flows and gateways that stand directly in a scope. */
export function validateFlows(scope: Scope, report: Report): void {
  for (const flow of scope.flows) validateFlow(flow, scope, report);
  for (const node of scope.nodes) {
    for (const flow of node.type === 'startEvent' ? node.incoming : []) report('BPMN_FLOW_INTO_START', node, { flow: flow.id });
    for (const flow of node.type === 'boundaryEvent' ? node.incoming : []) report('BPMN_FLOW_INTO_BOUNDARY', node, { flow: flow.id });
    for (const flow of node.type === 'endEvent' ? node.outgoing : []) report('BPMN_FLOW_OUT_OF_END', node, { flow: flow.id });
    if (node.element.default !== undefined) validateDefault(node, report);
    if (node.type === 'exclusiveGateway') validateExclusive(node, report);
    else validateChoice(node, report);
    if (node.element.instantiate === true) validateInstantiate(node, scope, report);
    for (const quantity of [node.element.startQuantity ?? 1, node.element.completionQuantity ?? 1]) if (!Number.isInteger(quantity) || quantity < 1 || quantity > MOST_TOKENS) report('BPMN_QUANTITY_INVALID', node, { value: quantity, limit: MOST_TOKENS });
    if (node.type === 'eventBasedGateway') validateEventBased(node, report);
    if (node.type.endsWith('Gateway')) validateDirection(node, report);
  }
}

function validateFlow(flow: ModelFlow, scope: Scope, report: Report): void {
  const { source, target } = flow;
  for (const [node, end, missing] of [[source, flow.element.sourceRef, 'source'], [target, flow.element.targetRef, 'target']] as const) {
    if (node !== undefined) continue;
    if (end === undefined) report('BPMN_FLOW_INCOMPLETE', flow, { missing });
    else report('BPMN_FLOW_ENDPOINT', flow, { other: end.id ?? 'its end', type: withArticle(localName(end.$type)) });
  }
  // The file may list a flow anywhere; only where its ends stand has a meaning.
  if (source !== undefined && target !== undefined && source.scope !== target.scope) {
    report('BPMN_FLOW_CROSSES_SCOPE', flow, { source: `${source.id} (in ${source.scope.id})`, target: `${target.id} (in ${target.scope.id})` });
  } else if (source !== undefined && target !== undefined && source.scope !== scope) {
    report('BPMN_FLOW_CROSSES_SCOPE', flow, { source: `the flow (in ${scope.id})`, target: `${target.id} (in ${target.scope.id})` });
  }
  const { conditionExpression } = flow.element;
  const language = conditionExpression?.language;
  if (language !== undefined && language !== '' && !/feel/i.test(language)) report('BPMN_EXPRESSION_LANGUAGE', flow, { property: 'the condition', value: language });
}

/** 8.4.13: the default flow leaves its node and has no condition. */
function validateDefault(node: ModelNode, report: Report): void {
  const chosen = node.element.default;
  const fallback = node.outgoing.find((flow) => flow.element === chosen);
  if (fallback === undefined) report('BPMN_DEFAULT_FOREIGN', node, { flow: chosen?.id ?? '' });
  if (fallback?.element.conditionExpression !== undefined && bodyOf(fallback.element.conditionExpression) !== '') report('BPMN_DEFAULT_CONDITION', node, { flow: fallback.id });
}

/** 10.3.3 and 10.6.6: what starts the process stands in the process itself and has no incoming flow; only its messages start it. */
function validateInstantiate(node: ModelNode, scope: Scope, report: Report): void {
  if (scope.node !== undefined) report('BPMN_INSTANTIATE_PLACE', node, { found: `stands in ${scope.id}` });
  for (const flow of node.incoming) report('BPMN_INSTANTIATE_PLACE', node, { found: `is reached by ${flow.id}` });
  if (node.type !== 'eventBasedGateway') return;
  for (const { target } of node.outgoing) {
    const byMessage = target === undefined || target.type === 'receiveTask' || definitionOf(target)?.$type === 'bpmn:MessageEventDefinition';
    if (!byMessage) report('BPMN_INSTANTIATE_TRIGGER', target, { gateway: node.id });
  }
}

/** 10.6.2: conditions on all branches but the default one. */
function validateExclusive(node: ModelNode, report: Report): void {
  const chosen = node.element.default;
  const fallback = node.outgoing.find((flow) => flow.element === chosen);
  if (node.outgoing.length < 2) return;
  let conditions = 0;
  for (const flow of node.outgoing) {
    if (flow === fallback) continue;
    if (flow.element.conditionExpression === undefined) report('BPMN_BRANCH_WITHOUT_CONDITION', flow, { gateway: node.id });
    else conditions++;
  }
  if (chosen === undefined && conditions === node.outgoing.length) report('BPMN_GATEWAY_WITHOUT_DEFAULT', node);
}

/** 8.4.13 and 10.6.3: where several branches may be taken none need be, unless one is the default. */
function validateChoice(node: ModelNode, report: Report): void {
  const chooses = node.type === 'inclusiveGateway' || node.type === 'complexGateway' || !(node.type.endsWith('Gateway') || node.type.endsWith('Event'));
  const leaving = node.outgoing.length > 0 && node.outgoing.every(({ element }) => element.conditionExpression !== undefined);
  if (chooses && leaving && node.element.default === undefined) report('BPMN_GATEWAY_WITHOUT_DEFAULT', node);
}

const TARGETS = new Set(['intermediateCatchEvent', 'receiveTask']);

/** 10.6.6: what may follow an event-based gateway. */
function validateEventBased(node: ModelNode, report: Report): void {
  if (node.element.eventGatewayType === 'Parallel' && node.element.instantiate !== true) report('BPMN_EVENT_GATEWAY_PARALLEL', node);
  if (node.outgoing.length < 2) report('BPMN_EVENT_GATEWAY_BRANCHES', node, { outgoing: node.outgoing.length });
  const targets = node.outgoing.flatMap((flow) => flow.target ?? []);
  for (const target of new Set(targets)) {
    if (!TARGETS.has(target.type)) report('BPMN_EVENT_GATEWAY_TARGET', target, { gateway: node.id, type: withArticle(target.type) });
    if (target.incoming.length > 1) report('BPMN_EVENT_GATEWAY_INCOMING', target, { gateway: node.id, incoming: target.incoming.length });
    const [boundary] = target.boundary;
    if (boundary !== undefined) report('BPMN_EVENT_GATEWAY_BOUNDARY', target, { gateway: node.id, boundary: boundary.id });
  }
  const byTask = targets.some((target) => target.type === 'receiveTask');
  const byEvent = targets.some((target) => target.element.eventDefinitions?.some((definition) => definition.$type === 'bpmn:MessageEventDefinition') === true);
  if (byTask && byEvent) report('BPMN_EVENT_GATEWAY_MIXED', node);
}

/** 8.4.9: what gatewayDirection promises. */
function validateDirection(node: ModelNode, report: Report): void {
  const direction = node.element.gatewayDirection ?? 'Unspecified';
  const joins = node.incoming.length > 1;
  const splits = node.outgoing.length > 1;
  const wrong = (direction === 'Converging' && splits) || (direction === 'Diverging' && joins) || (direction === 'Mixed' && !(joins && splits));
  if (wrong) report('BPMN_GATEWAY_DIRECTION', node, { direction: direction.toLowerCase(), incoming: node.incoming.length, outgoing: node.outgoing.length });
}
