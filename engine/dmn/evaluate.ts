// Evaluating decisions (DMN 1.5, 6.3.7 and 10.4): inputs in, the value of a decision or decision service out, with what happened on the way.

import { newRun } from '../feel/compile.ts';
import type { FeelClock } from '../feel/compile.ts';
import { callFunction, deeper } from '../feel/function-call.ts';
import { withScope } from '../feel/run.ts';
import { read, resultBudget, setEntry, toJson } from '../feel/values.ts';
import type { FeelContext } from '../feel/values.ts';
import { asType, attributed, nothing } from './builder.ts';
import { DmnError } from './errors.ts';
import type { Decision, DecisionModel, DecisionNote, DecisionResult, DecisionRun, DecisionService, DrgElement, InputData } from './model.ts';
import { LocalScope, scopeOf } from './scope.ts';

const DEFAULT_STEPS = 1_000_000;
/** Levels of the stack a decision takes besides its logic; those it requires are evaluated before, not inside. */
const DECISION_LEVELS = 8;

/** Its value, computed once in an evaluation; its requirements come first. */
function valueOfDecision(decision: Decision, run: DecisionRun): unknown {
  if (run.known.has(decision)) return run.known.get(decision);
  const scope = scopeOf<DrgElement>([...decision.requirements, ...decision.knowledge], (target) => {
    if (target.kind === 'decision') return valueOfDecision(target, run);
    return target.kind === 'inputData' ? (run.known.get(target) ?? null) : target.function;
  });
  const logic = (): unknown => deeper(run, DECISION_LEVELS, () => decision.logic(run));
  const value = attributed(run, decision.id, () => asType(withScope(run, scope, logic), decision.type, `decision ${decision.name}`, run));
  run.known.set(decision, value);
  run.evaluated.push({ id: decision.id, name: decision.name, value });
  return value;
}

/** One output decision gives its value, several a context of theirs. */
export function callService(service: DecisionService, args: readonly unknown[], run: DecisionRun): unknown {
  const outer = run.known;
  run.known = new Map(service.inputs.map((input, at) => [input, args[at] ?? null]));
  const values = service.outputs.map((output) => valueOfDecision(output, run));
  run.known = outer;
  if (service.outputs.length === 1) return asType(values[0], service.type, `decision service ${service.name}`, run);
  const context: FeelContext = {};
  for (const [at, output] of service.outputs.entries()) setEntry(context, output.name, values[at]);
  return asType(context, service.type, `decision service ${service.name}`, run);
}

/** Every input the value of an element can depend on. */
function inputsOf(element: DrgElement): (InputData | Decision)[] {
  if (element.kind === 'decisionService') return element.inputs;
  const found = new Set<InputData>();
  const seen = new Set<DrgElement>();
  const visit = (at: DrgElement): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (at.kind === 'inputData') found.add(at);
    if (at.kind === 'decision') for (const { target } of at.requirements) visit(target);
  };
  visit(element);
  return [...found];
}

function findDecision(model: DecisionModel, nameOrId: string): Decision | DecisionService {
  const candidates = [...model.elements.values()].filter((element) => element.kind === 'decision' || element.kind === 'decisionService');
  const found = model.elements.get(nameOrId) ?? candidates.find((element) => element.name === nameOrId);
  if (found !== undefined && (found.kind === 'decision' || found.kind === 'decisionService')) return found;
  throw new DmnError('DMN_DECISION_UNKNOWN', { name: nameOrId, known: candidates.map((element) => element.name).join(', ') || 'none' });
}

function inputValue(input: InputData | Decision, inputs: Readonly<Record<string, unknown>>, run: DecisionRun): unknown {
  const given = Object.hasOwn(inputs, input.name) ? inputs[input.name] : undefined;
  return attributed(run, input.id, () => {
    if (given === undefined) return nothing(run, `a value for input ${input.name}`, 'there is none');
    return asType(read(given), input.type, `input ${input.name}`, run);
  });
}

/**
 * Evaluates a decision or decision service. `inputs`: by name, in JSON form; others than the model asks for do not matter. The
 * answer says every decision evaluated on the way, the rules that fired in every table and the reasons for whatever became null. Throws DmnError DMN_DECISION_UNKNOWN, FeelError FEEL_BUDGET, FEEL_TIME, FEEL_DEPTH.
 */
export function evaluateDecision(
  model: DecisionModel,
  nameOrId: string,
  inputs: Readonly<Record<string, unknown>>,
  clock: FeelClock,
  steps: number = DEFAULT_STEPS,
): DecisionResult {
  const target = findDecision(model, nameOrId);
  const run: DecisionRun = { ...newRun(new LocalScope(new Map()), clock, steps), notes: [], fired: [], evaluated: [], known: new Map() };
  const needed = inputsOf(target);
  const given = needed.map((input) => inputValue(input, inputs, run));
  let value: unknown;
  if (target.kind === 'decision') {
    for (const [at, input] of needed.entries()) run.known.set(input, given[at]);
    value = valueOfDecision(target, run);
  } else {
    value = attributed(run, target.id, () => callFunction(target.function, given, undefined, run, { from: 0, to: 0 }));
  }
  const json = (one: unknown): unknown => toJson(one, resultBudget(clock));
  return {
    value: json(value),
    inputs: Object.fromEntries(needed.map((input, at) => [input.name, json(given[at])])),
    decisions: run.evaluated.map((evaluated) => ({ ...evaluated, value: json(evaluated.value) })),
    fired: run.fired,
    notes: run.notes.filter((note): note is DecisionNote => note.element !== undefined),
  };
}
