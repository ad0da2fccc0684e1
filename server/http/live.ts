/**
 * The live connection (socket.io 4 over RFC 6455): tells signed-in browsers that something changed. It changes nothing itself:
 * clients join and leave rooms, each decided by the rule of the room, again when people or roles change or a session ends.
 */
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { ServerOptions, Socket } from 'socket.io';
import type { Clock } from '../ports/clock.ts';
import type { Rooms } from './contract/rooms.ts';
import type { Session } from './contract/bind.ts';
import type { Sessions } from './contract/services.ts';
import { Doorkeeper, LiveRefusal } from './doorkeeper.ts';
import type { LocateRoom } from './doorkeeper.ts';
import { requireOwnOrigin } from './origin.ts';

export const LIVE_PATH = '/live';

const SOCKETS = 20;
const ROOMS_EACH = 40;
const MESSAGE_BYTES = 4_096;
const REQUESTS = 200;
const REQUESTS_MS = 10_000;
const BEAT_MS = 20_000;
/** How often sessions are looked at that nobody ended: their time may be up. */
const SWEEP_MS = 60_000;
const RECHECK_MS = 100;
const RECOVERY_MS = 120_000;
/** What nodes tell each other: look at your connections again. */
const RECHECK = 'recheck';

/** `origins`: further origins of our own pages. `locate`: finds what a room is about. `beatMs`, `recoveryMs`: tests only. */
export interface LiveOptions {
  readonly sessions: Pick<Sessions, 'peek' | 'onEnd'>;
  readonly clock: Clock;
  readonly locate: LocateRoom;
  readonly origins?: readonly string[];
  readonly beatMs?: number;
  readonly recoveryMs?: number;
  /** Of many nodes: the adapter of socket.io through which they tell each other that sessions have ended. */
  readonly adapter?: unknown;
  readonly onFailure: (error: unknown) => void;
}

export interface Live extends Rooms {
  /** Connections at this moment. */
  readonly sockets: number;
  /** Refuses new connections and ends those there are; the clients try again elsewhere. */
  close(): Promise<void>;
}

interface Seat {
  session: Session;
  readonly cookies: string;
}

type Client = Socket<Record<string, never>, Record<string, never>, Record<string, never>, Seat>;

/** Serves the live connection on `server` beside the pages. */
export function openLive(server: HttpServer, options: LiveOptions): Live {
  const live = new LiveConnection(server, options);
  return live;
}

class LiveConnection implements Live {
  readonly #io: Server;
  readonly #options: LiveOptions;
  readonly #doorkeeper: Doorkeeper;
  readonly #stops: (() => void)[];
  #rechecking: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(server: HttpServer, options: LiveOptions) {
    this.#options = options;
    this.#doorkeeper = new Doorkeeper(options.locate, ROOMS_EACH);
    this.#io = new Server(server, {
      path: LIVE_PATH, serveClient: false, maxHttpBufferSize: MESSAGE_BYTES, perMessageDeflate: false, httpCompression: false, connectTimeout: 10_000, allowEIO3: false,
      ...recoveryOf(options),
      allowRequest: (request, decide) => { this.#admitRequest(request, decide); },
    });
    this.#io.use((socket, next) => { this.#admit(socket as Client).then(() => { next(); }, (error: unknown) => { next(asError(error, options.onFailure)); }); });
    this.#io.on('connection', (socket) => { this.#welcome(socket as Client); });
    if (options.adapter !== undefined) this.#io.on(RECHECK, () => { this.recheck(); });
    const beat = setInterval(() => { this.#io.local.emit('beat', { at: options.clock.now() }); }, options.beatMs ?? BEAT_MS);
    const sweep = setInterval(() => { this.recheck(); }, SWEEP_MS);
    this.#stops = [() => { clearInterval(beat); }, () => { clearInterval(sweep); }, options.sessions.onEnd(() => { this.#sessionEnded(); })];
  }

  get sockets(): number {
    return this.#io.of('/').sockets.size;
  }

  get occupied(): boolean {
    return this.#io.of('/').sockets.size > 0;
  }

  has(room: string): boolean {
    return this.#io.of('/').adapter.rooms.has(room);
  }

  ids(name: string): string[] {
    const start = `${name}:`;
    return [...this.#io.of('/').adapter.rooms.keys()].filter((room) => room.startsWith(start)).map((room) => room.slice(start.length));
  }

  tell(room: string, event: string, body: object, volatile = false): void {
    // Every node tells its own clients, and when its own tables know: who is told asks the same node.
    const to = this.#io.local.to(room);
    (volatile ? to.volatile : to).emit(event, body);
  }

  #sessionEnded(): void {
    this.recheck();
    if (this.#options.adapter !== undefined && !this.#closing) this.#io.serverSideEmit(RECHECK);
  }

  /** Several causes close together are one look at everybody. */
  recheck(): void {
    if (this.#closing || !this.occupied) return;
    this.#rechecking ??= setTimeout(() => {
      this.#rechecking = undefined;
      for (const socket of this.#io.of('/').sockets.values()) this.#recheckOne(socket as Client).catch(this.#options.onFailure);
    }, RECHECK_MS);
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const stop of this.#stops) stop();
    clearTimeout(this.#rechecking);
    // The transports end, not the sockets: so clients know to come back, to the server that follows.
    this.#io.engine.close();
    await this.#io.of('/').adapter.close();
  }

  #admitRequest(request: IncomingMessage, decide: (message: string | null | undefined, admitted: boolean) => void): void {
    if (this.#closing) {
      decide('LIVE_CLOSING', false);
      return;
    }
    try {
      requireOwnOrigin({ host: request.headers.host ?? '', origin: request.headers.origin, fetchSite: oneOf(request.headers['sec-fetch-site']) }, this.#options.origins ?? []);
      decide(undefined, true);
    } catch {
      decide('LIVE_ORIGIN_FOREIGN', false);
    }
  }

  async #admit(socket: Client): Promise<void> {
    const cookies = socket.request.headers.cookie ?? '';
    const session = await this.#options.sessions.peek(cookies);
    if (session === undefined) throw new LiveRefusal('LIVE_SIGNED_OUT');
    const own = [...this.#io.of('/').sockets.values()].filter((other) => (other.data as Partial<Seat>).session?.person.id === session.person.id);
    if (own.length >= SOCKETS) throw new LiveRefusal('LIVE_SOCKETS_MANY', { limit: SOCKETS });
    socket.data = { session, cookies };
  }

  #welcome(socket: Client): void {
    let asked = 0;
    let since = performance.now();
    socket.use((_packet, next) => {
      if (performance.now() - since > REQUESTS_MS) [asked, since] = [0, performance.now()];
      asked += 1;
      if (asked <= REQUESTS) next();
      else end(socket, new LiveRefusal('LIVE_REQUESTS_MANY', { limit: REQUESTS }));
    });
    // One after the other: what a client asked for first is decided first.
    let turn = Promise.resolve();
    const inTurn = (work: () => Promise<void>): void => { turn = turn.then(work).catch(this.#options.onFailure); };
    const on = (event: string, listener: (...sent: unknown[]) => void): void => { (socket as unknown as Socket).on(event, listener); };
    on('join', (room, answer) => { inTurn(async () => { reply(answer, await this.#join(socket, room)); }); });
    on('leave', (room, answer) => { inTurn(async () => {
      if (typeof room === 'string' && room !== socket.id) await socket.leave(room);
      reply(answer, { left: true });
    }); });
    if (socket.recovered) inTurn(() => this.#recheckOne(socket));
  }

  async #join(socket: Client, room: unknown): Promise<object> {
    try {
      const name = await this.#doorkeeper.admit(socket.data.session.person, room, socket.rooms.size - 1);
      if (socket.connected) await socket.join(name);
      return { joined: true, room: name };
    } catch (error) {
      const { code, message } = asRefusal(error, this.#options.onFailure);
      return { joined: false, room: String(room).slice(0, 200), code, message };
    }
  }

  /** The session may have ended and the person may have other roles and groups: each room is decided again. */
  async #recheckOne(socket: Client): Promise<void> {
    const session = await this.#options.sessions.peek(socket.data.cookies);
    if (session === undefined || session.person.id !== socket.data.session.person.id) {
      end(socket, new LiveRefusal('LIVE_SIGNED_OUT'));
      return;
    }
    socket.data.session = session;
    for (const room of [...socket.rooms].filter((each) => each !== socket.id)) {
      try {
        await this.#doorkeeper.admit(session.person, room, 0);
      } catch (error) {
        await socket.leave(room);
        (socket as unknown as Socket).emit('left', { room, code: asRefusal(error, this.#options.onFailure).code });
      }
    }
  }
}

function recoveryOf({ adapter, recoveryMs = RECOVERY_MS }: LiveOptions): Partial<ServerOptions> {
  // On another node what was missed is not known: clients ask for what they show, as after a long absence.
  if (adapter !== undefined) return { adapter: adapter as NonNullable<ServerOptions['adapter']> };
  // A recovered connection passes the door like a new one: its session may have ended meanwhile.
  return { connectionStateRecovery: { maxDisconnectionDuration: recoveryMs, skipMiddlewares: false } };
}

function end(socket: Client, refusal: LiveRefusal): void {
  (socket as unknown as Socket).emit('ended', { code: refusal.code });
  socket.disconnect(true);
}

function reply(answer: unknown, body: object): void {
  if (typeof answer === 'function') (answer as (body: object) => void)(body);
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function asRefusal(error: unknown, onFailure: (error: unknown) => void): { readonly code: string; readonly message: string } {
  if (error instanceof LiveRefusal) return error;
  onFailure(error);
  return { code: 'HTTP_UNEXPECTED', message: 'Expected the room to be looked up, but that failed' };
}

/** As socket.io tells the client: `data` travels with the message. */
function asError(error: unknown, onFailure: (error: unknown) => void): Error {
  const { code, message } = asRefusal(error, onFailure);
  return Object.assign(new Error(message), { data: { code } });
}
