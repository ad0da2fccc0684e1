/** A decision table as a table of the page (DMN 1.5, clause 8): one tab stop, arrows move between its cells, every change is one step of undo. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Icon } from '../icon.tsx';
import { Cell } from './cell.tsx';
import type { Caret } from './cell.tsx';
import { ColumnDialog, NewColumnDialog } from './column-dialog.tsx';
import { columnName, POLICIES, tableOf } from './model.ts';
import type { Column, DecisionView, RuleView, TableView } from './model.ts';
import type { DecisionSession } from './session.ts';
import { addRules, blank, cellsIn, duplicateRule, knowsNotes, removeRule, setCell, setCells, setPolicy, swapRules } from './table-edits.ts';
import { Toolbar } from './toolbar.tsx';
import type { RuleAct } from './toolbar.tsx';

/** Rules that are shown at once; more on demand. */
const PAGE = 200;

interface At {
  readonly rule: number;
  readonly column: number;
}

export function DecisionTable({ session, decision }: { readonly session: DecisionSession; readonly decision: DecisionView }): JSX.Element {
  const table = tableOf(decision.logic!);
  const [current, setCurrent] = useState<At>({ rule: 0, column: 0 });
  const [shown, setShown] = useState(PAGE);
  const [column, setColumn] = useState<number | undefined>(undefined);
  const [adding, setAdding] = useState<Column['kind'] | undefined>(undefined);
  const grid = useRef<HTMLTableElement>(null);
  const wanted = useRef<At | undefined>(undefined);
  const at = { rule: Math.min(current.rule, Math.max(0, table.rules.length - 1)), column: Math.min(current.column, Math.max(0, table.columns.length - 1)) };
  const go = (to: At): void => {
    wanted.current = to;
    setCurrent(to);
    if (to.rule >= shown) setShown(to.rule + PAGE);
  };
  // Before the next key is handled, which may come at once.
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    const cell = grid.current?.querySelector<HTMLTextAreaElement>(`[data-cell="${String(at.rule)}-${String(at.column)}"]`);
    wanted.current = undefined;
    cell?.focus();
    cell?.select();
  });
  const act = (what: RuleAct): void => { doAct(session, decision.id, what, at, go); };
  const fired = firedIn(session, decision.id);
  const focusColumn = (): void => { requestAnimationFrame(() => { grid.current?.querySelector<HTMLElement>(`[data-column="${String(Math.max(0, (column ?? 1) - 1))}"]`)?.focus(); }); };
  return (
    <section class="rules" aria-label={`Decision table of ${decision.name}`}>
      <Toolbar table={table} rule={table.rules.length === 0 ? undefined : at.rule} onAct={act} onPolicy={(index) => { setPolicyOf(session, decision.id, index); }} onAdd={setAdding} notes={knowsNotes(session.view.value!.source)} />
      <div class="rules-scroll">
        <table class="rules-table" role="grid" ref={grid} aria-describedby="rules-help">
          <caption class="govuk-visually-hidden">{decision.name}: {String(table.rules.length)} rules</caption>
          <Head table={table} decision={decision} onColumn={setColumn} />
          <tbody role="rowgroup">
            {table.rules.slice(0, shown).map((rule, index) => (
              <Rule key={index} {...{ session, decision, table, rule, index, at, go, act }} fired={fired.has(index)} onCurrent={setCurrent} />
            ))}
          </tbody>
        </table>
        {table.rules.length === 0 && <p class="rules-empty">There are no rules yet{table.columns.some(({ kind }) => kind === 'input') ? '' : ': first add what they depend on as an input'}.</p>}
      </div>
      <p class="rules-after">
        <button type="button" class="designer-button" onClick={() => { doAct(session, decision.id, 'add', { rule: tableOf(session.decision(decision.id)!.logic!).rules.length - 1, column: 0 }, go); }}><Icon name="add" />Add a rule</button>
        {table.rules.length > shown && <button type="button" class="designer-button" onClick={() => { setShown(shown + PAGE); }}>Show more: {String(shown)} of {String(table.rules.length)} rules are shown</button>}
      </p>
      <p class="rules-help" id="rules-help">Arrow keys move between cells, Enter goes down, Tab leaves the table. Ctrl+Enter adds a rule, Alt with an arrow moves it. A dash means any value. Cells can be pasted from a spreadsheet.</p>
      {column !== undefined && table.columns[column] !== undefined && <ColumnDialog key={column} session={session} decision={decision} at={column} onMove={setColumn} onClose={() => { setColumn(undefined); focusColumn(); }} />}
      {adding !== undefined && <NewColumnDialog session={session} decision={decision} kind={adding} onClose={() => { setAdding(undefined); }} />}
    </section>
  );
}

/** The rules that gave the answer when it was last tried. */
function firedIn(session: DecisionSession, decision: string): ReadonlySet<number> {
  const tried = session.tried.value;
  return new Set(tried !== undefined && tried !== 'running' && tried.kind === 'answer' ? tried.fired[decision] ?? [] : []);
}

/** The table as it is now: a cell may have been written a moment ago. */
function tableNow(session: DecisionSession, decision: string): TableView | undefined {
  const logic = session.decision(decision)?.logic;
  return logic?.name === 'decisionTable' ? tableOf(logic) : undefined;
}

function setPolicyOf(session: DecisionSession, decision: string, index: number): void {
  const table = tableNow(session, decision);
  const policy = POLICIES[index];
  if (table !== undefined && policy !== undefined) session.edit(setPolicy(table, policy), policy.label);
}

function doAct(session: DecisionSession, decision: string, what: RuleAct, at: At, go: (to: At) => void): void {
  const table = tableNow(session, decision);
  const source = session.view.value?.source;
  if (table === undefined || source === undefined) return;
  const number = String(at.rule + 1);
  switch (what) {
    case 'add': {
      session.edit(addRules(source, table, at.rule + 1, [table.columns.map(({ kind }) => blank(kind))]), `Rule ${String(at.rule + 2)} was added`);
      go({ rule: at.rule + 1, column: 0 });
      return;
    }
    case 'duplicate':
      session.edit(duplicateRule(source, table, at.rule), `Rule ${number} was copied to rule ${String(at.rule + 2)}`);
      go({ ...at, rule: at.rule + 1 });
      return;
    case 'up': case 'down': {
      const other = at.rule + (what === 'up' ? -1 : 1);
      if (table.rules[other] === undefined) return;
      session.edit(swapRules(source, table, Math.min(at.rule, other), Math.max(at.rule, other)), `Rule ${number} is now rule ${String(other + 1)}`);
      go({ ...at, rule: other });
      return;
    }
    case 'remove':
      session.edit(removeRule(source, table, at.rule), `Rule ${number} was removed`);
      go({ ...at, rule: Math.max(0, Math.min(at.rule, table.rules.length - 2)) });
  }
}

const GROUPS = { input: 'If', output: 'Then', note: 'Notes' } as const;

function Head({ table, decision, onColumn }: { readonly table: TableView; readonly decision: DecisionView; readonly onColumn: (at: number) => void }): JSX.Element {
  const groups = (['input', 'output', 'note'] as const).map((kind) => [kind, table.columns.filter((column) => column.kind === kind).length] as const).filter(([, count]) => count > 0);
  return (
    <thead role="rowgroup">
      <tr role="row" class="rules-groups">
        <th rowSpan={2} scope="col" role="columnheader" class="rules-number">Rule</th>
        {groups.map(([kind, count]) => <th key={kind} scope="colgroup" role="columnheader" colSpan={count} class={`rules-group rules-group--${kind}`}>{GROUPS[kind]}</th>)}
      </tr>
      <tr role="row" class="rules-heads">
        {table.columns.map((column, at) => (
          <th key={at} scope="col" role="columnheader" class={`rules-head rules-head--${column.kind}`}>
            <button type="button" class="rules-column" data-column={at} aria-haspopup="dialog" onClick={() => { onColumn(at); }} disabled={table.describes && column.kind === 'note'}>
              <span class="rules-column__name">{columnName(column, decision.name)}</span>
              {column.kind === 'input' && column.text !== columnName(column) && column.text !== '' && <code class="rules-column__text">{column.text}</code>}
              {column.type !== '' && <span class="rules-column__type">{column.type}</span>}
              <span class="govuk-visually-hidden">, change this column</span>
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface RuleProps {
  readonly session: DecisionSession;
  readonly decision: DecisionView;
  readonly table: TableView;
  readonly rule: RuleView;
  readonly index: number;
  readonly at: At;
  readonly fired: boolean;
  readonly go: (to: At) => void;
  readonly act: (what: RuleAct) => void;
  readonly onCurrent: (at: At) => void;
}

function Rule(props: RuleProps): JSX.Element {
  const { session, decision, table, rule, index, at, fired } = props;
  const write = (column: number, text: string): void => {
    const now = tableNow(session, decision.id);
    const source = session.view.value?.source;
    if (now?.rules[index] !== undefined && source !== undefined) session.edit(setCell(source, now, now.rules[index], column, text));
  };
  const paste = (column: number, text: string): boolean => {
    const now = tableNow(session, decision.id);
    const source = session.view.value?.source;
    if (!/[\t\n]/.test(text.trimEnd()) || now === undefined || source === undefined) return false;
    const lines = cellsIn(text);
    session.edit(setCells(source, now, { rule: index, column }, lines), `${String(lines.length)} rows were pasted`);
    return true;
  };
  return (
    <tr role="row" class={`rules-rule${fired ? ' rules-rule--fired' : ''}${index === at.rule ? ' rules-rule--current' : ''}`}>
      <th scope="row" role="rowheader" class="rules-number"><span class="rules-number__word">Rule </span><span>{index + 1}</span>{fired && <span class="rules-fired"><Icon name="good" /><span class="govuk-visually-hidden">matched</span></span>}</th>
      {table.columns.map((column, to) => (
        <Cell key={to} value={rule.texts[to] ?? ''} at={`${String(index)}-${String(to)}`} kind={column.kind} label={`Rule ${String(index + 1)}, ${columnName(column, decision.name)}`} heading={columnName(column, decision.name)}
          known={session.finding({ kind: 'cell', rule: index, column: to })} current={at.rule === index && at.column === to} onFocus={() => { props.onCurrent({ rule: index, column: to }); }}
          ask={(text) => session.ask({ kind: 'cell', rule: index, column: to }, text, column.kind === 'input')} onWrite={(text) => { write(to, text); }}
          onPaste={(text) => paste(to, text)} onKey={(event, caret) => keyIn(event, caret, { ...props, at: { rule: index, column: to } })} />
      ))}
    </tr>
  );
}

/** What a key does in a cell; leaving the cell writes it. */
function keyIn(event: KeyboardEvent, caret: Caret, { session, table, at, go, act }: RuleProps): boolean {
  const to = (rule: number, column: number): boolean => {
    const inside = table.rules[rule] !== undefined && table.columns[column] !== undefined;
    if (inside) go({ rule, column });
    return inside;
  };
  const leave = (): void => { (event.target as HTMLElement).blur(); };
  const control = event.ctrlKey || event.metaKey;
  if (control && !event.altKey) {
    const key = event.key.toLowerCase();
    if (key === 'enter') { leave(); act('add'); return true; }
    // What is being typed is taken back by the browser, what is written by us.
    if ((key === 'z' || key === 'y') && !caret.changed) {
      if (key === 'y' || event.shiftKey) session.redo();
      else session.undo();
      return true;
    }
    if (key === 'home') return to(0, 0);
    if (key === 'end') return to(table.rules.length - 1, table.columns.length - 1);
    return false;
  }
  if (event.altKey) {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return false;
    leave();
    act(event.key === 'ArrowUp' ? 'up' : 'down');
    return true;
  }
  if (event.shiftKey) return false;
  switch (event.key) {
    case 'ArrowUp': return caret.firstLine && to(at.rule - 1, at.column);
    case 'ArrowDown': return caret.lastLine && to(at.rule + 1, at.column);
    case 'ArrowLeft': return caret.atStart && to(at.rule, at.column - 1);
    case 'ArrowRight': return caret.atEnd && to(at.rule, at.column + 1);
    case 'Enter': if (!to(at.rule + 1, at.column)) leave(); return true;
    default: return false;
  }
}
