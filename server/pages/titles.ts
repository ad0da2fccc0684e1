/** What cases are called on pages: their reference for everybody who may see that they exist, their subject for those who may read what they contain. */
import type { CaseTitle } from '../../desk/reference.ts';
import type { Person } from '../ports/directory.ts';
import type { PagesNeeds } from './needs.ts';

type Needs = Pick<PagesNeeds, 'authorise' | 'cases'>;

/** `mayRead`: whether this person may read what the case contains. */
export async function withTitles<T extends { readonly stream: string }>({ cases }: Needs, items: readonly T[], mayRead: (item: T) => boolean): Promise<(T & CaseTitle)[]> {
  const titles = await cases.titles(items.map(({ stream }) => stream));
  return items.map((item) => ({ ...item, reference: titles.get(item.stream)?.reference ?? null, subject: mayRead(item) ? titles.get(item.stream)?.subject ?? null : null }));
}

/** For lists of cases of which nothing is known but who started them: managers read all, officers what they started. */
export function readsContent({ authorise }: Needs, person: Person): (item: { readonly stream: string; readonly startedBy: string }) => boolean {
  return ({ stream, startedBy }) => authorise('read-case-content', person, { kind: 'case', stream, startedBy, people: [], groups: [] }) === 'granted';
}
