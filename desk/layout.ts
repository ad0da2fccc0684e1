/** The frame of every page: skip link, header with product name and person, navigation, notice of what was just done, footer. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { HiddenFields } from './controls.ts';
import type { FormKeys } from './controls.ts';

/** Addresses of the style sheet, the script and the icon, with a hash of their content in the name. */
export interface DeskAssets {
  readonly stylesheet: string;
  readonly script: string;
  readonly icon: string;
  /** What was bundled from desk/islands and the designer, by the name of its entry. */
  readonly islands: Readonly<Record<string, Island>>;
}

/** A bundled script (a module) with its style sheets. */
export interface Island {
  readonly script: string;
  readonly styles: readonly string[];
}

export interface Flash {
  readonly kind: 'success' | 'notice';
  readonly title: string;
  readonly text?: string;
  readonly link?: { readonly href: string; readonly text: string };
}

/** What the frame shows of the signed-in person. */
export interface Shell {
  readonly assets: DeskAssets;
  readonly keys: FormKeys;
  readonly person: { readonly name: string; readonly post: string | undefined } | undefined;
  readonly nav: readonly NavItem[];
  readonly flash: Flash | undefined;
  /** On a page that lists closed cases while some are missing: how many of a hundred are there. */
  readonly listed?: number;
  /** Where the person can be absent or a deputy: how many proposals wait for their answer. */
  readonly absence?: { readonly asked: number; readonly current: boolean };
}

export interface NavItem {
  readonly name: string;
  readonly href: string;
  readonly current: boolean;
  /** Shown behind the name; `live` names the counter the script keeps up to date. */
  readonly count?: number;
  readonly live?: string;
  readonly countMeans?: string;
}

export interface PageFrame {
  readonly title: string;
  readonly shell: Shell;
  /** `desk`: close rows for daily work; `public`: large and roomy. */
  readonly density?: 'desk' | 'public';
  /** The title starts with "Error: " so that it is heard first. */
  readonly failed?: boolean;
  readonly wide?: boolean;
  /** An application fills the window: a slim header, no navigation, no footer. */
  readonly app?: boolean;
  /** Names of the bundles this page comes alive with; it must say what it can without them. */
  readonly islands?: readonly string[];
}

/** The whole document. */
export function renderPage(frame: PageFrame, content: ComponentChildren): string {
  return `<!doctype html>${renderToString(h(Document, { frame }, content))}`;
}

function Document({ frame, children }: { readonly frame: PageFrame; readonly children?: ComponentChildren }): JSX.Element {
  const { shell, title } = frame;
  const islands = (frame.islands ?? []).flatMap((name) => shell.assets.islands[name] ?? []);
  return h('html', { lang: 'en', class: 'govuk-template' },
    h('head', null,
      h('meta', { charset: 'utf-8' }),
      h('title', null, `${frame.failed === true ? 'Error: ' : ''}${title} – Piton`),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light' }),
      h('meta', { name: 'theme-color', content: '#12323c' }),
      h('link', { rel: 'stylesheet', href: shell.assets.stylesheet }),
      h('link', { rel: 'icon', href: shell.assets.icon, type: 'image/svg+xml' }),
      islands.flatMap(({ styles }) => styles).map((href) => h('link', { rel: 'stylesheet', href, key: href })),
      h('script', { src: shell.assets.script, defer: true }),
      islands.map(({ script }) => h('script', { src: script, type: 'module', key: script }))),
    h('body', { class: `govuk-template__body density-${frame.density ?? 'desk'}${frame.app === true ? ' desk-app-body' : ''}` },
      h('a', { href: '#content', class: 'govuk-skip-link' }, 'Skip to main content'),
      h(Header, { shell: frame.app === true ? { ...shell, nav: [] } : shell }),
      frame.app === true ? h('main', { class: 'desk-app', id: 'content', tabIndex: -1 }, children) : h('div', { class: `govuk-width-container${frame.wide === true ? ' desk-wide' : ''}` },
        h('main', { class: 'govuk-main-wrapper', id: 'content', tabIndex: -1 },
          shell.flash === undefined ? null : h(FlashBanner, { flash: shell.flash }),
          shell.listed === undefined ? null : h('div', { class: 'govuk-inset-text', role: 'status' }, `The lists are being made anew, and some closed cases are still missing here: ${String(shell.listed)} % are done. Cases at work are all there.`),
          children)),
      frame.app === true ? null : h(Footer, null)));
}

function Header({ shell }: { readonly shell: Shell }): JSX.Element {
  return h('header', { class: 'desk-header' },
    h('div', { class: 'desk-header__bar' },
      h('div', { class: 'govuk-width-container desk-header__inner' },
        h('a', { href: '/', class: 'desk-brand' }, h(Mark, null), h('span', { class: 'desk-brand__name' }, 'Piton'), h('span', { class: 'desk-brand__line' }, 'Government procedures')),
        shell.person === undefined ? null : h(PersonBox, { person: shell.person, shell }))),
    shell.nav.length === 0 ? null : h('nav', { class: 'desk-nav', 'aria-label': 'Main' },
      h('div', { class: 'govuk-width-container' },
        h('ul', { class: 'desk-nav__list' }, shell.nav.map((item) => h(NavLink, { item, key: item.href }))))));
}

/** The two peaks. */
function Mark(): JSX.Element {
  return h('svg', { class: 'desk-mark', viewBox: '0 0 40 28', width: 40, height: 28, 'aria-hidden': 'true', focusable: 'false' },
    h('path', { class: 'desk-mark__sun', d: 'M20 3.2a4.3 4.3 0 1 1 0 8.6 4.3 4.3 0 0 1 0-8.6z' }),
    h('path', { class: 'desk-mark__far', d: 'M18 26 27.5 7c.6-1.2 1.6-1.2 2.2 0L39 26z' }),
    h('path', { class: 'desk-mark__near', d: 'M1 26 11.3 3.2c.6-1.3 1.8-1.3 2.4 0L24 26z' }));
}

function PersonBox({ person, shell }: { readonly person: NonNullable<Shell['person']>; readonly shell: Shell }): JSX.Element {
  const { keys, absence } = shell;
  return h('div', { class: 'desk-person' },
    h('div', { class: 'desk-person__who' }, h('span', { class: 'desk-person__name' }, person.name), person.post === undefined || person.post === person.name ? null : h('span', { class: 'desk-person__post' }, person.post)),
    absence === undefined ? null : h('a', { class: 'desk-person__absence', href: '/absence', ...(absence.current && { 'aria-current': 'page' as const }) }, h('span', null, 'Absence'), absence.asked === 0 ? null : [' ', h(Count, { count: absence.asked, means: absence.asked === 1 ? 'waits for your answer' : 'wait for your answer' })]),
    h('form', { method: 'post', action: '/sign-out' }, h(HiddenFields, { csrf: keys, name: 'sign-out' }), h('button', { type: 'submit', class: 'desk-person__out' }, 'Sign out')));
}

function NavLink({ item }: { readonly item: NavItem }): JSX.Element {
  return h('li', { class: `desk-nav__item${item.current ? ' desk-nav__item--current' : ''}` },
    h('a', { href: item.href, class: 'desk-nav__link', ...(item.current && { 'aria-current': 'page' }) }, item.name,
      item.count === undefined ? null : h(Count, { count: item.count, live: item.live, means: item.countMeans ?? 'open' })));
}

/** A number in a pill; the hidden words make it a sentence for those who hear it. */
export function Count({ count, live, means }: { readonly count: number; readonly live?: string | undefined; readonly means: string }): JSX.Element {
  return h('span', { class: 'desk-count' }, h('span', live === undefined ? null : { 'data-live-count': live }, String(count)), h('span', { class: 'govuk-visually-hidden' }, ` ${means}`));
}

function FlashBanner({ flash }: { readonly flash: Flash }): JSX.Element {
  return h('div', { class: `desk-flash desk-flash--${flash.kind}`, role: 'status' }, h('p', { class: 'desk-flash__title' }, flash.title), flash.text === undefined ? null : h('p', null, flash.text), flash.link === undefined ? null : h('p', null, h('a', { class: 'govuk-link', href: flash.link.href }, flash.link.text)));
}

function Footer(): JSX.Element {
  return h('footer', { class: 'desk-footer' }, h('div', { class: 'govuk-width-container' }, h('p', null, 'Everything done here is recorded with name and time in the case it belongs to.')));
}
