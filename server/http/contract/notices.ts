/** Notices: what a person is told outside a task. */
import { z } from 'zod';
import { Instant } from './common.ts';
import { defineRoute } from './route.ts';

export const NoticeBody = z.object({
  key: z.string(), subject: z.string(), text: z.string(), instanceId: z.string().optional(), at: Instant, read: z.boolean(),
}).meta({ id: 'Notice' });

export const listNotices = defineRoute({
  operationId: 'listNotices', method: 'get', path: '/api/v1/notices', area: 'notices', access: 'signed-in',
  summary: 'Your notices and those of your groups, newest first.',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), unread: z.enum(['true', 'false']).default('false') }),
  responses: { 200: z.object({ items: z.array(NoticeBody) }) },
});

export const markRead = defineRoute({
  operationId: 'markNoticeRead', method: 'post', path: '/api/v1/notices/:key/read', area: 'notices', access: 'signed-in',
  summary: 'Mark a notice as read, for yourself.',
  params: z.object({ key: z.string().min(1).max(400) }),
  responses: { 204: null },
});

export const NOTICE_ROUTES = [listNotices, markRead];
