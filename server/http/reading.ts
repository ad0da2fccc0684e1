/**
 * Read your write (docs/adr/0005-projections.md): what this caller was told, by whichever node, and what this node has acknowledged to
 * anybody is in the lists before anything is read.
 */
import type { BoundPage, BoundRoute } from './contract/bind.ts';
import type { AppOptions } from './options.ts';

const POSITION_COOKIE = /(?:^|;\s*)piton-position=(\d{1,15})(?:;|$)/;

type Bound = BoundRoute | BoundPage;
type Asked = Pick<AppOptions, 'settled' | 'listsFollow' | 'shared'>;

export class Reading {
  readonly #options: Asked;
  /** The last position that was acknowledged before the lists included it. */
  #owed = 0;

  constructor(options: Asked) {
    this.#options = options;
  }

  /**
   * Waits at most 2 s, then it is read as it is; undefined when there is nothing to wait for. `told`: the header Piton-Position. While the lists
   * stand still nobody waits for what they lack: on a full disk reading goes on.
   */
  caughtUp(bound: Bound, told: string | undefined, cookies: string): Promise<unknown> | undefined {
    const known = Number(told ?? (this.#options.shared === true ? POSITION_COOKIE.exec(cookies)?.[1] : undefined));
    const position = Math.max(Number.isSafeInteger(known) ? known : 0, readsLists(bound) && this.#follows() ? this.#owed : 0);
    return position > 0 ? this.#options.settled(position) : undefined;
  }

  /** Whether the lists include the position of an answer, or who reads will wait until they do; false after 2 s. */
  acknowledged(bound: Bound, position: number): true | Promise<boolean> {
    if (!isListedLater(bound) || !this.#follows()) return this.#options.settled(position);
    this.#owed = Math.max(this.#owed, position);
    return true;
  }

  #follows(): boolean {
    return this.#options.listsFollow?.() ?? true;
  }
}

/** Probes and metrics ask for no list, and the routes that work on live state alone need none. */
function readsLists(bound: Bound): boolean {
  return bound.kind === 'page' || bound.endpoint.path.startsWith('/api/v1/') && !isListedLater(bound);
}

function isListedLater(bound: Bound): boolean {
  return bound.kind === 'route' && bound.endpoint.listed === 'before-reading';
}
