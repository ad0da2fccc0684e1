/** Starting a whole server: what stops it is told with a code, and leaves nothing open; what outsiders send to it is refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { readConfig } from '../../server/config.ts';
import { ListenError } from '../../server/http/listen.ts';
import { startPiton } from '../../server/main.ts';
import type { Piton } from '../../server/main.ts';

interface Reply {
  readonly status: number;
  readonly body: { readonly code?: string; readonly csrf?: string; readonly id?: string };
}

describe('Starting Piton', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-start-'));
  const start = (settings: Readonly<Record<string, string>> = {}): Promise<Piton> =>
    startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0', ...settings }), pino({ level: 'silent' }));
  const refused = async (settings: Readonly<Record<string, string>>): Promise<ListenError> => {
    try {
      await (await start(settings)).stop();
    } catch (error) {
      return error as ListenError;
    }
    throw new Error('it started');
  };
  after(() => { rmSync(folder, { recursive: true }); });

  it('A port in use is LISTEN_ADDRESS_TAKEN, a foreign address LISTEN_ADDRESS_INVALID; both leave the folder free for the next start.', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => { other.once('listening', resolve); });
    const taken = await refused({ PITON_PORT: String((other.address() as AddressInfo).port) });
    other.close();
    expect(taken.code).to.equal('LISTEN_ADDRESS_TAKEN');
    expect(taken.hint).to.contain('PITON_PORT');
    expect((await refused({ PITON_HOST: '192.0.2.1' })).code).to.equal('LISTEN_ADDRESS_INVALID');
    await (await start()).stop();
  });

  it('A port the system forbids is LISTEN_FORBIDDEN.', () => {
    expect(new ListenError('LISTEN_FORBIDDEN', { host: '127.0.0.1', port: 80 }).message).to.equal('Expected to be allowed to listen on port 80, but the system forbids it');
  });

  describe('and what outsiders send', () => {
    let piton: Piton;
    let headers: Readonly<Record<string, string>>;
    const send = async (method: string, path: string, body?: string): Promise<Reply> => {
      const answer = await fetch(piton.url + path, { method, headers, ...(body !== undefined && { body }) });
      return { status: answer.status, body: (await answer.json()) as Reply['body'] };
    };
    before(async () => {
      piton = await start();
      const password = piton.lines.flatMap((line) => /^ {2}administrative\.officer +(\S+)/.exec(line)?.[1] ?? [])[0];
      headers = { 'content-type': 'application/json', origin: piton.url };
      const answer = await fetch(`${piton.url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify({ account: 'administrative.officer', password }) });
      const { csrf = '' } = (await answer.json()) as Reply['body'];
      headers = { ...headers, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '', 'x-csrf-token': csrf };
    });
    after(() => piton.stop());

    it('Values nested without end are HTTP_TOO_DEEP.', async () => {
      for (const depth of [100, 5_000, 200_000]) {
        const reply = await send('POST', '/api/v1/instances', `{"processId":"leave","variables":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`);
        expect([reply.status, reply.body.code]).to.deep.equal([400, 'HTTP_TOO_DEEP']);
      }
    });

    it('A variable named __proto__ is refused, not lost.', async () => {
      const reply = await send('POST', '/api/v1/instances', '{"processId":"leave","variables":{"a":{"__proto__":{"x":1}}}}');
      expect([reply.status, reply.body.code]).to.deep.equal([400, 'HTTP_REQUEST_INVALID']);
    });

    it('Naming the start event does not lead past its form.', async () => {
      const reply = await send('POST', '/api/v1/instances', '{"processId":"leave","variables":{"approved":true},"startElementId":"leave-applied-for"}');
      expect([reply.status, reply.body.code]).to.deep.equal([422, 'HTTP_START_FORM_INVALID']);
    });

    it('The stream of a person or a definition is no task.', async () => {
      for (const stream of ['person%2Fadministrator', 'definition%2Fleave', 'organization%2Fmain']) {
        expect((await send('GET', `/api/v1/tasks/${stream}/1`)).status, stream).to.equal(400);
        expect((await send('POST', `/api/v1/tasks/${stream}/1/claim`, '')).status, stream).to.equal(400);
      }
    });
  });
});
