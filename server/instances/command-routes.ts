/** The handlers that change cases: start, correct variables, cancel, publish a message, broadcast a signal. */
import { instanceStream } from '../../engine/index.ts';
import type { AttachmentSpec, InstanceAction, InstanceEvent, Json, Variables } from '../../engine/index.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { accepted, documentBrought, failure } from '../http/contract/failure.ts';
import { cancelInstance, setVariables, startInstance } from '../http/contract/instances.ts';
import { broadcastSignal, evaluateConditions, publishMessage } from '../http/contract/messages.ts';
import { RULES } from '../http/contract/rules.ts';
import { ATTACHMENTS, handingIn } from '../ports/attachments.ts';
import type { Attachments, HandedIn } from '../ports/attachments.ts';
import { broughtDocument } from '../ports/documents.ts';
import type { DocumentRef } from '../ports/documents.ts';
import type { CommandMeta, EvaluationRequest, PublishRequest, Runtime, SignalRequest, StartRequest } from '../runtime/types.ts';
import { documentsOf } from './documents.ts';
import { locateCase, locateDefinition } from './locate.ts';
import type { CaseTables } from './projection.ts';

/** Implemented by server/forms: a form's answers, checked; undefined when the deployment has no such form. */
export interface StartForms {
  check(processId: string, version: number, formId: string, values: Variables, variables: Variables): Promise<{ readonly values: Variables; readonly errors: readonly { readonly key: string; readonly message: string }[] } | undefined>;
}

export function commandRoutes(tables: CaseTables, runtime: Runtime, forms: StartForms, attachments: Attachments): BoundRoute[] {
  return [
    bind(startInstance, async ({ body, meta, person, may }) => {
      const { attachments: handedIn, ...plain } = body;
      const request = given(plain) as StartRequest;
      requirePlainValues(request.variables);
      const waits = await startsByItself(request, runtime);
      if (waits && !may('send-message')) throw failure('ACCESS_DENIED', { person: person.id, rule: 'send-message', says: RULES['send-message'].says });
      // A start that waits for a message or a time has no form.
      const variables = waits ? request.variables : await filledIn(request, runtime, forms);
      const { stream, events, position, replayed } = await startWithFiles(runtime, attachments, { ...request, variables }, handedIn, meta);
      const started = events.find((event) => event.type === 'InstanceStarted');
      const version = started?.type === 'InstanceStarted' ? started.version : body.version ?? 0;
      return { status: 201, body: { id: stream, processId: body.processId, version, position }, headers: { Location: `/api/v1/instances/${stream}` }, position, replayed };
    }, ({ body }) => locateDefinition(runtime, body.processId, body.version)),
    bind(setVariables, async ({ params, body, meta }) => {
      // A slot may be filled again with what the case holds elsewhere.
      requirePlainValues(body.variables, await documentsOf(runtime, params.id));
      return carryOut(runtime, params.id, { type: 'SetVariables', ...given(body) } as InstanceAction, meta);
    },
      ({ params }) => locateCase(tables, runtime, params.id)),
    bind(cancelInstance, ({ params, body, meta }) => carryOut(runtime, params.id, { type: 'CancelInstance', reason: body.reason }, meta),
      ({ params }) => locateCase(tables, runtime, params.id)),
    bind(publishMessage, async ({ body, meta }) => {
      requirePlainValues(body.variables);
      const { position, replayed } = accepted(await runtime.publishMessage(given(body) as PublishRequest, meta));
      return { status: 200, body: { position, replayed }, position, replayed };
    }),
    bind(evaluateConditions, async ({ body, meta }) => {
      requirePlainValues(body.variables);
      const { position, replayed, events } = accepted(await runtime.evaluateConditions(given(body) as EvaluationRequest, meta));
      const started = events.flatMap((event) => (event.type === 'ConditionStartRequested' ? [{ processId: event.processId, version: event.version, startElementId: event.startElementId, instanceId: event.childStream }] : []));
      return { status: 200, body: { position, replayed, started }, position, replayed };
    }),
    bind(broadcastSignal, async ({ body, meta }) => {
      requirePlainValues(body.variables);
      const { position, replayed } = accepted(await runtime.broadcastSignal(given(body) as SignalRequest, meta));
      return { status: 200, body: { position, replayed }, position, replayed };
    }),
  ];
}

/** Throws HTTP_DOCUMENT_BROUGHT. `held`: documents the case has. */
function requirePlainValues(variables: Variables, held: readonly DocumentRef[] = []): void {
  const document = broughtDocument(variables, {}, held);
  if (document !== undefined) throw documentBrought(document);
}

/** Starts the case with its files; refuses with HTTP_ATTACHMENTS_INVALID what the start event does not ask for, and what is missing. */
async function startWithFiles(runtime: Runtime, attachments: Attachments, request: StartRequest, handedIn: readonly HandedIn[], meta: CommandMeta): Promise<Started> {
  const who = { person: meta.actor.person, key: meta.idempotencyKey };
  const asked = await askedAtStart(request, runtime);
  const faults = await attachments.check(who.person, who.key, asked, handedIn, []);
  if (faults.length > 0) {
    throw failure('HTTP_ATTACHMENTS_INVALID', { count: faults.length }, { errors: faults.map(({ kind, message }) => ({ pointer: `/attachments/${kind}`, code: 'HTTP_ATTACHMENTS_INVALID', detail: `${kind}: ${message}` })) });
  }
  return handingIn(attachments, who, handedIn, instanceStream(request.processId, meta.idempotencyKey ?? ''), async (documents) => {
    const variables = documents.length === 0 ? request.variables : { ...request.variables, [ATTACHMENTS]: documents as unknown as Json };
    return accepted(await runtime.startInstance({ ...request, variables }, meta));
  });
}

type Started = Extract<Awaited<ReturnType<Runtime['startInstance']>>, { readonly outcome: 'accepted' }>;

async function askedAtStart({ processId, startElementId, version }: StartRequest, { definitions }: Pick<Runtime, 'definitions'>): Promise<readonly AttachmentSpec[]> {
  const known = version === undefined ? definitions.latest(processId) : definitions.version(processId, version);
  if (known === undefined) return [];
  const { starts } = await definitions.graph(processId, known.version);
  const start = startElementId === undefined ? starts.find(({ type, event }) => type === 'startEvent' && (event === undefined || event.kind === 'none')) : starts.find(({ id }) => id === startElementId);
  return start?.attachments ?? [];
}

/** Does the request name a start event that waits for a message or a time? Without a name, or with that of a none start, a person starts by hand. */
async function startsByItself({ processId, startElementId, version = 0 }: StartRequest, { definitions }: Pick<Runtime, 'definitions'>): Promise<boolean> {
  const known = version === 0 ? definitions.latest(processId) : definitions.version(processId, version);
  if (startElementId === undefined || known === undefined) return false;
  const { starts, instantiating } = await definitions.graph(processId, known.version);
  const start = starts.find(({ id }) => id === startElementId);
  return (start?.type === 'startEvent' && start.event !== undefined && start.event.kind !== 'none') || instantiating.some(({ node }) => node.id === startElementId);
}

/** The variables a start form takes; a process without one takes them as they are. Throws HTTP_START_FORM_INVALID. */
async function filledIn({ processId, variables, ...request }: StartRequest, runtime: Runtime, forms: StartForms): Promise<Variables> {
  const version = request.version ?? runtime.definitions.latest(processId)?.version;
  if (version === undefined || !runtime.definitions.version(processId, version)) return variables;
  const { startForm } = await runtime.definitions.graph(processId, version);
  const checked = startForm === undefined ? undefined : await forms.check(processId, version, startForm, variables, {});
  if (checked === undefined) return variables;
  if (checked.errors.length === 0) return checked.values;
  const errors = checked.errors.map(({ key, message }) => ({ pointer: `/variables/${key}`, code: 'HTTP_START_FORM_INVALID', detail: message }));
  throw failure('HTTP_START_FORM_INVALID', { form: startForm ?? '', count: errors.length }, { errors });
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
