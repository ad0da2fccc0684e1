// Embedded sub-process: a scope of its own (BPMN 2.0.2, 10.3.5 and 13.3.4).
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { done, jobDone, jobThrows, start, timer } from '../support/verbs.ts';

describe('Engine: embedded sub-process', () => {
  it('A sub-process activates its none start event and completes when no token is left inside', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> user A -> end OutA
        Fork -> user B -> end OutB
      }
      start -> S -> end`);
    given(process, start()).when(done('A')[0]!).when(done('A')[1]!).including('ElementCompleted OutA').without('InstanceCompleted');
    given(process, start(), done('A')).when(done('B')[0]!).when(done('B')[1]!).including('ElementCompleted OutB', 'ElementCompleted S', 'SequenceFlowTaken S-end', 'InstanceCompleted');
  });

  it('A sub-process without start events begins at every node without incoming flow', async () => {
    const process = await processOf(`
      sub S {
        task A
        task B
      }
      start -> S -> end`);
    given(process).when(start()).including('ElementCompleted A', 'ElementCompleted B', 'ElementCompleted S', 'InstanceCompleted')
      .and((on) => expect(on.path().filter((id) => id === 'S')).to.have.length(1));
  });

  it('Sub-processes nest', async () => {
    const process = await processOf(`
      sub Outer {
        sub Inner {
          start I1 -> user Deep -> end I2
        }
        start O1 -> Inner -> end O2
      }
      start -> Outer -> end`);
    given(process, start()).when(done('Deep')[0]!).when(done('Deep')[1]!).including('ElementCompleted I2', 'ElementCompleted Inner', 'ElementCompleted O2', 'ElementCompleted Outer', 'InstanceCompleted');
  });

  it('A terminate end event ends its own sub-process only; the parent goes on (trap 13)', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> user A -> end Stop terminate
        Fork -> user B -> end OutB
      }
      start -> and Out -> S -> user After -> end
      Out -> user Beside -> end`);
    given(process, start(), done('A').slice(0, 1)).when(done('A')[1]!).including('ElementCompleted Stop', 'UserTaskCanceled', 'ElementTerminated B', 'ElementCompleted S', 'UserTaskCreated After')
      .and((on) => expect(on.active()).to.deep.equal(['Beside', 'After']));
  });

  it('A terminate end event also consumes tokens that wait or are on their way inside', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> end Stop terminate
        Fork -> task A -> and Join -> end Out
        Fork -> user B -> Join
      }
      start -> S -> user After -> end`);
    given(process).when(start()).including('ElementCompleted Stop', 'ElementCompleted S', 'UserTaskCreated After').and((on) => expect(on.active()).to.deep.equal(['After']));
  });

  it('An interrupting boundary event around a sub-process cancels everything inside, the innermost first', async () => {
    const process = await processOf(`
      sub S {
        start In -> user A -> end Out
      }
      start -> S -> end
      boundary Late on=S after=P1D -> user Chase -> end`);
    given(process, start()).when(timer('Late')).then(
      'TimerFired Late', 'UserTaskCanceled', 'ElementTerminated A', 'ElementTerminated S',
      'ElementActivated Late', 'ElementCompleted Late', 'SequenceFlowTaken Late-Chase', 'ElementActivated Chase', 'UserTaskCreated Chase',
    );
  });

  it('A non-interrupting boundary event runs beside the sub-process', async () => {
    const process = await processOf(`
      sub S {
        start In -> user A -> end Out
      }
      start -> S -> end
      boundary Late on=S after=P1D beside -> user Remind -> end Reminded`);
    given(process, start(), timer('Late')).when(done('A')[0]!).when(done('A')[1]!).including('ElementCompleted S').without('InstanceCompleted')
      .and((on) => expect(on.active()).to.deep.equal(['Remind']));
  });

  it('An error inside is caught by the boundary event of the sub-process', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> service A job=a -> end OutA
        Fork -> user B -> end OutB
      }
      start -> S -> end
      boundary Wrong on=S error=E1 -> user Mend -> end`);
    given(process, start()).when(jobThrows('A', 'E1', { why: 'paper' })).including(
      'JobErrorThrown', { type: 'ErrorThrown', elementId: 'A', code: 'E1', caughtBy: 'Wrong' }, 'ElementTerminated S',
      'ElementActivated Wrong', { type: 'VariablesWritten', scope: 0, values: { why: 'paper' } }, 'UserTaskCreated Mend',
    );
  });

  it('Input mappings make local variables; without output mappings they stay inside', async () => {
    const process = await processOf(`
      sub S in.local="=x + 1" {
        start In -> service A job=a -> end Out
      }
      start -> S -> end`);
    given(process, start({ x: 1 }), jobDone('A', { local: 10, other: 11 })).when(start()).refused('INSTANCE_EXISTS').and((on) => {
      expect(on.variables()).to.deep.equal({ x: 1, other: 11 });
    });
  });

  it('Output mappings of a sub-process take values out of it', async () => {
    const process = await processOf(`
      sub S in.local="=x + 1" out.result="=local * 2" {
        start In -> task A -> end Out
      }
      start -> S -> end`);
    given(process).when(start({ x: 1 })).including({ type: 'VariablesWritten', scope: 0, values: { result: 4 } }, 'ElementCompleted S', 'InstanceCompleted');
  });
});
