/** The panel beside the drawing: the selected step in plain language, its problems, and what can be done with it in the drawing. */
import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import type { Diagram } from '../diagram/diagram.ts';
import { APPENDED, TASK_TYPES } from '../diagram/diagram.ts';
import type { Engine } from '../engine-client.ts';
import { Icon } from '../icon.tsx';
import { removeExtension } from '../model/edit.ts';
import type { Finding } from '../model/findings.ts';
import { ancestorOf, elementOf, idOf, textOf } from '../model/moddle.ts';
import type { ModdleElement } from '../model/moddle.ts';
import { nodesOf, storesIn } from '../model/references.ts';
import { FieldView } from './field-views.tsx';
import type { DecisionActs } from './field-views.tsx';
import type { Field, Section, Vocabulary } from './fields.ts';
import { titleOf } from './flow.ts';
import { ChoiceInput } from './inputs.tsx';
import { leftoverOf } from './leftovers.ts';
import { sectionsOf, typeWords } from './sections.ts';

export interface PanelProps {
  readonly diagram: Diagram;
  readonly engine: Engine;
  readonly vocabulary: Vocabulary;
  readonly decisions: DecisionActs;
  readonly findings: readonly Finding[];
}

export function Panel({ diagram, engine, vocabulary, decisions, findings }: PanelProps): JSX.Element {
  const element = diagram.subject();
  if (element === undefined) return <aside class="designer-panel" aria-label="Step"><p class="designer-note">This file holds no process.</p></aside>;
  const id = idOf(element);
  const sections = [...sectionsFor(diagram, element, vocabulary), ...ofPool(diagram, element, vocabulary)];
  const own = findings.filter(({ elementId }) => elementId === id);
  const fields = sections.flatMap((section) => section.fields);
  const unplaced = own.filter((finding) => !fields.some((field) => isAbout(finding, field)));
  return (
    <aside class="designer-panel" aria-labelledby="panel-heading" key={id}>
      <p class="designer-panel__type">{typeWords(element)}</p>
      <h2 id="panel-heading" class="designer-panel__heading">{titleOf(element)}</h2>
      {unplaced.length > 0 && <ul class="designer-panel__findings">{unplaced.map((finding) => <FindingItem key={finding.key} finding={finding} leftover={leftoverOf(element, finding)} onTake={(type) => { diagram.apply(removeExtension(element, type), element); }} />)}</ul>}
      {sections.map((section) => <SectionView key={section.key} section={section} findings={own} engine={engine} decisions={decisions} apply={(edit) => { diagram.apply(edit, element); }} />)}
      {(element.$instanceOf('bpmn:FlowNode') || element.$type === 'bpmn:DataStoreReference') && <InDrawing key={`${id}-drawing`} diagram={diagram} element={element} />}
      {(element.$type === 'bpmn:SequenceFlow' || element.$instanceOf('bpmn:DataAssociation')) && <p><button type="button" class="designer-button" onClick={() => { removeAndGoOn(diagram, id); }}><Icon name="remove" />Remove this {element.$type === 'bpmn:SequenceFlow' ? 'flow' : 'arrow'}</button></p>}
      <p class="designer-panel__id">Id: <code>{id}</code></p>
    </aside>
  );
}

/** What had the focus is gone with the element: in the outline it goes to the step before, on the drawing to the drawing. */
function removeAndGoOn(diagram: Diagram, id: string): void {
  const drawn = diagram.drawn(id);
  const before = (drawn?.source ?? drawn?.incoming?.[0]?.source)?.id;
  diagram.remove(id);
  if (document.querySelector('[role=tree]') === null) { diagram.focus(); return; }
  diagram.select(before);
  requestAnimationFrame(() => { document.querySelector<HTMLElement>('[role=treeitem][tabindex="0"]')?.focus(); });
}

/** To the name of the step in the panel, when its rendering is done. */
export function focusName(): void {
  requestAnimationFrame(() => {
    const name = document.querySelector<HTMLInputElement>('.designer-panel input[name="name"]');
    name?.focus();
    name?.select();
  });
}

function sectionsFor(diagram: Diagram, element: ModdleElement, vocabulary: Vocabulary): Section[] {
  const subject = { element, moddle: diagram.moddle, vocabulary };
  return sectionsOf(subject, (name) => {
    diagram.rename(element, name.trim());
    return [];
  });
}

/** A pool shows the procedure in it as well. */
function ofPool(diagram: Diagram, element: ModdleElement, vocabulary: Vocabulary): Section[] {
  const process = element.$type === 'bpmn:Participant' ? elementOf(element, 'processRef') : undefined;
  if (process === undefined) return [];
  return sectionsFor(diagram, process, vocabulary).map((section) => ({ ...section, key: `process-${section.key}`, title: section.key === 'step' ? 'Procedure in this pool' : section.title, fields: section.fields.map((field) => ({ ...field, key: `process-${field.key}` })) }));
}

/** A finding; what stands there without a meaning can be taken out. */
function FindingItem({ finding, leftover, onTake }: { readonly finding: Finding; readonly leftover: string | undefined; readonly onTake: (type: string) => void }): JSX.Element {
  return (
    <li class={`designer-panel__finding designer-panel__finding--${finding.severity}`}>
      <Icon name={finding.severity} />
      <span>{finding.message}. <span class="designer-hint">{finding.hint}</span>
        {leftover !== undefined && <button type="button" class="designer-button" onClick={() => { onTake(leftover); }}><Icon name="remove" />Take {leftover.replace(/:./, (start) => start.toLowerCase())} out</button>}
      </span>
    </li>
  );
}

function isAbout({ code }: Finding, field: Field): boolean {
  return 'codes' in field && field.codes.includes(code);
}

type SectionProps = Omit<Parameters<typeof FieldView>[0], 'field' | 'faults'> & { readonly section: Section; readonly findings: readonly Finding[] };

/** A folded section opens when something in it is wrong. */
function SectionView({ section, findings, ...shared }: SectionProps): JSX.Element {
  const wrong = section.fields.some((field) => findings.some((finding) => isAbout(finding, field)));
  const [open, setOpen] = useState(section.closed !== true);
  useEffect(() => { if (wrong) setOpen(true); }, [wrong]);
  return (
    <details class="designer-section" open={open} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>{section.title}</summary>
      <div class="designer-section__fields">{section.fields.map((field) => <FieldView key={field.key} field={field} faults={findings.filter((finding) => isAbout(finding, field))} {...shared} />)}</div>
    </details>
  );
}

/** What is otherwise done with the mouse: append, connect, change the kind, remove. */
function InDrawing({ diagram, element }: { readonly diagram: Diagram; readonly element: ModdleElement }): JSX.Element {
  const id = idOf(element);
  const [kind, setKind] = useState<string>(APPENDED[0].value);
  const process = ancestorOf(element, 'bpmn:Process') ?? element;
  const others = [...nodesOf(process), ...storesIn(process)].filter((node) => node !== element && diagram.mayConnect(id, idOf(node)));
  const [goal, setGoal] = useState('');
  const [open, setOpen] = useState(false);
  const leads = element.$type !== 'bpmn:EndEvent' || others.length > 0;
  const appends = element.$type !== 'bpmn:EndEvent' && element.$type !== 'bpmn:DataStoreReference';
  const isTask = TASK_TYPES.some(({ value }) => value === element.$type);
  return (
    <details class="designer-section" open={open} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>In the drawing</summary>
      <div class="designer-section__fields">
        {isTask && <ChoiceInput label="Kind of step" value={element.$type} choices={TASK_TYPES} onWrite={(type) => { diagram.morph(id, type); focusName(); }} />}
        {appends && <div class="designer-act"><ChoiceInput label="Add after it" value={kind} choices={APPENDED} onWrite={setKind} /><button type="button" class="designer-button" onClick={() => { diagram.append(id, kind); focusName(); }}><Icon name="add" />Add</button></div>}
        {leads && others.length > 0 && (
          <div class="designer-act">
            <ChoiceInput label="Lead on to" value={goal} choices={[{ value: '', label: 'Choose a step' }, ...others.map((node) => ({ value: idOf(node), label: `${textOf(node, 'name') || `${typeWords(node)} ${idOf(node)}`}${node.$type === 'bpmn:DataStoreReference' ? ' (data store)' : ''}` }))]} onWrite={setGoal} />
            <button type="button" class="designer-button" disabled={goal === ''} onClick={() => { diagram.connect(id, goal); setGoal(''); }}>Connect</button>
          </div>
        )}
        <p><button type="button" class="designer-button" onClick={() => { removeAndGoOn(diagram, id); }}><Icon name="remove" />Remove this {element.$type === 'bpmn:DataStoreReference' ? 'data store' : 'step'}</button></p>
      </div>
    </details>
  );
}
