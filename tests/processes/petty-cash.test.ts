// The procedure of petty cash: it deploys with its decisions, every walk arrives, its drawing is tidy, and its table answers every claim.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { compile, compileDecisionFiles, compileDmn, doStep, evaluateDecision, lint, World } from '../../engine/index.ts';
import type { DecisionModel, Graph, ScenarioStep, Variables } from '../../engine/index.ts';
import { readCalendars } from '../../server/cli/calendars.ts';
import { walkFolder } from '../../server/cli/walk.ts';
import type { WalkResult } from '../../server/cli/walk.ts';
import { checkForm } from '../../server/forms/check.ts';
import { crossings, misplaced, overlapping, readDrawing, undrawn, untidyEdges } from './drawing.ts';

interface Walk {
  readonly title: string;
  readonly variables: Variables;
  readonly steps: readonly ScenarioStep[];
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../processes/petty-cash');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const xml = read('process.bpmn');
const dmn = read('decisions/approval-authority.dmn');
const walks = JSON.parse(read('walk.json')) as readonly Walk[];
const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'America/St_Lucia' };

async function deployed(): Promise<Graph> {
  const graph = await compile(xml);
  if (Array.isArray(graph)) throw new Error(graph.map(({ message }) => message).join('\n'));
  return graph;
}

describe('Petty cash: the model', () => {
  it('deploys; the only finding is the gateway that has no default on purpose', async () => {
    const { problems, soundness } = await lint(xml, { decisions: new Set(['receipt', 'approval-authority']) });
    expect(problems.map(({ code, elementId }) => [code, elementId])).to.deep.equal([['BPMN_GATEWAY_WITHOUT_DEFAULT', 'authority-found']]);
    expect([soundness.findings, soundness.decided]).to.deep.equal([[], true]);
  });

  it('calls the decision of its folder, and has a flow for each of its answers and no other', async () => {
    const [process] = (await deployed()).processes;
    const answers = [...dmn.matchAll(/<outputEntry[^>]*>\s*<text>"([\w-]+)"<\/text>/g)].map(([, answer]) => answer);
    const routed = [...(process?.flows.values() ?? [])].flatMap(({ source, condition }) => (source === 'authority-found' ? /"([\w-]+)"/.exec(condition?.source ?? '')?.[1] ?? [] : []));
    expect(routed.sort()).to.deep.equal([...new Set(answers)].filter((answer) => answer !== undefined && !['in order', 'missing'].includes(answer)).sort());
  });
});

describe('Petty cash: the walks', () => {
  let results: readonly WalkResult[];
  before(async () => { results = await walkFolder(folder); });

  for (const [index, { title }] of walks.entries()) it(title, () => { expect(results[index]?.differences).to.deep.equal([]); });

  it('pass every sequence flow of the procedure at least once', async () => {
    const graph = await deployed();
    const { files } = compileDecisionFiles([{ name: 'approval-authority.dmn', content: dmn }]);
    const taken = new Set<string>();
    for (const walk of walks) {
      const world = new World({ at: CLOCK.now, zone: CLOCK.zone, calendars: readCalendars(), onRecord: ({ events }) => {
        for (const event of events) if (event.type === 'SequenceFlowTaken') taken.add(event.flowId);
      } });
      world.deploy(graph, files);
      world.start('petty-cash', walk.variables);
      walk.steps.forEach((step, index) => { doStep(world, step, index + 1); });
    }
    expect(graph.processes.flatMap((process) => [...process.flows.keys()]).filter((id) => !taken.has(id))).to.deep.equal([]);
  });
});

describe('Petty cash: the decision', () => {
  let model: DecisionModel;
  before(async () => {
    const compiled = await compileDmn(dmn);
    if (Array.isArray(compiled)) throw new Error(compiled.map(({ message }) => message).join('\n'));
    model = compiled;
  });

  it('has exactly one answer for every claim the form lets through', () => {
    const kinds = [...JSON.stringify(JSON.parse(read('forms/pc-01-claim.form'))).matchAll(/"value":"([\w-]+)"/g)].map(([, kind = '']) => kind);
    expect(kinds).to.have.length(6);
    const claims = fc.record({ amount: fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100), kind: fc.constantFrom(...kinds), receiptNumber: fc.constantFrom(null, '', 'R-1') });
    fc.assert(fc.property(claims, (claim) => {
      const { value, fired } = evaluateDecision(model, 'approval-authority', claim, CLOCK);
      expect(value).to.be.oneOf(['claimant', 'head-of-section', 'permanent-secretary', 'purchase-order']);
      expect(fired.map(({ rules }) => rules.length)).to.deep.equal([1, 1]);
      if (claim.amount > 500 && value !== 'claimant') expect(value).to.equal('purchase-order');
    }), { numRuns: 300 });
  });
});

describe('Petty cash: the drawing', () => {
  it('is complete and tidy', async () => {
    const drawing = await readDrawing(xml);
    expect(undrawn(drawing)).to.deep.equal([]);
    expect(misplaced(drawing)).to.deep.equal([]);
    expect(overlapping(drawing)).to.deep.equal([]);
    expect(untidyEdges(drawing)).to.deep.equal([]);
    expect(crossings(drawing)).to.deep.equal([]);
    expect(drawing.nodes.filter(({ name }) => name === undefined)).to.deep.equal([]);
  });

  it('of the decisions shows each of them, each input and each requirement', () => {
    for (const [, id = ''] of dmn.matchAll(/<(?:decision|inputData|informationRequirement) id="([\w-]+)"/g)) expect(dmn, id).to.contain(`dmnElementRef="${id}"`);
  });
});

describe('Petty cash: the forms', () => {
  it('can all be shown, and are exactly those the procedure refers to', async () => {
    const names = readdirSync(join(folder, 'forms')).map((name) => name.replace(/\.form$/, ''));
    for (const name of names) expect(checkForm(JSON.parse(read(`forms/${name}.form`))), name).to.deep.equal([]);
    const used = (await deployed()).processes.flatMap((process) => [process.startForm, ...[...process.nodes.values()].map((node) => node.userTask?.form)]).filter((form) => form !== undefined);
    expect([...new Set(used)].sort()).to.deep.equal(names.sort());
  });

  it('ask for everything the decision reads', async () => {
    const form = read('forms/pc-01-claim.form');
    for (const [, name = ''] of dmn.matchAll(/<inputData id="[\w-]+" name="(\w+)"/g)) expect(form).to.contain(`"key": "${name}"`);
  });
});
