/** The metrics of a whole server: what Prometheus reads is what happened, names no case and no person, and is closed to strangers. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { readConfig } from '../../../server/config.ts';
import { startPiton } from '../../../server/main.ts';
import type { Piton } from '../../../server/main.ts';
import { admitScraper } from '../../../server/metrics/admission.ts';
import { readCounter, readFailures, readGauge } from '../../../server/metrics/gauges.ts';
import { readHistogram } from '../../../server/metrics/histogram.ts';
import { secondsBehind, watchClock } from '../../../server/metrics/index.ts';
import { Lag } from '../../../server/metrics/lag.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { newRecord } from '../../contracts/event-store.ts';
import { Distribution } from '../../../server/ports/distribution.ts';
import { APPLICATION } from '../../support/leave.ts';
import { accountsOf, exchange, signIn } from '../../support/letter.ts';
import { parseMetrics } from '../../support/prometheus.ts';
import type { Scrape } from '../../support/prometheus.ts';

const codeOf = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
  return 'let in';
};

describe('The metrics', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-metrics-'));
  const start = (more: Readonly<Record<string, string>> = {}): Promise<Piton> => startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0', ...more }), pino({ level: 'silent' }));
  const scrape = async (piton: Piton): Promise<Scrape> => parseMetrics(await (await fetch(`${piton.url}/metrics`)).text());
  after(() => { rmSync(folder, { recursive: true }); });

  it('Commands, commits, records, jobs and requests are counted as they happen; a refusal is told apart from an acceptance.', async () => {
    const piton = await start();
    const before = await scrape(piton);
    const accounts = accountsOf(piton.lines);
    const officer = await signIn(piton.url, 'administrative.officer', accounts.get('administrative.officer')?.password ?? '');
    const manager = await signIn(piton.url, 'permanent.secretary', accounts.get('permanent.secretary')?.password ?? '');
    const variables = APPLICATION;
    const started = await exchange(piton.url, officer, { account: '', method: 'POST', path: '/api/v1/instances', body: { processId: 'leave', variables }, key: 'one' });
    expect(started.status, JSON.stringify(started.body)).to.equal(201);
    const again = await exchange(piton.url, officer, { account: '', method: 'POST', path: '/api/v1/instances', body: { processId: 'leave', variables }, key: 'one' });
    expect(again.body['id']).to.equal(started.body['id']);
    const cancel = { account: '', method: 'POST', path: `/api/v1/instances/${String(started.body['id'])}/cancel`, body: { reason: 'withdrawn' } } as const;
    expect((await exchange(piton.url, manager, cancel)).status).to.be.lessThan(300);
    expect((await exchange(piton.url, manager, cancel)).status).to.equal(409);
    const now = await scrape(piton);
    const grown = (name: string, labels: Readonly<Record<string, string>> = {}): number => now.value(name, labels) - before.value(name, labels);
    expect(grown('piton_commands_total', { type: 'StartInstance', outcome: 'accepted' })).to.equal(1);
    expect(grown('piton_commands_total', { type: 'StartInstance', outcome: 'replayed' })).to.equal(1);
    expect(grown('piton_commands_total', { type: 'CancelInstance', outcome: 'rejected' })).to.equal(1);
    const records = grown('piton_records_total');
    expect(records).to.be.greaterThan(1);
    expect(grown('piton_commit_records_sum')).to.equal(records);
    expect(grown('piton_commits_total')).to.equal(grown('piton_commit_durable_seconds_count')).and.to.be.within(1, records);
    expect(now.value('piton_log_bytes_total')).to.be.greaterThan(1_000);
    expect(grown('piton_command_seconds_count')).to.be.at.least(4);
    expect(grown('piton_http_requests_total', { class: '4xx' })).to.equal(1);
    expect(grown('piton_http_requests_total', { class: '2xx' })).to.be.at.least(5);
    await piton.runtime.settled((await piton.runtime.history(String(started.body['id']))).at(-1)?.position ?? 0);
    const quiet = await scrape(piton);
    for (const projection of ['tables', 'dispatch']) expect(quiet.value('piton_projection_lag_commits', { projection })).to.equal(0);
    expect([quiet.value('piton_appends_waiting'), quiet.value('piton_incidents_open'), quiet.value('piton_sockets'), quiet.value('piton_commit_under_way_seconds')]).to.deep.equal([0, 0, 0, 0]);
    expect(quiet.value('piton_queue_jobs', { type: 'timer', state: 'at_work' })).to.equal(0);
    expect(['log', 'projections', 'dispatch'].map((check) => quiet.value('piton_ready', { check }))).to.deep.equal([1, 1, 1]);
    expect(quiet.value('piton_data_free_bytes')).to.be.greaterThan(0);
    expect(quiet.value('process_resident_memory_bytes')).to.be.greaterThan(1_000_000);
    expect(quiet.names).to.include('nodejs_eventloop_lag_p99_seconds');
    expect(quiet.text).to.not.include(String(started.body['id'])).and.not.include('administrative.officer');
    await piton.stop();
  });

  it('Every metric that the dashboard and the alert rules name exists.', async () => {
    // Some exist only where heads are mailed; nobody listens at that port.
    const piton = await start({ PITON_ANCHOR_MAIL: 'auditor@example.lc', PITON_SMTP_URL: 'smtp://127.0.0.1:1', PITON_MAIL_FROM: 'piton@example.lc' });
    const { names } = await scrape(piton);
    for (const file of ['grafana-dashboard.json', 'alert-rules.yaml']) {
      const named = new Set(readFileSync(join(import.meta.dirname, '../../../docs/monitoring', file), 'utf8').match(/\b(?:piton|process|nodejs)_[a-z0-9_]+/g));
      named.delete('piton_overview');
      expect(named.size, file).to.be.greaterThan(5);
      expect([...named].filter((name) => !names.includes(name)), file).to.deep.equal([]);
    }
    await piton.stop();
  });

  it('A token, where one is set, is asked of everybody; without one a program of this machine is answered, unless a proxy stands in front.', async () => {
    const piton = await start({ PITON_METRICS_TOKEN: 'a-token-of-this-test' });
    const refused = await fetch(`${piton.url}/metrics`);
    expect([refused.status, refused.headers.get('www-authenticate'), ((await refused.json()) as { code: string }).code]).to.deep.equal([401, 'Bearer realm="metrics"', 'ACCESS_METRICS_CLOSED']);
    expect((await fetch(`${piton.url}/metrics`, { headers: { authorization: 'Bearer another' } })).status).to.equal(401);
    const open = await fetch(`${piton.url}/metrics`, { headers: { authorization: 'Bearer a-token-of-this-test' } });
    expect([open.status, open.headers.get('content-type')]).to.deep.equal([200, 'text/plain; version=0.0.4; charset=utf-8']);
    await piton.stop();
    const ask = (address: string, headers = {}, proxied = false): string => codeOf(() => { admitScraper({ proxied }, { address, headers }); });
    for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1']) expect(ask(address), address).to.equal('let in');
    for (const address of ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '', '127.evil']) expect(ask(address), address).to.equal('ACCESS_METRICS_CLOSED');
    expect(ask('127.0.0.1', { 'x-forwarded-for': '8.8.8.8' })).to.equal('ACCESS_METRICS_CLOSED');
    expect(ask('127.0.0.1', { forwarded: 'for=8.8.8.8' })).to.equal('ACCESS_METRICS_CLOSED');
    expect(ask('127.0.0.1', {}, true)).to.equal('ACCESS_METRICS_CLOSED');
  });
});

describe('The pieces of the metrics', () => {
  it('A histogram that is counted elsewhere is told in cumulative buckets with sum and count.', async () => {
    const registry = new Registry();
    const spread = new Distribution([1, 2, 5]);
    readHistogram(registry, 'x', 'Help.', () => spread);
    for (const value of [0.5, 1, 1.5, 4, 9]) spread.observe(value);
    const lines = (await registry.metrics()).trim().split('\n');
    expect(lines).to.deep.equal(['# HELP x Help.', '# TYPE x histogram', 'x_bucket{le="1"} 2', 'x_bucket{le="2"} 3', 'x_bucket{le="5"} 4', 'x_bucket{le="+Inf"} 5', 'x_sum 16', 'x_count 5']);
  });

  it('Gauges and counters are what their source says at the scrape: nothing stays of what is gone.', async () => {
    const registry = new Registry();
    let samples: [Record<string, string>, number][] = [[{ type: 'a' }, 1], [{ type: 'b' }, 2]];
    readGauge(registry, 'g', 'Help.', ['type'], () => samples);
    readCounter(registry, 'c', 'Help.', ['type'], async () => samples);
    await registry.metrics();
    samples = [[{ type: 'b' }, 5]];
    const text = await registry.metrics();
    expect(text.split('\n').filter((line) => /^[gc]\{/.test(line))).to.deep.equal(['g{type="b"} 5', 'c{type="b"} 5']);
  });

  it('A value that cannot be read leaves its own metric empty, not the scrape.', async () => {
    const registry = new Registry();
    readGauge(registry, 'away', 'Help.', ['type'], () => Promise.reject(new Error('Redis is away')));
    readGauge(registry, 'here', 'Help.', [], () => [[{}, 7]]);
    const read = parseMetrics(await registry.metrics());
    expect([read.value('here'), read.names.includes('away'), readFailures(registry)]).to.deep.equal([7, true, 1]);
  });

  it('Lag is told in commits, and in seconds since the oldest commit that is not followed yet.', () => {
    let now = 0;
    const lag = new Lag(() => now);
    for (const [at, position] of [[0, 1], [1_000, 2], [2_000, 3], [2_010, 4]] as const) {
      now = at;
      lag.committed(position);
    }
    now = 5_000;
    expect(lag.of([4, 1, 2])).to.deep.equal([{ commits: 0, seconds: 0 }, { commits: 3, seconds: 4 }, { commits: 2, seconds: 3 }]);
    expect(lag.of([4, 4])).to.deep.equal([{ commits: 0, seconds: 0 }, { commits: 0, seconds: 0 }]);
  });

  it('Lag of what stands still for a day costs no more memory than a thousand marks.', () => {
    let now = 0;
    const lag = new Lag(() => now);
    for (let position = 1; position <= 200_000; position += 1) {
      now += 432;
      lag.committed(position);
    }
    const [behind] = lag.of([0]);
    expect(behind?.commits).to.equal(200_000);
    expect(behind?.seconds).to.be.closeTo(86_400, 1);
  });

  it('A clock behind the last act of the log is told in seconds.', async () => {
    const store = openMemoryEventStore();
    const clock = { now: () => '2026-01-05T09:00:00.000Z' };
    expect(await secondsBehind(store, clock)).to.equal(0);
    await store.append(newRecord('case-1', 0, { at: '2026-01-05T10:00:00.000Z' }));
    expect(await secondsBehind(store, clock)).to.equal(3_600);
    expect(await secondsBehind(store, { now: () => '2026-01-05T11:00:00.000Z' })).to.equal(0);
  });

  it('A jump of the wall clock is noticed in either direction; slewing is not.', () => {
    let [wall, steady] = [Date.parse('2026-01-05T09:00:00.000Z'), 0];
    const jumps: number[] = [];
    let look: () => void = () => undefined;
    const watch = watchClock({ clock: { now: () => new Date(wall).toISOString() }, steadyMs: () => steady, onJump: (seconds) => jumps.push(seconds), timer: (_ms, run) => { look = run; return () => undefined; } });
    const pass = (wallMs: number, steadyMs: number): void => {
      wall += wallMs;
      steady += steadyMs;
      look();
    };
    pass(15_000, 15_000);
    pass(15_500, 15_000);
    expect(jumps).to.deep.equal([]);
    pass(15_000 + 3_600_000, 15_000);
    pass(15_000 - 7_200_000, 15_000);
    pass(15_000, 15_000);
    expect(jumps).to.deep.equal([3_600, -7_200]);
    expect([watch.jumps, watch.lastJump]).to.deep.equal([2, -7_200]);
  });
});
