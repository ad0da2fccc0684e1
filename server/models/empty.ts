/** A new procedure: start, one user task, end; valid, so that it can be deployed as it is (BPMN 2.0.2, 10.2 and 12.2 for its diagram). */

/** The BPMN of an empty procedure. `id` must be an NCName. */
export function emptyModel(id: string, name: string): string {
  const title = escape(name);
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" id="${id}-definitions" targetNamespace="urn:piton:processes:${id}">
  <bpmn:process id="${id}" name="${title}" isExecutable="true">
    <bpmn:startEvent id="${id}-start" name="Case begins">
      <bpmn:outgoing>${id}-flow-1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="${id}-task" name="First task">
      <bpmn:extensionElements>
        <zeebe:userTask />
      </bpmn:extensionElements>
      <bpmn:incoming>${id}-flow-1</bpmn:incoming>
      <bpmn:outgoing>${id}-flow-2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="${id}-end" name="Case closed">
      <bpmn:incoming>${id}-flow-2</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="${id}-flow-1" sourceRef="${id}-start" targetRef="${id}-task" />
    <bpmn:sequenceFlow id="${id}-flow-2" sourceRef="${id}-task" targetRef="${id}-end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="${id}-diagram">
    <bpmndi:BPMNPlane id="${id}-plane" bpmnElement="${id}">
      <bpmndi:BPMNShape id="${id}-start-shape" bpmnElement="${id}-start">
        <dc:Bounds x="180" y="182" width="36" height="36" />
        <bpmndi:BPMNLabel>
          <dc:Bounds x="166" y="225" width="65" height="14" />
        </bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="${id}-task-shape" bpmnElement="${id}-task">
        <dc:Bounds x="280" y="160" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="${id}-end-shape" bpmnElement="${id}-end">
        <dc:Bounds x="444" y="182" width="36" height="36" />
        <bpmndi:BPMNLabel>
          <dc:Bounds x="430" y="225" width="65" height="14" />
        </bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="${id}-flow-1-edge" bpmnElement="${id}-flow-1">
        <di:waypoint x="216" y="200" />
        <di:waypoint x="280" y="200" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="${id}-flow-2-edge" bpmnElement="${id}-flow-2">
        <di:waypoint x="380" y="200" />
        <di:waypoint x="444" y="200" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
`;
}

/** An id made from a name: an NCName of lower-case letters, digits and hyphens. */
export function idFromName(name: string, otherwise = 'procedure'): string {
  const words = name.toLowerCase().normalize('NFKD').replace(/\p{M}+/gu, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60);
  return /^[a-z]/.test(words) ? words : `${otherwise}${words === '' ? '' : `-${words}`}`;
}

function escape(text: string): string {
  return text.replace(/[&<>"\n\r\t]/g, (sign) => `&#${String(sign.codePointAt(0))};`);
}
