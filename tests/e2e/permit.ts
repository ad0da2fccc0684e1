/** A small procedure for the tests of pages: two steps, decisions of every kind, and names and texts that try to be HTML. */

const FORM = {
  type: 'default', id: 'permit-form',
  components: [
    { type: 'text', id: 'intro', text: 'Give what the permit is about. See [the rules](/start).' },
    { type: 'textfield', id: 'f1', key: 'subject', label: 'Subject', validate: { required: true, maxLength: 80 } },
    { type: 'radio', id: 'f2', key: 'place', label: 'Where will it be?', values: [{ value: 'castries', label: 'Castries' }, { value: 'vieux-fort', label: 'Vieux Fort' }], validate: { required: true } },
    { type: 'checklist', id: 'f3', key: 'needs', label: 'What is needed', values: [{ value: 'road', label: 'A closed road' }, { value: 'police', label: 'Police' }] },
    { type: 'datetime', id: 'f4', key: 'day', subtype: 'date', dateLabel: 'Day', description: 'The day it takes place.', validate: { required: true } },
    { type: 'datetime', id: 'f5', key: 'from', subtype: 'time', timeLabel: 'From' },
    { type: 'number', id: 'f6', key: 'guests', label: 'Guests expected', decimalDigits: 0, validate: { min: 1 } },
    { type: 'textarea', id: 'f7', key: 'remarks', label: 'Remarks', conditional: { hide: '=false' } },
    { type: 'checkbox', id: 'f8', key: 'truth', label: 'What I wrote is true', validate: { required: true } },
  ],
};

const EXAMINE = {
  type: 'default', id: 'examine-form',
  components: [
    { type: 'textfield', id: 'e1', key: 'subject', label: 'Subject', readonly: true },
    { type: 'datetime', id: 'e2', key: 'day', subtype: 'date', dateLabel: 'Day', readonly: true },
    { type: 'textarea', id: 'e3', key: 'findings', label: 'Findings', validate: { required: true, maxLength: 500 } },
  ],
};

const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" id="permit-definitions" targetNamespace="urn:piton:tests:permit">
  <bpmn:process id="permit" name="Permit for an event &lt;img src=x onerror=alert(1)&gt;" isExecutable="true">
    <bpmn:documentation>An event on public ground needs a permit.</bpmn:documentation>
    <bpmn:extensionElements><gov:starters groups="officers" /></bpmn:extensionElements>
    <bpmn:startEvent id="asked" name="Permit asked for">
      <bpmn:extensionElements><zeebe:formDefinition formId="permit-form" /></bpmn:extensionElements>
      <bpmn:outgoing>to-examine</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="examine" name="Examine the application">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:assignmentDefinition candidateGroups="officers" />
        <zeebe:formDefinition formId="examine-form" />
        <gov:sla due="P1D" />
        <gov:outcomes>
          <gov:outcome value="approve" label="Approve" kind="approve" />
          <gov:outcome value="return" label="Return for papers" kind="return" />
          <gov:outcome value="refuse" label="Refuse" kind="refuse" requiresComment="true" />
        </gov:outcomes>
      </bpmn:extensionElements>
      <bpmn:incoming>to-examine</bpmn:incoming>
      <bpmn:outgoing>to-issue</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="issue" name="Issue the permit">
      <bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="officers" /></bpmn:extensionElements>
      <bpmn:incoming>to-issue</bpmn:incoming>
      <bpmn:outgoing>to-end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="done" name="Permit issued"><bpmn:incoming>to-end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to-examine" sourceRef="asked" targetRef="examine" />
    <bpmn:sequenceFlow id="to-issue" sourceRef="examine" targetRef="issue" />
    <bpmn:sequenceFlow id="to-end" sourceRef="issue" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>`;

export const PERMIT = [
  { name: 'permit.bpmn', content: MODEL },
  { name: 'permit-form.form', content: JSON.stringify(FORM) },
  { name: 'examine-form.form', content: JSON.stringify(EXAMINE) },
];

export const ATTACK = '<script>document.title="owned"</script><img src=x onerror="document.title=1">';
