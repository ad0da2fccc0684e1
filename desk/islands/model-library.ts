/** Importing a BPMN file in the library of procedures: read here, checked to be one, kept as a draft. */

import { Parser } from 'saxen';
import './model-library.css';

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const LARGEST = 6_000_000;

interface Content {
  readonly name: string;
  readonly processIds: readonly string[];
  readonly xml: string;
}

const section = document.getElementById('import');
if (section !== null) offerImport(section);

function offerImport(place: HTMLElement): void {
  place.querySelector('[data-without-script]')?.remove();
  const group = make('div', 'govuk-form-group');
  const label = make('label', 'govuk-label', 'File from another tool (.bpmn)');
  label.setAttribute('for', 'import-file');
  const hint = make('div', 'govuk-hint', 'It becomes a draft: the designer shows what this engine cannot execute.');
  hint.id = 'import-hint';
  const input = document.createElement('input');
  input.className = 'desk-file';
  input.id = 'import-file';
  input.type = 'file';
  input.accept = '.bpmn,.xml';
  input.setAttribute('aria-describedby', 'import-hint import-said');
  const said = make('p', 'govuk-error-message', '');
  said.id = 'import-said';
  said.setAttribute('role', 'alert');
  group.append(label, hint, said, input);
  place.append(group);
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file === undefined) return;
    said.textContent = '';
    bring(file, place.dataset['csrf'] ?? '').catch((error: unknown) => {
      said.textContent = error instanceof Error ? error.message : String(error);
      input.value = '';
    });
  });
}

function make(tag: string, className: string, text = ''): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

async function bring(file: File, csrf: string): Promise<void> {
  if (file.size > LARGEST) throw new Error('The file is larger than 6 MB.');
  const content = read(await file.text(), file.name.replace(/\.[^.]*$/, ''));
  const answer = await fetch('/api/v1/models', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf }, body: JSON.stringify(content) }).catch(() => undefined);
  if (answer === undefined) throw new Error('The server cannot be reached. Try again when you are connected.');
  const body = await answer.json() as { readonly id?: string; readonly code?: string; readonly detail?: string; readonly hint?: string };
  if (!answer.ok || body.id === undefined) throw new Error(`${body.detail ?? 'The file could not be kept'}. ${body.hint ?? ''}`.trim());
  location.assign(`/designer/${encodeURIComponent(body.id)}`);
}

/** Throws an Error in words when the text is no BPMN file with a process. Names: those of processes, then of pools. */
function read(xml: string, fileName: string): Content {
  const processIds: string[] = [];
  const names = { process: [] as string[], participant: [] as string[] };
  // The browser's own parser writes a page about an error, with styles that are forbidden here.
  const parser = new Parser().ns({ [BPMN]: 'bpmn' });
  parser.on('openTag', (tag, attributes, decode) => {
    const kind = tag === 'bpmn:process' ? 'process' : tag === 'bpmn:participant' ? 'participant' : undefined;
    if (kind === undefined) return;
    const { id = '', name = '' } = attributes() || {};
    if (kind === 'process' && id !== '') processIds.push(decode(id));
    if (name.trim() !== '') names[kind].push(decode(name).trim());
  });
  const found = { errors: 0 };
  parser.on('error', () => {
    found.errors += 1;
    parser.stop();
  });
  parser.parse(xml);
  if (found.errors > 0 || !xml.includes('<')) throw new Error('This is not a BPMN file: its XML cannot be read.');
  if (processIds.length === 0) throw new Error('This file holds no BPMN process.');
  return { name: ([...names.process, ...names.participant][0] ?? fileName).slice(0, 200), processIds, xml };
}
