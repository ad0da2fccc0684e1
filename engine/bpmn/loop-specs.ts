/** Activities that run several times (BPMN 2.0.2, 10.3.8 loop characteristics) and ad-hoc sub-processes (10.3.5): their values, checked and compiled. */
import { variableOf } from './data-specs.ts';
import { specOf } from './event-specs.ts';
import type { Messages } from './event-specs.ts';
import { feelOf, shorten, valueOf } from './expressions.ts';
import type { Report } from './expressions.ts';
import type { AdHocSpec, EventDefinition, Expression, LoopSpec } from './graph.ts';
import type { ModelNode } from './model.ts';
import { bodyOf, extension } from './tree.ts';
import type { Element } from './tree.ts';

type Multiple = Extract<LoopSpec, { kind: 'multiple' }>;

const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** Refuses with BPMN_LOOP_ENDLESS, BPMN_LOOP_MAXIMUM, BPMN_LOOP_AMOUNT, BPMN_LOOP_NAME, BPMN_LOOP_OUTPUT, BPMN_LOOP_EVENT. */
export function loopOf(node: ModelNode, messages: Messages, report: Report): LoopSpec | undefined {
  const loop = node.element.loopCharacteristics;
  if (loop === undefined) return undefined;
  return loop.$type === 'bpmn:StandardLoopCharacteristics' ? standardOf(node, loop, report) : multipleOf(node, loop, messages, report);
}

function standardOf(node: ModelNode, loop: Element, report: Report): LoopSpec {
  const condition = conditionOf(loop.loopCondition, 'loopCondition', node, report);
  const maximum = loop.loopMaximum;
  if (condition === undefined && maximum === undefined && loop.loopCondition === undefined) report('BPMN_LOOP_ENDLESS', node);
  if (maximum !== undefined && !(Number.isInteger(maximum) && maximum >= 1)) report('BPMN_LOOP_MAXIMUM', node, { value: maximum });
  return { kind: 'standard', condition, testBefore: loop.testBefore === true, maximum };
}

function multipleOf(node: ModelNode, loop: Element, messages: Messages, report: Report): Multiple {
  const own = extension(loop, 'zeebe:LoopCharacteristics');
  const data = variableOf(loop.loopDataInputRef);
  const inputCollection = own?.inputCollection === undefined && data !== undefined ? feelOf(data, 'loopDataInputRef', node, report) : valueOf(own?.inputCollection, 'inputCollection', node, report);
  const collection = (own?.inputCollection ?? data ?? '').trim();
  const written = bodyOf(loop.loopCardinality);
  const cardinality = written === '' ? undefined : conditionOf(loop.loopCardinality, 'loopCardinality', node, report);
  const both = written !== '' && collection !== '';
  const none = written === '' && collection === '';
  if (both || none) report('BPMN_LOOP_AMOUNT', node, { found: both ? 'both' : 'neither' });
  const item = variableOf(loop.outputDataItem);
  const outputElement = own?.outputElement === undefined && item !== undefined ? feelOf(item, 'outputDataItem', node, report) : valueOf(own?.outputElement, 'outputElement', node, report);
  const outputCollection = nameOf(own?.outputCollection ?? variableOf(loop.loopDataOutputRef), 'outputCollection', node, report);
  if ((outputElement === undefined) !== (outputCollection === undefined)) report('BPMN_LOOP_OUTPUT', node, { missing: outputElement === undefined ? 'outputElement' : 'outputCollection' });
  return {
    kind: 'multiple',
    sequential: loop.isSequential === true,
    cardinality, inputCollection,
    inputElement: nameOf(own?.inputElement ?? variableOf(loop.inputDataItem), 'inputElement', node, report),
    outputCollection, outputElement,
    completionCondition: conditionOf(loop.completionCondition, 'completionCondition', node, report),
    throws: throwsOf(node, loop, messages, report),
  };
}

/** The behaviour none throws its event each time an instance completes, one the first time, complex wherever its condition holds. */
function throwsOf(node: ModelNode, loop: Element, messages: Messages, report: Report): Multiple['throws'] {
  const thrown = (definition: Element | undefined): EventDefinition | undefined => {
    const event = definition === undefined ? undefined : specOf(node, definition, messages, report);
    const possible = event !== undefined && ['escalation', 'signal', 'message', 'error'].includes(event.kind);
    if (definition === undefined || (event !== undefined && !possible)) report('BPMN_LOOP_EVENT', node, { behavior: (loop.behavior ?? 'All').toLowerCase() });
    return possible ? event : undefined;
  };
  if (loop.behavior === 'None') return [thrown(loop.noneBehaviorEventRef)].flatMap((event) => (event ? [{ when: 'each' as const, event }] : []));
  if (loop.behavior === 'One') return [thrown(loop.oneBehaviorEventRef)].flatMap((event) => (event ? [{ when: 'first' as const, event }] : []));
  if (loop.behavior !== 'Complex') return [];
  const definitions = loop.complexBehaviorDefinition;
  const list = definitions === undefined ? [] : Array.isArray(definitions) ? definitions as readonly Element[] : [definitions as Element];
  return list.flatMap((definition) => {
    const when = conditionOf(definition.condition, 'the condition of its complex behaviour', node, report);
    const event = thrown(definition.event?.eventDefinitions?.[0] ?? definition.event?.eventDefinitionRef?.[0]);
    return when !== undefined && event !== undefined ? [{ when, event }] : [];
  });
}

/** zeebe:adHoc and the attributes of the standard. Refuses with BPMN_LOOP_NAME, BPMN_LOOP_OUTPUT. */
export function adHocOf(node: ModelNode, report: Report): AdHocSpec {
  const { element } = node;
  const own = extension(element, 'zeebe:AdHoc');
  const outputElement = valueOf(own?.outputElement, 'outputElement', node, report);
  const outputCollection = nameOf(own?.outputCollection, 'outputCollection', node, report);
  if ((outputElement === undefined) !== (outputCollection === undefined)) report('BPMN_LOOP_OUTPUT', node, { missing: outputElement === undefined ? 'outputElement' : 'outputCollection' });
  return {
    sequential: element.ordering === 'Sequential',
    activeElements: valueOf(own?.activeElementsCollection, 'activeElementsCollection', node, report),
    completionCondition: conditionOf(element.completionCondition, 'completionCondition', node, report),
    cancelRemaining: element.cancelRemainingInstances !== false,
    outputCollection, outputElement,
  };
}

/** FEEL with or without `=`; absent or empty: undefined. */
export function conditionOf(expression: Element | undefined, property: string, node: ModelNode, report: Report): Expression | undefined {
  const text = bodyOf(expression);
  return text === '' ? undefined : feelOf(text, property, node, report);
}

function nameOf(text: string | undefined, property: string, node: ModelNode, report: Report): string | undefined {
  const name = text?.trim() ?? '';
  if (name === '') return undefined;
  if (!NAME.test(name)) report('BPMN_LOOP_NAME', node, { property, value: shorten(name) });
  return name;
}
