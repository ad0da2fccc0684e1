/** The flow nodes and sequence flows of a file, connected and put into their scopes (BPMN 2.0.2, 8.4.8 flow elements container): made once, read by every check and by the compiler. */
import type { Place } from './errors.ts';
import type { ParsedFile } from './parse.ts';
import { extension, identified, localName } from './tree.ts';
import type { Element, Extension } from './tree.ts';

export interface ModelFlow extends Place {
  readonly element: Element;
  readonly scope: Scope;
  /** Undefined when the file names none, or something that is no flow node. */
  readonly source: ModelNode | undefined;
  readonly target: ModelNode | undefined;
}

export interface ModelNode extends Place {
  readonly element: Element;
  /** The XML element name without prefix. */
  readonly type: string;
  readonly scope: Scope;
  readonly incoming: ModelFlow[];
  readonly outgoing: ModelFlow[];
  /** Boundary events attached to it. */
  readonly boundary: ModelNode[];
  /** The inside of a sub-process. */
  inner: Scope | undefined;
  /** The innermost lane it lies in. */
  lane: Element | undefined;
}

/** A process or sub-process: what flows and default flows must not leave. */
export interface Scope extends Place {
  readonly element: Element;
  readonly process: ModelProcess;
  /** The sub-process node; undefined for the process itself. */
  readonly node: ModelNode | undefined;
  readonly nodes: ModelNode[];
  readonly flows: ModelFlow[];
}

export interface ModelProcess extends Place {
  readonly element: Element;
  /** False: only drawn, nothing in it is checked or compiled. */
  readonly executed: boolean;
  readonly globalTask: boolean;
  /** The process itself first, an outer scope before its inner ones. */
  readonly scopes: Scope[];
  readonly nodes: ModelNode[];
  readonly byId: Map<string, ModelNode>;
  /** All processes of the file, this one too. */
  readonly together: readonly ModelProcess[];
}

export interface Model {
  readonly file: ParsedFile;
  readonly processes: readonly ModelProcess[];
  /** Flow nodes of all processes. */
  readonly nodeOf: ReadonlyMap<Element, ModelNode>;
  /** What an association leads to, by what it comes from: the handler of a compensation boundary event. */
  readonly associated: ReadonlyMap<Element, Element>;
}

/** Flow elements that are drawn and carry no token. */
export const DRAWN: ReadonlySet<string> = new Set(['bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference']);

/** Global tasks and the tasks they are when they are called. */
export const GLOBAL_TASKS: Readonly<Record<string, string>> = {
  'bpmn:GlobalTask': 'bpmn:Task', 'bpmn:GlobalUserTask': 'bpmn:UserTask', 'bpmn:GlobalManualTask': 'bpmn:ManualTask', 'bpmn:GlobalScriptTask': 'bpmn:ScriptTask', 'bpmn:GlobalBusinessRuleTask': 'bpmn:BusinessRuleTask',
};

/** 10.3.7: a global task is called like a process that has nothing but this task. */
function processOfTask(file: ParsedFile, root: Element): Element {
  const id = root.id ?? '';
  const task: Element = Object.create(root, { $type: { value: GLOBAL_TASKS[root.$type] }, id: { value: `${id}_task` } }) as Element;
  const process: Element = Object.create(root, { $type: { value: 'bpmn:Process' }, extensionElements: { value: undefined }, isExecutable: { value: true }, flowElements: { value: [task] } }) as Element;
  (file.lines as Map<string, number>).set(`${id}_task`, file.lines.get(id) ?? 1);
  return process;
}

/** Arranges a file. A process without isExecutable counts as executable; `forceExecutable` also runs those that say no. */
export function arrange(file: ParsedFile, forceExecutable: boolean): Model {
  const nodeOf = new Map<Element, ModelNode>();
  const processes: ModelProcess[] = [];
  const roots = file.definitions.rootElements ?? [];
  // What is only called comes after the processes, whatever the file lists first.
  const globals = roots.flatMap((root) => (GLOBAL_TASKS[root.$type] === undefined ? [] : [processOfTask(file, root)]));
  for (const element of [...roots, ...globals]) {
    if (element.$type !== 'bpmn:Process') continue;
    const executed = element.isExecutable !== false || forceExecutable;
    processes.push({ id: element.id ?? '', line: lineOf(file, element), element, executed, globalTask: globals.includes(element), scopes: [], nodes: [], byId: new Map(), together: processes });
  }
  for (const process of processes) addScopes(file, process, nodeOf);
  // Wrong flows may lead from one process into another: all nodes have to be known first.
  for (const process of processes) connect(file, process, nodeOf);
  return { file, processes, nodeOf, associated: associations(file, processes) };
}

/** Also those a modeller put into the collaboration. */
function associations(file: ParsedFile, processes: readonly ModelProcess[]): ReadonlyMap<Element, Element> {
  const found = new Map<Element, Element>();
  const containers = [...(file.definitions.rootElements ?? []), ...processes.flatMap(({ scopes }) => scopes.slice(1).map(({ element }) => element))];
  for (const artifact of containers.flatMap((container) => container.artifacts ?? [])) {
    const { $type, sourceRef, targetRef } = artifact;
    if ($type === 'bpmn:Association' && sourceRef !== undefined && targetRef !== undefined) found.set(sourceRef, targetRef);
  }
  return found;
}

/** Outer scopes first; a list instead of recursion, so that depth costs nothing. */
function addScopes(file: ParsedFile, process: ModelProcess, nodeOf: Map<Element, ModelNode>): void {
  process.scopes.push({ id: process.id, line: process.line, element: process.element, process, node: undefined, nodes: [], flows: [] });
  for (let i = 0; i < process.scopes.length; i++) {
    const scope = process.scopes[i] as Scope;
    for (const element of scope.element.flowElements ?? []) {
      if (element.$type === 'bpmn:SequenceFlow' || DRAWN.has(element.$type)) continue;
      const inner = addNode(file, element, scope, nodeOf);
      if (inner !== undefined) process.scopes.push(inner);
    }
  }
}

function connect(file: ParsedFile, process: ModelProcess, nodeOf: ReadonlyMap<Element, ModelNode>): void {
  for (const node of process.nodes) {
    const host = node.element.attachedToRef;
    if (host !== undefined) nodeOf.get(host)?.boundary.push(node);
  }
  for (const scope of process.scopes) {
    for (const element of scope.element.flowElements ?? []) if (element.$type === 'bpmn:SequenceFlow') addFlow(file, element, scope, nodeOf);
    enterLanes(scope, nodeOf);
  }
}

function addNode(file: ParsedFile, element: Element, scope: Scope, nodeOf: Map<Element, ModelNode>): Scope | undefined {
  const place = placeOf(file, element);
  const node: ModelNode = { id: element.id ?? place.id, line: place.line, element, type: localName(element.$type), scope, incoming: [], outgoing: [], boundary: [], inner: undefined, lane: undefined };
  scope.nodes.push(node);
  scope.process.nodes.push(node);
  scope.process.byId.set(node.id, node);
  nodeOf.set(element, node);
  if (element.flowElements === undefined && node.type !== 'subProcess') return undefined;
  const inner: Scope = { id: node.id, line: node.line, element, process: scope.process, node, nodes: [], flows: [] };
  node.inner = inner;
  return inner;
}

function addFlow(file: ParsedFile, element: Element, scope: Scope, nodeOf: ReadonlyMap<Element, ModelNode>): void {
  const source = element.sourceRef === undefined ? undefined : nodeOf.get(element.sourceRef);
  const target = element.targetRef === undefined ? undefined : nodeOf.get(element.targetRef);
  const place = placeOf(file, element);
  const flow: ModelFlow = { id: element.id ?? place.id, line: place.line, element, scope, source, target };
  scope.flows.push(flow);
  source?.outgoing.push(flow);
  target?.incoming.push(flow);
}

/** Inner lanes are entered after outer ones and win; what stands inside a sub-process lies in the lane of the sub-process. */
function enterLanes(scope: Scope, nodeOf: ReadonlyMap<Element, ModelNode>): void {
  const outer = scope.node?.lane;
  if (outer !== undefined) for (const node of scope.nodes) node.lane = outer;
  for (const { lane } of lanesOf(scope.element)) {
    for (const element of lane.flowNodeRef ?? []) {
      const node = nodeOf.get(element);
      if (node !== undefined) node.lane = lane;
    }
  }
}

/** The lanes of a process or sub-process with their lane sets, outer ones first. */
export function lanesOf(element: Element): readonly { readonly lane: Element; readonly laneSet: Element }[] {
  const lanes: { readonly lane: Element; readonly laneSet: Element }[] = [];
  const rest: Element[] = [...(element.laneSets ?? [])];
  for (let i = 0; i < rest.length; i++) {
    const laneSet = rest[i] as Element;
    for (const lane of laneSet.lanes ?? []) {
      lanes.push({ lane, laneSet });
      if (lane.childLaneSet !== undefined) rest.push(lane.childLaneSet);
    }
  }
  return lanes;
}

/** zeebe:property `group`, else the name in lower case with dashes; empty when there is neither. */
export function groupOf(lane: Element): string {
  const property = propertyOf(lane, 'group');
  if (property !== undefined && property.trim() !== '') return property.trim();
  return (lane.name ?? '').toLowerCase().normalize('NFKD').replace(/\p{M}+/gu, '').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
}

/** The value of a zeebe:property. */
export function propertyOf(element: Element, name: string): string | undefined {
  const properties = extension(element, 'zeebe:Properties')?.properties as readonly Extension[] | undefined;
  return properties?.find((property) => property.name === name)?.value;
}

/** The place of an element: its own id, or that of what it stands in. */
export function placeOf(file: ParsedFile, element: Element): Place {
  const id = identified(element)?.id ?? '';
  return { id, line: file.lines.get(id) ?? 1 };
}

function lineOf(file: ParsedFile, element: Element): number {
  return placeOf(file, element).line;
}
