// The decision requirements graph (DMN 1.5, 6.2.2): without circles, and not deeper than an evaluation may go.

import type { DmnCode, Values } from './errors.ts';
import type { DrgElement } from './model.ts';

export const LONGEST_CHAIN = 100;

/** What an element needs to be evaluated. A function may call itself: that is recursion, not a circle. */
function needs(element: DrgElement): readonly DrgElement[] {
  switch (element.kind) {
    case 'inputData':
      return [];
    case 'decision':
      return [...element.requirements, ...element.knowledge].map(({ target }) => target);
    case 'businessKnowledgeModel':
      return element.knowledge.map(({ target }) => target).filter((target) => target !== element);
    case 'decisionService':
      return [...element.outputs, ...element.encapsulated];
  }
}

type Report = (code: DmnCode, elementId: string, values: Values) => void;

/** Reports circles and too long chains; false when there is one. */
export function checkRequirements(elements: Iterable<DrgElement>, report: Report): boolean {
  const depths = new Map<DrgElement, number>();
  const path: DrgElement[] = [];
  const onPath = new Set<DrgElement>();
  const faulty = new Set<DrgElement>();
  const visit = (element: DrgElement): number => {
    const known = depths.get(element);
    if (known !== undefined) return known;
    if (onPath.has(element)) {
      const circle = path.slice(path.indexOf(element)).map((member) => member.name);
      report('DMN_REQUIREMENT_CYCLE', element.id, { path: circle.join(', ') });
      faulty.add(element);
      return 0;
    }
    if (path.length > LONGEST_CHAIN) {
      report('DMN_REQUIREMENT_TOO_DEEP', element.id, { limit: LONGEST_CHAIN });
      faulty.add(element);
      depths.set(element, 0);
      return 0;
    }
    path.push(element);
    onPath.add(element);
    let deepest = 0;
    for (const needed of needs(element)) deepest = Math.max(deepest, visit(needed) + 1);
    path.pop();
    onPath.delete(element);
    depths.set(element, deepest);
    return deepest;
  };
  for (const element of elements) {
    const depth = visit(element);
    // One fault is enough to stop: what lies behind it would be reported again and again.
    if (faulty.size > 0) return false;
    if (depth <= LONGEST_CHAIN) continue;
    report('DMN_REQUIREMENT_TOO_DEEP', element.id, { limit: LONGEST_CHAIN });
    return false;
  }
  return true;
}
