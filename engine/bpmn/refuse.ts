/** What this engine does not execute yet is refused, never ignored (BPMN 2.0.2, 2.3.1 execution semantics): by name, element and line, with the nearest thing that is executed. */
import type { FlowNodeType } from './graph.ts';
import type { Place } from './errors.ts';
import type { Report } from './expressions.ts';
import { definitionsOf, startsHandler } from './event-specs.ts';
import { refuseForeign } from './foreign.ts';
import { refuseMessageFlows } from './message-flows.ts';
import { DRAWN, GLOBAL_TASKS, lanesOf, placeOf } from './model.ts';
import type { Model, ModelFlow, ModelNode, ModelProcess } from './model.ts';
import { ELEMENTS_NOT_EXECUTED, EVENT_ALTERNATIVES, EXECUTED_EVENTS, EXTENSION_ALTERNATIVES, EXTENSIONS, NEVER_ONE_OF_SEVERAL, NODE_FEATURES, PROCESS_FEATURES } from './not-executed.ts';
import type { Alternative, EventPosition } from './not-executed.ts';
import { bodyOf, extensionsOf, localName, withArticle } from './tree.ts';
import type { Element, Extension } from './tree.ts';

/** The flow nodes that are executed. */
export const EXECUTED: ReadonlySet<string> = new Set<FlowNodeType>([
  'startEvent', 'endEvent', 'intermediateCatchEvent', 'intermediateThrowEvent', 'boundaryEvent',
  'task', 'userTask', 'serviceTask', 'scriptTask', 'sendTask', 'receiveTask', 'manualTask', 'businessRuleTask',
  'exclusiveGateway', 'parallelGateway', 'inclusiveGateway', 'complexGateway', 'eventBasedGateway', 'subProcess', 'transaction', 'adHocSubProcess', 'callActivity',
]);

/** Reports everything in executed processes that is not executed. */
export function refuse(model: Model, report: Report): void {
  const executed = model.processes.filter((process) => process.executed);
  for (const process of executed) refuseProcess(model, process, report);
  if (executed.length === 0) return;
  refuseRoots(model, report);
  refuseMessageFlows(model, report);
  refuseForeign(model, report);
}

function refuseProcess(model: Model, process: ModelProcess, report: Report): void {
  for (const feature of PROCESS_FEATURES) if (feature.has(process.element)) report('BPMN_FEATURE_NOT_EXECUTED', process, words(feature));
  refuseExtensions(process.element, process, report);
  for (const node of process.nodes) refuseNode(node, report);
  for (const scope of process.scopes) {
    for (const flow of scope.flows) refuseFlow(flow, report);
    for (const { lane } of lanesOf(scope.element)) refuseExtensions(lane, placeOf(model.file, lane), report);
    // Data objects and stores; flow nodes and sequence flows were looked at above.
    for (const element of scope.element.flowElements ?? []) if (DRAWN.has(element.$type)) refuseExtensions(element, placeOf(model.file, element), report);
  }
}

function refuseNode(node: ModelNode, report: Report): void {
  const { element } = node;
  const other = ELEMENTS_NOT_EXECUTED[element.$type];
  if (other !== undefined) report('BPMN_ELEMENT_NOT_EXECUTED', node, words(other));
  else if (!EXECUTED.has(node.type)) report('BPMN_ELEMENT_NOT_EXECUTED', node, { name: `of the type ${node.type}`, instead: 'Use a task, an event or a gateway that is executed.', section: '10.2' });
  for (const feature of NODE_FEATURES) if (feature.has(element)) report('BPMN_FEATURE_NOT_EXECUTED', node, words(feature));
  if (node.type.endsWith('Event')) refuseEvent(node, report);
  // What is refused as a whole needs no further words about its parts.
  if (!EXECUTED.has(node.type)) return;
  refuseExtensions(element, node, report);
  for (const definition of element.eventDefinitions ?? []) refuseExtensions(definition, node, report);
  if (element.loopCharacteristics !== undefined) refuseExtensions(element.loopCharacteristics, node, report);
}

function refuseEvent(node: ModelNode, report: Report): void {
  const triggers = definitionsOf(node).map(triggerOf);
  const several = triggers.length > 1;
  const position = positionOf(node);
  const possible = (trigger: string): boolean => EXECUTED_EVENTS[position].includes(trigger) && !(several && NEVER_ONE_OF_SEVERAL.includes(trigger));
  // What must happen together must all be awaited: errors and escalations are thrown, never awaited.
  const together = node.element.parallelMultiple === true && triggers.some((trigger) => trigger === 'error' || trigger === 'escalation');
  if ((triggers.length === 0 ? possible('none') : triggers.every(possible)) && (!several || possible('multiple')) && !together) return;
  const trigger = several ? 'multiple' : (triggers[0] ?? 'none');
  const alternative = EVENT_ALTERNATIVES[trigger] ?? { instead: 'Use an event that is executed.', section: '10.5.5' };
  report('BPMN_EVENT_NOT_EXECUTED', node, { name: withArticle(`${trigger} ${position}`), ...alternative });
}

/** `bpmn:SignalEventDefinition` is the trigger `signal`. */
function triggerOf(definition: Element): string {
  return localName(definition.$type).replace(/EventDefinition$/, '');
}

function positionOf(node: ModelNode): EventPosition {
  switch (node.type) {
    case 'startEvent': return startsHandler(node) ? 'event sub-process start event' : node.scope.node === undefined ? 'start event' : 'start event inside a sub-process';
    case 'endEvent': return 'end event';
    case 'boundaryEvent': return 'boundary event';
    case 'intermediateCatchEvent': return 'intermediate catch event';
    default: return 'intermediate throw event';
  }
}

const CHOOSING = new Set(['exclusiveGateway', 'inclusiveGateway', 'complexGateway']);

/** Conditions are evaluated behind activities and at the gateways that choose (8.4.13); elsewhere they would be passed over. */
function refuseFlow(flow: ModelFlow, report: Report): void {
  const { source, element } = flow;
  if (element.conditionExpression !== undefined && source !== undefined && !CHOOSING.has(source.type) && (source.type.endsWith('Gateway') || source.type.endsWith('Event'))) {
    const written = bodyOf(element.conditionExpression);
    report('BPMN_FEATURE_NOT_EXECUTED', flow, { name: `a condition (${written === '' ? 'empty' : written.slice(0, 60)}) but leaves ${withArticle(source.type)}`, instead: 'Lead the flow out of an exclusive or inclusive gateway.', section: '8.4.13' });
  }
  refuseExtensions(element, flow, report);
}

function refuseRoots(model: Model, report: Report): void {
  refuseExtensions(model.file.definitions, placeOf(model.file, model.file.definitions), report);
  for (const root of model.file.definitions.rootElements ?? []) {
    if (root.$type === 'bpmn:Process' || GLOBAL_TASKS[root.$type] !== undefined) continue;
    const at = placeOf(model.file, root);
    const other = ELEMENTS_NOT_EXECUTED[root.$type];
    if (other !== undefined) report('BPMN_ELEMENT_NOT_EXECUTED', at, words(other));
    for (const element of [root, ...(root.participants ?? []), ...(root.messageFlows ?? [])]) refuseExtensions(element, placeOf(model.file, element), report);
    if (root.$type === 'bpmn:Message' && root.name?.trim().startsWith('=') === true) {
      report('BPMN_FEATURE_NOT_EXECUTED', at, { name: 'a computed name', instead: 'Give the message a fixed name and tell its receivers apart by the correlation key.', section: '8.4.11' });
    }
  }
}

/** Every `zeebe:*` and `gov:*` element must have somebody who reads it. */
function refuseExtensions(element: Element, at: Place, report: Report): void {
  const extensions = extensionsOf(element);
  if (extensions.length === 0) return;
  const type = localName(element.$type);
  const counts = new Map<string, number>();
  for (const candidate of extensions) {
    if (!candidate.$type.startsWith('zeebe:') && !candidate.$type.startsWith('gov:')) continue;
    counts.set(candidate.$type, (counts.get(candidate.$type) ?? 0) + 1);
    refuseExtension(candidate, type, at, report);
  }
  for (const [name, count] of counts) if (count > 1) report('BPMN_EXTENSION_TWICE', at, { name: xmlName(name), count });
}

function refuseExtension(candidate: Extension, on: string, at: Place, report: Report): void {
  const row = EXTENSIONS[candidate.$type];
  const instead = EXTENSION_ALTERNATIVES[candidate.$type];
  const name = xmlName(candidate.$type);
  const section = `extension ${name}`;
  const flowNode = EXECUTED.has(on) || on.endsWith('Gateway');
  const placed = row !== undefined && (row.on.includes(on) || row.on.includes('*') || (flowNode && row.on.includes('flow node')));
  if (row === undefined || (!placed && instead !== undefined)) report('BPMN_EXTENSION_NOT_EXECUTED', at, { name, instead: instead ?? 'Remove it.', section });
  else if (!placed) report('BPMN_EXTENSION_MISPLACED', at, { name, type: withArticle(on), places: row.on.join(', ') });
  for (const feature of row?.not ?? []) if (feature.has(candidate)) report('BPMN_EXTENSION_NOT_EXECUTED', at, { name: feature.name, instead: feature.instead, section });
}

function words({ name, instead, section }: Alternative): Readonly<Record<string, string>> {
  return { name, instead, section };
}

/** `zeebe:TaskDefinition` as it is written: `zeebe:taskDefinition`. */
function xmlName(type: string): string {
  return `${type.slice(0, type.indexOf(':') + 1)}${localName(type)}`;
}
