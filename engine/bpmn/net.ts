/** A process as a net of places and transitions (BPMN 2.0.2, 13.2 to 13.5, with data left out): sub-processes inlined, chains of plain nodes drawn together, every gateway branch and every boundary event possible. */
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
    default: return node.job !== undefined;
  }
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
      if (node.type === 'subProcess') push(this.#inner, node.parentId ?? '', node.id);
    }
    this.#placeFlows();
    for (const node of this.#graph.nodes.values()) {
      if (node.type === 'subProcess' || held(node)) this.#place(`busy ${node.id}`, node.parentId);
      if (node.type === 'boundaryEvent' && !node.interrupting) this.#place(`armed ${node.id}`, node.parentId);
      if (node.incoming.length === 0) this.#place(`enter ${node.id}`, node.parentId);
    }
    for (const node of this.#graph.nodes.values()) if (!isPlain(node)) this.#addNode(node);
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

  #addNode(node: FlowNode): void {
    const entries = this.#entries(node);
    const exits = this.#along(node.outgoing);
    switch (node.type) {
      case 'boundaryEvent': return;
      case 'parallelGateway': this.#add(node, entries, exits); return;
      case 'exclusiveGateway':
      case 'eventBasedGateway':
        for (const entry of entries) {
          if (node.outgoing.length === 0) this.#add(node, [entry], NOWHERE);
          for (const flow of node.outgoing) this.#add(node, [entry], this.#along([flow]));
        }
        return;
      case 'endEvent': for (const entry of entries) this.#addEnd(node, entry); return;
      case 'subProcess': this.#addHeld(node, entries, node.starts.flatMap((start) => this.#entries(start)), exits); return;
      default: break;
    }
    if (held(node)) { this.#addHeld(node, entries, [], exits); return; }
    for (const entry of entries) {
      this.#add(node, [entry], exits);
      for (const event of node.boundaryEvents) this.#add(event, [entry], this.#along(event.outgoing));
    }
  }

  /** An activity that other things happen beside: the inside of a sub-process, non-interrupting boundary events. */
  #addHeld(node: FlowNode, entries: readonly number[], starts: readonly number[], exits: Exits): void {
    const busy = this.#at(`busy ${node.id}`);
    const armed = node.boundaryEvents.filter((event) => !event.interrupting).map((event) => this.#at(`armed ${event.id}`));
    const inside = node.type === 'subProcess' ? this.#insideOf(node.id) : undefined;
    const disarmed = this.#bits(armed);
    for (const entry of entries) this.#transitions.push({ elements: [node.id], node, need: [entry], clear: undefined, empty: undefined, produce: [busy, ...armed, ...starts] });
    this.#transitions.push({ elements: exits.ended, node, need: [busy], clear: disarmed, empty: inside, produce: exits.produce });
    for (const event of node.boundaryEvents) {
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
    if (node.event?.kind !== 'error') {
      this.#add(node, [entry], NOWHERE);
      return;
    }
    const { code } = node.event;
    for (let scope = node.parentId; scope !== undefined;) {
      const host = this.#graph.nodes.get(scope);
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
    this.#add(node, [entry], NOWHERE, this.#insideOf(''));
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
    const { starts } = this.#graph;
    if (starts.some((node) => node.type === 'startEvent')) return starts.map((start) => ({ marking: this.#bits(this.#entries(start)), trace: [] }));
    return [{ marking: this.#bits(starts.flatMap((start) => this.#entries(start))), trace: [] }];
  }
}

/** A none end event: nothing happens in it that others could meet. */
function vanishes(node: FlowNode): boolean {
  return node.type === 'endEvent' && node.event?.kind === 'none' && node.job === undefined;
}

/** Other things can happen while it is active. */
function held(node: FlowNode): boolean {
  return node.boundaryEvents.some((event) => !event.interrupting);
}

/** One way in, one way out, nothing else: it passes tokens on. */
function isPlain(node: FlowNode): boolean {
  return node.incoming.length === 1 && node.outgoing.length === 1 && node.boundaryEvents.length === 0 && node.type !== 'subProcess' && node.type !== 'boundaryEvent';
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function union(a: Bits, b: Bits): Bits {
  return a.map((word, i) => (word | (b[i] ?? 0)) >>> 0);
}
