/** What a fuzzed input must keep, whatever it is: files are answered by a graph or findings, commands by events or a rejection, the fold is the state, every prefix replays, a decision is bounded. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { compile } from '../../../engine/bpmn/compile.ts';
import type { ProcessGraph } from '../../../engine/bpmn/graph.ts';
import { lint } from '../../../engine/bpmn/lint.ts';
import { soundness } from '../../../engine/bpmn/soundness.ts';
import type { InstanceCommand } from '../../../engine/commands.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { Problem } from '../../../engine/errors.ts';
import type { InstanceEvent } from '../../../engine/events.ts';
import { evolve } from '../../../engine/evolve.ts';
import { DEFAULT_LIMITS } from '../../../engine/facts.ts';
import type { Facts, Limits } from '../../../engine/facts.ts';
import { loadState, newInstance, saveState } from '../../../engine/state.ts';
import type { InstanceState } from '../../../engine/state.ts';
import { instantFromMillis, millisFromInstant } from '../../../engine/time/instant.ts';
import { decideChecked, FACTS, fold, same } from './checked.ts';
import { pick } from './mutations.ts';
import type { Random } from './mutations.ts';
import { useful } from './random-commands.ts';
import { anyVariables, wild } from './wild-commands.ts';

export type Outcome = 'refused' | 'graph' | 'played';

/** A case that can be repeated: the file, which of its processes, and what was asked of it, when. */
export interface RecordedCase {
  readonly xml: string;
  readonly process: number;
  readonly limits: Partial<Limits>;
  readonly asked: readonly { readonly now: string; readonly command: InstanceCommand }[];
}

/** Compiles a file and checks what is said about it. */
export async function readAny(xml: string): Promise<Outcome> {
  const compiled = await compile(xml);
  if (Array.isArray(compiled)) {
    expect(compiled.some(({ severity }) => severity === 'error'), 'a refusal has an error').to.equal(true);
    checkFindings(compiled, xml);
    return 'refused';
  }
  checkFindings(compiled.warnings, xml);
  for (const process of compiled.processes) {
    checkGraph(process);
    const { markings, findings } = soundness(process, { markings: 2_000 });
    expect(markings).to.be.at.most(2_000);
    for (const { elementId } of findings) expect(elementId === process.id || process.nodes.has(elementId) || process.flows.has(elementId), `${elementId} is of the process`).to.equal(true);
  }
  expect((await lint(xml)).problems).to.deep.equal(compiled.warnings);
  return 'graph';
}

function checkFindings(problems: readonly Problem[], xml: string): void {
  const lines = xml.split('\n').length;
  for (const { code, line, message, hint, clause } of problems) {
    expect(line, `${code}: line`).to.be.within(1, lines);
    expect(message, code).to.match(/^Expected .+, but .+/s);
    expect(hint, `${code}: hint`).not.to.equal('');
    expect(clause, `${code}: clause`).not.to.equal('');
  }
}

function checkGraph({ nodes, flows, starts }: ProcessGraph): void {
  for (const node of nodes.values()) for (const flow of [...node.incoming, ...node.outgoing]) expect(flows.get(flow.id), flow.id).to.equal(flow);
  for (const flow of flows.values()) for (const end of [flow.source, flow.target]) expect(nodes.has(end), end).to.equal(true);
  for (const start of starts) expect(nodes.get(start.id)).to.equal(start);
}

/** Plays a case of one process of a file, if the file is accepted: `moves` commands, sensible and not. A failure leaves the case as a file. */
export async function playFile(xml: string, random: Random, moves: number): Promise<Outcome> {
  const compiled = await compile(xml);
  if (Array.isArray(compiled) || compiled.processes.length === 0) return 'refused';
  const process = Math.floor(random() * compiled.processes.length);
  const limits = { stepsPerTurn: pick(random, [1, 3, 20, 200]), bytesPerTurn: pick(random, [500, 262_144]), stepsWithoutWait: 500, callDepth: 3 };
  const asked: { now: string; command: InstanceCommand }[] = [];
  const on = new FuzzedCase(compiled.processes[process]!, limits);
  try {
    for (let move = 0; move <= moves; move += 1) {
      const command = move === 0 ? startOf(on.graph, random) : nextCommand(on, random);
      on.later(random() < 0.02 ? -86_400 : Math.floor(random() ** 3 * 7_200));
      asked.push({ now: on.facts.now, command });
      on.give(command);
    }
    on.replayEveryPrefix();
  } catch (error) {
    const file = join(mkdtempSync(join(tmpdir(), 'piton-fuzz-')), 'case.json');
    writeFileSync(file, `${JSON.stringify({ xml, process, limits, asked } satisfies RecordedCase, null, 1)}\n`);
    throw new Error(`${error instanceof Error ? error.message : String(error)} (${asked.at(-1)?.command.type ?? ''}); keep ${file} in tests/engine/corpus`, { cause: error });
  }
  return 'played';
}

/** Plays a case again. */
export async function replayCase({ xml, process, limits, asked }: RecordedCase): Promise<void> {
  const compiled = await compile(xml);
  if (Array.isArray(compiled)) return;
  const graph = compiled.processes[process];
  if (!graph) return;
  const on = new FuzzedCase(graph, limits);
  for (const { now, command } of asked) {
    on.facts = { ...on.facts, now };
    on.give(command);
  }
  on.replayEveryPrefix();
}

function startOf(graph: ProcessGraph, random: Random): InstanceCommand {
  const starts = [...graph.starts, ...graph.instantiating.map(({ node }) => node)];
  const start = random() < 0.5 || starts.length === 0 ? undefined : pick(random, starts).id;
  const variables = { pick: Math.floor(random() * 4), items: [1, 2, 3].slice(Math.floor(random() * 4)), ...(random() < 0.3 && anyVariables(random)) };
  return { type: 'StartInstance', processId: graph.id, version: 1, variables, ...(start !== undefined && { startElementId: start }), actor: { person: 'anna', groups: ['clerks'] } };
}

function nextCommand(on: FuzzedCase, random: Random): InstanceCommand {
  const choices = random() < 0.7 ? useful(on.state) : [];
  if (choices.length === 0) return wild(on.graph, on.state, random);
  const command = pick(random, choices);
  const carries = 'variables' in command && command.type !== 'StartInstance' && random() < 0.5;
  return carries ? { ...command, variables: { ...command.variables, pick: Math.floor(random() * 4), ...(random() < 0.3 && anyVariables(random)) } } : command;
}

class FuzzedCase {
  readonly graph: ProcessGraph;
  readonly history: InstanceEvent[] = [];
  readonly state: InstanceState = newInstance('case-1');
  facts: Facts;

  constructor(graph: ProcessGraph, limits: Partial<Limits>) {
    this.graph = graph;
    this.facts = { ...FACTS, definitions: { Child: 1, [graph.id]: 2 }, limits: { ...DEFAULT_LIMITS, ...limits } };
  }

  /** Clocks go back, too. */
  later(seconds: number): void {
    this.facts = { ...this.facts, now: instantFromMillis(millisFromInstant(this.facts.now) + seconds * 1_000) };
  }

  give(command: InstanceCommand): void {
    const around = this.state.elements.size + this.state.waits.size + this.state.pending.length;
    const outcome = decideChecked(this.graph, this.history, this.state, command, this.facts);
    if (isRejection(outcome)) {
      expect(outcome.message, outcome.code).to.match(/^Expected .+, but .+/s);
      return;
    }
    this.history.push(...outcome);
    // A step records what it touches; what is cancelled was there before, or came in the same turn.
    expect(outcome.length, `events of one ${command.type}`).to.be.at.most(200 + 40 * this.facts.limits.stepsPerTurn + 10 * around);
    expect(this.state.pending.length, 'the work list').to.be.at.most(10_000);
  }

  replayEveryPrefix(): void {
    const state = newInstance('case-1');
    for (const [index, event] of this.history.entries()) {
      evolve(state, event);
      if (index % 50 === 0) same(fold('case-1', this.history.slice(0, index + 1)), state, 'every prefix replays');
    }
    same(state, this.state, 'the history gives the state');
    same(loadState(saveState(state)), state, 'a saved state is the state');
  }
}
