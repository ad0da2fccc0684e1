/** The handlers that change cases: start, correct variables, cancel, publish a message. */
import type { InstanceAction, InstanceEvent } from '../../engine/index.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { accepted } from '../http/contract/failure.ts';
import { cancelInstance, setVariables, startInstance } from '../http/contract/instances.ts';
import { publishMessage } from '../http/contract/messages.ts';
import type { CommandMeta, PublishRequest, Runtime, StartRequest } from '../runtime/types.ts';
import { locateCase, locateDefinition } from './locate.ts';
import type { CaseTables } from './projection.ts';

export function commandRoutes(tables: CaseTables, runtime: Runtime): BoundRoute[] {
  return [
    bind(startInstance, async ({ body, meta }) => {
      const { stream, events, position, replayed } = accepted(await runtime.startInstance(given(body) as StartRequest, meta));
      const started = events.find((event) => event.type === 'InstanceStarted');
      const version = started?.type === 'InstanceStarted' ? started.version : body.version ?? 0;
      return { status: 201, body: { id: stream, processId: body.processId, version, position }, headers: { Location: `/api/v1/instances/${stream}` }, position, replayed };
    }, ({ body }) => locateDefinition(runtime, body.processId, body.version)),
    bind(setVariables, ({ params, body, meta }) => carryOut(runtime, params.id, { type: 'SetVariables', ...given(body) } as InstanceAction, meta),
      ({ params }) => locateCase(tables, runtime, params.id)),
    bind(cancelInstance, ({ params, body, meta }) => carryOut(runtime, params.id, { type: 'CancelInstance', reason: body.reason }, meta),
      ({ params }) => locateCase(tables, runtime, params.id)),
    bind(publishMessage, async ({ body, meta }) => {
      const { position, replayed } = accepted(await runtime.publishMessage(given(body) as PublishRequest, meta));
      return { status: 200, body: { position, replayed }, position, replayed };
    }),
  ];
}

export interface Done {
  readonly status: 200;
  readonly body: { readonly id: string; readonly version: number; readonly position: number };
  readonly position: number;
  readonly replayed: boolean;
}

/** Sends a command to a case; throws its refusal. */
export async function carryOut(runtime: Pick<Runtime, 'execute'>, stream: string, action: InstanceAction, meta: CommandMeta): Promise<Done> {
  const { version, position, replayed } = accepted<InstanceEvent>(await runtime.execute(stream, action, meta));
  return { status: 200, body: { id: stream, version, position }, position, replayed };
}

/** Without the keys that were left out: an absent field is not a field with the value undefined. */
function given<T extends object>(body: T): Partial<T> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Partial<T>;
}
