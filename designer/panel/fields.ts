/** What the panel shows of an element, as data: sections of fields, each with its value and the edit that a new value makes. */
import type { Edit } from '../model/edit.ts';
import type { Moddle, ModdleElement } from '../model/moddle.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** `key` names it within its element. `codes`: of the findings that are about it; they are told at the field. */
interface Common {
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
  readonly codes?: readonly string[];
}

/** `feel`: `always` an expression, with or without `=`; `maybe` when it begins with `=`. `suggestions`: what is known; anything may be typed. */
export interface TextField extends Common {
  readonly kind: 'text';
  readonly value: string;
  readonly feel?: 'always' | 'maybe';
  readonly lines?: number;
  readonly suggestions?: readonly Choice[];
  readonly write: (value: string) => Edit;
}

export interface ChoiceField extends Common {
  readonly kind: 'choice';
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly write: (value: string) => Edit;
}

export interface CheckField extends Common {
  readonly kind: 'check';
  readonly value: boolean;
  readonly write: (value: boolean) => Edit;
}

/** Several of a list may be chosen. */
export interface ManyField extends Common {
  readonly kind: 'many';
  readonly value: readonly string[];
  readonly choices: readonly Choice[];
  readonly empty: string;
  readonly write: (value: readonly string[]) => Edit;
}

/** A number of working days, days or hours, or any ISO 8601 duration or FEEL. */
export interface DurationField extends Common {
  readonly kind: 'duration';
  readonly value: string;
  readonly write: (value: string) => Edit;
}

export type Row = Readonly<Record<string, string | boolean>>;

export interface Column {
  readonly key: string;
  readonly label: string;
  readonly kind: 'text' | 'choice' | 'check';
  readonly choices?: readonly Choice[];
  readonly feel?: 'always' | 'maybe';
}

/** `one`: what a row is called: "outcome". */
export interface RowsField extends Common {
  readonly kind: 'rows';
  readonly one: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  readonly fresh: Row;
  readonly write: (rows: readonly Row[]) => Edit;
}

export interface DoneBy {
  readonly mode: 'lane' | 'groups' | 'person' | 'people' | 'starter' | 'rule' | 'several';
  readonly text: string;
}

export interface DoneByField extends Common {
  readonly kind: 'done-by';
  readonly value: DoneBy;
  /** Who does it when nothing is said. */
  readonly lane: string;
  readonly groups: readonly Choice[];
  readonly people: readonly Choice[];
  readonly write: (value: DoneBy) => Edit;
}

export interface NoteField {
  readonly kind: 'note';
  readonly key: string;
  readonly text: string;
}

/** The decision a task calls: opened where it is known, made where there is none. `name`: of a new one. */
export interface DecisionField {
  readonly kind: 'decision';
  readonly key: string;
  /** The id of a decision of this procedure; undefined where the task calls none. */
  readonly decision: string | undefined;
  readonly name: string;
  readonly write: (id: string) => Edit;
}

export type Field = TextField | ChoiceField | CheckField | ManyField | DurationField | RowsField | DoneByField | NoteField | DecisionField;

export interface Section {
  readonly key: string;
  readonly title: string;
  readonly fields: readonly Field[];
  /** Closed at first: few need it. */
  readonly closed?: boolean;
}

/** What the rest of the house offers to a model. */
export interface Vocabulary {
  readonly groups: readonly { readonly id: string; readonly title: string }[];
  readonly people: readonly { readonly id: string; readonly title: string }[];
  readonly calendars: readonly string[];
  /** Ids of the decisions that are deployed with the procedure, or will be. */
  readonly decisions: readonly string[];
  readonly processes: readonly { readonly id: string; readonly title: string }[];
  readonly forms: readonly { readonly id: string; readonly fields: readonly { readonly key: string; readonly label: string }[] }[];
}

/** What a section is made from. */
export interface Subject {
  readonly element: ModdleElement;
  readonly moddle: Moddle;
  readonly vocabulary: Vocabulary;
}

export function choicesOf(entries: readonly { readonly id: string; readonly title: string }[]): Choice[] {
  return entries.map(({ id, title }) => ({ value: id, label: title === id ? id : `${title} (${id})` }));
}
