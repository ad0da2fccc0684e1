/**
 * Errors and escalations on their way out (BPMN 2.0.2, 10.5.6 and 13.5.3): the nearest event sub-process or boundary event around
 * the thrower that catches the code, an exact code before catch-all. An error that nothing catches ends the case; an escalation
 * that nothing catches changes nothing, and the calling case is asked.
 */
import type { EventDefinition, FlowNode } from '../bpmn/graph.ts';
import type { Step } from '../events.ts';
import type { Variables } from '../facts.ts';
import type { ElementInstance } from '../state.ts';
import { undoOn } from './compensation.ts';
import type { Decision } from './decision.ts';
import { isBody } from './loops.ts';

/** Throws error `code` out of element instance `from` (for an error end event: the scope it stood in). */
export function throwError(decision: Decision, from: number, elementId: string, code: string, message: string, variables: Variables): void {
  const caught = catchThrown(decision, from, 'error', code);
  if (!caught) {
    decision.record({ type: 'ErrorThrown', element: from, elementId, code, message });
    decision.follow({ do: 'terminate', id: 0, inside: true, then: [{ do: 'end', as: 'failed', code, message }] });
    return;
  }
  decision.record({ type: 'ErrorThrown', element: from, elementId, code, message, caughtBy: caught.event.id });
  decision.follow(catching(caught, variables));
}

/** Throws escalation `code`; the steps by which it is caught, to be done before the thrower goes on. */
export function throwEscalation(decision: Decision, from: number, elementId: string, code: string, variables: Variables): readonly Step[] {
  const caught = catchThrown(decision, from, 'escalation', code);
  const { parent } = decision.state;
  if (caught) {
    decision.record({ type: 'EscalationThrown', element: from, elementId, code, caughtBy: caught.event.id });
    return [catching(caught, variables)];
  }
  decision.record({ type: 'EscalationThrown', element: from, elementId, code, ...(parent && { parent, variables }) });
  return [];
}

/** Starts event sub-process `start.parentId` in `scope`, in place of what runs there or beside it. */
export function handle(start: FlowNode, scope: number, variables: Variables): Step {
  const role = { kind: 'handler', trigger: start.id, interrupts: start.interrupting } as const;
  const enter = { do: 'enter', elementId: start.parentId ?? '', scope, fired: variables, role } as const;
  return start.interrupting ? { do: 'terminate', id: scope, inside: true, then: [enter] } : enter;
}

/** `host`: the activity the event is attached to, or the scope of its event sub-process. */
interface Caught {
  readonly event: FlowNode;
  readonly host: ElementInstance;
}

function catching({ event, host }: Caught, variables: Variables): Step {
  if (event.type === 'startEvent') return handle(event, host.id, variables);
  const enter = { do: 'enter', elementId: event.id, scope: host.scope, fired: variables } as const;
  return event.interrupting ? { do: 'terminate', id: host.id, then: [enter, ...undoOn(host)] } : enter;
}

type Thrown = 'error' | 'escalation';

function catchThrown(decision: Decision, from: number, kind: Thrown, code: string): Caught | undefined {
  let below: ElementInstance | undefined;
  for (let id = from; ; id = decision.element(id).scope) {
    const host = decision.element(id);
    const event = handlerIn(decision, host, below, kind, code) ?? borderOf(decision, host, kind, code);
    if (event) return { event, host };
    if (id === 0) return undefined;
    below = host;
  }
}

/** An event sub-process does not catch what it throws itself, and none is started where one has taken over. */
function handlerIn(decision: Decision, scope: ElementInstance, below: ElementInstance | undefined, kind: Thrown, code: string): FlowNode | undefined {
  const handlers = scope.id === 0 ? decision.graph.eventSubProcesses : isBody(decision.node(scope.elementId), scope) ? [] : decision.node(scope.elementId).eventSubProcesses;
  if (handlers.length === 0 || scope.particulars?.interrupted === true) return undefined;
  return nearest(handlers.flatMap((handler) => (handler.id === below?.elementId ? [] : handler.starts)), kind, code);
}

/** What stands on the border belongs to a loop as a whole, not to one of its instances. */
function borderOf(decision: Decision, host: ElementInstance, kind: Thrown, code: string): FlowNode | undefined {
  if (host.id === 0 || host.role?.kind === 'iteration') return undefined;
  return nearest(decision.node(host.elementId).boundaryEvents, kind, code);
}

function nearest(events: readonly FlowNode[], kind: Thrown, code: string): FlowNode | undefined {
  let catchAll: FlowNode | undefined;
  for (const event of events) {
    const codes = event.event === undefined ? [] : codesOf(event.event, kind);
    if (codes.includes(code)) return event;
    if (codes.includes(undefined)) catchAll ??= event;
  }
  return catchAll;
}

function codesOf(definition: EventDefinition, kind: Thrown): readonly (string | undefined)[] {
  if (definition.kind === 'multiple') return definition.definitions.flatMap((one) => codesOf(one, kind));
  return definition.kind === kind ? [definition.code] : [];
}
