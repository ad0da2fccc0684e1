/** What the persons of a substitution are told on their desks: that they are asked, that it was answered, that it ended early. */
import type { Clock } from '../ports/clock.ts';
import type { Notice, Notices } from '../ports/notices.ts';
import type { Answer, CommandMeta } from '../runtime/types.ts';
import type { OrganizationDirectory } from './directory.ts';
import type { PersonEvent } from './events.ts';
import type { Substitution } from './substitution-book.ts';

interface Needs {
  readonly directory: OrganizationDirectory;
  readonly notices: Notices;
  readonly clock: Clock;
}

/** Notices to those who did not act themselves: after the record, at least once, under the number of the substitution. */
export class SubstitutionNotices {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async proposed(answer: Answer<PersonEvent>, { actor }: CommandMeta): Promise<void> {
    const event = answer.outcome === 'accepted' ? answer.events.find((one) => one.type === 'SubstitutionProposed') : undefined;
    if (event === undefined) return;
    const { id, deputy } = event;
    const from = `${dayText(event.from)} to ${dayText(event.until)}`;
    await this.#send(event, 'proposed', deputy, `${this.#name(id)} asks you to stand in`, `From ${from}. Accept or decline it under Absence, at the top of the page.`);
    if (actor.person !== id) await this.#send(event, 'named', id, `${this.#name(deputy)} was named as your deputy`, `From ${from}, by ${this.#name(actor.person)}. It begins when ${this.#name(deputy)} accepts it.`);
  }

  async answered(answer: Answer<PersonEvent>, absent: string, number: number, what: 'accepts' | 'declines', reason?: string): Promise<void> {
    const one = this.#found(answer, absent, number);
    if (one === undefined) return;
    const text = what === 'accepts' ? `From ${dayText(one.from)} to ${dayText(one.until)}. You can end it earlier under Absence.` : `${reason === undefined ? '' : `${reason}\n`}Name somebody else under Absence.`;
    await this.#send({ id: absent, number }, 'answered', absent, `${this.#name(one.deputy)} ${what} to stand in for you`, text);
  }

  async ended(answer: Answer<PersonEvent>, absent: string, number: number, { actor }: CommandMeta, reason?: string): Promise<void> {
    const one = this.#found(answer, absent, number);
    if (one === undefined) return;
    const why = reason === undefined ? '' : `: ${reason}`;
    const text = `${this.#name(actor.person)} ended it${why}`;
    if (actor.person !== one.deputy) await this.#send({ id: absent, number }, 'ended', one.deputy, `You do not stand in for ${this.#name(absent)} any more`, text);
    if (actor.person !== absent) await this.#send({ id: absent, number }, 'ended', absent, `${this.#name(one.deputy)} does not stand in for you any more`, text);
  }

  #found(answer: Answer<PersonEvent>, absent: string, number: number): Substitution | undefined {
    return answer.outcome === 'accepted' ? this.#needs.directory.substitutions.find(absent, number) : undefined;
  }

  async #send({ id, number }: { readonly id: string; readonly number: number }, what: string, person: string, subject: string, text: string): Promise<void> {
    const notice: Notice = { key: `substitution/${id}/${String(number)}/${what}`, to: { person }, subject, text, at: this.#needs.clock.now() };
    await this.#needs.notices.send(notice);
  }

  #name(id: string): string {
    return this.#needs.directory.person(id)?.name ?? id;
  }
}

/** "02 March 2026" of a day. */
function dayText(day: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: '2-digit', month: 'long', year: 'numeric' }).format(Date.parse(day));
}
