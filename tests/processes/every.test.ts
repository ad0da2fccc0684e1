// What is true of every procedure in processes/: it deploys, every walk arrives, its drawing is complete and tidy, its forms ask what it decides on.
import { expect } from 'chai';
import { callableIn, compileDecisionFiles, compileFeel, lint } from '../../engine/index.ts';
import { walkFolder } from '../../server/cli/walk.ts';
import type { WalkResult } from '../../server/cli/walk.ts';
import { checkForm } from '../../server/forms/check.ts';
import { crossings, misplaced, overlapping, readDrawing, undrawn, untidyEdges } from './drawing.ts';
import type { Drawing } from './drawing.ts';
import { Procedure, procedureNames } from './procedure.ts';
import type { FormComponent } from './procedure.ts';

/** Findings that are there on purpose. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  // What no rule answers is an incident, not a default.
  'petty-cash': ['BPMN_GATEWAY_WITHOUT_DEFAULT authority-found'],
};

for (const name of procedureNames()) {
  describe(`The procedure ${name}`, () => {
    const procedure = new Procedure(name);
    let drawing: Drawing;
    let results: readonly WalkResult[];
    before(async () => {
      drawing = await readDrawing(procedure.xml);
      results = await walkFolder(procedure.folder);
    });

    it('deploys without a finding that is not meant, and is sound', async () => {
      const decisions = new Set(compileDecisionFiles(procedure.decisions).files.flatMap((file) => callableIn(file).map(({ id }) => id)));
      const { problems, soundness } = await lint(procedure.xml, { decisions });
      expect(problems.map(({ code, elementId }) => `${code} ${elementId}`)).to.deep.equal(MEANT[name] ?? []);
      expect([soundness.findings, soundness.decided]).to.deep.equal([[], true]);
    });

    it('names every flow node and every branch of a gateway that decides; a gateway has a default', () => {
      expect(drawing.nodes.filter((node) => node.name === undefined).map(({ id }) => id)).to.deep.equal([]);
      for (const gateway of drawing.nodes.filter(({ $type, outgoing = [] }) => $type === 'bpmn:ExclusiveGateway' && outgoing.length > 1)) {
        if (!(MEANT[name] ?? []).some((finding) => finding.endsWith(` ${gateway.id}`))) expect(gateway.default, `${gateway.id} has a default`).to.not.equal(undefined);
        for (const branch of gateway.outgoing ?? []) expect(branch.name, `${branch.id} has a label`).to.be.a('string');
      }
    });

    it('has at least five walks', () => {
      expect(procedure.walks.length).to.be.at.least(5);
    });

    for (const [index, { title }] of procedure.walks.entries()) it(title, () => { expect(results[index]?.differences).to.deep.equal([]); });

    it('has walks that pass every sequence flow and every user task', async () => {
      const events = await procedure.played();
      const taken = new Set(events.flatMap((event) => (event.type === 'SequenceFlowTaken' ? event.flowId : [])));
      const done = new Set(events.flatMap((event) => (event.type === 'UserTaskCompleted' ? event.elementId : [])));
      const { processes } = await procedure.deployed();
      expect(processes.flatMap(({ flows }) => [...flows.keys()]).filter((id) => !taken.has(id))).to.deep.equal([]);
      expect(processes.flatMap(({ nodes }) => [...nodes.values()]).filter(({ id, userTask }) => userTask !== undefined && !done.has(id)).map(({ id }) => id)).to.deep.equal([]);
    });

    it('is drawn whole: a shape for every pool, lane and flow node inside its lane, an edge for every flow', () => {
      expect([undrawn(drawing), misplaced(drawing)]).to.deep.equal([[], []]);
    });

    it('is drawn tidily: nothing on top of each other, edges from border to border, none across another', () => {
      expect([overlapping(drawing), untidyEdges(drawing), crossings(drawing)]).to.deep.equal([[], [], []]);
    });

    it('has exactly the forms it refers to, and each can be shown', async () => {
      for (const [file, form] of procedure.forms) {
        expect(checkForm(form, compileCondition), file).to.deep.equal([]);
        expect(form.id).to.equal(file);
      }
      const used = (await procedure.deployed()).processes.flatMap((process) => [process.startForm, ...[...process.nodes.values()].map((node) => node.userTask?.form)]).filter((form) => form !== undefined);
      expect([...new Set(used)].sort()).to.deep.equal([...procedure.forms.keys()].sort());
    });

    it('asks for everything its conditions and scripts decide on, as far as it does not make it', async () => {
      const keys = new Set([...procedure.forms.values()].flatMap((form) => keysOf(form.components)));
      const made = new Set(['outcome', 'initiator']);
      for (const process of (await procedure.deployed()).processes) {
        for (const node of process.nodes.values()) {
          if (node.script) made.add(node.script.resultVariable);
          if (node.calledDecision) made.add(node.calledDecision.resultVariable);
          for (const { target } of [...node.inputs, ...node.outputs]) made.add(target);
        }
        const sources = [...[...process.flows.values()].map((flow) => flow.condition), ...[...process.nodes.values()].map((node) => node.script?.expression)];
        const read = sources.flatMap((expression) => (expression === undefined ? [] : namesOf(expression.source)));
        expect([...new Set(read)].filter((variable) => !keys.has(variable) && !made.has(variable))).to.deep.equal([]);
      }
    });
  });
}

function compileCondition(source: string): (() => boolean) | undefined {
  return 'evaluate' in compileFeel(source) ? () => false : undefined;
}

function keysOf(components: readonly FormComponent[]): string[] {
  return components.flatMap(({ key, components: inner = [] }) => [...(key === undefined ? [] : [key]), ...keysOf(inner)]);
}

function namesOf(source: string): readonly string[] {
  const compiled = compileFeel(source);
  if (!('names' in compiled)) throw new Error(`Expected FEEL, but got ${source}`);
  return compiled.names;
}
