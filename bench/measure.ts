/** One measurement: closed-loop clients for a while, CPU time of the whole process beside wall time, the work counted at the end. */

/** What one cell measured once. Times in milliseconds; CPU is user and system time of all threads. */
export interface Measured {
  readonly instances: number;
  readonly tasks: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** What else was found, for the report: bytes written, commits. */
  readonly notes: Readonly<Record<string, number>>;
}

export interface Budget {
  readonly warmMs: number;
  readonly measureMs: number;
  readonly clients: number;
}

/** One instance from its start to its end; answers the tasks done. Throws when the instance did not end. */
export type RunOne = (client: number) => Promise<number>;

/**
 * Warms up, then measures; `settle` is part of the measurement: work that was put off must be done before the clock stops.
 * Every client finishes the instance it began.
 */
export async function measure({ warmMs, measureMs, clients }: Budget, runOne: RunOne, settle: () => Promise<void> = async () => undefined): Promise<Omit<Measured, 'notes'>> {
  await loop(clients, warmMs, runOne);
  await settle();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const done = await loop(clients, measureMs, runOne);
  await settle();
  const { user, system } = process.cpuUsage(cpu);
  return { ...done, wallMs: performance.now() - started, cpuMs: (user + system) / 1000 };
}

async function loop(clients: number, ms: number, runOne: RunOne): Promise<{ instances: number; tasks: number }> {
  const until = performance.now() + ms;
  const total = { instances: 0, tasks: 0 };
  const client = async (number: number): Promise<void> => {
    while (performance.now() < until) {
      const tasks = await runOne(number);
      total.instances += 1;
      total.tasks += tasks;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return total;
}

/** Lets the event loop turn: both engines work synchronously inside one instance. */
export function turn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

/** Ends the cell unless the work that was counted is the work that was found. */
export function assertSame(what: string, expected: number, found: number): void {
  if (expected !== found) throw new Error(`Expected ${what} to be ${String(expected)}, but they are ${String(found)}`);
}

/** Middle of the sorted values; the mean of the two middle ones for an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
