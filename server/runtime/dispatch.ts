/**
 * Dispatch: what an event leaves outstanding becomes work of the queue, and that work becomes commands again. The only loop:
 * log -> dispatch -> queue -> worker -> command -> log.
 *
 * Everything here may happen twice: commands to other streams carry the id of the event that asks for them, timers and jobs are
 * refused when they were done before; a refusal is acknowledged and writes nothing.
 */
import { answerTo, SYSTEM, whenRefused } from '../../engine/index.ts';
import type { Outgoing } from '../../engine/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { JobQueue, QueuedJob } from '../ports/job-queue.ts';
import type { Commands } from './commands.ts';
import { NearWindow } from './near-window.ts';
import { NEVER } from './outstanding.ts';
import type { Change, Outstanding, OutstandingRow } from './outstanding.ts';
import type { Projector } from './projector.ts';
import type { DecodedRecord } from './types.ts';

export interface DispatchOptions {
  readonly store: EventStore;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly projector: Projector;
  /** Resolves when the tables include every commit there is now; rejects when they are behind. */
  readonly caughtUp: () => Promise<unknown>;
  readonly outstanding: Outstanding;
  readonly commands: Commands;
  readonly decode: (record: Awaited<ReturnType<EventStore['read']>>[number]) => Promise<DecodedRecord>;
  /** Called before a committed record's work is enqueued; for crash tests. */
  readonly failpoint?: (name: string) => void;
}

/** Most deliveries at once per kind. */
const CONCURRENCY = 64;

export class Dispatch {
  readonly #options: DispatchOptions;
  readonly #window: NearWindow;
  /** Commands to other streams at hand, by key; what is not here is read from the log again. */
  readonly #outgoing = new Map<string, Outgoing>();

  constructor(options: DispatchOptions) {
    this.#options = options;
    const { queue, clock, outstanding } = options;
    this.#window = new NearWindow({ clock, queue, outstanding, caughtUp: options.caughtUp, enqueue: (row) => this.#enqueue(row) });
    queue.process('timer', CONCURRENCY, (job) => this.#fireTimer(job));
    queue.process('start-timer', CONCURRENCY, (job) => this.#fireStartTimer(job));
    queue.process('dispatch', CONCURRENCY, (job) => this.#deliver(job));
    queue.process('turn', CONCURRENCY, async ({ content }) => { await this.#options.commands.continueTurn(String(content['stream'])); });
    queue.process('expiry', CONCURRENCY, async ({ content }) => { await this.#options.commands.correlate(String(content['stream']), { type: 'ExpireMessages' }, { actor: SYSTEM }); });
  }

  /** Enqueues what a record that was just committed leaves outstanding; undefined when that is nothing. */
  committed(record: DecodedRecord): Promise<void> | undefined {
    this.#options.failpoint?.('before-dispatch');
    const change = this.#options.outstanding.changeOf(record);
    this.#forget(change);
    return change.put.length === 0 && change.patch.length === 0 ? undefined : this.#enqueueAll(change);
  }

  /** A record of another node, which has enqueued what it leaves outstanding. */
  arrived(record: DecodedRecord): void {
    this.#forget(this.#options.outstanding.changeOf(record));
  }

  /** What another node has delivered is not kept here. */
  #forget({ drop }: Change): void {
    for (const key of drop) this.#outgoing.delete(key);
  }

  /** Takes up a row that nobody has: a command to another stream at once, everything else by the queue. */
  async again(row: OutstandingRow): Promise<void> {
    if (row.kind === 'dispatch') await this.#deliver({ id: row.key, type: row.kind, content: { key: row.key, source: row.source } });
    else await this.#enqueue(row);
  }

  async #enqueueAll({ put, patch, asks }: Change): Promise<void> {
    for (const row of put) {
      const outgoing = asks.get(row.source);
      if (outgoing) this.#outgoing.set(row.key, outgoing);
      // The turn is continued by who executed the command; the row is for a start after a crash.
      if (row.kind !== 'turn' && !(await this.#window.leaves(row))) await this.#enqueue(row);
    }
    for (const { key, dueAt, offer } of patch) {
      if (dueAt === NEVER) continue;
      const jobKey = key.slice('job '.length);
      const job = await this.#options.commands.jobOf(jobKey);
      if (job !== undefined) await this.#enqueueJob(jobKey, job.jobType, offer, dueAt, job.priority);
    }
  }

  /** Enqueues everything that is outstanding and due soon; rejects after the last row when one of them could not be, or at once if `untilFailure`. */
  async recover(untilFailure = false): Promise<number> {
    let count = 0;
    let failure: unknown;
    const end = this.#window.moveOn();
    await this.#options.outstanding.before(end, async (row) => {
      if (untilFailure && failure !== undefined) return;
      count += 1;
      await this.#enqueue(row).catch((error: unknown) => { failure ??= error; });
    });
    await this.#window.begin(end);
    if (failure !== undefined) throw failure as Error;
    return count;
  }

  async #enqueue(row: OutstandingRow): Promise<void> {
    const { key, kind, stream, dueAt, id, offer, jobType, source, priority } = row;
    if (kind === 'job') return this.#enqueueJob(key.slice('job '.length), jobType, offer, dueAt, priority);
    return this.#options.queue.enqueue({ id: queueId(key), type: kind, content: { key, stream, id, source }, ...(dueAt !== '' && { dueAt }) });
  }

  #enqueueJob(jobKey: string, jobType: string, offer: number, dueAt: string, priority: number | undefined): Promise<void> {
    return this.#options.queue.enqueue({ id: `${jobKey}/${String(offer)}`, type: `job-${jobType}`, content: { jobKey, jobType }, ...(dueAt !== '' && { dueAt }), ...(priority !== undefined && { priority }) });
  }

  async #fireTimer({ content }: QueuedJob): Promise<void> {
    await this.#options.commands.executeOrLater(String(content['stream']), { type: 'FireTimer', timer: Number(content['id']) }, { actor: SYSTEM });
  }

  async #fireStartTimer({ content }: QueuedJob): Promise<void> {
    await this.#options.commands.fireStartTimer(String(content['stream']), Number(content['id']));
  }

  /** The row of a command goes with the record it makes; a command that was refused makes none. */
  async #deliver({ content }: QueuedJob): Promise<void> {
    const key = String(content['key']);
    const outgoing = this.#outgoing.get(key) ?? (await this.#fromLog(String(content['source'])));
    const recorded = outgoing !== undefined && (await this.#send(outgoing));
    this.#outgoing.delete(key);
    if (!recorded) this.#options.projector.write(() => { this.#options.outstanding.remove(key); });
  }

  /** True when a record says that it arrived. */
  async #send(outgoing: Outgoing): Promise<boolean> {
    const { commands } = this.#options;
    const meta = { actor: SYSTEM, idempotencyKey: outgoing.key, causation: outgoing.key };
    if (outgoing.kind === 'message') return (await commands.correlate(outgoing.stream, outgoing.command, meta)).outcome === 'accepted';
    if (outgoing.kind === 'signal') return (await commands.signal(outgoing.stream, outgoing.command, meta)).outcome === 'accepted';
    if (outgoing.kind === 'start-round') return (await commands.collect(outgoing.stream, outgoing.command, meta)).outcome === 'accepted';
    const answer = await commands.executeOrLater(outgoing.stream, outgoing.action, meta);
    const told = answer.outcome === 'rejected' ? whenRefused(outgoing, answer.rejection) : undefined;
    if (told) await commands.executeOrLater(told.stream, told.action, { actor: SYSTEM, idempotencyKey: told.key, causation: told.key });
    if (!outgoing.offer) return answer.outcome === 'accepted';
    const taken = answer.outcome === 'accepted' ? answer.events.find((event) => event.type === 'MessageCorrelated') : undefined;
    const reply = answerTo(outgoing.offer, outgoing.key, taken && { open: taken.open ?? false });
    const answered = await commands.correlate(reply.stream, reply.command, { actor: SYSTEM, idempotencyKey: reply.key, causation: reply.key });
    return answered.outcome === 'accepted';
  }

  async #fromLog(source: string): Promise<Outgoing | undefined> {
    const match = /^(.*)\/(\d+)\/\d+$/.exec(source);
    if (!match) return undefined;
    const [, stream = '', version = ''] = match;
    const [stored] = await this.#options.store.read(stream, Number(version) - 1);
    return stored && this.#options.outstanding.changeOf(await this.#options.decode(stored)).asks.get(source);
  }
}

/** Queue ids have no ':' in them and drivers are spared blanks, but an outsider's message id may hold any sign: each becomes `%` and its number. */
function queueId(key: string): string {
  return key.replace(/[^\w./-]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

