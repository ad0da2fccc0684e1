/** Working calendars: implements the calendars port; the calendar of Saint Lucia is published into every new installation. */
import { bind } from '../http/contract/bind.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import { listCalendars, publishCalendar } from '../http/contract/calendars.ts';
import { accepted } from '../http/contract/failure.ts';
import type { CommandMeta, Runtime } from '../runtime/types.ts';
import { createCalendarBook, publish } from './calendars.ts';
import type { CalendarBook } from './calendars.ts';
import saintLucia from './saint-lucia.json' with { type: 'json' };

export { createCalendarBook };
export type { CalendarBook };

export function calendarsModule(book: CalendarBook, runtime: Pick<Runtime, 'change'>): HttpModule {
  return {
    name: 'calendars',
    routes: [
      bind(listCalendars, async () => ({ status: 200, body: { items: book.published() } })),
      bind(publishCalendar, async ({ params, body, meta }) => {
        const { position, events, replayed } = accepted(await publish(runtime, params.id, body, meta));
        return { status: 201, body: { id: params.id, version: events[0]!.version, position }, position, replayed };
      }),
    ],
  };
}

/** Publishes the calendar of Saint Lucia if there is none under its id; answers the position to wait for, if any. */
export async function seedCalendars(book: CalendarBook, runtime: Pick<Runtime, 'change'>, meta: CommandMeta): Promise<number | undefined> {
  if (book.all()[saintLucia.id] !== undefined) return undefined;
  const answer = await publish(runtime, saintLucia.id, saintLucia, meta);
  return answer.outcome === 'accepted' ? answer.position : undefined;
}
