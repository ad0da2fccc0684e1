/** The whole HTTP shell on a runtime in memory, listening on a free port, with people of every role and a client for each. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppOptions } from '../../../server/http/options.ts';
import { createApp } from '../../../server/http/app.ts';
import type { App } from '../../../server/http/app.ts';
import type { HttpModule } from '../../../server/http/contract/bind.ts';
import type { Sessions } from '../../../server/http/contract/services.ts';
import { listen } from '../../../server/http/listen.ts';
import type { Listening } from '../../../server/http/listen.ts';
import { sessionModule } from '../../../server/http/session-routes.ts';
import { createSessions } from '../../../server/http/sessions.ts';
import { calendarsModule, createCalendarBook } from '../../../server/calendars/index.ts';
import type { CalendarBook } from '../../../server/calendars/index.ts';
import { createDataStores } from '../../../server/data-stores/index.ts';
import { deploymentsModule } from '../../../server/deployments/index.ts';
import { createInstances } from '../../../server/instances/index.ts';
import { modelsModule } from '../../../server/models/index.ts';
import { createNotices, noticesModule, notifyJob } from '../../../server/notices/index.ts';
import { createOrganization, ORGANIZATION_PRIVATE_FIELDS } from '../../../server/organization/index.ts';
import type { Organization } from '../../../server/organization/index.ts';
import type { DeskStore } from '../../../server/ports/desk-store.ts';
import type { Role } from '../../../server/ports/directory.ts';
import type { EventStore } from '../../../server/ports/event-store.ts';
import type { Vault } from '../../../server/ports/vault.ts';
import { createRegistry, REGISTRY_PRIVATE_FIELDS } from '../../../server/registry/index.ts';
import type { Registry } from '../../../server/registry/index.ts';
import { openEmbeddedQueue } from '../../../server/queues/embedded.ts';
import { EmbeddedRuntime } from '../../../server/runtime/runtime.ts';
import type { CommandMeta } from '../../../server/runtime/types.ts';
import { openFileBlobStore } from '../../../server/stores/blobs/file-blob-store.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { openSqliteDeskStore } from '../../../server/stores/sqlite/desk-store.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { openSqliteVault } from '../../../server/stores/sqlite/vault.ts';
import { openFilePartStore } from '../../../server/stores/blobs/file-part-store.ts';
import { openUploads } from '../../../server/uploads/index.ts';
import { VirtualTime } from '../../contracts/virtual-time.ts';

export const CHEAP = { memoryKiB: 64, passes: 1 };
export const PASSWORD = 'seven blue pelicans dance';
export const META: CommandMeta = { actor: { person: 'test', groups: [] } };
export const SETUP_CODE = 'set-up-code-of-this-test';
export const ids = { uuid: () => randomUUID(), token: (bytes: number) => randomBytes(bytes).toString('base64url') };

export interface ShellOptions {
  /** Kept by the test to start a second shell on the same log. */
  readonly store?: EventStore;
  readonly vault?: Vault;
  readonly desk?: DeskStore;
  readonly time?: VirtualTime;
  /** Without people: nobody has an account yet. */
  readonly empty?: boolean;
  readonly app?: Partial<AppOptions>;
  readonly modules?: readonly HttpModule[];
}

export interface Shell {
  readonly url: string;
  readonly app: App;
  readonly listening: Listening;
  readonly runtime: EmbeddedRuntime;
  readonly organization: Organization;
  readonly commands: ReturnType<Organization['start']>['commands'];
  readonly calendars: CalendarBook;
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly desk: DeskStore;
  readonly vault: Vault;
  readonly store: EventStore;
  readonly time: VirtualTime;
  readonly log: Record<string, unknown>[];
  readonly failures: unknown[];
  signIn(account: string): Promise<Client>;
  stop(): Promise<void>;
}

/** Accounts of the tests: one of each role, and two officers of different units. */
export const PEOPLE: readonly { readonly id: string; readonly roles: readonly Role[]; readonly post: string }[] = [
  { id: 'clerk', roles: ['officer'], post: 'clerk' },
  { id: 'colleague', roles: ['officer'], post: 'colleague' },
  { id: 'treasurer', roles: ['officer'], post: 'treasurer' },
  { id: 'head', roles: ['officer', 'manager'], post: 'head' },
  { id: 'registrar', roles: ['registry'], post: 'registrar' },
  { id: 'modeller', roles: ['analyst'], post: 'modeller' },
  { id: 'root', roles: ['administrator'], post: 'operator' },
];

export async function startShell(options: ShellOptions = {}): Promise<Shell> {
  const folder = mkdtempSync(join(tmpdir(), 'piton-http-'));
  const time = options.time ?? new VirtualTime();
  const store = options.store ?? openMemoryEventStore();
  const vault = options.vault ?? await openSqliteVault({ folder });
  const desk = options.desk ?? openSqliteDeskStore(':memory:');
  const projections = createSqliteProjections(':memory:');
  const notices = createNotices(desk);
  const organization = createOrganization({ projections, vault, notices, clock: time.clock, zone: 'America/St_Lucia', passwordCost: CHEAP });
  const calendars = createCalendarBook(projections);
  const instances = createInstances(projections);
  const failures: unknown[] = [];
  const blobs = await openFileBlobStore(join(folder, 'blobs'));
  const uploads = await openUploads({ parts: await openFilePartStore(join(folder, 'uploads')), desk, clock: time.clock, ids, blobs });
  const queue = openEmbeddedQueue({ clock: time.clock, timer: time.timer, onFailure: (_job, error) => { failures.push(error); } });
  const registry = createRegistry({ projections, runtime: () => runtime, blobs, agencies: organization.directory, clock: time.clock, zone: 'America/St_Lucia' });
  const dataStores = createDataStores({ projections, runtime: () => runtime, agencies: organization.directory });
  const runtime: EmbeddedRuntime = new EmbeddedRuntime({
    gatherMs: 0,
    store, vault, blobs, projections, snapshots: projections.snapshots, queue, clock: time.clock, ids, calendars, zone: 'America/St_Lucia',
    readers: [organization.projection, calendars.projection, instances.projection, registry.projection, dataStores.projection], handlers: [notifyJob(notices, organization.directory, time.clock), ...registry.handlers, ...dataStores.handlers],
    privateFields: { ...ORGANIZATION_PRIVATE_FIELDS, ...REGISTRY_PRIVATE_FIELDS }, checkForm: () => [], onFailure: (error) => { failures.push(error); },
  });
  await runtime.start();
  const sessions = createSessions({
    desk, directory: organization.directory, verify: (account, password) => organization.passwords.verify(account, password), clock: time.clock, ids, secure: options.app?.secure ?? false,
    idleMinutes: 30, longestHours: 10,
  });
  const { commands, http: organizationModule } = organization.start(runtime, sessions, SETUP_CODE);
  if (options.empty !== true && options.store === undefined) await populate(commands, runtime);
  const log: Record<string, unknown>[] = [];
  const note = (level: string) => (fields: object): void => { log.push({ level, ...fields }); };
  const app = createApp({
    modules: options.modules ?? [
      sessionModule(sessions), deploymentsModule(runtime), instances.http({ runtime, directory: organization.directory, forms: { check: () => Promise.resolve(undefined) }, blobs, attachments: uploads.attachments }), noticesModule(notices), uploads, organizationModule, calendarsModule(calendars, runtime), registry.http, dataStores.http,
      modelsModule({ runtime, blobs, deskStore: desk, directory: organization.directory, calendars, clock: time.clock, groups: () => [...organization.directory.units(), ...organization.directory.posts(), ...organization.directory.groups()], running: (processId) => instances.cases.count({ where: { processId, status: 'active' } }) }),
    ],
    sessions, clock: time.clock, ids, log: { info: note('info'), warn: note('warn'), error: note('error') } as AppOptions['log'],
    settled: (position) => runtime.settled(position), ready: async () => [{ name: 'log', ready: true }], version: '0.0.0', checkAnswers: true, ...options.app,
  });
  const listening = await listen(app, '127.0.0.1', 0);
  return {
    url: listening.url, app, listening, runtime, organization, commands, calendars, registry, sessions, desk, vault, store, time, log, failures,
    signIn: (account) => Client.signIn(listening.url, account),
    async stop() {
      await listening.close(0);
      await runtime.stop();
      if (options.store === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function populate(commands: Shell['commands'], runtime: EmbeddedRuntime): Promise<void> {
  await commands.createUnit({ id: 'ministry', title: 'Ministry' }, META);
  await commands.createUnit({ id: 'treasury', title: 'Treasury', parent: 'ministry' }, META);
  await commands.createGroup({ id: 'officers', title: 'All officers' }, META);
  let position = 0;
  for (const { post } of PEOPLE) {
    const answer = await commands.createPost({ id: post, title: `The ${post}`, unit: post === 'treasurer' ? 'treasury' : 'ministry', groups: post === 'treasurer' ? [] : ['officers'] }, META);
    position = answer.outcome === 'accepted' ? answer.position : position;
  }
  await runtime.settled(position);
  for (const { id, roles, post } of PEOPLE) {
    const answer = await commands.addPerson({ id, name: `Holder of ${post}`, roles, post, password: PASSWORD }, META);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    position = answer.position;
  }
  await runtime.settled(position);
}

/** Every field a test looks at in any answer; which answer has which is the contract's business, and is checked on the way out. */
export interface Body {
  readonly [field: string]: unknown;
  readonly account: string;
  readonly active: readonly Body[];
  readonly actor: Body;
  readonly at: string;
  readonly code: string;
  readonly csrf: string;
  readonly detail: string;
  readonly elementId: string;
  readonly elementName: string;
  readonly elementType: string;
  readonly errors: readonly Body[];
  readonly event: Body;
  readonly fresh: unknown;
  readonly groups: readonly unknown[];
  readonly hash: string;
  readonly hint: string;
  readonly holidays: readonly Body[];
  readonly id: string;
  readonly idleUntil: string;
  readonly incident: number;
  readonly incidents: readonly Body[];
  readonly items: readonly Body[];
  readonly line: number;
  readonly message: string;
  readonly n: number;
  readonly page: { readonly next?: string | number };
  readonly person: Body;
  readonly pointer: string;
  readonly position: number;
  readonly posts: readonly Body[];
  readonly problems: readonly Body[];
  readonly processes: readonly Body[];
  readonly decisions: readonly Body[];
  readonly processId: string;
  readonly requestId: string;
  readonly startedAt: string;
  readonly status: unknown;
  readonly subject: string;
  readonly type: string;
  readonly units: readonly Body[];
  readonly variables: Body;
  readonly version: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the JSON says; of an answer that is no JSON, nothing. */
  readonly body: Body;
}

/** A signed-in program: cookie and token are sent with every request. */
export class Client {
  readonly url: string;
  readonly cookie: string;
  readonly csrf: string;

  constructor(url: string, cookie: string, csrf: string) {
    this.url = url;
    this.cookie = cookie;
    this.csrf = csrf;
  }

  static async signIn(url: string, account: string, password: string = PASSWORD): Promise<Client> {
    const reply = await send(url, 'POST', '/api/v1/session', { account, password });
    if (reply.status !== 201) throw new Error(`${account} could not sign in: ${reply.text}`);
    return new Client(url, cookieOf(reply), reply.body.csrf);
  }

  get(path: string): Promise<Reply> {
    return send(this.url, 'GET', path, undefined, { cookie: this.cookie });
  }

  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return send(this.url, 'POST', path, body, { cookie: this.cookie, 'x-csrf-token': this.csrf, ...headers });
  }

  put(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return send(this.url, 'PUT', path, body, { cookie: this.cookie, 'x-csrf-token': this.csrf, ...headers });
  }

  delete(path: string): Promise<Reply> {
    return send(this.url, 'DELETE', path, undefined, { cookie: this.cookie, 'x-csrf-token': this.csrf });
  }
}

export function cookieOf(reply: Reply): string {
  return (reply.headers.get('set-cookie') ?? '').split(';')[0]!;
}

/** `body`: sent as JSON; a text as it is. */
export async function send(url: string, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await fetch(url + path, {
    method, redirect: 'manual', ...content, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), connection: 'close', ...headers },
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as Body };
}
