/**
 * The world: many instances, message correlation, definitions and a virtual clock, all in memory. `piton run`, `piton walk`, the
 * designer's try-it and the random tests drive the real engine through it; the server does the same over ports.
 *
 * Everything is synchronous and ordered: a command is decided, what it asks of other streams is delivered, in order, until nothing
 * is left to deliver. Time stands still until it is advanced; due timers fire in due order.
 */
import type { Graph, ProcessGraph } from '../bpmn/graph.ts';
import type { InstanceAction } from '../commands.ts';
import { newCorrelation } from '../correlation/correlation.ts';
import type { CorrelationEvent, CorrelationState, StartCandidate } from '../correlation/correlation.ts';
import { decideCorrelation } from '../correlation/decide-correlation.ts';
import { decideSignals, newSignals } from '../correlation/signals.ts';
import type { SignalEvent, SignalState } from '../correlation/signals.ts';
import { decideStartRounds, newStartRounds } from '../correlation/start-rounds.ts';
import type { StartRoundEvent, StartRoundState } from '../correlation/start-rounds.ts';
import { newDataStore } from '../data-stores/data-store.ts';
import type { DataStoreState, DataStoreWritten } from '../data-stores/data-store.ts';
import { decide } from '../decide.ts';
import { bindDeployment, boundVersions } from '../definitions/bindings.ts';
import { decideConditions, newConditions } from '../definitions/conditions.ts';
import type { ConditionEvent, ConditionState } from '../definitions/conditions.ts';
import { decideDefinition, newDefinition, startTriggers } from '../definitions/definition.ts';
import type { DefinitionEvent, DefinitionState } from '../definitions/definition.ts';
import { EngineError, isRejection, reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { decideDecisionDefinition, decisionStream, newDecisionDefinition } from '../definitions/decision-definition.ts';
import type { DecisionDefinitionState, DecisionDeployed } from '../definitions/decision-definition.ts';
import { callableIn } from '../dmn/files.ts';
import type { DecisionFile } from '../dmn/files.ts';
import type { InstanceEvent } from '../events.ts';
import { DEFAULT_LIMITS } from '../facts.ts';
import type { Actor, BoundProcesses, DeployedDecision, Facts, Limits, Variables } from '../facts.ts';
import { conditionStream, dataStoreStream, instanceStream, messageStream, signalStream } from '../hash.ts';
import { newInstance } from '../state.ts';
import type { InstanceState } from '../state.ts';
import { dataStoreJob, workOn } from './data-store-work.ts';
import { ScenarioError } from './errors.ts';
import { answerTo, outbox, whenRefused } from './outbox.ts';
import type { Outgoing } from './outbox.ts';

export type WorldEvent = InstanceEvent | CorrelationEvent | SignalEvent | DefinitionEvent | DecisionDeployed | DataStoreWritten | ConditionEvent | StartRoundEvent;

/** What one command leaves to be delivered; jobs of data stores are done here. */
type Delivery = Outgoing | { readonly kind: 'data-store'; readonly stream: string; readonly job: number };

/** One command's events. `version` numbers the records of a stream. */
export interface WorldRecord {
  readonly stream: string;
  readonly version: number;
  readonly at: string;
  readonly commandType: string;
  readonly events: readonly WorldEvent[];
}

/** `at`: where the virtual clock starts, ISO 8601 UTC. */
export interface WorldOptions {
  readonly at: string;
  readonly zone: string;
  readonly calendars?: Facts['calendars'];
  readonly limits?: Partial<Limits>;
  /** Makes for each decision what is asked whether its time is over; absent: time does not matter. */
  readonly timeLimit?: () => () => boolean;
  /** Called with every record as it happens. */
  readonly onRecord?: (record: WorldRecord) => void;
}

/** Who acts when nobody is named: what the engine does by itself. */
export const SYSTEM: Actor = { person: 'system', groups: [] };

/** Deliveries between streams that one command may cause before the world stops: two cases sending each other messages for ever. */
const DELIVERIES = 100_000;

/** Timers that may fire at one instant before the world stops: a timer of no length in a loop. */
const FIRINGS = 100_000;

export class World {
  readonly instances = new Map<string, InstanceState>();
  /** Open user tasks and jobs of all cases in order of creation; `id` is the element instance or the job. */
  readonly offered = new Map<string, { readonly stream: string; readonly id: number }>();
  now: string;
  readonly #options: WorldOptions;
  readonly #limits: Limits;
  readonly #processes = new Map<string, ProcessGraph[]>();
  readonly #definitions = new Map<string, DefinitionState>();
  readonly #correlations = new Map<string, CorrelationState>();
  readonly #decisions = new Map<string, DecisionDefinitionState>();
  readonly #latest: Record<string, DeployedDecision> = Object.create(null) as Record<string, DeployedDecision>;
  readonly #taggedDecisions: Record<string, Record<string, DeployedDecision>> = Object.create(null) as Record<string, Record<string, DeployedDecision>>;
  /** What was deployed together with a version of a process. */
  readonly #together = new Map<ProcessGraph, { readonly decisions: Readonly<Record<string, DeployedDecision>>; readonly processes: Readonly<Record<string, number>> }>();
  readonly #signals = new Map<string, SignalState>();
  readonly #rounds = new Map<string, StartRoundState>();
  readonly #conditions = new Map<string, ConditionState>();
  readonly #stores = new Map<string, DataStoreState>();
  readonly #versions = new Map<string, number>();
  readonly #outgoing: Delivery[] = [];
  /** What came to a case in the middle of a turn that an incident stopped. */
  #deferred: Extract<Delivery, { kind: 'instance' | 'data-store' }>[] = [];
  #starts = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.now = options.at;
  }

  /** Deploys every process of one or several files together, and the decision files beside them; answers why not for the first that is refused. What has not changed is left as it is, unless that is all of it. */
  deploy(graphs: Graph | readonly Graph[], files: readonly DecisionFile[] = []): Rejection | undefined {
    const decisions = Object.fromEntries(files.flatMap((file) => callableIn(file).map((callable) => [callable.id, this.#deployDecision(file, callable)])));
    const processes = ('processes' in graphs ? [graphs] : graphs).flatMap((graph) => graph.processes);
    const made = Object.fromEntries(Object.values(decisions).map(({ decisionId, hash }) => [`decision/${decisionId}`, hash]));
    const contents = bindDeployment(processes, made, (id) => this.#definitions.get(id));
    let unchanged: Rejection | undefined;
    let deployed = 0;
    for (const process of processes) {
      const state = this.#definitions.get(process.id) ?? newDefinition(process.id);
      const content = contents.get(process.id) ?? made;
      const events = decideDefinition(process, state, { type: 'DeployProcess', fileName: `${process.id}.bpmn`, content }, this.#facts());
      if (isRejection(events)) {
        if (events.code !== 'DEFINITION_VERSION_KNOWN') return events;
        unchanged ??= events;
        continue;
      }
      deployed += 1;
      this.#definitions.set(process.id, state);
      this.#processes.set(process.id, [...(this.#processes.get(process.id) ?? []), process]);
      this.#together.set(process, { decisions, processes: boundVersions(content) });
      this.#note(`definition/${process.id}`, 'DeployProcess', events);
    }
    return deployed === 0 ? unchanged : undefined;
  }

  #deployDecision({ name: fileName, hash, imports, model }: DecisionFile, { id: decisionId, name, versionTag }: ReturnType<typeof callableIn>[number]): DeployedDecision {
    const state = this.#decisions.get(decisionId) ?? newDecisionDefinition(decisionId);
    this.#decisions.set(decisionId, state);
    const events = decideDecisionDefinition(state, { type: 'DeployDecision', name, fileName, hash, imports, ...(versionTag !== undefined && { versionTag }) });
    if (!isRejection(events)) this.#note(decisionStream(decisionId), 'DeployDecision', events);
    const deployed = { decisionId, name, version: state.version, hash, model };
    if (versionTag !== undefined) (this.#taggedDecisions[decisionId] ??= Object.create(null) as Record<string, DeployedDecision>)[versionTag] = deployed;
    return (this.#latest[decisionId] = deployed);
  }

  /** The graph an instance runs on. */
  graphOf(stream: string): ProcessGraph {
    const state = this.instances.get(stream);
    const graph = state && this.#processes.get(state.processId)?.[state.version - 1];
    if (!graph) throw new EngineError(`Expected ${stream} to be a case of a deployed process, but it is not`);
    return graph;
  }

  /** Starts a case of the latest version; answers its stream, or why not. */
  start(processId: string, variables: Variables, options: { readonly key?: string; readonly startElementId?: string; readonly actor?: Actor } = {}): string | Rejection {
    const version = this.#processes.get(processId)?.length;
    if (version === undefined) return reject('DEFINITION_NOT_FOUND', { processId });
    const stream = instanceStream(processId, options.key ?? `start/${String((this.#starts += 1))}`);
    const { startElementId } = options;
    const done = this.execute(stream, { type: 'StartInstance', processId, version, variables, ...(startElementId !== undefined && { startElementId }) }, options.actor);
    return isRejection(done) ? done : stream;
  }

  /** Does a command and everything it causes elsewhere; answers the events of the command itself, or why not. */
  execute(stream: string, action: InstanceAction, actor: Actor = SYSTEM): readonly InstanceEvent[] | Rejection {
    const done = this.#decide(stream, action, actor);
    this.#deliver();
    return done;
  }

  publish(name: string, correlationKey: string, variables: Variables, messageId: string, timeToLive = 'PT1H'): Rejection | undefined {
    const stream = messageStream(name, correlationKey);
    const command = { type: 'PublishMessage', messageId, name, correlationKey, variables, timeToLive, starts: this.#startsFor(name, 'message') } as const;
    const done = this.#correlate({ kind: 'message', stream, key: messageId, command });
    this.#deliver();
    return done;
  }

  /** Broadcasts a signal to everybody who waits for it now. */
  broadcast(name: string, variables: Variables, signalId: string): Rejection | undefined {
    const command = { type: 'BroadcastSignal', signalId, name, variables, starts: this.#startsFor(name, 'signal') } as const;
    const done = this.#signal({ kind: 'signal', stream: signalStream(name), key: signalId, command });
    this.#deliver();
    return done;
  }

  /** Evaluates the start conditions of all processes with these variables. */
  evaluateConditions(variables: Variables, evaluationId: string, businessKey?: string): Rejection | undefined {
    const stream = conditionStream(evaluationId);
    const state = this.#conditions.get(stream) ?? newConditions();
    const candidates = [...this.#processes.values()].flatMap((versions) => versions.slice(-1).map((graph) => ({ graph, version: versions.length })));
    const events = decideConditions(candidates, state, { type: 'EvaluateConditions', evaluationId, variables, ...(businessKey !== undefined && { businessKey }) }, this.#facts());
    if (isRejection(events)) return events;
    this.#conditions.set(stream, state);
    this.#note(stream, 'EvaluateConditions', events);
    this.#deliver();
    return undefined;
  }

  /** Moves the clock to `until`, firing what falls due on the way, in due order; `meanwhile` is called after each firing. */
  advanceTo(until: string, meanwhile?: () => void): void {
    let firings = 0;
    for (let next = this.#nextDue(); next && next.dueAt <= until; next = this.#nextDue()) {
      if (next.dueAt > this.now) {
        this.now = next.dueAt;
        firings = 0;
      }
      if ((firings += 1) > FIRINGS) throw new ScenarioError('RUN_ENDLESS', { reason: `${String(FIRINGS)} timers fired at ${this.now}` });
      next.fire();
      this.#deliver();
      meanwhile?.();
    }
    if (until > this.now) this.now = until;
  }

  #facts(graph?: ProcessGraph): Facts {
    const definitions = Object.fromEntries([...this.#processes].map(([id, versions]) => [id, versions.length]));
    const together = graph && this.#together.get(graph);
    const decisions = { latest: this.#latest, deployment: together?.decisions ?? {}, tagged: this.#taggedDecisions };
    const bound = { deployment: together?.processes ?? {}, tagged: this.#taggedProcesses() };
    const { zone, calendars = {}, timeLimit } = this.#options;
    return { now: this.now, zone, calendars, definitions, limits: this.#limits, decisions, bound, ...(timeLimit && { expired: timeLimit() }) };
  }

  /** A later version with the same tag takes its place. */
  #taggedProcesses(): BoundProcesses['tagged'] {
    return Object.fromEntries([...this.#processes].map(([id, versions]) => [id, Object.fromEntries(versions.flatMap(({ versionTag }, index) => (versionTag === undefined ? [] : [[versionTag, index + 1]])))]));
  }

  #decide(stream: string, action: InstanceAction, actor: Actor): readonly InstanceEvent[] | Rejection {
    const state = this.instances.get(stream) ?? newInstance(stream);
    const processId = action.type === 'StartInstance' ? action.processId : state.processId;
    const version = action.type === 'StartInstance' || action.type === 'MigrateInstance' ? action.version : state.version;
    const graph = this.#processes.get(processId)?.[version - 1];
    if (!graph) return state.status === 'new' ? reject('INSTANCE_NOT_FOUND', { stream }) : reject('DEFINITION_NOT_FOUND', { processId });
    const events = decide(graph, state, { ...action, actor }, this.#facts(graph));
    if (isRejection(events) || events.length === 0) return events;
    this.instances.set(stream, state);
    this.#note(stream, action.type, events);
    this.#continue(stream, graph, state, actor);
    return events;
  }

  /** A turn that yielded goes on at once: nothing else is waiting for the thread here. */
  #continue(stream: string, graph: ProcessGraph, state: InstanceState, actor: Actor): void {
    while (state.status === 'active' && state.pending.length > 0) {
      const events = decide(graph, state, { type: 'Continue', actor }, this.#facts(graph));
      if (isRejection(events)) return;
      this.#note(stream, 'Continue', events);
    }
  }

  #correlate(outgoing: Extract<Outgoing, { kind: 'message' }>): Rejection | undefined {
    const { stream, command } = outgoing;
    const state = this.#correlations.get(stream) ?? newCorrelation(stream);
    const events = decideCorrelation(state, command, this.#facts());
    if (isRejection(events)) return events;
    this.#correlations.set(stream, state);
    this.#note(stream, command.type, events);
    return undefined;
  }

  #signal({ stream, command }: Extract<Outgoing, { kind: 'signal' }>): Rejection | undefined {
    const state = this.#signals.get(stream) ?? newSignals(stream);
    const events = decideSignals(state, command, this.#facts());
    if (isRejection(events)) return events;
    this.#signals.set(stream, state);
    this.#note(stream, command.type, events);
    return undefined;
  }

  /** Numbers a record, tells the listener, and queues what it asks of other streams. */
  #note(stream: string, commandType: string, events: readonly WorldEvent[]): void {
    const version = (this.#versions.get(stream) ?? 0) + 1;
    this.#versions.set(stream, version);
    this.#options.onRecord?.({ stream, version, at: this.now, commandType, events });
    events.forEach((event, index) => {
      this.#offer(stream, event);
      const outgoing = outbox(stream, `${stream}/${String(version)}/${String(index)}`, event, (name, trigger) => this.#startsFor(name, trigger));
      if (outgoing) this.#outgoing.push(outgoing);
    });
  }

  #offer(stream: string, event: WorldEvent): void {
    switch (event.type) {
      case 'IncidentResolved':
        if (event.job !== undefined && dataStoreJob(this.instances.get(stream), event.job)) this.#outgoing.push({ kind: 'data-store', stream, job: event.job });
        break;
      case 'JobCreated':
        if (dataStoreJob(this.instances.get(stream), event.id)) this.#outgoing.push({ kind: 'data-store', stream, job: event.id });
        else this.offered.set(`${stream}/${String(event.id)}`, { stream, id: event.id });
        break;
      case 'UserTaskCreated': this.offered.set(`${stream}/${String(event.id)}`, { stream, id: event.id }); break;
      case 'UserTaskCompleted': case 'UserTaskReturned': case 'UserTaskCanceled': case 'JobCompleted': case 'JobErrorThrown': case 'JobCanceled':
        this.offered.delete(`${stream}/${String(event.id)}`);
        break;
      default:
    }
  }

  #deliver(): void {
    const settled = this.#deferred.filter(({ stream }) => this.#isSettled(stream));
    this.#deferred = this.#deferred.filter(({ stream }) => !this.#isSettled(stream));
    this.#outgoing.push(...settled);
    for (let count = 0; ; count += 1) {
      const outgoing = this.#outgoing.shift();
      if (!outgoing) return;
      if (count >= DELIVERIES) throw new ScenarioError('RUN_ENDLESS', { reason: `one command caused ${String(DELIVERIES)} deliveries between them` });
      if (outgoing.kind === 'message') { this.#correlate(outgoing); continue; }
      if (outgoing.kind === 'signal') { this.#signal(outgoing); continue; }
      if (outgoing.kind === 'start-round') { this.#collect(outgoing); continue; }
      if (outgoing.kind === 'data-store') { this.#access(outgoing); continue; }
      const done = this.#decide(outgoing.stream, outgoing.action, SYSTEM);
      if (isRejection(done)) {
        if (done.code === 'INSTANCE_NOT_SETTLED' || done.code === 'INSTANCE_STOPPED' || done.code === 'INSTANCE_SUSPENDED') { this.#deferred.push(outgoing); continue; }
        const told = whenRefused(outgoing, done);
        if (told) this.#outgoing.push(told);
      }
      if (!outgoing.offer) continue;
      const taken = isRejection(done) ? undefined : done.find((event) => event.type === 'MessageCorrelated');
      this.#correlate(answerTo(outgoing.offer, outgoing.key, taken && { open: taken.open ?? false }));
    }
  }

  #collect({ stream, command }: Extract<Outgoing, { kind: 'start-round' }>): void {
    const state = this.#rounds.get(stream) ?? newStartRounds(stream);
    const events = decideStartRounds(state, command, this.#facts());
    if (isRejection(events)) return;
    this.#rounds.set(stream, state);
    this.#note(stream, command.type, events);
  }

  #access(delivery: Extract<Delivery, { kind: 'data-store' }>): void {
    const { stream, job } = delivery;
    const state = this.instances.get(stream);
    const open = dataStoreJob(state, job);
    if (!state || !open) return;
    if (!this.#isSettled(stream)) { this.#deferred.push(delivery); return; }
    const name = open.headers['store'] ?? '';
    const store = this.#stores.get(name) ?? newDataStore();
    this.#stores.set(name, store);
    const { action, events } = workOn(open, state, store, this.#facts());
    if (events.length > 0) this.#note(dataStoreStream(name), 'WriteDataStore', events);
    this.#decide(stream, action, SYSTEM);
  }

  #isSettled(stream: string): boolean {
    const state = this.instances.get(stream);
    return (state?.pending.length ?? 0) === 0 && state?.suspended !== true;
  }

  #startsFor(name: string, trigger: 'message' | 'signal'): readonly StartCandidate[] {
    return [...this.#processes.values()].flatMap((versions) => {
      const graph = versions.at(-1);
      const start = graph && startTriggers(graph, trigger).find((one) => one.name === name);
      return graph && start ? [{ processId: graph.id, version: versions.length, startElementId: start.startElementId, ...(start.collects && { collects: start.collects }) }] : [];
    });
  }

  /** The next thing that falls due; of two due together the one scheduled first. */
  #nextDue(): { readonly dueAt: string; readonly fire: () => void } | undefined {
    let next: { dueAt: string; fire: () => void } | undefined;
    for (const [stream, state] of this.instances) {
      if (state.status !== 'active' || state.suspended || state.pending.length > 0) continue;
      for (const wait of state.waits.values()) {
        if (wait.kind !== 'timer' || (next && wait.dueAt >= next.dueAt)) continue;
        next = { dueAt: wait.dueAt, fire: () => { this.#decide(stream, { type: 'FireTimer', timer: wait.id }, SYSTEM); } };
      }
    }
    for (const [processId, state] of this.#definitions) {
      for (const [timer, { dueAt }] of state.timers) {
        if (!next || dueAt < next.dueAt) next = { dueAt, fire: () => { this.#fireStart(processId, state, timer); } };
      }
    }
    for (const [stream, { messages }] of this.#correlations) {
      for (const { expiresAt, asking } of messages.values()) {
        // One that is on offer ends with the answer.
        if (asking > 0) continue;
        if (!next || expiresAt < next.dueAt) next = { dueAt: expiresAt, fire: () => { this.#correlate({ kind: 'message', stream, key: '', command: { type: 'ExpireMessages' } }); } };
      }
    }
    return next;
  }

  #fireStart(processId: string, state: DefinitionState, timer: number): void {
    const events = decideDefinition(undefined, state, { type: 'FireStartTimer', timer }, this.#facts());
    if (!isRejection(events)) this.#note(`definition/${processId}`, 'FireStartTimer', events);
  }
}
