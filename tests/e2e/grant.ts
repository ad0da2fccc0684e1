/** A small procedure for the tests of deputies: any officer drafts; one of two heads approves, and not who drafted. */

const task = (id: string, name: string, groups: string, further = ''): string => `
    <bpmn:userTask id="${id}" name="${name}"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="${groups}" />${further}</bpmn:extensionElements></bpmn:userTask>`;

const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" id="grant-definitions" targetNamespace="urn:piton:tests:grant">
  <bpmn:process id="grant" name="Grant" isExecutable="true">
    <bpmn:startEvent id="asked" name="Asked for" />${task('draft', 'Draft the grant', 'officers')}${task('approve', 'Approve the grant', 'head-administration,director-finance', '<gov:separation notSameAs="draft" />')}
    <bpmn:endEvent id="done" name="Granted" />
    <bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="draft" /><bpmn:sequenceFlow id="f2" sourceRef="draft" targetRef="approve" /><bpmn:sequenceFlow id="f3" sourceRef="approve" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>`;

export const GRANT = [{ name: 'grant.bpmn', content: MODEL }];
