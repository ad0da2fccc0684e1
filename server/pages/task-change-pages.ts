/** Changing what a task offers: to whom, by when, how urgent it is, with the reason; for those who assign tasks. */
import { z } from 'zod';
import { parseInstant } from '../../engine/index.ts';
import type { Formats } from '../../desk/format.ts';
import { taskChangePage } from '../../desk/task-change.ts';
import type { MomentBoxes, TaskChangeForm } from '../../desk/task-change.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage, Context, PageAnswer } from '../http/contract/bind.ts';
import { CaseId } from '../http/contract/common.ts';
import { HttpFailure } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { TaskResource } from '../http/contract/rules.ts';
import type { FormError, TaskChange, TaskDetail } from '../http/contract/tasks.ts';
import { renderFailure } from './failure-pages.ts';
import type { PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';
import { withTitles } from './titles.ts';

const params = z.object({ stream: CaseId, counter: z.string().regex(/^[1-9]\d{0,9}$/) });
const ids = z.union([z.string(), z.array(z.string()).max(200)]).optional().transform((given) => (given === undefined ? [] : typeof given === 'string' ? [given] : given));
const typed = z.string().trim().max(200).catch('');
/** `was…`: what the form showed, so that only what a person changed is sent. `offered`: the ticks; `shown`: all that could be ticked. */
const body = z.object({
  priority: typed, wasPriority: typed, wasDue: typed, wasFollowUp: typed, 'due-day': typed, 'due-month': typed, 'due-year': typed, 'due-time': typed,
  'followUp-day': typed, 'followUp-month': typed, 'followUp-year': typed, 'followUp-time': typed, offered: ids, shown: ids, addGroup: typed, addPerson: typed, reason: z.string().trim().max(4_000).catch(''),
});
const about = { path: '/tasks/:stream/:counter/change', access: 'assign-tasks', params } as const;
const show = definePage({ ...about, name: 'change-task-form', method: 'get' });
const change = definePage({ ...about, name: 'change-task', method: 'post', body });

type Body = z.output<typeof body>;

export function taskChangePages(needs: PagesNeeds, frames: Frames, formats: Formats): BoundPage[] {
  const { tasks } = needs;
  const locate = (context: { readonly params: z.output<typeof params> }): Promise<TaskResource> => tasks.book.resource(context.params.stream, Number(context.params.counter));
  const render = async (context: Context<typeof show> | Context<typeof change>, form: TaskChangeForm | undefined, errors: readonly FormError[]): Promise<PageAnswer> => {
    const { params: { stream, counter }, now } = context;
    const task = await tasks.book.detail(stream, Number(counter), now);
    if (task.status !== 'open') return { redirect: `/tasks/${task.id}` };
    const [title] = await withTitles(needs, [{ stream }], () => false);
    return {
      html: taskChangePage({ shell: await frames.shell(context, 'tasks'), formats, task, title: title!, form: form ?? formOf(task, formats), errors, groups: groupsBeside(needs, task), people: peopleBeside(needs, task) }),
      ...(errors.length > 0 && { status: 422 }),
    };
  };
  return [
    bindPage(show, async (context) => render(context, undefined, []), locate),
    bindPage(change, async (context) => {
      const { params: at, body: sent, meta, person, now } = context;
      const task = await tasks.book.detail(at.stream, Number(at.counter), now);
      const { change: wanted, errors } = read(needs, sent, task, formats.zone);
      if (errors.length > 0) return render(context, { ...sent, due: boxesOf(sent, 'due'), followUp: boxesOf(sent, 'followUp') }, errors);
      try {
        const { position } = await tasks.verbs.update(at.stream, Number(at.counter), wanted, meta);
        await frames.leaveFlash(person, now, { kind: 'success', title: 'The task was changed', text: 'The reason stands in the history of the case.' });
        return { redirect: `/tasks/${task.id}`, position };
      } catch (error) {
        // Somebody has completed it, or the system does its part first.
        if (!(error instanceof HttpFailure) || (error.status !== 409 && error.status !== 422)) throw error;
        return { html: renderFailure(frames, error, context, [{ href: `/tasks/${task.id}`, text: 'Open the task' }]), status: error.status };
      }
    }, locate),
  ];
}

function formOf(task: TaskDetail, formats: Formats): TaskChangeForm {
  const offered = [...task.candidateGroups.map(({ id }) => groupTick(id)), ...task.candidateUsers.map(({ id }) => personTick(id))];
  const [due, followUp] = [task.dueAt, task.followUpAt].map((at) => (at === null ? '' : formats.local(at)));
  return { priority: String(task.priority), wasPriority: String(task.priority), due: inBoxes(due!), wasDue: due!, followUp: inBoxes(followUp!), wasFollowUp: followUp!, offered, shown: offered, addGroup: '', addPerson: '', reason: '' };
}

function inBoxes(local: string): MomentBoxes {
  const [, year = '', month = '', day = '', time = ''] = /^(\d{4})-0?(\d+)-0?(\d+)T(.*)$/.exec(local) ?? [];
  return { day, month, year, time };
}

function boxesOf(sent: Body, name: 'due' | 'followUp'): MomentBoxes {
  return { day: sent[`${name}-day`], month: sent[`${name}-month`], year: sent[`${name}-year`], time: sent[`${name}-time`] };
}

/** `YYYY-MM-DDThh:mm`; empty when nothing was typed, undefined when that is no date with a time. */
function localOf(readDate: PagesNeeds['readDate'], boxes: MomentBoxes): string | undefined {
  if (Object.values(boxes).every((typedText) => typedText === '')) return '';
  const date = readDate(boxes);
  const time = boxes.time.replace('.', ':').padStart(5, '0');
  return date === undefined || !/^\d{2}:\d{2}$/.test(time) ? undefined : `${date}T${time}`;
}

function groupTick(id: string): string {
  return `group ${id}`;
}

function personTick(id: string): string {
  return `person ${id}`;
}

/** Only what differs from what the form showed: what others changed meanwhile stays. */
function read({ readDate }: Pick<PagesNeeds, 'readDate'>, sent: Body, task: TaskDetail, zone: string): { readonly change: TaskChange; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const wrong = (key: string, message: string): void => { errors.push({ key, target: key, message }); };
  const date = (key: 'due' | 'followUp', was: string, name: string): string | null | undefined => {
    const local = localOf(readDate, boxesOf(sent, key));
    if (local === was) return undefined;
    if (local === '') return null;
    const instant = local === undefined ? undefined : parseInstant(local, zone);
    if (instant === undefined) wrong(`${key}-day`, `${name} must be a date with a time, like 27 3 2027 and 16:30`);
    return instant;
  };
  const dueAt = date('due', sent.wasDue, 'Due');
  const followUpAt = date('followUp', sent.wasFollowUp, 'Follow-up');
  const priority = /^\d{1,3}$/.test(sent.priority) ? Number(sent.priority) : Infinity;
  if (priority > 100) wrong('priority', 'Priority must be a whole number from 0 to 100');
  const left = (tick: (id: string) => string, entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id).filter((id) => !sent.shown.includes(tick(id)) || sent.offered.includes(tick(id)));
  const added = (kept: readonly string[], id: string): string[] => [...new Set([...kept, ...(id === '' ? [] : [id])])];
  const candidateGroups = added(left(groupTick, task.candidateGroups), sent.addGroup);
  const candidateUsers = added(left(personTick, task.candidateUsers), sent.addPerson);
  if (sent.shown.length > 0 && candidateGroups.length + candidateUsers.length === 0) wrong('offered', 'Leave at least one group or person: else everybody is offered the task');
  if (sent.reason === '') wrong('reason', 'Give the reason for the change');
  return {
    errors,
    change: { candidateGroups, candidateUsers, ...(sent.priority !== sent.wasPriority && { priority }), ...(dueAt !== undefined && { dueAt }), ...(followUpAt !== undefined && { followUpAt }), reason: sent.reason },
  };
}

interface Named {
  readonly id: string;
  readonly name: string;
}

function byName(left: Named, right: Named): number {
  return left.name < right.name ? -1 : 1;
}

/** Units, posts and groups that are not offered it yet. */
function groupsBeside({ groups }: PagesNeeds, task: TaskDetail): Named[] {
  return groups().filter(({ id }) => !task.candidateGroups.some((group) => group.id === id)).map(({ id, title }) => ({ id, name: title })).sort(byName);
}

/** Whoever works on tasks and is not offered it by name yet. */
function peopleBeside({ directory, authorise }: PagesNeeds, task: TaskDetail): Named[] {
  return directory.people().filter((person) => person.active && authorise('list-tasks', person) === 'granted' && !task.candidateUsers.some(({ id }) => id === person.id))
    .map(({ id, name, postTitle }) => ({ id, name: postTitle === undefined || postTitle === name ? name : `${name}, ${postTitle}` })).sort(byName);
}
