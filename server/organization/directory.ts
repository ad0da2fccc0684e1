/** The directory of people, posts and units: a projection of the organisation's events, held in memory and kept in tables. */
import type { Clock } from '../ports/clock.ts';
import type { Agencies, Directory, Person, Principal, Role } from '../ports/directory.ts';
import type { Projections, Table } from '../ports/projections.ts';
import type { DecodedRecord, Projection } from '../runtime/types.ts';
import { streamKind } from '../runtime/types.ts';
import type { OrganizationEvent, PersonEvent, SubstitutionEvent } from './events.ts';
import { SubstitutionBook } from './substitution-book.ts';

export interface Unit {
  readonly id: string;
  readonly title: string;
  readonly parent?: string;
}

export interface Post {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly string[];
}

export interface Group {
  readonly id: string;
  readonly title: string;
}

/** The directory with what only the administration of it needs. */
export interface OrganizationDirectory extends Directory, Agencies {
  units(): readonly Unit[];
  posts(): readonly Post[];
  groups(): readonly Group[];
  readonly substitutions: Pick<SubstitutionBook, 'ofAbsent' | 'ofDeputy' | 'all' | 'find'>;
}

type PartRow = { readonly id: string; readonly kind: 'unit' | 'post' | 'group'; readonly title: string; readonly unit: string | null; readonly groups: readonly string[] };
type PersonRow = { readonly id: string; readonly name: string; readonly roles: readonly Role[]; readonly post: string | null; readonly active: boolean };

/** `load` reads the tables into memory: after `projections.open()`, before the first record is applied. */
export interface DirectoryProjection {
  readonly directory: OrganizationDirectory;
  readonly projection: Projection & { load(): Promise<void> };
}

/** `clock`: whom somebody stands in for is a question of the day. */
export function createDirectory(projections: Projections, clock: Clock): DirectoryProjection {
  const parts = projections.table<PartRow>({ name: 'organization_parts', key: 'id', indexes: [['kind']] });
  const people = projections.table<PersonRow>({ name: 'organization_people', key: 'id', indexes: [] });
  const memory: Memory = { parts: new Map(), people: new Map(), substitutions: new SubstitutionBook(projections), checkpoint: 0 };
  return {
    directory: reading(memory, clock),
    projection: {
      name: 'organization',
      apply(record) {
        // An older record than the tables held: everything is being folded again, perhaps from another log.
        if (record.position <= memory.checkpoint) forget(memory);
        apply(record, memory, parts, people);
      },
      async load() {
        forget(memory);
        memory.checkpoint = await projections.checkpoint();
        for await (const row of allRows(parts)) memory.parts.set(row.id, row);
        for await (const row of allRows(people)) memory.people.set(row.id, row);
        await memory.substitutions.load();
      },
    },
  };
}

interface Memory {
  readonly parts: Map<string, PartRow>;
  readonly people: Map<string, PersonRow>;
  readonly substitutions: SubstitutionBook;
  /** Position of the tables when they were loaded. */
  checkpoint: number;
}

function forget(memory: Memory): void {
  memory.parts.clear();
  memory.people.clear();
  memory.substitutions.forget();
  memory.checkpoint = 0;
}

async function* allRows<R extends PartRow | PersonRow>(table: Table<R>): AsyncGenerator<R> {
  let after: string | undefined;
  do {
    const page = await table.find({ limit: 500, ...(after === undefined ? {} : { after }) });
    yield* page.rows;
    after = page.next;
  } while (after !== undefined);
}

function apply(record: DecodedRecord, memory: Memory, parts: Table<PartRow>, people: Table<PersonRow>): void {
  const kind = streamKind(record.stream);
  if (kind === 'organization') {
    for (const event of record.events as readonly OrganizationEvent[]) {
      const row = partOf(event);
      memory.parts.set(row.id, row);
      parts.put(row);
    }
  } else if (kind === 'person') {
    for (const event of record.events as readonly PersonEvent[]) {
      if (isSubstitution(event)) {
        memory.substitutions.apply(event, { by: record.actor.person, at: record.at });
        continue;
      }
      const row = personAfter(memory.people.get(event.id), event);
      memory.people.set(row.id, row);
      people.put(row);
    }
  }
}

function partOf(event: OrganizationEvent): PartRow {
  switch (event.type) {
    case 'UnitCreated': return { id: event.id, kind: 'unit', title: event.title, unit: event.parent ?? null, groups: [] };
    case 'PostCreated': return { id: event.id, kind: 'post', title: event.title, unit: event.unit, groups: event.groups };
    case 'GroupCreated': return { id: event.id, kind: 'group', title: event.title, unit: null, groups: [] };
  }
}

function isSubstitution(event: PersonEvent): event is SubstitutionEvent {
  return event.type.startsWith('Substitution');
}

function personAfter(before: PersonRow | undefined, event: Exclude<PersonEvent, SubstitutionEvent>): PersonRow {
  const row = before ?? { id: event.id, name: event.id, roles: [], post: null, active: true };
  switch (event.type) {
    case 'PersonAdded': return { ...row, name: nameOf(event) };
    case 'RolesGranted': return { ...row, roles: event.roles };
    case 'PostAssigned': return { ...row, post: event.post ?? null };
    case 'PasswordChanged': return row;
    case 'AccountDeactivated': return { ...row, active: false };
    case 'AccountReactivated': return { ...row, active: true };
  }
}

/** The name of an erased person is gone; the account name stays. */
function nameOf({ id, name = id }: { readonly id: string; readonly name?: string }): string {
  return name;
}

function reading(memory: Memory, clock: Clock): OrganizationDirectory {
  const all = (kind: PartRow['kind']): PartRow[] => [...memory.parts.values()].filter((part) => part.kind === kind);
  return {
    person: (id) => { const row = memory.people.get(id); return row === undefined ? undefined : withPrincipals(personOf(row, memory), memory, clock); },
    people: () => [...memory.people.values()].map((row) => personOf(row, memory)),
    groupTitle: (id) => memory.parts.get(id)?.title ?? id,
    groupExists: (id) => memory.parts.has(id),
    agencyOf(unit) {
      let part = memory.parts.get(unit);
      // A parent is created before what lies in it: the way up ends.
      while (part?.kind === 'unit' && part.unit !== null) part = memory.parts.get(part.unit);
      return part?.kind === 'unit' ? part.id : undefined;
    },
    units: () => all('unit').map(({ id, title, unit }) => ({ id, title, ...(unit === null ? {} : { parent: unit }) })),
    posts: () => all('post').map(({ id, title, unit, groups }) => ({ id, title, unit: unit ?? '', groups })),
    substitutions: memory.substitutions,
    groups: () => all('group').map(({ id, title }) => ({ id, title })),
  };
}

/** With whom they stand in for now, as far as those are in office themselves. */
function withPrincipals(person: Person, memory: Memory, clock: Clock): Person {
  if (!memory.substitutions.knowsDeputy(person.id)) return person;
  const standsFor = memory.substitutions.standsFor(person.id, clock.now()).flatMap(({ absent, until }): Principal[] => {
    const row = memory.people.get(absent);
    if (row?.active !== true) return [];
    const { id, name, groups } = personOf(row, memory);
    return [{ id, name, groups, until }];
  });
  return standsFor.length === 0 ? person : { ...person, standsFor };
}

function personOf(row: PersonRow, memory: Memory): Person {
  const post = row.post === null ? undefined : memory.parts.get(row.post);
  const base = { id: row.id, name: row.name, roles: row.roles, active: row.active };
  if (post === undefined) return { ...base, groups: [] };
  const unit = post.unit ?? undefined;
  const groups = [...new Set([post.id, ...(unit === undefined ? [] : [unit]), ...post.groups])];
  return { ...base, post: post.id, postTitle: post.title, ...(unit === undefined ? {} : { unit }), groups };
}
