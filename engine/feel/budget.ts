// What an evaluation may cost (DMN 1.5 bounds nothing): steps, time and depth, so that no expression can stall the engine.

import { FeelError } from './errors.ts';

/** What an evaluation may still do. Mutable on purpose: one per evaluation, shared by everything in it. */
export interface Budget {
  steps: number;
  /** Below so many steps it is looked whether there is still time, at the latest at none. */
  look: number;
  /** Asked every {@link STEPS_BETWEEN_LOOKS}; undefined: time does not matter. */
  readonly expired: (() => boolean) | undefined;
  /** Patterns paid for, so that what an evaluation costs does not depend on those before it. */
  patterns: Set<string> | undefined;
}

/** Bound on nested lists and contexts where a value is walked through. */
export const DEEPEST_VALUE = 1000;

const STEPS_BETWEEN_LOOKS = 1000;

export function newBudget(steps: number, expired?: () => boolean): Budget {
  return { steps, look: firstLook(steps, expired), expired, patterns: undefined };
}

/** Where time is first looked at. */
export function firstLook(steps: number, expired: (() => boolean) | undefined): number {
  return expired === undefined ? 0 : Math.max(0, steps - STEPS_BETWEEN_LOOKS);
}

export function spend(budget: Budget, steps: number): void {
  budget.steps -= steps;
  if (budget.steps < budget.look) look(budget);
}

function look(budget: Budget): void {
  if (budget.steps < 0) throw new FeelError('FEEL_BUDGET');
  if (budget.expired?.() === true) throw new FeelError('FEEL_TIME');
  budget.look = firstLook(budget.steps, budget.expired);
}

/** Going through a list or context of this size once. */
export function spendOnWalk(budget: Budget, size: number): void {
  spend(budget, 1 + (size >> 2));
}

/** Going through a text of this length by a plain function. */
export function spendOnText(budget: Budget, length: number): void {
  if (length > 63) spend(budget, length >> 6);
}

export function refuseDepth(what: string, limit: number): never {
  throw new FeelError('FEEL_DEPTH', { what, limit });
}
