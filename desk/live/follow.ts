/** Keeps a part of a page up to date: told by the live connection, asked every half minute where there is none, and silent while nobody is there. */

const DEBOUNCE_MS = 200;
const ASK_MS = 30_000;
/** While the connection tells what changes, only dates grow old. */
const LIVE_ASK_MS = 300_000;
/** After this time without a key or a click nothing is asked any more, so that a session ends when its person has left. */
const AWAY_MS = 300_000;

/** `rooms`: of the live connection; none: only asking. `refresh` reads afresh; what it throws is a lost connection, and it is asked again later. */
export function follow(rooms: readonly string[], refresh: () => Promise<void>): void {
  let lastActive = Date.now();
  let asked = Date.now();
  let stale = false;
  let live = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isHere = (): boolean => !document.hidden && Date.now() - lastActive < AWAY_MS;
  const read = (): void => {
    timer = undefined;
    stale = !isHere();
    if (stale) return;
    asked = Date.now();
    refresh().catch(() => { stale = true; });
  };
  const soon = (): void => { timer ??= setTimeout(read, DEBOUNCE_MS); };
  const seen = (): void => {
    lastActive = Date.now();
    if (stale && !document.hidden) soon();
  };
  for (const name of ['keydown', 'pointerdown', 'scroll', 'visibilitychange']) addEventListener(name, seen, { passive: true, capture: true });
  setInterval(() => { if (isHere() && Date.now() - asked > (live ? LIVE_ASK_MS : ASK_MS)) soon(); }, 5_000);
  if (rooms.length === 0) return;
  // The page is usable before the connection is: its code is fetched when nothing else is to be done.
  setTimeout(() => {
    void import('./connection.ts').then(({ connectLive }) => {
      const connection = connectLive();
      connection.state.subscribe(({ status }) => { live = status === 'live'; });
      for (const room of rooms) connection.join(room, { changed: soon, lost: soon });
    }).catch(() => undefined);
  }, 500);
}

/** The rooms an element names. */
export function roomsOf(element: HTMLElement): string[] {
  return (element.dataset['rooms'] ?? '').split(' ').filter((room) => room !== '');
}
