/** The handlers of substitutions, and how one is told: with names, and whether it is in force. */
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { accepted, refused } from '../http/contract/failure.ts';
import type { PersonResource, SubstitutionResource } from '../http/contract/rules.ts';
import { acceptSubstitution, declineSubstitution, endSubstitution, listSubstitutions, proposeSubstitution } from '../http/contract/substitutions.ts';
import type { SubstitutionView } from '../http/contract/substitutions.ts';
import type { Answer } from '../runtime/types.ts';
import type { OrganizationDirectory } from './directory.ts';
import { refusal } from './errors.ts';
import type { PersonEvent } from './events.ts';
import { inForce, isOpen, newestFirst } from './substitution-book.ts';
import type { Substitution } from './substitution-book.ts';
import type { SubstitutionCommands } from './substitutions.ts';

export function substitutionRoutes(directory: OrganizationDirectory, commands: SubstitutionCommands): BoundRoute[] {
  const ofPerson = ({ params }: { readonly params: { readonly person: string } }): PersonResource => ({ kind: 'person', id: params.person });
  const one = ({ params }: { readonly params: { readonly person: string; readonly number: string } }): SubstitutionResource => locateSubstitution(directory, params.person, Number(params.number));
  return [
    bind(listSubstitutions, async ({ params, now }) => ({ status: 200, body: { items: concerning(directory, params.person).map((each) => viewOf(directory, each, now)) } }), ofPerson),
    bind(proposeSubstitution, async ({ params, body, meta }) => {
      const { position, replayed, events } = accepted(await commands.propose({ absent: params.person, ...body }, meta));
      const number = events.flatMap((event) => (event.type === 'SubstitutionProposed' ? [event.number] : []))[0]!;
      return { status: 201, body: { position, number }, position, replayed };
    }, ofPerson),
    bind(acceptSubstitution, async ({ params, meta }) => done(await commands.accept(params.person, Number(params.number), meta)), one),
    bind(declineSubstitution, async ({ params, body, meta }) => done(await commands.decline(params.person, Number(params.number), body.reason, meta)), one),
    bind(endSubstitution, async ({ params, body, meta }) => done(await commands.end(params.person, Number(params.number), body.reason, meta)), one),
  ];
}

/** Throws ORGANIZATION_SUBSTITUTION_NOT_FOUND. */
function locateSubstitution(directory: OrganizationDirectory, absent: string, number: number): SubstitutionResource {
  const found = directory.substitutions.find(absent, number);
  if (found === undefined) throw refused(refusal('ORGANIZATION_SUBSTITUTION_NOT_FOUND', { id: absent, number: String(number) }));
  return { kind: 'substitution', absent, deputy: found.deputy };
}

/** What the page of absences needs: the commands, and substitutions told with names. */
export interface SubstitutionDesk extends SubstitutionCommands {
  concerning(person: string, now: string): readonly SubstitutionView[];
  all(now: string): readonly SubstitutionView[];
  asked(person: string, now: string): number;
  locate(absent: string, number: number): SubstitutionResource;
}

export function substitutionDesk(directory: OrganizationDirectory, commands: SubstitutionCommands): SubstitutionDesk {
  return {
    ...commands,
    concerning: (person, now) => concerning(directory, person).map((one) => viewOf(directory, one, now)),
    all: (now) => directory.substitutions.all().map((one) => viewOf(directory, one, now)),
    asked: (person, now) => directory.substitutions.ofDeputy(person).filter((one) => one.state === 'proposed' && isOpen(one, now)).length,
    locate: (absent, number) => locateSubstitution(directory, absent, number),
  };
}

/** Those in which `person` is absent or the deputy. */
function concerning({ substitutions }: OrganizationDirectory, person: string): readonly Substitution[] {
  return newestFirst([...substitutions.ofAbsent(person), ...substitutions.ofDeputy(person)]);
}

function viewOf(directory: OrganizationDirectory, substitution: Substitution, now: string): SubstitutionView {
  const { absent, number, deputy, from, until, startsAt, endsAt, reason, instrument, state, proposedBy, proposedAt, answeredAt, endedBy, endedAt, note } = substitution;
  const named = (id: string): { id: string; name: string } => ({ id, name: directory.person(id)?.name ?? id });
  return {
    absent: named(absent), number, deputy: named(deputy), from, until, startsAt, endsAt, reason, instrument, state, inForce: inForce(substitution, now), over: !isOpen(substitution, now),
    proposedBy: named(proposedBy), proposedAt, answeredAt, endedBy: endedBy === null ? null : named(endedBy), endedAt, note,
  };
}

function done(answer: Answer<PersonEvent>): { readonly status: 200; readonly body: { readonly position: number }; readonly position: number; readonly replayed: boolean } {
  const { position, replayed } = accepted(answer);
  return { status: 200, body: { position }, position, replayed };
}
