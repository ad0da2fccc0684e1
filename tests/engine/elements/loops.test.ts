// Standard loop and multi-instance (BPMN 2.0.2, 10.3.8, 13.3.6 and 13.3.7).
import { expect } from 'chai';
import type { InstanceEvent } from '../../../engine/events.ts';
import { decide } from '../../../engine/decide.ts';
import { isRejection } from '../../../engine/errors.ts';
import { loadState, newInstance, saveState } from '../../../engine/state.ts';
import type { InstanceState } from '../../../engine/state.ts';
import { SYSTEM } from '../../../engine/world/world.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { FACTS } from '../support/checked.ts';
import { inWorld } from '../support/in-world.ts';
import { metered } from '../support/metered.ts';
import type { Meter } from '../support/metered.ts';
import { assign, complete, done, jobThrows, person, resolve, say, set, start, timer } from '../support/verbs.ts';

const completed = (events: readonly InstanceEvent[], elementId: string): number => events.filter((event) => event.type === 'ElementCompleted' && event.elementId === elementId).length;

describe('Engine: standard loop', () => {
  const COUNT = 'script Work is="=n + 1" result=n';
  const runs = async (text: string, variables: Record<string, number | boolean> = {}): Promise<number> => {
    const { case: on } = given(await processOf(`start -> ${text} -> end`), start({ n: 0, ...variables }));
    expect(on.state.status).to.equal('completed');
    return completed(on.events, 'Work');
  };

  it('The activity repeats while the condition is true; without testBefore it runs at least once (trap 28)', async () => {
    expect(await runs(`${COUNT} while="=n < 4"`)).to.equal(4);
    expect(await runs(`${COUNT} while="=false"`)).to.equal(1);
  });

  it('With testBefore the condition is asked first (trap 28)', async () => {
    expect(await runs(`${COUNT} while="=false" before`)).to.equal(0);
    expect(await runs(`${COUNT} while="=n < 4" before`)).to.equal(4);
  });

  it('loopMaximum caps it (trap 28)', async () => {
    expect(await runs(`${COUNT} while="=true" max=3`)).to.equal(3);
    expect(await runs(`${COUNT} max=3`)).to.equal(3);
  });

  it('The condition may read loopCounter', async () => {
    expect(await runs(`${COUNT} while="=loopCounter < 5"`)).to.equal(5);
  });

  it('A user task in a loop is offered again and again, each with its own loopCounter', async () => {
    const process = await processOf('start -> user Work while="=again" -> end');
    const { case: on } = given(process, start({ again: true }), done('Work'));
    expect([...on.state.elements.values()].find(({ task }) => task)?.variables?.get('loopCounter')).to.equal(2);
    given(process, start({ again: true }), done('Work'), done('Work', { variables: { again: false } })[0]!).when(complete('Work', { variables: { again: false } })).including('LoopCompleted Work', 'InstanceCompleted');
  });

  it('A condition that is neither true nor false stops the loop; resolved, it goes on where it was', async () => {
    const process = await processOf('start -> script Work is="=n + 1" result=n while="=more" -> end');
    const { case: on } = given(process, start({ n: 0 }));
    expect([...on.state.waits.values()][0]).to.include({ kind: 'incident', phase: 'behave' });
    given(process, start({ n: 0 }), set({ more: false })).when(resolve('Work')).then('IncidentResolved', 'LoopCompleted Work', 'SequenceFlowTaken Work-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted');
  });
});

describe('Engine: multi-instance activities', () => {
  const PARALLEL = 'start -> user Work each="=names" as=name collect=results collects="=answer" in.answer="=null" -> end';

  it('One instance for each item, all at once; each has its item and its counter', async () => {
    const { case: on } = given(await processOf('start -> user Work each="=names" as=name -> end'), start({ names: ['a', 'b', 'c'] }));
    const tasks = [...on.state.elements.values()].filter(({ task }) => task);
    expect(tasks.map(({ variables }) => [variables?.get('loopCounter'), variables?.get('name')])).to.deep.equal([[1, 'a'], [2, 'b'], [3, 'c']]);
  });

  it('Sequentially one after the other', async () => {
    const process = await processOf('start -> user Work each="=names" as=name sequential -> end');
    given(process, start({ names: ['a', 'b'] })).when(done('Work')[0]!).when(complete('Work')).including({ type: 'LoopAdvanced', counter: 1 }, 'ElementCompleted Work', { type: 'VariablesWritten', values: { loopCounter: 2, name: 'b' } }, 'UserTaskCreated Work');
    expect(given(process, start({ names: ['a', 'b'] }), done('Work'), done('Work')).case.state.status).to.equal('completed');
  });

  it('A cardinality makes as many instances as it says', async () => {
    expect(given(await processOf('start -> user Work times="=n" -> end'), start({ n: 4 })).case.active().filter((id) => id === 'Work')).to.have.length(5);
    given(await processOf('start -> user Work times="=n" -> end')).when(start({ n: -1 })).including({ type: 'IncidentRaised', code: 'INCIDENT_EXPRESSION' });
  });

  it('No items: it completes at once (trap 15)', async () => {
    given(await processOf('start -> user Work each="=[]" -> end')).when(start()).including({ type: 'LoopStarted', total: 0, items: [] }, 'LoopCompleted Work', 'InstanceCompleted');
    given(await processOf('start -> user Work times=0 sequential -> end')).when(start()).including('LoopCompleted Work', 'InstanceCompleted');
  });

  it('A collection that is no list is an incident of the activity as a whole', async () => {
    const process = await processOf('start -> user Work each="=names" -> end');
    given(process).when(start()).including({ type: 'IncidentRaised', elementId: 'Work', phase: 'behave' });
    given(process, start(), set({ names: ['x'] })).when(resolve('Work')).including('LoopStarted Work', 'UserTaskCreated Work');
  });

  it('The output collection holds what each instance brought, in the order of the items', async () => {
    const test = await inWorld(`process P\n ${PARALLEL}`);
    const stream = test.start('P', { names: ['a', 'b', 'c'] });
    test.do({ complete: 'Work', index: 2 }, { complete: 'Work', index: 0 }, { complete: 'Work' });
    expect(test.status(stream)).to.equal('completed');
    expect(test.variables(stream)['results']).to.deep.equal([null, null, null]);
    const scripts = await inWorld('process P\n start -> script Work is="=name * 2" result=said each="=names" as=name collect=results collects="=said" -> end');
    const doubled = scripts.start('P', { names: [1, 2, 3] });
    expect(scripts.variables(doubled)).to.deep.equal({ names: [1, 2, 3], results: [2, 4, 6] });
    const out = await inWorld('process P\n start -> user Work each="=names" as=name collect=results collects="=said" -> end');
    const disordered = out.start('P', { names: ['a', 'b', 'c'] });
    out.do({ complete: 'Work', index: 2, variables: { said: 'C' } }, { complete: 'Work', index: 0, variables: { said: 'A' } }, { complete: 'Work', variables: { said: 'B' } });
    expect(out.variables(disordered)['results']).to.deep.equal(['A', 'B', 'C']);
  });

  it('Only instances complete as elements, the activity as a whole does not', async () => {
    const { case: on } = given(await processOf('start -> task Work times=3 -> end'), start());
    expect(on.path()).to.deep.equal(['start', 'Work', 'Work', 'Work', 'end']);
    expect(on.events.filter(({ type }) => type === 'LoopCompleted')).to.have.length(1);
  });

  it('When the completion condition is true the remaining instances are cancelled', async () => {
    const process = await processOf('start -> user Work times=3 until="=numberOfCompletedInstances >= 2" -> end');
    given(process, start(), done('Work'), done('Work')[0]!).when(complete('Work')).including('ElementCompleted Work', 'UserTaskCanceled', 'ElementTerminated Work', 'LoopCompleted Work', 'InstanceCompleted');
    const sequential = await processOf('start -> task Work times=9 sequential until="=loopCounter = 4" -> end');
    expect(completed(given(sequential, start()).case.events, 'Work')).to.equal(4);
  });

  it('Automatic instances stop as soon as the condition is true', async () => {
    const { case: on } = given(await processOf('start -> task Work times=9 until="=numberOfCompletedInstances = 4" -> end'), start());
    expect([completed(on.events, 'Work'), on.state.status]).to.deep.equal([4, 'completed']);
  });

  it('A boundary event belongs to the activity as a whole: one interruption ends all instances (trap 14)', async () => {
    const process = await processOf(`
      start -> user Work times=3 -> end
      boundary Late on=Work after=PT1H -> end Gone`);
    given(process, start()).when(timer('Late')).including('TimerFired Late', 'ElementTerminated Work', 'ElementActivated Late', 'ElementCompleted Gone', 'InstanceCompleted')
      .and((on) => expect(on.events.filter(({ type }) => type === 'TimerScheduled')).to.have.length(1));
  });

  it('An error of one instance is caught on the activity as a whole (trap 14)', async () => {
    const process = await processOf(`
      start -> service Work job=w times=3 -> end
      boundary Bad on=Work error=E1 -> end Caught`);
    given(process, start()).when(jobThrows('Work', 'E1')).including({ type: 'ErrorThrown', caughtBy: 'Bad' }, 'JobCanceled', 'ElementCompleted Caught', 'InstanceCompleted');
  });

  it('A terminate end event inside ends its own instance only (trap 13)', async () => {
    const process = await processOf(`
      sub S times=3 {
        start In -> and Fork -> user Wait -> end Out
        Fork -> xor Gate default=Out2
        Gate -[loopCounter = 2]-> end Stop terminate
        Gate -> end Out2
      }
      start -> S -> end`);
    const { case: on } = given(process, start());
    expect(on.active().filter((id) => id === 'Wait')).to.have.length(2);
    expect(given(process, start(), done('Wait'), done('Wait')).case.state.status).to.equal('completed');
  });

  it('Input and output mappings are those of each instance', async () => {
    const process = await processOf('start -> user Work each="=names" as=name in.greeting="=name" out.last="=greeting" -> end');
    const { case: on } = given(process, start({ names: ['a', 'b'] }), done('Work'), done('Work'));
    expect(on.variables()['last']).to.equal('a');
    expect(on.variables()).not.to.have.property('greeting');
  });

  it('Sub-processes and called cases run for each item', async () => {
    const test = await inWorld(`
      process Parent
      start -> call Ask calls=Child each="=offices" as=office collect=answers collects="=reply" -> end
      process Child
      start CS -> script Say is="=office" result=reply -> end CE`);
    const parent = test.start('Parent', { offices: ['north', 'south'] });
    expect(test.status(parent)).to.equal('completed');
    expect(test.variables(parent)['answers']).to.deep.equal(['north', 'south']);
  });

  for (const [behavior, times] of [['None', 3], ['One', 1], ['Complex', 2]] as const) {
    it(`Behaviour ${behavior}: an event is thrown when an instance completes, ${String(times)} of 3 times`, async () => {
      const process = await processOf(`
        start -> user Work times=3 behavior=${behavior} throws=DONE thrownIf="=numberOfCompletedInstances > 1" -> end
        boundary Heard on=Work escalation=DONE beside -> end Told`);
      const { case: on } = given(process, start(), done('Work'), done('Work'), done('Work'));
      expect(on.path().filter((id) => id === 'Told')).to.have.length(times);
      expect(on.state.status).to.equal('completed');
    });
  }

  it('An interrupting event of behaviour One ends the others (WCP9)', async () => {
    const process = await processOf(`
      start -> user Work times=3 behavior=One throws=DONE -> end
      boundary Heard on=Work escalation=DONE -> end Told`);
    given(process, start(), done('Work')[0]!).when(complete('Work')).including('ElementCompleted Work', 'EscalationThrown Work', 'UserTaskCanceled', 'ElementCompleted Told', 'InstanceCompleted');
  });

  it('A hundred thousand items take work in proportion (trap 15), and the state survives saving in between', async () => {
    const process = await processOf('start -> script Work is="=item" result=x each="=items" as=item collect=results collects="=item" out.y="=x" -> end');
    const run = (count: number, meter: Meter = { looks: 0 }, isMetered = false): unknown => {
      let state = newInstance('case-1');
      const seen = (): InstanceState => (isMetered ? metered(state, meter) : state);
      const items = Array.from({ length: count }, (_, index) => index);
      let events = decide(process, seen(), { type: 'StartInstance', processId: 'P', version: 1, variables: { items }, actor: SYSTEM }, FACTS);
      for (let turns = 0; !isRejection(events) && state.pending.length > 0; turns += 1) {
        if (turns === 3) state = loadState(saveState(state));
        events = decide(process, seen(), { type: 'Continue', actor: SYSTEM }, FACTS);
      }
      expect(state.status).to.equal('completed');
      return state.elements.get(0)?.variables?.get('results');
    };
    expect(run(100_000)).to.deep.equal(Array.from({ length: 100_000 }, (_, index) => index));
    const [small, large] = [{ looks: 0 }, { looks: 0 }];
    run(1_000, small, true);
    run(10_000, large, true);
    expect(large.looks / small.looks, 'ten times as many items').to.be.within(8, 12);
  }).timeout(60_000);

  it('Ten thousand user tasks wait side by side, and are all completed', async () => {
    const process = await processOf('start -> service Work job=w times="=n" -> end');
    const state = newInstance('case-1');
    decide(process, state, { type: 'StartInstance', processId: 'P', version: 1, variables: { n: 10_000 }, actor: SYSTEM }, FACTS);
    while (state.pending.length > 0) decide(process, state, { type: 'Continue', actor: SYSTEM }, FACTS);
    expect(state.waits.size).to.equal(10_000);
    for (const job of [...state.waits.keys()]) decide(process, state, { type: 'CompleteJob', job, variables: {}, actor: SYSTEM }, FACTS);
    expect(state.status).to.equal('completed');
  }).timeout(60_000);

  it('A task that runs several times is not returned to', async () => {
    const process = await processOf('start -> user First -> user Work times=2 -> end');
    expect(given(process, start(), done('First')).case.active()).to.deep.equal(['Work', 'Work', 'Work']);
    const { case: on } = given(process, start(), done('First'), assign('Work', 'anna'));
    const task = on.element('Work');
    given(process, start(), done('First'), assign('Work', 'anna')).when(say({ type: 'ReturnTask', task, to: 'First', reason: 'again' }, person('anna'))).refused('TASK_RETURN_NOT_POSSIBLE');
  });
});
