/** Work on one model: loading it, saving it by itself, checking it, deploying it; each state of that as a signal. */
import { computed, signal } from '@preact/signals';
import type { Problem } from '../engine/index.ts';
import type { ModelBody } from '../server/http/contract/models.ts';
import type { ModelApi, Refused } from './api.ts';
import { contentOf } from './diagram/diagram.ts';
import type { Diagram } from './diagram/diagram.ts';
import type { Engine } from './engine-client.ts';
import { forgetLocally, keepLocally, localCopy } from './local-copy.ts';
import type { LocalCopy } from './local-copy.ts';
import { findingsOf, fromProblems, namesIn } from './model/findings.ts';
import type { Finding } from './model/findings.ts';

/** `at`: ISO 8601 UTC instant. `local`: whether the browser keeps what the server has not. */
export type SaveState =
  | { readonly kind: 'live' }
  | { readonly kind: 'changed' | 'saving' }
  | { readonly kind: 'saved'; readonly at: string; readonly by?: string }
  | { readonly kind: 'unsaved'; readonly why: 'offline' | 'session' | 'refused'; readonly at: string; readonly local: boolean; readonly detail: string }
  | { readonly kind: 'conflict'; readonly detail: string };

export interface Deployed {
  readonly version: number;
  readonly unchanged: boolean;
  readonly running: number;
}

export type DeployOutcome =
  | { readonly kind: 'deployed'; readonly deployed: Deployed }
  | { readonly kind: 'refused'; readonly count: number }
  | { readonly kind: 'meanwhile'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

const CHECK_MS = 300;
const SAVE_MS = 2_500;
const RETRY_MS = 10_000;
/** What browsers carry for a page that is being left. */
const LEAVING_BYTES = 60_000;

export class Session {
  readonly model = signal<ModelBody | undefined>(undefined);
  readonly failed = signal<Refused | undefined>(undefined);
  readonly state = signal<SaveState>({ kind: 'live' });
  readonly checked = signal<readonly Finding[]>([]);
  /** What the server found when it refused a deployment, until the model is changed. */
  readonly refused = signal<readonly Finding[] | undefined>(undefined);
  /** What this browser kept and the server never got. */
  readonly leftover = signal<LocalCopy | undefined>(undefined);
  readonly findings = computed(() => this.refused.value ?? this.checked.value);
  readonly #id: string;
  readonly #api: ModelApi;
  readonly #diagram: Diagram;
  readonly #engine: Engine;
  readonly #now: () => string;
  #etag = '';
  #xml = '';
  #dirty = false;
  #digest: ReturnType<typeof setTimeout> | undefined;
  #save: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<boolean> | undefined;

  constructor(id: string, api: ModelApi, diagram: Diagram, engine: Engine, now: () => string = () => new Date().toISOString()) {
    this.#id = id;
    this.#api = api;
    this.#diagram = diagram;
    this.#engine = engine;
    this.#now = now;
  }

  /** Loads and draws the model; `failed` says why it could not. */
  async open(): Promise<void> {
    const reply = await this.#api.read();
    if (!reply.ok) { this.failed.value = reply.refused; return; }
    await this.#show(reply.body, reply.etag);
    const kept = localCopy(this.#id);
    if (kept !== undefined && kept.xml !== reply.body.xml) this.leftover.value = kept;
    else forgetLocally(this.#id);
  }

  /** What the browser kept is drawn and saved, or forgotten. */
  async useLeftover(use: boolean): Promise<void> {
    const kept = this.leftover.value;
    this.leftover.value = undefined;
    if (kept === undefined || !use) { forgetLocally(this.#id); return; }
    await this.#diagram.open(kept.xml).catch(() => undefined);
    this.changed();
  }

  /** The model was changed: check soon, save a little later. */
  changed(): void {
    this.#dirty = true;
    this.refused.value = undefined;
    if (this.state.value.kind !== 'conflict') this.state.value = { kind: 'changed' };
    clearTimeout(this.#digest);
    this.#digest = setTimeout(() => { void this.#look(); }, CHECK_MS);
    clearTimeout(this.#save);
    if (this.state.value.kind !== 'conflict') this.#save = setTimeout(() => { void this.save(); }, SAVE_MS);
  }

  /** True when the server has everything. */
  async save(): Promise<boolean> {
    clearTimeout(this.#save);
    await this.#saving;
    if (!this.#dirty) return this.state.value.kind !== 'conflict';
    this.#saving = this.#send();
    try {
      return await this.#saving;
    } finally {
      this.#saving = undefined;
    }
  }

  /** The page is being left: what the browser can still carry is sent, and kept in any case. */
  leave(): void {
    if (!this.#dirty || this.#xml === '') return;
    keepLocally(this.#id, { xml: this.#xml, etag: this.#etag, at: this.#now() });
    if (this.#xml.length < LEAVING_BYTES) void this.#api.save(this.#content(), this.#etag, true);
  }

  /** After a conflict: theirs is drawn, or mine is saved over it. */
  async settle(take: 'mine' | 'theirs'): Promise<void> {
    const reply = await this.#api.read();
    if (!reply.ok) { this.#unsaved(reply.refused); return; }
    if (take === 'theirs') {
      this.#dirty = false;
      forgetLocally(this.#id);
      await this.#show(reply.body, reply.etag);
      return;
    }
    this.#etag = reply.etag;
    this.model.value = reply.body;
    this.#dirty = true;
    this.state.value = { kind: 'changed' };
    await this.save();
  }

  /** Throws the draft away and shows what is live; false when there is nothing live to show. */
  async discard(): Promise<boolean> {
    this.#dirty = false;
    clearTimeout(this.#save);
    await this.#api.discard();
    forgetLocally(this.#id);
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
    const basis = over ? Object.fromEntries(model.live.map(({ processId, version }) => [processId, version])) : model.basis;
    const reply = await this.#api.deploy(basis, this.#etag);
    if (reply.ok) {
      await this.#refresh();
      const [first] = reply.body.processes;
      return { kind: 'deployed', deployed: { version: first?.version ?? 0, unchanged: reply.body.processes.every(({ unchanged }) => unchanged), running: this.model.value?.running ?? 0 } };
    }
    const { code, detail, hint, problems } = reply.refused;
    if (code === 'MODEL_DEPLOYED_MEANWHILE') return { kind: 'meanwhile', detail };
    if (code === 'MODEL_CHANGED') this.state.value = { kind: 'conflict', detail };
    if (problems.length === 0) return { kind: 'failed', detail: [detail, hint].filter((text) => text !== '').join('. ') || 'The server cannot be reached.' };
    this.refused.value = this.#named(problems);
    return { kind: 'refused', count: problems.filter(({ severity }) => severity === 'error').length };
  }

  async #show(model: ModelBody, etag: string): Promise<void> {
    this.model.value = model;
    this.#etag = etag;
    try {
      await this.#diagram.open(model.xml);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.failed.value = { status: 422, code: '', title: 'This file cannot be drawn', detail: `The drawing part of the BPMN file is missing or damaged: ${detail}`, hint: 'Export it again from the tool it comes from, with its diagram.', problems: [] };
      return;
    }
    this.#dirty = false;
    this.state.value = stateOf(model);
    this.#xml = model.xml;
    await this.#check();
  }

  /** What is live may have changed; what is drawn has not. */
  async #refresh(): Promise<void> {
    const reply = await this.#api.read();
    if (!reply.ok) return;
    this.model.value = reply.body;
    this.#etag = reply.etag;
    if (!this.#dirty) this.state.value = stateOf(reply.body);
  }

  async #look(): Promise<void> {
    this.#xml = await this.#diagram.xml();
    if (this.#dirty) keepLocally(this.#id, { xml: this.#xml, etag: this.#etag, at: this.#now() });
    await this.#check();
  }

  async #check(): Promise<void> {
    const xml = this.#xml;
    const report = await this.#engine.check(xml);
    if (xml === this.#xml) this.checked.value = findingsOf(report, namesIn(this.#diagram.definitions));
  }

  async #send(): Promise<boolean> {
    if (this.state.value.kind === 'conflict') return false;
    this.state.value = { kind: 'saving' };
    this.#dirty = false;
    this.#xml = await this.#diagram.xml();
    const reply = await this.#api.save(this.#content(), this.#etag);
    if (reply.ok) {
      this.#etag = reply.etag;
      const model = this.model.value;
      if (model !== undefined) this.model.value = { ...model, name: this.#content().name, draft: { savedAt: reply.body.savedAt, savedBy: { id: '', name: '' } } };
      // Unless it was changed in the meantime.
      if (!this.#isDirty()) {
        forgetLocally(this.#id);
        this.state.value = { kind: 'saved', at: reply.body.savedAt };
      }
      return true;
    }
    this.#dirty = true;
    if (reply.refused.code === 'MODEL_CHANGED') this.state.value = { kind: 'conflict', detail: reply.refused.detail };
    else this.#unsaved(reply.refused);
    return false;
  }

  /** A method, because the compiler does not see that it changes while something is awaited. */
  #isDirty(): boolean {
    return this.#dirty;
  }

  #unsaved({ status, detail }: Refused): void {
    const at = this.#now();
    const local = keepLocally(this.#id, { xml: this.#xml, etag: this.#etag, at });
    this.state.value = { kind: 'unsaved', why: status === 0 ? 'offline' : status === 401 ? 'session' : 'refused', at, local, detail };
    if (status === 0 || status >= 500) this.#save = setTimeout(() => { void this.save(); }, RETRY_MS);
  }

  #content(): { readonly name: string; readonly processIds: readonly string[]; readonly xml: string } {
    return { ...contentOf(this.#diagram.definitions, this.model.value?.name ?? this.#id), xml: this.#xml };
  }

  #named(problems: readonly Problem[]): readonly Finding[] {
    return fromProblems(problems, namesIn(this.#diagram.definitions));
  }
}

function stateOf({ draft }: ModelBody): SaveState {
  return draft === undefined ? { kind: 'live' } : { kind: 'saved', at: draft.savedAt, by: draft.savedBy.name };
}
