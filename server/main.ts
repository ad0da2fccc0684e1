/**
 * The composition root: opens the adapters, wires the modules to the runtime, listens, and closes everything in the reverse order.
 * What it all works on is opened in compose/: on one machine, or as one of many nodes.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { anchorHeads, noteAnchoring } from './audit/anchoring.ts';
import type { Anchoring } from './audit/anchoring.ts';
import { sealedCases, sealHeadsDaily } from './audit/index.ts';
import { calendarsModule, createCalendarBook, seedCalendars } from './calendars/index.ts';
import { openClustered, SET_UP_LEASE } from './compose/clustered.ts';
import { openEmbedded } from './compose/embedded.ts';
import type { Close, NodeAdapters } from './compose/node-adapters.ts';
import { ConfigError, printConfig, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { seedDemo } from './demo/index.ts';
import type { DemoAccount } from './demo/index.ts';
import { createDataStores } from './data-stores/index.ts';
import { readProcedure } from './deployments/folder.ts';
import { deploymentsModule } from './deployments/index.ts';
import { AttemptBook, generateJob, openRenderer, TemplateBook } from './documents/index.ts';
import { EXCHANGE_PRIVATE_FIELDS, exchangeJobs } from './exchange/index.ts';
import { checkForm, exactNumber, FormBook, officersIn, readDate } from './forms/index.ts';
import { authorise } from './http/access.ts';
import { endAtSignal } from './ending.ts';
import { createApp } from './http/app.ts';
import { listen } from './http/listen.ts';
import type { Listening } from './http/listen.ts';
import { openLive } from './http/live.ts';
import { createPorch } from './http/porch.ts';
import type { Porch } from './http/porch.ts';
import { sessionModule } from './http/session-routes.ts';
import { createSessions } from './http/sessions.ts';
import { createInstances } from './instances/index.ts';
import { createLiveChanges } from './live/index.ts';
import { modelsModule } from './models/index.ts';
import { openLog } from './log.ts';
import { createMetrics, secondsBehind, watchClock } from './metrics/index.ts';
import { createMonitor } from './monitor/index.ts';
import { createNotices, noticesModule, notifyJob } from './notices/index.ts';
import { createOrganization, ORGANIZATION_PRIVATE_FIELDS } from './organization/index.ts';
import { buildAssets } from './pages/assets.ts';
import { pagesModule } from './pages/index.ts';
import type { Clock } from './ports/clock.ts';
import type { DeskStore } from './ports/desk-store.ts';
import type { Lease } from './ports/leases.ts';
import type { Signer } from './ports/signing.ts';
import { createRegistry, REGISTRY_PRIVATE_FIELDS } from './registry/index.ts';
import { EmbeddedRuntime } from './runtime/runtime.ts';
import { createSigning } from './signing/index.ts';
import { checksOf, Opening } from './standing.ts';
import { systemClock, systemIds } from './system.ts';
import { tasksModule, tasksProjection } from './tasks/index.ts';
import { openUploads } from './uploads/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What the demo government works with. */
const PROCEDURES = ['leave', 'petty-cash', 'correspondence'];
const SYSTEM = { actor: { person: 'system', groups: [] } };
/** More than clocks of two machines differ. */
const BEHIND_S = 60;
/** What the stores are given to close after requests and jobs have ended. */
const CLOSE_MS = 5_000;
const HOUSEKEEPING_MS = 60_000;
const SET_UP_SECRET = 'set-up/code';
const DEMO_HINT = 'This is a demonstration. The accounts and their passwords are printed in the terminal where Piton was started.';

/** A running server. `lines`: what a person at the terminal should know. */
export interface Piton {
  readonly url: string;
  readonly lines: readonly string[];
  readonly runtime: EmbeddedRuntime;
  /** Answers what is at work, ends or releases the jobs, tells the sockets, closes. `noticeMs`: how long /readyz says 503 before that. */
  stop(noticeMs?: number): Promise<void>;
}

/** What a test or another installation puts in place of the adapters of this file. */
export interface Adapters {
  readonly signer?: Signer;
}

/** Opens the data folder of the configuration and serves it. Rejects with an error that has a code and a hint when it cannot; then nothing stays open. */
export async function startPiton(config: Config, log: Logger, clock: Clock = systemClock, adapters: Adapters = {}): Promise<Piton> {
  const opened: Close[] = [];
  try {
    return await open(config, log, clock, opened, adapters, await openPorch(config, opened));
  } catch (error) {
    await closeAll(opened).catch(() => undefined);
    throw error;
  }
}

/** The address from the first moment on: probes are answered while everything else is being opened. `left`: milliseconds that stopping may still take. */
interface Front {
  readonly opening: Opening;
  readonly porch: Porch;
  readonly server: Listening;
  readonly left: () => number;
  endsBy: number;
}

async function openPorch(config: Config, opened: Close[]): Promise<Front> {
  const opening = new Opening();
  const porch = createPorch(() => opening.checks, () => systemIds.uuid());
  const server = await listen(porch, config.host, config.port);
  opened.push(() => server.close(0));
  const front: Front = { opening, porch, server, endsBy: Infinity, left: () => Math.max(0, Math.min(front.endsBy - performance.now(), config.drainSeconds * 1_000)) };
  return front;
}

/** In the reverse order of opening, all of them; rejects with the first failure. */
async function closeAll(opened: Close[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of opened.splice(0).reverse()) await close().catch((error: unknown) => { failures.push(error); });
  if (failures.length > 0) throw failures[0];
}

/** The rooms whose tables and jobs belong to the runtime, and the runtime at work. */
async function openCore(config: Config, log: Logger, clock: Clock, opened: Close[], { opening, left }: Front) {
  const failpoint = failpoints(config.failpoint);
  // Before the runtime is there nothing of its can be lost: it takes everything up when it starts.
  const taking: { up?: () => void } = {};
  const needs = { config, log, clock, opened, storeFailpoint: failpoint.store, onQueueEmptied: () => { taking.up?.(); } };
  const node = config.cluster === undefined ? await openEmbedded(needs) : await openClustered(config.cluster, needs);
  const { folder, store, vault, deskStore, blobs, projections, queue, leases, shared } = node;
  opening.opened('log');
  const behind = await secondsBehind(store, clock);
  if (behind > BEHIND_S) log.warn({ seconds: behind }, 'the clock is behind the last act of the log; see docs/operations.md, the clock is wrong');

  const notices = createNotices(deskStore);
  const organization = createOrganization({ projections, vault, notices, clock, zone: config.zone, ...(shared && { alone: <T>(work: () => Promise<T>) => leases.alone('administrators', work) }) });
  const calendars = createCalendarBook(projections);
  const cases = createInstances(projections);
  const taskRows = tasksProjection(projections, cases.cases);
  const monitor = createMonitor(projections, config.zone);
  const changes = createLiveChanges();
  const { directory } = organization;
  const templates = new TemplateBook(join(ROOT, 'templates'));
  const renderer = openRenderer();
  opened.push(() => renderer.close());
  const attempts = new AttemptBook({
    desk: deskStore, clock, shared, cases: () => runtime,
    onOrphan: ({ kind, stream, sha256, at }) => { log.warn({ kind, case: stream, sha256, at }, 'orphan attempt: what it made was stored, and no case refers to it'); },
    onFailure: (error) => { log.warn({ err: error }, 'attempts could not be looked through; they are later'); },
  });
  opened.push(() => attempts.close());
  const signing = createSigning({ vault, blobs, clock, directory, units: () => directory.units(), folder, zone: config.zone, ...(shared && { alone: (person, work) => leases.alone(`key-${person}`, work) }) });
  const dataStores = createDataStores({ projections, runtime: () => runtime, agencies: directory });
  const registry = createRegistry({ projections, runtime: () => runtime, blobs, agencies: directory, clock, zone: config.zone });
  const runtime: EmbeddedRuntime = new EmbeddedRuntime({
    store, vault, blobs, projections, snapshots: projections.snapshots, queue, ...(shared && { leases }), clock, ids: systemIds, calendars, zone: config.zone,
    readers: [registry.projection, dataStores.projection, organization.projection, calendars.projection, cases.projection, taskRows.projection, monitor.projection, changes.projection],
    handlers: [
      notifyJob(notices, directory, clock), ...registry.handlers, ...dataStores.handlers, signing.sealJob(attempts),
      generateJob({ templates, renderer, numbering: registry.numbers, blobs, attempts, directory, definitions: () => runtime.definitions, clock, zone: config.zone }),
      ...exchangeJobs({ runtime: () => runtime, blobs, attempts, directory, clock, sealer: signing.sealer, verifier: signing.verifier }),
    ],
    privateFields: { ...ORGANIZATION_PRIVATE_FIELDS, ...REGISTRY_PRIVATE_FIELDS, ...EXCHANGE_PRIVATE_FIELDS }, checkForm, templates,
    onJobFailure: ({ key, elementId }, error) => { log.warn({ job: key, elementId, ...cause(error) }, 'a job failed'); },
    sealed: sealedCases(store),
    onProgress: (position, head, doing) => {
      opening.progress(position, head, doing);
      log.info({ position, head }, doing === 'look' ? 'looking for the cases at work' : 'rebuilding lists from the log');
    },
    onFailure: (error) => { log.error({ err: error }, 'lists or dispatch are behind the log; they are taken up again after a pause'); },
    ...(failpoint.runtime && { failpoint: failpoint.runtime }),
  });
  opened.push(() => runtime.stop(left()));
  await runtime.start();
  taking.up = () => { void runtime.takeUp(); };
  opening.opened('projections');
  if (!shared) await attempts.tellLeftovers();
  return { node, organization, calendars, cases, taskRows, monitor, changes, attempts, notices, signing, registry, dataStores, runtime, failpoint: failpoint.runtime };
}

/** The doors: people, pages and the API over a runtime at work. */
async function open(config: Config, log: Logger, clock: Clock, opened: Close[], adapters: Adapters, front: Front): Promise<Piton> {
  const { porch, server } = front;
  const { node, organization, calendars, cases, taskRows, monitor, changes, attempts, notices, signing, registry, dataStores, runtime, failpoint } = await openCore(config, log, clock, opened, front);
  const { folder, store, deskStore, blobs, leases, queue } = node;
  const { directory } = organization;
  const secure = config.url?.startsWith('https:') ?? false;
  const sessions = createSessions({
    desk: deskStore, directory, verify: (account, password) => organization.passwords.verify(account, password), clock, ids: systemIds, secure,
    idleMinutes: config.sessionIdleMinutes, longestHours: config.sessionHours,
  });
  const { people, demo, openedSigning, pins, setUpCode } = await leases.alone(SET_UP_LEASE, () => setUp(config, { node, calendars, organization, signing, registry, cases, runtime, sessions }));
  const signer = adapters.signer ?? openedSigning.signer;

  const forms = new FormBook(runtime.definitions, clock, config.zone, () => officersIn(directory));
  const uploads = await openUploads({ attempts, parts: node.parts, desk: deskStore, clock, ids: systemIds, blobs });
  const { attachments } = uploads;
  const tasks = tasksModule({ runtime, tables: taskRows.tables, directory, forms, papers: { attempts, blobs, attachments, clock, ids: systemIds, signer, failpoint } });
  const failed = (error: unknown): void => { log.error({ err: error }, 'the live connection could not tell everybody'); };
  const board = monitor.module({ runtime, directory, titles: (streams) => cases.titles(streams), clock, onFailure: failed });
  const groups = () => [...directory.units(), ...directory.posts(), ...directory.groups()];
  const models = modelsModule({
    runtime, blobs, deskStore, directory, calendars, clock, running: (processId) => cases.cases.count({ where: { processId, status: 'active' } }), groups,
    ...(node.shared && { turns: (work) => leases.alone('drafts', work) }),
  });
  const assets = await buildAssets(join(folder, 'assets'));
  const pages = pagesModule({
    runtime, directory, groups, deskStore, clock, ids: systemIds, zone: config.zone, sessions, firstAdministrator: people.firstAdministrator, authorise,
    absences: people.absences, exactNumber, readDate, tasks, forms, notices, models, attachments, cases: cases.finder(runtime, directory), signer, monitor: board.board, registers: registry.books, dataStores: dataStores.books, live: true, assets: assets.names, ...(demo.length > 0 && { demo: DEMO_HINT }),
  }, assets.served);
  // Without Redis a node of many still serves people: what is not enqueued is taken up when it is back.
  const ready = async () => checksOf({ failure: await node.failure() }, { failure: runtime.health.failure, undone: node.shared ? undefined : runtime.health.undone, owed: runtime.owed });
  const clockWatch = watchClock({ clock, onJump: (seconds) => { log.warn({ seconds }, 'the clock has jumped; see docs/operations.md'); } });
  const lease = leases.stand('housekeeping');
  opened.push(() => lease.stop());
  const mayLook = async (): Promise<boolean> => !node.shared || await lease.confirm();
  const anchoring = await openAnchoring(config, { node, log, clock, mayLook, failpoint });
  opened.push(async () => { await anchoring?.stop(); });
  const metrics = createMetrics({
    version: version(), store, ...(anchoring && { anchoring: () => anchoring.figures() }), queue, runtime, http: () => app.figures, sockets: () => live.sockets, incidents: () => cases.openIncidents(), ready, folder, clock: clockWatch,
  }, { proxied: config.proxies > 0 || config.url !== undefined, ...(config.metricsToken !== undefined && { token: config.metricsToken }) });
  opened.push(async () => { metrics.stop(); clockWatch.stop(); });
  const app = createApp({
    modules: [metrics.http, sessionModule(sessions), people.http, calendarsModule(calendars, runtime), deploymentsModule(runtime), cases.http({ runtime, directory, forms, blobs, attachments }), noticesModule(notices), openedSigning.http, models, uploads, tasks, board, registry.http, dataStores.http, pages],
    sessions, clock, ids: systemIds, log, secure, proxies: config.proxies, version: version(), shared: node.shared, settled: (position) => runtime.settled(position), listsFollow: () => runtime.health.failure === undefined,
    ready, gate: { most: config.commandsAtOnce, stuckMs: () => { const since = store.figures?.underWaySince; return since === undefined ? 0 : performance.now() - since; } },
    errorPage: (failed, about) => pages.errorPage(failed, about), ...(failpoint && { failpoint }), ...(config.url !== undefined && { origins: [new URL(config.url).origin] }),
  });
  opened.push(() => server.close(front.left()));
  const live = openLive(server.server, { sessions, clock, locate: (stream) => cases.resource(runtime, stream), onFailure: failed, adapter: node.liveAdapter, ...(config.url !== undefined && { origins: [new URL(config.url).origin] }) });
  board.listen(live);
  const stopTelling = changes.start(runtime, live, failed);
  opened.push(async () => { stopTelling(); await Promise.all([board.stop(), live.close()]); });
  const keepHouse = setInterval(() => { void keepOrder(lease, deskStore, attempts, node.shared, clock).catch(failed); }, HOUSEKEEPING_MS);
  opened.push(async () => { clearInterval(keepHouse); });
  const stopSealing = sealHeadsDaily({
    book: node.heads, mayLook, store, clock, sealer: openedSigning.sealer, agency: () => directory.units().find(({ parent }) => parent === undefined)?.id,
    onFailure: (error) => { log.warn({ err: error }, 'closed cases or the head of the log could not be sealed today; it is tried again'); },
  });
  opened.push(stopSealing);
  porch.open(app);
  const lines = welcome(server.url, demo, pins, people.firstAdministrator.needed() ? setUpCode : undefined);
  const stop = async (noticeMs = 0): Promise<void> => {
    app.announce();
    if (noticeMs > 0) await new Promise((resolve) => { setTimeout(resolve, noticeMs); });
    front.endsBy = performance.now() + config.drainSeconds * 1_000;
    app.drain();
    await closeAll(opened);
  };
  return { url: server.url, lines, runtime, stop };
}

/** Mails the sealed heads to who keeps them outside, where the configuration names somebody. */
async function openAnchoring({ anchoring, url }: Config, { node, log, clock, mayLook, failpoint }: {
  readonly node: NodeAdapters; readonly log: Logger; readonly clock: Clock; readonly mayLook: () => Promise<boolean>; readonly failpoint: ((name: string) => void) | undefined;
}): Promise<Anchoring | undefined> {
  if (anchoring === undefined) {
    // For the doctor only: a full disk keeps no server from starting.
    await noteAnchoring(node.deskStore, undefined).catch(() => undefined);
    return undefined;
  }
  const { to, from, server } = anchoring;
  // A start that mails nothing does not wait for the mail program to be loaded.
  const { openMail } = await import('./mail/index.ts');
  return anchorHeads({
    book: node.heads, desk: node.deskStore, mail: openMail({ server, from }), to, installation: url ?? hostname(), clock, mayLook, failpoint,
    onFailure: (error) => { log.warn({ err: error }, 'sealed heads could not be mailed; it is tried again'); },
    onLate: ({ heads, seconds }) => { log.error({ heads, seconds }, 'sealed heads have not left this machine for over a day; see docs/operations.md, sealed heads are not mailed'); },
  });
}

/** What an installation has once: calendars, accounts of the demo, certificates, the code of the first administrator. Done by one node, found by the others. */
async function setUp(config: Config, { node, calendars, organization, signing, registry, cases, runtime, sessions }: {
  readonly node: NodeAdapters; readonly calendars: ReturnType<typeof createCalendarBook>; readonly organization: ReturnType<typeof createOrganization>; readonly signing: ReturnType<typeof createSigning>; readonly registry: ReturnType<typeof createRegistry>;
  readonly cases: ReturnType<typeof createInstances>; readonly runtime: EmbeddedRuntime; readonly sessions: ReturnType<typeof createSessions>;
}) {
  const { vault } = node;
  const { directory } = organization;
  await upToDate(node, runtime);
  await seedCalendars(calendars, runtime, SYSTEM);
  const setUpCode = config.demo ? undefined : await codeOfSetUp(node);
  const people = organization.start(runtime, sessions, setUpCode);
  const demo = config.demo
    ? await seedDemo({
        runtime, directory, commands: people.commands, plan: registry.plan, passwords: organization.passwords, vault, ids: systemIds,
        procedures: await Promise.all(PROCEDURES.map((name) => readProcedure(join(ROOT, 'processes', name)))),
      })
    : [];
  const openedSigning = await signing.start({
    runtime, locateCase: (stream) => cases.locate(runtime, stream), organization: demo.length > 0 ? 'Demonstration Government' : 'Government', meta: SYSTEM,
  });
  const pins = await openedSigning.enrolDemo(demo.map(({ account }) => account), SYSTEM);
  return { people, demo, openedSigning, pins, setUpCode };
}

/** Of many nodes any may be asked for it, so they share one; a node that is alone makes a new one at every start. */
async function codeOfSetUp({ vault, shared }: NodeAdapters): Promise<string> {
  const made = systemIds.token(9);
  if (!shared) return made;
  const kept = await vault.secret(SET_UP_SECRET);
  if (kept !== undefined) return Buffer.from(kept).toString();
  await vault.putSecret(SET_UP_SECRET, Buffer.from(made));
  return made;
}

/** Waits until the tables of this node include what all nodes have written so far. */
async function upToDate({ store, shared }: NodeAdapters, runtime: EmbeddedRuntime): Promise<void> {
  if (!shared) return;
  const { position } = await store.head();
  while (!await runtime.settled(position)) if (runtime.health.failure !== undefined) throw runtime.health.failure as Error;
}

/** What one node does for all, now and then. */
async function keepOrder(lease: Lease, desk: DeskStore, attempts: AttemptBook, shared: boolean, clock: Clock): Promise<void> {
  if (!await lease.confirm()) return;
  await desk.sweep(clock.now());
  if (shared) await attempts.tellLeftovers();
}

/** A failure with a code names persons or values in its message: the incident tells them to who may read the case, the log does not. */
function cause(error: unknown): { readonly code: string } | { readonly err: unknown } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? { code } : { err: error };
}

function welcome(url: string, demo: readonly DemoAccount[], pins: Readonly<Record<string, string>>, setUpCode: string | undefined): string[] {
  const lines = [`Piton is ready at ${url}`];
  if (demo.length > 0) lines.push('It holds a demo government. Sign in with one of these accounts (PITON_DEMO=off starts without them); officers sign documents with the PIN:', ...table(demo, pins));
  if (setUpCode !== undefined) lines.push(`Nobody has an account yet. Open ${url}/setup and make the first administrator with the code ${setUpCode}`);
  return lines;
}

function table(demo: readonly DemoAccount[], pins: Readonly<Record<string, string>>): string[] {
  const width = Math.max(...demo.map(({ account }) => account.length));
  return demo.map(({ account, password, roles, title }) => `  ${account.padEnd(width)}  ${(password ?? '(changed)').padEnd(14)}  ${(roles.includes('officer') ? pins[account] ?? '(changed)' : '').padEnd(9)}  ${title}`);
}

const STORE_POINTS = ['before-commit', 'after-commit', 'slow-commit', 'fail-sync', 'lose-sync'] as const;

/** `name:n`: the process kills itself at the n-th passing. Points of the store are watched in its writer, the others here. */
function failpoints(text: string | undefined): { store?: { name: (typeof STORE_POINTS)[number]; after: number }; runtime?: (name: string) => void } {
  const [name, after] = text?.split(':') ?? [];
  if (name === undefined) return {};
  const ofStore = STORE_POINTS.find((point) => point === name);
  if (ofStore !== undefined) return { store: { name: ofStore, after: Number(after) } };
  let left = Number(after);
  return {
    runtime: (passed) => {
      if (passed === name && (left -= 1) === 0) process.kill(process.pid, 'SIGKILL');
    },
  };
}

function version(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }).version;
}

/** Serves until SIGINT or SIGTERM; `--print-config` only prints the settings. Rejects with CONFIG_ARGUMENT_UNKNOWN for any other word. */
export async function main(parameters: readonly string[]): Promise<void> {
  const word = parameters.find((each) => each !== '--print-config');
  if (word !== undefined) throw new ConfigError('CONFIG_ARGUMENT_UNKNOWN', { word });
  if (parameters.includes('--print-config')) {
    process.stdout.write(`${printConfig()}\n`);
    return;
  }
  const config = readConfig();
  const log = openLog(config.log);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, 'ended by a failure that nobody expected; what was acknowledged is on disk');
      process.exit(1);
    });
  }
  const piton = await startPiton(config, log);
  for (const line of piton.lines) process.stdout.write(`${line}\n`);
  const noticeMs = config.drainNoticeSeconds * 1_000;
  await endAtSignal({
    stop: () => piton.stop(noticeMs), boundMs: noticeMs + config.drainSeconds * 1_000 + CLOSE_MS, log, onFirst: () => process.stdout.write('Piton is stopping: what was accepted is on disk.\n'),
  });
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    const { code = 'PITON_FAILED', message, hint = '' } = error as Error & { readonly code?: string; readonly hint?: string };
    process.stderr.write(`${message.startsWith(code) ? '' : `${code}: `}${message}\n${hint === '' ? '' : `${hint}\n`}`);
    process.exitCode = 1;
    // Whoever watches over it starts again only what has ended, whatever a driver has left open.
    setTimeout(() => process.exit(), CLOSE_MS).unref();
  }
}
