/** The chosen decision: its table or expression to be worked on, anything else to be read. */
import type { JSX } from 'preact';
import { Icon } from '../icon.tsx';
import { TextInput } from '../panel/inputs.tsx';
import { Boxed, parametersOf } from './boxed-view.tsx';
import { beginLogic, setLiteral } from './file-edits.ts';
import type { NewLogic } from './file-edits.ts';
import { expressionIn, tableOf } from './model.ts';
import type { DecisionView, FileView, Named } from './model.ts';
import { About, Needs } from './needs-view.tsx';
import type { DecisionSession } from './session.ts';
import { attributeOf, bodyOf, childOf, childrenOf } from './source.ts';
import { DecisionTable } from './table-view.tsx';
import { isComplete } from './table-edits.ts';

export function DecisionPane({ session, view }: { readonly session: DecisionSession; readonly view: FileView }): JSX.Element {
  const id = session.selected.value;
  const decision = view.decisions.find((one) => one.id === id);
  if (decision !== undefined) return <Decision key={id} session={session} decision={decision} />;
  const knowledge = view.knowledge.find((one) => one.id === id);
  if (knowledge !== undefined) return <Knowledge key={id} about={knowledge} />;
  const service = view.services.find((one) => one.id === id);
  if (service !== undefined) return <Service key={id} view={view} about={service} />;
  return <div class="rules-pane"><p class="designer-note">This file holds no decision yet.</p></div>;
}

function Decision({ session, decision }: { readonly session: DecisionSession; readonly decision: DecisionView }): JSX.Element {
  return (
    <div class="rules-pane">
      <header class="rules-pane__head">
        <h2 class="rules-pane__name" id="decision-heading" tabIndex={-1}>{decision.name === '' ? decision.id : decision.name}</h2>
        {decision.question !== '' && <p class="rules-pane__question">{decision.question}</p>}
      </header>
      <Needs session={session} decision={decision} />
      <About session={session} decision={decision} />
      <Logic session={session} decision={decision} />
    </div>
  );
}

function Logic({ session, decision }: { readonly session: DecisionSession; readonly decision: DecisionView }): JSX.Element {
  const { logic, logicKind } = decision;
  const view = session.view.value!;
  const begin = (kind: NewLogic): void => { session.edit(beginLogic(view, decision, kind), kind === 'decisionTable' ? 'A table was begun' : 'An expression was begun'); };
  switch (logicKind) {
    case 'decisionTable':
      if (isComplete(tableOf(logic!))) return <DecisionTable session={session} decision={decision} />;
      return <><p class="rules-unknown">Some rules of this table have too few or too many cells; another tool must repair it.</p><Boxed element={logic} /></>;
    case 'literalExpression': return (
      <TextInput label="Expression (FEEL)" hint="What it gives, computed from what it needs." value={bodyOf(logic)} feel="always" lines={10} engine={{ expression: (text) => session.ask({ kind: 'literal' }, text, false) }}
        onWrite={(text) => { session.edit(setLiteral(view, logic!, text)); }} />
    );
    case 'boxed': return (
      <section class="boxed" aria-label="Logic">
        <p class="designer-note">This kind of expression is shown and carried out, but changed in another tool. It is kept as it is.</p>
        <Boxed element={logic} />
      </section>
    );
    case 'none': return (
      <p class="rules-after">
        <button type="button" class="designer-button" onClick={() => { begin('decisionTable'); }}><Icon name="add" />Begin a decision table</button>
        <button type="button" class="designer-button" onClick={() => { begin('literalExpression'); }}><Icon name="add" />Begin an expression</button>
      </p>
    );
  }
}

function Knowledge({ about }: { readonly about: Named }): JSX.Element {
  const logic = childOf(about.element, 'encapsulatedLogic');
  return (
    <div class="rules-pane">
      <header class="rules-pane__head"><h2 class="rules-pane__name">{about.name}</h2><p class="rules-pane__question">A function of {logic === undefined ? 'nothing' : parametersOf(logic)}. It is shown and carried out, but changed in another tool.</p></header>
      <section class="boxed" aria-label="Logic"><Boxed element={expressionIn(logic)} /></section>
    </div>
  );
}

const PARTS = { outputDecision: 'Gives', encapsulatedDecision: 'Decides inside', inputDecision: 'Is given', inputData: 'Asks' } as const;

function Service({ view, about }: { readonly view: FileView; readonly about: Named }): JSX.Element {
  const named = (part: keyof typeof PARTS): string[] => childrenOf(about.element, part).map((reference) => {
    const id = attributeOf(reference, 'href').replace(/^.*#/, '');
    return [...view.decisions, ...view.inputs].find((one) => one.id === id)?.name ?? id;
  });
  const parts = (Object.keys(PARTS) as (keyof typeof PARTS)[]).map((part) => [part, named(part)] as const).filter(([, names]) => names.length > 0);
  return (
    <div class="rules-pane">
      <header class="rules-pane__head"><h2 class="rules-pane__name">{about.name}</h2><p class="rules-pane__question">A decision service. It is shown and carried out, but changed in another tool.</p></header>
      <dl class="boxed-entries">{parts.map(([part, names]) => <div key={part}><dt>{PARTS[part]}</dt><dd>{names.join(', ')}</dd></div>)}</dl>
    </div>
  );
}
