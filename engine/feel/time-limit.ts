// The time an evaluation may take (no standard): a limit whose clock is handed in, because there is none in the engine (docs/adr/0013).

/** What evaluating may take in one decision on a case, one decision of a decision model, or one look at a form: in milliseconds. */
export const EVALUATION_MS = 1_000;

/** True from `limitMs` after it was asked first. `clock`: milliseconds that never go back, such as `performance.now`. */
export function timeLimit(limitMs: number, clock: () => number): () => boolean {
  let end: number | undefined;
  return () => {
    const now = clock();
    end ??= now + limitMs;
    return now > end;
  };
}
