/** A state that counts how often something in it is looked at: the work of a command, whatever the machine does beside it. */

export interface Meter {
  looks: number;
}

/** `value` with every property read, every call of a Map or Set and every step through one counted in `meter`; the same object has the same double. */
export function metered<T extends object>(value: T, meter: Meter): T {
  const doubles = new WeakMap<object, object>();
  const originals = new WeakMap<object, object>();
  const plain = (one: unknown): unknown => (typeof one === 'object' && one !== null ? (originals.get(one) ?? one) : one);
  const wrap = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null || originals.has(one)) return one;
    let double = doubles.get(one);
    if (!double) {
      double = new Proxy(one, { get: read, set: (target, key, next) => Reflect.set(target, key, plain(next)) });
      doubles.set(one, double);
      originals.set(double, one);
    }
    return double;
  };
  const read = (target: object, key: string | symbol): unknown => {
    meter.looks += 1;
    const found: unknown = Reflect.get(target, key, target);
    if (typeof found !== 'function') return wrap(found);
    // Arrays do their own methods through the double, look by look.
    if (!(target instanceof Map || target instanceof Set)) return found;
    return (...given: unknown[]): unknown => {
      const answer: unknown = (found as (...all: unknown[]) => unknown).apply(target, given.map(plain));
      return isIterator(answer) ? steps(answer, target instanceof Map && found.name === 'entries') : answer === target ? wrap(target) : wrap(answer);
    };
  };
  function* steps(iterator: Iterable<unknown>, pairs: boolean): Generator {
    for (const item of iterator) {
      meter.looks += 1;
      yield pairs ? (item as unknown[]).map(wrap) : wrap(item);
    }
  }
  return wrap(value) as T;
}

function isIterator(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value;
}
