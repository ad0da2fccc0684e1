// Random gateway graphs against the brute-force token game; and seeded mutants of the compiled graph, which it must catch.
import { expect } from 'chai';
import fc from 'fast-check';
import { compile } from '../../../engine/bpmn/compile.ts';
import type { FlowNode, ProcessGraph } from '../../../engine/bpmn/graph.ts';
import { decide } from '../../../engine/decide.ts';
import { isRejection } from '../../../engine/errors.ts';
import { newInstance } from '../../../engine/state.ts';
import type { InstanceState } from '../../../engine/state.ts';
import { FACTS } from '../support/checked.ts';
import { graphs, xmlOf } from './random-graphs.ts';
import type { RandomGraph } from './random-graphs.ts';
import { TokenOracle, write } from './token-oracle.ts';

const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);
const ANNA = { person: 'anna', groups: [] };
const TASKS = 12;

/** Where the tokens of a case are, in the words of the oracle. */
function markingOf(state: InstanceState): string {
  const tokens = new Map<string, number>(state.elements.get(0)?.waiting);
  for (const [id, flows] of state.elements.get(0)?.particulars?.awaitsReset ?? []) for (const flow of flows) tokens.set(`reset ${id} ${flow}`, 1);
  for (const { elementId, task } of state.elements.values()) if (task) tokens.set(`task ${elementId}`, (tokens.get(`task ${elementId}`) ?? 0) + 1);
  return state.status === 'completed' ? '' : write(tokens);
}

function act(graph: ProcessGraph, state: InstanceState, action: Parameters<typeof decide>[2]): void {
  let events = decide(graph, state, action, FACTS);
  while (!isRejection(events) && state.pending.length > 0 && state.status === 'active') events = decide(graph, state, { type: 'Continue', actor: ANNA }, FACTS);
  if (isRejection(events)) throw new Error(events.message);
}

/** Plays one case against the oracle; answers the first difference, or how many moves were compared. */
function play(graph: ProcessGraph, xml: string, choices: readonly number[]): { readonly difference?: string; readonly moves: number } {
  const oracle = new TokenOracle(xml, 4_000);
  const state = newInstance('case-1');
  let allowed = oracle.start();
  act(graph, state, { type: 'StartInstance', processId: 'P', version: 1, variables: {}, actor: ANNA });
  for (let move = 0; ; move += 1) {
    if (!allowed) return { moves: move };
    const marking = markingOf(state);
    if (!allowed.has(marking)) return { moves: move, difference: `after ${String(move)} tasks the engine is in [${marking}], but the standard allows [${[...allowed].join('] [')}]` };
    const open = [...state.elements.values()].filter(({ task }) => task);
    const task = open[(choices[move] ?? 0) % Math.max(1, open.length)];
    if (!task || move >= TASKS || open.length > 6) return { moves: move };
    allowed = oracle.complete(new Set([marking]), task.elementId);
    act(graph, state, { type: 'AssignTask', task: task.id, assignee: 'anna', actor: ANNA });
    act(graph, state, { type: 'CompleteTask', task: task.id, variables: {}, actor: ANNA });
  }
}

async function graphOf(random: RandomGraph): Promise<{ readonly xml: string; readonly graph: ProcessGraph }> {
  const xml = xmlOf(random);
  const compiled = await compile(xml);
  if (Array.isArray(compiled)) throw new Error(`Expected a random graph to be accepted, but: ${compiled.map(({ message }) => message).join('; ')}\n${xml}`);
  return { xml, graph: compiled.processes[0]! };
}

const choices = fc.array(fc.nat(100), { minLength: TASKS, maxLength: TASKS });

/** Changes nodes of a compiled graph in place: it is made anew for every run. */
function mutate(graph: ProcessGraph, change: (node: { -readonly [K in keyof FlowNode]: FlowNode[K] }) => void): void {
  for (const node of graph.nodes.values()) change(node);
}

const MUTANTS: Readonly<Record<string, (graph: ProcessGraph) => void>> = {
  'an inclusive join that fires with its first token': (graph) => { mutate(graph, (node) => { if (node.reach) node.reach = () => new Map(); }); },
  'an inclusive join that waits for every flow': (graph) => {
    mutate(graph, (node) => { if (node.type === 'inclusiveGateway' && node.incoming.length > 1) { node.type = 'parallelGateway'; node.reach = undefined; } });
  },
  'an inclusive join that is looked at only when a token arrives': (graph) => { (graph as { reconsiders: boolean }).reconsiders = false; },
  'an inclusive join that does not see paths longer than one node': (graph) => {
    mutate(graph, (node) => {
      const near = new Map(node.incoming.map(({ source }, place) => [source, [place]]));
      if (node.reach) node.reach = () => near;
    });
  },
  'an inclusive split that takes one branch only': (graph) => { mutate(graph, (node) => { if (node.type === 'inclusiveGateway' && node.incoming.length === 1) node.type = 'exclusiveGateway'; }); },
  'a complex gateway that is activated by every token': (graph) => { mutate(graph, (node) => { if (node.type === 'complexGateway') node.activationCondition = undefined; }); },
  'a complex gateway that is reset at once': (graph) => { mutate(graph, (node) => { if (node.type === 'complexGateway' && node.reach) node.reach = () => new Map(); }); },
  'a parallel join that counts tokens instead of flows': (graph) => {
    mutate(graph, (node) => { if (node.type === 'parallelGateway' && node.incoming.length > 1) { node.startQuantity = node.incoming.length; node.type = 'task'; } });
  },
  'a parallel join that lets every token through': (graph) => { mutate(graph, (node) => { if (node.type === 'parallelGateway') node.incoming = node.incoming.slice(0, 1); }); },
};

describe('Engine: gateways against a brute-force oracle', () => {
  before(() => {
    console.log(`  Engine gateway oracle: PITON_SEED=${String(SEED)}`);
  });

  it('Whatever the graph, tokens come to rest only where the standard lets them', async () => {
    let [runs, moves] = [0, 0];
    await fc.assert(fc.asyncProperty(graphs, choices, async (random, chosen) => {
      const { xml, graph } = await graphOf(random);
      const outcome = play(graph, xml, chosen);
      runs += 1;
      moves += outcome.moves;
      if (outcome.difference !== undefined) throw new Error(`${outcome.difference}\n${xml}`);
    }), { seed: SEED, numRuns: 3_000 });
    console.log(`    ${String(runs)} graphs, ${String(moves)} moves compared`);
    expect(runs, 'graphs').to.equal(3_000);
    expect(moves, 'moves compared').to.be.greaterThan(500);
  }).timeout(120_000);

  for (const [name, change] of Object.entries(MUTANTS)) {
    it(`The oracle catches ${name}`, async () => {
      const details = await fc.check(fc.asyncProperty(graphs, choices, async (random, chosen) => {
        const { xml, graph } = await graphOf(random);
        change(graph);
        return play(graph, xml, chosen).difference === undefined;
      }), { seed: 42, numRuns: 3_000, endOnFailure: true });
      expect(details.failed, `${String(details.numRuns)} graphs`).to.equal(true);
    }).timeout(60_000);
  }
});
