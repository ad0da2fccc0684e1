/**
 * Migration (not in BPMN; an act with a reason): a running case goes on in another version of its process. The plan is all or nothing:
 * everything active must have its place in the target, or the case stays as it is. What had fired stays fired; events that are new in
 * the target are armed, and count from now.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import type { MigrateInstance } from '../commands.ts';
import { EngineError, reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { closeWait } from '../execution/termination.ts';
import { loadState, saveState } from '../state.ts';
import type { ElementInstance, Wait } from '../state.ts';

/** The decision's graph is the target version. */
export function migrateInstance(decision: Decision, command: MigrateInstance): Rejection | undefined {
  const { state } = decision;
  const why = command.reason.trim() === '' ? 'no reason was given' : command.version === state.version ? `it is in version ${String(command.version)} already` : cannotMigrate(decision, command) ?? rehearse(decision, command);
  if (why !== undefined) return reject('INSTANCE_MIGRATION_INVALID', { stream: state.stream, version: command.version, reason: why });
  migrate(decision, command);
  return undefined;
}

function migrate(decision: Decision, { version, mapping = {}, known, reason }: MigrateInstance): void {
  const gone = [...decision.state.waits.values()].filter((wait) => 'elementId' in wait && !decision.graph.nodes.has(mapping[wait.elementId] ?? wait.elementId));
  for (const { id } of gone) closeWait(decision, id);
  decision.record({ type: 'InstanceMigrated', by: decision.actor.person, from: decision.state.version, version, mapping, reason });
  const before = new Set(known.map((id) => mapping[id] ?? id));
  for (const self of [...decision.state.elements.values()]) {
    if (self.terminating) continue;
    const node = self.id === 0 ? undefined : decision.node(self.elementId);
    const handlers = self.id === 0 ? decision.graph.eventSubProcesses : self.role?.kind === 'body' ? [] : (node?.eventSubProcesses ?? []);
    const starts = self.particulars?.interrupted === true ? [] : handlers.filter(({ id }) => !before.has(id)).flatMap((handler) => handler.starts);
    const borders = node && self.role?.kind !== 'iteration' && !self.fired ? node.boundaryEvents.filter(({ id }) => !before.has(id)) : [];
    for (const event of [...borders, ...starts]) decision.behaviours[event.type].arm?.(decision, event, self);
  }
}

/** On a copy of the state: what cannot be armed now makes the whole plan impossible. */
function rehearse(decision: Decision, command: MigrateInstance): string | undefined {
  const { graph, state, facts, actor, behaviours, triggers } = decision;
  try {
    migrate(new Decision(graph, loadState(saveState(state)), facts, actor, behaviours, triggers), command);
    return undefined;
  } catch (error) {
    if (error instanceof Stuck) return error.message;
    throw error;
  }
}

function cannotMigrate(decision: Decision, { mapping = {} }: MigrateInstance): string | undefined {
  const { graph, state } = decision;
  const placeOf = (elementId: string): FlowNode | undefined => graph.nodes.get(mapping[elementId] ?? elementId);
  for (const self of state.elements.values()) {
    const why = (self.id === 0 ? undefined : misplaced(decision, self, placeOf)) ?? unready(decision, self, placeOf);
    if (why !== undefined) return why;
  }
  for (const wait of state.waits.values()) {
    const why = 'elementId' in wait ? changed(decision, wait, placeOf) : undefined;
    if (why !== undefined) return why;
  }
  return undefined;
}

type PlaceOf = (elementId: string) => FlowNode | undefined;

/** An element goes on in an element of the same kind, in the same place. */
function misplaced(decision: Decision, self: ElementInstance, placeOf: PlaceOf): string | undefined {
  const node = placeOf(self.elementId);
  if (!node) return `“${self.elementId}” is active and has no place in it`;
  const scope = decision.element(self.scope);
  const outer = self.role?.kind === 'iteration' ? placeOf(scope.elementId)?.parentId : self.scope === 0 ? undefined : placeOf(scope.elementId)?.id;
  if (node.parentId !== outer) return `“${node.id}” stands in another scope than “${self.elementId}”, which is active`;
  const looping = self.role?.kind === 'body' || self.role?.kind === 'iteration';
  if (looping !== (node.loop !== undefined)) return `“${node.id}” ${looping ? 'runs once' : 'runs several times'}, and “${self.elementId}”, which is active, does not`;
  if (node.type === 'eventBasedGateway') {
    const awaited = (self.waits ?? []).map((id) => decision.state.waits.get(id)).flatMap((wait) => (wait && 'elementId' in wait ? (placeOf(wait.elementId)?.id ?? []) : []));
    const fresh = node.outgoing.find(({ target }) => !awaited.includes(target));
    if (fresh) return `“${fresh.target}” behind “${node.id}” would not be awaited`;
  }
  if (self.task && !node.userTask) return `“${node.id}” is no user task, and “${self.elementId}”, which is open, is one`;
  return self.child !== undefined && !node.call ? `“${node.id}” is no call activity, and “${self.elementId}”, which waits for its case, is one` : undefined;
}

/** Tokens wait on flows that the target has too; what can be undone has its activity there. */
function unready(decision: Decision, self: ElementInstance, placeOf: PlaceOf): string | undefined {
  if (self.terminating) return `“${self.elementId}” is being cancelled: wait until the cases it called have ended`;
  for (const flowId of self.waiting?.keys() ?? []) if (!decision.graph.flows.has(flowId)) return `a token waits on sequence flow ${flowId}, which it does not have`;
  const { particulars } = self;
  if (particulars && particulars.awaitsReset.size + particulars.runs.size > 0) return `“${self.elementId}” is being undone or waits for the reset of a complex gateway`;
  const lost = particulars?.compensable.find(({ elementId }) => placeOf(elementId) === undefined);
  return lost && `“${lost.elementId}” has completed and could not be undone any more`;
}

/** What is armed is an event of the same kind on the same activity; an event that is gone is disarmed. */
function changed(decision: Decision, wait: Extract<Wait, { elementId: string }>, placeOf: PlaceOf): string | undefined {
  const node = placeOf(wait.elementId);
  const host = decision.element(wait.element);
  if (!node) return undefined;
  if (node.type === 'boundaryEvent' && node.attachedTo !== placeOf(host.elementId)?.id) return `“${node.id}” is attached to another activity`;
  if (!node.event && !node.message) throw new EngineError(`Expected ${node.id} to wait for something, but it does not`);
  return undefined;
}
