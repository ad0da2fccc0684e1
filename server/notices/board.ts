/** Notices on people's desks, kept in the desk store for 90 days: the port they are sent through and the list a person sees. */
import type { DeskEntry, DeskStore } from '../ports/desk-store.ts';
import type { Person } from '../ports/directory.ts';
import type { Notice, Notices } from '../ports/notices.ts';
import { NoticeError } from './errors.ts';

export interface SentNotice {
  readonly key: string;
  readonly subject: string;
  readonly text: string;
  readonly at: string;
  /** The case it is about. */
  readonly stream: string | undefined;
}

/** The notices port and the reading side of it; `now` is the instant of the request. */
export interface NoticeBoard extends Notices {
  /** Newest first. */
  list(person: Person, now: string): Promise<readonly SentNotice[]>;
  /** How many came after the person last opened the list. */
  fresh(person: Person, now: string): Promise<number>;
  /** The instant up to which the person has seen the list. */
  seen(person: Person, now: string): Promise<string>;
  /** Marks all as seen; answers the instant up to which they had been. */
  open(person: Person, now: string): Promise<string>;
}

const COLLECTION = 'notices';
const SEEN = 'notices-seen';
const KEPT_DAYS = 90;
const MOST = 100;
const NEVER = '0000-01-01T00:00:00.000Z';

export function createNotices(desk: DeskStore): NoticeBoard {
  const list = async (person: Person, now: string): Promise<readonly SentNotice[]> => {
    const owners = [personKey(person.id), ...person.groups];
    const found = (await Promise.all(owners.map((owner) => desk.list(COLLECTION, owner, now, MOST)))).flat();
    return found.map(sent).sort((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : left.key < right.key ? -1 : 1)).slice(0, MOST);
  };
  const seen = async (person: Person, now: string): Promise<string> => {
    const until = (await desk.get(SEEN, person.id, now))?.content['until'];
    return typeof until === 'string' ? until : NEVER;
  };
  return {
    list, seen,
    async send(notice) {
      const { person, group } = notice.to;
      if (person === undefined && group === undefined) throw new NoticeError('NOTICE_WITHOUT_RECEIVER', { key: notice.key });
      if (person !== undefined) await put(desk, notice, personKey(person));
      if (group !== undefined) await put(desk, notice, group);
    },
    async fresh(person, now) {
      const until = await seen(person, now);
      return (await list(person, now)).filter((notice) => notice.at > until).length;
    },
    async open(person, now) {
      const until = await seen(person, now);
      await desk.put(SEEN, { key: person.id, owner: person.id, content: { until: now } });
      return until;
    },
  };
}

/** The owner is part of the key: the same notice to a person and to a group are two entries. */
async function put(desk: DeskStore, { key, subject, text, at, stream }: Notice, owner: string): Promise<void> {
  const expiresAt = new Date(Date.parse(at) + KEPT_DAYS * 86_400_000).toISOString();
  await desk.put(COLLECTION, { key: `${key}/${owner}`, owner, expiresAt, content: { subject, text, at, ...(stream === undefined ? {} : { stream }) } });
}

function sent({ key, content }: DeskEntry): SentNotice {
  const { subject, text, at, stream } = content;
  return { key, subject: String(subject), text: String(text), at: String(at), stream: typeof stream === 'string' ? stream : undefined };
}

/** Persons and groups share the owner column; a group's id has no '@'. */
function personKey(person: string): string {
  return `@${person}`;
}
