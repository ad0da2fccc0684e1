// Conditional events (BPMN 2.0.2, 10.5.5): evaluated on arming and on every writing of a variable they read; false to true fires.
import { expect } from 'chai';
import type { ProcessGraph } from '../../../engine/bpmn/graph.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { done, jobDone, resolve, set, start } from '../support/verbs.ts';

const BESIDE = `
  start -> user Work -> end
  boundary Much on=Work if="=x = 1" beside -> end Told`;

describe('Engine: conditional events', () => {
  it('An intermediate conditional event waits until its condition becomes true', async () => {
    const process = await processOf('start -> catch Paid if="=paid >= 100" -> end');
    given(process).when(start({ paid: 10 })).including({ type: 'ConditionArmed', elementId: 'Paid', names: ['paid'], holds: false }).without('InstanceCompleted');
    given(process, start({ paid: 10 })).when(set({ paid: 50 })).then('VariablesWritten');
    given(process, start({ paid: 10 })).when(set({ paid: 150 })).then('VariablesWritten', 'ConditionChanged', 'ConditionTriggered Paid', 'ElementCompleted Paid', 'SequenceFlowTaken Paid-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted');
  });

  it('A condition that is true when it is armed fires at once (trap 23)', async () => {
    given(await processOf('start -> catch Paid if="=paid >= 100" -> end')).when(start({ paid: 100 })).including('ConditionArmed Paid', 'ConditionTriggered Paid', 'InstanceCompleted');
  });

  it('It fires once for each false to true, not for each writing (trap 23)', async () => {
    const process = await processOf(BESIDE);
    given(process, start({ x: 0 })).when(set({ x: 1 })).including({ type: 'ConditionTriggered', open: true }, 'ElementCompleted Told')
      .when(set({ x: 1 })).then('VariablesWritten')
      .when(set({ x: 0 })).then('VariablesWritten', { type: 'ConditionChanged', holds: false })
      .when(set({ x: 1 })).including('ConditionTriggered Much', 'ElementCompleted Told');
  });

  it('Every writing is an evaluation point, also two in one turn', async () => {
    const process = await processOf(`
      start -> and Fork -> user Work -> end
      Fork -> script Up is="=1" result=x -> script Down is="=0" result=x -> script Again is="=1" result=x -> end Done
      boundary Much on=Work if="=x = 1" beside -> end Told`);
    const { case: on } = given(process, start({ x: 0 }));
    expect(on.path().filter((id) => id === 'Told')).to.have.length(2);
  });

  it('With variableEvents only the making of a variable is looked at, or only its changing; without both', async () => {
    const waiting = (events: string): Promise<ProcessGraph> => processOf(`start -> catch Paid if="=paid > 0" written=${events} -> end`);
    const [create, update, both] = [await waiting('create'), await waiting('update'), await waiting('create,update')];
    given(create, start()).when(set({ paid: 1 })).including('ConditionTriggered Paid');
    given(create, start({ paid: 0 })).when(set({ paid: 1 })).then('VariablesWritten');
    given(update, start()).when(set({ paid: 1 })).then('VariablesWritten').when(set({ paid: 2 })).including('ConditionTriggered Paid');
    given(update, start({ paid: 0 })).when(set({ paid: 1 })).including('ConditionTriggered Paid');
    for (const before of [{}, { paid: 0 }]) given(both, start(before)).when(set({ paid: 1 })).including('ConditionTriggered Paid');
    given(update).when(start({ paid: 1 })).including('ConditionTriggered Paid', 'InstanceCompleted');
  });

  it('Before a case there are no variables to be made or changed: variableEvents are refused on the start of a process', async () => {
    const refused = await processOf('start Go if="=x > 0" written=create -> end').then(() => '', String);
    expect(refused).to.include('BPMN_CONDITION_EVENTS Go').and.to.include('before a case');
  });

  it('A variable made in an inner scope is made, although one around it has its name', async () => {
    const process = await processOf('sub S {\nstart In -> user Work -> end Out\n}\nstart -> S -> end\nsub H event {\nstart Made if="=x > 0" written=create beside -> end Told\n}');
    given(process, start({ x: 0 })).when(set({ x: 1 })).then('VariablesWritten').and((on) => { expect(on.path()).to.not.include('Told'); });
    given(await processOf('sub S {\nstart In -> user Work -> end Out\nsub H event {\nstart Made if="=x > 0" written=create beside -> end Told\n}\n}\nstart -> S -> end'), start({ x: 0 })).when(set({ x: 1 }, 'S')).including('ElementCompleted Told');
  });

  it('A missing variable is not true yet, and no incident', async () => {
    const process = await processOf('start -> catch Paid if="=paid >= 100" -> end');
    given(process).when(start()).including({ type: 'ConditionArmed', holds: false }).without('IncidentRaised');
    given(process, start()).when(set({ paid: 200 })).including('InstanceCompleted');
  });

  it('A condition that is neither true nor false stops the case where it is armed', async () => {
    const process = await processOf('start -> catch Paid if="=paid" -> end');
    given(process).when(start({ paid: 5 })).including({ type: 'IncidentRaised', code: 'INCIDENT_EXPRESSION', phase: 'behave' });
    given(process, start({ paid: 5 }), set({ paid: true })).when(resolve('Paid')).including('ConditionTriggered Paid', 'InstanceCompleted');
  });

  it('An interrupting conditional boundary event cancels its activity, whoever wrote the variable', async () => {
    const process = await processOf(`
      start -> and Fork -> user Work -> end
      Fork -> service Check job=check -> end Checked
      boundary Bad on=Work if="=bad" -> end Stopped`);
    given(process, start({ bad: false })).when(jobDone('Check', { bad: true })).including('ConditionTriggered Bad', 'ElementTerminated Work', 'ElementCompleted Stopped', 'InstanceCompleted');
  });

  it('It sees the variables of its own scope only: a local of another task does not matter', async () => {
    const process = await processOf(`
      start -> and Fork -> user Work -> end
      Fork -> user Other in.x="=1" -> end Done
      boundary Much on=Work if="=x = 1" beside -> end Told`);
    const { case: on } = given(process, start({ x: 0 }));
    expect(on.path()).not.to.include('Told');
    expect(on.state.watched?.get('x')?.size).to.equal(1);
  });

  it('What is disarmed is looked at no more', async () => {
    const process = await processOf(BESIDE.replace('-> end\n', '-> user After -> end\n'));
    const { case: on } = given(process, start({ x: 0 }), done('Work'), set({ x: 1 }));
    expect(on.path()).not.to.include('Told');
    expect(on.state.watched).to.equal(undefined);
  });

  it('Behind an event-based gateway it is one of the events that race', async () => {
    const process = await processOf(`
      start -> first Which -> catch Enough if="=n > 5" -> end ByCondition
      Which -> catch Late after=PT1H -> end ByTimer`);
    given(process, start({ n: 1 })).when(set({ n: 6 })).including('ConditionTriggered Enough', 'TimerCanceled', 'ElementCompleted Which', 'ElementCompleted ByCondition', 'InstanceCompleted');
  });
});
