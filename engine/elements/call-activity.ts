/**
 * Call activity (BPMN 2.0.2, 10.3.6): asks for a case of another process and waits for its end. The version is bound when it is
 * asked for, so that the history says which one ran.
 */
import type { CalledElement } from '../bpmn/graph.ts';
import { EngineError } from '../errors.ts';
import type { Behaviour, Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { doersFor } from '../execution/separation.ts';
import { evaluateText, visibleVariables } from '../execution/variables.ts';
import { childStream } from '../hash.ts';

export const callActivity: Behaviour = {
  activate(decision, node, self) {
    if (!node.call) throw new EngineError(`Expected call activity ${node.id} to call a process, but the graph names none`);
    const processId = evaluateText(decision, self.id, node.call.processId, `the process called by ${node.id}`);
    const version = processId === undefined ? undefined : versionOf(decision, processId, node.call);
    if (processId === undefined || version === undefined) {
      throw new Stuck('INCIDENT_CALLED_PROCESS_UNKNOWN', { processId: processId ?? `(null from ${node.call.processId.source})`, element: node.id, where: whereOf(node.call) });
    }
    const depth = (decision.state.parent?.depth ?? (decision.state.parent ? 1 : 0)) + 1;
    const { callDepth } = decision.facts.limits;
    if (depth > callDepth) throw new Stuck('INCIDENT_CALL_TOO_DEEP', { limit: callDepth, element: node.id, processId });
    const businessKey = evaluateText(decision, self.id, node.call.businessId, `the businessId of ${node.id}`);
    const variables = node.call.propagateAllParentVariables ? visibleVariables(decision.state, self.id) : Object.fromEntries(self.variables ?? []);
    decision.record({
      type: 'ChildRequested', id: self.id, elementId: node.id, processId, version,
      childStream: childStream(decision.state.stream, self.id), depth, conversation: decision.state.conversation, variables, ...(businessKey !== undefined && { businessKey }),
      done: doersFor(decision.state),
    });
  },
};

function versionOf({ facts, state }: Decision, processId: string, { binding, versionTag = '', version }: CalledElement): number | undefined {
  // Versions are numbered without gaps.
  if (version !== undefined) return version <= (own(facts.definitions, processId) ?? 0) ? version : undefined;
  switch (binding) {
    case 'latest': return own(facts.definitions, processId);
    // What calls itself goes on in its own version.
    case 'deployment': return processId === state.processId ? state.version : own(facts.bound?.deployment, processId);
    case 'versionTag': return own(own(facts.bound?.tagged, processId), versionTag);
  }
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

function whereOf({ binding, versionTag = '', version }: CalledElement): string {
  if (version !== undefined) return `deployed in version ${String(version)}`;
  return binding === 'latest' ? 'deployed' : binding === 'deployment' ? 'deployed together with the process' : `deployed with the version tag ${versionTag}`;
}
