/** Importing a BPMN file in the library of procedures: read here, checked to be one, kept as a draft. */

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

/** Throws an Error in words when the text is no BPMN file with a process. */
function read(xml: string, fileName: string): Content {
  const tree = new DOMParser().parseFromString(xml, 'application/xml');
  if (tree.querySelector('parsererror') !== null) throw new Error('This is not a BPMN file: its XML cannot be read.');
  const processes = [...tree.getElementsByTagNameNS(BPMN, 'process')];
  const processIds = processes.map((process) => process.getAttribute('id') ?? '').filter((id) => id !== '');
  if (processIds.length === 0) throw new Error('This file holds no BPMN process.');
  const names = [...processes, ...tree.getElementsByTagNameNS(BPMN, 'participant')].map((element) => element.getAttribute('name')?.trim() ?? '');
  return { name: (names.find((name) => name !== '') ?? fileName).slice(0, 200), processIds, xml };
}
