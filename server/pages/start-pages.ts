/** Starting a case from the desk: the list of procedures and the start form of one. */
import { z } from 'zod';
import { instanceStream } from '../../engine/index.ts';
import type { AttachmentSpec, Json, ProcessGraph } from '../../engine/index.ts';
import type { Formats } from '../../desk/format.ts';
import { startListPage, startPage } from '../../desk/start.ts';
import type { Procedure } from '../../desk/start.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage } from '../http/contract/bind.ts';
import { accepted, notFound } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { DefinitionResource } from '../http/contract/rules.ts';
import { ATTACHMENTS, handingIn } from '../ports/attachments.ts';
import type { Person } from '../ports/directory.ts';
import type { DefinitionVersion } from '../runtime/types.ts';
import { MOST_TYPED } from './drafts.ts';
import type { Drafts } from './drafts.ts';
import { enter, typedBody } from './enter.ts';
import type { DeskForm, PageContext, PagesNeeds, Typed } from './needs.ts';
import { attachmentErrors, attachmentFields, handedInWith } from './papers.ts';
import type { Frames } from './shell.ts';

const params = z.object({ processId: z.string().min(1).max(200) });
const list = definePage({ name: 'start-list', method: 'get', path: '/start', access: 'signed-in' });
const show = definePage({ name: 'start-form', method: 'get', path: '/start/:processId', access: 'start-case', params, query: z.object({ kept: z.string().max(200).optional() }) });
// Public, because what was typed is kept when the session has ended; the handler asks for session, token and rule itself.
const start = definePage({ name: 'start', method: 'post', path: '/start/:processId', access: 'public', params, body: typedBody, bodyLimit: MOST_TYPED });

interface Startable {
  readonly version: DefinitionVersion;
  readonly graph: ProcessGraph;
  readonly form: DeskForm | undefined;
}

export function startPages(needs: PagesNeeds, frames: Frames, formats: Formats, drafts: Drafts): BoundPage[] {
  const { runtime } = needs;
  const locate = async (processId: string): Promise<DefinitionResource> => ({ kind: 'definition', processId, starters: (await find(needs, processId)).graph.starters });
  const render = async (context: PageContext & { readonly person: Person }, startable: Startable, typed: Typed | undefined, errors: readonly { readonly key: string; readonly target: string; readonly message: string }[], draftFrom?: string): Promise<string> =>
    startPage({
      shell: await frames.shell(context, 'start'), formats, procedure: procedureOf(startable), me: context.person.id,
      form: startable.form?.view({}, typed, errors), errors, draftFrom,
      attachments: await attachmentFields(needs, context.person.id, `/start/${startable.version.processId}`, attachmentsOf(startable), []),
    });
  return [
    bindPage(list, async (context) => ({ html: startListPage({ shell: await frames.shell(context, 'start'), procedures: await procedures(needs, context.person) }) })),
    bindPage(show, async (context) => {
      const { processId } = context.params;
      const page = `/start/${processId}`;
      if (context.query.kept !== undefined) {
        await drafts.recover(context.query.kept, context.person.id, page);
        return { redirect: page };
      }
      const draft = await drafts.find(context.person.id, page);
      return { html: await render(context, await find(needs, processId), draft?.typed, [], draft?.at) };
    }, ({ params: { processId } }) => locate(processId)),
    bindPage(start, async (context) => {
      const { processId } = context.params;
      const page = `/start/${processId}`;
      const entered = await enter(needs, drafts, context, page, 'start-case', () => locate(processId));
      if ('redirect' in entered) return entered;
      const { person } = entered;
      const startable = await find(needs, processId);
      const submission = startable.form?.parse(context.body, {}) ?? { values: {}, errors: [] };
      const handedIn = handedInWith(context.body);
      const asked = attachmentsOf(startable);
      const who = { person: person.id, key: context.meta.idempotencyKey };
      const errors = [...submission.errors, ...attachmentErrors(asked, await needs.attachments.check(who.person, who.key, asked, handedIn, []))];
      if (errors.length > 0) return { html: await render({ ...context, person, session: entered.session }, startable, context.body, errors), status: 422 };
      const answer = await handingIn(needs.attachments, who, handedIn, instanceStream(processId, who.key ?? ''), async (documents) => {
        const variables = documents.length === 0 ? submission.values : { ...submission.values, [ATTACHMENTS]: documents as unknown as Json };
        return accepted(await runtime.startInstance({ processId, version: startable.version.version, variables }, context.meta));
      });
      await drafts.drop(person.id, page);
      await frames.leaveFlash(person, context.now, { kind: 'success', title: `“${procedureOf(startable).name}” was started`, text: 'You find it under My cases.' });
      return { redirect: `/cases/${answer.stream}`, position: answer.position, replayed: answer.replayed };
    }),
  ];
}

async function find(needs: PagesNeeds, processId: string): Promise<Startable> {
  const version = needs.runtime.definitions.latest(processId);
  if (version === undefined) throw notFound(`procedure ${processId}`);
  const graph = await needs.runtime.definitions.graph(processId, version.version);
  const form = graph.startForm === undefined ? undefined : await needs.forms.form(processId, version.version, graph.startForm);
  return { version, graph, form };
}

/** What the start by hand asks for. */
function attachmentsOf({ graph }: Pick<Startable, 'graph'>): readonly AttachmentSpec[] {
  return graph.starts.find(({ type, event }) => type === 'startEvent' && (event === undefined || event.kind === 'none'))?.attachments ?? [];
}

function procedureOf({ version, graph }: Pick<Startable, 'version' | 'graph'>): Procedure {
  return { processId: version.processId, name: version.name || version.processId, documentation: graph.documentation };
}

/** The procedures this person may start by hand: those with a start event that waits for nothing. */
async function procedures(needs: PagesNeeds, person: Person): Promise<Procedure[]> {
  const found: Procedure[] = [];
  for (const version of await needs.runtime.definitions.procedures()) {
    const graph = await needs.runtime.definitions.graph(version.processId, version.version);
    const byHand = graph.starts.some((node) => node.type !== 'startEvent' || node.event?.kind === 'none' || node.event === undefined);
    const resource: DefinitionResource = { kind: 'definition', processId: version.processId, starters: graph.starters };
    if (byHand && needs.authorise('start-case', person, resource) === 'granted') found.push(procedureOf({ version, graph }));
  }
  return found;
}
