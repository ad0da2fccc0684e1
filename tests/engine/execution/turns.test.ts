// The turn and its budget: TurnYielded, Continue, and the endless loop that becomes an incident (trap 31).
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { Case, given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { FACTS } from '../support/checked.ts';
import { assign, cancel, childEnds, claim, complete, done, facing, goOn, limited, resolve, set, start } from '../support/verbs.ts';
import { isRejection } from '../../../engine/errors.ts';

const CHAIN = 'start -> task A -> task B -> task C -> user D -> end';
const LOOP = `
  start -> xor Again -> script Count is="=n + 1" result=n -> xor Enough default=Again
  Enough -[n >= goal]-> end
  Enough -> Again`;

describe('Engine: turns', () => {
  it('A turn ends after its steps with TurnYielded, which holds the rest of the work list', async () => {
    const process = await processOf(CHAIN);
    given(process, limited({ stepsPerTurn: 3 })).when(start()).then(
      'InstanceStarted', 'ElementActivated start', 'ElementCompleted start', 'SequenceFlowTaken start-A', { type: 'TurnYielded', steps: [{ do: 'enter', elementId: 'A', scope: 0 }], taken: 1 },
    ).when(goOn).including('TurnContinued', 'ElementActivated A', { type: 'TurnYielded', taken: 2 });
  });

  it('A turn also ends after its bytes', async () => {
    given(await processOf(CHAIN), limited({ bytesPerTurn: 200 })).when(start()).including('TurnYielded').when(goOn).including('TurnContinued', 'TurnYielded');
  });

  it('What messages and called cases carry counts against the bytes of a turn', async () => {
    const process = await processOf('start -> send A message=M -> send B message=M -> user C -> end');
    given(process, limited({ bytesPerTurn: 5_000 })).when(start({ text: 'x'.repeat(3_000) })).including('MessagePublished A', 'TurnYielded').without('UserTaskCreated').when(goOn).including('MessagePublished B');
  });

  it('However small the turns, the same things happen in the same order', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> task A -> and Join -> end Out
        Fork -> task B -> Join
      }
      start -> S -> xor Gate default=E1
      Gate -[x > 1]-> end E2
      Gate -> end E1`);
    const whole = given(process, start({ x: 2 })).case.events;
    for (const stepsPerTurn of [1, 2, 3, 5, 8]) {
      const { case: on } = given(process, limited({ stepsPerTurn }), start({ x: 2 }));
      while (on.state.pending.length > 0) on.hear(goOn);
      expect(on.events.filter(({ type }) => !type.startsWith('Turn'))).to.deep.equal(whole);
    }
  });

  it('While a turn is unfinished other commands have to wait', async () => {
    const process = await processOf(`
      start -> user Early -> task A -> task B -> end
      start -> user Other -> end`);
    const before = [limited({ stepsPerTurn: 2 }), start(), goOn, goOn, goOn, goOn];
    const { case: on } = given(process, before[0]!, before[1]!);
    while (on.state.pending.length > 0) on.hear(goOn);
    on.hear(assign('Early', 'anna'));
    on.hear(complete('Early'));
    expect(on.state.pending).not.to.deep.equal([]);
    for (const verb of [claim('Other'), set({ x: 1 })]) {
      const outcome = on.hear(verb);
      expect(isRejection(outcome) && outcome.code).to.equal('INSTANCE_NOT_SETTLED');
    }
  });

  it('A settled case has nothing to continue', async () => {
    given(await processOf(CHAIN), start()).when(goOn).refused('INSTANCE_NOTHING_TO_CONTINUE');
  });

  it('A case in the middle of a turn can be cancelled', async () => {
    given(await processOf(CHAIN), limited({ stepsPerTurn: 3 }), start()).when(cancel).including('TurnContinued', { type: 'InstanceTerminated', canceled: true });
  });

  it('An incident that is not about the turn waits until the turn is finished', async () => {
    const process = await processOf(`
      start -> and Fork -> service Stuck job="=kind" -> end
      Fork -> task A -> task B -> end`);
    const { case: on } = given(process, limited({ stepsPerTurn: 9 }), start());
    expect(on.state.pending).not.to.deep.equal([]);
    const outcome = on.hear(resolve('Stuck'));
    expect(isRejection(outcome) && outcome.code).to.equal('INSTANCE_NOT_SETTLED');
  });
});

describe('Engine: endless loops', () => {
  it('A loop without a wait state is stopped by an incident (trap 31)', async () => {
    const process = await processOf(LOOP);
    const { case: on } = given(process, limited({ stepsPerTurn: 20, stepsWithoutWait: 100 }), start({ n: 0, goal: 1_000_000 }));
    while (!isRejection(on.hear(goOn)));
    const incident = [...on.state.waits.values()][0];
    expect(incident).to.include({ kind: 'incident', code: 'INCIDENT_ENDLESS_LOOP', phase: 'turn', element: 0 });
    expect(on.state.pending).to.have.length(1);
    expect(on.state.status).to.equal('active');
    const refused = on.hear(() => ({ action: { type: 'ClaimTask', task: 1 } }));
    expect(isRejection(refused) && refused.code).to.equal('INSTANCE_STOPPED');
    expect(isRejection(on.hear(set({ n: 1_000_000 }))), 'the variables the loop depends on can be corrected').to.equal(false);
  });

  it('Resolving it gives the loop another budget, so that it can come to its end', async () => {
    const process = await processOf(LOOP);
    const on = new Case(process, FACTS);
    for (const verb of [limited({ stepsPerTurn: 20, stepsWithoutWait: 50 }), start({ n: 0, goal: 30 })]) on.hear(verb);
    let resolved = 0;
    while (on.state.status === 'active') {
      const incident = [...on.state.waits.values()][0];
      if (incident) { on.hear(() => ({ action: { type: 'ResolveIncident', incident: incident.id } })); resolved += 1; } else on.hear(goOn);
    }
    expect([on.state.status, on.variables()['n']]).to.deep.equal(['completed', 30]);
    expect(resolved).to.be.greaterThan(0);
  });

  it('A case stopped in an endless loop can be cancelled; its incident goes with it', async () => {
    const process = await processOf(LOOP);
    const { case: on } = given(process, limited({ stepsPerTurn: 20, stepsWithoutWait: 30 }), start({ n: 0, goal: 1e9 }));
    while (!isRejection(on.hear(goOn)));
    expect(on.hear(cancel)).not.to.have.property('rejected');
    expect([on.state.status, on.state.waits.size, on.state.pending.length]).to.deep.equal(['terminated', 0, 0]);
    expect(on.events.map(({ type }) => type)).to.include('IncidentCanceled');
  });

  it('A loop with a wait state in it is no endless loop', async () => {
    const process = await processOf(`
      start -> xor Again -> user Work -> Again`);
    const { case: on } = given(process, limited({ stepsWithoutWait: 20 }), start());
    for (let count = 0; count < 20; count += 1) for (const verb of done('Work')) expect(isRejection(on.hear(verb))).to.equal(false);
    expect(on.state.waits.size).to.equal(0);
  });

  it('What comes to a case stopped in an endless loop is delivered when it goes on', async () => {
    const test = await inWorld(`
      process Parent
      start -> and Fork -> call Ask calls=Child -> end
      Fork -> catch Wait after=PT1M -> xor Again -> script Count is="=n + 1" result=n -> xor Enough default=Again
      Enough -[n >= 50]-> end Enough2
      Enough -> Again
      process Child
      start CS -> user Answer -> end CE`, { limits: { stepsPerTurn: 50, stepsWithoutWait: 100 } });
    const parent = test.start('Parent', { n: 0 });
    test.do({ advance: 'PT2M' }, { complete: 'Answer' });
    expect(test.status(parent)).to.equal('active');
    for (let state = test.world.instances.get(parent)!; state.status === 'active';) {
      const incident = [...state.waits.values()].find(({ kind }) => kind === 'incident');
      test.execute(parent, { type: 'ResolveIncident', incident: incident!.id });
    }
    expect(test.path(parent)).to.include.members(['Ask', 'end', 'Enough2']);
  });

  it('A second answer of a child is refused while the case is in the middle of a turn', async () => {
    const { case: on } = given(await processOf(CHAIN), facing({}), limited({ stepsPerTurn: 3 }), start());
    const outcome = on.hear(childEnds('A', 'completed'));
    expect(isRejection(outcome) && outcome.code).to.equal('INSTANCE_NOT_SETTLED');
  });
});

describe('Engine: linear cost', () => {
  it('A chain of 5,000 tasks finishes in turns, each with a bounded number of events', async () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `task T${String(index)}`);
    const test = await inWorld(`start -> ${ids.join(' -> ')} -> end`);
    const stream = test.start('P');
    expect(test.status(stream)).to.equal('completed');
    const sizes = test.records.map(({ events }) => events.length);
    expect(sizes.length).to.be.greaterThan(5);
    expect(Math.max(...sizes)).to.be.lessThan(3_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.lessThan(5_002 * 3 + 100);
  }).timeout(60_000);

  it('A loop of 100,000 iterations finishes in many turns and leaves nothing behind', async () => {
    const test = await inWorld(LOOP);
    const stream = test.start('P', { n: 0, goal: 100_000 });
    const state = test.world.instances.get(stream)!;
    expect([state.status, test.variables(stream)['n']]).to.deep.equal(['completed', 100_000]);
    expect(test.records.length).to.be.greaterThan(300);
    expect(Math.max(...test.records.map(({ events }) => events.length))).to.be.lessThan(3_000);
    expect([state.elements.size, state.waits.size, state.done.size]).to.deep.equal([1, 0, 0]);
  }).timeout(60_000);
});
