/**
 * One decision in the making: the events so far, the state they have already been folded into, and the work list.
 *
 * `record` appends an event and folds it at once, so that the next line reads the state after it; `follow` puts the next step on
 * the work list. There is no recursion from node to node: a million automatic steps need no more stack than one.
 */
import type { EventDefinition, FlowNode, FlowNodeType, ProcessGraph, SequenceFlow } from '../bpmn/graph.ts';
import { EngineError } from '../errors.ts';
import { approximateBytes } from '../events.ts';
import type { InstanceEvent, Step } from '../events.ts';
import { elementOf, evolve } from '../evolve.ts';
import type { Actor, Facts, Json, Variables } from '../facts.ts';
import type { ElementInstance, InstanceState } from '../state.ts';
import { behind } from './hops.ts';

/** What an event costs against the byte budget, beside the variables in it. */
const EVENT_BYTES = 90;

export class Decision {
  readonly graph: ProcessGraph;
  readonly state: InstanceState;
  readonly facts: Facts;
  readonly actor: Actor;
  readonly behaviours: Behaviours;
  readonly triggers: Triggers;
  readonly events: InstanceEvent[] = [];
  /** The work list; the next step is the last. */
  readonly steps: Step[] = [];
  /** What became due in the middle of a step: done before the next one. */
  triggered: Step[] | undefined;
  /** For each gateway that waits for what can still arrive: an element instance it was seen to wait for. */
  blockers: Map<string, number> | undefined;
  bytes = 0;
  /** Messages and signals in a row that led to this decision from case to case. */
  hops = 0;

  constructor(graph: ProcessGraph, state: InstanceState, facts: Facts, actor: Actor, behaviours: Behaviours, triggers: Triggers) {
    this.graph = graph;
    this.state = state;
    this.facts = facts;
    this.actor = actor;
    this.behaviours = behaviours;
    this.triggers = triggers;
  }

  record(recorded: InstanceEvent): void {
    const event = this.hops > 0 ? behind(this.hops, recorded) : recorded;
    this.events.push(event);
    this.bytes += EVENT_BYTES;
    if (event.type === 'VariablesWritten') {
      this.bytes += approximateBytes(event.values);
      const made = this.state.watched && this.#madeBy(event);
      evolve(this.state, event);
      if (made !== undefined) this.triggers.written(this, event, made);
      return;
    }
    if (event.type === 'DecisionEvaluated') this.bytes += approximateBytes(event as unknown as Json);
    else if ('variables' in event) this.bytes += approximateBytes(event.variables);
    else if (event.type === 'LoopStarted' || event.type === 'LoopAdvanced') this.bytes += approximateBytes(event.type === 'LoopStarted' ? event.items : event.output);
    evolve(this.state, event);
  }

  #madeBy({ scope, values }: Extract<InstanceEvent, { type: 'VariablesWritten' }>): ReadonlySet<string> {
    const { variables } = this.element(scope);
    return new Set(Object.keys(values).filter((name) => variables?.has(name) !== true));
  }

  /** Puts steps on the work list; the first of them is done next. */
  follow(...steps: readonly Step[]): void {
    for (let index = steps.length - 1; index >= 0; index -= 1) {
      const step = steps[index];
      if (step) this.steps.push(step);
    }
  }

  nextId(): number {
    return this.state.counter + 1;
  }

  element(id: number): ElementInstance {
    return elementOf(this.state, id);
  }

  node(elementId: string): FlowNode {
    const node = this.graph.nodes.get(elementId);
    if (!node) throw new EngineError(`Expected ${elementId} in process ${this.graph.id}, but the graph does not hold it`);
    return node;
  }
}

/** The same case looked at as of the instant `now`: for evaluating only, nothing is recorded there. */
export function asOf({ graph, state, facts, actor, behaviours, triggers }: Decision, now: string): Decision {
  return new Decision(graph, state, { ...facts, now }, actor, behaviours, triggers);
}

/** What event definitions do in the middle of the lifecycle. */
export interface Triggers {
  /** Told of every writing of variables while conditions are armed; `made`: the variables the scope did not have. */
  readonly written: (decision: Decision, event: Extract<InstanceEvent, { type: 'VariablesWritten' }>, made: ReadonlySet<string>) => void;
  /** The armed condition `wait` has become true. */
  readonly happen: (decision: Decision, wait: number) => void;
  /** Evaluates what a throw needs for `self`; the function records it and gives the steps by which it is caught. */
  readonly prepare: (decision: Decision, elementId: string, definition: EventDefinition, self: ElementInstance) => () => readonly Step[];
}

/**
 * What an element does differently from the others; everything common (mappings, boundary events, sequence flows, scopes,
 * incidents) is the lifecycle's. One implementation per file in elements/.
 */
export interface Behaviour {
  /**
   * A token has entered and inputs are mapped. Either the element is done (`follow({do: 'complete'})`) or it now waits.
   * Must evaluate everything that can be Stuck before it records its first event.
   */
  activate(decision: Decision, node: FlowNode, self: ElementInstance): void;
  /** On catching events: opens the subscriptions on behalf of `host`: the event itself, its activity, an event-based gateway, or the scope of an event sub-process. */
  arm?(decision: Decision, node: FlowNode, host: ElementInstance): void;
  /** What it records when it completes, made before anything else of that is recorded. Must not record. */
  last?(decision: Decision, node: FlowNode, self: ElementInstance): InstanceEvent | undefined;
  /** Which sequence flows the token leaves by; absent: all. Must not record. */
  leave?(decision: Decision, node: FlowNode, self: ElementInstance): readonly SequenceFlow[];
  /** On scopes that do not simply complete with their last token: a token has ended inside, or (not `counted`) a handler or what was cancelled is gone. May be Stuck before it records. */
  settle?(decision: Decision, node: FlowNode, self: ElementInstance, counted: boolean): void;
  /** On such scopes: true when nothing follows an activity inside that is about to complete and leaves `outputs`. Must not record. */
  suffices?(decision: Decision, node: FlowNode, self: ElementInstance, outputs: Variables): boolean;
  /** Instead of leaving by sequence flows: an end event that ends or throws. Runs after ElementCompleted; `scope` is where it stood. */
  end?(decision: Decision, node: FlowNode, scope: number): void;
}

export type Behaviours = Readonly<Record<FlowNodeType, Behaviour>>;
