/** The deadline of a user task (gov:sla, zeebe:taskSchedule): by when, who is told, what happens when it passes, and how urgent it is. */
import { removeExtension, setExtension } from '../model/edit.ts';
import { extensionOf, textOf } from '../model/moddle.ts';
import { choicesOf } from './fields.ts';
import type { Field, Section, Subject } from './fields.ts';

const BREACHES = [
  { value: '', label: 'It is shown as overdue' }, { value: 'notify', label: 'People are told' }, { value: 'escalate', label: 'It escalates' },
  { value: 'reassign', label: 'It is offered to others instead' }, { value: 'deem', label: 'It counts as done' },
];
const BREACH_HINTS: Readonly<Record<string, string>> = {
  notify: 'Those who have the task are told, and those named here.',
  escalate: 'The escalation SLA_BREACHED is thrown. A boundary event or an event sub-process can catch it; when none does, those named here are told.',
  reassign: 'Whoever held it does so no longer.',
  deem: 'It ends with its first outcome that approves, else with its first outcome. One that must be signed cannot be deemed.',
};
const OTHERS: Readonly<Record<string, string>> = { notify: 'Told besides', escalate: 'Told when nothing catches it', reassign: 'Offered to' };
const OTHERS_HINTS: Readonly<Record<string, string>> = {
  reassign: 'Groups, separated by commas; a value that begins with = is computed.',
};

export function deadlineSection(subject: Subject): Section {
  return { key: 'deadline', title: 'Deadline', fields: [...slaFields(subject), ...scheduleFields(subject)] };
}

function slaFields({ element, moddle, vocabulary }: Subject): Field[] {
  const sla = extensionOf(element, 'gov:Sla');
  const due: Field = {
    kind: 'duration', key: 'due', label: 'Due in', value: textOf(sla, 'due'), codes: ['BPMN_SLA_INVALID'],
    write: (text) => (text === '' ? removeExtension(element, 'gov:Sla') : setExtension(moddle, element, 'gov:Sla', { due: text })),
  };
  if (sla === undefined) return [due];
  const calendar = textOf(sla, 'calendar');
  const onBreach = textOf(sla, 'onBreach');
  const calendars = [...new Set([...vocabulary.calendars, ...(calendar === '' ? [] : [calendar])])];
  const others = OTHERS[onBreach];
  const escalateTo = textOf(sla, 'escalateTo');
  const namesNobody = onBreach === 'reassign' && escalateTo === '';
  return [
    due,
    {
      kind: 'choice', key: 'calendar', label: 'Working days of', value: calendar, choices: [{ value: '', label: 'The usual calendar' }, ...calendars.map((id) => ({ value: id, label: id }))],
      write: (value) => setExtension(moddle, element, 'gov:Sla', { calendar: value }),
    },
    {
      kind: 'duration', key: 'warn', label: 'Told beforehand', hint: 'How long before the deadline those who have the task are told.', value: textOf(sla, 'warnAt'),
      write: (warnAt) => setExtension(moddle, element, 'gov:Sla', { warnAt }),
    },
    {
      kind: 'choice', key: 'breach', label: 'When the deadline passes', value: onBreach, codes: namesNobody ? [] : ['BPMN_SLA_BREACH'], ...(BREACH_HINTS[onBreach] !== undefined && { hint: BREACH_HINTS[onBreach] }),
      choices: BREACHES.some(({ value }) => value === onBreach) ? BREACHES : [...BREACHES, { value: onBreach, label: onBreach }],
      // Whom it names would be told nothing any more.
      write: (value) => setExtension(moddle, element, 'gov:Sla', { onBreach: value, ...(OTHERS[value] === undefined && { escalateTo: '' }) }),
    },
    ...(others === undefined && escalateTo === '' ? [] : [{
      kind: 'text', key: 'escalate-to', label: others ?? 'Those named', value: escalateTo, codes: namesNobody ? ['BPMN_SLA_BREACH'] : [], feel: 'maybe', suggestions: choicesOf([...vocabulary.groups, ...(onBreach === 'reassign' ? [] : vocabulary.people)]),
      hint: OTHERS_HINTS[onBreach] ?? 'Groups and accounts, separated by commas; a value that begins with = is computed.',
      write: (value: string) => setExtension(moddle, element, 'gov:Sla', { escalateTo: value.trim() }),
    } satisfies Field]),
  ];
}

function scheduleFields({ element, moddle }: Subject): Field[] {
  const schedule = extensionOf(element, 'zeebe:TaskSchedule');
  const date = (name: 'dueDate' | 'followUpDate', label: string, hint: string): Field => ({
    kind: 'text', key: name, label, hint, value: textOf(schedule, name), feel: 'maybe',
    ...(textOf(schedule, name) !== '' && { codes: ['BPMN_DATE_INVALID'] }), write: (value) => setExtension(moddle, element, 'zeebe:TaskSchedule', { [name]: value.trim() }),
  });
  return [
    date('dueDate', 'Due on a date', 'Counts instead of “Due in”. For example =hearing, or 2027-01-05T16:30:00Z.'),
    date('followUpDate', 'Follow-up on', 'When somebody should look after it. For example =hearing - duration("P7D").'),
    {
      kind: 'text', key: 'priority', label: 'Priority', value: textOf(extensionOf(element, 'zeebe:PriorityDefinition'), 'priority'), feel: 'maybe', codes: ['BPMN_PRIORITY_INVALID'],
      hint: '0 to 100; 50 when nothing is said. A value that begins with = is computed.',
      write: (priority) => setExtension(moddle, element, 'zeebe:PriorityDefinition', { priority: priority.trim() }),
    },
  ];
}
