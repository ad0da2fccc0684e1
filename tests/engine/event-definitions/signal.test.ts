// Signal events (BPMN 2.0.2, 10.5.5): a broadcast reaches everybody who waits, once, and nobody who comes later.
import { expect } from 'chai';
import { graphOf, problemsOf } from '../bpmn/support.ts';
import { processOf, xmlOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld, WorldTest } from '../support/in-world.ts';
import { done, signal, start } from '../support/verbs.ts';

const WAITING = 'process Waiting\n start -> catch Hear signal=Alarm -> user Act -> end';

describe('Engine: signal events', () => {
  it('A signal reaches every case that waits for it, in the order in which they began to wait', async () => {
    const test = await inWorld(WAITING);
    const cases = [test.start('Waiting'), test.start('Waiting'), test.start('Waiting')];
    test.do({ signal: 'Alarm', variables: { level: 3 } });
    expect(cases.map((stream) => test.variables(stream)['level'])).to.deep.equal([3, 3, 3]);
    expect(test.records.filter(({ commandType }) => commandType === 'ReceiveSignal').map(({ stream }) => stream)).to.deep.equal(cases);
  });

  it('A signal is never kept: who begins to wait afterwards does not get it', async () => {
    const test = await inWorld(WAITING);
    test.do({ signal: 'Alarm' });
    const late = test.start('Waiting');
    expect(test.path(late)).to.deep.equal(['start']);
    test.do({ signal: 'Alarm' });
    expect(test.path(late)).to.deep.equal(['start', 'Hear']);
  });

  it('A throw event and an end event broadcast to other cases; the thrower goes on', async () => {
    const test = await inWorld(`${WAITING}
      process Thrower
      start TS -> throw Tell signal=Alarm -> end Last signal=Over`);
    const waiting = test.start('Waiting');
    const thrower = test.start('Thrower', { level: 1 });
    expect(test.path(waiting)).to.deep.equal(['start', 'Hear']);
    expect(test.variables(waiting)).to.deep.equal({ level: 1 });
    expect(test.path(thrower)).to.deep.equal(['TS', 'Tell', 'Last']);
  });

  it('A signal of the scope conversation reaches the case, the cases it calls, and nobody else; it starts nothing', async () => {
    const near = (text: string): string => xmlOf(text).replace(/(<signal id="Signal_Alarm" name="Alarm")\/>/, '$1><extensionElements><zeebe:properties><zeebe:property name="scope" value="conversation"/></zeebe:properties></extensionElements></signal>');
    const text = `
      process Both
      start -> and Fork -> user Wait -> throw Tell signal=Alarm -> end
      Fork -> catch Hear signal=Alarm -> end Heard
      Fork -> call Ask calls=Child -> end Asked
      process Child
      start CS -> catch Also signal=Alarm -> end CE`;
    const test = new WorldTest();
    expect(test.world.deploy(await graphOf(near(text)))).to.equal(undefined);
    await test.deploy('process Started\nstart Loud signal=Alarm -> user Look -> end Quiet');
    const [one, other] = [test.start('Both'), test.start('Both')];
    test.do({ complete: 'Wait' });
    expect([test.status(one), test.status(other)]).to.deep.equal(['completed', 'active']);
    expect(test.cases('Child').map((stream) => test.status(stream))).to.deep.equal(['completed', 'active']);
    test.do({ signal: 'Alarm' });
    expect(test.path(other)).not.to.include('Hear');
    expect(test.cases('Started')).to.have.length(1);
    expect((await problemsOf(near(text).replace('value="conversation"', 'value="world"'))).map(({ code }) => code)).to.include('BPMN_SIGNAL_SCOPE');
    expect((await problemsOf(near('start Loud signal=Alarm -> end'))).map(({ message }) => message)).to.deep.equal(['Expected the property scope of the signal of Loud to be tenant or conversation, but it is conversation, and a process is started from outside']);
  });

  it('With input mappings only what they made is broadcast', async () => {
    given(await processOf('start -> throw Tell signal=Alarm in.level="=amount * 2" -> end')).when(start({ amount: 4 })).including({ type: 'SignalThrown', name: 'Alarm', variables: { level: 8 } });
  });

  it('A signal starts a case of every process with a signal start event for it', async () => {
    const test = await inWorld('process A\n start AS signal=Alarm -> end AE\nprocess B\n start BS signal=Alarm -> user BWork -> end BE');
    test.do({ signal: 'Alarm', variables: { level: 2 } });
    expect([test.cases('A').length, test.cases('B').length]).to.deep.equal([1, 1]);
    expect(test.variables(test.cases('B')[0]!)).to.deep.equal({ level: 2 });
  });

  it('An interrupting boundary event takes the first signal, a non-interrupting one each', async () => {
    const interrupting = await processOf('start -> user Work -> end\n boundary Stop on=Work signal=Alarm -> end Stopped');
    given(interrupting, start()).when(signal('Stop')).including('SignalReceived Stop', 'ElementTerminated Work', 'ElementCompleted Stopped', 'InstanceCompleted');
    given(interrupting, start(), done('Work')).when(signal('Stop')).refused('INSTANCE_ENDED');
    const test = await inWorld('process P\n start -> user Work -> end\n boundary Note on=Work signal=Alarm beside -> end Noted');
    const stream = test.start('P');
    test.do({ signal: 'Alarm' }, { signal: 'Alarm' });
    expect(test.path(stream)).to.deep.equal(['start', 'Note', 'Noted', 'Note', 'Noted']);
  });

  it('What was delivered once is refused the second time', async () => {
    const process = await processOf('start -> catch Hear signal=Alarm -> user Act -> end');
    given(process, start(), signal('Hear')).when(signal('Hear')).refused('SIGNAL_SUBSCRIPTION_NOT_FOUND');
  });

  it('The name of a signal can be computed where it is thrown and caught', async () => {
    const test = await inWorld('process P\n start -> catch Hear signal="=office" -> end');
    const stream = test.start('P', { office: 'north' });
    test.do({ signal: 'south' });
    expect(test.status(stream)).to.equal('active');
    test.do({ signal: 'north' });
    expect(test.status(stream)).to.equal('completed');
  });

  it('A computed name that is missing is an incident', async () => {
    given(await processOf('start -> catch Hear signal="=office" -> end')).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_EXPRESSION' });
    given(await processOf('start -> throw Tell signal="=office" -> end')).when(start()).including({ type: 'IncidentRaised', elementId: 'Tell' });
  });

  it('A case throws a signal that it waits for itself', async () => {
    const test = await inWorld('process P\n start -> and Fork -> catch Hear signal=Go -> end Heard\n Fork -> throw Tell signal=Go -> end Told');
    const stream = test.start('P');
    expect(test.status(stream)).to.equal('completed');
    expect(test.path(stream)).to.include('Heard');
  });
});
