/** Who does a user task, by when, how urgent (BPMN 2.0.2, 10.3.4 and 10.3.1 resources): into zeebe:assignmentDefinition, zeebe:taskSchedule, gov:sla, zeebe:priorityDefinition. */
import { parseDuration } from '../../time/duration.ts';
import { parseInstant } from '../../time/instant.ts';
import type { Converter, Use } from './converter.ts';
import { hasJuel } from './juel-to-feel.ts';
import { JuelError, parseJuel, templateOf } from './juel.ts';
import type { Juel } from './juel.ts';
import { elementsOf, textOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

export function people(converter: Converter, task: XmlElement): void {
  for (const name of ['assignee', 'candidateUsers', 'candidateGroups'] as const) {
    const use = converter.attribute(task, name);
    const value = use === undefined ? undefined : name === 'assignee' ? converter.value(use) : converter.names(use);
    if (use !== undefined && value !== undefined) converter.move(use, 'zeebe:assignmentDefinition', name, value);
  }
  for (const role of elementsOf(task)) if (converter.isBpmn(role)) resourceRole(converter, task, role);
  for (const name of ['dueDate', 'followUpDate'] as const) {
    const use = converter.attribute(task, name);
    if (use !== undefined) date(converter, use, name);
  }
  const urgent = converter.attribute(task, 'priority');
  if (urgent !== undefined) priority(converter, urgent);
}

/** `user(anna), group(clerks), clerks` of a potential owner; the text of a performer is one person. */
function resourceRole(converter: Converter, task: XmlElement, role: XmlElement): void {
  if (!['potentialOwner', 'humanPerformer', 'performer'].includes(role.local)) return;
  const assignment = converter.bpmnChild(role, 'resourceAssignmentExpression');
  const expression = assignment === undefined ? undefined : converter.bpmnChild(assignment, 'formalExpression') ?? converter.bpmnChild(assignment, 'expression');
  const value = expression === undefined ? '' : textOf(expression).trim();
  const use: Use = { element: task, owner: task, node: role, value, property: `bpmn:${role.local}` };
  if (value === '') return;
  if (role.local !== 'potentialOwner') {
    const person = converter.value(use, value.replace(/^user\(([^()]*)\)$/, '$1'));
    if (person !== undefined) converter.move(use, 'zeebe:assignmentDefinition', 'assignee', person);
    return;
  }
  const users: string[] = [];
  const groups: string[] = [];
  for (const item of value.split(/,(?![^{]*\})/).map((text) => text.trim())) {
    const [, kind, name = ''] = /^(user|group)\((.*)\)$/.exec(item) ?? [undefined, 'group', item];
    if (name !== '') (kind === 'user' ? users : groups).push(name.trim());
  }
  const attributes: Record<string, string> = {};
  for (const [name, list] of [['candidateUsers', users], ['candidateGroups', groups]] as const) {
    if (list.length === 0) continue;
    const names = converter.names({ ...use, value: list.join(',') });
    if (names === undefined) return;
    attributes[name] = names;
  }
  if (!converter.put(task, 'zeebe:assignmentDefinition', attributes)) {
    converter.keep(use);
    converter.say('present', use, 'zeebe:assignmentDefinition');
    return;
  }
  converter.remove(use);
  converter.say('moved', use, `zeebe:assignmentDefinition ${Object.entries(attributes).map(([name, text]) => `${name}="${text}"`).join(' ')}`);
}

/** A time from the creation of the task is a deadline (gov:sla); anything else a date. */
function date(converter: Converter, use: Use, name: 'dueDate' | 'followUpDate'): void {
  const written = use.value.trim();
  const duration = hasJuel(written) ? sinceNow(written) : parseDuration(written) === undefined ? undefined : written;
  if (duration !== undefined && parseDuration(duration) !== undefined) {
    if (name === 'dueDate') converter.move(use, 'gov:sla', 'due', duration);
    else converter.move(use, 'zeebe:taskSchedule', name, `=now() + duration("${duration}")`);
    return;
  }
  if (/^[$#]\{\s*(?:now|dateTime)\(\)(?:\.toDate\(\))?\s*\}$/.test(written)) {
    converter.move(use, 'zeebe:taskSchedule', name, '=now()');
    return;
  }
  if (!hasJuel(written) && parseInstant(written, 'UTC') === undefined) {
    converter.refuse(use, 'unknown', { todo: 'Write a date and time such as 2026-01-05T17:00:00Z, or a deadline by gov:sla due.' });
    return;
  }
  const value = converter.value(use);
  if (value !== undefined) converter.move(use, 'zeebe:taskSchedule', name, value);
}

const UNITS: Readonly<Record<string, readonly [unit: 'Y' | 'M' | 'D' | 'TH' | 'TM' | 'TS', times: number]>> = {
  plusYears: ['Y', 1], plusMonths: ['M', 1], plusWeeks: ['D', 7], plusDays: ['D', 1], plusHours: ['TH', 1], plusMinutes: ['TM', 1], plusSeconds: ['TS', 1],
};

/** `${dateTime().plusDays(3).toDate()}` is P3D; undefined for anything else, and for months together with days. */
export function sinceNow(text: string): string | undefined {
  try {
    const [only, ...more] = templateOf(text);
    if (typeof only !== 'object' || more.length > 0) return undefined;
    return durationOf(parseJuel(only.source));
  } catch (error) {
    if (error instanceof JuelError) return undefined;
    throw error;
  }
}

function durationOf(tree: Juel): string | undefined {
  const amounts = new Map<string, number>();
  let at = tree;
  while (at.kind === 'call' && at.of.kind === 'member') {
    const { of, name } = at.of;
    const [amount] = at.args;
    const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
    if (unit !== undefined && at.args.length === 1 && amount?.kind === 'literal' && Number.isSafeInteger(amount.value)) {
      amounts.set(unit[0], (amounts.get(unit[0]) ?? 0) + Number(amount.value) * unit[1]);
    } else if (!['toDate', 'toString'].includes(name) || at.args.length > 0) return undefined;
    at = of;
  }
  const isNow = at.kind === 'call' && at.args.length === 0 && at.of.kind === 'name' && ['dateTime', 'now'].includes(at.of.name);
  const months = ['Y', 'M'].some((unit) => amounts.has(unit));
  const days = ['D', 'TH', 'TM', 'TS'].some((unit) => amounts.has(unit));
  if (!isNow || months === days) return undefined;
  const part = (units: readonly string[]): string => units.map((unit) => (amounts.has(unit) ? `${String(amounts.get(unit))}${unit.slice(-1)}` : '')).join('');
  const time = part(['TH', 'TM', 'TS']);
  return `P${part(['Y', 'M', 'D'])}${time === '' ? '' : `T${time}`}`;
}

function priority(converter: Converter, use: Use): void {
  const value = converter.value(use)?.trim();
  if (value === undefined) return;
  if (value.startsWith('=')) { converter.move(use, 'zeebe:priorityDefinition', 'priority', value); return; }
  if (!/^[+-]?\d{1,15}$/.test(value)) {
    converter.refuse(use, 'unknown', { todo: 'Write a whole number from 0 to 100.' });
    return;
  }
  const clamped = String(Math.min(100, Math.max(0, Number(value))));
  if (clamped === value || !converter.put(use.element, 'zeebe:priorityDefinition', { priority: clamped })) {
    converter.move(use, 'zeebe:priorityDefinition', 'priority', clamped);
    return;
  }
  converter.remove(use);
  converter.say('clamped', use, `zeebe:priorityDefinition priority="${clamped}"`);
}
