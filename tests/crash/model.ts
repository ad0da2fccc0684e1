/** What runs while the process is killed: a task, a job with an effect outside, a message that starts a second case, a timer, a task. */
import type { Actor } from '../../engine/index.ts';

export const CLERK: Actor = { person: 'clerk', groups: ['clerks'] };
/** Who race for every task. */
export const RIVALS = ['anna', 'ben', 'cleo'] as const;

const flow = (id: string, from: string, to: string): string => `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}"/>`;
const task = (id: string): string => `<bpmn:userTask id="${id}"><bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="clerks"/></bpmn:extensionElements></bpmn:userTask>`;

export const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="urn:test">
<bpmn:process id="crash" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'prepare')}${task('prepare')}${flow('f2', 'prepare', 'split')}
  <bpmn:parallelGateway id="split"/>${flow('f3', 'split', 'effect')}${flow('f4', 'split', 'tell')}${flow('f5', 'split', 'wait')}
  <bpmn:serviceTask id="effect"><bpmn:extensionElements><zeebe:taskDefinition type="effect" retries="5"/></bpmn:extensionElements></bpmn:serviceTask>${flow('f6', 'effect', 'join')}
  <bpmn:sendTask id="tell" messageRef="m"/>${flow('f7', 'tell', 'join')}
  <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT0.05S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>${flow('f8', 'wait', 'join')}
  ${flow('f9', 'split', 'approve')}${task('approve')}${flow('f10', 'approve', 'join')}
  <bpmn:parallelGateway id="join"/>${flow('f11', 'join', 'e')}<bpmn:endEvent id="e"/>
</bpmn:process>
<bpmn:process id="told" isExecutable="true">
  <bpmn:startEvent id="ts"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>${flow('t1', 'ts', 'te')}<bpmn:endEvent id="te"/>
</bpmn:process>
<bpmn:message id="m" name="told"/>
</bpmn:definitions>`;
