/** Small processes for the tests of the shell. */

const ENVELOPE = (body: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" targetNamespace="urn:test">
${body}
</bpmn:definitions>`;

const flow = (id: string, from: string, to: string): string => `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}" />`;

/** start -> check (offered to `groups`) -> end. */
export function taskProcess(id = 'request', groups = 'treasury', starters = ''): string {
  return ENVELOPE(`<bpmn:process id="${id}" name="Request for payment" isExecutable="true">
  ${starters === '' ? '' : `<bpmn:extensionElements><gov:starters groups="${starters}" /></bpmn:extensionElements>`}
  <bpmn:startEvent id="start" />
  <bpmn:userTask id="check" name="Check the request"><bpmn:extensionElements>
    <zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="${groups}" />
    <gov:outcomes><gov:outcome value="paid" label="Paid" kind="approve" /></gov:outcomes>
  </bpmn:extensionElements></bpmn:userTask>
  <bpmn:endEvent id="end" />
  ${flow('f1', 'start', 'check')} ${flow('f2', 'check', 'end')}
</bpmn:process>`);
}

/** start -> tell (job notify, one try) -> wait for the message `answer` with the key `caseKey` -> end. */
export function noticeProcess(id = 'telling'): string {
  return ENVELOPE(`<bpmn:message id="m" name="answer"><bpmn:extensionElements><zeebe:subscription correlationKey="=caseKey" /></bpmn:extensionElements></bpmn:message>
<bpmn:process id="${id}" name="Telling" isExecutable="true">
  <bpmn:startEvent id="start" />
  <bpmn:serviceTask id="tell" name="Tell them"><bpmn:extensionElements>
    <zeebe:taskDefinition type="notify" retries="1" />
    <zeebe:taskHeaders><zeebe:header key="to" value="=receiver" /><zeebe:header key="subject" value="News" /><zeebe:header key="text" value="=&quot;For &quot; + receiver" /></zeebe:taskHeaders>
  </bpmn:extensionElements></bpmn:serviceTask>
  <bpmn:intermediateCatchEvent id="wait" name="Answer received"><bpmn:messageEventDefinition id="d" messageRef="m" /></bpmn:intermediateCatchEvent>
  <bpmn:endEvent id="end" />
  ${flow('f1', 'start', 'tell')} ${flow('f2', 'tell', 'wait')} ${flow('f3', 'wait', 'end')}
</bpmn:process>`);
}

/** Two findings: a complex gateway, which is not executed, and a task that leads nowhere it should. */
export function refusedProcess(): string {
  return ENVELOPE(`<bpmn:process id="refused" isExecutable="true">
  <bpmn:startEvent id="start" />
  <bpmn:choreographyTask id="talk" />
  <bpmn:serviceTask id="service" implementation="http://example.org" />
  <bpmn:endEvent id="end" />
  ${flow('f1', 'start', 'talk')} ${flow('f2', 'talk', 'service')} ${flow('f3', 'service', 'end')}
</bpmn:process>`);
}
