/** Findings on the drawing: a colour round the element and a button with an icon, so that colour alone never says it. */
import type { Finding } from '../model/findings.ts';
import type { DrawnElement, Services } from './services.ts';

const OVERLAY = 'finding';
const MARKERS = { error: 'finding-error', warning: 'finding-warning' } as const;
const marked = new WeakMap<Services['canvas'], Map<string, string>>();

/** Takes earlier marks away and puts these; one per element, the worst. */
export function showMarks(canvas: Services['canvas'], overlays: Services['overlays'], drawn: (id: string) => DrawnElement | undefined, findings: readonly Finding[], choose: (id: string) => void): void {
  for (const [id, marker] of marked.get(canvas) ?? []) if (drawn(id) !== undefined) canvas.removeMarker(id, marker);
  overlays.remove({ type: OVERLAY });
  const markers = new Map<string, string>();
  for (const { elementId, severity } of findings) {
    const element = drawn(elementId);
    if (element === undefined || markers.has(elementId) || isRoot(element)) continue;
    const all = findings.filter((finding) => finding.elementId === elementId);
    canvas.addMarker(elementId, MARKERS[severity]);
    markers.set(elementId, MARKERS[severity]);
    overlays.add(elementId, OVERLAY, { position: positionOf(element), html: badge(severity, all, () => { choose(elementId); }) });
  }
  marked.set(canvas, markers);
}

function isRoot(element: DrawnElement): boolean {
  return element.parent === undefined;
}

/** At the upper left corner; of a flow in its middle. */
function positionOf(element: DrawnElement): { readonly top: number; readonly left: number } {
  const { waypoints } = element;
  if (waypoints === undefined) return { top: -12, left: -12 };
  const middle = Math.floor((waypoints.length - 1) / 2);
  const [from, to] = [waypoints[middle]!, waypoints[middle + 1] ?? waypoints[middle]!];
  const left = Math.min(...waypoints.map(({ x }) => x));
  const top = Math.min(...waypoints.map(({ y }) => y));
  return { left: (from.x + to.x) / 2 - left - 12, top: (from.y + to.y) / 2 - top - 12 };
}

/** The outline and the list of problems are the way of the keyboard, so the badge is no stop of the tab key. */
function badge(severity: Finding['severity'], findings: readonly Finding[], choose: () => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.tabIndex = -1;
  button.className = `finding-badge finding-badge--${severity}`;
  button.textContent = severity === 'error' ? '✕' : '!';
  button.title = findings.map(({ message }) => message).join('\n');
  button.setAttribute('aria-label', `${severity === 'error' ? 'Error' : 'Warning'}: ${findings[0]?.message ?? ''}`);
  button.addEventListener('click', choose);
  return button;
}
