/** A form after it was checked: the executed subset of the form-js JSON schema (https://bpmn.io/schemas), one type per component. */
import type { Variables } from '../../engine/index.ts';
import type { TextBlock } from '../http/contract/tasks.ts';

/** Decides whether a component is hidden, from the variables of the case and what was typed. */
export type Condition = (values: Variables, facts: FormFacts) => boolean;

/** Finds the pattern anywhere in the text, in time linear in its length. */
export type Pattern = (text: string) => boolean;

export interface Choice {
  readonly value: string;
  readonly label: string;
}

interface Component {
  readonly id: string;
  readonly hide: Condition | undefined;
  /** Columns out of 16 and the row it shares with its neighbours; undefined: a row of its own. */
  readonly place: { readonly row: string; readonly columns: number | undefined } | undefined;
}

interface FieldBase extends Component {
  /** The variable it reads and writes. */
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  /** Shown, but never taken from a submission. */
  readonly readonly: boolean;
}

export interface TextField extends FieldBase {
  readonly kind: 'textfield' | 'textarea';
  readonly format: 'text' | 'email' | 'phone';
  readonly initial: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly pattern: Pattern | undefined;
}

export interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly initial: number | undefined;
  readonly prefix: string;
  readonly suffix: string;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Most digits behind the point; undefined: any. */
  readonly decimalDigits: number | undefined;
}

export interface CheckboxField extends FieldBase {
  readonly kind: 'checkbox';
  readonly initial: boolean;
}

/** `choicesFrom`: the variable that holds the choices, instead of `choices`. `officers`: the choices are the people who work on tasks. */
export interface ChoiceField extends FieldBase {
  readonly kind: 'radio' | 'select' | 'checklist';
  readonly choices: readonly Choice[];
  readonly choicesFrom: string | undefined;
  readonly officers: boolean;
  readonly initial: readonly string[];
}

export interface DateTimeField extends FieldBase {
  readonly kind: 'datetime';
  readonly subtype: 'date' | 'time' | 'datetime';
  readonly refusesPast: boolean;
}

export type Field = TextField | NumberField | CheckboxField | ChoiceField | DateTimeField;

export type FormNode =
  | Field
  | (Component & { readonly kind: 'text'; readonly blocks: readonly TextBlock[] })
  | (Component & { readonly kind: 'group'; readonly label: string; readonly outline: boolean; readonly children: readonly FormNode[] })
  | (Component & { readonly kind: 'separator' })
  | (Component & { readonly kind: 'spacer'; readonly height: number });

export interface Form {
  readonly id: string;
  readonly nodes: readonly FormNode[];
}

/** What a form needs to know about the world. `now`: instant. `today`: a local date, YYYY-MM-DD. `zone`: IANA name. `officers`: accounts that work on tasks, with their names. */
export interface FormFacts {
  readonly now: string;
  readonly today: string;
  readonly zone: string;
  readonly officers: readonly Choice[];
}

export function isField(node: FormNode): node is Field {
  return 'key' in node;
}

/** All fields in reading order, with those inside groups; `hidden` leaves out what a condition hides. */
export function fieldsOf(nodes: readonly FormNode[], hidden: (node: FormNode) => boolean = () => false): Field[] {
  const found: Field[] = [];
  const rest: FormNode[] = [...nodes].reverse();
  while (rest.length > 0) {
    const node = rest.pop()!;
    if (hidden(node)) continue;
    if (isField(node)) found.push(node);
    else if (node.kind === 'group') rest.push(...[...node.children].reverse());
  }
  return found;
}
