// The stream of a signal: subscriptions, broadcasts, pieces (BPMN 2.0.2, 10.5.5).
import { expect } from 'chai';
import { decideSignals, evolveSignals, newSignals } from '../../../engine/correlation/signals.ts';
import type { SignalCommand, SignalEvent, SignalState } from '../../../engine/correlation/signals.ts';
import { isRejection } from '../../../engine/errors.ts';
import { FACTS } from '../support/checked.ts';

class Stream {
  readonly state: SignalState = newSignals('signal/x');
  readonly events: SignalEvent[] = [];

  give(command: SignalCommand): readonly SignalEvent[] {
    const outcome = decideSignals(this.state, command, FACTS);
    if (isRejection(outcome)) throw new Error(`Expected ${command.type} to be accepted, but: ${outcome.code}`);
    this.events.push(...outcome);
    expect(this.state, 'the state is the fold of the events').to.deep.equal(this.events.reduce(evolveSignals, newSignals('signal/x')));
    return outcome;
  }

  refused(command: SignalCommand): string {
    const outcome = decideSignals(this.state, command, FACTS);
    return isRejection(outcome) ? outcome.code : 'accepted';
  }
}

const open = (subscriber: string, stays = false): SignalCommand => ({ type: 'OpenSignalSubscription', subscriber, open: stays });
const close = (subscriber: string): SignalCommand => ({ type: 'CloseSignalSubscription', subscriber });
const broadcast = (signalId: string, more: Partial<Extract<SignalCommand, { type: 'BroadcastSignal' }>> = {}): SignalCommand => ({ type: 'BroadcastSignal', signalId, name: 'x', variables: {}, starts: [], ...more });
const reached = (events: readonly SignalEvent[]): string[] => events.flatMap((event) => (event.type === 'SignalDelivered' ? [event.subscriber] : []));

describe('Engine: the stream of a signal', () => {
  it('A broadcast reaches exactly the subscriptions open before it, once each', () => {
    const stream = new Stream();
    stream.give(open('a/1'));
    stream.give(open('b/1', true));
    expect(reached(stream.give(broadcast('s1')))).to.deep.equal(['a/1', 'b/1']);
    stream.give(open('c/1'));
    expect(reached(stream.give(broadcast('s2')))).to.deep.equal(['b/1', 'c/1']);
  });

  it('A second broadcast of the same id reaches nobody, for ever', () => {
    const stream = new Stream();
    stream.give(broadcast('s1'));
    stream.give(open('a/1'));
    expect(stream.refused(broadcast('s1'))).to.equal('SIGNAL_KNOWN');
  });

  it('A closed subscription is not reached, and a second delivery of opening or closing changes nothing', () => {
    const stream = new Stream();
    stream.give(open('a/1'));
    expect(stream.refused(open('a/1'))).to.equal('CORRELATION_SUBSCRIPTION_KNOWN');
    stream.give(close('a/1'));
    expect(stream.refused(close('a/1'))).to.equal('CORRELATION_SUBSCRIPTION_NOT_FOUND');
    expect(reached(stream.give(broadcast('s1')))).to.deep.equal([]);
  });

  it('A large broadcast is delivered in pieces; who comes in between is not reached, who leaves is left out', () => {
    const stream = new Stream();
    for (let number = 0; number < 12; number += 1) stream.give(open(`a/${String(number)}`));
    const first = stream.give(broadcast('s1', { variables: { text: 'x'.repeat(50_000) } }));
    expect(first.at(-1)?.type).to.equal('SignalDeliveryPaused');
    stream.give(open('late/1'));
    stream.give(close('a/11'));
    const all = [...reached(first)];
    for (let turn = 0; turn < 10 && stream.state.broadcasts.has('s1'); turn += 1) all.push(...reached(stream.give({ type: 'DeliverSignal', signalId: 's1' })));
    expect(new Set(all).size).to.equal(all.length);
    expect(all).not.to.include('late/1').and.not.to.include('a/11');
    expect(stream.refused({ type: 'DeliverSignal', signalId: 's1' })).to.equal('SIGNAL_NOTHING_TO_DELIVER');
  });

  it('It starts a case of each process that begins with it', () => {
    const [, started] = new Stream().give(broadcast('s1', { starts: [{ processId: 'P', version: 2, startElementId: 'S' }] }));
    expect(started).to.include({ type: 'SignalStartRequested', processId: 'P', version: 2, startElementId: 'S' });
  });

  it('Too large or too deep variables are refused', () => {
    const stream = new Stream();
    let deep: unknown = 1;
    for (let level = 0; level < 600; level += 1) deep = [deep];
    expect(stream.refused(broadcast('s1', { variables: { deep: deep as never } }))).to.equal('INSTANCE_VARIABLES_TOO_DEEP');
    expect(stream.refused(broadcast('s1', { variables: { text: 'x'.repeat(5_000_000) } }))).to.equal('INSTANCE_VARIABLES_TOO_LARGE');
  });
});
