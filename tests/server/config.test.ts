/** The configuration: defaults, wrong values and unknown keys. */
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ConfigError, printConfig, readConfig } from '../../server/config.ts';

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
});
