/** The work list and the page of one task: claim, fill in, decide, save for later, give back. */
import { z } from 'zod';
import type { Formats } from '../../desk/format.ts';
import type { Shell } from '../../desk/layout.ts';
import { taskListFragment, taskListPage } from '../../desk/task-list.ts';
import type { TaskListPage } from '../../desk/task-list.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage, Context, PageAnswer, Session } from '../http/contract/bind.ts';
import { capacityFor } from '../http/contract/capacity.ts';
import { CaseId } from '../http/contract/common.ts';
import { HttpFailure } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { TaskResource } from '../http/contract/rules.ts';
import { TASK_VIEWS } from '../http/contract/tasks.ts';
import type { FormError, TaskDetail } from '../http/contract/tasks.ts';
import type { Person } from '../ports/directory.ts';
import { MOST_TYPED } from './drafts.ts';
import type { Drafts } from './drafts.ts';
import { enter, typedBody } from './enter.ts';
import { renderFailure } from './failure-pages.ts';
import type { DeskCompletion, PageContext, PagesNeeds, Typed } from './needs.ts';
import { attachmentErrors, handedInWith, heldAttachments } from './papers.ts';
import type { Frames } from './shell.ts';
import { TaskView } from './task-view.ts';
import { withTitles } from './titles.ts';

const params = z.object({ stream: CaseId, counter: z.string().regex(/^[1-9]\d{0,9}$/) });
const nothing = z.object({}).default({});
const at = '/tasks/:stream/:counter' as const;

const list = definePage({ name: 'tasks', method: 'get', path: '/tasks', access: 'list-tasks', query: z.object({ view: z.enum(TASK_VIEWS).catch('mine'), after: z.string().max(2_000).optional() }) });
const fragment = definePage({ ...list, name: 'tasks-list', path: '/tasks/list' });
const show = definePage({ name: 'task', method: 'get', path: at, access: 'read-task', params, query: z.object({ kept: z.string().max(200).optional() }) });
const claim = definePage({ name: 'claim-task', method: 'post', path: `${at}/claim`, access: 'work-tasks', params, body: nothing });
const release = definePage({ name: 'release-task', method: 'post', path: `${at}/release`, access: 'work-tasks', params, body: nothing });
const assign = definePage({ name: 'assign-task', method: 'post', path: `${at}/assign`, access: 'assign-tasks', params, body: z.object({ assignee: z.string().max(200).catch(''), reason: z.string().max(4_000).catch('') }) });
const delegate = definePage({ name: 'delegate-task', method: 'post', path: `${at}/delegate`, access: 'work-tasks', params, body: z.object({ to: z.string().max(200).catch(''), comment: z.string().max(4_000).catch('') }) });
const resolve = definePage({ name: 'resolve-task', method: 'post', path: `${at}/resolve`, access: 'work-tasks', params, body: z.object({ comment: z.string().max(20_000).catch('') }) });
const sendBack = definePage({ name: 'return-task', method: 'post', path: `${at}/return`, access: 'work-tasks', params, body: z.object({ to: z.string().max(200).catch(''), reason: z.string().max(20_000).catch('') }) });
// Public, because what was typed is kept when the session has ended; the handlers ask for session, token and rule themselves.
const complete = definePage({ name: 'complete-task', method: 'post', path: `${at}/complete`, access: 'public', params, body: typedBody, bodyLimit: MOST_TYPED, secrets: ['pin'] });
const draft = definePage({ name: 'draft-task', method: 'post', path: `${at}/draft`, access: 'public', params, body: typedBody, bodyLimit: MOST_TYPED, secrets: ['pin'] });

/** Tasks of colleagues shown below those a person holds. */
const BESIDE = 20;

interface At {
  readonly params: { readonly stream: string; readonly counter: string };
}

function pathOf({ stream, counter }: At['params']): string {
  return `/tasks/${stream}/${counter}`;
}

export function taskPages(needs: PagesNeeds, frames: Frames, formats: Formats, drafts: Drafts): BoundPage[] {
  const { tasks } = needs;
  const view = new TaskView(needs, frames, formats);
  const locate = (context: At): Promise<TaskResource> => tasks.book.resource(context.params.stream, Number(context.params.counter));
  const listed = async ({ query, person, now }: Pick<Context<typeof list>, 'query' | 'person' | 'now'>, shell: Shell): Promise<TaskListPage> => {
    const [page, counts] = await Promise.all([tasks.lists.list(query.view, person, now, query.after), tasks.lists.counts(person, now)]);
    const beside = query.view === 'mine' && query.after === undefined && counts.delegated > 0 ? await tasks.lists.list('delegated', person, now, undefined, BESIDE) : { items: [] };
    const next = page.next === undefined ? undefined : `/tasks?view=${query.view}&after=${encodeURIComponent(page.next)}`;
    const here = `/tasks/list?view=${query.view}${query.after === undefined ? '' : `&after=${encodeURIComponent(query.after)}`}`;
    // Who is offered a task, or did it, reads its case: the task itself shows them what it contains.
    const told = await withTitles(needs, [...page.items, ...beside.items], () => true);
    const [items, withOthers] = [told.slice(0, page.items.length), told.slice(page.items.length)];
    return { shell, formats, now, view: query.view, counts, items, withOthers, next, further: query.after !== undefined, me: person.id, fragment: here, rooms: frames.rooms(person), standsFor: person.standsFor ?? [] };
  };
  return [
    bindPage(list, async (context) => ({ html: taskListPage(await listed(context, await frames.shell(context, 'tasks', context.query.view === 'done'))) })),
    bindPage(fragment, async (context) => ({ html: taskListFragment(await listed(context, frames.bare(context, context.person))) })),
    bindPage(show, async (context) => {
      const page = pathOf(context.params);
      if (context.query.kept !== undefined) {
        await drafts.recover(context.query.kept, context.person.id, page);
        return { redirect: page };
      }
      const kept = await drafts.find(context.person.id, page);
      return view.render(context, context.params, context.resource, kept?.typed, [], kept?.at);
    }, locate),
    bindPage(claim, async (context) => orConflict(frames, context, async () => {
      const { params: task, meta } = context;
      const { position } = await tasks.verbs.claim(task.stream, Number(task.counter), meta);
      return { redirect: pathOf(task), position };
    }), locate),
    bindPage(release, async (context) => orConflict(frames, context, async () => {
      const { params: task, meta, person, now } = context;
      const { position } = await tasks.verbs.release(task.stream, Number(task.counter), meta);
      await frames.leaveFlash(person, now, { kind: 'success', title: 'The task was released', text: 'It waits again for those it is offered to.' });
      return { redirect: '/tasks', position };
    }), locate),
    bindPage(assign, async ({ params: task, body, meta, person, now }) => {
      const { position } = await tasks.verbs.assign(task.stream, Number(task.counter), body.assignee, body.reason.trim() || undefined, meta);
      await frames.leaveFlash(person, now, { kind: 'success', title: `The task was given to ${needs.directory.person(body.assignee)?.name ?? body.assignee}` });
      return { redirect: pathOf(task), position };
    }, locate),
    bindPage(delegate, async (context) => orConflict(frames, context, async () => {
      const { params: task, body, meta, person, now } = context;
      const { position } = await tasks.verbs.delegate(task.stream, Number(task.counter), body.to, body.comment, meta);
      await frames.leaveFlash(person, now, { kind: 'success', title: `${needs.directory.person(body.to)?.name ?? body.to} was asked to do the work`, text: 'The task comes back to you when it is handed back.' });
      return { redirect: '/tasks', position };
    }), locate),
    bindPage(resolve, async (context) => orConflict(frames, context, async () => {
      const { params: task, body, meta, person, now } = context;
      const { position } = await tasks.verbs.resolve(task.stream, Number(task.counter), {}, body.comment, meta);
      await frames.leaveFlash(person, now, { kind: 'success', title: 'The task was handed back' });
      return { redirect: '/tasks', position };
    }), locate),
    bindPage(sendBack, async (context) => {
      const { params: task, body, meta, person, now } = context;
      if (body.reason.trim() === '') return { ...await view.render(context, task, context.resource, undefined, [{ key: 'reason', target: 'return-reason', message: 'Give the reason for sending the case back' }]), status: 422 };
      const { position } = await tasks.verbs.return(task.stream, Number(task.counter), body.to, body.reason, meta);
      await drafts.drop(person.id, pathOf(task));
      await frames.leaveFlash(person, now, { kind: 'success', title: 'The case was sent back' });
      return { redirect: '/tasks', position };
    }, locate),
    ...typingPages(needs, frames, drafts, view, locate),
  ];
}

/** What `work` leads to; when somebody was faster, the page that says who, with the way to the case. */
async function orConflict(frames: Frames, context: At & { readonly requestId: string; readonly session: Session }, work: () => Promise<PageAnswer>): Promise<PageAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HttpFailure) || error.status !== 409) throw error;
    const way = { href: `/cases/${context.params.stream}`, text: 'See where the case is now' };
    return { html: renderFailure(frames, error, context, [way]), status: 409 };
  }
}

/** The two targets of the task's form: decide, and save for later. */
function typingPages(needs: PagesNeeds, frames: Frames, drafts: Drafts, view: TaskView, locate: (context: At) => Promise<TaskResource>): BoundPage[] {
  return [
    bindPage(complete, async (context) => {
      const task = context.params;
      const page = pathOf(task);
      const entered = await enter(needs, drafts, context, page, 'work-tasks', () => locate(context));
      if ('redirect' in entered) return entered;
      const inside = { ...context, ...entered };
      const detail = await needs.tasks.book.detail(task.stream, Number(task.counter), context.now);
      const read = await readDecision(needs, detail, context.body, entered.person.id, context.meta.idempotencyKey);
      const again = async (errors: readonly FormError[], status: number): Promise<PageAnswer> => ({ ...await view.render(inside, task, await locate(context), context.body, errors), status });
      // A task that somebody else has completed is told as such, whatever was typed.
      if (read.errors.length > 0 && detail.status === 'open') return again(read.errors, 422);
      const from = typeof capacityFor(entered.person, await locate(context)) === 'object' ? 'acting' : 'mine';
      return orConflict(frames, inside, async () => {
        try {
          const recorded = await needs.tasks.verbs.completeChecked(task.stream, Number(task.counter), read, context.meta);
          await drafts.drop(entered.person.id, page);
          await leaveNext(needs, frames, entered.person, context, detail, read.outcome, { ...recorded, view: from });
          return { redirect: from === 'mine' ? '/tasks' : `/tasks?view=${from}`, position: recorded.position };
        } catch (error) {
          const told = aboutPapers(error);
          if (told === undefined) throw error;
          return again([told.error], told.status);
        }
      });
    }),
    bindPage(draft, async (context) => {
      const page = pathOf(context.params);
      const byScript = context.body['auto'] !== undefined;
      // The script only wants to know whether it is saved; it has nowhere to go.
      if (byScript && context.session === undefined) return { html: '', status: 401 };
      const entered = await enter(needs, drafts, context, page, 'work-tasks', () => locate(context));
      if ('redirect' in entered) return entered;
      await drafts.save(entered.person.id, page, context.body);
      if (byScript) return { html: '' };
      await frames.leaveFlash(entered.person, context.now, { kind: 'success', title: 'Saved for later', text: 'Nothing was decided. Only you see what you typed.' });
      return { redirect: page };
    }),
  ];
}

interface Decision extends DeskCompletion {
  readonly errors: readonly FormError[];
}

/** Form, files, outcome, comment and PIN as they were sent. */
async function readDecision(needs: PagesNeeds, task: TaskDetail, typed: Typed, person: string, key: string | undefined): Promise<Decision> {
  const form = task.form === null ? undefined : await needs.forms.form(task.processId, task.version, task.form);
  const submission = form?.parse(typed, task.variables) ?? { values: {}, errors: [] };
  const comment = typeof typed['comment'] === 'string' ? typed['comment'].trim() : '';
  const chosen = task.outcomes.find((outcome) => outcome.value === typed['outcome']);
  const errors: FormError[] = [...submission.errors];
  if (chosen?.requiresComment === true && comment === '') errors.push({ key: 'comment', target: 'comment', message: `Give the reason for “${chosen.label}”` });
  if (chosen === undefined && task.outcomes.length > 0) errors.push({ key: 'decision', target: 'decision', message: 'Choose how the task ends' });
  const attachments = handedInWith(typed);
  const asked = task.attachments.map(({ kind, required, accept, maxBytes }) => ({ kind, required, accept: accept ?? undefined, maxBytes: maxBytes ?? undefined }));
  errors.push(...attachmentErrors(asked, await needs.attachments.check(person, key, asked, attachments, heldAttachments(task.variables))));
  const signs = task.signature !== null && (chosen?.requiresSignature ?? task.outcomes.length === 0);
  const [pin, shown] = [typed['pin'], typed['shown']].map((value) => (typeof value === 'string' ? value.trim() : '')) as [string, string];
  if (signs && shown === '') errors.push({ key: 'sign', target: 'sign', message: 'This decision needs your signature, and you cannot sign the document now' });
  else if (signs && pin === '') errors.push({ key: 'pin', target: 'pin', message: 'Enter your PIN to sign' });
  return { outcome: chosen?.value, variables: submission.values, comment, attachments, ...(signs && { signature: { sha256: shown, pin } }), errors };
}

/** What keeps the papers from being taken is said on the page of the task, with everything that was typed (but the PIN). */
function aboutPapers(error: unknown): { readonly error: FormError; readonly status: number } | undefined {
  if (!(error instanceof HttpFailure)) return undefined;
  const { code, status } = error;
  const told = (target: string, message: string): { readonly error: FormError; readonly status: number } => ({ error: { key: target, target, message }, status });
  if (code === 'TASK_DOCUMENT_CHANGED') return told('documents', 'The document was changed after you opened this page. Nothing was signed: read it as it is now, then decide');
  if (code === 'TASK_DOCUMENT_MISSING') return told('sign', 'The document is not in the case any more, so there is nothing to sign');
  if (code === 'TASK_ATTACHMENTS_INVALID') return told('', error.errors.map(({ detail }) => detail).join('; '));
  return code.startsWith('SIGNING_') ? told('pin', plainWords(error.message)) : undefined;
}

/** "Expected the PIN of ana, but it is another one; 2 tries are left" -> "The PIN is not right. Nothing was signed; 2 tries are left". */
function plainWords(message: string): string {
  const left = /(\d+) tries are left|(\d+) try is left/.exec(message);
  if (left !== null) return `The PIN is not right. Nothing was signed; ${left[0]}`;
  const reason = /^Expected .*?, but (.*)$/s.exec(message)?.[1] ?? message;
  return `Nothing was signed: ${reason}`;
}

/** Tells what was done and offers the next task one holds. */
async function leaveNext(needs: PagesNeeds, frames: Frames, person: Person, context: PageContext, done: TaskDetail, outcome: string | undefined, recorded: { readonly position: number; readonly signed?: string; readonly view: 'mine' | 'acting' }): Promise<void> {
  await needs.runtime.settled(recorded.position);
  const { items } = await needs.tasks.lists.list(recorded.view, person, context.now, undefined, 2);
  const next = items.find((item) => item.id !== done.id);
  const label = done.outcomes.find((candidate) => candidate.value === outcome)?.label;
  await frames.leaveFlash(person, context.now, {
    kind: 'success', title: `“${done.name}” is completed${label === undefined ? '' : `: ${label}`}`,
    // The receipt: by this hash the signed file can be told from any other, for ever.
    ...(recorded.signed !== undefined && { text: `You signed “${done.signature?.title ?? 'the document'}”. SHA-256 of the signed file: ${recorded.signed}` }),
    ...(next !== undefined && { link: { href: `/tasks/${next.id}`, text: `Next task: ${next.name}` } }),
  });
}
