/** What was typed and not handed in: whose it is, how long it is kept, and how much of it. */
import { expect } from 'chai';
import type { DeskStore } from '../../../server/ports/desk-store.ts';
import { Drafts } from '../../../server/pages/drafts.ts';
import { ownPath } from '../../../server/pages/session-pages.ts';
import { openSqliteDeskStore } from '../../../server/stores/sqlite/desk-store.ts';

const PAGE = '/tasks/case/1';

describe('Pages: drafts', () => {
  let store: DeskStore;
  let drafts: Drafts;
  let now: string;

  beforeEach(() => {
    store = openSqliteDeskStore(':memory:');
    now = '2026-03-02T12:00:00.000Z';
    let tokens = 0;
    drafts = new Drafts(store, { now: () => now }, { uuid: () => 'u', token: () => `token-${String(tokens++)}` });
  });
  afterEach(() => store.close());

  it('A draft belongs to one person and one page; tokens, decisions and a PIN are no part of it.', async () => {
    await drafts.save('ana', PAGE, { 'v-a': 'text', list: ['x', 1], token: 'secret', person: 'ana', outcome: 'approve', pin: '482913', shown: 'a hash', attachment: 'u lease', odd: { a: 1 } });
    expect(await drafts.find('ana', PAGE)).to.deep.equal({ typed: { 'v-a': 'text', list: ['x'] }, at: now });
    expect(await drafts.find('ben', PAGE)).to.equal(undefined);
    await drafts.drop('ana', PAGE);
    expect(await drafts.find('ana', PAGE)).to.equal(undefined);
  });

  it('What was sent after a session had ended comes back to the same person on the same page, once.', async () => {
    const token = (await drafts.keep('ana', PAGE, { 'v-a': 'long text' }))!;
    await drafts.recover(token, 'ben', PAGE);
    await drafts.recover(token, 'ana', '/tasks/case/2');
    await drafts.recover('another', 'ana', PAGE);
    expect(await drafts.find('ana', PAGE)).to.equal(undefined);
    await drafts.recover(token, 'ana', PAGE);
    expect((await drafts.find('ana', PAGE))?.typed).to.deep.equal({ 'v-a': 'long text' });
    await drafts.drop('ana', PAGE);
    await drafts.recover(token, 'ana', PAGE);
    expect(await drafts.find('ana', PAGE)).to.equal(undefined);
  });

  it('Both end: what was kept after two hours, a draft after thirty days.', async () => {
    const token = (await drafts.keep('ana', PAGE, { 'v-a': '1' }))!;
    await drafts.save('ben', PAGE, { 'v-a': '2' });
    now = '2026-03-02T14:00:01.000Z';
    await drafts.recover(token, 'ana', PAGE);
    expect([await drafts.find('ana', PAGE), (await drafts.find('ben', PAGE))?.typed]).to.deep.equal([undefined, { 'v-a': '2' }]);
    now = '2026-04-02T12:00:00.000Z';
    expect(await drafts.find('ben', PAGE)).to.equal(undefined);
  });

  it('How much strangers can have kept is bounded.', async () => {
    for (let count = 0; count < 60; count++) expect(await drafts.keep('ana', PAGE, {})).to.be.a('string');
    expect(await drafts.keep('ana', PAGE, {})).to.equal(undefined);
    now = '2026-03-02T12:02:00.000Z';
    expect(await drafts.keep('ana', PAGE, { 'v-a': 'x'.repeat(70_000) })).to.equal(undefined);
    now = '2026-03-02T12:01:00.000Z';
    expect(await drafts.keep('ana', PAGE, {})).to.be.a('string');
  });
});

describe('Pages: the way back after signing in', () => {
  it('Only paths of this site are followed.', () => {
    for (const path of ['/tasks', '/tasks/case/1?kept=abc', '/start/permit']) expect(ownPath(path)).to.equal(path);
    for (const path of [undefined, '', 'tasks', '//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a b', '/a\\b']) expect(ownPath(path), String(path)).to.equal('/');
  });
});
