/** The dialogs of a column (DMN 1.5, 8.3.2): what it asks or answers, its type and allowed values; and a new column with what it needs. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { Icon } from '../icon.tsx';
import { ChoiceInput, TextInput } from '../panel/inputs.tsx';
import type { Choice } from '../panel/fields.ts';
import { addInput, addNeed, FEEL_TYPES, typeRef } from './file-edits.ts';
import { typeNames } from './fields.ts';
import { columnName, tableOf } from './model.ts';
import type { Column, DecisionView, FileView, TableView } from './model.ts';
import type { DecisionSession } from './session.ts';
import type { Patch } from './source.ts';
import { addColumn, removeColumn, setColumn, swapColumns } from './table-edits.ts';
import type { ColumnText } from './table-edits.ts';
import type { Place } from './texts.ts';

/** A dialog of the page; Escape closes it. */
export function Dialog({ title, onClose, children }: { readonly title: string; readonly onClose: () => void; readonly children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { dialog.current?.showModal(); }, []);
  return (
    <dialog ref={dialog} class="designer-dialog rules-dialog" aria-labelledby="rules-dialog-title" onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <h2 id="rules-dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}

/** The types that can be chosen in a file, and the one that is. */
export function typeChoices(view: FileView, type: string): Choice[] {
  const names = ['', ...FEEL_TYPES, ...typeNames(view)];
  return [...names, ...(names.includes(type) ? [] : [type])].map((value) => ({ value, label: value === '' ? 'Not said' : value }));
}

const WORDS = { input: 'Input', output: 'Output', note: 'Notes' } as const;

interface ColumnDialogProps {
  readonly session: DecisionSession;
  readonly decision: DecisionView;
  readonly at: number;
  readonly onMove: (at: number) => void;
  readonly onClose: () => void;
}

/** Each entry is written when it is left, as in the rest of the designer. */
export function ColumnDialog({ session, decision, at, onMove, onClose }: ColumnDialogProps): JSX.Element | null {
  const table = tableOf(decision.logic!);
  const column = table.columns[at];
  const view = session.view.value;
  if (column === undefined || view === undefined) return null;
  const { source } = view;
  const write = (change: ColumnText): void => { session.edit(setColumn(source, column, change)); };
  const engineAt = (part: Extract<Place, { kind: 'column' }>['part'], tests: boolean): Parameters<typeof TextInput>[0]['engine'] => ({ expression: (text) => session.ask({ kind: 'column', column: at, part }, text, tests) });
  const move = (other: number): void => {
    session.edit(swapColumns(source, table, Math.min(at, other), Math.max(at, other)), `${columnName(column)} was moved`);
    onMove(other);
  };
  return (
    <Dialog title={`${WORDS[column.kind]}: ${columnName(column, decision.name)}`} onClose={onClose}>
      <div class="rules-dialog__fields">
        <TextInput label="Heading" value={column.label} engine={engineAt('text', false)} onWrite={(label) => { write({ label: label.trim() }); }} />
        {column.kind === 'input' && <TextInput label="What is asked (FEEL)" hint="A value this decision needs, or something computed from it." value={column.text} engine={engineAt('text', false)} feel="always" suggestions={known(decision)} onWrite={(text) => { write({ text: text.trim() }); }} />}
        {column.kind === 'output' && table.columns.filter(({ kind }) => kind === 'output').length > 1 && <TextInput label="Name in the answer" hint="Of several outputs each has a name." value={column.text} engine={engineAt('text', false)} onWrite={(text) => { write({ text: text.trim() }); }} />}
        {column.kind !== 'note' && <ChoiceInput label="Type" value={column.type} choices={typeChoices(view, column.type)} onWrite={(type) => { write({ type: type === '' ? '' : typeRef(source, type) }); }} />}
        {column.kind !== 'note' && <TextInput label="Allowed values (FEEL)" hint={column.kind === 'input' ? 'Anything else gives no answer. Empty: every value.' : 'The answers there are, in the order of their priority. Empty: every value.'} value={column.allowed} engine={engineAt('allowed', true)} feel="always" onWrite={(allowed) => { write({ allowed: allowed.trim() }); }} />}
        {column.kind === 'output' && <TextInput label="When no rule matches (FEEL)" hint="Empty: there is no answer." value={column.fallback} engine={engineAt('fallback', false)} feel="always" onWrite={(fallback) => { write({ fallback: fallback.trim() }); }} />}
      </div>
      <ColumnActs table={table} column={column} at={at} onMove={move} onRemove={() => { session.edit(removeColumn(source, table, at), `${columnName(column)} was removed`); onClose(); }} onClose={onClose} />
    </Dialog>
  );
}

function ColumnActs({ table, column, at, onMove, onRemove, onClose }: { readonly table: TableView; readonly column: Column; readonly at: number; readonly onMove: (other: number) => void; readonly onRemove: () => void; readonly onClose: () => void }): JSX.Element {
  const last = table.columns.filter(({ kind }) => kind === column.kind).length - 1;
  return (
    <div class="designer-dialog__acts rules-dialog__acts">
      <button type="button" class="designer-button designer-button--primary" onClick={onClose}>Done</button>
      <button type="button" class="designer-button" disabled={column.at === 0} onClick={() => { onMove(at - 1); }}>Move left</button>
      <button type="button" class="designer-button" disabled={column.at === last} onClick={() => { onMove(at + 1); }}>Move right</button>
      <button type="button" class="designer-button" disabled={column.kind === 'output' && last === 0} onClick={onRemove}><Icon name="remove" />Remove this column</button>
    </div>
  );
}

/** What the decision sees. */
function known({ needs }: DecisionView): Choice[] {
  return needs.flatMap(({ target, kind }) => (target === undefined || kind === 'knowledge' ? [] : [{ value: target.name, label: target.type }]));
}

const NEW = {
  input: { title: 'Add an input', label: 'What is asked', hint: 'A value, for example amount; or something computed from it. A value that this file does not know yet is added to what the decision needs.' },
  output: { title: 'Add an output', label: 'Name in the answer', hint: 'Of several outputs each has a name; the answer then has all of them.' },
  note: { title: 'Add notes', label: 'Heading', hint: 'What the case tells of the rule when it has matched, for example a reason.' },
} as const;

export function NewColumnDialog({ session, decision, kind, onClose }: { readonly session: DecisionSession; readonly decision: DecisionView; readonly kind: Column['kind']; readonly onClose: () => void }): JSX.Element | null {
  const [type, setType] = useState('string');
  const view = session.view.value;
  if (view === undefined) return null;
  const { title, label, hint } = NEW[kind];
  const plain = { expression: () => Promise.resolve(undefined) };
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const wanted = enteredIn(event, 'new-column');
    if (wanted === '') return;
    const logic = session.decision(decision.id)?.logic;
    if (logic === undefined) return;
    const said = kind === 'note' ? { label: wanted } : { text: wanted, type: typeRef(view.source, type) };
    session.edit([...(kind === 'input' ? needed(view, decision, wanted, type) : []), ...addColumn(view.source, tableOf(logic), kind, said)], `${wanted} was added`);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={add}>
        <div class="rules-dialog__fields">
          <TextInput name="new-column" label={label} hint={hint} value="" engine={plain} onWrite={() => undefined} {...(kind === 'input' && { suggestions: offered(view, decision) })} />
          {kind !== 'note' && <ChoiceInput label="Type" value={type} choices={typeChoices(view, type)} onWrite={setType} />}
        </div>
        <div class="designer-dialog__acts"><button type="submit" class="designer-button designer-button--primary">Add</button><button type="button" class="designer-button" onClick={onClose}>Cancel</button></div>
      </form>
    </Dialog>
  );
}

/** What a new input can be about: what the decision sees, and what it could see. */
function offered(view: FileView, decision: DecisionView): Choice[] {
  const seen = known(decision);
  const others = [...view.inputs, ...view.decisions.filter(({ id }) => id !== decision.id)].filter(({ name }) => !seen.some(({ value }) => value === name));
  return [...seen, ...others.map(({ name, type }) => ({ value: name, label: type }))];
}

/** What stands in a text of a form now: it may not have been left yet. */
export function enteredIn(event: SubmitEvent, name: string): string {
  const entered = new FormData(event.currentTarget as HTMLFormElement).get(name);
  return typeof entered === 'string' ? entered.trim() : '';
}

const NAME = /^[\p{L}_][\p{L}\p{N}_ ]*$/u;
const RESERVED = /\b(?:true|false|null|if|then|else|for|in|return|some|every|satisfies|and|or|not|between|instance of)\b/;

/** Patches that let the decision see what an expression names, when the expression is a name and nothing else. */
function needed(view: FileView, decision: DecisionView, text: string, type: string): Patch[] {
  if (known(decision).some(({ value }) => value === text)) return [];
  const input = view.inputs.find(({ name }) => name === text);
  if (input !== undefined) return addNeed(view, decision, 'input', input.id);
  const other = view.decisions.find(({ name, id }) => name === text && id !== decision.id);
  if (other !== undefined) return addNeed(view, decision, 'decision', other.id);
  return NAME.test(text) && !RESERVED.test(text) ? addInput(view, decision, text, type) : [];
}
