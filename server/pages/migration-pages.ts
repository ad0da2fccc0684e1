/** Pages of going on in another version: the plan of one case, and the running cases of a version, one first, then the others. */
import { z } from 'zod';
import type { Formats } from '../../desk/format.ts';
import { migrationPage, versionMigrationPage } from '../../desk/migration.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage, PageAnswer } from '../http/contract/bind.ts';
import { CaseId, ProcessId, VersionNumber } from '../http/contract/common.ts';
import { HttpFailure, notFound } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { Person } from '../ports/directory.ts';
import type { CommandMeta } from '../runtime/types.ts';
import { renderFailure } from './failure-pages.ts';
import type { PageContext, PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';
import { readsContent, withTitles } from './titles.ts';
import { caseResource } from './whereabouts.ts';

const texts = z.union([z.string(), z.array(z.string()).max(500)]).optional().transform((given) => (given === undefined ? [] : typeof given === 'string' ? [given] : given));
const reason = z.string().max(2_000).catch('');
const params = z.object({ stream: CaseId });
const plan = definePage({ name: 'migration-plan', method: 'get', path: '/cases/:stream/migrate', access: 'manage-case', params });
const migrate = definePage({ name: 'migrate-case', method: 'post', path: '/cases/:stream/migrate', access: 'manage-case', params, body: z.object({ reason, version: z.coerce.number().int().min(1), map: texts }) });

const ofProcess = z.object({ processId: ProcessId });
const show = definePage({
  name: 'migrate-version', method: 'get', path: '/monitor/:processId/migrate', access: 'migrate-cases', params: ofProcess,
  query: z.object({ from: VersionNumber.optional(), to: VersionNumber.optional(), map: texts, after: z.string().min(1).max(1_000).optional(), canary: CaseId.optional(), gone: z.coerce.number().int().min(0).max(1_000_000).catch(0) }),
});
const carryOut = definePage({
  name: 'migrate-version-cases', method: 'post', path: '/monitor/:processId/migrate', access: 'migrate-cases', params: ofProcess,
  body: z.object({ reason, from: z.coerce.number().int().min(1), to: z.coerce.number().int().min(1), map: texts, stream: texts, canary: CaseId.optional(), gone: z.coerce.number().int().min(0).max(1_000_000).catch(0) }),
});

const REASON_MISSING = [{ target: 'migrate-reason', message: 'Give the reason for going on in another version' }];
/** Cases looked at, and let go on, at a time. */
const AT_A_TIME = 50;

interface Asked {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly map: readonly string[];
  readonly after?: string | undefined;
  readonly canary?: string | undefined;
  readonly gone: number;
}
type Context = PageContext & { readonly person: Person; readonly meta: CommandMeta };

export function migrationPages(needs: PagesNeeds, frames: Frames, formats: Formats): BoundPage[] {
  const { cases } = needs;
  const locate = async ({ params: { stream } }: { readonly params: { readonly stream: string } }): Promise<CaseResource> => {
    const inspected = await needs.runtime.inspect(stream);
    if (inspected === undefined) throw notFound(`case ${stream}`);
    return caseResource(inspected.state, await needs.runtime.history(stream));
  };
  return [
    bindPage(plan, async (context) => ({ html: await planPage(needs, frames, formats, context, []) }), locate),
    bindPage(migrate, async (context) => {
      const { params: { stream }, body, meta, person, now } = context;
      if (body.reason.trim() === '') return { html: await planPage(needs, frames, formats, context, REASON_MISSING), status: 422 };
      return orWhyNot(frames, context, stream, async () => {
        const { position, replayed } = await cases.operations.migrate(stream, body.version, mappingOf(body.map), body.reason, meta);
        await frames.leaveFlash(person, now, { kind: 'success', title: `The case goes on in version ${String(body.version)}` });
        return { redirect: `/cases/${stream}`, position, replayed };
      });
    }, locate),
    bindPage(show, async (context) => ({ html: await versionPage(needs, frames, formats, context, context.params.processId, context.query, []) })),
    bindPage(carryOut, async (context) => {
      const { params: { processId }, body, meta, person, now } = context;
      if (body.reason.trim() === '') return { html: await versionPage(needs, frames, formats, context, processId, body, REASON_MISSING), status: 422 };
      const streams = body.stream.slice(0, AT_A_TIME);
      const report = await cases.operations.migrateBatch({ processId, from: body.from, to: body.to, mapping: mappingOf(body.map), canary: streams, limit: 0, dryRun: false, reason: body.reason }, meta);
      const gone = body.gone + report.migrated;
      const refused = report.items.find(({ outcome }) => outcome === 'refused');
      const title = `${report.migrated === 1 ? '1 case goes' : `${String(report.migrated)} cases go`} on in version ${String(body.to)}`;
      await frames.leaveFlash(person, now, refused === undefined ? { kind: 'success', title } : { kind: 'notice', title: 'A case could not go on; those after it stay where they are', text: `${title}. ${refused.problem?.detail ?? ''}` });
      const canary = body.canary ?? (report.migrated > 0 ? streams[0] : undefined);
      return { redirect: address(processId, { ...body, canary, gone }), ...(report.position !== undefined && { position: report.position }) };
    }),
  ];
}

/** `old:new`; what has no counterpart says nothing. */
function mappingOf(map: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(map.flatMap((pair) => {
    const [from = '', to = ''] = pair.split(':');
    return from === '' || to === '' ? [] : [[from, to]];
  }));
}

function pairs(mapping: Readonly<Record<string, string>>): string[] {
  return Object.entries(mapping).map(([from, to]) => `${from}:${to}`);
}

function address(processId: string, { from, to, map, after, canary, gone }: Asked): string {
  const query = new URLSearchParams(map.map((pair) => ['map', pair]));
  const rest = { from: from?.toString(), to: to?.toString(), after, canary, gone: gone === 0 ? undefined : String(gone) };
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, value);
  return `/monitor/${encodeURIComponent(processId)}/migrate?${query.toString()}`;
}

async function orWhyNot(frames: Frames, context: Parameters<typeof renderFailure>[2], stream: string, work: () => Promise<PageAnswer>): Promise<PageAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HttpFailure) || error.status !== 409) throw error;
    return { html: renderFailure(frames, error, context, [{ href: `/cases/${stream}`, text: 'Back to the case' }]), status: error.status };
  }
}

async function planPage(needs: PagesNeeds, frames: Frames, formats: Formats, context: Context & { readonly params: { readonly stream: string } }, errors: readonly { readonly target: string; readonly message: string }[]): Promise<string> {
  const { stream } = context.params;
  const { operations } = needs.cases;
  const { state } = (await needs.runtime.inspect(stream))!;
  const live = needs.runtime.definitions.latest(state.processId)!;
  const mapping = suggested(await operations.missing(state.processId, state.version, live.version));
  const [found, names] = await Promise.all([operations.plan(stream, live.version, mapping, context.meta), needs.cases.titles([stream])]);
  return migrationPage({ shell: await frames.shell(context, 'cases'), formats, stream, title: names.get(stream)?.reference ?? (live.name || state.processId), plan: found, map: pairs(mapping), errors });
}

function suggested(missing: readonly { readonly elementId: string; readonly suggested: string | undefined }[]): Readonly<Record<string, string>> {
  return Object.fromEntries(missing.flatMap((one) => (one.suggested === undefined ? [] : [[one.elementId, one.suggested]])));
}

async function versionPage(needs: PagesNeeds, frames: Frames, formats: Formats, context: Context, processId: string, asked: Asked, errors: readonly { readonly target: string; readonly message: string }[]): Promise<string> {
  const { runtime, cases: { operations }, monitor } = needs;
  const latest = runtime.definitions.latest(processId);
  if (latest === undefined) throw notFound(`process ${processId}`);
  const counted = new Map((await monitor.snapshot(processId, undefined, context.now)).versions.map(({ version, inProgress }) => [version, inProgress]));
  const versions = runtime.definitions.versions(processId).map(({ version }) => ({ version, inProgress: counted.get(version) ?? 0 }));
  const to = asked.to ?? latest.version;
  // The monitor asks for the version it shows; of the latest nothing has to go on.
  const from = (asked.to === undefined && asked.from === to ? undefined : asked.from) ?? versions.find(({ version, inProgress }) => inProgress > 0 && version !== to)?.version ?? to;
  for (const version of [from, to]) if (runtime.definitions.version(processId, version) === undefined) throw notFound(`version ${String(version)} of process ${processId}`);
  const missing = await operations.missing(processId, from, to);
  const answered = new Map(asked.map.map((pair) => pair.split(':') as [string, string | undefined]));
  const views = missing.map((one) => ({ ...one, chosen: answered.get(one.elementId) ?? (answered.has(one.elementId) ? '' : one.suggested ?? '') }));
  const mapping = Object.fromEntries(views.flatMap(({ elementId, chosen }) => (chosen === '' ? [] : [[elementId, chosen]])));
  const map = views.map(({ elementId, chosen }) => `${elementId}:${chosen}`);
  const found = from === to ? { streams: [], next: undefined } : await operations.running(processId, from, AT_A_TIME, asked.after);
  const planned = [];
  for (const stream of found.streams) planned.push({ stream, plan: await operations.plan(stream, to, mapping, context.meta) });
  const reads = readsContent(needs, context.person);
  const mayRead = ({ stream }: { readonly stream: string }): boolean => reads({ stream, startedBy: '' });
  const [canary] = asked.canary === undefined ? [] : await withTitles(needs, [{ stream: asked.canary }], mayRead);
  return versionMigrationPage({
    shell: await frames.shell(context, 'monitor'), formats, processId, name: latest.name || processId, versions, from, to, missing: views, map, cases: await withTitles(needs, planned, mayRead),
    next: found.next === undefined ? undefined : address(processId, { ...asked, from, to, map, after: found.next }), canary, gone: asked.gone, errors,
  });
}
