/** How the server stands, for readiness probes: what is still being opened and how far it is, then what works and why something does not. */
import type { ReadyCheck } from './http/options.ts';
import type { EventStore } from './ports/event-store.ts';
import type { Owed } from './runtime/types.ts';

interface Health {
  readonly failure: unknown;
  readonly undone: unknown;
  readonly owed?: Owed | undefined;
}

/** What a start goes through, in this order. */
const ROOMS = ['log', 'projections', 'dispatch'] as const;

/** A start, told step by step: `opened` says what is done, `progress` how far the next is. */
export class Opening {
  readonly #opened = new Set<string>();
  #progress: string | undefined;

  opened(room: (typeof ROOMS)[number]): void {
    this.#opened.add(room);
    this.#progress = undefined;
  }

  /** `look`: commits are looked through for the cases at work, which come first. */
  progress(position: number, head: number, doing: 'look' | 'fold' = 'fold'): void {
    this.#progress = `${String(position)} of ${String(head)} commits are ${doing === 'fold' ? 'in the tables' : 'looked through for cases at work'}`;
  }

  get checks(): readonly ReadyCheck[] {
    const next = ROOMS.find((room) => !this.#opened.has(room));
    return ROOMS.map((name) => (this.#opened.has(name) ? { name, ready: true } : { name, ready: false, says: name === next ? this.#progress ?? 'being opened' : 'not begun' }));
  }
}

/** The checks of a server at work. `says` is a code, never a message: anybody may ask; of tables that lack closed cases it says how far they are. */
export function checksOf(store: Pick<EventStore, 'failure'>, { failure, undone, owed }: Health): readonly ReadyCheck[] {
  const projections = check('projections', failure);
  const says = owed && `closed cases of ${String(owed.position)} of ${String(owed.through)} commits are in the tables`;
  return [check('log', store.failure), projections.ready && says !== undefined ? { ...projections, says } : projections, check('dispatch', undone)];
}

function check(name: (typeof ROOMS)[number], failure: unknown): ReadyCheck {
  if (failure === undefined) return { name, ready: true };
  const code = failure instanceof Error && 'code' in failure && typeof failure.code === 'string' ? failure.code : 'an unforeseen failure; the log of the server has it';
  return { name, ready: false, says: code };
}
