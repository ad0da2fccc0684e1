/** Turns: one command at a time per stream, in the order they came. A free stream costs no promise: most commands find theirs free. */

type Wake = () => void;

/** The queue of a stream whose turn is taken and that nobody waits for; shared, so never pushed to. */
const NOBODY: readonly Wake[] = [];

export class Turns {
  readonly #waiting = new Map<string, readonly Wake[]>();

  /** Undefined: the turn is the caller's now; otherwise it is when the promise resolves. Whoever took a turn must `end` it. */
  take(stream: string): Promise<void> | undefined {
    const waiting = this.#waiting.get(stream);
    if (waiting === undefined) {
      this.#waiting.set(stream, NOBODY);
      return undefined;
    }
    return new Promise((resolve) => { this.#waiting.set(stream, [...waiting, resolve]); });
  }

  end(stream: string): void {
    const [next, ...others] = this.#waiting.get(stream) ?? NOBODY;
    if (next === undefined) {
      this.#waiting.delete(stream);
      return;
    }
    this.#waiting.set(stream, others);
    next();
  }
}
