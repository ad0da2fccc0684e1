/** The scale of the monitor: how many open cases at a step belong to which of seven classes, the same on the page and in the picture. */

/** Class 0 holds nothing; class n holds at most this many. */
const MOST = [0, 2, 5, 10, 25, 100, Infinity] as const;

export const HEAT_CLASSES = MOST.length;

export function heatClass(open: number): number {
  return MOST.findIndex((most) => open <= most);
}

/** "3 to 5", "more than 100". */
export function heatText(level: number): string {
  const least = level === 0 ? 0 : MOST[level - 1]! + 1;
  const most = MOST[level]!;
  if (most === Infinity) return `more than ${MOST[level - 1]!}`;
  return level === 0 ? 'none' : `${least} to ${most}`;
}
