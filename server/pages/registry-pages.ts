/** The pages of the registers and of the files: for the registry, its own books; for managers, all. */
import { z } from 'zod';
import { filesPage } from '../../desk/files.ts';
import type { Formats } from '../../desk/format.ts';
import { registerPage } from '../../desk/register.ts';
import type { RegisterTab } from '../../desk/register.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage } from '../http/contract/bind.ts';
import { definePage } from '../http/contract/route.ts';
import type { PagesNeeds, RegisterBooks } from './needs.ts';
import type { Frames } from './shell.ts';

const showRegister = definePage({
  name: 'register', method: 'get', path: '/register', access: 'read-registers',
  query: z.object({ registry: z.string().max(60).optional(), year: z.coerce.number().int().min(1900).max(9999).optional(), after: z.string().max(2_000).optional() }),
});
const showFiles = definePage({
  name: 'files', method: 'get', path: '/files', access: 'read-registers',
  query: z.object({ fileNumber: z.string().trim().max(100).default(''), series: z.string().max(60).default(''), after: z.string().max(2_000).optional() }),
});

/** The procedure a letter is registered with. */
const PROCEDURE = 'correspondence';

export function registryPages({ registers, runtime, authorise }: Pick<PagesNeeds, 'registers' | 'runtime' | 'authorise'>, frames: Frames, formats: Formats): BoundPage[] {
  return [
    bindPage(showRegister, async (context) => {
      const { query, person } = context;
      const books = await registers.registers(person);
      const book = books.find(({ registry }) => registry === query.registry) ?? books[0];
      const year = query.year ?? book?.years[0] ?? Number(formats.day(context.now).slice(0, 4));
      const page = book === undefined ? { items: [] } : await registers.lines(person, book.registry, year, { after: query.after });
      const latest = runtime.definitions.latest(PROCEDURE);
      const starters = latest === undefined ? undefined : (await runtime.definitions.graph(PROCEDURE, latest.version)).starters;
      const mayRegister = starters !== undefined && authorise('start-case', person, { kind: 'definition', processId: PROCEDURE, starters }) === 'granted';
      return { html: registerPage({
        shell: await frames.shell(context, 'register'), formats, registry: book?.registry, year, lines: page.items, tabs: tabsOf(books, book?.registry),
        years: (book?.years ?? []).map((each) => ({ year: each, href: address('/register', { registry: book!.registry, year: each }) })),
        next: page.next === undefined ? undefined : address('/register', { registry: book!.registry, year, after: page.next }), newLetter: mayRegister ? `/start/${PROCEDURE}` : undefined,
      }) };
    }),
    bindPage(showFiles, async (context) => {
      const { person, query: { fileNumber, series, after } } = context;
      const [books, plan, page] = await Promise.all([
        registers.registers(person), registers.series(),
        registers.records(person, { ...(fileNumber !== '' && { fileNumber }), ...(series !== '' && { series }) }, { after }),
      ]);
      return { html: filesPage({
        shell: await frames.shell(context, 'register'), formats, tabs: tabsOf(books, 'files'), series: plan, chosen: { fileNumber, series }, records: page.items,
        next: page.next === undefined ? undefined : address('/files', { fileNumber, series, after: page.next }),
      }) };
    }),
  ];
}

type Books = Awaited<ReturnType<RegisterBooks['registers']>>;

function tabsOf(books: Books, current: string | undefined): RegisterTab[] {
  return [
    ...books.map(({ registry, years }) => ({ name: registry, href: address('/register', { registry, year: years[0] }), current: registry === current })),
    { name: 'Files', href: '/files', current: current === 'files' },
  ];
}

/** Without what is not given. */
function address(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]));
  return `${path}?${new URLSearchParams(given).toString()}`;
}
