/** Read your write where the next request may reach another node: the position of an answer goes along and is waited for. */
import { expect } from 'chai';
import { startShell } from './support.ts';
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
