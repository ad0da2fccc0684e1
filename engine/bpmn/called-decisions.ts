/** The decisions a process calls (BPMN 2.0.2, 10.3.3 business rule task), and which of them are not there to be called. */
import { boundKey } from './binding-specs.ts';
import type { Problem } from '../errors.ts';
import { problem } from './errors.ts';
import type { FlowNode, ProcessGraph } from './graph.ts';

/** The ids a process calls, as far as they are written down; `computed`: another is found out by FEEL when it is called. */
export interface CalledIds {
  readonly latest: readonly string[];
  readonly deployment: readonly string[];
  /** Called by a version tag. */
  readonly tagged: readonly string[];
  readonly computed: boolean;
}

function callers(process: ProcessGraph): FlowNode[] {
  return [...process.nodes.values()].filter((node) => node.calledDecision !== undefined);
}

export function calledDecisions(process: ProcessGraph): CalledIds {
  const calls = callers(process).flatMap((node) => node.calledDecision ?? []);
  const idsOf = (binding: string): readonly string[] => [...new Set(calls.flatMap((call) => (call.binding === binding ? call.decisionId.literal ?? [] : [])))];
  return { latest: idsOf('latest'), deployment: idsOf('deployment'), tagged: idsOf('versionTag'), computed: calls.some((call) => call.decisionId.feel !== undefined) };
}

/** BPMN_DECISION_MISSING for each call of a decision that is neither among those deployed together nor, by another binding than deployment, deployed before. One with a version tag is looked for as `id@tag`. */
export function missingDecisions(process: ProcessGraph, together: ReadonlySet<string>, deployedBefore: (key: string) => boolean): Problem[] {
  return callers(process).flatMap((node) => {
    const { decisionId, binding, versionTag } = node.calledDecision ?? {};
    const id = decisionId?.literal;
    if (id === undefined) return [];
    const key = boundKey(id, versionTag);
    if (together.has(key) || (binding !== 'deployment' && deployedBefore(key))) return [];
    const where = binding === 'deployment' ? 'deployed together with the process' : `deployed${versionTag === undefined ? '' : ` with the version tag ${versionTag}`} before or together with the process`;
    return [problem('BPMN_DECISION_MISSING', node, { decision: id, where })];
  });
}
