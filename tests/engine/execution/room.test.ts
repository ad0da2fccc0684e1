// A case holds so many bytes of variables and no more: a command that brings too much is refused, what the model makes itself is an incident.
import { expect } from 'chai';
import { approximateBytes, bytesOf } from '../../../engine/events.ts';
import type { InstanceState } from '../../../engine/state.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { assign, childEnds, complete, facing, jobDone, limited, message, resolve, set, start } from '../support/verbs.ts';

const text = (bytes: number): string => 'x'.repeat(bytes);

/** What the scopes hold now, counted from nothing. */
function recount(state: InstanceState): number {
  return [...state.elements.values()].flatMap((element) => [...(element.variables ?? [])].map(([name, value]) => bytesOf(name, value))).reduce((sum, bytes) => sum + bytes, 0);
}

describe('Engine: room for variables', () => {
  it('The running size is what a recount gives: written, overwritten, local, and gone with its scope', async () => {
    const process = await processOf('start -> user A in.local="=big" out.kept="=local" -> sub S -> end\nsub S {\nstart I -> user B in.mine="=kept" -> end O\n}');
    given(process).when(start({ big: text(500) })).and((on) => expect(on.state.bytes).to.equal(recount(on.state)))
      .when(set({ big: text(10), other: [1, 2, { a: 'b' }] })).and((on) => expect(on.state.bytes).to.equal(recount(on.state)))
      .when(assign('A', 'anna')).when(complete('A')).and((on) => expect(on.state.bytes).to.equal(recount(on.state)).and.be.greaterThan(1_000))
      .when(assign('B', 'anna')).when(complete('B')).and((on) => expect(on.state.bytes).to.equal(recount(on.state)));
  });

  it('A command that would leave too much is refused whoever sends it; one that replaces is weighed by what is left', async () => {
    const process = await processOf('start -> user A -> service B job=b -> catch C message=m key="=id" -> end');
    const full = [limited({ caseBytes: 1_000 }), start({ id: '1', big: text(800) }), assign('A', 'anna')];
    given(process, ...full).when(complete('A', { variables: { more: text(300) } })).refused('INSTANCE_TOO_LARGE', 'at most 1000 bytes');
    given(process, ...full).when(set({ more: text(300) })).refused('INSTANCE_TOO_LARGE');
    given(process, ...full, complete('A')).when(jobDone('B', { more: text(300) })).refused('INSTANCE_TOO_LARGE');
    given(process, ...full, complete('A'), jobDone('B')).when(message('C', { more: text(300) })).refused('INSTANCE_TOO_LARGE');
    given(process, ...full).when(complete('A', { variables: { big: text(900) } })).including('UserTaskCompleted A');
    given(process, ...full, set({ big: '' })).when(complete('A', { variables: { more: text(300) } })).including('UserTaskCompleted A');
    given(process, limited({ caseBytes: 100 })).when(start({ big: text(800) })).refused('INSTANCE_TOO_LARGE');
  });

  it('What a script, a mapping or a called case makes is an incident; with room it is tried again', async () => {
    const doubling = await processOf('start -> user A -> script S is="=big + big" result=both -> end');
    const full = [limited({ caseBytes: 1_000 }), start({ big: text(600) }), assign('A', 'anna'), complete('A')];
    given(doubling, ...full).when(resolve('S')).including({ type: 'IncidentRaised', code: 'INCIDENT_CASE_TOO_LARGE' }).without('ElementCompleted');
    given(doubling, ...full, set({ big: 'y' })).when(resolve('S')).including('ElementCompleted S').and((on) => expect(on.variables()).to.deep.equal({ big: 'y', both: 'yy' }));
    const inputs = await processOf('start -> task A in.copy="=big" -> end');
    given(inputs, limited({ caseBytes: 1_000 })).when(start({ big: text(600) })).including({ type: 'IncidentRaised', phase: 'inputs', code: 'INCIDENT_CASE_TOO_LARGE' });
    const outputs = await processOf('start -> task A out.copy="=big" -> end');
    given(outputs, limited({ caseBytes: 1_000 })).when(start({ big: text(600) })).including({ type: 'IncidentRaised', phase: 'complete', code: 'INCIDENT_CASE_TOO_LARGE' });
    const calling = await processOf('start -> call C calls=Q -> end');
    given(calling, facing({ definitions: { Q: 1 } }), limited({ caseBytes: 1_000 }), start({ big: text(600) })).when(childEnds('C', 'completed', { variables: { more: text(600) } }))
      .including('ChildEnded', { type: 'IncidentRaised', code: 'INCIDENT_CASE_TOO_LARGE' }).when(resolve('C')).including('ElementCompleted C', 'InstanceCompleted');
  });

  it('What a loop collects counts while it is collected, and is not counted twice when it leaves', async () => {
    const process = await processOf('start -> user A each="=items" as=item sequential collect=all collects="=answer" -> end');
    const answers = [limited({ caseBytes: 1_000 }), start({ items: [1, 2, 3] })];
    const bring = (size: number): readonly Parameters<typeof given>[1][] => [assign('A', 'anna'), complete('A', { variables: { answer: text(size) } })];
    given(process, ...answers, ...bring(200), ...bring(200), assign('A', 'anna')).when(complete('A', { variables: { answer: text(200) } })).including('InstanceCompleted').and((on) => expect(on.state.bytes).to.equal(recount(on.state)));
    given(process, ...answers, ...bring(400), ...bring(400), assign('A', 'anna')).when(complete('A', { variables: { answer: text(400) } })).refused('INSTANCE_TOO_LARGE');
  });

  it('A hundred thousand items begin without being counted a second time', async () => {
    const items = Array.from({ length: 100_000 }, (_, index) => index);
    const test = await inWorld('start -> task A each="=items" as=item -> user B -> end', { limits: { caseBytes: approximateBytes({ items }) + 100 } });
    const stream = test.start('P', { items });
    expect(test.status(stream)).to.equal('active');
    expect(test.world.instances.get(stream)!.bytes).to.equal(recount(test.world.instances.get(stream)!));
  }).timeout(30_000);
});
