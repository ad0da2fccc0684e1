/** Work on one decision file: its text with every step back, what the engine says of it, trying it out, saving and deploying it. */
import { computed, signal } from '@preact/signals';
import type { FeelClock } from '../../engine/index.ts';
import type { ModelBody, ModelDecisionBody } from '../../server/http/contract/models.ts';
import { readCalendars } from '../api.ts';
import type { ModelApi, Refused } from '../api.ts';
import { deployedOf, knownOf, notDeployed } from '../deployment.ts';
import type { DeployOutcome } from '../deployment.ts';
import { Draft } from '../draft.ts';
import type { DecisionEngine, Entered, TextFinding, Tried } from './decision-client.ts';
import { fileFindings, serverFindings } from './findings.ts';
import type { DecisionFinding } from './findings.ts';
import { viewOf } from './model.ts';
import type { DecisionView, FileView } from './model.ts';
import { patched, readSource } from './source.ts';
import type { Patch, Source } from './source.ts';
import { placeKey, textsOf } from './texts.ts';
import type { Place } from './texts.ts';

const CHECK_MS = 200;
/** Steps back that are kept. */
const MOST_STEPS = 200;

/** What the file was before a step, and which decision was shown. */
interface Step {
  readonly text: string;
  readonly selected: string;
}

export class DecisionSession {
  readonly file = signal<ModelDecisionBody | undefined>(undefined);
  readonly model = signal<ModelBody | undefined>(undefined);
  readonly failed = signal<Refused | undefined>(undefined);
  readonly view = signal<FileView | undefined>(undefined);
  /** Id of the decision that is shown, or of what else the file holds. */
  readonly selected = signal('');
  /** What the engine says of each text, by its place. */
  readonly texts = signal<ReadonlyMap<string, TextFinding>>(new Map());
  readonly checked = signal<readonly DecisionFinding[]>([]);
  /** What the server found when it refused a deployment, until something is changed. */
  readonly refused = signal<readonly DecisionFinding[] | undefined>(undefined);
  readonly findings = computed(() => this.refused.value ?? this.checked.value);
  readonly tried = signal<Tried | 'running' | undefined>(undefined);
  /** The decision that was tried. */
  readonly triedOf = signal('');
  readonly canUndo = signal(false);
  readonly canRedo = signal(false);
  /** Said to those who cannot see what an edit did. */
  readonly announced = signal('');
  readonly draft: Draft;
  readonly #api: ModelApi;
  readonly #engine: DecisionEngine;
  readonly #zone: string;
  readonly #undo: Step[] = [];
  readonly #redo: Step[] = [];
  #key: string;
  #calendars: FeelClock['calendars'];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `decision`: the id of one the file holds. */
  constructor(decision: string, { api, engine, zone, model }: { readonly api: ModelApi; readonly engine: DecisionEngine; readonly zone: string; readonly model: string }) {
    this.#key = decision;
    this.#api = api;
    this.#engine = engine;
    this.#zone = zone;
    this.draft = new Draft({
      key: `${model}/decisions/${decision}`, written: () => this.#text(),
      send: (xml, etag, leaving) => api.saveDecision(this.#key, { decisions: this.#callable(), xml }, etag, leaving),
      saved: () => { this.#key = this.#callable().find(({ id }) => id === this.#key)?.id ?? this.#callable()[0]?.id ?? this.#key; },
    });
  }

  /** Loads the file; `failed` says why it could not. */
  async open(): Promise<void> {
    const [reply, model] = await Promise.all([this.#api.readDecision(this.#key), this.#api.read()]);
    if (!reply.ok) { this.failed.value = reply.refused; return; }
    if (!model.ok) { this.failed.value = model.refused; return; }
    this.model.value = model.body;
    this.selected.value = this.#key;
    this.#show(reply.body, reply.etag);
    this.draft.offer();
  }

  decision(id = this.selected.value): DecisionView | undefined {
    return this.view.value?.decisions.find((decision) => decision.id === id);
  }

  /** One step: makes the patches, checks soon, saves a little later. `says`: what was done, in words. */
  edit(patches: readonly Patch[], says = ''): void {
    const before = this.#text();
    const text = patched(before, patches);
    if (text === before) return;
    const source = readSource(text);
    if (source === undefined) throw new Error('Expected an edit to keep the file well-formed, but it does not');
    this.#undo.push({ text: before, selected: this.selected.value });
    if (this.#undo.length > MOST_STEPS) this.#undo.shift();
    this.#redo.length = 0;
    this.#write(source);
    this.announced.value = says;
  }

  undo(): void {
    this.#step(this.#undo, this.#redo, 'Undone');
  }

  redo(): void {
    this.#step(this.#redo, this.#undo, 'Done again');
  }

  select(id: string): void {
    this.selected.value = id;
  }

  /** What the engine says of a text that is being typed at a place. */
  async ask(place: Place, source: string, tests: boolean): Promise<TextFinding | undefined> {
    const question = this.#files();
    return question === undefined ? undefined : this.#engine.text({ ...question, text: { decision: this.selected.value, source, tests } });
  }

  /** What was said of the text at a place when the file was last checked. */
  finding(place: Place): TextFinding | undefined {
    return this.texts.value.get(placeKey(this.selected.value, place));
  }

  async decide(inputs: readonly Entered[]): Promise<void> {
    const question = this.#files();
    if (question === undefined) return;
    this.tried.value = 'running';
    this.triedOf.value = this.selected.value;
    this.#calendars ??= await this.#readCalendars();
    const clock = { now: new Date().toISOString(), zone: this.#zone, calendars: this.#calendars ?? {} };
    this.tried.value = await this.#engine.decide({ ...question, decision: this.selected.value, inputs, clock });
  }

  stop(): void {
    this.#engine.stop();
  }

  async useLeftover(use: boolean): Promise<void> {
    const kept = this.draft.take(use);
    if (kept === undefined || readSource(kept.xml) === undefined) return;
    const before = this.#text();
    this.edit([{ from: 0, to: before.length, text: kept.xml }]);
  }

  /** After a conflict: theirs is shown, or mine is saved over it. */
  async settle(take: 'mine' | 'theirs'): Promise<void> {
    const reply = await this.#api.readDecision(this.#key);
    if (!reply.ok) { this.draft.unsaved(reply.refused); return; }
    if (take === 'mine') { await this.draft.saveOver(reply.etag); return; }
    this.draft.drop();
    this.#show(reply.body, reply.etag);
  }

  /** Throws the changes of this file away; false when there is nothing live to show. */
  async discard(): Promise<boolean> {
    this.draft.drop();
    await this.#api.discardDecision(this.#key);
    const reply = await this.#api.readDecision(this.#key);
    if (!reply.ok) return false;
    await this.#refresh();
    this.#show(reply.body, reply.etag);
    return true;
  }

  /** Deploys the procedure with all its decisions. `over`: the analyst has seen that there is a newer version. */
  async deploy(over = false): Promise<DeployOutcome> {
    if (!await this.draft.save()) return { kind: 'failed', detail: 'The draft could not be saved, so it was not deployed.' };
    const drawing = await this.#refresh();
    const model = this.model.value;
    if (model === undefined || drawing === undefined) return { kind: 'failed', detail: 'The procedure cannot be read; try again.' };
    const mine = { ...knownOf(model, over), decisions: { ...knownOf(model, over).decisions, ...(this.file.value !== undefined && { [this.file.value.file]: this.draft.etag }) } };
    const reply = await this.#api.deploy(mine, drawing);
    if (reply.ok) {
      await this.#refresh();
      const file = await this.#api.readDecision(this.#key);
      if (file.ok) {
        this.file.value = file.body;
        this.draft.refreshed(file.etag, file.body.draft);
      }
      return { kind: 'deployed', deployed: deployedOf(reply.body, this.model.value?.running ?? 0) };
    }
    const outcome = notDeployed(reply.refused);
    if (reply.refused.code === 'MODEL_CHANGED') this.draft.conflict(reply.refused.detail);
    const view = this.view.value;
    if (outcome.kind === 'refused' && view !== undefined) this.refused.value = serverFindings(view, this.file.value?.file ?? '', reply.refused.problems, this.checked.value);
    return outcome;
  }

  /** The procedure as the server has it now; answers the ETag of its drawing. */
  async #refresh(): Promise<string | undefined> {
    const reply = await this.#api.read();
    if (!reply.ok) return undefined;
    this.model.value = reply.body;
    return reply.etag;
  }

  #show(file: ModelDecisionBody, etag: string): void {
    const source = readSource(file.xml);
    if (source === undefined) {
      this.failed.value = { status: 422, code: '', title: 'This file cannot be read', detail: 'Its XML is damaged.', hint: 'Export it again from the tool it comes from.', problems: [] };
      return;
    }
    this.#undo.length = 0;
    this.#redo.length = 0;
    this.file.value = file;
    this.draft.opened(file.xml, etag, file.draft);
    this.#read(source);
    void this.#check();
  }

  #write(source: Source): void {
    this.#read(source);
    this.refused.value = undefined;
    this.draft.changed();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.draft.keep(this.#text());
      void this.#check();
    }, CHECK_MS);
  }

  /** The view of a file, with a decision selected that it has. */
  #read(source: Source): void {
    const view = viewOf(source);
    this.view.value = view;
    const all = [...view.decisions, ...view.knowledge, ...view.services];
    if (!all.some(({ id }) => id === this.selected.value)) this.selected.value = all[0]?.id ?? '';
    // What was tried is about the file as it was.
    if (this.tried.value !== 'running') this.tried.value = undefined;
    this.canUndo.value = this.#undo.length > 0;
    this.canRedo.value = this.#redo.length > 0;
  }

  #step(from: Step[], to: Step[], says: string): void {
    const step = from.pop();
    const source = step === undefined ? undefined : readSource(step.text);
    if (step === undefined || source === undefined) return;
    to.push({ text: this.#text(), selected: this.selected.value });
    this.selected.value = step.selected;
    this.#write(source);
    this.announced.value = says;
  }

  async #check(): Promise<void> {
    const view = this.view.value;
    const question = this.#files();
    if (view === undefined || question === undefined) return;
    const texts = textsOf(view);
    const { problems, findings } = await this.#engine.check({ ...question, texts });
    if (view !== this.view.value) return;
    const found = texts.flatMap((text, at) => (findings[at] === undefined ? [] : [{ text, finding: findings[at] }]));
    this.texts.value = new Map(found.map(({ text, finding }) => [placeKey(text.decision, text.place), finding]));
    this.checked.value = fileFindings(view, question.file, problems, found);
  }

  async #readCalendars(): Promise<FeelClock['calendars']> {
    const reply = await readCalendars();
    return reply.ok ? Object.fromEntries(reply.body.items.map((calendar) => [calendar.id, calendar])) : undefined;
  }

  #files(): { readonly file: string; readonly xml: string; readonly others: ModelDecisionBody['others'] } | undefined {
    const file = this.file.value;
    return file === undefined ? undefined : { file: file.file, xml: this.#text(), others: file.others };
  }

  #text(): string {
    return this.view.value?.source.text ?? '';
  }

  /** The decisions a process can call. */
  #callable(): { readonly id: string; readonly name: string }[] {
    const view = this.view.value;
    return view === undefined ? [] : [...view.decisions, ...view.services].map(({ id, name }) => ({ id, name }));
  }
}
