/** The rooms of the live connection: who may listen to what, and what is told there. They only tell that something changed; what it is, is asked for. */
import type { Room } from './route.ts';

/** Every room: its name is `path` with the id of a person, group, case or process in place of `{id}`. */
export const ROOMS = [
  { name: 'person', path: 'person:{id}', access: 'own-inbox', says: 'tasks-changed: a task the person is offered by name, holds or held has changed.' },
  { name: 'group', path: 'group:{id}', access: 'group-inbox', says: 'tasks-changed: a task that is offered to the group has changed.' },
  { name: 'case', path: 'case:{id}', access: 'read-case', says: 'case-changed: something was recorded in the case.' },
  { name: 'monitor', path: 'monitor:{id}', access: 'monitor', says: 'frame: the counters of a procedure that have changed.' },
] as const satisfies readonly Room[];

export type RoomName = (typeof ROOMS)[number]['name'];

/** "case:abc" as its room and its id; undefined when there is no such room. */
export function parseRoom(room: string): { readonly room: (typeof ROOMS)[number]; readonly id: string } | undefined {
  const colon = room.indexOf(':');
  const known = ROOMS.find(({ name }) => name === room.slice(0, colon));
  return colon < 0 || known === undefined || room.length === colon + 1 ? undefined : { room: known, id: room.slice(colon + 1) };
}

export function roomOf(name: RoomName, id: string): string {
  return `${name}:${id}`;
}

/** `position`: lists and counts already include it. `added`: ids of tasks newly offered in this room, at most 20. */
export interface TasksChanged {
  readonly room: string;
  readonly position: number;
  readonly added: readonly string[];
}

export interface CaseChanged {
  readonly room: string;
  readonly position: number;
}

/** Told to every room of the monitor each 20 s: who has another number has missed a frame. */
export interface Beat {
  readonly room: string;
  readonly seq: number;
}

/** How a module tells rooms something; implemented by server/http/live.ts. */
export interface Rooms {
  /** False while nobody listens to anything: then nothing need be worked out. */
  readonly occupied: boolean;
  /** True when somebody is in the room. */
  has(room: string): boolean;
  /** The ids of the rooms of this name with somebody in them. */
  ids(name: RoomName): readonly string[];
  /** To everybody in the room. `volatile`: may be dropped for those whose connection is slow; they notice and ask. */
  tell(room: string, event: string, body: object, volatile?: boolean): void;
  /** People or roles have changed: every right to be where somebody is, is asked again. */
  recheck(): void;
}
