/** The page of a case, the list of one's own cases, and the notices. */
import { z } from 'zod';
import type { InstanceEvent, InstanceState, Json, Variables } from '../../engine/index.ts';
import { caseFragment, casePage } from '../../desk/case.ts';
import type { Answer, CasePage, RelatedCase } from '../../desk/case.ts';
import type { Formats } from '../../desk/format.ts';
import { words } from '../../desk/format.ts';
import type { Shell } from '../../desk/layout.ts';
import { myCasesPage, noticesPage } from '../../desk/lists.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage, Context } from '../http/contract/bind.ts';
import { CaseId } from '../http/contract/common.ts';
import { failure, notFound } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { DefinitionVersion } from '../runtime/types.ts';
import { documentsIn } from '../ports/documents.ts';
import type { Directory, Person } from '../ports/directory.ts';
import { manageView } from './manage-pages.ts';
import type { PagesNeeds } from './needs.ts';
import { documentView } from './papers.ts';
import type { Frames, Section } from './shell.ts';
import { readsContent, withTitles } from './titles.ts';
import { caseResource, outlineOf, placesOf } from './whereabouts.ts';
import { historyInWords } from './words.ts';

const afterQuery = z.object({ after: z.string().max(2_000).optional() });
const showCase = definePage({ name: 'case', method: 'get', path: '/cases/:stream', access: 'read-case', params: z.object({ stream: CaseId }) });
const caseNow = definePage({ ...showCase, name: 'case-now', path: '/cases/:stream/now' });
const myCases = definePage({ name: 'my-cases', method: 'get', path: '/cases', access: 'signed-in', query: afterQuery });
const notices = definePage({ name: 'notices', method: 'get', path: '/notices', access: 'signed-in' });
const readNotices = definePage({ name: 'read-notices', method: 'post', path: '/notices/read', access: 'signed-in' });

export function casePages(needs: PagesNeeds, frames: Frames, formats: Formats): BoundPage[] {
  const { runtime, tasks } = needs;
  const locate = async ({ params }: { readonly params: { readonly stream: string } }): Promise<CaseResource> => {
    const inspected = await runtime.inspect(params.stream);
    if (inspected === undefined) throw notFound(`case ${params.stream}`);
    return caseResource(inspected.state, await runtime.history(params.stream));
  };
  return [
    bindPage(showCase, async (context) => ({ html: casePage(await caseView(needs, formats, context, (section) => frames.shell(context, section))) }), locate),
    bindPage(caseNow, async (context) => ({ html: caseFragment(await caseView(needs, formats, context, () => frames.bare(context, context.person))) }), locate),
    bindPage(myCases, async (context) => {
      const page = await tasks.lists.startedBy(context.person.id, context.query.after);
      const next = page.next === undefined ? undefined : `/cases?after=${encodeURIComponent(page.next)}`;
      const mine = readsContent(needs, context.person);
      const items = await withTitles(needs, page.items, ({ stream }) => mine({ stream, startedBy: context.person.id }));
      return { html: myCasesPage({ shell: await frames.shell(context, 'cases'), formats, items, next, mayStart: context.may('start-case') }) };
    }),
    bindPage(notices, async (context) => {
      const [seen, sent] = await Promise.all([needs.notices.seen(context.person, context.now), needs.notices.list(context.person, context.now)]);
      const titles = await needs.cases.titles(sent.flatMap(({ stream }) => stream ?? []));
      const items = sent.map((notice) => ({ ...notice, fresh: notice.at > seen, reference: titles.get(notice.stream ?? '')?.reference ?? null }));
      return { html: noticesPage({ shell: await frames.shell(context, 'notices'), formats, items }) };
    }),
    bindPage(readNotices, async ({ person, now }) => {
      await needs.notices.open(person, now);
      return { redirect: '/notices' };
    }),
  ];
}

/** `frame`: the shell round it, for the part of the house it belongs to. */
async function caseView(needs: PagesNeeds, formats: Formats, context: Pick<Context<typeof showCase>, 'params' | 'person' | 'resource' | 'now' | 'may'>, frame: (section: Section) => Shell | Promise<Shell>): Promise<CasePage> {
  const { runtime, directory } = needs;
  const { stream } = context.params;
  const [inspected, records] = await Promise.all([runtime.inspect(stream), runtime.history(stream)]);
  const first = records[0];
  if (inspected === undefined || first === undefined) throw failure('HTTP_NOT_FOUND', { what: `case ${stream}` });
  const { state, graph } = inspected;
  const mayRead = needs.authorise('read-case-content', context.person, context.resource) === 'granted';
  const [title] = await withTitles(needs, [{ stream }], () => mayRead);
  const version = runtime.definitions.version(state.processId, state.version);
  const variables = Object.fromEntries(state.elements.get(0)?.variables ?? []);
  const entries = historyInWords(records, graph, directory);
  const status = state.status === 'new' ? 'active' : state.status;
  const mayOpen = (element: { readonly task: unknown }): boolean => {
    const task = element.task as { readonly assignee: string | undefined; readonly owner: string | undefined; readonly candidateGroups: readonly string[]; readonly candidateUsers: readonly string[] };
    const { assignee, owner, candidateGroups, candidateUsers } = task;
    return needs.authorise('read-task', context.person, { kind: 'task', stream, startedBy: state.startedBy, candidateGroups, candidateUsers, ...(assignee !== undefined && { assignee }), ...(owner !== undefined && { owner }) }) === 'granted';
  };
  const shell = await frame(state.startedBy === context.person.id ? 'cases' : context.may('read-all-cases') ? 'all-cases' : 'other');
  return {
    shell, formats, now: context.now, manage: manageView(needs, context.person, context.resource, inspected, shell.keys),
    case: {
      ...title!, processName: version?.name || state.processId, version: state.version, status,
      startedBy: startedByText(state, directory), startedAt: first.at, endedAt: status === 'active' ? undefined : records.at(-1)?.at,
    },
    standsStill: state.suspended ? standsStill(records, directory, mayRead) : undefined,
    places: status === 'active' ? placesOf(state, graph, directory, mayOpen) : [],
    outline: outlineOf(state, graph, records, directory),
    history: mayRead ? entries : entries.map((entry) => ({ ...entry, quote: undefined, details: [] })),
    documents: mayRead ? (await needs.cases.documents(stream)).map((document) => documentView(stream, document)) : [],
    filed: mayRead ? await needs.registers.filedIn(stream) : [],
    related: await relatedCases(needs, context.person, state.conversation, stream),
    answers: mayRead ? await answersOf(needs, version, endVariables(records, variables)) : undefined,
    fragment: `/cases/${stream}/now`, rooms: needs.live === true ? [`case:${stream}`] : [],
  };
}

type Recorded = readonly { readonly at: string; readonly events: readonly { readonly type: string }[] }[];

function standsStill(records: Recorded, directory: Directory, mayRead: boolean): CasePage['standsStill'] {
  const record = records.findLast(({ events }) => events.some(({ type }) => type === 'InstanceSuspended'));
  const event = record?.events.find(({ type }) => type === 'InstanceSuspended') as Partial<Extract<InstanceEvent, { type: 'InstanceSuspended' }>> | undefined;
  return record && event && { by: directory.person(event.by ?? '')?.name ?? 'the system', at: record.at, reason: mayRead ? event.reason : undefined };
}

/** Who asked for it, and who took it up again. */
function startedByText({ startedBy, restartedBy }: InstanceState, directory: Directory): string {
  const name = (id: string): string => directory.person(id)?.name ?? 'the system';
  return restartedBy === undefined ? name(startedBy) : `${name(startedBy)}, taken up again by ${name(restartedBy)}`;
}

/** The other cases of the conversation this person may see. */
async function relatedCases(needs: PagesNeeds, person: Person, conversation: string, stream: string): Promise<RelatedCase[]> {
  const { cases, authorise, runtime } = needs;
  const found = (await cases.beside(conversation, stream)).filter(({ resource }) => authorise('read-case', person, resource) === 'granted');
  const named = await withTitles(needs, found.map(({ row }) => row), () => false);
  return named.map(({ stream: other, reference, processId, version, status }) => ({ stream: other, reference, status, processName: runtime.definitions.version(processId, version)?.name || processId }));
}

/** A case that is over has no scopes any more: what it held is folded from its history. */
function endVariables(records: Recorded, live: Variables): Variables {
  if (Object.keys(live).length > 0) return live;
  const values: Record<string, Json> = {};
  for (const event of records.flatMap((record) => record.events)) {
    if (event.type !== 'VariablesWritten') continue;
    const written = event as unknown as { readonly scope: number; readonly values?: Variables };
    if (written.scope === 0) Object.assign(values, written.values ?? {});
  }
  return values;
}

/** The variables of a case with the labels of the forms they were typed into; those no form knows come last. */
export async function answersOf(needs: Pick<PagesNeeds, 'forms'>, version: DefinitionVersion | undefined, variables: Variables): Promise<Answer[]> {
  const ids = Object.keys(version?.forms ?? {});
  const forms = version === undefined ? [] : await Promise.all(ids.map((id) => needs.forms.form(version.processId, version.version, id)));
  const told: Answer[] = [];
  const rest: Answer[] = [];
  for (const [key, value] of Object.entries(variables)) {
    // Documents have a list of their own.
    if (documentsIn({ [key]: value }).length > 0) continue;
    // The form that asks for it names it; one that shows it again may call it what it is there.
    const described = forms.flatMap((form) => form?.describe(key, value, variables) ?? []);
    const known = described.find(({ asks }) => asks) ?? described[0];
    // What no form knows and holds nothing is of the machinery, not of the case.
    if (known === undefined && value === null) continue;
    if (known === undefined) rest.push({ label: words(key), value, asked: false });
    else told.push({ label: known.label, value: known.value, asked: true });
  }
  return [...told, ...rest];
}
