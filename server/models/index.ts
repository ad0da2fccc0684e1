/** Models: the drafts analysts work on, and deploying them over the version they began from. */
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute, HttpModule } from '../http/contract/bind.ts';
import { failure, notFound } from '../http/contract/failure.ts';
import { createModel, createModelDecision, deployModel, discardModel, discardModelDecision, getModel, getModelDecision, listModels, saveModel, saveModelDecision } from '../http/contract/models.ts';
import type { ModelBody, ModelSummaryBody } from '../http/contract/models.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Calendars } from '../ports/calendars.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeskStore } from '../ports/desk-store.ts';
import type { Directory } from '../ports/directory.ts';
import type { CommandMeta, DeployAnswer, Runtime } from '../runtime/types.ts';
import { emptyModel, idFromName } from './empty.ts';
import { modelFailure } from './errors.ts';
import { DecisionBook } from './decision-book.ts';
import { DecisionFilesReader } from './decisions.ts';
import { describeForms, formFiles } from './forms.ts';
import { procedureOf, procedures, summaryBody, versionsOf, who } from './procedures.ts';
import type { Procedure } from './procedures.ts';
import { etagOf, Shelf } from './shelf.ts';
import type { StoredDraft, Turns } from './shelf.ts';

/** `groups`: units, posts and groups that tasks may be offered to. `running`: cases of a process that are going on. */
export interface ModelsNeeds {
  readonly runtime: Pick<Runtime, 'deploy' | 'definitions'>;
  readonly blobs: BlobStore;
  readonly deskStore: DeskStore;
  readonly directory: Directory;
  readonly calendars: Calendars;
  readonly clock: Clock;
  readonly groups: () => readonly { readonly id: string; readonly title: string }[];
  readonly running: (processId: string) => Promise<number>;
  /** Of many nodes: changes of drafts go one after the other through it. */
  readonly turns?: Turns;
}

export interface ModelsModule extends HttpModule {
  /** Every procedure, by name: for the library page. */
  list(): Promise<readonly ModelSummaryBody[]>;
  /** Begins an empty procedure; answers its id. */
  begin(name: string, person: string): Promise<string>;
  find(id: string): Promise<ModelSummaryBody | undefined>;
}

export function modelsModule(needs: ModelsNeeds): ModelsModule {
  const book = new ModelBook(needs);
  return {
    name: 'models', routes: [...modelRoutes(book), ...decisionRoutes(book.decisions)],
    list: () => book.list(), begin: (name, person) => book.begin(name, person),
    find: async (id) => {
      const procedure = await book.find(id);
      return procedure === undefined ? undefined : book.summary(procedure);
    },
  };
}

function modelRoutes(book: ModelBook): BoundRoute[] {
  return [
    bind(listModels, async () => ({ status: 200, body: { items: await book.list() } })),
    bind(createModel, async ({ body, person }) => ({ status: 201, body: { id: await beginning(book, body, person.id) } })),
    bind(getModel, async ({ params }) => {
      const body = await book.model(params.id);
      return { status: 200, body, etag: etagOf(body.xml) };
    }),
    bind(saveModel, async ({ params, body, person, ifMatch }) => {
      const { savedAt } = await book.save(params.id, body, person.id, ifMatch);
      return { status: 200, body: { savedAt, savedBy: { id: person.id, name: person.name } }, etag: etagOf(body.xml) };
    }),
    bind(discardModel, async ({ params }) => {
      await book.discard(params.id);
      return { status: 204 };
    }),
    bind(deployModel, async ({ params, body, meta, ifMatch }) => {
      const { processes, warnings, position } = await book.deploy(params.id, body, ifMatch, meta);
      const bodies = processes.map(({ forms, decisions, ...process }) => ({ ...process, forms: Object.keys(forms), decisions: Object.keys(decisions) }));
      return { status: 201, body: { processes: bodies, warnings, position }, position };
    }),
  ];
}

function decisionRoutes(book: DecisionBook): BoundRoute[] {
  return [
    bind(createModelDecision, async ({ params, body, person }) => ({ status: 201, body: { id: await book.begin(params.id, body.name, person.id) } })),
    bind(getModelDecision, async ({ params }) => {
      const body = await book.read(params.id, params.decisionId);
      return { status: 200, body, etag: etagOf(body.xml) };
    }),
    bind(saveModelDecision, async ({ params, body, person, ifMatch }) => {
      const { savedAt } = await book.save(params.id, params.decisionId, body, person.id, ifMatch);
      return { status: 200, body: { savedAt, savedBy: { id: person.id, name: person.name } }, etag: etagOf(body.xml) };
    }),
    bind(discardModelDecision, async ({ params }) => {
      await book.discard(params.id, params.decisionId);
      return { status: 204 };
    }),
  ];
}

interface Titled {
  readonly id: string;
  readonly title: string;
}

/** As people look for it: capital or small, and the same after every start. */
function byTitle(left: Titled, right: Titled): number {
  const [one, other] = [left, right].map(({ id, title }) => `${title.toLowerCase()}\n${id}`) as [string, string];
  return one < other ? -1 : one > other ? 1 : 0;
}

function beginning(book: ModelBook, { name, processIds, xml }: { readonly name: string; readonly processIds?: readonly string[] | undefined; readonly xml?: string | undefined }, person: string): Promise<string> {
  return processIds === undefined || xml === undefined ? book.begin(name, person) : book.bring({ name, processIds, xml }, person);
}

type Content = Pick<StoredDraft, 'name' | 'processIds' | 'xml'>;

/** What the analyst knows of: live versions by process, ETags of changed decision files. */
interface Known {
  readonly basis: Readonly<Record<string, number>>;
  readonly decisions?: Readonly<Record<string, string>> | undefined;
}

class ModelBook {
  readonly #needs: ModelsNeeds;
  readonly #shelf: Shelf;
  readonly #files: DecisionFilesReader;
  readonly decisions: DecisionBook;

  constructor(needs: ModelsNeeds) {
    this.#needs = needs;
    this.#shelf = new Shelf(needs.deskStore, needs.clock, needs.turns);
    this.#files = new DecisionFilesReader(needs.blobs);
    this.decisions = new DecisionBook({
      shelf: this.#shelf, files: this.#files, directory: needs.directory, definitions: needs.runtime.definitions, now: () => needs.clock.now(),
      required: (id) => this.#required(id), xml: (procedure) => this.#xml(procedure),
    });
  }

  async list(): Promise<readonly ModelSummaryBody[]> {
    return Promise.all((await this.#all()).map((procedure) => this.summary(procedure)));
  }

  async find(id: string): Promise<Procedure | undefined> {
    return procedureOf(await this.#all(), id);
  }

  async summary(procedure: Procedure): Promise<ModelSummaryBody> {
    const counts = await Promise.all(procedure.processIds.map((id) => this.#needs.running(id)));
    return summaryBody(procedure, counts.reduce((sum, count) => sum + count, 0), await this.#files.of(procedure), this.#needs.directory);
  }

  /** Throws HTTP_NOT_FOUND. */
  async model(id: string): Promise<ModelBody> {
    const procedure = await this.#required(id);
    const { blobs, calendars, directory, groups, runtime } = this.#needs;
    const { live, draft } = procedure;
    const files = await this.#files.of(procedure);
    const changed = files.flatMap(({ file, xml, draft: own }) => (own === undefined ? [] : [{ file, name: own.decisions.map(({ name }) => name).join(', '), etag: etagOf(xml), savedAt: own.savedAt, savedBy: who(directory, own.savedBy) }]));
    return {
      ...await this.summary(procedure), changed,
      xml: await this.#xml(procedure), basis: { ...draft?.basis ?? versionsOf(live) },
      forms: describeForms(await formFiles(live, blobs)),
      vocabulary: {
        groups: groups().map(({ id, title }) => ({ id, title })).sort(byTitle),
        people: directory.people().filter(({ active }) => active).map((person) => ({ id: person.id, title: person.name })).sort(byTitle),
        decisions: files.flatMap(({ decisions }) => decisions.map((decision) => decision.id)).sort(),
        calendars: Object.keys(calendars.all()).sort(),
        processes: runtime.definitions.list().map((version) => ({ id: version.processId, title: version.name || version.processId })),
      },
    };
  }

  async begin(name: string, person: string): Promise<string> {
    const wanted = idFromName(name);
    return this.#shelf.alone(async () => {
      let id = wanted;
      for (let count = 2; await this.find(id) !== undefined; count += 1) id = `${wanted}-${String(count)}`;
      await this.#shelf.put({ id, name, processIds: [id], xml: emptyModel(id, name), basis: {}, savedBy: person });
      return id;
    });
  }

  /** Throws MODEL_EXISTS. */
  async bring(content: Content, person: string): Promise<string> {
    return this.#shelf.alone(async () => {
      const all = await this.#all();
      const found = content.processIds.flatMap((id) => procedureOf(all, id) ?? []);
      for (const { id, draft } of found) if (draft !== undefined) throw modelFailure('MODEL_EXISTS', { id, person: who(this.#needs.directory, draft.savedBy).name, at: draft.savedAt });
      const id = found[0]?.id ?? content.processIds[0]!;
      await this.#shelf.put({ ...content, id, basis: versionsOf(found.flatMap(({ live }) => live)), savedBy: person });
      return id;
    });
  }

  /** Throws MODEL_CONDITION_MISSING, MODEL_CHANGED, HTTP_NOT_FOUND. */
  async save(id: string, content: Content, person: string, ifMatch: string | undefined): Promise<StoredDraft> {
    return this.#shelf.alone(async () => {
      const procedure = await this.#unchanged(id, ifMatch);
      return this.#shelf.put({ ...content, id: procedure.id, basis: procedure.draft?.basis ?? versionsOf(procedure.live), savedBy: person, ...(procedure.draft?.decisions !== undefined && { decisions: procedure.draft.decisions }) });
    });
  }

  /** Throws HTTP_NOT_FOUND. */
  async discard(id: string): Promise<void> {
    await this.#shelf.alone(async () => this.#shelf.remove((await this.#required(id)).id));
  }

  /** Throws MODEL_CONDITION_MISSING, MODEL_CHANGED, MODEL_DEPLOYED_MEANWHILE, HTTP_MODEL_REFUSED, HTTP_NOT_FOUND. */
  async deploy(id: string, { basis, decisions: known = {} }: Known, ifMatch: string | undefined, meta: CommandMeta): Promise<Extract<DeployAnswer, { outcome: 'deployed' }>> {
    return this.#shelf.alone(async () => {
      const procedure = await this.#unchanged(id, ifMatch);
      for (const version of procedure.live) {
        const known = basis[version.processId] ?? 0;
        if (known !== version.version) {
          const { name: person } = who(this.#needs.directory, version.deployedBy);
          throw modelFailure('MODEL_DEPLOYED_MEANWHILE', { basis: known, process: version.processId, person, version: version.version, at: version.deployedAt });
        }
      }
      const files = await this.#files.of(procedure);
      this.decisions.check(procedure, files, known);
      const model = { name: procedure.live[0]?.fileName ?? `${procedure.id}.bpmn`, content: await this.#xml(procedure) };
      const answer = await this.#needs.runtime.deploy([model, ...await formFiles(procedure.live, this.#needs.blobs), ...files.map(({ file, xml }) => ({ name: file, content: xml }))], meta);
      if (answer.outcome === 'refused') throw failure('HTTP_MODEL_REFUSED', { count: answer.problems.filter(({ severity }) => severity === 'error').length }, { problems: answer.problems });
      await this.#shelf.remove(procedure.id);
      return answer;
    });
  }

  async #all(): Promise<readonly Procedure[]> {
    return procedures(this.#needs.runtime.definitions, await this.#shelf.all());
  }

  async #required(id: string): Promise<Procedure> {
    const procedure = await this.find(id);
    if (procedure === undefined) throw notFound(`procedure ${id}`);
    return procedure;
  }

  async #unchanged(id: string, ifMatch: string | undefined): Promise<Procedure> {
    if (ifMatch === undefined) throw modelFailure('MODEL_CONDITION_MISSING', { id });
    const procedure = await this.#required(id);
    if (etagOf(await this.#xml(procedure)) === ifMatch) return procedure;
    const [by, at] = procedure.draft === undefined ? [procedure.live[0]?.deployedBy ?? '', procedure.live[0]?.deployedAt ?? ''] : [procedure.draft.savedBy, procedure.draft.savedAt];
    throw modelFailure('MODEL_CHANGED', { id, person: who(this.#needs.directory, by).name, at });
  }

  async #xml({ draft, live }: Procedure): Promise<string> {
    return draft?.xml ?? this.#needs.runtime.definitions.xml(live[0]!.processId, live[0]!.version);
  }
}
