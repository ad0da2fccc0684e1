// The procedure of correspondence beyond what is true of every procedure: two pools, the scan, the signature, separation of duties.
import { expect } from 'chai';
import type { Graph } from '../../engine/index.ts';
import { readDrawing } from './drawing.ts';
import { Procedure } from './procedure.ts';
import type { FormComponent } from './procedure.ts';

const procedure = new Procedure('correspondence');

describe('Correspondence: the model', () => {
  it('has two pools, each of an agency, each filing by a rule of its own', async () => {
    const { processes } = await procedure.deployed();
    expect(processes.map(({ id, agency, procedure }) => [id, agency, procedure?.fileSeries, procedure?.retention])).to.deep.equal([['correspondence', 'ministry', 'ADM/4', 'P5Y'], ['correspondence-received', 'ministry-of-finance', 'FIN/2', 'P5Y']]);
  });

  it('asks for the scan at the start, and for a signature only where the letter is approved', async () => {
    const [{ nodes }] = (await procedure.deployed()).processes as readonly [Graph['processes'][number]];
    expect(nodes.get('letter-received')?.attachments.map(({ kind, required }) => [kind, required])).to.deep.equal([['letter', true], ['enclosure', false]]);
    const task = nodes.get('sign-reply')?.userTask;
    expect(task?.signature).to.deep.include({ level: 'S3', document: 'reply' });
    expect(task?.outcomes.map(({ value, requiresSignature }) => [value, requiresSignature])).to.deep.equal([['approve', true], ['return', false], ['refuse', false]]);
  });

  it('gives every user task a clock in working days and a form, and keeps drafter, reviewer and signatory apart', async () => {
    for (const { nodes } of (await procedure.deployed()).processes) {
      for (const { id, userTask } of nodes.values()) {
        if (userTask === undefined) continue;
        expect(userTask.sla?.due, id).to.match(/^P\dBD$/);
        expect(userTask.form, id).to.be.a('string');
      }
    }
    const [{ nodes }] = (await procedure.deployed()).processes as readonly [Graph['processes'][number]];
    expect(nodes.get('review-reply')?.userTask?.notSameAs).to.deep.equal(['draft-reply']);
    expect(nodes.get('sign-reply')?.userTask?.notSameAs).to.deep.equal(['draft-reply', 'review-reply']);
  });
});

describe('Correspondence: the walks', () => {
  it('sign what is approved, and not what is returned or refused', async () => {
    const signed = (await procedure.played()).flatMap((event) => (event.type === 'UserTaskCompleted' && event.elementId === 'sign-reply' ? [event.signed?.document ?? event.outcome] : []));
    expect(new Set(signed)).to.deep.equal(new Set(['reply', 'return', 'refuse']));
  });
});

describe('Correspondence: the drawing', () => {
  it('shows the message flow between the pools', async () => {
    expect((await readDrawing(procedure.xml)).edges.has('letter-by-exchange')).to.equal(true);
  });
});

describe('Correspondence: the forms', () => {
  it('ask for everything the conditions and headers read, as far as the engine and the jobs do not bring it', async () => {
    const keys = new Set([...procedure.forms.values()].flatMap((form) => keysOf(form.components)));
    // Brought by record-register, document-generate, exchange-accept and the message.
    const made = new Set(['outcome', 'initiator', 'registration', 'reply', 'from', 'received', 'item', 'part']);
    for (const process of (await procedure.deployed()).processes) {
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

function keysOf(components: readonly FormComponent[]): string[] {
  return components.flatMap(({ key, components: inner = [] }) => [...(key === undefined ? [] : [key]), ...keysOf(inner)]);
}
