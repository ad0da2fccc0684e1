/** How far something that follows the log is behind it, in commits and in seconds. */

interface Mark {
  readonly position: number;
  readonly at: number;
}

/** Marks closer together than this are one: a scrape needs no better, and a burst costs nothing. */
const APART_MS = 100;
const MARKS = 1_000;

export class Lag {
  readonly #now: () => number;
  #head = 0;
  #marks: Mark[] = [];

  /** `now`: a clock that never jumps, milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A commit became durable. */
  committed(position: number): void {
    this.#head = position;
    const at = this.#now();
    const last = this.#marks.at(-1);
    if (last !== undefined && at - last.at < APART_MS) return;
    this.#marks.push({ position, at });
    // What stands still for hours is told to the second no more, but to the minute.
    if (this.#marks.length > MARKS) this.#marks = this.#marks.filter((_mark, index) => index % 2 === 0);
  }

  /** `followed`: the position of each that follows. What all of them have is forgotten. */
  of(followed: readonly number[]): readonly { readonly commits: number; readonly seconds: number }[] {
    const slowest = Math.min(...followed);
    this.#marks = this.#marks.filter(({ position }) => position > slowest);
    const now = this.#now();
    return followed.map((position) => {
      const oldest = this.#marks.find((mark) => mark.position > position);
      const commits = Math.max(0, this.#head - position);
      return { commits, seconds: commits === 0 || oldest === undefined ? 0 : (now - oldest.at) / 1_000 };
    });
  }
}
