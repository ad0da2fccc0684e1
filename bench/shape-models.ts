/** The shapes of the engine's benchmark, each as the same model for both sides; only how work is done and conditions are written differs. */
import { workloadXml } from './workloads.ts';
import type { Side } from './workloads.ts';

export const ITEMS = 1_000;
export const TIMES = 1_000;

export interface Shape {
  readonly name: string;
  /** CPU ratio to reach, and the one to aim at. */
  readonly goal: number;
  readonly aim: number;
  readonly xml: (side: Side) => string;
  /** How often work is done in one instance, and how many user tasks are completed. */
  readonly counts: number;
  readonly userTasks: number;
}

/** A script that counts, so that both sides can be asked whether they did it: FEEL for Piton, JavaScript for the peers. */
const count = (id: string, side: Side, inside = ''): string => (side === 'piton'
  ? `<bpmn:scriptTask id="${id}"><bpmn:extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></bpmn:extensionElements>${inside}</bpmn:scriptTask>`
  : `<bpmn:scriptTask id="${id}" scriptFormat="javascript">${inside}<bpmn:script>environment.services.work(null, next)</bpmn:script></bpmn:scriptTask>`);

const cardinality = (sequential: boolean): string => `<bpmn:multiInstanceLoopCharacteristics isSequential="${String(sequential)}"><bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">${String(ITEMS)}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>`;
const flow = (id: string, from: string, to: string, condition = ''): string => `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${condition === '' ? '' : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${condition}</bpmn:conditionExpression>`}</bpmn:sequenceFlow>`;
const branches = Array.from({ length: 10 }, (_, index) => `b${String(index)}`);

const file = (body: string, diagram = ''): string => `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:bench"><bpmn:process id="p" isExecutable="true">${body}</bpmn:process>${diagram}</bpmn:definitions>`;

const multiple = (sequential: boolean): Shape['xml'] => (side) => file(`<bpmn:startEvent id="start"/>${count('each', side, cardinality(sequential))}<bpmn:endEvent id="end"/>${flow('f0', 'start', 'each')}${flow('f1', 'each', 'end')}`);

export const SHAPES: readonly Shape[] = [
  { name: 'approval: two user tasks', goal: 200, aim: 500, counts: 0, userTasks: 2, xml: (side) => workloadXml('approval', side) },
  { name: 'straight: ten service tasks', goal: 200, aim: 500, counts: 10, userTasks: 0, xml: (side) => workloadXml('straight', side) },
  {
    name: 'fork and join of ten', goal: 150, aim: 400, counts: 0, userTasks: 0,
    xml: () => file(`<bpmn:startEvent id="start"/><bpmn:parallelGateway id="fork"/>${branches.map((id) => `<bpmn:task id="${id}"/>`).join('')}<bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>
      ${flow('f0', 'start', 'fork')}${branches.map((id) => flow(`i${id}`, 'fork', id) + flow(`o${id}`, id, 'join')).join('')}${flow('f1', 'join', 'end')}`),
  },
  { name: `multi-instance of ${String(ITEMS)}, sequential`, goal: 40, aim: 100, counts: ITEMS, userTasks: 0, xml: multiple(true) },
  { name: `multi-instance of ${String(ITEMS)}, parallel`, goal: 40, aim: 100, counts: ITEMS, userTasks: 0, xml: multiple(false) },
  {
    name: `loop of ${String(TIMES)} through a gateway`, goal: 200, aim: 500, counts: TIMES, userTasks: 0,
    xml: (side) => file(`<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="again"/>${count('count', side)}<bpmn:exclusiveGateway id="done" default="back"/><bpmn:endEvent id="end"/>
      ${flow('f0', 'start', 'again')}${flow('f1', 'again', 'count')}${flow('f2', 'count', 'done')}${flow('back', 'done', 'again')}${flow('out', 'done', 'end', side === 'piton' ? `=n &gt;= ${String(TIMES)}` : '${environment.services.enough()}')}`),
  },
];

/** A diagram of 50 nodes as a modeller saves it: tasks of all kinds, gateways, conditions, shapes and edges. */
export function diagram(nodes: number): string {
  const ids = Array.from({ length: nodes }, (_, index) => `n${String(index)}`);
  const kinds = ['<bpmn:userTask id="#" name="Check #"><bpmn:extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="clerks"/></bpmn:extensionElements></bpmn:userTask>', '<bpmn:serviceTask id="#" name="Register #"><bpmn:extensionElements><zeebe:taskDefinition type="register"/></bpmn:extensionElements></bpmn:serviceTask>', '<bpmn:scriptTask id="#" name="Add #"><bpmn:extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></bpmn:extensionElements></bpmn:scriptTask>', '<bpmn:manualTask id="#" name="File #"/>'];
  const gateway = (index: number): boolean => index % 5 === 4 && index < nodes - 2;
  const body = ids.map((id, index) => (gateway(index) ? `<bpmn:exclusiveGateway id="${id}" default="f${String(index)}"/>` : (kinds[index % kinds.length] ?? '').replaceAll('#', id)));
  const flows = ids.flatMap((id, index) => {
    const next = flow(`f${String(index)}`, id, ids[index + 1] ?? 'end');
    return gateway(index) ? [next, flow(`g${String(index)}`, id, ids[index + 2] ?? 'end', `=n &gt; ${String(index)}`)] : [next];
  });
  const shapes = ['start', ...ids, 'end'].map((id, index) => `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${String(index * 150)}" y="100" width="100" height="80"/></bpmndi:BPMNShape>`);
  const edges = flows.map((text, index) => `<bpmndi:BPMNEdge id="e${String(index)}_di" bpmnElement="${/id="(\w+)"/.exec(text)?.[1] ?? ''}"><di:waypoint x="${String(index * 150)}" y="140"/><di:waypoint x="${String(index * 150 + 50)}" y="140"/></bpmndi:BPMNEdge>`);
  return file(`<bpmn:startEvent id="start"/>${body.join('\n')}<bpmn:endEvent id="end"/>${flow('fs', 'start', 'n0')}${flows.join('\n')}`, `<bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="plane" bpmnElement="p">${[...shapes, ...edges].join('\n')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`);
}
