// Static rules of references, data, handlers and conversations: each with a model that breaks it and the same model repaired.
import { rule } from './rules.ts';
import { around, extended, flow, flows, model } from './support.ts';

const keyed = `<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=key" />')}</message>`;
const roots = `${keyed}<error id="err" errorCode="LATE" /><signal id="sig" name="Alarm" /><escalation id="esc" escalationCode="LOUD" />`;

describe('BPMN: references lead to what they mean (8.3.1)', () => {
  const waiting = (definition: string): string => around(`<intermediateCatchEvent id="n">${definition}</intermediateCatchEvent>`, roots);
  const thrown = (definition: string): string => model(`<startEvent id="s" /><endEvent id="e">${definition}</endEvent>${flow('s', 'e')}`, roots);
  const border = (definition: string): string => around(`<userTask id="n" /><boundaryEvent id="b" attachedToRef="n">${definition}</boundaryEvent>${flow('b', 'e')}`, roots);
  rule('BPMN_REFERENCE_TYPE', 'messageRef names a message', waiting('<messageEventDefinition messageRef="sig" />'), waiting('<messageEventDefinition messageRef="m" />'), 'n');
  rule('BPMN_REFERENCE_TYPE', 'A receive task names a message', around('<receiveTask id="n" messageRef="err" />', roots), around('<receiveTask id="n" messageRef="m" />', roots), 'n');
  rule('BPMN_REFERENCE_TYPE', 'signalRef names a signal', waiting('<signalEventDefinition signalRef="m" />'), waiting('<signalEventDefinition signalRef="sig" />'), 'n');
  rule('BPMN_REFERENCE_TYPE', 'errorRef names an error', border('<errorEventDefinition errorRef="esc" />'), border('<errorEventDefinition errorRef="err" />'), 'b');
  rule('BPMN_REFERENCE_TYPE', 'escalationRef names an escalation', border('<escalationEventDefinition escalationRef="err" />'), border('<escalationEventDefinition escalationRef="esc" />'), 'b');
  rule('BPMN_REFERENCE_TYPE', 'activityRef names an activity', thrown('<compensateEventDefinition activityRef="s" />'), thrown('<compensateEventDefinition />'), 'e');
  rule('BPMN_REFERENCE_TYPE', 'eventDefinitionRef names an event definition', waiting('<eventDefinitionRef>m</eventDefinitionRef>'), undefined, 'n');
  rule('BPMN_REFERENCE_TYPE', 'dataObjectRef names a data object', around('<dataObjectReference id="r" dataObjectRef="n" /><task id="n" />'), around('<dataObject id="o" /><dataObjectReference id="r" dataObjectRef="o" /><task id="n" />'), 'r');
  rule('BPMN_REFERENCE_TYPE', 'A data object reference does not refer to itself', around('<dataObjectReference id="r" dataObjectRef="r" /><task id="n"><property id="pl" name="__targetRef_placeholder" /><dataInputAssociation id="ia"><sourceRef>r</sourceRef><targetRef>pl</targetRef></dataInputAssociation></task>'), undefined, 'r');
  const pool = (ref: string): string => around('<task id="n" />', `<message id="m" name="Paid" /><collaboration id="c"><participant id="pa" processRef="${ref}" /></collaboration>`);
  rule('BPMN_REFERENCE_TYPE', 'A pool shows a process', pool('m'), undefined, 'pa');
});

describe('BPMN: data stands where it is seen (10.4.1)', () => {
  const reading = (inside: string, outside: string): string => model(`<startEvent id="s" /><subProcess id="x">${inside}<task id="t" /></subProcess>${outside}<task id="n"><ioSpecification id="io"><dataInput id="di" name="form" /><inputSet id="is" /><outputSet id="os" /></ioSpecification><dataInputAssociation id="ia"><sourceRef>o</sourceRef><targetRef>di</targetRef></dataInputAssociation></task><endEvent id="e" />${flows('s x n e')}`);
  rule('BPMN_DATA_SCOPE', 'An activity reads data of its own scope or one around it', reading('<dataObject id="o" name="form" />', ''), reading('', '<dataObject id="o" name="form" />'), 'n');
});

describe('BPMN: handlers, once and in their place (10.3.5, 10.5.6, 10.7)', () => {
  const handler = (id: string, definition: string, attributes = ''): string => `<subProcess id="${id}" triggeredByEvent="true"><startEvent id="${id}s" ${attributes}>${definition}</startEvent><task id="${id}t" />${flow(`${id}s`, `${id}t`)}</subProcess>`;
  const late = '<errorEventDefinition errorRef="err" />';
  const undo = '<compensateEventDefinition />';
  const inside = (contents: string): string => model(`<startEvent id="s" /><subProcess id="x"><task id="t" />${contents}</subProcess><endEvent id="e" />${flows('s x e')}`, roots);
  rule('BPMN_ERROR_CAUGHT_TWICE', 'An error is caught by one event sub-process of a scope', inside(handler('h', late) + handler('i', late)), inside(handler('h', late)), 'is');
  rule('BPMN_ERROR_CAUGHT_TWICE', 'A sub-process undoes itself in one way', inside(handler('h', undo) + handler('i', undo)), inside(handler('h', undo)), 'is');
  const undone = (more: string): string => around(`<task id="n" /><boundaryEvent id="b" attachedToRef="n">${undo}</boundaryEvent><task id="u" isForCompensation="true" /><association id="a" sourceRef="b" targetRef="u" />${more}`);
  rule('BPMN_ERROR_CAUGHT_TWICE', 'An activity has one compensation boundary event', undone(`<boundaryEvent id="c" attachedToRef="n">${undo}</boundaryEvent><task id="v" isForCompensation="true" /><association id="d" sourceRef="c" targetRef="v" />`), undone(''), 'c');
  const called = (twice: string): string => around(`<transaction id="n"><endEvent id="x"><cancelEventDefinition /></endEvent></transaction><boundaryEvent id="b" attachedToRef="n"><cancelEventDefinition /></boundaryEvent>${flow('b', 'e')}${twice}`);
  rule('BPMN_ERROR_CAUGHT_TWICE', 'A transaction has one cancel boundary event', called(`<boundaryEvent id="c" attachedToRef="n"><cancelEventDefinition /></boundaryEvent>${flow('c', 'e')}`), called(''), 'c');
  rule('BPMN_ERROR_NON_INTERRUPTING', 'Compensation of a sub-process by itself is no work beside it', inside(handler('h', undo, 'isInterrupting="false"')), inside(handler('h', undo)), 'hs');
  rule('BPMN_HANDLER_BORDER', 'An event sub-process has no boundary events', inside(`${handler('h', late)}<boundaryEvent id="b" attachedToRef="h"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>`), inside(handler('h', late)), 'h');
  rule('BPMN_COMPENSATION_UNUSED', 'An activity for compensation belongs to a boundary event', around('<task id="n" /><task id="u" isForCompensation="true" />'), undone(''), 'u');
  const linked = (thrower: string): string => model(`<startEvent id="s" />${thrower}<intermediateCatchEvent id="c"><linkEventDefinition name="L" /></intermediateCatchEvent><endEvent id="e" />${flow('c', 'e')}`);
  rule('BPMN_LINK_UNTHROWN', 'A link that is caught is thrown', linked('<task id="t" /><sequenceFlow id="s-t" sourceRef="s" targetRef="t" />'), linked(`<intermediateThrowEvent id="t"><linkEventDefinition name="L" /></intermediateThrowEvent>${flow('s', 't')}`), 'c');
});

describe('BPMN: a way out of every choice (8.4.13, 10.6.3)', () => {
  const split = (kind: string, fallback: string): string => around(`<${kind} id="n" ${fallback} /><task id="a" /><task id="b" />${flow('n', 'a', '=x')}${fallback === '' ? flow('n', 'b', '=y') : flow('n', 'b')}${flow('a', 'e')}${flow('b', 'e')}`).replace('<bpmn:sequenceFlow id="n-e" sourceRef="n" targetRef="e" />', '');
  rule('BPMN_GATEWAY_WITHOUT_DEFAULT', 'An inclusive gateway should have a default flow', split('inclusiveGateway', ''), split('inclusiveGateway', 'default="n-b"'), 'n');
  rule('BPMN_GATEWAY_WITHOUT_DEFAULT', 'An activity left by conditional flows only should have a default flow', split('task', ''), split('task', 'default="n-b"'), 'n');
  rule('BPMN_QUANTITY_INVALID', 'An activity gives a thousand tokens at most', around('<task id="n" completionQuantity="1001" />'), around('<task id="n" completionQuantity="1000" />'), 'n');
});

describe('BPMN: cases that start each other for ever (10.5.2)', () => {
  const pingPong = (between: string): string => model(`<startEvent id="s"><messageEventDefinition messageRef="m" /></startEvent>${between}<endEvent id="e"><messageEventDefinition messageRef="m" /></endEvent>${flows('s n e')}`, keyed);
  rule('BPMN_CASES_ENDLESS', 'A message does not start its own process without waiting', pingPong('<task id="n" />'), pingPong('<userTask id="n" />'), 'e');
  const two = (between: string): string => model(`<startEvent id="s"><signalEventDefinition signalRef="sig" /></startEvent><sendTask id="n" messageRef="m" />${flow('s', 'n')}`, `${roots}<process id="Q" isExecutable="true"><startEvent id="qs"><messageEventDefinition messageRef="m" /></startEvent>${between}<intermediateThrowEvent id="qt"><signalEventDefinition signalRef="sig" /></intermediateThrowEvent>${flows('qs q qt')}</process>`);
  rule('BPMN_CASES_ENDLESS', 'Nor do two processes start each other', two('<subProcess id="q"><task id="qi" /></subProcess>'), two('<intermediateCatchEvent id="q"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>'));
});
