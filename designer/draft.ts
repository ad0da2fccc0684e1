/** A draft that saves itself: after each change, when the page is left, again when the connection is back; the browser keeps what the server has not. */
import { signal } from '@preact/signals';
import type { Refused, Reply, Saved } from './api.ts';
import { forgetLocally, keepLocally, localCopy } from './local-copy.ts';
import type { LocalCopy } from './local-copy.ts';

/** `at`: ISO 8601 UTC instant. `local`: whether the browser keeps what the server has not. */
export type SaveState =
  | { readonly kind: 'live' }
  | { readonly kind: 'changed' | 'saving' }
  | { readonly kind: 'saved'; readonly at: string; readonly by?: string }
  | { readonly kind: 'unsaved'; readonly why: 'offline' | 'session' | 'refused'; readonly at: string; readonly local: boolean; readonly detail: string }
  | { readonly kind: 'conflict'; readonly detail: string };

/** `key`: under which the browser keeps it. `written`: the file as it is now. `saved`: it was taken, before anything else is said of it. */
export interface DraftNeeds {
  readonly key: string;
  readonly written: () => Promise<string> | string;
  readonly send: (xml: string, etag: string, leaving: boolean) => Promise<Reply<Saved>>;
  readonly saved?: (saved: Saved) => void;
  readonly now?: () => string;
}

/** What the server says of a draft. */
type Known = { readonly savedAt: string; readonly savedBy: { readonly name: string } } | undefined;

const SAVE_MS = 2_500;
const RETRY_MS = 10_000;
/** What browsers carry for a page that is being left. */
const LEAVING_BYTES = 60_000;

export class Draft {
  readonly state = signal<SaveState>({ kind: 'live' });
  /** What this browser kept and the server never got. */
  readonly leftover = signal<LocalCopy | undefined>(undefined);
  readonly #needs: DraftNeeds;
  readonly #now: () => string;
  #etag = '';
  #xml = '';
  #dirty = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<boolean> | undefined;

  constructor(needs: DraftNeeds) {
    this.#needs = needs;
    this.#now = needs.now ?? (() => new Date().toISOString());
  }

  /** Of what the server has. */
  get etag(): string {
    return this.#etag;
  }

  get dirty(): boolean {
    return this.#dirty;
  }

  /** The server's file is open. */
  opened(xml: string, etag: string, known: Known): void {
    this.#xml = xml;
    this.#etag = etag;
    this.#dirty = false;
    this.state.value = stateOf(known);
  }

  /** What is live may have changed; the file has not. */
  refreshed(etag: string, known: Known): void {
    this.#etag = etag;
    if (!this.#dirty) this.state.value = stateOf(known);
  }

  /** Offers what the browser kept, where it is something else than the server's file. */
  offer(): void {
    const kept = localCopy(this.#needs.key);
    if (kept !== undefined && kept.xml !== this.#xml) this.leftover.value = kept;
    else this.forget();
  }

  /** The kept file when it is to be used; it is no longer offered. */
  take(use: boolean): LocalCopy | undefined {
    const kept = this.leftover.value;
    this.leftover.value = undefined;
    if (kept !== undefined && use) return kept;
    this.forget();
    return undefined;
  }

  /** Something was changed: it is saved a little later. */
  changed(): void {
    this.#dirty = true;
    clearTimeout(this.#timer);
    if (this.state.value.kind === 'conflict') return;
    this.state.value = { kind: 'changed' };
    this.#timer = setTimeout(() => { void this.save(); }, SAVE_MS);
  }

  /** The file as it is now, for the browser to keep. */
  keep(xml: string): void {
    this.#xml = xml;
    if (this.#dirty) keepLocally(this.#needs.key, { xml, etag: this.#etag, at: this.#now() });
  }

  /** True when the server has everything. */
  async save(): Promise<boolean> {
    clearTimeout(this.#timer);
    await this.#saving;
    if (!this.#dirty) return this.state.value.kind !== 'conflict';
    this.#saving = this.#send();
    try {
      return await this.#saving;
    } finally {
      this.#saving = undefined;
    }
  }

  /** Over what somebody else has saved meanwhile. */
  async saveOver(etag: string): Promise<boolean> {
    this.#etag = etag;
    this.#dirty = true;
    this.state.value = { kind: 'changed' };
    return this.save();
  }

  /** The page is being left: what the browser can still carry is sent, and kept in any case. */
  leave(): void {
    if (!this.#dirty || this.#xml === '') return;
    keepLocally(this.#needs.key, { xml: this.#xml, etag: this.#etag, at: this.#now() });
    if (this.#xml.length < LEAVING_BYTES) void this.#needs.send(this.#xml, this.#etag, true);
  }

  /** Nothing of it is to be saved any more. */
  drop(): void {
    this.#dirty = false;
    clearTimeout(this.#timer);
    this.forget();
  }

  forget(): void {
    forgetLocally(this.#needs.key);
  }

  conflict(detail: string): void {
    this.state.value = { kind: 'conflict', detail };
  }

  unsaved({ status, detail }: Refused): void {
    const at = this.#now();
    const local = keepLocally(this.#needs.key, { xml: this.#xml, etag: this.#etag, at });
    this.state.value = { kind: 'unsaved', why: status === 0 ? 'offline' : status === 401 ? 'session' : 'refused', at, local, detail };
    if (status === 0 || status >= 500) this.#timer = setTimeout(() => { void this.save(); }, RETRY_MS);
  }

  async #send(): Promise<boolean> {
    if (this.state.value.kind === 'conflict') return false;
    this.state.value = { kind: 'saving' };
    this.#dirty = false;
    this.#xml = await this.#needs.written();
    const reply = await this.#needs.send(this.#xml, this.#etag, false);
    if (reply.ok) {
      this.#etag = reply.etag;
      this.#needs.saved?.(reply.body);
      // Unless it was changed in the meantime.
      if (!this.#isDirty()) {
        this.forget();
        this.state.value = { kind: 'saved', at: reply.body.savedAt };
      }
      return true;
    }
    this.#dirty = true;
    if (reply.refused.code === 'MODEL_CHANGED') this.conflict(reply.refused.detail);
    else this.unsaved(reply.refused);
    return false;
  }

  /** A method, because the compiler does not see that it changes while something is awaited. */
  #isDirty(): boolean {
    return this.#dirty;
  }
}

function stateOf(known: Known): SaveState {
  return known === undefined ? { kind: 'live' } : { kind: 'saved', at: known.savedAt, by: known.savedBy.name };
}
