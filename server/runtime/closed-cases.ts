/**
 * The sealed closed cases that a rebuild leaves out, so that a server opens after folding the others (ADR 10): which they are, and which of them is next.
 *
 * A case is left out when its last record up to commit `through` closed it. That follows from its own records, so nothing is kept of it: while the log is
 * folded in order only the cases at work then are remembered; later a case is folded whole, in one transaction, from its own stream. A closed case takes
 * nothing but what opens it again, and before that is folded the case is.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { COMMIT_RECORDS } from '../ports/event-store.ts';
import type { EventStore, StoredRecord } from '../ports/event-store.ts';
import type { Backlog } from '../ports/projections.ts';
import { streamKind } from './types.ts';
import type { DecodedRecord, Projection } from './types.ts';

/** What is known of sealed cases. */
export interface SealedCases {
  /** The commit up to which closed cases are sealed; 0: none are. */
  readonly through: () => Promise<number>;
  /** Whether the events of a record (stored bytes) leave their case closed. */
  readonly closes: (events: Uint8Array) => boolean;
  /** How many are folded at once; default 32. */
  readonly atOnce?: number;
}

export interface ClosedCasesNeeds extends Pick<SealedCases, 'closes' | 'atOnce'> {
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly readers: readonly Projection[];
  readonly decode: (record: StoredRecord) => Promise<DecodedRecord>;
  /** Without private fields. */
  readonly openPart: (record: StoredRecord) => DecodedRecord;
}

/** Cases whose turn has come. `backlog`: what is owed when they are folded; null: nothing. */
export interface Turn {
  readonly records: readonly DecodedRecord[];
  readonly readers: readonly Projection[];
  readonly backlog: Backlog | null;
}

/** Cases that are folded at once, and commits that are looked through for them: what others wait for meanwhile. */
const AT_ONCE = 32;
const COMMITS_AT_ONCE = 8;
const MOST_COMMITS = 64;

type Place = Pick<StoredRecord, 'stream' | 'position' | 'index'>;

export class ClosedCases {
  readonly #needs: ClosedCasesNeeds;
  readonly #through: number;
  readonly #atOnce: number;
  #backlog: Backlog;
  /** The cases at work at `through`; only while the log is folded up to there. */
  #open: ReadonlySet<string> | undefined;
  /** Beginnings of cases, behind those folded before this start, that were read and not folded yet; and the last commit that was read for them. */
  #beginnings: Place[] = [];
  readonly #from: Backlog;
  #read: number;
  /** Who is given a record, where that is not every reader. */
  readonly #given = new WeakMap<DecodedRecord, readonly Projection[]>();
  readonly #byCase: readonly Projection[];
  readonly #inTurn: readonly Projection[];

  constructor(needs: ClosedCasesNeeds, backlog: Backlog) {
    this.#needs = needs;
    this.#backlog = backlog;
    this.#through = backlog.through;
    this.#atOnce = needs.atOnce ?? AT_ONCE;
    this.#from = backlog;
    // This commit may have been folded in part.
    this.#read = Math.max(0, backlog.position - 1);
    this.#byCase = needs.readers.filter((reader) => reader.byCase !== undefined);
    this.#inTurn = needs.readers.filter((reader) => reader.byCase === undefined);
  }

  get backlog(): Backlog {
    return this.#backlog;
  }

  /** Reads who is at work at `through`: before the log is folded up to there. */
  async lookThrough(tell: (position: number, through: number) => void): Promise<void> {
    const open = new Set<string>();
    for (let at = 0; at < this.#through;) {
      const commits = await this.#commits(at);
      for (const { records } of commits) {
        for (const { stream, events } of records) {
          if (streamKind(stream) !== 'instance') continue;
          if (this.#needs.closes(events)) open.delete(stream);
          else open.add(stream);
        }
      }
      at = commits.at(-1)?.position ?? this.#through;
      tell(at, this.#through);
      await breathe();
    }
    this.#open = open;
  }

  /** Records met in their turn. Of one that is left out only its open part is read, for the readers that cannot do without it. */
  async decode(records: readonly StoredRecord[]): Promise<readonly DecodedRecord[]> {
    const decoded: DecodedRecord[] = [];
    for (const record of records) {
      if (this.#leavesOut(record)) {
        const open = this.#needs.openPart(record);
        this.#given.set(open, this.#inTurn);
        decoded.push(open);
      } else decoded.push(await this.#needs.decode(record));
    }
    return decoded;
  }

  #leavesOut({ stream, position }: Place): boolean {
    return position <= this.#through && streamKind(stream) === 'instance' && this.#open?.has(stream) === false;
  }

  readersOf(record: DecodedRecord): readonly Projection[] {
    return this.#given.get(record) ?? this.#needs.readers;
  }

  /** Whether records must be made {@link whole}. */
  static areCut(records: readonly DecodedRecord[]): boolean {
    return records.some(opensAgain);
  }

  /** The same records, and before one that opens a case again all that was left out of that and is not folded yet. */
  async whole(records: readonly DecodedRecord[]): Promise<readonly DecodedRecord[]> {
    const whole: DecodedRecord[] = [];
    for (const record of records) {
      const earlier = opensAgain(record) ? await this.#before(record) : [];
      for (const each of earlier) this.#given.set(each, this.#byCase);
      whole.push(...earlier, record);
    }
    return whole;
  }

  async #before(record: DecodedRecord): Promise<readonly DecodedRecord[]> {
    if (record.position <= this.#through) return [];
    const before = (await this.#needs.store.read(record.stream)).filter(({ version }) => version < record.version);
    const [first] = before;
    const last = before.at(-1);
    const isOwed = first !== undefined && last !== undefined && last.position <= this.#through && isBehind(first, this.#backlog);
    return isOwed ? this.#decoded(before) : [];
  }

  /** The cases that are next, each of them whole. `position`: up to where the log is in the tables; a case that was opened again up to there came with that. */
  async next(position: number): Promise<Turn> {
    await this.#lookAhead();
    const chosen = this.#beginnings.splice(0, this.#atOnce);
    const records = (await Promise.all(chosen.map(({ stream }) => this.#caseOf(stream, position)))).flat();
    const readers = this.#byCase.flatMap((reader) => reader.byCase?.() ?? []);
    if (this.#beginnings.length === 0 && this.#read >= this.#through) return { records, readers, backlog: null };
    const { position: reached, index } = this.#beginnings.length > 0 ? chosen.at(-1)! : { position: this.#read, index: COMMIT_RECORDS };
    return { records, readers, backlog: { through: this.#through, position: reached, index } };
  }

  /** They are written. */
  folded(backlog: Backlog): void {
    this.#backlog = backlog;
  }

  async #caseOf(stream: string, position: number): Promise<readonly DecodedRecord[]> {
    const all = await this.#needs.store.read(stream);
    const sealed = all.filter((record) => record.position <= this.#through);
    const last = sealed.at(-1);
    const next = all[sealed.length];
    if (last === undefined || !this.#needs.closes(last.events) || (next !== undefined && next.position <= position)) return [];
    return this.#decoded(sealed);
  }

  async #lookAhead(): Promise<void> {
    for (let looked = 0; this.#beginnings.length < this.#atOnce && this.#read < this.#through && looked < MOST_COMMITS; looked += COMMITS_AT_ONCE) {
      const commits = await this.#commits(this.#read);
      for (const { stream, position, index, version } of commits.flatMap(({ records }) => records)) {
        if (version === 1 && streamKind(stream) === 'instance' && isBehind({ position, index }, this.#from)) this.#beginnings.push({ stream, position, index });
      }
      this.#read = commits.at(-1)?.position ?? this.#through;
    }
  }

  /** Commits behind a position, none of them behind `through`. */
  async #commits(after: number): ReturnType<EventStore['readAll']> {
    return (await this.#needs.store.readAll(after, COMMITS_AT_ONCE)).filter(({ position }) => position <= this.#through);
  }

  #decoded(records: readonly StoredRecord[]): Promise<readonly DecodedRecord[]> {
    return Promise.all(records.map((record) => this.#needs.decode(record)));
  }
}

function opensAgain({ stream, events }: DecodedRecord): boolean {
  return streamKind(stream) === 'instance' && events.some(({ type }) => type === 'InstanceReopened');
}

function isBehind(place: Pick<Place, 'position' | 'index'>, { position, index }: Pick<Place, 'position' | 'index'>): boolean {
  return place.position > position || (place.position === position && place.index > index);
}
