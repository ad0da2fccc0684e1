/** The forms of deployed procedures: checked at deployment, shown, read and checked again when they are handed in. */
import type { Json, Problem, Variables } from '../../engine/index.ts';
import type { FormError, FormView } from '../http/contract/tasks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import type { Definitions } from '../runtime/types.ts';
import { exactNumber } from './answers.ts';
import type { Typed } from './answers.ts';
import { checkForm as check, readForm } from './check.ts';
import { feelCondition } from './conditions.ts';
import { readDate } from './dates.ts';
import { fieldsOf } from './model.ts';
import type { Choice, Form, FormFacts } from './model.ts';
import { presentForm, worded } from './present.ts';
import { checkSubmission, parseSubmission } from './submission.ts';
import type { Submission } from './submission.ts';

export { exactNumber, readDate };

/** All findings about a form-js schema; empty: it can be deployed. */
export function checkForm(json: unknown): Problem[] {
  return check(json, feelCondition);
}

/** A form of one deployed version. */
export interface DeployedForm {
  /** `typed`: what a person typed before; it wins over the values of the case. */
  view(variables: Variables, typed?: Typed, errors?: readonly FormError[]): FormView;
  parse(typed: Typed, variables: Variables): Submission;
  /** For values that a program sends. */
  check(values: Variables, variables: Variables): Submission;
  /** Label of the field that writes `key`, and its value as people read it. */
  describe(key: string, value: Json, variables: Variables): { readonly label: string; readonly value: Json; readonly asks: boolean } | undefined;
}

function requireForm(schema: unknown, name: string): Form {
  const { form, problems } = readForm(schema, feelCondition);
  if (form === undefined) throw new Error(`Expected form ${name} to be one that deployment accepts, but ${problems[0]?.message ?? 'it is not'}`);
  return form;
}

/** The accounts that work on tasks, by name, each with its post. */
export function officersIn(directory: Pick<Directory, 'people'>): Choice[] {
  const working = directory.people().filter(({ active, roles }) => active && roles.includes('officer'));
  return working.map(({ id, name, postTitle }) => ({ value: id, label: postTitle === undefined || postTitle === name ? name : `${name}, ${postTitle}` })).sort((left, right) => (left.label < right.label ? -1 : 1));
}

export class FormBook {
  readonly #definitions: Definitions;
  readonly #clock: Clock;
  readonly #zone: string;
  readonly #officers: () => readonly Choice[];
  /** A deployed version never changes, so neither do its forms. */
  readonly #read = new Map<string, DeployedForm | undefined>();

  /** `officers`: who can be chosen where a form asks for an officer; looked at each time. */
  constructor(definitions: Definitions, clock: Clock, zone: string, officers: () => readonly Choice[]) {
    this.#definitions = definitions;
    this.#clock = clock;
    this.#zone = zone;
    this.#officers = officers;
  }

  /** Undefined when the deployment has no such form. Rejects when it holds one that would have been refused. */
  async form(processId: string, version: number, formId: string): Promise<DeployedForm | undefined> {
    const name = `${processId}/${String(version)}/${formId}`;
    if (this.#read.has(name)) return this.#read.get(name);
    const schema = await this.#definitions.form(processId, version, formId);
    const deployed = schema === undefined ? undefined : this.#deployed(requireForm(schema, name));
    this.#read.set(name, deployed);
    return deployed;
  }

  async check(processId: string, version: number, formId: string, values: Variables, variables: Variables): Promise<Submission | undefined> {
    return (await this.form(processId, version, formId))?.check(values, variables);
  }

  #deployed(form: Form): DeployedForm {
    const fields = new Map(fieldsOf(form.nodes).map((field) => [field.key, field]));
    return {
      view: (variables, typed, errors) => presentForm(form, variables, this.#facts(), typed, errors),
      parse: (typed, variables) => parseSubmission(form, typed, variables, this.#facts()),
      check: (values, variables) => checkSubmission(form, values, variables, this.#facts()),
      describe: (key, value, variables) => {
        const field = fields.get(key);
        return field === undefined ? undefined : { label: field.label, value: worded(field, value, variables, this.#facts()) ?? value, asks: !field.readonly };
      },
    };
  }

  #facts(): FormFacts {
    const now = this.#clock.now();
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: this.#zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(Date.parse(now));
    return { now, today, zone: this.#zone, officers: this.#officers() };
  }
}
