/** Where the designer begins in the browser: puts the app into the page the server rendered. */
import { h, render } from 'preact';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import { ModelApi } from './api.ts';
import { App } from './app.tsx';
import { clockOf } from './clock.ts';
import './designer.css';
import { Diagram } from './diagram/diagram.ts';
import { startEngine } from './engine-client.ts';
import { Session } from './session.ts';

const place = document.getElementById('designer');
if (place !== null) begin(place);

function begin(root: HTMLElement): void {
  const { model = '', csrf = '', zone = 'UTC' } = root.dataset;
  const canvas = document.createElement('div');
  canvas.className = 'designer-canvas__drawing';
  const diagram = new Diagram(canvas);
  const engine = startEngine();
  const session = new Session(model, new ModelApi(model, csrf), diagram, engine);
  root.replaceChildren();
  render(h(App, { session, diagram, engine, canvas, clock: clockOf(zone) }), root);
  void session.open();
  diagram.edits.subscribe((count) => { if (count > 0) session.changed(); });
  addEventListener('pagehide', () => { session.draft.leave(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden) void session.save(); });
  addEventListener('online', () => { void session.save(); });
}
