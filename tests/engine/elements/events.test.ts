// Start, intermediate and end events without a trigger (BPMN 2.0.2, 10.5 and 13.5).
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { done, jobDone, start, timer } from '../support/verbs.ts';

describe('Engine: none events', () => {
  it('A none start event starts the process and passes its token on', async () => {
    const process = await processOf('start -> end');
    given(process).when(start()).then(
      { type: 'InstanceStarted', startElementId: 'start', by: 'system', version: 1 },
      'ElementActivated start', 'ElementCompleted start', 'SequenceFlowTaken start-end',
      'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    );
  });

  it('A none end event consumes its token; the process completes with the last one', async () => {
    const process = await processOf(`
      start -> and Fork -> end One
      Fork -> user B -> end Two`);
    given(process).when(start()).without('InstanceCompleted').and((on) => expect(on.active()).to.deep.equal(['B']));
    given(process, start()).when(done('B')[0]!).when(done('B')[1]!).including('ElementCompleted Two', 'InstanceCompleted');
  });

  it('A none intermediate throw event passes its token on', async () => {
    const process = await processOf('start -> throw Reached -> end');
    given(process).when(start()).including('ElementCompleted Reached', 'SequenceFlowTaken Reached-end', 'InstanceCompleted');
  });

  it('A process without start events begins at every node without incoming flow (trap 32)', async () => {
    const process = await processOf(`
      user A
      user B`);
    given(process).when(start()).including('UserTaskCreated A', 'UserTaskCreated B').without('InstanceCompleted');
    given(process, start(), done('A')).when(done('B')[0]!).when(done('B')[1]!).including('ElementCompleted B', 'InstanceCompleted');
  });

  it('A process without start events also begins at a catch event without incoming flow (trap 32)', async () => {
    const process = await processOf('catch Wait after=PT1H -> end');
    given(process).when(start()).including('TimerScheduled Wait');
  });

  it('A process ends when no token is left and no non-interrupting handler runs (trap 32)', async () => {
    const process = await processOf(`
      start -> service Host job=work -> end
      boundary Note on=Host after=PT1M beside -> service Remind job=mail -> end Reminded`);
    given(process, start(), timer('Note')).when(jobDone('Host')).including('ElementCompleted end').without('InstanceCompleted')
      .when(jobDone('Remind')).including('ElementCompleted Reminded', 'InstanceCompleted');
  });

  it('A throw event or end event with a job is done by a worker', async () => {
    const process = await processOf('start -> throw Tell job=mail sends -> end Last job=archive sends');
    given(process).when(start()).including({ type: 'JobCreated', elementId: 'Tell', jobType: 'mail' })
      .when(jobDone('Tell')).including({ type: 'JobCreated', elementId: 'Last', jobType: 'archive' }).without('InstanceCompleted')
      .when(jobDone('Last')).including('ElementCompleted Last', 'InstanceCompleted');
  });

  it('A start event named in the command is the one that starts', async () => {
    const process = await processOf(`
      start -> user A -> end
      start Letter message=Letter -> user B -> end`);
    given(process).when(start({}, { startElementId: 'Letter' })).including({ type: 'InstanceStarted', startElementId: 'Letter' }, 'UserTaskCreated B').without('InstanceCompleted');
    given(process).when(start({}, { startElementId: 'Fax' })).refused('INSTANCE_START_ELEMENT_UNKNOWN', 'start, Letter');
  });

  it('A process that only messages start refuses a start without one', async () => {
    const process = await processOf('start Letter message=Letter -> end');
    given(process).when(start()).refused('INSTANCE_START_ELEMENT_UNKNOWN', '(a none start event)');
  });
});
