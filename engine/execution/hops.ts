/**
 * Throws in a row (not in BPMN, which lets cases start each other for ever): how many messages and signals led from case to case to what a
 * case does now, without a person, a job, a timer or an outsider in between. Only events that ask other streams carry it, and only when it
 * is not 0; a command that carries none begins anew.
 */
import type { InstanceEvent } from '../events.ts';
import type { Facts } from '../facts.ts';
import { Stuck } from './errors.ts';

type Carrier = Extract<InstanceEvent, { readonly hops?: number }>;

/** Events that others are told of, and that an unfinished turn is taken up from. */
const CARRIERS: ReadonlySet<InstanceEvent['type']> = new Set<Carrier['type']>([
  'MessageSubscribed', 'MessagePublished', 'SignalThrown', 'EscalationThrown', 'ChildRequested', 'ChildTerminationRequested', 'InstanceCompleted', 'InstanceTerminated', 'InstanceFailed',
  'ChildCompensationRequested', 'InstanceCompensated', 'TurnYielded',
]);

/** The event as it is recorded behind `hops` throws, of which there is at least one. The end of a case that nobody waits for tells nobody. */
export function behind(hops: number, event: InstanceEvent): InstanceEvent {
  if (!CARRIERS.has(event.type)) return event;
  const isEnd = event.type === 'InstanceCompleted' || event.type === 'InstanceTerminated' || event.type === 'InstanceFailed';
  return isEnd && !event.parent && !('answer' in event) ? event : { ...(event as Carrier), hops };
}

/** Before a message or signal is thrown: INCIDENT_ENDLESS_THROWS stops what has gone from case to case too often. Who resolves it lets it go on from 0. */
export function ensureRest({ hops, facts: { limits } }: { readonly hops: number; readonly facts: Facts }, elementId: string): void {
  if (hops >= limits.hops) throw new Stuck('INCIDENT_ENDLESS_THROWS', { hops, element: elementId });
}
