/** The processes a process calls (BPMN 2.0.2, 10.3.6 call activity) by another binding than latest, and which of them are not deployed together with it. */
import type { Problem } from '../errors.ts';
import { problem } from './errors.ts';
import type { FlowNode, ProcessGraph } from './graph.ts';

/** Ids called by binding deployment; `computed`: another is found out by FEEL when it is called; `tagged`: something is called by a version tag. */
export interface BoundCalls {
  readonly deployment: readonly string[];
  readonly computed: boolean;
  readonly tagged: boolean;
}

export function boundCalls(process: ProcessGraph): BoundCalls {
  const calls = callers(process).flatMap(({ call }) => call ?? []);
  const together = calls.filter(({ binding }) => binding === 'deployment');
  return {
    deployment: [...new Set(together.flatMap(({ processId }) => processId.literal ?? []))],
    computed: together.some(({ processId }) => processId.feel !== undefined),
    tagged: calls.some(({ binding }) => binding === 'versionTag'),
  };
}

/** BPMN_CALLED_MISSING for each call by binding deployment of a process that is not among those deployed together. */
export function missingCalls(process: ProcessGraph, together: ReadonlySet<string>): Problem[] {
  return callers(process).flatMap((node) => {
    const id = node.call?.binding === 'deployment' ? node.call.processId.literal : undefined;
    return id === undefined || together.has(id) ? [] : [problem('BPMN_CALLED_MISSING', node, { processId: id })];
  });
}

function callers(process: ProcessGraph): FlowNode[] {
  return [...process.nodes.values()].filter(({ call }) => call !== undefined);
}
