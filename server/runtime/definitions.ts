/**
 * Deployed process definitions: versions from the log, models and forms from the blob store, graphs compiled once and shared.
 *
 * It is fed as a projection and also right after a commit of this node, so that a case can start as soon as the answer is out.
 */
import { boundCalls, boundVersions, compile, identityOf } from '../../engine/index.ts';
import type { BoundProcesses, DefinitionEvent, KnownVersion, Problem, ProcessGraph, StartCandidate } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Projections, Row, Table } from '../ports/projections.ts';
import type { DecodedRecord, DefinitionVersion, Definitions, Projection } from './types.ts';

type Deployed = Extract<DefinitionEvent, { type: 'ProcessDeployed' }>;

interface DefinitionRow extends Row {
  readonly key: string;
  readonly processId: string;
  readonly version: number;
  readonly event: Deployed;
  readonly at: string;
  readonly by: string;
}

interface Known {
  readonly version: DefinitionVersion;
  readonly messages: Deployed['messages'];
  readonly signals: Deployed['messages'];
  /** It has start events that wait for a condition. */
  readonly conditional: boolean;
  /** What it is made of. */
  readonly identity: string;
}

type Graphs = ReadonlyMap<string, ProcessGraph>;

const FORM = 'form/';
const DECISION = 'decision/';

export class DefinitionRegistry implements Definitions, Projection {
  readonly name = 'definitions';
  /** Latest version of each process id, for the facts of a decision; changed in place. */
  readonly latestVersions: Record<string, number> = Object.create(null) as Record<string, number>;
  readonly #table: Table<DefinitionRow>;
  readonly #blobs: BlobStore;
  readonly #known = new Map<string, Known[]>();
  /** Forms with a version tag, by `id@tag`: their blobs. */
  readonly #taggedForms = new Map<string, string>();
  readonly #bound = new WeakMap<ProcessGraph, ReturnType<typeof boundCalls>>();
  /** By the model's hash; a promise while it is being compiled. */
  readonly #graphs = new Map<string, Graphs | Promise<Graphs>>();

  constructor(projections: Projections, blobs: BlobStore) {
    this.#blobs = blobs;
    this.#table = projections.table<DefinitionRow>({ name: 'definitions', key: 'key', indexes: [['processId', 'version']] });
  }

  /** Reads what the projections hold. */
  async load(): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#table.find({ orderBy: [{ column: 'processId' }, { column: 'version' }], limit: 500, ...(after !== undefined && { after }) });
      for (const row of page.rows) this.#remember(row.event, row.at, row.by);
      after = page.next;
    } while (after !== undefined);
  }

  apply(record: DecodedRecord): void {
    if (!record.stream.startsWith('definition/')) return;
    for (const event of record.events as readonly DefinitionEvent[]) {
      if (event.type !== 'ProcessDeployed') continue;
      const key = `${event.processId} ${String(event.version)}`;
      this.#table.put({ key, processId: event.processId, version: event.version, event, at: record.at, by: record.actor.person });
      this.#remember(event, record.at, record.actor.person);
    }
  }

  /** Makes a version known before its projection: a command of this node has just been committed. */
  note(record: Pick<DecodedRecord, 'events' | 'at' | 'actor'>): void {
    for (const event of record.events as readonly DefinitionEvent[]) {
      if (event.type === 'ProcessDeployed') this.#remember(event, record.at, record.actor.person);
    }
  }

  latest(processId: string): DefinitionVersion | undefined {
    return this.#known.get(processId)?.at(-1)?.version;
  }

  version(processId: string, version: number): DefinitionVersion | undefined {
    return this.#known.get(processId)?.[version - 1]?.version;
  }

  list(): readonly DefinitionVersion[] {
    return [...this.#known.values()].flatMap((versions) => versions.at(-1)?.version ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async procedures(): Promise<readonly DefinitionVersion[]> {
    const all = await Promise.all(this.list().map(async (version) => ({ version, graph: await this.graph(version.processId, version.version) })));
    return all.filter(({ graph }) => !graph.globalTask).map(({ version }) => version);
  }

  versions(processId: string): readonly DefinitionVersion[] {
    return (this.#known.get(processId) ?? []).map(({ version }) => version);
  }

  /** Processes whose latest version starts with this message or signal. */
  startsWith(name: string, trigger: 'message' | 'signal'): readonly StartCandidate[] {
    return [...this.#known.values()].flatMap((versions) => {
      const latest = versions.at(-1);
      const start = latest?.[`${trigger}s`].find((one) => one.name === name);
      return latest && start ? [{ processId: latest.version.processId, version: latest.version.version, startElementId: start.startElementId, ...(start.collects && { collects: start.collects }) }] : [];
    });
  }

  /** Latest versions that a condition can start. */
  conditional(): readonly DefinitionVersion[] {
    return [...this.#known.values()].flatMap((versions) => (versions.at(-1)?.conditional ? versions.slice(-1).map(({ version }) => version) : []));
  }

  /** The latest version so far and what it is made of; undefined for a process that was never deployed. */
  known(processId: string): KnownVersion | undefined {
    const versions = this.#known.get(processId);
    const latest = versions?.at(-1);
    return versions && latest && { version: versions.length, identity: latest.identity };
  }

  /** The blob of a form that was deployed with a version tag, by `id@tag`. */
  taggedForm(key: string): string | undefined {
    return this.#taggedForms.get(key);
  }

  /** What the calls of a version mean that are not bound to the latest; undefined when it has none. */
  boundFor(graph: ProcessGraph, version: DefinitionVersion | undefined): BoundProcesses | undefined {
    let calls = this.#bound.get(graph);
    if (!calls) this.#bound.set(graph, (calls = boundCalls(graph)));
    if (!calls.tagged && !calls.computed && calls.deployment.length === 0) return undefined;
    const tagged = !calls.tagged ? {} : Object.fromEntries([...this.#known].map(([id, versions]) => [id, Object.fromEntries(versions.flatMap(({ version: one }) => (one.versionTag === undefined ? [] : [[one.versionTag, one.version]])))]));
    return { deployment: version?.processes ?? {}, tagged };
  }

  async graph(processId: string, version: number): Promise<ProcessGraph> {
    const graphs = await this.#compiled(this.#required(processId, version).hash);
    const graph = graphs.get(processId);
    if (!graph) throw new Error(`Expected version ${String(version)} of ${processId} in its stored model, but the model does not hold it`);
    return graph;
  }

  /** The same without waiting: undefined before the model was compiled in this process. */
  graphAtHand(processId: string, version: number): ProcessGraph | undefined {
    const hash = this.version(processId, version)?.hash;
    const graphs = hash === undefined ? undefined : this.#graphs.get(hash);
    return graphs instanceof Promise ? undefined : graphs?.get(processId);
  }

  async xml(processId: string, version: number): Promise<string> {
    return this.#text(this.#required(processId, version).hash);
  }

  async form(processId: string, version: number, formId: string): Promise<unknown> {
    const { forms } = this.#required(processId, version);
    const hash = Object.hasOwn(forms, formId) ? forms[formId] : undefined;
    return hash === undefined ? undefined : (JSON.parse(await this.#text(hash)) as unknown);
  }

  #remember(event: Deployed, at: string, by: string): void {
    const { processId, version, name, hash, fileName, content, versionTag, messages, signals = [], conditions = [] } = event;
    const versions = this.#known.get(processId) ?? [];
    if (versions.length >= version) return;
    const contentOf = (prefix: string): Record<string, string> => Object.fromEntries(Object.entries(content).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])));
    const [forms, decisions] = [contentOf(FORM), contentOf(DECISION)];
    const processes = boundVersions(content);
    versions.push({ messages, signals, conditional: conditions.length > 0, identity: identityOf(hash, content), version: { processId, version, name, hash, fileName, forms, decisions, deployedAt: at, deployedBy: by, ...(versionTag !== undefined && { versionTag }), ...(Object.keys(processes).length > 0 && { processes }) } });
    for (const [key, hash] of Object.entries(forms)) if (key.includes('@')) this.#taggedForms.set(key, hash);
    this.#known.set(processId, versions);
    this.latestVersions[processId] = version;
  }

  #required(processId: string, version: number): DefinitionVersion {
    const known = this.version(processId, version);
    if (!known) throw new Error(`Expected version ${String(version)} of ${processId} to be deployed, but it is not`);
    return known;
  }

  async #compiled(hash: string): Promise<Graphs> {
    const known = this.#graphs.get(hash);
    if (known) return known;
    const compiling = this.#compile(hash);
    this.#graphs.set(hash, compiling);
    compiling.catch(() => this.#graphs.delete(hash));
    return compiling;
  }

  async #compile(hash: string): Promise<Graphs> {
    const graph = await compile(await this.#text(hash));
    if (isRefused(graph)) throw new Error(`Expected model ${hash} to compile as it did when it was deployed, but ${graph[0]?.message ?? 'it is refused'}`);
    const processes = new Map(graph.processes.map((process) => [process.id, process]));
    this.#graphs.set(hash, processes);
    return processes;
  }

  async #text(hash: string): Promise<string> {
    const content = await this.#blobs.get(hash);
    if (!content) throw new Error(`Expected blob ${hash} in the blob store, but it is missing; restore it from a backup`);
    return Buffer.from(content).toString('utf8');
  }
}

export function isRefused(outcome: object): outcome is readonly Problem[] {
  return Array.isArray(outcome);
}
