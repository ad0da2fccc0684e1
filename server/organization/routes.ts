/** The handlers of the organisation: administration of units, posts, people and accounts. */
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute, HttpModule } from '../http/contract/bind.ts';
import { accepted, failure } from '../http/contract/failure.ts';
import {
  addPerson, assignPost, changeOwnPassword, createGroup, createPost, createUnit, deactivateAccount, getOrganization, getSetUp, grantRoles, listPeople, reactivateAccount, setPassword, setUp,
} from '../http/contract/organization.ts';
import type { FirstAdministrator, Sessions } from '../http/contract/services.ts';
import type { Person } from '../ports/directory.ts';
import type { Answer } from '../runtime/types.ts';
import type { OrganizationCommands } from './commands.ts';
import type { OrganizationDirectory } from './directory.ts';

export function organizationModule(directory: OrganizationDirectory, commands: OrganizationCommands, first: FirstAdministrator, sessions: Pick<Sessions, 'confirm'>): HttpModule {
  return { name: 'organization', routes: [...partRoutes(directory, commands), ...peopleRoutes(directory, commands), ...accountRoutes(commands, sessions), ...setUpRoutes(first)] };
}

function partRoutes(directory: OrganizationDirectory, commands: OrganizationCommands): BoundRoute[] {
  return [
    bind(getOrganization, async () => ({
      status: 200,
      body: { units: directory.units(), posts: directory.posts(), groups: directory.groups() },
    })),
    bind(createUnit, async ({ body, meta }) => ({ status: 201, ...done(await commands.createUnit(body, meta)) })),
    bind(createPost, async ({ body, meta }) => ({ status: 201, ...done(await commands.createPost(body, meta)) })),
    bind(createGroup, async ({ body, meta }) => ({ status: 201, ...done(await commands.createGroup(body, meta)) })),
  ];
}

function peopleRoutes(directory: OrganizationDirectory, commands: OrganizationCommands): BoundRoute[] {
  return [
    bind(listPeople, async () => ({ status: 200, body: { items: [...directory.people()].sort(byName) } })),
    bind(addPerson, async ({ body, meta }) => ({ status: 201, ...done(await commands.addPerson(body, meta)) })),
    bind(grantRoles, async ({ params, body, meta }) => ({ status: 200, ...done(await commands.grantRoles(params.person, body.roles, meta)) })),
    bind(assignPost, async ({ params, body, meta }) => ({ status: 200, ...done(await commands.assignPost(params.person, body.post ?? undefined, meta)) })),
  ];
}

function accountRoutes(commands: OrganizationCommands, sessions: Pick<Sessions, 'confirm'>): BoundRoute[] {
  return [
    bind(deactivateAccount, async ({ params, meta }) => ({ status: 200, ...done(await commands.deactivate(params.person, meta)) })),
    bind(reactivateAccount, async ({ params, meta }) => ({ status: 200, ...done(await commands.reactivate(params.person, meta)) })),
    bind(setPassword, async ({ params, body, meta }) => ({ status: 200, ...done(await commands.setPassword(params.person, body.password, meta)) })),
    bind(changeOwnPassword, async ({ person, body, meta, address }) => {
      // Who found an open session must not guess the password in it.
      const right = await sessions.confirm(person.id, body.current, address);
      if (typeof right === 'object') throw failure('ACCESS_THROTTLED', { seconds: right.seconds }, { headers: { 'Retry-After': String(right.seconds) } });
      return { status: 200, ...done(await commands.changePassword(person.id, body.current, body.next, meta)) };
    }),
  ];
}

function setUpRoutes(first: FirstAdministrator): BoundRoute[] {
  return [
    bind(getSetUp, async () => ({ status: 200, body: { needed: first.needed() } })),
    bind(setUp, async ({ body, meta }) => {
      const { position } = await first.create(body, meta);
      return { status: 201, body: { position }, position };
    }),
  ];
}

function done(answer: Answer): { readonly body: { readonly position: number }; readonly position: number; readonly replayed: boolean } {
  const { position, replayed } = accepted(answer);
  return { body: { position }, position, replayed };
}

function byName(left: Person, right: Person): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : left.id < right.id ? -1 : 1;
}
