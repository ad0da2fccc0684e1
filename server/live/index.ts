/** Tells people, groups and open pages of a case that something changed, from the records as they are folded: the notifications of the live connection. */
import type { InstanceEvent, UserTaskCreated, UserTaskUpdated } from '../../engine/index.ts';
import { roomOf } from '../http/contract/rooms.ts';
import type { CaseChanged, Rooms, TasksChanged } from '../http/contract/rooms.ts';
import type { DecodedRecord, Projection, Runtime } from '../runtime/types.ts';
import { streamKind } from '../runtime/types.ts';

const FLUSH_MS = 250;
/** Tasks whose rooms are remembered from their creation to their end; others are looked up in the history of their case. */
const REMEMBERED = 20_000;
/** More tasks than this in one flush are told without looking up who else was offered them. */
const LOOKED_UP = 200;
const TOLD = 20;
/** Stands for every person's room: a task the model names nobody for. */
const EVERYBODY = '*';

export interface LiveChanges {
  /** Marks what changed; writes nothing. */
  readonly projection: Projection;
  /** From now on rooms are told. Answers the way to stop. */
  start(runtime: Pick<Runtime, 'settled' | 'history'>, rooms: Rooms, onFailure: (error: unknown) => void): () => void;
}

/** What happened to one task since the last flush: the rooms that are known, and whether more may exist. */
interface Touched {
  readonly rooms: Set<string>;
  created: boolean;
  complete: boolean;
}

export function createLiveChanges(): LiveChanges {
  const changes = new Changes();
  return { projection: { name: 'live', apply: (record) => { changes.mark(record); } }, start: (runtime, rooms, onFailure) => changes.start(runtime, rooms, onFailure) };
}

class Changes {
  readonly #rooms = new Map<string, readonly string[]>();
  #tasks = new Map<string, Touched>();
  #cases = new Set<string>();
  #position = 0;
  #people = false;
  #live: { readonly runtime: Pick<Runtime, 'settled' | 'history'>; readonly rooms: Rooms; readonly onFailure: (error: unknown) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;

  start(runtime: Pick<Runtime, 'settled' | 'history'>, rooms: Rooms, onFailure: (error: unknown) => void): () => void {
    this.#live = { runtime, rooms, onFailure };
    return () => {
      clearTimeout(this.#timer);
      this.#live = undefined;
    };
  }

  /** Costs next to nothing while nobody listens; else a few entries in maps. */
  mark(record: DecodedRecord): void {
    if (this.#live === undefined || !this.#live.rooms.occupied) return;
    const kind = streamKind(record.stream);
    if (kind === 'person' || kind === 'organization') this.#people = true;
    else if (kind !== 'instance') return;
    else {
      for (const event of record.events as readonly InstanceEvent[]) this.#markEvent(record.stream, event);
      if (this.#live.rooms.has(roomOf('case', record.stream))) this.#cases.add(record.stream);
    }
    this.#position = record.position;
    this.#timer ??= setTimeout(() => { void this.#flush(); }, FLUSH_MS);
  }

  #markEvent(stream: string, event: InstanceEvent): void {
    switch (event.type) {
      case 'UserTaskCreated': {
        const rooms = roomsOf(event);
        this.#remember(`${stream}/${event.id}`, rooms);
        this.#touch(stream, event.id, rooms, true);
        return;
      }
      case 'UserTaskUpdated': this.#touch(stream, event.id, [...roomsOf(event), ...(event.withdrawn === undefined ? [] : [roomOf('person', event.withdrawn)])], false); return;
      case 'UserTaskClaimed': case 'UserTaskAssigned': case 'UserTaskDelegated': case 'UserTaskResolved': case 'UserTaskReleased': case 'UserTaskReturned': case 'UserTaskCompleted':
        this.#touch(stream, event.id, [roomOf('person', event.person)], false);
        return;
      case 'UserTaskCanceled': this.#touch(stream, event.id, [], false); return;
      default:
    }
  }

  #touch(stream: string, id: number, rooms: readonly string[], created: boolean): void {
    const task = `${stream}/${id}`;
    const touched = this.#tasks.get(task) ?? { rooms: new Set<string>(), created: false, complete: false };
    const known = this.#rooms.get(task);
    for (const room of [...rooms, ...known ?? []]) touched.rooms.add(room);
    if (known !== undefined) touched.complete = true;
    // Who is given a task later must hear of its end as well.
    if (known !== undefined && rooms.some((room) => !known.includes(room))) this.#remember(task, [...new Set([...known, ...rooms])]);
    if (created) touched.created = true;
    this.#tasks.set(task, touched);
  }

  #remember(task: string, rooms: readonly string[]): void {
    if (this.#rooms.size >= REMEMBERED) this.#rooms.delete(this.#rooms.keys().next().value!);
    this.#rooms.set(task, rooms);
  }

  async #flush(): Promise<void> {
    const live = this.#live;
    const [tasks, cases, people, position] = [this.#tasks, this.#cases, this.#people, this.#position];
    this.#tasks = new Map();
    this.#cases = new Set();
    this.#people = false;
    this.#timer = undefined;
    if (live === undefined) return;
    try {
      // Who is told asks at once: the lists must know it by then.
      await live.runtime.settled(position);
      if (people) live.rooms.recheck();
      await this.#complete(tasks, live.runtime);
      for (const [room, added] of byRoom(tasks, () => live.rooms.ids('person').map((id) => roomOf('person', id)))) {
        if (live.rooms.has(room)) live.rooms.tell(room, 'tasks-changed', { room, position, added: added.slice(0, TOLD) } satisfies TasksChanged);
      }
      for (const stream of cases) {
        const room = roomOf('case', stream);
        live.rooms.tell(room, 'case-changed', { room, position } satisfies CaseChanged);
      }
    } catch (error) {
      live.onFailure(error);
    }
  }

  /** Tasks that were offered before anybody listened, or long ago: the history of their case says to whom. */
  async #complete(tasks: ReadonlyMap<string, Touched>, runtime: Pick<Runtime, 'history'>): Promise<void> {
    const missing = [...tasks.keys()].filter((task) => !tasks.get(task)!.complete).slice(0, LOOKED_UP);
    for (const stream of new Set(missing.map((task) => task.slice(0, task.lastIndexOf('/'))))) {
      for (const event of (await runtime.history(stream)).flatMap((record) => record.events as readonly InstanceEvent[])) {
        const touched = 'id' in event ? tasks.get(`${stream}/${event.id}`) : undefined;
        if (touched === undefined) continue;
        if (event.type === 'UserTaskCreated' || event.type === 'UserTaskUpdated') for (const room of roomsOf(event)) touched.rooms.add(room);
        if (event.type === 'UserTaskClaimed' || event.type === 'UserTaskAssigned' || event.type === 'UserTaskDelegated') touched.rooms.add(roomOf('person', event.person));
      }
    }
  }
}

function roomsOf({ assignee, candidateUsers = [], candidateGroups = [] }: UserTaskCreated | UserTaskUpdated): string[] {
  if (assignee === undefined && candidateUsers.length + candidateGroups.length === 0) return [EVERYBODY];
  return [...candidateGroups.map((id) => roomOf('group', id)), ...[...candidateUsers, ...(assignee === undefined ? [] : [assignee])].map((id) => roomOf('person', id))];
}

/** Room -> the tasks newly offered there. */
function byRoom(tasks: ReadonlyMap<string, Touched>, everybody: () => readonly string[]): Map<string, string[]> {
  const rooms = new Map<string, string[]>();
  for (const [task, { rooms: concerned, created }] of tasks) {
    for (const room of concerned.has(EVERYBODY) ? new Set([...concerned, ...everybody()]) : concerned) {
      const added = rooms.get(room) ?? [];
      if (created) added.push(task);
      rooms.set(room, added);
    }
  }
  return rooms;
}
