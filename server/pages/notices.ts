/** Notices kept in the desk store: the port they are sent through, and the list of those a person can see. */
import type { DeskEntry, DeskStore } from '../ports/desk-store.ts';
import type { Person } from '../ports/directory.ts';
import type { Notice, Notices } from '../ports/notices.ts';
import type { NoticeBoard, SentNotice } from './needs.ts';

const NOTICE = 'notice';
const SEEN = 'notices-seen';
const KEPT_DAYS = 90;
const MOST = 100;
const NEVER = '0000-01-01T00:00:00.000Z';

/** One store, two faces: `send` for jobs, the board for pages. A second notice with the same key to the same reader replaces the first. */
export class DeskNotices implements Notices, NoticeBoard {
  readonly #store: DeskStore;

  constructor(store: DeskStore) {
    this.#store = store;
  }

  async send(notice: Notice): Promise<void> {
    const expiresAt = new Date(Date.parse(notice.at) + KEPT_DAYS * 86_400_000).toISOString();
    const owners = [...(notice.to.person === undefined ? [] : [ofPerson(notice.to.person)]), ...(notice.to.group === undefined ? [] : [ofGroup(notice.to.group)])];
    for (const owner of owners) {
      await this.#store.put(NOTICE, { key: `${notice.key} ${owner}`, owner, expiresAt, content: { subject: notice.subject, text: notice.text, at: notice.at, ...(notice.stream !== undefined && { stream: notice.stream }) } });
    }
  }

  async list(person: Person, now: string): Promise<readonly SentNotice[]> {
    const owners = [ofPerson(person.id), ...person.groups.map(ofGroup)];
    const found = (await Promise.all(owners.map((owner) => this.#store.list(NOTICE, owner, now, MOST)))).flat();
    return found.map(sent).sort((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : left.key < right.key ? -1 : 1)).slice(0, MOST);
  }

  async fresh(person: Person, now: string): Promise<number> {
    const seen = await this.#seen(person, now);
    return (await this.list(person, now)).filter((notice) => notice.at > seen).length;
  }

  async open(person: Person, now: string): Promise<string> {
    const seen = await this.#seen(person, now);
    await this.#store.put(SEEN, { key: person.id, owner: person.id, content: { until: new Date(now).toISOString() } });
    return seen;
  }

  async #seen(person: Person, now: string): Promise<string> {
    const until = (await this.#store.get(SEEN, person.id, now))?.content['until'];
    return typeof until === 'string' ? until : NEVER;
  }
}

function ofPerson(id: string): string {
  return `person ${id}`;
}

function ofGroup(id: string): string {
  return `group ${id}`;
}

function sent(entry: DeskEntry): SentNotice {
  const { subject, text, at, stream } = entry.content;
  return {
    key: entry.key, subject: String(subject), text: String(text), at: new Date(String(at)).toISOString(),
    stream: typeof stream === 'string' ? stream : undefined,
  };
}
