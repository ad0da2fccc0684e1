/** The work list of an officer: views with counts, tasks by due date, a table that becomes cards on a narrow screen. */
import { h } from 'preact';
import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { TaskCounts, TaskSummary, TaskView } from '../server/http/contract/tasks.ts';
import { ActionForm, DueTag, Icon } from './controls.ts';
import type { Formats } from './format.ts';
import { Count, renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { caseReference } from './reference.ts';
import type { CaseTitle } from './reference.ts';

/** A task with what its case is called. */
export type ListedTask = TaskSummary & CaseTitle;

export interface TaskListPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly now: string;
  readonly view: TaskView;
  readonly counts: TaskCounts;
  readonly items: readonly ListedTask[];
  /** On the first page of what a person holds: the first tasks a colleague does for them. */
  readonly withOthers: readonly ListedTask[];
  /** Address of the next page; absent on the last. */
  readonly next: string | undefined;
  /** Not the first page. */
  readonly further: boolean;
  readonly me: string;
  /** Whom this person stands in for; `until`: the last day, YYYY-MM-DD. */
  readonly standsFor: readonly { readonly name: string; readonly until: string }[];
  /** Address of the list alone, as it is now. */
  readonly fragment: string;
  /** Rooms of the live connection that tell when it changes. */
  readonly rooms: readonly string[];
}

const VIEWS: readonly { readonly view: TaskView; readonly name: string; readonly heading: string; readonly means: string }[] = [
  { view: 'mine', name: 'Mine', heading: 'My tasks', means: 'tasks held by you' },
  { view: 'delegated', name: 'With others', heading: 'Tasks with others', means: 'tasks a colleague does for you' },
  { view: 'groups', name: 'My groups', heading: 'Tasks of my groups', means: 'tasks waiting in your groups' },
  { view: 'acting', name: 'As deputy', heading: 'Tasks I may do as a deputy', means: 'tasks of those you stand in for' },
  { view: 'overdue', name: 'Overdue', heading: 'Overdue tasks', means: 'tasks overdue' },
  { view: 'done', name: 'Done', heading: 'Tasks I have done', means: '' },
];

export function taskListPage(page: TaskListPage): string {
  const current = headingOf(page.view);
  return renderPage({ title: current.heading, shell: page.shell, islands: ['inbox'] }, [
    h('h1', { class: 'govuk-heading-l' }, current.heading),
    h('p', { class: 'desk-news', role: 'status', 'data-inbox-news': '' }),
    h(List, { page }),
  ]);
}

/** The list alone, for the island that keeps it up to date. */
export function taskListFragment(page: TaskListPage): string {
  return renderToString(h(List, { page }));
}

function headingOf(view: TaskView): (typeof VIEWS)[number] {
  return VIEWS.find((candidate) => candidate.view === view)!;
}

function List({ page }: { readonly page: TaskListPage }): JSX.Element {
  const current = headingOf(page.view);
  return h('div', { 'data-inbox': page.fragment, 'data-rooms': page.rooms.join(' ') },
    h('nav', { class: 'desk-tabs', 'aria-label': 'Work lists' },
      h('ul', { class: 'desk-tabs__list' }, VIEWS.filter(({ view }) => isOfUse(view, page)).map((tab) => h('li', { key: tab.view }, h(Tab, { tab, page }))))),
    page.view === 'acting' ? h(StandsFor, { page }) : null,
    page.items.length === 0 ? h(Empty, { page }) : h(Table, { page, caption: current.heading }),
    h(WithOthers, { page }),
    h('div', { class: 'desk-pages' },
      page.further ? h('a', { class: 'govuk-link', href: `/tasks?view=${page.view}` }, 'Back to the first page') : null,
      page.next === undefined ? null : h('a', { class: 'govuk-link', href: page.next, rel: 'next' }, 'Next page')));
}

/** Most people stand in for nobody, and have asked nobody to do their work. */
function isOfUse(view: TaskView, page: TaskListPage): boolean {
  if (view === page.view) return true;
  if (view === 'acting') return page.standsFor.length > 0;
  return view !== 'delegated' || page.counts.delegated > 0;
}

/** What others do for this person, who stays answerable for it: below what they hold. */
function WithOthers({ page }: { readonly page: TaskListPage }): JSX.Element | null {
  const { withOthers: items, counts } = page;
  if (items.length === 0) return null;
  return h('section', { class: 'desk-group-list', 'aria-labelledby': 'with-others' },
    h('h2', { class: 'govuk-heading-m', id: 'with-others' }, 'With others'),
    h('p', { class: 'desk-lead' }, 'A colleague does the work, and you answer for it. The task comes back to you when it is handed back.'),
    h(Table, { page: { ...page, view: 'delegated', items }, caption: 'Tasks with others' }),
    counts.delegated <= items.length ? null : h('p', null, h('a', { class: 'govuk-link', href: '/tasks?view=delegated' }, `All ${String(counts.delegated)} tasks with others`)));
}

function Tab({ tab, page }: { readonly tab: (typeof VIEWS)[number]; readonly page: TaskListPage }): JSX.Element {
  const current = tab.view === page.view;
  const count = tab.view === 'done' ? undefined : page.counts[tab.view];
  return h('a', { href: `/tasks?view=${tab.view}`, class: `desk-tabs__tab${current ? ' desk-tabs__tab--current' : ''}${tab.view === 'overdue' && count !== undefined && count > 0 ? ' desk-tabs__tab--late' : ''}`, ...(current && { 'aria-current': 'page' }) },
    tab.name, count === undefined ? null : h(Count, { count, live: tab.view, means: tab.means }));
}

function StandsFor({ page }: { readonly page: TaskListPage }): JSX.Element | null {
  const { standsFor, formats } = page;
  if (standsFor.length === 0) return null;
  return h('p', { class: 'desk-lead' }, `You stand in for ${standsFor.map(({ name, until }) => `${name} until ${formats.value({ $: 'date', v: until })}`).join(', and for ')}. Every act is kept with both names.`);
}

function Empty({ page }: { readonly page: TaskListPage }): JSX.Element {
  const { counts } = page;
  const waiting = counts.groups === 0 ? undefined : h('p', null, h('a', { class: 'govuk-link', href: '/tasks?view=groups' }, counts.groups === 1 ? 'One task waits in your groups' : `${String(counts.groups)} tasks wait in your groups`));
  const texts: Readonly<Record<TaskView, readonly [string, string]>> = {
    mine: ['You hold no tasks', 'Tasks appear here when you claim them, or when somebody assigns them to you.'],
    delegated: ['No task is with a colleague', 'When you ask a colleague to do the work of a task, it stays listed here until it is handed back.'],
    groups: ['No tasks wait in your groups', 'Tasks appear here when a case reaches a step your post or unit is responsible for.'],
    acting: page.standsFor.length === 0 ? ['You stand in for nobody', 'Tasks of an absent colleague appear here while you are their deputy.'] : ['Nothing waits for you as a deputy', 'Tasks of those you stand in for appear here when they hold them or are offered them.'],
    overdue: ['Nothing is overdue', 'Tasks of yours and of your groups appear here when their due date has passed.'],
    done: ['You have not completed any task yet', 'Every task you complete, or a deputy completes for you, stays listed here with its outcome, newest first.'],
  };
  const [title, text] = texts[page.view];
  return h('div', { class: 'desk-empty' }, h(Icon, { name: page.view === 'overdue' ? 'done' : page.view === 'groups' ? 'group' : 'person' }),
    h('h2', { class: 'govuk-heading-m' }, title), h('p', null, text), page.view === 'mine' ? waiting : null);
}

function Table({ page, caption }: { readonly page: TaskListPage; readonly caption: string }): JSX.Element {
  const done = page.view === 'done';
  const heads = done ? ['Task', 'Case', 'Outcome', 'Completed'] : ['Task', 'Case', 'Due', page.view === 'mine' ? 'Offered to' : page.view === 'delegated' ? 'With' : 'Held by', ...(page.view === 'mine' ? [] : ['Action'])];
  return h('table', { class: 'govuk-table desk-table', role: 'table' },
    h('caption', { class: 'govuk-visually-hidden' }, `${caption}, ${done ? 'newest first' : 'by due date'}`),
    h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' }, heads.map((head) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: head }, head)))),
    h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, page.items.map((task) => (done ? h(DoneRow, { task, page, key: task.id }) : h(OpenRow, { task, page, key: task.id })))));
}

/** On narrow screens the head row is gone and every cell says its own name; the roles keep it a table for those who hear it. */
function cell(name: string, ...children: (JSX.Element | string | null)[]): JSX.Element {
  return h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': name }, h('div', null, ...children));
}

function TaskCell({ task, me }: { readonly task: TaskSummary; readonly me: string }): JSX.Element {
  return h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' },
    h('a', { class: 'govuk-link desk-table__link', href: `/tasks/${task.id}` }, task.name),
    h('span', { class: 'desk-sub' }, task.processName),
    task.done !== undefined || isUsual(task.priority) ? null : h('span', { class: 'desk-sub' }, `Priority ${priorityWords(task.priority)}`),
    task.onBehalfOf === undefined ? null : h('span', { class: 'desk-for' }, h(Icon, { name: 'person' }), task.onBehalfOf.id === me ? `by ${task.done?.person.name ?? ''} for you` : `for ${task.onBehalfOf.name}`));
}

/** What the case is called and about; without a subject, whom it comes from. */
function CaseCell({ task, since }: { readonly task: ListedTask; readonly since: string }): JSX.Element {
  const about = task.subject ?? (starterOf(task) === undefined ? since : `from ${starterOf(task)!}`);
  return cell('Case', h('a', { class: 'govuk-link govuk-link--no-visited-state', href: `/cases/${task.stream}` }, caseReference(task)), about === '' ? null : h('span', { class: 'desk-sub' }, about));
}

/** Most tasks have it, and nobody needs to be told. */
const USUAL = 50;

export function isUsual(priority: number): boolean {
  return priority === USUAL;
}

/** "80, higher than usual". */
export function priorityWords(priority: number): string {
  return `${String(priority)}, ${priority > USUAL ? 'higher' : 'lower'} than usual`;
}

/** Who started the case, where that was a person. */
export function starterOf({ startedBy }: Pick<TaskSummary, 'startedBy'>): string | undefined {
  return startedBy === null || startedBy.id === 'system' ? undefined : startedBy.name;
}

function OpenRow({ task, page }: { readonly task: ListedTask; readonly page: TaskListPage }): JSX.Element {
  const { formats, now, view, shell } = page;
  const free = task.assignee === null;
  return h('tr', { class: `govuk-table__row${task.overdue ? ' desk-table__row--late' : ''}`, role: 'row', 'data-task': task.id },
    h(TaskCell, { task, me: page.me }),
    h(CaseCell, { task, since: `since ${formats.date(task.createdAt)}` }),
    cell('Due', task.dueAt === null ? h('span', { class: 'desk-muted' }, 'No due date') : h(DueTag, { due: formats.due(task.dueAt, now), date: formats.date(task.dueAt) }),
      task.followUpAt === null ? null : h('span', { class: 'desk-sub' }, `Follow-up ${formats.date(task.followUpAt)}`)),
    view === 'mine' ? cell('Offered to', isForAll(task) ? 'You' : offeredTo(task)) : h(HolderCell, { task, page }),
    view === 'mine' ? null : cell('Action', free
      ? h(ActionForm, { action: `/tasks/${task.id}/claim`, text: 'Claim', heard: task.onBehalfOf === undefined ? undefined : `for ${task.onBehalfOf.name}`, kind: 'secondary', csrf: shell.keys, name: `claim-${task.id}` })
      : h('a', { class: 'govuk-link', href: `/tasks/${task.id}` }, 'Open', h('span', { class: 'govuk-visually-hidden' }, ` ${task.name}, ${caseReference(task)}`))));
}

function HolderCell({ task, page }: { readonly task: ListedTask; readonly page: TaskListPage }): JSX.Element {
  const name = page.view === 'delegated' ? 'With' : 'Held by';
  if (task.assignee === null) return cell(name, h('span', { class: 'desk-muted' }, `Nobody – ${offeredTo(task)}`));
  const asked = task.delegated?.by.id === page.me ? h('span', { class: 'desk-sub' }, `since ${page.formats.date(task.delegated.at)}`) : null;
  return cell(name, task.assignee.id === page.me ? 'You' : task.assignee.name, asked);
}

function DoneRow({ task, page }: { readonly task: ListedTask; readonly page: TaskListPage }): JSX.Element {
  return h('tr', { class: 'govuk-table__row', role: 'row' },
    h(TaskCell, { task, me: page.me }),
    h(CaseCell, { task, since: '' }),
    cell('Outcome', task.done?.outcomeLabel ?? 'Completed'),
    cell('Completed', page.formats.moment(task.done?.at ?? task.createdAt)));
}

/** The model names nobody: who holds it was given it, and only when released is it everybody's. */
function isForAll(task: TaskSummary): boolean {
  return task.candidateGroups.length + task.candidateUsers.length === 0;
}

function offeredTo(task: TaskSummary): string {
  const names = [...task.candidateGroups, ...task.candidateUsers].map((candidate) => candidate.name);
  return names.length === 0 ? 'Everybody' : names.join(', ');
}
