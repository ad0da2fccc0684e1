// The two FEEL durations (DMN 1.5, 10.3.2.3.7 and 10.3.2.3.8): years and months, and days and time; they never mix.

import { absolute, canonical, compareNumbers, decimal, isNegative, numberText } from './number.ts';
import type { FeelNumber } from './number.ts';

export class YearsMonthsDuration {
  readonly months: number;

  constructor(months: number) {
    this.months = months === 0 ? 0 : months;
  }

  get years(): number {
    return Math.trunc(this.months / 12) + 0;
  }

  get restMonths(): number {
    return (this.months % 12) + 0;
  }

  toString(): string {
    const years = Math.abs(this.years);
    const months = Math.abs(this.restMonths);
    const text = `${years === 0 ? '' : `${years}Y`}${months === 0 ? '' : `${months}M`}`;
    return `${this.months < 0 ? '-' : ''}P${text === '' ? '0M' : text}`;
  }
}

const DAY_SECONDS = 86_400;
const LONGEST_SECONDS = 1e18;

/** Null for a length beyond what dates can span. */
export function daysTimeDuration(seconds: FeelNumber | null): DaysTimeDuration | null {
  return seconds === null || compareNumbers(absolute(seconds), LONGEST_SECONDS) > 0 ? null : new DaysTimeDuration(seconds);
}

export class DaysTimeDuration {
  /** The whole length, exact to the last decimal. */
  readonly seconds: FeelNumber;

  constructor(seconds: FeelNumber) {
    this.seconds = seconds;
  }

  /** Days, hours, minutes and seconds, each with the sign of the duration; seconds carry the decimals. */
  get parts(): { days: number; hours: number; minutes: number; seconds: FeelNumber } {
    const sign = isNegative(this.seconds) ? -1 : 1;
    const length = decimal(absolute(this.seconds));
    const days = length.div(DAY_SECONDS).floor();
    const rest = length.minus(days.times(DAY_SECONDS));
    const whole = rest.floor().toNumber();
    return {
      days: sign * days.toNumber() + 0,
      hours: sign * Math.floor(whole / 3600) + 0,
      minutes: sign * (Math.floor(whole / 60) % 60) + 0,
      seconds: canonical(rest.minus(whole - (whole % 60)).times(sign)) ?? 0,
    };
  }

  toString(): string {
    const { days, hours, minutes, seconds } = this.parts;
    const unit = (value: number, letter: string): string => (value === 0 ? '' : `${Math.abs(value)}${letter}`);
    const second = absolute(seconds);
    const time = unit(hours, 'H') + unit(minutes, 'M') + (second === 0 ? '' : `${numberText(second)}S`);
    const text = unit(days, 'D') + (time === '' ? '' : `T${time}`);
    return `${isNegative(this.seconds) ? '-' : ''}P${text === '' ? 'T0S' : text}`;
  }
}
