// The procedure of leave: it deploys, every walk through it arrives, its drawing is complete and tidy, its forms ask what it decides on.
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

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(repository, 'processes/leave');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const xml = read('process.bpmn');
const walks = JSON.parse(read('walk.json')) as readonly Walk[];

async function deployed(): Promise<Graph> {
  const graph = await compile(xml);
  if (Array.isArray(graph)) throw new Error(graph.map(({ message }) => message).join('\n'));
  return graph;
}

describe('Leave: the model', () => {
  it('deploys without a single finding', async () => {
    const { problems } = await lint(xml);
    expect(problems).to.deep.equal([]);
  });

  it('is sound: every case can end, and nothing runs twice', async () => {
    const { soundness } = await lint(xml);
    expect(soundness.findings).to.deep.equal([]);
    expect(soundness.decided).to.equal(true);
  });

  it('names every flow node, and every branch of a gateway that decides', async () => {
    const { nodes } = await readDrawing(xml);
    expect(nodes.filter(({ name }) => name === undefined).map(({ id }) => id)).to.deep.equal([]);
    for (const gateway of nodes.filter(({ $type, outgoing = [] }) => $type === 'bpmn:ExclusiveGateway' && outgoing.length > 1)) {
      expect(gateway.default, `${gateway.id} has a default`).to.not.equal(undefined);
      for (const branch of gateway.outgoing ?? []) expect(branch.name, `${branch.id} has a label`).to.be.a('string');
    }
  });
});

describe('Leave: the walks', () => {
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

  it('pass every sequence flow of the procedure at least once', async () => {
    const graph = await deployed();
    const calendars = readCalendars();
    const taken = new Set<string>();
    for (const walk of walks) {
      const world = new World({ at: '2026-01-05T09:00:00Z', zone: 'America/St_Lucia', calendars, onRecord: ({ events }) => {
        for (const event of events) if (event.type === 'SequenceFlowTaken') taken.add(event.flowId);
      } });
      world.deploy(graph);
      world.start(walk.process, walk.variables);
      walk.steps.forEach((step, index) => doStep(world, step, index + 1));
    }
    const all = graph.processes.flatMap((process) => [...process.flows.keys()]);
    expect(all.filter((id) => !taken.has(id))).to.deep.equal([]);
  });
});

describe('Leave: the drawing', () => {
  let drawing: Drawing;
  before(async () => {
    drawing = await readDrawing(xml);
  });

  it('has a shape for every pool, lane and flow node and an edge for every sequence flow', () => {
    expect(undrawn(drawing)).to.deep.equal([]);
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

describe('Leave: the checks of the drawing find what is wrong', () => {
  const changed = async (from: RegExp, to: string): Promise<Drawing> => {
    const text = xml.replace(from, to);
    expect(text).to.not.equal(xml);
    return readDrawing(text);
  };

  it('a shape or an edge that is missing', async () => {
    expect(undrawn(await changed(/<bpmndi:BPMNShape id="tell-officer-shape"[^]*?<\/bpmndi:BPMNShape>/, ''))).to.deep.equal(['tell-officer']);
    expect(undrawn(await changed(/<bpmndi:BPMNEdge id="leave-over--resume-duty-edge"[^]*?<\/bpmndi:BPMNEdge>/, ''))).to.deep.equal(['leave-over--resume-duty']);
  });

  it('a task in the wrong lane, with its edges in the air', async () => {
    const drawing = await changed(/(id="check-record-shape"[^>]*>\s*<dc:Bounds x="\d+" y=")\d+/, '$1500');
    expect(misplaced(drawing)).to.deep.equal(['check-record sticks out of lane-hr']);
    expect(untidyEdges(drawing)).to.include('check-record--compute-balance hangs in the air');
  });

  it('a task on top of another', async () => {
    expect(overlapping(await changed(/(id="compute-balance-shape"[^>]*>\s*<dc:Bounds x=")\d+/, '$1820'))).to.include('check-record and compute-balance');
  });

  it('an edge across another', async () => {
    const drawing = await changed(/(<bpmndi:BPMNEdge id="leave-over--resume-duty-edge"[^>]*>)/, '$1<di:waypoint x="3000" y="600" /><di:waypoint x="3600" y="600" />');
    expect(crossings(drawing)).to.include('leave-over--resume-duty and leave-given-up--cancel-record');
  });
});

describe('Leave: the forms', () => {
  const forms = new Map(readdirSync(join(folder, 'forms')).map((name) => [name.replace(/\.form$/, ''), JSON.parse(read(`forms/${name}`)) as FormSchema]));

  it('can all be shown: no component, property or pattern is refused', () => {
    for (const [name, form] of forms) {
      expect(checkForm(form), name).to.deep.equal([]);
      expect(form.id).to.equal(name);
    }
  });

  it('are exactly the forms the procedure refers to', async () => {
    const used = (await deployed()).processes.flatMap((process) => [process.startForm, ...[...process.nodes.values()].map((node) => node.userTask?.form)]).filter((form) => form !== undefined);
    expect([...new Set(used)].sort()).to.deep.equal([...forms.keys()].sort());
  });

  it('ask for everything the conditions and scripts decide on, as far as the engine does not make it', async () => {
    const keys = new Set([...forms.values()].flatMap((form) => keysOf(form.components)));
    const made = new Set(['outcome', 'initiator']);
    for (const process of (await deployed()).processes) {
      for (const node of process.nodes.values()) {
        if (node.script) made.add(node.script.resultVariable);
        for (const { target } of [...node.inputs, ...node.outputs]) made.add(target);
      }
      const sources = [...[...process.flows.values()].map((flow) => flow.condition), ...[...process.nodes.values()].map((node) => node.script?.expression)];
      const read = sources.flatMap((expression) => (expression === undefined ? [] : namesOf(expression.source)));
      expect([...new Set(read)].filter((name) => !keys.has(name) && !made.has(name))).to.deep.equal([]);
    }
  });
});

interface FormSchema {
  readonly id: string;
  readonly components: readonly Component[];
}

interface Component {
  readonly key?: string;
  readonly components?: readonly Component[];
}

function keysOf(components: readonly Component[]): string[] {
  return components.flatMap(({ key, components: inner = [] }) => [...(key === undefined ? [] : [key]), ...keysOf(inner)]);
}

function namesOf(source: string): readonly string[] {
  const compiled = compileFeel(source);
  if (!('names' in compiled)) throw new Error(`Expected FEEL, but got ${source}`);
  return compiled.names;
}
