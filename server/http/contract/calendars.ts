/** Working calendars: which days count. */
import { z } from 'zod';
import { Instant, Position } from './common.ts';
import { defineRoute } from './route.ts';

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time as HH:MM.');

/** `basis`: the law or gazette notice that makes the day a holiday. */
export const CalendarIn = z.strictObject({
  title: z.string().min(1).max(200), zone: z.string().min(1).max(64), opens: Clock, closes: Clock, weekend: z.array(z.number().int().min(1).max(7)).max(6),
  holidays: z.array(z.strictObject({ date: z.iso.date(), name: z.string().min(1).max(200), basis: z.string().min(1).max(500) })).max(2_000),
});

export const CalendarBody = z.object({
  id: z.string(), version: z.number().int(), title: z.string(), zone: z.string(), opens: z.string(), closes: z.string(), weekend: z.array(z.number().int()), publishedAt: Instant,
  holidays: z.array(z.object({ date: z.string(), name: z.string(), basis: z.string() })),
}).meta({ id: 'Calendar' });

export const listCalendars = defineRoute({
  operationId: 'listCalendars', method: 'get', path: '/api/v1/calendars', area: 'calendars', access: 'signed-in',
  summary: 'Every working calendar in the version in force.',
  responses: { 200: z.object({ items: z.array(CalendarBody) }) },
});

const Published = z.object({ id: z.string(), version: z.number().int(), position: Position });

export const publishCalendar = defineRoute({
  operationId: 'publishCalendar', method: 'post', path: '/api/v1/calendars/:id/versions', area: 'calendars', access: 'administer',
  summary: 'Publish the next version of a calendar; deadlines already set keep the one they were counted in.',
  params: z.object({ id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/) }),
  body: CalendarIn,
  responses: { 201: Published, 202: Published },
});

export const CALENDAR_ROUTES = [listCalendars, publishCalendar];
