/** Notices on people's desks: implements the notices port on the desk store, and the `notify` job that processes send them with. */
import { bind } from '../http/contract/bind.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import { notFound } from '../http/contract/failure.ts';
import { listNotices, markRead } from '../http/contract/notices.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeskEntry, DeskStore } from '../ports/desk-store.ts';
import type { Directory, Person } from '../ports/directory.ts';
import type { Notice, Notices } from '../ports/notices.ts';
import { NOTICE_ERRORS, NoticeError } from './errors.ts';

export { NOTICE_ERRORS };

/** What a worker hands to a job handler; `key` is stable over all deliveries. */
export interface NotifyJob {
  readonly key: string;
  readonly stream: string;
  readonly elementId: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface NoticeView {
  readonly key: string;
  readonly subject: string;
  readonly text: string;
  readonly instanceId?: string;
  readonly at: string;
  readonly read: boolean;
}

/** The notices port and the reading side of it. */
export interface NoticeBoard extends Notices {
  /** Newest first. */
  list(person: Person, limit: number): Promise<readonly NoticeView[]>;
  markRead(person: Person, key: string): Promise<void>;
}

const COLLECTION = 'notices';
const READ = 'notices-read';
const KEPT_DAYS = 90;

export function createNotices(desk: DeskStore, clock: Clock): NoticeBoard {
  return {
    async send(notice) {
      const owner = notice.to.person === undefined ? notice.to.group : personKey(notice.to.person);
      if (owner === undefined) throw new NoticeError('NOTICE_WITHOUT_RECEIVER', { key: notice.key });
      const { subject, text, at, stream } = notice;
      await desk.put(COLLECTION, { key: notice.key, owner, expiresAt: later(at), content: { subject, text, at, ...(stream === undefined ? {} : { stream }) } });
    },
    async list(person, limit) {
      const now = clock.now();
      const owners = [personKey(person.id), ...person.groups];
      const entries = (await Promise.all(owners.map((owner) => desk.list(COLLECTION, owner, now, limit)))).flat();
      const newest = entries.sort((left, right) => (timeOf(left) > timeOf(right) ? -1 : 1)).slice(0, limit);
      return Promise.all(newest.map(async (entry) => viewOf(entry, await desk.get(READ, readKey(person.id, entry.key), now) !== undefined)));
    },
    async markRead(person, key) {
      const now = clock.now();
      const notice = await desk.get(COLLECTION, key, now);
      if (notice?.owner === undefined || ![personKey(person.id), ...person.groups].includes(notice.owner)) throw notFound('this notice');
      await desk.put(READ, { key: readKey(person.id, key), owner: person.id, expiresAt: later(now), content: { at: now } });
    },
  };
}

/**
 * The handler of job type `notify`. Headers: `to` (accounts or groups, separated by commas), `subject`, `text`. A repeated
 * delivery replaces the same notice by itself.
 */
export function notifyJob(notices: Notices, directory: Directory, clock: Clock): { readonly type: 'notify'; run(job: NotifyJob): Promise<Readonly<Record<string, never>>> } {
  return {
    type: 'notify',
    async run(job) {
      const receivers = (job.headers['to'] ?? '').split(',').map((receiver) => receiver.trim()).filter((receiver) => receiver !== '');
      const subject = (job.headers['subject'] ?? '').trim();
      if (receivers.length === 0) throw new NoticeError('NOTICE_WITHOUT_RECEIVER', { key: job.key });
      if (subject === '') throw new NoticeError('NOTICE_WITHOUT_SUBJECT', { key: job.key });
      const unknown = receivers.find((receiver) => directory.person(receiver) === undefined && !directory.groupExists(receiver));
      if (unknown !== undefined) throw new NoticeError('NOTICE_RECEIVER_UNKNOWN', { receiver: unknown, key: job.key });
      for (const receiver of receivers) await notices.send(noticeOf(job, receiver, subject, directory, clock.now()));
      return {};
    },
  };
}

function noticeOf(job: NotifyJob, receiver: string, subject: string, directory: Directory, at: string): Notice {
  const to = directory.person(receiver) === undefined ? { group: receiver } : { person: receiver };
  return { key: `${job.key}/${receiver}`, to, subject, text: job.headers['text'] ?? '', stream: job.stream, at };
}

export function noticesModule(notices: NoticeBoard): HttpModule {
  return {
    name: 'notices',
    routes: [
      bind(listNotices, async ({ person, query }) => {
        const items = await notices.list(person, query.limit);
        return { status: 200, body: { items: query.unread === 'true' ? items.filter((notice) => !notice.read) : items } };
      }),
      bind(markRead, async ({ person, params }) => {
        await notices.markRead(person, params.key);
        return { status: 204 };
      }),
    ],
  };
}

function viewOf({ key, content }: DeskEntry, read: boolean): NoticeView {
  const stream = content['stream'];
  return { key, subject: String(content['subject']), text: String(content['text']), ...(typeof stream === 'string' ? { instanceId: stream } : {}), at: String(content['at']), read };
}

function timeOf(entry: DeskEntry): string {
  return String(entry.content['at']);
}

/** Persons and groups share the owner column; a group's id has no '@'. */
function personKey(person: string): string {
  return `@${person}`;
}

function readKey(person: string, key: string): string {
  return `${person}/${key}`;
}

function later(at: string): string {
  return new Date(Date.parse(at) + KEPT_DAYS * 86_400_000).toISOString();
}
