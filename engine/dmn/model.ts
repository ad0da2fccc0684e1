// A compiled decision model and what an evaluation of it tells (DMN 1.5, 6.3).

import type { FeelNote } from '../feel/errors.ts';
import type { Problem } from '../errors.ts';
import type { Run } from '../feel/run.ts';
import type { FeelType } from '../feel/types.ts';
import type { FeelFunction } from '../feel/values.ts';

export interface FiredRule {
  /** 1 for the first rule of the table. */
  readonly index: number;
  readonly id: string;
  readonly annotations: readonly string[];
}

/** The rules of one decision table that gave its result, in the order of the table. */
export interface FiredTable {
  /** Id of the decision or business knowledge model the table stands in. */
  readonly element: string;
  readonly name: string;
  readonly hitPolicy: string;
  /** The input expressions as written, what the table calls them where it does, and what they were, in JSON form. */
  readonly inputs: readonly { readonly expression: string; readonly label?: string; readonly value: unknown }[];
  readonly rules: readonly FiredRule[];
}

/** Why a part became null: offsets count in the expression it arose in, inside `element`. */
export interface DecisionNote extends FeelNote {
  /** Id of the decision, business knowledge model or input. */
  readonly element: string;
  /** Where in the element, if it stands in the cell of a table: `rule 2, Amount`. */
  readonly place?: string;
}

/** A decision that was evaluated on the way to the one asked for, or that one itself. */
export interface EvaluatedDecision {
  readonly id: string;
  readonly name: string;
  /** In JSON form. */
  readonly value: unknown;
}

/** Everything is in JSON form. */
export interface DecisionResult {
  readonly value: unknown;
  /** The inputs the value can depend on, by name, as values of their declared types; null where none was given. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** In the order they were evaluated in; the one asked for comes last. */
  readonly decisions: readonly EvaluatedDecision[];
  readonly fired: readonly FiredTable[];
  /** Why parts of it became null. */
  readonly notes: readonly DecisionNote[];
}

/** One evaluation of decisions: FEEL's state, and the rules that fired on the way. */
export interface DecisionRun extends Run {
  readonly notes: (FeelNote & { readonly element?: string; readonly place?: string })[];
  readonly fired: FiredTable[];
  /** FEEL values of the decisions evaluated so far. */
  readonly evaluated: EvaluatedDecision[];
  /** Values of inputs and decisions already known, one set for each invocation of a decision service. */
  known: Map<object, unknown>;
}

/** Compiled decision logic. */
export type Logic = (run: DecisionRun) => unknown;

interface Element {
  readonly id: string;
  readonly name: string;
  /** Namespace of the model it is defined in. */
  readonly namespace: string;
  /** Declared type of its variable. */
  readonly type: FeelType | undefined;
}

export interface InputData extends Element {
  readonly kind: 'inputData';
}

/** What an element sees under which name; `prefix` is the import it comes through. */
export interface Requirement<T> {
  readonly target: T;
  readonly prefix: string;
}

export interface Decision extends Element {
  readonly kind: 'decision';
  readonly versionTag?: string;
  /** Filled while compiling. */
  readonly requirements: Requirement<InputData | Decision>[];
  readonly knowledge: Requirement<BusinessKnowledgeModel | DecisionService>[];
  logic: Logic;
}

export interface BusinessKnowledgeModel extends Element {
  readonly kind: 'businessKnowledgeModel';
  readonly knowledge: Requirement<BusinessKnowledgeModel | DecisionService>[];
  function: FeelFunction;
}

export interface DecisionService extends Element {
  readonly kind: 'decisionService';
  readonly versionTag?: string;
  readonly outputs: Decision[];
  readonly encapsulated: Decision[];
  /** In the order of its parameters: input data, then input decisions. */
  readonly inputs: (InputData | Decision)[];
  function: FeelFunction;
}

export type DrgElement = InputData | Decision | BusinessKnowledgeModel | DecisionService;

/** Safe to keep and to share: evaluating changes nothing in it. */
export interface DecisionModel {
  readonly namespace: string;
  readonly name: string;
  readonly elements: ReadonlyMap<string, DrgElement>;
  readonly types: ReadonlyMap<string, FeelType>;
  /** The models it imports, in the order of the file. */
  readonly imports: readonly DecisionModel[];
  /** Findings that do not keep it from being executed. */
  readonly warnings: readonly Problem[];
}
