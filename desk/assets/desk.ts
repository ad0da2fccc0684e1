// What the pages do a little better with a script: live counts, drafts that save themselves. Everything works without it.
// Served as it stands: only what is JavaScript too may be written here.
(() => {
  const COUNTS_MS = 30_000;
  const DRAFT_MS = 5_000;
  // After this time without a key or a click nothing is asked any more, so that a session ends when its person has left.
  const AWAY_MS = 300_000;
  const OFFLINE = 'There is no connection. What you typed stays on this page: send it when the connection is back.';
  const ENDED = 'Your session has ended. Press a button to sign in again: what you typed is kept.';

  let lastActive = Date.now();
  for (const name of ['keydown', 'pointerdown', 'scroll']) addEventListener(name, () => { lastActive = Date.now(); }, { passive: true });
  const isHere = () => !document.hidden && Date.now() - lastActive < AWAY_MS;

  const refreshCounts = async () => {
    if (!isHere()) return;
    const answer = await fetch('/api/v1/tasks/counts', { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    const text = await answer.text();
    for (const place of document.querySelectorAll('[data-live-count]')) {
      const count = new RegExp(`"${place.getAttribute('data-live-count') ?? ''}":(\\d+)`).exec(text)?.[1];
      if (count !== undefined && place.textContent !== count) place.textContent = count;
    }
  };

  const keepDraft = (form = document.createElement('form')) => {
    const address = form.getAttribute('data-draft') ?? '';
    const state = form.querySelector('[data-draft-state]');
    let changed = false;
    let sent = false;
    form.addEventListener('input', () => { changed = true; });
    form.addEventListener('submit', () => { sent = true; });
    const save = async () => {
      if (!changed || sent) return;
      changed = false;
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
      body.set('auto', 'yes');
      // Its own key: the one of the form belongs to the decision.
      body.delete('_key');
      // A PIN belongs to the moment of signing, and to nobody's draft.
      body.delete('pin');
      const answer = await fetch(address, { method: 'POST', body, redirect: 'manual' }).catch(() => undefined);
      if (answer === undefined || answer.status >= 500) changed = true;
      if (state !== null) state.textContent = answer?.ok === true ? 'Saved for later' : answer?.status === 401 ? ENDED : answer === undefined ? 'Not saved yet: there is no connection. It is tried again by itself.' : '';
    };
    setInterval(() => { void save(); }, DRAFT_MS);
  };

  // What is sent without a connection would end on a page of the browser, and what was typed with it.
  const watchLine = (main = document.body) => {
    const told = document.createElement('div');
    told.className = 'desk-offline';
    told.setAttribute('role', 'status');
    main.prepend(told);
    const tell = () => { told.textContent = navigator.onLine ? '' : OFFLINE; };
    addEventListener('online', tell);
    addEventListener('offline', tell);
    addEventListener('submit', (event) => {
      tell();
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, { capture: true });
    tell();
  };

  // From a task back to the list it was opened from: the same view, the same page of it.
  const LIST = 'desk-list';
  if (location.pathname === '/tasks') sessionStorage.setItem(LIST, location.search);
  for (const back of document.querySelectorAll('[data-back-to-list]')) back.setAttribute('href', `/tasks${sessionStorage.getItem(LIST) ?? ''}`);

  const main = document.querySelector('main.govuk-main-wrapper');
  if (main instanceof HTMLElement) watchLine(main);
  if (document.querySelector('[data-live-count]') !== null) setInterval(() => { void refreshCounts().catch(() => undefined); }, COUNTS_MS);
  for (const form of document.querySelectorAll('form[data-draft]')) if (form instanceof HTMLFormElement) keepDraft(form);
})();
