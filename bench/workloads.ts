/** The two workloads of the benchmark, as the same model written for each side. */

export type Workload = 'approval' | 'straight';
export type Side = 'piton' | 'peer';

/** User tasks of the approval, in order. */
export const USER_TASKS = ['check', 'approve'] as const;
/** Service tasks of the straight process. */
export const SERVICE_TASKS = 10;
/** Who does the user tasks. */
export const OFFICER = 'officer';
/** What every instance starts with. */
export const VARIABLES = { amount: 1250, purpose: 'office furniture', vote: '21-101' } as const;
/** What every user task brings. */
export const ANSWER = { remarks: 'in order' } as const;

/** Steps that a client acknowledges: start, tasks. Both sides must show as many at the end. */
export const TASKS_OF = { approval: USER_TASKS.length, straight: SERVICE_TASKS } as const;

/** BPMN XML; only what tells an engine who does a task differs between the sides. */
export function workloadXml(workload: Workload, side: Side): string {
  const tasks =
    workload === 'approval'
      ? USER_TASKS.map((id) => userTask(id, side))
      : Array.from({ length: SERVICE_TASKS }, (_, index) => serviceTask(`work-${String(index + 1)}`, side));
  const ids = ['start', ...tasks.map(({ id }) => id), 'end'];
  const flows = ids.slice(1).map((target, index) => `    <bpmn:sequenceFlow id="flow-${String(index)}" sourceRef="${ids[index] ?? ''}" targetRef="${target}" />`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="${workload}-definitions" targetNamespace="urn:bench">
  <bpmn:process id="${workload}" isExecutable="true">
    <bpmn:startEvent id="start" />
${tasks.map(({ xml }) => xml).join('\n')}
    <bpmn:endEvent id="end" />
${flows.join('\n')}
  </bpmn:process>
</bpmn:definitions>`;
}

interface Task {
  readonly id: string;
  readonly xml: string;
}

function userTask(id: string, side: Side): Task {
  const assigned = `<bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition assignee="${OFFICER}" /></bpmn:extensionElements>`;
  return { id, xml: `    <bpmn:userTask id="${id}">${side === 'piton' ? assigned : ''}</bpmn:userTask>` };
}

function serviceTask(id: string, side: Side): Task {
  const job = '<bpmn:extensionElements><zeebe:taskDefinition type="work" /></bpmn:extensionElements>';
  return side === 'piton'
    ? { id, xml: `    <bpmn:serviceTask id="${id}">${job}</bpmn:serviceTask>` }
    : { id, xml: `    <bpmn:serviceTask id="${id}" implementation="\${environment.services.work}" />` };
}
