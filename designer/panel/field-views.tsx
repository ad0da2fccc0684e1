/** A field of the panel as inputs; those that are more than one input stand here. */
import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import type { Engine } from '../engine-client.ts';
import { Icon } from '../icon.tsx';
import type { Edit } from '../model/edit.ts';
import type { Column, DecisionField, DoneBy, DoneByField, DurationField, Field, ManyField, Row, RowsField } from './fields.ts';
import { CheckInput, ChoiceInput, Group, TextInput } from './inputs.tsx';
import type { Faults } from './inputs.tsx';

/** What a field can do besides writing: go to the decisions of the procedure. */
export interface DecisionActs {
  /** Where a decision is edited. */
  readonly address: (id: string) => string;
  readonly open: (id: string) => void;
  /** Makes a decision table of this name; answers its id, or why there is none. */
  readonly make: (name: string) => Promise<{ readonly id: string } | { readonly reason: string }>;
}

interface ViewProps<F> {
  readonly field: F;
  readonly engine: Engine;
  readonly apply: (edit: Edit) => void;
  readonly decisions: DecisionActs;
  readonly faults?: Faults;
}

export function FieldView({ field, engine, apply, decisions, faults }: ViewProps<Field>): JSX.Element {
  switch (field.kind) {
    case 'note': return <p class="designer-note">{field.text}</p>;
    case 'text': return <TextInput {...field} name={field.key} engine={engine} faults={faults} onWrite={(value) => { apply(field.write(value)); }} />;
    case 'choice': return <ChoiceInput {...field} faults={faults} onWrite={(value) => { apply(field.write(value)); }} />;
    case 'check': return <CheckInput {...field} faults={faults} onWrite={(value) => { apply(field.write(value)); }} />;
    case 'many': return <ManyView field={field} apply={apply} faults={faults} />;
    case 'duration': return <DurationView field={field} engine={engine} apply={apply} faults={faults} />;
    case 'rows': return <RowsView field={field} engine={engine} apply={apply} faults={faults} />;
    case 'decision': return <DecisionLink key={field.decision ?? ''} field={field} apply={apply} decisions={decisions} />;
    case 'done-by': return <DoneByView field={field} engine={engine} apply={apply} />;
  }
}

function DecisionLink({ field, apply, decisions }: Omit<ViewProps<DecisionField>, 'engine'>): JSX.Element {
  const [said, setSaid] = useState('');
  const { decision, name } = field;
  if (decision !== undefined) {
    return <p><a class="govuk-link" href={decisions.address(decision)} onClick={(event) => { event.preventDefault(); decisions.open(decision); }}>Open the decision</a></p>;
  }
  const make = (): void => {
    setSaid('The table is being made.');
    void decisions.make(name).then((made) => {
      if ('reason' in made) { setSaid(made.reason); return; }
      apply(field.write(made.id));
      decisions.open(made.id);
    });
  };
  return <><p><button type="button" class="designer-button" onClick={make}><Icon name="add" />New decision table</button></p><p class="designer-note" role="status">{said}</p></>;
}

function ManyView({ field, apply, faults }: Pick<ViewProps<ManyField>, 'field' | 'apply' | 'faults'>): JSX.Element {
  const { choices, value, empty, label, hint } = field;
  return (
    <Group label={label} hint={hint} faults={faults}>
      {choices.length === 0 && <p class="designer-note">{empty}</p>}
      <div class="designer-many">
        {choices.map((choice) => (
          <CheckInput key={choice.value} label={choice.label} value={value.includes(choice.value)}
            onWrite={(chosen) => { apply(field.write(chosen ? [...value, choice.value] : value.filter((each) => each !== choice.value))); }} />
        ))}
      </div>
    </Group>
  );
}

const UNITS = [
  { value: 'BD', label: 'working days', of: /^P(\d+)BD$/, write: (count: string) => `P${count}BD` }, { value: 'D', label: 'days', of: /^P(\d+)D$/, write: (count: string) => `P${count}D` },
  { value: 'H', label: 'hours', of: /^PT(\d+)H$/, write: (count: string) => `PT${count}H` }, { value: 'M', label: 'minutes', of: /^PT(\d+)M$/, write: (count: string) => `PT${count}M` },
] as const;
const OTHER = 'other';

function DurationView({ field, engine, apply, faults }: Omit<ViewProps<DurationField>, 'decisions'>): JSX.Element {
  const { value, label, hint } = field;
  const known = UNITS.find(({ of }) => of.test(value));
  const [unit, setUnit] = useState<string>(known?.value ?? (value === '' ? 'BD' : OTHER));
  useEffect(() => { if (value !== '') setUnit(known?.value ?? OTHER); }, [value]);
  const chosen = UNITS.find((each) => each.value === unit);
  const count = known?.of.exec(value)?.[1] ?? '';
  const write = (written: string): void => { apply(field.write(written)); };
  return (
    <Group label={label} hint={hint} faults={faults}>
      <div class="designer-duration">
        {chosen === undefined
          ? <TextInput quiet label={`${label}: duration`} value={value} engine={engine} feel="maybe" onWrite={(text) => { write(text.trim()); }} />
          : <TextInput quiet label={`${label}: how many`} value={known === undefined ? '' : count} engine={engine} onWrite={(text) => { write(text.trim() === '' ? '' : chosen.write(text.trim())); }} />}
        <ChoiceInput quiet label={`${label}: unit`} value={unit} choices={[...UNITS, { value: OTHER, label: 'as ISO 8601 or FEEL' }]} onWrite={(next) => {
          setUnit(next);
          const writes = UNITS.find((each) => each.value === next)?.write;
          if (writes !== undefined && count !== '') write(writes(count));
        }} />
      </div>
    </Group>
  );
}

function RowsView({ field, engine, apply, faults }: Omit<ViewProps<RowsField>, 'decisions'>): JSX.Element {
  const { rows, label, hint, one, columns, fresh } = field;
  const write = (next: readonly Row[]): void => { apply(field.write(next)); };
  return (
    <Group label={label} hint={hint} faults={faults}>
      {rows.map((row, at) => (
        <div class="designer-row" key={at} role="group" aria-label={`${one} ${String(at + 1)}`}>
          <div class="designer-row__cells">
            {columns.map((column) => <Cell key={column.key} column={column} row={row} engine={engine} onWrite={(value) => { write(rows.map((each, index) => (index === at ? { ...each, [column.key]: value } : each))); }} />)}
          </div>
          <button type="button" class="designer-button designer-button--icon" title={`Remove this ${one}`} onClick={() => { write(rows.filter((_each, index) => index !== at)); }}><Icon name="remove" /><span class="govuk-visually-hidden">Remove {one} {at + 1}</span></button>
        </div>
      ))}
      <button type="button" class="designer-button" onClick={() => { write([...rows, fresh]); }}><Icon name="add" />Add {one}</button>
    </Group>
  );
}

function Cell({ column, row, engine, onWrite }: { readonly column: Column; readonly row: Row; readonly engine: Engine; readonly onWrite: (value: string | boolean) => void }): JSX.Element {
  const value = row[column.key] ?? '';
  if (column.kind === 'check') return <CheckInput label={column.label} value={value === true} onWrite={onWrite} />;
  if (column.kind === 'choice') return <ChoiceInput label={column.label} value={String(value)} choices={column.choices ?? []} onWrite={onWrite} />;
  return <TextInput label={column.label} value={String(value)} engine={engine} feel={column.feel} onWrite={onWrite} />;
}

const MODES: readonly { readonly value: DoneBy['mode']; readonly label: string }[] = [
  { value: 'groups', label: 'A unit, post or group' }, { value: 'person', label: 'One person' }, { value: 'people', label: 'One of several people' }, { value: 'starter', label: 'Whoever began the case' }, { value: 'rule', label: 'A rule (FEEL)' },
];

function DoneByView({ field, engine, apply }: Omit<ViewProps<DoneByField>, 'decisions'>): JSX.Element {
  const { value, label, lane, groups, people } = field;
  // A choice without its text says nothing yet: it is shown, and written with the text.
  const [mode, setMode] = useState(value.mode);
  useEffect(() => { setMode(value.mode); }, [value.mode, value.text]);
  const modes = [{ value: 'lane' as const, label: lane }, ...MODES, ...(value.mode === 'several' ? [{ value: 'several' as const, label: 'Several of these' }] : [])];
  const choose = (next: DoneBy['mode']): void => {
    setMode(next);
    if (next === 'lane' || next === 'starter') apply(field.write({ mode: next, text: '' }));
  };
  const text = mode === value.mode ? value.text : '';
  const write = (written: string): void => { apply(field.write({ mode, text: written })); };
  return (
    <Group label={label}>
      {modes.map((each) => (
        <label class="designer-check" key={each.value}>
          <input type="radio" name="done-by" checked={mode === each.value} onChange={() => { choose(each.value); }} />
          <span>{each.label}</span>
        </label>
      ))}
      {mode === 'groups' && <TextInput label="Groups, separated by commas" value={text} engine={engine} suggestions={groups} onWrite={write} />}
      {mode === 'person' && <TextInput label="Account" value={text} engine={engine} suggestions={people} onWrite={write} />}
      {mode === 'people' && <TextInput label="Accounts, separated by commas" value={text} engine={engine} suggestions={people} onWrite={write} />}
      {mode === 'rule' && <TextInput label="Rule" hint="Gives an account, for example =supervisor." value={text} engine={engine} feel="always" onWrite={(written) => { write(written.trim().startsWith('=') || written.trim() === '' ? written : `=${written}`); }} />}
    </Group>
  );
}
