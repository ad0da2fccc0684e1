/** A decision as it is deployed (DMN 1.5, 6.3): a decider of its own, one stream per decision id. It numbers the versions. */
import { reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';

/** `hash`: the DMN file; `imports`: the files it needs, in an order they compile in. Two deployments are the same when both are. */
export interface DeployDecision {
  readonly type: 'DeployDecision';
  readonly name: string;
  readonly fileName: string;
  readonly hash: string;
  readonly imports: readonly string[];
  readonly versionTag?: string;
}

export interface DecisionDeployed {
  readonly type: 'DecisionDeployed';
  readonly decisionId: string;
  readonly version: number;
  readonly name: string;
  readonly fileName: string;
  readonly hash: string;
  readonly imports: readonly string[];
  readonly versionTag?: string;
}

export interface DecisionDefinitionState {
  readonly decisionId: string;
  version: number;
  /** What the latest version was made of. */
  identity: string;
}

/** The stream of a decision id. */
export function decisionStream(decisionId: string): string {
  return `decision/${decisionId}`;
}

export function newDecisionDefinition(decisionId: string): DecisionDefinitionState {
  return { decisionId, version: 0, identity: '' };
}

export function evolveDecisionDefinition(state: DecisionDefinitionState, event: DecisionDeployed): DecisionDefinitionState {
  state.version = event.version;
  state.identity = identityOf(event);
  return state;
}

/** State is folded when events are returned. Refuses with DEFINITION_VERSION_KNOWN. */
export function decideDecisionDefinition(state: DecisionDefinitionState, command: DeployDecision): readonly DecisionDeployed[] | Rejection {
  const { decisionId } = state;
  const { name, fileName, hash, imports, versionTag } = command;
  if (state.identity === identityOf(command)) return reject('DEFINITION_VERSION_KNOWN', { processId: decisionId, version: state.version });
  const event: DecisionDeployed = { type: 'DecisionDeployed', decisionId, version: state.version + 1, name, fileName, hash, imports, ...(versionTag !== undefined && { versionTag }) };
  evolveDecisionDefinition(state, event);
  return [event];
}

function identityOf({ hash, imports }: Pick<DeployDecision, 'hash' | 'imports'>): string {
  return [hash, ...imports].join('\n');
}
