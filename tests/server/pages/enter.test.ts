/** The door of the pages that keep what was typed: session, token and rule are asked, in this order. */
import { expect } from 'chai';
import { HttpFailure } from '../../../server/http/contract/failure.ts';
import type { Session } from '../../../server/http/contract/bind.ts';
import type { Person } from '../../../server/ports/directory.ts';
import type { Drafts } from '../../../server/pages/drafts.ts';
import { enter } from '../../../server/pages/enter.ts';
import type { PagesNeeds, Typed } from '../../../server/pages/needs.ts';

const ANA: Person = { id: 'ana', name: 'Ana', roles: ['officer'], groups: [], active: true };
const SESSION = { person: ANA, csrf: 'right' } as Session;
const PAGE = '/tasks/case/1';

interface Answers {
  readonly roles?: boolean;
  readonly resource?: boolean;
}

async function arrive(body: Typed, session: Session | undefined, { roles = true, resource = true }: Answers = {}): Promise<{ readonly result: unknown; readonly kept: readonly string[] }> {
  const kept: string[] = [];
  const needs = { authorise: (_rule: unknown, _person: unknown, found?: unknown) => ((found === undefined ? roles : resource) ? 'granted' : 'denied') } as unknown as PagesNeeds;
  const drafts = { keep: async (owner: string) => { kept.push(owner); return 'the-token'; } } as unknown as Drafts;
  const arrival = { session, person: session?.person, body };
  const result = await enter(needs, drafts, arrival, PAGE, 'work-tasks', async () => ({ kind: 'task', stream: 'case', candidateGroups: [], candidateUsers: [] }))
    .catch((error: unknown) => (error instanceof HttpFailure ? error.code : error));
  return { result, kept };
}

describe('Pages: the door of forms that keep what was typed', () => {
  it('Without a session the text is kept for the person the page was made for, and sign-in leads back to it.', async () => {
    const { result, kept } = await arrive({ person: 'ana', token: 'old', 'v-a': 'x' }, undefined);
    expect(result).to.deep.equal({ redirect: `/sign-in?next=${encodeURIComponent(`${PAGE}?kept=the-token`)}` });
    expect(kept).to.deep.equal(['ana']);
  });

  it('What names no person is not kept.', async () => {
    expect(await arrive({ 'v-a': 'x' }, undefined)).to.deep.equal({ result: { redirect: `/sign-in?next=${encodeURIComponent(PAGE)}` }, kept: [] });
  });

  it('With a session the token must be its own.', async () => {
    for (const token of [undefined, '', 'wrong', ['right']]) expect((await arrive({ token }, SESSION)).result).to.equal('ACCESS_CSRF_TOKEN');
    expect((await arrive({ token: 'right' }, SESSION)).result).to.deep.equal({ session: SESSION, person: ANA });
  });

  it('The rule is asked twice: for the roles, then with the task.', async () => {
    expect((await arrive({ token: 'right' }, SESSION, { roles: false })).result).to.equal('ACCESS_DENIED');
    expect((await arrive({ token: 'right' }, SESSION, { resource: false })).result).to.equal('ACCESS_DENIED');
  });
});
