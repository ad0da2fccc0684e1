/** Cases over HTTP: start, find, read, correct, cancel; messages and incidents. */
import type { HttpModule } from '../http/contract/bind.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { Directory } from '../ports/directory.ts';
import type { Projections, Table } from '../ports/projections.ts';
import type { Projection, Runtime } from '../runtime/types.ts';
import { commandRoutes } from './command-routes.ts';
import type { StartForms } from './command-routes.ts';
import { incidentRoutes } from './incident-routes.ts';
import { findCase } from './locate.ts';
import { createCaseTables } from './projection.ts';
import type { CaseRow } from './projection.ts';
import { readRoutes } from './read-routes.ts';

export interface Instances {
  readonly projection: Projection;
  /** Every case; its columns are told in projection.ts. */
  readonly cases: Table<CaseRow>;
  /** Who a case concerns, for the access rules; undefined when there is no such case. */
  resource(runtime: Pick<Runtime, 'inspect'>, stream: string): Promise<CaseResource | undefined>;
  http(runtime: Runtime, directory: Directory, forms: StartForms): HttpModule;
}

/** Declares its tables, so call it before `projections.open()`. */
export function createInstances(projections: Projections): Instances {
  const tables = createCaseTables(projections);
  return {
    projection: tables.projection,
    cases: tables.cases,
    resource: (runtime, stream) => findCase(tables, runtime, stream),
    http: (runtime, directory, forms) => ({
      name: 'instances',
      routes: [...commandRoutes(tables, runtime, forms), ...readRoutes(tables, runtime, directory), ...incidentRoutes(tables, runtime)],
    }),
  };
}
