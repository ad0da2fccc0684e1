/** What the runtime has done, as plain counters: counting costs next to nothing, and who wants to know reads them (docs/operations.md). */
import { Distribution, SECONDS } from '../ports/distribution.ts';
import type { Answer, DomainEvent } from './types.ts';

/** How commands of one type ended. `replayed`: a repeat got its first answer. `failed`: an error was thrown. */
export interface CommandCounts {
  accepted: number;
  replayed: number;
  rejected: number;
  keyReused: number;
  failed: number;
}

/** How deliveries of one job type ended. `failed`: a retry is used up. `error`: the model's error path was taken. */
export interface JobCounts {
  done: number;
  failed: number;
  error: number;
}

export class Tally {
  readonly commands = new Map<string, CommandCounts>();
  readonly jobs = new Map<string, JobCounts>();
  /** From the call to the durable answer, seconds. */
  readonly seconds = new Distribution(SECONDS);
  /** Commands that are not answered yet. */
  atWork = 0;

  /** Counts how the answer turns out; answers it as it is. */
  command<E extends DomainEvent>(type: string, answer: Promise<Answer<E>>): Promise<Answer<E>> {
    const began = performance.now();
    const counts = this.#commandsOf(type);
    this.atWork += 1;
    answer.then((given) => { count(counts, given); this.#ended(began); }, () => { counts.failed += 1; this.#ended(began); });
    return answer;
  }

  job(type: string, outcome: keyof JobCounts): void {
    let counts = this.jobs.get(type);
    if (counts === undefined) this.jobs.set(type, (counts = { done: 0, failed: 0, error: 0 }));
    counts[outcome] += 1;
  }

  #ended(began: number): void {
    this.atWork -= 1;
    this.seconds.observe((performance.now() - began) / 1_000);
  }

  #commandsOf(type: string): CommandCounts {
    let counts = this.commands.get(type);
    if (counts === undefined) this.commands.set(type, (counts = { accepted: 0, replayed: 0, rejected: 0, keyReused: 0, failed: 0 }));
    return counts;
  }
}

function count(counts: CommandCounts, answer: Answer): void {
  if (answer.outcome === 'accepted') counts[answer.replayed ? 'replayed' : 'accepted'] += 1;
  else counts[answer.outcome === 'rejected' ? 'rejected' : 'keyReused'] += 1;
}
