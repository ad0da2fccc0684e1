/** The demo government: seeded once, finished after a cut, never into an installation of somebody else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { seedDemo } from '../../../server/demo/index.ts';
import type { DemoAccount } from '../../../server/demo/index.ts';
import { readProcedure } from '../../../server/deployments/folder.ts';
import type { Person } from '../../../server/ports/directory.ts';
import government from '../../../server/demo/government.json' with { type: 'json' };
import { Client, META, ids, startShell } from '../http/support.ts';
import type { Shell } from '../http/support.ts';
import { taskProcess } from '../instances/models.ts';

const procedures = join(import.meta.dirname, '../../../processes');

describe('The demo government', () => {
  let shell: Shell;

  afterEach(async () => { await shell.stop(); });

  const seed = (on: Shell = shell): Promise<readonly DemoAccount[]> => seedDemo({
    runtime: on.runtime, commands: on.commands, plan: on.registry.plan, passwords: on.organization.passwords, directory: on.organization.directory, vault: on.vault, ids,
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
    const needs = { runtime: shell.runtime, commands: cut, plan: shell.registry.plan, passwords: shell.organization.passwords, directory: shell.organization.directory, vault: shell.vault, ids, procedures: [] };
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

  for (const name of ['leave', 'correspondence']) {
    it(`Every group and account the procedure ${name} names exists, somebody holds it, and somebody may start it.`, async () => {
      shell = await startShell({ empty: true });
      await seed();
      const { directory } = shell.organization;
      const model = readFileSync(join(procedures, name, 'process.bpmn'), 'utf8');
      const named = [...model.matchAll(/name="group" value="(.+?)"|candidateGroups="([^=].*?)"|starters groups="(.+?)"|key="to" value="([^=].*?)"/g)];
      const groups = new Set(named.flatMap((found) => found.slice(1).join('').split(',')).map((group) => group.trim()));
      expect(groups.size).to.be.greaterThan(3);
      for (const group of groups) {
        expect(directory.groupExists(group), group).to.equal(true);
        const within = (person: Person): boolean => person.groups.includes(group) || (person.unit !== undefined && directory.agencyOf(person.unit) === group);
        expect(directory.people().some(within), `somebody in ${group}`).to.equal(true);
      }
      for (const account of model.matchAll(/assignee="([^=].*?)"/g)) expect(directory.person(account[1]!), account[1]).to.not.equal(undefined);
    });

    it(`The procedure ${name} with its forms can be deployed beside it.`, async () => {
      shell = await startShell({ empty: true });
      const answer = await shell.runtime.deploy(await readProcedure(join(procedures, name)), META);
      expect(answer.outcome === 'refused' ? answer.problems : []).to.deep.equal([]);
    });
  }

  it('Two ministries, each with a registry of its own; who may be chosen as action officer has an account.', async () => {
    shell = await startShell({ empty: true });
    await seed();
    const { directory } = shell.organization;
    const registries = directory.people().filter(({ roles }) => roles.includes('registry')).map(({ unit = '' }) => directory.agencyOf(unit));
    expect(registries).to.have.members(['ministry', 'ministry-of-finance']);
    const marking = JSON.parse(readFileSync(join(procedures, 'correspondence/forms/in-04-marking.form'), 'utf8')) as { readonly components: readonly { readonly components?: readonly { readonly key: string; readonly values?: readonly { readonly value: string }[] }[] }[] };
    const officers = marking.components.flatMap(({ components = [] }) => components).find(({ key }) => key === 'actionOfficer')!.values!;
    for (const { value } of officers) expect(directory.person(value)?.roles, value).to.include('officer');
  });

  it('The file plan has the series the procedures file into; a second start opens none again.', async () => {
    shell = await startShell({ empty: true });
    await seed();
    const model = readFileSync(join(procedures, 'correspondence/process.bpmn'), 'utf8');
    for (const [, series = ''] of model.matchAll(/fileSeries="(.+?)"/g)) expect(await shell.registry.plan.find(series), series).to.include({ series });
    const opened = async (): Promise<number> => (await shell.runtime.history('file-plan/main')).length;
    const first = await opened();
    await seed();
    expect(await opened()).to.equal(first).and.be.greaterThan(2);
  });

  it('A procedure that came later is deployed beside those of the first start.', async () => {
    shell = await startShell({ empty: true });
    await seed();
    await seedDemo({
      runtime: shell.runtime, commands: shell.commands, plan: shell.registry.plan, passwords: shell.organization.passwords, directory: shell.organization.directory, vault: shell.vault, ids,
      procedures: [[{ name: 'request.bpmn', content: taskProcess('request', 'hr-unit') }], [{ name: 'second.bpmn', content: taskProcess('second', 'hr-unit') }]],
    });
    expect(shell.runtime.definitions.list().map(({ processId, version }) => [processId, version])).to.have.deep.members([['request', 1], ['second', 1]]);
  });
});
