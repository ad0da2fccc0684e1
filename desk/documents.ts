/** The documents of a case: a list with their state and who signed, and one shown inside the page. */
import { h } from 'preact';
import type { JSX } from 'preact';
import type { Formats } from './format.ts';
import { sizeText, words } from './format.ts';

/** `version`: the beginning of the SHA-256 of its content. `shown`: browsers open it; anything else is a download. Instants are ISO 8601 UTC. */
export interface DocumentView {
  readonly href: string;
  readonly title: string;
  readonly state: 'received' | 'generated' | 'signed' | 'sealed';
  readonly number: string | undefined;
  readonly kind: string | undefined;
  readonly format: string;
  readonly bytes: number;
  readonly version: string;
  readonly shown: boolean;
  readonly signatures: readonly { readonly kind: 'signature' | 'seal'; readonly name: string; readonly at: string; readonly reason: string | undefined }[];
}

const STATES: Readonly<Record<DocumentView['state'], { readonly text: string; readonly tag: string }>> = {
  received: { text: 'Handed in', tag: 'govuk-tag--grey' }, generated: { text: 'Draft', tag: 'govuk-tag--yellow' },
  signed: { text: 'Signed', tag: 'govuk-tag--green' }, sealed: { text: 'Sealed', tag: 'govuk-tag--green' },
};

export function DocumentList({ documents, formats }: { readonly documents: readonly DocumentView[]; readonly formats: Formats }): JSX.Element {
  return h('ul', { class: 'desk-documents' }, documents.map((document) => h('li', { class: 'desk-documents__item', key: document.href }, h(Entry, { document, formats }))));
}

function Entry({ document, formats }: { readonly document: DocumentView; readonly formats: Formats }): JSX.Element[] {
  const { state, number, kind, signatures } = document;
  const about = [...(number === undefined ? [] : [number]), ...(kind === undefined ? [] : [words(kind)]), document.format, sizeText(document.bytes), `version ${document.version}`];
  return [
    h('p', { class: 'desk-documents__title', key: 'title' },
      h('a', document.shown ? { class: 'govuk-link', href: document.href, target: '_blank', rel: 'noopener' } : { class: 'govuk-link', href: document.href, download: true },
        document.title, h('span', { class: 'govuk-visually-hidden' }, document.shown ? ' (opens in a new tab)' : ' (download)')),
      ' ', h('strong', { class: `govuk-tag ${STATES[state].tag}` }, STATES[state].text)),
    h('p', { class: 'desk-sub', key: 'about' }, about.join(' · ')),
    ...signatures.map((signature, index) => h('p', { class: 'desk-sub', key: String(index) },
      `${signature.kind === 'seal' ? 'Sealed with' : 'Signed by'} ${signature.kind === 'seal' ? sealNamed(signature.name) : signature.name} on ${formats.moment(signature.at)}${signature.reason === undefined ? '' : ` (${signature.reason})`}`)),
  ];
}

/** "Seal of the Ministry", as certificates are named, within a sentence. */
function sealNamed(name: string): string {
  return name.startsWith('Seal of ') ? `the seal of ${name.slice('Seal of '.length)}` : `the seal of ${name}`;
}

/** What a person most likely reads before they decide: the newest that was made here, else the last that was handed in; of those a browser shows. */
export function documentToRead(documents: readonly DocumentView[]): DocumentView | undefined {
  const shown = documents.filter((document) => document.shown);
  return shown.findLast(({ state }) => state !== 'received') ?? shown.at(-1);
}

/** A document behind a line that opens it. */
export function FoldedDocument({ document, open }: { readonly document: DocumentView; readonly open: boolean }): JSX.Element {
  return h('details', { class: 'govuk-details desk-further desk-read', open },
    h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, `Read “${document.title}” on this page`)),
    h(DocumentFrame, { document }));
}

/** The document itself. Where a browser cannot show it inside a page, the link is what remains. */
export function DocumentFrame({ document }: { readonly document: DocumentView }): JSX.Element {
  return h('object', { class: 'desk-document', data: `${document.href}#navpanes=0&view=FitH`, type: 'application/pdf', 'aria-label': document.title, title: document.title },
    h('p', { class: 'desk-document__instead' }, 'This browser does not show the document inside the page. ', h('a', { class: 'govuk-link', href: document.href, target: '_blank', rel: 'noopener' }, 'Open it in a new tab'), ' and read it before you decide.'));
}
