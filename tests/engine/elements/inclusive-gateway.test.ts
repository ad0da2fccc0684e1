// Inclusive gateway (BPMN 2.0.2, 13.4.3): every branch whose condition is true; the join waits exactly for what can still arrive.
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { complete, done, resolve, set, start, timer } from '../support/verbs.ts';

const CHOICE = `
  start -> or Split default=C
  Split -[a]-> user A -> or Join -> user After -> end
  Split -[b]-> user B -> Join
  Split -> user C -> Join`;

const last = (elementId: string): ReturnType<typeof complete> => complete(elementId);

describe('Engine: inclusive gateway', () => {
  it('A token is put on every outgoing flow whose condition is true; on the default flow only when none is', async () => {
    const process = await processOf(CHOICE);
    for (const [a, b, active] of [[true, true, ['A', 'B']], [true, false, ['A']], [false, false, ['C']]] as const) {
      expect(given(process, start({ a, b })).case.active()).to.deep.equal(active);
    }
  });

  it('Without a true condition and without a default it stops with an incident; a null condition does too', async () => {
    const process = await processOf(CHOICE.replace(' default=C', '').replace('Split -> user C', 'Split -[c]-> user C'));
    given(process).when(start({ a: false, b: false, c: false })).including({ type: 'IncidentRaised', code: 'INCIDENT_NO_FLOW' });
    given(process).when(start({ a: true, b: true })).including({ type: 'IncidentRaised', code: 'INCIDENT_CONDITION_NULL' });
    given(process, start({ a: true, b: true }), set({ c: false })).when(resolve('Split')).including('UserTaskCreated A', 'UserTaskCreated B');
  });

  it('The join waits for every branch that was taken, and takes one token from each flow that has one', async () => {
    const process = await processOf(CHOICE);
    given(process, start({ a: true, b: true }), done('A')[0]!).when(last('A')).including({ type: 'SequenceFlowTaken', flowId: 'A-Join', waitsAt: 'Join' }).without('ElementActivated');
    given(process, start({ a: true, b: true }), done('A'), done('B')[0]!).when(last('B')).including({ type: 'ElementActivated', elementId: 'Join', joined: ['A-Join', 'B-Join'] }, 'UserTaskCreated After');
    given(process, start({ a: true, b: false }), done('A')[0]!).when(last('A')).including({ type: 'ElementActivated', elementId: 'Join', joined: ['A-Join'] }, 'UserTaskCreated After');
  });

  it('It fires without a new arrival when the other token has gone where it cannot come from (trap 1)', async () => {
    const both = await processOf(`
      start -> and Fork -> user A -> or Join -> user After -> end
      Fork -> xor Again -> user B -> xor Gate default=Join
      Gate -[again]-> Again
      Gate -[leave]-> user Elsewhere -> end Gone
      Gate -> Join`);
    given(both, start({ again: true, leave: false }), done('A')[0]!).when(last('A')).including({ type: 'SequenceFlowTaken', waitsAt: 'Join' }).without('ElementActivated');
    given(both, start({ again: true, leave: false }), done('A'), done('B')[0]!).when(last('B')).including('UserTaskCreated B').and((on) => expect(on.active()).to.deep.equal(['B']));
    given(both, start({ again: false, leave: true }), done('A'), done('B')[0]!).when(last('B')).including('UserTaskCreated Elsewhere').and((on) => expect(on.active()).to.have.members(['Elsewhere', 'After']));
  });

  it('A token that ends elsewhere releases the join (trap 1)', async () => {
    const process = await processOf(`
      start -> and Fork -> user A -> or Join -> end After
      Fork -> user B -> xor Gate default=Join
      Gate -[stop]-> end Gone
      Gate -> Join`);
    given(process, start({ stop: true }), done('A'), done('B')[0]!).when(last('B')).including('ElementActivated Join', 'InstanceCompleted');
  });

  it('A token that can reach both an empty flow and one that has a token does not keep the join waiting', async () => {
    const process = await processOf(`
      start -> and Fork -> xor Merge -> or Join -> user After -> end
      Fork -> user Slow -> xor Gate default=Merge
      Gate -> Merge
      Gate -[other]-> task Other -> Join`);
    given(process).when(start({ other: false })).including({ type: 'ElementActivated', elementId: 'Join', joined: ['Merge-Join'] }, 'UserTaskCreated After').and((on) => expect(on.active()).to.have.members(['Slow', 'After']));
  });

  it('Paths through the gateway itself do not count: a loop around the join does not lock it', async () => {
    const process = await processOf(`
      start -> xor In -> or Join -> user Work -> xor Gate default=end
      Gate -[again]-> or Split default=Join2
      Split -> task Join2 -> Join
      Split -[more]-> task More -> Join
      Gate -> end`);
    given(process, start({ again: false, more: false }), done('Work')[0]!).when(last('Work')).including('InstanceCompleted');
    const { case: on } = given(process, start({ again: true, more: true }), done('Work'));
    expect(on.active()).to.deep.equal(['Work']);
  });

  it('Surplus tokens on a flow stay for the next time', async () => {
    const process = await processOf(`
      start -> and Fork -> xor Merge -> or Join -> user After -> end
      Fork -> Merge
      Fork -> user Slow -> Join`);
    const { case: on } = given(process, start());
    expect(on.state.elements.get(0)?.waiting).to.deep.equal(new Map([['Merge-Join', 2]]));
    const { case: later } = given(process, start(), done('Slow'));
    expect(later.active()).to.deep.equal(['After', 'After']);
  });

  it('A token can still arrive by a boundary event or a link', async () => {
    const byBorder = await processOf(`
      start -> and Fork -> user A -> or Join -> user After -> end
      Fork -> user B -> end Gone
      boundary Late on=B after=PT1H -> Join`);
    given(byBorder, start(), done('A')[0]!).when(last('A')).including({ type: 'SequenceFlowTaken', waitsAt: 'Join' }).without('ElementActivated');
    given(byBorder, start(), done('A'), done('B')[0]!).when(last('B')).including('ElementActivated Join');
    given(byBorder, start(), done('A')).when(timer('Late')).including({ type: 'ElementActivated', elementId: 'Join', joined: ['A-Join', 'Late-Join'] });
    const byLink = await processOf(`
      start -> and Fork -> user A -> or Join -> user After -> end
      Fork -> user B -> throw Out link=L
      catch In link=L -> Join`);
    given(byLink, start(), done('A')[0]!).when(last('A')).including({ type: 'SequenceFlowTaken', waitsAt: 'Join' }).without('ElementActivated');
    given(byLink, start(), done('A'), done('B')[0]!).when(last('B')).including({ type: 'ElementActivated', elementId: 'Join', joined: ['A-Join', 'In-Join'] });
  });

  it('A terminate end event ends its scope once, whatever waits at a join there', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> user A -> or Join -> user After -> end Out
        Fork -> and Two -> user B -> xor Gate default=Join
        Two -> user C -> Join
        Gate -[stop]-> end Stop terminate
        Gate -> Join
      }
      start -> S -> end`);
    given(process, start({ stop: true }), done('A'), done('B')[0]!).when(last('B')).including('ElementCompleted Stop', 'ElementTerminated C', 'ElementCompleted S', 'InstanceCompleted')
      .and((on) => expect(on.path().slice(-3)).to.deep.equal(['Stop', 'S', 'end']));
  });

  it('Two inclusive joins in a row each wait for their own', async () => {
    const process = await processOf(`
      start -> or S1 default=A
      S1 -> user A -> or J1 -> or J2 -> end
      S1 -[b]-> user B -> J1
      S1 -[c]-> user C -> J2`);
    const { case: on } = given(process, start({ b: true, c: true }), done('B'));
    expect(on.active()).to.deep.equal(['C']);
    expect([...on.state.elements.get(0)!.waiting!.keys()]).to.deep.equal(['J1-J2']);
    given(process, start({ b: true, c: true }), done('B'), done('C')[0]!).when(last('C')).including('ElementActivated J2', 'InstanceCompleted');
  });

  it('The tokens of each sub-process are its own', async () => {
    const process = await processOf(`
      sub S {
        start In -> or Split default=A
        Split -> user A -> or Join -> end Out
        Split -[b]-> user B -> Join
      }
      start -> and Fork -> S -> end
      Fork -> user Other -> end`);
    given(process, start({ b: false }), done('A')[0]!).when(last('A')).including('ElementActivated Join', 'ElementCompleted S');
  });
});
