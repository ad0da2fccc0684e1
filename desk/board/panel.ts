/** The side panel of the monitor: the cases behind a number, oldest first, from the server a page at a time. */
import type { MonitorCase, MonitorState } from '../../server/http/contract/monitor.ts';
import type { Formats } from '../format.ts';
import { caseReference } from '../reference.ts';

const PAGE = 20;
const STATES: readonly { readonly state: MonitorState; readonly text: string }[] = [
  { state: 'waiting', text: 'Waiting' }, { state: 'claimed', text: 'Held' }, { state: 'overdue', text: 'Overdue' }, { state: 'incident', text: 'Incidents' },
];

interface Shown {
  readonly elementId: string;
  readonly name: string;
  readonly state: MonitorState;
  readonly opener: Element | undefined;
}

interface Answer {
  readonly items: readonly MonitorCase[];
  readonly page: { readonly next?: string };
}

export class Panel {
  readonly #root: HTMLElement;
  readonly #address: (elementId: string) => string;
  readonly #formats: Formats;
  readonly #now: () => string;
  readonly #changed: (elementId: string | undefined) => void;
  #shown: Shown | undefined;
  #next: string | undefined;
  #asked = 0;

  /** `address`: where the cases at an element are asked for, with version. `now`: the time of the server. `changed`: told which element is shown now. */
  constructor(root: HTMLElement, address: (elementId: string) => string, formats: Formats, now: () => string, changed: (elementId: string | undefined) => void) {
    this.#root = root;
    this.#address = address;
    this.#formats = formats;
    this.#now = now;
    this.#changed = changed;
    this.#part('close').addEventListener('click', () => { this.close(); });
    this.#part('more').addEventListener('click', () => { void this.#load(true); });
    root.addEventListener('keydown', (event) => { if (event.key === 'Escape') this.close(); });
  }

  /** `opener` has the focus again when the panel is closed. */
  open(elementId: string, name: string, state: MonitorState, opener?: Element): void {
    this.#shown = { elementId, name, state, opener: opener ?? this.#shown?.opener };
    this.#root.hidden = false;
    this.#part('title').textContent = name;
    this.#changed(elementId);
    this.#drawStates();
    this.#part('list').replaceChildren();
    void this.#load(false);
    this.#part('title').focus();
  }

  close(): void {
    const opener = this.#shown?.opener;
    this.#shown = undefined;
    this.#root.hidden = true;
    this.#changed(undefined);
    if (opener instanceof HTMLElement || opener instanceof SVGElement) opener.focus();
  }

  /** The figures of this element have changed: its first page is read again, unless somebody is in the list. */
  refresh(elementId: string): void {
    if (this.#shown?.elementId === elementId && !this.#part('list').contains(document.activeElement)) void this.#load(false);
  }

  #part(name: string): HTMLElement {
    return this.#root.querySelector<HTMLElement>(`[data-panel-${name}]`)!;
  }

  #drawStates(): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    this.#part('states').replaceChildren(...STATES.map(({ state, text }) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'desk-panel__state';
      button.textContent = text;
      button.setAttribute('aria-pressed', String(state === shown.state));
      button.addEventListener('click', () => {
        this.#shown = { ...shown, state };
        for (const other of this.#part('states').children) other.setAttribute('aria-pressed', String(other === button));
        void this.#load(false);
      });
      return button;
    }));
  }

  async #load(more: boolean): Promise<void> {
    const shown = this.#shown;
    if (shown === undefined) return;
    const turn = this.#asked += 1;
    const after = more && this.#next !== undefined ? `&after=${encodeURIComponent(this.#next)}` : '';
    const response = await fetch(`${this.#address(shown.elementId)}&state=${shown.state}&limit=${PAGE}${after}`).catch(() => undefined);
    const answer = response?.ok === true ? await response.json() as Answer : undefined;
    // Another list was asked for meanwhile.
    if (turn !== this.#asked) return;
    if (answer === undefined) {
      this.#part('note').textContent = 'The cases could not be read just now.';
      return;
    }
    this.#next = answer.page.next;
    const rows = answer.items.map((item) => this.#row(item));
    if (more) {
      this.#part('list').append(...rows);
      rows[0]?.querySelector('a')?.focus();
    } else this.#part('list').replaceChildren(...rows);
    const count = this.#part('list').children.length;
    this.#part('note').textContent = count === 0 ? 'No case here now.' : this.#next === undefined ? `${count} ${count === 1 ? 'case' : 'cases'}, oldest first.` : `The ${count} oldest.`;
    this.#part('more').hidden = this.#next === undefined;
  }

  #row(item: MonitorCase): HTMLElement {
    const row = document.createElement('li');
    row.className = `desk-panel__case${item.overdue ? ' desk-panel__case--late' : ''}`;
    const link = document.createElement('a');
    link.className = 'govuk-link';
    link.href = `/cases/${item.stream}`;
    link.textContent = caseReference(item);
    row.append(link);
    const due = item.dueAt === null ? undefined : this.#formats.due(item.dueAt, this.#now());
    const lines = [
      item.heldBy === null ? undefined : `Held by ${item.heldBy}`,
      due === undefined ? undefined : due.kind === 'late' ? `! ${due.text}` : `Due ${due.text}`,
      `Here since ${this.#formats.moment(item.since)}`,
    ];
    if (item.subject !== null) {
      const about = document.createElement('span');
      about.className = 'desk-about';
      about.textContent = item.subject;
      row.append(about);
    }
    row.append(...lines.filter((line) => line !== undefined).map((text) => {
      const line = document.createElement('span');
      line.className = `desk-sub${text.startsWith('!') ? ' desk-panel__late' : ''}`;
      line.textContent = text.replace(/^! (.)/, (_all, first: string) => first.toUpperCase());
      return line;
    }));
    return row;
  }
}
