/** Jobs beside an element: before and after it (zeebe:executionListeners), and at the verbs of a user task (zeebe:taskListeners). */
import { born, setList } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import { extensionOf, listOf, textOf } from '../model/moddle.ts';
import type { ModdleElement } from '../model/moddle.ts';
import type { Field, Row, Section, Subject } from './fields.ts';

const EXECUTION = { type: 'zeebe:ExecutionListeners', list: 'listeners', entry: 'zeebe:ExecutionListener' };
const TASK = { type: 'zeebe:TaskListeners', list: 'listeners', entry: 'zeebe:TaskListener' };
const AROUND = [{ value: 'start', label: 'Before it begins' }, { value: 'end', label: 'When its work is done' }];
const VERBS = [
  { value: 'creating', label: 'Before it is offered' }, { value: 'assigning', label: 'Before somebody gets it' }, { value: 'updating', label: 'Before it is changed' },
  { value: 'completing', label: 'Before it is completed' }, { value: 'canceling', label: 'Before it ends otherwise' },
];
/** Which listener a row was; no column of the table. */
const AT = '$at';

/** Of every flow node and the procedure; `forPeople`: those at the verbs of a task as well. */
export function listenerSection(subject: Subject, forPeople: boolean): Section[] {
  const { element } = subject;
  const around = element.$type === 'bpmn:EventBasedGateway' ? AROUND.slice(0, 1) : AROUND;
  const hint = 'A worker does this job, and the case waits for it.';
  const fields = [
    rowsField(subject, EXECUTION, 'listeners', 'Jobs before and after', hint, around),
    ...(forPeople ? [rowsField(subject, TASK, 'task-listeners', 'Jobs when the task changes', hint, VERBS)] : []),
  ];
  return [{ key: 'listeners', title: 'Jobs beside it', closed: extensionOf(element, EXECUTION.type) === undefined && extensionOf(element, TASK.type) === undefined, fields }];
}

function rowsField({ element, moddle }: Subject, place: typeof EXECUTION, key: string, label: string, hint: string, events: readonly { readonly value: string; readonly label: string }[]): Field {
  const known = listOf(extensionOf(element, place.type), place.list);
  const rows = known.map((listener, at): Row => ({ eventType: textOf(listener, 'eventType'), type: textOf(listener, 'type'), retries: textOf(listener, 'retries'), [AT]: String(at) }));
  const others = [...new Set(rows.map(({ eventType }) => String(eventType)))].filter((event) => !events.some(({ value }) => value === event)).map((event) => ({ value: event, label: event }));
  return {
    kind: 'rows', key, label, one: 'job', rows, hint, codes: ['BPMN_LISTENER_INVALID'],
    columns: [{ key: 'eventType', label: 'When', kind: 'choice', choices: [...events, ...others] }, { key: 'type', label: 'Job type', kind: 'text', feel: 'maybe' }, { key: 'retries', label: 'Retries', kind: 'text' }],
    fresh: { eventType: events[0]!.value, type: '', retries: '' },
    write: (written) => listenersEdit(moddle, element, place, written, known),
  };
}

/** A listener keeps what the table does not show of it. */
function listenersEdit(moddle: Subject['moddle'], element: ModdleElement, place: typeof EXECUTION, rows: readonly Row[], known: readonly ModdleElement[]): Edit {
  const edit = setList(moddle, element, place, rows.map(({ [AT]: _at, ...row }) => row));
  const made = edit.flatMap(({ set }) => (set[place.list] as readonly ModdleElement[] | undefined) ?? []);
  for (const [index, listener] of made.entries()) {
    const headers = known[Number(rows[index]?.[AT] ?? -1)]?.get('headers') as ModdleElement | undefined;
    if (headers !== undefined) listener.set('headers', kept(moddle, headers, listener));
  }
  return edit;
}

function kept(moddle: Subject['moddle'], headers: ModdleElement, parent: ModdleElement): ModdleElement {
  const copy = born(moddle, 'zeebe:TaskHeaders', {}, parent);
  copy.set('values', listOf(headers, 'values').map((header) => born(moddle, 'zeebe:Header', { key: textOf(header, 'key'), value: textOf(header, 'value') }, copy)));
  return copy;
}
