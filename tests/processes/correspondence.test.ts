// The procedure of correspondence: it deploys, every walk through it arrives, its drawing is complete and tidy, its forms ask what it decides on.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { compile, compileFeel, doStep, lint, World } from '../../engine/index.ts';
import type { Graph, ScenarioStep, Variables } from '../../engine/index.ts';
import { readCalendars } from '../../server/cli/calendars.ts';
import { walkFolder } from '../../server/cli/walk.ts';
import type { WalkResult } from '../../server/cli/walk.ts';
import { checkForm } from '../../server/forms/check.ts';
import { crossings, misplaced, overlapping, readDrawing, undrawn, untidyEdges } from './drawing.ts';
import type { Drawing } from './drawing.ts';

interface Walk {
  readonly title: string;
  readonly process: string;
  readonly variables: Variables;
  readonly steps: readonly ScenarioStep[];
}

interface Component {
  readonly key?: string;
  readonly components?: readonly Component[];
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../processes/correspondence');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const xml = read('process.bpmn');
const walks = JSON.parse(read('walk.json')) as readonly Walk[];

async function deployed(): Promise<Graph> {
  const graph = await compile(xml);
  if (Array.isArray(graph)) throw new Error(graph.map(({ message }) => message).join('\n'));
  return graph;
}

describe('Correspondence: the model', () => {
  it('deploys without a single finding', async () => {
    expect((await lint(xml)).problems).to.deep.equal([]);
  });

  it('is sound: every case can end, and nothing runs twice', async () => {
    const { soundness } = await lint(xml);
    expect(soundness.findings).to.deep.equal([]);
    expect(soundness.decided).to.equal(true);
  });

  it('has two pools, each of an agency, each filing by a rule of its own', async () => {
    const { processes } = await deployed();
    expect(processes.map(({ id, agency, procedure }) => [id, agency, procedure?.fileSeries, procedure?.retention])).to.deep.equal([['correspondence', 'ministry', 'ADM/4', 'P5Y'], ['correspondence-received', 'ministry-of-finance', 'FIN/2', 'P5Y']]);
  });

  it('names every flow node, and every branch of a gateway that decides', async () => {
    const { nodes } = await readDrawing(xml);
    expect(nodes.filter(({ name }) => name === undefined).map(({ id }) => id)).to.deep.equal([]);
    for (const gateway of nodes.filter(({ $type, outgoing = [] }) => $type === 'bpmn:ExclusiveGateway' && outgoing.length > 1)) {
      expect(gateway.default, `${gateway.id} has a default`).to.not.equal(undefined);
      for (const branch of gateway.outgoing ?? []) expect(branch.name, `${branch.id} has a label`).to.be.a('string');
    }
  });

  it('asks for the scan at the start, and for a signature only where the letter is approved', async () => {
    const [{ nodes }] = (await deployed()).processes as readonly [Graph['processes'][number]];
    expect(nodes.get('letter-received')?.attachments.map(({ kind, required }) => [kind, required])).to.deep.equal([['letter', true], ['enclosure', false]]);
    const task = nodes.get('sign-reply')?.userTask;
    expect(task?.signature).to.deep.include({ level: 'S3', document: 'reply' });
    expect(task?.outcomes.map(({ value, requiresSignature }) => [value, requiresSignature])).to.deep.equal([['approve', true], ['return', false], ['refuse', false]]);
  });

  it('gives every user task a clock in working days and a form, and keeps drafter, reviewer and signatory apart', async () => {
    for (const { nodes } of (await deployed()).processes) {
      for (const { id, userTask } of nodes.values()) {
        if (userTask === undefined) continue;
        expect(userTask.sla?.due, id).to.match(/^P\dBD$/);
        expect(userTask.form, id).to.be.a('string');
      }
    }
    const [{ nodes }] = (await deployed()).processes as readonly [Graph['processes'][number]];
    expect(nodes.get('review-reply')?.userTask?.notSameAs).to.deep.equal(['draft-reply']);
    expect(nodes.get('sign-reply')?.userTask?.notSameAs).to.deep.equal(['draft-reply', 'review-reply']);
  });
});

describe('Correspondence: the walks', () => {
  let results: readonly WalkResult[];
  before(async () => {
    results = await walkFolder(folder);
  });

  it('are at least eight', () => {
    expect(walks.length).to.be.at.least(8);
  });

  for (const [index, { title }] of walks.entries()) {
    it(title, () => {
      expect(results[index]?.differences).to.deep.equal([]);
    });
  }

  it('pass every sequence flow and every user task of both pools at least once', async () => {
    const graph = await deployed();
    const calendars = readCalendars();
    const taken = new Set<string>();
    const done = new Set<string>();
    const signed: unknown[] = [];
    for (const walk of walks) {
      const world = new World({ at: '2026-01-05T09:00:00Z', zone: 'America/St_Lucia', calendars, onRecord: ({ events }) => {
        for (const event of events) {
          if (event.type === 'SequenceFlowTaken') taken.add(event.flowId);
          if (event.type !== 'UserTaskCompleted') continue;
          done.add(event.elementId);
          if (event.elementId === 'sign-reply') signed.push(event.signed === undefined ? event.outcome : event.signed.document);
        }
      } });
      world.deploy(graph);
      world.start(walk.process, walk.variables);
      walk.steps.forEach((step, index) => doStep(world, step, index + 1));
    }
    expect(graph.processes.flatMap((process) => [...process.flows.keys()]).filter((id) => !taken.has(id))).to.deep.equal([]);
    expect(graph.processes.flatMap((process) => [...process.nodes.values()]).filter(({ id, userTask }) => userTask !== undefined && !done.has(id)).map(({ id }) => id)).to.deep.equal([]);
    // What is approved is signed, what is returned or refused is not.
    expect(new Set(signed)).to.deep.equal(new Set(['reply', 'return', 'refuse']));
  });
});

describe('Correspondence: the drawing', () => {
  let drawing: Drawing;
  before(async () => {
    drawing = await readDrawing(xml);
  });

  it('has a shape for every pool, lane and flow node and an edge for every sequence and message flow', () => {
    expect(undrawn(drawing)).to.deep.equal([]);
    expect(drawing.edges.has('letter-by-exchange')).to.equal(true);
  });

  it('shows every flow node inside its lane', () => {
    expect(misplaced(drawing)).to.deep.equal([]);
  });

  it('has no two shapes or labels on top of each other', () => {
    expect(overlapping(drawing)).to.deep.equal([]);
  });

  it('leads every edge from border to border without passing through a shape or a label', () => {
    expect(untidyEdges(drawing)).to.deep.equal([]);
  });

  it('has no edges that cross', () => {
    expect(crossings(drawing)).to.deep.equal([]);
  });
});

describe('Correspondence: the forms', () => {
  const forms = new Map(readdirSync(join(folder, 'forms')).map((name) => [name.replace(/\.form$/, ''), JSON.parse(read(`forms/${name}`)) as { readonly id: string; readonly components: readonly Component[] }]));
  const compileCondition = (source: string): (() => boolean) | undefined => ('evaluate' in compileFeel(source) ? () => false : undefined);

  it('can all be shown: no component, property or pattern is refused', () => {
    for (const [name, form] of forms) {
      expect(checkForm(form, compileCondition), name).to.deep.equal([]);
      expect(form.id).to.equal(name);
    }
  });

  it('are exactly the forms the procedure refers to', async () => {
    const used = (await deployed()).processes.flatMap((process) => [process.startForm, ...[...process.nodes.values()].map((node) => node.userTask?.form)]).filter((form) => form !== undefined);
    expect([...new Set(used)].sort()).to.deep.equal([...forms.keys()].sort());
  });

  it('ask for everything the conditions and headers read, as far as the engine and the jobs do not bring it', async () => {
    const keys = new Set([...forms.values()].flatMap((form) => keysOf(form.components)));
    // Brought by record-register, document-generate, exchange-accept and the message.
    const made = new Set(['outcome', 'initiator', 'registration', 'reply', 'from', 'received', 'item', 'part']);
    for (const process of (await deployed()).processes) {
      for (const node of process.nodes.values()) for (const { target } of [...node.inputs, ...node.outputs]) made.add(target);
      const sources = [
        ...[...process.flows.values()].map((flow) => flow.condition),
        ...[...process.nodes.values()].flatMap((node) => [...Object.values(node.job?.headers ?? {}), ...node.inputs.map(({ source }) => source), node.userTask?.assignee]),
      ];
      const names = sources.flatMap((expression) => expression?.feel?.names ?? []);
      expect([...new Set(names)].filter((name) => !keys.has(name) && !made.has(name)), process.id).to.deep.equal([]);
    }
  });
});

function keysOf(components: readonly Component[]): string[] {
  return components.flatMap(({ key, components: inner = [] }) => [...(key === undefined ? [] : [key]), ...keysOf(inner)]);
}
