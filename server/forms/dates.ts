/** Dates and times as people type them: three boxes for a date, `14:30` for a time of day (ISO 8601-1:2019, 5.2 and 5.3). */

/** What a person typed into the boxes, trimmed. */
export interface DateBoxes {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

export const NO_DATE: DateBoxes = { day: '', month: '', year: '' };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const LONG_MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

/** YYYY-MM-DD, or undefined when there is no such day. A month may be written as a number or as its English name. */
export function readDate(boxes: DateBoxes): string | undefined {
  const day = /^\d{1,2}$/.test(boxes.day) ? Number(boxes.day) : 0;
  const month = readMonth(boxes.month.toLowerCase());
  const year = /^\d{4}$/.test(boxes.year) ? Number(boxes.year) : 0;
  if (month === 0 || year < 1 || day < 1 || day > daysIn(year, month)) return undefined;
  return `${boxes.year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function readMonth(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text) <= 12 ? Number(text) : 0;
  const short = MONTHS.indexOf(text);
  return (short >= 0 ? short : LONG_MONTHS.indexOf(text)) + 1;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** hh:mm:ss, or undefined. Understands 14:30, 14.30, 9:05, 2:30 pm. */
export function readTime(text: string): string | undefined {
  const match = /^(\d{1,2})(?:[:.](\d{2}))?\s?(am|pm)?$/i.exec(text.trim());
  if (match === null || (match[2] === undefined && match[3] === undefined)) return undefined;
  const half = match[3]?.toLowerCase();
  const clock = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  if (minute > 59 || (half === undefined ? clock > 23 : clock < 1 || clock > 12)) return undefined;
  const hour = half === undefined ? clock : (clock % 12) + (half === 'pm' ? 12 : 0);
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00`;
}

/** The boxes of a stored date; empty when it is none. */
export function boxesOf(date: string): DateBoxes {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(date);
  return match === null ? NO_DATE : { day: String(Number(match[3])), month: String(Number(match[2])), year: match[1]! };
}
