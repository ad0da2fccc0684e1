// Incidents: what stops a path until a human has acted, in every phase of an activation.
import { expect } from 'chai';
import { INCIDENT_ERRORS } from '../../../engine/execution/errors.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { cancel, done, jobDone, resolve, set, start } from '../support/verbs.ts';

describe('Engine: incidents', () => {
  it('An incident stops its own path only; the rest of the case goes on', async () => {
    const process = await processOf(`
      start -> and Fork -> service Stuck job="=kind" -> end
      Fork -> user Fine -> end`);
    given(process, start(), done('Fine')).when(set({ kind: 'x' })).when(resolve('Stuck')).then('IncidentResolved', 'JobCreated Stuck').when(jobDone('Stuck')).including('InstanceCompleted');
  });

  it('An incident that is resolved without mending its cause comes back under a new number', async () => {
    const process = await processOf('start -> service Stuck job="=kind" -> end');
    given(process, start()).when(resolve('Stuck')).then('IncidentResolved', { type: 'IncidentRaised', elementId: 'Stuck' }).and((on) => expect(on.state.waits.size).to.equal(1));
  });

  it('An incident is resolved once', async () => {
    const process = await processOf('start -> service Stuck job="=kind" -> end');
    given(process, start({}), set({ kind: 'x' }), resolve('Stuck')).when(resolve('Stuck')).refused('INCIDENT_NOT_FOUND');
    given(process, start(), cancel).when(resolve('Stuck')).refused('INSTANCE_ENDED');
  });

  it('An incident at the completion of an element keeps what the element has brought', async () => {
    const process = await processOf('start -> service Work job=work out.a.b="=v" -> end');
    given(process, start({ a: 1 })).when(jobDone('Work', { v: 7 })).then('JobCompleted', { type: 'VariablesWritten', scope: 2, values: { v: 7 } }, { type: 'IncidentRaised', elementId: 'Work', phase: 'complete' });
    given(process, start({ a: 1 }), jobDone('Work', { v: 7 }), set({ a: {} })).when(resolve('Work')).including({ type: 'VariablesWritten', scope: 0, values: { a: { b: 7 } } }, 'ElementCompleted Work', 'InstanceCompleted');
  });

  it('An incident does not lose the tokens that wait at a join (trap 30)', async () => {
    const process = await processOf(`
      start -> and Fork -> user A -> and Join -> xor Gate default=end
      Fork -> user B -> Join
      Gate -[x > 3]-> end Big
      Gate -> end`);
    given(process, start(), done('A'), done('B'), set({ x: 5 })).when(resolve('Gate')).including('ElementCompleted Gate', 'ElementCompleted Big', 'InstanceCompleted');
  });

  it('A boundary event that cannot be armed is retried before the work begins', async () => {
    const process = await processOf(`
      start -> service Work job=work -> end
      boundary Stop on=Work message=Stop key="=k" -> end Stopped`);
    given(process).when(start()).including({ type: 'IncidentRaised', elementId: 'Work', phase: 'boundaries' }).without('JobCreated');
    given(process, start(), set({ k: 'K' })).when(resolve('Work')).then('IncidentResolved', 'MessageSubscribed Stop', 'JobCreated Work');
  });

  it('Every incident says what was expected, and what to do', () => {
    for (const [code, { message, hint }] of Object.entries(INCIDENT_ERRORS)) {
      expect(code).to.match(/^INCIDENT_/);
      expect(message).to.match(/^Expected .+, but .+/);
      expect(hint).to.match(/\.$/);
    }
  });
});
