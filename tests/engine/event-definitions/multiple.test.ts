// Multiple and parallel multiple events, and event definitions shared by reference (BPMN 2.0.2, 10.5.5 and 10.5.6).
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { jobThrows, message, set, signal, start, timer } from '../support/verbs.ts';

describe('Engine: multiple events', () => {
  it('A multiple catch event goes on with the first of its triggers and withdraws the others', async () => {
    const process = await processOf('start -> catch Any message=Paid key="=id" signal=Alarm after=PT1H -> end');
    given(process).when(start({ id: '1' })).including({ type: 'MessageSubscribed', part: 0 }, { type: 'SignalSubscribed', part: 1 }, { type: 'TimerScheduled', part: 2 });
    given(process, start({ id: '1' })).when(signal('Any', { level: 2 })).including('SignalReceived Any', 'MessageUnsubscribed', 'TimerCanceled', 'ElementCompleted Any', 'InstanceCompleted');
    given(process, start({ id: '1' })).when(timer('Any')).including('TimerFired Any', 'MessageUnsubscribed', 'SignalUnsubscribed', 'InstanceCompleted');
  });

  it('A parallel multiple catch event waits for all of its triggers and brings what each brought', async () => {
    const process = await processOf('start -> catch All message=Paid key="=id" signal=Alarm all -> end');
    given(process, start({ id: '1' })).when(message('All', { paid: 3 })).including({ type: 'TriggerHappened', elementId: 'All', part: 0 }).without('ElementCompleted');
    given(process, start({ id: '1' }), message('All', { paid: 3 })).when(signal('All', { level: 2 })).including({ type: 'TriggerHappened', part: 1, all: true }, 'ElementCompleted All', 'InstanceCompleted')
      .and((on) => expect(on.variables()).to.deep.equal({ id: '1', paid: 3, level: 2 }));
  });

  it('A non-interrupting parallel multiple boundary event is armed again when all have happened', async () => {
    const process = await processOf(`
      start -> user Work -> end
      boundary Both on=Work message=Paid key="=id" signal=Alarm all beside -> end Told`);
    const { case: on } = given(process, start({ id: '1' }), message('Both'), signal('Both'), message('Both'), signal('Both'));
    expect(on.path().filter((id) => id === 'Told')).to.have.length(2);
  });

  it('A non-interrupting multiple boundary event happens for each trigger', async () => {
    const process = await processOf(`
      start -> user Work -> end
      boundary Either on=Work signal=Alarm if="=x" beside -> end Told`);
    const { case: on } = given(process, start({ x: false }), signal('Either'), set({ x: true }), signal('Either', {}, 's2'));
    expect(on.path().filter((id) => id === 'Told')).to.have.length(3);
  });

  it('A multiple boundary event also catches the errors it names', async () => {
    const process = await processOf(`
      start -> service Work job=w -> end
      boundary Either on=Work error=E1 after=PT1H -> end Caught`);
    given(process, start()).when(jobThrows('Work', 'E1')).including({ type: 'ErrorThrown', caughtBy: 'Either' }, 'TimerCanceled', 'ElementCompleted Caught');
    given(process, start()).when(timer('Either')).including('ElementCompleted Caught');
  });

  it('A multiple throw event throws all, a multiple end event too', async () => {
    const process = await processOf('start -> throw Both message=Paid signal=Alarm -> end Last signal=Done escalation=LATE');
    given(process).when(start()).including('MessagePublished Both', 'SignalThrown Both', 'ElementCompleted Both', 'SignalThrown Last', 'ElementCompleted Last', 'EscalationThrown Last', 'InstanceCompleted');
  });

  it('A multiple end event that also terminates ends its scope after the throw', async () => {
    const process = await processOf(`
      start -> and Fork -> user Work -> end
      Fork -> end Last signal=Done terminate`);
    given(process).when(start()).including('SignalThrown Last', 'ElementTerminated Work', 'InstanceTerminated');
  });

  it('An event sub-process with several triggers is started by each of them, with all of them together when they must all happen', async () => {
    const text = (all: string): string => `
      sub Handler event {
        start Heard signal=Alarm if="=x" beside ${all} -> end Told
      }
      start -> user Work -> end`;
    const each = given(await processOf(text('')), start({ x: false }), signal('Heard', {}, 's1'), set({ x: true }), signal('Heard', {}, 's2')).case;
    expect(each.path().filter((id) => id === 'Told')).to.have.length(3);
    const both = await processOf(text('all'));
    given(both, start({ x: false })).when(signal('Heard', { level: 2 })).then('SignalReceived Heard', { type: 'TriggerHappened', part: 0 });
    const { case: on } = given(both, start({ x: false }), signal('Heard', {}, 's1'), set({ x: true }));
    expect(on.path()).to.deep.equal(['start', 'Heard', 'Told', 'Handler']);
  });

  it('A multiple start event starts the process by each of its triggers', async () => {
    const test = await inWorld('process P\n start On message=Go signal=Alarm after=PT1H -> end');
    test.do({ message: 'Go' }, { signal: 'Alarm' }, { advance: 'PT2H' });
    expect(test.cases('P')).to.have.length(3);
  });

  it('An event definition may be shared by reference (eventDefinitionRef)', async () => {
    const process = await processOf('start -> catch Wait after=PT1H shared -> throw Tell signal=Alarm shared -> end');
    given(process, start()).when(timer('Wait')).including('TimerFired Wait', 'SignalThrown Tell', 'InstanceCompleted');
  });
});
