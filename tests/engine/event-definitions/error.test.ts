// Error events: thrown by end events, jobs and called cases, caught on the border of activities (BPMN 2.0.2, 10.5.6 and 13.5.3).
import { expect } from 'chai';
import { around, extended, flow, processOf as fromXml } from '../bpmn/support.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { jobDone, jobThrows, start } from '../support/verbs.ts';

describe('Engine: error events', () => {
  it('An error end event interrupts the sub-process around it and is caught on its border', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> user Other -> end Out
        Fork -> end Wrong error=E1
      }
      start -> S -> end
      boundary Caught on=S error=E1 -> end Mended`);
    given(process).when(start()).including(
      'ElementCompleted Wrong', { type: 'ErrorThrown', elementId: 'Wrong', code: 'E1', caughtBy: 'Caught' }, 'ElementTerminated Other', 'ElementTerminated S',
      'ElementActivated Caught', 'ElementCompleted Caught', 'ElementCompleted Mended', 'InstanceCompleted',
    );
  });

  it('An exact code goes before a catch-all on the same activity (trap 16)', async () => {
    const process = await processOf(`
      start -> service Work job=work -> end
      boundary Any on=Work error -> end ByAny
      boundary Exact on=Work error=E1 -> end ByExact`);
    given(process, start()).when(jobThrows('Work', 'E1')).including({ type: 'ErrorThrown', caughtBy: 'Exact' }, 'ElementCompleted ByExact', 'InstanceCompleted');
    given(process, start()).when(jobThrows('Work', 'E9')).including({ type: 'ErrorThrown', caughtBy: 'Any' }, 'ElementCompleted ByAny', 'InstanceCompleted');
  });

  it('The nearest activity that catches the code catches it, and only it (trap 16)', async () => {
    const process = await processOf(`
      sub Outer {
        sub Inner {
          start I -> end Wrong error=E1
        }
        start O -> Inner -> end O2
        boundary Near on=Inner error=E1 -> end O3
      }
      start -> Outer -> end
      boundary Far on=Outer error=E1 -> end Bad`);
    given(process).when(start()).including({ type: 'ErrorThrown', caughtBy: 'Near' }, 'ElementCompleted O3', 'ElementCompleted Outer', 'ElementCompleted end', 'InstanceCompleted')
      .and((on) => expect(on.path()).not.to.include('Far'));
  });

  it('A code that the near activity does not catch goes on to the next one outside', async () => {
    const process = await processOf(`
      sub Outer {
        start O -> service Work job=work -> end O2
        boundary Near on=Work error=E2 -> end O3
      }
      start -> Outer -> end
      boundary Far on=Outer error=E1 -> end Bad`);
    given(process, start()).when(jobThrows('Work', 'E1')).including({ type: 'ErrorThrown', caughtBy: 'Far' }, 'ElementTerminated Work', 'ElementTerminated Outer', 'ElementCompleted Bad', 'InstanceCompleted');
  });

  it('An error that nothing catches ends the case as failed, and everything in it', async () => {
    const process = await processOf(`
      start -> and Fork -> service Work job=work -> end
      Fork -> user Other -> end`);
    given(process, start()).when(jobThrows('Work', 'E1')).then(
      'JobErrorThrown', { type: 'ErrorThrown', elementId: 'Work', code: 'E1' }, 'UserTaskCanceled', 'ElementTerminated Other', 'ElementTerminated Work', { type: 'InstanceFailed', code: 'E1', message: 'error E1' },
    ).and((on) => expect(on.state.status).to.equal('failed'));
  });

  it('An error end event at the root of the process fails the case', async () => {
    given(await processOf('start -> end Wrong error=E1')).when(start()).including('ElementCompleted Wrong', 'ErrorThrown Wrong', { type: 'InstanceFailed', code: 'E1' });
  });

  it('The error of a job brings its variables to the catching event', async () => {
    const process = await processOf(`
      start -> service Work job=work -> end
      boundary Caught on=Work error=E1 out.reason="=why" -> end Bad`);
    given(process, start()).when(jobThrows('Work', 'E1', { why: 'closed', x: 1 })).including('ElementCompleted Caught').and((on) => expect(on.variables()).to.deep.equal({ reason: 'closed' }));
  });

  it('A job that has thrown is done: its completion comes too late', async () => {
    const process = await processOf(`
      start -> service Work job=work -> end
      boundary Caught on=Work error=E1 -> user Mend -> end`);
    given(process, start(), jobThrows('Work', 'E1')).when(jobDone('Work')).refused('JOB_NOT_FOUND');
  });

  it('The same ids in caller and child do not confuse where an error is caught (trap 16)', async () => {
    const test = await inWorld(`
      process Parent
      start -> call Ask calls=Child -> end
      boundary Caught on=Ask error=E1 -> end Bad
      process Child
      sub CS {
        start CIn -> end CWrong error=E1
      }
      start CStart -> CS -> end CEnd
      boundary CCaught on=CS error=E1 -> end CMended`);
    const parent = test.start('Parent');
    expect(test.path(parent)).to.deep.equal(['start', 'Ask', 'end']);
    expect(test.path(test.cases('Child')[0])).to.deep.equal(['CStart', 'CIn', 'CWrong', 'CCaught', 'CMended']);
  });

  it('An error goes up through several called cases until one catches it', async () => {
    const test = await inWorld(`
      process Top
      start TS -> call TAsk calls=Middle -> end TE
      boundary TCaught on=TAsk error -> end TBad
      process Middle
      start MS -> call MAsk calls=Bottom -> end ME
      process Bottom
      start BS -> end BWrong error=E7`);
    const top = test.start('Top');
    expect(test.path(top)).to.deep.equal(['TS', 'TCaught', 'TBad']);
    expect([test.status(top), test.status(test.cases('Middle')[0]!), test.status(test.cases('Bottom')[0]!)]).to.deep.equal(['completed', 'failed', 'failed']);
  });

  it('Without an errorCode every error triggers it, also when the error has a name of its own; an exact code goes before (8.4.3)', async () => {
    const caught = (more: string): string => around(`<serviceTask id="n">${extended('<zeebe:taskDefinition type="w" />')}</serviceTask><boundaryEvent id="any" attachedToRef="n"><errorEventDefinition errorRef="named" /></boundaryEvent>${more}${flow('any', 'e')}`, '<error id="named" name="Something" /><error id="exact" errorCode="E1" />');
    given(await fromXml(caught('')), start()).when(jobThrows('n', 'E1')).including({ type: 'ErrorThrown', caughtBy: 'any' }, 'ElementCompleted any');
    const both = await fromXml(caught(`<boundaryEvent id="one" attachedToRef="n"><errorEventDefinition errorRef="exact" /></boundaryEvent>${flow('one', 'e')}`));
    given(both, start()).when(jobThrows('n', 'E1')).including({ type: 'ErrorThrown', caughtBy: 'one' });
    given(both, start()).when(jobThrows('n', 'E2')).including({ type: 'ErrorThrown', caughtBy: 'any' });
  });
});
