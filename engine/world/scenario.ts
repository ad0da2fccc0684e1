/**
 * A scenario: a process, its variables and steps a person, a worker or the clock does, run in a world. `piton run` and walk.json
 * share these words (DESIGN section 5).
 */
import type { Signed } from '../commands.ts';
import { asReason, isRejection } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { readVariable } from '../execution/variables.ts';
import type { Actor, Variables } from '../facts.ts';
import { parseInstant } from '../time/instant.ts';
import { addDuration, parseDuration } from '../time/duration.ts';
import type { ElementInstance, InstanceState, Wait } from '../state.ts';
import { ScenarioError } from './errors.ts';
import type { World } from './world.ts';

/** `index` picks another than the oldest; `as` names the person who acts. */
export type ScenarioStep =
  | { readonly claim: string; readonly as?: string; readonly index?: number }
  | { readonly complete: string; readonly variables?: Variables; readonly outcome?: string; readonly comment?: string; readonly as?: string; readonly index?: number }
  | { readonly failJob: string; readonly retries: number; readonly message?: string; readonly index?: number }
  | { readonly throwError: string; readonly code: string; readonly message?: string; readonly variables?: Variables; readonly index?: number }
  | { readonly message: string; readonly correlationKey?: string; readonly id?: string; readonly variables?: Variables; readonly index?: number }
  | { readonly signal: string; readonly variables?: Variables; readonly id?: string }
  /** Evaluates the start conditions of all processes. */
  | { readonly condition: { readonly variables?: Variables; readonly businessKey?: string }; readonly id?: string }
  | { readonly advance: string };

/** Does step number `number` (from 1) in the world. Throws a ScenarioError when nothing fits it. `meanwhile` is called whenever time has moved. */
export function doStep(world: World, step: ScenarioStep, number: number, meanwhile?: () => void): void {
  if ('complete' in step) complete(world, step, number);
  else if ('claim' in step) claim(world, step, number);
  else if ('failJob' in step) {
    const { stream, wait } = pick(jobs(world, step.failJob), step, number, step.failJob, world);
    accept(world.execute(stream, { type: 'FailJob', job: wait.id, message: step.message ?? 'failed by the scenario', retriesLeft: step.retries }), number);
  } else if ('throwError' in step) {
    const { stream, wait } = pick(jobs(world, step.throwError), step, number, step.throwError, world);
    accept(world.execute(stream, { type: 'ThrowJobError', job: wait.id, code: step.code, message: step.message ?? step.code, variables: step.variables ?? {} }), number);
  } else if ('message' in step) publish(world, step, number);
  else if ('signal' in step) world.broadcast(step.signal, step.variables ?? {}, step.id ?? `scenario/${String(number)}`);
  else if ('condition' in step) evaluate(world, step, number);
  else if ('advance' in step) world.advanceTo(after(world.now, step.advance), meanwhile);
  else throw new ScenarioError('RUN_STEP_UNKNOWN', { number, step: JSON.stringify(step) });
}

/** The instant `duration` after `now`. */
export function after(now: string, duration: string): string {
  const parsed = parseDuration(duration);
  if (!parsed || parsed.workingDays !== undefined) throw new ScenarioError('RUN_TIME_INVALID', { what: 'the time to advance', wanted: 'an ISO 8601 duration', got: duration });
  return addDuration(now, parsed, 'UTC');
}

/** `text` as an instant. */
export function instantOf(text: string): string {
  const instant = parseInstant(text, 'UTC');
  if (instant === undefined) throw new ScenarioError('RUN_TIME_INVALID', { what: 'the start of the clock', wanted: 'an instant', got: text });
  return instant;
}

/** Completes the oldest open job or user task of any case, but none of the elements `except`; false when there is none. Outcomes: the first one offered. */
export function completeOldest(world: World, except: ReadonlySet<string> = new Set()): boolean {
  for (const { stream, id } of world.offered.values()) {
    const state = world.instances.get(stream);
    const wait = state?.waits.get(id);
    if (wait?.kind === 'job') {
      if (wait.incident !== undefined || except.has(state?.elements.get(wait.element)?.elementId ?? '')) continue;
      accept(world.execute(stream, { type: 'CompleteJob', job: id, variables: {} }), 0);
      return true;
    }
    const element = state?.elements.get(id);
    if (!element?.task || element.task.awaits || except.has(element.elementId)) continue;
    const outcome = world.graphOf(stream).nodes.get(element.elementId)?.userTask?.outcomes[0]?.value;
    completeTask(world, stream, element, { complete: element.elementId, ...(outcome !== undefined && { outcome, comment: 'completed automatically' }) }, 0);
    return true;
  }
  return false;
}

type Job = Extract<Wait, { kind: 'job' }>;
type Claim = Extract<ScenarioStep, { claim: string }>;
type Complete = Extract<ScenarioStep, { complete: string }>;

function claim(world: World, step: Claim, number: number): void {
  const waiting = active(world).flatMap(([stream, state]) => openTasks(state, step.claim).map((element) => ({ stream, element })));
  const { stream, element } = pick(waiting, step, number, step.claim, world);
  give(world, stream, element, step, number);
}

function complete(world: World, step: Complete, number: number): void {
  const waiting = [
    ...active(world).flatMap(([stream, state]) => openTasks(state, step.complete).map((element) => ({ stream, element, wait: undefined }))),
    ...jobs(world, step.complete).map(({ stream, wait }) => ({ stream, element: undefined, wait })),
  ];
  const { stream, element, wait } = pick(waiting, step, number, step.complete, world);
  if (wait) accept(world.execute(stream, { type: 'CompleteJob', job: wait.id, variables: step.variables ?? {} }), number);
  else completeTask(world, stream, element, step, number);
}

/** Gives the task to who does the step, unless that person holds it; answers who it is. */
function give(world: World, stream: string, { task, id }: ElementInstance, step: { readonly as?: string }, number: number): string {
  let person = step.as ?? task?.assignee ?? task?.candidateUsers[0] ?? task?.candidateGroups[0] ?? 'somebody';
  if (task?.assignee !== person) {
    let assigned = world.execute(stream, { type: 'AssignTask', task: id, assignee: person }, { person, groups: [] });
    if (step.as === undefined && isRejection(assigned) && assigned.code === 'TASK_SAME_PERSON') {
      person = `another ${person}`;
      assigned = world.execute(stream, { type: 'AssignTask', task: id, assignee: person }, { person, groups: [] });
    }
    accept(assigned, number);
  }
  return person;
}

/** A task nobody holds is first given to who does the step. Without a step, the listeners of that have their turn. */
function completeTask(world: World, stream: string, element: ElementInstance, step: Complete, number: number): void {
  const { task, id } = element;
  const person = give(world, stream, element, step, number);
  if (number === 0 && task?.awaits) return;
  const actor: Actor = { person, groups: task?.candidateGroups ?? [] };
  const { outcome, comment, variables = {} } = step;
  const signed = signedIn(world, stream, element, outcome);
  accept(world.execute(stream, { type: 'CompleteTask', task: id, variables, ...(outcome !== undefined && { outcome }), ...(comment !== undefined && { comment }), ...(signed && { signed }) }, actor), number);
}

/** A world has no keys: where an outcome is signed (gov:signature), it is said of the document as it is, by nobody's certificate. */
function signedIn(world: World, stream: string, element: ElementInstance, outcome: string | undefined): Signed | undefined {
  const spec = world.graphOf(stream).nodes.get(element.elementId)?.userTask;
  if (spec?.signature === undefined || spec.outcomes.find(({ value }) => value === outcome)?.requiresSignature === false) return undefined;
  const { document } = spec.signature;
  const state = world.instances.get(stream);
  const value = state && readVariable(state, element.id, document);
  const sha256 = typeof value === 'object' && value !== null && 'sha256' in value && typeof value.sha256 === 'string' ? value.sha256 : '';
  return { document, sha256, certificate: '' };
}

/** Without a key the message goes to who waits for its name: the oldest, or `index`. */
function publish(world: World, step: Extract<ScenarioStep, { message: string }>, number: number): void {
  const waiting = active(world).flatMap(([, state]) => [...state.waits.values()].filter((wait) => wait.kind === 'message' && wait.name === step.message));
  const chosen = waiting[step.index ?? 0];
  const key = step.correlationKey ?? (chosen?.kind === 'message' ? chosen.correlationKey : '');
  // A message id that is already known is part of what a scenario may try.
  world.publish(step.message, key, step.variables ?? {}, step.id ?? `scenario/${String(number)}`);
}

/** An evaluation that was made before is part of what a scenario may try. */
function evaluate(world: World, { condition, id }: Extract<ScenarioStep, { condition: unknown }>, number: number): void {
  const evaluationId = id ?? `scenario/${String(number)}`;
  const refused = world.evaluateConditions(condition.variables ?? {}, evaluationId, condition.businessKey);
  if (refused && refused.code !== 'CONDITIONS_EVALUATED') accept(refused, number);
}

function active(world: World): [string, InstanceState][] {
  return [...world.instances].filter(([, state]) => state.status === 'active');
}

/** A task that waits for its listeners is nobody's turn: the jobs of the listeners are. */
function openTasks(state: InstanceState, elementId?: string): ElementInstance[] {
  return [...state.elements.values()].filter((element) => element.task && !element.task.awaits && (elementId === undefined || element.elementId === elementId));
}

function openJobs(state: InstanceState, elementId?: string): Job[] {
  return [...state.waits.values()].filter((wait): wait is Job => wait.kind === 'job' && wait.incident === undefined && (elementId === undefined || state.elements.get(wait.element)?.elementId === elementId));
}

function jobs(world: World, elementId: string): { stream: string; wait: Job }[] {
  return active(world).flatMap(([stream, state]) => openJobs(state, elementId).map((wait) => ({ stream, wait })));
}

function pick<T>(found: readonly T[], step: { readonly index?: number }, number: number, element: string, world: World): T {
  const chosen = found[step.index ?? 0];
  if (chosen !== undefined) return chosen;
  throw new ScenarioError('RUN_NOTHING_WAITS', { element, number, waiting: waitingWords(world) });
}

function waitingWords(world: World): string {
  const names = new Set(active(world).flatMap(([, state]) => [
    ...openTasks(state).map((element) => element.elementId),
    ...[...state.waits.values()].map((wait) => state.elements.get(wait.element)?.elementId ?? ''),
  ]));
  return names.size === 0 ? 'nothing waits any more' : `what waits is ${[...names].join(', ')}`;
}

function accept(outcome: readonly unknown[] | Rejection, number: number): void {
  if (isRejection(outcome)) throw new ScenarioError('RUN_STEP_REFUSED', { number, reason: asReason(outcome.message) });
}
