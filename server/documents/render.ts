/** One document from its request: template -> HTML -> tree -> layout -> PDF/A-3a with empty signature fields. Runs in a process of its own. */
import QRCode from 'qrcode';
import type { RenderRequest, Rendition } from '../ports/renderer.ts';
import { compileTemplate } from './html.ts';
import type { PageTemplate } from './html.ts';
import { addSignatureFields } from './signature-fields.ts';
import { readTree } from './tree.ts';
import type { LayoutProgram } from './typst.ts';

const KEPT_TEMPLATES = 50;

/** Words that the layout itself brings, by language; English for every other one. */
const WORDS: Readonly<Record<string, { readonly page: string; readonly of: string; readonly metadata: string }>> = {
  en: { page: 'Page', of: 'of', metadata: 'Machine-readable metadata of the record' },
  fr: { page: 'Page', of: 'sur', metadata: 'Métadonnées du document, lisibles par machine' },
  es: { page: 'Página', of: 'de', metadata: 'Metadatos del documento, legibles por máquina' },
};

/** Draws documents with one layout program; templates stay compiled. */
export function createRender(program: LayoutProgram): (request: RenderRequest) => Promise<Rendition> {
  const templates = new Map<string, PageTemplate>();
  const compiled = ({ template, templateName, language }: RenderRequest): PageTemplate => {
    const key = `${language}\n${template}`;
    const known = templates.get(key);
    if (known) return known;
    const made = compileTemplate(template, templateName, language);
    if (templates.size >= KEPT_TEMPLATES) templates.clear();
    templates.set(key, made);
    return made;
  };
  return async (request) => {
    const tree = readTree(compiled(request).fill(request.data), request.templateName);
    const metadata = { ...request.metadata, renderer: program.name, format: { mediaType: 'application/pdf', pdfaPart: 3, pdfaConformance: 'A', pageCount: 0 } };
    const qr = await QRCode.toString(request.qr, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' });
    const inputs = { tree: JSON.stringify(tree), about: JSON.stringify(aboutOf(request, qr)), metadata: JSON.stringify(metadata) };
    const { pdf, pages, fields } = program.draw(inputs, Math.floor(Date.parse(request.at) / 1000));
    const withFields = addSignatureFields(pdf, fields);
    return { pdf: withFields.pdf, pages, fields: withFields.fields, renderer: program.name };
  };
}

/** What the layout says in the properties of the file and in its margins. */
function aboutOf({ title, language, at, metadata }: RenderRequest, qr: string): object {
  const [short = 'en', ...subtags] = language.split('-');
  const { orgName: author = '' } = (metadata['creator'] ?? {}) as { readonly orgName?: string };
  const number = typeof metadata['documentNumber'] === 'string' ? [metadata['documentNumber']] : [];
  return {
    title, author, description: number.join(''), keywords: number, date: at.slice(0, 10), images: { qr }, words: WORDS[short.toLowerCase()] ?? WORDS['en'],
    language: short.toLowerCase(), region: subtags.find((subtag) => /^[A-Za-z]{2}$/.test(subtag))?.toUpperCase() ?? null,
  };
}
