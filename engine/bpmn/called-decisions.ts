/** The decisions a process calls (BPMN 2.0.2, 10.3.3 business rule task), and which of them are not there to be called. */
import type { Problem } from '../errors.ts';
import { problem } from './errors.ts';
import type { FlowNode, ProcessGraph } from './graph.ts';

/** The ids a process calls, as far as they are written down; `computed`: another is found out by FEEL when it is called. */
export interface CalledIds {
  readonly latest: readonly string[];
  readonly deployment: readonly string[];
  readonly computed: boolean;
}

function callers(process: ProcessGraph): FlowNode[] {
  return [...process.nodes.values()].filter((node) => node.calledDecision !== undefined);
}

export function calledDecisions(process: ProcessGraph): CalledIds {
  const calls = callers(process).flatMap((node) => node.calledDecision ?? []);
  const idsOf = (binding: string): readonly string[] => [...new Set(calls.flatMap((call) => (call.binding === binding ? call.decisionId.literal ?? [] : [])))];
  return { latest: idsOf('latest'), deployment: idsOf('deployment'), computed: calls.some((call) => call.decisionId.feel !== undefined) };
}

/** BPMN_DECISION_MISSING for each call of a decision that is neither among those deployed together nor, by binding latest, deployed before. */
export function missingDecisions(process: ProcessGraph, together: ReadonlySet<string>, deployedBefore: (decisionId: string) => boolean): Problem[] {
  return callers(process).flatMap((node) => {
    const { decisionId, binding } = node.calledDecision ?? {};
    const id = decisionId?.literal;
    if (id === undefined || together.has(id) || (binding === 'latest' && deployedBefore(id))) return [];
    const where = binding === 'latest' ? 'deployed before or together with the process' : 'deployed together with the process';
    return [problem('BPMN_DECISION_MISSING', node, { decision: id, where })];
  });
}
