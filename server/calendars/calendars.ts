/** Working calendars as acts: every version is published in the log with the legal basis of each of its days. */
import type { WorkingCalendar } from '../../engine/index.ts';
import type { Calendars } from '../ports/calendars.ts';
import type { Projections, Table } from '../ports/projections.ts';
import type { Answer, CommandMeta, DecodedRecord, Projection, Runtime } from '../runtime/types.ts';
import { streamKind } from '../runtime/types.ts';
import { refusal } from './errors.ts';

export interface Holiday {
  readonly date: string;
  readonly name: string;
  /** The law or gazette notice that makes the day a holiday. */
  readonly basis: string;
}

/** `weekend`: ISO weekdays, 1 = Monday; `opens`, `closes`: HH:MM in `zone`. */
export interface CalendarContent {
  readonly title: string;
  readonly zone: string;
  readonly opens: string;
  readonly closes: string;
  readonly weekend: readonly number[];
  readonly holidays: readonly Holiday[];
}

export type CalendarPublished = CalendarContent & { readonly type: 'CalendarPublished'; readonly id: string; readonly version: number };

/** A version in force, as the API shows it. */
export interface PublishedCalendar extends CalendarContent {
  readonly id: string;
  readonly version: number;
  readonly publishedAt: string;
}

type CalendarRow = PublishedCalendar & Readonly<Record<string, unknown>>;

export interface CalendarBook extends Calendars {
  /** `load` reads the table into memory: after `projections.open()`, before the first record is applied. */
  readonly projection: Projection & { load(): Promise<void> };
  published(): readonly PublishedCalendar[];
}

/** Declares its table, so call it before `projections.open()`. */
export function createCalendarBook(projections: Projections): CalendarBook {
  const table = projections.table<CalendarRow>({ name: 'calendars', key: 'id', indexes: [] });
  const published = new Map<string, PublishedCalendar>();
  // The engine keeps what it derives from a calendar beside the object, so the same version must stay the same object.
  let inForce: Readonly<Record<string, WorkingCalendar>> = {};
  let checkpoint = 0;
  const refresh = (): void => { inForce = Object.fromEntries([...published.values()].map((calendar) => [calendar.id, inForce[calendar.id]?.version === calendar.version ? inForce[calendar.id]! : working(calendar)])); };
  return {
    all: () => inForce,
    published: () => [...published.values()],
    projection: {
      name: 'calendars',
      apply(record) {
        // An older record than the table held: everything is being folded again, perhaps from another log.
        if (record.position <= checkpoint) { published.clear(); checkpoint = 0; }
        if (applyRecord(record, published, table)) refresh();
      },
      async load() {
        published.clear();
        inForce = {};
        checkpoint = await projections.checkpoint();
        for (const row of (await table.find({ limit: 1_000 })).rows) published.set(row.id, row);
        refresh();
      },
    },
  };
}

function applyRecord(record: DecodedRecord, published: Map<string, PublishedCalendar>, table: Table<CalendarRow>): boolean {
  if (streamKind(record.stream) !== 'calendar') return false;
  for (const { type: _type, ...content } of record.events as readonly CalendarPublished[]) {
    const row = { ...content, publishedAt: record.at };
    published.set(row.id, row);
    table.put(row);
  }
  return true;
}

/** Publishes the next version; refuses with CALENDAR_... codes. */
export function publish(runtime: Pick<Runtime, 'change'>, id: string, content: CalendarContent, meta: CommandMeta): Promise<Answer<CalendarPublished>> {
  return runtime.change<CalendarPublished>(`calendar/${id}`, 'PublishCalendar', meta, (earlier) => {
    const wrong = check(content);
    if (wrong !== undefined) return wrong;
    const last = earlier.at(-1);
    if (last !== undefined && sameContent(last, content)) return refusal('CALENDAR_UNCHANGED', { id, version: last.version });
    const holidays = [...content.holidays].sort((left, right) => (left.date < right.date ? -1 : 1));
    return [{ type: 'CalendarPublished', id, version: (last?.version ?? 0) + 1, ...picked(content), holidays }];
  });
}

function check({ zone, opens, closes, holidays }: CalendarContent): ReturnType<typeof refusal> | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    return refusal('CALENDAR_ZONE_UNKNOWN', { zone });
  }
  if (opens >= closes) return refusal('CALENDAR_HOURS', { opens, closes });
  const dates = holidays.map((holiday) => holiday.date);
  const twice = dates.find((date, at) => dates.indexOf(date) !== at);
  return twice === undefined ? undefined : refusal('CALENDAR_DAY_TWICE', { date: twice });
}

function sameContent(left: CalendarContent, right: CalendarContent): boolean {
  const text = (content: CalendarContent): string => JSON.stringify([...Object.values(picked(content)), [...content.holidays].map(({ date, name, basis }) => [date, name, basis]).sort()]);
  return text(left) === text(right);
}

function picked({ title, zone, opens, closes, weekend }: CalendarContent): Omit<CalendarContent, 'holidays'> {
  return { title, zone, opens, closes, weekend };
}

function working({ id, version, zone, opens, closes, weekend, holidays }: PublishedCalendar): WorkingCalendar {
  return { id, version, zone, opens, closes, weekend: [...weekend], holidays: holidays.map(({ date, name }) => ({ date, name })) };
}
