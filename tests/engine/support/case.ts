/** given(process, ...earlier).when(command).then(...events): the sentence every test of the engine is. */
import { expect } from 'chai';
import type { ProcessGraph } from '../../../engine/bpmn/graph.ts';
import type { InstanceAction } from '../../../engine/commands.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { EngineCode, Rejection } from '../../../engine/errors.ts';
import type { InstanceEvent } from '../../../engine/events.ts';
import { visibleVariables } from '../../../engine/execution/variables.ts';
import type { Actor, Facts } from '../../../engine/facts.ts';
import { newInstance } from '../../../engine/state.ts';
import type { InstanceState } from '../../../engine/state.ts';
import { decideChecked, FACTS } from './checked.ts';

/** What a verb makes of the case it is said to: a command, who says it, and the time by then. */
export interface Said {
  readonly action?: InstanceAction;
  readonly actor?: Actor;
  readonly facts?: Partial<Facts>;
}
export type Verb = (on: Case) => Said;

/** An event as `Type`, `Type elementOrFlowId`, or an object that must be part of it. */
export type EventShape = string | ({ readonly type: InstanceEvent['type'] } & Readonly<Record<string, unknown>>);

const NOBODY: Actor = { person: 'system', groups: [] };

/** One case of one process, and everything that has happened to it. */
export class Case {
  readonly graph: ProcessGraph;
  readonly state: InstanceState;
  readonly events: InstanceEvent[] = [];
  facts: Facts;

  constructor(graph: ProcessGraph, facts: Facts) {
    this.graph = graph;
    this.facts = facts;
    this.state = newInstance('case-1');
  }

  /** Does what `verb` says and answers what came of it. */
  hear(verb: Verb): readonly InstanceEvent[] | Rejection {
    const { action, actor, facts } = verb(this);
    if (facts) this.facts = { ...this.facts, ...facts };
    if (!action) return [];
    const outcome = decideChecked(this.graph, this.events, this.state, { ...action, actor: actor ?? NOBODY }, this.facts);
    if (!isRejection(outcome)) this.events.push(...outcome);
    return outcome;
  }

  /** The element instance of `elementId` that was activated last among the active ones. */
  element(elementId: string): number {
    const found = [...this.state.elements.values()].filter((element) => element.elementId === elementId);
    return found.at(-1)?.id ?? this.#last((event) => (event.type === 'ElementActivated' && event.elementId === elementId ? event.id : undefined));
  }

  /** The outstanding job, timer, subscription or incident of `elementId`, or the number of the last one there was. */
  wait(kind: 'job' | 'timer' | 'message' | 'signal' | 'incident', elementId: string): number {
    for (const wait of this.state.waits.values()) {
      const owner = 'elementId' in wait ? wait.elementId : this.state.elements.get(wait.element)?.elementId;
      if (wait.kind === kind && owner === elementId) return wait.id;
    }
    const created = { job: 'JobCreated', timer: 'TimerScheduled', message: 'MessageSubscribed', signal: 'SignalSubscribed', incident: 'IncidentRaised' }[kind];
    return this.#last((event) => (event.type === created && 'elementId' in event && event.elementId === elementId && 'id' in event ? event.id : undefined));
  }

  variables(): Record<string, unknown> {
    return visibleVariables(this.state, 0);
  }

  /** Ids of the elements completed so far, in order. */
  path(): string[] {
    return this.events.flatMap((event) => (event.type === 'ElementCompleted' ? [event.elementId] : []));
  }

  active(): string[] {
    return [...this.state.elements.values()].filter(({ id }) => id !== 0).map(({ elementId }) => elementId);
  }

  #last(pick: (event: InstanceEvent) => number | undefined): number {
    for (let index = this.events.length - 1; index >= 0; index -= 1) {
      const found = pick(this.events[index]!);
      if (found !== undefined) return found;
    }
    return 9_999;
  }
}

/** What came of a command. */
export class Outcome {
  readonly case: Case;
  readonly said: readonly InstanceEvent[] | Rejection;

  constructor(on: Case, said: readonly InstanceEvent[] | Rejection) {
    this.case = on;
    this.said = said;
  }

  get events(): readonly InstanceEvent[] {
    if (isRejection(this.said)) throw new Error(`Expected events, but the command was rejected: ${this.said.code} ${this.said.message}`);
    return this.said;
  }

  /** Exactly these events, in this order. */
  then(...shapes: readonly EventShape[]): this {
    expect(this.events.map(line).join('\n'), 'types and order').to.equal(shapes.map((shape, index) => lineLike(shape, this.events[index])).join('\n'));
    shapes.forEach((shape, index) => { if (typeof shape !== 'string') expect(this.events[index]).to.deep.include(shape); });
    return this;
  }

  /** These events in this order, others between them. */
  including(...shapes: readonly EventShape[]): this {
    let index = 0;
    for (const shape of shapes) {
      while (index < this.events.length && !fits(this.events[index]!, shape)) index += 1;
      if (index >= this.events.length) throw new Error(`Expected ${JSON.stringify(shape)} in this order, but got\n${this.events.map((event) => JSON.stringify(event)).join('\n')}`);
      index += 1;
    }
    return this;
  }

  without(...types: readonly InstanceEvent['type'][]): this {
    expect(this.events.map(({ type }) => type)).not.to.include.members([...types]);
    return this;
  }

  refused(code: EngineCode, words?: string): this {
    if (!isRejection(this.said)) throw new Error(`Expected ${code}, but got\n${this.said.map((event) => JSON.stringify(event)).join('\n')}`);
    expect(this.said.code).to.equal(code);
    expect(this.said.message).to.match(/^Expected .+, but .+/).and.not.contain('{');
    if (words !== undefined) expect(this.said.message).to.contain(words);
    return this;
  }

  and(check: (on: Case) => void): this {
    check(this.case);
    return this;
  }

  when(verb: Verb): Outcome {
    return new Outcome(this.case, this.case.hear(verb));
  }
}

function mainOf(event: InstanceEvent): string {
  if ('flowId' in event) return event.flowId;
  return 'elementId' in event ? event.elementId : '';
}

function line(event: InstanceEvent): string {
  return `${event.type} ${mainOf(event)}`.trim();
}

function lineLike(shape: EventShape, event: InstanceEvent | undefined): string {
  const text = typeof shape === 'string' ? shape : shape.type;
  return event !== undefined && text === event.type ? line(event) : text;
}

function fits(event: InstanceEvent, shape: EventShape): boolean {
  if (typeof shape === 'string') return shape === event.type || shape === line(event);
  return Object.entries(shape).every(([key, value]) => JSON.stringify((event as unknown as Record<string, unknown>)[key]) === JSON.stringify(value));
}

export type Earlier = Verb | readonly Verb[];

/** A case of `process` to which `earlier` has happened; a rejection on the way fails the test. */
export function given(process: ProcessGraph, ...earlier: readonly Earlier[]): { when: (verb: Verb) => Outcome; case: Case } {
  const on = new Case(process, FACTS);
  for (const verb of earlier.flat()) {
    const outcome = on.hear(verb);
    if (isRejection(outcome)) throw new Error(`Expected what was given to be accepted, but it was rejected: ${outcome.code} ${outcome.message}`);
  }
  return { case: on, when: (verb) => new Outcome(on, on.hear(verb)) };
}

