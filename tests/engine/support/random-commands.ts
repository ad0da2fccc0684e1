/** Everything that can be asked of a case as it stands, in a fixed order, so that a number chooses one. */
import type { InstanceAction, InstanceCommand } from '../../../engine/commands.ts';
import type { InstanceState } from '../../../engine/state.ts';

const ANNA = { person: 'anna', groups: [] };

/** Commands that get work done. `own`: only those of elements it accepts. */
export function useful(state: InstanceState, own: (elementId: string) => boolean = () => true): InstanceCommand[] {
  const actions: InstanceAction[] = [];
  if (state.pending.length > 0) return [{ type: 'Continue', actor: ANNA }];
  for (const element of state.elements.values()) {
    if (!own(element.elementId)) continue;
    if (element.task) actions.push(element.task.assignee === undefined ? { type: 'ClaimTask', task: element.id } : { type: 'CompleteTask', task: element.id, variables: {} });
    if (element.child !== undefined) actions.push({ type: 'CompleteChild', element: element.id, ended: 'completed', variables: {} });
  }
  for (const wait of state.waits.values()) {
    const elementId = state.elements.get(wait.element)?.elementId ?? '';
    if (!own(elementId)) continue;
    if (wait.kind === 'job') actions.push({ type: 'CompleteJob', job: wait.id, variables: {} });
    if (wait.kind === 'timer') actions.push({ type: 'FireTimer', timer: wait.id });
    if (wait.kind === 'message') actions.push({ type: 'CorrelateMessage', subscription: wait.id, messageId: `m${String(state.counter)}`, variables: {} });
    if (wait.kind === 'signal') actions.push({ type: 'ReceiveSignal', subscription: wait.id, signalId: `s${String(state.counter)}`, variables: {} });
    if (wait.kind === 'incident') actions.push({ type: 'ResolveIncident', incident: wait.id });
  }
  return actions.map((action) => ({ ...action, actor: ANNA }));
}

/** Commands that go wrong, fail, throw, repeat or end the case. */
export function hostile(state: InstanceState, number: number): InstanceCommand[] {
  const id = number % (state.counter + 3);
  const variables = { pick: number % 3 };
  const actions: InstanceAction[] = [
    { type: 'StartInstance', processId: 'P', version: 1, variables },
    { type: 'ClaimTask', task: id }, { type: 'ReleaseTask', task: id }, { type: 'AssignTask', task: id, assignee: 'ben' },
    { type: 'CompleteTask', task: id, variables, outcome: 'none' }, { type: 'ReturnTask', task: id, to: 'user1', reason: 'again' },
    { type: 'CompleteJob', job: id, variables }, { type: 'FailJob', job: id, message: 'no', retriesLeft: number % 2 },
    { type: 'ThrowJobError', job: id, code: 'E1', message: 'no', variables }, { type: 'FireTimer', timer: id },
    { type: 'CorrelateMessage', subscription: id, messageId: 'm', variables },
    { type: 'ReceiveSignal', subscription: id, signalId: 's', variables }, { type: 'EscalateChild', element: id, code: 'E1', variables }, { type: 'ActivateAdHoc', element: id, activities: ['user1', 'user2'] },
    { type: 'CompleteChild', element: id, ended: number % 2 === 0 ? 'failed' : 'terminated', variables, error: { code: 'E1', message: 'no' } },
    { type: 'ResolveIncident', incident: id }, { type: 'SetVariables', variables, reason: 'test', scope: id },
    { type: 'Continue' }, { type: 'CancelInstance', reason: 'enough' },
  ];
  return actions.map((action) => ({ ...action, actor: ANNA }));
}

/** Commands that use up what they are about: the same again must be refused, or do nothing. */
const CONSUMING = new Set<InstanceAction['type']>(['StartInstance', 'ClaimTask', 'ReleaseTask', 'CompleteTask', 'ReturnTask', 'CompleteJob', 'ThrowJobError', 'FireTimer', 'CompleteChild', 'ResolveIncident', 'CancelInstance']);

export function isConsuming(command: InstanceCommand): boolean {
  return CONSUMING.has(command.type);
}
