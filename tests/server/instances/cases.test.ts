/** The lists of cases against a plain model: whatever happened, pages have every case once, in order. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { InstanceEvent } from '../../../engine/index.ts';
import { caseResource, findCases } from '../../../server/instances/cases.ts';
import type { CaseFilter } from '../../../server/instances/cases.ts';
import { createCaseTables } from '../../../server/instances/projection.ts';
import type { CaseTables } from '../../../server/instances/projection.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';

/** One thing that happens to case `c`: it starts, is offered to a group, is claimed by a person, or ends. */
interface Happening { readonly c: number; readonly what: 'start' | 'offer' | 'claim' | 'end'; readonly who: number; readonly later: boolean }

const PEOPLE = ['ann', 'ben'];
const GROUPS = ['red', 'green', 'blue'];
const happening: fc.Arbitrary<Happening> = fc.record({ c: fc.nat(6), what: fc.constantFrom('start', 'offer', 'claim', 'end'), who: fc.nat(2), later: fc.boolean() });

interface Known { readonly started: string; readonly startedBy: string; readonly processId: string; status: 'active' | 'completed'; readonly since: Map<string, string> }

/** Plays the happenings into the tables and into a model. */
async function play(happenings: readonly Happening[]): Promise<{ readonly tables: CaseTables; readonly model: ReadonlyMap<string, Known>; readonly close: () => Promise<void> }> {
  const projections = createSqliteProjections(':memory:');
  const tables = createCaseTables(projections);
  await projections.open();
  const model = new Map<string, Known>();
  let seconds = 0;
  let position = 0;
  for (const { c, what, who, later } of happenings) {
    if (later) seconds += 1;
    const at = new Date(Date.UTC(2026, 0, 5) + seconds * 1_000).toISOString();
    const stream = `case${c}`;
    position += 1;
    const events = eventsOf(stream, what, who, String(position).padStart(6, '0'), model);
    await projections.commit(position, () => { tables.projection.apply({ stream, position, index: 0, version: position, commandType: 'X', at, actor: { person: 'x' }, events, erased: false }); });
  }
  return { tables, model, close: () => projections.close() };
}

function eventsOf(stream: string, what: Happening['what'], who: number, place: string, model: Map<string, Known>): InstanceEvent[] {
  const known = model.get(stream);
  if (known === undefined) {
    const by = PEOPLE[who % 2]!;
    model.set(stream, { started: place, startedBy: by, processId: `p${who}`, status: 'active', since: new Map([[`@${by}`, place]]) });
    return [{ type: 'InstanceStarted', processId: `p${who}`, version: 1, conversation: stream, startElementId: 's', by }];
  }
  if (what === 'offer') {
    known.since.set(GROUPS[who]!, place);
    return [{ type: 'UserTaskCreated', id: 1, elementId: 't', priority: 50, candidateGroups: [GROUPS[who]!] }];
  }
  if (what === 'claim') {
    known.since.set(`@${PEOPLE[who % 2]!}`, place);
    return [{ type: 'UserTaskClaimed', id: 1, person: PEOPLE[who % 2]! }];
  }
  if (what === 'end') {
    known.status = 'completed';
    return [{ type: 'InstanceCompleted' }];
  }
  return [];
}

async function allPages(tables: CaseTables, readers: readonly string[] | undefined, filter: CaseFilter, limit: number): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await findCases(tables, readers, filter, limit, after);
    expect(page.rows.length).to.be.at.most(limit);
    found.push(...page.rows.map((row) => row.stream));
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** Streams, those last in the log first. */
function byPlace(entries: readonly (readonly [string, string])[]): string[] {
  return entries.map(([stream, place]) => `${place}|${stream}`).toSorted().toReversed().map((entry) => entry.split('|')[1]!);
}

const readers = fc.constantFrom(['@ann'], ['@ben', 'red'], ['@ann', 'red', 'green', 'blue'], ['blue'], ['@nobody']);
const filters: fc.Arbitrary<CaseFilter> = fc.constantFrom({}, { status: 'active' as const }, { status: 'completed' as const, processId: 'p1' }, { startedBy: 'ann' }, { processId: 'p0' });

function fits(known: Known, filter: CaseFilter): boolean {
  return (filter.status === undefined || filter.status === known.status) && (filter.processId === undefined || filter.processId === known.processId) && (filter.startedBy === undefined || filter.startedBy === known.startedBy);
}

describe('Finding cases', () => {
  it('For those who see all: every case that fits once, the last started first, whatever the size of the pages.', async () => {
    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 30 }), filters, fc.integer({ min: 1, max: 4 }), async (happenings, filter, limit) => {
      const { tables, model, close } = await play(happenings);
      const expected = byPlace([...model].filter(([, known]) => fits(known, filter)).map(([stream, known]) => [stream, known.started] as const));
      expect(await allPages(tables, undefined, filter, limit)).to.deep.equal(expected);
      await close();
    }), { numRuns: 150 });
  });

  it('For everybody else: every case that concerns one of their readers once, by when it last did.', async () => {
    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 40 }), readers, filters, fc.integer({ min: 1, max: 4 }), async (happenings, mine, filter, limit) => {
      const { tables, model, close } = await play(happenings);
      const expected = byPlace([...model].flatMap(([stream, known]) => {
        const places = mine.flatMap((reader) => known.since.get(reader) ?? []).toSorted();
        return places.length === 0 || !fits(known, filter) ? [] : [[stream, places.at(-1)!] as const];
      }));
      expect(await allPages(tables, mine, filter, limit)).to.deep.equal(expected);
      await close();
    }), { numRuns: 200 });
  });

  it('Whom a case concerns is told from the same rows.', async () => {
    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 30 }), async (happenings) => {
      const { tables, model, close } = await play(happenings);
      for (const [stream, known] of model) {
        const resource = await caseResource(tables, stream);
        expect([...resource!.people.map((person) => `@${person}`), ...resource!.groups]).to.have.members([...known.since.keys()]);
        expect(resource!.startedBy).to.equal(known.startedBy);
      }
      expect(await caseResource(tables, 'unknown')).to.equal(undefined);
      await close();
    }), { numRuns: 50 });
  });

  it('An incident of a case that is cancelled is open no more', async () => {
    const projections = createSqliteProjections(':memory:');
    const tables = createCaseTables(projections);
    await projections.open();
    const fold = (position: number, ...events: InstanceEvent[]): Promise<void> => projections.commit(position, () => {
      tables.projection.apply({ stream: 'a', position, index: 0, version: position, commandType: 'X', at: '2026-01-05T09:00:00.000Z', actor: { person: 'x' }, events, erased: false });
    });
    await fold(1, { type: 'InstanceStarted', processId: 'p', version: 1, conversation: 'a', startElementId: 's', by: 'x' }, { type: 'IncidentRaised', id: 2, element: 1, elementId: 't', phase: 'behave', code: 'INCIDENT_TIMER', message: '' });
    expect(await tables.incidents.count({})).to.equal(1);
    await fold(2, { type: 'IncidentCanceled', id: 2 }, { type: 'InstanceTerminated', reason: 'enough', by: 'x' });
    expect(await tables.incidents.count({})).to.equal(0);
    await projections.close();
  });
});
