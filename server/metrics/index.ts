/** The metrics of the process for Prometheus (text format 0.0.4): totals over all cases, never a label that names one. Read when scraped; docs/operations.md explains each. */
import { statfs } from 'node:fs/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { bind } from '../http/contract/bind.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import { getMetrics } from '../http/contract/system.ts';
import { Distribution, RECORDS, SECONDS } from '../ports/distribution.ts';
import type { EventStore, StoreFigures } from '../ports/event-store.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { CommandCounts, JobCounts, Tally } from '../runtime/tally.ts';
import { admitScraper } from './admission.ts';
import type { MetricsDoor } from './admission.ts';
import { one, readCounter, readFailures, readGauge } from './gauges.ts';
import type { Read, Sample } from './gauges.ts';
import { readHistogram } from './histogram.ts';
import { Lag } from './lag.ts';

/** What the HTTP application counts. */
interface HttpFigures {
  readonly atWork: number;
  readonly changing: number;
  readonly refused: number;
  readonly seconds: Distribution;
  readonly answered: readonly number[];
}

/** Where the figures come from; everything is read when somebody asks. */
export interface MetricsSources {
  readonly version: string;
  readonly store: Pick<EventStore, 'subscribe' | 'figures' | 'failure'>;
  readonly queue: Pick<JobQueue, 'depth'>;
  readonly runtime: { readonly tally: Tally; readonly health: { readonly position: number; readonly dispatched: number }; readonly owed?: { readonly position: number; readonly through: number } | undefined };
  readonly http: () => HttpFigures;
  readonly sockets: () => number;
  /** Incidents that wait for somebody. */
  readonly incidents: () => Promise<number>;
  readonly ready: () => Promise<readonly { readonly name: string; readonly ready: boolean }[]>;
  /** Where the data lie. */
  readonly folder: string;
  /** Sealed heads that are mailed outside; absent: none are. Seconds since the newest that everybody has was sealed, and since the oldest that somebody has not got was. */
  readonly anchoring?: () => { readonly age: number; readonly waiting: number; readonly failures: number };
  /** How often and how far the clock has jumped, seconds. */
  readonly clock: { readonly jumps: number; readonly lastJump: number };
}

export interface Metrics {
  readonly http: HttpModule;
  /** The text that is scraped. */
  text(): Promise<string>;
  /** Ends the following of the log. */
  stop(): void;
}

const NOTHING: StoreFigures = { waiting: 0, underWaySince: undefined, records: 0, bytes: 0, batch: new Distribution(RECORDS), durable: new Distribution(SECONDS) };

export function createMetrics(sources: MetricsSources, door: MetricsDoor): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  const lag = new Lag();
  const stop = sources.store.subscribe(({ position }) => { lag.committed(position); });
  aboutTheProcess(registry, sources);
  aboutCommands(registry, sources.runtime.tally);
  aboutTheLog(registry, () => sources.store.figures ?? NOTHING);
  aboutFollowers(registry, sources, lag);
  aboutRequests(registry, sources);
  if (sources.anchoring !== undefined) aboutAnchoring(registry, sources.anchoring);
  readCounter(registry, 'piton_metrics_unread_total', 'Times a value could not be read for a scrape; its metric is missing there.', [], () => one(readFailures(registry)));
  const text = (): Promise<string> => registry.metrics();
  const route = bind(getMetrics, async ({ address, headers }) => {
    admitScraper(door, { address, headers });
    return { status: 200, body: await text() };
  });
  return { http: { name: 'metrics', routes: [route] }, text, stop };
}

function aboutTheProcess(registry: Registry, { version, ready, folder, clock }: MetricsSources): void {
  readGauge(registry, 'piton_build_info', 'Always 1; the version stands in the label.', ['version'], () => [[{ version }, 1]]);
  readGauge(registry, 'piton_ready', 'Whether each thing that readiness asks for works, 1 or 0.', ['check'], async () => (await ready()).map((check): Sample => [{ check: check.name }, check.ready ? 1 : 0]));
  readGauge(registry, 'piton_data_free_bytes', 'Bytes that can still be written on the disk of the data folder.', [], async () => one(await freeBytes(folder)));
  readCounter(registry, 'piton_clock_jumps_total', 'Times the wall clock moved otherwise than the steady one.', [], () => one(clock.jumps));
  readGauge(registry, 'piton_clock_last_jump_seconds', 'How far the last jump went; negative: backwards.', [], () => one(clock.lastJump));
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const OUTCOMES: readonly (readonly [keyof CommandCounts, string])[] = [['accepted', 'accepted'], ['replayed', 'replayed'], ['rejected', 'rejected'], ['keyReused', 'key_reused'], ['failed', 'failed']];
const ENDS: readonly (keyof JobCounts)[] = ['done', 'failed', 'error'];

function aboutCommands(registry: Registry, { commands, jobs, seconds }: Tally): void {
  const counted: Read = () => [...commands].flatMap(([type, counts]) => OUTCOMES.map(([key, outcome]): Sample => [{ type, outcome }, counts[key]]));
  readCounter(registry, 'piton_commands_total', 'Commands by type and outcome.', ['type', 'outcome'], counted);
  readHistogram(registry, 'piton_command_seconds', 'From the call of a command to its durable answer.', () => seconds);
  readCounter(registry, 'piton_jobs_total', 'Deliveries of jobs by type and outcome: done, failed (a retry is used up) or error (a path of the model).', ['type', 'outcome'], () =>
    [...jobs].flatMap(([type, counts]) => ENDS.map((outcome): Sample => [{ type, outcome }, counts[outcome]])));
}

function aboutTheLog(registry: Registry, figures: () => StoreFigures): void {
  readCounter(registry, 'piton_commits_total', 'Commits made durable.', [], () => one(figures().batch.count));
  readCounter(registry, 'piton_records_total', 'Records in them.', [], () => one(figures().records));
  readCounter(registry, 'piton_log_bytes_total', 'Bytes of them.', [], () => one(figures().bytes));
  readHistogram(registry, 'piton_commit_records', 'Records in one commit.', () => figures().batch);
  readHistogram(registry, 'piton_commit_durable_seconds', 'Until a commit was durable: on the disk (fsync), or confirmed by a majority of the database.', () => figures().durable);
  readGauge(registry, 'piton_appends_waiting', 'Records handed to the log that are not durable yet.', [], () => one(figures().waiting));
  readGauge(registry, 'piton_commit_under_way_seconds', 'Since when the disk or the database has been busy with one commit; 0: it is not.', [], () => {
    const { underWaySince } = figures();
    return one(underWaySince === undefined ? 0 : (performance.now() - underWaySince) / 1_000);
  });
}

function aboutFollowers(registry: Registry, { runtime, queue, incidents }: MetricsSources, lag: Lag): void {
  const followers = (value: 'commits' | 'seconds'): Read => () => {
    const { position, dispatched } = runtime.health;
    const [tables, dispatch] = lag.of([position, dispatched]);
    return [[{ projection: 'tables' }, tables![value]], [{ projection: 'dispatch' }, dispatch![value]]];
  };
  readGauge(registry, 'piton_projection_lag_commits', 'Commits that are durable and not in the tables yet, or whose work is not enqueued yet.', ['projection'], followers('commits'));
  readGauge(registry, 'piton_projection_lag_seconds', 'Age of the oldest of them.', ['projection'], followers('seconds'));
  readGauge(registry, 'piton_projection_owed_commits', 'Commits whose closed cases a rebuild has left out of the tables and not folded yet.', [], () => one(runtime.owed === undefined ? 0 : runtime.owed.through - runtime.owed.position));
  readGauge(registry, 'piton_queue_jobs', 'Jobs in the queue by type: due, delayed (not due yet), at_work.', ['type', 'state'], async () =>
    (await queue.depth()).flatMap(({ type, due, delayed, atWork }): Sample[] => [[{ type, state: 'due' }, due], [{ type, state: 'delayed' }, delayed], [{ type, state: 'at_work' }, atWork]]));
  readGauge(registry, 'piton_incidents_open', 'Incidents that wait for somebody.', [], async () => one(await incidents()));
}

function aboutRequests(registry: Registry, { http, sockets }: MetricsSources): void {
  readCounter(registry, 'piton_http_requests_total', 'Answered requests by class of their status.', ['class'], () => http().answered.flatMap((count, of): Sample[] => (of === 0 ? [] : [[{ class: `${String(of)}xx` }, count]])));
  readHistogram(registry, 'piton_http_request_seconds', 'From a request to the end of its answer.', () => http().seconds);
  readGauge(registry, 'piton_http_at_work', 'Requests that are not answered yet: all, and the changing ones among them.', ['kind'], () => [[{ kind: 'all' }, http().atWork], [{ kind: 'changing' }, http().changing]]);
  readCounter(registry, 'piton_http_overload_refusals_total', 'Changing requests refused because too much was at work.', [], () => one(http().refused));
  readGauge(registry, 'piton_sockets', 'Live connections of browsers.', [], () => one(sockets()));
}

function aboutAnchoring(registry: Registry, figures: NonNullable<MetricsSources['anchoring']>): void {
  readGauge(registry, 'piton_anchor_age_seconds', 'Since the newest sealed head that everybody outside has was sealed; where there is none, since the oldest was.', [], () => one(figures().age));
  readGauge(registry, 'piton_anchor_waiting_seconds', 'Since the oldest sealed head that somebody outside has not got was sealed; 0: everybody has all.', [], () => one(figures().waiting));
  readCounter(registry, 'piton_anchor_failures_total', 'Letters with sealed heads that the mail server did not take.', [], () => one(figures().failures));
}

export { secondsBehind, watchClock } from './clock-watch.ts';
