// What authors write who think of a spreadsheet, another language or plain words, and what FEEL says instead (DMN 1.5, 10.3.1.2).

interface Habit {
  readonly written: RegExp;
  readonly instead: string;
}

const HABITS: readonly Habit[] = [
  { written: /={2,3}/g, instead: "'=' to compare" },
  { written: /<>|!==|≠/g, instead: "'!=' for what is different" },
  { written: /=>|≥/g, instead: "'>=' for at least" },
  { written: /=<|≤/g, instead: "'<=' for at most" },
  { written: /&&/g, instead: "'and' between two conditions" },
  { written: /&/g, instead: "'and' between two conditions, or '+' between two texts" },
  { written: /\|{1,2}/g, instead: "'or' between two conditions" },
  { written: /!(?!=)/g, instead: "'not(...)' around a condition" },
  { written: /[“”„‟«»'‘’]/g, instead: "a text between plain double quotes, as in \"text\"" },
  { written: /;/g, instead: "a comma between two values" },
  { written: /\d[ \u00a0']\d{3}\b/g, instead: 'a number without gaps, as in 1000' },
  { written: /\d{1,2}[./]\d{1,2}[./]\d{2,4}/g, instead: 'a date such as date("2026-01-31")' },
  { written: /@\s*\d[\d:T-]*/g, instead: 'a date or time between quotes after @, as in @"2026-01-31"' },
  { written: /\d+,\d+/g, instead: "a point before the decimals, as in 0.5" },
  { written: /\d[\d.]*\s*%/g, instead: 'a share as a decimal, as in 0.15' },
  { written: /(?:EC)?[$€£¥]/g, instead: 'an amount without a sign for its currency' },
  { written: /\bis(?:\s+not)?\s+null\b/g, instead: "'= null' or '!= null'" },
  { written: /\bnot\s+[^\s(]+/g, instead: "brackets behind 'not', as in not(x)" },
  { written: /(?<![\d.])[-\d.]+?\s*\.\.\s*\d+/g, instead: 'brackets around a range, as in [1..10]' },
];

const AROUND = 24;

export interface HabitFound {
  readonly from: number;
  readonly to: number;
  readonly expected: string;
  readonly actual: string;
}

/** The habit that stands at an offset at which the grammar gave up. */
export function habitAt(source: string, at: number): HabitFound | undefined {
  const begin = Math.max(0, at - AROUND);
  const around = source.slice(begin, at + AROUND);
  for (const { written, instead } of HABITS) {
    for (const match of around.matchAll(written)) {
      const from = begin + match.index;
      const to = from + match[0].length;
      if (at < from || at >= to) continue;
      return { from, to, expected: instead, actual: `there is '${match[0]}'` };
    }
  }
  return undefined;
}
