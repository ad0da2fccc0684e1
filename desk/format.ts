/** How the desk writes dates, times and values: dd Month yyyy, in the zone of the server, in words instead of codes. */
import type { Json } from '../engine/index.ts';

const DAY_MS = 86_400_000;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** How far a due date is away. `late`: past it; `soon`: today or tomorrow. */
export interface DueText {
  readonly kind: 'late' | 'soon' | 'later';
  /** "2 days late", "today at 16:30", "in 3 days". */
  readonly text: string;
}

export class Formats {
  readonly zone: string;
  readonly #date: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #local: Intl.DateTimeFormat;

  constructor(zone: string) {
    this.zone = zone;
    this.#date = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: '2-digit', month: 'long', year: 'numeric' });
    this.#time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    this.#clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
    this.#local = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  }

  /** "05 January 2026" of an instant. */
  date(instant: string): string {
    const millis = Date.parse(instant);
    return Number.isNaN(millis) ? instant : this.#date.format(millis);
  }

  /** "05 January 2026, 09:30" of an instant. */
  moment(instant: string): string {
    const millis = Date.parse(instant);
    return Number.isNaN(millis) ? instant : `${this.#date.format(millis)}, ${this.#time.format(millis)}`;
  }

  /** "09:30:05" of an instant. */
  clock(instant: string): string {
    return this.#clock.format(Date.parse(instant));
  }

  /** The local day of an instant, YYYY-MM-DD. */
  day(instant: string): string {
    return this.#local.format(Date.parse(instant));
  }

  /** The local date and time of an instant as inputs take it, YYYY-MM-DDThh:mm. */
  local(instant: string): string {
    return `${this.day(instant)}T${this.#time.format(Date.parse(instant))}`;
  }

  due(dueAt: string, now: string): DueText {
    const left = Date.parse(dueAt) - Date.parse(now);
    const days = daysBetween(this.day(now), this.day(dueAt));
    if (left < 0) return { kind: 'late', text: days === 0 ? 'late since today' : `${count(-days, 'day')} late` };
    if (days === 0) return { kind: 'soon', text: `today at ${this.#time.format(Date.parse(dueAt))}` };
    return days === 1 ? { kind: 'soon', text: 'tomorrow' } : { kind: 'later', text: `in ${count(days, 'day')}` };
  }

  /** A text that an expression put together: what it wrote as `2026-03-01` is a date like any other on the page; a number of a file with such a part is none. */
  sentence(text: string): string {
    return text.replace(/(?<![\w/:.-])\d{4}-\d{2}-\d{2}(?![\w/:-])/g, dateText);
  }

  /** A value of a case in words; a list or an object is written line by line. */
  value(value: Json | undefined): string {
    return this.lines(value).join('\n');
  }

  lines(value: Json | undefined, depth = 0): string[] {
    if (value === undefined || value === null || value === '') return ['Not given'];
    if (typeof value === 'boolean') return [value ? 'Yes' : 'No'];
    if (typeof value === 'number') return [numberText(String(value))];
    // What jobs write down as an instant is text for the engine.
    if (typeof value === 'string') return [INSTANT.test(value) ? this.moment(value) : value];
    if (depth > 4) return ['...'];
    if (Array.isArray(value)) return value.length === 0 ? ['None'] : (value as readonly Json[]).flatMap((item) => this.lines(item, depth + 1));
    const object = value as Readonly<Record<string, Json>>;
    const tag = object['$'];
    const text = object['v'];
    if (typeof tag === 'string' && typeof text === 'string') return [this.#tagged(tag, text)];
    const entries = Object.entries(object);
    return entries.length === 0 ? ['None'] : entries.map(([name, item]) => `${words(name)}: ${this.lines(item, depth + 1).join(', ')}`);
  }

  #tagged(tag: string, text: string): string {
    switch (tag) {
      case 'number': return numberText(text);
      case 'date': return dateText(text);
      case 'time': return text.slice(0, 5);
      case 'dateTime': {
        // With an offset it is an instant, shown here; without one, or with the name of a zone, it is a local time.
        if (/(?:Z|[+-]\d{2}:\d{2})$/.test(text)) return this.moment(text);
        return `${dateText(text)}, ${text.split('T')[1]?.slice(0, 5) ?? ''}`;
      }
      case 'duration': return durationText(text);
      default: return text;
    }
  }
}

function dateText(text: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (match === null) return text;
  const month = MONTHS[Number(match[2]) - 1];
  return month === undefined ? text : `${match[3]!} ${month} ${match[1]!}`;
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

function numberText(text: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  return match === null ? text : `${match[1]!}${match[2]!.replace(/\B(?=(\d{3})+$)/g, ',')}${match[3] ?? ''}`;
}

/** An ISO 8601 duration in words; anything else as it is. */
export function durationText(text: string): string {
  const match = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (match === null) return text;
  const units = ['year', 'month', 'day', 'hour', 'minute', 'second'];
  const parts = units.flatMap((unit, index) => (match[index + 2] === undefined ? [] : [count(Number(match[index + 2]), unit)]));
  return parts.length === 0 ? text : `${match[1] === '-' ? 'minus ' : ''}${parts.join(' ')}`;
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** "640 bytes", "12 KB", "3.4 MB". */
export function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${String(bytes)} bytes`;
  if (bytes < 1_048_576) return `${String(Math.round(bytes / 1_024))} KB`;
  return `${String(Math.round(bytes / 104_857.6) / 10)} MB`;
}

/** "1 day", "3 days". */
export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** A technical name as words: `leaveType` -> "Leave type". */
export function words(name: string): string {
  const spaced = name.replace(/[_-]+/g, ' ').replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2').trim().toLowerCase();
  return spaced === '' ? name : spaced[0]!.toUpperCase() + spaced.slice(1);
}
