/** The words a signature or seal shows in its field: what it is, who, where, when and why. */
import type { SignatureKind } from './sign.ts';

/** `at`: ISO 8601 UTC instant, shown in `zone` (IANA name). */
export interface Shown {
  readonly name: string;
  readonly organization: string;
  readonly at: string;
  readonly reason: string;
  readonly zone: string;
}

export function shownLines(kind: SignatureKind, { name, organization, at, reason, zone }: Shown): string[] {
  const heading = kind === 'seal' ? 'Electronically sealed' : 'Electronically signed';
  return [heading, name, ...(name.includes(organization) ? [] : [organization]), dateLine(at, zone), reason].filter((line) => line.trim() !== '');
}

/** `22 November 2026, 10:00 GMT-4`: no two readers take the day for the month. */
function dateLine(at: string, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'shortOffset' });
  const part = Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  return `${part['day'] ?? ''} ${part['month'] ?? ''} ${part['year'] ?? ''}, ${part['hour'] ?? ''}:${part['minute'] ?? ''} ${part['timeZoneName'] ?? ''}`;
}
