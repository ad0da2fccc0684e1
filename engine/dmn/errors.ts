// The findings this room can make about a decision model, one row per rule, with the clause of DMN 1.5 (formal/2024-01-01).

import { fill } from '../errors.ts';
import type { Problem } from '../errors.ts';

interface Entry {
  readonly message: string;
  readonly hint: string;
  readonly clause: string;
  /** A warning: the model is executed all the same. */
  readonly severity?: 'warning';
}

/** `{name}` is filled in; every row can use `{id}`, the element the finding is about. */
export const DMN_ERRORS = {
  DMN_XML_TOO_LARGE: { message: 'Expected a file of at most {limit} characters, but it has {size}', hint: 'Split the model and import the parts.', clause: '13.1' },
  DMN_XML_TOO_DEEP: { message: 'Expected elements nested at most {limit} deep, but they are nested deeper', hint: 'Give inner expressions a decision or a business knowledge model of their own.', clause: '13.1' },
  DMN_XML_DOCTYPE: { message: 'Expected plain XML, but the file declares a document type or entities', hint: 'Remove the <!DOCTYPE ...> declaration; models need none.', clause: '13.1' },
  DMN_XML_INVALID: { message: 'Expected well-formed XML, but {reason}', hint: 'Open the file in a modeller or an XML editor and repair it.', clause: '13.1' },
  DMN_XML_ROOT: { message: 'Expected a DMN file with the root element definitions, but {reason}', hint: 'Export the model as DMN 1.1 to 1.5 XML.', clause: '6.3.2' },
  DMN_IMPORT_UNRESOLVED: { message: 'Expected the imported model {namespace} to be given, but it is not', hint: 'Deploy the imported file together with this one.', clause: '6.3.3' },
  DMN_REFERENCE_UNRESOLVED: { message: 'Expected {id} to require an element of the model, but {href} does not exist', hint: 'Draw the requirement again, or import the model that has the element.', clause: '6.2.2' },
  DMN_REQUIREMENT_CYCLE: { message: 'Expected requirements without a circle, but {id} requires itself by way of {path}', hint: 'Remove one of these requirements.', clause: '6.2.2' },
  DMN_REQUIREMENT_TOO_DEEP: { message: 'Expected chains of at most {limit} requirements, but {id} stands at the end of a longer one', hint: 'Combine decisions.', clause: '6.2.2' },
  DMN_NAME_DUPLICATE: { message: 'Expected the name {name} to be given once, but {id} has it too', hint: 'Give one of the two elements another name.', clause: '6.3.1' },
  DMN_TYPE_UNKNOWN: { message: 'Expected {id} to have a type of FEEL or of this model, but {type} is none', hint: 'Define it as an item definition, or use a type of FEEL such as number.', clause: '7.3.3' },
  DMN_TYPE_CYCLE: { message: 'Expected item definitions without a circle, but {type} contains itself', hint: 'Let it refer to another type, or describe it by components: those may be of the type itself.', clause: '7.3.3' },
  DMN_TYPE_TOO_DEEP: { message: 'Expected item definitions that build on at most {limit} others in a row, but {type} builds on more', hint: 'Let the type refer to a basic type directly.', clause: '7.3.3' },
  DMN_EXPRESSION_INVALID: { message: 'Expected {id} to hold FEEL, but in {where}line {feelLine}, column {column} of "{source}": {reason}', hint: '{feelHint}', clause: '7.3.1' },
  DMN_EXPRESSION_DOUBTFUL: { message: 'Expected {id} to say what is meant, but in {where}line {feelLine}, column {column} of "{source}": {reason}', hint: 'It is FEEL to the letter, but hardly ever what is meant: write it as expected, or leave it if it is.', clause: '10.3.1.2', severity: 'warning' },
  DMN_NAME_UNKNOWN: { message: 'Expected {id} to speak of what it requires, but {where}"{source}" names {names}, which it does not know', hint: 'A text stands in double quotes; anything else is an input, a decision or a function that has to be required by {id}.', clause: '10.4', severity: 'warning' },
  DMN_EXPRESSION_INCOMPLETE: { message: 'Expected {what} of {id} to be complete, but {reason}', hint: 'Fill it in, or take out what is left over: what is missing is null.', clause: '10.2', severity: 'warning' },
  DMN_SERVICE_INPUT_MISSING: { message: 'Expected decision service {id} to list all it depends on, but its decisions ask for {names}', hint: 'Add it to the inputs of the service: it is null otherwise.', clause: '10.4', severity: 'warning' },
  DMN_IMPORT_NAME_TAKEN: { message: 'Expected the import to have a name of its own, but {name} is an element or another import of this model', hint: 'Give the import another name: its elements are found under it.', clause: '6.3.3', severity: 'warning' },
  DMN_EXPRESSION_UNSUPPORTED: { message: 'Expected {id} to be an expression of DMN 1.5 in FEEL, but it is {kind}', hint: 'Write it as a literal expression, a decision table or another boxed expression; foreign languages are not executed.', clause: '7.3.1' },
  DMN_TABLE_INVALID: { message: 'Expected decision table {id} to be complete, but {reason}', hint: 'Give each rule one entry per input and per output.', clause: '8.3.1' },
  DMN_TABLE_DOUBTFUL: { message: 'Expected decision table {id} to say all it needs, but {reason}', hint: 'Open the table and complete it: as it stands the result is null or depends on the order of the rules.', clause: '8.2', severity: 'warning' },
  DMN_HIT_POLICY_UNKNOWN: { message: 'Expected a hit policy and aggregation of DMN 1.5 for {id}, but it is {policy}', hint: 'Use UNIQUE, FIRST, ANY, PRIORITY, COLLECT (with SUM, MIN, MAX or COUNT), RULE ORDER or OUTPUT ORDER.', clause: '8.3.4' },
  DMN_ID_INVALID: { message: 'Expected decision {name} to have an id of letters, digits, dots, dashes and underscores that begins with a letter, but it is "{id}"', hint: 'Give the decision such an id; business rule tasks call it by this id.', clause: '6.3.1' },
  DMN_DECISION_TWICE: { message: 'Expected decision {id} to stand in one file of the deployment, but {other} has it too', hint: 'Give one of the two decisions another id.', clause: '6.3.1' },
  DMN_DECISION_UNKNOWN: { message: 'Expected the model to have a decision or decision service {name}, but it has {known}', hint: 'Name a decision or a decision service by its name or id.', clause: '6.3.7' },
} as const satisfies Record<string, Entry>;

export type DmnCode = keyof typeof DMN_ERRORS;

export function isWarning(code: DmnCode): boolean {
  const entry: Entry = DMN_ERRORS[code];
  return entry.severity === 'warning';
}

export type DmnProblem = Problem;

export type Values = Readonly<Record<string, string | number>>;

export function dmnProblem(code: DmnCode, elementId: string, line: number, values: Values = {}): DmnProblem {
  const entry: Entry = DMN_ERRORS[code];
  const all = { id: elementId, ...values };
  return { code, severity: entry.severity ?? 'error', elementId, line, message: fill(entry.message, all), hint: fill(entry.hint, all), clause: entry.clause };
}

/** Thrown where a caller asks a model for what it does not have: DMN_DECISION_UNKNOWN. */
export class DmnError extends Error {
  override readonly name = 'DmnError';
  readonly code: DmnCode;
  readonly hint: string;

  constructor(code: DmnCode, values: Values) {
    super(fill(DMN_ERRORS[code].message, values));
    this.code = code;
    this.hint = fill(DMN_ERRORS[code].hint, values);
  }
}
