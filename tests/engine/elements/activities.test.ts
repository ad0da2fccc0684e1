// What every activity can have (BPMN 2.0.2, 10.3, 13.2 and 13.3.2): conditional and default flows, token quantities; and what instantiates a process.
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { complete, done, jobDone, resolve, set, start } from '../support/verbs.ts';

describe('Engine: sequence flows that leave an activity', () => {
  const MIXED = `
    start -> user Work default=C
    Work -[a]-> user A -> end
    Work -> user B -> end
    Work -> user C -> end`;

  it('An unconditional flow is taken always, a conditional one when it is true, the default when no condition is', async () => {
    const process = await processOf(MIXED);
    expect(given(process, start({ a: true }), done('Work')).case.active()).to.deep.equal(['A', 'B']);
    expect(given(process, start({ a: false }), done('Work')).case.active()).to.deep.equal(['B', 'C']);
  });

  it('The default flow off an activity is taken when no condition of the others is true, and only then', async () => {
    const process = await processOf('start -> user Work default=C\nWork -[a]-> user A -> end\nWork -> user C -> end');
    expect(given(process, start({ a: true }), done('Work')).case.active()).to.deep.equal(['A']);
    expect(given(process, start({ a: false }), done('Work')).case.active()).to.deep.equal(['C']);
  });

  it('A condition that is null stops the activity after its work, and only the condition is tried again', async () => {
    const process = await processOf(MIXED);
    given(process, start(), done('Work')[0]!).when(complete('Work')).including('UserTaskCompleted Work', { type: 'IncidentRaised', phase: 'complete', code: 'INCIDENT_CONDITION_NULL' });
    given(process, start(), done('Work'), set({ a: true })).when(resolve('Work')).including('ElementCompleted Work', 'UserTaskCreated A', 'UserTaskCreated B');
  });

  it('When no condition is true and there is no default, that is an incident', async () => {
    const process = await processOf('start -> user Work\n Work -[a]-> end');
    given(process, start({ a: false }), done('Work')[0]!).when(complete('Work')).including({ type: 'IncidentRaised', code: 'INCIDENT_NO_FLOW' });
  });
});

describe('Engine: token quantities', () => {
  it('An activity begins when startQuantity tokens have arrived, on whichever flows', async () => {
    const process = await processOf(`
      start -> and Fork -> service A job=a -> user Work needs=2 -> end
      Fork -> service B job=b -> Work
      Fork -> service C job=c -> Work`);
    given(process, start()).when(jobDone('A')).including({ type: 'SequenceFlowTaken', waitsAt: 'Work' }).without('UserTaskCreated');
    given(process, start(), jobDone('A')).when(jobDone('C')).including({ type: 'ElementActivated', elementId: 'Work', joined: ['A-Work', 'C-Work'] }, 'UserTaskCreated Work');
    expect(given(process, start(), jobDone('A'), jobDone('C'), jobDone('B')).case.active()).to.deep.equal(['Work']);
  });

  it('Two tokens of the same flow count as two', async () => {
    const process = await processOf('start -> and Fork -> xor Merge -> user Work needs=2 -> end\n Fork -> Merge');
    given(process).when(start()).including({ type: 'ElementActivated', elementId: 'Work', joined: ['Merge-Work', 'Merge-Work'] });
  });

  it('completionQuantity tokens leave on each outgoing flow', async () => {
    const process = await processOf('start -> user Work gives=3 -> user After -> end');
    expect(given(process, start(), done('Work')).case.active()).to.deep.equal(['After', 'After', 'After']);
  });
});

describe('Engine: what instantiates a process', () => {
  it('A receive task with instantiate starts a case when its message comes', async () => {
    const test = await inWorld('process P\n receive Apply message=Application instantiate -> user Check -> end');
    test.do({ message: 'Application', variables: { name: 'Ann' } });
    const [stream] = test.cases('P');
    expect(test.path(stream)).to.deep.equal(['Apply']);
    expect(test.variables(stream!)).to.deep.equal({ name: 'Ann' });
  });

  it('Nobody can start such a process by hand', async () => {
    given(await processOf('receive Apply message=Application instantiate -> end')).when(start()).refused('INSTANCE_START_ELEMENT_UNKNOWN', 'Apply');
  });

  it('An event-based gateway with instantiate starts a case by the first of its events; the others are not awaited', async () => {
    const test = await inWorld(`
      process P
      first Which instantiate -> receive ByMail message=Mail -> end E1
      Which -> receive ByPhone message=Phone -> end E2`);
    test.do({ message: 'Phone' }, { message: 'Mail' });
    expect(test.cases('P').map((stream) => test.path(stream))).to.deep.equal([['ByPhone', 'E2'], ['ByMail', 'E1']]);
  });

  it('With the type Parallel the case is started by the first and needs all of them', async () => {
    const test = await inWorld(`
      process P
      first All instantiate parallel -> catch Form message=Form key="=id" -> and Join -> end
      All -> catch Fee message=Fee key="=id" -> Join`);
    test.do({ message: 'Form', correlationKey: '7', variables: { id: '7' } });
    const [stream] = test.cases('P');
    expect(test.path(stream)).to.deep.equal(['Form']);
    test.do({ message: 'Fee', correlationKey: '7', variables: { paid: 5 } });
    expect(test.cases('P')).to.have.length(1);
    expect(test.status(stream!)).to.equal('completed');
  });
});
