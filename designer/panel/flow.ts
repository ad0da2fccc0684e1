/** The sections of what leads and waits: sequence flows, events, lanes, and the procedure itself. */
import { born, expression, setExtension, setList } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import { elementOf, extensionOf, idOf, listOf, textOf } from '../model/moddle.ts';
import type { ModdleElement } from '../model/moddle.ts';
import { flowName } from '../model/findings.ts';
import { propertyOf, setErrorCode, setTimer, timerOf } from '../model/references.ts';
import type { TimerKind } from '../model/references.ts';
import { choicesOf } from './fields.ts';
import type { Field, Row, Section, Subject } from './fields.ts';
import { attachmentsField, formFields } from './user-task.ts';
import { asFeel, jobFields, messageFields } from './work.ts';

/** The condition of a branch, and whether it is the one taken when no other is. */
export function flowSection({ element, moddle }: Subject): Section[] {
  const source = elementOf(element, 'sourceRef');
  if (source?.$type !== 'bpmn:ExclusiveGateway' || listOf(source, 'outgoing').length < 2) return [];
  const isDefault = elementOf(source, 'default') === element;
  const fields: Field[] = [{
    kind: 'check', key: 'default', label: 'Taken when no other branch is', value: isDefault,
    write: (value) => (value ? [{ on: source, set: { default: element } }, { on: element, set: { conditionExpression: undefined } }] : [{ on: source, set: { default: undefined } }]),
  }];
  if (!isDefault) {
    fields.push({
      kind: 'text', key: 'condition', label: 'Condition (FEEL)', value: textOf(elementOf(element, 'conditionExpression'), 'body'), feel: 'always', lines: 3, hint: 'For example amount > 100, or outcome = "approve".',
      write: (value) => [{ on: element, set: { conditionExpression: expression(moddle, asFeel(value), element) } }],
    });
  }
  return [{ key: 'branch', title: 'Branch', fields }];
}

/** All branches of an exclusive gateway in one place. */
export function gatewaySection({ element, moddle }: Subject): Section[] {
  const flows = listOf(element, 'outgoing');
  if (element.$type !== 'bpmn:ExclusiveGateway' || flows.length < 2) return [];
  const chosen = elementOf(element, 'default');
  const goal = (flow: ModdleElement): string => [textOf(flow, 'name'), titleOf(elementOf(flow, 'targetRef') ?? flow)].filter((text) => text !== '').join(' → ');
  return [{
    key: 'branches', title: 'Branches', fields: [
      ...flows.filter((flow) => flow !== chosen).map((flow): Field => ({
        kind: 'text', key: `condition-${idOf(flow)}`, label: goal(flow), hint: 'Condition (FEEL)', value: textOf(elementOf(flow, 'conditionExpression'), 'body'), feel: 'always', lines: 2,
        write: (value) => [{ on: flow, set: { conditionExpression: expression(moddle, asFeel(value), flow) } }],
      })),
      {
        kind: 'choice', key: 'otherwise', label: 'When none is true', value: chosen === undefined ? '' : idOf(chosen),
        choices: [{ value: '', label: 'The case stops with an incident' }, ...flows.map((flow) => ({ value: idOf(flow), label: goal(flow) }))],
        write: (id) => {
          const flow = flows.find((each) => idOf(each) === id);
          return [{ on: element, set: { default: flow } }, ...(flow === undefined ? [] : [{ on: flow, set: { conditionExpression: undefined } }])];
        },
      },
    ],
  }];
}

export function eventSections(subject: Subject): Section[] {
  const { element } = subject;
  const definition = listOf(element, 'eventDefinitions')[0];
  if (element.$type === 'bpmn:StartEvent' && definition === undefined && element.$parent?.$type === 'bpmn:Process') {
    return [{ key: 'form', title: 'Form', fields: formFields(subject) }, { key: 'attachments', title: 'Attachments', closed: extensionOf(element, 'gov:Attachments') === undefined, fields: [attachmentsField(subject)] }];
  }
  const boundary = element.$type === 'bpmn:BoundaryEvent' ? [interrupting(element)] : [];
  switch (definition?.$type) {
    case 'bpmn:TimerEventDefinition': return [{ key: 'timer', title: 'Time', fields: [...timerFields(subject, definition), ...boundary] }];
    case 'bpmn:MessageEventDefinition': return [messageSection(subject, definition, boundary)];
    case 'bpmn:ErrorEventDefinition': return [{ key: 'error', title: 'Error', fields: [errorField(subject, definition)] }];
    default: return [];
  }
}

function messageSection(subject: Subject, definition: ModdleElement, boundary: readonly Field[]): Section {
  const throws = subject.element.$type === 'bpmn:EndEvent' || subject.element.$type === 'bpmn:IntermediateThrowEvent';
  const byJob = extensionOf(subject.element, 'zeebe:TaskDefinition') !== undefined;
  return { key: 'message', title: 'Message', fields: byJob ? jobFields(subject) : [...messageFields(subject, definition, !throws), ...boundary] };
}

function interrupting(element: ModdleElement): Field {
  return { kind: 'check', key: 'interrupting', label: 'It ends the step it stands on', value: element.get('cancelActivity') !== false, write: (value) => [{ on: element, set: { cancelActivity: value } }] };
}

function errorField({ moddle }: Subject, definition: ModdleElement): Field {
  return {
    kind: 'text', key: 'error', label: 'Error code', value: textOf(elementOf(definition, 'errorRef'), 'errorCode'), hint: 'For example REFUSED. On the border of a step, empty means every error.',
    write: (code) => setErrorCode(moddle, definition, code),
  };
}

function timerFields({ element, moddle, vocabulary }: Subject, definition: ModdleElement): Field[] {
  const { kind, text } = timerOf(definition);
  const repeats = element.$type === 'bpmn:StartEvent' || (element.$type === 'bpmn:BoundaryEvent' && element.get('cancelActivity') === false) || kind === 'timeCycle';
  const write = (value: string): Edit => setTimer(moddle, definition, kind, value);
  const value: Field = kind === 'timeDuration'
    ? { kind: 'duration', key: 'duration', label: 'After', value: text, write }
    : { kind: 'text', key: kind, label: kind === 'timeDate' ? 'At' : 'Every', value: text, feel: 'maybe', hint: kind === 'timeDate' ? 'For example 2027-01-05T09:00:00Z, or an expression such as =date(lastDay).' : 'For example R/P1D, R3/PT10M, or a cron expression.', write };
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

/** A zeebe:property among others of its element. */
function setProperty(moddle: Subject['moddle'], element: ModdleElement, name: string, value: string): Edit {
  const others = listOf(extensionOf(element, 'zeebe:Properties'), 'properties').map((property): Row => ({ name: textOf(property, 'name'), value: textOf(property, 'value') })).filter((property) => property['name'] !== name);
  return setList(moddle, element, { type: 'zeebe:Properties', list: 'properties', entry: 'zeebe:Property' }, value === '' ? others : [...others, { name, value }]);
}

/** A lane or pool stands for a unit or post. */
export function laneSection({ element, moddle, vocabulary }: Subject): Section {
  return {
    key: 'lane', title: 'People', fields: [{
      kind: 'text', key: 'group', label: element.$type === 'bpmn:Participant' ? 'Agency' : 'Unit, post or group', value: propertyOf(element, 'group'), suggestions: choicesOf(vocabulary.groups),
      hint: element.$type === 'bpmn:Participant' ? 'Whose procedure it is.' : 'Its officers are offered the tasks of this lane. Empty: the name of the lane.',
      write: (value) => setProperty(moddle, element, 'group', value.trim()),
    }],
  };
}

export function processSections({ element, moddle, vocabulary }: Subject): Section[] {
  const procedure = extensionOf(element, 'gov:Procedure');
  const set = (name: string) => (value: string): Edit => setExtension(moddle, element, 'gov:Procedure', { [name]: value.trim() });
  const text = (key: string, label: string, hint?: string): Field => ({ kind: 'text', key, label, value: textOf(procedure, key), write: set(key), ...(hint !== undefined && { hint }) });
  const starters = textOf(extensionOf(element, 'gov:Starters'), 'groups').split(',').map((id) => id.trim()).filter((id) => id !== '');
  const unknown = starters.filter((id) => !vocabulary.groups.some((group) => group.id === id)).map((id) => ({ value: id, label: `${id} (not known here)` }));
  return [
    {
      key: 'starters', title: 'Who may begin a case', fields: [{
        kind: 'many', key: 'starters', label: 'Groups', hint: 'Nobody chosen: every officer.', value: starters, choices: [...choicesOf(vocabulary.groups), ...unknown], empty: 'There are no groups yet.',
        write: (ids) => setExtension(moddle, element, 'gov:Starters', { groups: ids.join(', ') }),
      }],
    },
    {
      key: 'procedure', title: 'File plan and law', closed: procedure === undefined, fields: [
        text('publicName', 'Name for the public'), text('fileSeries', 'File series'), text('recordClass', 'Record class'), text('retention', 'Kept for'), text('legalBasis', 'Legal basis'),
      ],
    },
    {
      key: 'forms', title: 'Forms', closed: true, fields: [{ kind: 'note', key: 'forms', text: vocabulary.forms.length === 0 ? 'No forms are deployed with this procedure yet.' : `Deployed with this procedure: ${vocabulary.forms.map(({ id }) => id).join(', ')}` }],
    },
    {
      key: 'version', title: 'Version tag', closed: true, fields: [{
        kind: 'text', key: 'tag', label: 'Version tag', hint: 'A name of your own for this version, besides its number.', value: textOf(extensionOf(element, 'zeebe:VersionTag'), 'value'),
        write: (value) => setExtension(moddle, element, 'zeebe:VersionTag', { value: value.trim() }),
      }],
    },
  ];
}

/** bpmn:documentation, the first of them. */
export function documentationField({ element, moddle }: Subject): Field {
  const [first, ...others] = listOf(element, 'documentation');
  return {
    kind: 'text', key: 'documentation', label: 'Description', value: textOf(first, 'text'), lines: 3, hint: 'What an officer should know here.',
    write: (value) => [{ on: element, set: { documentation: [...(value.trim() === '' ? [] : [born(moddle, 'bpmn:Documentation', { text: value.trim() }, element)]), ...others] } }],
  };
}

/** How the panel heads an element without a name. */
export function titleOf(element: ModdleElement): string {
  return (element.$type === 'bpmn:SequenceFlow' ? flowName(element) : textOf(element, 'name')) || idOf(element);
}
