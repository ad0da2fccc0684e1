/**
 * Anchoring: every sealed head is mailed to people outside, so that who owns the machine cannot write the log anew. It goes on after any end:
 * a head that is not noted as handed over is sent again, so a kill or a lost answer makes at most a duplicate with the same message id, never a loss.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';
import type { DeskStore } from '../ports/desk-store.ts';
import type { HeadBook, SealedHead } from '../ports/head-book.ts';
import type { Mail } from '../ports/mail.ts';
import { letterOf } from './anchor-letter.ts';
import { ageOf, LATE_MS, noteHandedOver, noteStanding, waitingHeads } from './anchor-notes.ts';
import type { HandedOver, Standing, Waiting } from './anchor-notes.ts';

export { noteStanding as noteAnchoring } from './anchor-notes.ts';

export interface AnchoringNeeds {
  readonly book: Pick<HeadBook, 'names' | 'read'>;
  readonly desk: Pick<DeskStore, 'get' | 'put' | 'list' | 'delete'>;
  readonly mail: Mail;
  /** Addresses, at least one; each gets letters of its own. */
  readonly to: readonly string[];
  /** How people know this installation. */
  readonly installation: string;
  readonly clock: Clock;
  /** Of many nodes one mails; absent: this one. */
  readonly mayLook?: () => Promise<boolean>;
  /** A letter was not taken, or the heads could not be read; it is tried again. */
  readonly onFailure: (error: unknown) => void;
  /** Once a day while heads have been waiting for longer than a day. `seconds`: the oldest of them. */
  readonly onLate: (late: { readonly heads: number; readonly seconds: number }) => void;
  /** Crash tests only. */
  readonly failpoint?: ((name: string) => void) | undefined;
  /** Tests only. */
  readonly pace?: Pace;
}

/** Milliseconds: between two looks for a new head, and before an attempt after a failure, doubled at each up to a bound. */
export interface Pace {
  readonly look: number;
  readonly again: number;
  readonly most: number;
}

/** Seconds are up to the time of asking. */
export interface AnchoringFigures {
  /** Since the newest head that everybody has was sealed; where there is none, since the oldest was; 0 before there is any. */
  readonly age: number;
  /** Since the oldest head that somebody has not got was sealed; 0: everybody has all. */
  readonly waiting: number;
  /** Letters that were not taken, since the start. */
  readonly failures: number;
}

export interface Anchoring {
  figures(): AnchoringFigures;
  /** Gives up what is being sent, and waits for what is being noted. */
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;
const PACE: Pace = { look: MINUTE_MS, again: MINUTE_MS, most: 60 * MINUTE_MS };
/** Heads of one letter: after a long silence, or for a new recipient. About 1 MB. */
const MOST_HEADS = 100;
const DAY_MS = LATE_MS;

/** Mails what was not mailed yet, now and whenever a head is sealed. Failures are told and never thrown. */
export function anchorHeads(needs: AnchoringNeeds): Anchoring {
  const stopping = new AbortController();
  const work = new Anchors(needs, stopping.signal);
  const running = work.run(needs.pace ?? PACE);
  return {
    figures: () => work.figures,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

class Anchors {
  readonly #needs: AnchoringNeeds;
  readonly #signal: AbortSignal;
  /** Taken over by the mail server, and not noted because the desk store could not: noted before anything else is sent. */
  readonly #unnoted: HandedOver[] = [];
  /** Unix time in milliseconds of the sealing. */
  #lastAt: number | undefined;
  #oldestAt: number | undefined;
  /** Everybody had everything, when these days were sealed. */
  #allOut: { readonly sealed: string; readonly waiting: Waiting } | undefined;
  #failures = 0;
  #told = -Infinity;
  #standing = '';

  constructor(needs: AnchoringNeeds, signal: AbortSignal) {
    this.#needs = needs;
    this.#signal = signal;
  }

  get figures(): AnchoringFigures {
    const now = Date.parse(this.#needs.clock.now());
    const since = (at = now): number => Math.max(0, now - at) / 1_000;
    return { age: since(this.#lastAt ?? this.#oldestAt), waiting: since(this.#oldestAt), failures: this.#failures };
  }

  async run({ look, again, most }: Pace): Promise<void> {
    for (let failed = 0; !this.#signal.aborted;) {
      failed = await this.#look() ? 0 : failed + 1;
      const rest = failed === 0 ? look : Math.min(most, again * 2 ** (failed - 1));
      await pause(rest, undefined, { signal: this.#signal, ref: false }).catch(() => undefined);
    }
  }

  /** False: something failed. Never rejects. */
  async #look(): Promise<boolean> {
    const { onFailure, mayLook = async () => true } = this.#needs;
    try {
      await this.#note();
      // Before the notes are read: what the holder before this one has sent is among them.
      const isMine = await mayLook();
      const waiting = await this.#waiting();
      if (!isMine) return true;
      const failures = await this.#sendAll(waiting, mayLook);
      if (this.#signal.aborted) return true;
      await this.#conclude(failures);
      return failures.length === 0;
    } catch (error) {
      if (!this.#signal.aborted) onFailure(error);
      return false;
    }
  }

  /** Brings the figures up to date, too. Notes are read when there is a new head, and while one waits. */
  async #waiting(): Promise<Waiting> {
    const { book, desk, to, clock } = this.#needs;
    const names = await book.names();
    const sealed = names.join();
    if (this.#allOut?.sealed === sealed) return this.#allOut.waiting;
    const now = clock.now();
    const waiting = await waitingHeads(names, desk, to, now);
    this.#allOut = waiting.count === 0 ? { sealed, waiting } : undefined;
    const sealedAt = async (name: string | undefined): Promise<number | undefined> => (name === undefined ? undefined : Date.parse(now) - await ageOf(book, name, now));
    [this.#lastAt, this.#oldestAt] = [await sealedAt(waiting.last), await sealedAt(waiting.oldest)];
    return waiting;
  }

  /** A recipient whom the server refuses keeps nothing from the others. */
  async #sendAll({ of }: Waiting, mayLook: () => Promise<boolean>): Promise<Standing['failures']> {
    const failures: { to: string; says: string }[] = [];
    for (const [to, names] of of) {
      try {
        for (let at = 0; at < names.length && !this.#signal.aborted && await mayLook(); at += MOST_HEADS) await this.#send(to, names.slice(at, at + MOST_HEADS));
      } catch (error) {
        if (this.#signal.aborted) break;
        this.#failures += 1;
        failures.push({ to, says: sayingOf(error) });
        this.#needs.onFailure(error);
      }
    }
    return failures;
  }

  async #send(to: string, names: readonly string[]): Promise<void> {
    const { book, mail, installation, clock, failpoint } = this.#needs;
    const heads = (await Promise.all(names.map((name) => book.read(name)))).filter((head): head is SealedHead => head !== undefined);
    if (heads.length === 0) return;
    const said = await mail.send(letterOf(heads, to, installation), this.#signal);
    failpoint?.('head-mailed');
    const at = clock.now();
    this.#unnoted.push(...heads.map(({ name }): HandedOver => ({ head: name, to, at, said })));
    await this.#note();
  }

  async #note(): Promise<void> {
    await Promise.all(this.#unnoted.map((note) => noteHandedOver(this.#needs.desk, note)));
    this.#unnoted.length = 0;
  }

  /** Says how it stands: to the figures, to the doctor, and to the log of the program when heads are late. */
  async #conclude(failures: Standing['failures']): Promise<void> {
    const { desk, to, clock, onLate } = this.#needs;
    const { count } = await this.#waiting();
    const standing = JSON.stringify([to, failures]);
    if (standing !== this.#standing) await noteStanding(desk, { to, failures });
    this.#standing = standing;
    const now = Date.parse(clock.now());
    if (this.#oldestAt === undefined || now - this.#oldestAt <= LATE_MS || now - this.#told < DAY_MS) return;
    this.#told = now;
    onLate({ heads: count, seconds: (now - this.#oldestAt) / 1_000 });
  }
}

function sayingOf(error: unknown): string {
  const { code, message } = error as Error & { readonly code?: string };
  return code === undefined ? message : `${code}: ${message}`;
}
