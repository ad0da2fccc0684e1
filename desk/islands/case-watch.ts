/** The page of a case, kept up to date in place: it has its number as soon as there is one, and shows where it is now. */
import { follow, roomsOf } from '../live/follow.ts';

const shown = document.querySelector<HTMLElement>('[data-case]');
const news = document.querySelector<HTMLElement>('[data-case-news]');

/** The case as the server draws it now; rejects when it cannot be had, as after the end of the session. */
async function fetched(address: string): Promise<HTMLElement> {
  const answer = await fetch(address, { headers: { Accept: 'text/html' }, redirect: 'manual' });
  const found = answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector<HTMLElement>('[data-case]') : null;
  if (found === null) throw new Error('no case');
  return found;
}

/** Whether somebody reads a part they opened, fills in a form or is in the middle of copying: then nothing moves. */
function isInUse(within: HTMLElement): boolean {
  const selection = getSelection();
  return within.dataset['touched'] !== undefined || (selection !== null && !selection.isCollapsed && within.contains(selection.anchorNode));
}

/** The folded parts by their headings; those that were open stay open. */
function openParts(of: HTMLElement): Map<string, HTMLDetailsElement> {
  return new Map([...of.querySelectorAll('details')].map((part) => [part.querySelector('summary')?.textContent ?? '', part]));
}

function replace(within: HTMLElement, now: HTMLElement): void {
  const before = openParts(within);
  for (const [heading, part] of openParts(now)) part.open = before.get(heading)?.open ?? part.open;
  const focused = document.activeElement;
  const at = focused !== null && within.contains(focused) ? focused.getAttribute('href') : undefined;
  const summary = focused instanceof HTMLElement && focused.tagName === 'SUMMARY' && within.contains(focused) ? focused.textContent : undefined;
  document.title = document.title.replace(within.dataset['title'] ?? '', now.dataset['title'] ?? '');
  within.dataset['title'] = now.dataset['title'] ?? '';
  within.replaceChildren(...now.childNodes);
  if (summary !== undefined) openParts(within).get(summary)?.querySelector('summary')?.focus({ preventScroll: true });
  else if (at !== undefined) (within.querySelector<HTMLElement>(`a[href="${CSS.escape(at ?? '')}"]`) ?? document.querySelector<HTMLElement>('main'))?.focus({ preventScroll: true });
}

function offer(place: HTMLElement): void {
  const said = document.createElement('p');
  const again = document.createElement('a');
  again.className = 'govuk-link';
  again.href = location.pathname;
  again.textContent = 'Open this page again';
  said.append('The case has gone on. ', again);
  place.replaceChildren(said);
}

async function refresh(within: HTMLElement): Promise<void> {
  const now = await fetched(within.dataset['case'] ?? '');
  if (now.textContent === within.textContent) return;
  if (!isInUse(within)) replace(within, now);
  else if (news !== null && news.childElementCount === 0) offer(news);
}

if (shown !== null) {
  shown.addEventListener('input', () => { shown.dataset['touched'] = ''; });
  follow(roomsOf(shown), () => refresh(shown));
}
