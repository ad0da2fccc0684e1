/** Starting a case: the procedures a person may start, and the form that starts one. */
import { h } from 'preact';
import type { FormView } from '../server/http/contract/tasks.ts';
import { AttachmentFields } from './attachments.ts';
import type { AttachmentField } from './attachments.ts';
import { Button, ErrorSummary, HiddenFields, Icon } from './controls.ts';
import { FormFields } from './form.ts';
import type { Formats } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';

export interface Procedure {
  readonly processId: string;
  readonly name: string;
  readonly documentation: string;
}

export function startListPage({ shell, procedures }: { readonly shell: Shell; readonly procedures: readonly Procedure[] }): string {
  return renderPage({ title: 'Start a case', shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'Start a case'),
    procedures.length === 0
      ? h('div', { class: 'desk-empty' }, h(Icon, { name: 'group' }), h('h2', { class: 'govuk-heading-m' }, 'There is no procedure you can start'), h('p', null, 'Procedures appear here when an analyst deploys one that your post may start. Other cases reach you as tasks.'))
      : h('ul', { class: 'desk-cards' }, procedures.map((procedure) => h('li', { class: 'desk-card', key: procedure.processId },
          h('h2', { class: 'desk-card__title' }, h('a', { class: 'govuk-link govuk-link--no-visited-state', href: `/start/${procedure.processId}` }, procedure.name)),
          procedure.documentation === '' ? null : h('p', { class: 'desk-card__text desk-lines' }, firstParagraph(procedure.documentation))))),
  ]);
}

export interface StartPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly procedure: Procedure;
  readonly me: string;
  readonly form: FormView | undefined;
  readonly errors: readonly { readonly target: string; readonly message: string }[];
  readonly draftFrom: string | undefined;
  readonly attachments: readonly AttachmentField[];
}

export function startPage(page: StartPage): string {
  const { shell, procedure, form, formats } = page;
  return renderPage({ title: procedure.name, shell, failed: page.errors.length > 0, islands: page.attachments.length > 0 ? ['upload'] : [] }, [
    h('a', { href: '/start', class: 'govuk-back-link' }, 'Back to procedures'),
    h('div', { class: 'desk-narrow desk-narrow--form' },
      h(ErrorSummary, { errors: page.errors }),
      h('span', { class: 'govuk-caption-l' }, 'Start a case'),
      h('h1', { class: 'govuk-heading-l' }, procedure.name),
      procedure.documentation === '' ? null : h('p', { class: 'govuk-body desk-lines' }, procedure.documentation),
      page.draftFrom === undefined ? null : h('p', { class: 'desk-draft' }, h(Icon, { name: 'clock' }), `What you typed was kept on ${formats.moment(page.draftFrom)}.`),
      h('form', { method: 'post', action: `/start/${procedure.processId}`, noValidate: true, class: 'desk-form' },
        h(HiddenFields, { csrf: shell.keys, name: 'start', values: { person: page.me, token: shell.keys.csrf } }),
        form === undefined ? (page.attachments.length > 0 ? null : h('p', { class: 'govuk-body' }, 'This procedure asks for nothing at its start.')) : h(FormFields, { items: form.items, formats }),
        h(AttachmentFields, { fields: page.attachments, errors: page.errors }),
        h(Button, { text: 'Start the case' }))),
  ]);
}

function firstParagraph(text: string): string {
  return text.split(/\n\s*\n/)[0] ?? text;
}
