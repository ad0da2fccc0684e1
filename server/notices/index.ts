/** Notices: implements the notices port, its routes, and the `notify` job that processes send them with. */
import { bind } from '../http/contract/bind.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import { listNotices, markNoticesSeen } from '../http/contract/notices.ts';
import type { Clock } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import type { Notice, Notices } from '../ports/notices.ts';
import { createNotices } from './board.ts';
import type { NoticeBoard } from './board.ts';
import { NoticeError } from './errors.ts';

export { createNotices };
export type { NoticeBoard };

/** What a worker hands to a job handler; `key` is stable over all deliveries. */
export interface NotifyJob {
  readonly key: string;
  readonly stream: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The handler of job type `notify`. Headers: `to` (accounts or groups, separated by commas), `subject`, `text`. A repeated
 * delivery replaces the same notice by itself. Throws a NoticeError; the worker tries again, then an incident is raised.
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
      if (unknown !== undefined) throw new NoticeError('NOTICE_RECEIVER_UNKNOWN', { receiver: unknown });
      for (const receiver of receivers) await notices.send(noticeOf(job, receiver, subject, directory, clock.now()));
      return {};
    },
  };
}

function noticeOf(job: NotifyJob, receiver: string, subject: string, directory: Directory, at: string): Notice {
  const to = directory.person(receiver) === undefined ? { group: receiver } : { person: receiver };
  return { key: job.key, to, subject, text: job.headers['text'] ?? '', stream: job.stream, at };
}

export function noticesModule(notices: NoticeBoard): HttpModule {
  return {
    name: 'notices',
    routes: [
      bind(listNotices, async ({ person, now }) => {
        const [items, seen] = await Promise.all([notices.list(person, now), notices.seen(person, now)]);
        const shown = items.map(({ key, subject, text, at, stream }) => ({ key, subject, text, at, fresh: at > seen, ...(stream === undefined ? {} : { instanceId: stream }) }));
        return { status: 200, body: { items: shown, fresh: shown.filter((notice) => notice.fresh).length } };
      }),
      bind(markNoticesSeen, async ({ person, now }) => {
        await notices.open(person, now);
        return { status: 204 };
      }),
    ],
  };
}
