/**
 * The port of attempts, on the desk store: what was begun and is not known to be done. After a crash, content that no case refers
 * to is told as an orphan, and then forgotten (killed between the two, the next process tells it again); what a case refers to is
 * forgotten in silence.
 */
import type { InstanceState, ProcessGraph } from '../../engine/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeskEntry, DeskStore } from '../ports/desk-store.ts';
import { documentsIn } from '../ports/documents.ts';
import type { Attempts } from '../ports/documents.ts';

export type Attempt = Parameters<Attempts['begin']>[0];

export interface AttemptBookOptions {
  readonly desk: DeskStore;
  readonly clock: Clock;
  /** Other nodes make attempts, too: only what is old is looked at, and only when `tellLeftovers` is called. */
  readonly shared?: boolean;
  /** Asked for late, as the runtime is made with the handlers that make attempts. */
  readonly cases: () => CaseReader;
  /** An attempt whose content no case refers to. */
  readonly onOrphan: (attempt: Attempt) => void;
  /** A look that failed; it is repeated with a later attempt. */
  readonly onFailure: (error: unknown) => void;
}

/** The part of the runtime that attempts are looked up in. */
export interface CaseReader {
  inspect(stream: string): Promise<{ readonly state: InstanceState; readonly graph: ProcessGraph } | undefined>;
  history(stream: string): Promise<readonly { readonly events: readonly object[]; readonly erased: boolean }[]>;
}

const COLLECTION = 'attempt';
const OPEN = 'open';
/** More than this many at once would be a fault of their own. */
const MOST = 10_000;
const PATIENCE_MS = 60_000;

export class AttemptBook implements Attempts {
  readonly #options: AttemptBookOptions;
  /** Begun in this process and not done: keys of their entries. */
  readonly #begun = new Map<string, Set<string>>();
  #looking: Promise<void> | undefined;
  #lookedAt: number;

  constructor(options: AttemptBookOptions) {
    this.#options = options;
    this.#lookedAt = Date.parse(options.clock.now());
  }

  async begin(attempt: Attempt): Promise<void> {
    // An attempt that is repeated with other content has two entries: each of the two may be the orphan.
    const entry = `${attempt.key} ${attempt.sha256}`;
    const entries = this.#begun.get(attempt.key) ?? new Set();
    this.#begun.set(attempt.key, entries.add(entry));
    await this.#options.desk.put(COLLECTION, { key: entry, owner: OPEN, content: { ...attempt } });
    this.#lookSometimes();
  }

  async done(key: string): Promise<void> {
    const entries = [...(this.#begun.get(key) ?? [])];
    this.#begun.delete(key);
    // The last one is what the case refers to now; earlier ones stay and are looked at.
    const last = entries.at(-1);
    if (last !== undefined) await this.#options.desk.delete(COLLECTION, last);
    this.#lookSometimes();
  }

  /** Looks at what earlier processes left: main calls it when the runtime has started. Answers how many orphans were told; never rejects. */
  async tellLeftovers(): Promise<number> {
    try {
      return await this.#look();
    } catch (error) {
      this.#options.onFailure(error);
      return 0;
    }
  }

  /** Waits for a look that is under way. */
  async close(): Promise<void> {
    await this.#looking;
  }

  #lookSometimes(): void {
    const now = Date.parse(this.#options.clock.now());
    if (this.#looking || this.#options.shared === true || now - this.#lookedAt < PATIENCE_MS) return;
    this.#lookedAt = now;
    this.#looking = this.tellLeftovers().then(() => { this.#looking = undefined; });
  }

  async #look(): Promise<number> {
    const now = this.#options.clock.now();
    let told = 0;
    for (const entry of await this.#options.desk.list(COLLECTION, OPEN, now, MOST)) {
      const attempt = entry.content as unknown as Attempt;
      if (!this.#isOld(entry, attempt, now)) continue;
      const fate = await this.#fateOf(attempt);
      if (fate === 'open') continue;
      if (fate === 'orphan') {
        told += 1;
        this.#options.onOrphan(attempt);
      }
      await this.#options.desk.delete(COLLECTION, entry.key);
      this.#forget(attempt.key, entry.key);
    }
    return told;
  }

  /** What this process did not begin cannot be under way where one process works on a data folder. */
  #isOld({ key }: DeskEntry, attempt: Attempt, now: string): boolean {
    return Date.parse(now) - Date.parse(attempt.at) > PATIENCE_MS || (this.#options.shared !== true && this.#begun.get(attempt.key)?.has(key) !== true);
  }

  /** `open`: its job is still to be done, and may yet bring this content. */
  async #fateOf({ key, stream, sha256 }: Attempt): Promise<'referred' | 'orphan' | 'open'> {
    const found = await this.#options.cases().inspect(stream);
    if (!found) return 'orphan';
    if (refersTo(found.state, sha256)) return 'referred';
    // `<stream>/<job>`, and `<stream>/<job>/<n>` where one job stores several.
    const [, job] = key.startsWith(`${stream}/`) ? key.slice(stream.length).split('/') : [];
    if (found.state.waits.get(Number(job))?.kind === 'job') return 'open';
    // It may have referred to it and gone on since: the history knows, whatever the variables say now.
    const history = await this.#options.cases().history(stream);
    return history.some(({ events, erased }) => erased || JSON.stringify(events).includes(sha256)) ? 'referred' : 'orphan';
  }

  #forget(key: string, entry: string): void {
    const entries = this.#begun.get(key);
    entries?.delete(entry);
    if (entries?.size === 0) this.#begun.delete(key);
  }
}

function refersTo(state: InstanceState, sha256: string): boolean {
  return [...state.elements.values()].some(({ variables }) => variables !== undefined && documentsIn(Object.fromEntries(variables)).some((document) => document.sha256 === sha256));
}
