/** The monitor of managers: counters kept from the records, told to the live connection, read over HTTP. */
import type { HttpModule } from '../http/contract/bind.ts';
import type { Rooms } from '../http/contract/rooms.ts';
import type { Clock } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import type { Projections } from '../ports/projections.ts';
import type { Projection, Runtime } from '../runtime/types.ts';
import { Board } from './board.ts';
import { monitorProjection, monitorTables } from './projection.ts';
import { monitorRoutes } from './routes.ts';
import { Standing } from './standing.ts';
import type { CaseTitle } from './standing.ts';

export interface MonitorNeeds {
  readonly runtime: Pick<Runtime, 'definitions' | 'inspect' | 'settled' | 'owed'>;
  readonly directory: Directory;
  /** What people call cases. */
  readonly titles: (streams: readonly string[]) => Promise<ReadonlyMap<string, CaseTitle>>;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
  /** Tests only: how often is told, milliseconds. */
  readonly pace?: { readonly flushMs?: number; readonly beatMs?: number; readonly sweepMs?: number };
}

export interface MonitorModule extends HttpModule {
  readonly board: Board;
  /** From now on the rooms are told; before, there is nobody to tell. */
  listen(rooms: Rooms): void;
  stop(): Promise<void>;
}

export interface Monitor {
  readonly projection: Projection;
  module(needs: MonitorNeeds): MonitorModule;
}

/** Declares its tables, so call it before `projections.open()`. `zone`: IANA name, decides where a day begins. */
export function createMonitor(projections: Projections, zone: string): Monitor {
  const tables = monitorTables(projections);
  const standing = new Standing(tables);
  const dayOf = localDay(zone);
  let board: Board | undefined;
  return {
    projection: monitorProjection(tables, dayOf, (place, position) => { board?.mark(place, position); }),
    module({ pace, ...needs }) {
      const made = board = new Board({ standing, dayOf, ...needs, ...pace });
      return { name: 'monitor', routes: monitorRoutes(made), board: made, listen: (rooms) => { made.listen(rooms); }, stop: () => made.stop() };
    },
  };
}

/** YYYY-MM-DD of an instant in the zone; instants come in order, so most lie in the quarter hour of the one before. */
function localDay(zone: string): (instant: string) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const QUARTER = 900_000;
  let quarter = -1;
  let day = '';
  return (instant) => {
    const millis = Date.parse(instant);
    const asked = Math.floor(millis / QUARTER);
    if (asked !== quarter) [quarter, day] = [asked, format.format(millis)];
    return day;
  };
}
