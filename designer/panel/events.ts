/** The sections of events (BPMN 2.0.2, 10.5): what each of their triggers waits for or throws, and what it does to what it stands on. */
import { expression, setExtension, setProperty } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import { elementOf, extensionOf, idOf, listOf, textOf } from '../model/moddle.ts';
import type { ModdleElement } from '../model/moddle.ts';
import { namesOfRoots, propertyOf, setErrorCode, setEscalationCode, setSignal, setTimer, timerOf } from '../model/references.ts';
import type { TimerKind } from '../model/references.ts';
import { asFeel } from './feel.ts';
import type { Field, Section, Subject } from './fields.ts';
import { attachmentsField, formFields } from './user-task.ts';
import { jobFields, messageFields } from './work.ts';

const THROWING = ['bpmn:EndEvent', 'bpmn:IntermediateThrowEvent'];

export function eventSections(subject: Subject): Section[] {
  const { element } = subject;
  const definitions = listOf(element, 'eventDefinitions');
  if (element.$type === 'bpmn:StartEvent' && definitions.length === 0 && element.$parent?.$type === 'bpmn:Process') {
    return [{ key: 'form', title: 'Form', fields: formFields(subject) }, { key: 'attachments', title: 'Attachments', closed: extensionOf(element, 'gov:Attachments') === undefined, fields: [attachmentsField(subject)] }];
  }
  // Of several triggers each has a section of its own.
  const sections = definitions.flatMap((definition, at) => triggerSection(subject, definition).map((section) => (at === 0 ? section : numbered(section, at + 1))));
  const manner = [...together(element, definitions), ...interrupting(element, definitions)];
  const [first, ...others] = sections;
  if (manner.length === 0) return sections;
  return first === undefined || definitions.length > 1 ? [...sections, { key: 'manner', title: 'What it does', fields: manner }] : [{ ...first, fields: [...first.fields, ...manner] }, ...others];
}

function numbered(section: Section, number: number): Section {
  const end = `-${String(number)}`;
  return { ...section, key: `${section.key}${end}`, title: `${section.title} (${String(number)})`, fields: section.fields.map((field) => ({ ...field, key: `${field.key}${end}` })) };
}

/** Several triggers: any of them, or all of them. */
function together(element: ModdleElement, definitions: readonly ModdleElement[]): Field[] {
  if (definitions.length < 2 || THROWING.includes(element.$type)) return [];
  return [{ kind: 'check', key: 'parallelMultiple', label: 'All of these must have happened', hint: 'Otherwise any one of them is enough.', value: element.get('parallelMultiple') === true, write: (value) => [{ on: element, set: { parallelMultiple: value } }] }];
}

/** Errors, cancelling and compensation leave no choice. */
function interrupting(element: ModdleElement, definitions: readonly ModdleElement[]): Field[] {
  const always = definitions.some(({ $type }) => ['bpmn:ErrorEventDefinition', 'bpmn:CancelEventDefinition', 'bpmn:CompensateEventDefinition'].includes($type));
  if (always || definitions.length === 0) return [];
  const codes = ['BPMN_TIMER_CYCLE'];
  if (element.$type === 'bpmn:BoundaryEvent') return [{ kind: 'check', key: 'interrupting', label: 'It ends the step it stands on', value: element.get('cancelActivity') !== false, codes, write: (value) => [{ on: element, set: { cancelActivity: value } }] }];
  if (element.$type !== 'bpmn:StartEvent' || element.$parent?.get('triggeredByEvent') !== true) return [];
  return [{ kind: 'check', key: 'interrupting', label: 'It ends what is going on around it', value: element.get('isInterrupting') !== false, codes, write: (value) => [{ on: element, set: { isInterrupting: value } }] }];
}

function triggerSection(subject: Subject, definition: ModdleElement): Section[] {
  switch (definition.$type) {
    case 'bpmn:TimerEventDefinition': return [{ key: 'timer', title: 'Time', fields: timerFields(subject, definition) }];
    case 'bpmn:MessageEventDefinition': return [messageSection(subject, definition)];
    case 'bpmn:ErrorEventDefinition': return [{ key: 'error', title: 'Error', fields: [errorField(subject, definition)] }];
    case 'bpmn:EscalationEventDefinition': return [{ key: 'escalation', title: 'Escalation', fields: [escalationField(subject, definition)] }];
    case 'bpmn:SignalEventDefinition': return [{ key: 'signal', title: 'Signal', fields: signalFields(subject, definition) }];
    case 'bpmn:ConditionalEventDefinition': return [{ key: 'condition', title: 'Condition', fields: conditionFields(subject, definition) }];
    case 'bpmn:LinkEventDefinition': return [{ key: 'link', title: 'Link', fields: [linkField(definition)] }];
    case 'bpmn:CompensateEventDefinition': return THROWING.includes(subject.element.$type) ? [{ key: 'compensation', title: 'Undo', fields: compensationFields(subject, definition) }] : [];
    default: return [];
  }
}

function messageSection(subject: Subject, definition: ModdleElement): Section {
  const byJob = extensionOf(subject.element, 'zeebe:TaskDefinition') !== undefined;
  return { key: 'message', title: 'Message', fields: byJob ? jobFields(subject) : messageFields(subject, definition, !THROWING.includes(subject.element.$type)) };
}

function errorField({ moddle }: Subject, definition: ModdleElement): Field {
  return {
    kind: 'text', key: 'error', label: 'Error code', value: textOf(elementOf(definition, 'errorRef'), 'errorCode'), hint: 'For example REFUSED. On the border of a step, empty means every error.', codes: ['BPMN_ERROR_CODE_MISSING', 'BPMN_ERROR_WITHOUT_CODE', 'BPMN_ERROR_CAUGHT_TWICE'],
    write: (code) => setErrorCode(moddle, definition, code),
  };
}

function escalationField({ moddle }: Subject, definition: ModdleElement): Field {
  return {
    kind: 'text', key: 'escalation', label: 'Escalation code', value: textOf(elementOf(definition, 'escalationRef'), 'escalationCode'), codes: ['BPMN_ESCALATION_CODE_MISSING', 'BPMN_ESCALATION_WITHOUT_CODE'],
    hint: 'For example NEEDS_HEAD. SLA_BREACHED is thrown by a deadline that passes. Where it is caught, empty means every escalation.',
    write: (code) => setEscalationCode(moddle, definition, code),
  };
}

function signalFields({ element, moddle }: Subject, definition: ModdleElement): Field[] {
  const signal = elementOf(definition, 'signalRef');
  const startsCase = element.$type === 'bpmn:StartEvent' && element.$parent?.$type === 'bpmn:Process';
  const name: Field = {
    kind: 'text', key: 'signal', label: 'Signal', value: textOf(signal, 'name'), feel: 'maybe', codes: ['BPMN_SIGNAL_NAME_MISSING', 'BPMN_SIGNAL_START_COMPUTED'], hint: 'It reaches everybody who waits for the same name.',
    suggestions: namesOfRoots(definition, 'bpmn:Signal').map((known) => ({ value: known, label: known })), write: (text) => setSignal(moddle, definition, text),
  };
  if (signal === undefined) return [name];
  const scope = propertyOf(signal, 'scope').trim();
  // A case is started from outside, so only everybody makes sense; what a file says otherwise can still be corrected.
  if (startsCase && scope === '') return [name];
  return [name, {
    kind: 'choice', key: 'scope', label: 'Who hears it', value: scope === 'tenant' ? '' : scope, codes: ['BPMN_SIGNAL_SCOPE'], hint: 'Holds for every step of this file that names the signal.',
    choices: [{ value: '', label: 'Every case that waits for it' }, { value: 'conversation', label: 'This case and the cases it belongs together with' }, ...(['', 'tenant', 'conversation'].includes(scope) ? [] : [{ value: scope, label: scope }])],
    write: (chosen) => setProperty(moddle, signal, 'scope', chosen),
  }];
}

function conditionFields({ moddle }: Subject, definition: ModdleElement): Field[] {
  const events = textOf(extensionOf(definition, 'zeebe:ConditionalFilter'), 'variableEvents').split(',').map((name) => name.trim());
  return [
    {
      kind: 'text', key: 'condition', label: 'Happens when (FEEL)', value: textOf(elementOf(definition, 'condition'), 'body'), feel: 'always', lines: 3, codes: ['BPMN_CONDITION_MISSING'], hint: 'The moment it becomes true. For example amount > 100.',
      write: (value) => [{ on: definition, set: { condition: expression(moddle, asFeel(value), definition) } }],
    },
    {
      kind: 'text', key: 'variableNames', label: 'Asked when these change', hint: 'Variables, separated by commas. Empty: all that the condition names.', value: textOf(extensionOf(definition, 'zeebe:ConditionalFilter'), 'variableNames'),
      write: (value) => setExtension(moddle, definition, 'zeebe:ConditionalFilter', { variableNames: value.trim() }),
    },
    {
      kind: 'choice', key: 'variableEvents', label: 'Asked when they are', value: events.length === 1 ? events.join('') : '', codes: ['BPMN_CONDITION_EVENTS'],
      choices: [{ value: '', label: 'Made or changed' }, { value: 'create', label: 'Made for the first time' }, { value: 'update', label: 'Changed' }],
      write: (value) => setExtension(moddle, definition, 'zeebe:ConditionalFilter', { variableEvents: value }),
    },
  ];
}

function linkField(definition: ModdleElement): Field {
  return {
    kind: 'text', key: 'link', label: 'Link', value: textOf(definition, 'name'), codes: ['BPMN_LINK_NAME_MISSING', 'BPMN_LINK_UNCAUGHT', 'BPMN_LINK_UNTHROWN', 'BPMN_LINK_TWICE'], hint: 'Both ends have the same name: the case goes on at the other.',
    write: (name) => [{ on: definition, set: { name: name.trim() === '' ? undefined : name.trim() } }],
  };
}

function compensationFields({ element }: Subject, definition: ModdleElement): Field[] {
  const container = element.$parent;
  const beside = container?.get('triggeredByEvent') === true ? [...listOf(container, 'flowElements'), ...listOf(container.$parent, 'flowElements')] : listOf(container, 'flowElements');
  const activities = beside.filter((other) => other.$instanceOf('bpmn:Activity') && other !== container);
  const chosen = elementOf(definition, 'activityRef');
  const others = chosen === undefined || activities.includes(chosen) ? activities : [...activities, chosen];
  return [
    {
      kind: 'choice', key: 'activity', label: 'What is undone', value: chosen === undefined ? '' : idOf(chosen), codes: ['BPMN_COMPENSATION_UNKNOWN'],
      choices: [{ value: '', label: 'Everything that was completed here' }, ...others.map((other) => ({ value: idOf(other), label: textOf(other, 'name') || idOf(other) }))],
      write: (id) => [{ on: definition, set: { activityRef: others.find((other) => idOf(other) === id) } }],
    },
    { kind: 'check', key: 'waitForCompletion', label: 'The case waits until it is undone', value: definition.get('waitForCompletion') !== false, write: (value) => [{ on: definition, set: { waitForCompletion: value } }] },
  ];
}

function timerFields({ element, moddle, vocabulary }: Subject, definition: ModdleElement): Field[] {
  const { kind, text } = timerOf(definition);
  const repeats = element.$type === 'bpmn:StartEvent' || (element.$type === 'bpmn:BoundaryEvent' && element.get('cancelActivity') === false) || kind === 'timeCycle';
  const write = (value: string): Edit => setTimer(moddle, definition, kind, value);
  const codes = ['BPMN_TIMER_AMOUNT', 'BPMN_TIMER_INVALID', 'BPMN_TIMER_START'];
  const value: Field = kind === 'timeDuration'
    ? { kind: 'duration', key: 'duration', label: 'After', value: text, codes, write }
    : { kind: 'text', key: kind, label: kind === 'timeDate' ? 'At' : 'Every', value: text, feel: 'maybe', codes, hint: kind === 'timeDate' ? 'For example 2027-01-05T09:00:00Z, or an expression such as =date(lastDay).' : 'For example R/P1D, R3/PT10M, or a cron expression; a zone may stand behind it, as in 0 9 * * MON-FRI@Europe/Berlin.', write };
  const calendar = propertyOf(element, 'calendar');
  return [
    {
      kind: 'choice', key: 'timer', label: 'It happens', value: kind, choices: [{ value: 'timeDuration', label: 'After some time' }, { value: 'timeDate', label: 'At a date and time' }, ...(repeats ? [{ value: 'timeCycle', label: 'Again and again' }] : [])],
      write: (chosen) => setTimer(moddle, definition, chosen as TimerKind, ''),
    },
    value,
    {
      kind: 'choice', key: 'calendar', label: 'Working days of', value: calendar, choices: [{ value: '', label: 'The usual calendar' }, ...[...new Set([...vocabulary.calendars, ...(calendar === '' ? [] : [calendar])])].map((id) => ({ value: id, label: id }))],
      write: (chosen) => setProperty(moddle, element, 'calendar', chosen),
    },
  ];
}
