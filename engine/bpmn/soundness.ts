/** Can every case of a process end properly (BPMN 2.0.2, 13.2)? All reachable markings are visited with data left out, so that a finding is a warning with a counter-example, not a proof. */
import type { FlowNode, ProcessGraph } from './graph.ts';
import { canBeNet, hasBit, netOf, setBit, waits } from './net.ts';
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

/** Larger processes are not looked at: their net alone would cost more than its answer is worth. */
const MAX_NODES = 5_000;
/** About 200 MB of markings. */
const MAX_WORDS = 50_000_000;

/** Visits the markings of a process, at most `budget.markings` of them. */
export function soundness(graph: ProcessGraph, budget: { readonly markings: number } = { markings: DEFAULT_MARKINGS }): SoundnessReport {
  if (graph.nodes.size === 0 || graph.nodes.size > MAX_NODES || !canBeNet(graph)) return { decided: graph.nodes.size === 0, markings: 0, findings: [] };
  return new Exploration(graph, budget.markings).run();
}

interface Visit {
  readonly marking: Bits;
  readonly parent: number;
  readonly via: Transition | undefined;
}

class Exploration {
  readonly #graph: ProcessGraph;
  readonly #net: Net;
  readonly #budget: number;
  readonly #visits: Visit[] = [];
  readonly #known = new Map<string | number, number>();
  readonly #findings: SoundnessFinding[] = [];
  readonly #reported = new Set<string>();
  readonly #fired = new Set<Transition>();
  readonly #marked: Bits;
  /** Moves from one visit to another: two lists of the same length. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #joins: readonly Transition[];
  readonly #aside: ReadonlySet<string>;
  #decided = true;

  constructor(graph: ProcessGraph, budget: number) {
    this.#graph = graph;
    this.#net = netOf(graph);
    this.#budget = Math.min(budget, Math.floor(MAX_WORDS / this.#net.words));
    this.#joins = this.#net.byPlace.flat().filter(({ node, need }) => node.type === 'parallelGateway' && need.length > 1);
    this.#aside = aside(graph);
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
    const key = keyOf(marking);
    let index = this.#known.get(key);
    if (index === undefined) {
      index = this.#visits.length;
      this.#known.set(key, index);
      this.#visits.push({ marking, parent, via });
      for (let word = 0; word < marking.length; word++) this.#marked[word] = ((this.#marked[word] ?? 0) | (marking[word] ?? 0)) >>> 0;
    }
    if (parent === -1) return;
    this.#from.push(parent);
    this.#to.push(index);
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
    this.#fired.add(transition);
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
    if (this.#reported.has(`lack-of-synchronisation ${node.id}`)) return;
    this.#report('lack-of-synchronisation', node, `Expected one token at a time to pass ${name(node)}, but two paths that run side by side meet there and it runs twice; join them by a parallel gateway`, [...this.#trace(index), ...transition.elements]);
  }

  #reportDeadlock(index: number): void {
    const { marking } = this.#visits[index] as Visit;
    for (const { node, need } of this.#joins) {
      if (this.#reported.has(`deadlock ${node.id}`) || !need.some((place) => hasBit(marking, place))) continue;
      const missing = node.incoming.filter((_, i) => !hasBit(marking, need[i] ?? 0)).map((flow) => flow.source);
      this.#report('deadlock', node, `Expected every case to end, but parallel gateway ${node.id} can wait for ever: nothing comes from ${missing.join(', ')}`, this.#trace(index));
    }
  }

  /** Markings from which no end can be reached, although something always goes on. */
  #findEndless(): void {
    const next = this.#neighbours(this.#from, this.#to);
    let at = this.#canEnd().indexOf(0);
    if (at === -1) return;
    let reach = reachable(at, next);
    for (let i = 0; i < 20; i++) {
      // Go on towards the part that is never left.
      const last = reach.at(-1) ?? at;
      const smaller = reachable(last, next);
      if (smaller.length >= reach.length) break;
      at = last;
      reach = smaller;
    }
    const inside = this.#nodesIn(reach);
    const waiting = inside.find(waits);
    const node = waiting ?? inside[0];
    if (node === undefined) return;
    if (waiting === undefined) this.#report('endless-automatic-loop', node, `Expected every loop to wait for something or to have a way out, but ${name(node)} repeats for ever by itself`, this.#trace(at));
    else this.#report('dead-end', node, `Expected every case to be able to end, but from ${name(node)} no end can be reached`, this.#trace(at));
  }

  /** 1 for each marking from which the process can end. */
  #canEnd(): Uint8Array {
    const before = this.#neighbours(this.#to, this.#from);
    const ends = new Uint8Array(this.#visits.length);
    const rest: number[] = [];
    this.#visits.forEach((visit, index) => { if (visit.marking.every((word) => word === 0)) rest.push(index); });
    for (let index = rest.pop(); index !== undefined; index = rest.pop()) {
      if (ends[index] === 1) continue;
      ends[index] = 1;
      for (const other of before[index] ?? []) rest.push(other);
    }
    return ends;
  }

  #neighbours(from: readonly number[], to: readonly number[]): readonly (readonly number[])[] {
    const lists: number[][] = this.#visits.map(() => []);
    for (let i = 0; i < from.length; i++) lists[from[i] ?? 0]?.push(to[i] ?? 0);
    return lists;
  }

  /** The nodes that can happen in some markings, in the order of the file. */
  #nodesIn(reach: readonly number[]): readonly FlowNode[] {
    const marked = new Uint32Array(this.#net.words);
    for (const index of reach) this.#visits[index]?.marking.forEach((word, i) => { marked[i] = ((marked[i] ?? 0) | word) >>> 0; });
    const ids = new Set<string>();
    for (const [place, chain] of this.#net.chains) if (hasBit(marked, place)) for (const id of chain) ids.add(id);
    for (const { node, need } of this.#fired) if (need.every((place) => hasBit(marked, place))) ids.add(node.id);
    return [...this.#graph.nodes.values()].filter(({ id }) => ids.has(id));
  }

  #findUnreachable(): void {
    const reached = new Set<string>();
    for (const transition of this.#fired) for (const id of transition.elements) reached.add(id);
    for (const [place, chain] of this.#net.chains) if (hasBit(this.#marked, place)) for (const id of chain) reached.add(id);
    // Where markings were left out, only what no path leads to is certain.
    const possible = this.#decided && this.#findings.length === 0 ? reached : connected(this.#graph);
    const paths = connected(this.#graph);
    for (const node of this.#graph.nodes.values()) {
      if (possible.has(node.id) || this.#aside.has(node.id)) continue;
      this.#report('unreachable', node, `Expected ${name(node)} to be reached by some case, but ${paths.has(node.id) ? 'no case can get there' : 'no path leads to it'}`, []);
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

/** Markings of up to 32 places are numbers. */
function keyOf(marking: Bits): string | number {
  if (marking.length === 1) return marking[0] ?? 0;
  let key = '';
  for (let word = 0; word < marking.length; word++) key += String.fromCharCode((marking[word] ?? 0) & 0xffff, (marking[word] ?? 0) >>> 16);
  return key;
}

/** Everything that can be reached from one visit, in the order it is reached. */
function reachable(start: number, next: readonly (readonly number[])[]): number[] {
  const seen = new Set([start]);
  const order = [start];
  for (let i = 0; i < order.length; i++) {
    for (const index of next[order[i] ?? 0] ?? []) {
      if (seen.has(index)) continue;
      seen.add(index);
      order.push(index);
    }
  }
  return order;
}

function enabled(transition: Transition, marking: Bits): boolean {
  for (const place of transition.need) if (!hasBit(marking, place)) return false;
  const { empty, join } = transition;
  if (empty !== undefined) for (let word = 0; word < marking.length; word++) if (((marking[word] ?? 0) & (empty[word] ?? 0)) !== 0) return false;
  return join === undefined || !isAwaited(join, marking);
}

/** 13.4.3: a token elsewhere can reach an entry that is empty, and none that is not. */
function isAwaited({ entries, reach }: NonNullable<Transition['join']>, marking: Bits): boolean {
  for (const [place, indexes] of reach) {
    if (!hasBit(marking, place)) continue;
    const full = indexes.filter((index) => hasBit(marking, entries[index] ?? 0)).length;
    if (full === 0) return true;
  }
  return false;
}

/** What no token of the flow runs: handlers that undo, with all that is in them, and gateways that only stand for messages which start the process. */
function aside(graph: ProcessGraph): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { node } of graph.instantiating) for (const flow of node.incoming) found.add(flow.source);
  const undoes = (node: FlowNode): boolean => node.isForCompensation || node.event?.kind === 'compensate' && node.type === 'boundaryEvent' || node.triggeredByEvent && node.starts[0]?.event?.kind === 'compensate';
  // Outer nodes come before what is in them.
  for (const node of graph.nodes.values()) if (undoes(node) || found.has(node.parentId ?? '')) found.add(node.id);
  return found;
}

function name(node: FlowNode): string {
  return node.name === '' ? node.id : `${node.id} (${node.name})`;
}

/** Nodes a path leads to from where the process starts, whatever gateways demand. */
function connected(graph: ProcessGraph): ReadonlySet<string> {
  const seen = new Set<string>();
  const rest: FlowNode[] = [...graph.starts, ...graph.eventSubProcesses, ...graph.instantiating.map(({ node }) => node)];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    rest.push(...node.boundaryEvents, ...node.starts, ...node.eventSubProcesses);
    for (const flow of node.outgoing) {
      const target = graph.nodes.get(flow.target);
      if (target !== undefined) rest.push(target);
    }
  }
  return seen;
}
