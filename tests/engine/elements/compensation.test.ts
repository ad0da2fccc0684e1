// Compensation and transactions (BPMN 2.0.2, 10.3.5, 10.5.5, 10.7 and 13.5.5).
import { expect } from 'chai';
import { loadState, saveState } from '../../../engine/state.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { childEnds, complete, done, facing, jobDone, jobThrows, message, say, set, start, timer } from '../support/verbs.ts';

const THREE = `
  start -> user A -> user B -> user C -> throw Undo compensate -> end
  boundary BA on=A compensate by=UndoA
  boundary BB on=B compensate by=UndoB
  boundary BC on=C compensate by=UndoC
  user UndoA undo
  user UndoB undo
  user UndoC undo`;
const through = (...ids: readonly string[]): ReturnType<typeof done>[] => ids.map((id) => done(id));

describe('Engine: compensation', () => {
  it('What has completed is undone in the reverse order of completion, one after the other (trap 10)', async () => {
    const process = await processOf(THREE);
    const active = (...ids: readonly string[]): string[] => given(process, start(), ...through(...ids)).case.active();
    expect(active('A', 'B', 'C')).to.deep.equal(['Undo', 'UndoC']);
    expect(active('A', 'B', 'C', 'UndoC')).to.deep.equal(['Undo', 'UndoB']);
    expect(active('A', 'B', 'C', 'UndoC', 'UndoB')).to.deep.equal(['Undo', 'UndoA']);
    const { case: on } = given(process, start(), ...through('A', 'B', 'C', 'UndoC', 'UndoB', 'UndoA'));
    expect(on.path()).to.deep.equal(['start', 'A', 'B', 'C', 'UndoC', 'UndoB', 'UndoA', 'Undo', 'end']);
    expect(on.state.status).to.equal('completed');
  });

  it('An activity for compensation is no part of the normal flow; it runs when its activity is undone, and then nothing follows it', async () => {
    const process = await processOf('start -> user A -> user After -> throw Undo compensate -> end\nboundary BA on=A compensate by=UndoA\nuser UndoA undo');
    expect(given(process, start(), done('A')).case.active()).to.deep.equal(['After']);
    given(process, start(), done('A'), done('After'), done('UndoA')[0]!).when(complete('UndoA')).including('ElementCompleted UndoA', 'CompensationEnded', 'ElementCompleted Undo').and((on) => { expect(on.path().filter((id) => id === 'UndoA')).to.have.length(1); });
  });

  it('Only what has completed is undone, and each only once (trap 10)', async () => {
    const process = await processOf(`
      start -> user A -> and Fork -> user B -> end
      Fork -> throw Undo compensate -> user Again -> throw Twice compensate -> end Over
      boundary BA on=A compensate by=UndoA
      boundary BB on=B compensate by=UndoB
      user UndoA undo
      user UndoB undo`);
    const { case: on } = given(process, start(), ...through('A', 'UndoA', 'Again'));
    expect(on.active()).to.deep.equal(['B']);
    expect(on.path().filter((id) => id.startsWith('Undo'))).to.deep.equal(['UndoA', 'Undo']);
  });

  it('With an activityRef only that activity is undone', async () => {
    const process = await processOf(THREE.replace('throw Undo compensate', 'throw Undo compensate=B'));
    const { case: on } = given(process, start(), ...through('A', 'B', 'C', 'UndoB'));
    expect(on.path().slice(-4)).to.deep.equal(['C', 'UndoB', 'Undo', 'end']);
  });

  it('Without waitForCompletion the throw event goes on at once; the scope waits for the handlers', async () => {
    const process = await processOf(THREE.replace('throw Undo compensate', 'throw Undo compensate nowait'));
    const { case: on } = given(process, start(), ...through('A', 'B', 'C'));
    expect(on.path()).to.include('Undo').and.to.include('end');
    expect([on.state.status, ...on.active()]).to.deep.equal(['active', 'UndoC']);
    expect(given(process, start(), ...through('A', 'B', 'C', 'UndoC', 'UndoB', 'UndoA')).case.state.status).to.equal('completed');
  });

  it('A handler that runs several times undoes when all of its instances have completed (10.7)', async () => {
    for (const often of ['times=2', 'times=2 sequential', 'while="=loopCounter < 2"']) {
      const process = await processOf(THREE.replace('user UndoC undo', `user UndoC undo ${often}`));
      const { case: once } = given(process, start(), ...through('A', 'B', 'C', 'UndoC'));
      expect(once.active().at(-1), often).to.equal('UndoC');
      const { case: on } = given(process, start(), ...through('A', 'B', 'C', 'UndoC', 'UndoC', 'UndoB', 'UndoA'));
      expect([on.state.status, on.path().filter((id) => id === 'UndoC')], often).to.deep.equal(['completed', ['UndoC', 'UndoC']]);
    }
  });

  it('What interrupts a handler on its border ends that handler; what else is to be undone is undone', async () => {
    const process = await processOf(`${THREE.replace('user UndoC undo', 'service UndoC job=undo undo')}
      boundary Refused on=UndoC error -> user Mend -> end Mended
      boundary Late on=UndoC after=PT1H -> end TooLate`);
    for (const [verb, beside] of [[jobThrows('UndoC', 'E1'), ['Mend']], [timer('Late'), []]] as const) {
      const { case: on } = given(process, start(), ...through('A', 'B', 'C'), verb);
      expect(on.active()).to.have.members(['Undo', 'UndoB', ...beside]);
      const { case: ended } = given(process, start(), ...through('A', 'B', 'C'), verb, ...beside.flatMap((id) => done(id)), ...through('UndoB', 'UndoA'));
      expect([ended.state.status, ended.path().includes('Undo')]).to.deep.equal(['completed', true]);
    }
  });

  it('A compensation end event undoes and then ends', async () => {
    const process = await processOf(THREE.replace('throw Undo compensate -> end', 'end Undo compensate'));
    const { case: on } = given(process, start(), ...through('A', 'B', 'C', 'UndoC', 'UndoB', 'UndoA'));
    expect([on.state.status, on.path().at(-1)]).to.deep.equal(['completed', 'Undo']);
  });

  it('When nothing has completed the flow simply goes on', async () => {
    given(await processOf('start -> throw Undo compensate -> end')).when(start()).then(
      'InstanceStarted', 'ElementActivated start', 'ElementCompleted start', 'SequenceFlowTaken start-Undo', 'ElementActivated Undo', 'ElementCompleted Undo', 'SequenceFlowTaken Undo-end',
      'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    );
  });

  it('A handler reads the data as it was when its activity completed (trap 11)', async () => {
    const process = await processOf(`
      sub S {
        start In -> user A in.x="=1" -> end Out
        boundary BA on=A compensate by=UndoA
        user UndoA in.seen="=x" in.outer="=amount" undo
      }
      start -> S -> throw Undo compensate -> end`);
    const { case: on } = given(process, start({ amount: 5 }), set({ x: 7 }), done('A'), set({ x: 2, amount: 9 }));
    const handler = [...on.state.elements.values()].find(({ elementId }) => elementId === 'UndoA');
    expect([handler?.variables?.get('seen'), handler?.variables?.get('outer')]).to.deep.equal([1, 5]);
    expect(on.variables()).to.deep.equal({ amount: 9, x: 2 });
  });

  it('A completed sub-process is undone by undoing what completed inside it (trap 12)', async () => {
    const process = await processOf(`
      sub S {
        start In -> user A -> user B -> end Out
        boundary BA on=A compensate by=UndoA
        boundary BB on=B compensate by=UndoB
        user UndoA undo
        user UndoB undo
      }
      start -> S -> user C -> throw Undo compensate -> end
      boundary BC on=C compensate by=UndoC
      user UndoC undo`);
    const { case: on } = given(process, start(), ...through('A', 'B', 'C', 'UndoC', 'UndoB', 'UndoA'));
    expect(on.path().slice(-5)).to.deep.equal(['UndoC', 'UndoB', 'UndoA', 'Undo', 'end']);
  });

  it('A handler on the sub-process itself takes the place of those inside it', async () => {
    const process = await processOf(`
      sub S {
        start In -> user A -> end Out
        boundary BA on=A compensate by=UndoA
        user UndoA undo
      }
      start -> S -> throw Undo compensate -> end
      boundary BS on=S compensate by=UndoS
      user UndoS undo`);
    expect(given(process, start(), done('A')).case.active()).to.deep.equal(['Undo', 'UndoS']);
  });

  it('A compensation event sub-process undoes its sub-process, and can undo what completed inside', async () => {
    const process = await processOf(`
      sub S {
        start In -> user A -> end Out
        boundary BA on=A compensate by=UndoA
        user UndoA undo
        sub Own event {
          start On compensate -> user First -> throw Rest compensate -> end Done
        }
      }
      start -> S -> throw Undo compensate -> end`);
    expect(given(process, start(), done('A')).case.active()).to.deep.equal(['Undo', 'Own', 'First']);
    expect(given(process, start(), ...through('A', 'First')).case.active()).to.deep.equal(['Undo', 'Own', 'Rest', 'UndoA']);
    const { case: on } = given(process, start(), ...through('A', 'First', 'UndoA'));
    expect(on.path().slice(-6)).to.deep.equal(['UndoA', 'Rest', 'Done', 'Own', 'Undo', 'end']);
  });

  it('Each instance of a multi-instance activity is undone, the last completed first, with its own data (traps 11 and 12)', async () => {
    const process = await processOf(`
      start -> service A job=a each="=[1, 2, 3]" as=item sequential -> throw Undo compensate -> end
      boundary BA on=A compensate by=UndoA
      script UndoA is="=append(undone, item)" result=undone undo`);
    const { case: on } = given(process, start({ undone: [] }), jobDone('A'), jobDone('A'), jobDone('A'));
    const written = on.events.flatMap((event) => (event.type === 'VariablesWritten' && 'undone' in event.values ? [event.values['undone']] : []));
    expect(written.slice(1)).to.deep.equal([[3], [2], [1]]);
    expect(on.path().filter((id) => id === 'UndoA')).to.have.length(3);
  });

  it('From an event sub-process the scope around it is undone', async () => {
    const process = await processOf(`
      sub S {
        start In -> user A -> service B job=b -> end Out
        boundary BA on=A compensate by=UndoA
        user UndoA undo
        sub Mend event {
          start Wrong error -> throw Undo compensate -> end Mended
        }
      }
      start -> S -> end`);
    const { case: on } = given(process, start(), done('A'), jobThrows('B', 'E1'));
    expect(on.active()).to.deep.equal(['S', 'Mend', 'Undo', 'UndoA']);
    expect(given(process, start(), done('A'), jobThrows('B', 'E1'), done('UndoA')).case.state.status).to.equal('completed');
  });

  it('What was interrupted before it completed is not undone', async () => {
    const process = await processOf(`
      start -> user A -> throw Undo compensate -> end
      boundary BA on=A compensate by=UndoA
      boundary Late on=A after=PT1H -> throw Undo2 compensate -> end Gone
      user UndoA undo`);
    given(process, start()).when(timer('Late')).including('ElementTerminated A', 'ElementCompleted Undo2', 'ElementCompleted Gone', 'InstanceCompleted').without('CompensationStarted');
  });

  it('The state of a compensation survives saving', async () => {
    const { case: on } = given(await processOf(THREE), start({ x: 1 }), ...through('A', 'B', 'C'), set({ x: 2 }));
    expect(loadState(saveState(on.state))).to.deep.equal(on.state);
  });
});

describe('Engine: transaction', () => {
  const PAYING = `
    tx T {
      start In -> user Reserve -> user Pay -> xor Gate default=Out
      Gate -[refused]-> end No cancel
      Gate -> end Out
      boundary BR on=Reserve compensate by=Release
      user Release undo
    }
    start -> T -> end Fine
    boundary Canceled on=T cancel -> end Sorry
    boundary Hazard on=T error -> end Broken`;

  it('A transaction that completes goes on like a sub-process', async () => {
    const { case: on } = given(await processOf(PAYING), start({ refused: false }), ...through('Reserve', 'Pay'));
    expect(on.path().slice(-2)).to.deep.equal(['T', 'Fine']);
  });

  it('A cancel end event undoes what has completed, then the cancel boundary event happens', async () => {
    const process = await processOf(PAYING);
    expect(given(process, start({ refused: true }), ...through('Reserve', 'Pay')).case.active()).to.deep.equal(['T', 'Release']);
    given(process, start({ refused: true }), ...through('Reserve', 'Pay'), done('Release')[0]!).when(complete('Release')).including('ElementCompleted Release', 'CompensationEnded', 'ElementTerminated T', 'ElementActivated Canceled', 'ElementCompleted Sorry', 'InstanceCompleted');
  });

  it('What is still active inside is cancelled before anything is undone', async () => {
    const process = await processOf(`
      tx T {
        start In -> user Reserve -> and Fork -> user Slow -> end Out
        Fork -> end No cancel
        boundary BR on=Reserve compensate by=Release
        user Release undo
      }
      start -> T -> end
      boundary Canceled on=T cancel -> end Sorry`);
    given(process, start(), done('Reserve')[0]!).when(complete('Reserve')).including('ElementCompleted No', 'ElementTerminated Slow', 'CompensationStarted', 'UserTaskCreated Release');
  });

  it('With nothing to undo it is cancelled at once', async () => {
    const process = await processOf('tx T {\n start In -> end No cancel\n }\n start -> T -> end\n boundary Canceled on=T cancel -> end Sorry');
    given(process).when(start()).including('ElementCompleted No', 'ElementTerminated T', 'ElementCompleted Sorry', 'InstanceCompleted');
  });

  it('Once it is cancelled nothing else on its border happens: it is undone to the end (10.3.5)', async () => {
    const process = await processOf(`${PAYING}
      boundary Stop on=T message=Stop key="=id" -> end Stopped
      boundary Late on=T after=PT1H beside -> end Told`);
    const canceled = [start({ refused: true, id: '1' }), ...through('Reserve', 'Pay')];
    given(process, ...canceled).when(message('Stop')).refused('MESSAGE_SUBSCRIPTION_NOT_FOUND');
    given(process, ...canceled).when(timer('Late')).refused('TIMER_NOT_FOUND');
    expect(given(process, ...canceled, ...through('Release')).case.path().slice(-2)).to.deep.equal(['Canceled', 'Sorry']);
    given(process, start({ refused: true, id: '1' }), ...through('Reserve')).when(message('Stop')).including('ElementTerminated T', 'ElementCompleted Stopped');
  });

  it('An error of what undoes it is a hazard as well', async () => {
    const process = await processOf(PAYING.replace('user Release undo', 'service Release job=release undo'));
    given(process, start({ refused: true }), ...through('Reserve', 'Pay')).when(jobThrows('Release', 'E9')).including({ type: 'ErrorThrown', caughtBy: 'Hazard' }, 'ElementTerminated T', 'ElementCompleted Broken').without('CompensationEnded');
  });

  it('It is undone behind a called case that had to end first', async () => {
    const process = await processOf(PAYING.replace('user Pay -> xor Gate default=Out', 'and Fork -> call Pay calls=Child -> end Paid\n Fork -> user Check -> xor Gate default=Out'));
    const earlier = [facing({ definitions: { Child: 1 } }), start({ refused: true }), ...through('Reserve', 'Check'), childEnds('Pay', 'terminated')];
    expect(given(process, ...earlier).case.active()).to.deep.equal(['T', 'Release']);
    expect(given(process, ...earlier, ...through('Release')).case.path().at(-1)).to.equal('Sorry');
  });

  it('An error that leaves it is a hazard: nothing is undone', async () => {
    const process = await processOf(PAYING.replace('user Pay', 'service Pay job=p'));
    given(process, start({ refused: false }), done('Reserve')).when(jobThrows('Pay', 'E9')).including({ type: 'ErrorThrown', caughtBy: 'Hazard' }, 'ElementTerminated T', 'ElementCompleted Broken').without('CompensationStarted');
  });

  it('A completed transaction can itself be undone', async () => {
    const process = await processOf(PAYING.replace('-> T -> end Fine', '-> T -> throw Undo compensate -> end Fine'));
    expect(given(process, start({ refused: false }), ...through('Reserve', 'Pay')).case.active()).to.deep.equal(['Undo', 'Release']);
  });
});

describe('Engine: compensation through called cases', () => {
  const CALLING = `
    process Parent
    start -> call Ask calls=Child -> user Decide -> xor Gate default=end
    Gate -[wrong]-> throw Undo compensate -> end Back
    Gate -> end
    process Child
    start CS -> user CWork -> script CScript is="=1" result=booked -> end CE
    boundary CB on=CWork compensate by=CUndo
    user CUndo in.was="=booked" undo`;

  it('A called case that has completed undoes itself when its caller asks, and the caller waits for it (trap 12)', async () => {
    const test = await inWorld(CALLING);
    const parent = test.start('Parent', { wrong: true });
    const [child = ''] = test.cases('Child');
    test.do({ complete: 'CWork' });
    expect([test.status(child), test.status(parent)]).to.deep.equal(['completed', 'active']);
    test.do({ complete: 'Decide' });
    expect([test.status(child), test.path(parent).at(-1)]).to.deep.equal(['active', 'Gate']);
    test.do({ complete: 'CUndo' });
    expect([test.status(child), test.status(parent)]).to.deep.equal(['completed', 'completed']);
    expect(test.path(child).at(-1)).to.equal('CUndo');
    expect(test.path(parent).slice(-2)).to.deep.equal(['Undo', 'Back']);
    expect(test.types()).to.include.members(['ChildCompensationRequested', 'InstanceReopened', 'InstanceCompensated', 'ChildCompensated']);
  });

  it('When the called case is cancelled while it undoes itself, the caller goes on', async () => {
    const test = await inWorld(CALLING);
    const parent = test.start('Parent', { wrong: true });
    test.do({ complete: 'CWork' }, { complete: 'Decide' }).execute(test.cases('Child')[0]!, { type: 'CancelInstance', reason: 'not possible any more' });
    expect(test.status(parent)).to.equal('completed');
  });

  it('Without waitForCompletion the scope waits for the called case too, and for what is undone behind it', async () => {
    const test = await inWorld(`
      process Parent
      start -> user Book -> call Ask calls=Child -> throw Undo compensate nowait -> end
      boundary BB on=Book compensate by=Unbook
      user Unbook undo
      ${CALLING.slice(CALLING.indexOf('process Child'))}`);
    const parent = test.start('Parent');
    test.do({ complete: 'Book' }, { complete: 'CWork' });
    expect([test.path(parent).at(-1), test.status(parent)]).to.deep.equal(['end', 'active']);
    test.do({ complete: 'CUndo' });
    expect(test.status(parent)).to.equal('active');
    test.do({ complete: 'Unbook' });
    expect(test.status(parent)).to.equal('completed');
  });

  it('A handler on the call activity takes the place of the called case', async () => {
    const test = await inWorld(CALLING.replace('process Child', 'boundary PB on=Ask compensate by=PUndo\n user PUndo undo\n process Child'));
    test.start('Parent', { wrong: true });
    test.do({ complete: 'CWork' }, { complete: 'Decide' }, { complete: 'PUndo' });
    expect(test.types()).not.to.include('InstanceReopened');
  });

  it('A case that never completed, and a compensation that waits for nothing, refuse', async () => {
    const process = await processOf('start -> user A -> end');
    const answer = { stream: 'x', scope: 0, run: 1 };
    given(process, start()).when(say({ type: 'CompensateInstance', answer })).refused('INSTANCE_NOT_COMPLETED');
    given(process, start()).when(say({ type: 'CompensationDone', scope: 0, run: 1 })).refused('COMPENSATION_NOT_FOUND');
  });
});
