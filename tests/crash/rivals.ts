/** Many people at work on a runtime that is killed: three race for every task, double clicks send the same key twice, and everything answered is recorded. */
import { expect } from 'chai';
import type { InstanceAction } from '../../engine/index.ts';
import type { CaseCall, CaseInput, CaseOutput } from '../support/case-history.ts';
import type { Reply } from './child.ts';
import { CLERK, RIVALS } from './model.ts';
import type { Insist } from './victim.ts';

const ROUNDS = 4;
const GIVEN_BACK = 0.3;
const SETTLE_MS = 60_000;
const PROBES_AT_ONCE = 50;
const VERBS = { claim: 'ClaimTask', release: 'ReleaseTask', complete: 'CompleteTask' } as const;

/** A command that was accepted: it is in the log for ever, there and once. */
export interface Acknowledged {
  readonly key: string;
  readonly stream: string;
  readonly version: number;
}

/** What the people saw. */
export class Recorded {
  readonly acknowledged: Acknowledged[] = [];
  readonly started: string[] = [];
  readonly calls = new Map<string, CaseCall[]>();

  note(stream: string, key: string, input: CaseInput, { invoked, answered, reply: { outcome, version = 0 } }: Seen): void {
    const output: CaseOutput = outcome === 'accepted' ? { accepted: true, version } : { accepted: false, code: outcome };
    const calls = this.calls.get(stream) ?? [];
    this.calls.set(stream, calls);
    calls.push({ invoked, answered, input, output });
    if (outcome === 'accepted') this.acknowledged.push({ key, stream, version });
  }
}

/** An answer and the time from the first asking to it. */
interface Seen {
  readonly invoked: number;
  readonly answered: number;
  readonly reply: Reply;
}

interface Raced {
  readonly stream: string;
  readonly element: string;
  readonly task: number;
  readonly name: string;
}

export class Crowd {
  readonly #insist: Insist;
  readonly #random: () => number;
  readonly #people: readonly string[];
  readonly recorded = new Recorded();

  /** `people` race for every task. */
  constructor(insist: Insist, random: () => number, people: readonly string[] = RIVALS) {
    this.#insist = insist;
    this.#random = random;
    this.#people = people;
  }

  /** A case from its start to its last task. */
  async oneCase(name: string): Promise<void> {
    const seen = await this.#twice({ type: 'start', key: name });
    const { reply } = seen;
    const stream = reply.stream ?? '';
    this.recorded.note(stream, name, { verb: 'start' }, seen);
    this.recorded.started.push(stream);
    let [task = 0] = reply.open ?? [];
    for (const element of ['prepare', 'approve']) {
      const raced = { stream, element, task, name: `${name}/${element}` };
      const done = (await Promise.all(this.#people.map((person) => this.#rival(raced, person)))).find((one) => one !== undefined) ?? await this.#last(raced);
      [task = 0] = done.open ?? [];
    }
  }

  /** Until every case has ended: timers, jobs and messages of the last ones are still on their way. */
  async settled(): Promise<void> {
    const deadline = Date.now() + SETTLE_MS;
    const left = [...this.recorded.started];
    await Promise.all(Array.from({ length: PROBES_AT_ONCE }, async () => {
      for (let stream = left.pop(); stream !== undefined; stream = left.pop()) {
        for (let outcome = ''; outcome !== 'INSTANCE_ENDED';) {
          ({ outcome } = await this.#insist({ type: 'act', key: `probe-${stream}`, stream, person: CLERK.person, action: { type: 'ReleaseTask', task: 0 } }));
          if (Date.now() > deadline) throw new Error(`Expected ${stream} to end, but it still answers ${outcome}`);
          if (outcome !== 'INSTANCE_ENDED') await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    }));
  }

  /** Claims the task and completes it or gives it back, a few times; the reply of the completion where it was this person's. */
  async #rival(raced: Raced, person: string): Promise<Reply | undefined> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { outcome } = await this.#act(raced, person, 'claim', round);
      if (outcome === 'TASK_COMPLETED' || outcome === 'INSTANCE_ENDED') return undefined;
      if (outcome !== 'accepted') {
        await this.#act(raced, person, 'complete', round);
        continue;
      }
      if (this.#random() >= GIVEN_BACK) return this.#act(raced, person, 'complete', ROUNDS, true);
      await this.#act(raced, person, 'release', round);
    }
    return undefined;
  }

  /** All gave it back. */
  async #last(raced: Raced): Promise<Reply> {
    const [person = ''] = this.#people;
    await this.#act(raced, person, 'claim', ROUNDS + 1);
    return this.#act(raced, person, 'complete', ROUNDS + 1);
  }

  async #act({ stream, element, task, name }: Raced, person: string, verb: keyof typeof VERBS, round: number, twice = false): Promise<Reply> {
    const key = `${name}/${person}/${verb}-${String(round)}`;
    const action: InstanceAction = verb === 'complete' ? { type: 'CompleteTask', task, variables: { [element]: person } } : { type: VERBS[verb], task };
    const request = { type: 'act', key, stream, person, action } as const;
    const seen = await (twice ? this.#twice(request) : this.#once(request));
    this.recorded.note(stream, key, { verb, task: element, person }, seen);
    return seen.reply;
  }

  async #once(request: Parameters<Insist>[0]): Promise<Seen> {
    const invoked = performance.now();
    const reply = await this.#insist(request);
    return { invoked, answered: performance.now(), reply };
  }

  /** A double click: the same key at the same moment is answered alike. */
  async #twice(request: Parameters<Insist>[0]): Promise<Seen> {
    const [one, other] = await Promise.all([this.#once(request), this.#once(request)]);
    const told = ({ reply: { outcome, stream, version } }: Seen): unknown => [outcome, stream, version];
    expect(told(other), 'the second of a double click').to.deep.equal(told(one));
    return one.answered < other.answered ? one : { ...other, invoked: one.invoked };
  }
}
