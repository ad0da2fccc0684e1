/** Random changes to BPMN files: of their structure, so that many still compile and run, and of their characters, so that none must be trusted. */
import { mutateFeel, pick } from './mutations.ts';
import type { Random } from './mutations.ts';

/** Ids, names and numbers at the edges. */
export const EDGES: readonly string[] = [
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '', ' ', 'a:b', '1', '-1', '0', '1.5', '1e9', '2147483648', '9007199254740993', '99999999999999999999', 'NaN', 'Infinity', 'true', 'false', 'maybe',
  '=', '=null', '=a +', '=1/0', '=x.y.z', '=__proto__', '=constructor', '=[]', '={}', '=1..3', '=[1..1000000]', '=for i in 1..3 return i', '${x}', '&amp;', '&lt;', '&#0;', '&#x110000;', ']]&gt;', '\u0000', '\ud800', 'ü', 'P', 'a'.repeat(5_000),
];

const TIMES: readonly string[] = [
  'PT0S', '-PT1H', 'P0D', 'R/PT0S', 'R0/PT1S', 'R3/PT0S', 'R/PT1S', 'R99999999/PT1S', 'R3/-PT1S', 'P99999999999999999999D', 'P999999Y', 'P5BD', '1970-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-02-30T00:00:00Z', '0 0 30 2 *', '* * * * * *', '0 0 0 29 2 *', '=now()', '=date and time("1999-01-01T00:00:00Z")', '=duration("PT0S")', '=null',
];

const ACTIVITIES = ['task', 'userTask', 'serviceTask', 'scriptTask', 'sendTask', 'receiveTask', 'manualTask', 'businessRuleTask', 'callActivity', 'subProcess', 'transaction', 'adHocSubProcess'];
const GATEWAYS = ['exclusiveGateway', 'parallelGateway', 'inclusiveGateway', 'complexGateway', 'eventBasedGateway'];
const EVENTS = ['startEvent', 'endEvent', 'intermediateCatchEvent', 'intermediateThrowEvent', 'boundaryEvent'];
const DEFINITIONS = ['messageEventDefinition', 'timerEventDefinition', 'errorEventDefinition', 'terminateEventDefinition', 'signalEventDefinition', 'escalationEventDefinition', 'conditionalEventDefinition', 'linkEventDefinition', 'compensateEventDefinition', 'cancelEventDefinition'];
/** What an element can become without losing its place. */
const KINDS: readonly (readonly string[])[] = [ACTIVITIES, [...GATEWAYS, 'task'], EVENTS, DEFINITIONS, [...ACTIVITIES, ...GATEWAYS, ...EVENTS, 'dataObject', 'sequenceFlow', 'lane', 'toString']];

/** Attributes that change what an element does. */
const ATTRIBUTES: readonly string[] = [
  'isForCompensation="true"', 'triggeredByEvent="true"', 'startQuantity="2"', 'startQuantity="1000000000"', 'completionQuantity="3"', 'completionQuantity="1000000000"', 'instantiate="true"', 'parallelMultiple="true"', 'cancelActivity="false"', 'isInterrupting="false"',
  'ordering="Sequential"', 'cancelRemainingInstances="false"', 'eventGatewayType="Parallel"', 'isExecutable="false"', 'gatewayDirection="Converging"', 'default="x"', 'attachedToRef="x"', 'waitForCompletion="false"', 'isSequential="true"', 'behavior="None"',
];

/** Contents that can stand in an element; put where they belong or anywhere. */
const CONTENTS: readonly string[] = [
  '<standardLoopCharacteristics><loopCondition>=loopCounter &lt; 3</loopCondition></standardLoopCharacteristics>',
  '<standardLoopCharacteristics><loopCondition>=true</loopCondition></standardLoopCharacteristics>',
  '<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>',
  '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>=2</loopCardinality><completionCondition>=loopCounter = 1</completionCondition></multiInstanceLoopCharacteristics>',
  '<multiInstanceLoopCharacteristics><loopCardinality>1000000000000</loopCardinality><completionCondition>=true</completionCondition></multiInstanceLoopCharacteristics>',
  '<multiInstanceLoopCharacteristics behavior="One"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>',
  '<timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition>', '<timerEventDefinition><timeCycle>R/PT0S</timeCycle></timerEventDefinition>', '<timerEventDefinition><timeDate>1999-01-01T00:00:00Z</timeDate></timerEventDefinition>',
  '<terminateEventDefinition/>', '<errorEventDefinition/>', '<escalationEventDefinition/>', '<compensateEventDefinition/>', '<cancelEventDefinition/>', '<linkEventDefinition name="__proto__"/>', '<conditionalEventDefinition><condition>=pick = 1</condition></conditionalEventDefinition>',
  '<conditionExpression>=pick &gt; 0</conditionExpression>', '<completionCondition>=true</completionCondition>', '<activationCondition>=activationCount &gt; 0</activationCondition>',
  '<extensionElements><ioMapping xmlns="http://camunda.org/schema/zeebe/1.0"><input source="=pick" target="__proto__"/><output source="=1" target="constructor.prototype"/></ioMapping></extensionElements>',
  '<property id="p_fuzz" name="__proto__"/>', '<incoming>nowhere</incoming>', '<!-- - -->', '<![CDATA[x]]>', '<!DOCTYPE a [<!ENTITY b "c">]>', '<?php ?>', '<x:y/>',
];

const TAG = /<\/?[A-Za-z][^<>]*>/g;
const VALUE = /([\w:]+)="([^"]*)"/g;
const TEXT = />([^<>]+)</g;

/** One to three changes, mostly one; `others`: files to borrow elements from. */
export function mutateBpmn(xml: string, others: readonly string[], random: Random): string {
  let changed = xml;
  for (let times = 1 + Math.floor(random() ** 3 * 3); times > 0; times -= 1) changed = changeOnce(changed, others, random);
  return changed;
}

function changeOnce(xml: string, others: readonly string[], random: Random): string {
  const kind = random();
  if (kind < 0.16) return withValue(xml, random);
  if (kind < 0.3) return withReference(xml, random);
  if (kind < 0.42) return withText(xml, random);
  if (kind < 0.54) return withKind(xml, random);
  if (kind < 0.66) return withAttribute(xml, random);
  if (kind < 0.76) return withContents(xml, random);
  if (kind < 0.92) return withElement(xml, others, random);
  return random() < 0.2 ? nested(xml, random) : withCharacters(xml, random);
}

const put = (xml: string, from: number, to: number, text: string): string => xml.slice(0, from) + text + xml.slice(to);

/** An attribute gets a value from the edges. */
function withValue(xml: string, random: Random): string {
  const found = [...xml.matchAll(VALUE)];
  if (found.length === 0) return xml;
  const { index, 0: whole, 1: name = '' } = pick(random, found);
  return put(xml, index, index + whole.length, `${name}="${pick(random, EDGES).replaceAll('"', '&quot;')}"`);
}

/** An attribute gets the value another one has: references lead elsewhere, in circles too. */
function withReference(xml: string, random: Random): string {
  const found = [...xml.matchAll(VALUE)].filter(([, name = '']) => /Ref$|^default$|^id$|^processId$/.test(name));
  const ids = [...xml.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
  if (found.length === 0 || ids.length === 0) return xml;
  const { index, 0: whole, 1: name = '' } = pick(random, found);
  return put(xml, index, index + whole.length, `${name}="${pick(random, ids)}"`);
}

/** A text (expression, time, reference) is another one. */
function withText(xml: string, random: Random): string {
  const found = [...xml.matchAll(TEXT)].filter(([, text = '']) => text.trim() !== '');
  if (found.length === 0) return withValue(xml, random);
  const { index, 0: whole, 1: text = '' } = pick(random, found);
  const fresh = random() < 0.4 ? pick(random, TIMES) : random() < 0.5 ? pick(random, EDGES) : mutateFeel(text, [text, 'pick = 1', 'loopCounter < 3'], random).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return put(xml, index + 1, index + whole.length - 1, fresh);
}

/** An element becomes one of another type, with its end tag. */
function withKind(xml: string, random: Random): string {
  const kinds = pick(random, KINDS);
  const names = kinds.filter((name) => new RegExp(`<(?:\\w+:)?${name}[ />]`).test(xml));
  if (names.length === 0) return xml;
  const name = pick(random, names);
  const element = oneOf(random, elementsOf(xml, name));
  if (element === undefined) return xml;
  const other = pick(random, kinds);
  const own = xml.slice(element.from, element.to);
  const renamed = own.replace(/^(<(?:\w+:)?)\w+/, `$1${other}`).replace(/(<\/(?:\w+:)?)\w+>$/, `$1${other}>`);
  return put(xml, element.from, element.to, renamed);
}

function withAttribute(xml: string, random: Random): string {
  const found = [...xml.matchAll(/<(?:\w+:)?(?:\w*Task|\w*Event|\w*Gateway|\w*Process|transaction|callActivity|\w+EventDefinition|\w+LoopCharacteristics|process)(?=[ />])/g)];
  if (found.length === 0) return xml;
  const { index, 0: whole } = pick(random, found);
  return put(xml, index + whole.length, index + whole.length, ` ${pick(random, ATTRIBUTES)}`);
}

/** Something more stands in an element. */
function withContents(xml: string, random: Random): string {
  const prefix = /<(\w+:)?definitions/.exec(xml)?.[1] ?? '';
  const contents = pick(random, CONTENTS).replace(/(<\/?)(?=[a-z]\w*[ />])/g, `$1${prefix}`);
  const found = [...xml.matchAll(/<(?:\w+:)?(?:\w*Task|\w*Event|\w*Gateway|\w*Process|transaction|callActivity|sequenceFlow)(?: [^<>]*)?>/g)];
  if (found.length === 0) return xml;
  const { index, 0: whole } = pick(random, found);
  if (!whole.endsWith('/>')) return put(xml, index + whole.length, index + whole.length, contents);
  const name = /^<([\w:]+)/.exec(whole)?.[1] ?? '';
  return put(xml, index, index + whole.length, `${whole.slice(0, -2)}>${contents}</${name}>`);
}

function oneOf<T>(random: Random, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : pick(random, from);
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where whole elements of a name stand. */
function elementsOf(xml: string, name: string): readonly Place[] {
  const found: Place[] = [];
  const open: number[] = [];
  for (const { index, 0: tag } of xml.matchAll(new RegExp(`</?(?:\\w+:)?${name}(?: [^<>]*)?>`, 'g'))) {
    if (tag.endsWith('/>')) found.push({ from: index, to: index + tag.length });
    else if (!tag.startsWith('</')) open.push(index);
    else found.push({ from: open.pop() ?? index, to: index + tag.length });
  }
  return found;
}

/** A whole element goes, comes twice, moves, or comes from another file. */
function withElement(xml: string, others: readonly string[], random: Random): string {
  const from = random() < 0.3 ? pick(random, others) : xml;
  const names = [...from.matchAll(/<(?:\w+:)?(\w+)[ />]/g)].map(([, name = '']) => name).filter((name) => name !== 'definitions');
  if (names.length === 0) return xml;
  const element = oneOf(random, elementsOf(from, pick(random, names)));
  if (element === undefined) return xml;
  const text = from.slice(element.from, element.to);
  const places = [...xml.matchAll(TAG)].map(({ index }) => index);
  const at = oneOf(random, places) ?? 0;
  if (from !== xml || random() < 0.4) return put(xml, at, at, random() < 0.5 ? text : text.replace(/ id="[^"]*"/, ` id="fuzz_${String(Math.floor(random() * 1_000))}"`));
  const other = oneOf(random, elementsOf(xml, pick(random, names)));
  return put(xml, element.from, element.to, other === undefined || random() < 0.5 ? '' : xml.slice(other.from, other.to));
}

/** Scopes in scopes in scopes. */
function nested(xml: string, random: Random): string {
  const prefix = /<(\w+:)?definitions/.exec(xml)?.[1] ?? '';
  const depth = Math.floor(random() ** 3 * 300);
  const at = xml.search(/<(?:\w+:)?startEvent/);
  if (at < 0) return xml;
  const open = Array.from({ length: depth }, (_, index) => `<${prefix}subProcess id="deep_${String(index)}">`).join('');
  return put(xml, at, at, `${open}<${prefix}task id="deepest"/>${`</${prefix}subProcess>`.repeat(depth)}`);
}

function withCharacters(xml: string, random: Random): string {
  const at = Math.floor(random() * xml.length);
  switch (Math.floor(random() * 4)) {
    case 0: return put(xml, at, at + Math.floor(random() * 40), '');
    case 1: return put(xml, at, at, String.fromCharCode(Math.floor(random() * (random() < 0.8 ? 128 : 65_536))));
    case 2: return put(xml, at, at, xml.slice(at, at + Math.floor(random() * 200)));
    default: return random() < 0.3 ? xml.slice(0, at) : put(xml, at, at + 1, pick(random, ['<', '>', '/', '"', '&', '=', "'", '\u0000', '\ud83d']));
  }
}
