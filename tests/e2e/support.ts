/** A whole server with the demo government and a real Chromium, for tests that click; and what every page must satisfy. */
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Variables } from '../../engine/index.ts';
import { readConfig } from '../../server/config.ts';
import { startPiton } from '../../server/main.ts';
import type { Adapters, Piton } from '../../server/main.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
/** Where pictures of every screen are kept. */
export const SHOTS = new URL('../../.artefacts/desk/', import.meta.url).pathname;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The browser by its usual names on the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Skips the suite where there is no browser, unless nothing may be skipped. */
export function requireChromium(suite: Mocha.Context): string {
  const path = findChromium();
  if (path !== undefined) return path;
  if (process.env['PITON_REQUIRE'] === 'all') throw new Error('Expected Chromium on the PATH, but it is not there. Install it: apt-get install chromium');
  return suite.skip();
}

/** A clock that can be moved forward while the server runs. */
class MovableClock {
  #ahead = 0;

  now(): string {
    return new Date(Date.now() + this.#ahead).toISOString();
  }

  advance(minutes: number): void {
    this.#ahead += minutes * 60_000;
  }
}

/** Server and browser together; `errors` collects what pages wrote to the console as an error. */
export class World {
  readonly clock: MovableClock;
  readonly errors: string[] = [];
  readonly #piton: Piton;
  readonly #browser: Browser;
  readonly #folder: string;
  readonly #passwords: ReadonlyMap<string, string>;

  private constructor(piton: Piton, browser: Browser, folder: string, clock: MovableClock) {
    this.#piton = piton;
    this.#browser = browser;
    this.#folder = folder;
    this.clock = clock;
    this.#passwords = new Map(piton.lines.flatMap((line) => {
      const match = /^\s+(\S+)\s+(\S{4}-\S{4}-\S{4})\b/.exec(line);
      return match === null ? [] : [[match[1]!, match[2]!] as const];
    }));
  }

  /** `demo` off: an installation without accounts. */
  static async open(executablePath: string, demo: 'on' | 'off' = 'on', adapters: Adapters = {}): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'piton-e2e-'));
    const clock = new MovableClock();
    const config = readConfig({ PITON_DATA: folder, PITON_PORT: '0', PITON_LOG: 'silent', PITON_DEMO: demo });
    const piton = await startPiton(config, pino({ level: 'silent' }), clock, adapters);
    const browser = await chromium.launch({ executablePath, args: FLAGS, timeout: 30_000 });
    mkdirSync(SHOTS, { recursive: true });
    return new World(piton, browser, folder, clock);
  }

  get piton(): Piton {
    return this.#piton;
  }

  /** The data folder. */
  get folder(): string {
    return this.#folder;
  }

  /** The PIN that is printed at the start. */
  pin(account: string): string {
    const found = this.#piton.lines.map((line) => /^\s+(\S+)\s+\S+\s+(\d{6})\b/.exec(line)).find((match) => match?.[1] === account);
    if (!found) throw new Error(`Expected a PIN of ${account}, but none is printed`);
    return found[2]!;
  }

  get url(): string {
    return this.#piton.url;
  }

  get lines(): readonly string[] {
    return this.#piton.lines;
  }

  /** A case as the engine holds it. */
  inspect(stream: string): ReturnType<Piton['runtime']['inspect']> {
    return this.#piton.runtime.inspect(stream);
  }

  /** Deploys a model with its forms, as an analyst would. */
  async deploy(files: readonly { readonly name: string; readonly content: string }[]): Promise<void> {
    const answer = await this.#piton.runtime.deploy(files, { actor: { person: 'systems.analyst', groups: [] } });
    expect(answer.outcome, JSON.stringify(answer)).to.equal('deployed');
    if (answer.outcome === 'deployed') await this.#piton.runtime.settled(answer.position);
  }

  /** Starts a case beside the browser, as this person; answers its id. */
  async start(processId: string, variables: Variables, person: string, groups: readonly string[]): Promise<string> {
    const answer = await this.#piton.runtime.startInstance({ processId, variables }, { actor: { person, groups } });
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    await this.#piton.runtime.settled(answer.position);
    return answer.stream;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#piton.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A browser of its own, like another person at another desk. */
  async visitor(options: { readonly javaScriptEnabled?: boolean } = {}): Promise<Visitor> {
    const context = await this.#browser.newContext({ baseURL: this.url, viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    // The browser itself reports answers such as 409 and 422 as failed resources: pages of ours are allowed to have them.
    page.on('console', (message) => { if (message.type() === 'error' && !/^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())) this.errors.push(`${page.url()}: ${message.text()}`); });
    page.on('pageerror', (error) => { this.errors.push(`${page.url()}: ${error.message}`); });
    return new Visitor(context, page, this.#passwords);
  }

  async officer(account: string): Promise<Visitor> {
    const visitor = await this.visitor();
    await visitor.signIn(account);
    return visitor;
  }
}

export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #passwords: ReadonlyMap<string, string>;

  constructor(context: BrowserContext, page: Page, passwords: ReadonlyMap<string, string>) {
    this.context = context;
    this.page = page;
    this.#passwords = passwords;
  }

  password(account: string): string {
    const password = this.#passwords.get(account);
    if (password === undefined) throw new Error(`Expected a demo account ${account}, but there are ${[...this.#passwords.keys()].join(', ')}`);
    return password;
  }

  async signIn(account: string): Promise<void> {
    await this.page.goto('/sign-in');
    await this.fillSignIn(account);
  }

  async fillSignIn(account: string): Promise<void> {
    await this.page.getByLabel('Account name').fill(account);
    await this.page.getByLabel('Password').fill(this.password(account));
    await this.press('Sign in');
  }

  /** Presses a button of the page and waits for what it leads to. */
  async press(name: string): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), this.page.getByRole('main').getByRole('button', { name, exact: true }).click()]);
  }

  /** Fills the inputs by their names; a date as `27 3 2026`. */
  async fill(answers: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, answer] of Object.entries(answers)) {
      const name = `v-${key}`;
      const parts = answer.split(' ');
      if (await this.page.locator(`[name="${name}-day"]`).count() > 0) {
        for (const [at, part] of ['day', 'month', 'year'].entries()) await this.page.locator(`[name="${name}-${part}"]`).fill(parts[at] ?? '');
        continue;
      }
      const input = this.page.locator(`[name="${name}"]`);
      const tag = await input.first().evaluate((element) => `${element.tagName} ${element.getAttribute('type') ?? ''}`);
      if (tag.startsWith('SELECT')) await input.selectOption(answer);
      else if (tag.endsWith('checkbox')) await input.setChecked(answer === 'yes');
      else await input.fill(answer);
    }
  }

  /** Takes the oldest task of this name that waits in the groups, and opens it. */
  async claim(task: string): Promise<void> {
    await this.page.goto('/tasks?view=groups');
    await this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name: task, exact: true }) }).first().getByRole('button', { name: 'Claim' }).click();
    await this.page.waitForURL(/\/tasks\/[^/?]+\/\d+$/);
  }

  /** Opens a task this person holds. */
  async open(task: string): Promise<void> {
    await this.page.goto('/tasks');
    await this.page.getByRole('main').getByRole('link', { name: task, exact: true }).first().click();
    await this.page.waitForURL(/\/tasks\/[^/?]+\/\d+$/);
  }

  async text(): Promise<string> {
    return this.page.getByRole('main').innerText();
  }
}

/** Looks at a page as a wide and as a narrow screen show it: axe, overflow, overlaps, target sizes; keeps a picture of both. */
export async function examine(page: Page, name: string): Promise<void> {
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: width === 320 ? 640 : 900 });
    await page.screenshot({ path: join(SHOTS, `${name}-${String(width)}.png`), fullPage: true });
    expect(await layoutProblems(page), `${name} at ${String(width)} px`).to.deep.equal([]);
    expect(await accessProblems(page), `${name} at ${String(width)} px`).to.deep.equal([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[] }[];
}

async function accessProblems(page: Page): Promise<string[]> {
  // Our pages allow no foreign script; the debugger may evaluate one.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(async (tags) => (globalThis as unknown as { axe: { run(context: unknown, options: unknown): Promise<AxeResult> } }).axe.run(document, { runOnly: { type: 'tag', values: tags } }), RULES);
  return violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

/** What sticks out to the side, what lies on each other, what is too small to hit (WCAG 2.2, 1.4.10 and 2.5.8). */
async function layoutProblems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: string[] = [];
    const name = (element: Element): string => `${element.tagName.toLowerCase()}${element.id === '' ? '' : `#${element.id}`} "${(element.textContent || element.getAttribute('name') || '').trim().slice(0, 40)}"`;
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over > 0) problems.push(`the page is ${String(over)} px too wide`);
    // What is scrolled out of its box, or folded away, lies on nothing.
    const clipped = (element: Element): { left: number; right: number; top: number; bottom: number } => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const box = { left, right, top, bottom };
      for (let outer = element.parentElement; outer !== null && outer !== document.body; outer = outer.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(outer);
        const frame = outer.getBoundingClientRect();
        if (overflowY !== 'visible') {
          box.top = Math.max(box.top, frame.top);
          box.bottom = Math.min(box.bottom, frame.bottom);
        }
        if (overflowX !== 'visible') {
          box.left = Math.max(box.left, frame.left);
          box.right = Math.min(box.right, frame.right);
        }
      }
      return box;
    };
    const seen = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
      .map((element) => ({ element, whole: element.getBoundingClientRect(), box: clipped(element) }))
      .filter(({ element, whole }) => whole.width > 1 && whole.height > 1 && element.checkVisibility({ visibilityProperty: true }) && !element.classList.contains('govuk-skip-link'));
    const shown = seen.filter(({ box }) => box.bottom - box.top > 1 && box.right - box.left > 1);
    for (const { element, whole: box } of seen) {
      if (box.left < -1 || box.right > document.documentElement.clientWidth + 1) problems.push(`${name(element)} is cut off`);
      const inText = getComputedStyle(element).display === 'inline';
      if (!inText && (box.width < 24 || box.height < 24)) problems.push(`${name(element)} is only ${String(Math.round(box.width))} by ${String(Math.round(box.height))} px`);
    }
    for (const [index, first] of shown.entries()) {
      for (const second of shown.slice(index + 1)) {
        if (first.element.contains(second.element) || second.element.contains(first.element)) continue;
        const wide = Math.min(first.box.right, second.box.right) - Math.max(first.box.left, second.box.left);
        const high = Math.min(first.box.bottom, second.box.bottom) - Math.max(first.box.top, second.box.top);
        if (wide > 1 && high > 1 && getComputedStyle(first.element).display !== 'inline' && getComputedStyle(second.element).display !== 'inline') problems.push(`${name(first.element)} and ${name(second.element)} overlap`);
      }
    }
    return problems;
  });
}
