/** A model with an element of every kind the panel knows, for tests that go through all of its fields; it is drawn by nobody and run by nobody. */
import type { Vocabulary } from '../../designer/panel/fields.ts';

export const VOCABULARY: Vocabulary = {
  groups: [{ id: 'clerks', title: 'Clerks' }], people: [{ id: 'ana', title: 'Ana' }], calendars: ['saint-lucia'], decisions: ['fee'], processes: [{ id: 'other', title: 'Other' }],
  forms: [{ id: 'papers', fields: [{ key: 'count', label: 'How many' }] }],
};

const TRIGGERS = ['timer', 'message', 'signal', 'error', 'escalation', 'conditional', 'link', 'compensate'];
const TASKS = ['task', 'userTask', 'serviceTask', 'sendTask', 'receiveTask', 'scriptTask', 'manualTask', 'businessRuleTask', 'callActivity'];

function events(kind: string, attributes = ''): string {
  return TRIGGERS.map((trigger) => `<bpmn:${kind} id="${kind}-${trigger}" ${attributes}><bpmn:${trigger}EventDefinition id="${kind}-${trigger}-d" /></bpmn:${kind}>`).join('\n');
}

export const EVERYTHING = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="defs" targetNamespace="urn:test">
  <bpmn:collaboration id="pools"><bpmn:participant id="pool" processRef="all" /></bpmn:collaboration>
  <bpmn:process id="all" isExecutable="true">
    <bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="Front desk"><bpmn:flowNodeRef>userTask</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="start" />
    ${TASKS.map((task) => `<bpmn:${task} id="${task}" />`).join('\n')}
    <bpmn:serviceTask id="stores"><bpmn:dataInputAssociation id="read"><bpmn:sourceRef>register</bpmn:sourceRef></bpmn:dataInputAssociation><bpmn:dataOutputAssociation id="write"><bpmn:targetRef>register</bpmn:targetRef></bpmn:dataOutputAssociation></bpmn:serviceTask>
    <bpmn:dataStoreReference id="register" name="Vehicle register" />
    <bpmn:callActivity id="plainCall" calledElement="other" />
    <bpmn:adHocSubProcess id="adHocSubProcess" />
    <bpmn:subProcess id="handler" triggeredByEvent="true">${events('startEvent')}</bpmn:subProcess>
    ${events('intermediateCatchEvent')}
    ${events('intermediateThrowEvent')}
    ${events('boundaryEvent', 'attachedToRef="userTask"')}
    ${events('endEvent')}
    <bpmn:intermediateCatchEvent id="several"><bpmn:timerEventDefinition id="several-t" /><bpmn:signalEventDefinition id="several-s" /></bpmn:intermediateCatchEvent>
    <bpmn:exclusiveGateway id="exclusive"><bpmn:outgoing>f1</bpmn:outgoing><bpmn:outgoing>f2</bpmn:outgoing></bpmn:exclusiveGateway>
    <bpmn:inclusiveGateway id="inclusive" />
    <bpmn:complexGateway id="complex" />
    <bpmn:eventBasedGateway id="waiting" />
    <bpmn:sequenceFlow id="f1" sourceRef="exclusive" targetRef="task" />
    <bpmn:sequenceFlow id="f2" sourceRef="exclusive" targetRef="userTask" />
  </bpmn:process>
</bpmn:definitions>`;
