/** A cell of a decision table: FEEL that is checked while it is typed, with the error at the cell and a mark under the character. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { Pointed } from '../panel/inputs.tsx';
import type { TextFinding } from './decision-client.ts';

export interface CellProps {
  readonly value: string;
  /** "Rule 2, Amount in EC$". */
  readonly label: string;
  readonly heading: string;
  /** `rule-column`, from 0. */
  readonly at: string;
  readonly kind: 'input' | 'output' | 'note';
  /** What was said of the value when the file was last checked. */
  readonly known: TextFinding | undefined;
  /** The one cell that the Tab key reaches. */
  readonly current: boolean;
  readonly onFocus: () => void;
  readonly ask: (text: string) => Promise<TextFinding | undefined>;
  readonly onWrite: (text: string) => void;
  /** True when the key meant something; what was typed is written before. */
  readonly onKey: (event: KeyboardEvent, caret: Caret) => boolean;
  readonly onPaste: (text: string) => boolean;
}

/** Where the caret stands, for keys that leave a cell at its edge. `changed`: something is typed that is not written yet. */
export interface Caret {
  readonly atStart: boolean;
  readonly atEnd: boolean;
  readonly firstLine: boolean;
  readonly lastLine: boolean;
  readonly changed: boolean;
}

const CHECK_MS = 150;

export function Cell(props: CellProps): JSX.Element {
  const { value, label, at, kind, known, current } = props;
  // What is typed belongs to the value it began with: another value shows at once.
  const [entry, setEntry] = useState({ of: value, typed: value });
  const typed = entry.of === value ? entry.typed : value;
  const now = useRef(typed);
  now.current = typed;
  const put = (text: string): void => {
    now.current = text;
    setEntry({ of: value, typed: text });
  };
  const fresh = useFinding(props, typed);
  const finding = typed === value ? known : fresh;
  const commit = (): void => {
    const text = now.current.trim();
    if (text === value) return;
    // Taken back later, the earlier value must not find what was typed over it.
    setEntry({ of: text, typed: text });
    props.onWrite(text);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Escape' && now.current !== value) put(value);
    else if (!props.onKey(event, caretOf(event.currentTarget, now.current.trim() !== value))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const lines = typed.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / (kind === 'note' ? 26 : 20))), 0);
  return (
    <td role="gridcell" data-name={props.heading} class={`rules-cell rules-cell--${kind}${finding === undefined ? '' : ` rules-cell--${finding.severity}`}`}>
      <textarea class="rules-input" data-cell={at} rows={Math.min(lines, 8)} value={typed} aria-label={label} tabIndex={current ? 0 : -1} spellcheck={kind === 'note'} autocomplete="off" autocapitalize="off"
        aria-describedby={`problem-${at}`} {...(finding?.severity === 'error' && { 'aria-invalid': true })}
        onInput={(event) => { put(event.currentTarget.value); }} onFocus={props.onFocus} onBlur={commit} onKeyDown={onKeyDown}
        onPaste={(event) => { if (props.onPaste(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault(); }} />
      <div id={`problem-${at}`} {...(current && { role: 'status' })}>{finding !== undefined && <Pointed brief text={typed} problem={finding} />}</div>
    </td>
  );
}

/** What the engine says of a text that is not written yet. */
function useFinding({ value, kind, ask }: CellProps, typed: string): TextFinding | undefined {
  const [finding, setFinding] = useState<TextFinding | undefined>(undefined);
  useEffect(() => {
    if (typed === value || kind === 'note') { setFinding(undefined); return undefined; }
    let stale = false;
    const timer = setTimeout(() => { void ask(typed).then((found) => { if (!stale) setFinding(found); }); }, CHECK_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [typed, value]);
  return finding;
}

function caretOf({ value, selectionStart, selectionEnd }: HTMLTextAreaElement, changed: boolean): Caret {
  const [before, after] = [value.slice(0, selectionStart), value.slice(selectionEnd)];
  const whole = before === '' && after === '' && value !== '';
  return { atStart: before === '' && (selectionStart === selectionEnd || whole), atEnd: after === '' && (selectionStart === selectionEnd || whole), firstLine: !before.includes('\n'), lastLine: !after.includes('\n'), changed };
}
