/** What a decision needs (DMN 1.5, 6.2.2): inputs with their types, other decisions, functions; and its name, question and type. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Icon } from '../icon.tsx';
import { ChoiceInput, TextInput } from '../panel/inputs.tsx';
import { Dialog, enteredIn, typeChoices } from './column-dialog.tsx';
import { addInput, addNeed, removeDecision, removeNeed, rename, setQuestion, setType } from './file-edits.ts';
import type { DecisionView, FileView, Need } from './model.ts';
import type { DecisionSession } from './session.ts';

const KINDS = { input: 'Input', decision: 'Decision', knowledge: 'Function' } as const;
const PLAIN = { expression: () => Promise.resolve(undefined) };

interface Props {
  readonly session: DecisionSession;
  readonly decision: DecisionView;
}

export function Needs({ session, decision }: Props): JSX.Element {
  const view = session.view.value!;
  const [asking, setAsking] = useState(false);
  const names = decision.needs.map(({ target, id }) => target?.name ?? id);
  const unknown = unknownNames(session, decision);
  return (
    <>
      {unknown.length > 0 && (
        <p class="rules-unknown">
          <span>{unknown.length === 1 ? 'A text of this decision names' : 'Texts of this decision name'} {unknown.map((name) => `“${name}”`).join(', ')}, which it does not need yet.</span>
          <button type="button" class="designer-button" onClick={() => { addAll(session, decision.id, unknown); }}>Add {unknown.length === 1 ? 'it' : 'them'} to what it needs</button>
        </p>
      )}
      <details class="rules-details">
        <summary>What it needs: {names.length === 0 ? 'nothing yet' : names.join(', ')}</summary>
        <ul class="rules-needs">
          {decision.needs.map((need) => <NeedRow key={need.id} session={session} view={view} need={need} />)}
        </ul>
        <p class="rules-after">
          <Other session={session} view={view} decision={decision} />
          <button type="button" class="designer-button" aria-haspopup="dialog" onClick={() => { setAsking(true); }}><Icon name="add" />New input</button>
        </p>
        {asking && <NewInput session={session} view={view} decision={decision} onClose={() => { setAsking(false); }} />}
      </details>
    </>
  );
}

function NeedRow({ session, view, need }: { readonly session: DecisionSession; readonly view: FileView; readonly need: Need }): JSX.Element {
  const { kind, target, id } = need;
  const name = target?.name ?? id;
  return (
    <li class="rules-need">
      <span class="rules-need__kind">{KINDS[kind]}</span>
      {target === undefined ? <span>{name} (from another file)</span> : kind === 'input'
        ? <TextInput quiet label="Name of the input" value={name} engine={PLAIN} onWrite={(text) => { session.edit(rename(view, target, text.trim()), `Renamed to ${text.trim()}`); }} />
        : <button type="button" class="rules-link" onClick={() => { session.select(id); }}>{name}</button>}
      {kind === 'input' && target !== undefined && <ChoiceInput quiet label={`Type of ${name}`} value={target.type} choices={typeChoices(view, target.type)} onWrite={(type) => { session.edit(setType(view, target, type)); }} />}
      <button type="button" class="designer-button designer-button--icon" title={`${name} is no longer needed`} onClick={() => { session.edit(removeNeed(view, need), `${name} is no longer needed`); }}><Icon name="remove" /><span class="govuk-visually-hidden">{name} is no longer needed</span></button>
    </li>
  );
}

/** What the file has and the decision could see as well. */
function Other({ session, view, decision }: Props & { readonly view: FileView }): JSX.Element | null {
  const seen = new Set(decision.needs.map(({ id }) => id));
  const others = [
    ...view.inputs.map((input) => ({ kind: 'input' as const, id: input.id, name: input.name })),
    ...view.decisions.filter(({ id }) => id !== decision.id).map(({ id, name }) => ({ kind: 'decision' as const, id, name })),
    ...[...view.knowledge, ...view.services].map(({ id, name }) => ({ kind: 'knowledge' as const, id, name })),
  ].filter(({ id }) => id !== '' && !seen.has(id));
  if (others.length === 0) return null;
  const choices = [{ value: '', label: 'Also needs…' }, ...others.map(({ kind, id, name }) => ({ value: id, label: `${KINDS[kind]}: ${name}` }))];
  return (
    <ChoiceInput quiet label="Also needs" value="" choices={choices} onWrite={(id) => {
      const other = others.find((one) => one.id === id);
      if (other !== undefined) session.edit(addNeed(view, decision, other.kind, other.id), `${other.name} is needed`);
    }} />
  );
}

function NewInput({ session, view, decision, onClose }: Props & { readonly view: FileView; readonly onClose: () => void }): JSX.Element {
  const [type, setKind] = useState('string');
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const wanted = enteredIn(event, 'new-input');
    if (wanted === '') return;
    session.edit(addInput(view, decision, wanted, type), `${wanted} is needed`);
    onClose();
  };
  return (
    <Dialog title="New input" onClose={onClose}>
      <form onSubmit={add}>
        <div class="rules-dialog__fields">
          <TextInput name="new-input" label="Name" hint="The variable of the case, for example amount." value="" engine={PLAIN} onWrite={() => undefined} />
          <ChoiceInput label="Type" value={type} choices={typeChoices(view, type)} onWrite={setKind} />
        </div>
        <div class="designer-dialog__acts"><button type="submit" class="designer-button designer-button--primary">Add</button><button type="button" class="designer-button" onClick={onClose}>Cancel</button></div>
      </form>
    </Dialog>
  );
}

/** Names that input expressions and the literal expression read and the decision does not see; in cells a text without quotes is likelier. */
function unknownNames({ texts }: DecisionSession, { id }: DecisionView): string[] {
  const found = [...texts.value].flatMap(([key, { unknown }]) => (key.startsWith(`${id} text `) || key === `${id} literal` ? unknown : []));
  return [...new Set(found)];
}

/** Each as one step: a decision or input of this name, or a new input. */
function addAll(session: DecisionSession, decisionId: string, names: readonly string[]): void {
  for (const name of names) {
    const view = session.view.value;
    const decision = session.decision(decisionId);
    if (view === undefined || decision === undefined) return;
    const input = view.inputs.find((one) => one.name === name);
    const other = view.decisions.find((one) => one.name === name && one.id !== decisionId);
    const patches = input !== undefined ? addNeed(view, decision, 'input', input.id) : other !== undefined ? addNeed(view, decision, 'decision', other.id) : addInput(view, decision, name, '');
    session.edit(patches, `${name} is needed`);
  }
}

export function About({ session, decision }: Props): JSX.Element {
  const view = session.view.value!;
  return (
    <details class="rules-details">
      <summary>Name, question and type</summary>
      <div class="rules-about">
        <TextInput label="Name" hint="Other decisions know it by this name; texts that consist of it follow." value={decision.name} engine={PLAIN} onWrite={(name) => { session.edit(rename(view, decision, name.trim()), `Renamed to ${name.trim()}`); }} />
        <TextInput label="Question it answers" value={decision.question} engine={PLAIN} onWrite={(text) => { session.edit(setQuestion(view, decision, text.trim())); }} />
        <ChoiceInput label="Type of the answer" value={decision.type} choices={typeChoices(view, decision.type)} onWrite={(type) => { session.edit(setType(view, decision, type)); }} />
        <p class="designer-note">Id, by which business rule tasks call it: <code>{decision.id}</code></p>
        {view.decisions.length > 1 && <p class="rules-after"><button type="button" class="designer-button" onClick={() => { session.edit(removeDecision(view, decision), `${decision.name} was removed`); }}><Icon name="remove" />Remove this decision</button></p>}
      </div>
    </details>
  );
}
