/** Models for the tests of the designer, read as bpmn-js reads them. */
import { BpmnModdle } from 'bpmn-moddle';
import { DESCRIPTORS } from '../../engine/index.ts';
import { idOf, listOf } from '../../designer/model/moddle.ts';
import type { Moddle, ModdleElement } from '../../designer/model/moddle.ts';

/** A file with its root and the writer of it. */
export interface Read {
  readonly moddle: Moddle;
  readonly definitions: ModdleElement;
  xml(): Promise<string>;
  find(id: string): ModdleElement;
}

export const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="defs" targetNamespace="urn:test">
  <bpmn:process id="licence" name="Licence" isExecutable="true">
    <bpmn:laneSet id="lanes"><bpmn:lane id="desk" name="Front desk"><bpmn:flowNodeRef>check</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="start" name="Applied"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="check" name="Check papers"><bpmn:incoming>f1</bpmn:incoming><bpmn:incoming>f5</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:exclusiveGateway id="complete" name="Complete?" default="f4"><bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing><bpmn:outgoing>f4</bpmn:outgoing></bpmn:exclusiveGateway>
    <bpmn:userTask id="approve" name="Approve"><bpmn:extensionElements><gov:sla due="P5BD" /></bpmn:extensionElements><bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f6</bpmn:outgoing></bpmn:userTask>
    <bpmn:serviceTask id="ask" name="Ask for papers"><bpmn:incoming>f4</bpmn:incoming><bpmn:outgoing>f5</bpmn:outgoing></bpmn:serviceTask>
    <bpmn:boundaryEvent id="late" name="Late" attachedToRef="approve"><bpmn:outgoing>f7</bpmn:outgoing><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P9D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:endEvent id="end" name="Decided"><bpmn:incoming>f6</bpmn:incoming><bpmn:incoming>f7</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="check" />
    <bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="complete" />
    <bpmn:sequenceFlow id="f3" name="yes" sourceRef="complete" targetRef="approve"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=papers = 3</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f4" sourceRef="complete" targetRef="ask" />
    <bpmn:sequenceFlow id="f5" sourceRef="ask" targetRef="check" />
    <bpmn:sequenceFlow id="f6" sourceRef="approve" targetRef="end" />
    <bpmn:sequenceFlow id="f7" sourceRef="late" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>`;

export async function read(xml = MODEL): Promise<Read> {
  const moddle = new BpmnModdle(DESCRIPTORS);
  const definitions = (await moddle.fromXML(xml)).rootElement as ModdleElement;
  const search = (element: ModdleElement, id: string): ModdleElement | undefined => {
    if (idOf(element) === id) return element;
    for (const list of ['rootElements', 'flowElements', 'laneSets', 'lanes', 'eventDefinitions']) {
      for (const child of listOf(element, list)) {
        const found = search(child, id);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  return {
    moddle: moddle as unknown as Moddle, definitions,
    xml: async () => (await moddle.toXML(definitions, { format: true })).xml,
    find: (id) => search(definitions, id)!,
  };
}
