/** Cases: start, find, read, correct, cancel; their documents; messages and incidents. Over HTTP, and for the pages. */
import type { InstanceAction } from '../../engine/index.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import type { BatchReport, MigrationPlan } from '../http/contract/operations.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { Attachments } from '../ports/attachments.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Directory } from '../ports/directory.ts';
import type { DocumentRef } from '../ports/documents.ts';
import type { Projections, Table } from '../ports/projections.ts';
import type { CommandMeta, Projection, Runtime } from '../runtime/types.ts';
import { casesBeside, casesOfNumber, findCases } from './cases.ts';
import type { CaseFilter } from './cases.ts';
import { commandRoutes } from './command-routes.ts';
import type { StartForms } from './command-routes.ts';
import { documentRoutes, documentsOf } from './documents.ts';
import { findIncidents, incidentRoutes } from './incident-routes.ts';
import type { ShownIncident } from './incident-routes.ts';
import { findCase, locateCase } from './locate.ts';
import { migrateBatch, migrateCase, planOf, runningIn } from './migrating.ts';
import type { BatchRequest, Mapping } from './migrating.ts';
import { missingElements } from './mapping.ts';
import type { MissingElement } from './mapping.ts';
import { operationRoutes } from './operation-routes.ts';
import { act, restart } from './operations.ts';
import type { Acted, Restarted } from './operations.ts';
import { createCaseTables } from './projection.ts';
import type { CaseRow } from './projection.ts';
import { readRoutes } from './read-routes.ts';
import { titlesOf } from './titles.ts';
import type { CaseTitle } from './titles.ts';

export interface InstancesNeeds {
  readonly runtime: Runtime;
  readonly directory: Directory;
  readonly forms: StartForms;
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly attachments: Attachments;
}

/** What the pages of managers and administrators ask for; who may ask is the page's rule. */
export interface CaseFinder {
  /** All cases, newest first. */
  find(filter: CaseFilter, limit: number, after: string | undefined): Promise<{ readonly rows: readonly CaseRow[]; readonly next: string | undefined }>;
  /** The cases a registration number stands in. */
  ofNumber(number: string): Promise<readonly CaseRow[]>;
  incidents(limit: number, after: string | undefined): Promise<{ readonly items: readonly ShownIncident[]; readonly next: string | undefined }>;
  documents(stream: string): Promise<readonly DocumentRef[]>;
  readonly operations: {
    act(stream: string, action: InstanceAction, meta: CommandMeta): Promise<Acted>;
    restart(stream: string, reason: string, meta: CommandMeta): Promise<Restarted>;
    plan(stream: string, version: number, mapping: Mapping, meta: CommandMeta): Promise<MigrationPlan>;
    migrate(stream: string, version: number, mapping: Mapping, reason: string, meta: CommandMeta): Promise<Acted>;
    migrateBatch(request: BatchRequest, meta: CommandMeta): Promise<BatchReport>;
    running(processId: string, version: number, limit: number, after: string | undefined): Promise<{ readonly streams: readonly string[]; readonly next: string | undefined }>;
    missing(processId: string, from: number, to: number): Promise<readonly MissingElement[]>;
  };
  titles(streams: readonly string[]): Promise<ReadonlyMap<string, CaseTitle>>;
  /** The other cases of a conversation, with whom each concerns. */
  beside(conversation: string, stream: string): Promise<readonly { readonly row: CaseRow; readonly resource: CaseResource }[]>;
}

export interface Instances {
  readonly projection: Projection;
  /** Incidents that wait for somebody. */
  openIncidents(): Promise<number>;
  /** Every case; its columns are told in projection.ts. */
  readonly cases: Table<CaseRow>;
  /** What people call cases; those the tables do not know are missing. */
  titles(streams: readonly string[]): Promise<ReadonlyMap<string, CaseTitle>>;
  /** Who a case concerns, for the access rules; undefined when there is no such case. */
  resource(runtime: Pick<Runtime, 'inspect' | 'history'>, stream: string): Promise<CaseResource | undefined>;
  http(needs: InstancesNeeds): HttpModule;
  finder(runtime: Runtime, directory: Pick<Directory, 'person'>): CaseFinder;
  /** The case as access rules know it, for routes of other modules about a case. Rejects with HTTP_NOT_FOUND. */
  locate(runtime: Pick<Runtime, 'inspect' | 'history'>, stream: string): Promise<CaseResource>;
}

/** Declares its tables, so call it before `projections.open()`. */
export function createInstances(projections: Projections): Instances {
  const tables = createCaseTables(projections);
  return {
    projection: tables.projection,
    cases: tables.cases,
    openIncidents: () => tables.incidents.count({}),
    titles: (streams) => titlesOf(tables.cases, tables.titles, streams),
    resource: (runtime, stream) => findCase(tables, runtime, stream),
    locate: (runtime, stream) => locateCase(tables, runtime, stream),
    http: ({ runtime, directory, forms, blobs, attachments }) => ({
      name: 'instances',
      routes: [...commandRoutes(tables, runtime, forms, attachments), ...operationRoutes(tables, runtime, groupsIn(directory)), ...readRoutes(tables, runtime, directory), ...documentRoutes(tables, runtime, blobs), ...incidentRoutes(tables, runtime)],
    }),
    finder: (runtime, directory) => ({
      find: (filter, limit, after) => findCases(tables, undefined, filter, limit, after),
      ofNumber: (number) => casesOfNumber(tables, number),
      incidents: (limit, after) => findIncidents(tables, runtime, { limit, after }),
      documents: (stream) => documentsOf(runtime, stream),
      operations: {
        act: (stream, action, meta) => act(runtime, stream, action, meta),
        restart: (stream, reason, meta) => restart(runtime, stream, reason, undefined, meta),
        plan: (stream, version, mapping, meta) => planOf({ runtime, groupsOf: groupsIn(directory) }, stream, version, mapping, meta),
        migrate: (stream, version, mapping, reason, meta) => migrateCase({ runtime, groupsOf: groupsIn(directory) }, stream, version, mapping, reason, meta),
        migrateBatch: (request, meta) => migrateBatch(tables, { runtime, groupsOf: groupsIn(directory) }, request, meta),
        running: (processId, version, limit, after) => runningIn(tables, processId, version, limit, after),
        missing: async (processId, from, to) => missingElements(await runtime.definitions.graph(processId, from), await runtime.definitions.graph(processId, to)),
      },
      titles: (streams) => titlesOf(tables.cases, tables.titles, streams),
      async beside(conversation, stream) {
        const rows = await casesBeside(tables, conversation, stream);
        return Promise.all(rows.map(async (row) => ({ row, resource: await locateCase(tables, runtime, row.stream) })));
      },
    }),
  };
}

/** A closed account holds nothing any more. */
function groupsIn(directory: Pick<Directory, 'person'>): (person: string) => readonly string[] {
  return (id) => {
    const person = directory.person(id);
    return person?.active === true ? person.groups : [];
  };
}
