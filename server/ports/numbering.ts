/**
 * The port of registration numbers: gap-free within a registry and a year (ISO 15489-1, registration). Stream
 * `series/<registry>/<year>`; the same request gets the same number for ever; a void is an event, never a gap.
 */
export interface RegistrationNumber {
  readonly registry: string;
  readonly year: number;
  readonly number: number;
  /** As it is printed: `PS-OUT/2026/0001`. */
  readonly text: string;
}

export interface Numbering {
  /**
   * `requestedBy`: the id of what asks, stable over retries. `year`: of the installation's zone. `agency`: whose book it is, as far
   * as the case knows. Durable when it answers.
   */
  allocate(request: {
    readonly registry: string; readonly year: number; readonly requestedBy: string; readonly at: string; readonly stream: string; readonly agency?: string;
  }): Promise<RegistrationNumber>;
}
