/** How much a case may hold: before variables are written, whether there is room for them. It costs what is written, not what is there. */
import { approximateBytes, bytesOf } from '../events.ts';
import type { Variables } from '../facts.ts';
import type { InstanceState } from '../state.ts';
import type { Decision } from './decision.ts';
import { Stuck } from './errors.ts';
import { readVariable } from './variables.ts';

/** About how many bytes the case would hold with `values` of `size` bytes written in `scope`; what they overwrite is looked at only where it matters. */
export function heldWith(state: InstanceState, scope: number, values: Variables, size: number, limit: number): number {
  const held = state.bytes + size;
  if (held <= limit) return held;
  return Object.keys(values).reduce((left, name) => {
    const before = readVariable(state, scope, name);
    return before === undefined ? left : left - bytesOf(name, before);
  }, held);
}

/** Throws Stuck when there is none. `freed`: bytes that go with what writes them. */
export function ensureRoom({ state, facts }: Decision, scope: number, values: Variables, where: string, freed = 0): void {
  const limit = facts.limits.caseBytes;
  const size = heldWith(state, scope, values, approximateBytes(values), limit + freed) - freed;
  if (size > limit) throw new Stuck('INCIDENT_CASE_TOO_LARGE', { where, limit, size });
}
