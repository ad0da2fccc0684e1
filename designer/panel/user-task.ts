/** The sections of a user task: who does it, on which form, how it may end, by when, and what is signed and handed in. */
import type { Edit } from '../model/edit.ts';
import { removeExtension, setExtension, setList } from '../model/edit.ts';
import { ancestorOf, extensionOf, idOf, listOf, textOf } from '../model/moddle.ts';
import { laneOf, nodesOf, propertyOf } from '../model/references.ts';
import { choicesOf } from './fields.ts';
import type { ChoiceField, DoneBy, Field, Row, Section, Subject } from './fields.ts';

const OUTCOMES = { type: 'gov:Outcomes', list: 'values', entry: 'gov:Outcome' };
const ATTACHMENTS = { type: 'gov:Attachments', list: 'values', entry: 'gov:Attachment' };
const KINDS = [{ value: 'forward', label: 'Goes on' }, { value: 'approve', label: 'Approves' }, { value: 'return', label: 'Returns' }, { value: 'refuse', label: 'Refuses' }];
const LEVELS = [{ value: '', label: 'Nothing is signed' }, { value: 'S2', label: 'Signed by the officer' }, { value: 'S3', label: 'Signed by the officer, sealed by the agency' }];

export function userTaskSections(subject: Subject): Section[] {
  return [
    { key: 'people', title: 'People', fields: peopleFields(subject) },
    { key: 'form', title: 'Form', fields: formFields(subject) },
    { key: 'decision', title: 'Decision', fields: [outcomesField(subject)] },
    { key: 'deadline', title: 'Deadline', fields: deadlineFields(subject) },
    { key: 'documents', title: 'Signature and attachments', closed: !hasPapers(subject), fields: [...signatureFields(subject), attachmentsField(subject)] },
  ];
}

function hasPapers({ element }: Subject): boolean {
  return extensionOf(element, 'gov:Signature') !== undefined || extensionOf(element, 'gov:Attachments') !== undefined;
}

function peopleFields({ element, moddle, vocabulary }: Subject): Field[] {
  const lane = laneOf(element);
  const others = nodesOf(ancestorOf(element, 'bpmn:Process') ?? element).filter((node) => node.$type === 'bpmn:UserTask' && node !== element);
  const assignment = extensionOf(element, 'zeebe:AssignmentDefinition');
  const doneBy = doneByOf(textOf(assignment, 'assignee'), textOf(assignment, 'candidateGroups'), textOf(assignment, 'candidateUsers'));
  const several: Field[] = doneBy.mode !== 'several' ? [] : (['assignee', 'candidateGroups', 'candidateUsers'] as const).map((name) => ({
    kind: 'text', key: name, label: { assignee: 'Person', candidateGroups: 'Groups', candidateUsers: 'People it is offered to' }[name], value: textOf(assignment, name), feel: 'maybe',
    write: (value: string) => setExtension(moddle, element, 'zeebe:AssignmentDefinition', { [name]: value.trim() }),
  }));
  const groupOfLane = lane === undefined ? '' : propertyOf(lane, 'group');
  const separation = textOf(extensionOf(element, 'gov:Separation'), 'notSameAs').split(',').map((id) => id.trim()).filter((id) => id !== '');
  return [
    {
      kind: 'done-by', key: 'done-by', label: 'Done by', value: doneBy,
      lane: lane === undefined ? 'Anybody: it stands in no lane' : `The lane: ${textOf(lane, 'name') || idOf(lane)}${groupOfLane === '' ? '' : ` (${groupOfLane})`}`,
      groups: choicesOf(vocabulary.groups), people: choicesOf(vocabulary.people),
      write: (value) => setAssignment({ element, moddle }, value),
    },
    ...several,
    {
      kind: 'many', key: 'separation', label: 'Not the same person as', hint: 'Separation of duties: whoever did one of these tasks cannot do this one.',
      value: separation, choices: others.map((node) => ({ value: idOf(node), label: textOf(node, 'name') || idOf(node) })), empty: 'There is no other task in this procedure.',
      write: (ids) => setExtension(moddle, element, 'gov:Separation', { notSameAs: ids.join(', ') }),
    },
  ];
}

function doneByOf(assignee: string, groups: string, users: string): DoneBy {
  if ([assignee, groups, users].filter((text) => text !== '').length > 1 || users !== '') return { mode: 'several', text: '' };
  if (groups !== '') return groups.startsWith('=') ? { mode: 'several', text: '' } : { mode: 'groups', text: groups };
  if (assignee === '') return { mode: 'lane', text: '' };
  if (/^=\s*initiator\s*$/.test(assignee)) return { mode: 'starter', text: '' };
  return assignee.startsWith('=') ? { mode: 'rule', text: assignee } : { mode: 'person', text: assignee };
}

function setAssignment({ element, moddle }: Pick<Subject, 'element' | 'moddle'>, { mode, text }: DoneBy): Edit {
  if (mode === 'several') return [];
  const assignee = mode === 'starter' ? '=initiator' : mode === 'person' || mode === 'rule' ? text.trim() : '';
  return setExtension(moddle, element, 'zeebe:AssignmentDefinition', { assignee, candidateGroups: mode === 'groups' ? text.trim() : '', candidateUsers: '' });
}

/** Of a user task or the start of a procedure. */
export function formFields({ element, moddle, vocabulary }: Subject): Field[] {
  const definition = extensionOf(element, 'zeebe:FormDefinition');
  const formId = textOf(definition, 'formId') || textOf(definition, 'externalReference') || textOf(definition, 'formKey');
  const form = vocabulary.forms.find(({ id }) => id === formId);
  const known = vocabulary.forms.map(({ id }) => ({ value: id, label: id }));
  const missing = formId !== '' && form === undefined ? [{ value: formId, label: `${formId} (not in this procedure)` }] : [];
  const choice: ChoiceField = {
    kind: 'choice', key: 'form', label: 'Form', value: formId, choices: [{ value: '', label: 'No form' }, ...known, ...missing],
    hint: vocabulary.forms.length === 0 ? 'No forms are deployed with this procedure yet.' : 'The forms that are deployed with this procedure.',
    write: (value) => (value === '' ? removeExtension(element, 'zeebe:FormDefinition') : setExtension(moddle, element, 'zeebe:FormDefinition', { formId: value, externalReference: '', formKey: '' })),
  };
  if (form === undefined) return [choice];
  const fields = form.fields.map(({ key, label }) => (label === '' ? key : `${key} (${label})`)).join(', ');
  return [choice, { kind: 'note', key: 'fields', text: fields === '' ? 'This form has no fields.' : `It fills: ${fields}` }];
}

function outcomesField({ element, moddle }: Subject): Field {
  const rows = listOf(extensionOf(element, 'gov:Outcomes'), 'values').map((outcome): Row => ({
    label: textOf(outcome, 'label'), value: textOf(outcome, 'value'), kind: textOf(outcome, 'kind') || 'forward',
    requiresComment: outcome.get('requiresComment') === true, requiresSignature: outcome.get('requiresSignature') === true,
  }));
  return {
    kind: 'rows', key: 'outcomes', label: 'Outcomes', one: 'outcome', rows,
    hint: 'The buttons an officer chooses from. The value is what conditions compare; without outcomes the task is simply completed.',
    columns: [
      { key: 'label', label: 'On the button', kind: 'text' }, { key: 'value', label: 'Value', kind: 'text' }, { key: 'kind', label: 'It', kind: 'choice', choices: KINDS },
      { key: 'requiresComment', label: 'Needs a reason', kind: 'check' }, { key: 'requiresSignature', label: 'Is signed', kind: 'check' },
    ],
    fresh: { label: '', value: '', kind: 'forward', requiresComment: false, requiresSignature: false },
    write: (written) => setList(moddle, element, OUTCOMES, written),
  };
}

function deadlineFields({ element, moddle, vocabulary }: Subject): Field[] {
  const sla = extensionOf(element, 'gov:Sla');
  const calendar = textOf(sla, 'calendar');
  const calendars = [...new Set([...vocabulary.calendars, ...(calendar === '' ? [] : [calendar])])];
  return [
    {
      kind: 'duration', key: 'due', label: 'Due in', value: textOf(sla, 'due'),
      write: (due) => (due === '' ? removeExtension(element, 'gov:Sla') : setExtension(moddle, element, 'gov:Sla', { due })),
    },
    ...(sla === undefined ? [] : [{
      kind: 'choice', key: 'calendar', label: 'Working days of', value: calendar, choices: [{ value: '', label: 'The usual calendar' }, ...calendars.map((id) => ({ value: id, label: id }))],
      write: (value) => setExtension(moddle, element, 'gov:Sla', { calendar: value }),
    } satisfies ChoiceField]),
    {
      kind: 'text', key: 'priority', label: 'Priority', value: textOf(extensionOf(element, 'zeebe:PriorityDefinition'), 'priority'), feel: 'maybe',
      hint: '0 to 100; 50 when nothing is said. A value that begins with = is computed.',
      write: (priority) => setExtension(moddle, element, 'zeebe:PriorityDefinition', { priority: priority.trim() }),
    },
  ];
}

function signatureFields({ element, moddle }: Subject): Field[] {
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
    { kind: 'text', key: 'signed', label: 'Document to sign', hint: 'The variable an earlier step put the document into.', value: textOf(signature, 'document'), suggestions: documentsBefore(element), write: set('document') },
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
    kind: 'rows', key: 'attachments', label: 'Attachments', one: 'attachment', rows, hint: 'Files that are handed in with the form.',
    columns: [
      { key: 'kind', label: 'What it is', kind: 'text' }, { key: 'accept', label: 'Kinds of files', kind: 'text' }, { key: 'maxSize', label: 'Largest size', kind: 'text' }, { key: 'required', label: 'Required', kind: 'check' },
    ],
    fresh: { kind: '', accept: '.pdf', maxSize: '20MB', required: false },
    write: (written) => setList(moddle, element, ATTACHMENTS, written),
  };
}
