/**
 * A terse notation for the models of tests, made into BPMN 2.0 XML, so that each test shows its model in its body.
 *
 * A line is a chain `start -> user Review groups=clerks -> end`, with conditions `Gate -[x > 3]-> A`; `kind id key=value flag`
 * declares a node, a known id refers to it, `sub S {` ... `}` holds what stands inside, `process Q` begins another process.
 * What starts by an event is `sub S event {`, what undoes `task U undo` with `boundary B on=T compensate by=U`; several triggers of one
 * event stand beside each other, `all` joins them; `each="=list" as=item` or `times=3` make a task a multi-instance, `while=` a loop.
 * Listeners are `hear.start="first,second"`, by job type. Sequence flows are called `source-target`; `A => B` is a message flow between pools.
 */
import { compile } from '../../../engine/bpmn/compile.ts';
import type { Graph, ProcessGraph } from '../../../engine/bpmn/graph.ts';

interface Node {
  readonly kind: string;
  readonly id: string;
  readonly attributes: ReadonlyMap<string, string>;
}

interface Scope {
  readonly id: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly nodes: Node[];
  readonly flows: string[];
  readonly flowIds: Set<string>;
}

const ELEMENTS: Readonly<Record<string, string>> = {
  start: 'startEvent', end: 'endEvent', catch: 'intermediateCatchEvent', throw: 'intermediateThrowEvent', boundary: 'boundaryEvent',
  task: 'task', user: 'userTask', service: 'serviceTask', script: 'scriptTask', send: 'sendTask', receive: 'receiveTask', manual: 'manualTask', rule: 'businessRuleTask',
  xor: 'exclusiveGateway', and: 'parallelGateway', first: 'eventBasedGateway', or: 'inclusiveGateway', complex: 'complexGateway', sub: 'subProcess', tx: 'transaction', adhoc: 'adHocSubProcess', call: 'callActivity',
};
const CONTAINERS = new Set(['sub', 'tx', 'adhoc']);
const EVENTS = new Set(['start', 'end', 'catch', 'throw', 'boundary']);

class Writer {
  readonly #messages = new Map<string, string | undefined>();
  readonly #errors = new Set<string>();
  readonly #signals = new Set<string>();
  readonly #escalations = new Set<string>();
  #shared = 0;
  readonly #definitions: string[] = [];
  readonly #scopes = new Map<string, Scope>();
  readonly #processes: Scope[] = [];
  readonly #lanes: string[] = [];
  readonly #messageFlows: string[] = [];

  read(text: string): void {
    const stack: Scope[] = [];
    for (const raw of text.split('\n')) {
      const line = raw.trim();
      if (line === '') continue;
      if (line.startsWith('process ')) {
        const { id, attributes } = declaration(line);
        stack.splice(0, stack.length, this.#scope(id, attributes));
        this.#processes.push(stack[0]!);
        continue;
      }
      if (stack.length === 0) {
        stack.push(this.#scope('P', new Map()));
        this.#processes.push(stack[0]!);
      }
      const scope = stack.at(-1)!;
      const [source = '', target] = line.split(' => ');
      if (target !== undefined) {
        this.#messageFlows.push(`<messageFlow id="${source}-to-${target}" sourceRef="${source}" targetRef="${target}"/>`);
        continue;
      }
      if (line === '}') stack.pop();
      else if (line.startsWith('lane ')) this.#lanes.push(lane(line));
      else if (line.endsWith('{')) stack.push(this.#open(scope, line.slice(0, -1).trim()));
      else this.#chain(scope, line);
    }
  }

  xml(): string {
    const bodies = this.#processes.map((process) => {
      const executable = process.attributes.get('executable') ?? 'true';
      const starters = process.attributes.get('starters');
      const lanes = process === this.#processes[0] && this.#lanes.length > 0 ? `<laneSet id="Lanes">${this.#lanes.join('')}</laneSet>` : '';
      const tag = process.attributes.get('tag');
      const urgent = process.attributes.get('urgent');
      const extended = `${urgent === undefined ? '' : `<zeebe:jobPriorityDefinition priority="${escape(urgent)}"/>`}${tag === undefined ? '' : `<zeebe:versionTag value="${escape(tag)}"/>`}${starters === undefined ? '' : `<gov:starters groups="${escape(starters)}"/>`}${listeners(process.attributes)}`;
      const own = extended === '' ? '' : `<extensionElements>${extended}</extensionElements>`;
      return `<process id="${process.id}" isExecutable="${executable}">${own}${lanes}\n${this.#body(process)}</process>`;
    });
    const pools = this.#processes.map(({ id }) => `<participant id="Pool_${id}" name="${id}" processRef="${id}"/>`);
    const collaboration = this.#messageFlows.length === 0 ? [] : [`<collaboration id="Pools">${[...pools, ...this.#messageFlows].join('')}</collaboration>`];
    const messages = [...this.#messages].map(([name, key]) => `<message id="Message_${idOf(name)}" name="${escape(name)}">${key === undefined ? '' : `<extensionElements><zeebe:subscription correlationKey="${escape(key)}"/></extensionElements>`}</message>`);
    const errors = [...this.#errors].map((code) => `<error id="Error_${code}" errorCode="${code}"/>`);
    const signals = [...this.#signals].map((name) => `<signal id="Signal_${idOf(name)}" name="${escape(name)}"/>`);
    const escalations = [...this.#escalations].map((code) => `<escalation id="Escalation_${code}" escalationCode="${code}"/>`);
    return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" id="Definitions" targetNamespace="urn:piton:test">
${[...messages, ...errors, ...signals, ...escalations, ...this.#definitions, ...collaboration, ...bodies].join('\n')}
</definitions>`;
  }

  #scope(id: string, attributes: ReadonlyMap<string, string>): Scope {
    const scope: Scope = { id, attributes, nodes: [], flows: [], flowIds: new Set() };
    this.#scopes.set(id, scope);
    return scope;
  }

  #open(scope: Scope, text: string): Scope {
    const known = this.#scopes.get(text);
    if (known) return known;
    return this.#scopes.get(this.#node(scope, text))!;
  }

  #chain(scope: Scope, line: string): void {
    const parts = line.split(/ (-> |-\[.*?\]-> )/);
    let before = this.#node(scope, parts[0] ?? '');
    for (let index = 1; index < parts.length; index += 2) {
      const arrow = parts[index] ?? '';
      const after = this.#node(scope, parts[index + 1] ?? '');
      this.#flow(scope, before, after, arrow.startsWith('-[') ? arrow.slice(2, -4) : undefined);
      before = after;
    }
  }

  #flow(scope: Scope, source: string, target: string, condition: string | undefined): void {
    let id = `${source}-${target}`;
    for (let count = 2; scope.flowIds.has(id); count += 1) id = `${source}-${target}-${String(count)}`;
    scope.flowIds.add(id);
    const inside = condition === undefined ? '' : `<conditionExpression>=${escape(condition)}</conditionExpression>`;
    scope.flows.push(`<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}">${inside}</sequenceFlow>`);
  }

  /** Declares or refers to a node; answers its id. */
  #node(scope: Scope, text: string): string {
    const { kind, id, attributes } = declaration(text);
    if (kind === id && kind !== 'start' && kind !== 'end') return id;
    if (scope.nodes.some((node) => node.id === id)) return id;
    scope.nodes.push({ kind, id, attributes });
    if (CONTAINERS.has(kind)) this.#scope(id, attributes);
    const message = attributes.get('message');
    if (message !== undefined) this.#messages.set(message, attributes.get('key') ?? this.#messages.get(message));
    const error = attributes.get('error');
    if (error !== undefined && error !== '') this.#errors.add(error);
    const signal = attributes.get('signal');
    if (signal !== undefined) this.#signals.add(signal);
    for (const escalation of [attributes.get('escalation'), attributes.get('throws')]) if (escalation !== undefined && escalation !== '') this.#escalations.add(escalation);
    return id;
  }

  /** The event definitions of an event; with `shared` they stand beside the processes and are referred to. */
  #triggers(attributes: ReadonlyMap<string, string>): string {
    const found = triggers(attributes);
    if (!attributes.has('shared')) return found.join('');
    return found.map((definition) => {
      const id = `Shared_${String((this.#shared += 1))}`;
      this.#definitions.push(definition.replace(/^<(\w+)/, `<$1 id="${id}"`));
      return `<eventDefinitionRef>${id}</eventDefinitionRef>`;
    }).join('');
  }

  #loop(kind: string, attributes: ReadonlyMap<string, string>): string {
    const get = (name: string): string | undefined => attributes.get(name);
    const write = (element: string, text: string | undefined): string => (text === undefined ? '' : `<${element}>${escape(text)}</${element}>`);
    if (attributes.has('while') || attributes.has('max')) {
      return `<standardLoopCharacteristics${attributes.has('before') ? ' testBefore="true"' : ''}${attributes.has('max') ? ` loopMaximum="${get('max') ?? ''}"` : ''}>${write('loopCondition', get('while'))}</standardLoopCharacteristics>`;
    }
    if (kind === 'adhoc' || !(attributes.has('times') || attributes.has('each'))) return '';
    const own = xmlAttributes(new Map([['inputCollection', get('each')], ['inputElement', get('as')], ['outputCollection', get('collect')], ['outputElement', get('collects')]].filter((pair): pair is [string, string] => pair[1] !== undefined)));
    const code = get('throws');
    let behaviour = '';
    let complex = '';
    if (code !== undefined) {
      const definition = (id: string): string => `<escalationEventDefinition${id} escalationRef="Escalation_${code}"/>`;
      const wanted = get('behavior') ?? 'None';
      behaviour = ` behavior="${wanted}"`;
      if (wanted === 'Complex') complex = `<complexBehaviorDefinition id="cb_${code}"><condition>${escape(get('thrownIf') ?? '')}</condition><event id="it_${code}">${definition('')}</event></complexBehaviorDefinition>`;
      else {
        const id = `Shared_${String((this.#shared += 1))}`;
        this.#definitions.push(definition(` id="${id}"`));
        behaviour += ` ${wanted.toLowerCase()}BehaviorEventRef="${id}"`;
      }
    }
    return `<multiInstanceLoopCharacteristics${attributes.has('sequential') ? ' isSequential="true"' : ''}${behaviour}>${own === '' ? '' : `<extensionElements><zeebe:loopCharacteristics${own}/></extensionElements>`}${write('loopCardinality', get('times'))}${complex}${write('completionCondition', get('until'))}</multiInstanceLoopCharacteristics>`;
  }

  #body(scope: Scope): string {
    const associations = scope.nodes.flatMap(({ id, attributes }) => (attributes.has('by') ? [`<association id="${id}-by" associationDirection="One" sourceRef="${id}" targetRef="${attributes.get('by') ?? ''}"/>`] : []));
    return [...scope.nodes.map((node) => this.#element(node, scope)), ...scope.flows, ...associations].join('\n');
  }

  #element({ kind, id, attributes }: Node, scope: Scope): string {
    const name = ELEMENTS[kind];
    if (name === undefined) throw new Error(`Expected a kind of flow node, but ${kind} (${id}) is none`);
    const own = new Map<string, string>([['id', id]]);
    const called = attributes.get('name');
    if (called !== undefined) own.set('name', called);
    const host = attributes.get('on');
    if (host !== undefined) own.set('attachedToRef', host);
    if (attributes.has('beside')) own.set(kind === 'start' ? 'isInterrupting' : 'cancelActivity', 'false');
    for (const [flag, attribute] of [['event', 'triggeredByEvent'], ['undo', 'isForCompensation'], ['instantiate', 'instantiate'], ['all', 'parallelMultiple']] as const) if (attributes.has(flag)) own.set(attribute, 'true');
    for (const [key, attribute] of [['needs', 'startQuantity'], ['gives', 'completionQuantity']] as const) if (attributes.has(key)) own.set(attribute, attributes.get(key) ?? '');
    if (kind === 'first' && attributes.has('parallel')) own.set('eventGatewayType', 'Parallel');
    if (kind === 'adhoc' && attributes.has('sequential')) own.set('ordering', 'Sequential');
    if (kind === 'adhoc' && attributes.has('keep')) own.set('cancelRemainingInstances', 'false');
    const fallback = attributes.get('default');
    if (fallback !== undefined) own.set('default', `${id}-${fallback}`);
    const message = attributes.get('message');
    if (message !== undefined && !EVENTS.has(kind)) own.set('messageRef', `Message_${idOf(message)}`);
    const inner = CONTAINERS.has(kind) ? this.#body(this.#scopes.get(id) ?? scope) : '';
    return `<${name}${xmlAttributes(own)}>${extensions(kind, attributes)}${EVENTS.has(kind) ? this.#triggers(attributes) : ''}${this.#loop(kind, attributes)}${inner}${conditions(kind, attributes)}</${name}>`;
  }
}

/** What a gateway or an ad-hoc sub-process asks. */
function conditions(kind: string, attributes: ReadonlyMap<string, string>): string {
  const write = (element: string, text: string | undefined): string => (text === undefined ? '' : `<${element}>${escape(text)}</${element}>`);
  if (kind === 'complex') return write('activationCondition', attributes.get('when'));
  return kind === 'adhoc' ? write('completionCondition', attributes.get('until')) : '';
}

/** `kind id key=value key="a value" flag`; a lone word is a reference, except `start` and `end`. */
function declaration(text: string): Node {
  const [kind = '', id = kind, ...rest] = text.trim().match(/(?:[^\s"=]+="[^"]*"|\S)+/g) ?? [];
  const attributes = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    if (at < 0) attributes.set(part, '');
    else attributes.set(part.slice(0, at), part.slice(at + 1).replace(/^"(.*)"$/s, '$1'));
  }
  return { kind, id, attributes };
}

function lane(line: string): string {
  const { id, attributes } = declaration(line);
  const group = attributes.get('group');
  const property = group === undefined ? '' : `<extensionElements><zeebe:properties><zeebe:property name="group" value="${escape(group)}"/></zeebe:properties></extensionElements>`;
  const refs = (attributes.get('nodes') ?? '').split(',').map((node) => `<flowNodeRef>${node}</flowNodeRef>`);
  return `<lane id="${id}" name="${escape(attributes.get('name') ?? id)}">${property}${refs.join('')}</lane>`;
}

function triggers(attributes: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  const get = (name: string): string | undefined => attributes.get(name);
  const message = get('message');
  if (message !== undefined) found.push(`<messageEventDefinition messageRef="Message_${idOf(message)}"/>`);
  const error = get('error');
  if (error !== undefined) found.push(error === '' ? '<errorEventDefinition/>' : `<errorEventDefinition errorRef="Error_${error}"/>`);
  const escalation = get('escalation');
  if (escalation !== undefined) found.push(escalation === '' ? '<escalationEventDefinition/>' : `<escalationEventDefinition escalationRef="Escalation_${escalation}"/>`);
  const signal = get('signal');
  if (signal !== undefined) found.push(`<signalEventDefinition signalRef="Signal_${idOf(signal)}"/>`);
  const condition = get('if');
  if (condition !== undefined) found.push(`<conditionalEventDefinition>${attributes.has('written') ? `<extensionElements><zeebe:conditionalFilter variableEvents="${get('written') ?? ''}"/></extensionElements>` : ''}<condition>${escape(condition)}</condition></conditionalEventDefinition>`);
  const link = get('link');
  if (link !== undefined) found.push(`<linkEventDefinition name="${escape(link)}"/>`);
  const undone = get('compensate');
  if (undone !== undefined) found.push(`<compensateEventDefinition${undone === '' ? '' : ` activityRef="${undone}"`}${attributes.has('nowait') ? ' waitForCompletion="false"' : ''}/>`);
  if (attributes.has('cancel')) found.push('<cancelEventDefinition/>');
  if (attributes.has('terminate')) found.push('<terminateEventDefinition/>');
  for (const [key, element] of [['date', 'timeDate'], ['after', 'timeDuration'], ['every', 'timeCycle']] as const) {
    const value = get(key);
    if (value !== undefined) found.push(`<timerEventDefinition><${element}>${escape(value)}</${element}></timerEventDefinition>`);
  }
  if (found.length === 0 && attributes.has('job') && attributes.has('sends')) found.push('<messageEventDefinition/>');
  return found;
}

function extensions(kind: string, attributes: ReadonlyMap<string, string>): string {
  const parts: string[] = [];
  const add = (element: string, values: Readonly<Record<string, string | undefined>>): void => {
    const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
    if (given.length > 0) parts.push(`<${element}${xmlAttributes(new Map(given))}/>`);
  };
  const get = (name: string): string | undefined => attributes.get(name);
  if (kind === 'manual' && attributes.has('confirm')) parts.push('<zeebe:userTask/>');
  if (kind === 'user' || (kind === 'manual' && attributes.has('confirm'))) {
    add('zeebe:assignmentDefinition', { assignee: get('assignee'), candidateGroups: get('groups'), candidateUsers: get('users') });
    add('zeebe:taskSchedule', { dueDate: get('due'), followUpDate: get('followUp') });
    add('zeebe:priorityDefinition', { priority: get('priority') });
    add('gov:sla', { due: get('sla'), calendar: get('sla') === undefined ? undefined : get('calendar'), warnAt: get('warn'), onBreach: get('breach'), escalateTo: get('escalateTo') });
    add('gov:separation', { notSameAs: get('notSameAs'), fourEyes: attributes.has('fourEyes') ? 'true' : undefined });
    const outcomes = get('outcomes')?.split(',').map((value) => `<gov:outcome value="${value.replace('!', '')}" requiresComment="${String(value.endsWith('!'))}"/>`);
    if (get('signs') !== undefined) add('gov:signature', { document: get('signs') });
    if (outcomes) parts.push(`<gov:outcomes>${outcomes.join('')}</gov:outcomes>`);
  }
  add('zeebe:formDefinition', { formId: get('form'), versionTag: get('form') === undefined ? undefined : get('tag'), bindingType: get('form') === undefined || get('tag') === undefined ? undefined : 'versionTag' });
  add('zeebe:taskDefinition', { type: get('job'), retries: get('retries') });
  add('zeebe:jobPriorityDefinition', { priority: get('urgent') });
  if (kind === 'rule') add('zeebe:calledDecision', { decisionId: get('decides'), resultVariable: get('result'), bindingType: get('binding'), versionTag: get('tag') });
  else add('zeebe:script', { expression: get('is'), resultVariable: get('result') });
  add('zeebe:calledElement', { processId: get('calls'), bindingType: get('calls') === undefined ? undefined : get('binding'), versionTag: get('calls') === undefined ? undefined : get('tag'), propagateAllParentVariables: get('parent'), propagateAllChildVariables: get('child') });
  if (kind === 'adhoc') add('zeebe:adHoc', { activeElementsCollection: get('active'), outputCollection: get('collect'), outputElement: get('collects') });
  if (kind !== 'user' && attributes.has('calendar')) parts.push(`<zeebe:properties><zeebe:property name="calendar" value="${get('calendar') ?? ''}"/></zeebe:properties>`);
  const with_ = (prefix: string): [string, string][] => [...attributes].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]);
  const headers = with_('header.').map(([key, value]) => `<zeebe:header key="${key}" value="${escape(value)}"/>`);
  if (headers.length > 0) parts.push(`<zeebe:taskHeaders>${headers.join('')}</zeebe:taskHeaders>`);
  const mappings = [...with_('in.').map((one) => mapping('input', one)), ...with_('out.').map((one) => mapping('output', one))];
  if (mappings.length > 0) parts.push(`<zeebe:ioMapping>${mappings.join('')}</zeebe:ioMapping>`);
  parts.push(listeners(attributes));
  return parts.join('') === '' ? '' : `<extensionElements>${parts.join('')}</extensionElements>`;
}

/** `hear.start` and `hear.end` are those of execution, the others those of a user task. */
function listeners(attributes: ReadonlyMap<string, string>): string {
  const written = (task: boolean): string => [...attributes].filter(([key]) => key.startsWith('hear.') && /\.(?:start|end|cancel)$/.test(key) !== task).flatMap(([key, types]) => types.split(',').map((type) => {
    const retries = attributes.get('tries');
    const head = `eventType="${key.slice('hear.'.length)}" type="${escape(type)}"${retries === undefined ? '' : ` retries="${escape(retries)}"`}`;
    return task ? `<zeebe:taskListener ${head}/>` : `<zeebe:executionListener ${head}><zeebe:taskHeaders><zeebe:header key="of" value="${escape(type)}"/></zeebe:taskHeaders></zeebe:executionListener>`;
  })).join('');
  const [execution, task] = [written(false), written(true)];
  return `${execution === '' ? '' : `<zeebe:executionListeners>${execution}</zeebe:executionListeners>`}${task === '' ? '' : `<zeebe:taskListeners>${task}</zeebe:taskListeners>`}`;
}

function mapping(kind: 'input' | 'output', [target, source]: [string, string]): string {
  return `<zeebe:${kind} source="${escape(source)}" target="${escape(target)}"/>`;
}

function xmlAttributes(attributes: ReadonlyMap<string, string>): string {
  return [...attributes].map(([name, value]) => ` ${name}="${escape(value)}"`).join('');
}

function idOf(name: string): string {
  return name.replace(/[^\w]/g, '_');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The notation as BPMN 2.0 XML. */
export function xmlOf(text: string): string {
  const writer = new Writer();
  writer.read(text);
  return writer.xml();
}

const known = new Map<string, Promise<Graph>>();

/** Compiles the notation; a model that is refused fails the test. */
export function modelOf(text: string): Promise<Graph> {
  let graph = known.get(text);
  if (!graph) known.set(text, (graph = compiled(xmlOf(text))));
  return graph;
}

/** The first process of the notation. */
export async function processOf(text: string): Promise<ProcessGraph> {
  return (await modelOf(text)).processes[0]!;
}

async function compiled(xml: string): Promise<Graph> {
  const graph = await compile(xml);
  if (Array.isArray(graph)) throw new Error(`Expected the model of the test to be accepted, but:\n${graph.map(({ code, elementId, message }) => `${code} ${elementId}: ${message}`).join('\n')}\n${xml}`);
  return graph;
}
