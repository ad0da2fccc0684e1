/** The designer's requests to the server: one model, and what went wrong as a value (RFC 9457). */
import type { Problem, WorkingCalendar } from '../engine/index.ts';
import type { ModelBody, ModelDecisionBody, ModelDeployedBody } from '../server/http/contract/models.ts';

/** Why a request was not done. `status` 0: the server was not reached. */
export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly problems: readonly Problem[];
}

export type Reply<T> = { readonly ok: true; readonly body: T; readonly etag: string } | { readonly ok: false; readonly refused: Refused };

export interface Saved {
  readonly savedAt: string;
}

/** A decision file; `decisions`: those a process can call. */
export interface SavedDecisions {
  readonly decisions: readonly { readonly id: string; readonly name: string }[];
  readonly xml: string;
}

export interface SavedContent {
  readonly name: string;
  readonly processIds: readonly string[];
  readonly xml: string;
}

/** One request of this browser to the server. `csrf`: the token of its session. `leaving`: the page is about to close; browsers carry at most 64 KiB then. */
interface Asked {
  readonly csrf: string;
  readonly body?: unknown;
  readonly etag?: string;
  readonly leaving?: boolean;
}

async function asked<T>(method: string, path: string, { csrf, body, etag, leaving = false }: Asked): Promise<Reply<T>> {
  const headers = {
    'Accept': 'application/json', ...(method === 'GET' ? {} : { 'X-CSRF-Token': csrf }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(etag === undefined ? {} : { 'If-Match': `"${etag}"` }),
  };
  try {
    const answer = await fetch(path, { method, headers, keepalive: leaving, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const said = answer.status === 204 ? undefined : await answer.json() as unknown;
    if (answer.ok) return { ok: true, body: said as T, etag: (answer.headers.get('etag') ?? '').replaceAll('"', '') };
    return { ok: false, refused: { code: '', title: 'The server refused it', detail: '', hint: '', problems: [], ...said as object, status: answer.status } };
  } catch (error) {
    return { ok: false, refused: { status: 0, code: '', title: 'The server cannot be reached', detail: error instanceof Error ? error.message : String(error), hint: '', problems: [] } };
  }
}

/** What the analyst knows of when deploying: live versions by process, ETags of changed decision files by file. */
export interface Known {
  readonly basis: Readonly<Record<string, number>>;
  readonly decisions?: Readonly<Record<string, string>>;
}

export class ModelApi {
  readonly #path: string;
  readonly #csrf: string;

  constructor(id: string, csrf: string) {
    this.#path = `/api/v1/models/${encodeURIComponent(id)}`;
    this.#csrf = csrf;
  }

  read(): Promise<Reply<ModelBody>> {
    return asked('GET', this.#path, { csrf: this.#csrf });
  }

  save(content: SavedContent, etag: string, leaving = false): Promise<Reply<Saved>> {
    return asked('PUT', this.#path, { csrf: this.#csrf, body: content, etag, leaving });
  }

  discard(): Promise<Reply<unknown>> {
    return asked('DELETE', this.#path, { csrf: this.#csrf });
  }

  deploy(known: Known, etag: string): Promise<Reply<ModelDeployedBody>> {
    return asked('POST', `${this.#path}/deployment`, { csrf: this.#csrf, body: known, etag });
  }

  /** Begins a decision file with one empty table. */
  begin(name: string): Promise<Reply<{ readonly id: string }>> {
    return asked('POST', `${this.#path}/decisions`, { csrf: this.#csrf, body: { name } });
  }

  /** The file that holds a decision. */
  readDecision(decision: string): Promise<Reply<ModelDecisionBody>> {
    return asked('GET', this.#decision(decision), { csrf: this.#csrf });
  }

  saveDecision(decision: string, content: SavedDecisions, etag: string, leaving = false): Promise<Reply<Saved>> {
    return asked('PUT', this.#decision(decision), { csrf: this.#csrf, body: content, etag, leaving });
  }

  discardDecision(decision: string): Promise<Reply<unknown>> {
    return asked('DELETE', this.#decision(decision), { csrf: this.#csrf });
  }

  #decision(id: string): string {
    return `${this.#path}/decisions/${encodeURIComponent(id)}`;
  }
}

/** Every working calendar, for those who count days. */
export function readCalendars(): Promise<Reply<{ readonly items: readonly WorkingCalendar[] }>> {
  return asked('GET', '/api/v1/calendars', { csrf: '' });
}
