/** The routes of the monitor: contract joined to the board. */
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { getSnapshot, listElementCases, listMonitor } from '../http/contract/monitor.ts';
import type { Board } from './board.ts';

export function monitorRoutes(board: Board): BoundRoute[] {
  return [
    bind(listMonitor, async ({ now }) => ({ status: 200, body: { items: await board.list(now) } })),
    bind(getSnapshot, async ({ params, query, now }) => {
      const snapshot = await board.snapshot(params.processId, query.version, now);
      // Tasks become overdue without a frame while nobody listens: so their number is part of the tag.
      return { status: 200, body: snapshot, etag: `${snapshot.seq}.${snapshot.version}.${snapshot.totals.overdue}` };
    }),
    bind(listElementCases, async ({ params, query, now }) => {
      const { items, next } = await board.cases(params.processId, query.version, params.elementId, query.state, now, query.limit, query.after);
      return { status: 200, body: { items, page: next === undefined ? {} : { next } } };
    }),
  ];
}
