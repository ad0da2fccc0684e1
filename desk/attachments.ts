/** Files to hand in with a form: one field for each kind, one row for each file. The island upload.ts brings them to the server. */
import { h } from 'preact';
import type { JSX } from 'preact';
import { Icon, sentenceCase } from './controls.ts';
import { sizeText, words } from './format.ts';

/** A file that has come, wholly or in part. */
export interface UploadRow {
  readonly id: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly offset: number;
}

/** `accept`: as the input of a browser takes it. `page`: where the uploads wait for. */
export interface AttachmentField {
  readonly kind: string;
  readonly id: string;
  readonly required: boolean;
  readonly accept: string | undefined;
  readonly maxBytes: number;
  readonly page: string;
  readonly rows: readonly UploadRow[];
  /** What of this kind the case holds already. */
  readonly held: number;
}

interface Errors {
  readonly errors: readonly { readonly target: string; readonly message: string }[];
}

export function AttachmentFields({ fields, errors }: { readonly fields: readonly AttachmentField[] } & Errors): JSX.Element | null {
  if (fields.length === 0) return null;
  return h('fieldset', { class: 'govuk-fieldset desk-group desk-group--outline desk-attachments' },
    h('legend', { class: 'govuk-fieldset__legend govuk-fieldset__legend--m' }, 'Attachments'),
    fields.map((field) => h(Field, { field, errors, key: field.kind })),
    h('noscript', null, h('p', { class: 'govuk-inset-text' }, 'Files are sent in parts, so that a lost connection loses nothing; that needs JavaScript. Switch it on in your browser, or hand the papers in at the registry.')));
}

function Field({ field, errors }: { readonly field: AttachmentField } & Errors): JSX.Element {
  const { id } = field;
  const failed = errors.filter(({ target }) => target === id);
  return h('div', {
    class: `govuk-form-group desk-upload${failed.length === 0 ? '' : ' govuk-form-group--error'}`, 'data-upload': field.kind, 'data-page': field.page, 'data-accept': field.accept ?? '', 'data-most': String(field.maxBytes),
  },
    h('label', { class: 'govuk-label', for: id }, words(field.kind), field.required && field.held === 0 ? null : h('span', { class: 'desk-optional' }, ' (optional)')),
    h('div', { class: 'govuk-hint', id: `${id}-hint` }, hintOf(field)),
    failed.map(({ message }, index) => h('p', { class: 'govuk-error-message', id: `${id}-error-${String(index)}`, key: message }, h('span', { class: 'govuk-visually-hidden' }, 'Error: '), message)),
    h('ul', { class: 'desk-upload__files', 'data-upload-files': '', 'aria-label': `Files: ${words(field.kind)}` }, field.rows.map((row) => h(Row, { row, kind: field.kind, key: row.id }))),
    h('input', {
      class: 'desk-upload__input', id, type: 'file', multiple: true, disabled: true, 'data-upload-input': '', ...(field.accept !== undefined && { accept: field.accept }),
      'aria-describedby': [`${id}-hint`, ...failed.map((_error, index) => `${id}-error-${String(index)}`)].join(' '),
    }),
    h('p', { class: 'desk-upload__said', role: 'status', 'data-upload-said': '' }));
}

function hintOf({ accept, maxBytes, held }: AttachmentField): string {
  const kinds = (accept ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => KINDS[part.toLowerCase()] ?? part);
  const already = held === 0 ? '' : `${held === 1 ? 'One file' : `${String(held)} files`} of this kind ${held === 1 ? 'is' : 'are'} in the case already. `;
  return `${already}${kinds.length === 0 ? 'Any file' : sentenceCase([...new Set(kinds)].join(', '))}, up to ${sizeText(maxBytes)} each.`;
}

const KINDS: Readonly<Record<string, string>> = { 'application/pdf': 'PDF', '.pdf': 'PDF', 'image/*': 'pictures', 'image/png': 'PNG', '.png': 'PNG', 'image/jpeg': 'JPEG', '.jpg': 'JPEG', '.jpeg': 'JPEG', '.docx': 'Word', '.xlsx': 'Excel' };

/** A row as the server knows it; the island adds its buttons. The field names what is handed in with the form. */
function Row({ row, kind }: { readonly row: UploadRow; readonly kind: string }): JSX.Element {
  const complete = row.offset === row.bytes;
  return h('li', { class: `desk-upload__file${complete ? ' desk-upload__file--done' : ''}`, 'data-upload-id': row.id, 'data-name': row.fileName, 'data-bytes': String(row.bytes), 'data-offset': String(row.offset) },
    h(Icon, { name: complete ? 'done' : 'clock' }),
    h('span', { class: 'desk-upload__name' }, row.fileName),
    h('span', { class: 'desk-sub desk-upload__state' }, complete ? `${sizeText(row.bytes)}, ready` : `Interrupted at ${String(Math.floor((row.offset * 100) / row.bytes))} %. Choose the same file again to go on.`),
    h('input', { type: 'hidden', name: 'attachment', value: `${row.id} ${kind}` }));
}
