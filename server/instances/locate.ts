/** Finds the case a request is about, for the access rules; its history answers while the tables do not know it: they are behind, or a rebuild folds it later. */
import type { InstanceEvent } from '../../engine/index.ts';
import type { CaseResource, DefinitionResource } from '../http/contract/rules.ts';
import { notFound } from '../http/contract/failure.ts';
import type { DefinitionVersion, Runtime } from '../runtime/types.ts';
import { caseResource, resourceOf } from './cases.ts';
import { concernedBy } from './projection.ts';
import type { CaseTables } from './projection.ts';

/** Throws HTTP_NOT_FOUND. */
export async function locateCase(tables: CaseTables, runtime: Pick<Runtime, 'inspect' | 'history'>, stream: string): Promise<CaseResource> {
  const found = await findCase(tables, runtime, stream);
  if (found === undefined) throw notFound(`case ${stream}`);
  return found;
}

/** Undefined when there is no such case. */
export async function findCase(tables: CaseTables, runtime: Pick<Runtime, 'inspect' | 'history'>, stream: string): Promise<CaseResource | undefined> {
  const known = await caseResource(tables, stream);
  if (known !== undefined) return known;
  const live = await runtime.inspect(stream);
  if (live === undefined) return undefined;
  const events = (await runtime.history(stream)).flatMap((record) => record.events as readonly InstanceEvent[]);
  return resourceOf(stream, live.state.startedBy, [...new Set(events.flatMap(concernedBy))]);
}

/** Throws HTTP_NOT_FOUND. */
export async function locateDefinition(runtime: Pick<Runtime, 'definitions'>, processId: string, version: number | undefined): Promise<DefinitionResource> {
  const definition = definitionOf(runtime, processId, version);
  const graph = await runtime.definitions.graph(processId, definition.version);
  return { kind: 'definition', processId, starters: graph.starters };
}

function definitionOf({ definitions }: Pick<Runtime, 'definitions'>, processId: string, version: number | undefined): DefinitionVersion {
  const definition = version === undefined ? definitions.latest(processId) : definitions.version(processId, version);
  if (definition === undefined) throw notFound(version === undefined ? `process ${processId}` : `version ${version} of process ${processId}`);
  return definition;
}
