// How a process of the server is asked to end: once by two copies of a signal, at once by a second asking.
import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { endAtSignal } from '../../server/ending.ts';

describe('Ending at a signal', () => {
  let now: number;
  let told: string[];
  let own: EventEmitter & { exit: (code: number) => void };
  let ended: Promise<void>;
  let stopped: () => void;

  beforeEach(() => {
    now = 0;
    told = [];
    own = Object.assign(new EventEmitter(), { exit: (code: number) => { told.push(`exit ${String(code)}`); } });
    const stop = new Promise<void>((resolve) => { stopped = resolve; });
    const log = { info: () => {}, error: () => {} };
    ended = endAtSignal({ stop: () => stop, boundMs: 600_000, log: log as never, onFirst: () => { told.push('asked'); }, process: own, now: () => now });
  });
  afterEach(async () => {
    stopped();
    await ended;
  });

  for (const signal of ['SIGTERM', 'SIGINT']) {
    it(`${signal} to the whole group, handed on once more by who started the server, is one asking`, async () => {
      own.emit(signal);
      now = 999;
      own.emit(signal);
      await new Promise(setImmediate);
      expect(told).to.deep.equal(['asked']);
    });

    it(`${signal} again after a second ends at once`, async () => {
      own.emit(signal);
      now = 1_000;
      own.emit(signal);
      await new Promise(setImmediate);
      expect(told).to.have.members(['asked', 'exit 143']);
    });
  }

  it('Another signal ends at once', async () => {
    own.emit('SIGTERM');
    own.emit('SIGINT');
    await new Promise(setImmediate);
    expect(told).to.have.members(['asked', 'exit 143']);
  });
});
