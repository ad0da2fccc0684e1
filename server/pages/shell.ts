/** The frame of a page for one person: navigation by their roles, counts, and the notice of what they just did. */
import type { Flash, NavItem, Shell } from '../../desk/layout.ts';
import type { Person } from '../ports/directory.ts';
import type { PageContext, PagesNeeds } from './needs.ts';

export type Section = 'tasks' | 'cases' | 'start' | 'notices' | 'all-cases' | 'incidents' | 'monitor' | 'register' | 'data-stores' | 'absence' | 'designer' | 'other';

/** Their pages list or count closed cases. */
const LISTS_CLOSED: ReadonlySet<Section> = new Set<Section>(['cases', 'all-cases', 'monitor']);
const FLASH = 'flash';
const FLASH_MINUTES = 10;
/** As many rooms as one connection may join, less one for a case. */
const MOST_ROOMS = 39;

export class Frames {
  readonly #needs: PagesNeeds;

  constructor(needs: PagesNeeds) {
    this.#needs = needs;
  }

  /** The frame with counts, and the notice that was left for this person, once. */
  async shell(context: PageContext, section: Section, listsClosed = LISTS_CLOSED.has(section)): Promise<Shell> {
    const person = context.session?.person;
    if (person === undefined) return this.bare(context, undefined);
    const mayWork = this.mayWork(person);
    const [counts, fresh, flash] = await Promise.all([
      mayWork ? this.#needs.tasks.lists.counts(person, context.now) : undefined,
      this.#needs.notices.fresh(person, context.now),
      this.#takeFlash(person, context.now),
    ]);
    const { owed } = this.#needs.runtime;
    const listed = owed && listsClosed ? { listed: Math.floor((100 * owed.position) / owed.through) } : {};
    return { ...this.bare(context, person), ...listed, nav: this.#nav(person, section, counts?.mine, fresh), flash, ...(this.#mayBeAbsent(person) && { absence: { asked: this.#needs.absences.asked(person.id, context.now), current: section === 'absence' } }) };
  }

  /** The frame without asking any store: for failures. */
  bare(context: Pick<PageContext, 'csrf' | 'key'>, person: Person | undefined): Shell {
    return {
      assets: this.#needs.assets, keys: { csrf: context.csrf, key: context.key }, flash: undefined,
      person: person === undefined ? undefined : { name: person.name, post: person.postTitle },
      nav: person === undefined ? [] : this.#nav(person, 'other', undefined, 0),
      ...(person !== undefined && this.#mayBeAbsent(person) && { absence: { asked: 0, current: false } }),
    };
  }

  #mayBeAbsent(person: Person): boolean {
    return this.#needs.authorise('name-deputy', person, { kind: 'person', id: person.id }) === 'granted';
  }

  /** The rooms of the live connection that tell of a person's tasks, and of those they stand in for; none where nothing is told. */
  rooms(person: Person): string[] {
    return this.#needs.live === true ? [person, ...person.standsFor ?? []].flatMap(({ id, groups }) => [`person:${id}`, ...groups.map((group) => `group:${group}`)]).filter((room, index, all) => all.indexOf(room) === index).slice(0, MOST_ROOMS) : [];
  }

  mayWork(person: Person): boolean {
    return this.#needs.authorise('list-tasks', person) === 'granted';
  }

  /** Where a person begins. */
  home(person: Person): string {
    if (this.mayWork(person)) return '/tasks';
    return this.#mayModel(person) ? '/designer' : '/cases';
  }

  #mayModel(person: Person): boolean {
    return this.#needs.authorise('model', person) === 'granted';
  }

  async leaveFlash(person: Person, now: string, flash: Flash): Promise<void> {
    const expiresAt = new Date(Date.parse(now) + FLASH_MINUTES * 60_000).toISOString();
    await this.#needs.deskStore.put(FLASH, { key: person.id, owner: person.id, expiresAt, content: { ...flash } });
  }

  async #takeFlash(person: Person, now: string): Promise<Flash | undefined> {
    const entry = await this.#needs.deskStore.get(FLASH, person.id, now);
    if (entry === undefined) return undefined;
    await this.#needs.deskStore.delete(FLASH, person.id);
    return entry.content as unknown as Flash;
  }

  #nav(person: Person, section: Section, mine: number | undefined, fresh: number): NavItem[] {
    const mayWork = this.mayWork(person);
    const mayStart = this.#needs.authorise('start-case', person) === 'granted';
    return [
      ...(mayWork ? [{ name: 'Tasks', href: '/tasks', current: section === 'tasks', ...(mine !== undefined && { count: mine, live: 'mine', countMeans: 'held by you' }) }] : []),
      { name: 'My cases', href: '/cases', current: section === 'cases' },
      ...(mayStart ? [{ name: 'Start a case', href: '/start', current: section === 'start' }] : []),
      ...(this.#needs.authorise('read-registers', person) === 'granted' ? [{ name: 'Registers', href: '/register', current: section === 'register' }, { name: 'Data stores', href: '/data-stores', current: section === 'data-stores' }] : []),
      { name: 'Notices', href: '/notices', current: section === 'notices', ...(fresh > 0 && { count: fresh, countMeans: 'not read' }) },
      ...(this.#needs.authorise('monitor', person) === 'granted' ? [{ name: 'Monitor', href: '/monitor', current: section === 'monitor' }] : []),
      ...(this.#needs.authorise('read-all-cases', person) === 'granted' ? [{ name: 'All cases', href: '/cases/all', current: section === 'all-cases' }] : []),
      ...(this.#needs.authorise('resolve-incident', person) === 'granted' ? [{ name: 'Incidents', href: '/incidents', current: section === 'incidents' }] : []),
      ...(this.#mayModel(person) ? [{ name: 'Designer', href: '/designer', current: section === 'designer' }] : []),
      ...this.#needs.links?.(person) ?? [],
    ];
  }
}
