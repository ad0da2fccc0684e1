/** Brings the files of an upload field to the server in parts (tus 1.0 manner): goes on after a lost connection or a reload, a row with its state for each file. */
import { sizeText } from '../format.ts';

const PART = 1_048_576;
/** Pauses before a part is tried again; after the last one the person is asked. */
const PAUSES_MS = [500, 1_000, 2_000, 5_000, 10_000, 20_000];

interface Upload {
  readonly id: string;
  readonly bytes: number;
  readonly offset: number;
}

/** Told to the person; anything else that is thrown is a lost connection. */
class Refusal extends Error {}

class UploadField {
  readonly #kind: string;
  readonly #page: string;
  readonly #most: number;
  readonly #accept: string;
  /** What is taken, as the page says it. */
  readonly #taken: string;
  readonly #csrf: string;
  readonly #list: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #said: HTMLElement;
  /** Files go up one after the other. */
  #last: Promise<void> = Promise.resolve();
  running = 0;

  constructor(field: HTMLElement, csrf: string) {
    this.#kind = field.dataset['upload'] ?? '';
    this.#page = field.dataset['page'] ?? '';
    this.#most = Number(field.dataset['most'] ?? '0');
    this.#accept = field.dataset['accept'] ?? '';
    this.#taken = field.querySelector('.govuk-hint')?.textContent ?? '';
    this.#csrf = csrf;
    this.#list = field.querySelector<HTMLElement>('[data-upload-files]')!;
    this.#input = field.querySelector<HTMLInputElement>('[data-upload-input]')!;
    this.#said = field.querySelector<HTMLElement>('[data-upload-said]')!;
    for (const row of this.#list.children) if (row instanceof HTMLElement) this.#addRemove(row);
    this.#input.addEventListener('change', () => {
      for (const file of this.#input.files ?? []) this.#take(file);
      this.#input.value = '';
    });
    this.#input.disabled = false;
  }

  wait(): void {
    this.say('Wait until all files have arrived, then send the form.');
    this.#input.focus();
  }

  say(text: string, wrong = false): void {
    this.#said.classList.toggle('desk-upload__said--wrong', wrong);
    this.#said.textContent = text;
  }

  #take(file: File): void {
    if (file.size === 0) { this.say(`“${file.name}” is empty.`, true); return; }
    if (file.size > this.#most) { this.say(`“${file.name}” is larger than ${sizeText(this.#most)}.`, true); return; }
    if (!mayBeTaken(this.#accept, file)) { this.say(`“${file.name}” is of another kind. ${this.#taken}`, true); return; }
    const row = this.#interrupted(file) ?? this.#newRow(file);
    this.#start(row, file);
  }

  /** The same file again is the rest of what was interrupted. */
  #interrupted(file: File): HTMLElement | undefined {
    return [...this.#list.children].find((row): row is HTMLElement => row instanceof HTMLElement && row.dataset['name'] === file.name
      && row.dataset['bytes'] === String(file.size) && row.dataset['offset'] !== row.dataset['bytes'] && row.dataset['running'] === undefined);
  }

  #newRow(file: File): HTMLElement {
    const row = document.createElement('li');
    row.className = 'desk-upload__file';
    Object.assign(row.dataset, { name: file.name, bytes: String(file.size), offset: '0' });
    const name = document.createElement('span');
    name.className = 'desk-upload__name';
    name.textContent = file.name;
    const state = document.createElement('span');
    state.className = 'desk-sub desk-upload__state';
    row.append(name, state);
    this.#list.append(row);
    this.#addRemove(row);
    return row;
  }

  #start(row: HTMLElement, file: File): void {
    row.dataset['running'] = '';
    row.querySelector('[data-retry]')?.remove();
    this.#show(row, 'Waits');
    this.running += 1;
    this.#last = this.#last.then(async () => {
      try {
        await this.#bring(row, file);
        this.say(`“${file.name}” has arrived.`);
      } catch (error) {
        if (row.isConnected) this.#failed(row, file, error);
      } finally {
        this.running -= 1;
        delete row.dataset['running'];
      }
    });
  }

  #failed(row: HTMLElement, file: File, error: unknown): void {
    const text = error instanceof Refusal ? error.message : 'The connection was lost.';
    this.#show(row, text);
    this.say(`“${file.name}”: ${text}`, true);
    const retry = button('Try again', file.name, () => { this.#start(row, file); });
    retry.dataset['retry'] = '';
    row.append(retry);
  }

  async #bring(row: HTMLElement, file: File): Promise<void> {
    let upload = row.dataset['uploadId'] === undefined ? await this.#announce(row, file) : await this.#persist(row, () => this.#ask(row));
    while (row.isConnected && upload.offset < file.size) {
      const from = upload.offset;
      this.#progress(row, upload);
      upload = await this.#persist(row, async (again) => {
        const known = again ? await this.#ask(row) : upload;
        return known.offset > from ? known : this.#send(row, known, file);
      });
    }
    if (row.isConnected) this.#progress(row, upload);
  }

  async #announce(row: HTMLElement, file: File): Promise<Upload> {
    const body = JSON.stringify({ fileName: file.name.slice(0, 1_000), mediaType: file.type.slice(0, 200), bytes: file.size, place: { page: this.#page, kind: this.#kind } });
    const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const made = await this.#persist(row, () => this.#request('/api/v1/uploads', { method: 'POST', body, headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key } }));
    row.dataset['uploadId'] = made.id;
    const field = document.createElement('input');
    Object.assign(field, { type: 'hidden', name: 'attachment', value: `${made.id} ${this.#kind}` });
    row.append(field);
    return made;
  }

  /** As long as the line is away the row says so; it goes on by itself. */
  #persist(row: HTMLElement, work: (again: boolean) => Promise<Upload>): Promise<Upload> {
    return persist(work, () => {
      const { offset = '0', bytes = '1' } = row.dataset;
      this.#show(row, `No connection at ${String(Math.floor((Number(offset) * 100) / Number(bytes)))} %. It goes on by itself.`);
      this.say(`“${row.dataset['name'] ?? ''}” waits for the connection.`);
    });
  }

  #ask(row: HTMLElement): Promise<Upload> {
    return this.#request(`/api/v1/uploads/${row.dataset['uploadId'] ?? ''}`, { method: 'GET' });
  }

  #send(row: HTMLElement, { offset }: Upload, file: File): Promise<Upload> {
    const headers = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) };
    return this.#request(`/api/v1/uploads/${row.dataset['uploadId'] ?? ''}`, { method: 'PATCH', body: file.slice(offset, offset + PART), headers });
  }

  async #request(address: string, init: { readonly method: string; readonly body?: BodyInit; readonly headers?: Readonly<Record<string, string>> }): Promise<Upload> {
    const answer = await fetch(address, { ...init, headers: { ...init.headers, Accept: 'application/json', 'X-CSRF-Token': this.#csrf } });
    if (answer.ok) return await answer.json() as Upload;
    if (answer.status === 409 || answer.status >= 500) throw new Error('ask again');
    if (answer.status === 401 || answer.status === 403) throw new Refusal('Your session has ended. Open this page again and sign in; what has arrived is kept.');
    throw new Refusal(await reasonOf(answer));
  }

  #progress(row: HTMLElement, { offset, bytes }: Upload): void {
    row.dataset['offset'] = String(offset);
    const done = offset === bytes;
    row.classList.toggle('desk-upload__file--done', done);
    this.#show(row, done ? `${sizeText(bytes)}, ready` : `${String(Math.floor((offset * 100) / bytes))} % of ${sizeText(bytes)}`);
    const bar = row.querySelector('progress');
    if (done) bar?.remove();
    else Object.assign(bar ?? row.insertBefore(progressBar(row.dataset['name'] ?? ''), row.querySelector('button')), { max: bytes, value: offset });
  }

  #show(row: HTMLElement, text: string): void {
    const state = row.querySelector('.desk-upload__state');
    if (state !== null) state.textContent = text;
  }

  #addRemove(row: HTMLElement): void {
    const name = row.dataset['name'] ?? '';
    row.append(button('Remove', name, () => {
      const id = row.dataset['uploadId'];
      row.remove();
      this.say(`“${name}” was removed.`);
      this.#input.focus();
      // What cannot be reached now is thrown away by the server after a day.
      if (id !== undefined) void fetch(`/api/v1/uploads/${id}`, { method: 'DELETE', headers: { 'X-CSRF-Token': this.#csrf } }).catch(() => undefined);
    }));
  }
}

/** Whether the server may take it: it looks at the content, here only name and kind are known. */
function mayBeTaken(accept: string, { name, type }: File): boolean {
  const wanted = accept.split(',').map((part) => part.trim().toLowerCase()).filter((part) => part !== '');
  if (wanted.length === 0 || type === '') return true;
  return wanted.some((part) => (part.startsWith('.') ? name.toLowerCase().endsWith(part) : part.endsWith('/*') ? type.startsWith(part.slice(0, -1)) : type === part));
}

/** Tries until it works or is refused; `again`: the answer of the try before may have been lost on its way. `lost` is told of each loss. */
async function persist(work: (again: boolean) => Promise<Upload>, lost: () => void): Promise<Upload> {
  for (const [at, pause] of [...PAUSES_MS, undefined].entries()) {
    try {
      return await work(at > 0);
    } catch (error) {
      if (error instanceof Refusal || pause === undefined) throw error;
      lost();
      await pauseOrOnline(pause);
    }
  }
  throw new Error('the last pause ends the loop');
}

/** Waits, but not longer than until the browser is online again. */
function pauseOrOnline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => { clearTimeout(timer); removeEventListener('online', go); resolve(); };
    const timer = setTimeout(go, ms);
    addEventListener('online', go);
  });
}

async function reasonOf(answer: Response): Promise<string> {
  const problem = await answer.json().catch(() => ({})) as { readonly title?: unknown; readonly hint?: unknown };
  return typeof problem.title === 'string' ? `${problem.title}.${typeof problem.hint === 'string' ? ` ${problem.hint}` : ''}` : 'The server did not take the file.';
}

function button(text: string, about: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'desk-upload__button';
  const hidden = document.createElement('span');
  hidden.className = 'govuk-visually-hidden';
  hidden.textContent = about;
  made.append(text, hidden);
  made.addEventListener('click', press);
  return made;
}

function progressBar(name: string): HTMLProgressElement {
  const bar = document.createElement('progress');
  bar.className = 'desk-upload__bar';
  bar.setAttribute('aria-label', `Progress of ${name}`);
  return bar;
}

for (const form of document.querySelectorAll('form')) {
  const csrf = form.querySelector<HTMLInputElement>('input[name="_csrf"]')?.value ?? '';
  const fields = [...form.querySelectorAll<HTMLElement>('[data-upload]')].map((field) => new UploadField(field, csrf));
  form.addEventListener('submit', (event) => {
    const busy = fields.find(({ running }) => running > 0);
    if (busy === undefined) return;
    event.preventDefault();
    busy.wait();
  });
}
