/** Substitutions as they stand: who acts for whom from when until when; folded from the events of who is absent, held in memory and kept in a table. */
import type { Projections, Row, Table } from '../ports/projections.ts';
import type { SubstitutionEvent } from './events.ts';

/** What became of a proposal. Whether it is in force also depends on the moment: {@link inForce}. */
export type SubstitutionState = 'proposed' | 'accepted' | 'declined' | 'ended';

/** `from`, `until`: YYYY-MM-DD; all others ending in `At`: ISO 8601 UTC instants, `endsAt` is excluded. `note`: why it was declined or ended early. */
export interface Substitution {
  readonly absent: string;
  readonly number: number;
  readonly deputy: string;
  readonly from: string;
  readonly until: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly reason: string;
  readonly instrument: string | null;
  readonly state: SubstitutionState;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly answeredAt: string | null;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
  readonly note: string | null;
}

interface SubstitutionRow extends Substitution, Row { readonly key: string }

/** What stands beside an event in its record: who acted, and when. */
export interface Act {
  readonly by: string;
  readonly at: string;
}

/** Accepted, not ended, and `now` within its days. */
export function inForce({ state, startsAt, endsAt }: Substitution, now: string): boolean {
  return state === 'accepted' && startsAt <= now && now < endsAt;
}

/** Proposed or accepted, and its last day is not past. */
export function isOpen({ state, endsAt }: Substitution, now: string): boolean {
  return (state === 'proposed' || state === 'accepted') && now < endsAt;
}

export class SubstitutionBook {
  readonly #table: Table<SubstitutionRow>;
  readonly #byAbsent = new Map<string, Map<number, SubstitutionRow>>();
  readonly #byDeputy = new Map<string, Map<string, SubstitutionRow>>();

  /** Declares its table. */
  constructor(projections: Projections) {
    this.#table = projections.table<SubstitutionRow>({ name: 'organization_substitutions', key: 'key', indexes: [] });
  }

  /** Newest first. */
  ofAbsent(person: string): readonly Substitution[] {
    return newestFirst(this.#byAbsent.get(person)?.values() ?? []);
  }

  /** Those that name `person` as the deputy, newest first. */
  ofDeputy(person: string): readonly Substitution[] {
    return newestFirst(this.#byDeputy.get(person)?.values() ?? []);
  }

  all(): readonly Substitution[] {
    return newestFirst([...this.#byAbsent.values()].flatMap((rows) => [...rows.values()]));
  }

  find(absent: string, number: number): Substitution | undefined {
    return this.#byAbsent.get(absent)?.get(number);
  }

  /** Whether `person` was ever named: most never were, and are answered at once. */
  knowsDeputy(person: string): boolean {
    return this.#byDeputy.has(person);
  }

  /** Those `person` acts for at `now`. */
  standsFor(person: string, now: string): readonly Substitution[] {
    const named = this.#byDeputy.get(person);
    return named === undefined ? [] : [...named.values()].filter((row) => inForce(row, now));
  }

  apply(event: SubstitutionEvent, act: Act): void {
    const row = rowAfter(this.#byAbsent.get(event.id)?.get(event.number), event, act);
    if (row === undefined) return;
    this.#keep(row);
    this.#table.put(row);
  }

  async load(): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#table.find({ limit: 500, ...(after === undefined ? {} : { after }) });
      for (const row of page.rows) this.#keep(row);
      after = page.next;
    } while (after !== undefined);
  }

  forget(): void {
    this.#byAbsent.clear();
    this.#byDeputy.clear();
  }

  #keep(row: SubstitutionRow): void {
    inner(this.#byAbsent, row.absent).set(row.number, row);
    inner(this.#byDeputy, row.deputy).set(row.key, row);
  }
}

function inner<K, V>(outer: Map<string, Map<K, V>>, key: string): Map<K, V> {
  const found = outer.get(key) ?? new Map<K, V>();
  outer.set(key, found);
  return found;
}

function rowAfter(before: SubstitutionRow | undefined, event: SubstitutionEvent, { by, at }: Act): SubstitutionRow | undefined {
  if (event.type === 'SubstitutionProposed') {
    const { id: absent, number, deputy, from, until, startsAt, endsAt } = event;
    // Of an erased person the days and the deputy stay; why is gone.
    const { reason = '', instrument = null } = event as { readonly reason?: string; readonly instrument?: string };
    return {
      key: `${absent}/${String(number)}`, absent, number, deputy, from, until, startsAt, endsAt, reason, instrument, state: 'proposed', proposedBy: by, proposedAt: at, answeredAt: null, endedBy: null, endedAt: null, note: null,
    };
  }
  if (before === undefined) return undefined;
  switch (event.type) {
    case 'SubstitutionAccepted': return { ...before, state: 'accepted', answeredAt: at };
    case 'SubstitutionDeclined': return { ...before, state: 'declined', answeredAt: at, note: event.reason ?? null };
    case 'SubstitutionEnded': return { ...before, state: 'ended', endedBy: by, endedAt: at, note: event.reason ?? null };
  }
}

/** By first day, then as they were proposed, the newest first. */
export function newestFirst(rows: Iterable<Substitution>): readonly Substitution[] {
  const order = (one: Substitution): string => `${one.startsAt} ${one.proposedAt} ${String(one.number).padStart(9, '0')}`;
  return [...rows].sort((left, right) => (order(left) < order(right) ? 1 : order(left) > order(right) ? -1 : 0));
}
