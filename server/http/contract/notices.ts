/** Notices: what a person is told outside a task. */
import { z } from 'zod';
import { Instant } from './common.ts';
import { defineRoute } from './route.ts';

/** `fresh`: came after the person last marked the list as seen. */
export const NoticeBody = z.object({
  key: z.string(), subject: z.string(), text: z.string(), instanceId: z.string().optional(), at: Instant, fresh: z.boolean(),
}).meta({ id: 'Notice' });

export const listNotices = defineRoute({
  operationId: 'listNotices', method: 'get', path: '/api/v1/notices', area: 'notices', access: 'signed-in',
  summary: 'Your notices and those of your groups, newest first, at most 100 of the last 90 days.',
  responses: { 200: z.object({ items: z.array(NoticeBody), fresh: z.number().int() }) },
});

export const markNoticesSeen = defineRoute({
  operationId: 'markNoticesSeen', method: 'post', path: '/api/v1/notices/seen', area: 'notices', access: 'signed-in',
  summary: 'Mark all notices as seen, for yourself.',
  responses: { 204: null },
});

export const NOTICE_ROUTES = [listNotices, markNoticesSeen];
