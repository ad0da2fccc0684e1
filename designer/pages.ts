/** What the server renders of the designer: the library of procedures, and the page the app comes alive in. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { ErrorSummary, HiddenFields } from '../desk/controls.ts';
import type { Formats } from '../desk/format.ts';
import { renderPage } from '../desk/layout.ts';
import type { Shell } from '../desk/layout.ts';
import type { ModelSummaryBody } from '../server/http/contract/models.ts';

export interface LibraryView {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly procedures: readonly ModelSummaryBody[];
  /** Why nothing was begun. */
  readonly error?: string;
}

/** All procedures: what is live, what is being drafted, how many cases go on. */
export function libraryPage(view: LibraryView): string {
  const errors = view.error === undefined ? [] : [{ target: 'name', message: view.error }];
  return renderPage({ title: 'Designer', shell: view.shell, islands: ['model-library'], failed: errors.length > 0 },
    h('div', null,
      h(ErrorSummary, { errors }),
      h('div', { class: 'desk-heading' },
        h('h1', { class: 'govuk-heading-l' }, 'Procedures'),
        h('p', { class: 'desk-muted' }, 'Open a procedure to change it. Nothing changes for officers until a new version is deployed; running cases stay on the version they began with.')),
      view.procedures.length === 0 ? h('p', { class: 'govuk-inset-text' }, 'There are no procedures yet. Begin one below, or import a BPMN file.') : h(ProcedureTable, { view }),
      h(Begin, { view, failed: errors.length > 0 })));
}

function ProcedureTable({ view }: { readonly view: LibraryView }): JSX.Element {
  return h('div', { class: 'desk-table desk-library' },
    h('table', { class: 'govuk-table' },
      h('caption', { class: 'govuk-visually-hidden' }, 'Procedures by name'),
      h('thead', { class: 'govuk-table__head' }, h('tr', { class: 'govuk-table__row' },
        ['Procedure', 'Live version', 'Draft'].map((name) => h('th', { scope: 'col', class: 'govuk-table__header', key: name }, name)),
        h('th', { scope: 'col', class: 'govuk-table__header govuk-table__header--numeric' }, 'Running cases'),
        h('th', { scope: 'col', class: 'govuk-table__header' }, 'File'))),
      h('tbody', { class: 'govuk-table__body' }, view.procedures.map((procedure) => h(ProcedureRow, { procedure, formats: view.formats, key: procedure.id })))));
}

function ProcedureRow({ procedure, formats }: { readonly procedure: ModelSummaryBody; readonly formats: Formats }): JSX.Element {
  const { id, name, live, draft, running } = procedure;
  const first = live[0];
  const cell = (title: string, content: ComponentChildren, numeric = false): JSX.Element => h('td', { class: `govuk-table__cell${numeric ? ' govuk-table__cell--numeric' : ''}`, 'data-name': title }, h('div', null, content));
  const said = (words: string, when: string): ComponentChildren => [words, h('span', { class: 'desk-sub', key: 'when' }, when)];
  const none = (words: string): JSX.Element => h('span', { class: 'desk-muted' }, words);
  return h('tr', { class: 'govuk-table__row' },
    h('th', { scope: 'row', class: 'govuk-table__header' }, h('a', { class: 'govuk-link', href: `/designer/${encodeURIComponent(id)}` }, name), h('span', { class: 'desk-sub' }, id), h(DecisionLinks, { procedure })),
    cell('Live version', first === undefined ? none('Not deployed yet') : said(`Version ${String(first.version)}`, `${formats.moment(first.deployedAt)}, ${first.deployedBy.name}`)),
    cell('Draft', draft === undefined ? none('None') : said('Draft saved', `${formats.moment(draft.savedAt)}, ${draft.savedBy.name}`)),
    cell('Running cases', String(running), true),
    cell('File', first === undefined ? none('None yet') : h('a', { class: 'govuk-link', download: `${id}.bpmn`, href: `/api/v1/definitions/${encodeURIComponent(first.processId)}/${String(first.version)}/xml` }, 'Download', h('span', { class: 'govuk-visually-hidden' }, ` ${name}, version ${String(first.version)}`))));
}

const MOST_DECISIONS = 5;

/** The way to the decisions that are deployed with a procedure. */
function DecisionLinks({ procedure: { id, decisions } }: { readonly procedure: ModelSummaryBody }): JSX.Element | null {
  if (decisions.length === 0) return null;
  const more = decisions.length - MOST_DECISIONS;
  return h('span', { class: 'desk-sub' }, 'Decisions: ', decisions.slice(0, MOST_DECISIONS).map((decision, at) => [at === 0 ? '' : ', ', h('a', { class: 'govuk-link', key: decision.id, href: `/designer/${encodeURIComponent(id)}/decisions/${encodeURIComponent(decision.id)}` }, decision.name)]), more > 0 ? ` and ${String(more)} more` : '');
}

/** The two ways to a new procedure; importing needs the script. */
function Begin({ view, failed }: { readonly view: LibraryView; readonly failed: boolean }): JSX.Element {
  const { keys } = view.shell;
  return h('div', { class: 'desk-split' },
    h('section', { class: 'desk-split__main desk-narrow--form' },
      h('h2', { class: 'govuk-heading-m' }, 'Begin a new procedure'),
      h('form', { method: 'post', action: '/designer' },
        h(HiddenFields, { csrf: keys, name: 'begin' }),
        h('div', { class: `govuk-form-group${failed ? ' govuk-form-group--error' : ''}` },
          h('label', { class: 'govuk-label', for: 'name' }, 'Name of the procedure'),
          h('div', { class: 'govuk-hint', id: 'name-hint' }, 'As officers know it, for example “Application for a trade licence”.'),
          failed ? h('p', { class: 'govuk-error-message', id: 'name-error' }, view.error) : null,
          h('input', { class: `govuk-input${failed ? ' govuk-input--error' : ''}`, id: 'name', name: 'name', type: 'text', maxLength: 200, autocomplete: 'off', 'aria-describedby': failed ? 'name-hint name-error' : 'name-hint' })),
        h('button', { type: 'submit', class: 'govuk-button' }, 'Begin'))),
    h('section', { class: 'desk-split__side', id: 'import', 'data-csrf': keys.csrf },
      h('h2', { class: 'govuk-heading-m' }, 'Import a BPMN file'),
      h('p', { class: 'govuk-body', 'data-without-script': '' }, 'Importing a file needs JavaScript, which is switched off.')));
}

export interface DecisionView extends DesignerView {
  /** One of the decisions of its file. */
  readonly decision: string;
}

export interface DesignerView {
  readonly shell: Shell;
  /** IANA name of the zone times are shown in. */
  readonly zone: string;
  readonly id: string;
  readonly name: string;
}

/** The page of the app: it takes everything else from the API. */
export function designerPage({ shell, zone, id, name }: DesignerView): string {
  return renderPage({ title: `${name} – Designer`, shell, islands: ['designer'], app: true },
    h('div', { id: 'designer', class: 'designer', 'data-model': id, 'data-csrf': shell.keys.csrf, 'data-zone': zone, 'data-person': shell.person?.name ?? '' },
      h('div', { class: 'designer-opening' },
        h('h1', { class: 'govuk-heading-m' }, name),
        h('p', { class: 'desk-muted', role: 'status' }, 'The designer opens. It needs JavaScript.'),
        h('p', null, h('a', { class: 'govuk-link', href: '/designer' }, 'Back to all procedures')))));
}

/** The page of the decision editor. */
export function decisionPage({ shell, zone, id, name, decision }: DecisionView): string {
  return renderPage({ title: `Decisions of ${name} – Designer`, shell, islands: ['decisions'], app: true },
    h('div', { id: 'decisions', class: 'designer', 'data-model': id, 'data-decision': decision, 'data-csrf': shell.keys.csrf, 'data-zone': zone },
      h('div', { class: 'designer-opening' },
        h('h1', { class: 'govuk-heading-m' }, `Decisions of ${name}`),
        h('p', { class: 'desk-muted', role: 'status' }, 'The decision editor opens. It needs JavaScript.'),
        h('p', null, h('a', { class: 'govuk-link', href: '/designer' }, 'Back to all procedures')))));
}
