/**
 * What is outstanding after an event: timers to fire, jobs to do, commands to send to other streams, turns to go on with. It is
 * enqueued when the event is committed and kept in a table, so that a start after a crash enqueues it again.
 */
import { outbox } from '../../engine/index.ts';
import type { ConditionEvent, CorrelationEvent, DefinitionEvent, InstanceEvent, Outgoing, SignalEvent, StartRoundEvent, StartsOf } from '../../engine/index.ts';
import type { Projections, Row, Table } from '../ports/projections.ts';
import type { DecodedRecord, DomainEvent, Projection } from './types.ts';

/** `dueAt` is empty for what is due at once. `id`: counter of the timer or job. `offer`: version of the record that made it due, so that each offer has its own id. */
export interface OutstandingRow extends Row {
  readonly key: string;
  readonly kind: 'timer' | 'start-timer' | 'job' | 'dispatch' | 'turn' | 'expiry';
  readonly stream: string;
  readonly dueAt: string;
  readonly id: number;
  readonly offer: number;
  readonly jobType: string;
  /** Of a job that has one of its own: 0 to 100, higher first. */
  readonly priority?: number;
  /** The event that asks for a command to another stream: `<stream>/<version>/<number>`. */
  readonly source: string;
}

/** What one record adds, changes and takes away. */
export interface Change {
  readonly put: OutstandingRow[];
  readonly drop: string[];
  /** Jobs that failed or were taken up again. */
  readonly patch: { readonly key: string; readonly dueAt: string; readonly offer: number }[];
  /** The commands behind the rows of kind dispatch, by the event that asks for them. */
  readonly asks: Map<string, Outgoing>;
}

type AnyEvent = InstanceEvent | CorrelationEvent | SignalEvent | DefinitionEvent | ConditionEvent | StartRoundEvent;

/** Events that ask another stream for something. The others are most of them, and cost nothing here. */
const ASKING = [
  'MessageSubscribed', 'MessageUnsubscribed', 'MessagePublished', 'MessageOffered', 'MessageStartRequested', 'ChildRequested', 'ChildTerminationRequested',
  'InstanceCompleted', 'InstanceTerminated', 'InstanceFailed', 'StartTimerFired', 'StartTimerReceived', 'MessageTriggerReceived', 'SignalTriggerReceived', 'ConditionStartRequested', 'ConditionTriggerReceived', 'StartRoundCompleted',
  'SignalSubscribed', 'SignalUnsubscribed', 'SignalThrown', 'SignalDelivered', 'SignalStartRequested', 'SignalDeliveryPaused', 'EscalationThrown', 'ChildCompensationRequested', 'InstanceCompensated',
] as const satisfies readonly AnyEvent['type'][];
const ASKS: ReadonlySet<string> = new Set(ASKING);

/** Events that may change what is outstanding. Most records have none. */
const CHANGES: ReadonlySet<string> = new Set<AnyEvent['type']>([
  ...ASKING, 'TimerScheduled', 'TimerFired', 'TimerCanceled', 'StartTimerScheduled', 'StartTimerCanceled', 'JobCreated', 'JobFailed', 'JobCompleted', 'JobErrorThrown',
  'JobCanceled', 'IncidentResolved', 'TurnYielded', 'TurnContinued', 'MessageReceived', 'MessageExpired',
] as const);
const NOTHING: Change = { put: [], drop: [], patch: [], asks: new Map() };

/** Jobs whose retries are used up wait at the end of time for their incident to be resolved. */
export const NEVER = '9999-12-31T23:59:59.999Z';

export class Outstanding implements Projection {
  readonly name = 'outstanding';
  readonly #table: Table<OutstandingRow>;
  readonly #changes = new WeakMap<DecodedRecord, Change>();
  readonly #starts: StartsOf;

  constructor(projections: Projections, starts: StartsOf) {
    this.#starts = starts;
    this.#table = projections.table<OutstandingRow>({ name: 'outstanding', key: 'key', indexes: [['dueAt'], ['kind', 'dueAt'], ['stream', 'kind']] });
  }

  /** A job and a timer are made once, under a counter of their case: most come and go before anything is written. */
  apply(record: DecodedRecord): void {
    const change = this.changeOf(record);
    for (const row of change.put) if (row.kind === 'job' || row.kind === 'timer') this.#table.insert(row); else this.#table.put(row);
    for (const key of change.drop) this.#table.delete(key);
    for (const { key, dueAt, offer } of change.patch) this.#table.patch(key, { dueAt, offer });
  }

  /** Takes away a command that was delivered and refused: there is no record to tell. */
  remove(key: string): void {
    this.#table.delete(key);
  }

  /** Everything that is due before an instant, and the jobs that are tried again later. */
  async before(end: string, each: (row: OutstandingRow) => Promise<void>): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#table.find({ below: { column: 'dueAt', value: end }, orderBy: [{ column: 'dueAt' }], limit: 1_000, ...(after !== undefined && { after }) });
      for (const row of page.rows) await each(row);
      after = page.next;
    } while (after !== undefined);
    await this.between('job', end, NEVER, each);
  }

  /** True when something of a kind is due at an instant or later. */
  async reaches(kind: OutstandingRow['kind'], instant: string): Promise<boolean> {
    const { rows: [last] } = await this.#table.find({ where: { kind }, orderBy: [{ column: 'dueAt', descending: true }], limit: 1 });
    return last !== undefined && last.dueAt >= instant;
  }

  /** What of a kind is due from an instant on and before another, in that order. */
  async between(kind: OutstandingRow['kind'], from: string, to: string, each: (row: OutstandingRow) => Promise<void>): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#table.find({ where: { kind }, below: { column: 'dueAt', value: to }, orderBy: [{ column: 'dueAt' }], limit: 1_000, ...(after !== undefined && { after }) });
      for (const row of page.rows) if (row.dueAt >= from) await each(row);
      after = page.next;
    } while (after !== undefined);
  }

  /** What is due and still outstanding, the oldest first. */
  async due(now: string, limit: number): Promise<readonly OutstandingRow[]> {
    return (await this.#table.find({ orderBy: [{ column: 'dueAt' }], below: { column: 'dueAt', value: now }, limit })).rows;
  }

  /** Asked for by the tables and by dispatch, worked out once. */
  changeOf(record: DecodedRecord): Change {
    const asked = isAskedFor(record);
    if (!asked && !record.events.some(({ type }) => CHANGES.has(type))) return NOTHING;
    const known = this.#changes.get(record);
    if (known) return known;
    const change: Change = { put: [], drop: [], patch: [], asks: new Map() };
    // The command that an event asked for has arrived: its own record says so.
    if (asked) change.drop.push(`dispatch ${String(record.causation)}`);
    record.events.forEach((event, index) => { this.#one(record, event, index, change); });
    this.#changes.set(record, change);
    return change;
  }

  #one(record: DecodedRecord, event: DomainEvent, index: number, change: Change): void {
    const { stream, version } = record;
    const known = event as AnyEvent;
    const row = (kind: OutstandingRow['kind'], key: string, rest: Partial<OutstandingRow>): void => {
      change.put.push({ key, kind, stream, dueAt: '', id: 0, offer: version, jobType: '', source: '', ...rest });
    };
    switch (known.type) {
      case 'TimerScheduled': row('timer', keyOf('timer', stream, known.id), { dueAt: known.dueAt, id: known.id }); return;
      case 'TimerFired': case 'TimerCanceled': change.drop.push(keyOf('timer', stream, known.id)); return;
      case 'StartTimerScheduled': row('start-timer', keyOf('start', stream, known.id), { dueAt: known.dueAt, id: known.id }); return;
      case 'StartTimerCanceled': change.drop.push(keyOf('start', stream, known.id)); return;
      case 'StartTimerFired': case 'StartTimerReceived': change.drop.push(keyOf('start', stream, known.id)); break;
      case 'JobCreated': row('job', keyOf('job', stream, known.id), { id: known.id, jobType: known.jobType, ...(known.priority !== undefined && { priority: known.priority }) }); return;
      case 'JobFailed': change.patch.push({ key: keyOf('job', stream, known.id), dueAt: known.retriesLeft > 0 ? (known.retryAt ?? '') : NEVER, offer: version }); return;
      case 'JobCompleted': case 'JobErrorThrown': case 'JobCanceled': change.drop.push(keyOf('job', stream, known.id)); return;
      case 'IncidentResolved': if (known.job !== undefined) change.patch.push({ key: keyOf('job', stream, known.job), dueAt: '', offer: version }); return;
      case 'TurnYielded': row('turn', `turn ${stream}`, {}); return;
      case 'TurnContinued': change.drop.push(`turn ${stream}`); return;
      case 'MessageReceived': row('expiry', `expiry ${stream}/${known.messageId}`, { dueAt: known.expiresAt }); return;
      case 'MessageExpired': change.drop.push(`expiry ${stream}/${known.messageId}`); return;
      default: if (!ASKS.has(known.type)) return;
    }
    const source = `${stream}/${String(version)}/${String(index)}`;
    const outgoing = outbox(stream, source, known, this.#starts);
    if (!outgoing) return;
    change.asks.set(source, outgoing);
    row('dispatch', dispatchKey(outgoing), { stream: outgoing.stream, source });
  }
}

/** Another stream asked for it: it names that event, `<stream>/<version>/<number>`. The id of a request from outside has no '/', and nothing is outstanding because of it. */
function isAskedFor({ causation }: DecodedRecord): boolean {
  return causation?.includes('/') === true;
}

function keyOf(kind: string, stream: string, id: number): string {
  return `${kind} ${stream}/${String(id)}`;
}

/** An offer of a message is done when the correlation stream has its answer, everything else when the command has arrived. */
function dispatchKey(outgoing: Outgoing): string {
  return outgoing.kind === 'instance' && outgoing.offer ? `dispatch ${outgoing.key}/answer` : `dispatch ${outgoing.key}`;
}
