// Exclusive, parallel and event-based gateways (BPMN 2.0.2, 13.4.1, 13.4.2, 13.4.4).
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { done, jobDone, message, resolve, set, start, timer, timerNow } from '../support/verbs.ts';

const CHOICE = `
  start -> xor Gate default=Small
  Gate -[amount > 1000]-> end Large
  Gate -[amount > 100]-> end Middle
  Gate -> end Small`;

describe('Engine: exclusive gateway', () => {
  it('The first sequence flow whose condition is true is taken, in the order of the model', async () => {
    const process = await processOf(CHOICE);
    for (const [amount, end] of [[5000, 'Large'], [500, 'Middle'], [5, 'Small']] as const) {
      given(process).when(start({ amount })).including(`SequenceFlowTaken Gate-${end}`, `ElementCompleted ${end}`, 'InstanceCompleted');
    }
  });

  it('The default flow is taken only when no condition is true', async () => {
    const process = await processOf(CHOICE);
    given(process).when(start({ amount: 1 })).and((on) => expect(on.path()).to.deep.equal(['start', 'Gate', 'Small']));
  });

  it('A condition that is null stops the case and names the variable, it never chooses the default flow (trap 26)', async () => {
    const process = await processOf(CHOICE);
    const { case: on } = given(process, start());
    const incident = [...on.state.waits.values()][0];
    expect(incident).to.include({ kind: 'incident', code: 'INCIDENT_CONDITION_NULL', phase: 'complete' });
    expect(incident?.kind === 'incident' && incident.message).to.contain('variable amount is missing or null').and.contain('Gate-Large');
  });

  it('With the variable set and the incident resolved the case goes on', async () => {
    const process = await processOf(CHOICE);
    given(process, start(), set({ amount: 500 })).when(resolve('Gate')).including('IncidentResolved', 'ElementCompleted Gate', 'SequenceFlowTaken Gate-Middle', 'InstanceCompleted');
  });

  it('A condition that is neither true nor false is an incident', async () => {
    const process = await processOf(`
      start -> xor Gate default=B
      Gate -[amount]-> end A
      Gate -> end B`);
    given(process).when(start({ amount: 7 })).including({ type: 'IncidentRaised', elementId: 'Gate', code: 'INCIDENT_EXPRESSION' });
  });

  it('Without a true condition and without a default flow the case stops with an incident', async () => {
    const process = await processOf(`
      start -> xor Gate
      Gate -[x = 1]-> end A
      Gate -[x = 2]-> end B`);
    given(process).when(start({ x: 3 })).including({ type: 'IncidentRaised', elementId: 'Gate', code: 'INCIDENT_NO_FLOW', phase: 'complete' });
    given(process, start({ x: 3 }), set({ x: 2 })).when(resolve('Gate')).including('SequenceFlowTaken Gate-B', 'InstanceCompleted');
  });

  it('A merging exclusive gateway passes each token on at once (trap 4)', async () => {
    const process = await processOf(`
      start -> and Fork -> xor Merge
      Fork -> Merge -> user Work -> end`);
    const { case: on } = given(process, start());
    expect(on.active()).to.deep.equal(['Work', 'Work']);
    given(process, start(), done('Work'), done('Work')).when(start()).refused('INSTANCE_EXISTS');
  });
});

describe('Engine: parallel gateway', () => {
  const DIAMOND = `
    start -> and Fork -> user A -> and Join -> end
    Fork -> user B -> Join`;

  it('A forking parallel gateway puts a token on every outgoing flow', async () => {
    given(await processOf(DIAMOND)).when(start()).including('SequenceFlowTaken Fork-A', 'UserTaskCreated A', 'SequenceFlowTaken Fork-B', 'UserTaskCreated B');
  });

  it('A joining parallel gateway waits for a token on each incoming flow, then fires once', async () => {
    const process = await processOf(DIAMOND);
    given(process, start()).when(done('A')[0]!).when(done('A')[1]!).including({ type: 'SequenceFlowTaken', flowId: 'A-Join', waitsAt: 'Join' }).without('InstanceCompleted');
    given(process, start(), done('B')).when(done('A')[0]!).when(done('A')[1]!)
      .including({ type: 'ElementActivated', elementId: 'Join', joined: ['A-Join', 'B-Join'] }, 'ElementCompleted Join', 'InstanceCompleted');
  });

  it('A joining parallel gateway counts flows, not tokens: surplus tokens stay (trap 2)', async () => {
    const process = await processOf(`
      start -> and Two -> xor Merge
      Two -> Merge -> and Join -> user After -> end
      start -> user Slow -> Join`);
    const { case: on } = given(process, start());
    expect(on.active()).to.deep.equal(['Slow']);
    expect(on.state.elements.get(0)?.waiting).to.deep.equal(new Map([['Merge-Join', 2]]));
    const { case: later } = given(process, start(), done('Slow'));
    expect(later.active()).to.deep.equal(['After']);
    expect(later.state.elements.get(0)?.waiting).to.deep.equal(new Map([['Merge-Join', 1]]));
  });

  it('A join in a loop needs new tokens in each pass (trap 2)', async () => {
    const process = await processOf(`
      start -> xor Again -> and Fork -> service A job=a -> and Join -> script Count is="=n + 1" result=n -> xor Enough default=end
      Fork -> service B job=b -> Join
      Enough -[n < 2]-> Again
      Enough -> end`);
    given(process, start({ n: 0 }), jobDone('A'), jobDone('B')).when(jobDone('A')).including({ type: 'SequenceFlowTaken', flowId: 'A-Join', waitsAt: 'Join' }).without('ElementActivated')
      .when(jobDone('B')).including({ type: 'ElementActivated', elementId: 'Join' }, 'InstanceCompleted');
  });

  it('A join waits when the branch before it went another way (trap 3)', async () => {
    const process = await processOf(`
      start -> and Fork -> xor Gate default=Join
      Fork -> user B -> and Join -> end
      Gate -[skip]-> end Elsewhere
      Gate -> Join`);
    given(process, start({ skip: true })).when(done('B')[0]!).when(done('B')[1]!).including('SequenceFlowTaken B-Join').without('InstanceCompleted')
      .and((on) => expect([on.state.status, on.active()]).to.deep.equal(['active', []]));
  });
});

describe('Engine: event-based gateway', () => {
  const RACE = `
    start -> first Which -> catch Paid message=Paid key="=id" -> end ByMessage
    Which -> catch Late after=PT1H -> end ByTimer`;

  it('An event-based gateway waits for all events behind it', async () => {
    given(await processOf(RACE)).when(start({ id: '1' })).including('ElementActivated Which', 'MessageSubscribed Paid', 'TimerScheduled Late');
  });

  it('The first event takes its path and disarms the others in the same decision', async () => {
    const process = await processOf(RACE);
    given(process, start({ id: '1' })).when(message('Paid', { amount: 3 })).then(
      'MessageCorrelated Paid', 'TimerCanceled', 'ElementCompleted Which', 'SequenceFlowTaken Which-Paid',
      'ElementActivated Paid', { type: 'VariablesWritten', values: { amount: 3 } }, 'ElementCompleted Paid',
      'SequenceFlowTaken Paid-ByMessage', 'ElementActivated ByMessage', 'ElementCompleted ByMessage', 'InstanceCompleted',
    );
    given(process, start({ id: '1' })).when(timer('Late')).including('TimerFired Late', 'MessageUnsubscribed', 'ElementCompleted ByTimer', 'InstanceCompleted');
  });

  it('Of two events in the same tick the first in the log wins and the other is refused, in both orders (traps 21 and 22)', async () => {
    const more = RACE.replaceAll('end By', 'user By');
    const process = await processOf(more);
    given(process, start({ id: '1' }), timer('Late')).when(message('Paid')).refused('MESSAGE_SUBSCRIPTION_NOT_FOUND').and((on) => expect(on.active()).to.deep.equal(['ByTimer']));
    given(process, start({ id: '1' }), message('Paid')).when(timerNow('Late')).refused('TIMER_NOT_FOUND').and((on) => expect(on.active()).to.deep.equal(['ByMessage']));
  });

  it('A receive task behind an event-based gateway takes its message', async () => {
    const process = await processOf(`
      start -> first Which -> receive Paid message=Paid key="=id" -> end ByMessage
      Which -> catch Late after=PT1H -> end ByTimer`);
    given(process, start({ id: '1' })).when(message('Paid')).including('ElementCompleted Which', 'ElementActivated Paid', 'ElementCompleted Paid', 'InstanceCompleted');
  });

  it('When one of the events cannot be armed, the incident is retried with all of them', async () => {
    const process = await processOf(RACE);
    given(process).when(start()).including({ type: 'IncidentRaised', elementId: 'Which', phase: 'behave', code: 'INCIDENT_EXPRESSION' });
    given(process, start(), set({ id: '7' })).when(resolve('Which')).then('IncidentResolved', 'MessageSubscribed Paid', 'TimerScheduled Late');
  });
});
