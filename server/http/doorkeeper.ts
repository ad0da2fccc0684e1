/** Who may be in which room of the live connection: the rule of the room, applied by the same decision as for routes. */
import { fill } from '../../engine/index.ts';
import type { Person } from '../ports/directory.ts';
import { authorise } from './access.ts';
import { parseRoom } from './contract/rooms.ts';
import type { RoomName } from './contract/rooms.ts';
import { RULES, needsResource } from './contract/rules.ts';
import type { CaseResource, Resource } from './contract/rules.ts';
import { LIVE_ERRORS } from './errors.ts';
import type { LiveCode } from './errors.ts';

/** Finds the case a room is about; undefined when there is none. */
export type LocateRoom = (stream: string) => Promise<CaseResource | undefined>;

/** Somebody is not let in; told to the client as code and message. */
export class LiveRefusal extends Error {
  override readonly name = 'LiveRefusal';
  readonly code: LiveCode;
  readonly hint: string;

  constructor(code: LiveCode, values: Readonly<Record<string, string | number>> = {}) {
    super(fill(LIVE_ERRORS[code].message, values));
    this.code = code;
    this.hint = LIVE_ERRORS[code].hint;
  }
}

export class Doorkeeper {
  readonly #locate: LocateRoom;
  readonly #most: number;

  constructor(locate: LocateRoom, most: number) {
    this.#locate = locate;
    this.#most = most;
  }

  /** The name of the room; throws LIVE_ROOM_UNKNOWN, LIVE_ROOM_REFUSED, LIVE_ROOMS_MANY. `others`: rooms this connection is in. */
  async admit(person: Person, asked: unknown, others: number): Promise<string> {
    const known = typeof asked === 'string' && asked.length <= 300 ? parseRoom(asked) : undefined;
    if (known === undefined) throw new LiveRefusal('LIVE_ROOM_UNKNOWN', { room: String(asked).slice(0, 200) });
    if (others >= this.#most) throw new LiveRefusal('LIVE_ROOMS_MANY', { limit: this.#most });
    const { name, access } = known.room;
    const resource = needsResource(access) ? await this.#resource(name, known.id) : undefined;
    // What is not there and what is closed look the same.
    if (resource === 'none' || authorise(access, person, resource) !== 'granted') throw new LiveRefusal('LIVE_ROOM_REFUSED', { room: String(asked), says: RULES[access].says });
    return String(asked);
  }

  async #resource(name: RoomName, id: string): Promise<Resource | 'none'> {
    if (name === 'person' || name === 'group') return { kind: name, id };
    return await this.#locate(id) ?? 'none';
  }
}
