/** Trying a decision out: a form of what it depends on, the answer of the engine, which rules matched, and what was decided on the way. */
import { useEffect, useId, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Icon } from '../icon.tsx';
import { count } from '../problems.tsx';
import type { Tried } from './decision-client.ts';
import { fieldsOf } from './fields.ts';
import type { FieldKind, InputField } from './fields.ts';
import type { DecisionView } from './model.ts';
import type { DecisionSession } from './session.ts';

type Entries = Readonly<Record<string, string>>;

export function TryIt({ session, decision }: { readonly session: DecisionSession; readonly decision: DecisionView }): JSX.Element {
  const [entries, setEntries] = useState<Entries>({});
  const fields = fieldsOf(session.view.value!, decision);
  const own = session.triedOf.value === decision.id;
  const tried = own ? session.tried.value : undefined;
  const running = tried === 'running';
  const wrong = tried !== undefined && tried !== 'running' && tried.kind === 'wrong' ? tried.wrong : [];
  useEffect(() => { if (wrong.length > 0) document.querySelector<HTMLElement>('.try [aria-invalid]')?.focus(); }, [tried]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void session.decide(fields.map(({ name, kind }) => ({ name, kind, text: entries[name] ?? '' })));
  };
  return (
    <aside class="designer-panel try" aria-labelledby="try-heading">
      <h2 id="try-heading" class="designer-panel__heading">Try it</h2>
      <p class="designer-note">{fields.length === 0 ? 'It depends on nothing: it can be tried at once.' : 'The engine that decides in cases answers, here in the browser. What is left empty is nothing (null).'}</p>
      <form class="try-form" onSubmit={submit}>
        {fields.map((field) => <Field key={field.name} field={field} value={entries[field.name] ?? ''} wrong={wrong.find(({ name }) => name === field.name)?.message} onWrite={(text) => { setEntries((before) => ({ ...before, [field.name]: text })); }} />)}
        <p class="rules-after">
          <button type="submit" class="designer-button designer-button--primary"><Icon name="play" />Decide</button>
          {running && <button type="button" class="designer-button try-stop" onClick={() => { session.stop(); }}><Icon name="stop" />Stop</button>}
        </p>
      </form>
      <div role="status" class="try-result">{running ? <p class="designer-note try-stop">The engine is working.</p> : tried !== undefined ? <Result tried={tried} session={session} decision={decision} /> : <Elsewhere session={session} decision={decision} />}</div>
    </aside>
  );
}

/** What is marked in this table comes from trying another decision. */
function Elsewhere({ session, decision }: { readonly session: DecisionSession; readonly decision: DecisionView }): JSX.Element | null {
  const tried = session.tried.value;
  const other = session.decision(session.triedOf.value);
  if (other === undefined || tried === undefined || tried === 'running' || tried.kind !== 'answer' || tried.fired[decision.id] === undefined) return null;
  return <p class="designer-note">Marked in the table: what matched when <button type="button" class="rules-link" onClick={() => { session.select(other.id); }}>{other.name}</button> was tried.</p>;
}

const TYPES: Readonly<Partial<Record<FieldKind, string>>> = { 'date': 'date', 'time': 'time', 'date and time': 'datetime-local' };
const HINTS: Readonly<Partial<Record<FieldKind, string>>> = { duration: 'As P5D or PT2H.', feel: 'In FEEL, for example {name: "Ann", grade: 7} or [1, 2].' };

function Field({ field, value, wrong, onWrite }: { readonly field: InputField; readonly value: string; readonly wrong: string | undefined; readonly onWrite: (text: string) => void }): JSX.Element {
  const id = useId();
  const { name, kind, type, choices, known } = field;
  const hint = HINTS[kind];
  const shared = { id, name, class: `designer-input${kind === 'feel' ? ' designer-input--code' : ''}`, 'aria-describedby': `${id}-hint ${id}-wrong`, ...(wrong !== undefined && { 'aria-invalid': true }) };
  const select = kind === 'boolean' ? [['true', 'Yes (true)'], ['false', 'No (false)']] : choices.map((choice) => [choice, choice]);
  return (
    <div class="designer-field">
      <label for={id} class="designer-label">{name}{type !== '' && <span class="try-type"> {type}</span>}</label>
      {hint !== undefined && <span id={`${id}-hint`} class="designer-hint">{hint}</span>}
      {select.length > 0
        ? <select {...shared} value={value} onChange={(event) => { onWrite(event.currentTarget.value); }}><option value="">Nothing</option>{select.map(([text, label]) => <option key={text} value={text}>{label}</option>)}</select>
        : kind === 'feel'
          ? <textarea {...shared} rows={3} spellcheck={false} value={value} onInput={(event) => { onWrite(event.currentTarget.value); }} />
          : <input {...shared} type={TYPES[kind] ?? 'text'} {...(kind === 'number' && { inputMode: 'decimal' as const })} {...(known.length > 0 && { list: `${id}-known` })} {...(TYPES[kind] !== undefined && { step: 1 })} autocomplete="off" value={value} onInput={(event) => { onWrite(event.currentTarget.value); }} />}
      {known.length > 0 && choices.length === 0 && <datalist id={`${id}-known`}>{known.map((text) => <option key={text} value={text} />)}</datalist>}
      <span id={`${id}-wrong`} class="designer-wrong">{wrong}</span>
    </div>
  );
}

function Result({ tried, session, decision }: { readonly tried: Tried; readonly session: DecisionSession; readonly decision: DecisionView }): JSX.Element | null {
  switch (tried.kind) {
    case 'wrong': return null;
    case 'refused': return <p class="try-refused">It cannot be tried while there {tried.count === 1 ? 'is an error' : `are ${count(tried.count, 'error')}`} in the file: the list of problems says which.</p>;
    case 'stopped': return <p class="try-refused">{tried.message}. {tried.hint}</p>;
    case 'answer': return <Told tried={tried} session={session} decision={decision} />;
  }
}

function Told({ tried, session, decision }: { readonly tried: Extract<Tried, { kind: 'answer' }>; readonly session: DecisionSession; readonly decision: DecisionView }): JSX.Element {
  const fired = tried.fired[decision.id];
  return (
    <>
      <h3 class="try-heading">Answer</h3>
      <output class={`try-answer${tried.isNull ? ' try-answer--none' : ''}`}>{tried.isNull ? 'Nothing (null)' : tried.answer}</output>
      {fired !== undefined && <p class="try-fired">{fired.length === 0 ? 'No rule matched.' : `${fired.length === 1 ? 'Rule' : 'Rules'} ${fired.map((rule) => String(rule + 1)).join(', ')} matched; marked in the table.`}</p>}
      {tried.decisions.length > 0 && (
        <>
          <h3 class="try-heading">Decided on the way</h3>
          <dl class="try-way">{tried.decisions.map(({ id, name, answer }) => <div key={id}><dt>{session.decision(id) === undefined ? name : <button type="button" class="rules-link" onClick={() => { session.select(id); }}>{name}</button>}</dt><dd>{answer}</dd></div>)}</dl>
        </>
      )}
      <h3 class="try-heading">How it came about</h3>
      <ul class="try-words">{tried.words.map((sentence, at) => <li key={at}>{sentence}</li>)}</ul>
      {tried.notes.length > 0 && <><h3 class="try-heading">What had no value</h3><ul class="try-words">{tried.notes.map((note, at) => <li key={at}>{note}.</li>)}</ul></>}
    </>
  );
}
