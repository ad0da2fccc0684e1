/** One task: what it is, by when, who holds it, the form, the decision, the history of its case in words. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { Json } from '../engine/index.ts';
import type { FormView, TaskDetail, TaskOutcome } from '../server/http/contract/tasks.ts';
import { AttachmentFields } from './attachments.ts';
import type { AttachmentField } from './attachments.ts';
import { History, Answers } from './case.ts';
import type { Answer, HistoryEntry } from './case.ts';
import { ActionForm, Button, DueTag, ErrorSummary, HiddenFields, Icon, SummaryList } from './controls.ts';
import type { ButtonKind } from './controls.ts';
import { Delegate, HandBack } from './delegation.ts';
import { DocumentFrame, DocumentList, documentToRead, FoldedDocument } from './documents.ts';
import type { DocumentView } from './documents.ts';
import { FormFields } from './form.ts';
import type { Formats } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { SignatureFields } from './signing.ts';
import type { SignatureView } from './signing.ts';
import { caseReference } from './reference.ts';
import type { CaseTitle } from './reference.ts';
import { isUsual, priorityWords, starterOf } from './task-list.ts';

export interface TaskPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly now: string;
  readonly task: TaskDetail;
  readonly title: CaseTitle;
  readonly me: string;
  /** Whom this person stands in for on this task; `until`: the last day, YYYY-MM-DD. */
  readonly onBehalfOf: { readonly id: string; readonly name: string; readonly until: string } | undefined;
  /** The person may claim it: it is open, free and offered to them. */
  readonly mayClaim: boolean;
  /** The model does not let this person do it, and says why. */
  readonly mayNot: string | undefined;
  readonly documentation: string;
  readonly form: FormView | undefined;
  /** What was typed besides the form. */
  readonly comment: string;
  readonly outcome: string | undefined;
  readonly errors: readonly { readonly target: string; readonly message: string }[];
  /** A draft is shown; when it was kept. */
  readonly draftFrom: string | undefined;
  readonly answers: readonly Answer[];
  readonly history: readonly HistoryEntry[];
  readonly documents: readonly DocumentView[];
  /** Undefined when nothing is signed with this task. */
  readonly signature: SignatureView | undefined;
  readonly attachments: readonly AttachmentField[];
  /** Rooms of the live connection that tell when the task changes. */
  readonly rooms: readonly string[];
  /** The person may change to whom, by when and how urgently it is offered. */
  readonly mayChange: boolean;
  readonly colleagues: readonly { readonly id: string; readonly name: string }[];
  /** What a colleague was asked to do with it, where that was said. */
  readonly asked: string | undefined;
  /** Whom the holder may ask to do the work. */
  readonly helpers: readonly { readonly id: string; readonly name: string }[];
}

export function taskPage(page: TaskPage): string {
  const { task, shell } = page;
  const islands = [...(task.status === 'open' ? ['task-watch'] : []), ...(page.attachments.length > 0 ? ['upload'] : [])];
  return renderPage({ title: `${task.name} – ${caseReference({ ...page.title, stream: task.stream })}`, shell, failed: page.errors.length > 0, islands }, [
    h('a', { href: '/tasks', class: 'govuk-back-link', 'data-back-to-list': '' }, 'Back to tasks'),
    h(ErrorSummary, { errors: page.errors }),
    h(Heading, { page }),
    h(Watch, { page }),
    h(StandsIn, { page }),
    h(Sections, { page }),
    h('div', { class: 'desk-split' },
      h('div', { class: 'desk-split__main' },
        page.documents.length === 0 ? null : h(Documents, { page }),
        h('section', { id: 'work' }, page.documents.length === 0 ? null : h('h2', { class: 'govuk-heading-m' }, task.status === 'open' ? 'Your part' : 'How it ended'), h(Work, { page }))),
      h('aside', { class: 'desk-split__side', 'aria-label': 'About the case' },
        h('section', { id: 'case-data' }, h('h2', { class: 'govuk-heading-m' }, 'Case data'), h(Answers, { answers: page.answers.filter((answer) => answer.asked && isGiven(answer.value)), formats: page.formats })),
        h('section', { id: 'history' }, h('h2', { class: 'govuk-heading-m' }, 'History'), h(History, { entries: page.history.filter((entry) => entry.weight === 'main'), formats: page.formats }),
          h('p', { class: 'desk-more' }, h('a', { class: 'govuk-link', href: `/cases/${task.stream}` }, 'The whole history and all steps'))))),
  ]);
}

/** Beside a task only what was filled in is told; the page of the case tells what was left open, too. */
function isGiven(value: Json): boolean {
  return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** The ways to the parts of a long page. */
function Sections({ page }: { readonly page: TaskPage }): JSX.Element | null {
  if (page.documents.length === 0) return null;
  const parts = [['documents', `Documents (${String(page.documents.length)})`], ['work', page.task.status === 'open' ? 'Your part' : 'How it ended'], ['case-data', 'Case data'], ['history', 'History']] as const;
  return h('nav', { class: 'desk-jump', 'aria-label': 'On this page' }, h('ul', { class: 'desk-jump__list' }, parts.map(([id, text]) => h('li', { key: id }, h('a', { class: 'govuk-link govuk-link--no-visited-state desk-jump__link', href: `#${id}` }, text)))));
}

/** A list, and one to read on the page: what is to be signed lies open, and what waits to be judged; anything else is folded. */
function Documents({ page }: { readonly page: TaskPage }): JSX.Element {
  const { documents, signature, formats, task } = page;
  const toRead = task.status === 'open' ? documentToRead(documents) : undefined;
  const frame = task.status !== 'open' ? null
    : signature?.document !== undefined ? h(DocumentFrame, { document: signature.document })
      : toRead === undefined ? null : h(FoldedDocument, { document: toRead, open: toRead.state === 'generated' && holds(page) });
  return h('section', { id: 'documents' }, h('h2', { class: 'govuk-heading-m' }, 'Documents'),
    h(DocumentList, { documents, formats }), frame);
}

/** Whether the person at this page works on the task now, in their own right or as a deputy. */
function holds({ task, me, onBehalfOf }: TaskPage): boolean {
  return task.assignee !== null && (task.assignee.id === me || task.assignee.id === onBehalfOf?.id);
}

function StandsIn({ page }: { readonly page: TaskPage }): JSX.Element | null {
  const { onBehalfOf, formats } = page;
  if (onBehalfOf === undefined) return null;
  return h('div', { class: 'desk-stands-in' }, h(Icon, { name: 'person' }), h('p', null, h('strong', null, `You stand in for ${onBehalfOf.name}`), ` until ${formats.value({ $: 'date', v: onBehalfOf.until })}. What you do here is kept with both names${page.signature === undefined ? '' : '; the signature is your own'}.`));
}

/** Where the island says that somebody else has taken or completed the task meanwhile. */
function Watch({ page }: { readonly page: TaskPage }): JSX.Element | null {
  const { task, me } = page;
  if (task.status !== 'open') return null;
  return h('div', { class: 'desk-watch', role: 'status', 'data-task-watch': task.id, 'data-holder': task.assignee?.id ?? '', 'data-me': me, 'data-rooms': page.rooms.join(' ') });
}

function Heading({ page }: { readonly page: TaskPage }): JSX.Element {
  const { task, formats, now } = page;
  const starter = starterOf(task);
  const due = task.dueAt === null ? 'No due date' : task.status === 'open' ? h(DueTag, { due: formats.due(task.dueAt, now), date: formats.moment(task.dueAt) }) : formats.moment(task.dueAt);
  return h('div', { class: 'desk-heading' },
    h('span', { class: 'govuk-caption-l' }, task.processName),
    h('h1', { class: 'govuk-heading-l' }, task.name),
    h(SummaryList, { rows: [
      { name: 'Case', value: [h('a', { class: 'govuk-link govuk-link--no-visited-state', href: `/cases/${task.stream}` }, caseReference({ ...page.title, stream: task.stream })), starter === undefined ? null : ` from ${starter}`, page.title.subject === null ? null : h('span', { class: 'desk-sub' }, page.title.subject)] },
      { name: 'Due', value: due },
      ...(task.followUpAt === null ? [] : [{ name: 'Follow-up', value: formats.moment(task.followUpAt) }]),
      ...(isUsual(task.priority) ? [] : [{ name: 'Priority', value: priorityWords(task.priority) }]),
      { name: task.status === 'open' ? 'Held by' : 'State', value: h(Holder, { page }) },
    ] }),
    page.mayChange ? h('p', { class: 'desk-more' }, h('a', { class: 'govuk-link', href: `/tasks/${task.id}/change` }, 'Change dates, priority or whom it is offered to')) : null);
}

function Holder({ page }: { readonly page: TaskPage }): JSX.Element {
  const { task, me, formats } = page;
  if (task.done !== undefined) return h('span', null, `${task.done.outcomeLabel ?? 'Completed'}, by ${task.done.person.name} on ${formats.moment(task.done.at)}`);
  if (task.status === 'canceled') return h('span', null, 'No longer needed');
  if (task.assignee === null) return h('span', null, 'Nobody yet; offered to ', [...task.candidateGroups, ...task.candidateUsers].map((candidate) => candidate.name).join(', ') || 'everybody');
  return h('span', { class: 'desk-holder' }, h(Icon, { name: 'person' }), task.assignee.id === me ? 'You' : task.assignee.name);
}

function Work({ page }: { readonly page: TaskPage }): ComponentChildren {
  const { task, shell, onBehalfOf } = page;
  const documentation = page.documentation === '' ? null : h('p', { class: 'govuk-body desk-lines desk-instructions' }, page.documentation);
  if (task.status !== 'open') return [documentation, h(Over, { page })];
  const mine = holds(page);
  const action = `/tasks/${task.id}`;
  if (mine && task.delegatedBy !== null) return [documentation, h(HandBack, { action, keys: shell.keys, owner: task.delegatedBy.name, asked: page.asked })];
  if (mine && page.mayNot !== undefined) return [documentation, h('div', { class: 'govuk-inset-text' }, page.mayNot), h(Further, { page })];
  if (mine) return [documentation, h(CompleteForm, { page }), h(Further, { page }), h(Delegate, { action, keys: shell.keys, helpers: page.helpers })];
  const invitation = page.mayNot !== undefined ? h('div', { class: 'govuk-inset-text' }, page.mayNot)
    : page.mayClaim ? h('div', { class: 'desk-claim' }, h('p', null, onBehalfOf === undefined ? 'Claim this task to work on it. Nobody else can complete it while you hold it.' : `Claim this task to work on it for ${onBehalfOf.name}, who holds it then. What is not done when you stop standing in stays with them.`), h(ActionForm, { action: `${action}/claim`, text: onBehalfOf === undefined ? 'Claim this task' : `Claim for ${onBehalfOf.name}`, csrf: shell.keys, name: 'claim' }))
      : h('div', { class: 'govuk-inset-text' }, heldByOthers(page));
  return [documentation, invitation, page.form === undefined ? null : h('section', { class: 'desk-preview' }, h('h2', { class: 'govuk-heading-m' }, 'What the task asks for'), h(Preview, { form: page.form, page })), h(Assign, { page })];
}

function heldByOthers({ task, me, formats }: TaskPage): string {
  if (task.assignee === null) return 'This task is offered to others; you can read it.';
  if (task.delegated?.by.id !== me) return `${task.assignee.name} holds this task; you can read it.`;
  return `${task.assignee.name} has this task since ${formats.date(task.delegated.at)}, because you asked for its work. You can read it; it comes back to you when it is handed back.`;
}

/** The labels of a form nobody may fill in yet. */
function Preview({ form, page }: { readonly form: FormView; readonly page: TaskPage }): JSX.Element {
  const labels: { readonly name: string; readonly value: ComponentChildren }[] = [];
  const walk = (items: FormView['items']): void => {
    for (const item of items) {
      if (item.kind === 'group' || item.kind === 'row') walk(item.items);
      else if (item.kind === 'answer') labels.push({ name: item.label, value: h('span', { class: 'desk-lines' }, page.formats.value(item.value)) });
      else if ('label' in item) labels.push({ name: item.label, value: h('span', { class: 'desk-muted' }, item.required ? 'To be filled in' : 'To be filled in, optional') });
    }
  };
  walk(form.items);
  return h(SummaryList, { rows: labels });
}

function Over({ page }: { readonly page: TaskPage }): JSX.Element {
  const { task } = page;
  const text = task.done === undefined ? 'A deadline, a message or another decision ended this task. The history says which.'
    : `${task.done.person.id === page.me ? 'You have' : `${task.done.person.name} has`} completed this task.`;
  return h('div', { class: 'govuk-inset-text' }, h('p', null, text),
    h('p', null, h('a', { class: 'govuk-link', href: `/cases/${task.stream}` }, 'See where the case is now'), ' or ', h('a', { class: 'govuk-link', href: '/tasks' }, 'go to your tasks'), '.'));
}

const KINDS: Readonly<Record<string, ButtonKind>> = { approve: 'primary', return: 'secondary', forward: 'secondary', refuse: 'warning' };

function CompleteForm({ page }: { readonly page: TaskPage }): JSX.Element {
  const { task, shell, form, formats } = page;
  const outcomes: readonly TaskOutcome[] = task.outcomes;
  const needing = outcomes.filter((outcome) => outcome.requiresComment);
  // The one way forward is the main button; between several the page takes no side.
  const forward = outcomes.filter((outcome) => outcome.kind === 'forward');
  const main = forward.length === 1 && !outcomes.some((outcome) => outcome.kind === 'approve') ? forward[0] : undefined;
  const commentError = page.errors.find((error) => error.target === 'comment');
  return h('form', { method: 'post', action: `/tasks/${task.id}/complete`, noValidate: true, class: 'desk-form', 'data-draft': `/tasks/${task.id}/draft` },
    h(HiddenFields, { csrf: shell.keys, name: 'complete', values: { person: page.me, token: shell.keys.csrf } }),
    // Enter in a text box presses the first button of a form: that must never be a decision.
    h('button', { type: 'submit', hidden: true, formAction: `/tasks/${task.id}/draft` }, 'Save for later'),
    page.draftFrom === undefined ? null : h('p', { class: 'desk-draft' }, h(Icon, { name: 'clock' }), `What you typed was kept on ${formats.moment(page.draftFrom)}.`),
    form === undefined ? null : h(FormFields, { items: form.items, formats }),
    h(AttachmentFields, { fields: page.attachments, errors: page.errors }),
    h('div', { class: `govuk-form-group${commentError === undefined ? '' : ' govuk-form-group--error'}` },
      h('label', { class: 'govuk-label', for: 'comment' }, 'Comment', needing.length > 0 && needing.length === outcomes.length ? null : h('span', { class: 'desk-optional' }, ' (optional)')),
      h('div', { class: 'govuk-hint', id: 'comment-hint' }, needing.length === 0 ? 'It is kept in the history of the case.' : `It is kept in the history of the case. Give the reason for: ${needing.map((outcome) => outcome.label).join(', ')}.`),
      commentError === undefined ? null : h('p', { class: 'govuk-error-message', id: 'comment-error' }, h('span', { class: 'govuk-visually-hidden' }, 'Error: '), commentError.message),
      h('textarea', { class: `govuk-textarea${commentError === undefined ? '' : ' govuk-textarea--error'}`, id: 'comment', name: 'comment', rows: 3, 'aria-describedby': `comment-hint${commentError === undefined ? '' : ' comment-error'}` }, page.comment)),
    page.signature === undefined ? null : h(SignatureFields, { signature: page.signature, outcomes, errors: page.errors }),
    h('div', { class: 'desk-decision', role: 'group', 'aria-label': 'Decision', id: 'decision' },
      outcomes.length === 0 ? h(Button, { text: page.signature === undefined ? 'Complete task' : 'Sign and complete', icon: page.signature === undefined ? undefined : 'sign' })
        : outcomes.map((outcome) => h(Button, { text: outcome.label, kind: outcome === main ? 'primary' : KINDS[outcome.kind] ?? 'secondary', name: 'outcome', value: outcome.value, key: outcome.value, icon: outcome.requiresSignature ? 'sign' : undefined })),
      h('button', { type: 'submit', class: 'govuk-button desk-button--plain', formAction: `/tasks/${task.id}/draft` }, 'Save for later'),
      h('span', { class: 'desk-saved', role: 'status', 'data-draft-state': '' })));
}

/** What else can be done with a task one holds. */
function Further({ page }: { readonly page: TaskPage }): JSX.Element {
  const { task, shell } = page;
  const back = task.outcomes.some((outcome) => outcome.kind === 'return') ? [] : task.returnTargets;
  return h('details', { class: 'govuk-details desk-further' },
    h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, 'Give the task back or send it back')),
    h('div', { class: 'govuk-details__text' },
      h('p', null, 'Release it when a colleague should do it. It goes back to ', [...task.candidateGroups, ...task.candidateUsers].map((candidate) => candidate.name).join(', ') || 'everybody', '; what you saved stays with you.'),
      h(ActionForm, { action: `/tasks/${task.id}/release`, text: 'Release this task', kind: 'secondary', csrf: shell.keys, name: 'release' }),
      back.length === 0 ? null : h('form', { method: 'post', action: `/tasks/${task.id}/return`, class: 'desk-form' },
        h(HiddenFields, { csrf: shell.keys, name: 'return' }),
        h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'return-to' }, 'Send the case back to'),
          h('select', { class: 'govuk-select', id: 'return-to', name: 'to' }, back.map((target) => h('option', { value: target.elementId, key: target.elementId }, target.name)))),
        h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'return-reason' }, 'Reason'),
          h('textarea', { class: 'govuk-textarea', id: 'return-reason', name: 'reason', rows: 2, required: true })),
        h(Button, { text: 'Send back', kind: 'secondary' }))));
}

/** For those who may give tasks to people. */
function Assign({ page }: { readonly page: TaskPage }): JSX.Element | null {
  const { task, shell, colleagues } = page;
  if (colleagues.length === 0) return null;
  return h('details', { class: 'govuk-details desk-further' },
    h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, 'Give this task to somebody')),
    h('form', { method: 'post', action: `/tasks/${task.id}/assign`, class: 'govuk-details__text' },
      h(HiddenFields, { csrf: shell.keys, name: 'assign' }),
      h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'assignee' }, 'Person'),
        h('select', { class: 'govuk-select', id: 'assignee', name: 'assignee' }, colleagues.map((person) => h('option', { value: person.id, key: person.id }, person.name)))),
      h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'assign-reason' }, 'Reason', h('span', { class: 'desk-optional' }, ' (optional)')),
        h('input', { class: 'govuk-input', id: 'assign-reason', name: 'reason', type: 'text' })),
      h(Button, { text: 'Assign', kind: 'secondary' })));
}
