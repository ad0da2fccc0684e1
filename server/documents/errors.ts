/** Why a document cannot be made: the table of codes; in a job they become the message of its incident. */
import { fill } from '../../engine/index.ts';

export const DOCUMENT_ERRORS = {
  DOCUMENT_TEMPLATE_UNKNOWN: { message: 'Expected a template {name} under templates/, but there is none', hint: 'Known templates: {known}. Correct the attribute template of gov:document.' },
  DOCUMENT_TEMPLATE_INCOMPLETE: { message: 'Expected template {name} to have {file}, but {reason}', hint: 'A template is a folder with template.hbs, schema.json, sample.json and README.md.' },
  DOCUMENT_TEMPLATE_REFUSED: { message: 'Expected template {name} to keep the rules of templates, but line {line} {reason}', hint: 'docs/documents.md lists what a template may contain.' },
  DOCUMENT_OUTPUT_MISSING: { message: 'Expected {element} to name the variable of the document, but it names none', hint: 'Set the attribute output of gov:document.' },
  DOCUMENT_DATA_INVALID: { message: 'Expected {field} of template {name} to fit its schema, but {reason}', hint: 'Correct the form or the input mapping that brings the field, then raise the retries of the job.' },
  DOCUMENT_DATA_MISSING: { message: 'Expected {field} in the data of template {name}, but line {line} finds none', hint: 'Make the field required in schema.json, or ask for it with {{#if}} first.' },
  DOCUMENT_ELEMENT_REFUSED: { message: 'Expected only elements of the document tree in {name}, but found {found}', hint: 'docs/documents.md lists the elements and where they may stand.' },
  DOCUMENT_CHARACTER_REFUSED: { message: 'Expected text that reads as it is written, but it holds the invisible character {character}', hint: 'Type the text again without formatting characters.' },
  DOCUMENT_WORD_TOO_LONG: { message: 'Expected words that fit on a line, but {word} goes on without a space', hint: 'Part it with a space or a hyphen.' },
  DOCUMENT_TOO_LARGE: { message: 'Expected a document of at most {most}, but it has more', hint: 'Shorten the text or split the table.' },
  DOCUMENT_GLYPH_MISSING: { message: 'Expected a font with the character {character}, but the document fonts have none', hint: 'Write it with letters, digits and signs of Latin, Greek or Cyrillic script.' },
  DOCUMENT_ALT_MISSING: { message: 'Expected every picture to be told in words, but one has no alt text', hint: 'Give the img of the template the attribute alt (PDF/UA-1).' },
  DOCUMENT_LAYOUT_REFUSED: { message: 'Expected a layout that is accessible and archivable, but {reason}', hint: 'Correct the template (PDF/UA-1, PDF/A-3a).' },
  DOCUMENT_FIELDS_REFUSED: { message: 'Expected every signature field of {name} once, but {field} is there twice', hint: 'Give each signature-field a name of its own: signature1, signature2, seal.' },
  DOCUMENT_FILE_UNREADABLE: { message: 'Expected a PDF file with a table of objects, but {reason}', hint: 'The layout program changed its way of writing; take the tested version of it.' },
  DOCUMENT_RENDERER_MISSING: { message: 'Expected the layout program of documents on this machine, but {reason}', hint: 'It exists for Linux on x86-64. Run npm ci there, or produce documents on such a machine.' },
  DOCUMENT_RENDERER_SLOW: { message: 'Expected {name} to be drawn within {seconds} s, but it was not', hint: 'Look for loops inside loops in the template, or for very long data.' },
  DOCUMENT_RENDERER_STOPPED: { message: 'Expected the renderer of {name} to answer, but its process ended ({reason})', hint: 'The job tries again by itself. If it happens again, look at the memory of the machine.' },
  DOCUMENT_RENDERER_CLOSED: { message: 'Expected the renderer to be open, but it is closed', hint: 'The server is stopping; the job is done after the next start.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type DocumentErrorCode = keyof typeof DOCUMENT_ERRORS;
export type DocumentErrorValues = Readonly<Record<string, string | number>>;

/** The surroundings, which may be better at the next attempt; everything else lies in the case or the template. */
const PASSING: ReadonlySet<DocumentErrorCode> = new Set(['DOCUMENT_FILE_UNREADABLE', 'DOCUMENT_RENDERER_MISSING', 'DOCUMENT_RENDERER_SLOW', 'DOCUMENT_RENDERER_STOPPED', 'DOCUMENT_RENDERER_CLOSED']);

/** A document that cannot be made; `code` and `values` cross the border of a process and make the same error there. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly code: DocumentErrorCode;
  readonly hint: string;
  readonly values: DocumentErrorValues;
  /** See isFinal of ports/job-handler.ts. */
  readonly final: boolean;

  constructor(code: DocumentErrorCode, values: DocumentErrorValues = {}) {
    const { message, hint } = DOCUMENT_ERRORS[code];
    super(fill(message, values));
    this.code = code;
    this.hint = fill(hint, values);
    this.values = values;
    this.final = !PASSING.has(code);
  }
}
