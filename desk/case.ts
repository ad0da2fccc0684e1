/** A case: its state, where it is now in words, its steps, its history with who and when, its data in a readable list. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Json } from '../engine/index.ts';
import { DueTag, Icon, SummaryList } from './controls.ts';
import type { IconName } from './controls.ts';
import { ManageCase } from './manage-case.ts';
import type { ManageCaseView } from './manage-case.ts';
import { DocumentList } from './documents.ts';
import type { DocumentView } from './documents.ts';
import { Record } from './files.ts';
import type { FiledView } from './files.ts';
import type { Formats } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { caseReference } from './reference.ts';
import type { CaseTitle } from './reference.ts';

export type CaseStatus = 'active' | 'completed' | 'terminated' | 'failed';

/** One thing the case holds, with the label of the form field it was typed into. */
export interface Answer {
  readonly label: string;
  readonly value: Json;
  /** A form asks for it; what no form knows is of the machinery and stands apart. */
  readonly asked: boolean;
}

/** One sentence of the history. `quote` is what a person wrote; `details`: how a decision came about, one sentence each. */
export interface HistoryEntry {
  readonly at: string;
  readonly text: string;
  readonly who: string | undefined;
  readonly quote: string | undefined;
  readonly details?: readonly string[];
  /** What is worth seeing at once: decisions and what people did. */
  readonly weight: 'main' | 'side';
}

/** Where the case waits now. */
export interface Place {
  readonly text: string;
  readonly with: string | undefined;
  readonly dueAt: string | undefined;
  /** When it goes on by itself, an instant. */
  readonly until: string | undefined;
  readonly href: string | undefined;
  readonly trouble: boolean;
}

export interface OutlineStep {
  readonly name: string;
  readonly by: string | undefined;
  readonly state: 'done' | 'current' | 'ahead';
  /** How often it was done. */
  readonly times: number;
  readonly depth: number;
}

export interface CasePage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly now: string;
  readonly case: CaseTitle & { readonly stream: string; readonly processName: string; readonly version: number; readonly status: CaseStatus; readonly startedBy: string; readonly startedAt: string; readonly endedAt: string | undefined };
  readonly places: readonly Place[];
  /** Who let the case stand still, and when; undefined while it goes on. `reason` for who may read what people wrote. */
  readonly standsStill: { readonly by: string; readonly at: string; readonly reason: string | undefined } | undefined;
  readonly outline: readonly OutlineStep[];
  readonly history: readonly HistoryEntry[];
  /** Undefined when this person may see that the case exists, not what people wrote in it. */
  readonly answers: readonly Answer[] | undefined;
  readonly documents: readonly DocumentView[];
  /** What of it was put on a file. */
  readonly filed: readonly FiledView[];
  /** What this person may do with the case by hand; undefined for who may do nothing. */
  readonly manage: ManageCaseView | undefined;
  /** Cases that belong together with this one, as far as this person may see them. */
  readonly related: readonly RelatedCase[];
  /** Address of the case alone, as it is now. */
  readonly fragment: string;
  /** Rooms of the live connection that tell when it changes. */
  readonly rooms: readonly string[];
}

export interface RelatedCase {
  readonly stream: string;
  readonly reference: string | null;
  readonly processName: string;
  readonly status: CaseStatus;
}

export const STATUS_WORDS: Readonly<Record<CaseStatus, { readonly text: string; readonly tag: string }>> = {
  active: { text: 'In progress', tag: 'govuk-tag--turquoise' },
  completed: { text: 'Completed', tag: 'govuk-tag--green' },
  terminated: { text: 'Ended early', tag: 'govuk-tag--grey' },
  failed: { text: 'Ended by an error', tag: 'govuk-tag--red' },
};

export function StatusTag({ status }: { readonly status: CaseStatus }): JSX.Element {
  const words = STATUS_WORDS[status];
  return h('strong', { class: `govuk-tag ${words.tag}` }, words.text);
}

export function casePage(page: CasePage): string {
  return renderPage({ title: caseReference(page.case), shell: page.shell, ...(page.case.status === 'active' && { islands: ['case-watch'] }) }, [
    h('div', { class: 'desk-watch', role: 'status', 'data-case-news': '' }),
    h(Content, { page }),
  ]);
}

/** The case alone, for the island that keeps it up to date. */
export function caseFragment(page: CasePage): string {
  return renderToString(h(Content, { page }));
}

function Content({ page }: { readonly page: CasePage }): JSX.Element {
  const { formats } = page;
  const about = page.case;
  return h('div', { 'data-case': page.fragment, 'data-title': caseReference(about), 'data-rooms': page.rooms.join(' ') },
    h('div', { class: 'desk-heading' },
      h('span', { class: 'govuk-caption-l' }, about.processName),
      h('h1', { class: 'govuk-heading-l' }, caseReference(about), ' ', page.standsStill === undefined ? h(StatusTag, { status: about.status }) : h('strong', { class: 'govuk-tag govuk-tag--orange' }, 'Suspended')),
      about.subject === null ? null : h('p', { class: 'desk-heading__about' }, about.subject),
      h('p', { class: 'desk-muted' }, `Started by ${about.startedBy} on ${formats.moment(about.startedAt)}${about.endedAt === undefined ? '' : `; ended on ${formats.moment(about.endedAt)}`}. Procedure version ${String(about.version)}.`)),
    h('div', { class: 'desk-split' },
      h('div', { class: 'desk-split__main' },
        h('section', null, h('h2', { class: 'govuk-heading-m' }, 'Where it is now'), page.standsStill === undefined ? null : h(StandsStill, { still: page.standsStill, formats }), h(Places, { page })),
        page.documents.length === 0 ? null : h('section', { id: 'documents' }, h('h2', { class: 'govuk-heading-m' }, 'Documents'), h(DocumentList, { documents: page.documents, formats })),
        page.filed.length === 0 ? null : h('section', { id: 'filed' }, h('h2', { class: 'govuk-heading-m' }, 'On file'), page.filed.map((record) => h(Record, { record, formats, linked: false, key: record.recordId }))),
        h('section', null, h('h2', { class: 'govuk-heading-m' }, 'Case data'),
          page.answers === undefined ? h('p', { class: 'desk-muted' }, 'What people wrote in this case is shown to those who work on it.') : h(Answers, { answers: page.answers, formats })),
        h('section', null, h('h2', { class: 'govuk-heading-m' }, 'History'), h(History, { entries: page.history, formats })),
        page.manage === undefined ? null : h(ManageCase, { view: page.manage })),
      h('aside', { class: 'desk-split__side', 'aria-label': 'Steps of the procedure' }, h('section', null, h('h2', { class: 'govuk-heading-m' }, 'Steps'), h(Outline, { steps: page.outline })),
        page.related.length === 0 ? null : h(Related, { cases: page.related }))));
}

/** What message flows and called procedures brought about elsewhere. */
function Related({ cases }: { readonly cases: readonly RelatedCase[] }): JSX.Element {
  return h('section', null, h('h2', { class: 'govuk-heading-m' }, 'Related cases'),
    h('ul', { class: 'govuk-list desk-related' }, cases.map((other) => h('li', { key: other.stream },
      h('a', { class: 'govuk-link', href: `/cases/${other.stream}` }, caseReference(other)), ' ', h(StatusTag, { status: other.status }), h('span', { class: 'desk-sub' }, other.processName)))));
}

function StandsStill({ still: { by, at, reason }, formats }: { readonly still: NonNullable<CasePage['standsStill']>; readonly formats: Formats }): JSX.Element {
  return h('div', { class: 'govuk-inset-text' }, h('p', null, `${by} let the case stand still on ${formats.moment(at)}. Its tasks, deadlines and messages wait until it is taken up again.`),
    reason === undefined ? null : h('blockquote', { class: 'desk-history__quote desk-lines' }, reason));
}

function Places({ page }: { readonly page: CasePage }): ComponentChildren {
  if (page.places.length === 0) return h('p', null, page.case.status === 'active' ? 'The case is being moved on; open this page again in a moment.' : `${STATUS_WORDS[page.case.status].text}. Nothing waits any more.`);
  return h('ul', { class: 'desk-places' }, page.places.map((place, index) => h('li', { class: `desk-places__place${place.trouble ? ' desk-places__place--trouble' : ''}`, key: String(index) },
    h('p', { class: 'desk-places__text' }, h(Icon, { name: place.trouble ? 'late' : 'current' }), place.href === undefined ? h('strong', null, place.text) : h('a', { class: 'govuk-link', href: place.href }, place.text)),
    place.with === undefined ? null : h('p', { class: 'desk-sub' }, place.with, place.until === undefined ? '' : ` ${page.formats.moment(place.until)}`),
    place.dueAt === undefined ? null : h(DueTag, { due: page.formats.due(place.dueAt, page.now), date: page.formats.moment(place.dueAt) }))));
}

export function Answers({ answers, formats }: { readonly answers: readonly Answer[]; readonly formats: Formats }): JSX.Element {
  const list = (some: readonly Answer[]): JSX.Element => h(SummaryList, { rows: some.map((answer) => ({ name: answer.label, value: h('span', { class: 'desk-lines' }, formats.value(answer.value)) })) });
  const asked = answers.filter((answer) => answer.asked);
  const rest = answers.filter((answer) => !answer.asked);
  return h('div', null,
    asked.length === 0 ? h('p', { class: 'desk-muted' }, 'Nothing was filled in yet.') : list(asked),
    rest.length === 0 ? null : h('details', { class: 'govuk-details desk-further' },
      h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, 'What the procedure worked out')), list(rest)));
}

/** Newest first. */
export function History({ entries, formats }: { readonly entries: readonly HistoryEntry[]; readonly formats: Formats }): JSX.Element {
  if (entries.length === 0) return h('p', { class: 'desk-muted' }, 'Nothing has happened yet.');
  return h('ol', { class: 'desk-history' }, entries.map((entry, index) => h('li', { class: `desk-history__entry desk-history__entry--${entry.weight}`, key: String(index) },
    h('p', { class: 'desk-history__text' }, entry.text),
    entry.quote === undefined ? null : h('blockquote', { class: 'desk-history__quote desk-lines' }, entry.quote),
    entry.details === undefined || entry.details.length === 0 ? null : h('ul', { class: 'govuk-list govuk-list--bullet desk-history__details' }, entry.details.map((detail, at) => h('li', { key: String(at) }, detail))),
    h('p', { class: 'desk-history__when' }, h('time', { dateTime: entry.at }, formats.moment(entry.at)), entry.who === undefined ? '' : ` · ${entry.who}`))));
}

const STEP_WORDS: Readonly<Record<OutlineStep['state'], { readonly icon: IconName; readonly text: string }>> = {
  done: { icon: 'done', text: 'Done' }, current: { icon: 'current', text: 'Now' }, ahead: { icon: 'ahead', text: 'Not reached' },
};

function Outline({ steps }: { readonly steps: readonly OutlineStep[] }): JSX.Element {
  return h('ol', { class: 'desk-outline' }, steps.map((step, index) => {
    const words = STEP_WORDS[step.state];
    return h('li', { class: `desk-outline__step desk-outline__step--${step.state}${step.depth > 0 ? ' desk-outline__step--inside' : ''}`, key: String(index), ...(step.state === 'current' && { 'aria-current': 'step' as const }) },
      h(Icon, { name: words.icon }),
      h('div', null, h('p', { class: 'desk-outline__name' }, step.name),
        h('p', { class: 'desk-sub' },
          h('span', step.state === 'ahead' ? { class: 'govuk-visually-hidden' } : null, `${words.text}${step.times > 1 ? `, ${String(step.times)} times` : ''}${step.by === undefined ? '' : ' · '}`), step.by ?? '')));
  }));
}
