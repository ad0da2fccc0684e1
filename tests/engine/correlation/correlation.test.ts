// Message correlation: buffered, remembered, offered to one case of each process, the oldest first (BPMN 2.0.2, 8.4.2; traps 18 and 19).
import { expect } from 'chai';
import { evolveCorrelation, newCorrelation } from '../../../engine/correlation/correlation.ts';
import type { CorrelationCommand, CorrelationEvent, CorrelationState } from '../../../engine/correlation/correlation.ts';
import { decideCorrelation } from '../../../engine/correlation/decide-correlation.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { EngineCode } from '../../../engine/errors.ts';
import { FACTS } from '../support/checked.ts';
import { inWorld } from '../support/in-world.ts';

const after = (seconds: number): string => new Date(Date.parse(FACTS.now) + seconds * 1000).toISOString();

class Stream {
  readonly state: CorrelationState = newCorrelation('message/x');
  readonly events: CorrelationEvent[] = [];
  now = FACTS.now;

  /** Does a command and answers its events as `Type subscriber`; checks fold and purity on the way. */
  do(command: CorrelationCommand): string[] {
    const outcome = this.#decide(command);
    if (isRejection(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`);
    this.events.push(...outcome);
    expect(this.state, 'fold').to.deep.equal(this.#fold());
    return outcome.map((event) => `${event.type} ${'subscriber' in event ? event.subscriber : 'processId' in event ? event.processId : ''}`.trim());
  }

  refused(command: CorrelationCommand, code: EngineCode): void {
    const outcome = this.#decide(command);
    expect(isRejection(outcome) && outcome.code).to.equal(code);
    expect(this.state, 'a rejection changes nothing').to.deep.equal(this.#fold());
  }

  #decide(command: CorrelationCommand): ReturnType<typeof decideCorrelation> {
    return decideCorrelation(this.state, command, { ...FACTS, now: this.now });
  }

  #fold(): CorrelationState {
    return this.events.reduce(evolveCorrelation, newCorrelation('message/x'));
  }
}

const publish = (messageId: string, more: Partial<Extract<CorrelationCommand, { type: 'PublishMessage' }>> = {}): CorrelationCommand =>
  ({ type: 'PublishMessage', messageId, name: 'Paid', correlationKey: 'k', variables: { id: messageId }, timeToLive: 'PT1H', starts: [], ...more });
const subscribe = (subscriber: string, processId = 'P'): CorrelationCommand => ({ type: 'OpenSubscription', subscriber, processId, name: 'Paid', correlationKey: 'k' });
const close = (subscriber: string): CorrelationCommand => ({ type: 'CloseSubscription', subscriber });
const accept = (messageId: string, subscriber: string, open = false): CorrelationCommand => ({ type: 'AcceptMessage', messageId, subscriber, open });
const decline = (messageId: string, subscriber: string): CorrelationCommand => ({ type: 'DeclineMessage', messageId, subscriber });
const START = { processId: 'Q', version: 2, startElementId: 'Letter' };

describe('Engine: correlation', () => {
  it('A message is offered to the oldest subscription of each process, and to no other (trap 18)', () => {
    const stream = new Stream();
    for (const command of [subscribe('a/1'), subscribe('b/1'), subscribe('c/1', 'Q')]) stream.do(command);
    expect(stream.do(publish('m1'))).to.deep.equal(['MessageReceived', 'MessageOffered a/1', 'MessageOffered c/1']);
    expect(stream.do(accept('m1', 'a/1'))).to.deep.equal(['MessageAccepted a/1']);
    expect(stream.do(accept('m1', 'c/1'))).to.deep.equal(['MessageAccepted c/1']);
  });

  it('A declined message goes to the next candidate of the same process', () => {
    const stream = new Stream();
    for (const command of [subscribe('a/1'), subscribe('b/1'), publish('m1')]) stream.do(command);
    expect(stream.do(decline('m1', 'a/1'))).to.deep.equal(['MessageDeclined a/1', 'MessageOffered b/1']);
  });

  it('A message that nobody waits for is kept until somebody does (trap 19)', () => {
    const stream = new Stream();
    expect(stream.do(publish('m1'))).to.deep.equal(['MessageReceived']);
    expect(stream.do(subscribe('a/1'))).to.deep.equal(['SubscriptionOpened a/1', 'MessageOffered a/1']);
  });

  it('The id of a message is remembered for ever, not only while it is kept (trap 19)', () => {
    const stream = new Stream();
    stream.do(publish('m1'));
    stream.refused(publish('m1'), 'CORRELATION_MESSAGE_KNOWN');
    stream.now = after(7200);
    stream.do({ type: 'ExpireMessages' });
    stream.refused(publish('m1'), 'CORRELATION_MESSAGE_KNOWN');
  });

  it('A message is not kept beyond its time to live', () => {
    const stream = new Stream();
    stream.do(publish('m1'));
    stream.now = after(3600);
    expect(stream.do(subscribe('a/1'))).to.deep.equal(['SubscriptionOpened a/1']);
    expect(stream.do({ type: 'ExpireMessages' })).to.deep.equal(['MessageExpired']);
    stream.refused({ type: 'ExpireMessages' }, 'CORRELATION_NOTHING_EXPIRED');
  });

  it('With no time to live only who waits now is asked', () => {
    const stream = new Stream();
    expect(stream.do(publish('m1', { timeToLive: 'PT0S' }))).to.deep.equal(['MessageReceived', 'MessageExpired']);
    stream.do(subscribe('a/1'));
    expect(stream.do(publish('m2', { timeToLive: 'PT0S' }))).to.deep.equal(['MessageReceived', 'MessageOffered a/1']);
    expect(stream.do(accept('m2', 'a/1'))).to.deep.equal(['MessageAccepted a/1', 'MessageExpired']);
  });

  it('A message without time to live that is declined still goes to the next candidate', () => {
    const stream = new Stream();
    for (const command of [subscribe('a/1'), subscribe('b/1'), publish('m1', { timeToLive: 'PT0S' })]) stream.do(command);
    expect(stream.do(decline('m1', 'a/1'))).to.deep.equal(['MessageDeclined a/1', 'MessageOffered b/1']);
    expect(stream.do(decline('m1', 'b/1'))).to.deep.equal(['MessageDeclined b/1', 'MessageExpired']);
  });

  it('A message on offer does not expire before it is answered', () => {
    const stream = new Stream();
    for (const command of [subscribe('a/1'), publish('m1')]) stream.do(command);
    stream.now = after(7200);
    stream.refused({ type: 'ExpireMessages' }, 'CORRELATION_NOTHING_EXPIRED');
    expect(stream.do(accept('m1', 'a/1'))).to.deep.equal(['MessageAccepted a/1', 'MessageExpired']);
  });

  it('One message goes to one case of a process, also when that case waits again (trap 18)', () => {
    const stream = new Stream();
    for (const command of [subscribe('a/1'), publish('m1'), accept('m1', 'a/1')]) stream.do(command);
    expect(stream.do(subscribe('a/2'))).to.deep.equal(['SubscriptionOpened a/2']);
    expect(stream.do(subscribe('b/1'))).to.deep.equal(['SubscriptionOpened b/1']);
  });

  it('A subscription that goes on is offered the next message, the older one first', () => {
    const stream = new Stream();
    for (const command of [subscribe('a/1'), publish('m1'), publish('m2'), publish('m3')]) stream.do(command);
    expect(stream.events.filter(({ type }) => type === 'MessageOffered')).to.have.length(1);
    expect(stream.do(accept('m1', 'a/1', true))).to.deep.equal(['MessageAccepted a/1', 'MessageOffered a/1']);
    expect(stream.events.at(-1)).to.include({ messageId: 'm2' });
  });

  it('A message starts a case of a process that has no case waiting for it', () => {
    const stream = new Stream();
    expect(stream.do(publish('m1', { starts: [START] }))).to.deep.equal(['MessageReceived', 'MessageStartRequested Q']);
    stream.do(subscribe('q/1', 'Q'));
    expect(stream.do(publish('m2', { starts: [START] }))).to.deep.equal(['MessageReceived', 'MessageOffered q/1']);
  });

  it('A closed subscription is asked no more; one that is being asked closes by its answer', () => {
    const stream = new Stream();
    for (const command of [subscribe('a/1'), close('a/1')]) stream.do(command);
    expect(stream.do(publish('m1'))).to.deep.equal(['MessageReceived']);
    stream.do(subscribe('b/1'));
    stream.refused(close('b/1'), 'CORRELATION_SUBSCRIPTION_NOT_FOUND');
    expect(stream.do(decline('m1', 'b/1'))).to.deep.equal(['MessageDeclined b/1']);
  });

  it('A second delivery of anything changes nothing', () => {
    const stream = new Stream();
    for (const command of [subscribe('a/1'), publish('m1')]) stream.do(command);
    stream.refused(subscribe('a/1'), 'CORRELATION_SUBSCRIPTION_KNOWN');
    stream.do(accept('m1', 'a/1'));
    stream.refused(accept('m1', 'a/1'), 'CORRELATION_NOT_OFFERED');
    stream.refused(decline('m1', 'a/1'), 'CORRELATION_NOT_OFFERED');
    stream.refused(close('a/1'), 'CORRELATION_SUBSCRIPTION_NOT_FOUND');
  });

  it('A message too large or too deep for a case is refused at once, not offered in vain', () => {
    const stream = new Stream();
    stream.refused(publish('m1', { variables: { text: 'x'.repeat(5_000_000) } }), 'INSTANCE_VARIABLES_TOO_LARGE');
    stream.refused(publish('m1', { variables: { deep: JSON.parse(`${'['.repeat(600)}${']'.repeat(600)}`) as [] } }), 'INSTANCE_VARIABLES_TOO_DEEP');
    expect(stream.do(publish('m1'))).to.deep.equal(['MessageReceived']);
  });

  it('A time to live beyond the calendar lasts to its end; one that is no duration is none', () => {
    const stream = new Stream();
    stream.do(publish('m1', { timeToLive: 'P999999999Y' }));
    expect(stream.events[0]).to.include({ expiresAt: '9999-12-31T23:59:59.999Z' });
    expect(stream.do(publish('m2', { timeToLive: 'soon' }))).to.deep.equal(['MessageReceived', 'MessageExpired']);
  });
});

describe('Engine: messages between cases', () => {
  const WAIT = 'start -> catch Paid message=Paid key="=order" -> end';

  it('One message published once reaches the older of two waiting cases, never both (trap 18)', async () => {
    const test = await inWorld(WAIT);
    const [first, second] = [test.start('P', { order: 'k' }), test.start('P', { order: 'k' })];
    test.do({ message: 'Paid', correlationKey: 'k', id: 'm1' });
    expect([test.status(first), test.status(second)]).to.deep.equal(['completed', 'active']);
    test.do({ message: 'Paid', correlationKey: 'k', id: 'm1' });
    expect(test.status(second)).to.equal('active');
    test.do({ message: 'Paid', correlationKey: 'k', id: 'm2' });
    expect(test.status(second)).to.equal('completed');
  });

  it('A message that came before the case waits for it is taken when it does (trap 19)', async () => {
    const test = await inWorld(WAIT);
    test.do({ message: 'Paid', correlationKey: 'k', id: 'm1', variables: { amount: 5 } });
    const stream = test.start('P', { order: 'k' });
    expect([test.status(stream), test.variables(stream)]).to.deep.equal(['completed', { order: 'k', amount: 5 }]);
  });

  it('A message that has expired is not taken any more', async () => {
    const test = await inWorld(WAIT);
    test.do({ message: 'Paid', correlationKey: 'k', id: 'm1' }, { advance: 'PT61M' });
    expect(test.status(test.start('P', { order: 'k' }))).to.equal('active');
  });

  it('One message is consumed by one catch event of a case, not by the next one too (trap 18)', async () => {
    const test = await inWorld('start -> catch One message=Paid key=k -> catch Two message=Paid key=k -> end');
    const stream = test.start('P');
    test.do({ message: 'Paid', correlationKey: 'k', id: 'm1' });
    expect([test.path(stream), test.status(stream)]).to.deep.equal([['start', 'One'], 'active']);
  });

  it('A message start event makes one case for each message', async () => {
    const test = await inWorld('start Letter message=Letter -> user Read -> end');
    test.do({ message: 'Letter', id: 'm1', variables: { n: 1 } }, { message: 'Letter', id: 'm1' }, { message: 'Letter', id: 'm2' });
    expect(test.cases('P')).to.have.length(2);
    expect(test.variables(test.cases('P')[0]!)).to.deep.equal({ n: 1 });
  });

  it('Without a correlation key a thrown message stays in its conversation: pools meet by message flow alone', async () => {
    const test = await inWorld(`
      process Citizen
      start -> send Ask message=Application -> catch Hear message=Answer key="=string(number)" -> end
      process Office
      start Received message=Application -> user Decide -> end Reply message=Answer`);
    const citizen = test.start('Citizen', { number: 7 });
    const [office = ''] = test.cases('Office');
    expect(test.world.instances.get(office)?.conversation).to.equal(citizen);
    test.do({ complete: 'Decide' });
    expect([test.status(office), test.status(citizen)]).to.deep.equal(['completed', 'completed']);
  });

  it('An answer without a correlation key finds the case that asked, among many, by the conversation', async () => {
    const test = await inWorld(`
      process Citizen
      start -> send Ask message=Application -> catch Hear message=Answer -> end
      process Office
      start Received message=Application -> user Decide -> end Reply message=Answer
      Ask => Received
      Reply => Hear`);
    const [first, second] = [test.start('Citizen', { n: 1 }), test.start('Citizen', { n: 2 })];
    expect(test.cases('Office').map((stream) => test.variables(stream)['n'])).to.deep.equal([1, 2]);
    test.do({ complete: 'Decide', index: 1, variables: { answer: 'yes' } });
    expect([test.status(first), test.status(second)]).to.deep.equal(['active', 'completed']);
    expect(test.variables(second)).to.deep.equal({ n: 2, answer: 'yes' });
  });

  it('A case that goes another way closes its subscription; the message goes to nobody', async () => {
    const test = await inWorld(`
      start -> first Which -> catch Paid message=Paid key=k -> end A
      Which -> catch Late after=PT1M -> end B`);
    const stream = test.start('P');
    test.do({ advance: 'PT2M' }, { message: 'Paid', correlationKey: 'k', id: 'm1' });
    expect(test.path(stream)).to.include('B').and.not.include('A');
    expect(test.types()).to.include('SubscriptionClosed');
  });
});
