/** Admission of a record to its stream: the comparison that every event store makes before it writes. */
import type { Appended } from '../ports/event-store.ts';

/** Where an idempotency key was used. `request`: the request hash, hex. */
export interface UsedKey {
  readonly position: number;
  readonly version: number;
  readonly request: string;
}

/**
 * Why a record may not enter; undefined when it may. The key is looked at first: a repeat is recognised however far its
 * stream has moved on.
 */
export function refusal(expectedVersion: number, version: number, request: string | null | undefined, used: UsedKey | undefined): Appended | undefined {
  if (used !== undefined) {
    return { outcome: used.request === request ? 'duplicate' : 'key-reused', position: used.position, version: used.version };
  }
  return expectedVersion === version ? undefined : { outcome: 'conflict', version };
}
