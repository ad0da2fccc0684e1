/** From the text of a BPMN file to what `decide` reads (BPMN 2.0.2, 2.3 process execution conformance): every process that is executed, with all its values compiled. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { dataMappings, dataStores } from './data-specs.ts';
import { problem } from './errors.ts';
import { definitionOf, eventOf, Messages, startsHandler } from './event-specs.ts';
import { feelOf } from './expressions.ts';
import type { Report } from './expressions.ts';
import type { FlowNode, FlowNodeType, Graph, Lane, ProcessGraph, Reach, SequenceFlow } from './graph.ts';
import { adHocOf, conditionOf, loopOf } from './loop-specs.ts';
import { listenersOf } from './listener-specs.ts';
import { arrange, groupOf, lanesOf } from './model.ts';
import type { Model, ModelFlow, ModelNode, ModelProcess, Scope } from './model.ts';
import { parse } from './parse.ts';
import { reachOf } from './reach.ts';
import { EXECUTED, refuse } from './refuse.ts';
import { attachmentsOf, callOf, decisionOf, embeddedFormsOf, formOf, isForPeople, jobOf, mappings, procedureOf, scriptOf, userTaskOf } from './specs.ts';
import { bodyOf, extension, namesIn } from './tree.ts';
import type { Element } from './tree.ts';
import { validate } from './validate.ts';
import { tellUntaken } from './without-effect.ts';
import type { Problem } from '../errors.ts';

export interface CompileOptions {
  /** Also compile processes with isExecutable="false". */
  readonly forceExecutable?: boolean;
}

/** What compiling found: `graph` is there unless the file could not be read at all, even if findings are errors. */
export interface Compilation {
  readonly graph: Graph | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Compiles all processes of a file; a process without isExecutable counts as executable.
 * Gives all findings when at least one is an error; warnings alone stand in `Graph.warnings`.
 */
export async function compile(xml: string, options: CompileOptions = {}): Promise<Graph | Problem[]> {
  const { graph, problems } = await examine(xml, options);
  return graph === undefined || problems.some((finding) => finding.severity === 'error') ? [...problems] : graph;
}

/** Compiles and checks; findings come in the order of the file. */
export async function examine(xml: string, options: CompileOptions = {}): Promise<Compilation> {
  const file = await parse(xml);
  if (Array.isArray(file)) return { graph: undefined, problems: ordered(file) };
  const problems: Problem[] = [...file.problems];
  const report: Report = (code, at, values) => { problems.push(problem(code, at, values)); };
  const model = arrange(file, options.forceExecutable === true);
  refuse(model, report);
  tellUntaken(model, report);
  validate(model, report);
  const hash = bytesToHex(sha256(utf8ToBytes(xml)));
  const messages = new Messages(model, report);
  const processes: ProcessGraph[] = [];
  for (const process of model.processes) if (process.executed) processes.push(new ProcessBuilder(model, process, messages, report).build(hash));
  const found = ordered(problems);
  return { graph: { hash, processes, warnings: found.filter((finding) => finding.severity === 'warning') }, problems: found };
}

function ordered(problems: readonly Problem[]): readonly Problem[] {
  return problems.length < 2 ? problems : [...problems].sort((a, b) => a.line - b.line);
}

const NO_ATTACHMENTS: FlowNode['attachments'] = [];
/** Begins by itself in a scope without start events: neither an event that is thrown to, nor what only a message or an undoing starts. */
function isSource({ type, element, incoming }: ModelNode): boolean {
  const linked = type === 'intermediateCatchEvent' && element.eventDefinitions?.[0]?.$type === 'bpmn:LinkEventDefinition';
  return incoming.length === 0 && type !== 'boundaryEvent' && !linked && element.triggeredByEvent !== true && element.isForCompensation !== true && element.instantiate !== true;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type BuiltNode = Mutable<Omit<FlowNode, 'incoming' | 'outgoing' | 'boundaryEvents' | 'starts' | 'eventSubProcesses'>> & { incoming: SequenceFlow[]; outgoing: SequenceFlow[]; boundaryEvents: BuiltNode[]; starts: BuiltNode[]; eventSubProcesses: BuiltNode[] };

/** Builds one process; nodes first, then what points at nodes. */
class ProcessBuilder {
  readonly #model: Model;
  readonly #process: ModelProcess;
  readonly #messages: Messages;
  readonly #report: Report;
  readonly #nodes = new Map<string, BuiltNode>();
  readonly #flows = new Map<string, SequenceFlow>();
  readonly #groups = new Map<Element, string>();

  constructor(model: Model, process: ModelProcess, messages: Messages, report: Report) {
    this.#model = model;
    this.#process = process;
    this.#messages = messages;
    this.#report = report;
  }

  build(hash: string): ProcessGraph {
    const { element, id, line, scopes } = this.#process;
    const lanes: Lane[] = scopes.flatMap((scope) => lanesOf(scope.element).map(({ lane }) => ({ id: lane.id ?? '', name: lane.name ?? '', group: this.#groupOf(lane) })));
    for (const node of this.#process.nodes) if (EXECUTED.has(node.type)) this.#nodes.set(node.id, this.#node(node));
    for (const scope of scopes) for (const flow of scope.flows) this.#connect(flow);
    for (const scope of scopes) this.#link(scope);
    for (const node of this.#process.nodes) this.#attach(node);
    this.#markCompensable();
    const root = scopes[0];
    const starts = root === undefined ? [] : this.#starts(root);
    return {
      id,
      name: element.name ?? '',
      isExecutable: element.isExecutable,
      versionTag: extension(element, 'zeebe:VersionTag')?.value,
      line,
      hash,
      nodes: this.#nodes,
      flows: this.#flows,
      starts,
      instantiating: root === undefined ? [] : this.#instantiating(root),
      eventSubProcesses: root === undefined ? [] : this.#handlers(root),
      reconsiders: [...this.#nodes.values()].some((node) => node.reach !== undefined),
      listeners: listenersOf(element, this.#process, this.#report),
      lanes,
      starters: namesIn(extension(element, 'gov:Starters')?.groups),
      startForm: this.#startForm(root),
      embeddedForms: embeddedFormsOf(element),
      documentation: (element.documentation ?? []).map((part) => part.text ?? '').join('\n\n'),
      agency: this.#agency(),
      procedure: procedureOf(element),
      globalTask: this.#process.globalTask,
    };
  }

  /** BPMN 2.0.2, 9.3: the participant whose pool holds the process. */
  #agency(): string | undefined {
    const participants = (this.#model.file.definitions.rootElements ?? []).flatMap((root) => root.participants ?? []);
    const own = participants.find(({ processRef }) => processRef === this.#process.element);
    const group = own === undefined ? '' : groupOf(own);
    return group === '' ? undefined : group;
  }

  #groupOf(lane: Element): string {
    const known = this.#groups.get(lane);
    if (known !== undefined) return known;
    const group = groupOf(lane);
    this.#groups.set(lane, group);
    return group;
  }

  #node(node: ModelNode): BuiltNode {
    const { element, type } = node;
    const report = this.#report;
    const isEvent = type.endsWith('Event');
    const extended = element.extensionElements !== undefined;
    const group = node.lane === undefined ? '' : this.#groupOf(node.lane);
    const stores = dataStores(node, report);
    return {
      id: node.id,
      type: type as FlowNodeType,
      name: element.name ?? '',
      line: node.line,
      parentId: node.scope.node?.id,
      incoming: [],
      outgoing: [],
      defaultFlow: undefined,
      event: isEvent ? eventOf(node, this.#messages, report) : undefined,
      boundaryEvents: [],
      attachedTo: type === 'boundaryEvent' ? element.attachedToRef?.id : undefined,
      interrupting: (type === 'boundaryEvent' && element.cancelActivity !== false) || (startsHandler(node) && element.isInterrupting !== false),
      inputs: [...dataMappings(node, 'input', stores, report), ...(extended ? mappings(node, 'input', report) : [])],
      outputs: [...dataMappings(node, 'output', stores, report), ...(extended ? mappings(node, 'output', report) : [])],
      userTask: isForPeople(node) ? userTaskOf(node, report) : undefined,
      job: this.#job(node),
      listeners: extended ? listenersOf(element, node, report) : undefined,
      stores,
      script: type === 'scriptTask' ? scriptOf(node, report) : undefined,
      calledDecision: type === 'businessRuleTask' ? decisionOf(node, report) : undefined,
      message: this.#message(node),
      call: type === 'callActivity' ? callOf(node, report) : undefined,
      selective: false,
      startQuantity: element.startQuantity ?? 1,
      completionQuantity: element.completionQuantity ?? 1,
      triggeredByEvent: element.triggeredByEvent === true,
      eventSubProcesses: [],
      loop: loopOf(node, this.#messages, report),
      adHoc: type === 'adHocSubProcess' ? adHocOf(node, report) : undefined,
      activationCondition: this.#activation(node),
      reach: undefined,
      isForCompensation: element.isForCompensation === true,
      compensation: undefined,
      compensable: false,
      starts: [],
      attachments: extended ? attachmentsOf(node, report) : NO_ATTACHMENTS,
      laneGroup: group === '' ? undefined : group,
    };
  }

  #job(node: ModelNode): FlowNode['job'] {
    const { type } = node;
    if (type === 'serviceTask') {
      const job = jobOf(node, this.#report);
      if (job === undefined && extension(node.element, 'zeebe:TaskDefinition') === undefined) this.#report('BPMN_JOB_TYPE_MISSING', node);
      return job;
    }
    const possible = type === 'sendTask' || type === 'scriptTask' || type === 'businessRuleTask' || type === 'intermediateThrowEvent' || type === 'endEvent';
    return possible ? jobOf(node, this.#report) : undefined;
  }

  #message(node: ModelNode): FlowNode['message'] {
    const { messageRef } = node.element;
    if (node.type === 'receiveTask') return this.#messages.of(messageRef, node);
    if (node.type !== 'sendTask') return undefined;
    const byJob = extension(node.element, 'zeebe:TaskDefinition') !== undefined;
    if (messageRef === undefined && !byJob) this.#report('BPMN_SEND_NOTHING', node);
    return messageRef === undefined ? undefined : this.#messages.of(messageRef, node);
  }

  /** Refuses with BPMN_ACTIVATION_MISSING. */
  #activation(node: ModelNode): FlowNode['activationCondition'] {
    if (node.type !== 'complexGateway') return undefined;
    const { activationCondition } = node.element;
    if (bodyOf(activationCondition) === '' && node.incoming.length > 1) this.#report('BPMN_ACTIVATION_MISSING', node);
    return conditionOf(activationCondition, 'activationCondition', node, this.#report);
  }

  /** A link is a sequence flow that is not drawn (10.5.5): from every event that throws it to the one that catches it. */
  #link(scope: Scope): void {
    const catching = new Map<string, BuiltNode>();
    const nodes = scope.nodes.flatMap((node) => this.#nodes.get(node.id) ?? []);
    for (const node of nodes) if (node.type === 'intermediateCatchEvent' && node.event?.kind === 'link') catching.set(node.event.name, node);
    for (const node of nodes) {
      const target = node.type === 'intermediateThrowEvent' && node.event?.kind === 'link' ? catching.get(node.event.name) : undefined;
      if (target === undefined) continue;
      const jump: SequenceFlow = { id: `Link_${node.id}_${target.id}`, name: '', source: node.id, target: target.id, condition: undefined };
      this.#flows.set(jump.id, jump);
      node.outgoing.push(jump);
      target.incoming.push(jump);
    }
  }

  #connect(flow: ModelFlow): void {
    const source = flow.source === undefined ? undefined : this.#nodes.get(flow.source.id);
    const target = flow.target === undefined ? undefined : this.#nodes.get(flow.target.id);
    const { conditionExpression } = flow.element;
    const condition = conditionExpression === undefined ? undefined : feelOf(bodyOf(conditionExpression), 'the condition', flow, this.#report);
    if (source === undefined || target === undefined) return;
    const built: SequenceFlow = { id: flow.id, name: flow.element.name ?? '', source: source.id, target: target.id, condition };
    this.#flows.set(built.id, built);
    source.outgoing.push(built);
    target.incoming.push(built);
  }

  #attach(node: ModelNode): void {
    const built = this.#nodes.get(node.id);
    if (built === undefined) return;
    const chosen = node.element.default?.id;
    if (chosen !== undefined) built.defaultFlow = built.outgoing.find((flow) => flow.id === chosen);
    for (const event of node.boundary) {
      const attached = this.#nodes.get(event.id);
      if (attached !== undefined) built.boundaryEvents.push(attached);
    }
    if (node.inner !== undefined) built.starts = this.#starts(node.inner);
    if (node.inner !== undefined) built.eventSubProcesses = this.#handlers(node.inner);
    built.selective = !node.type.endsWith('Gateway') && (built.defaultFlow !== undefined || built.outgoing.some((flow) => flow.condition !== undefined));
    if ((node.type === 'inclusiveGateway' || node.type === 'complexGateway') && built.incoming.length > 1) {
      let reach: Reach | undefined;
      built.reach = () => (reach ??= reachOf(built, this.#nodes));
    }
    const undoing = node.boundary.find((event) => definitionOf(event)?.$type === 'bpmn:CompensateEventDefinition');
    const handler = undoing === undefined ? undefined : this.#model.associated.get(undoing.element)?.id;
    built.compensation = handler === undefined ? undefined : this.#nodes.get(handler);
  }

  #handlers(scope: Scope): BuiltNode[] {
    return scope.nodes.flatMap((node) => (node.element.triggeredByEvent === true ? (this.#nodes.get(node.id) ?? []) : []));
  }

  /** What has a handler, and every sub-process in which something has one or which can undo itself; a called case may. */
  #markCompensable(): void {
    for (const node of this.#process.nodes) {
      const built = this.#nodes.get(node.id);
      const undoesItself = built?.eventSubProcesses.some(({ starts }) => starts[0]?.event?.kind === 'compensate') === true;
      if (built === undefined || !(built.compensation !== undefined || undoesItself || built.type === 'callActivity')) continue;
      built.compensable = true;
      for (let outer = built.parentId; outer !== undefined; outer = this.#nodes.get(outer)?.parentId) {
        const around = this.#nodes.get(outer);
        if (around !== undefined) around.compensable = true;
      }
    }
  }

  /** 13.2: what a message can start the process at, beside its start events. */
  #instantiating(root: Scope): ProcessGraph['instantiating'] {
    const found: { readonly node: FlowNode; readonly others: readonly FlowNode[] }[] = [];
    for (const node of root.nodes) {
      const built = this.#nodes.get(node.id);
      if (built === undefined || node.element.instantiate !== true) continue;
      if (node.type === 'receiveTask') found.push({ node: built, others: [] });
      if (node.type !== 'eventBasedGateway') continue;
      const targets = built.outgoing.flatMap((flow) => this.#nodes.get(flow.target) ?? []);
      const all = node.element.eventGatewayType === 'Parallel';
      for (const target of targets) found.push({ node: target, others: all ? targets.filter((other) => other !== target) : [] });
    }
    return found;
  }

  /** BPMN 2.0.2, 13.2: start events; without any, every flow node without incoming flow. */
  #starts(scope: Scope): BuiltNode[] {
    const events = scope.nodes.filter((node) => node.type === 'startEvent');
    const chosen = events.length > 0 ? events : scope.nodes.filter(isSource);
    return chosen.flatMap((node) => this.#nodes.get(node.id) ?? []);
  }

  #startForm(root: Scope | undefined): string | undefined {
    const start = root?.nodes.find((node) => node.type === 'startEvent' && node.element.eventDefinitions === undefined);
    return start === undefined ? undefined : formOf(start, this.#report);
  }
}
