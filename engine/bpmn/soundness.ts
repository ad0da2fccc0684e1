/** Can every case of a process end properly (BPMN 2.0.2, 13.2)? All reachable markings are visited with data left out, so that a finding is a warning with a counter-example, not a proof. */
import type { FlowNode, ProcessGraph } from './graph.ts';
import { hasBit, netOf, setBit, waits } from './net.ts';
import type { Bits, Net, Transition } from './net.ts';

export interface SoundnessFinding {
  readonly kind: 'deadlock' | 'lack-of-synchronisation' | 'unreachable' | 'dead-end' | 'endless-automatic-loop';
  readonly elementId: string;
  readonly line: number;
  readonly message: string;
  /** Ids of the flow nodes that happen, in order, until the finding shows. */
  readonly trace: readonly string[];
}

export interface SoundnessReport {
  /** False: the budget was used up before everything was seen; what was found stands all the same. */
  readonly decided: boolean;
  /** How many markings were visited. */
  readonly markings: number;
  readonly findings: readonly SoundnessFinding[];
}

export const DEFAULT_MARKINGS = 100_000;

/** Visits the markings of a process, at most `budget.markings` of them. */
export function soundness(graph: ProcessGraph, budget: { readonly markings: number } = { markings: DEFAULT_MARKINGS }): SoundnessReport {
  if (graph.nodes.size === 0) return { decided: true, markings: 0, findings: [] };
  return new Exploration(graph, budget.markings).run();
}

interface Visit {
  readonly marking: Bits;
  readonly parent: number;
  readonly via: Transition | undefined;
  readonly next: number[];
}

class Exploration {
  readonly #graph: ProcessGraph;
  readonly #net: Net;
  readonly #budget: number;
  readonly #visits: Visit[] = [];
  readonly #known = new Map<string, number>();
  readonly #findings: SoundnessFinding[] = [];
  readonly #reported = new Set<string>();
  readonly #reached = new Set<string>();
  readonly #marked: Bits;
  #decided = true;

  constructor(graph: ProcessGraph, budget: number) {
    this.#graph = graph;
    this.#net = netOf(graph);
    this.#budget = budget;
    this.#marked = new Uint32Array(this.#net.words);
  }

  run(): SoundnessReport {
    for (const { marking } of this.#net.initial) this.#arrive(marking, -1, undefined);
    for (let i = 0; i < this.#visits.length; i++) {
      if (this.#visits.length > this.#budget) {
        this.#decided = false;
        break;
      }
      this.#expand(i);
    }
    if (this.#decided && this.#findings.length === 0) this.#findEndless();
    this.#findUnreachable();
    return { decided: this.#decided, markings: Math.min(this.#visits.length, this.#budget), findings: this.#findings };
  }

  #arrive(marking: Bits, parent: number, via: Transition | undefined): void {
    const key = String.fromCharCode(...new Uint16Array(marking.buffer));
    let index = this.#known.get(key);
    if (index === undefined) {
      index = this.#visits.length;
      this.#known.set(key, index);
      this.#visits.push({ marking, parent, via, next: [] });
      for (let word = 0; word < marking.length; word++) this.#marked[word] = ((this.#marked[word] ?? 0) | (marking[word] ?? 0)) >>> 0;
    }
    this.#visits[parent]?.next.push(index);
  }

  #expand(index: number): void {
    const { marking } = this.#visits[index] as Visit;
    let left = 0;
    let moved = false;
    for (let word = 0; word < marking.length; word++) {
      for (let bits = marking[word] ?? 0; bits !== 0; bits &= bits - 1) {
        left++;
        const place = (word << 5) + (31 - Math.clz32(bits & -bits));
        for (const transition of this.#net.byPlace[place] ?? []) {
          if (!enabled(transition, marking)) continue;
          moved = true;
          this.#fire(transition, marking, index);
        }
      }
    }
    if (left > 0 && !moved) this.#reportDeadlock(index);
  }

  #fire(transition: Transition, marking: Bits, index: number): void {
    for (const id of transition.elements) this.#reached.add(id);
    const next = marking.slice();
    for (const place of transition.need) next[place >>> 5] = ((next[place >>> 5] ?? 0) & ~(1 << (place & 31))) >>> 0;
    const { clear } = transition;
    if (clear !== undefined) for (let word = 0; word < next.length; word++) next[word] = ((next[word] ?? 0) & ~(clear[word] ?? 0)) >>> 0;
    for (const place of transition.produce) {
      if (hasBit(next, place)) {
        this.#reportTwice(transition, index);
        return;
      }
      setBit(next, place);
    }
    this.#arrive(next, index, transition);
  }

  #reportTwice(transition: Transition, index: number): void {
    const { node } = transition;
    this.#report('lack-of-synchronisation', node, `Expected one token at a time to pass ${name(node)}, but two paths that run side by side meet there and it runs twice; join them by a parallel gateway`, [...this.#trace(index), ...transition.elements]);
  }

  #reportDeadlock(index: number): void {
    const { marking } = this.#visits[index] as Visit;
    for (const transitions of this.#net.byPlace) {
      for (const { node, need } of transitions) {
        if (node.type !== 'parallelGateway' || !need.some((place) => hasBit(marking, place))) continue;
        const missing = node.incoming.filter((_, i) => !hasBit(marking, need[i] ?? 0)).map((flow) => flow.source);
        this.#report('deadlock', node, `Expected every case to end, but parallel gateway ${node.id} can wait for ever: nothing comes from ${missing.join(', ')}`, this.#trace(index));
      }
    }
  }

  /** Markings from which no end can be reached, although something always goes on. */
  #findEndless(): void {
    const ends = this.#canEnd();
    let at = ends.indexOf(0);
    if (at === -1) return;
    let reach = this.#reachableFrom(at);
    for (let i = 0; i < 20; i++) {
      // Go on towards the part that is never left.
      const last = reach.at(-1) ?? at;
      const smaller = this.#reachableFrom(last);
      if (smaller.length >= reach.length) break;
      at = last;
      reach = smaller;
    }
    const happening = reach.flatMap((index) => this.#visits[index]?.next.map((next) => this.#visits[next]?.via?.node) ?? []);
    const nodes = new Set([...reach.flatMap((index) => this.#nodesAt(index)), ...happening.filter((node): node is FlowNode => node !== undefined)]);
    const [first] = nodes;
    const waiting = [...nodes].find(waits);
    const node = waiting ?? first;
    if (node === undefined) return;
    if (waiting === undefined) this.#report('endless-automatic-loop', node, `Expected every loop to wait for something or to have a way out, but ${name(node)} repeats for ever by itself`, this.#trace(at));
    else this.#report('dead-end', node, `Expected every case to be able to end, but from ${name(node)} no end can be reached`, this.#trace(at));
  }

  /** 1 for each marking from which the process can end. */
  #canEnd(): Uint8Array {
    const before: number[][] = this.#visits.map(() => []);
    this.#visits.forEach((visit, index) => { for (const next of visit.next) before[next]?.push(index); });
    const ends = new Uint8Array(this.#visits.length);
    const rest: number[] = [];
    this.#visits.forEach((visit, index) => { if (visit.marking.every((word) => word === 0)) rest.push(index); });
    for (let index = rest.pop(); index !== undefined; index = rest.pop()) {
      if (ends[index] === 1) continue;
      ends[index] = 1;
      rest.push(...(before[index] ?? []));
    }
    return ends;
  }

  #reachableFrom(start: number): number[] {
    const seen = new Set([start]);
    const order = [start];
    for (let i = 0; i < order.length; i++) {
      for (const next of this.#visits[order[i] ?? 0]?.next ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        order.push(next);
      }
    }
    return order;
  }

  /** The nodes of the chains that have a token in a marking. */
  #nodesAt(index: number): FlowNode[] {
    const marking = this.#visits[index]?.marking;
    const nodes: FlowNode[] = [];
    for (const [place, chain] of this.#net.chains) {
      if (marking === undefined || !hasBit(marking, place)) continue;
      for (const id of chain) {
        const node = this.#graph.nodes.get(id);
        if (node !== undefined) nodes.push(node);
      }
    }
    return nodes;
  }

  #findUnreachable(): void {
    for (const [place, chain] of this.#net.chains) if (hasBit(this.#marked, place)) for (const id of chain) this.#reached.add(id);
    // Where markings were left out, only what no path leads to is certain.
    const possible = this.#decided && this.#findings.length === 0 ? this.#reached : connected(this.#graph);
    for (const node of this.#graph.nodes.values()) {
      if (!possible.has(node.id)) this.#report('unreachable', node, `Expected ${name(node)} to be reached by some case, but no path leads to it`, []);
    }
  }

  #trace(index: number): readonly string[] {
    const steps: (readonly string[])[] = [];
    for (let visit = this.#visits[index]; visit !== undefined; visit = this.#visits[visit.parent]) {
      const { via } = visit;
      if (via === undefined) continue;
      const passed = via.produce.flatMap((place) => this.#net.chains.get(place) ?? []);
      steps.push([...via.elements, ...passed]);
    }
    return steps.reverse().flat();
  }

  #report(kind: SoundnessFinding['kind'], node: FlowNode, message: string, trace: readonly string[]): void {
    const key = `${kind} ${node.id}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#findings.push({ kind, elementId: node.id, line: node.line, message, trace });
  }
}

function enabled(transition: Transition, marking: Bits): boolean {
  for (const place of transition.need) if (!hasBit(marking, place)) return false;
  const { empty } = transition;
  if (empty !== undefined) for (let word = 0; word < marking.length; word++) if (((marking[word] ?? 0) & (empty[word] ?? 0)) !== 0) return false;
  return true;
}

function name(node: FlowNode): string {
  return node.name === '' ? node.id : `${node.id} (${node.name})`;
}

/** Nodes a path leads to from where the process starts, whatever gateways demand. */
function connected(graph: ProcessGraph): ReadonlySet<string> {
  const seen = new Set<string>();
  const rest: FlowNode[] = [...graph.starts];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    rest.push(...node.boundaryEvents, ...node.starts);
    for (const flow of node.outgoing) {
      const target = graph.nodes.get(flow.target);
      if (target !== undefined) rest.push(target);
    }
  }
  return seen;
}
