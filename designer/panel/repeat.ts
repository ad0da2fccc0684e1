/** How often an activity is done: loops, once for each item of a list, ad-hoc sub-processes (BPMN 2.0.2, 10.3.8 and 10.3.5). */
import { born, expression, numeral, setExtension } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import { elementOf, extensionOf, textOf } from '../model/moddle.ts';
import type { ModdleElement } from '../model/moddle.ts';
import { asFeel } from './feel.ts';
import type { Field, Section, Subject } from './fields.ts';

const STANDARD = 'bpmn:StandardLoopCharacteristics';
const MULTIPLE = 'bpmn:MultiInstanceLoopCharacteristics';
const MANNERS = [
  { value: '', label: 'Once' }, { value: 'loop', label: 'Again while a condition holds' },
  { value: 'parallel', label: 'For each item, all at once' }, { value: 'sequential', label: 'For each item, one by one' },
];

/** Of every activity of the normal flow; an event sub-process is started by its event. */
export function repeatSection({ element, moddle }: Subject): Section[] {
  if (!element.$instanceOf('bpmn:Activity') || element.get('triggeredByEvent') === true) return [];
  const loop = elementOf(element, 'loopCharacteristics');
  const manner = loop === undefined ? '' : loop.$type === STANDARD ? 'loop' : loop.get('isSequential') === true ? 'sequential' : 'parallel';
  const own = loop === undefined ? [] : loop.$type === STANDARD ? loopFields(moddle, loop) : itemFields(moddle, loop);
  return [{
    key: 'repeat', title: 'How often', closed: loop === undefined && !hasQuantity(element), fields: [
      { kind: 'choice', key: 'repeat', label: 'It is done', value: manner, choices: MANNERS, codes: ['BPMN_LOOP_AMOUNT', 'BPMN_LOOP_ENDLESS', 'BPMN_LOOP_OUTPUT', 'BPMN_LOOP_EVENT'], write: (chosen) => choose(moddle, element, loop, chosen) },
      ...own,
      quantity(element, 'startQuantity', 'Begins when as many paths have come', ['BPMN_QUANTITY_INVALID']), quantity(element, 'completionQuantity', 'As many paths leave on each flow', []),
    ],
  }];
}

function choose(moddle: Subject['moddle'], element: ModdleElement, loop: ModdleElement | undefined, manner: string): Edit {
  if (manner === '') return [{ on: element, set: { loopCharacteristics: undefined } }];
  if (manner === 'loop') return [{ on: element, set: { loopCharacteristics: born(moddle, STANDARD, {}, element) } }];
  const isSequential = manner === 'sequential';
  // What was said of the list stays when only the order changes.
  return loop?.$type === MULTIPLE ? [{ on: loop, set: { isSequential } }] : [{ on: element, set: { loopCharacteristics: born(moddle, MULTIPLE, { isSequential }, element) } }];
}

function loopFields(moddle: Subject['moddle'], loop: ModdleElement): Field[] {
  return [
    feel(moddle, loop, 'loopCondition', 'While (FEEL)', 'It is done again while this is true. For example =not(complete).'),
    { kind: 'check', key: 'testBefore', label: 'Asked before the first time, too', value: loop.get('testBefore') === true, write: (value) => [{ on: loop, set: { testBefore: value } }] },
    { kind: 'text', key: 'loopMaximum', label: 'At most as many times', value: textOf(loop, 'loopMaximum'), codes: ['BPMN_LOOP_MAXIMUM'], write: (value) => [{ on: loop, set: { loopMaximum: numeral(value) } }] },
  ];
}

function itemFields(moddle: Subject['moddle'], loop: ModdleElement): Field[] {
  const own = extensionOf(loop, 'zeebe:LoopCharacteristics');
  const set = (name: string, computed: boolean) => (value: string): Edit => setExtension(moddle, loop, 'zeebe:LoopCharacteristics', { [name]: computed ? asFeel(value) : value.trim() });
  return [
    { kind: 'text', key: 'inputCollection', label: 'For each of (FEEL)', hint: 'A list. For example =applicants.', value: textOf(own, 'inputCollection'), feel: 'always', write: set('inputCollection', true) },
    { kind: 'text', key: 'inputElement', label: 'The item is called', hint: 'The variable each has its item in.', value: textOf(own, 'inputElement'), codes: ['BPMN_LOOP_NAME'], write: set('inputElement', false) },
    feel(moddle, loop, 'loopCardinality', 'Or: how many (FEEL)', 'A number, where there is no list.'),
    { kind: 'text', key: 'outputElement', label: 'Each brings (FEEL)', hint: 'What is collected of each. For example =opinion.', value: textOf(own, 'outputElement'), feel: 'always', write: set('outputElement', true) },
    { kind: 'text', key: 'outputCollection', label: 'Collected in', hint: 'The variable with all that was brought, in the order of the items.', value: textOf(own, 'outputCollection'), write: set('outputCollection', false) },
    feel(moddle, loop, 'completionCondition', 'Enough when (FEEL)', 'When it is true after one of them, the others end. Empty: all are done.'),
  ];
}

function feel(moddle: Subject['moddle'], holder: ModdleElement, key: string, label: string, hint: string): Field {
  return { kind: 'text', key, label, hint, value: textOf(elementOf(holder, key), 'body'), feel: 'always', write: (value) => [{ on: holder, set: { [key]: expression(moddle, asFeel(value), holder) } }] };
}

function hasQuantity(element: ModdleElement): boolean {
  return textOf(element, 'startQuantity') !== '1' || textOf(element, 'completionQuantity') !== '1';
}

function quantity(element: ModdleElement, key: 'startQuantity' | 'completionQuantity', label: string, codes: readonly string[]): Field {
  return { kind: 'text', key, label, hint: 'One, if nothing else is meant.', value: textOf(element, key), codes, write: (value) => [{ on: element, set: { [key]: numeral(value) } }] };
}

/** Activities that are not in a fixed order. */
export function adHocSection({ element, moddle }: Subject): Section[] {
  const own = extensionOf(element, 'zeebe:AdHoc');
  const set = (name: string, computed: boolean) => (value: string): Edit => setExtension(moddle, element, 'zeebe:AdHoc', { [name]: computed ? asFeel(value) : value.trim() });
  return [{
    key: 'ad-hoc', title: 'Ad-hoc work', fields: [
      {
        kind: 'choice', key: 'ordering', label: 'What is chosen is done', value: textOf(element, 'ordering') || 'Parallel', choices: [{ value: 'Parallel', label: 'Side by side' }, { value: 'Sequential', label: 'One after the other' }],
        write: (value) => [{ on: element, set: { ordering: value === 'Parallel' ? undefined : value } }],
      },
      { kind: 'text', key: 'activeElementsCollection', label: 'Begins with (FEEL)', hint: 'A list of ids. Empty: with everything that no flow leads to.', value: textOf(own, 'activeElementsCollection'), feel: 'always', write: set('activeElementsCollection', true) },
      feel(moddle, element, 'completionCondition', 'Complete when (FEEL)', 'Asked when one of them is done. Empty: when everything that was begun is done.'),
      { kind: 'check', key: 'cancelRemainingInstances', label: 'Then what is still open ends', value: element.get('cancelRemainingInstances') !== false, write: (value) => [{ on: element, set: { cancelRemainingInstances: value } }] },
      { kind: 'text', key: 'outputElement', label: 'Each brings (FEEL)', value: textOf(own, 'outputElement'), feel: 'always', codes: ['BPMN_LOOP_OUTPUT'], write: set('outputElement', true) },
      { kind: 'text', key: 'outputCollection', label: 'Collected in', value: textOf(own, 'outputCollection'), codes: ['BPMN_LOOP_NAME'], write: set('outputCollection', false) },
    ],
  }];
}
