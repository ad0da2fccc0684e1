/** What was changed and is not on the server yet, kept in this browser (Web Storage): nothing drawn is lost with the connection or the page. */

/** `etag`: of what it was made from. `at`: ISO 8601 UTC instant. */
export interface LocalCopy {
  readonly xml: string;
  readonly etag: string;
  readonly at: string;
}

const PREFIX = 'piton.model.';

/** False when the browser keeps nothing: storage is full or forbidden. */
export function keepLocally(id: string, copy: LocalCopy): boolean {
  try {
    localStorage.setItem(PREFIX + id, JSON.stringify(copy));
    return true;
  } catch {
    return false;
  }
}

export function localCopy(id: string): LocalCopy | undefined {
  try {
    const text = localStorage.getItem(PREFIX + id);
    const copy = text === null ? undefined : JSON.parse(text) as Partial<LocalCopy>;
    return typeof copy?.xml === 'string' && typeof copy.etag === 'string' && typeof copy.at === 'string' ? { xml: copy.xml, etag: copy.etag, at: copy.at } : undefined;
  } catch {
    return undefined;
  }
}

export function forgetLocally(id: string): void {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // Forbidden storage holds nothing.
  }
}
