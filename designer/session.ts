/** Work on one model: loading it, checking it, deploying it; each state of that as a signal. Its draft saves itself. */
import { computed, signal } from '@preact/signals';
import type { Loss } from '../engine/index.ts';
import type { ModelBody } from '../server/http/contract/models.ts';
import type { ModelApi, Refused, Reply } from './api.ts';
import { deployedOf, knownOf, notDeployed } from './deployment.ts';
import type { DeployOutcome } from './deployment.ts';
import { contentOf } from './diagram/diagram.ts';
import type { Diagram } from './diagram/diagram.ts';
import { Draft } from './draft.ts';
import type { Engine } from './engine-client.ts';
import { findingsOf, fromProblems, namesIn } from './model/findings.ts';
import type { Finding } from './model/findings.ts';

const CHECK_MS = 300;

export class Session {
  readonly model = signal<ModelBody | undefined>(undefined);
  readonly failed = signal<Refused | undefined>(undefined);
  /** What the file has and would not have any more once it is saved here: said before anything can be changed. */
  readonly losses = signal<readonly Loss[]>([]);
  readonly checked = signal<readonly Finding[]>([]);
  /** What the server found when it refused a deployment, until the model is changed. */
  readonly refused = signal<readonly Finding[] | undefined>(undefined);
  readonly findings = computed(() => this.refused.value ?? this.checked.value);
  readonly draft: Draft;
  readonly #api: ModelApi;
  readonly #diagram: Diagram;
  readonly #engine: Engine;
  #xml = '';
  #digest: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, api: ModelApi, diagram: Diagram, engine: Engine) {
    this.#api = api;
    this.#diagram = diagram;
    this.#engine = engine;
    this.draft = new Draft({
      key: id, written: async () => (this.#xml = await diagram.xml()),
      send: (xml, etag, leaving) => api.save({ ...contentOf(diagram.definitions, this.model.value?.name ?? id), xml }, etag, leaving),
      saved: ({ savedAt }) => {
        const model = this.model.value;
        if (model !== undefined) this.model.value = { ...model, name: contentOf(diagram.definitions, model.name).name, draft: { savedAt, savedBy: { id: '', name: '' } } };
      },
    });
  }

  /** Loads and draws the model; `failed` says why it could not. */
  async open(): Promise<void> {
    const reply = await this.#api.read();
    if (!reply.ok) { this.failed.value = reply.refused; return; }
    await this.#show(reply.body, reply.etag);
    this.draft.offer();
  }

  /** What the browser kept is drawn and saved, or forgotten. */
  async useLeftover(use: boolean): Promise<void> {
    const kept = this.draft.take(use);
    if (kept === undefined) return;
    await this.#diagram.open(kept.xml).catch(() => undefined);
    this.changed();
  }

  /** The model was changed: check soon, save a little later. */
  changed(): void {
    this.refused.value = undefined;
    this.draft.changed();
    clearTimeout(this.#digest);
    this.#digest = setTimeout(() => { void this.#look(); }, CHECK_MS);
  }

  /** True when the server has everything. */
  save(): Promise<boolean> {
    return this.draft.save();
  }

  /** After a conflict: theirs is drawn, or mine is saved over it. */
  async settle(take: 'mine' | 'theirs'): Promise<void> {
    const reply = await this.#api.read();
    if (!reply.ok) { this.draft.unsaved(reply.refused); return; }
    if (take === 'theirs') {
      this.draft.drop();
      await this.#show(reply.body, reply.etag);
      return;
    }
    this.model.value = reply.body;
    await this.draft.saveOver(reply.etag);
  }

  /** Throws the draft away and shows what is live; false when there is nothing live to show. */
  async discard(): Promise<boolean> {
    this.draft.drop();
    await this.#api.discard();
    const reply = await this.#api.read();
    if (!reply.ok) return false;
    await this.#show(reply.body, reply.etag);
    return true;
  }

  /** `over`: the analyst has seen that there is a newer version and deploys all the same. */
  async deploy(over = false): Promise<DeployOutcome> {
    if (!await this.save()) return { kind: 'failed', detail: 'The draft could not be saved, so it was not deployed.' };
    if (over) await this.#refresh();
    const model = this.model.value;
    if (model === undefined) return { kind: 'failed', detail: 'The model is not open.' };
    const reply = await this.#api.deploy(knownOf(model, over), this.draft.etag);
    if (reply.ok) {
      await this.#refresh();
      return { kind: 'deployed', deployed: deployedOf(reply.body, this.model.value?.running ?? 0) };
    }
    const outcome = notDeployed(reply.refused);
    if (reply.refused.code === 'MODEL_CHANGED') this.draft.conflict(reply.refused.detail);
    if (outcome.kind === 'refused') this.refused.value = fromProblems(reply.refused.problems, namesIn(this.#diagram.definitions));
    return outcome;
  }

  /** Begins a decision table; answers the id of its decision, or why there is none. */
  async beginDecision(name: string): Promise<Reply<{ readonly id: string }>> {
    await this.save();
    const reply = await this.#api.begin(name);
    if (reply.ok) await this.#refresh();
    return reply;
  }

  async #show(model: ModelBody, etag: string): Promise<void> {
    try {
      await this.#diagram.open(model.xml);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.failed.value = { status: 422, code: '', title: 'This file cannot be drawn', detail: `The drawing part of the BPMN file is missing or damaged: ${detail}`, hint: 'Export it again from the tool it comes from, with its diagram.', problems: [] };
      return;
    }
    const losses = await this.#engine.losses(model.xml, await this.#diagram.xml());
    this.losses.value = losses;
    this.model.value = model;
    this.draft.opened(model.xml, etag, model.draft);
    this.#xml = model.xml;
    await this.#check();
  }

  /** What is live may have changed; what is drawn has not. */
  async #refresh(): Promise<void> {
    const reply = await this.#api.read();
    if (!reply.ok) return;
    this.model.value = reply.body;
    this.draft.refreshed(reply.etag, reply.body.draft);
  }

  async #look(): Promise<void> {
    this.#xml = await this.#diagram.xml();
    this.draft.keep(this.#xml);
    await this.#check();
  }

  async #check(): Promise<void> {
    const xml = this.#xml;
    const report = await this.#engine.check(xml, this.model.value?.vocabulary.decisions ?? []);
    if (xml === this.#xml) this.checked.value = findingsOf(report, namesIn(this.#diagram.definitions));
  }
}
