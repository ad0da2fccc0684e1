/** Whether everything active in a case has its place in the target version: every reason why not, not only the first. */
import type { FlowNode } from '../bpmn/graph.ts';
import type { MigrateInstance } from '../commands.ts';
import type { Decision } from '../execution/decision.ts';
import type { Compensable, CompletedWork, ElementInstance, Wait } from '../state.ts';
import { basisOf, own, renamed } from './basis.ts';

type PlaceOf = (elementId: string) => FlowNode | undefined;
type Reasons = readonly (string | false | undefined)[];

/** Empty when all of it has. Ids of elements stand in “quotes”. */
export function reasonsAgainst(decision: Decision, { mapping, basis }: MigrateInstance): string[] {
  const { graph, state } = decision;
  const placeOf: PlaceOf = (elementId) => graph.nodes.get(renamed(mapping, elementId));
  const found: (string | false | undefined)[] = [];
  for (const self of state.elements.values()) {
    if (self.id !== 0) found.push(...misplaced(decision, self, placeOf, basis.nodes));
    found.push(...unready(decision, self, placeOf));
  }
  for (const wait of state.waits.values()) if ('elementId' in wait) found.push(...changed(decision, wait, placeOf, basis.nodes));
  // What a loop says once for each of its instances is one reason.
  return [...new Set(found.filter((reason) => typeof reason === 'string'))];
}

/** An element goes on in an element of the same kind, in the same place. */
function misplaced(decision: Decision, self: ElementInstance, placeOf: PlaceOf, before: MigrateInstance['basis']['nodes']): Reasons {
  const node = placeOf(self.elementId);
  if (!node) return [`“${self.elementId}” is active and has no place in it`];
  const scope = decision.element(self.scope);
  const outer = self.role?.kind === 'iteration' ? placeOf(scope.elementId)?.parentId : self.scope === 0 ? undefined : placeOf(scope.elementId)?.id;
  const looping = self.role?.kind === 'body' || self.role?.kind === 'iteration' || (self.role?.kind === 'undo' && self.particulars?.loop !== undefined && node.adHoc === undefined);
  const type = own(before, self.elementId)?.type;
  return [
    node.parentId !== outer && `“${node.id}” stands in another scope than “${self.elementId}”, which is active`,
    looping !== (node.loop !== undefined) && `“${node.id}” ${looping ? 'runs once' : 'runs several times'}, and “${self.elementId}”, which is active, does not`,
    otherKind(decision, self, node) ?? (type !== undefined && type !== node.type && `“${node.id}” is of the type ${node.type}, and “${self.elementId}”, which is active, is of the type ${type}`),
  ];
}

function otherKind({ state }: Decision, self: ElementInstance, node: FlowNode): string | undefined {
  if (self.task && !node.userTask) return `“${node.id}” is no user task, and “${self.elementId}”, which is open, is one`;
  if (self.child !== undefined && !node.call) return `“${node.id}” is no call activity, and “${self.elementId}”, which waits for its case, is one`;
  const works = (self.waits ?? []).some((id) => { const wait = state.waits.get(id); return wait?.kind === 'job' && wait.listener === undefined; });
  return works && !node.job ? `“${node.id}” is done without a worker, and “${self.elementId}”, which is active, waits for one` : undefined;
}

/** Tokens wait on flows that the target has too; what can be undone has its activity there; nothing is in the middle of something. */
function unready(decision: Decision, self: ElementInstance, placeOf: PlaceOf): Reasons {
  const { particulars, task, terminating, waiting } = self;
  return [
    terminating && `“${self.elementId}” is being cancelled: wait until the cases it called have ended`,
    task?.awaits && `“${self.elementId}” waits for its listeners: wait until they have done their jobs`,
    ...[...(waiting?.keys() ?? [])].map((flowId) => !decision.graph.flows.has(flowId) && `a token waits on sequence flow ${flowId}, which it does not have`),
    particulars && particulars.awaitsReset.size + particulars.runs.size > 0 && `“${self.elementId}” is being undone or waits for the reset of a complex gateway`,
    ...completedIn(particulars?.compensable).map(({ elementId }) => placeOf(elementId) === undefined && `“${elementId}” has completed and could not be undone any more`),
  ];
}

function completedIn(work: CompletedWork | undefined): readonly Compensable[] {
  const found = [...(work?.entries.values() ?? [])];
  for (const { inner } of found) for (const one of inner?.entries.values() ?? []) found.push(one);
  return found;
}

/** What is armed is an event on the same activity; an event that is gone is disarmed. */
function changed(decision: Decision, wait: Extract<Wait, { elementId: string }>, placeOf: PlaceOf, before: MigrateInstance['basis']['nodes']): Reasons {
  const node = placeOf(wait.elementId);
  if (!node) return [];
  const host = decision.element(wait.element);
  const old = own(before, wait.elementId);
  const half = host.particulars?.happened.has(wait.elementId) === true && old !== undefined && old.trigger !== basisOf(node).trigger;
  const moved = old !== undefined && old.type !== node.type;
  return [
    !moved && !node.event && !node.message && `“${node.id}” waits for nothing, and “${wait.elementId}”, which is active, does`,
    // What goes on as an element of its own is compared above.
    moved && wait.elementId !== host.elementId && `“${node.id}” is of the type ${node.type}, and “${wait.elementId}”, which is armed, is of the type ${old.type}`,
    node.type === 'startEvent' && decision.graph.nodes.get(node.parentId ?? '')?.parentId !== placeOf(host.elementId)?.id && `“${node.id}” belongs to another scope`,
    node.type === 'boundaryEvent' && node.attachedTo !== placeOf(host.elementId)?.id && `“${node.id}” is attached to another activity`,
    half && `“${node.id}” waits for something else, and part of what “${wait.elementId}” waits for has happened`,
  ];
}
