/** What activities call, decide, compute and repeat (BPMN 2.0.2, 10.3): called processes, decisions, scripts, multi-instance. */
import type { Converter, Use } from './converter.ts';
import { attributeOf } from './converter.ts';
import { binding } from './forms.ts';
import { convertScript, convertValue, hasJuel } from './juel-to-feel.ts';
import { setText, textOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** `isForeign`: the file was written for another engine, whose call activities pass only what they name. */
export function callActivity(converter: Converter, element: XmlElement, isForeign: boolean): void {
  const called = element.attributes.find(({ name }) => name === 'calledElement');
  if (!isForeign || called === undefined || converter.own(element, 'zeebe:calledElement') !== undefined) return;
  const use: Use = { element, owner: element, node: called, value: called.value, property: 'bpmn:calledElement' };
  const processId = converter.value(use);
  if (processId === undefined) return;
  const ins = converter.elements(element, 'in');
  const outs = converter.elements(element, 'out');
  const inherits = converter.attribute(element, 'inheritVariables');
  const all = (uses: readonly Use[]): boolean => uses.some(({ node }) => attributeOf(node as XmlElement, 'variables') === 'all');
  const propagate = { propagateAllParentVariables: String(all(ins) || inherits?.value === 'true'), propagateAllChildVariables: String(all(outs)) };
  converter.put(element, 'zeebe:calledElement', { processId, ...propagate });
  converter.remove(use);
  converter.say('moved', use, `zeebe:calledElement processId="${processId}"`);
  if (inherits !== undefined) {
    converter.remove(inherits);
    converter.say('moved', inherits, `zeebe:calledElement propagateAllParentVariables="${propagate.propagateAllParentVariables}"`);
  }
  for (const [uses, part] of [[ins, 'zeebe:input'], [outs, 'zeebe:output']] as const) for (const passed of uses) pass(converter, passed, part);
  const key = converter.attribute(element, 'businessKey');
  const value = key === undefined ? undefined : converter.value(key);
  if (key !== undefined && value !== undefined) converter.move(key, 'zeebe:calledElement', 'businessId', value);
  binding(converter, element, element, 'zeebe:calledElement', { kind: 'calledElementBinding', version: 'calledElementVersion', tag: 'calledElementVersionTag' });
}

/** One variable, one expression, all variables, or the business key. */
function pass(converter: Converter, use: Use, part: 'zeebe:input' | 'zeebe:output'): void {
  const node = use.node as XmlElement;
  const written = (name: string): string | undefined => attributeOf(node, name);
  const said = (value: string): Use => ({ ...use, value });
  const target = written('target');
  const source = written('source');
  const expression = written('sourceExpression') ?? (source !== undefined && hasJuel(source) ? source : undefined);
  const businessKey = written('businessKey');
  if (written('variables') === 'all') {
    converter.remove(use);
    converter.say('moved', said('all'), `zeebe:calledElement ${part === 'zeebe:input' ? 'propagateAllParentVariables' : 'propagateAllChildVariables'}="true"`);
  } else if (businessKey !== undefined) {
    const value = converter.value(use, businessKey);
    if (value !== undefined) converter.move({ ...use, value: businessKey }, 'zeebe:calledElement', 'businessId', value);
  } else if (target !== undefined && (expression ?? source) !== undefined) {
    const converted = expression === undefined ? convertScript(source ?? '') : convertValue(expression);
    if (!('text' in converted)) { converter.refuse(said(expression ?? source ?? ''), 'expression', { reason: converted.reason, todo: converted.hint }); return; }
    converter.add(use.element, 'zeebe:ioMapping', part, { source: converted.text, target });
    converter.remove(use);
    converter.say('moved', said(expression ?? source ?? ''), `${part} source="${converted.text}" target="${target}"`);
  } else converter.refuse(use, 'unknown', { todo: 'Write an input or output mapping.' });
}

export function decision(converter: Converter, element: XmlElement): void {
  const use = converter.attribute(element, 'decisionRef');
  if (use === undefined) return;
  const decisionId = converter.value(use);
  if (decisionId === undefined) return;
  const type = 'zeebe:calledDecision';
  const variable = converter.attribute(element, 'resultVariable');
  if (!converter.put(element, type, { decisionId, resultVariable: variable?.value ?? 'decisionResult' })) {
    converter.keep(use);
    converter.say('present', use, type);
    return;
  }
  converter.remove(use);
  converter.say('moved', use, `${type} decisionId="${decisionId}"`);
  if (variable !== undefined) {
    converter.remove(variable);
    converter.say('moved', variable, `${type} resultVariable="${variable.value}"`);
  } else converter.say('check', use, `${type} resultVariable="decisionResult"`, { but: 'there the result could only be read by an output mapping', todo: 'Give the result the name the process reads.' });
  const mapped = converter.attribute(element, 'mapDecisionResult');
  if (mapped !== undefined) {
    converter.remove(mapped);
    const words = { but: 'the shape of the result follows from the decision: a value, a context of values, or a list', todo: 'Check how the process reads the result.' };
    converter.say(mapped.value === 'singleEntry' ? 'leftOut' : 'check', mapped, mapped.value === 'singleEntry' ? '' : `the result as ${type} gives it`, mapped.value === 'singleEntry' ? { why: 'a decision with one output gives its value' } : words);
  }
  binding(converter, element, element, type, { kind: 'decisionRefBinding', version: 'decisionRefVersion', tag: 'decisionRefVersionTag' });
}

/** Languages in which an expression looks as it does here. */
const ALIKE = /^(?:juel|javascript|ecmascript|js|groovy|python|jython)$/i;

/** One expression becomes zeebe:script; nothing else of another language is ever run. */
export function script(converter: Converter, element: XmlElement): void {
  const node = converter.bpmnChild(element, 'script');
  if (node === undefined || converter.own(element, 'zeebe:script') !== undefined || converter.own(element, 'zeebe:taskDefinition') !== undefined) return;
  const language = attributeOf(element, 'scriptFormat') ?? '';
  const text = textOf(node).trim();
  const variable = converter.attribute(element, 'resultVariable') ?? converter.attribute(element, 'resultVariableName');
  const use: Use = { element, owner: element, node, value: text, property: 'bpmn:script' };
  const set = /^execution\.setVariable\(\s*(["'])([\p{L}_][\p{L}\p{N}_]*)\1\s*,([^]*)\)\s*;?$/u.exec(text);
  const source = set?.[3] ?? text;
  const resultVariable = set?.[2] ?? variable?.value;
  const converted = /feel/i.test(language) ? { text: `=${source.replace(/^=/, '')}` } : !ALIKE.test(language) ? undefined : hasJuel(source) ? convertValue(source) : convertScript(source);
  if (converted === undefined || !('text' in converted) || !converted.text.startsWith('=') || resultVariable === undefined) {
    if (variable !== undefined) converter.keep(variable);
    if (/^juel$/i.test(language) && converted !== undefined && !('text' in converted)) converter.refuse(use, 'expression', { reason: converted.reason, todo: converted.hint });
    else converter.refuse(use, 'foreignScript', { language: language === '' ? 'a language it does not name' : language });
    return;
  }
  converter.put(element, 'zeebe:script', { expression: converted.text, resultVariable });
  converter.remove(use);
  element.attributes = element.attributes.filter(({ name }) => name !== 'scriptFormat');
  if (variable !== undefined && set === null) converter.remove(variable);
  else if (variable !== undefined) {
    converter.remove(variable);
    converter.say('dropped', variable, '', { why: 'the script writes its own variable and returns nothing', todo: 'Check who reads this variable.' });
  }
  const to = `zeebe:script expression="${converted.text}" resultVariable="${resultVariable}"`;
  if (/^(?:juel|feel)/i.test(language)) converter.say('moved', use, to);
  else converter.say('script', use, to, { language });
}

const LOOP = 'zeebe:loopCharacteristics';

/** `element` is the multi-instance marker. */
export function multiInstance(converter: Converter, element: XmlElement, isForeign: boolean): void {
  const collection = converter.attribute(element, 'collection');
  if (collection !== undefined) {
    const value = hasJuel(collection.value) ? converter.value(collection) : nameOrNothing(converter, collection);
    if (value !== undefined) converter.move(collection, LOOP, 'inputCollection', value);
  }
  const variable = converter.attribute(element, 'elementVariable');
  if (variable !== undefined) converter.move(variable, LOOP, 'inputElement', variable.value);
  const cardinality = converter.bpmnChild(element, 'loopCardinality');
  if (cardinality === undefined || collection !== undefined) return;
  const text = textOf(cardinality).trim();
  if (!hasJuel(text) && !(isForeign && /^[1-9]\d{0,8}$/.test(text))) return;
  const use: Use = { element, owner: element, node: cardinality, value: text, property: 'bpmn:loopCardinality' };
  const converted = converter.value(use);
  if (converted === undefined) return;
  const feel = converted.replace(/^=/, '');
  // A range from 1 down to 0 would have two values.
  const counted = /^\d+$/.test(feel) ? `=for i in 1..${feel} return i` : `=if (${feel}) < 1 then [] else for i in 1..(${feel}) return i`;
  converter.move(use, LOOP, 'inputCollection', counted);
}

function nameOrNothing(converter: Converter, use: Use): string | undefined {
  const converted = convertScript(use.value);
  if ('text' in converted) return converted.text;
  converter.refuse(use, 'expression', { reason: converted.reason, todo: converted.hint });
  return undefined;
}

/** Texts of the standard that are expressions. */
const EXPRESSIONS = new Set(['conditionExpression', 'condition', 'completionCondition', 'loopCondition', 'activationCondition', 'timeDate', 'timeDuration', 'timeCycle', 'loopCardinality']);
const FOREIGN_LANGUAGE = /juel|javascript|ecmascript|groovy|python|ruby/i;

/** Conditions, timers and the like. */
export function expression(converter: Converter, element: XmlElement): void {
  if (!EXPRESSIONS.has(element.local) || converter.isTold(element)) return;
  const text = textOf(element).trim();
  const language = attributeOf(element, 'language') ?? '';
  const use: Use = { element, owner: element, node: element, value: text, property: `bpmn:${element.local}` };
  if (hasJuel(text)) {
    const value = converter.value(use);
    if (value === undefined) return;
    rewrite(element, value);
    converter.say('rewritten', use, value);
  } else if (FOREIGN_LANGUAGE.test(language) && text !== '') {
    const converted = convertScript(text);
    if (!('text' in converted)) { converter.refuse(use, 'foreignScript', { language }); return; }
    rewrite(element, converted.text);
    converter.say('script', use, converted.text, { language });
  }
}

function rewrite(element: XmlElement, text: string): void {
  element.attributes = element.attributes.filter(({ name }) => name !== 'language');
  setText(element, text);
}
