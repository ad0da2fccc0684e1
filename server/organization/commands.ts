/** The commands of the organisation: who may be added, moved, closed; each is one record in the log. */
import type { Role } from '../ports/directory.ts';
import type { Answer, CommandMeta, Decision, Refusal, Runtime } from '../runtime/types.ts';
import type { OrganizationDirectory } from './directory.ts';
import { refusal } from './errors.ts';
import { ORGANIZATION_STREAM, personStream } from './events.ts';
import type { OrganizationEvent, PersonEvent } from './events.ts';
import { weakness } from './passwords.ts';
import type { Passwords } from './passwords.ts';

export interface NewPerson {
  /** The account name. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly post?: string | undefined;
  readonly password: string;
}

export interface OrganizationCommands {
  createUnit(unit: { readonly id: string; readonly title: string; readonly parent?: string | undefined }, meta: CommandMeta): Promise<Answer>;
  createPost(post: { readonly id: string; readonly title: string; readonly unit: string; readonly groups: readonly string[] }, meta: CommandMeta): Promise<Answer>;
  createGroup(group: { readonly id: string; readonly title: string }, meta: CommandMeta): Promise<Answer>;
  addPerson(person: NewPerson, meta: CommandMeta): Promise<Answer>;
  grantRoles(person: string, roles: readonly Role[], meta: CommandMeta): Promise<Answer>;
  assignPost(person: string, post: string | undefined, meta: CommandMeta): Promise<Answer>;
  deactivate(person: string, meta: CommandMeta): Promise<Answer>;
  reactivate(person: string, meta: CommandMeta): Promise<Answer>;
  setPassword(person: string, password: string, meta: CommandMeta): Promise<Answer>;
  /** As setPassword, if `current` is the password now. */
  changePassword(person: string, current: string, next: string, meta: CommandMeta): Promise<Answer>;
}

type Alone = <T>(work: () => Promise<T>) => Promise<T>;
type Send = (person: string, commandType: string, meta: CommandMeta, decide: (known: Account) => Decision<PersonEvent>) => Promise<Answer>;

/**
 * `endSessions` ends what a closed account or an old password had opened. `alone` runs work after other such work, on whichever
 * node; absent: in this process.
 */
export function createCommands(
  runtime: Pick<Runtime, 'change'>, directory: OrganizationDirectory, passwords: Passwords, endSessions: (person: string) => Promise<void>, alone: Alone = oneAfterTheOther(),
): OrganizationCommands {
  const send: Send = (person, commandType, meta, decide) => runtime.change<PersonEvent>(personStream(person), commandType, meta, (earlier) => {
    const account = fold(earlier);
    return account === undefined ? refusal('ORGANIZATION_PERSON_NOT_FOUND', { id: person }) : decide(account);
  });
  return {
    ...partCommands(runtime),
    ...accountCommands(runtime, send, directory, endSessions, alone),
    ...passwordCommands(runtime, send, directory, passwords, endSessions),
  };
}

function partCommands(runtime: Pick<Runtime, 'change'>): Pick<OrganizationCommands, 'createUnit' | 'createPost' | 'createGroup'> {
  const create = (commandType: string, event: OrganizationEvent, meta: CommandMeta, refuse: (earlier: readonly OrganizationEvent[]) => Refusal | undefined): Promise<Answer> =>
    runtime.change<OrganizationEvent>(ORGANIZATION_STREAM, commandType, meta, (earlier) => {
      if (earlier.some((known) => known.id === event.id)) return refusal('ORGANIZATION_ID_TAKEN', { id: event.id });
      return refuse(earlier) ?? [event];
    });
  const missing = (earlier: readonly OrganizationEvent[], type: OrganizationEvent['type'], id: string): boolean => !earlier.some((event) => event.type === type && event.id === id);
  return {
    createUnit: ({ id, title, parent }, meta) => create('CreateUnit', { type: 'UnitCreated', id, title, ...(parent === undefined ? {} : { parent }) }, meta, (earlier) =>
      parent !== undefined && missing(earlier, 'UnitCreated', parent) ? refusal('ORGANIZATION_UNIT_NOT_FOUND', { id: parent }) : undefined),
    createPost: ({ id, title, unit, groups }, meta) => create('CreatePost', { type: 'PostCreated', id, title, unit, groups }, meta, (earlier) => {
      if (missing(earlier, 'UnitCreated', unit)) return refusal('ORGANIZATION_UNIT_NOT_FOUND', { id: unit });
      const unknown = groups.find((group) => missing(earlier, 'GroupCreated', group) && missing(earlier, 'UnitCreated', group));
      return unknown === undefined ? undefined : refusal('ORGANIZATION_GROUP_NOT_FOUND', { id: unknown });
    }),
    createGroup: ({ id, title }, meta) => create('CreateGroup', { type: 'GroupCreated', id, title }, meta, () => undefined),
  };
}

function accountCommands(
  runtime: Pick<Runtime, 'change'>, send: Send, directory: OrganizationDirectory, endSessions: (person: string) => Promise<void>, alone: Alone,
): Pick<OrganizationCommands, 'grantRoles' | 'assignPost' | 'deactivate' | 'reactivate'> {
  const isLast = (id: string): Promise<boolean> => isLastAdministrator(runtime, directory, id);
  return {
    grantRoles: (id, roles, meta) => alone(async () => {
      const takesLast = !roles.includes('administrator') && await isLast(id);
      return send(id, 'GrantRoles', meta, (known) => {
        if (takesLast) return refusal('ORGANIZATION_LAST_ADMINISTRATOR', { id });
        return known.active ? [{ type: 'RolesGranted', id, roles: [...new Set(roles)] }] : refusal('ORGANIZATION_ACCOUNT_CLOSED', { id });
      });
    }),
    assignPost: (id, post, meta) => send(id, 'AssignPost', meta, (known) => {
      if (post !== undefined && !isPost(directory, post)) return refusal('ORGANIZATION_POST_NOT_FOUND', { id: post });
      return known.active ? [{ type: 'PostAssigned', id, ...(post === undefined ? {} : { post }) }] : refusal('ORGANIZATION_ACCOUNT_CLOSED', { id });
    }),
    async deactivate(id, meta) {
      const answer = await alone(async () => {
        const takesLast = await isLast(id);
        return send(id, 'DeactivateAccount', meta, (known) => {
          if (takesLast) return refusal('ORGANIZATION_LAST_ADMINISTRATOR', { id });
          return known.active ? [{ type: 'AccountDeactivated', id }] : refusal('ORGANIZATION_ACCOUNT_CLOSED', { id });
        });
      });
      if (answer.outcome === 'accepted') await endSessions(id);
      return answer;
    },
    reactivate: (id, meta) => send(id, 'ReactivateAccount', meta, (known) => (known.active ? refusal('ORGANIZATION_ACCOUNT_OPEN', { id }) : [{ type: 'AccountReactivated', id }])),
  };
}

/** The streams are asked, not the directory, which is behind them for a moment: two administrators who close each other's account at once must not both succeed. */
async function isLastAdministrator(runtime: Pick<Runtime, 'change'>, directory: OrganizationDirectory, id: string): Promise<boolean> {
  const holds = async (person: string): Promise<boolean> => {
    let account: Account | undefined;
    await runtime.change<PersonEvent>(personStream(person), 'ReadPerson', SYSTEM, (earlier) => {
      account = fold(earlier);
      return [];
    });
    return account?.active === true && account.roles.includes('administrator');
  };
  if (!await holds(id)) return false;
  const others = directory.people().filter((person) => person.id !== id && person.active && person.roles.includes('administrator'));
  for (const other of others) if (await holds(other.id)) return false;
  return true;
}

function passwordCommands(
  runtime: Pick<Runtime, 'change'>, send: Send, directory: OrganizationDirectory, passwords: Passwords, endSessions: (person: string) => Promise<void>,
): Pick<OrganizationCommands, 'addPerson' | 'setPassword' | 'changePassword'> {
  const setPassword = async (id: string, password: string, meta: CommandMeta): Promise<Answer> => {
    const weak = weakness(id, password);
    if (weak !== undefined) return { outcome: 'rejected', rejection: refusal('ORGANIZATION_PASSWORD_WEAK', { found: weak }) };
    const answer = await send(id, 'SetPassword', meta, () => [{ type: 'PasswordChanged', id }]);
    if (answer.outcome !== 'accepted' || answer.replayed) return answer;
    await passwords.set(id, password);
    await endSessions(id);
    return answer;
  };
  return {
    setPassword,
    async addPerson({ id, name, roles, post, password }, meta) {
      if (RESERVED.has(id)) return { outcome: 'rejected', rejection: refusal('ORGANIZATION_ACCOUNT_RESERVED', { id }) };
      const weak = weakness(id, password);
      if (weak !== undefined) return { outcome: 'rejected', rejection: refusal('ORGANIZATION_PASSWORD_WEAK', { found: weak }) };
      const answer = await runtime.change<PersonEvent>(personStream(id), 'AddPerson', meta, (earlier) => {
        if (earlier.length > 0) return refusal('ORGANIZATION_PERSON_EXISTS', { id });
        if (post !== undefined && !isPost(directory, post)) return refusal('ORGANIZATION_POST_NOT_FOUND', { id: post });
        return [
          { type: 'PersonAdded', id, name }, { type: 'RolesGranted', id, roles: [...new Set(roles)] },
          ...(post === undefined ? [] : [{ type: 'PostAssigned', id, post } as const]), { type: 'PasswordChanged', id },
        ];
      });
      // After the record: an account without a password cannot be entered. A repeat repairs what a crash left, and changes nothing else.
      if (answer.outcome === 'accepted' && !(answer.replayed && await passwords.exists(id))) await passwords.set(id, password);
      return answer;
    },
    async changePassword(id, current, next, meta) {
      if (!await passwords.verify(id, current)) return { outcome: 'rejected', rejection: refusal('ORGANIZATION_PASSWORD_WRONG', { id }) };
      return setPassword(id, next, meta);
    },
  };
}

// Actors that are no persons: timers and jobs, seeding, and who is not signed in; and kinds of streams, because a person's idempotency
// keys begin with the account as those of commands between streams begin with the stream.
const RESERVED: ReadonlySet<string> = new Set(['system', 'demo', 'anonymous', 'message', 'definition', 'organization', 'person', 'calendar', 'series', 'file-plan', 'record', 'envelope', 'authority']);

const SYSTEM: CommandMeta = { actor: { person: 'system', groups: [] } };

interface Account {
  readonly active: boolean;
  readonly roles: readonly Role[];
}

function fold(events: readonly PersonEvent[]): Account | undefined {
  if (events.length === 0) return undefined;
  const last = events.findLast((event) => event.type === 'AccountDeactivated' || event.type === 'AccountReactivated');
  const granted = events.findLast((event) => event.type === 'RolesGranted');
  return { active: last?.type !== 'AccountDeactivated', roles: granted?.roles ?? [] };
}

function isPost(directory: OrganizationDirectory, id: string): boolean {
  return directory.posts().some((post) => post.id === id);
}

function oneAfterTheOther(): Alone {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}
