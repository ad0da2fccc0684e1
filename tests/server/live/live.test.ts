/** Who is told of what: rooms of people, groups and cases, once in a while, after the lists know it. */
import { expect } from 'chai';
import type { InstanceEvent } from '../../../engine/index.ts';
import { createLiveChanges } from '../../../server/live/index.ts';
import type { DecodedRecord, DomainEvent } from '../../../server/runtime/types.ts';
import { FakeRooms } from './fake-rooms.ts';

const OFFER: InstanceEvent = { type: 'UserTaskCreated', id: 4, elementId: 'check', priority: 50, candidateGroups: ['hr', 'registry'], candidateUsers: ['ana'] };

class Desk {
  readonly rooms: FakeRooms;
  readonly changes = createLiveChanges();
  readonly settled: number[] = [];
  readonly histories = new Map<string, DecodedRecord[]>();
  readonly failures: unknown[] = [];
  readonly stop: () => void;
  #position = 0;

  constructor(...rooms: readonly string[]) {
    this.rooms = new FakeRooms(...rooms);
    this.stop = this.changes.start({
      settled: async (position) => { this.settled.push(position); return true; },
      history: async (stream) => this.histories.get(stream) ?? [],
    }, this.rooms, (error) => { this.failures.push(error); });
  }

  record(stream: string, ...events: readonly DomainEvent[]): DecodedRecord {
    this.#position += 1;
    const record: DecodedRecord = { stream, position: this.#position, index: 0, version: 1, commandType: 'x', at: '2026-01-05T09:00:00.000Z', actor: { person: 'x' }, events, erased: false };
    this.changes.projection.apply(record);
    return record;
  }

  /** What was told since the last time, by room. */
  async told(): Promise<Record<string, unknown>> {
    await new Promise((resolve) => { setTimeout(resolve, 320); });
    return Object.fromEntries(this.rooms.told.splice(0).map(({ room, event, body }) => [room, [event, (body as { readonly added?: unknown }).added]]));
  }
}

describe('Live: what changed, for whom', () => {
  let desk: Desk;
  afterEach(() => {
    desk.stop();
    expect(desk.failures).to.deep.equal([]);
  });

  it('An offered task is told to its groups and people with its id and nothing else, after the lists include it.', async () => {
    desk = new Desk('group:hr', 'group:registry', 'group:other', 'person:ana', 'person:ben');
    desk.record('case', OFFER);
    expect(desk.rooms.told).to.deep.equal([]);
    expect(await desk.told()).to.deep.equal({ 'group:hr': ['tasks-changed', ['case/4']], 'group:registry': ['tasks-changed', ['case/4']], 'person:ana': ['tasks-changed', ['case/4']] });
    expect(desk.settled).to.deep.equal([1]);
  });

  it('Claiming, releasing, completing and cancelling are told to everybody the task was offered to or held by.', async () => {
    desk = new Desk('group:hr', 'person:ana', 'person:ben');
    desk.record('case', OFFER);
    await desk.told();
    const everybody = { 'group:hr': ['tasks-changed', []], 'person:ana': ['tasks-changed', []], 'person:ben': ['tasks-changed', []] };
    for (const event of [{ type: 'UserTaskClaimed', id: 4, person: 'ben' }, { type: 'UserTaskReleased', id: 4, person: 'ben' }, { type: 'UserTaskCompleted', id: 4, elementId: 'check', person: 'ana' }, { type: 'UserTaskCanceled', id: 4 }]) {
      desk.record('case', event);
      expect(await desk.told(), event.type).to.deep.equal(everybody);
    }
  }).timeout(60_000);

  it('Of a task that was offered before anybody listened, the history of its case says to whom.', async () => {
    desk = new Desk('group:hr', 'person:ben');
    desk.histories.set('case', [{ stream: 'case', position: 1, index: 0, version: 1, commandType: 'x', at: '', actor: { person: 'x' }, events: [OFFER, { type: 'UserTaskClaimed', id: 4, person: 'ben' } as DomainEvent], erased: false }]);
    desk.record('case', { type: 'UserTaskCanceled', id: 4 } as DomainEvent);
    expect(await desk.told()).to.deep.equal({ 'group:hr': ['tasks-changed', []], 'person:ben': ['tasks-changed', []] });
  });

  it('A task the model names nobody for is told to everybody.', async () => {
    desk = new Desk('person:ana', 'person:ben', 'group:hr');
    desk.record('case', { type: 'UserTaskCreated', id: 1, elementId: 'x', priority: 50 } as DomainEvent);
    expect(await desk.told()).to.deep.equal({ 'person:ana': ['tasks-changed', ['case/1']], 'person:ben': ['tasks-changed', ['case/1']] });
  });

  it('Many changes are one notification of each room, with at most twenty ids.', async () => {
    desk = new Desk('group:hr');
    for (let id = 1; id <= 50; id += 1) desk.record(`case${id}`, { ...OFFER, id } as DomainEvent);
    const told = await desk.told();
    expect(Object.keys(told)).to.deep.equal(['group:hr']);
    expect((told['group:hr'] as [string, string[]])[1]).to.have.length(20);
  });

  it('An open page of a case is told of every record of it; a change of people asks every right again.', async () => {
    desk = new Desk('case:one');
    desk.record('one', { type: 'VariablesWritten' });
    desk.record('two', { type: 'VariablesWritten' });
    desk.record('person/ana', { type: 'RolesGranted' });
    expect(await desk.told()).to.deep.equal({ 'case:one': ['case-changed', undefined] });
    expect(desk.rooms.rechecks).to.equal(1);
  });

  it('While nobody listens nothing is kept and nothing is read.', async () => {
    desk = new Desk();
    desk.record('case', OFFER);
    expect(await desk.told()).to.deep.equal({});
    expect(desk.settled).to.deep.equal([]);
  });
});
