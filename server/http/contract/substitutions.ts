/** Substitutions: an officer is absent, a deputy who has accepted stands in for them, within whole days. */
import { z } from 'zod';
import { Instant, Position } from './common.ts';
import { defineRoute } from './route.ts';
import { AccountName } from './session.ts';

/** A day in the zone of the installation (ISO 8601-1, 5.2.2.1). */
const Day = z.iso.date();
const Reason = z.string().trim().min(1).max(1_000);
const named = z.object({ id: z.string(), name: z.string() });

export const SubstitutionBody = z.object({
  absent: named, number: z.number().int(), deputy: named, from: z.string(), until: z.string().describe('The last day'), startsAt: Instant, endsAt: Instant.describe('The end, excluded'),
  reason: z.string(), instrument: z.string().nullable().describe('What it rests on, such as the number of an acting appointment'),
  state: z.enum(['proposed', 'accepted', 'declined', 'ended']), inForce: z.boolean().describe('The deputy acts for the absent officer now'), over: z.boolean().describe('Declined, ended, or its last day is past'),
  proposedBy: named, proposedAt: Instant, answeredAt: Instant.nullable(), endedBy: named.nullable(), endedAt: Instant.nullable(), note: z.string().nullable().describe('Why it was declined or ended early'),
}).meta({ id: 'Substitution' });
export type SubstitutionView = z.output<typeof SubstitutionBody>;

const ofPerson = z.object({ person: AccountName });
const one = ofPerson.extend({ number: z.string().regex(/^[1-9]\d{0,8}$/, 'A substitution is named by a whole number.') });
const Done = z.object({ position: Position });
const AREA = 'organization';

export const listSubstitutions = defineRoute({
  operationId: 'listSubstitutions', method: 'get', path: '/api/v1/people/:person/substitutions', area: AREA, access: 'read-substitutions',
  summary: 'Substitutions in which a person is absent or the deputy, newest first.',
  params: ofPerson, responses: { 200: z.object({ items: z.array(SubstitutionBody) }) },
});

export const proposeSubstitution = defineRoute({
  operationId: 'proposeSubstitution', method: 'post', path: '/api/v1/people/:person/substitutions', area: AREA, access: 'name-deputy',
  summary: 'Name a deputy for a person who will be absent; in force once the deputy accepts, within the days.',
  description: 'From the beginning of `from` to the end of `until`, in the zone of the installation. One person has one deputy at a time, and a deputy does not hand on what they stand in for.',
  params: ofPerson, body: z.strictObject({ deputy: AccountName, from: Day, until: Day, reason: Reason, instrument: z.string().trim().min(1).max(200).optional() }),
  responses: { 201: Done.extend({ number: z.number().int() }), 202: Done.extend({ number: z.number().int() }) },
});

export const acceptSubstitution = defineRoute({
  operationId: 'acceptSubstitution', method: 'post', path: '/api/v1/people/:person/substitutions/:number/accept', area: AREA, access: 'answer-substitution',
  summary: 'Accept to stand in for a person.', params: one, body: z.strictObject({}), responses: { 200: Done, 202: Done },
});

export const declineSubstitution = defineRoute({
  operationId: 'declineSubstitution', method: 'post', path: '/api/v1/people/:person/substitutions/:number/decline', area: AREA, access: 'answer-substitution',
  summary: 'Decline to stand in for a person.', params: one, body: z.strictObject({ reason: Reason.optional() }), responses: { 200: Done, 202: Done },
});

export const endSubstitution = defineRoute({
  operationId: 'endSubstitution', method: 'post', path: '/api/v1/people/:person/substitutions/:number/end', area: AREA, access: 'end-substitution',
  summary: 'End a substitution before its last day, or take back a proposal.', params: one, body: z.strictObject({ reason: Reason.optional() }), responses: { 200: Done, 202: Done },
});

export const SUBSTITUTION_ROUTES = [listSubstitutions, proposeSubstitution, acceptSubstitution, declineSubstitution, endSubstitution];
