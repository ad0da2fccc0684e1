// Ad-hoc sub-process (BPMN 2.0.2, 10.3.5): activities without an order, chosen by the model or by people.
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { choose, complete, done, resolve, set, start, timer } from '../support/verbs.ts';

const adhoc = (attributes: string, inner = 'user A\n user B\n user C'): string => `
  adhoc S ${attributes} {
    ${inner}
  }
  start -> S -> end`;

describe('Engine: ad-hoc sub-process', () => {
  it('All activities that nothing leads to begin together; it completes when they are done', async () => {
    const process = await processOf(adhoc('', 'user A -> user D\n user B'));
    expect(given(process, start()).case.active()).to.deep.equal(['S', 'A', 'B']);
    expect(given(process, start(), done('A'), done('B')).case.active()).to.deep.equal(['S', 'D']);
    expect(given(process, start(), done('A'), done('B'), done('D')).case.state.status).to.equal('completed');
  });

  it('Ordering sequential: one after the other (WCP17, interleaved routing)', async () => {
    const process = await processOf(adhoc('sequential'));
    expect(given(process, start()).case.active()).to.deep.equal(['S', 'A']);
    expect(given(process, start(), done('A')).case.active()).to.deep.equal(['S', 'B']);
    expect(given(process, start(), done('A'), done('B'), done('C')).case.path()).to.deep.equal(['start', 'A', 'B', 'C', 'S', 'end']);
  });

  it('Active elements are those a list names (zeebe:adHoc)', async () => {
    const process = await processOf(adhoc('active="=chosen"'));
    expect(given(process, start({ chosen: ['C', 'A'] })).case.active()).to.deep.equal(['S', 'C', 'A']);
    given(process).when(start({ chosen: ['X'] })).including({ type: 'IncidentRaised', elementId: 'S', phase: 'behave' });
    given(process, start({ chosen: ['X'] }), set({ chosen: [] })).when(resolve('S')).including('ElementCompleted S', 'InstanceCompleted');
  });

  it('When the completion condition is true the rest is cancelled', async () => {
    const process = await processOf(adhoc('until="=enough"'));
    given(process, start({ enough: false }), done('A', { variables: { enough: true } })[0]!).when(complete('A', { variables: { enough: true } })).including('ElementCompleted A', { type: 'LoopAdvanced', enough: true }, 'ElementTerminated C', 'ElementTerminated B', 'ElementCompleted S', 'InstanceCompleted');
  });

  it('With cancelRemainingInstances="false" it waits for those that are active', async () => {
    const process = await processOf(adhoc('until="=enough" keep'));
    const { case: on } = given(process, start({ enough: true }), done('A'));
    expect(on.active()).to.deep.equal(['S', 'B', 'C']);
    expect(given(process, start({ enough: true }), done('A'), done('B'), done('C')).case.state.status).to.equal('completed');
  });

  it('While its condition is not true it stays open, and people choose what is done next', async () => {
    const process = await processOf(adhoc('active="=[]" until="=enough"'));
    expect(given(process, start({ enough: false })).case.active()).to.deep.equal(['S']);
    given(process, start({ enough: false })).when(choose('S', 'B')).including({ type: 'AdHocActivated', activities: ['B'] }, 'UserTaskCreated B');
    expect(given(process, start({ enough: false }), choose('S', 'B'), done('B'), choose('S', 'B')).case.active()).to.deep.equal(['S', 'B']);
    expect(given(process, start({ enough: false }), choose('S', 'B', 'C'), done('B'), set({ enough: true }), done('C')).case.state.status).to.equal('completed');
  });

  it('What cannot be chosen is refused', async () => {
    const process = await processOf(adhoc('sequential until="=enough"'));
    given(process, start({ enough: false })).when(choose('S', 'X')).refused('ADHOC_ACTIVITY_UNKNOWN', 'X');
    given(process, start({ enough: false })).when(choose('S')).refused('ADHOC_ACTIVITY_UNKNOWN');
    given(process, start({ enough: false })).when(choose('S', 'B')).refused('ADHOC_ONE_AFTER_THE_OTHER');
    given(process, start({ enough: false })).when(choose('A', 'B')).refused('ADHOC_NOT_FOUND');
  });

  it('Its output collection holds one output for each path that ended', async () => {
    const process = await processOf(adhoc('sequential collect=all collects="=last"', 'script A is="=1" result=last\n script B is="=2" result=last'));
    expect(given(process, start()).case.variables()).to.deep.equal({ last: 2, all: [1, 2] });
  });

  it('A condition that cannot be evaluated stops it; resolved, it is asked again', async () => {
    const process = await processOf(adhoc('until="=enough"', 'user A'));
    given(process, start(), done('A')[0]!).when(complete('A')).including('ElementCompleted A', { type: 'IncidentRaised', elementId: 'S' });
    given(process, start(), done('A'), set({ enough: true })).when(resolve('S')).including('ElementCompleted S', 'InstanceCompleted');
  });

  it('The completion condition is asked after each activity, also when a sequence flow leaves it: then nothing follows (13.3.5)', async () => {
    const inner = 'user A -> user After\n user B';
    const enough = { variables: { enough: true } };
    const canceled = await processOf(adhoc('until="=enough"', inner));
    given(canceled, start({ enough: false }), done('A', enough)[0]!).when(complete('A', enough)).including('ElementCompleted A', 'ElementTerminated B', 'ElementCompleted S', 'InstanceCompleted').without('UserTaskCreated');
    expect(given(canceled, start({ enough: false }), done('A')).case.active()).to.deep.equal(['S', 'B', 'After']);
    const kept = await processOf(adhoc('until="=enough" keep', `${inner} -> user Behind`));
    expect(given(kept, start({ enough: false }), done('A', enough)).case.active()).to.deep.equal(['S', 'B']);
    expect(given(kept, start({ enough: false }), done('A', enough), done('B')).case.path()).to.deep.equal(['start', 'A', 'B', 'S', 'end']);
  });

  it('What an output mapping of the activity makes is known to the condition', async () => {
    const process = await processOf(adhoc('until="=sum > 1"', 'user A in.one="=1" out.sum="=one + 1" -> user After'));
    expect(given(process, start({ sum: 0 }), done('A')).case.path()).to.deep.equal(['start', 'A', 'S', 'end']);
  });

  it('When it is enough nothing more is begun in it, by people either', async () => {
    const process = await processOf(adhoc('until="=enough" keep'));
    given(process, start({ enough: true }), done('A')).when(choose('S', 'A')).refused('ADHOC_ENOUGH', 'its completion condition is true');
    const taken = await processOf(adhoc('', 'user A\n sub Handler event {\n start On after=PT1H -> user Extra -> end Out\n }'));
    given(taken, start(), timer('On')).when(choose('S', 'A')).refused('ADHOC_ENOUGH', 'its event sub-process has taken over');
  });

  it('It completes with an event sub-process that interrupts it, whatever its condition', async () => {
    const process = await processOf(adhoc('until="=false"', 'user A\n sub Handler event {\n start On after=PT1H -> user Extra -> end Out\n }'));
    given(process, start(), timer('On'), done('Extra')[0]!).when(complete('Extra')).including('ElementCompleted Handler', 'ElementCompleted S', 'InstanceCompleted').without('LoopAdvanced');
  });

  it('Neither a handler that ran beside it, nor what was cancelled by hand, counts as an instance that has completed', async () => {
    const process = await processOf(adhoc('until="=numberOfCompletedInstances > 1"', 'user A\n user B\n user C\n sub Handler event {\n start On after=PT1H beside -> end Out\n }'));
    given(process, start()).when(timer('On')).including('ElementCompleted Handler').without('LoopAdvanced');
    const { case: on } = given(process, start(), timer('On'), (it) => ({ action: { type: 'ModifyInstance', reason: 'not needed', cancel: [it.element('C')] } }), done('A'));
    expect(on.active()).to.deep.equal(['S', 'B']);
  });

  it('Only activities are begun in it: no handler, and nothing that stands on a border', async () => {
    const process = await processOf(adhoc('until="=enough"', 'user A\n boundary Undone on=A compensate by=Undo\n user Undo undo\n boundary Late on=A after=PT1H -> user Hurry\n sub Handler event {\n start On after=PT1H -> end Out\n }'));
    for (const id of ['Undo', 'Late', 'Handler', 'On']) given(process, start({ enough: false })).when(choose('S', id)).refused('ADHOC_ACTIVITY_UNKNOWN', id);
    const chosen = await processOf(adhoc('active="=chosen"', 'user A\n boundary Late on=A after=PT1H -> user Hurry'));
    given(chosen).when(start({ chosen: ['Late'] })).including({ type: 'IncidentRaised', elementId: 'S', phase: 'behave' });
  });
});
