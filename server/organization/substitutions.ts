/** The commands of substitution: an officer who will be absent, or an administrator, names a deputy; the deputy accepts or declines; either ends it early. */
import { parseInstant } from '../../engine/index.ts';
import { RULES } from '../http/contract/rules.ts';
import type { Clock } from '../ports/clock.ts';
import type { Role } from '../ports/directory.ts';
import type { Notices } from '../ports/notices.ts';
import type { Answer, CommandMeta, Decision, Refusal, Runtime } from '../runtime/types.ts';
import type { OrganizationDirectory } from './directory.ts';
import { refusal } from './errors.ts';
import { personStream } from './events.ts';
import type { PersonEvent, SubstitutionEvent, SubstitutionProposed } from './events.ts';
import { isOpen } from './substitution-book.ts';
import type { Substitution } from './substitution-book.ts';
import { SubstitutionNotices } from './substitution-notices.ts';

const MOST_DAYS = 366;
const DAY_MS = 86_400_000;

/** `from`, `until`: the first and the last day, YYYY-MM-DD, in the zone of the installation. */
export interface Proposal {
  readonly absent: string;
  readonly deputy: string;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
  readonly instrument?: string | undefined;
}

export interface SubstitutionCommands {
  propose(proposal: Proposal, meta: CommandMeta): Promise<Answer<PersonEvent>>;
  accept(absent: string, number: number, meta: CommandMeta): Promise<Answer<PersonEvent>>;
  decline(absent: string, number: number, reason: string | undefined, meta: CommandMeta): Promise<Answer<PersonEvent>>;
  /** Also before it has begun or was answered: then it is taken back. */
  end(absent: string, number: number, reason: string | undefined, meta: CommandMeta): Promise<Answer<PersonEvent>>;
}

export interface SubstitutionNeeds {
  readonly runtime: Pick<Runtime, 'change'>;
  readonly directory: OrganizationDirectory;
  /** Tells those who did not act themselves. */
  readonly notices: Notices;
  readonly clock: Clock;
  /** IANA name: where a day begins and ends. */
  readonly zone: string;
}

export function createSubstitutions(needs: SubstitutionNeeds): SubstitutionCommands {
  const { runtime, clock } = needs;
  const told = new SubstitutionNotices(needs);
  const onOne = (commandType: string, absent: string, number: number, meta: CommandMeta, decide: (one: Folded) => Decision<PersonEvent>): Promise<Answer<PersonEvent>> =>
    runtime.change<PersonEvent>(personStream(absent), commandType, meta, (earlier) => {
      const one = fold(earlier).find(({ proposed }) => proposed.number === number);
      if (one === undefined) return refusal('ORGANIZATION_SUBSTITUTION_NOT_FOUND', { id: absent, number: String(number) });
      return clock.now() < one.proposed.endsAt ? decide(one) : over(one.proposed);
    });
  const answering = ({ proposed: { id, number }, state }: Folded, events: readonly SubstitutionEvent[]): Decision<PersonEvent> =>
    (state === 'proposed' ? events : refusal('ORGANIZATION_SUBSTITUTION_ANSWERED', { id, number: String(number), state }));
  return {
    async propose(proposal, meta) {
      const answer = await runtime.change<PersonEvent>(personStream(proposal.absent), 'ProposeSubstitution', meta, (earlier) => decideProposal(needs, proposal, earlier));
      await told.proposed(answer, meta);
      return answer;
    },
    async accept(id, number, meta) {
      const answer = await onOne('AcceptSubstitution', id, number, meta, (one) => {
        const away = absenceOf(needs.directory, one.proposed.deputy, one.proposed, clock.now());
        return away ?? answering(one, [{ type: 'SubstitutionAccepted', id, number }]);
      });
      await told.answered(answer, id, number, 'accepts');
      return answer;
    },
    async decline(id, number, reason, meta) {
      const answer = await onOne('DeclineSubstitution', id, number, meta, (one) => answering(one, [{ type: 'SubstitutionDeclined', id, number, ...(reason !== undefined && { reason }) }]));
      await told.answered(answer, id, number, 'declines', reason);
      return answer;
    },
    async end(id, number, reason, meta) {
      const answer = await onOne('EndSubstitution', id, number, meta, ({ proposed, state }) =>
        (state === 'proposed' || state === 'accepted' ? [{ type: 'SubstitutionEnded', id, number, ...(reason !== undefined && { reason }) }] : over(proposed)));
      await told.ended(answer, id, number, meta, reason);
      return answer;
    },
  };
}

/** One substitution as the stream of who is absent tells it. */
interface Folded {
  readonly proposed: SubstitutionProposed;
  state: Substitution['state'];
}

function fold(events: readonly PersonEvent[]): Folded[] {
  const all: Folded[] = [];
  for (const event of events) {
    if (event.type === 'SubstitutionProposed') all.push({ proposed: event, state: 'proposed' });
    const one = 'number' in event ? all[event.number - 1] : undefined;
    if (one === undefined) continue;
    if (event.type === 'SubstitutionAccepted') one.state = 'accepted';
    if (event.type === 'SubstitutionDeclined') one.state = 'declined';
    if (event.type === 'SubstitutionEnded') one.state = 'ended';
  }
  return all;
}

function decideProposal({ directory, clock, zone }: SubstitutionNeeds, proposal: Proposal, earlier: readonly PersonEvent[]): Decision<PersonEvent> {
  const { absent: id, deputy, from, until, reason, instrument } = proposal;
  const absent = directory.person(id);
  if (absent === undefined || earlier.length === 0) return refusal('ORGANIZATION_PERSON_NOT_FOUND', { id });
  if (!absent.active) return refusal('ORGANIZATION_ACCOUNT_CLOSED', { id });
  if (deputy === id || !worksOnTasks(directory, deputy)) return refusal('ORGANIZATION_DEPUTY_UNFIT', { deputy: directory.person(deputy)?.name ?? deputy });
  const now = clock.now();
  const days = daysOf(from, until, zone, now);
  if (days === undefined) return refusal('ORGANIZATION_SUBSTITUTION_DATES', { from, until, most: String(MOST_DAYS) });
  const known = fold(earlier);
  const other = known.find(({ proposed, state }) => (state === 'proposed' || state === 'accepted') && overlap(proposed, days));
  if (other !== undefined) {
    const { deputy: named, from: otherFrom, until: otherUntil } = other.proposed;
    return refusal('ORGANIZATION_SUBSTITUTION_OVERLAPS', { id: absent.name, from, until, deputy: directory.person(named)?.name ?? named, otherFrom, otherUntil });
  }
  const away = absenceOf(directory, deputy, days, now);
  return away ?? [{ type: 'SubstitutionProposed', id, number: known.length + 1, deputy, from, until, ...days, reason, ...(instrument !== undefined && { instrument }) }];
}

interface Days {
  readonly startsAt: string;
  readonly endsAt: string;
}

/** From the beginning of the first to the end of the last day; undefined for days that do not exist, are past, the wrong way round or too many. */
function daysOf(from: string, until: string, zone: string, now: string): Days | undefined {
  const [startsAt, firstEnds, endsAt] = [parseInstant(from, zone), endOf(from, zone), endOf(until, zone)];
  if (startsAt === undefined || firstEnds === undefined || endsAt === undefined || endsAt < firstEnds || firstEnds <= now) return undefined;
  return Date.parse(until) - Date.parse(from) < MOST_DAYS * DAY_MS ? { startsAt, endsAt } : undefined;
}

/** The beginning of the day after. */
function endOf(day: string, zone: string): string | undefined {
  if (parseInstant(day, zone) === undefined) return undefined;
  return parseInstant(new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10), zone);
}

function overlap(left: Days, right: Days): boolean {
  return left.startsAt < right.endsAt && right.startsAt < left.endsAt;
}

/** Who is away themselves cannot stand in: what one stands in for is not handed on, so it would lie. */
function absenceOf(directory: OrganizationDirectory, deputy: string, days: Days, now: string): Refusal | undefined {
  const away = directory.substitutions.ofAbsent(deputy).find((other) => isOpen(other, now) && overlap(other, days));
  return away === undefined ? undefined : refusal('ORGANIZATION_DEPUTY_ABSENT', { deputy: directory.person(deputy)?.name ?? deputy, otherFrom: away.from, otherUntil: away.until });
}

function worksOnTasks(directory: OrganizationDirectory, id: string): boolean {
  const person = directory.person(id);
  const roles: readonly Role[] = RULES['list-tasks'].roles;
  return person?.active === true && person.roles.some((role) => roles.includes(role));
}

function over({ id, number }: SubstitutionProposed): Refusal {
  return refusal('ORGANIZATION_SUBSTITUTION_OVER', { id, number: String(number) });
}
