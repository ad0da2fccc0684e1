// What an evaluation may cost (DMN 1.5 bounds nothing): steps and depth, so that no expression can stall the engine.

import { FeelError } from './errors.ts';

/** What an evaluation may still do. Mutable on purpose: one per evaluation, shared by everything in it. */
export interface Budget {
  steps: number;
}

/** Bound on nested lists and contexts where a value is walked through. */
export const DEEPEST_VALUE = 1000;

export function spend(budget: Budget, steps: number): void {
  budget.steps -= steps;
  if (budget.steps < 0) throw new FeelError('FEEL_BUDGET');
}

/** Going through a list or context of this size once. */
export function spendOnWalk(budget: Budget, size: number): void {
  spend(budget, 1 + (size >> 2));
}

export function refuseDepth(what: string, limit: number): never {
  throw new FeelError('FEEL_DEPTH', { what, limit });
}
