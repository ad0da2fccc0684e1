/** Asking the engine about decisions: checks in one worker, trying out in another, which can be stopped at any moment. */
import type { FeelClock, Json, Problem } from '../../engine/index.ts';
import type { FieldKind } from './fields.ts';
import type { CheckedText } from './texts.ts';

export interface OtherFile {
  readonly file: string;
  readonly xml: string;
}

/** One file, and those of the same deployment that it may import. */
interface Files {
  readonly file: string;
  readonly xml: string;
  readonly others: readonly OtherFile[];
}

export interface CheckQuestion extends Files {
  readonly kind: 'check';
  readonly texts: readonly CheckedText[];
}

export interface TextQuestion extends Files {
  readonly kind: 'text';
  readonly text: Omit<CheckedText, 'place'>;
}

/** What somebody entered for an input; an empty text is nothing. */
export interface Entered {
  readonly name: string;
  readonly kind: FieldKind;
  readonly text: string;
}

export interface DecideQuestion extends Files {
  readonly kind: 'decide';
  readonly decision: string;
  readonly inputs: readonly Entered[];
  readonly clock: FeelClock;
}

export interface Question {
  readonly number: number;
  readonly question: CheckQuestion | TextQuestion | DecideQuestion;
}

/** `from`: offset into the text, from 0. `unknown`: names it reads that the decision does not have. */
export interface TextFinding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint: string;
  readonly from: number;
  readonly unknown: readonly string[];
}

/** `fired`: rules by the id of their decision, from 0. `decisions`: those evaluated on the way. `words`: what happened, sentence by sentence. */
export type Tried =
  | { readonly kind: 'answer'; readonly answer: string; readonly isNull: boolean; readonly json: Json; readonly words: readonly string[]; readonly decisions: readonly { readonly id: string; readonly name: string; readonly answer: string }[]; readonly fired: Readonly<Record<string, readonly number[]>>; readonly notes: readonly string[] }
  | { readonly kind: 'wrong'; readonly wrong: readonly { readonly name: string; readonly message: string }[] }
  | { readonly kind: 'refused'; readonly count: number }
  | { readonly kind: 'stopped'; readonly message: string; readonly hint: string };

export interface Checked {
  readonly kind: 'check';
  readonly problems: readonly (Problem & { readonly fileName: string })[];
  /** One for each text asked about. */
  readonly findings: readonly (TextFinding | undefined)[];
}

export interface Answer {
  readonly number: number;
  readonly value: Checked | { readonly kind: 'text'; readonly finding: TextFinding | undefined } | { readonly kind: 'decide'; readonly tried: Tried };
}

/** The steps of a case end a runaway evaluation; this ends one on a machine that is slower than they were measured for. */
const DEADLINE_MS = 5_000;

export interface DecisionEngine {
  check(question: Omit<CheckQuestion, 'kind'>): Promise<Checked>;
  text(question: Omit<TextQuestion, 'kind'>): Promise<TextFinding | undefined>;
  /** A second question, or `stop`, ends the first. */
  decide(question: Omit<DecideQuestion, 'kind'>): Promise<Tried>;
  stop(): void;
}

/** Starts the worker that checks; the one that tries comes with the first question. `deadlineMs`: after which trying ends. */
export function startDecisionEngine(deadlineMs = DEADLINE_MS): DecisionEngine {
  const checking = new Asked();
  let trying: Asked | undefined;
  let end: ((tried: Tried) => void) | undefined;
  const stop = (tried: Tried): void => {
    if (end === undefined) return;
    trying?.close();
    trying = undefined;
    end(tried);
    end = undefined;
  };
  const stopped = { kind: 'stopped', message: 'The evaluation was stopped', hint: '' } as const;
  return {
    async check(question) {
      const value = await checking.ask({ kind: 'check', ...question });
      if (value.kind !== 'check') throw new Error('Expected findings, but the engine answered something else');
      return value;
    },
    async text(question) {
      const value = await checking.ask({ kind: 'text', ...question });
      return value.kind === 'text' ? value.finding : undefined;
    },
    decide(question) {
      stop(stopped);
      trying ??= new Asked();
      const asked = trying;
      return new Promise<Tried>((resolve) => {
        const deadline = setTimeout(() => { stop({ kind: 'stopped', message: `The evaluation was stopped after ${String(deadlineMs / 1_000)} seconds`, hint: 'It does too much work: shorten the lists and ranges it goes through.' }); }, deadlineMs);
        end = (tried) => {
          clearTimeout(deadline);
          resolve(tried);
        };
        void asked.ask({ kind: 'decide', ...question }).then((value) => {
          if (trying !== asked || value.kind !== 'decide') return;
          end?.(value.tried);
          end = undefined;
        });
      });
    },
    stop: () => { stop(stopped); },
  };
}

/** One worker: one answer for each question. */
class Asked {
  readonly #worker = new Worker(new URL('./decision-worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting = new Map<number, (value: Answer['value']) => void>();
  #count = 0;

  constructor() {
    this.#worker.addEventListener('message', (event: MessageEvent<Answer>) => {
      this.#waiting.get(event.data.number)?.(event.data.value);
      this.#waiting.delete(event.data.number);
    });
  }

  ask(question: Question['question']): Promise<Answer['value']> {
    return new Promise((resolve) => {
      this.#count += 1;
      this.#waiting.set(this.#count, resolve);
      this.#worker.postMessage({ number: this.#count, question } satisfies Question);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
