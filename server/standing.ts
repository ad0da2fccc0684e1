/** How the server stands, for readiness probes: what is still being opened and how far it is, then what works and why something does not. */
import type { ReadyCheck } from './http/options.ts';
import type { EventStore } from './ports/event-store.ts';

interface Health {
  readonly failure: unknown;
  readonly undone: unknown;
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

  progress(position: number, head: number): void {
    this.#progress = `${String(position)} of ${String(head)} commits are in the tables`;
  }

  get checks(): readonly ReadyCheck[] {
    const next = ROOMS.find((room) => !this.#opened.has(room));
    return ROOMS.map((name) => (this.#opened.has(name) ? { name, ready: true } : { name, ready: false, says: name === next ? this.#progress ?? 'being opened' : 'not begun' }));
  }
}

/** The checks of a server at work. `says` is a code, never a message: anybody may ask. */
export function checksOf(store: Pick<EventStore, 'failure'>, { failure, undone }: Health): readonly ReadyCheck[] {
  return [check('log', store.failure), check('projections', failure), check('dispatch', undone)];
}

function check(name: (typeof ROOMS)[number], failure: unknown): ReadyCheck {
  if (failure === undefined) return { name, ready: true };
  const code = failure instanceof Error && 'code' in failure && typeof failure.code === 'string' ? failure.code : 'an unforeseen failure; the log of the server has it';
  return { name, ready: false, says: code };
}
