/** The models that the two hosts of the engine are compared on. */

function file(...processes: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="urn:test">
${processes.join('\n')}
</bpmn:definitions>`;
}

const flow = (id: string, from: string, to: string, condition?: string): string =>
  `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${condition === undefined ? '' : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=${condition}</bpmn:conditionExpression>`}</bpmn:sequenceFlow>`;

const after = (duration: string): string => `<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition>`;

export const TIMERS = file(`<bpmn:process id="timers" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 't')}<bpmn:userTask id="t"/>${flow('f2', 't', 'e')}<bpmn:endEvent id="e"/>
  <bpmn:boundaryEvent id="remind" attachedToRef="t" cancelActivity="false"><bpmn:timerEventDefinition><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R3/PT10M</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>
  ${flow('f3', 'remind', 'reminded')}<bpmn:endEvent id="reminded"/>
  <bpmn:boundaryEvent id="late" attachedToRef="t">${after('PT5H')}</bpmn:boundaryEvent>${flow('f4', 'late', 'pause')}
  <bpmn:intermediateCatchEvent id="pause">${after('PT1H')}</bpmn:intermediateCatchEvent>${flow('f5', 'pause', 'gone')}<bpmn:endEvent id="gone"/>
</bpmn:process>`);

export const CALLS = file(`<bpmn:process id="caller" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'call')}
  <bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="called" propagateAllChildVariables="true"/></bpmn:extensionElements></bpmn:callActivity>${flow('f2', 'call', 'e')}<bpmn:endEvent id="e"/>
  <bpmn:boundaryEvent id="failed" attachedToRef="call"><bpmn:errorEventDefinition errorRef="err"/></bpmn:boundaryEvent>${flow('f3', 'failed', 'e2')}<bpmn:endEvent id="e2"/>
  <bpmn:boundaryEvent id="slow" attachedToRef="call">${after('PT1H')}</bpmn:boundaryEvent>${flow('f4', 'slow', 'e3')}<bpmn:endEvent id="e3"/>
</bpmn:process>`, `<bpmn:process id="called" isExecutable="true">
  <bpmn:startEvent id="cs"/>${flow('c1', 'cs', 'x')}<bpmn:exclusiveGateway id="x" default="c3"/>
  ${flow('c2', 'x', 'bad', 'fail')}<bpmn:endEvent id="bad"><bpmn:errorEventDefinition errorRef="err"/></bpmn:endEvent>
  ${flow('c3', 'x', 'work')}<bpmn:userTask id="work"/>${flow('c4', 'work', 'ce')}<bpmn:endEvent id="ce"/>
</bpmn:process>`, '<bpmn:error id="err" name="err" errorCode="E1"/>');

export const MESSAGES = file(`<bpmn:process id="waiting" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'r')}<bpmn:receiveTask id="r" messageRef="payment"/>${flow('f2', 'r', 'g')}
  <bpmn:eventBasedGateway id="g"/>${flow('f3', 'g', 'm')}${flow('f4', 'g', 'w')}
  <bpmn:intermediateCatchEvent id="m"><bpmn:messageEventDefinition messageRef="payment"/></bpmn:intermediateCatchEvent>${flow('f5', 'm', 'e')}
  <bpmn:intermediateCatchEvent id="w">${after('PT1H')}</bpmn:intermediateCatchEvent>${flow('f6', 'w', 'e')}<bpmn:endEvent id="e"/>
</bpmn:process>`, `<bpmn:process id="applied" isExecutable="true">
  <bpmn:startEvent id="as"><bpmn:messageEventDefinition messageRef="application"/></bpmn:startEvent>${flow('a1', 'as', 'at')}<bpmn:userTask id="at"/>${flow('a2', 'at', 'ae')}<bpmn:endEvent id="ae"/>
</bpmn:process>`, `<bpmn:message id="payment" name="payment"><bpmn:extensionElements><zeebe:subscription correlationKey="=reference"/></bpmn:extensionElements></bpmn:message>
<bpmn:message id="application" name="application"/>`);

export const CONVERSATION = file(`<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="asker"/><bpmn:participant id="p2" processRef="answerer"/>
  <bpmn:messageFlow id="mf1" sourceRef="ask" targetRef="asked"/><bpmn:messageFlow id="mf2" sourceRef="answer" targetRef="answered"/></bpmn:collaboration>`, `<bpmn:process id="asker" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'ask')}<bpmn:sendTask id="ask" messageRef="question"/>${flow('f2', 'ask', 'answered')}
  <bpmn:intermediateCatchEvent id="answered"><bpmn:messageEventDefinition messageRef="reply"/></bpmn:intermediateCatchEvent>${flow('f3', 'answered', 'e')}<bpmn:endEvent id="e"/>
</bpmn:process>`, `<bpmn:process id="answerer" isExecutable="true">
  <bpmn:startEvent id="asked"><bpmn:messageEventDefinition messageRef="question"/></bpmn:startEvent>${flow('g1', 'asked', 'think')}
  <bpmn:scriptTask id="think"><bpmn:extensionElements><zeebe:script expression="=question + &quot; not&quot;" resultVariable="reply"/></bpmn:extensionElements></bpmn:scriptTask>${flow('g2', 'think', 'answer')}
  <bpmn:endEvent id="answer"><bpmn:messageEventDefinition messageRef="reply"/></bpmn:endEvent>
</bpmn:process>`, '<bpmn:message id="question" name="question"/><bpmn:message id="reply" name="reply"/>');

export const ERRORS = file(`<bpmn:process id="errors" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'sub')}
  <bpmn:subProcess id="sub"><bpmn:startEvent id="is"/>${flow('i1', 'is', 'job')}
    <bpmn:serviceTask id="job"><bpmn:extensionElements><zeebe:taskDefinition type="register"/></bpmn:extensionElements></bpmn:serviceTask>${flow('i2', 'job', 'ie')}<bpmn:endEvent id="ie"/>
  </bpmn:subProcess>${flow('f2', 'sub', 'e')}<bpmn:endEvent id="e"/>
  <bpmn:boundaryEvent id="refused" attachedToRef="sub"><bpmn:errorEventDefinition errorRef="err"/></bpmn:boundaryEvent>${flow('f3', 'refused', 'e2')}<bpmn:endEvent id="e2"/>
</bpmn:process>`, '<bpmn:error id="err" name="err" errorCode="REFUSED"/>');

export const LOOP = file(`<bpmn:process id="loop" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'join')}<bpmn:exclusiveGateway id="join"/>${flow('f2', 'join', 'count')}
  <bpmn:scriptTask id="count"><bpmn:extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></bpmn:extensionElements></bpmn:scriptTask>${flow('f3', 'count', 'x')}
  <bpmn:exclusiveGateway id="x" default="f5"/>${flow('f4', 'x', 'join', 'n &lt; 100')}${flow('f5', 'x', 'e')}<bpmn:endEvent id="e"/>
</bpmn:process>`);

export const BORROWED = file(`<bpmn:process id="borrowed" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'x')}<bpmn:exclusiveGateway id="x" default="f3"/>${flow('f2', 'x', 'e', 'amount &gt; 1')}${flow('f3', 'x', 'e2')}<bpmn:endEvent id="e"/><bpmn:endEvent id="e2"/>
</bpmn:process>`);

const onSignal = (ref: string): string => `<bpmn:signalEventDefinition signalRef="${ref}"/>`;

export const SIGNALS = file(`<bpmn:process id="listening" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 't')}<bpmn:userTask id="t"/>${flow('f2', 't', 'e')}<bpmn:endEvent id="e"/>
  <bpmn:boundaryEvent id="heard" attachedToRef="t" cancelActivity="false">${onSignal('alarm')}</bpmn:boundaryEvent>${flow('f3', 'heard', 'noted')}<bpmn:endEvent id="noted"/>
  <bpmn:subProcess id="handler" triggeredByEvent="true"><bpmn:startEvent id="hs">${onSignal('stop')}</bpmn:startEvent>${flow('h1', 'hs', 'ht')}<bpmn:userTask id="ht"/>${flow('h2', 'ht', 'he')}<bpmn:endEvent id="he"/></bpmn:subProcess>
</bpmn:process>`, `<bpmn:process id="started" isExecutable="true">
  <bpmn:startEvent id="ss">${onSignal('alarm')}</bpmn:startEvent>${flow('s1', 'ss', 'st')}<bpmn:userTask id="st"/>${flow('s2', 'st', 'se')}<bpmn:endEvent id="se"/>
</bpmn:process>`, `<bpmn:process id="throwing" isExecutable="true">
  <bpmn:startEvent id="ts"/>${flow('t1', 'ts', 'tell')}<bpmn:intermediateThrowEvent id="tell">${onSignal('alarm')}</bpmn:intermediateThrowEvent>${flow('t2', 'tell', 'te')}<bpmn:endEvent id="te">${onSignal('stop')}</bpmn:endEvent>
</bpmn:process>`, '<bpmn:signal id="alarm" name="alarm"/><bpmn:signal id="stop" name="stop"/>');

export const ESCALATION = file(`<bpmn:process id="boss" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'call')}
  <bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="clerk"/></bpmn:extensionElements></bpmn:callActivity>${flow('f2', 'call', 'e')}<bpmn:endEvent id="e"/>
  <bpmn:boundaryEvent id="told" attachedToRef="call"><bpmn:escalationEventDefinition escalationRef="late"/></bpmn:boundaryEvent>${flow('f3', 'told', 'e2')}<bpmn:endEvent id="e2"/>
</bpmn:process>`, `<bpmn:process id="clerk" isExecutable="true">
  <bpmn:startEvent id="cs"/>${flow('c1', 'cs', 'tell')}<bpmn:intermediateThrowEvent id="tell"><bpmn:escalationEventDefinition escalationRef="late"/></bpmn:intermediateThrowEvent>${flow('c2', 'tell', 'ct')}<bpmn:userTask id="ct"/>${flow('c3', 'ct', 'ce')}<bpmn:endEvent id="ce"/>
</bpmn:process>`, '<bpmn:escalation id="late" escalationCode="LATE"/>');

export const EVERYTHING = file(`<bpmn:process id="everything" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'each')}
  <bpmn:scriptTask id="each"><bpmn:extensionElements><zeebe:script expression="=item * 2" resultVariable="twice"/></bpmn:extensionElements>
    <bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="doubled" outputElement="=twice"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>
  </bpmn:scriptTask>${flow('f2', 'each', 'paid')}
  <bpmn:boundaryEvent id="undone" attachedToRef="each"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>
  <bpmn:scriptTask id="undo" isForCompensation="true"><bpmn:extensionElements><zeebe:script expression="=item" resultVariable="last"/></bpmn:extensionElements></bpmn:scriptTask><bpmn:association id="as" sourceRef="undone" targetRef="undo"/>
  <bpmn:intermediateCatchEvent id="paid"><bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">=paid &gt;= 100</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:intermediateCatchEvent>${flow('f3', 'paid', 'split')}
  <bpmn:inclusiveGateway id="split" default="f6"/>${flow('f4', 'split', 'x', 'a')}${flow('f5', 'split', 'y', 'b')}${flow('f6', 'split', 'join')}
  <bpmn:task id="x"/><bpmn:task id="y"/>${flow('f7', 'x', 'join')}${flow('f8', 'y', 'join')}<bpmn:inclusiveGateway id="join"/>${flow('f9', 'join', 'back')}
  <bpmn:intermediateThrowEvent id="back"><bpmn:compensateEventDefinition/></bpmn:intermediateThrowEvent>${flow('f10', 'back', 'e')}<bpmn:endEvent id="e"/>
</bpmn:process>`);

export const ENDLESS = file(`<bpmn:process id="ping" isExecutable="true">
  <bpmn:startEvent id="ps"><bpmn:messageEventDefinition messageRef="pingMessage"/></bpmn:startEvent>${flow('p1', 'ps', 'pe')}<bpmn:endEvent id="pe"><bpmn:signalEventDefinition signalRef="pongSignal"/></bpmn:endEvent>
</bpmn:process>`, `<bpmn:process id="pong" isExecutable="true">
  <bpmn:startEvent id="qs"><bpmn:signalEventDefinition signalRef="pongSignal"/></bpmn:startEvent>${flow('q1', 'qs', 'call')}
  <bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="thrower"/></bpmn:extensionElements></bpmn:callActivity>${flow('q2', 'call', 'qe')}<bpmn:endEvent id="qe"/>
</bpmn:process>`, `<bpmn:process id="thrower" isExecutable="true">
  <bpmn:startEvent id="rs"/>${flow('r1', 'rs', 're')}<bpmn:endEvent id="re"><bpmn:messageEventDefinition messageRef="pingMessage"/></bpmn:endEvent>
</bpmn:process>`, '<bpmn:message id="pingMessage" name="ping"/><bpmn:signal id="pongSignal" name="pong"/>');
