// Values as FEEL writes them (DMN 1.5, 10.3.4.1, string(from)).

import { DEEPEST_VALUE, refuseDepth, spend, spendOnText } from './budget.ts';
import type { Budget } from './budget.ts';
import { costOfNumber } from './cost.ts';
import { isFeelNumber, numberText } from './number.ts';
import { FeelFunction, FeelRange, isContext, read } from './values.ts';

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

function rangeText(range: FeelRange, budget: Budget, depth: number): string {
  const end = (value: unknown): string => inner(value, budget, depth + 1);
  if (range.form !== 'interval') return `${range.form} ${end(range.start ?? range.end)}`;
  return `${range.startIncluded ? '[' : '('}${end(range.start)}..${end(range.end)}${range.endIncluded ? ']' : ')'}`;
}

/** A value inside another one: texts keep their quotes. */
function inner(value: unknown, budget: Budget, depth: number): string {
  if (depth > DEEPEST_VALUE) refuseDepth('a value', DEEPEST_VALUE);
  spend(budget, 1);
  if (value === null) return 'null';
  if (typeof value === 'string') {
    spendOnText(budget, value.length >> 1);
    return quoted(value);
  }
  if (typeof value === 'boolean') return String(value);
  if (isFeelNumber(value)) {
    // Far from 1 all its digits are written.
    spend(budget, costOfNumber(value) << 1);
    return numberText(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => inner(read(item), budget, depth + 1)).join(', ')}]`;
  if (value instanceof FeelRange) return rangeText(value, budget, depth);
  if (value instanceof FeelFunction) return `function(${value.parameters.map((parameter) => parameter.name).join(', ')})`;
  if (!isContext(value)) return (value as { toString(): string }).toString();
  const entries = Object.keys(value).map((name) => `${/^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(name) ? name : quoted(name)}: ${inner(read(value[name]), budget, depth + 1)}`);
  return `{${entries.join(', ')}}`;
}

/** Null stays null: it has no text. */
export function textOfValue(value: unknown, budget: Budget): string | null {
  return value === null ? null : typeof value === 'string' ? value : inner(value, budget, 0);
}
