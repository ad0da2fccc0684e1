/** Importing a BPMN file in the library of procedures: read here, converted where it is of another engine, checked to be one, kept as a draft. */

import { Parser } from 'saxen';
import type { ImportedModel, ImportKind } from '../../engine/index.ts';
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
  const hint = make('div', 'govuk-hint', 'It becomes a draft: the designer shows what this engine cannot execute. Models of Camunda 7, Operaton, Flowable and Activiti are converted.');
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
    bring(file, place).catch((error: unknown) => {
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

async function bring(file: File, place: HTMLElement): Promise<void> {
  if (file.size > LARGEST) throw new Error('The file is larger than 6 MB.');
  // The engine is fetched when somebody imports, not when somebody looks at the list.
  const { importModel } = await import('../../engine/index.ts');
  const imported = importModel(await file.text());
  if ('code' in imported) throw new Error(`This is not a BPMN file: its XML cannot be read. ${imported.message} (line ${String(imported.line)}).`);
  const content = read(imported.xml, file.name.replace(/\.[^.]*$/, ''));
  const answer = await fetch('/api/v1/models', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': place.dataset['csrf'] ?? '' }, body: JSON.stringify(content) }).catch(() => undefined);
  if (answer === undefined) throw new Error('The server cannot be reached. Try again when you are connected.');
  const body = await answer.json() as { readonly id?: string; readonly code?: string; readonly detail?: string; readonly hint?: string };
  if (!answer.ok || body.id === undefined) throw new Error(`${body.detail ?? 'The file could not be kept'}. ${body.hint ?? ''}`.trim());
  const draft = `/designer/${encodeURIComponent(body.id)}`;
  if (imported.findings.length === 0) location.assign(draft);
  else report(place, imported, draft);
}

const TITLES: readonly (readonly [kind: ImportKind, title: string])[] = [['notSupported', 'Not supported, kept in the file'], ['review', 'To be looked at'], ['converted', 'Converted']];

/** What the conversion did, before the draft is opened; forms it made are offered as files. */
function report(place: HTMLElement, { findings, files }: ImportedModel, draft: string): void {
  place.querySelector('#import-report')?.remove();
  const section = make('section', 'desk-import-report');
  section.id = 'import-report';
  section.tabIndex = -1;
  section.append(make('h3', 'govuk-heading-s', 'This model was converted'));
  for (const [kind, title] of TITLES) {
    const those = findings.filter((finding) => finding.kind === kind);
    if (those.length === 0) continue;
    const details = make('details', 'govuk-details');
    details.toggleAttribute('open', kind !== 'converted');
    const list = make('ul', 'govuk-list govuk-list--bullet');
    for (const { elementId, message, hint } of those) list.append(make('li', '', `${elementId}: ${message}${kind === 'converted' ? '' : ` ${hint}`}`));
    details.append(make('summary', 'govuk-details__summary', `${title}: ${String(those.length)}`), list);
    section.append(details);
  }
  for (const { name, content } of files) section.append(link(`Download the form ${name}`, URL.createObjectURL(new Blob([content], { type: 'application/json' })), name), make('br', ''));
  section.append(link('Open the draft', draft));
  place.append(section);
  section.focus();
}

function link(text: string, href: string, download?: string): HTMLElement {
  const anchor = document.createElement('a');
  anchor.className = 'govuk-link';
  anchor.textContent = text;
  anchor.href = href;
  if (download !== undefined) anchor.download = download;
  return anchor;
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
