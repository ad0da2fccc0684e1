// What the pages do a little better with a script: live counts, drafts that save themselves. Everything works without it.
(() => {
  'use strict';
  const COUNTS_MS = 30_000;
  const DRAFT_MS = 5_000;
  // After this time without a key or a click nothing is asked any more, so that a session ends when its person has left.
  const AWAY_MS = 300_000;

  let lastActive = Date.now();
  for (const name of ['keydown', 'pointerdown', 'scroll']) addEventListener(name, () => { lastActive = Date.now(); }, { passive: true });
  const isHere = () => !document.hidden && Date.now() - lastActive < AWAY_MS;

  async function refreshCounts() {
    if (!isHere()) return;
    const answer = await fetch('/api/v1/tasks/counts', { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    const counts = await answer.json();
    for (const place of document.querySelectorAll('[data-live-count]')) {
      const count = counts[place.dataset.liveCount];
      if (Number.isInteger(count) && place.textContent !== String(count)) place.textContent = String(count);
    }
  }

  function keepDraft(form) {
    const state = form.querySelector('[data-draft-state]');
    let changed = false;
    let sent = false;
    form.addEventListener('input', () => { changed = true; });
    form.addEventListener('submit', () => { sent = true; });
    setInterval(async () => {
      if (!changed || sent) return;
      changed = false;
      const body = new URLSearchParams(new FormData(form));
      body.set('auto', 'yes');
      // Its own key: the one of the form belongs to the decision.
      body.delete('_key');
      try {
        const answer = await fetch(form.dataset.draft, { method: 'POST', body, redirect: 'manual' });
        if (state && (answer.ok || answer.type === 'opaqueredirect')) state.textContent = 'Saved for later';
      } catch {
        changed = true;
      }
    }, DRAFT_MS);
  }

  if (document.querySelector('[data-live-count]')) setInterval(() => { refreshCounts().catch(() => {}); }, COUNTS_MS);
  for (const form of document.querySelectorAll('form[data-draft]')) keepDraft(form);
})();
