/** Read your write where the next request may reach another node: the position of an answer goes along and is waited for. */
import { expect } from 'chai';
import { z } from 'zod';
import { bind } from '../../../server/http/contract/bind.ts';
import { defineRoute } from '../../../server/http/contract/route.ts';
import { send, startShell } from './support.ts';
import type { Shell } from './support.ts';

const CALENDAR = { title: 'Offices', zone: 'America/St_Lucia', opens: '08:00', closes: '16:30', weekend: [6, 7], holidays: [] };

describe('The position of an answer', () => {
  const asked: number[] = [];
  let shell: Shell;
  const start = async (shared: boolean): Promise<Shell> => startShell({ app: { shared, settled: (position) => { asked.push(position); return Promise.resolve(true); } } });
  const get = async (cookie: string, headers: Readonly<Record<string, string>> = {}): Promise<number[]> => {
    asked.length = 0;
    expect((await fetch(`${shell.url}/api/v1/session`, { headers: { cookie, ...headers } })).status).to.equal(200);
    return [...asked];
  };
  const publish = async (account: string): Promise<Response> => {
    const client = await shell.signIn(account);
    return fetch(`${shell.url}/api/v1/calendars/offices/versions`, {
      method: 'POST', body: JSON.stringify(CALENDAR), headers: { 'content-type': 'application/json', origin: shell.url, cookie: client.cookie, 'x-csrf-token': client.csrf },
    });
  };
  afterEach(() => shell.stop());

  it('Of many nodes it is a cookie as well: the next request waits for it, whichever node it reaches.', async () => {
    shell = await start(true);
    const answer = await publish('root');
    const position = Number(answer.headers.get('piton-position'));
    const told = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('piton-position=')) ?? '';
    expect([position > 0, told]).to.deep.equal([true, `piton-position=${String(position)}; Path=/; HttpOnly; SameSite=Lax`]);
    const { cookie } = await shell.signIn('clerk');
    expect(await get(`${cookie}; piton-position=${String(position)}`)).to.deep.equal([position]);
    expect(await get(`piton-position=7; ${cookie}`, { 'piton-position': '9' })).to.deep.equal([9]);
    for (const nonsense of ['piton-position=-1', 'piton-position=1e9', 'piton-position=99999999999999999999', 'x-piton-position=5', 'piton-position=']) expect(await get(`${cookie}; ${nonsense}`), nonsense).to.deep.equal([]);
  });

  it('A server that is alone sets no cookie and waits for none; a program that names a position is waited for.', async () => {
    shell = await start(false);
    const answer = await publish('root');
    expect([answer.status < 300, answer.headers.getSetCookie()]).to.deep.equal([true, []]);
    const { cookie } = await shell.signIn('clerk');
    expect(await get(`${cookie}; piton-position=7`)).to.deep.equal([]);
    expect(await get(cookie, { 'piton-position': '7' })).to.deep.equal([7]);
  });
});

describe('An answer of a route whose readers wait', () => {
  const responses = { 200: z.object({}), 202: z.object({}) };
  const later = defineRoute({ operationId: 'later', method: 'post', path: '/api/v1/later', area: 'test', access: 'public', summary: 'x', listed: 'before-reading', responses });
  const listed = defineRoute({ operationId: 'listed', method: 'post', path: '/api/v1/listed', area: 'test', access: 'public', summary: 'x', responses });
  const reading = defineRoute({ operationId: 'reading', method: 'get', path: '/api/v1/reading', area: 'test', access: 'public', summary: 'x', responses });
  const asked: number[] = [];
  let follows = true;
  let reached = true;
  let position = 0;
  let shell: Shell;

  before(async () => {
    const modules = [{ name: 'test', routes: [bind(later, async () => ({ status: 200, body: {}, position })), bind(listed, async () => ({ status: 200, body: {}, position })), bind(reading, async () => ({ status: 200, body: {} }))] }];
    shell = await startShell({ modules, app: { listsFollow: () => follows, settled: (waited) => { asked.push(waited); return Promise.resolve(reached); } } });
  });
  after(() => shell.stop());
  const told = async (method: string, path: string): Promise<[number, number[]]> => {
    asked.length = 0;
    const { status } = await send(shell.url, method, path);
    return [status, [...asked]];
  };

  it('It does not wait, nor do the next of its kind; whoever reads waits for the last of them, and so does everybody else.', async () => {
    position = 40;
    expect(await told('POST', '/api/v1/later')).to.deep.equal([200, []]);
    position = 39;
    expect(await told('POST', '/api/v1/later')).to.deep.equal([200, []]);
    expect(await told('GET', '/api/v1/reading')).to.deep.equal([200, [40]]);
    position = 41;
    expect(await told('POST', '/api/v1/listed')).to.deep.equal([200, [40, 41]]);
  });

  it('Probes wait for no list.', async () => {
    expect(await told('GET', '/healthz')).to.deep.equal([200, []]);
  });

  it('While the lists stand still the answer waits for them and says 202, and reading goes on.', async () => {
    follows = false;
    reached = false;
    position = 50;
    expect(await told('POST', '/api/v1/later')).to.deep.equal([202, [50]]);
    expect(await told('GET', '/api/v1/reading')).to.deep.equal([200, []]);
    follows = true;
    reached = true;
    expect(await told('GET', '/api/v1/reading')).to.deep.equal([200, [40]]);
  });
});
