/** Why a case stops until a human acts: the codes of incidents, and how an element says that it is stuck. */
import { fill } from '../errors.ts';

export const INCIDENT_ERRORS = {
  INCIDENT_EXPRESSION: { message: 'Expected {where} to give {wanted}, but {source} gave {got}', hint: 'Correct the variables it reads, then resolve the incident.' },
  INCIDENT_CONDITION_NULL: { message: 'Expected the condition {source} of sequence flow {flow} to be true or false, but it is null because {names}', hint: 'Set the variable, then resolve the incident.' },
  INCIDENT_NO_FLOW: { message: 'Expected one of the conditions after {element} to be true, but none is and there is no default flow{why}', hint: 'Correct the variables, then resolve the incident; a default flow in the next version prevents this.' },
  INCIDENT_MAPPING_TARGET: { message: 'Expected {target} to be a context that {path} can be written into, but it is {got}', hint: 'Write to another name, or make the variable a context.' },
  INCIDENT_TIMER: { message: 'Expected {source} of {element} to be {wanted}, but it gave {got}', hint: 'Correct the variables it reads, then resolve the incident.' },
  INCIDENT_CALENDAR_UNKNOWN: { message: 'Expected the working calendar {calendar} of {element}, but only {known} are published', hint: 'Publish the calendar, then resolve the incident.' },
  INCIDENT_CALLED_PROCESS_UNKNOWN: { message: 'Expected process {processId}, called by {element}, to be {where}, but it is not', hint: 'Deploy it, then resolve the incident.' },
  INCIDENT_CALLED_DECISION_UNKNOWN: { message: 'Expected decision {decision}, called by {element}, to be {where}, but it is not', hint: 'Deploy it, then resolve the incident.' },
  INCIDENT_DECISION_STOPPED: { message: 'Expected decision {decision} (version {version}), called by {element}, to be evaluated within its bounds, but {reason}', hint: 'Make the inputs smaller or deploy a simpler version of the decision, then resolve the incident.' },
  INCIDENT_CALL_TOO_DEEP: { message: 'Expected cases to call each other at most {limit} deep, but {element} would call {processId} one deeper', hint: 'Cancel the outermost case and mend the model: it calls itself without an end.' },
  INCIDENT_CHILD_CANCELED: { message: 'Expected the case called by {element} to end by itself, but it was cancelled', hint: 'Resolve the incident to go on without its result, or cancel this case too.' },
  INCIDENT_JOB_FAILED: { message: 'Expected job {jobType} of {element} to succeed, but it has no retries left: {reason}', hint: 'Mend the cause, then resolve the incident: the job is tried again.' },
  INCIDENT_ENDLESS_LOOP: { message: 'Expected the case to reach a wait state, but it entered {steps} flow nodes without one, last at {element}', hint: 'Correct the variables the loop depends on, or cancel the case and mend the model.' },
  INCIDENT_ENDLESS_THROWS: { message: 'Expected cases to come to rest, but {hops} messages and signals in a row led from one to the next, last to {element}, without a person, a job or a timer between', hint: 'Cancel this case and mend the models: let one of them wait or decide. Resolve the incident only if so many are wanted: as many may follow.' },
  INCIDENT_CASE_TOO_LARGE: { message: 'Expected {where} to leave the case with at most {limit} bytes of variables, but it would hold about {size}', hint: 'Empty variables that are no longer needed, then resolve the incident; large content belongs into documents.' },
  INCIDENT_BUDGET: { message: 'Expected {where} to be evaluated within its budget, but {source} needs more: {reason}', hint: 'Make the data smaller or the expression simpler, then resolve the incident.' },
} as const;

export type IncidentCode = keyof typeof INCIDENT_ERRORS;

/** Thrown by what an element evaluates before it records anything; the lifecycle turns it into an incident. Never leaves the engine. */
export class Stuck extends Error {
  override readonly name = 'Stuck';
  readonly code: IncidentCode;

  constructor(code: IncidentCode, values: Readonly<Record<string, string | number>>) {
    super(fill(INCIDENT_ERRORS[code].message, values));
    this.code = code;
  }
}
