/** From the text of a BPMN file to what `decide` reads (BPMN 2.0.2, 2.3 process execution conformance): every process that is executed, with all its values compiled. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { problem } from './errors.ts';
import { eventOf, Messages } from './event-specs.ts';
import { feelOf } from './expressions.ts';
import type { Report } from './expressions.ts';
import type { FlowNode, FlowNodeType, Graph, Lane, ProcessGraph, SequenceFlow } from './graph.ts';
import { arrange, groupOf, lanesOf } from './model.ts';
import type { Model, ModelFlow, ModelNode, ModelProcess, Scope } from './model.ts';
import { parse } from './parse.ts';
import { EXECUTED, refuse } from './refuse.ts';
import { attachmentsOf, callOf, decisionOf, formOf, jobOf, mappings, procedureOf, scriptOf, userTaskOf } from './specs.ts';
import { bodyOf, extension, namesIn } from './tree.ts';
import type { Element } from './tree.ts';
import { validate } from './validate.ts';
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

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type BuiltNode = Mutable<Omit<FlowNode, 'incoming' | 'outgoing' | 'boundaryEvents' | 'starts'>> & { incoming: SequenceFlow[]; outgoing: SequenceFlow[]; boundaryEvents: BuiltNode[]; starts: BuiltNode[] };

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
    for (const node of this.#process.nodes) this.#attach(node);
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
      lanes,
      starters: namesIn(extension(element, 'gov:Starters')?.groups),
      startForm: this.#startForm(root),
      documentation: (element.documentation ?? []).map((part) => part.text ?? '').join('\n\n'),
      agency: this.#agency(),
      procedure: procedureOf(element),
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
      interrupting: type === 'boundaryEvent' && element.cancelActivity !== false,
      inputs: extended ? mappings(node, 'input', report) : [],
      outputs: extended ? mappings(node, 'output', report) : [],
      userTask: type === 'userTask' ? userTaskOf(node, report) : undefined,
      job: this.#job(node),
      script: type === 'scriptTask' ? scriptOf(node, report) : undefined,
      calledDecision: type === 'businessRuleTask' ? decisionOf(node, report) : undefined,
      message: this.#message(node),
      call: type === 'callActivity' ? callOf(node, report) : undefined,
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
  }

  /** BPMN 2.0.2, 13.2: start events; without any, every flow node without incoming flow. */
  #starts(scope: Scope): BuiltNode[] {
    const events = scope.nodes.filter((node) => node.type === 'startEvent');
    const chosen = events.length > 0 ? events : scope.nodes.filter((node) => node.incoming.length === 0 && node.type !== 'boundaryEvent');
    return chosen.flatMap((node) => this.#nodes.get(node.id) ?? []);
  }

  #startForm(root: Scope | undefined): string | undefined {
    const start = root?.nodes.find((node) => node.type === 'startEvent' && node.element.eventDefinitions === undefined);
    return start === undefined ? undefined : formOf(start, this.#report);
  }
}
