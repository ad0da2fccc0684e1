/** The configuration: defaults, wrong values and unknown keys. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ConfigError, printConfig, readConfig } from '../../server/config.ts';
import { main } from '../../server/main.ts';

function failing(environment: Record<string, string>): ConfigError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('The configuration', () => {
  it('Without any key everything has a default; the server listens on the loopback address.', () => {
    expect(readConfig({})).to.deep.equal({ data: fileURLToPath(new URL('../../data', import.meta.url)), host: '127.0.0.1', port: 8080, proxies: 0, demo: true, zone: 'America/St_Lucia', log: 'warn', sessionIdleMinutes: 30, sessionHours: 10, commandsAtOnce: 2_000, drainSeconds: 20, drainNoticeSeconds: 0 });
  });

  it('Keys are read from the environment; other keys and empty values do not count.', () => {
    const config = readConfig({ PITON_PORT: '0', PITON_DEMO: 'off', PITON_URL: 'https://desk.example.lc', PITON_PROXIES: '1', PITON_HOST: '', PATH: '/bin', PITON_REQUIRE: 'all' });
    expect(config).to.include({ port: 0, demo: false, url: 'https://desk.example.lc', proxies: 1, host: '127.0.0.1' });
  });

  it('A wrong value stops the start and names its key: CONFIG_VALUE_INVALID.', () => {
    for (const [key, value] of [['PITON_PORT', '70000'], ['PITON_PORT', 'http'], ['PITON_PORT', '80.5'], ['PITON_DEMO', 'yes'], ['PITON_ZONE', 'Atlantis/Sunk'], ['PITON_LOG', 'loud'], ['PITON_URL', 'ftp://x'], ['PITON_SESSION_HOURS', '0'], ['PITON_METRICS_TOKEN', 'short'], ['PITON_COMMANDS_AT_ONCE', '0'], ['PITON_DRAIN_SECONDS', '0']] as const) {
      const error = failing({ [key]: value });
      expect(error.code).to.equal('CONFIG_VALUE_INVALID');
      expect(error.message).to.match(new RegExp(`^Expected ${key} to be .+, but it is "${value.replace('/', '\\/')}"$`));
    }
    expect(failing({ PITON_DEMO: 'yes' }).message).to.equal('Expected PITON_DEMO to be one of on, off, but it is "yes"');
  });

  it('A key that is none stops the start: CONFIG_KEY_UNKNOWN.', () => {
    const error = failing({ PITON_PROT: '80' });
    expect([error.code, error.message]).to.deep.equal(['CONFIG_KEY_UNKNOWN', 'Expected a known key, but PITON_PROT is none']);
    expect(error.hint).to.include('PITON_PORT');
  });

  it('A word that is none stops the start, whoever hands it on: CONFIG_ARGUMENT_UNKNOWN.', async () => {
    for (const words of [['--port', '9000'], ['extra'], ['--print-config', '--json']]) {
      const error = await main(words).then(() => undefined, (failure: unknown) => failure);
      expect(error).to.include({ code: 'CONFIG_ARGUMENT_UNKNOWN', message: `Expected no word but --print-config, but there is ${words.find((word) => word !== '--print-config') ?? ''}` });
    }
  });

  it('--print-config has a line for every key, with its value and its meaning.', () => {
    const lines = printConfig({ PITON_PORT: '9000' }).split('\n');
    expect(lines).to.include('PITON_PORT=9000  # port to listen on; 0 takes a free one');
    expect(lines.length).to.be.greaterThan(9);
    expect(printConfig({ PITON_METRICS_TOKEN: 'a-token-nobody-may-see' })).to.include('PITON_METRICS_TOKEN=(set)').and.not.include('nobody');
    for (const line of lines) expect(line).to.match(/^(PITON_[A-Z_]+|MONGODB_URL|REDIS_URL)=.*  # .+$/);
  });

  it('One of many nodes is given a database, a Redis and a key file; half of that stops the start: CONFIG_CLUSTER_INCOMPLETE.', () => {
    const all = { MONGODB_URL: 'mongodb://user:secret@db.example/piton', REDIS_URL: 'redis://queue.example:6379', PITON_KEY_FILE: '/run/secrets/piton' };
    expect(readConfig(all).cluster).to.deep.equal({ mongodb: all.MONGODB_URL, redis: all.REDIS_URL, keyFile: all.PITON_KEY_FILE });
    expect(readConfig({ PITON_KEY_FILE: '/run/secrets/piton' }).cluster).to.equal(undefined);
    for (const missing of Object.keys(all)) {
      const error = failing(Object.fromEntries(Object.entries(all).filter(([key]) => key !== missing)));
      expect([error.code, error.message.startsWith(`Expected ${missing} to be given with `)]).to.deep.equal(['CONFIG_CLUSTER_INCOMPLETE', true]);
    }
    expect(failing({ ...all, MONGODB_URL: 'mongodb://db.example' }).code, 'without the name of a database').to.equal('CONFIG_VALUE_INVALID');
    expect(printConfig(all)).to.include('MONGODB_URL=mongodb://…@db.example/piton').and.not.include('secret@');
  });

  const MAIL = { PITON_ANCHOR_MAIL: 'auditor@example.lc, records@example.lc,auditor@example.lc', PITON_SMTP_URL: 'smtps://piton%40gov.lc:secret@mail.gov.lc' };

  it('Who gets the sealed heads is given with a mail server; the sender is its account, or is named.', () => {
    const server = { host: 'mail.gov.lc', port: 465, tls: 'implicit', login: { account: 'piton@gov.lc', password: 'secret' } };
    expect(readConfig(MAIL).anchoring).to.deep.equal({ to: ['auditor@example.lc', 'records@example.lc'], from: 'piton@gov.lc', server });
    expect(readConfig({ ...MAIL, PITON_MAIL_FROM: 'register@gov.lc' }).anchoring?.from).to.equal('register@gov.lc');
    expect(printConfig(MAIL)).to.include('PITON_SMTP_URL=smtps://…@mail.gov.lc').and.not.include('secret');
  });

  it('The address of the mail server can stand in a file of its own; one that is not there or holds something else stops the start: CONFIG_FILE_UNREADABLE, CONFIG_VALUE_INVALID.', () => {
    const folder = mkdtempSync(join(tmpdir(), 'piton-config-'));
    const file = join(folder, 'smtp');
    const given = { PITON_ANCHOR_MAIL: 'auditor@example.lc', PITON_SMTP_URL_FILE: file };
    expect(failing(given)).to.include({ code: 'CONFIG_FILE_UNREADABLE', message: `Expected PITON_SMTP_URL_FILE to name a file that can be read, but the system says ENOENT of ${file}` });
    writeFileSync(file, `${MAIL.PITON_SMTP_URL}\n`);
    expect(readConfig(given).anchoring?.server.login?.password).to.equal('secret');
    expect(printConfig(given)).to.not.include('secret');
    expect(failing({ ...given, PITON_SMTP_URL: MAIL.PITON_SMTP_URL }).code).to.equal('CONFIG_GIVEN_TWICE');
    writeFileSync(file, 'http://piton:secret@mail.gov.lc');
    expect(failing(given).code).to.equal('CONFIG_VALUE_INVALID');
    expect(failing(given).message).to.not.include('secret');
    rmSync(folder, { recursive: true });
  });

  it('Half of what mailing needs stops the start, so that nobody believes in it: CONFIG_MAIL_INCOMPLETE; so does what is no address.', () => {
    const missing = (environment: Record<string, string>): string => {
      const { code, message } = failing(environment);
      expect(code).to.equal('CONFIG_MAIL_INCOMPLETE');
      return /^Expected (\w+) /.exec(message)?.[1] ?? '';
    };
    expect(missing({ PITON_ANCHOR_MAIL: 'a@b.lc' })).to.equal('PITON_SMTP_URL');
    expect(missing({ PITON_SMTP_URL: 'smtps://mail.gov.lc' })).to.equal('PITON_ANCHOR_MAIL');
    expect(missing({ PITON_MAIL_FROM: 'a@b.lc' })).to.equal('PITON_ANCHOR_MAIL');
    expect(missing({ ...MAIL, PITON_ANCHOR_MAIL: ' , ' })).to.equal('PITON_ANCHOR_MAIL');
    expect(missing({ ...MAIL, PITON_SMTP_URL: 'smtp://localhost' })).to.equal('PITON_MAIL_FROM');
    for (const [key, value] of [['PITON_ANCHOR_MAIL', 'the auditor'], ['PITON_ANCHOR_MAIL', 'a@b.lc, x'], ['PITON_ANCHOR_MAIL', 'everybody:a@b.lc'], ['PITON_ANCHOR_MAIL', 'a@b.lc\r\nBcc: c@d.lc'], ['PITON_ANCHOR_MAIL', Array.from({ length: 21 }, (_, at) => `a${String(at)}@b.lc`).join()], ['PITON_MAIL_FROM', 'Piton <a@b.lc>'], ['PITON_SMTP_URL', 'http://account:secret@mail.gov.lc']] as const) {
      const { code, message } = failing({ ...MAIL, [key]: value });
      expect(code, `${key} ${value}`).to.equal('CONFIG_VALUE_INVALID');
      expect(message).to.include(key).and.not.include('secret');
    }
  });
});
