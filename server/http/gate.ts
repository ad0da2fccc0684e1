/**
 * The bound on changing requests: what is more than the disk can follow is refused at the door, before anything of it is read, and
 * told when to come again (RFC 9110, 15.6.4 and 10.2.3). Reading goes on, and the door opens again by itself.
 */
import { failure } from './contract/failure.ts';
import type { HttpFigures } from './figures.ts';

/** `most`: changing requests at work at once. `stuckMs`: since when the disk has been busy with one commit, 0 when it is not. */
export interface GateOptions {
  readonly most: number;
  readonly stuckMs: () => number;
}

/** A disk that takes longer for one commit takes no more for now. */
export const STUCK_MS = 5_000;
const SOON_S = 1;
const LATER_S = 5;

/** Throws HTTP_OVERLOADED where there is no room. Asked before the body is read, which a slow client may draw out, and again when it is there. */
export function requireRoom(figures: HttpFigures, { most, stuckMs }: GateOptions): void {
  const stuck = stuckMs() > STUCK_MS;
  if (!stuck && figures.changing < most) return;
  figures.refused += 1;
  throw failure('HTTP_OVERLOADED', { reason: stuck ? 'the disk does not follow' : `${String(most)} are at work already` }, { headers: { 'Retry-After': String(stuck ? LATER_S : SOON_S) } });
}

/** Does `work` and counts it as at work meanwhile. */
export async function within(figures: HttpFigures, gate: GateOptions | undefined, work: () => Promise<void>): Promise<void> {
  if (gate !== undefined) requireRoom(figures, gate);
  figures.changing += 1;
  try {
    await work();
  } finally {
    figures.changing -= 1;
  }
}
