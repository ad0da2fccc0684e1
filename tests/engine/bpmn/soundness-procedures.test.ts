// Soundness on Piton's own procedures: no false alarm as they are, and no miss when one element of them is broken.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compile } from '../../../engine/bpmn/compile.ts';
import type { FlowNode, ProcessGraph } from '../../../engine/bpmn/graph.ts';
import { soundness } from '../../../engine/bpmn/soundness.ts';
import { repository } from '../../architecture/source-tree.ts';

const folder = join(repository, 'processes');

async function processesOf(name: string): Promise<readonly ProcessGraph[]> {
  const compiled = await compile(readFileSync(join(folder, name, 'process.bpmn'), 'utf8'));
  if (Array.isArray(compiled)) throw new Error(compiled.map(({ message }) => message).join('\n'));
  return compiled.processes;
}

type Mutable = { -readonly [K in keyof FlowNode]: FlowNode[K] };

/** Breaks node `id` of every process of `name` that `matches`, one after the other; answers what is found for each. */
async function broken(name: string, matches: (node: FlowNode, graph: ProcessGraph) => boolean, change: (node: Mutable, graph: ProcessGraph) => void): Promise<readonly { readonly id: string; readonly kinds: readonly string[] }[]> {
  const found: { id: string; kinds: readonly string[] }[] = [];
  for (const [place, process] of (await processesOf(name)).entries()) {
    for (const { id } of [...process.nodes.values()].filter((node) => matches(node, process))) {
      const copy = (await processesOf(name))[place]!;
      change(copy.nodes.get(id) as Mutable, copy);
      found.push({ id, kinds: soundness(copy).findings.map(({ kind }) => kind) });
    }
  }
  return found;
}

describe('BPMN: soundness of the procedures', () => {
  let breakable = 0;

  for (const name of readdirSync(folder)) {
    it(`${name}: no false alarm`, async () => {
      for (const process of await processesOf(name)) {
        const { findings, decided } = soundness(process);
        expect([findings, decided]).to.deep.equal([[], true]);
      }
    });

    it(`${name}: an exclusive merge made parallel can wait for ever, and that is found`, async () => {
      const found = await broken(name, (node) => node.type === 'exclusiveGateway' && node.incoming.length > 1, (node) => { node.type = 'parallelGateway'; });
      breakable += found.length;
      for (const { id, kinds } of found) expect(kinds, id).not.to.deep.equal([]);
    });

    it(`${name}: a parallel join made exclusive runs what follows twice, and that is found`, async () => {
      const found = await broken(name, (node) => node.type === 'parallelGateway' && node.incoming.length > 1, (node) => { node.type = 'exclusiveGateway'; });
      breakable += found.length;
      for (const { id, kinds } of found) expect(kinds, id).not.to.deep.equal([]);
    });

    it(`${name}: what nothing leads to any more is found`, async () => {
      const single = (node: FlowNode): boolean => node.incoming.length === 1 && node.type !== 'startEvent';
      const found = await broken(name, single, (node, graph) => {
        const [flow] = node.incoming;
        const source = graph.nodes.get(flow?.source ?? '') as Mutable;
        source.outgoing = source.outgoing.filter((other) => other !== flow);
        node.incoming = [];
        (graph.flows as Map<string, unknown>).delete(flow?.id ?? '');
      });
      breakable += found.length;
      for (const { id, kinds } of found) expect(kinds, id).not.to.deep.equal([]);
    });
  }

  it('There was something to break', () => { expect(breakable).to.be.greaterThan(20); });
});
