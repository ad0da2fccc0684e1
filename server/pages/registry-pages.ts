/** The page of the registers: for the registry, its own books; for managers, all. */
import { z } from 'zod';
import type { Formats } from '../../desk/format.ts';
import { registerPage } from '../../desk/register.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage } from '../http/contract/bind.ts';
import { definePage } from '../http/contract/route.ts';
import type { PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';

const showRegister = definePage({
  name: 'register', method: 'get', path: '/register', access: 'read-registers',
  query: z.object({ registry: z.string().max(60).optional(), year: z.coerce.number().int().min(1900).max(9999).optional(), after: z.string().max(2_000).optional() }),
});

/** The procedure a letter is registered with. */
const PROCEDURE = 'correspondence';

export function registryPages({ registers, runtime, authorise }: Pick<PagesNeeds, 'registers' | 'runtime' | 'authorise'>, frames: Frames, formats: Formats): BoundPage[] {
  return [bindPage(showRegister, async (context) => {
    const { query, person } = context;
    const books = await registers.registers(person);
    const book = books.find(({ registry }) => registry === query.registry) ?? books[0];
    const year = query.year ?? book?.years[0] ?? Number(formats.day(context.now).slice(0, 4));
    const page = book === undefined ? { items: [] } : await registers.lines(person, book.registry, year, { after: query.after });
    const href = (registry: string, at: number | undefined, after?: string): string =>
      `/register?registry=${encodeURIComponent(registry)}${at === undefined ? '' : `&year=${String(at)}`}${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`;
    const latest = runtime.definitions.latest(PROCEDURE);
    const starters = latest === undefined ? undefined : (await runtime.definitions.graph(PROCEDURE, latest.version)).starters;
    const mayRegister = starters !== undefined && authorise('start-case', person, { kind: 'definition', processId: PROCEDURE, starters }) === 'granted';
    return { html: registerPage({
      shell: await frames.shell(context, 'register'), formats, registry: book?.registry, year, lines: page.items,
      tabs: books.map(({ registry, years }) => ({ name: registry, href: href(registry, years[0]), current: registry === book?.registry })),
      years: (book?.years ?? []).map((each) => ({ year: each, href: href(book!.registry, each) })),
      next: page.next === undefined ? undefined : href(book!.registry, year, page.next), newLetter: mayRegister ? `/start/${PROCEDURE}` : undefined,
    }) };
  })];
}
