/** The live connection: who gets in, who hears what, and that nobody stays where they may no longer be. */
import { expect } from 'chai';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { ROOMS, roomOf } from '../../../server/http/contract/rooms.ts';
import { openLive } from '../../../server/http/live.ts';
import type { Live, LiveOptions } from '../../../server/http/live.ts';
import { META, send, startShell } from './support.ts';
import type { Client, Shell } from './support.ts';

type Answer = { readonly joined: boolean; readonly room: string; readonly code?: string; readonly message?: string };

/** A browser's end of the connection; `heard` is what came, in order. */
class Ear {
  readonly socket: Socket;
  readonly heard: { readonly event: string; readonly body: Record<string, unknown> }[] = [];
  readonly gone: string[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((event: string, body: Record<string, unknown>) => { this.heard.push({ event, body }); });
    socket.on('disconnect', (reason) => { this.gone.push(reason); });
  }

  join(room: unknown): Promise<Answer> {
    return this.socket.timeout(3_000).emitWithAck('join', room) as Promise<Answer>;
  }

  leave(room: string): Promise<unknown> {
    return this.socket.timeout(3_000).emitWithAck('leave', room);
  }

  /** The next notification of this name, also one that is there already. */
  async next(event: string): Promise<Record<string, unknown>> {
    for (let waited = 0; waited < 3_000; waited += 10) {
      const found = this.heard.find((each) => each.event === event);
      if (found !== undefined) return found.body;
      await pause(10);
    }
    throw new Error(`Expected ${event} to be told, but there was only ${this.heard.map((each) => each.event).join(', ')}`);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

describe('The live connection', function () {
  this.timeout(60_000);
  let shell: Shell;
  let live: Live;
  const ears: Ear[] = [];
  const failures: unknown[] = [];

  const openFor = (options: Partial<LiveOptions> = {}): Live => openLive(shell.listening.server, {
    sessions: shell.sessions, clock: shell.time.clock, onFailure: (error) => { failures.push(error); }, locate: async (stream) => (stream === 'case-1' ? { kind: 'case', stream, startedBy: 'clerk', people: [], groups: [] } : undefined), ...options,
  });
  const connect = (cookie: string | undefined, headers: Record<string, string> = {}): Promise<Ear> => new Promise((resolve, reject) => {
    const socket = io(shell.url, { path: '/live', transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { ...(cookie !== undefined && { cookie }), ...headers } });
    const ear = new Ear(socket);
    ears.push(ear);
    socket.once('connect', () => { resolve(ear); });
    socket.once('connect_error', reject);
  });
  const asPerson = async (account: string): Promise<Ear> => connect((await shell.signIn(account)).cookie);
  const refusal = async (trying: Promise<unknown>): Promise<string> => trying.then(() => 'let in', (error: unknown) => (error as { readonly data?: { readonly code: string } }).data?.code ?? String(error));

  beforeEach(async () => {
    shell = await startShell();
    live = openFor();
  });

  afterEach(async () => {
    for (const { socket } of ears.splice(0)) socket.disconnect();
    await live.close();
    await shell.stop();
    expect(failures.splice(0)).to.deep.equal([]);
  });

  it('Who is not signed in is refused, with or without a cookie of an ended session.', async () => {
    expect(await refusal(connect(undefined))).to.equal('LIVE_SIGNED_OUT');
    const clerk = await shell.signIn('clerk');
    await clerk.delete('/api/v1/session');
    expect(await refusal(connect(clerk.cookie))).to.equal('LIVE_SIGNED_OUT');
  });

  it('A page of another site is refused before it can use the cookie of its visitor.', async () => {
    const { cookie } = await shell.signIn('clerk');
    expect(await refusal(connect(cookie, { origin: 'https://elsewhere.example' }))).to.not.equal('let in');
    const polled = await send(shell.url, 'GET', '/live/?EIO=4&transport=polling', undefined, { cookie, origin: 'https://elsewhere.example' });
    expect([polled.status, polled.text]).to.deep.equal([403, '{"code":4,"message":"LIVE_ORIGIN_FOREIGN"}']);
    expect(await refusal(connect(cookie, { origin: shell.url }))).to.equal('let in');
  });

  it('Every room of the contract is decided by its rule: a table of who gets in where.', async () => {
    const ids: Readonly<Record<string, string>> = { person: 'clerk', group: 'officers', case: 'case-1', monitor: 'leave' };
    const table: Record<string, string[]> = {};
    for (const account of ['clerk', 'colleague', 'treasurer', 'head', 'registrar', 'root']) {
      const ear = await asPerson(account);
      for (const { name } of ROOMS) {
        const answer = await ear.join(roomOf(name, ids[name]!));
        if (answer.joined) (table[name] ??= []).push(account);
        else expect(answer.code).to.equal('LIVE_ROOM_REFUSED');
      }
    }
    expect(table).to.deep.equal({ person: ['clerk'], group: ['clerk', 'colleague', 'head', 'registrar', 'root'], case: ['clerk', 'head', 'root'], monitor: ['head', 'root'] });
    expect(Object.keys(ids)).to.have.members(ROOMS.map(({ name }) => name));
  });

  it('A room that does not exist, a case that does not exist and a name that is no text are refused.', async () => {
    const ear = await asPerson('head');
    for (const room of ['attic:1', 'person', 'person:', '', 'constructor:x', 7, { room: 'person:head' }, 'x'.repeat(2_000)]) expect((await ear.join(room)).code).to.equal('LIVE_ROOM_UNKNOWN');
    expect((await ear.join('case:no-such-case')).code).to.equal('LIVE_ROOM_REFUSED');
  });

  it('What is told in a room reaches those in it and nobody else, until they leave.', async () => {
    const [clerk, colleague] = [await asPerson('clerk'), await asPerson('colleague')];
    await clerk.join('group:officers');
    await colleague.join('person:colleague');
    expect([live.has('group:officers'), live.has('group:nobody'), live.ids('person'), live.occupied]).to.deep.equal([true, false, ['colleague'], true]);
    live.tell('group:officers', 'tasks-changed', { room: 'group:officers', position: 7, added: [] });
    expect(await clerk.next('tasks-changed')).to.deep.equal({ room: 'group:officers', position: 7, added: [] });
    expect(colleague.heard.map(({ event }) => event)).to.deep.equal([]);
    await clerk.leave('group:officers');
    expect(live.has('group:officers')).to.equal(false);
  });

  it('Signing out ends every connection of the session, and of no other.', async () => {
    const clerk = await shell.signIn('clerk');
    const [first, second, other] = [await connect(clerk.cookie), await connect(clerk.cookie), await asPerson('clerk')];
    await clerk.delete('/api/v1/session');
    expect([await first.next('ended'), await second.next('ended')]).to.deep.equal([{ code: 'LIVE_SIGNED_OUT' }, { code: 'LIVE_SIGNED_OUT' }]);
    expect(other.socket.connected).to.equal(true);
  });

  it('Whose time is up is disconnected; an open connection alone does not keep a session alive.', async () => {
    const ear = await asPerson('clerk');
    await shell.time.advance(29 * 60_000);
    live.recheck();
    await pause(250);
    expect(ear.socket.connected).to.equal(true);
    await shell.time.advance(2 * 60_000);
    live.recheck();
    expect(await ear.next('ended')).to.deep.equal({ code: 'LIVE_SIGNED_OUT' });
  });

  it('Who loses a role leaves the rooms it opened and stays in the others; who loses the account is disconnected.', async () => {
    const ear = await asPerson('head');
    await ear.join('monitor:leave');
    await ear.join('person:head');
    const granted = await shell.commands.grantRoles('head', ['officer'], META);
    if (granted.outcome === 'accepted') await shell.runtime.settled(granted.position);
    live.recheck();
    expect(await ear.next('left')).to.deep.equal({ room: 'monitor:leave', code: 'LIVE_ROOM_REFUSED' });
    expect([live.has('monitor:leave'), live.has('person:head')]).to.deep.equal([false, true]);
    const gone = await shell.commands.deactivate('head', META);
    if (gone.outcome === 'accepted') await shell.runtime.settled(gone.position);
    live.recheck();
    expect(await ear.next('ended')).to.deep.equal({ code: 'LIVE_SIGNED_OUT' });
  });

  it('Connections of one person, rooms of one connection, requests and the size of a message are bounded.', async () => {
    const { cookie } = await shell.signIn('head');
    const all = await Promise.all(Array.from({ length: 20 }, () => connect(cookie)));
    expect(await refusal(connect(cookie))).to.equal('LIVE_SOCKETS_MANY');
    const ear = all[0]!;
    for (let number = 0; number < 40; number += 1) expect((await ear.join(`monitor:p${number}`)).joined).to.equal(true);
    expect((await ear.join('monitor:one-more')).code).to.equal('LIVE_ROOMS_MANY');
    for (let number = 0; number < 200; number += 1) ear.socket.emit('leave', 'monitor:none');
    expect(await ear.next('ended')).to.deep.equal({ code: 'LIVE_REQUESTS_MANY' });
    const loud = all[1]!;
    loud.socket.emit('join', 'x'.repeat(10_000));
    await new Promise((resolve) => { loud.socket.once('disconnect', resolve); });
    expect(loud.gone).to.deep.equal(['transport close']);
  });

  it('A heartbeat tells that silence is not a gap.', async () => {
    await live.close();
    await shell.stop();
    shell = await startShell();
    live = openFor({ beatMs: 20 });
    const ear = await asPerson('clerk');
    expect(await ear.next('beat')).to.deep.equal({ at: shell.time.clock.now() });
  });

  it('When the server closes, new connections are refused and clients are told in the way that makes them come back.', async () => {
    const clerk = await shell.signIn('clerk');
    const ear = await connect(clerk.cookie);
    await live.close();
    while (ear.gone.length === 0) await pause(10);
    expect(ear.gone).to.deep.equal(['transport close']);
    const answer = await send(shell.url, 'GET', '/live/?EIO=4&transport=polling', undefined, { cookie: clerk.cookie });
    expect([answer.status, answer.text]).to.deep.equal([403, '{"code":4,"message":"LIVE_CLOSING"}']);
  });

  it('A connection that comes back is asked again: a session that ended meanwhile gets in nowhere.', async () => {
    const clerk: Client = await shell.signIn('clerk');
    const socket = io(shell.url, { path: '/live', transports: ['websocket'], forceNew: true, reconnectionDelay: 50, extraHeaders: { cookie: clerk.cookie } });
    const ear = new Ear(socket);
    ears.push(ear);
    await new Promise((resolve) => { socket.once('connect', () => { resolve(undefined); }); });
    await ear.join('person:clerk');
    live.tell('person:clerk', 'tasks-changed', { room: 'person:clerk', position: 1, added: [] });
    await ear.next('tasks-changed');
    // The line drops, and while it is down the session ends: recovery alone would put the connection back into its rooms.
    const refused = new Promise<string>((resolve) => { socket.once('connect_error', (error: Error & { readonly data?: { readonly code: string } }) => { resolve(error.data?.code ?? ''); }); });
    socket.io.engine.close();
    await clerk.delete('/api/v1/session');
    expect(await refused).to.equal('LIVE_SIGNED_OUT');
    expect(live.has('person:clerk')).to.equal(false);
  });
});
