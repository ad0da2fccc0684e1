/** The demo government: seeded once, finished after a cut, never into an installation of somebody else. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { seedDemo } from '../../../server/demo/index.ts';
import type { DemoAccount } from '../../../server/demo/index.ts';
import government from '../../../server/demo/government.json' with { type: 'json' };
import { Client, META, ids, startShell } from '../http/support.ts';
import type { Shell } from '../http/support.ts';
import { taskProcess } from '../instances/models.ts';

const leave = join(import.meta.dirname, '../../../processes/leave/process.bpmn');

describe('The demo government', () => {
  let shell: Shell;

  afterEach(async () => { await shell.stop(); });

  const seed = (on: Shell = shell): Promise<readonly DemoAccount[]> => seedDemo({
    runtime: on.runtime, commands: on.commands, passwords: on.organization.passwords, directory: on.organization.directory, vault: on.vault, ids,
    procedures: [[{ name: 'request.bpmn', content: taskProcess() }]],
  });

  it('An empty installation gets units, posts and one account per post, each of which can sign in; every role is there.', async () => {
    shell = await startShell({ empty: true });
    const accounts = await seed();
    expect(accounts).to.have.length(government.accounts.length);
    for (const { account, password } of accounts) {
      expect(password).to.match(/^[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}$/);
      expect((await Client.signIn(shell.url, account, password)).csrf).to.be.a('string');
    }
    expect(new Set(accounts.map(({ password }) => password)).size).to.equal(accounts.length);
    expect(new Set(accounts.flatMap(({ roles }) => roles))).to.deep.equal(new Set(['officer', 'manager', 'registry', 'analyst', 'administrator']));
    expect(shell.runtime.definitions.list().map(({ processId }) => processId)).to.deep.equal(['request']);
  });

  it('No person is invented: an account is shown by the title of its post.', async () => {
    shell = await startShell({ empty: true });
    await seed();
    for (const person of shell.organization.directory.people()) expect(person.name).to.equal(person.postTitle);
  });

  it('The second start writes nothing and prints the same passwords; a changed password is not printed.', async () => {
    shell = await startShell({ empty: true });
    const first = await seed();
    const { position } = await shell.store.head();
    expect(await seed()).to.deep.equal(first);
    expect((await shell.store.head()).position).to.equal(position);
    await shell.commands.setPassword('hr.officer', 'seven blue pelicans dance', META);
    const later = await seed();
    expect(later.find(({ account }) => account === 'hr.officer')).to.not.have.property('password');
    expect(later.filter(({ password }) => password !== undefined)).to.have.length(first.length - 1);
  });

  it('A start that was cut off is finished by the next.', async () => {
    shell = await startShell({ empty: true });
    let left = 12;
    const cut = new Proxy(shell.commands, { get: (target, name): unknown => (left-- > 0 ? Reflect.get(target, name) : () => { throw new Error('cut'); }) });
    const needs = { runtime: shell.runtime, commands: cut, passwords: shell.organization.passwords, directory: shell.organization.directory, vault: shell.vault, ids, procedures: [] };
    let failed = false;
    await seedDemo(needs).catch(() => { failed = true; });
    expect(failed).to.equal(true);
    const accounts = await seed();
    expect(accounts.every(({ password }) => password !== undefined)).to.equal(true);
    expect(shell.organization.directory.people()).to.have.length(accounts.length);
  });

  it('An installation with accounts of its own is left alone.', async () => {
    shell = await startShell();
    const { position } = await shell.store.head();
    expect(await seed()).to.deep.equal([]);
    expect((await shell.store.head()).position).to.equal(position);
  });

  it('A process that somebody deployed is not replaced by the demo.', async () => {
    shell = await startShell({ empty: true });
    await seed();
    await shell.runtime.deploy([{ name: 'request.bpmn', content: taskProcess('request', 'hr-unit') }], META);
    await seed();
    expect(shell.runtime.definitions.latest('request')!.version).to.equal(2);
  });

  it('Every group the leave procedure names exists, somebody holds it, and somebody may start it.', async () => {
    shell = await startShell({ empty: true });
    await seed();
    const model = readFileSync(leave, 'utf8');
    const named = [...model.matchAll(/name="group" value="(.+?)"|candidateGroups="([^=].*?)"|starters groups="(.+?)"|key="to" value="([^=].*?)"/g)];
    const groups = new Set(named.flatMap((found) => found.slice(1).join('').split(',')).map((group) => group.trim()));
    expect(groups.size).to.be.greaterThan(3);
    for (const group of groups) {
      expect(shell.organization.directory.groupExists(group), group).to.equal(true);
      expect(shell.organization.directory.people().some((person) => person.groups.includes(group)), `somebody in ${group}`).to.equal(true);
    }
  });

  it('The leave procedure with its forms can be deployed beside it.', async () => {
    shell = await startShell({ empty: true });
    const folder = join(leave, '..');
    const forms = readdirSync(join(folder, 'forms')).filter((name) => name.endsWith('.form')).map((name) => ({ name, content: readFileSync(join(folder, 'forms', name), 'utf8') }));
    const answer = await shell.runtime.deploy([{ name: 'leave.bpmn', content: readFileSync(leave, 'utf8') }, ...forms], META);
    expect(answer.outcome === 'refused' ? answer.problems : []).to.deep.equal([]);
  });
});
