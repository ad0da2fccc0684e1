/** What a decision file holds: its decisions, each over those it requires, then functions and services; and a new decision. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Icon } from '../icon.tsx';
import { ChoiceInput, TextInput } from '../panel/inputs.tsx';
import { Dialog, enteredIn } from './column-dialog.tsx';
import { addDecision } from './file-edits.ts';
import type { NewLogic } from './file-edits.ts';
import type { DecisionFinding } from './findings.ts';
import { tableOf } from './model.ts';
import type { DecisionView, FileView, Named } from './model.ts';
import type { DecisionSession } from './session.ts';

export function FileContents({ session, view }: { readonly session: DecisionSession; readonly view: FileView }): JSX.Element {
  const [adding, setAdding] = useState(false);
  const required = new Set(view.decisions.flatMap(({ needs }) => needs.map(({ id }) => id)));
  const tops = view.decisions.filter(({ id }) => !required.has(id));
  const findings = session.findings.value;
  return (
    <nav class="rules-file" aria-labelledby="file-heading">
      <h2 id="file-heading" class="rules-file__heading">Decisions</h2>
      <ul class="rules-tree">{(tops.length > 0 ? tops : view.decisions).map((decision) => <Entry key={decision.id} {...{ session, view, decision, findings }} above={[]} />)}</ul>
      <p class="rules-after"><button type="button" class="designer-button" aria-haspopup="dialog" onClick={() => { setAdding(true); }}><Icon name="add" />New decision</button></p>
      <Others session={session} heading="Functions" those={view.knowledge} />
      <Others session={session} heading="Decision services" those={view.services} />
      {adding && <NewDecision session={session} onClose={() => { setAdding(false); }} />}
    </nav>
  );
}

interface EntryProps {
  readonly session: DecisionSession;
  readonly view: FileView;
  readonly decision: DecisionView;
  readonly findings: readonly DecisionFinding[];
  /** Ids of what requires it: a circle ends here. */
  readonly above: readonly string[];
}

function Entry({ session, view, decision, findings, above }: EntryProps): JSX.Element {
  const { id, name, needs } = decision;
  const inner = needs.flatMap((need) => (need.kind === 'decision' && !above.includes(need.id) && need.id !== id ? view.decisions.filter((other) => other.id === need.id) : []));
  const inputs = needs.flatMap(({ kind, target }) => (kind === 'input' && target !== undefined ? [target.name] : []));
  const own = findings.filter((finding) => finding.decision === id);
  const worst = own.some(({ severity }) => severity === 'error') ? 'error' : own.length > 0 ? 'warning' : undefined;
  return (
    <li>
      <button type="button" class="rules-entry" aria-current={session.selected.value === id ? 'true' : undefined} onClick={() => { session.select(id); }}>
        <span class="rules-entry__name">{worst !== undefined && <Icon name={worst} />}{name === '' ? id : name}{worst !== undefined && <span class="govuk-visually-hidden">, {worst === 'error' ? 'with errors' : 'with warnings'}</span>}</span>
        <span class="rules-entry__about">{kindWords(decision)}{inputs.length > 0 && `, asks ${inputs.join(', ')}`}</span>
      </button>
      {inner.length > 0 && <ul class="rules-tree rules-tree--inner" aria-label={`${name} requires`}>{inner.map((other) => <Entry key={other.id} {...{ session, view, findings }} decision={other} above={[...above, id]} />)}</ul>}
    </li>
  );
}

function kindWords({ logicKind, logic }: DecisionView): string {
  switch (logicKind) {
    case 'decisionTable': {
      const { rules } = tableOf(logic!);
      return rules.length === 0 ? 'Table without rules' : rules.length === 1 ? 'Table of 1 rule' : `Table of ${String(rules.length)} rules`;
    }
    case 'literalExpression': return 'Expression';
    case 'boxed': return 'Boxed expression';
    case 'none': return 'Empty';
  }
}

function Others({ session, heading, those }: { readonly session: DecisionSession; readonly heading: string; readonly those: readonly Named[] }): JSX.Element | null {
  if (those.length === 0) return null;
  return (
    <>
      <h3 class="rules-file__heading">{heading}</h3>
      <ul class="rules-tree">{those.map(({ id, name }) => <li key={id}><button type="button" class="rules-entry" aria-current={session.selected.value === id ? 'true' : undefined} onClick={() => { session.select(id); }}><span class="rules-entry__name">{name}</span></button></li>)}</ul>
    </>
  );
}

const KINDS: readonly { readonly value: NewLogic; readonly label: string }[] = [{ value: 'decisionTable', label: 'Decision table' }, { value: 'literalExpression', label: 'Expression' }];

function NewDecision({ session, onClose }: { readonly session: DecisionSession; readonly onClose: () => void }): JSX.Element {
  const [kind, setKind] = useState<NewLogic>('decisionTable');
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = enteredIn(event, 'new-decision');
    const view = session.view.value;
    if (name === '' || view === undefined) return;
    const { id, patches } = addDecision(view, name, kind);
    session.edit(patches, `${name} was added`);
    session.select(id);
    onClose();
  };
  return (
    <Dialog title="New decision in this file" onClose={onClose}>
      <form onSubmit={add}>
        <div class="rules-dialog__fields">
          <TextInput name="new-decision" label="Name" hint="What is decided, for example “Fee of the licence”." value="" engine={{ expression: () => Promise.resolve(undefined) }} onWrite={() => undefined} />
          <ChoiceInput label="How it decides" value={kind} choices={KINDS} onWrite={(value) => { setKind(value === 'literalExpression' ? value : 'decisionTable'); }} />
        </div>
        <div class="designer-dialog__acts"><button type="submit" class="designer-button designer-button--primary">Add</button><button type="button" class="designer-button" onClick={onClose}>Cancel</button></div>
      </form>
    </Dialog>
  );
}
