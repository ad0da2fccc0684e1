/**
 * The port of duties that one node does for all: dispatching what nobody took up, sealing the head of the log, sweeps.
 *
 * A lease is held by one node at a time and passes to another when its holder gives no sign of life. Every change of holder raises
 * the epoch. A holder that was stopped (by its machine, not by itself) may believe for a moment that it still holds: so what is
 * done under a lease is harmless twice, and `confirm` asks the shared truth before anything that is not cheap.
 */
export interface Lease {
  /** True while this node holds it, as far as it knows. */
  readonly held: boolean;
  /** Number of the holding; 0 while it is not held. */
  readonly epoch: number;
  /** Renews it now: false when it is not held any more. */
  confirm(): Promise<boolean>;
  /** Gives it up, so that another node has it at once. */
  stop(): Promise<void>;
}

export interface Leases {
  /** Stands for the lease `name` until it is stopped; `gained` is called every time this node gets it. */
  stand(name: string, gained?: () => void): Lease;
  /** Runs `work` on one node at a time; waits for its turn. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
}
