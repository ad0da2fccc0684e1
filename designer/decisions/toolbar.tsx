/** What can be done with a decision table besides writing into its cells: how its rules work together, rules, columns. */
import type { JSX } from 'preact';
import { Icon } from '../icon.tsx';
import { POLICIES } from './model.ts';
import type { Column, TableView } from './model.ts';

export type RuleAct = 'add' | 'duplicate' | 'up' | 'down' | 'remove';

export interface ToolbarProps {
  readonly table: TableView;
  /** The rule the cursor is in, from 0. */
  readonly rule: number | undefined;
  /** Whether the version of the file has columns of notes. */
  readonly notes: boolean;
  readonly onAct: (what: RuleAct) => void;
  /** Index among the policies. */
  readonly onPolicy: (index: number) => void;
  readonly onAdd: (kind: Column['kind']) => void;
}

const ACTS: readonly { readonly act: RuleAct; readonly icon: 'add' | 'copy' | 'up' | 'down' | 'remove'; readonly label: string; readonly title: string }[] = [
  { act: 'add', icon: 'add', label: 'Add a rule below', title: 'Add a rule below (Ctrl+Enter)' }, { act: 'duplicate', icon: 'copy', label: 'Duplicate', title: 'Duplicate' },
  { act: 'up', icon: 'up', label: 'Move up', title: 'Move up (Alt+↑)' }, { act: 'down', icon: 'down', label: 'Move down', title: 'Move down (Alt+↓)' }, { act: 'remove', icon: 'remove', label: 'Remove', title: 'Remove' },
];

export function Toolbar({ table, rule, notes, onAct, onPolicy, onAdd }: ToolbarProps): JSX.Element {
  const { hitPolicy, aggregation } = table.policy;
  const policy = POLICIES.findIndex((one) => one.hitPolicy === hitPolicy && one.aggregation === aggregation);
  const last = table.rules.length - 1;
  const barred = (act: RuleAct): boolean => rule === undefined || (act === 'up' && rule === 0) || (act === 'down' && rule === last);
  return (
    <div class="rules-tools">
      <div class="designer-field rules-policy">
        <label class="designer-label" for="hit-policy">When several rules could match</label>
        <select id="hit-policy" class="designer-input" value={policy} onChange={(event) => { onPolicy(Number(event.currentTarget.value)); }}>
          {policy < 0 && <option value={-1}>{hitPolicy} {aggregation} (unknown)</option>}
          {POLICIES.map(({ letter, label }, index) => <option key={letter} value={index}>{letter} – {label}</option>)}
        </select>
      </div>
      <div class="rules-acts" role="group" aria-label={rule === undefined ? 'Rules' : `Rule ${String(rule + 1)}`}>
        <span class="rules-acts__of" aria-hidden="true">{rule === undefined ? 'Rules' : `Rule ${String(rule + 1)}`}</span>
        {ACTS.map(({ act, icon, label, title }) => (
          <button key={act} type="button" class="designer-button designer-button--icon" title={title} disabled={act === 'add' ? false : barred(act)} onClick={() => { onAct(act); }}><Icon name={icon} /><span class="govuk-visually-hidden">{label}</span></button>
        ))}
      </div>
      <div class="rules-acts" role="group" aria-label="Columns">
        <span class="rules-acts__of" aria-hidden="true">Columns</span>
        <button type="button" class="designer-button" aria-haspopup="dialog" onClick={() => { onAdd('input'); }}><Icon name="add" />Input</button>
        <button type="button" class="designer-button" aria-haspopup="dialog" onClick={() => { onAdd('output'); }}><Icon name="add" />Output</button>
        {notes && !table.describes && <button type="button" class="designer-button" aria-haspopup="dialog" onClick={() => { onAdd('note'); }}><Icon name="add" />Notes</button>}
      </div>
    </div>
  );
}
