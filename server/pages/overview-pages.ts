/** All cases and all incidents, for managers and administrators. */
import { z } from 'zod';
import { allCasesPage, incidentsPage, query } from '../../desk/all-cases.ts';
import type { Formats } from '../../desk/format.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage } from '../http/contract/bind.ts';
import { CaseId } from '../http/contract/common.ts';
import { HttpFailure, accepted } from '../http/contract/failure.ts';
import { CASE_STATUS } from '../http/contract/instances.ts';
import { definePage } from '../http/contract/route.ts';
import { renderFailure } from './failure-pages.ts';
import type { FoundCase, PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';
import { readsContent, withTitles } from './titles.ts';

const PAGE = 50;
const text = z.string().trim().max(200).catch('');
const after = z.string().max(2_000).optional();
const allCases = definePage({
  name: 'all-cases', method: 'get', path: '/cases/all', access: 'read-all-cases', query: z.object({ search: text.default(''), process: text.default(''), status: z.enum(CASE_STATUS).or(z.literal('')).catch('').default(''), after }),
});
const incidents = definePage({ name: 'incidents', method: 'get', path: '/incidents', access: 'resolve-incident', query: z.object({ after }) });
const resolve = definePage({
  name: 'resolve-incident', method: 'post', path: '/incidents/:stream/:incident/resolve', access: 'resolve-incident',
  params: z.object({ stream: CaseId, incident: z.string().regex(/^\d{1,10}$/) }), body: z.object({}).default({}),
});

interface CaseQuery {
  readonly search: string;
  readonly process: string;
  readonly status: FoundCase['status'] | '';
  readonly after?: string | undefined;
}

/** Must come before the page of one case, whose address would take `all` for a case. */
export function overviewPages(needs: PagesNeeds, frames: Frames, formats: Formats): BoundPage[] {
  const { runtime, directory, cases } = needs;
  const nameOf = (processId: string, version?: number): string => (version === undefined ? runtime.definitions.latest(processId) : runtime.definitions.version(processId, version))?.name || processId;
  return [
    bindPage(allCases, async (context) => {
      const { rows, next } = await found(needs, context.query);
      const titled = await withTitles(needs, rows, readsContent(needs, context.person));
      const { search, process, status } = context.query;
      const filter = { search, process, status };
      return { html: allCasesPage({
        shell: await frames.shell(context, 'all-cases'), formats, filter, further: context.query.after !== undefined,
        processes: (await runtime.definitions.procedures()).map(({ processId, name }) => ({ id: processId, name: name || processId })),
        items: titled.map((row) => ({ ...row, processName: nameOf(row.processId, row.version), startedBy: directory.person(row.startedBy)?.name ?? 'The system' })),
        next: next === undefined ? undefined : `/cases/all?${query(filter)}&after=${encodeURIComponent(next)}`,
      }) };
    }),
    bindPage(incidents, async (context) => {
      const page = await cases.incidents(PAGE, context.query.after);
      const items = await withTitles(needs, page.items.map(({ instanceId, incident, processId, elementName, code, message, at }) => ({ stream: instanceId, incident, processName: nameOf(processId), element: elementName, code, message, at })), () => false);
      return { html: incidentsPage({ shell: await frames.shell(context, 'incidents'), formats, items, next: page.next === undefined ? undefined : `/incidents?after=${encodeURIComponent(page.next)}` }) };
    }),
    bindPage(resolve, async (context) => {
      const { params: { stream, incident }, meta, person, now } = context;
      try {
        const { position } = accepted(await runtime.execute(stream, { type: 'ResolveIncident', incident: Number(incident) }, meta));
        await frames.leaveFlash(person, now, { kind: 'success', title: 'The step is tried again', text: 'If it fails once more, the incident comes back with its cause.', link: { href: `/cases/${stream}`, text: 'Open the case' } });
        return { redirect: '/incidents', position };
      } catch (error) {
        // Somebody else was faster, or the case went on by itself.
        if (!(error instanceof HttpFailure) || (error.status !== 409 && error.status !== 404)) throw error;
        return { html: renderFailure(frames, error, context, [{ href: '/incidents', text: 'See the open incidents' }]), status: error.status };
      }
    }),
  ];
}

/** What was typed may be a business key or a registration number; both are found by their whole text. */
async function found({ cases }: PagesNeeds, { search, process, status, after: from }: CaseQuery): Promise<{ readonly rows: readonly FoundCase[]; readonly next: string | undefined }> {
  const filter = { ...(process !== '' && { processId: process }), ...(status !== '' && { status }) };
  if (search === '') return cases.find(filter, PAGE, from);
  const numbered = from === undefined ? (await cases.ofNumber(search)).filter((row) => (process === '' || row.processId === process) && (status === '' || row.status === status)) : [];
  const keyed = await cases.find({ ...filter, businessKey: search }, PAGE, from);
  return { rows: [...numbered.filter((row) => !keyed.rows.some(({ stream }) => stream === row.stream)), ...keyed.rows], next: keyed.next };
}
