// The FEEL values (DMN 1.5, 10.3.2.2) and their JSON form: plain JSON, with what JSON cannot say tagged `{"$": type, "v": text}`.

import type { Decimal } from 'decimal.js';
import { DEEPEST_VALUE, newBudget, refuseDepth, spend } from './budget.ts';
import type { Budget } from './budget.ts';
import { DaysTimeDuration, YearsMonthsDuration } from './duration.ts';
import { canonical, isDecimal, numberText, parseNumber } from './number.ts';
import { parseDateText, parseDateTimeText, parseTimeText, parseDurationText } from './temporal-text.ts';
import { FeelDate, FeelDateTime, FeelTime } from './temporal.ts';

/** null, boolean, string, number, the value classes, arrays (lists) and plain objects (contexts). */
export type FeelValue = unknown;

export type FeelContext = Record<string, FeelValue>;

/** How a range was written: with both ends, or as a comparison such as `> 5`, which leaves one end open. */
export type RangeForm = 'interval' | '<' | '<=' | '>' | '>=' | '=' | '!=';

/** A range (DMN 1.5, 10.3.2.7). The open end of a comparison is null. */
export class FeelRange {
  readonly start: FeelValue;
  readonly end: FeelValue;
  readonly startIncluded: boolean;
  readonly endIncluded: boolean;
  readonly form: RangeForm;

  constructor(startIncluded: boolean, start: FeelValue, end: FeelValue, endIncluded: boolean, form: RangeForm = 'interval') {
    this.startIncluded = startIncluded;
    this.start = start;
    this.end = end;
    this.endIncluded = endIncluded;
    this.form = form;
  }
}

export interface FeelParameter {
  readonly name: string;
  /** The declared type's test and conversion: the value to bind, or undefined when the argument does not conform. */
  readonly accept?: ((value: FeelValue, budget: Budget) => FeelValue) | undefined;
}

/** `run` is the state of the evaluation; its type lies further up, so it is opaque here. */
export type Invoke = (args: readonly FeelValue[], run: never) => FeelValue;
/** The call as it stands in the source: arguments before they are ordered; for built-in functions, which have several forms. */
export type InvokeRaw = (args: readonly FeelValue[], names: readonly string[] | undefined, run: never, at: { readonly from: number; readonly to: number }) => FeelValue;

/** A function value (DMN 1.5, 10.3.2.13.2). */
export class FeelFunction {
  readonly parameters: readonly FeelParameter[];
  readonly invoke: Invoke;
  readonly invokeRaw: InvokeRaw | undefined;

  constructor(parameters: readonly FeelParameter[], invoke: Invoke, invokeRaw?: InvokeRaw) {
    this.parameters = parameters;
    this.invoke = invoke;
    this.invokeRaw = invokeRaw;
  }
}

/** Whether an object is one of the value classes, not a context or list. */
function isScalarObject(value: object): boolean {
  return (
    value instanceof FeelDate ||
    value instanceof FeelDateTime ||
    value instanceof FeelTime ||
    value instanceof DaysTimeDuration ||
    value instanceof YearsMonthsDuration ||
    value instanceof FeelRange ||
    value instanceof FeelFunction ||
    isDecimal(value)
  );
}

export function isContext(value: FeelValue): value is FeelContext {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isScalarObject(value);
}

/** Sets an own entry; `__proto__` is a name like any other in FEEL. */
export function setEntry(context: FeelContext, name: string, value: FeelValue): void {
  if (name === '__proto__') Object.defineProperty(context, name, { value, enumerable: true, configurable: true, writable: true });
  else context[name] = value;
}

function untag(tag: unknown, text: unknown): FeelValue {
  if (typeof text !== 'string') return undefined;
  switch (tag) {
    case 'number':
      return parseNumber(text) ?? undefined;
    case 'date':
      return parseDateText(text) ?? undefined;
    case 'time':
      return parseTimeText(text) ?? undefined;
    case 'dateTime':
      return parseDateTimeText(text) ?? undefined;
    case 'duration':
      return parseDurationText(text) ?? undefined;
    default:
      return undefined;
  }
}

/**
 * One value as FEEL sees it. Only a tagged object is translated; lists and contexts stay what they are, and are read through
 * this function entry by entry, so that reading a variable never copies it.
 */
export function read(value: unknown): FeelValue {
  if (typeof value !== 'object') return value === undefined ? null : value;
  if (value === null || Array.isArray(value)) return value;
  const tag = (value as { $?: unknown }).$;
  if (tag === undefined || isScalarObject(value)) return value;
  return untag(tag, (value as { v?: unknown }).v) ?? value;
}

function tagged(type: string, text: string): { $: string; v: string } {
  return { $: type, v: text };
}

function scalarToJson(value: object, budget: Budget): unknown {
  if (isDecimal(value)) return decimalToJson(value);
  if (value instanceof FeelDate) return tagged('date', value.toString());
  if (value instanceof FeelTime) return tagged('time', value.toString());
  if (value instanceof FeelDateTime) return tagged('dateTime', value.toString());
  if (value instanceof DaysTimeDuration || value instanceof YearsMonthsDuration) return tagged('duration', value.toString());
  if (value instanceof FeelRange) {
    return {
      start: toJson(value.start, budget),
      end: toJson(value.end, budget),
      'start included': value.startIncluded,
      'end included': value.endIncluded,
    };
  }
  return null;
}

function decimalToJson(value: Decimal): unknown {
  const number = canonical(value);
  return typeof number === 'number' ? number : tagged('number', numberText(value));
}

function listToJson(list: readonly unknown[], budget: Budget, depth: number): unknown {
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const json = toJson(item, budget, depth);
    if (json === item) continue;
    const copy = list.slice(0, i);
    copy.push(json);
    for (let rest = i + 1; rest < list.length; rest++) copy.push(toJson(list[rest], budget, depth));
    return copy;
  }
  return list;
}

function contextToJson(context: FeelContext, budget: Budget, depth: number): unknown {
  let copy: FeelContext | undefined;
  for (const name of Object.keys(context)) {
    const json = toJson(context[name], budget, depth);
    if (json === context[name]) continue;
    copy ??= { ...context };
    setEntry(copy, name, json);
  }
  return copy ?? context;
}

/** A date or decimal is written as a text. */
const SCALAR_ENTRIES = 4;

/** Entries a value may be written with: parts shared a thousandfold cost nothing in memory, but would in JSON. */
const MOST_ENTRIES = 1_000_000;

/** What writing a result may cost. */
export function resultBudget(clock?: { readonly expired?: () => boolean }): Budget {
  return newBudget(MOST_ENTRIES, clock?.expired);
}

/**
 * The JSON form of a value; the value itself where it already has that form. A range becomes a context of its ends, a function
 * null. Throws FeelError FEEL_BUDGET, FEEL_DEPTH.
 */
export function toJson(value: FeelValue, budget: Budget = resultBudget(), depth = 0): unknown {
  if (typeof value !== 'object') return value === undefined ? null : value;
  if (value === null) return null;
  if (!Array.isArray(value) && isScalarObject(value)) {
    spend(budget, SCALAR_ENTRIES + (isDecimal(value) ? Math.abs(value.e) >> 5 : 0));
    return scalarToJson(value, budget);
  }
  if (depth > DEEPEST_VALUE) refuseDepth('a value', DEEPEST_VALUE);
  if (Array.isArray(value)) {
    spend(budget, 1 + value.length);
    return listToJson(value, budget, depth + 1);
  }
  spend(budget, 1);
  return contextToJson(value as FeelContext, budget, depth + 1);
}

/** The value of a JSON form, all tags resolved, at any depth. */
export function fromJson(json: unknown): FeelValue {
  const value = read(json);
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isContext(value)) return value;
  const context: FeelContext = {};
  for (const name of Object.keys(value)) setEntry(context, name, fromJson(value[name]));
  return context;
}


