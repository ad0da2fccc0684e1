/** The routes of the monitor: contract joined to the board. */
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { incompleteBy } from '../http/contract/common.ts';
import { getSnapshot, listElementCases, listMonitor } from '../http/contract/monitor.ts';
import type { CaseResource, Rule } from '../http/contract/rules.ts';
import type { Board } from './board.ts';

export function monitorRoutes(board: Board): BoundRoute[] {
  return [
    bind(listMonitor, async ({ now }) => ({ status: 200, body: { items: await board.list(now), ...incompleteBy(board.owed) } })),
    bind(getSnapshot, async ({ params, query, now }) => {
      const snapshot = await board.snapshot(params.processId, query.version, now);
      const { owed } = board;
      // Tasks become overdue, and closed cases are listed, without a frame while nobody listens: so both are part of the tag.
      const tag = [snapshot.seq, snapshot.version, snapshot.totals.overdue, ...(owed === undefined ? [] : [owed.position])].join('.');
      return { status: 200, body: { ...snapshot, ...incompleteBy(owed) }, etag: tag };
    }),
    bind(listElementCases, async ({ params, query, now, may }) => {
      const { items, next } = await board.cases(params.processId, query.version, params.elementId, query.state, now, query.limit, query.after);
      const shown = items.map((item) => (mayRead(may, item.stream) ? item : { ...item, subject: null }));
      return { status: 200, body: { items: shown, page: next === undefined ? {} : { next } } };
    }),
  ];
}

/** The monitor is also for those who run the machine: what a case is about is not for them. */
function mayRead(may: (rule: Rule, resource: CaseResource) => boolean, stream: string): boolean {
  return may('read-case-content', { kind: 'case', stream, startedBy: '', people: [], groups: [] });
}
