/**
 * Binding deployment (zeebe:bindingType): a version of a process keeps which versions of other processes it was deployed with. They
 * are part of its content, so that a deployment in which a called process has changed is a new version of its callers too.
 */
import { boundCalls } from '../bpmn/called-processes.ts';
import type { ProcessGraph } from '../bpmn/graph.ts';
import { identityOf } from './definition.ts';

export type Content = Readonly<Record<string, string>>;

/** The latest version of a process so far. */
export interface KnownVersion {
  readonly version: number;
  readonly identity: string;
}

const PROCESS = 'process/';

/** The content of each process of a deployment: `content`, and the versions that those it calls will have, by `process/<id>`. */
export function bindDeployment(processes: readonly ProcessGraph[], content: Content, known: (processId: string) => KnownVersion | undefined): ReadonlyMap<string, Content> {
  const ids = processes.map(({ id }) => id);
  const versions = new Map(ids.map((id) => [id, known(id)?.version ?? 0]));
  const contentOf = (process: ProcessGraph): Content => {
    const { deployment, computed } = boundCalls(process);
    const called = (computed ? ids : ids.filter((id) => deployment.includes(id))).filter((id) => id !== process.id);
    return called.length === 0 ? content : { ...content, ...Object.fromEntries(called.map((id) => [`${PROCESS}${id}`, String(versions.get(id))])) };
  };
  // A new version of one makes new versions of those that call it, also in a circle; each becomes new once.
  for (let changed = true; changed;) {
    changed = false;
    for (const process of processes) {
      const before = known(process.id);
      if (versions.get(process.id) !== (before?.version ?? 0) || before?.identity === identityOf(process.hash, contentOf(process))) continue;
      versions.set(process.id, (before?.version ?? 0) + 1);
      changed = true;
    }
  }
  return new Map(processes.map((process) => [process.id, contentOf(process)]));
}

/** The versions of other processes that stand in a content. */
export function boundVersions(content: Content): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(content).flatMap(([key, value]) => (key.startsWith(PROCESS) ? [[key.slice(PROCESS.length), Number(value)]] : [])));
}
