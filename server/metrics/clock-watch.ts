/** Notices that the wall clock jumped: somebody set it, a time server corrected it, or the machine slept (then the steady clock stood still). */
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';

export interface ClockWatch {
  /** How often, and how far the last time: seconds, negative backwards. */
  readonly jumps: number;
  readonly lastJump: number;
  stop(): void;
}

/** `steadyMs`: a clock that nobody can set. `timer`: calls again and again. */
export interface ClockWatchOptions {
  readonly clock: Clock;
  readonly onJump: (seconds: number) => void;
  readonly steadyMs?: () => number;
  readonly timer?: (everyMs: number, look: () => void) => () => void;
}

/** Seconds that the clock is behind the last act of the log, 0 when it is not: after a power cut some machines wake up years ago. */
export async function secondsBehind(store: Pick<EventStore, 'head' | 'readAll'>, clock: Clock): Promise<number> {
  const { position } = await store.head();
  const [last] = position === 0 ? [] : await store.readAll(position - 1, 1);
  const latest = Math.max(...(last?.records ?? []).map(({ at }) => Date.parse(at)), 0);
  return Math.max(0, (latest - Date.parse(clock.now())) / 1_000);
}

const LOOK_MS = 15_000;
/** Time servers slew by less than this between two looks. */
const JUMP_MS = 2_000;

export function watchClock({ clock, onJump, steadyMs = () => performance.now(), timer = every }: ClockWatchOptions): ClockWatch {
  const wallMs = (): number => Date.parse(clock.now());
  let [wall, steady] = [wallMs(), steadyMs()];
  const seen = { jumps: 0, lastJump: 0 };
  const stop = timer(LOOK_MS, () => {
    const [wallNow, steadyNow] = [wallMs(), steadyMs()];
    const jumpMs = wallNow - wall - (steadyNow - steady);
    [wall, steady] = [wallNow, steadyNow];
    if (Math.abs(jumpMs) < JUMP_MS) return;
    seen.jumps += 1;
    seen.lastJump = jumpMs / 1_000;
    onJump(seen.lastJump);
  });
  return { get jumps() { return seen.jumps; }, get lastJump() { return seen.lastJump; }, stop };
}

function every(ms: number, look: () => void): () => void {
  const interval = setInterval(look, ms).unref();
  return () => { clearInterval(interval); };
}
