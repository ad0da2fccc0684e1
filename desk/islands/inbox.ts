/** The work list, kept up to date in place: rows come and go, the focus stays, and a new task is announced politely. */
import { follow, roomsOf } from '../live/follow.ts';

const list = document.querySelector<HTMLElement>('[data-inbox]');
const news = document.querySelector<HTMLElement>('[data-inbox-news]');

/** The list as the server draws it now; rejects when it cannot be had, as after the end of the session. */
async function fetched(address: string): Promise<HTMLElement> {
  const answer = await fetch(address, { headers: { Accept: 'text/html' }, redirect: 'manual' });
  const found = answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector<HTMLElement>('[data-inbox]') : null;
  if (found === null) throw new Error('no list');
  return found;
}

function namesByTask(of: HTMLElement): Map<string, string> {
  const rows = [...of.querySelectorAll<HTMLElement>('tr[data-task]')];
  return new Map(rows.map((row) => [row.dataset['task'] ?? '', row.querySelector('a')?.textContent ?? '']));
}

/** How to find the focused element again: its row and its place in it, or its address. */
function focusIn(within: HTMLElement): (() => HTMLElement | null) | undefined {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !within.contains(focused)) return undefined;
  const task = focused.closest<HTMLElement>('tr[data-task]')?.dataset['task'];
  if (task === undefined) return () => within.querySelector<HTMLElement>(`a[href="${CSS.escape(focused.getAttribute('href') ?? '')}"]`);
  const at = [...focused.closest('tr')!.querySelectorAll('a, button')].indexOf(focused);
  return () => {
    const row = within.querySelector(`tr[data-task="${CSS.escape(task)}"]`);
    return row === null ? null : [...row.querySelectorAll<HTMLElement>('a, button')][at] ?? row.querySelector('a');
  };
}

/** Whether somebody is in the middle of copying from the list, or has just pressed a button of it. */
function isInUse(within: HTMLElement): boolean {
  const selection = getSelection();
  return within.dataset['sent'] !== undefined || (selection !== null && !selection.isCollapsed && within.contains(selection.anchorNode));
}

async function refresh(within: HTMLElement): Promise<void> {
  const now = await fetched(within.dataset['inbox'] ?? '');
  if (now.textContent === within.textContent) return;
  if (isInUse(within)) throw new Error('later');
  const before = namesByTask(within);
  const fresh = [...namesByTask(now)].filter(([task]) => !before.has(task));
  const refocus = focusIn(within);
  within.replaceChildren(...now.childNodes);
  for (const [task] of fresh) within.querySelector(`tr[data-task="${CSS.escape(task)}"]`)?.classList.add('desk-table__row--new');
  if (refocus !== undefined) (refocus() ?? document.querySelector<HTMLElement>('main'))?.focus({ preventScroll: true });
  const mine = within.querySelector('[data-live-count="mine"]')?.textContent ?? undefined;
  for (const place of document.querySelectorAll('.desk-nav [data-live-count="mine"]')) if (mine !== undefined && place.textContent !== mine) place.textContent = mine;
  if (news !== null && fresh.length > 0) news.textContent = fresh.length === 1 ? `A new task: ${fresh[0]![1]}` : `${String(fresh.length)} new tasks`;
}

if (list !== null) {
  list.addEventListener('submit', () => { list.dataset['sent'] = ''; });
  follow(roomsOf(list), () => refresh(list));
}
