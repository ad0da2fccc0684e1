/** An answer as a promise: what it throws, rejects. */

export function attempt<T>(answer: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve) => {
    resolve(answer());
  });
}
