/** The targets of the folded section "Manage this case". */
import { z } from 'zod';
import type { FlowNode, FlowNodeType, InstanceAction, InstanceState, Json, ProcessGraph } from '../../engine/index.ts';
import { VALUE_KINDS } from '../../desk/manage-case.ts';
import type { AdHocChoice, ManageCaseView, StepChoice, ValueKind } from '../../desk/manage-case.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage, PageAnswer, Session } from '../http/contract/bind.ts';
import { CaseId } from '../http/contract/common.ts';
import { HttpFailure, notFound } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { Person } from '../ports/directory.ts';
import type { CommandMeta } from '../runtime/types.ts';
import { renderFailure } from './failure-pages.ts';
import type { PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';
import { caseResource } from './whereabouts.ts';

const params = z.object({ stream: CaseId });
const reason = z.string().max(2_000).catch('');
const body = z.object({ reason });
const about = { method: 'post', access: 'manage-case', params } as const;
const suspend = definePage({ ...about, name: 'suspend-case', path: '/cases/:stream/suspend', body });
const resume = definePage({ ...about, name: 'resume-case', path: '/cases/:stream/resume', body });
const cancel = definePage({ ...about, name: 'cancel-case', path: '/cases/:stream/cancel', body });
const leave = z.union([z.string(), z.array(z.string()).max(200)]).optional().transform((given) => (given === undefined ? [] : typeof given === 'string' ? [given] : given));
const move = definePage({ ...about, name: 'move-case', path: '/cases/:stream/move', body: z.object({ reason, leave, to: z.string().max(220).catch('') }) });
const choose = definePage({ ...about, name: 'choose-ad-hoc', path: '/cases/:stream/choose', body: z.object({ reason, element: z.coerce.number().int().min(1).catch(0), activity: leave }) });
const kinds = Object.keys(VALUE_KINDS) as [ValueKind, ...ValueKind[]];
const correct = definePage({ ...about, name: 'correct-case', path: '/cases/:stream/correct', body: z.object({ reason, name: z.string().trim().max(200).catch(''), kind: z.enum(kinds).catch('text'), value: z.string().max(10_000).catch('') }) });
const restart = definePage({ ...about, name: 'restart-case', path: '/cases/:stream/restart', body });

interface AtCase {
  readonly params: { readonly stream: string };
}
type Asked = AtCase & { readonly requestId: string; readonly session: Session; readonly person: Person; readonly now: string; readonly meta: CommandMeta };

export function managePages(needs: PagesNeeds, frames: Frames): BoundPage[] {
  const { cases } = needs;
  const locate = async ({ params: { stream } }: AtCase): Promise<CaseResource> => {
    const inspected = await needs.runtime.inspect(stream);
    if (inspected === undefined) throw notFound(`case ${stream}`);
    return caseResource(inspected.state, await needs.runtime.history(stream));
  };
  const act = (context: Asked, why: string, action: InstanceAction, done: string): Promise<PageAnswer> => reasoned(frames, context, why, async () => {
    const { params: { stream }, meta, person, now } = context;
    const { position, replayed } = await cases.operations.act(stream, action, meta);
    await frames.leaveFlash(person, now, { kind: 'success', title: done });
    return { redirect: `/cases/${stream}`, position, replayed };
  });
  return [
    bindPage(suspend, (context) => act(context, context.body.reason, { type: 'SuspendInstance', reason: context.body.reason }, 'The case was suspended'), locate),
    bindPage(resume, (context) => act(context, context.body.reason, { type: 'ResumeInstance', reason: context.body.reason }, 'The case was taken up again'), locate),
    bindPage(cancel, (context) => act(context, context.body.reason, { type: 'CancelInstance', reason: context.body.reason }, 'The case was ended'), locate),
    bindPage(move, (context) => act(context, context.body.reason, movement(context.body), 'The case was moved'), locate),
    bindPage(choose, (context) => (context.body.activity.length === 0 ? reasoned(frames, context, 'nothing', () => Promise.reject(NOTHING_CHOSEN)) : act(context, context.body.reason, { type: 'ActivateAdHoc', element: context.body.element, activities: context.body.activity, reason: context.body.reason }, 'What you chose was begun')), locate),
    bindPage(correct, (context) => {
      const { body: { reason: why, name, kind, value } } = context;
      const given = typedValue(needs, kind, value.trim());
      if (name === '' || given === undefined) return reasoned(frames, context, 'nothing', () => Promise.reject(notAValue(name, kind)));
      return act(context, why, { type: 'SetVariables', variables: { [name]: given }, reason: why }, 'The data of the case was corrected');
    }, locate),
    bindPage(restart, (context) => reasoned(frames, context, context.body.reason, async () => {
      const { params: { stream }, meta, person, now } = context;
      const { id, position, replayed } = await cases.operations.restart(stream, context.body.reason, meta);
      await frames.leaveFlash(person, now, { kind: 'success', title: 'The case was taken up again as a new one' });
      return { redirect: `/cases/${id}`, position, replayed };
    }), locate),
  ];
}

const NOTHING_CHOSEN = new HttpFailure({ code: 'HTTP_REQUEST_INVALID', status: 422, title: 'Nothing is chosen', message: 'Nothing was changed: no step was chosen.', hint: 'Go back to the case and choose what is to be begun.' });

/** Undefined for what is not of this kind. */
function typedValue({ exactNumber, readDate }: Pick<PagesNeeds, 'exactNumber' | 'readDate'>, kind: ValueKind, text: string): Json | undefined {
  switch (kind) {
    case 'text': return text;
    case 'nothing': return null;
    case 'boolean': return /^(yes|no)$/i.test(text) ? text.toLowerCase() === 'yes' : undefined;
    case 'date': {
      const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
      const date = readDate({ year, month, day });
      return date === undefined ? undefined : { $: 'date', v: date };
    }
    case 'number': return /^-?\d{1,34}(\.\d{1,34})?$/.test(text) ? exactNumber(text) : undefined;
  }
}

function notAValue(name: string, kind: ValueKind): HttpFailure {
  const message = name === '' ? 'Nothing was changed: the name of the value is missing.' : `Nothing was changed: what was typed for ${name} is not of the kind “${VALUE_KINDS[kind]}”.`;
  return new HttpFailure({ code: 'HTTP_REQUEST_INVALID', status: 422, title: 'The value is not valid', message, hint: 'Go back to the case; write a number as 12.50, a date as 2026-03-27, yes or no.' });
}

/** What `work` leads to; without a reason, or refused, the page that says why, with the way back to the case. */
async function reasoned(frames: Frames, context: Asked, why: string, work: () => Promise<PageAnswer>): Promise<PageAnswer> {
  const back = { href: `/cases/${context.params.stream}`, text: 'Back to the case' };
  const shown = (failed: HttpFailure): PageAnswer => ({ html: renderFailure(frames, failed, context, [back]), status: failed.status });
  if (why.trim() === '') return shown(new HttpFailure({ code: 'HTTP_REQUEST_INVALID', status: 422, title: 'The reason is missing', message: 'Nothing was changed: an act on a case needs a reason, which its history shows.', hint: 'Go back to the case and give the reason.' }));
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HttpFailure) || (error.status !== 409 && error.status !== 422)) throw error;
    return shown(error);
  }
}

function movement({ reason: why, leave: left, to }: { readonly reason: string; readonly leave: readonly string[]; readonly to: string }): InstanceAction {
  const [, scope = '0', elementId = ''] = /^(\d+):(.*)$/s.exec(to) ?? [];
  return { type: 'ModifyInstance', reason: why, cancel: left.map(Number), activate: [{ elementId, ...(scope !== '0' && { scope: Number(scope) }) }] };
}

/** Undefined for who may not, and where there is nothing to do. */
export function manageView(needs: PagesNeeds, person: Person, resource: CaseResource, { state, graph }: { readonly state: InstanceState; readonly graph: ProcessGraph }, keys: ManageCaseView['keys']): ManageCaseView | undefined {
  if (needs.authorise('manage-case', person, resource) !== 'granted') return undefined;
  const live = needs.runtime.definitions.latest(state.processId)?.version ?? state.version;
  return {
    stream: state.stream, active: state.status === 'active', suspended: state.suspended, keys, mayRestart: state.parent === undefined,
    standing: standing(state, graph), steps: steps(state, graph), adHoc: adHoc(state, graph), data: [...state.elements.get(0)?.variables?.keys() ?? []], version: state.version, liveVersion: live === state.version ? undefined : live,
  };
}

/** What ends when it is left: the innermost, and of a loop the whole. */
function standing(state: InstanceState, graph: ProcessGraph): StepChoice[] {
  const found: StepChoice[] = [];
  for (const { id, elementId, members, role } of state.elements.values()) {
    if (id === 0 || role?.kind === 'iteration' || role?.kind === 'undo') continue;
    if ((members?.size ?? 0) > 0 && role?.kind !== 'body') continue;
    found.push({ value: String(id), name: graph.nodes.get(elementId)?.name || elementId });
  }
  return found;
}

const BEGINS: readonly FlowNodeType[] = ['task', 'userTask', 'serviceTask', 'sendTask', 'receiveTask', 'manualTask', 'scriptTask', 'businessRuleTask', 'callActivity', 'subProcess', 'transaction', 'adHocSubProcess', 'intermediateCatchEvent'];

/** Steps that can be begun now: those of the case, and those of every sub-process that is at work. */
function steps(state: InstanceState, graph: ProcessGraph): StepChoice[] {
  const scopes = new Map<string | undefined, number>([[undefined, 0]]);
  for (const { id, elementId, role } of state.elements.values()) if (id !== 0 && role?.kind !== 'body') scopes.set(elementId, id);
  return [...graph.nodes.values()].flatMap((node) => {
    const scope = scopes.get(node.parentId);
    if (scope === undefined || !BEGINS.includes(node.type) || node.isForCompensation || node.triggeredByEvent) return [];
    return [{ value: `${String(scope)}:${node.id}`, name: nameIn(node, graph) }];
  });
}

/** Ad-hoc sub-processes at work, and what stands in each. */
function adHoc(state: InstanceState, graph: ProcessGraph): AdHocChoice[] {
  return [...state.elements.values()].flatMap(({ id, elementId, members, particulars, terminating }) => {
    const node = graph.nodes.get(elementId);
    if (node?.adHoc === undefined || particulars?.loop === undefined || terminating !== undefined) return [];
    const atWork = new Set([...(members ?? [])].map((member) => state.elements.get(member)?.elementId));
    const inside = [...graph.nodes.values()].filter((one) => one.parentId === elementId && BEGINS.includes(one.type) && !one.isForCompensation && !one.triggeredByEvent);
    return [{ element: id, name: node.name || node.id, sequential: node.adHoc.sequential, busy: atWork.size > 0, next: inside.map((one) => ({ value: one.id, name: one.name || one.id, atWork: atWork.has(one.id) })) }];
  });
}

function nameIn(node: FlowNode, graph: ProcessGraph): string {
  const around = node.parentId === undefined ? undefined : graph.nodes.get(node.parentId);
  return around === undefined ? node.name || node.id : `${node.name || node.id} (${around.name || around.id})`;
}
