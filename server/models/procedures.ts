/** Procedures as analysts see them: deployed files and drafts, joined by the processes they hold. */
import type { Directory } from '../ports/directory.ts';
import type { DefinitionVersion, Definitions } from '../runtime/types.ts';
import type { ModelSummaryBody } from '../http/contract/models.ts';
import type { DecisionFileOf } from './decisions.ts';
import type { StoredDraft } from './shelf.ts';

/** A BPMN file: what is live of it, and its draft. `id` is the first of its process ids in the order of the alphabet, or that of its draft. */
export interface Procedure {
  readonly id: string;
  readonly name: string;
  readonly processIds: readonly string[];
  readonly live: readonly DefinitionVersion[];
  readonly draft: StoredDraft | undefined;
}

/** Deployed processes of one file (the same content) are one procedure; a draft belongs to the procedure of its processes. Global tasks are none. By name. */
export async function procedures(definitions: Pick<Definitions, 'procedures'>, drafts: readonly StoredDraft[]): Promise<readonly Procedure[]> {
  const live = await definitions.procedures();
  const taken = new Set<string>();
  const found: Procedure[] = drafts.map((draft) => {
    const own = live.filter(({ processId }) => draft.processIds.includes(processId));
    for (const { processId } of own) taken.add(processId);
    return { id: draft.id, name: draft.name, processIds: draft.processIds, live: own, draft };
  });
  const files = new Map<string, DefinitionVersion[]>();
  for (const version of live) if (!taken.has(version.processId)) files.set(version.hash, [...files.get(version.hash) ?? [], version]);
  for (const versions of files.values()) {
    const processIds = versions.map(({ processId }) => processId).sort();
    const first = versions.find(({ processId }) => processId === processIds[0])!;
    found.push({ id: first.processId, name: first.name || first.processId, processIds, live: versions, draft: undefined });
  }
  return found.sort((left, right) => (left.name.toLowerCase() < right.name.toLowerCase() ? -1 : 1));
}

/** The procedure of this id, or the one that holds the process of this id. */
export function procedureOf(all: readonly Procedure[], id: string): Procedure | undefined {
  return all.find((procedure) => procedure.id === id) ?? all.find(({ processIds }) => processIds.includes(id));
}

/** As the API tells it. */
export function summaryBody({ id, name, processIds, live, draft }: Procedure, running: number, files: readonly DecisionFileOf[], directory: Directory): ModelSummaryBody {
  return {
    id, name, processIds: [...processIds], running, decisions: files.flatMap(({ decisions }) => decisions.map((decision) => ({ ...decision }))),
    live: live.map(({ processId, name: title, version, deployedAt, deployedBy }) => ({ processId, name: title, version, deployedAt, deployedBy: who(directory, deployedBy) })),
    ...(draft === undefined ? {} : { draft: { savedAt: draft.savedAt, savedBy: who(directory, draft.savedBy) } }),
  };
}

export function who(directory: Directory, person: string): { readonly id: string; readonly name: string } {
  return { id: person, name: directory.person(person)?.name ?? person };
}

/** The versions that are live, by process. */
export function versionsOf(live: readonly DefinitionVersion[]): Readonly<Record<string, number>> {
  return Object.fromEntries(live.map(({ processId, version }) => [processId, version]));
}
