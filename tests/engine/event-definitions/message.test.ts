// Message events in every position that is executed (BPMN 2.0.2, 10.5.5 and 13.5).
import { expect } from 'chai';
import { messageStream } from '../../../engine/hash.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { jobDone, message, resolve, say, set, start } from '../support/verbs.ts';

describe('Engine: message events', () => {
  it('A message start event starts the case with the message', async () => {
    const process = await processOf('start Letter message=Letter -> user Read -> end');
    given(process).when(start({ text: 'hello' }, { startElementId: 'Letter' })).including({ type: 'InstanceStarted', startElementId: 'Letter' }, { type: 'VariablesWritten', values: { text: 'hello' } }, 'UserTaskCreated Read');
  });

  it('An intermediate message catch event subscribes with its correlation key', async () => {
    const process = await processOf('start -> catch Paid message=Paid key="=order" -> end');
    given(process).when(start({ order: 'o-1' })).including({ type: 'MessageSubscribed', elementId: 'Paid', name: 'Paid', correlationKey: 'o-1', to: messageStream('Paid', 'o-1') });
    given(process, start({ order: 12 })).when(message('Paid', { amount: 3 })).including({ type: 'MessageCorrelated', messageId: 'm1' }, { type: 'VariablesWritten', values: { amount: 3 } }, 'ElementCompleted Paid', 'InstanceCompleted');
  });

  it('Output mappings of a catch event take only what they name from the message', async () => {
    const process = await processOf('start -> catch Paid message=Paid key=k out.sum="=amount" -> end');
    given(process, start()).when(message('Paid', { amount: 3, secret: 1 })).including('ElementCompleted Paid').and((on) => expect(on.variables()).to.deep.equal({ sum: 3 }));
  });

  it('A correlation key that is null is an incident that names the variable', async () => {
    const process = await processOf('start -> catch Paid message=Paid key="=order" -> end');
    const { case: on } = given(process, start());
    expect([...on.state.waits.values()].map((wait) => wait.kind === 'incident' && wait.message).join()).to.contain('variable order is missing or null');
    given(process, start(), set({ order: 'o' })).when(resolve('Paid')).then('IncidentResolved', 'MessageSubscribed Paid');
  });

  it('A message is consumed once: the second delivery is refused', async () => {
    const process = await processOf('start -> catch Paid message=Paid key=k -> user Next -> end');
    given(process, start(), message('Paid')).when(message('Paid')).refused('MESSAGE_SUBSCRIPTION_NOT_FOUND');
  });

  it('A command for a timer is no message and the reverse', async () => {
    const process = await processOf('start -> catch Paid message=Paid key=k -> end');
    given(process, start()).when(say({ type: 'FireTimer', timer: 3 })).refused('TIMER_NOT_FOUND');
    given(process, start()).when(say({ type: 'CompleteJob', job: 3, variables: {} })).refused('JOB_NOT_FOUND');
    given(process, start()).when(say({ type: 'ResolveIncident', incident: 3 })).refused('INCIDENT_NOT_FOUND');
  });

  it('An interrupting message boundary event cancels its activity', async () => {
    const process = await processOf(`
      start -> service Work job=work -> end
      boundary Stop on=Work message=Stop key=k -> end Stopped`);
    given(process, start()).when(message('Stop', { why: 'moved away' })).then(
      'MessageCorrelated Stop', 'JobCanceled', 'ElementTerminated Work', 'ElementActivated Stop', { type: 'VariablesWritten', values: { why: 'moved away' } }, 'ElementCompleted Stop',
      'SequenceFlowTaken Stop-Stopped', 'ElementActivated Stopped', 'ElementCompleted Stopped', 'InstanceCompleted',
    );
    given(process, start()).when(jobDone('Work')).including('MessageUnsubscribed', 'ElementCompleted Work');
  });

  it('A non-interrupting message boundary event keeps listening; each occurrence has its own data', async () => {
    const process = await processOf(`
      start -> service Work job=work -> end
      boundary Note on=Work message=Note key=k beside out.seen="=n" -> user Read in.mine="=seen" -> end`);
    const { case: on } = given(process, start(), message('Note', { n: 1 }, 'a'), message('Note', { n: 2 }, 'b'));
    expect(on.active()).to.deep.equal(['Work', 'Read', 'Read']);
    expect([...on.state.elements.values()].flatMap((element) => (element.elementId === 'Read' ? [element.variables?.get('mine')] : []))).to.deep.equal([1, 2]);
    given(process, start()).when(message('Note', {}, 'a')).including({ type: 'MessageCorrelated', open: true });
  });

  it('A message throw event and a message end event publish', async () => {
    const process = await processOf('start -> throw Tell message=News key="=id" -> end Bye message=Bye');
    given(process).when(start({ id: 'k' })).including(
      { type: 'MessagePublished', elementId: 'Tell', name: 'News', correlationKey: 'k', to: messageStream('News', 'k') }, 'ElementCompleted Tell',
      { type: 'MessagePublished', elementId: 'Bye', name: 'Bye', correlationKey: 'case-1', conversation: 'case-1' }, 'ElementCompleted Bye', 'InstanceCompleted',
    );
  });

  it('A throw event whose key is null is an incident before anything is published', async () => {
    const process = await processOf('start -> throw Tell message=News key="=id" -> end');
    given(process).when(start()).including({ type: 'IncidentRaised', elementId: 'Tell', code: 'INCIDENT_EXPRESSION' }).without('MessagePublished');
    given(process, start(), set({ id: 'k' })).when(resolve('Tell')).including('MessagePublished Tell', 'InstanceCompleted');
  });
});
