// What compiling a decision model shares (DMN 1.5, 6.3 and 7.3): findings, types, and where an expression stands.

import { compileFeel } from '../feel/compile.ts';
import type { CompiledFeel } from '../feel/compile.ts';
import { misfitOf } from '../feel/misfit.ts';
import { nullBecause } from '../feel/run.ts';
import type { Run } from '../feel/run.ts';
import { basicType, coerce } from '../feel/types.ts';
import type { FeelType } from '../feel/types.ts';
import { asReason } from '../errors.ts';
import { dmnProblem, isWarning } from './errors.ts';
import type { DmnCode, DmnProblem, Values } from './errors.ts';
import type { DecisionRun } from './model.ts';
import type { Environment } from './scope.ts';
import { child, lineOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** Nobody reads more, and finding the line of each takes a look through the file. */
const MOST_PROBLEMS = 100;

const FEEL_LANGUAGE = /^(?:feel|https?:\/\/www\.omg\.org\/spec\/(?:FEEL\/\d+|DMN\/\d{8}\/FEEL)\/?)$/i;

export class Builder {
  readonly xml: string;
  /** Expression language of the whole model, where it names one. */
  readonly language: string | undefined;
  readonly problems: DmnProblem[] = [];
  /** What does not keep the model from being executed. */
  readonly warnings: DmnProblem[] = [];
  /** Set once the item definitions are read. */
  namedTypes: (name: string) => FeelType | undefined = basicType;

  constructor(xml: string, language: string | undefined) {
    this.xml = xml;
    this.language = language;
  }

  report(code: DmnCode, elementId: string, values: Values = {}): void {
    const list = isWarning(code) ? this.warnings : this.problems;
    if (list.length < MOST_PROBLEMS) list.push(dmnProblem(code, elementId, lineOf(this.xml, elementId), values));
  }

  /** Whether the text of an element is FEEL; reported where the element or the whole model says otherwise, or takes it from elsewhere. */
  isFeel(element: XmlElement, elementId: string): boolean {
    const language = element.attributes.expressionLanguage ?? this.language;
    const isForeign = language !== undefined && language !== '' && !FEEL_LANGUAGE.test(language);
    if (isForeign) this.report('DMN_EXPRESSION_UNSUPPORTED', elementId, { kind: `a text in ${language}` });
    const isImported = child(element, 'importedValues') !== undefined;
    if (isImported) this.report('DMN_EXPRESSION_UNSUPPORTED', elementId, { kind: 'a reference to imported values' });
    return !isForeign && !isImported;
  }

  /** The type a typeRef names; undefined for none, Any, or an unknown one, which is reported. */
  type(reference: string | undefined, elementId: string): FeelType | undefined {
    if (reference === undefined || reference.trim() === '') return undefined;
    const name = reference.trim();
    const type = this.namedTypes(name) ?? this.namedTypes(name.replace(/^[\w.-]+:/, ''));
    if (type === undefined) this.report('DMN_TYPE_UNKNOWN', elementId, { type: name });
    return type === undefined || type.kind === 'any' ? undefined : type;
  }

  /** Compiles a text; one that is no FEEL is reported and always null. `place`: where in the element it stands, such as `rule 2, Amount`. */
  feel(source: string, environment: Environment, elementId: string, unaryTests = false, place = ''): CompiledFeel | undefined {
    const compiled = compileFeel(source, { unaryTests, shape: environment.shape, types: (name) => this.namedTypes(name) });
    const said = { source: shortened(source), where: place === '' ? '' : `${place}, ` };
    if ('code' in compiled) {
      const strange = environment.strangeNames().find((name) => source.includes(name));
      const feelHint = strange === undefined ? compiled.hint : `FEEL cannot read the name '${strange}': give it a name of letters, digits and spaces that begins with a letter.`;
      this.report('DMN_EXPRESSION_INVALID', elementId, { ...said, feelLine: compiled.position.line, column: compiled.position.column, reason: asReason(compiled.message), feelHint });
      return undefined;
    }
    if (this.warnings.length >= MOST_PROBLEMS) return compiled;
    const [doubt] = compiled.doubts;
    const unknown = doubt === undefined ? environment.unknownIn(compiled) : [];
    if (doubt !== undefined) this.report('DMN_EXPRESSION_DOUBTFUL', elementId, { ...said, feelLine: doubt.position.line, column: doubt.position.column, reason: asReason(doubt.message) });
    if (unknown.length > 0) this.report('DMN_NAME_UNKNOWN', elementId, { ...said, names: unknown.join(', ') });
    return compiled;
  }
}

/** At most 80 characters, in one line. */
function shortened(source: string): string {
  const line = source.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

const NOWHERE = { from: 0, to: 0 };

/** The value as its declared type, or null with the reason noted. */
export function asType(value: unknown, type: FeelType | undefined, what: string, run: Run): unknown {
  if (type === undefined || value === null) return value;
  const converted = coerce(value, type, run);
  if (converted !== undefined) return converted;
  const { part, expected, actual } = misfitOf(value, type, run);
  return nullBecause(run, NOWHERE, 'FEEL_TYPE', `${part}${what} to be ${expected}`, () => actual);
}

/** Evaluates on behalf of an element: notes that nothing inside it has claimed are its own. */
export function attributed<T>(run: DecisionRun, element: string, evaluate: () => T): T {
  const { notes } = run;
  const before = notes.length;
  const result = evaluate();
  for (const note of notes.splice(before)) {
    const own = 'element' in note ? note : { ...note, element };
    // A function that is called again says the same again.
    if (!notes.some((known) => known.element === own.element && known.from === own.from && known.message === own.message)) notes.push(own);
  }
  return result;
}

export function nothing(run: Run, expected: string, actual: string): null {
  return nullBecause(run, NOWHERE, 'FEEL_NO_RESULT', expected, () => actual);
}

/** Where an expression stands: what it sees, and who is to blame. */
export interface Site {
  readonly builder: Builder;
  readonly environment: Environment;
  /** Id and name of the decision or business knowledge model around it. */
  readonly elementId: string;
  readonly elementName: string;
}
