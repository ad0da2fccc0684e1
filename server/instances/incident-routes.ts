/** The handlers of incidents: the open ones, and trying again. */
import type { InstanceAction } from '../../engine/index.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { listIncidents, resolveIncident } from '../http/contract/incidents.ts';
import type { Runtime } from '../runtime/types.ts';
import { cursor, readCursor } from './cases.ts';
import { carryOut } from './command-routes.ts';
import { nameOf } from './history.ts';
import type { CaseTables, IncidentRow } from './projection.ts';

// A page looks at this many rows at most, then says where to go on.
const LOOKED_AT = 500;

export interface ShownIncident {
  readonly instanceId: string;
  readonly incident: number;
  readonly processId: string;
  readonly elementId: string;
  readonly elementName: string;
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

/** Open incidents, newest first; throws HTTP_CURSOR_INVALID. */
export async function findIncidents(tables: CaseTables, runtime: Runtime, query: { readonly processId?: string | undefined; readonly limit: number; readonly after?: string | undefined }): Promise<{ readonly items: readonly ShownIncident[]; readonly next: string | undefined }> {
  const items: ShownIncident[] = [];
  let below = query.after === undefined ? undefined : readCursor(query.after);
  for (let looked = 0; looked < LOOKED_AT;) {
    const { rows } = await tables.incidents.find({
      orderBy: [{ column: 'order', descending: true }], limit: query.limit + 1, ...(below === undefined ? {} : { below: { column: 'order', value: below } }),
    });
    for (const row of rows) {
      if (items.length === query.limit) return { items, next: cursor(below!) };
      below = row.order;
      const shown = await stillOpen(row, runtime);
      if (shown !== undefined && (query.processId === undefined || shown.processId === query.processId)) items.push(shown);
    }
    if (rows.length <= query.limit) return { items, next: undefined };
    looked += rows.length;
  }
  return { items, next: cursor(below!) };
}

export function incidentRoutes(tables: CaseTables, runtime: Runtime): BoundRoute[] {
  return [
    bind(listIncidents, async ({ query }) => {
      const { items, next } = await findIncidents(tables, runtime, query);
      return { status: 200, body: { items, page: next === undefined ? {} : { next } } };
    }),
    bind(resolveIncident, ({ params, body, meta }) => {
      const action: InstanceAction = { type: 'ResolveIncident', incident: params.incident, ...(body.retries === undefined ? {} : { retries: body.retries }) };
      return carryOut(runtime, params.id, action, meta);
    }),
  ];
}

/** An incident also ends without a word when its element is cancelled; only the state of the case knows. */
async function stillOpen(row: IncidentRow, runtime: Runtime): Promise<ShownIncident | undefined> {
  const live = await runtime.inspect(row.stream);
  if (live?.state.waits.get(row.incident)?.kind !== 'incident') return undefined;
  return {
    instanceId: row.stream, incident: row.incident, processId: live.state.processId, elementId: row.elementId, elementName: nameOf(live.graph, row.elementId),
    code: row.code, message: row.message, at: row.at,
  };
}
