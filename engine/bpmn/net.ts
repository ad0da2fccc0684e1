/** A process as a net of places and transitions (BPMN 2.0.2, 13.2 to 13.5, with data left out): sub-processes inlined, chains of plain nodes drawn together, every gateway branch, every boundary event and every event sub-process possible. */
import type { FlowNode, ProcessGraph, SequenceFlow } from './graph.ts';

/** A set of places as bits. */
export type Bits = Uint32Array;

export interface Transition {
  /** The elements that happen, in order. */
  readonly elements: readonly string[];
  readonly node: FlowNode;
  /** Places that must have a token; it is consumed. */
  readonly need: readonly number[];
  /** Places whose tokens are withdrawn (an interrupted or finished scope). */
  readonly clear: Bits | undefined;
  /** Places that must be empty (a sub-process completes when nothing is left in it). */
  readonly empty: Bits | undefined;
  readonly produce: readonly number[];
  /** A gateway that waits for what can still arrive (13.4.3): its entries, and by place which of them a token there can reach. */
  readonly join?: { readonly entries: readonly number[]; readonly reach: ReadonlyMap<number, readonly number[]> };
}

export interface Net {
  readonly words: number;
  /** By the first place each needs. */
  readonly byPlace: readonly (readonly Transition[])[];
  /** One marking for each way the process can start. */
  readonly initial: readonly { readonly marking: Bits; readonly trace: readonly string[] }[];
  /** The nodes behind a place that run as soon as it has a token: the chain that was drawn together. */
  readonly chains: ReadonlyMap<number, readonly string[]>;
}

export function setBit(bits: Bits, place: number): void {
  const word = place >>> 5;
  bits[word] = ((bits[word] ?? 0) | (1 << (place & 31))) >>> 0;
}

export function hasBit(bits: Bits, place: number): boolean {
  return ((bits[place >>> 5] ?? 0) & (1 << (place & 31))) !== 0;
}

/** True for nodes at which a case waits for a person, a worker, a message, a timer or another case. */
export function waits(node: FlowNode): boolean {
  switch (node.type) {
    case 'userTask': case 'serviceTask': case 'receiveTask': case 'callActivity': case 'intermediateCatchEvent': case 'eventBasedGateway': case 'boundaryEvent': return true;
    default: return node.job !== undefined || node.userTask !== undefined || node.stores !== undefined;
  }
}

/** False for what counts tokens: a place of this net has one or none. */
export function canBeNet(graph: ProcessGraph): boolean {
  return [...graph.nodes.values()].every((node) => node.startQuantity === 1 && node.completionQuantity === 1 && !(node.type === 'complexGateway' && node.incoming.length > 1));
}

export function isScope(node: FlowNode): boolean {
  return node.type === 'subProcess' || node.type === 'transaction' || node.type === 'adHocSubProcess';
}

export function netOf(graph: ProcessGraph): Net {
  return new NetBuilder(graph).build();
}

/** Where tokens go: places, and the end events in which they vanish. */
interface Exits {
  readonly produce: readonly number[];
  readonly ended: readonly string[];
}

const NOWHERE: Exits = { produce: [], ended: [] };

class NetBuilder {
  readonly #graph: ProcessGraph;
  readonly #places = new Map<string, number>();
  readonly #chains = new Map<number, string[]>();
  /** Places directly in a scope; '' is the process. */
  readonly #inside = new Map<string, number[]>();
  readonly #inner = new Map<string, string[]>();
  readonly #contents = new Map<string, Bits>();
  #count = 0;
  readonly #transitions: Transition[] = [];

  constructor(graph: ProcessGraph) {
    this.#graph = graph;
  }

  build(): Net {
    for (const node of this.#graph.nodes.values()) {
      if (isScope(node)) push(this.#inner, node.parentId ?? '', node.id);
    }
    this.#placeFlows();
    for (const node of this.#graph.nodes.values()) {
      if (isScope(node) || held(node)) this.#place(`busy ${node.id}`, node.parentId);
      if (isArmed(node)) this.#place(`armed ${node.id}`, node.parentId);
      if (node.type === 'boundaryEvent' && !node.interrupting) this.#place(`armed ${node.id}`, node.parentId);
      if (node.incoming.length === 0) this.#place(`enter ${node.id}`, node.parentId);
    }
    for (const node of this.#graph.nodes.values()) if (!isPlain(node)) this.#addNode(node);
    this.#addHandlers('', this.#graph.eventSubProcesses);
    this.#addRootEnd();
    const byPlace: Transition[][] = Array.from({ length: this.#count }, () => []);
    for (const transition of this.#transitions) byPlace[transition.need[0] ?? 0]?.push(transition);
    return { words: (this.#count + 31) >>> 5, byPlace, initial: this.#initial(), chains: this.#chains };
  }

  #place(name: string, scope: string | undefined): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#count++;
    this.#places.set(name, place);
    push(this.#inside, scope ?? '', place);
    return place;
  }

  #at(name: string): number {
    return this.#places.get(name) ?? 0;
  }

  /** One place for each flow; the flows of a chain of plain nodes share one. */
  #placeFlows(): void {
    const { nodes, flows } = this.#graph;
    for (const first of flows.values()) {
      const source = nodes.get(first.source);
      if (source !== undefined && isPlain(source)) continue;
      const place = this.#place(`flow ${first.id}`, source?.parentId);
      const chain: string[] = [];
      for (let next = nodes.get(first.target); next !== undefined && isPlain(next);) {
        chain.push(next.id);
        const [out] = next.outgoing;
        if (out === undefined) break;
        this.#places.set(`flow ${out.id}`, place);
        next = nodes.get(out.target);
      }
      if (chain.length > 0) this.#chains.set(place, chain);
    }
    // A ring of plain nodes that nothing leads into: never reached, but its flows need a place.
    for (const flow of flows.values()) this.#place(`flow ${flow.id}`, nodes.get(flow.source)?.parentId);
  }

  #entries(node: FlowNode): readonly number[] {
    return node.incoming.length === 0 ? [this.#at(`enter ${node.id}`)] : node.incoming.map((flow) => this.#at(`flow ${flow.id}`));
  }

  /** Where tokens go along some flows; one that reaches a none end event is gone at once. */
  #along(flows: readonly SequenceFlow[]): Exits {
    const produce: number[] = [];
    const ended: string[] = [];
    for (const flow of flows) {
      const target = this.#graph.nodes.get(flow.target);
      if (target !== undefined && vanishes(target)) ended.push(target.id);
      else produce.push(this.#at(`flow ${flow.id}`));
    }
    return { produce, ended };
  }

  /** The ways to leave a node: one, or any of those that its conditions can choose. */
  #exits(node: FlowNode): readonly Exits[] {
    const chooses = node.selective || node.type === 'inclusiveGateway' || node.type === 'complexGateway';
    if (!chooses) return [this.#along(node.outgoing)];
    const { defaultFlow } = node;
    const always = node.outgoing.filter((flow) => flow !== defaultFlow && flow.condition === undefined);
    const conditional = node.outgoing.filter((flow) => flow !== defaultFlow && flow.condition !== undefined);
    const chosen = subsets(conditional).map((subset) => [...always, ...subset]);
    if (defaultFlow) chosen.push([...always, defaultFlow]);
    else if (always.length > 0) chosen.push(always);
    return chosen.length === 0 ? [NOWHERE] : chosen.map((flows) => this.#along(flows));
  }

  #addNode(node: FlowNode): void {
    const entries = this.#entries(node);
    const all = this.#exits(node);
    const [exits = NOWHERE] = all;
    switch (node.type) {
      case 'boundaryEvent': return;
      case 'parallelGateway': this.#add(node, entries, exits); return;
      case 'inclusiveGateway': if (node.reach) { this.#addJoin(node, entries, all); return; } break;
      case 'exclusiveGateway':
      case 'eventBasedGateway':
        for (const entry of entries) {
          if (node.outgoing.length === 0) this.#add(node, [entry], NOWHERE);
          for (const flow of node.outgoing) this.#add(node, [entry], this.#along([flow]));
        }
        return;
      case 'endEvent': for (const entry of entries) this.#addEnd(node, entry); return;
      case 'subProcess': case 'transaction': case 'adHocSubProcess':
        this.#addHeld(node, entries, node.starts.flatMap((start) => this.#entries(start)), all);
        this.#addHandlers(node.id, node.eventSubProcesses);
        return;
      default: break;
    }
    if (held(node)) { this.#addHeld(node, entries, [], all); return; }
    for (const entry of entries) {
      for (const exit of all) this.#add(node, [entry], exit);
      for (const event of borders(node)) this.#add(event, [entry], this.#along(event.outgoing));
    }
  }

  /** 13.4.3: one transition for each flow that can be the first to have a token; it takes those of the others along. */
  #addJoin(node: FlowNode, entries: readonly number[], all: readonly Exits[]): void {
    const reach = new Map<number, readonly number[]>();
    for (const [id, places] of node.reach?.() ?? []) {
      const at = [`busy ${id}`, `enter ${id}`, `armed ${id}`, ...(this.#graph.nodes.get(id)?.incoming ?? []).map((flow) => `flow ${flow.id}`)];
      for (const name of at) {
        const place = this.#places.get(name);
        if (place !== undefined && !entries.includes(place)) reach.set(place, [...new Set([...(reach.get(place) ?? []), ...places])]);
      }
    }
    const join = { entries, reach };
    entries.forEach((entry, index) => {
      for (const { produce, ended } of all) {
        this.#transitions.push({ elements: [node.id, ...ended], node, need: [entry], clear: this.#bits(entries), empty: this.#bits(entries.slice(0, index)), produce, join });
      }
    });
  }

  /** Each may start once while its scope lives; an interrupting one takes its place. */
  #addHandlers(scope: string, handlers: readonly FlowNode[]): void {
    for (const handler of handlers.filter(isArmed)) {
      const [start] = handler.starts;
      this.#add(handler, [this.#at(`armed ${handler.id}`)], { produce: [this.#at(`enter ${handler.id}`)], ended: [] }, start?.interrupting === true ? this.#insideOf(scope) : undefined);
    }
  }

  /** A case ends when only its event sub-processes still wait. */
  #addRootEnd(): void {
    const armed = this.#graph.eventSubProcesses.filter(isArmed);
    const places = this.#bits(armed.map(({ id }) => this.#at(`armed ${id}`)));
    for (const node of armed) {
      this.#transitions.push({ elements: [], node, need: [this.#at(`armed ${node.id}`)], clear: places, empty: without(this.#insideOf(''), places), produce: [] });
    }
  }

  /** An activity that other things happen beside: the inside of a sub-process, non-interrupting boundary events. */
  #addHeld(node: FlowNode, entries: readonly number[], starts: readonly number[], all: readonly Exits[]): void {
    const busy = this.#at(`busy ${node.id}`);
    const armed = borders(node).filter((event) => !event.interrupting).map((event) => this.#at(`armed ${event.id}`));
    const handlers = node.eventSubProcesses.filter(isArmed).map(({ id }) => this.#at(`armed ${id}`));
    const inside = isScope(node) ? this.#insideOf(node.id) : undefined;
    const disarmed = this.#bits(armed);
    for (const entry of entries) this.#transitions.push({ elements: [node.id], node, need: [entry], clear: undefined, empty: undefined, produce: [busy, ...armed, ...handlers, ...starts] });
    const waiting = this.#bits(handlers);
    for (const { ended, produce } of all) this.#transitions.push({ elements: ended, node, need: [busy], clear: union(disarmed, waiting), empty: inside && without(inside, waiting), produce });
    for (const event of borders(node)) {
      if (event.interrupting) this.#add(event, [busy], this.#along(event.outgoing), inside === undefined ? disarmed : union(disarmed, inside));
      // It may fire once for each time the activity runs.
      else this.#add(event, [this.#at(`armed ${event.id}`)], this.#along(event.outgoing));
    }
  }

  #addEnd(node: FlowNode, entry: number): void {
    if (node.event?.kind === 'terminate') {
      this.#add(node, [entry], NOWHERE, this.#insideOf(node.parentId ?? ''));
      return;
    }
    if (node.event?.kind === 'cancel') { this.#addCancel(node, entry); return; }
    if (node.event?.kind !== 'error') {
      this.#add(node, [entry], NOWHERE);
      return;
    }
    const { code } = node.event;
    for (let scope = node.parentId; scope !== undefined;) {
      const host = this.#graph.nodes.get(scope);
      const handler = host && catching(host.eventSubProcesses, code);
      if (handler) {
        this.#add(node, [entry], { produce: [this.#at(`enter ${handler.id}`)], ended: [] }, this.#insideOf(scope));
        return;
      }
      const errors = host?.boundaryEvents.filter((event) => event.event?.kind === 'error') ?? [];
      const codeOf = (event: FlowNode): string | undefined => (event.event?.kind === 'error' ? event.event.code : undefined);
      const catcher = errors.find((event) => codeOf(event) === code) ?? errors.find((event) => codeOf(event) === undefined);
      if (host !== undefined && catcher !== undefined) {
        const gone = this.#bits([this.#at(`busy ${host.id}`), ...host.boundaryEvents.filter((event) => !event.interrupting).map((event) => this.#at(`armed ${event.id}`))]);
        const { produce, ended } = this.#along(catcher.outgoing);
        this.#transitions.push({ elements: [node.id, catcher.id, ...ended], node, need: [entry], clear: union(gone, this.#insideOf(host.id)), empty: undefined, produce });
        return;
      }
      scope = host?.parentId;
    }
    const handler = catching(this.#graph.eventSubProcesses, code);
    this.#add(node, [entry], handler ? { produce: [this.#at(`enter ${handler.id}`)], ended: [] } : NOWHERE, this.#insideOf(''));
  }

  #addCancel(node: FlowNode, entry: number): void {
    let host = this.#graph.nodes.get(node.parentId ?? '');
    while (host !== undefined && host.type !== 'transaction') host = this.#graph.nodes.get(host.parentId ?? '');
    const catcher = host?.boundaryEvents.find((event) => event.event?.kind === 'cancel');
    if (host === undefined || catcher === undefined) { this.#add(node, [entry], NOWHERE); return; }
    const gone = this.#bits([this.#at(`busy ${host.id}`), ...borders(host).filter((event) => !event.interrupting).map((event) => this.#at(`armed ${event.id}`))]);
    const { produce, ended } = this.#along(catcher.outgoing);
    this.#transitions.push({ elements: [node.id, catcher.id, ...ended], node, need: [entry], clear: union(gone, this.#insideOf(host.id)), empty: undefined, produce });
  }

  #add(node: FlowNode, need: readonly number[], { produce, ended }: Exits, clear?: Bits): void {
    this.#transitions.push({ elements: [node.id, ...ended], node, need, clear, empty: undefined, produce });
  }

  /** Every place in a scope and in the sub-processes inside it. */
  #insideOf(outer: string): Bits {
    const known = this.#contents.get(outer);
    if (known !== undefined) return known;
    const all: number[] = [];
    const rest = [outer];
    for (let scope = rest.pop(); scope !== undefined; scope = rest.pop()) {
      for (const place of this.#inside.get(scope) ?? []) all.push(place);
      rest.push(...(this.#inner.get(scope) ?? []));
    }
    const bits = this.#bits(all);
    this.#contents.set(outer, bits);
    return bits;
  }

  #bits(places: readonly number[]): Bits {
    const bits = new Uint32Array((this.#count + 31) >>> 5);
    for (const place of places) setBit(bits, place);
    return bits;
  }

  #initial(): Net['initial'] {
    const { starts, instantiating, eventSubProcesses } = this.#graph;
    const armed = eventSubProcesses.filter(isArmed).map(({ id }) => this.#at(`armed ${id}`));
    const begin = (nodes: readonly FlowNode[]): Net['initial'][number] => ({ marking: this.#bits([...nodes.flatMap((node) => this.#entries(node)), ...armed]), trace: [] });
    const byMessage = instantiating.map(({ node, others }) => begin([node, ...others]));
    if (starts.some((node) => node.type === 'startEvent')) return [...starts.map((start) => begin([start])), ...byMessage];
    return starts.length === 0 ? byMessage : [begin(starts), ...byMessage];
  }
}

/** A none end event: nothing happens in it that others could meet. */
function vanishes(node: FlowNode): boolean {
  return node.type === 'endEvent' && node.event?.kind === 'none' && node.job === undefined;
}

/** Other things can happen while it is active. */
function held(node: FlowNode): boolean {
  return borders(node).some((event) => !event.interrupting);
}

/** One way in, one way out, nothing else: it passes tokens on. */
function isPlain(node: FlowNode): boolean {
  return node.incoming.length === 1 && node.outgoing.length === 1 && node.boundaryEvents.length === 0 && !isScope(node) && node.type !== 'boundaryEvent';
}

/** What can happen on the border by itself: compensation and cancel events are thrown to. */
function borders(node: FlowNode): readonly FlowNode[] {
  return node.boundaryEvents.filter(({ event }) => event?.kind !== 'compensate' && event?.kind !== 'cancel');
}

/** An event sub-process that waits for its event: not one that only undoes. */
function isArmed(node: FlowNode): boolean {
  return node.triggeredByEvent && node.starts[0]?.event?.kind !== 'compensate';
}

/** The event sub-process that catches an error, an exact code before catch-all. */
function catching(handlers: readonly FlowNode[], code: string | undefined): FlowNode | undefined {
  const codeOf = (handler: FlowNode): string | undefined => {
    const event = handler.starts[0]?.event;
    return event?.kind === 'error' ? event.code : undefined;
  };
  const errors = handlers.filter(({ starts }) => starts[0]?.event?.kind === 'error');
  return errors.find((handler) => codeOf(handler) === code) ?? errors.find((handler) => codeOf(handler) === undefined);
}

/** Most branches of which every combination is looked at; of more, each alone and all together. */
const COMBINED = 4;

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length > COMBINED) return [...items.map((item) => [item]), items];
  return Array.from({ length: 2 ** items.length - 1 }, (_, bits) => items.filter((_item, index) => ((bits + 1) & (1 << index)) !== 0));
}

function without(a: Bits, b: Bits): Bits {
  return a.map((word, i) => (word & ~(b[i] ?? 0)) >>> 0);
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function union(a: Bits, b: Bits): Bits {
  return a.map((word, i) => (word | (b[i] ?? 0)) >>> 0);
}
