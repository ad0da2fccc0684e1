// The twenty workflow patterns (van der Aalst, ter Hofstede, Kiepuszewski, Barros: Workflow Patterns, 2003), each with its model; patterns.ts lists them.
import { expect } from 'chai';
import { processOf } from './support/bpmn.ts';
import { given } from './support/case.ts';
import type { Case, Earlier } from './support/case.ts';
import { cancel, choose, complete, done, message, start, timer } from './support/verbs.ts';

/** A case to which all of this has happened. */
async function after(model: string, ...earlier: readonly Earlier[]): Promise<Case> {
  return given(await processOf(model), ...earlier).case;
}

const times = (on: Case, elementId: string): number => on.path().filter((id) => id === elementId).length;

describe('Engine: workflow patterns', () => {
  it('WCP1 Sequence: an activity begins when the one before it has completed', async () => {
    const MODEL = 'start -> user A -> user B -> end';
    expect((await after(MODEL, start())).active()).to.deep.equal(['A']);
    expect((await after(MODEL, start(), done('A'))).active()).to.deep.equal(['B']);
    expect((await after(MODEL, start(), done('A'), done('B'))).state.status).to.equal('completed');
  });

  it('WCP2 Parallel Split: all branches begin together', async () => {
    expect((await after('start -> and F -> user A -> end\n F -> user B -> end', start())).active()).to.deep.equal(['A', 'B']);
  });

  it('WCP3 Synchronization: what follows begins once, when all branches have completed', async () => {
    const MODEL = 'start -> and F -> user A -> and J -> user C -> end\n F -> user B -> J';
    expect((await after(MODEL, start(), done('B'))).active()).to.deep.equal(['A']);
    expect((await after(MODEL, start(), done('B'), done('A'))).active()).to.deep.equal(['C']);
  });

  it('WCP4 Exclusive Choice: exactly one branch begins, chosen by data', async () => {
    const MODEL = 'start -> xor X default=B\n X -[x > 3]-> user A -> end\n X -> user B -> end';
    expect((await after(MODEL, start({ x: 4 }))).active()).to.deep.equal(['A']);
    expect((await after(MODEL, start({ x: 3 }))).active()).to.deep.equal(['B']);
  });

  it('WCP5 Simple Merge: alternative branches come together without waiting', async () => {
    const MODEL = 'start -> xor X default=B\n X -[x]-> user A -> xor M -> user C -> end\n X -> user B -> M';
    for (const [x, branch] of [[true, 'A'], [false, 'B']] as const) expect((await after(MODEL, start({ x }), done(branch))).active()).to.deep.equal(['C']);
  });

  it('WCP6 Multi-Choice: every branch whose condition is true begins: by a gateway, by conditional flows, by a complex gateway', async () => {
    for (const split of ['or Split default=C', 'task Split default=C', 'complex Split default=C']) {
      const MODEL = `start -> ${split}\n Split -[x > 1]-> user A -> end\n Split -[x > 2]-> user B -> end\n Split -> user C -> end`;
      expect((await after(MODEL, start({ x: 3 }))).active(), split).to.deep.equal(['A', 'B']);
      expect((await after(MODEL, start({ x: 2 }))).active(), split).to.deep.equal(['A']);
      expect((await after(MODEL, start({ x: 0 }))).active(), split).to.deep.equal(['C']);
    }
  });

  it('WCP7 Synchronizing Merge: the branches that were chosen are awaited, and no others', async () => {
    const MODEL = 'start -> or S default=C\n S -[x > 1]-> user A -> or J -> user D -> end\n S -[x > 2]-> user B -> J\n S -> user C -> J';
    expect((await after(MODEL, start({ x: 3 }), done('A'))).active()).to.deep.equal(['B']);
    expect((await after(MODEL, start({ x: 3 }), done('A'), done('B'))).active()).to.deep.equal(['D']);
    expect((await after(MODEL, start({ x: 2 }), done('A'))).active()).to.deep.equal(['D']);
  });

  it('WCP8 Multi-Merge: what follows begins once for each branch', async () => {
    const MODEL = 'start -> and F -> user A -> xor M -> user C -> end\n F -> user B -> M';
    expect((await after(MODEL, start(), done('A'), done('B'))).active()).to.deep.equal(['C', 'C']);
  });

  it('WCP9 Discriminator: what follows begins with the first branch; the others change nothing, and the gateway is ready for the next round', async () => {
    const MODEL = `
      start -> xor Again -> and F -> user A -> complex One when="=activationCount >= 1" -> user C -> xor More default=end -> end
      F -> user B -> One
      More -[again]-> Again`;
    expect((await after(MODEL, start({ again: false }), done('A'))).active()).to.deep.equal(['B', 'C']);
    expect((await after(MODEL, start({ again: false }), done('A'), done('B'))).active()).to.deep.equal(['C']);
    const round = [done('A'), done('B'), done('C')];
    const on = await after(MODEL, start({ again: true }), ...round, done('B'));
    expect([on.active(), times(on, 'C')]).to.deep.equal([['A', 'C'], 1]);
  });

  it('WCP10 Arbitrary Cycles: a cycle may have more than one way in and out', async () => {
    const MODEL = `
      start -> xor Way default=A
      Way -[short]-> xor M2
      Way -> user A -> xor M1 -> user B -> M2
      M2 -> user C -> xor Out default=Leave
      Out -[round < 2]-> script Count is="=round + 1" result=round -> M1
      Out -> user Leave -> end`;
    const on = await after(MODEL, start({ short: true, round: 0 }), done('C'), done('B'), done('C'), done('B'), done('C'));
    expect([on.active(), times(on, 'A'), times(on, 'B'), times(on, 'C')]).to.deep.equal([['Leave'], 0, 2, 3]);
  });

  it('WCP11 Implicit Termination: the case ends when nothing is left to do, at whichever end', async () => {
    const MODEL = 'start -> and F -> user A -> end\n F -> user B -> end Other\n F -> user C';
    expect((await after(MODEL, start(), done('C'), done('A'))).state.status).to.equal('active');
    expect((await after(MODEL, start(), done('C'), done('A'), done('B'))).state.status).to.equal('completed');
  });

  it('WCP12 Multiple Instances without Synchronization: what follows begins for each instance as it completes', async () => {
    const MODEL = `
      start -> user Work times=3 behavior=None throws=DONE -> end
      boundary Each on=Work escalation=DONE beside -> user Next -> end Told`;
    const on = await after(MODEL, start(), done('Work'), done('Work'));
    expect(on.active().filter((id) => id === 'Next')).to.have.length(2);
  });

  it('WCP13 Multiple Instances with a priori Design-Time Knowledge: as many as the model says, then the case goes on', async () => {
    const MODEL = 'start -> user Work times=3 -> user Next -> end';
    expect((await after(MODEL, start())).active().slice(1)).to.deep.equal(['Work', 'Work', 'Work']);
    expect((await after(MODEL, start(), done('Work'), done('Work'))).active()).not.to.include('Next');
    expect((await after(MODEL, start(), done('Work'), done('Work'), done('Work'))).active()).to.deep.equal(['Next']);
  });

  it('WCP14 Multiple Instances with a priori Run-Time Knowledge: as many as the data says when it begins', async () => {
    const MODEL = 'start -> user Work each="=offices" as=office -> user Next -> end';
    expect((await after(MODEL, start({ offices: ['a', 'b'] }), done('Work'))).active()).not.to.include('Next');
    expect((await after(MODEL, start({ offices: ['a', 'b'] }), done('Work'), done('Work'))).active()).to.deep.equal(['Next']);
    expect((await after(MODEL, start({ offices: [] }))).active()).to.deep.equal(['Next']);
  });

  it('WCP15 Multiple Instances without a priori Run-Time Knowledge: instances are added while others run, until it is said to be enough', async () => {
    const MODEL = 'adhoc S active="=[]" until="=enough" keep {\n user Witness\n }\n start -> S -> user Next -> end';
    const one = [start({ enough: false }), choose('S', 'Witness'), choose('S', 'Witness'), done('Witness'), choose('S', 'Witness')];
    const on = await after(MODEL, ...one);
    expect([on.active(), times(on, 'Witness')]).to.deep.equal([['S', 'Witness', 'Witness'], 1]);
    const said = { variables: { enough: true } };
    expect((await after(MODEL, ...one, done('Witness', said), done('Witness', said))).active()).to.deep.equal(['Next']);
  });

  it('WCP16 Deferred Choice: the first event chooses, the others are withdrawn', async () => {
    const MODEL = 'start -> first Which -> catch Paid message=Paid key="=id" -> user A -> end\n Which -> catch Late after=PT1H -> user B -> end';
    expect((await after(MODEL, start({ id: '1' }), message('Paid'))).active()).to.deep.equal(['A']);
    const on = await after(MODEL, start({ id: '1' }), timer('Late'));
    expect([on.active(), on.state.waits.size]).to.deep.equal([['B'], 0]);
  });

  it('WCP17 Interleaved Parallel Routing: in any order, never two at once', async () => {
    const MODEL = 'adhoc S sequential active="=[]" until="=numberOfCompletedInstances = 3" {\n user A\n user B\n user C\n }\n start -> S -> end';
    const on = given(await processOf(MODEL), start(), choose('S', 'B'));
    on.when(choose('S', 'A')).refused('ADHOC_ONE_AFTER_THE_OTHER');
    expect((await after(MODEL, start(), choose('S', 'B'), done('B'), choose('S', 'C'), done('C'), choose('S', 'A'), done('A'))).path()).to.deep.equal(['start', 'B', 'C', 'A', 'S', 'end']);
  });

  it('WCP18 Milestone: an activity is offered only while the case has reached a point and not gone past it', async () => {
    const MODEL = `
      start -> and F -> user A -> script Reached is="=true" result=open -> user B -> script Passed is="=false" result=open -> end
      F -> catch Point if="=open" -> user Change -> end Changed
      boundary Past on=Change if="=not(open)" -> end Missed`;
    expect((await after(MODEL, start({ open: false }))).active()).to.deep.equal(['A', 'Point']);
    expect((await after(MODEL, start({ open: false }), done('A'))).active()).to.have.members(['B', 'Change']);
    const on = await after(MODEL, start({ open: false }), done('A'), done('B'));
    expect([on.path().includes('Missed'), on.state.status]).to.deep.equal([true, 'completed']);
  });

  it('WCP19 Cancel Activity: an activity is withdrawn, and the case goes on', async () => {
    const MODEL = 'start -> user A -> end\n boundary Withdrawn on=A message=Stop key="=id" -> user B -> end';
    given(await processOf(MODEL), start({ id: '1' })).when(message('Withdrawn')).including('UserTaskCanceled', 'ElementTerminated A', 'UserTaskCreated B');
  });

  it('WCP20 Cancel Case: everything in it is withdrawn, from inside and from outside', async () => {
    const MODEL = 'start -> and F -> user A -> end Stop terminate\n F -> user B -> end\n F -> catch C after=PT1H -> end';
    given(await processOf(MODEL), start(), done('A')[0]!).when(complete('A')).including('ElementTerminated B', 'InstanceTerminated').and((on) => { expect(on.state.waits.size).to.equal(0); });
    given(await processOf(MODEL), start()).when(cancel).including('InstanceTerminated').and((on) => { expect([on.active(), on.state.waits.size]).to.deep.equal([[], 0]); });
  });
});
