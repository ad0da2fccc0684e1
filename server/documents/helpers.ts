/** The helpers of templates (Handlebars): a closed list of pure functions of their argument; the same in, the same out. */
import type Handlebars from 'handlebars';

/** A piece of running text: a paragraph, or a list whose items were written as lines. */
export type TextBlock = { readonly text: string } | { readonly items: readonly string[] } | { readonly steps: readonly string[] };

const BULLET = /^\s*[-•–]\s+/;
const NUMBER = /^\s*\d{1,3}[.)]\s+/;

/** Paragraphs of a text, or of a list of texts: an empty line parts them; lines that all begin with "- " or "1. " are a list. */
export function blocksOf(value: unknown): TextBlock[] {
  return textsOf(value).flatMap((text) => text.split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/)).filter((text) => text.trim() !== '').map(blockOf);
}

function blockOf(text: string): TextBlock {
  const lines = linesOf(text);
  if (lines.every((line) => BULLET.test(line))) return { items: lines.map((line) => line.replace(BULLET, '')) };
  if (lines.every((line) => NUMBER.test(line))) return { steps: lines.map((line) => line.replace(NUMBER, '')) };
  return { text: lines.join(' ') };
}

/** The lines of a text that are not empty. */
export function linesOf(value: unknown): string[] {
  return textsOf(value).flatMap((text) => text.split(/\r?\n/)).map((line) => line.trim()).filter((line) => line !== '');
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? [value] : [];
}

/** `2026-11-05` as `5 November 2026` in the language of the document; other text as it is. */
export function longDate(value: unknown, language: string): string {
  const text = typeof value === 'string' ? value : '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const locale = /^en(-|$)/i.test(language) ? 'en-GB' : language;
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${text}T00:00:00Z`));
}

/** A number, or a decimal as text, with the thousands of the language parted: `1234567.50` as `1,234,567.50`. Never rounded. */
export function grouped(value: unknown, language: string): string {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) return text;
  const [, sign = '', whole = '', fraction] = parts;
  const shown = new Intl.NumberFormat(language).formatToParts(12_345.6);
  const decimal = shown.find(({ type }) => type === 'decimal')?.value ?? '.';
  return `${sign}${new Intl.NumberFormat(language).format(BigInt(whole))}${fraction === undefined ? '' : `${decimal}${fraction}`}`;
}

/** What templates may call with a value. */
export const HELPER_NAMES: readonly string[] = ['blocks', 'lines', 'longDate', 'grouped', 'is'];

/** What Handlebars gives a helper beside its documented options: where the call stands. */
interface Call extends Handlebars.HelperOptions {
  readonly loc: { readonly start: Place };
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Registers the helpers for one language; `missing` is called where a value is asked for and is not there. */
export function registerHelpers(environment: typeof Handlebars, language: string, missing: (at: Place) => never): void {
  const { each, with: within } = environment.helpers;
  const helpers: Readonly<Record<string, (value: unknown, other: unknown) => unknown>> = {
    blocks: (value) => blocksOf(value).map((block) => ({ text: '', items: [], steps: [], ...block })),
    lines: linesOf,
    longDate: (value) => longDate(value, language),
    grouped: (value) => grouped(value, language),
    is: (value, other) => value === other,
  };
  for (const [name, helper] of Object.entries(helpers)) {
    environment.registerHelper(name, (value: unknown, ...others: readonly unknown[]) => {
      if (value === undefined) missing((others.at(-1) as Call).loc.start);
      return helper(value, others[0]);
    });
  }
  for (const [name, inborn] of [['each', each], ['with', within]] as const) {
    environment.registerHelper(name, function (this: unknown, value: unknown, call: unknown) {
      if (value === undefined || value === null) missing((call as Call).loc.start);
      return inborn!.call(this, value, call as Call) as unknown;
    });
  }
  for (const unused of ['lookup', 'log']) environment.unregisterHelper(unused);
}
