/**
 * Migration (not in BPMN; an act with a reason): a running case goes on in another version of its process. The plan is all or nothing:
 * everything active must have its place in the target, or the case stays as it is.
 *
 * What had fired stays fired. An event that waits for the same as before stays armed; one that waits for something else is armed anew, one
 * that is new is armed, one that is gone is disarmed. Timers count from the original start: of what is armed from when it was armed first,
 * of what is new from when its activity or scope began; what is overdue by that fires at once. Jobs that are out and loops that have begun
 * go on as they were asked for.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import type { MigrateInstance } from '../commands.ts';
import { asReason, reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { arm } from '../event-definitions/catching.ts';
import { Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { isBody } from '../execution/loops.ts';
import { closeWait } from '../execution/termination.ts';
import { loadState, saveState } from '../state.ts';
import type { InstanceEvent } from '../events.ts';
import type { ElementInstance, Wait } from '../state.ts';
import { basisOf, own, renamed } from './basis.ts';
import { reasonsAgainst } from './place.ts';
import { offerAnew } from './tasks.ts';

/** The decision's graph is the target version. The rejection names every reason. */
export function migrateInstance(decision: Decision, command: MigrateInstance): Rejection | undefined {
  const { stream, version } = decision.state;
  const plain = [...(command.reason.trim() === '' ? ['no reason was given'] : []), ...(command.version === version ? [`it is in version ${String(version)} already`] : [])];
  const unplaced = [...plain, ...(plain.length === 0 ? reasonsAgainst(decision, command) : [])];
  const reasons = unplaced.length === 0 ? rehearse(decision, command) : unplaced;
  if (reasons.length > 0) return { ...reject('INSTANCE_MIGRATION_INVALID', { stream, version: command.version, reason: reasons.join('; ') }), reasons };
  migrate(decision, command, (stuck) => { throw stuck; });
  return undefined;
}

/** On a copy of the state: what cannot be evaluated now makes the whole plan impossible. */
function rehearse({ graph, state, facts, actor, behaviours, triggers }: Decision, command: MigrateInstance): string[] {
  const reasons: string[] = [];
  migrate(new Decision(graph, loadState(saveState(state)), facts, actor, behaviours, triggers), command, ({ message }) => { reasons.push(asReason(message)); });
  return [...new Set(reasons)];
}

/** An event that waits for something else than before. */
interface Anew {
  readonly host: number;
  readonly elementId: string;
  readonly at: string;
  readonly happened: boolean;
}

function migrate(decision: Decision, command: MigrateInstance, onStuck: (stuck: Stuck) => void): void {
  const { version, mapping = {}, basis, reason, holders = {} } = command;
  const { actor, facts, graph, state } = decision;
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Stuck)) throw error;
      onStuck(error);
    }
  };
  const anew = withdrawChanged(decision, command);
  decision.record({ type: 'InstanceMigrated', by: actor.person, from: state.version, version, mapping, reason, ...told(decision, mapping) });
  for (const { host, elementId, at, happened } of anew) attempt(() => { arm(decision, decision.node(elementId), decision.element(host), { at, happened }); });
  const known = new Map(Object.entries(basis.nodes).map(([id, node]) => [renamed(mapping, id), node]));
  for (const self of [...state.elements.values()]) {
    const at = basis.since[self.id] ?? facts.now;
    for (const event of eventsOf(decision, self)) {
      const before = known.get(event.id);
      // What waited for nothing outside has not fired: now there is something to wait for.
      const isNew = before === undefined || event.type === 'intermediateCatchEvent' || event.type === 'receiveTask' || (before.trigger === '' && basisOf(event).trigger !== '');
      if (isNew && !isArmed(decision, self, event)) attempt(() => { arm(decision, event, self, { at, happened: false }); });
    }
    const node = graph.nodes.get(self.elementId);
    if (self.task && node?.userTask) attempt(() => { offerAnew(decision, node, self, known.get(node.id), at, holders); });
  }
}

/** What others keep by counter and must know: what goes along, and what is called otherwise. */
function told({ state }: Decision, mapping: Readonly<Record<string, string>>): Pick<Extract<InstanceEvent, { type: 'InstanceMigrated' }>, 'active' | 'renamed'> {
  const known: { readonly id: number; readonly elementId: string; readonly task: boolean }[] = [];
  for (const { id, elementId, task } of state.elements.values()) if (id !== 0) known.push({ id, elementId, task: task !== undefined });
  for (const wait of state.waits.values()) if (wait.kind === 'incident') known.push({ id: wait.id, elementId: state.elements.get(wait.element)?.elementId ?? '', task: true });
  const others = known.flatMap(({ id, elementId, task }) => (task && renamed(mapping, elementId) !== elementId ? [{ id, elementId: renamed(mapping, elementId) }] : []));
  return { active: known.map(({ id }) => id), ...(others.length > 0 && { renamed: others }) };
}

/** Closes what waits for something that is gone or has changed; answers what is to be armed again, by the ids of the target. */
function withdrawChanged(decision: Decision, { mapping, basis }: MigrateInstance): readonly Anew[] {
  const { facts, graph, state } = decision;
  const anew = new Map<string, Anew>();
  for (const wait of [...state.waits.values()]) {
    if (!('elementId' in wait)) continue;
    const node = graph.nodes.get(renamed(mapping, wait.elementId));
    const before = own(basis.nodes, wait.elementId);
    if (node && (before === undefined || before.trigger === basisOf(node).trigger)) continue;
    closeWait(decision, wait.id);
    if (!node) continue;
    const key = `${String(wait.element)} ${node.id}`;
    const other = anew.get(key);
    anew.set(key, { host: wait.element, elementId: node.id, at: other?.at ?? armedAt(wait, basis.since) ?? facts.now, happened: other?.happened === true || (wait.kind === 'timer' && (wait.cycle?.ordinal ?? 1) > 1) });
  }
  return [...anew.values()];
}

/** When it was armed first; of other triggers than timers nothing is counted. */
function armedAt(wait: Wait, since: Readonly<Record<number, string>>): string | undefined {
  return wait.kind === 'timer' ? (wait.cycle?.armedAt ?? since[wait.id]) : since[wait.element];
}

function isArmed({ state }: Decision, self: ElementInstance, event: FlowNode): boolean {
  return (self.waits ?? []).some((id) => { const wait = state.waits.get(id); return wait !== undefined && 'elementId' in wait && wait.elementId === event.id; });
}

/** What can be armed on behalf of `self` in the target: events on its border, behind an event-based gateway, of event sub-processes in it. */
function eventsOf(decision: Decision, self: ElementInstance): readonly FlowNode[] {
  if (self.fired || self.terminating) return [];
  const node = self.id === 0 ? undefined : decision.node(self.elementId);
  const handlers = self.id === 0 ? decision.graph.eventSubProcesses : node === undefined || isBody(node, self) ? [] : node.eventSubProcesses;
  const starts = self.particulars?.interrupted === true ? [] : handlers.flatMap((handler) => handler.starts);
  const borders = node === undefined || self.role?.kind === 'iteration' || !hasBorders(decision, self) ? [] : node.boundaryEvents;
  const behind = node?.type === 'eventBasedGateway' ? node.outgoing.map(({ target }) => decision.node(target)) : [];
  return [...borders, ...starts, ...behind];
}

/** Boundary events are armed behind the start listeners and gone before the end listeners; data stores are read and written outside of both. */
function hasBorders({ state }: Decision, self: ElementInstance): boolean {
  return !(self.waits ?? []).some((id) => {
    const wait = state.waits.get(id);
    if (wait?.kind === 'incident' && (wait.phase === 'reads' || wait.phase === 'inputs' || wait.phase === 'boundaries')) return true;
    const on = wait?.kind === 'job' || wait?.kind === 'incident' ? wait.listener?.on : undefined;
    return on === 'read' || on === 'start' || on === 'end' || on === 'write';
  });
}
