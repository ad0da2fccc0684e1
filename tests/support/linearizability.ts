/**
 * Linearizability of a recorded history (Herlihy and Wing 1990): is there an order of the commands that agrees with time, as those who
 * asked saw it, and with what one server doing them one after the other would have answered? Found by the search of Wing and Gong
 * (1993) that remembers where it has been (Lowe 2017). It knows nothing of logs: it judges what was answered.
 */

/** A command as its caller saw it; instants of one monotonic clock. `answered: Infinity`: never answered, so it may have happened or not. */
export interface Call<I, O> {
  readonly invoked: number;
  readonly answered: number;
  readonly input: I;
  readonly output: O;
}

/** What one server would do. `step` answers the state after it, or undefined where that output cannot be the answer. `key` tells states apart. */
export interface Sequential<S, I, O> {
  readonly initial: S;
  readonly step: (state: S, input: I, output: O) => S | undefined;
  readonly key: (state: S) => string;
}

/** Indexes of the calls in an order that explains them all, or undefined: the history is not linearizable. */
export function linearization<S, I, O>(calls: readonly Call<I, O>[], { initial, step, key }: Sequential<S, I, O>): readonly number[] | undefined {
  const order: number[] = [];
  const isDone = calls.map(() => false);
  const seen = new Set<string>();
  const places = (state: S): boolean => {
    if (calls.every(({ answered }, index) => isDone[index] === true || answered === Infinity)) return true;
    const place = `${isDone.map(Number).join('')} ${key(state)}`;
    if (seen.has(place)) return false;
    seen.add(place);
    // What was asked for after another was answered cannot come before it.
    const latest = Math.min(...calls.filter((_, index) => isDone[index] === false).map(({ answered }) => answered));
    for (const [index, { invoked, input, output }] of calls.entries()) {
      if (isDone[index] === true || invoked > latest) continue;
      const after = step(state, input, output);
      if (after === undefined) continue;
      isDone[index] = true;
      order.push(index);
      if (places(after)) return true;
      order.pop();
      isDone[index] = false;
    }
    return false;
  };
  return places(initial) ? order : undefined;
}
