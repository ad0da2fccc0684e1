/** The inputs of the panel: each keeps what is typed until it is left, so that one entry is one step of undo. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ComponentChildren, JSX, TargetedInputEvent } from 'preact';
import type { Engine, ExpressionProblem } from '../engine-client.ts';
import type { Choice } from './fields.ts';

export interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly engine: Pick<Engine, 'expression'>;
  readonly onWrite: (value: string) => void;
  readonly hint?: string | undefined;
  readonly feel?: 'always' | 'maybe' | undefined;
  readonly lines?: number | undefined;
  readonly suggestions?: readonly Choice[] | undefined;
  /** The label is said, not shown. */
  readonly quiet?: boolean;
  readonly name?: string;
  /** What the engine found wrong with it. */
  readonly faults?: Faults;
}

export type Faults = readonly { readonly key: string; readonly severity: 'error' | 'warning'; readonly message: string; readonly hint: string }[] | undefined;

const CHECK_MS = 200;

/** Text, or FEEL that is checked while it is typed. */
export function TextInput(props: TextProps): JSX.Element {
  const { label, value, engine, onWrite, hint, feel, lines, suggestions, quiet, faults } = props;
  const id = useId();
  const [typed, setTyped] = useState(value);
  const written = useRef(value);
  useEffect(() => {
    written.current = value;
    setTyped(value);
  }, [value]);
  const problem = useExpression(engine, feel === 'always' || (feel === 'maybe' && typed.trim().startsWith('=')) ? typed : '');
  const commit = (): void => {
    if (typed === written.current) return;
    written.current = typed;
    onWrite(typed);
  };
  const shared = {
    id, value: typed, name: props.name ?? '', spellcheck: feel === undefined, autocomplete: 'off', 'aria-describedby': `${id}-hint ${id}-problem`, ...((problem !== undefined || isWrong(faults)) && { 'aria-invalid': true }),
    class: `designer-input${feel === undefined ? '' : ' designer-input--code'}`,
    onInput: (event: TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>) => { setTyped(event.currentTarget.value); },
    onBlur: commit,
  };
  return (
    <div class="designer-field">
      <label for={id} class={quiet === true ? 'govuk-visually-hidden' : 'designer-label'}>{label}</label>
      {hint !== undefined && <span id={`${id}-hint`} class="designer-hint">{hint}</span>}
      {lines !== undefined
        ? <textarea {...shared} rows={lines} />
        : <input {...shared} type="text" {...(suggestions !== undefined && { list: `${id}-list` })} onKeyDown={(event) => { if (event.key === 'Enter') commit(); }} />}
      {suggestions !== undefined && <datalist id={`${id}-list`}>{suggestions.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}</datalist>}
      <div id={`${id}-problem`} role="status">{problem !== undefined ? <Pointed text={typed} problem={problem} /> : <FaultList faults={faults} />}</div>
    </div>
  );
}

function useExpression(engine: TextProps['engine'], text: string): ExpressionProblem | undefined {
  const [problem, setProblem] = useState<ExpressionProblem | undefined>(undefined);
  useEffect(() => {
    if (text.trim() === '') { setProblem(undefined); return undefined; }
    let stale = false;
    const timer = setTimeout(() => { void engine.expression(text).then((found) => { if (!stale) setProblem(found); }); }, CHECK_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text]);
  return problem;
}

/** The line that is wrong with a mark under the character. `brief`: the hint is said, not shown. */
export function Pointed({ text, problem, brief = false }: { readonly text: string; readonly problem: ExpressionProblem; readonly brief?: boolean }): JSX.Element {
  const from = Math.min(problem.from, text.length);
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const end = text.indexOf('\n', from);
  const line = text.slice(start, end < 0 ? text.length : end);
  const cut = Math.max(0, from - start - 24);
  return (
    <div class="designer-wrong">
      <code class="designer-wrong__code" aria-hidden="true">{cut > 0 ? '…' : ''}{line.slice(cut, cut + 44)}{'\n'}{' '.repeat(from - start - cut + (cut > 0 ? 1 : 0))}▲</code>
      <span><span class="govuk-visually-hidden">At character {from + 1}: </span>{problem.message}.{brief ? <span class="govuk-visually-hidden"> {problem.hint}</span> : ` ${problem.hint}`}</span>
    </div>
  );
}

function isWrong(faults: Faults): boolean {
  return faults?.some(({ severity }) => severity === 'error') === true;
}

/** What is wrong with a field, in the words of the problem list. */
export function FaultList({ faults }: { readonly faults: Faults }): JSX.Element | null {
  if (faults === undefined || faults.length === 0) return null;
  return <>{faults.map(({ key, severity, message, hint }) => <p key={key} class={`designer-fault designer-fault--${severity}`}>{message}. <span class="designer-hint">{hint}</span></p>)}</>;
}

export function ChoiceInput({ label, value, choices, hint, quiet, faults, onWrite }: { readonly label: string; readonly value: string; readonly choices: readonly Choice[]; readonly hint?: string | undefined; readonly quiet?: boolean; readonly faults?: Faults; readonly onWrite: (value: string) => void }): JSX.Element {
  const id = useId();
  return (
    <div class="designer-field">
      <label for={id} class={quiet === true ? 'govuk-visually-hidden' : 'designer-label'}>{label}</label>
      {hint !== undefined && <span id={`${id}-hint`} class="designer-hint">{hint}</span>}
      <select id={id} class="designer-input" aria-describedby={`${id}-hint ${id}-problem`} {...(isWrong(faults) && { 'aria-invalid': true })} value={value} onChange={(event) => { onWrite(event.currentTarget.value); }}>
        {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
      </select>
      <div id={`${id}-problem`} role="status"><FaultList faults={faults} /></div>
    </div>
  );
}

export function CheckInput({ label, value, hint, faults, onWrite }: { readonly label: string; readonly value: boolean; readonly hint?: string | undefined; readonly faults?: Faults; readonly onWrite: (value: boolean) => void }): JSX.Element {
  const id = useId();
  const input = (
    <label class="designer-check">
      <input type="checkbox" checked={value} {...(isWrong(faults) && { 'aria-invalid': true, 'aria-describedby': `${id}-problem` })} onChange={(event) => { onWrite(event.currentTarget.checked); }} />
      <span>{label}{hint !== undefined && <span class="designer-hint">{hint}</span>}</span>
    </label>
  );
  return faults === undefined || faults.length === 0 ? input : <div class="designer-field">{input}<div id={`${id}-problem`} role="status"><FaultList faults={faults} /></div></div>;
}

/** A group of inputs with a name of their own. */
export function Group({ label, hint, faults, children }: { readonly label: string; readonly hint?: string | undefined; readonly faults?: Faults; readonly children: ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <fieldset class="designer-group" aria-describedby={`${id}-problem`}>
      <legend class="designer-label">{label}</legend>
      {hint !== undefined && <span class="designer-hint">{hint}</span>}
      {children}
      <div id={`${id}-problem`} role="status"><FaultList faults={faults} /></div>
    </fieldset>
  );
}
