/** Dates of PDF files (ISO 32000-1, 7.9.4). */

/** `D:20261122100000Z` from an ISO 8601 UTC instant. */
export function pdfDate(instant: string): string {
  return `D:${new Date(instant).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
}

/** The ISO 8601 UTC instant of a date; undefined when it is none. */
export function dateOf(text: string): string | undefined {
  const parts = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-])(\d\d)'?(\d\d)?'?)?/.exec(text);
  if (parts === null) return undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', sign, hours = '00', minutes = '00'] = parts;
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString();
}
