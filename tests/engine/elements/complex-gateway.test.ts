// Complex gateway (BPMN 2.0.2, 13.4.5): activation by condition, then reset.
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { complete, done, resolve, set, start } from '../support/verbs.ts';

const TWO_OF_THREE = `
  start -> and Fork -> user A -> complex Two when="=activationCount >= 2" -> user After -> end
  Fork -> user B -> Two
  Fork -> user C -> Two`;

describe('Engine: complex gateway', () => {
  it('It is activated when its condition is true, and takes a token from each flow that has one', async () => {
    const process = await processOf(TWO_OF_THREE);
    given(process, start(), done('A')[0]!).when(complete('A')).including({ type: 'SequenceFlowTaken', waitsAt: 'Two' }).without('ElementActivated');
    given(process, start(), done('A'), done('C')[0]!).when(complete('C')).including({ type: 'ElementActivated', elementId: 'Two', joined: ['A-Two', 'C-Two'], role: { kind: 'activation' } }, 'UserTaskCreated After');
  });

  it('Then it waits for the tokens it has not had, and is reset without a second token (WCP9, discriminator)', async () => {
    const process = await processOf(TWO_OF_THREE);
    given(process, start(), done('A'), done('C'), done('B')[0]!).when(complete('B')).including({ type: 'ElementActivated', elementId: 'Two', joined: ['B-Two'], role: { kind: 'reset' } }, 'ElementCompleted Two')
      .and((on) => expect(on.active()).to.deep.equal(['After']));
    const { case: on } = given(process, start(), done('A'), done('C'), done('B'), done('After'));
    expect(on.state.status).to.equal('completed');
  });

  it('It is reset when the missing tokens can no longer come', async () => {
    const process = await processOf(`
      start -> and Fork -> user A -> complex One when="=activationCount >= 1" -> user After -> end
      Fork -> user B -> xor Gate default=One
      Gate -[leave]-> end Gone
      Gate -> One`);
    given(process, start({ leave: true }), done('A'), done('B')[0]!).when(complete('B')).including({ type: 'ElementActivated', elementId: 'One', joined: [], role: { kind: 'reset' } }, 'ElementCompleted Gone');
  });

  it('When it is reset, a surplus token activates it again as soon as its condition is true (13.4.5)', async () => {
    const process = await processOf(`
      start -> and Fork -> user A -> xor Merge -> complex One when="=activationCount >= 1" -> user After -> end
      Fork -> user Again -> Merge
      Fork -> user B -> One`);
    expect(given(process, start(), done('A'), done('Again')).case.active()).to.deep.equal(['B', 'After']);
    given(process, start(), done('A'), done('Again'), done('B')[0]!).when(complete('B')).including({ type: 'ElementActivated', elementId: 'One', joined: ['B-One'], role: { kind: 'reset' } }, { type: 'ElementActivated', elementId: 'One', joined: ['Merge-One'], role: { kind: 'activation' } })
      .and((on) => expect(on.active()).to.deep.equal(['After', 'After']));
    expect(given(process, start(), done('A'), done('Again'), done('B'), done('After'), done('After')).case.state.status).to.equal('completed');
  });

  it('In both phases its default flow is taken when no condition is true', async () => {
    const process = await processOf(`
      start -> and Fork -> user A -> complex One when="=activationCount >= 1" default=Rest
      Fork -> user B -> One
      One -[waitingForStart]-> user First -> end E1
      One -> user Rest -> end E2`);
    expect(given(process, start(), done('A')).case.active()).to.deep.equal(['B', 'First']);
    expect(given(process, start(), done('A'), done('B')).case.active()).to.deep.equal(['First', 'Rest']);
  });

  it('A branch may ask in which phase it is taken (waitingForStart)', async () => {
    const process = await processOf(`
      start -> and Fork -> user A -> complex One when="=activationCount >= 1"
      Fork -> user B -> One
      One -[waitingForStart]-> user First -> end E1
      One -[not(waitingForStart)]-> user Rest -> end E2`);
    const { case: first } = given(process, start(), done('A'));
    expect(first.active()).to.deep.equal(['B', 'First']);
    const { case: both } = given(process, start(), done('A'), done('B'));
    expect(both.active()).to.deep.equal(['First', 'Rest']);
    expect(given(process, start(), done('A'), done('B'), done('First'), done('Rest')).case.state.status).to.equal('completed');
  });

  it('As a split it takes every branch whose condition is true', async () => {
    const process = await processOf(`
      start -> complex Split default=C
      Split -[a]-> user A -> end
      Split -[b]-> user B -> end
      Split -> user C -> end`);
    expect(given(process, start({ a: true, b: true })).case.active()).to.deep.equal(['A', 'B']);
    expect(given(process, start({ a: false, b: false })).case.active()).to.deep.equal(['C']);
  });

  it('A condition that cannot be evaluated stops it where it waits; resolved, it is looked at again (trap 30)', async () => {
    const process = await processOf(TWO_OF_THREE.replace('activationCount >= 2', 'activationCount >= needed'));
    given(process, start(), done('A')[0]!).when(complete('A')).including({ type: 'IncidentRaised', phase: 'join', code: 'INCIDENT_EXPRESSION' });
    given(process, start(), done('A'), set({ needed: 1 })).when(resolve('P')).including('IncidentResolved', 'ElementActivated Two', 'UserTaskCreated After');
  });
});
