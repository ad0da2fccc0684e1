/**
 * Deployed decisions: versions from the log, DMN files from the blob store, models compiled once and shared; and which of them a
 * process can call. Fed like the process definitions: as a projection, and right after a commit of this node.
 */
import { calledDecisions, compileDecisionFiles } from '../../engine/index.ts';
import type { DecisionDeployed, DecisionModel, Decisions, DeployedDecision, ProcessGraph } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Projections, Row, Table } from '../ports/projections.ts';
import type { DecisionVersion, DecodedRecord, DefinitionVersion, Projection } from './types.ts';

interface DecisionRow extends Row {
  readonly key: string;
  readonly decisionId: string;
  readonly version: number;
  readonly event: DecisionDeployed;
  readonly at: string;
  readonly by: string;
}

/** What a version of a process can call; good until something else is deployed. */
interface Callable {
  readonly epoch: number;
  readonly decisions: Decisions | Promise<Decisions>;
}

export class DecisionRegistry implements Projection {
  readonly name = 'decisions';
  readonly #table: Table<DecisionRow>;
  readonly #blobs: BlobStore;
  readonly #known = new Map<string, DecisionVersion[]>();
  /** By the hash of the file. */
  readonly #models = new Map<string, DecisionModel | Promise<DecisionModel>>();
  readonly #called = new WeakMap<ProcessGraph, ReturnType<typeof calledDecisions>>();
  readonly #callable = new WeakMap<DefinitionVersion, Callable>();
  /** Grows with every version that becomes known. */
  #epoch = 0;

  constructor(projections: Projections, blobs: BlobStore) {
    this.#blobs = blobs;
    this.#table = projections.table<DecisionRow>({ name: 'decisions', key: 'key', indexes: [['decisionId', 'version']] });
  }

  /** Reads what the projections hold. */
  async load(): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#table.find({ orderBy: [{ column: 'decisionId' }, { column: 'version' }], limit: 500, ...(after !== undefined && { after }) });
      for (const row of page.rows) this.#remember(row.event, row.at, row.by);
      after = page.next;
    } while (after !== undefined);
  }

  apply(record: DecodedRecord): void {
    for (const event of deployedIn(record)) {
      const { decisionId, version } = event;
      this.#table.put({ key: `${decisionId} ${String(version)}`, decisionId, version, event, at: record.at, by: record.actor.person });
      this.#remember(event, record.at, record.actor.person);
    }
  }

  /** Makes a version known before its projection: a command of this node has just been committed. */
  note(record: Pick<DecodedRecord, 'events' | 'at' | 'actor'>): void {
    for (const event of deployedIn(record)) this.#remember(event, record.at, record.actor.person);
  }

  latest(decisionId: string): DecisionVersion | undefined {
    return this.#known.get(decisionId)?.at(-1);
  }

  /** True when the decision was deployed, or with `id@tag` a version of it with this tag. */
  has(key: string): boolean {
    const at = key.indexOf('@');
    if (at < 0) return this.#known.has(key);
    return this.#newestByTag(key.slice(0, at)).some(([tag]) => tag === key.slice(at + 1));
  }

  /** Latest version of every decision, by name. */
  list(): readonly DecisionVersion[] {
    return [...this.#known.values()].flatMap((versions) => versions.at(-1) ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What a version of a process can call, at once when the models are at hand; undefined when it calls nothing. */
  callableBy(graph: ProcessGraph, version: DefinitionVersion | undefined): Decisions | Promise<Decisions> | undefined {
    let called = this.#called.get(graph);
    if (!called) this.#called.set(graph, (called = calledDecisions(graph)));
    if (version === undefined || (called.latest.length === 0 && called.deployment.length === 0 && called.tagged.length === 0 && !called.computed)) return undefined;
    const known = this.#callable.get(version);
    if (known?.epoch === this.#epoch) return known.decisions;
    const epoch = this.#epoch;
    const latest = (called.computed ? [...this.#known.keys()] : called.latest).flatMap((id) => this.latest(id) ?? []);
    const together = Object.entries(version.decisions).filter(([id]) => called.computed || called.deployment.includes(id)).flatMap(([id, hash]) => this.#known.get(id)?.find((one) => one.hash === hash) ?? []);
    const tags = (called.computed ? [...this.#known.keys()] : called.tagged).map((id) => [id, this.#newestByTag(id)] as const);
    const decisions = Promise.all([this.#byId(latest), this.#byId(together), Promise.all(tags.map(async ([id, versions]) => [id, await this.#byTag(versions)] as const))]).then(([found, own, tagged]) => {
      const callable = { latest: found, deployment: own, tagged: Object.fromEntries(tagged) };
      this.#callable.set(version, { epoch, decisions: callable });
      return callable;
    });
    this.#callable.set(version, { epoch, decisions });
    decisions.catch(() => this.#callable.delete(version));
    return decisions;
  }

  #remember(event: DecisionDeployed, at: string, by: string): void {
    const { decisionId, version, name, fileName, hash, imports, versionTag } = event;
    const versions = this.#known.get(decisionId) ?? [];
    if (versions.length >= version) return;
    versions.push({ decisionId, version, name, fileName, hash, imports, deployedAt: at, deployedBy: by, ...(versionTag !== undefined && { versionTag }) });
    this.#known.set(decisionId, versions);
    this.#epoch += 1;
  }

  /** A later version with the same tag takes its place. */
  #newestByTag(decisionId: string): readonly (readonly [string, DecisionVersion])[] {
    const newest = new Map<string, DecisionVersion>();
    for (const version of this.#known.get(decisionId) ?? []) if (version.versionTag !== undefined) newest.set(version.versionTag, version);
    return [...newest];
  }

  async #byTag(versions: readonly (readonly [string, DecisionVersion])[]): Promise<Record<string, DeployedDecision>> {
    return Object.fromEntries(await Promise.all(versions.map(async ([tag, version]) => [tag, await this.#deployed(version)] as const)));
  }

  async #byId(versions: readonly DecisionVersion[]): Promise<Record<string, DeployedDecision>> {
    return Object.fromEntries(await Promise.all(versions.map(async (version) => [version.decisionId, await this.#deployed(version)] as const)));
  }

  async #deployed({ decisionId, name, version, hash, imports }: DecisionVersion): Promise<DeployedDecision> {
    return { decisionId, name, version, hash, model: await this.#model(hash, imports) };
  }

  async #model(hash: string, imports: readonly string[]): Promise<DecisionModel> {
    const known = this.#models.get(hash);
    if (known) return known;
    const compiling = this.#compile(hash, imports);
    this.#models.set(hash, compiling);
    compiling.catch(() => this.#models.delete(hash));
    return compiling;
  }

  async #compile(hash: string, imports: readonly string[]): Promise<DecisionModel> {
    const sources = await Promise.all([...imports, hash].map(async (name) => ({ name, content: await this.#text(name) })));
    const { files, problems } = compileDecisionFiles(sources);
    const model = files.find((file) => file.hash === hash)?.model;
    if (!model) throw new Error(`Expected decision file ${hash} to compile as it did when it was deployed, but ${problems[0]?.message ?? 'it is refused'}`);
    this.#models.set(hash, model);
    return model;
  }

  async #text(hash: string): Promise<string> {
    const content = await this.#blobs.get(hash);
    if (!content) throw new Error(`Expected blob ${hash} in the blob store, but it is missing; restore it from a backup`);
    return Buffer.from(content).toString('utf8');
  }
}

function deployedIn(record: Pick<DecodedRecord, 'events'>): DecisionDeployed[] {
  return record.events.filter((event): event is DecisionDeployed => event.type === 'DecisionDeployed');
}
