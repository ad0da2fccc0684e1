/** The rules of what is started by events instead of sequence flows (BPMN 2.0.2, 10.3.5, 10.5.5 and 10.7): event sub-processes, compensation, cancel, links. */
import { definitionOf, definitionsOf } from './event-specs.ts';
import type { Report } from './expressions.ts';
import type { Model, ModelNode, ModelProcess, Scope } from './model.ts';
import type { Element } from './tree.ts';

/** Reports what is wrong with handlers and links of a process. */
export function validateHandlers(model: Model, process: ModelProcess, report: Report): void {
  for (const scope of process.scopes) {
    validateLinks(scope, report);
    if (scope.node?.element.triggeredByEvent === true) validateEventSubProcess(scope, scope.node, report);
    if (scope.element.$type === 'bpmn:AdHocSubProcess') for (const node of scope.nodes) if (node.type === 'startEvent' || node.type === 'endEvent') report('BPMN_ADHOC_EVENT', node, { scope: scope.id });
  }
  const undoing = new Set(process.nodes.flatMap((node) => (node.type === 'boundaryEvent' ? [model.associated.get(node.element)] : [])));
  for (const node of process.nodes) {
    if (is(node, 'bpmn:CancelEventDefinition')) validateCancel(node, report);
    if (node.type === 'boundaryEvent' && is(node, 'bpmn:CompensateEventDefinition')) validateCompensation(model, node, report);
    else if (node.type !== 'startEvent') validateCompensationThrow(model, node, report);
    if (node.element.isForCompensation === true && node.element.triggeredByEvent !== true) {
      for (const flow of [...node.incoming, ...node.outgoing]) report('BPMN_COMPENSATION_FLOW', node, { flow: flow.id });
      if (!undoing.has(node.element)) report('BPMN_COMPENSATION_UNUSED', node);
    }
  }
}

function is(node: ModelNode, type: string): boolean {
  return definitionsOf(node).some((definition) => definition.$type === type);
}

/** 10.3.5: no flow leads in or out, exactly one start event, and that has a trigger. */
function validateEventSubProcess(scope: Scope, node: ModelNode, report: Report): void {
  for (const flow of [...node.incoming, ...node.outgoing]) report('BPMN_HANDLER_FLOW', node, { flow: flow.id });
  const starts = scope.nodes.filter(({ type }) => type === 'startEvent');
  const [start] = starts;
  if (start === undefined || starts.length > 1) report('BPMN_HANDLER_START', node, { found: starts.length === 0 ? 'no start event' : `${String(starts.length)} start events` });
  else if (definitionOf(start) === undefined) report('BPMN_HANDLER_START', start, { found: `the start event ${start.id} without a trigger` });
  else if (start.element.isInterrupting === false && definitionsOf(start).some(({ $type }) => $type === 'bpmn:ErrorEventDefinition')) report('BPMN_ERROR_NON_INTERRUPTING', start, { kind: 'error start' });
  else if (start.element.isInterrupting === false && is(start, 'bpmn:CompensateEventDefinition')) report('BPMN_ERROR_NON_INTERRUPTING', start, { kind: 'compensation start' });
  for (const event of node.boundary) report('BPMN_HANDLER_BORDER', node, { event: event.id });
  if (node.element.loopCharacteristics !== undefined) report('BPMN_HANDLER_START', node, { found: 'a loop marker' });
}

/** 10.5.5: a cancel end event stands in a transaction, a cancel boundary event on one. */
function validateCancel(node: ModelNode, report: Report): void {
  if (node.type === 'boundaryEvent') {
    if (node.element.attachedToRef?.$type !== 'bpmn:Transaction') report('BPMN_CANCEL_PLACE', node, { wanted: 'on the border of a transaction' });
    if (node.element.cancelActivity === false) report('BPMN_ERROR_NON_INTERRUPTING', node, { kind: 'cancel boundary' });
    return;
  }
  let around: Scope | undefined = node.scope;
  while (around !== undefined && around.element.$type !== 'bpmn:Transaction') around = around.node?.scope;
  if (around === undefined) report('BPMN_CANCEL_PLACE', node, { wanted: 'inside a transaction' });
  else if (around.node?.boundary.some((event) => is(event, 'bpmn:CancelEventDefinition')) !== true) report('BPMN_CANCEL_UNCAUGHT', node, { transaction: around.id });
}

/** 10.7: the boundary event is connected by an association with the activity that undoes. */
function validateCompensation(model: Model, node: ModelNode, report: Report): void {
  const target = model.associated.get(node.element);
  const handler = target === undefined ? undefined : model.nodeOf.get(target);
  if (handler?.element.isForCompensation !== true || handler.scope !== node.scope) report('BPMN_COMPENSATION_HANDLER', node, { found: target === undefined ? 'none' : `${target.id ?? ''} is none` });
  for (const flow of node.outgoing) report('BPMN_COMPENSATION_FLOW', node, { flow: flow.id });
}

/** What is to be undone stands in the same scope, or in the one around the event sub-process that asks for it. */
function validateCompensationThrow(model: Model, node: ModelNode, report: Report): void {
  for (const { $type, activityRef } of definitionsOf(node)) {
    if ($type !== 'bpmn:CompensateEventDefinition' || activityRef === undefined) continue;
    const found = model.nodeOf.get(activityRef);
    if (found === undefined || !visible(found, node.scope)) report('BPMN_COMPENSATION_UNKNOWN', node, { activity: activityRef.id ?? '' });
  }
}

function visible(activity: ModelNode, scope: Scope): boolean {
  if (activity.scope === scope) return true;
  return scope.element.triggeredByEvent === true && activity.scope === scope.node?.scope;
}

/** 10.5.5: every link that is thrown is caught once in the same scope; sequence flows lead to the one and from the other. */
function validateLinks(scope: Scope, report: Report): void {
  const links = scope.nodes.flatMap((node) => {
    const definition: Element | undefined = definitionOf(node);
    return definition?.$type === 'bpmn:LinkEventDefinition' && definition.name !== undefined ? [{ node, name: definition.name.trim() }] : [];
  });
  const catching = new Map<string, ModelNode>();
  for (const { node, name } of links) {
    if (node.type !== 'intermediateCatchEvent') continue;
    const other = catching.get(name);
    if (other !== undefined) report('BPMN_LINK_TWICE', node, { name, other: other.id });
    catching.set(name, node);
    for (const flow of node.incoming) report('BPMN_LINK_FLOW', node, { flow: flow.id, way: 'leads into' });
  }
  const thrown = new Set(links.filter(({ node }) => node.type !== 'intermediateCatchEvent').map(({ name }) => name));
  for (const [name, node] of catching) if (!thrown.has(name)) report('BPMN_LINK_UNTHROWN', node, { name });
  for (const { node, name } of links) {
    if (node.type === 'intermediateCatchEvent') continue;
    if (!catching.has(name)) report('BPMN_LINK_UNCAUGHT', node, { name });
    for (const flow of node.outgoing) report('BPMN_LINK_FLOW', node, { flow: flow.id, way: 'leaves' });
  }
}
