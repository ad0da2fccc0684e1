/** Where the decision editor begins in the browser: a page of its own, without the drawing. */
import { h, render } from 'preact';
import { ModelApi } from '../api.ts';
import { clockOf } from '../clock.ts';
import '../designer.css';
import { DecisionApp } from './app.tsx';
import { startDecisionEngine } from './decision-client.ts';
import './decisions.css';
import { DecisionSession } from './session.ts';

const place = document.getElementById('decisions');
if (place !== null) begin(place);

function begin(root: HTMLElement): void {
  const { model = '', decision = '', csrf = '', zone = 'UTC' } = root.dataset;
  const session = new DecisionSession(decision, { api: new ModelApi(model, csrf), engine: startDecisionEngine(), zone, model });
  root.replaceChildren();
  render(h(DecisionApp, { session, clock: clockOf(zone) }), root);
  void session.open();
  addEventListener('pagehide', () => { session.draft.leave(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden) void session.draft.save(); });
  addEventListener('online', () => { void session.draft.save(); });
}
