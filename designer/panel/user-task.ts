/** The sections of a user task, or of a manual task that somebody confirms: who does it, on which form, how it may end, by when, and what is signed and handed in. */
import type { Edit } from '../model/edit.ts';
import { removeExtension, setExtension, setList } from '../model/edit.ts';
import { ancestorOf, extensionOf, idOf, listOf, textOf } from '../model/moddle.ts';
import type { ModdleElement } from '../model/moddle.ts';
import { laneOf, nodesOf, propertyOf } from '../model/references.ts';
import { formBindingFields } from './binding.ts';
import { deadlineSection } from './deadline.ts';
import { choicesOf } from './fields.ts';
import type { ChoiceField, DoneBy, Field, Row, Section, Subject } from './fields.ts';

const OUTCOMES = { type: 'gov:Outcomes', list: 'values', entry: 'gov:Outcome' };
const ATTACHMENTS = { type: 'gov:Attachments', list: 'values', entry: 'gov:Attachment' };
const KINDS = [{ value: 'forward', label: 'Goes on' }, { value: 'approve', label: 'Approves' }, { value: 'return', label: 'Returns' }, { value: 'refuse', label: 'Refuses' }];
const LEVELS = [{ value: '', label: 'Nothing is signed' }, { value: 'S2', label: 'Signed by the officer' }, { value: 'S3', label: 'Signed by the officer, sealed by the agency' }];

export function userTaskSections(subject: Subject): Section[] {
  return [
    { key: 'people', title: 'People', fields: [...peopleFields(subject), ...separationFields(subject)] },
    { key: 'form', title: 'Form', fields: formFields(subject) },
    { key: 'decision', title: 'Decision', fields: [outcomesField(subject)] },
    deadlineSection(subject),
    { key: 'documents', title: subject.element.$type === 'bpmn:UserTask' ? 'Signature and attachments' : 'Attachments', closed: !hasPapers(subject), fields: [...signatureFields(subject), attachmentsField(subject)] },
  ];
}

/** What means something only where somebody confirms. */
const FOR_PEOPLE = ['zeebe:UserTask', 'zeebe:AssignmentDefinition', 'zeebe:FormDefinition', 'zeebe:TaskSchedule', 'zeebe:PriorityDefinition', 'zeebe:TaskListeners', 'gov:Sla', 'gov:Outcomes', 'gov:Separation', 'gov:Attachments'];

/** A manual task is only told, or confirmed; then it is a task of somebody. */
export function manualTaskSections(subject: Subject): Section[] {
  const { element, moddle } = subject;
  const confirmed = isForPeople(element);
  const field: Field = {
    kind: 'check', key: 'confirmed', label: 'Somebody confirms that it is done', hint: 'Without it the case goes on at once.', value: confirmed,
    write: (value) => (value ? setExtension(moddle, element, 'zeebe:UserTask', {}, true) : removeExtension(element, ...FOR_PEOPLE)),
  };
  return [{ key: 'manual', title: 'By hand', fields: [field] }, ...(confirmed ? userTaskSections(subject) : [])];
}

/** A task that waits for a person. */
export function isForPeople(element: ModdleElement): boolean {
  return element.$type === 'bpmn:UserTask' || (element.$type === 'bpmn:ManualTask' && extensionOf(element, 'zeebe:UserTask') !== undefined);
}

function hasPapers({ element }: Subject): boolean {
  return extensionOf(element, 'gov:Signature') !== undefined || extensionOf(element, 'gov:Attachments') !== undefined;
}

function peopleFields({ element, moddle, vocabulary }: Subject): Field[] {
  const lane = laneOf(element);
  const assignment = extensionOf(element, 'zeebe:AssignmentDefinition');
  const doneBy = doneByOf(textOf(assignment, 'assignee'), textOf(assignment, 'candidateGroups'), textOf(assignment, 'candidateUsers'));
  const several: Field[] = doneBy.mode !== 'several' ? [] : (['assignee', 'candidateGroups', 'candidateUsers'] as const).map((name) => ({
    kind: 'text', key: name, label: { assignee: 'Person', candidateGroups: 'Groups', candidateUsers: 'People it is offered to' }[name], value: textOf(assignment, name), feel: 'maybe',
    write: (value: string) => setExtension(moddle, element, 'zeebe:AssignmentDefinition', { [name]: value.trim() }),
  }));
  const groupOfLane = lane === undefined ? '' : propertyOf(lane, 'group');
  return [
    {
      kind: 'done-by', key: 'done-by', label: 'Done by', value: doneBy,
      lane: lane === undefined ? 'Anybody: it stands in no lane' : `The lane: ${textOf(lane, 'name') || idOf(lane)}${groupOfLane === '' ? '' : ` (${groupOfLane})`}`,
      groups: choicesOf(vocabulary.groups), people: choicesOf(vocabulary.people),
      write: (value) => setAssignment({ element, moddle }, value),
    },
    ...several,
  ];
}

/** Separation of duties (gov:separation). */
function separationFields({ element, moddle }: Subject): Field[] {
  const separation = extensionOf(element, 'gov:Separation');
  const chosen = textOf(separation, 'notSameAs').split(/[,\s]+/).filter((id) => id !== '');
  const choices = nodesOf(ancestorOf(element, 'bpmn:Process') ?? element).filter((node) => node !== element && isDoneBySomebody(node)).map((node) => ({ value: idOf(node), label: doneWords(node) }));
  const unknown = chosen.filter((id) => !choices.some(({ value }) => value === id)).map((id) => ({ value: id, label: `${id} (not in this procedure)` }));
  return [
    {
      kind: 'many', key: 'separation', label: 'Not the same person as', hint: 'Separation of duties: whoever did one of these cannot do this one. Of a sub-process or a called procedure: whoever did a task in it.',
      value: chosen, choices: [...choices, ...unknown], empty: 'There is nothing else in this procedure that somebody does.', codes: ['BPMN_SEPARATION_UNKNOWN'],
      write: (ids) => setExtension(moddle, element, 'gov:Separation', { notSameAs: ids.join(', ') }),
    },
    {
      kind: 'check', key: 'four-eyes', label: 'Nobody who did any other task of the case', hint: 'The principle of four eyes.', value: separation?.get('fourEyes') === true,
      write: (value) => setExtension(moddle, element, 'gov:Separation', { fourEyes: value }),
    },
  ];
}

function isDoneBySomebody(node: ModdleElement): boolean {
  return isForPeople(node) || node.$instanceOf('bpmn:SubProcess') || node.$type === 'bpmn:CallActivity' || (node.$type === 'bpmn:StartEvent' && node.$parent?.$type === 'bpmn:Process');
}

function doneWords(node: ModdleElement): string {
  const name = textOf(node, 'name') || idOf(node);
  if (node.$type === 'bpmn:StartEvent') return `Whoever began the case (${name})`;
  return node.$type === 'bpmn:CallActivity' ? `Called procedure: ${name}` : node.$instanceOf('bpmn:SubProcess') ? `Sub-process: ${name}` : name;
}

function doneByOf(assignee: string, groups: string, users: string): DoneBy {
  if ([assignee, groups, users].filter((text) => text !== '').length > 1) return { mode: 'several', text: '' };
  if (users !== '') return users.startsWith('=') ? { mode: 'several', text: '' } : { mode: 'people', text: users };
  if (groups !== '') return groups.startsWith('=') ? { mode: 'several', text: '' } : { mode: 'groups', text: groups };
  if (assignee === '') return { mode: 'lane', text: '' };
  if (/^=\s*initiator\s*$/.test(assignee)) return { mode: 'starter', text: '' };
  return assignee.startsWith('=') ? { mode: 'rule', text: assignee } : { mode: 'person', text: assignee };
}

function setAssignment({ element, moddle }: Pick<Subject, 'element' | 'moddle'>, { mode, text }: DoneBy): Edit {
  if (mode === 'several') return [];
  const assignee = mode === 'starter' ? '=initiator' : mode === 'person' || mode === 'rule' ? text.trim() : '';
  return setExtension(moddle, element, 'zeebe:AssignmentDefinition', { assignee, candidateGroups: mode === 'groups' ? text.trim() : '', candidateUsers: mode === 'people' ? text.trim() : '' });
}

/** Of a user task or the start of a procedure. */
export function formFields({ element, moddle, vocabulary }: Subject): Field[] {
  const definition = extensionOf(element, 'zeebe:FormDefinition');
  const formId = textOf(definition, 'formId') || textOf(definition, 'externalReference') || textOf(definition, 'formKey');
  const form = vocabulary.forms.find(({ id }) => id === formId);
  const known = vocabulary.forms.map(({ id }) => ({ value: id, label: id }));
  const missing = formId !== '' && form === undefined ? [{ value: formId, label: `${formId} (not in this procedure)` }] : [];
  const choice: ChoiceField = {
    kind: 'choice', key: 'form', label: 'Form', value: formId, codes: ['BPMN_FORM_MISSING'], choices: [{ value: '', label: 'No form' }, ...known, ...missing],
    hint: vocabulary.forms.length === 0 ? 'No forms are deployed with this procedure yet.' : 'The forms that are deployed with this procedure.',
    write: (value) => (value === '' ? removeExtension(element, 'zeebe:FormDefinition') : setExtension(moddle, element, 'zeebe:FormDefinition', { formId: value, externalReference: '', formKey: '' })),
  };
  const binding = formBindingFields({ element, moddle });
  if (form === undefined) return [choice, ...binding];
  const fields = form.fields.map(({ key, label }) => (label === '' ? key : `${key} (${label})`)).join(', ');
  return [choice, { kind: 'note', key: 'fields', text: fields === '' ? 'This form has no fields.' : `It fills: ${fields}` }, ...binding];
}

function outcomesField({ element, moddle }: Subject): Field {
  const rows = listOf(extensionOf(element, 'gov:Outcomes'), 'values').map((outcome): Row => ({
    label: textOf(outcome, 'label'), value: textOf(outcome, 'value'), kind: textOf(outcome, 'kind') || 'forward',
    requiresComment: outcome.get('requiresComment') === true, requiresSignature: outcome.get('requiresSignature') === true,
  }));
  return {
    kind: 'rows', key: 'outcomes', label: 'Outcomes', one: 'outcome', rows, codes: ['BPMN_OUTCOME_INCOMPLETE', 'BPMN_OUTCOME_TWICE', 'BPMN_OUTCOME_KIND'],
    hint: 'The buttons an officer chooses from. The value is what conditions compare; without outcomes the task is simply completed.',
    columns: [
      { key: 'label', label: 'On the button', kind: 'text' }, { key: 'value', label: 'Value', kind: 'text' }, { key: 'kind', label: 'It', kind: 'choice', choices: KINDS },
      { key: 'requiresComment', label: 'Needs a reason', kind: 'check' }, { key: 'requiresSignature', label: 'Is signed', kind: 'check' },
    ],
    fresh: { label: '', value: '', kind: 'forward', requiresComment: false, requiresSignature: false },
    write: (written) => setList(moddle, element, OUTCOMES, written),
  };
}

function signatureFields({ element, moddle }: Subject): Field[] {
  if (element.$type !== 'bpmn:UserTask') return [];
  const signature = extensionOf(element, 'gov:Signature');
  const level = signature === undefined ? '' : textOf(signature, 'level') || 'S2';
  const set = (name: string) => (value: string): Edit => setExtension(moddle, element, 'gov:Signature', { [name]: value.trim() });
  const choice: ChoiceField = {
    kind: 'choice', key: 'level', label: 'Signature', value: level, choices: LEVELS,
    write: (value) => (value === '' ? removeExtension(element, 'gov:Signature') : setExtension(moddle, element, 'gov:Signature', { level: value })),
  };
  if (signature === undefined) return [choice];
  return [
    choice,
    { kind: 'text', key: 'signed', label: 'Document to sign', codes: ['BPMN_SIGNATURE_INCOMPLETE'], hint: 'The variable an earlier step put the document into.', value: textOf(signature, 'document'), suggestions: documentsBefore(element), write: set('document') },
    { kind: 'text', key: 'reason', label: 'Reason written into the signature', value: textOf(signature, 'reason'), write: set('reason') },
  ];
}

/** The documents that steps of the procedure make. */
function documentsBefore(element: Subject['element']): { readonly value: string; readonly label: string }[] {
  const outputs = nodesOf(ancestorOf(element, 'bpmn:Process') ?? element).map((node) => textOf(extensionOf(node, 'gov:Document'), 'output')).filter((name) => name !== '');
  return [...new Set(outputs)].map((name) => ({ value: name, label: name }));
}

/** Of a user task or the start of a procedure. */
export function attachmentsField({ element, moddle }: Subject): Field {
  const rows = listOf(extensionOf(element, 'gov:Attachments'), 'values').map((attachment): Row => ({
    kind: textOf(attachment, 'kind'), accept: textOf(attachment, 'accept'), maxSize: textOf(attachment, 'maxSize'), required: attachment.get('required') === true,
  }));
  return {
    kind: 'rows', key: 'attachments', label: 'Attachments', one: 'attachment', rows, codes: ['BPMN_ATTACHMENT_KIND', 'BPMN_ATTACHMENT_SIZE'], hint: 'Files that are handed in with the form.',
    columns: [
      { key: 'kind', label: 'What it is', kind: 'text' }, { key: 'accept', label: 'Kinds of files', kind: 'text' }, { key: 'maxSize', label: 'Largest size', kind: 'text' }, { key: 'required', label: 'Required', kind: 'check' },
    ],
    fresh: { kind: '', accept: '.pdf', maxSize: '20MB', required: false },
    write: (written) => setList(moddle, element, ATTACHMENTS, written),
  };
}
