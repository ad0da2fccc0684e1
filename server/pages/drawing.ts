/** How large the drawing of a model is (BPMN 2.0.2, 12 diagram interchange), so that a page can keep its room before it is drawn. */

export interface Extent {
  readonly width: number;
  readonly height: number;
}

const PLACED = /<(?:[\w.-]+:)?(?:Bounds|waypoint)\b([^>]*)>/g;
const NUMBER = /\b(x|y|width|height)\s*=\s*["']\s*(-?[\d.]+)\s*["']/g;

/** The extent of the first diagram of a file, in its own units; undefined where it has none. Only what is placed is read: the model itself was read when it was deployed. */
export function drawingExtent(xml: string): Extent | undefined {
  const end = xml.search(/<\/(?:[\w.-]+:)?BPMNDiagram\s*>/);
  const [least, most] = [{ x: Infinity, y: Infinity }, { x: -Infinity, y: -Infinity }];
  for (const [, attributes] of xml.slice(0, Math.max(end, 0)).matchAll(PLACED)) {
    const at = Object.fromEntries([...attributes!.matchAll(NUMBER)].map(([, name, value]) => [name!, Number(value)]));
    const { x = NaN, y = NaN, width = 0, height = 0 } = at;
    if (![x, y, width, height].every(Number.isFinite)) continue;
    least.x = Math.min(least.x, x);
    least.y = Math.min(least.y, y);
    most.x = Math.max(most.x, x + width);
    most.y = Math.max(most.y, y + height);
  }
  const extent = { width: Math.round(most.x - least.x), height: Math.round(most.y - least.y) };
  return extent.width > 0 && extent.height > 0 ? extent : undefined;
}
