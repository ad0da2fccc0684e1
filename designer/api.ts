/** The designer's requests to the server: one model, and what went wrong as a value (RFC 9457). */
import type { Problem } from '../engine/index.ts';
import type { ModelBody, ModelDeployedBody } from '../server/http/contract/models.ts';

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

export interface SavedContent {
  readonly name: string;
  readonly processIds: readonly string[];
  readonly xml: string;
}

export class ModelApi {
  readonly #path: string;
  readonly #csrf: string;

  constructor(id: string, csrf: string) {
    this.#path = `/api/v1/models/${encodeURIComponent(id)}`;
    this.#csrf = csrf;
  }

  read(): Promise<Reply<ModelBody>> {
    return this.#send('GET', this.#path);
  }

  /** `leaving`: the page is about to close; browsers carry at most 64 KiB then. */
  save(content: SavedContent, etag: string, leaving = false): Promise<Reply<{ readonly savedAt: string }>> {
    return this.#send('PUT', this.#path, content, etag, leaving);
  }

  discard(): Promise<Reply<unknown>> {
    return this.#send('DELETE', this.#path);
  }

  deploy(basis: Readonly<Record<string, number>>, etag: string): Promise<Reply<ModelDeployedBody>> {
    return this.#send('POST', `${this.#path}/deployment`, { basis }, etag);
  }

  async #send<T>(method: string, path: string, body?: unknown, etag?: string, keepalive = false): Promise<Reply<T>> {
    const headers = {
      'Accept': 'application/json', ...(method === 'GET' ? {} : { 'X-CSRF-Token': this.#csrf }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(etag === undefined ? {} : { 'If-Match': `"${etag}"` }),
    };
    try {
      const answer = await fetch(path, { method, headers, keepalive, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const said = answer.status === 204 ? undefined : await answer.json() as unknown;
      if (answer.ok) return { ok: true, body: said as T, etag: (answer.headers.get('etag') ?? '').replaceAll('"', '') };
      return { ok: false, refused: { code: '', title: 'The server refused it', detail: '', hint: '', problems: [], ...said as object, status: answer.status } };
    } catch (error) {
      return { ok: false, refused: { status: 0, code: '', title: 'The server cannot be reached', detail: error instanceof Error ? error.message : String(error), hint: '', problems: [] } };
    }
  }
}
