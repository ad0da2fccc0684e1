// Terminate end events (BPMN 2.0.2, 10.5.3 and 13.5.6).
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { cancel, childEnds, done, facing, start, timer } from '../support/verbs.ts';

describe('Engine: terminate end event', () => {
  it('A terminate end event of the process cancels everything and terminates the case', async () => {
    const process = await processOf(`
      start -> and Fork -> user A -> end Stop terminate
      Fork -> service B job=b -> end`);
    given(process, start(), done('A').slice(0, 1)).when(done('A')[1]!).then(
      'UserTaskCompleted A', 'ElementCompleted A', 'SequenceFlowTaken A-Stop', 'ElementActivated Stop', 'ElementCompleted Stop',
      'JobCanceled', 'ElementTerminated B', { type: 'InstanceTerminated', reason: 'terminate end event Stop' },
    ).and((on) => expect(on.state.status).to.equal('terminated'));
  });

  it('Tokens of a sibling flow that were still on their way are gone with the scope', async () => {
    const process = await processOf(`
      start -> and Fork -> end Stop terminate
      Fork -> user B -> end
      Fork -> task C -> end`);
    given(process).when(start()).including('InstanceTerminated').without('UserTaskCreated').and((on) => {
      expect(on.path()).to.deep.equal(['start', 'Fork', 'Stop']);
      expect(on.events.at(-1)?.type).to.equal('InstanceTerminated');
    });
  });

  it('A terminated called case counts as completed for its caller, with its variables', async () => {
    const test = await inWorld(`
      process Parent
      start -> call Ask calls=Child -> end
      process Child
      start CS -> script Sum is="=1 + 1" result=two -> end Stop terminate`);
    const parent = test.start('Parent');
    expect([test.status(parent), test.variables(parent)]).to.deep.equal(['completed', { two: 2 }]);
  });

  it('A terminate end event inside a sub-process waits for the case called beside it', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> call Ask calls=Child -> end Out
        Fork -> user A -> end Stop terminate
      }
      start -> S -> user After -> end`);
    const known = facing({ definitions: { Child: 1 } });
    given(process, known, start(), done('A').slice(0, 1)).when(done('A')[1]!).including('ElementCompleted Stop', 'ChildTerminationRequested', 'ElementTerminating Ask', 'ElementTerminating S').without('ElementTerminated')
      .when(childEnds('Ask', 'terminated')).including('ChildEnded', 'ElementTerminated Ask', 'ElementCompleted S', 'UserTaskCreated After');
  });

  it('While it waits, the sub-process can still be interrupted or cancelled, with all that is on its border', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> call Ask calls=Child -> end Out
        Fork -> user A -> end Stop terminate
      }
      start -> S -> user After -> end
      boundary Late on=S after=PT1H -> user Chase -> end
      boundary Note on=S every=R/PT40M beside -> end Noted`);
    const before = [facing({ definitions: { Child: 1 } }), start(), ...done('A')];
    given(process, before).when(timer('Late')).including('TimerFired Late', 'TimerCanceled').without('ElementTerminated')
      .when(childEnds('Ask', 'terminated')).including('ElementTerminated Ask', 'ElementTerminated S', 'UserTaskCreated Chase')
      .and((on) => expect([on.active(), on.state.waits.size]).to.deep.equal([['Chase'], 0]));
    given(process, before, cancel).when(childEnds('Ask', 'terminated')).including('ElementTerminated S', 'InstanceTerminated').and((on) => expect(on.state.waits.size).to.equal(0));
  });
});
