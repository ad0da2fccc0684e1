/** The page of absences: name a deputy, answer when asked, end one early; for oneself, and for everybody as an administrator. */
import { z } from 'zod';
import { absencePage } from '../../desk/absence.ts';
import type { AbsencePage, TypedAbsence, TypedDay } from '../../desk/absence.ts';
import type { Formats } from '../../desk/format.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage, PageAnswer } from '../http/contract/bind.ts';
import { HttpFailure, accepted } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { PersonResource, SubstitutionResource } from '../http/contract/rules.ts';
import { AccountName } from '../http/contract/session.ts';
import type { Person } from '../ports/directory.ts';
import type { Answer } from '../runtime/types.ts';
import type { PageContext, PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';

const text = (most: number): z.ZodCatch<z.ZodString> => z.string().trim().max(most).catch('');
const box = z.string().trim().max(20).catch('');
const body = z.object({
  absent: text(200), deputy: text(200), reason: text(1_000), instrument: text(200),
  'from-day': box, 'from-month': box, 'from-year': box, 'until-day': box, 'until-month': box, 'until-year': box,
});
const params = z.object({ person: AccountName, number: z.string().regex(/^[1-9]\d{0,8}$/) });
const at = '/absence/:person/:number' as const;

const show = definePage({ name: 'absence', method: 'get', path: '/absence', access: 'signed-in' });
const propose = definePage({ name: 'name-deputy', method: 'post', path: '/absence', access: 'name-deputy', body });
const accept = definePage({ name: 'accept-substitution', method: 'post', path: `${at}/accept`, access: 'answer-substitution', params, body: z.object({}).default({}) });
const decline = definePage({ name: 'decline-substitution', method: 'post', path: `${at}/decline`, access: 'answer-substitution', params, body: z.object({ reason: text(1_000) }) });
const end = definePage({ name: 'end-substitution', method: 'post', path: `${at}/end`, access: 'end-substitution', params, body: z.object({}).default({}) });

type Asking = PageContext & { readonly person: Person };
type Errors = AbsencePage['errors'];

const NOTHING: TypedAbsence = { absent: '', deputy: '', from: { day: '', month: '', year: '' }, until: { day: '', month: '', year: '' }, reason: '', instrument: '' };
/** Beside which field a refusal is said. */
const TARGETS: Readonly<Record<string, string>> = { ORGANIZATION_SUBSTITUTION_DATES: 'from', ORGANIZATION_SUBSTITUTION_OVERLAPS: 'from', ORGANIZATION_DEPUTY_UNFIT: 'deputy', ORGANIZATION_DEPUTY_ABSENT: 'deputy', ORGANIZATION_PERSON_NOT_FOUND: 'absent', ORGANIZATION_ACCOUNT_CLOSED: 'absent' };

export function absencePages(needs: PagesNeeds, frames: Frames, formats: Formats): BoundPage[] {
  const view = new AbsenceView(needs, frames, formats);
  const locate = ({ params: { person, number } }: { readonly params: { readonly person: string; readonly number: string } }): SubstitutionResource => needs.absences.locate(person, Number(number));
  const said = async (context: Asking, answer: Answer, title: string): Promise<PageAnswer> => {
    const { position } = accepted(answer);
    await frames.leaveFlash(context.person, context.now, { kind: 'success', title });
    return { redirect: '/absence', position };
  };
  return [
    bindPage(show, async (context) => ({ html: await view.render(context, NOTHING, []) })),
    bindPage(propose, async (context) => {
      const typed = typedOf(context.body, needs.authorise('administer', context.person) === 'granted' ? '' : context.person.id);
      const { errors, from, until } = readAbsence(needs, typed);
      if (errors.length > 0) return { html: await view.render(context, typed, errors), status: 422 };
      const { absent, deputy, reason, instrument } = typed;
      try {
        const answer = await needs.absences.propose({ absent, deputy, from, until, reason, ...(instrument !== '' && { instrument }) }, context.meta);
        return await said(context, answer, `${needs.directory.person(deputy)?.name ?? deputy} was asked`);
      } catch (error) {
        if (!(error instanceof HttpFailure) || TARGETS[error.code] === undefined) throw error;
        return { html: await view.render(context, typed, [beside(TARGETS[error.code]!, plain(error))]), status: error.status };
      }
    }, ({ body: fields, person }): PersonResource => ({ kind: 'person', id: fields.absent === '' ? person.id : fields.absent })),
    bindPage(accept, async (context) => said(context, await needs.absences.accept(context.params.person, Number(context.params.number), context.meta), `You stand in for ${needs.directory.person(context.params.person)?.name ?? context.params.person}`), locate),
    bindPage(decline, async (context) => said(context, await needs.absences.decline(context.params.person, Number(context.params.number), context.body.reason || undefined, context.meta), 'You declined'), locate),
    bindPage(end, async (context) => said(context, await needs.absences.end(context.params.person, Number(context.params.number), undefined, context.meta), 'The substitution was ended'), locate),
  ];
}

class AbsenceView {
  readonly #needs: PagesNeeds;
  readonly #frames: Frames;
  readonly #formats: Formats;

  constructor(needs: PagesNeeds, frames: Frames, formats: Formats) {
    this.#needs = needs;
    this.#frames = frames;
    this.#formats = formats;
  }

  async render(context: Asking, typed: TypedAbsence, errors: Errors): Promise<string> {
    const { absences, authorise } = this.#needs;
    const { person, now } = context;
    const administers = authorise('administer', person) === 'granted';
    const all = administers ? absences.all(now) : absences.concerning(person.id, now);
    const asked = all.filter((one) => one.deputy.id === person.id && one.state === 'proposed' && !one.over);
    return absencePage({
      shell: await this.#frames.shell(context, 'absence'), formats: this.#formats, me: person.id, errors, asked,
      open: all.filter((one) => !one.over && !asked.includes(one)), over: all.filter((one) => one.over).slice(0, 50),
      form: authorise('name-deputy', person, { kind: 'person', id: person.id }) !== 'granted' ? undefined : {
        deputies: this.#named((other) => (administers || other.id !== person.id) && authorise('list-tasks', other) === 'granted'),
        officers: administers ? this.#named((other) => authorise('list-tasks', other) === 'granted') : undefined, typed,
      },
    });
  }

  #named(fits: (person: Person) => boolean): { readonly id: string; readonly name: string }[] {
    return this.#needs.directory.people().filter((person) => person.active && fits(person))
      .map(({ id, name, postTitle }) => ({ id, name: postTitle === undefined || postTitle === name ? name : `${name}, ${postTitle}` }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}

/** `me`: who is away where the form did not ask. */
function typedOf(fields: z.output<typeof body>, me: string): TypedAbsence {
  const day = (name: 'from' | 'until'): TypedDay => ({ day: fields[`${name}-day`], month: fields[`${name}-month`], year: fields[`${name}-year`] });
  const { absent, deputy, reason, instrument } = fields;
  return { absent: absent || me, deputy, from: day('from'), until: day('until'), reason, instrument };
}

function readAbsence({ readDate }: Pick<PagesNeeds, 'readDate'>, { absent, deputy, from, until, reason }: TypedAbsence): { readonly errors: Errors; readonly from: string; readonly until: string } {
  const [first, last] = [readDate(from), readDate(until)];
  const errors = [
    ...(absent === '' ? [beside('absent', 'Choose who is away')] : []),
    ...(deputy === '' ? [beside('deputy', 'Choose a deputy')] : []),
    ...(first === undefined ? [beside('from', 'Enter the first day, for example 27 3 2026')] : []),
    ...(last === undefined ? [beside('until', 'Enter the last day, for example 27 3 2026')] : []),
    ...(first !== undefined && last !== undefined && last < first ? [beside('until', 'The last day must not be before the first')] : []),
    ...(reason === '' ? [beside('reason', 'Enter the reason')] : []),
  ];
  return { errors, from: first ?? '', until: last ?? '' };
}

/** The message, and the id of the input it belongs to. */
function beside(key: string, message: string): Errors[number] {
  return { key, target: key === 'from' || key === 'until' ? `${key}-day` : key, message };
}

/** "Expected x to ..., but they are away" -> "They are away. Choose somebody else ...". */
function plain({ message, hint }: HttpFailure): string {
  const found = /, but (.*)$/s.exec(message)?.[1] ?? message;
  return `${found[0]!.toUpperCase()}${found.slice(1)}. ${hint.replace(/\.$/, '')}`;
}
