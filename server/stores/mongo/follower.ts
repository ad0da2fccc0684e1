/**
 * Following the log: every commit to a listener once, in the order of the log, whichever node wrote it. The log is read behind the last
 * position that was passed on; a change stream, where the database has them, only says when to look.
 */
import type { Commit } from '../../ports/event-store.ts';
import { deliver } from '../deliver.ts';
import { toCommit } from './commit-documents.ts';
import type { CommitDocument, Commits } from './commit-documents.ts';

export interface FollowerOptions {
  readonly commits: Commits;
  /** Commits up to this position are known already. */
  readonly after: number;
  readonly listener: (commit: Commit) => void;
  /** A commit that this node writes or has just written, by its uuid, as it has it: with what its records carry beside the bytes. */
  readonly ownOf: (uuid: string) => Commit | undefined;
  readonly onFault: (error: unknown) => void;
}

const PAGE = 200;
/** How often is looked when nothing calls, with a change stream and without. */
const CALLED_MS = 1_000;
const UNCALLED_MS = 40;
const TROUBLED_MS = 500;
/** Pause before a change stream is tried again. */
const STREAM_PAUSE_MS = 15_000;

export class Follower {
  readonly #options: FollowerOptions;
  readonly #done: Promise<void>;
  #position: number;
  #stopped = false;
  #called = false;
  #wake: (() => void) | undefined;
  #stream: { close(): Promise<void> } | undefined;
  #streamAfter = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#position = options.after;
    this.#done = this.#run();
  }

  /** A commit of this node: passed on at once when nothing is missing before it. */
  own(commit: Commit): void {
    if (commit.position === this.#position + 1) this.#pass(commit);
    else this.#call();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#call();
    await this.#stream?.close().catch(() => undefined);
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let pauseMs = this.#stream === undefined ? UNCALLED_MS : CALLED_MS;
      try {
        this.#listen();
        this.#called = false;
        const page = await this.#options.commits.find({ _id: { $gt: this.#position } }).sort({ _id: 1 }).limit(PAGE).toArray();
        for (const document of page) this.#read(document);
        if (page.length === PAGE) continue;
      } catch (error) {
        this.#options.onFault(error);
        pauseMs = TROUBLED_MS;
      }
      await this.#pause(pauseMs);
    }
  }

  // While the page was on its way this node's own commits may have been passed on.
  #read(document: CommitDocument): void {
    if (document._id !== this.#position + 1 || this.#stopped) return;
    this.#pass(this.#options.ownOf(document.uuid) ?? toCommit(document));
  }

  #pass(commit: Commit): void {
    this.#position = commit.position;
    deliver([this.#options.listener], commit);
  }

  #call(): void {
    this.#called = true;
    this.#wake?.();
  }

  async #pause(ms: number): Promise<void> {
    if (this.#called || this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  #listen(): void {
    if (this.#stream !== undefined || performance.now() < this.#streamAfter) return;
    const stream = this.#options.commits.watch([{ $project: { operationType: 1 } }], { maxAwaitTimeMS: 1_000 });
    this.#stream = stream;
    stream.on('change', () => { this.#call(); });
    stream.on('error', () => {
      if (this.#stream !== stream) return;
      // Not there, or away with the database: until it is back the log is looked at often.
      this.#stream = undefined;
      this.#streamAfter = performance.now() + STREAM_PAUSE_MS;
      stream.close().catch(() => undefined);
      this.#call();
    });
  }
}
