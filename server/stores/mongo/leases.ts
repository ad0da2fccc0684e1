/**
 * Leases in MongoDB: one document each, changed by compare-and-set. No clock is compared with another one: a holder raises `beat`, and
 * who has seen the same beat for the whole term on its own clock takes the lease over.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type mongoose from 'mongoose';
import type { Lease, Leases } from '../../ports/leases.ts';
import type { MongoDatabase } from './connection.ts';
import { isDuplicateKey } from './mongo-failure.ts';

/** `holder` is null when it was given up. */
interface LeaseDocument {
  readonly _id: string;
  readonly holder: string | null;
  readonly epoch: number;
  readonly beat: number;
}

export interface MongoLeasesOptions {
  /** Without a sign of life for so long the holder counts as gone; the same on all nodes. Default 12 s. */
  readonly termMs?: number;
  /** Told about every question to the database that had no answer; it is asked again. */
  readonly onFault?: (error: unknown) => void;
}

const TERM_MS = 12_000;
/** A holder stops believing this much before others may take over. */
const SAFETY = 3;

type Documents = mongoose.mongo.Collection<LeaseDocument>;
type Settings = Required<MongoLeasesOptions> & { readonly documents: Documents };

export function createMongoLeases({ db }: Pick<MongoDatabase, 'db'>, { termMs = TERM_MS, onFault = () => undefined }: MongoLeasesOptions = {}): Leases {
  const settings: Settings = { documents: db.collection<LeaseDocument>('leases'), termMs, onFault };
  return {
    stand: (name, gained) => new MongoLease(name, settings, gained),
    async alone(name, work) {
      const lease = new MongoLease(name, settings);
      try {
        while (!lease.held) await pause(termMs / 40);
        return await work();
      } finally {
        await lease.stop();
      }
    },
  };
}

class MongoLease implements Lease {
  readonly #name: string;
  readonly #settings: Settings;
  readonly #gained: (() => void) | undefined;
  readonly #node = randomUUID();
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  #epoch = 0;
  #beat = 0;
  /** performance.now() until when this node may believe that it holds. */
  #until = -Infinity;
  /** The last sign of life of another holder, and when it was first seen. */
  #seen = { epoch: -1, beat: -1, since: 0 };

  constructor(name: string, settings: Settings, gained?: () => void) {
    this.#name = name;
    this.#settings = settings;
    this.#gained = gained;
    this.#done = this.#run();
  }

  get held(): boolean {
    return this.#epoch > 0 && performance.now() < this.#until;
  }

  get epoch(): number {
    return this.held ? this.#epoch : 0;
  }

  confirm(): Promise<boolean> {
    return this.#renew().catch((error: unknown) => {
      this.#settings.onFault(error);
      return false;
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#done;
    if (this.#epoch === 0) return;
    this.#until = -Infinity;
    await this.#settings.documents.updateOne({ _id: this.#name, holder: this.#node, epoch: this.#epoch }, { $set: { holder: null } }).catch(this.#settings.onFault);
  }

  async #run(): Promise<void> {
    const { termMs, onFault } = this.#settings;
    while (!this.#stopped.signal.aborted) {
      await (this.held ? this.#renew() : this.#tryToTake()).catch(onFault);
      await pause(this.held ? termMs / 4 : termMs / 12, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  async #renew(): Promise<boolean> {
    if (!this.held) return false;
    const asked = performance.now();
    const beat = this.#beat + 1;
    this.#beat = beat;
    const { matchedCount } = await this.#settings.documents.updateOne({ _id: this.#name, holder: this.#node, epoch: this.#epoch }, { $max: { beat } });
    // Somebody waited a whole term for a sign of life: whatever this node does now, it does not do it as the holder.
    if (matchedCount === 1) this.#until = Math.max(this.#until, this.#believedUntil(asked));
    else this.#until = -Infinity;
    return this.held;
  }

  async #tryToTake(): Promise<void> {
    const { documents, termMs } = this.#settings;
    this.#epoch = 0;
    const found = await documents.findOne({ _id: this.#name });
    const now = performance.now();
    if (found === null) {
      await this.#take(now, 1, () => documents.insertOne({ _id: this.#name, holder: this.#node, epoch: 1, beat: 0 }).then(() => true, otherWasFirst));
      return;
    }
    const { holder, epoch, beat } = found;
    if (epoch !== this.#seen.epoch || beat !== this.#seen.beat) this.#seen = { epoch, beat, since: now };
    // Its own holding, if the answer to the taking was lost.
    if (holder !== null && holder !== this.#node && now - this.#seen.since < termMs) return;
    await this.#take(now, epoch + 1, async () => (await documents.updateOne({ _id: this.#name, epoch, beat, holder }, { $set: { holder: this.#node, epoch: epoch + 1, beat: 0 } })).matchedCount === 1);
  }

  async #take(asked: number, epoch: number, change: () => Promise<boolean>): Promise<void> {
    if (!await change()) return;
    this.#epoch = epoch;
    this.#beat = 0;
    this.#until = this.#believedUntil(asked);
    // Stopped meanwhile: `stop` gives it back.
    if (!this.#stopped.signal.aborted) this.#gained?.();
  }

  #believedUntil(asked: number): number {
    return asked + this.#settings.termMs * (1 - 1 / SAFETY);
  }
}

/** Whether a node gives signs of life: a lease that is held is watched for a term. */
export async function isAnybodyThere({ db }: Pick<MongoDatabase, 'db'>, termMs = TERM_MS): Promise<boolean> {
  const documents = db.collection<LeaseDocument>('leases');
  const beats = async (): Promise<string> => JSON.stringify((await documents.find({ holder: { $ne: null } }).sort({ _id: 1 }).toArray()).map(({ _id, epoch, beat }) => [_id, epoch, beat]));
  const before = await beats();
  if (before === '[]') return false;
  const end = performance.now() + termMs;
  while (performance.now() < end) {
    await pause(termMs / 12);
    if (await beats() !== before) return true;
  }
  return false;
}

function otherWasFirst(error: unknown): false {
  if (isDuplicateKey(error)) return false;
  throw error;
}
