/** Commands on cases, correlation streams and definitions: the engine's deciders behind the journal. */
import { changedChoices, conditionStream, decide, decideConditions, decideCorrelation, decideDefinition, decideSignals, decideStartRounds, instanceStream, loadState, migrationBasis, reject, saveState } from '../../engine/index.ts';
import type { ChangedChoice, CollectTrigger, ConditionEvent, CorrelationCommand, Decisions, DefinitionEvent, EvaluateConditions, Facts, InstanceAction, InstanceEvent, InstanceState, ProcessGraph, SignalCommand } from '../../engine/index.ts';
import type { DecisionRegistry } from './decisions.ts';
import type { DefinitionRegistry } from './definitions.ts';
import type { Journal } from './journal.ts';
import { conditions, correlations, definitions, instances, signals, startRounds } from './kinds.ts';
import { streamKind } from './types.ts';
import type { Answer, CommandMeta, DecodedRecord, DefinitionVersion, DomainEvent, StartRequest } from './types.ts';

export interface CommandsOptions {
  readonly journal: Journal;
  readonly registry: DefinitionRegistry;
  readonly decisions: DecisionRegistry;
  readonly facts: (now: string) => Facts;
  readonly newId: () => string;
}

type InstanceRecord = DecodedRecord & { readonly events: readonly InstanceEvent[] };
type Decided = readonly InstanceEvent[] | ReturnType<typeof reject>;

/** Codes of cases that only a human can let go on. */
const LATER: ReadonlySet<string> = new Set(['INSTANCE_STOPPED', 'INSTANCE_SUSPENDED']);

/** A delivery for a case that only a human can let go on: it comes again, with a growing pause. */
export class CaseStopped extends Error {
  override readonly name = 'CaseStopped';
}

export class Commands {
  readonly #options: CommandsOptions;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /** The same definition and idempotency key always name the same case; without a key every call starts one. */
  startInstance(request: StartRequest, meta: CommandMeta): Promise<Answer<InstanceEvent>> {
    const { registry, newId } = this.#options;
    const { processId, variables, businessKey, startElementId, restartOf, reason, startedBy } = request;
    const version = request.version ?? registry.latest(processId)?.version;
    if (version === undefined || !registry.version(processId, version)) return refuse(reject('DEFINITION_NOT_FOUND', { processId }));
    const { idempotencyKey } = meta;
    // Without a key the id is made up: one that rises with time keeps every index of log and lists growing at its end.
    const stream = idempotencyKey === undefined ? newId().replaceAll('-', '') : instanceStream(processId, idempotencyKey);
    const optional = { ...(businessKey !== undefined && { businessKey }), ...(startElementId !== undefined && { startElementId }), ...(restartOf !== undefined && { restartOf }), ...(reason !== undefined && { reason }), ...(startedBy !== undefined && { startedBy }) };
    return this.execute(stream, { type: 'StartInstance', processId, version, variables, ...optional }, meta, idempotencyKey === undefined);
  }

  /** Decides an action on a case and goes on with the turn if it yielded. */
  execute(stream: string, action: InstanceAction, meta: CommandMeta, isNew = false): Promise<Answer<InstanceEvent>> {
    // Read as a case, a stream of another kind would stay in the cache as one.
    if (streamKind(stream) !== 'instance') return refuse(reject('INSTANCE_NOT_FOUND', { stream }));
    const answering = this.#options.journal.execute<InstanceState, InstanceEvent>(stream, instances, action.type, meta, (state, now) => {
      if (state.status === 'new' && action.type !== 'StartInstance') return reject('INSTANCE_NOT_FOUND', { stream });
      return this.#decide(state, action, meta, now);
    }, isNew);
    return answering.then((answer) => {
      if (answer.outcome === 'accepted') return answer.replayed || answer.events.at(-1)?.type !== 'TurnYielded' ? answer : this.continueTurn(stream).then(() => answer);
      if (answer.outcome !== 'rejected' || answer.rejection.code !== 'INSTANCE_NOT_SETTLED') return answer;
      return this.continueTurn(stream).then(() => this.execute(stream, action, meta));
    });
  }

  /** Decides on a copy: nothing is recorded. */
  async rehearse(stream: string, action: InstanceAction, meta: CommandMeta, now: string): Promise<Decided> {
    const copy = streamKind(stream) === 'instance' ? await this.#options.journal.inspect<InstanceState, InstanceState>(stream, instances, (state) => loadState(saveState(state))) : undefined;
    return copy === undefined ? reject('INSTANCE_NOT_FOUND', { stream }) : this.#decide(copy, action, meta, now);
  }

  /** Recorded decisions under the conditions of another version. */
  async changedChoices(stream: string, version: number, mapping: Readonly<Record<string, string>>): Promise<readonly ChangedChoice[]> {
    const live = await this.inspect(stream);
    const records = live === undefined ? [] : await this.#options.journal.history(stream);
    if (live === undefined || records.some(({ erased }) => erased)) return [];
    const { processId } = live.state;
    const target = await this.#options.registry.graph(processId, version);
    return changedChoices(stream, records as readonly InstanceRecord[], { source: live.graph, target, mapping }, (now) => this.#options.facts(now));
  }

  /** Like execute, for what the queue delivers: throws when an endless loop has stopped the case, so that it is delivered again later. */
  async executeOrLater(stream: string, action: InstanceAction, meta: CommandMeta): Promise<Answer<InstanceEvent>> {
    const answer = await this.execute(stream, action, meta);
    if (answer.outcome === 'rejected' && LATER.has(answer.rejection.code)) throw new CaseStopped(answer.rejection.message);
    return answer;
  }

  /** Goes on with a case's turn until it waits. */
  async continueTurn(stream: string): Promise<void> {
    const meta = { actor: { person: 'system', groups: [] } };
    for (;;) {
      const answer = await this.#options.journal.execute<InstanceState, InstanceEvent>(stream, instances, 'Continue', meta, (state, now) => this.#decide(state, { type: 'Continue' }, meta, now));
      if (answer.outcome !== 'accepted' || answer.events.at(-1)?.type !== 'TurnYielded') return;
    }
  }

  correlate(stream: string, command: CorrelationCommand, meta: CommandMeta): Promise<Answer> {
    return this.#options.journal.execute(stream, correlations, command.type, meta, (state, now) => decideCorrelation(state, command, this.#options.facts(now)) as readonly DomainEvent[]);
  }

  signal(stream: string, command: SignalCommand, meta: CommandMeta): Promise<Answer> {
    return this.#options.journal.execute(stream, signals, command.type, meta, (state, now) => decideSignals(state, command, this.#options.facts(now)) as readonly DomainEvent[]);
  }

  /** Keeps a trigger of a parallel multiple start event until all have happened. */
  collect(stream: string, command: CollectTrigger, meta: CommandMeta): Promise<Answer> {
    return this.#options.journal.execute(stream, startRounds, command.type, meta, (state, now) => decideStartRounds(state, command, this.#options.facts(now)) as readonly DomainEvent[]);
  }

  /** Evaluates the conditional start events of the latest versions. */
  async evaluateConditions(command: EvaluateConditions, meta: CommandMeta): Promise<Answer<ConditionEvent>> {
    const { journal, registry, facts } = this.#options;
    const candidates = await Promise.all(registry.conditional().map(async ({ processId, version }) => ({ graph: await registry.graph(processId, version), version })));
    return journal.execute(conditionStream(command.evaluationId), conditions, command.type, meta, (state, now) => decideConditions(candidates, state, command, facts(now)));
  }

  fireStartTimer(stream: string, timer: number): Promise<Answer> {
    const meta = { actor: { person: 'system', groups: [] } };
    return this.#options.journal.execute(stream, definitions, 'FireStartTimer', meta, (state, now) => decideDefinition(undefined, state, { type: 'FireStartTimer', timer }, this.#options.facts(now)) as readonly DefinitionEvent[]);
  }

  /** State and graph of a case, to be read only. */
  async inspect(stream: string): Promise<{ readonly state: InstanceState; readonly graph: ProcessGraph } | undefined> {
    if (streamKind(stream) !== 'instance') return undefined;
    const state = await this.#options.journal.inspect(stream, instances, (current) => current);
    return state && { state, graph: await this.#options.registry.graph(state.processId, state.version) };
  }

  /** Type and priority of an open job; `jobKey` is `<stream>/<counter>`. */
  async jobOf(jobKey: string): Promise<{ readonly jobType: string; readonly priority: number | undefined } | undefined> {
    const slash = jobKey.lastIndexOf('/');
    const wait = await this.#options.journal.inspect(jobKey.slice(0, slash), instances, (state) => state.waits.get(Number(jobKey.slice(slash + 1))));
    return wait?.kind === 'job' ? { jobType: wait.jobType, priority: wait.priority } : undefined;
  }

  #decide(state: InstanceState, action: InstanceAction, meta: CommandMeta, now: string): Decided | Promise<Decided> {
    if (action.type !== 'MigrateInstance') return this.#decideOn(state, action, meta, now);
    const { registry, journal } = this.#options;
    return Promise.all([registry.graph(state.processId, state.version), journal.history(state.stream)]).then(([graph, records]) => {
      const basis = migrationBasis(graph, records as readonly InstanceRecord[]);
      return this.#decideOn(state, { ...action, basis }, meta, now);
    });
  }

  /** At once when the graph and the decisions it calls are at hand, as they nearly always are. */
  #decideOn(state: InstanceState, action: InstanceAction, meta: CommandMeta, now: string): Decided | Promise<Decided> {
    const { processId } = action.type === 'StartInstance' ? action : state;
    const { version } = action.type === 'StartInstance' || action.type === 'MigrateInstance' ? action : state;
    const { registry } = this.#options;
    if (action.type === 'MigrateInstance' && !registry.version(processId, version)) return reject('DEFINITION_NOT_FOUND', { processId });
    const graph = registry.graphAtHand(processId, version);
    if (graph) return this.#decideIn(graph, registry.version(processId, version), state, action, meta, now);
    return registry.graph(processId, version).then((loaded) => this.#decideIn(loaded, registry.version(processId, version), state, action, meta, now));
  }

  #decideIn(graph: ProcessGraph, definition: DefinitionVersion | undefined, state: InstanceState, action: InstanceAction, meta: CommandMeta, now: string): Decided | Promise<Decided> {
    const callable = this.#options.decisions.callableBy(graph, definition);
    const bound = this.#options.registry.boundFor(graph, definition);
    return callable instanceof Promise ? callable.then((loaded) => this.#run(graph, state, action, meta, now, loaded, bound)) : this.#run(graph, state, action, meta, now, callable, bound);
  }

  #run(graph: ProcessGraph, state: InstanceState, action: InstanceAction, { actor }: CommandMeta, now: string, callable: Decisions | undefined, bound: Facts['bound']): Decided {
    const facts = this.#options.facts(now);
    return decide(graph, state, { ...action, actor }, callable || bound ? { ...facts, ...(callable && { decisions: callable }), ...(bound && { bound }) } : facts);
  }
}

function refuse(rejection: ReturnType<typeof reject>): Promise<Answer<InstanceEvent>> {
  return Promise.resolve({ outcome: 'rejected', rejection });
}
