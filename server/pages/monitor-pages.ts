/** The monitor: all procedures, one procedure, the cases behind a number. */
import { z } from 'zod';
import type { Formats } from '../../desk/format.ts';
import { monitorCasesPage, monitorListPage, monitorPage } from '../../desk/monitor.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage } from '../http/contract/bind.ts';
import { ProcessId, VersionNumber } from '../http/contract/common.ts';
import { MONITOR_STATES } from '../http/contract/monitor.ts';
import { definePage } from '../http/contract/route.ts';
import { drawingExtent } from './drawing.ts';
import type { PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';
import { readsContent } from './titles.ts';

// The drawing places its parts by style attributes.
const DRAWING = { 'style-src-attr': ["'unsafe-inline'"] };
const PAGE = 50;

const list = definePage({ name: 'monitor', method: 'get', path: '/monitor', access: 'monitor' });
const one = definePage({
  name: 'monitor-process', method: 'get', path: '/monitor/:processId', access: 'monitor', sources: DRAWING,
  params: z.object({ processId: ProcessId }), query: z.object({ version: VersionNumber.optional() }),
});
const cases = definePage({
  name: 'monitor-cases', method: 'get', path: '/monitor/:processId/elements/:elementId', access: 'monitor', params: z.object({ processId: ProcessId, elementId: z.string().min(1).max(200) }),
  query: z.object({ version: VersionNumber.optional(), state: z.enum(MONITOR_STATES).default('waiting'), after: z.string().min(1).max(1_000).optional() }),
});

export function monitorPages(needs: Pick<PagesNeeds, 'authorise' | 'cases' | 'monitor' | 'runtime'>, frames: Frames, formats: Formats): BoundPage[] {
  const { monitor, runtime } = needs;
  return [
    bindPage(list, async (context) => {
      const [shell, items] = await Promise.all([frames.shell(context, 'monitor'), monitor.list(context.now)]);
      return { html: monitorListPage({ shell, formats, now: context.now, items }) };
    }),
    bindPage(one, async (context) => {
      const snapshot = await monitor.snapshot(context.params.processId, context.query.version, context.now);
      const [shell, xml] = await Promise.all([frames.shell(context, 'monitor'), runtime.definitions.xml(snapshot.processId, snapshot.version)]);
      return { html: monitorPage({ shell, formats, now: context.now, snapshot, drawing: drawingExtent(xml), mayMigrate: context.may('migrate-cases') }) };
    }),
    bindPage(cases, async (context) => {
      const { params: { processId, elementId }, query: { version: asked, state, after }, now, person } = context;
      const { name, version, elements } = await monitor.snapshot(processId, asked, now);
      const { items, next } = await monitor.cases(processId, version, elementId, state, now, PAGE, after);
      const mayRead = readsContent(needs, person);
      const shown = items.map((item) => (mayRead({ stream: item.stream, startedBy: '' }) ? item : { ...item, subject: null }));
      const step = elements.find((element) => element.elementId === elementId)?.name ?? elementId;
      return { html: monitorCasesPage({ shell: await frames.shell(context, 'monitor'), formats, now, processId, elementId, version, name, step, state, items: shown, next }) };
    }),
  ];
}
