// Message storms: many messages, many who wait, one name and key. What is offered to whom is what a plain reading of the rule gives, at a cost that does not grow with the storm.
import { expect } from 'chai';
import fc from 'fast-check';
import { evolveCorrelation, newCorrelation } from '../../../engine/correlation/correlation.ts';
import type { CorrelationCommand, CorrelationEvent, CorrelationState } from '../../../engine/correlation/correlation.ts';
import { decideCorrelation } from '../../../engine/correlation/decide-correlation.ts';
import { isRejection } from '../../../engine/errors.ts';
import { FACTS, same } from '../support/checked.ts';
import { inWorld } from '../support/in-world.ts';
import { metered } from '../support/metered.ts';

const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);

/** The rule without any index: after each step every message is offered, of each process, to the oldest subscription that is free. */
class Plain {
  readonly subscriptions: { subscriber: string; processId: string; asked: string | undefined }[] = [];
  readonly messages: { messageId: string; lives: boolean; readonly served: Set<string> }[] = [];

  give(command: CorrelationCommand): string[] {
    const offers: string[] = [];
    const offer = (message: (typeof this.messages)[number], fresh: boolean): void => {
      for (const subscription of fresh || message.lives ? this.subscriptions : []) {
        if (subscription.asked !== undefined || message.served.has(subscription.processId)) continue;
        subscription.asked = message.messageId;
        message.served.add(subscription.processId);
        offers.push(`${message.messageId} ${subscription.subscriber}`);
      }
    };
    if (command.type === 'PublishMessage') {
      const message = { messageId: command.messageId, lives: command.timeToLive !== 'PT0S', served: new Set<string>() };
      this.messages.push(message);
      offer(message, true);
    } else if (command.type === 'OpenSubscription') {
      this.subscriptions.push({ subscriber: command.subscriber, processId: command.processId, asked: undefined });
      for (const message of this.messages) offer(message, false);
    } else if (command.type === 'CloseSubscription') this.#remove(command.subscriber);
    else if (command.type === 'AcceptMessage' || command.type === 'DeclineMessage') this.#answer(command, offer);
    return offers;
  }

  #answer(command: Extract<CorrelationCommand, { type: 'AcceptMessage' | 'DeclineMessage' }>, offer: (message: (typeof this.messages)[number], fresh: boolean) => void): void {
    const subscription = this.subscriptions.find(({ subscriber }) => subscriber === command.subscriber)!;
    if (command.type === 'AcceptMessage' && command.open) subscription.asked = undefined;
    else this.#remove(command.subscriber);
    if (command.type === 'DeclineMessage') this.messages.find(({ messageId }) => messageId === command.messageId)?.served.delete(subscription.processId);
    for (const message of this.messages) offer(message, command.type === 'DeclineMessage' && message.messageId === command.messageId);
  }

  #remove(subscriber: string): void {
    this.subscriptions.splice(this.subscriptions.findIndex((other) => other.subscriber === subscriber), 1);
  }
}

/** Commands that are accepted as the stream stands, chosen by numbers. */
function nextCommand(state: CorrelationState, number: number, count: number): CorrelationCommand {
  const asked = [...state.subscriptions].filter(([, subscription]) => subscription.asked !== undefined);
  const free = [...state.subscriptions].filter(([, subscription]) => subscription.asked === undefined);
  const [subscriber, subscription] = asked[(number >> 6) % Math.max(1, asked.length)] ?? [];
  const answer = subscriber !== undefined && { messageId: subscription?.asked ?? '', subscriber };
  switch (number % 8) {
    case 0: case 1: return { type: 'PublishMessage', messageId: `m${String(count)}`, name: 'Paid', correlationKey: '1', variables: {}, timeToLive: number % 16 < 8 ? 'P1D' : 'PT0S', starts: [] };
    case 2: case 3: if (answer) return { type: 'AcceptMessage', ...answer, open: number % 16 < 8 }; break;
    case 4: if (answer) return { type: 'DeclineMessage', ...answer }; break;
    case 5: if (free.length > 0) return { type: 'CloseSubscription', subscriber: free[(number >> 6) % free.length]?.[0] ?? '' }; break;
  }
  return { type: 'OpenSubscription', subscriber: `case${String(count)}/1`, processId: ['P', 'Q', 'R'][(number >> 4) % 3] ?? 'P', name: 'Paid', correlationKey: '1' };
}

/** Answers the events; fails when the command is refused. */
function give(state: CorrelationState, command: CorrelationCommand): readonly CorrelationEvent[] {
  const outcome = decideCorrelation(state, command, FACTS);
  if (isRejection(outcome)) throw new Error(outcome.message);
  return outcome;
}

const publish = (index: number): CorrelationCommand => ({ type: 'PublishMessage', messageId: `m${String(index)}`, name: 'Paid', correlationKey: '1', variables: {}, timeToLive: 'P1D', starts: [] });
const open = (index: number): CorrelationCommand => ({ type: 'OpenSubscription', subscriber: `case${String(index)}/1`, processId: 'P', name: 'Paid', correlationKey: '1' });

/** How much more ten times as much looks at in the state than ten times. */
function growth(storm: (n: number, seen: (state: CorrelationState) => CorrelationState) => void): number {
  const [small = 0, large = 0] = [100, 1_000].map((n) => {
    const meter = { looks: 0 };
    storm(n, (state) => metered(state, meter));
    return meter.looks;
  });
  return large / small / 10;
}

describe('Engine: message storms', () => {
  before(() => { console.log(`  Engine message storms: PITON_SEED=${String(SEED)}`); });

  it('Whatever comes in whatever order, each message is offered to the oldest free subscription of each process, as a plain reading of the rule says', () => {
    fc.assert(fc.property(fc.array(fc.nat(2 ** 16), { maxLength: 150 }), (numbers) => {
      const state = newCorrelation('message/x');
      const plain = new Plain();
      const events: CorrelationEvent[] = [];
      numbers.forEach((number, count) => {
        const command = nextCommand(state, number, count);
        const outcome = give(state, command);
        events.push(...outcome);
        expect(outcome.flatMap((event) => (event.type === 'MessageOffered' ? [`${event.messageId} ${event.subscriber}`] : [])), command.type).to.deep.equal(plain.give(command));
      });
      same(events.reduce(evolveCorrelation, newCorrelation('message/x')), state, 'the state is the fold of the events');
    }), { seed: SEED, numRuns: 1_500, interruptAfterTimeLimit: 2_000 });
  }).timeout(60_000);

  it('A storm of messages that nobody awaits is kept, and taken one after the other, at the same cost each', () => {
    expect(growth((n, seen) => {
      const state = seen(newCorrelation('message/x'));
      for (let index = 0; index < n; index += 1) give(state, publish(index));
      give(state, open(0));
      for (let index = 0; index < n; index += 1) give(state, { type: 'AcceptMessage', messageId: `m${String(index)}`, subscriber: 'case0/1', open: true });
      expect(state.subscriptions.get('case0/1')?.asked).to.equal(undefined);
    }), 'cost of one').to.be.within(0.8, 1.5);
  }).timeout(60_000);

  it('A storm of messages for as many cases that wait with one key reaches each once, at the same cost each', () => {
    expect(growth((n, seen) => {
      const state = seen(newCorrelation('message/x'));
      for (let index = 0; index < n; index += 1) give(state, open(index));
      for (let index = 0; index < n; index += 1) {
        expect(give(state, publish(index)).filter(({ type }) => type === 'MessageOffered')).to.have.length(1);
        give(state, { type: 'AcceptMessage', messageId: `m${String(index)}`, subscriber: `case${String(index)}/1`, open: false });
      }
      expect(state.subscriptions.size).to.equal(0);
    }), 'cost of one').to.be.within(0.8, 1.5);
  }).timeout(60_000);

  it('A storm of messages at one case makes one occurrence each, and the case is none the worse for it', async () => {
    const test = await inWorld('start -> user Work -> end\nboundary Note on=Work message=Paid key="=id" beside -> end Told');
    const stream = test.start('P', { id: '1' });
    for (let index = 0; index < 2_000; index += 1) test.world.publish('Paid', '1', {}, `m${String(index)}`, 'PT0S');
    expect(test.path(stream).filter((id) => id === 'Told')).to.have.length(2_000);
    expect(test.world.instances.get(stream)?.elements.size).to.equal(2);
  }).timeout(60_000);
});
