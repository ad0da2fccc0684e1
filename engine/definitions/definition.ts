/**
 * A process definition: a decider of its own, one stream per process id. It numbers the versions and keeps the timers of the
 * latest version's timer start events; running cases stay on the version they started with.
 */
import type { EventDefinition, ProcessGraph } from '../bpmn/graph.ts';
import { received } from '../correlation/start-rounds.ts';
import type { Collects, StartTriggerReceived } from '../correlation/start-rounds.ts';
import { asReason, isRejection, reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { firstDue, nextDue } from '../event-definitions/timer.ts';
import type { Due } from '../event-definitions/timer.ts';
import { Stuck } from '../execution/errors.ts';
import { FeelError } from '../feel/errors.ts';
import type { Facts, Json } from '../facts.ts';

export type DefinitionCommand =
  /** `content`: what else belongs to the version, for example form id -> blob; two deployments are the same when hash and content are. */
  | { readonly type: 'DeployProcess'; readonly fileName: string; readonly content: Readonly<Record<string, string>> }
  | { readonly type: 'FireStartTimer'; readonly timer: number };

/** What starts the process by itself, and where; `collects`: together with others. */
export interface StartTrigger {
  readonly name: string;
  readonly startElementId: string;
  readonly collects?: Collects;
}

export type DefinitionEvent =
  | { readonly type: 'ProcessDeployed'; readonly processId: string; readonly version: number; readonly name: string; readonly hash: string; readonly fileName: string; readonly content: Readonly<Record<string, string>>; readonly versionTag?: string; readonly messages: readonly StartTrigger[]; readonly signals?: readonly StartTrigger[]; readonly conditions?: readonly string[] }
  | ({ readonly type: 'StartTimerScheduled'; readonly id: number; readonly elementId: string; readonly collects?: Collects } & Due)
  | { readonly type: 'StartTimerFired'; readonly id: number; readonly elementId: string; readonly processId: string; readonly version: number; readonly missed?: number }
  /** One of the triggers that must all happen first. */
  | ({ readonly type: 'StartTimerReceived'; readonly id: number; readonly missed?: number } & StartTriggerReceived)
  | { readonly type: 'StartTimerCanceled'; readonly id: number };

export interface DefinitionState {
  readonly processId: string;
  version: number;
  /** What the latest version was made of. */
  identity: string;
  counter: number;
  readonly timers: Map<number, { readonly elementId: string; readonly dueAt: string; readonly cycle: { readonly text: string; readonly armedAt: string; readonly ordinal: number } | undefined; readonly collects: Collects | undefined }>;
}

export function newDefinition(processId: string): DefinitionState {
  return { processId, version: 0, identity: '', counter: 0, timers: new Map() };
}

export function evolveDefinition(state: DefinitionState, event: DefinitionEvent): DefinitionState {
  switch (event.type) {
    case 'ProcessDeployed':
      state.version = event.version;
      state.identity = identityOf(event.hash, event.content);
      break;
    case 'StartTimerScheduled': {
      const { id, elementId, dueAt, cycle, armedAt, ordinal, collects } = event;
      state.counter = Math.max(state.counter, id);
      state.timers.set(id, { elementId, dueAt, cycle: cycle === undefined ? undefined : { text: cycle, armedAt: armedAt ?? dueAt, ordinal: ordinal ?? 0 }, collects });
      break;
    }
    case 'StartTimerFired': case 'StartTimerReceived': case 'StartTimerCanceled': state.timers.delete(event.id); break;
  }
  return state;
}

/** `graph`: the version being deployed. State is folded when events are returned. */
export function decideDefinition(graph: ProcessGraph | undefined, state: DefinitionState, command: DefinitionCommand, facts: Facts): readonly DefinitionEvent[] | Rejection {
  const events: DefinitionEvent[] = [];
  const record = (event: DefinitionEvent): void => {
    events.push(event);
    evolveDefinition(state, event);
  };
  if (command.type === 'DeployProcess') {
    if (!graph) return reject('DEFINITION_NOT_FOUND', { processId: state.processId });
    return deploy(graph, state, command, facts, record) ?? events;
  }
  const timer = state.timers.get(command.timer);
  if (!timer) return reject('DEFINITION_TIMER_NOT_FOUND', { timer: command.timer });
  if (facts.now < timer.dueAt) return reject('TIMER_NOT_DUE', { timer: command.timer, dueAt: timer.dueAt, now: facts.now });
  const { next, missed } = nextDue(timer, facts.now, facts.zone);
  const { elementId, collects } = timer;
  const { processId, version } = state;
  const late = missed > 0 && { missed };
  if (collects) record({ type: 'StartTimerReceived', id: command.timer, ...received({ processId, version, startElementId: elementId }, collects, '', {}), ...late });
  else record({ type: 'StartTimerFired', id: command.timer, elementId, processId, version, ...late });
  if (next) record({ type: 'StartTimerScheduled', id: state.counter + 1, elementId, ...(collects && { collects }), ...next });
  return events;
}

function deploy(graph: ProcessGraph, state: DefinitionState, command: Extract<DefinitionCommand, { type: 'DeployProcess' }>, facts: Facts, record: (event: DefinitionEvent) => void): Rejection | undefined {
  const { fileName, content } = command;
  if (state.identity === identityOf(graph.hash, content)) return reject('DEFINITION_VERSION_KNOWN', { processId: graph.id, version: state.version });
  const due = dueStarts(graph, facts);
  if (isRejection(due)) return due;
  const messages = startTriggers(graph, 'message');
  const signals = startTriggers(graph, 'signal');
  const conditions = graph.starts.flatMap(({ id, event }) => (definitionsOf(event).some(({ kind }) => kind === 'conditional') ? [id] : []));
  record({
    type: 'ProcessDeployed', processId: graph.id, version: state.version + 1, name: graph.name, hash: graph.hash, fileName, content, messages, ...(signals.length > 0 && { signals }),
    ...(conditions.length > 0 && { conditions }),
    ...(graph.versionTag !== undefined && { versionTag: graph.versionTag }),
  });
  for (const id of [...state.timers.keys()]) record({ type: 'StartTimerCanceled', id });
  for (const timer of due) record({ type: 'StartTimerScheduled', id: state.counter + 1, ...timer });
  return undefined;
}

/** The messages or signals that start a process: by its start events, and by what instantiates it without one. */
export function startTriggers(graph: ProcessGraph, kind: 'message' | 'signal'): readonly StartTrigger[] {
  const nodes = [...graph.starts, ...graph.instantiating.map(({ node }) => node)];
  return nodes.flatMap((node) => {
    const names = node.message && kind === 'message' ? [node.message.name] : definitionsOf(node.event).flatMap((definition): string[] => {
      if (definition.kind === 'message' && kind === 'message') return [definition.message.name];
      return definition.kind === 'signal' && kind === 'signal' && definition.name.literal !== undefined ? [definition.name.literal] : [];
    });
    return names.map((name) => {
      const collects = collectsOf(node.event, `${kind} ${name}`);
      return { name, startElementId: node.id, ...(collects && { collects }) };
    });
  });
}

/** Which of several triggers that must all happen `trigger` is; undefined when each starts the process alone. */
export function collectsOf(event: EventDefinition | undefined, trigger: string): Collects | undefined {
  if (event?.kind !== 'multiple' || !event.parallel) return undefined;
  const { definitions } = event;
  const wants = [...new Set(definitions.map((definition) => triggerName(definitions, definition)))];
  return { trigger, wants, ...(definitions.every(({ kind }) => kind === 'message') && { keyed: true }) };
}

/** Messages and signals by their names, timers and conditions by their places. */
export function triggerName(definitions: readonly EventDefinition[], definition: EventDefinition): string {
  if (definition.kind === 'message') return `message ${definition.message.name}`;
  if (definition.kind === 'signal') return `signal ${definition.name.literal ?? ''}`;
  const kind = definition.kind === 'conditional' ? 'condition' : definition.kind;
  return `${kind} ${String(definitions.filter((other) => other.kind === definition.kind).indexOf(definition) + 1)}`;
}

export function definitionsOf(event: EventDefinition | undefined): readonly EventDefinition[] {
  if (event === undefined) return [];
  return event.kind === 'multiple' ? event.definitions : [event];
}

type DueStart = Due & { readonly elementId: string; readonly collects?: Collects };

function dueStarts(graph: ProcessGraph, facts: Facts): DueStart[] | Rejection {
  const due: DueStart[] = [];
  for (const node of graph.starts) {
    for (const definition of definitionsOf(node.event)) {
      if (definition.kind !== 'timer') continue;
      const { value } = definition;
      try {
        const given = value.feel ? (value.feel.evaluate({ get: () => undefined }, facts) as Json) : (value.literal ?? null);
        const collects = collectsOf(node.event, triggerName(definitionsOf(node.event), definition));
        due.push({ elementId: node.id, ...(collects && { collects }), ...firstDue(definition, given, facts, node.id) });
      } catch (error) {
        if (!(error instanceof Stuck) && !(error instanceof FeelError)) throw error;
        return reject('DEFINITION_START_TIMER_INVALID', { elementId: node.id, processId: graph.id, reason: asReason(error.message) });
      }
    }
  }
  return due;
}

/** What a version is made of: two deployments with the same are the same version. */
export function identityOf(hash: string, content: Readonly<Record<string, string>>): string {
  return [hash, ...Object.entries(content).map(([name, value]) => `${name}=${value}`).sort()].join('\n');
}
