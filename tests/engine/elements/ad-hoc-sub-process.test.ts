// Ad-hoc sub-process (BPMN 2.0.2, 10.3.5): activities without an order, chosen by the model or by people.
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { choose, complete, done, resolve, set, start } from '../support/verbs.ts';

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
});
