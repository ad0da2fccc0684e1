/** The work of a cluster under load: two tasks, and beside the second a job, a message that starts another case, and a timer. */
export const NOTIFIED = 'budget.officer';

const flow = (id: string, from: string, to: string): string => `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}"/>`;
const task = (id: string, offered: string): string => `<bpmn:userTask id="${id}"><bpmn:extensionElements><zeebe:assignmentDefinition ${offered}/></bpmn:extensionElements></bpmn:userTask>`;

/** `offered`: the attributes that say whose the tasks are. */
export const loadModel = (offered: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="urn:test">
<bpmn:process id="load" name="Load" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'prepare')}${task('prepare', offered)}${flow('f2', 'prepare', 'split')}
  <bpmn:parallelGateway id="split"/>${flow('f3', 'split', 'notice')}${flow('f4', 'split', 'tell')}${flow('f5', 'split', 'wait')}${flow('f9', 'split', 'approve')}
  <bpmn:serviceTask id="notice"><bpmn:extensionElements><zeebe:taskDefinition type="notify" retries="50"/><zeebe:taskHeaders><zeebe:header key="to" value="${NOTIFIED}"/><zeebe:header key="subject" value="Prepared"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>${flow('f6', 'notice', 'join')}
  <bpmn:sendTask id="tell" messageRef="m"/>${flow('f7', 'tell', 'join')}
  <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>${flow('f8', 'wait', 'join')}
  ${task('approve', offered)}${flow('f10', 'approve', 'join')}
  <bpmn:parallelGateway id="join"/>${flow('f11', 'join', 'e')}<bpmn:endEvent id="e"/>
</bpmn:process>
<bpmn:process id="told" name="Told" isExecutable="true">
  <bpmn:startEvent id="ts"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>${flow('t1', 'ts', 'te')}<bpmn:endEvent id="te"/>
</bpmn:process>
<bpmn:message id="m" name="told"/>
</bpmn:definitions>`;
