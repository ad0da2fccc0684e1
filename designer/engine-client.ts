/** Asking the engine in its worker: one answer for each question, in order. */
import type { LintReport, Loss } from '../engine/index.ts';

/** `from`: offset into the expression, from 0. */
export interface ExpressionProblem {
  readonly message: string;
  readonly hint: string;
  readonly from: number;
}

export interface EngineQuestion {
  readonly number: number;
  readonly question: { readonly kind: 'model'; readonly xml: string; readonly decisions: readonly string[] } | { readonly kind: 'feel'; readonly source: string } | { readonly kind: 'losses'; readonly before: string; readonly after: string };
}

export interface EngineAnswer {
  readonly number: number;
  readonly value: { readonly kind: 'model'; readonly report: LintReport } | { readonly kind: 'feel'; readonly problem: ExpressionProblem | undefined } | { readonly kind: 'losses'; readonly losses: readonly Loss[] };
}

export interface Engine {
  /** `decisions`: ids of those that are deployed together with the model. */
  check(xml: string, decisions: readonly string[]): Promise<LintReport>;
  /** `text`: an expression, with or without a leading `=`. Undefined when it is one. */
  expression(text: string): Promise<ExpressionProblem | undefined>;
  /** What stands in the first file and not in the second. */
  losses(before: string, after: string): Promise<readonly Loss[]>;
}

/** Starts the worker. A question it cannot answer is never answered: the worker's failure shows in the console. */
export function startEngine(): Engine {
  const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (value: EngineAnswer['value']) => void>();
  let count = 0;
  worker.addEventListener('message', (event: MessageEvent<EngineAnswer>) => {
    waiting.get(event.data.number)?.(event.data.value);
    waiting.delete(event.data.number);
  });
  const ask = (question: EngineQuestion['question']): Promise<EngineAnswer['value']> => new Promise((resolve) => {
    count += 1;
    waiting.set(count, resolve);
    worker.postMessage({ number: count, question } satisfies EngineQuestion);
  });
  return {
    async check(xml, decisions) {
      const value = await ask({ kind: 'model', xml, decisions });
      if (value.kind !== 'model') throw new Error('Expected a report on the model, but the engine answered something else');
      return value.report;
    },
    async losses(before, after) {
      const value = await ask({ kind: 'losses', before, after });
      if (value.kind !== 'losses') throw new Error('Expected what is lost, but the engine answered something else');
      return value.losses;
    },
    async expression(text) {
      const lead = /^\s*=?/.exec(text)![0].length;
      const value = await ask({ kind: 'feel', source: text.slice(lead) });
      return value.kind === 'feel' && value.problem !== undefined ? { ...value.problem, from: value.problem.from + lead } : undefined;
    },
  };
}
