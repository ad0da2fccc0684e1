/** Rooms without a network: who is in them is said by the test, what is told is kept. */
import type { Rooms } from '../../../server/http/contract/rooms.ts';

export class FakeRooms implements Rooms {
  readonly told: { readonly room: string; readonly event: string; readonly body: object; readonly volatile: boolean }[] = [];
  rechecks = 0;
  #rooms: Set<string>;

  constructor(...rooms: readonly string[]) {
    this.#rooms = new Set(rooms);
  }

  /** From now on only these have somebody in them. */
  fill(...rooms: readonly string[]): void {
    this.#rooms = new Set(rooms);
  }

  get occupied(): boolean {
    return this.#rooms.size > 0;
  }

  has(room: string): boolean {
    return this.#rooms.has(room);
  }

  ids(name: string): string[] {
    return [...this.#rooms].filter((room) => room.startsWith(`${name}:`)).map((room) => room.slice(name.length + 1));
  }

  tell(room: string, event: string, body: object, volatile = false): void {
    this.told.push({ room, event, body, volatile });
  }

  recheck(): void {
    this.rechecks += 1;
  }
}
