/** What was typed and not handed in: drafts a person saves, and what was sent after a session had ended. */
import type { Clock } from '../ports/clock.ts';
import type { DeskStore } from '../ports/desk-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { Typed } from './needs.ts';

export interface Draft {
  readonly typed: Typed;
  readonly at: string;
}

const DRAFT = 'draft';
const KEPT = 'kept';
const DRAFT_DAYS = 30;
const KEPT_HOURS = 2;
/** Nobody is signed in when something is kept, so how much can be kept is bounded for the whole server. */
const KEPT_PER_MINUTE = 60;
const MOST_KEPT = 65_536;
/** Bytes of one submission of a form. */
export const MOST_TYPED = 262_144;

export class Drafts {
  readonly #store: DeskStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  #minute = '';
  #keptInMinute = 0;

  constructor(store: DeskStore, clock: Clock, ids: Ids) {
    this.#store = store;
    this.#clock = clock;
    this.#ids = ids;
  }

  async save(person: string, page: string, typed: Typed): Promise<void> {
    await this.#store.put(DRAFT, { key: `${person} ${page}`, owner: person, expiresAt: this.#in(DRAFT_DAYS * 24), content: { typed: texts(typed), at: this.#clock.now() } });
  }

  async find(person: string, page: string): Promise<Draft | undefined> {
    return asDraft((await this.#store.get(DRAFT, `${person} ${page}`, this.#clock.now()))?.content);
  }

  async drop(person: string, page: string): Promise<void> {
    await this.#store.delete(DRAFT, `${person} ${page}`);
  }

  /** Keeps what was sent for `person`, who has to sign in again. Answers the token it is found by; undefined when too much is kept already. */
  async keep(person: string, page: string, typed: Typed): Promise<string | undefined> {
    const minute = this.#clock.now().slice(0, 16);
    this.#keptInMinute = minute === this.#minute ? this.#keptInMinute + 1 : 1;
    this.#minute = minute;
    if (this.#keptInMinute > KEPT_PER_MINUTE || JSON.stringify(typed).length > MOST_KEPT) return undefined;
    const token = this.#ids.token(24);
    await this.#store.put(KEPT, { key: token, expiresAt: this.#in(KEPT_HOURS), content: { typed: texts(typed), at: this.#clock.now(), person, page } });
    return token;
  }

  /** Turns what was kept into a draft of the same person for the same page; anybody else gets nothing. */
  async recover(token: string, person: string, page: string): Promise<void> {
    const entry = await this.#store.get(KEPT, token, this.#clock.now());
    const draft = asDraft(entry?.content);
    if (entry === undefined || draft === undefined || entry.content['person'] !== person || entry.content['page'] !== page) return;
    await this.save(person, page, draft.typed);
    await this.#store.delete(KEPT, token);
  }

  #in(hours: number): string {
    return new Date(Date.parse(this.#clock.now()) + hours * 3_600_000).toISOString();
  }
}

function asDraft(content: Readonly<Record<string, unknown>> | undefined): Draft | undefined {
  if (content === undefined || typeof content['typed'] !== 'object' || content['typed'] === null || typeof content['at'] !== 'string') return undefined;
  return { typed: content['typed'] as Typed, at: content['at'] };
}

/** What is no answer: it belongs to the moment the form was sent (a PIN to nothing else), or is kept elsewhere (files). */
const PASSING = new Set(['token', 'person', 'outcome', 'auto', 'pin', 'shown', 'attachment']);

/** Only what a form can send: texts and lists of texts. */
function texts(typed: Typed): Record<string, string | string[]> {
  const kept: [string, string | string[]][] = [];
  for (const [name, value] of Object.entries(typed)) {
    if (PASSING.has(name)) continue;
    if (typeof value === 'string') kept.push([name, value]);
    else if (Array.isArray(value)) kept.push([name, value.filter((item) => typeof item === 'string')]);
  }
  return Object.fromEntries(kept);
}
