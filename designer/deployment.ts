/** Deploying a procedure from the browser: what the analyst knows of, and what comes of it. */
import type { ModelBody, ModelDeployedBody } from '../server/http/contract/models.ts';
import type { Known, Refused } from './api.ts';

export interface Deployed {
  readonly version: number;
  readonly unchanged: boolean;
  readonly running: number;
}

export type DeployOutcome =
  | { readonly kind: 'deployed'; readonly deployed: Deployed }
  | { readonly kind: 'refused'; readonly count: number }
  | { readonly kind: 'meanwhile'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** `over`: the analyst has seen the live versions and deploys over them. */
export function knownOf({ live, basis, changed }: ModelBody, over: boolean): Known {
  return { basis: over ? Object.fromEntries(live.map(({ processId, version }) => [processId, version])) : basis, decisions: Object.fromEntries(changed.map(({ file, etag }) => [file, etag])) };
}

export function deployedOf({ processes }: ModelDeployedBody, running: number): Deployed {
  return { version: processes[0]?.version ?? 0, unchanged: processes.every(({ unchanged }) => unchanged), running };
}

export function notDeployed({ code, detail, hint, problems }: Refused): DeployOutcome {
  if (code === 'MODEL_DEPLOYED_MEANWHILE') return { kind: 'meanwhile', detail };
  if (problems.length > 0) return { kind: 'refused', count: problems.filter(({ severity }) => severity === 'error').length };
  return { kind: 'failed', detail: [detail, hint].filter((text) => text !== '').join('. ') || 'The server cannot be reached.' };
}
