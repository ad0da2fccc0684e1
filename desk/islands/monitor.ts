/** Brings the monitor to life: draws the diagram, follows the live connection, keeps table and totals up to date, opens the cases behind a number. */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import type { ElementCounts, MonitorFrame, MonitorSnapshot, MonitorState, MonitorTotals } from '../../server/http/contract/monitor.ts';
import type { Beat } from '../../server/http/contract/rooms.ts';
import { Figures } from '../board/figures.ts';
import type { Change } from '../board/figures.ts';
import { Panel } from '../board/panel.ts';
import { Picture, make, patterns } from '../board/picture.ts';
import { Formats } from '../format.ts';
import { connectLive } from '../live/connection.ts';
import type { LiveState } from '../live/connection.ts';

const SUMMARY_MS = 30_000;
const JITTER_MS = 3_000;
const POLL_MS = 15_000;
const REFRESH_MS = 1_000;

class Monitor {
  readonly #root: HTMLElement;
  readonly #process: string;
  readonly #version: string;
  readonly #formats: Formats;
  readonly #figures: Figures;
  readonly #rows: ReadonlyMap<number, HTMLElement>;
  readonly #panel: Panel;
  #picture: Picture | undefined;
  #etag = '';
  #at = '';
  /** How far the clock of the server is ahead of this one, ms. */
  #ahead = 0;
  #live: LiveState = { status: 'connecting', since: 0 };
  #stopped = false;
  #told = '';
  #refreshing = new Set<string>();

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#process = encodeURIComponent(root.dataset['monitor'] ?? '');
    this.#version = root.dataset['version'] ?? '';
    this.#formats = new Formats(root.dataset['zone'] ?? 'UTC');
    this.#figures = new Figures(Number(this.#version), Number(root.dataset['seq']));
    this.#rows = new Map([...root.querySelectorAll<HTMLElement>('[data-index]')].map((row) => [Number(row.dataset['index']), row]));
    this.#panel = new Panel(this.#part('panel'), (elementId) => `/api/v1/monitor/${this.#process}/elements/${encodeURIComponent(elementId)}/cases?version=${this.#version}`, this.#formats, () => new Date(Date.now() + this.#ahead).toISOString(), (elementId) => {
      this.#part('picture').classList.toggle('desk-picture--panel', elementId !== undefined);
      this.#picture?.choose(elementId);
      this.#picture?.fit();
    });
  }

  start(): void {
    this.#root.addEventListener('click', (event) => { this.#click(event); });
    const pause = this.#part('live-pause');
    pause.addEventListener('click', () => { this.#pause(pause); });
    const live = connectLive();
    live.join(`monitor:${decodeURIComponent(this.#process)}`, {
      changed: (notice, event) => {
        if (event === 'frame') this.#frame(notice as MonitorFrame);
        else if (event === 'beat' && this.#figures.beat((notice as Beat).seq)) this.#later();
      },
      lost: () => { void this.#refetch(); },
    });
    live.state.subscribe((state) => {
      this.#live = state;
      this.#tellState();
    });
    setInterval(() => { this.#summarise(); }, SUMMARY_MS);
    // Where the connection cannot be had, asking now and then is better than nothing.
    setInterval(() => { if (this.#live.status === 'paused' && !document.hidden && !this.#stopped) void this.#refetch(); }, POLL_MS);
    void this.#draw();
  }

  async #draw(): Promise<void> {
    const section = this.#part('picture');
    if (section.hidden) return;
    for (const mark of section.querySelectorAll<HTMLElement>('[data-legend]')) mark.append(legendMark(mark.dataset['legend'] ?? ''));
    const xml = await this.#model();
    const steps = [...this.#rows].map(([index, row]) => ({ index, elementId: row.dataset['element'] ?? '', name: row.dataset['step'] ?? '', stays: row.dataset['stays'] === 'true' }));
    const canvas = this.#part('canvas');
    try {
      if (xml === undefined) throw new Error('no model');
      this.#picture = await Picture.draw(canvas, xml, steps, (elementId, by) => { this.#open(elementId, undefined, by); });
    } catch {
      // A drawing may be broken, or out of reach: the table says the same, and its numbers lead to pages.
      section.hidden = true;
      this.#part('undrawn').hidden = false;
      return;
    }
    for (const button of section.querySelectorAll<HTMLElement>('[data-zoom]')) button.addEventListener('click', () => { this.#zoom(button.dataset['zoom']); });
    addEventListener('resize', () => { this.#picture?.fit(); });
    section.dataset['drawn'] = 'true';
    await this.#refetch(true);
  }

  async #model(): Promise<string | undefined> {
    const response = await fetch(`/api/v1/definitions/${this.#process}/${this.#version}/xml`).catch(() => undefined);
    return response?.ok === true ? response.text() : undefined;
  }

  #zoom(how: string | undefined): void {
    if (how === 'fit') this.#picture?.fit();
    else this.#picture?.zoom(how === 'in' ? 1.25 : 0.8);
  }

  #part(name: string): HTMLElement {
    return this.#root.querySelector<HTMLElement>(`[data-${name}]`)!;
  }

  #frame(frame: MonitorFrame): void {
    const change = this.#figures.frame(frame);
    this.#at = frame.at;
    if (!this.#stopped) {
      this.#show(change);
      this.#showVersion(frame.version, frame.totals.inProgress);
    }
    if (change.lost) this.#later();
  }

  /** Everybody who missed the same frame does not ask at the same moment. */
  #later(): void {
    setTimeout(() => { void this.#refetch(); }, Math.random() * JITTER_MS);
  }

  /** `whole`: also what has not changed, for a picture that was just drawn. */
  async #refetch(whole = false): Promise<void> {
    if (this.#stopped || !this.#figures.begin()) return;
    let snapshot: MonitorSnapshot | undefined;
    try {
      const response = await fetch(`/api/v1/monitor/${this.#process}/snapshot?version=${this.#version}`, {
        // Without a word of ours on caching, browsers add one that forbids the short answer 304.
        headers: whole ? {} : { 'If-None-Match': this.#etag, 'Cache-Control': 'max-age=0' },
      });
      if (response.ok) {
        snapshot = await response.json() as MonitorSnapshot;
        this.#etag = response.headers.get('ETag') ?? '';
        this.#ahead = Date.parse(snapshot.at) - Date.now();
      }
      if (response.ok || response.status === 304) this.#at = snapshot?.at ?? new Date(Date.now() + this.#ahead).toISOString();
    } catch {
      // The next beat or the next poll asks again.
    }
    const change = this.#figures.end(snapshot);
    this.#show(change);
    for (const { version, inProgress } of snapshot?.versions ?? []) this.#showVersion(version, inProgress);
    this.#tellState();
    if (change.lost) this.#later();
  }

  #show({ elements, totals }: Change): void {
    for (const counts of elements) this.#showRow(counts);
    this.#picture?.show(elements);
    if (totals !== undefined) this.#showTotals(totals);
  }

  #showRow(counts: ElementCounts): void {
    const [index, waiting, claimed, overdue, incidents, oldest] = counts;
    const row = this.#rows.get(index);
    if (row === undefined) return;
    const set = (name: string, value: number): void => {
      const number = row.querySelector<HTMLElement>(`[data-count="${name}"]`);
      const text = number?.querySelector('[data-value]');
      if (number === null || text === null || text === undefined || text.textContent === String(value)) return;
      text.textContent = String(value);
      number.classList.toggle('desk-number--none', value === 0);
      if (value > 0) number.setAttribute('href', number.dataset['href'] ?? '');
      else number.removeAttribute('href');
    };
    set('waiting', waiting);
    set('claimed', claimed);
    set('overdue', overdue);
    set('incidents', incidents);
    // A row that has appeared stays: a table that jumps cannot be read.
    if (incidents + (row.dataset['stays'] === 'true' ? waiting + claimed : 0) > 0) row.hidden = false;
    const since = oldest === null ? '–' : this.#formats.moment(oldest);
    const cell = row.querySelector('[data-count="oldest"]');
    if (cell !== null && cell.textContent !== since) cell.textContent = since;
    cell?.toggleAttribute('data-none', oldest === null);
    this.#refreshPanel(row.dataset['element'] ?? '');
  }

  /** A busy step does not make the list of its cases flicker. */
  #refreshPanel(elementId: string): void {
    if (this.#refreshing.has(elementId)) return;
    this.#refreshing.add(elementId);
    setTimeout(() => {
      this.#refreshing.delete(elementId);
      this.#panel.refresh(elementId);
    }, REFRESH_MS);
  }

  #showTotals(totals: MonitorTotals): void {
    for (const place of this.#root.querySelectorAll<HTMLElement>('[data-total]')) {
      const value = totals[place.dataset['total'] as keyof MonitorTotals];
      if (place.textContent !== String(value)) place.textContent = String(value);
      const tile = place.closest<HTMLElement>('.desk-strip__tile--trouble');
      if (tile !== null) tile.toggleAttribute('data-some', value > 0);
    }
  }

  #showVersion(version: number, inProgress: number): void {
    const place = this.#root.querySelector(`[data-version-count="${String(version)}"]`);
    if (place !== null) place.textContent = String(inProgress);
  }

  #tellState(): void {
    const place = this.#part('live-state');
    const status = this.#stopped ? 'stopped' : this.#live.status;
    const last = this.#at === '' ? '' : ` Last figures ${this.#formats.clock(this.#at)}.`;
    const texts = { connecting: place.textContent, live: 'Live', paused: `Paused: no connection.${last}`, ended: `Paused: your session has ended.${last} Sign in again to go on.`, stopped: `Paused by you.${last}` };
    place.dataset['liveState'] = status;
    if (place.textContent !== texts[status]) place.textContent = texts[status];
  }

  #pause(button: HTMLElement): void {
    this.#stopped = !this.#stopped;
    button.textContent = this.#stopped ? 'Go on' : 'Pause updates';
    this.#tellState();
    if (!this.#stopped) void this.#refetch();
  }

  /** For those who hear the page: the totals, at most twice a minute and only when they differ. */
  #summarise(): void {
    const total = (name: keyof MonitorTotals): string => this.#root.querySelector(`[data-total="${name}"]`)?.textContent ?? '0';
    const text = `${total('inProgress')} in progress, ${total('overdue')} overdue, ${total('incidents')} incidents.`;
    if (text === this.#told || this.#stopped) return;
    if (this.#told !== '') this.#part('summary').textContent = text;
    this.#told = text;
  }

  #click(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const number = event.target instanceof Element ? event.target.closest<HTMLElement>('a[data-count][href]') : null;
    const row = number?.closest<HTMLElement>('[data-element]');
    if (number === null || row === null || row === undefined || this.#picture === undefined) return;
    event.preventDefault();
    const state = new URL(number.getAttribute('href') ?? '', location.href).searchParams.get('state') as MonitorState;
    this.#open(row.dataset['element'] ?? '', state, number);
  }

  #open(elementId: string, asked: MonitorState | undefined, opener: Element | undefined): void {
    const row = [...this.#rows.values()].find((each) => each.dataset['element'] === elementId);
    if (row === undefined) return;
    const some = (name: string): boolean => (row.querySelector(`[data-count="${name}"] [data-value]`)?.textContent ?? '0') !== '0';
    const state = asked ?? (some('waiting') ? 'waiting' : some('claimed') ? 'claimed' : some('incidents') ? 'incident' : undefined);
    if (state !== undefined) this.#panel.open(elementId, row.dataset['step'] ?? '', state, opener);
  }
}

function legendMark(level: string): SVGElement {
  const svg = make('svg', { viewBox: '0 0 32 16', width: '32', height: '16' });
  svg.append(patterns(`legend-${level}`), make('rect', { width: '32', height: '16', rx: '3', fill: `url(#legend-${level}-${level})` }));
  return svg;
}

const root = document.querySelector<HTMLElement>('[data-monitor]');
if (root !== null) new Monitor(root).start();
