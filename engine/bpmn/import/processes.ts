/** What stands on processes, events and shared elements (BPMN 2.0.2, 10.2 and 10.5): who starts, how long it is kept, tags, properties, variables of errors, names. */
import { parseDuration } from '../../time/duration.ts';
import type { Converter, Use } from './converter.ts';
import { attributeOf } from './converter.ts';
import { feelString, hasJuel } from './juel-to-feel.ts';
import { elementsOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

export function processAttributes(converter: Converter, element: XmlElement): void {
  const groups = converter.attribute(element, 'candidateStarterGroups');
  const value = groups === undefined ? undefined : converter.names(groups);
  if (groups !== undefined && value !== undefined) converter.move(groups, 'gov:starters', 'groups', value);
  const users = converter.attribute(element, 'candidateStarterUsers');
  if (users !== undefined) converter.refuse(users, 'unknown', { todo: 'Put these people into a group and name it by gov:starters groups.' });
  const listed = converter.attribute(element, 'isStartableInTasklist');
  if (listed !== undefined) {
    converter.remove(listed);
    if (listed.value === 'false') converter.say('dropped', listed, '', { why: 'whoever may start a procedure finds it in the list', todo: 'Name the groups that may start it by gov:starters groups.' });
    else converter.say('leftOut', listed, '', { why: 'whoever may start a procedure finds it in the list' });
  }
  const kept = converter.attribute(element, 'historyTimeToLive');
  if (kept !== undefined) {
    const retention = /^\d{1,6}$/.test(kept.value) ? `P${kept.value}D` : kept.value;
    if (parseDuration(retention) === undefined) converter.refuse(kept, 'unknown', { todo: 'Write a duration such as P10Y as gov:procedure retention.' });
    else converter.move(kept, 'gov:procedure', 'retention', retention);
  }
  const tag = converter.attribute(element, 'versionTag');
  if (tag !== undefined) converter.move(tag, 'zeebe:versionTag', 'value', tag.value);
}

/** Names and values on any element. */
export function properties(converter: Converter, element: XmlElement): void {
  for (const list of converter.elements(element, 'properties')) {
    for (const use of converter.elements(list.node as XmlElement, 'property', element)) {
      const name = attributeOf(use.node as XmlElement, 'name') ?? '';
      const value = attributeOf(use.node as XmlElement, 'value') ?? '';
      converter.add(element, 'zeebe:properties', 'zeebe:property', { name, value });
      converter.remove(use);
      converter.say('moved', { ...use, value, property: `${use.property} ${name}` }, `zeebe:property name="${name}" value="${value}"`);
    }
    if (elementsOf(list.node as XmlElement).length === 0) converter.remove(list);
  }
}

/** The variable that holds who started the case. */
export function initiator(converter: Converter, element: XmlElement): void {
  const use = converter.attribute(element, 'initiator');
  if (use === undefined) return;
  if (use.value === 'initiator') {
    converter.remove(use);
    converter.say('leftOut', use, '', { why: 'the variable initiator is always there' });
    return;
  }
  converter.add(element, 'zeebe:ioMapping', 'zeebe:output', { source: '=initiator', target: use.value });
  converter.remove(use);
  converter.say('moved', use, `zeebe:output source="=initiator" target="${use.value}"`);
}

/** `element` is an error or escalation event definition: the code that is caught is known where one is named. */
export function caughtCode(converter: Converter, element: XmlElement): void {
  const [variable, reference, code] = element.local === 'errorEventDefinition' ? ['errorCodeVariable', 'errorRef', 'errorCode'] as const : ['escalationCodeVariable', 'escalationRef', 'escalationCode'] as const;
  const event = element.parent;
  const use = event === undefined ? undefined : converter.attribute(element, variable, event);
  if (use === undefined || event === undefined) return;
  const id = attributeOf(element, reference);
  const named = elementsOf(converter.root).find((root) => id !== undefined && attributeOf(root, 'id') === id);
  const text = named === undefined ? undefined : attributeOf(named, code);
  if (text === undefined || text === '') {
    converter.refuse(use, 'unknown', { todo: 'Catch each code by an event of its own; then the path taken says which it was.' });
    return;
  }
  const source = `=${feelString(text)}`;
  converter.add(event, 'zeebe:ioMapping', 'zeebe:output', { source, target: use.value });
  converter.remove(use);
  converter.say('check', use, `zeebe:output source="${source}" target="${use.value}"`, { but: 'with an output mapping only what it names is passed on', todo: 'Add an output for each variable the error brings.' });
}

/** Variables a condition waits for. */
export function conditionalFilter(converter: Converter, element: XmlElement): void {
  const names = converter.attribute(element, 'variableName');
  if (names !== undefined) converter.move(names, 'zeebe:conditionalFilter', 'variableNames', names.value);
  const events = converter.attribute(element, 'variableEvents');
  if (events !== undefined) converter.move(events, 'zeebe:conditionalFilter', 'variableEvents', events.value);
}

const COMPUTED: Readonly<Record<string, string>> = { message: 'name', signal: 'name', error: 'errorCode', escalation: 'escalationCode' };

/** Names that are computed there and fixed here. */
export function computedName(converter: Converter, element: XmlElement): void {
  const name = Object.hasOwn(COMPUTED, element.local) ? COMPUTED[element.local] : undefined;
  const node = element.attributes.find((attribute) => attribute.name === name);
  if (node === undefined || !hasJuel(node.value)) return;
  const use: Use = { element, owner: element, node, value: node.value, property: `bpmn:${node.name}` };
  converter.refuse(use, 'unknown', { todo: 'Give it a fixed name, and tell cases apart by a correlation key.' });
}
