/** The browser's end of the live connection: one socket per page, rooms that are joined again by themselves, and the age of what is shown. */
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';

/** `paused`: nothing has been heard; what is shown is of `since` (ms since 1970). `ended`: the session is over, nothing will come any more. */
export interface LiveState {
  readonly status: 'connecting' | 'live' | 'paused' | 'ended';
  readonly since: number;
}

export interface Listener {
  /** Something was told in the room; `event` names what. */
  changed(notice: object, event: string): void;
  /** What is shown may be out of date: read it afresh. After the first join at once, after a gap within three seconds. */
  lost(): void;
}

export interface Live {
  /** Joins a room; answers the way to leave it. */
  join(room: string, listener: Listener): () => void;
  readonly state: { readonly value: LiveState; subscribe(listener: (state: LiveState) => void): () => void };
}

const SILENCE_MS = 45_000;
const WATCH_MS = 5_000;
const JITTER_MS = 3_000;
const CROWDED_MS = 30_000;

let shared: Live | undefined;

/** The connection of this page; made at the first call. */
export function connectLive(): Live {
  return shared ??= new Connection();
}

interface Joined {
  readonly listeners: Set<Listener>;
  /** Joined once already: the next time there was a gap. */
  before: boolean;
}

class Connection implements Live {
  readonly #socket: Socket;
  readonly #rooms = new Map<string, Joined>();
  readonly #watchers = new Set<(state: LiveState) => void>();
  #value: LiveState = { status: 'connecting', since: Date.now() };
  #heard = Date.now();

  constructor() {
    this.#socket = io({ path: '/live', transports: ['websocket', 'polling'], tryAllTransports: true, reconnectionDelayMax: 10_000 });
    this.#socket.on('connect', () => { this.#connected(); });
    this.#socket.on('disconnect', () => { this.#set('paused'); });
    this.#socket.on('connect_error', (error: Error & { readonly data?: { readonly code?: string } }) => { this.#refused(error.data?.code); });
    this.#socket.on('ended', () => { this.#set('ended'); });
    this.#socket.onAny((event: string, notice: unknown) => { this.#hear(event, notice); });
    setInterval(() => { if (this.#value.status === 'live' && Date.now() - this.#heard > SILENCE_MS) this.#set('paused'); }, WATCH_MS);
  }

  get state(): Live['state'] {
    return {
      value: this.#value,
      subscribe: (listener) => {
        this.#watchers.add(listener);
        listener(this.#value);
        return () => { this.#watchers.delete(listener); };
      },
    };
  }

  join(room: string, listener: Listener): () => void {
    const known = this.#rooms.get(room);
    const joined = known ?? { listeners: new Set(), before: false };
    joined.listeners.add(listener);
    this.#rooms.set(room, joined);
    if (known === undefined && this.#socket.connected) this.#enter(room);
    return () => {
      joined.listeners.delete(listener);
      if (joined.listeners.size > 0) return;
      this.#rooms.delete(room);
      if (this.#socket.connected) this.#socket.emit('leave', room);
    };
  }

  #connected(): void {
    this.#heard = Date.now();
    this.#set('live');
    // A recovered connection is still in its rooms and gets what it missed.
    for (const [room, { before }] of this.#rooms) if (!this.#socket.recovered || !before) this.#enter(room);
  }

  #enter(room: string): void {
    this.#socket.emit('join', room, ({ joined }: { readonly joined: boolean }) => {
      const entry = this.#rooms.get(room);
      if (!joined || entry === undefined) return;
      // After the server was away everybody comes back at once: they do not all ask at once.
      const wait = entry.before ? Math.random() * JITTER_MS : 0;
      entry.before = true;
      setTimeout(() => { for (const listener of entry.listeners) listener.lost(); }, wait);
    });
  }

  #hear(event: string, notice: unknown): void {
    this.#heard = Date.now();
    if (this.#value.status === 'paused' && this.#socket.connected) this.#set('live');
    if (typeof notice !== 'object' || notice === null || !('room' in notice)) return;
    for (const listener of this.#rooms.get(String(notice.room))?.listeners ?? []) listener.changed(notice, event);
  }

  #refused(code: string | undefined): void {
    this.#set(code === 'LIVE_SIGNED_OUT' ? 'ended' : 'paused');
    // Refused by the server, not by the network: the client does not try again by itself.
    if (code !== undefined && code !== 'LIVE_SIGNED_OUT') setTimeout(() => { this.#socket.connect(); }, CROWDED_MS);
  }

  #set(status: LiveState['status']): void {
    if (this.#value.status === status || this.#value.status === 'ended') return;
    this.#value = { status, since: status === 'live' ? Date.now() : this.#heard };
    for (const watcher of this.#watchers) watcher(this.#value);
  }
}
