/** The registry (ISO 15489): gap-free numbers, registers, file plan and records; implements the numbering port and the jobs `record-register` and `record-file`. */
import { bind } from '../http/contract/bind.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import { accepted, notFound } from '../http/contract/failure.ts';
import { listFileSeries, listRecords, listRegisterLines, listRegisters, openFileSeries, voidNumber } from '../http/contract/registry.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Agencies } from '../ports/directory.ts';
import type { JobHandler } from '../ports/job-handler.ts';
import type { Projections } from '../ports/projections.ts';
import type { Projection, Runtime } from '../runtime/types.ts';
import { createBooks } from './books.ts';
import type { RegistryBooks } from './books.ts';
import { REGISTRY_PRIVATE_FIELDS } from './events.ts';
import { createFilePlan } from './file-plan.ts';
import type { FilePlan } from './file-plan.ts';
import { recordFile, recordRegister } from './jobs.ts';
import { createNumbers } from './numbering.ts';
import type { NumberBook } from './numbering.ts';
import { createRegistryTables } from './projection.ts';

export { REGISTRY_PRIVATE_FIELDS };

export interface Registry {
  readonly projection: Projection;
  readonly books: RegistryBooks;
  readonly numbers: NumberBook;
  readonly plan: FilePlan;
  readonly handlers: readonly JobHandler[];
  readonly http: HttpModule;
}

/** `runtime`: asked when it runs, because it is made with these handlers. `zone`: IANA name of the offices' zone. */
export interface RegistryNeeds {
  readonly projections: Projections;
  readonly runtime: () => Pick<Runtime, 'change' | 'definitions'>;
  readonly blobs: Pick<BlobStore, 'has'>;
  readonly agencies: Agencies;
  readonly clock: Clock;
  readonly zone: string;
}

/** Declares its tables, so call it before `projections.open()`. */
export function createRegistry({ projections, runtime, blobs, agencies, clock, zone }: RegistryNeeds): Registry {
  const { tables, projection } = createRegistryTables(projections);
  const late: Pick<Runtime, 'change' | 'definitions'> = {
    change: (...request) => runtime().change(...request),
    get definitions() { return runtime().definitions; },
  };
  const numbers = createNumbers(late);
  const plan = createFilePlan(late);
  const books = createBooks(tables, agencies);
  const needs = { runtime: late, numbers, plan, blobs, clock, zone };
  return { projection, books, numbers, plan, handlers: [recordRegister(needs), recordFile(needs)], http: registryModule(books, numbers, plan) };
}

function registryModule(books: RegistryBooks, numbers: NumberBook, plan: FilePlan): HttpModule {
  return {
    name: 'registry',
    routes: [
      bind(listRegisters, async ({ person }) => ({ status: 200, body: { items: await books.registers(person) } })),
      bind(listRegisterLines, async ({ person, params, query }) => {
        const { items, ...page } = await books.lines(person, params.registry, query.year, query);
        return { status: 200, body: { items, page } };
      }),
      bind(voidNumber, async ({ person, body, meta, now }) => {
        // The registry strikes out in its own books; others look as if there were none.
        if (!await books.keeps(person, body.number)) throw notFound(`number ${body.number}`);
        const { position, replayed } = accepted(await numbers.strike(body.number, body.reason, now, meta));
        return { status: 201, body: { number: body.number, position }, position, replayed };
      }),
      bind(listRecords, async ({ person, query }) => {
        const { items, ...page } = await books.records(person, query, query);
        return { status: 200, body: { items, page } };
      }),
      bind(listFileSeries, async () => ({ status: 200, body: { items: await books.series() } })),
      bind(openFileSeries, async ({ body, meta }) => {
        const { position, replayed } = accepted(await plan.open(body, meta));
        return { status: 201, body: { position }, position, replayed };
      }),
    ],
  };
}
