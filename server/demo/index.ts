/** A demo government for an empty installation: units, posts, one account per post, file plan and procedures; passwords are made here and printed at start. */
import { compile } from '../../engine/index.ts';
import type { Directory, Role } from '../ports/directory.ts';
import type { Ids } from '../ports/ids.ts';
import type { Vault } from '../ports/vault.ts';
import type { Answer, CommandMeta, DeploymentFile, DomainEvent, Runtime } from '../runtime/types.ts';
import filePlan from './file-plan.json' with { type: 'json' };
import government from './government.json' with { type: 'json' };

/** Of server/organization: what seeding calls. */
interface Commands {
  createUnit(unit: { readonly id: string; readonly title: string; readonly parent?: string | undefined }, meta: CommandMeta): Promise<Answer>;
  createGroup(group: { readonly id: string; readonly title: string }, meta: CommandMeta): Promise<Answer>;
  createPost(post: { readonly id: string; readonly title: string; readonly unit: string; readonly groups: readonly string[] }, meta: CommandMeta): Promise<Answer>;
  addPerson(person: { readonly id: string; readonly name: string; readonly roles: readonly Role[]; readonly post?: string | undefined; readonly password: string }, meta: CommandMeta): Promise<Answer>;
}

/** Of server/registry: what seeding calls. */
interface FilePlan {
  open(series: { readonly series: string; readonly title: string; readonly recordClass: string; readonly retention: string }, meta: CommandMeta): Promise<Answer>;
}

/** `procedures`: the files of each procedure, deployed while none of its processes is. */
export interface DemoNeeds {
  readonly runtime: Pick<Runtime, 'deploy' | 'definitions' | 'settled'>;
  readonly commands: Commands;
  readonly plan: FilePlan;
  readonly passwords: { verify(account: string, password: string): Promise<boolean> };
  readonly directory: Directory;
  readonly vault: Vault;
  readonly ids: Ids;
  readonly procedures: readonly (readonly DeploymentFile[])[];
}

/** `password` is absent when somebody has changed it. */
export interface DemoAccount {
  readonly account: string;
  readonly title: string;
  readonly roles: readonly Role[];
  readonly password?: string;
}

const SECRET = 'demo/passwords';
const THERE = new Set(['ORGANIZATION_ID_TAKEN', 'ORGANIZATION_PERSON_EXISTS']);
const META: CommandMeta = { actor: { person: 'demo', groups: [] } };
// No 0, 1, i, l, o: these are typed from a screen.
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

/**
 * Seeds an installation without accounts, finishes what an earlier start began, and answers the accounts to print. An
 * installation with other accounts is left alone: the answer is empty.
 */
export async function seedDemo(needs: DemoNeeds): Promise<readonly DemoAccount[]> {
  const stored = await needs.vault.secret(SECRET);
  if (stored === undefined && needs.directory.people().length > 0) return [];
  const made = stored === undefined ? makePasswords(needs.ids) : JSON.parse(Buffer.from(stored).toString()) as Readonly<Record<string, string>>;
  // The passwords are kept before the first account is made, so that a start that was cut off can be finished.
  if (stored === undefined) await needs.vault.putSecret(SECRET, Buffer.from(JSON.stringify(made)));
  await seedOrganization(needs, made);
  for (const series of filePlan.series) await needs.plan.open(series, META);
  await seedProcedures(needs);
  return Promise.all(government.accounts.map(async ({ id, post, roles }) => {
    const password = made[id];
    const current = password !== undefined && await needs.passwords.verify(id, password);
    return { account: id, title: needs.directory.groupTitle(post), roles: roles as Role[], ...(current ? { password } : {}) };
  }));
}

async function seedOrganization({ commands, directory, runtime }: DemoNeeds, passwords: Readonly<Record<string, string>>): Promise<void> {
  const missing = <T extends { readonly id: string }>(parts: readonly T[]): T[] => parts.filter((part) => !directory.groupExists(part.id));
  let position = 0;
  for (const unit of missing(government.units)) position = Math.max(position, done(await commands.createUnit(unit, META)));
  for (const group of missing(government.groups)) position = Math.max(position, done(await commands.createGroup(group, META)));
  for (const post of missing(government.posts)) position = Math.max(position, done(await commands.createPost(post, META)));
  await settle(runtime, position);
  for (const { id, post, roles } of government.accounts) {
    if (directory.person(id) !== undefined) continue;
    position = Math.max(position, done(await commands.addPerson({ id, name: directory.groupTitle(post), roles: roles as Role[], post, password: passwords[id]! }, META)));
  }
  await settle(runtime, position);
}

async function seedProcedures({ runtime, procedures }: DemoNeeds): Promise<void> {
  for (const files of procedures) {
    // What is there already, perhaps in a version of somebody else, stays.
    if ((await processesIn(files)).some((processId) => runtime.definitions.latest(processId) !== undefined)) continue;
    const answer = await runtime.deploy(files, META);
    if (answer.outcome === 'refused') throw new Error(`Expected the demo procedures to be deployable, but ${answer.problems.map((problem) => `${problem.code} ${problem.elementId}: ${problem.message}`).join('; ')}`);
    await settle(runtime, answer.position);
  }
}

/** The ids of the processes in some files; of a model that is refused, none. */
async function processesIn(files: readonly DeploymentFile[]): Promise<string[]> {
  const graphs = await Promise.all(files.filter(({ name }) => name.endsWith('.bpmn')).map(({ content }) => compile(content)));
  return graphs.flatMap((graph) => ('processes' in graph ? graph.processes.map(({ id }) => id) : []));
}

function done<E extends DomainEvent>(answer: Answer<E>): number {
  if (answer.outcome === 'accepted') return answer.position;
  // Made by a start that was cut off; the directory is about to hear of it.
  if (answer.outcome === 'rejected' && THERE.has(answer.rejection.code)) return 0;
  throw new Error(`Expected the demo government to be accepted, but ${answer.outcome === 'rejected' ? `${answer.rejection.code}: ${answer.rejection.message}` : answer.outcome}`);
}

async function settle(runtime: Pick<Runtime, 'settled'>, position: number): Promise<void> {
  while (!await runtime.settled(position));
}

/** Three groups of four, about 59 bits, for each account. */
function makePasswords(ids: Ids): Record<string, string> {
  return Object.fromEntries(government.accounts.map(({ id }) => {
    const signs = Buffer.from(ids.token(64), 'base64url').filter((byte) => byte < ALPHABET.length * 8).subarray(0, 12);
    const text = [...signs].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
    return [id, `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}`];
  }));
}
