// Who may import whom (docs: the design, section 2), as rules that read a source tree and name every violation.
import { builtinModules } from 'node:module';
import type { ImportOf, SourceFile, SourceTree } from './source-tree.ts';

export interface Rule {
  readonly title: string;
  readonly check: (tree: SourceTree) => string[];
  /** A tree that breaks the rule, and one as close as possible that keeps it: the rule's own proof. */
  readonly broken: Readonly<Record<string, string>>;
  readonly kept: Readonly<Record<string, string>>;
}

/** From the top of the engine to its bottom; a room imports itself, its own rank and what stands below. */
export const ENGINE_LADDER: readonly (readonly string[])[] = [
  ['index'],
  ['world'],
  ['decide', 'correlation', 'definitions', 'data-stores'],
  ['migration'],
  ['elements'],
  ['event-definitions'],
  ['execution'],
  ['evolve', 'bpmn'],
  ['state', 'events', 'commands', 'facts'],
  ['dmn'],
  ['feel'],
  ['time'],
  ['errors', 'hash', 'values'],
];

export const ENGINE_PACKAGES = [
  'bpmn-moddle',
  'saxen',
  '@bpmn-io/lezer-feel',
  'lezer-feel',
  'decimal.js',
  're2js',
  '@noble/hashes',
  'zeebe-bpmn-moddle',
];

const DRIVERS = ['better-sqlite3', 'mongoose', 'mongodb', 'bullmq', 'ioredis'];
/** One for the server, one for what works on its data without it, and what both of them open: adapters of one machine, adapters of many nodes. */
const ROOTS = ['server/main.ts', 'server/maintenance.ts', 'server/migration.ts'];
const COMPOSING = (path: string): boolean => ROOTS.includes(path) || path.startsWith('server/compose/');
const NOT_A_MODULE = ['ports', 'stores', 'queues', 'runtime', 'http', 'cli', 'compose'];

type Seen = readonly [file: SourceFile, found: ImportOf];

function imports(tree: SourceTree, within: (path: string) => boolean): Seen[] {
  return [...tree.values()].filter((file) => within(file.path)).flatMap((file) => file.imports.map((found): Seen => [file, found]));
}

function tell([file, found]: Seen, but: string): string {
  return `${file.path}:${String(found.line)} imports ${found.specifier}, but ${but}`;
}

const under =
  (...folders: readonly string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`));

/** The room of an engine file: its folder, or its own name at the root. */
function roomOf(path: string): string {
  const [, first = '', second] = path.split('/');
  return second === undefined ? first.replace(/\.[a-z]+$/, '') : first;
}

function rankOf(path: string): number {
  return ENGINE_LADDER.findIndex((rank) => rank.includes(roomOf(path)));
}

/** The module of a server file, undefined where it stands in no module. */
function moduleOf(path: string): string | undefined {
  const [, folder, rest] = path.split('/');
  return path.startsWith('server/') && folder !== undefined && rest !== undefined && !NOT_A_MODULE.includes(folder) ? folder : undefined;
}

const isContract = (target: string): boolean => /^server\/http\/contract(\.ts|\/)/.test(target);
const isNode = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

const enginePackages: Rule = {
  title: 'The engine imports only itself and the packages that know BPMN, DMN, FEEL, decimals and expressions.',
  check: (tree) =>
    imports(tree, under('engine')).flatMap((seen) => {
      const [, { target, packageName }] = seen;
      if (target !== undefined && !target.startsWith('engine/')) return [tell(seen, 'the engine knows nothing outside engine/')];
      if (packageName !== undefined && !ENGINE_PACKAGES.includes(packageName)) return [tell(seen, `the engine may only use ${ENGINE_PACKAGES.join(', ')}`)];
      return [];
    }),
  broken: { 'engine/feel/parse.ts': "import type { Stats } from 'node:fs';" },
  kept: { 'engine/feel/parse.ts': "import { parser } from '@bpmn-io/lezer-feel';" },
};

const engineRooms: Rule = {
  title: 'Every file of the engine stands in a room of the ladder.',
  check: (tree) => [...tree.keys()].filter((path) => path.startsWith('engine/') && rankOf(path) < 0).map((path) => `${path} stands in no room of the ladder (${ENGINE_LADDER.flat().join(', ')})`),
  broken: { 'engine/helpers.ts': '' },
  kept: { 'engine/hash.ts': '' },
};

const engineLadder: Rule = {
  title: 'Inside the engine a room imports only itself and rooms below it.',
  check: (tree) =>
    imports(tree, under('engine')).flatMap((seen) => {
      const [file, { target }] = seen;
      if (target === undefined || !target.startsWith('engine/') || rankOf(target) < 0) return [];
      return rankOf(target) < rankOf(file.path) ? [tell(seen, `${roomOf(target)} stands above ${roomOf(file.path)}`)] : [];
    }),
  broken: { 'engine/feel/evaluate.ts': "export const load = () => import('../dmn/table.ts');", 'engine/dmn/table.ts': '' },
  kept: { 'engine/dmn/table.ts': "import { evaluate } from '../feel/evaluate.ts';", 'engine/feel/evaluate.ts': '' },
};

const elementsApart: Rule = {
  title: 'An element never imports another element: only its behaviour and its registry are shared.',
  check: (tree) =>
    imports(tree, (path) => path.startsWith('engine/elements/') && !path.endsWith('/registry.ts')).flatMap((seen) => {
      const target = seen[1].target ?? '';
      return target.startsWith('engine/elements/') && !/\/(behaviour|registry)\.ts$/.test(target) ? [tell(seen, 'one element never knows another; follow a step instead')] : [];
    }),
  broken: { 'engine/elements/call-activity.ts': "import type { SubProcess } from './sub-process.ts';" },
  kept: { 'engine/elements/call-activity.ts': "import type { Behaviour } from './behaviour.ts';", 'engine/elements/registry.ts': "import { callActivity } from './call-activity.ts';" },
};

const engineDoor: Rule = {
  title: 'Outsiders enter the engine only through engine/index.ts.',
  check: (tree) =>
    imports(tree, under('server', 'desk', 'designer', 'bench')).flatMap((seen) => {
      const target = seen[1].target ?? '';
      return target.startsWith('engine/') && target !== 'engine/index.ts' ? [tell(seen, 'engine/index.ts is its only door')] : [];
    }),
  broken: { 'desk/try-it.ts': "import type { State } from '../engine/state.ts';" },
  kept: { 'desk/try-it.ts': "import { compile } from '../engine/index.ts';" },
};

const portsAreInterfaces: Rule = {
  title: 'A port imports other ports and types of the engine, nothing else.',
  check: (tree) =>
    imports(tree, under('server/ports')).flatMap((seen) => {
      const [, { target, packageName, typeOnly }] = seen;
      if (target?.startsWith('server/ports/') === true) return [];
      if (typeOnly && (target === 'engine/index.ts' || (packageName !== undefined && isNode(packageName)))) return [];
      return [tell(seen, 'a port knows only ports and, as `import type`, the engine')];
    }),
  broken: { 'server/ports/clock.ts': "import { compile } from '../../engine/index.ts';" },
  kept: { 'server/ports/event-store.ts': "import type { Event } from '../../engine/index.ts'; import type { Clock } from './clock.ts';" },
};

const adaptersKnowPorts: Rule = {
  title: 'A store or a queue imports ports and its driver, nothing else of the house.',
  check: (tree) =>
    imports(tree, under('server/stores', 'server/queues')).flatMap((seen) => {
      const [file, { target }] = seen;
      if (target === undefined || target.startsWith('server/ports/') || target === 'engine/index.ts') return [];
      const own = file.path.split('/').slice(0, 2).join('/');
      return target.startsWith(`${own}/`) ? [] : [tell(seen, 'an adapter knows only its port and its driver')];
    }),
  broken: { 'server/stores/sqlite/append.ts': "import { enqueue } from '../../queues/embedded.ts';" },
  kept: { 'server/stores/sqlite/append.ts': "import type { EventStore } from '../../ports/event-store.ts'; import Database from 'better-sqlite3';" },
};

const onlyMainNamesAdapters: Rule = {
  title: 'Only the composition roots name a store or a queue: server/main.ts, server/maintenance.ts, server/migration.ts and what they share in server/compose.',
  check: (tree) =>
    imports(tree, (path) => under('server', 'desk', 'designer')(path) && !COMPOSING(path) && !under('server/stores', 'server/queues')(path)).flatMap((seen) => {
      const target = seen[1].target ?? '';
      return /^server\/(stores|queues)\//.test(target) ? [tell(seen, 'only the composition roots (server/main.ts, server/maintenance.ts, server/migration.ts, server/compose) name an adapter')] : [];
    }),
  broken: { 'server/runtime/execute.ts': "import { openStore } from '../stores/memory.ts';" },
  kept: { 'server/main.ts': "import { openStore } from './stores/memory.ts';", 'server/compose/embedded.ts': "import { openStore } from '../stores/memory.ts';" },
};

const onlyRootsCompose: Rule = {
  title: 'Only a composition root imports server/compose.',
  check: (tree) =>
    imports(tree, (path) => !COMPOSING(path) && !path.startsWith('tests/')).flatMap((seen) => (seen[1].target?.startsWith('server/compose/') === true ? [tell(seen, 'what is composed is given to the rooms, they never ask for it')] : [])),
  broken: { 'server/tasks/index.ts': "import { openEmbedded } from '../compose/embedded.ts';" },
  kept: { 'server/main.ts': "import { openEmbedded } from './compose/embedded.ts';" },
};

const driversStayInAdapters: Rule = {
  title: 'Only stores and queues import a database or queue driver.',
  check: (tree) =>
    imports(tree, (path) => !under('server/stores', 'server/queues')(path)).flatMap((seen) =>
      DRIVERS.includes(seen[1].packageName ?? '') ? [tell(seen, 'a driver is known to its adapter only')] : [],
    ),
  broken: { 'server/audit/index.ts': "import mongoose from 'mongoose';" },
  kept: { 'server/stores/mongo/log.ts': "import mongoose from 'mongoose';" },
};

const modulesApart: Rule = {
  title: 'A module never imports another module.',
  check: (tree) =>
    imports(tree, (path) => moduleOf(path) !== undefined).flatMap((seen) => {
      const [file, { target }] = seen;
      const other = target === undefined ? undefined : moduleOf(target);
      return other !== undefined && other !== moduleOf(file.path) ? [tell(seen, `${moduleOf(file.path) ?? ''} and ${other} meet only in the process model`)] : [];
    }),
  broken: { 'server/tasks/routes.ts': "import type { Unit } from '../organization/index.ts';" },
  kept: { 'server/tasks/routes.ts': "import { project } from './projection.ts'; import type { Directory } from '../ports/directory.ts';" },
};

const modulesKnowLittle: Rule = {
  title: 'A module imports ports, http/contract and types of the runtime, nothing else of the server.',
  check: (tree) =>
    imports(tree, (path) => moduleOf(path) !== undefined).flatMap((seen) => {
      const { target, typeOnly } = seen[1];
      if (target?.startsWith('server/') !== true || moduleOf(target) !== undefined) return [];
      if (target.startsWith('server/ports/') || isContract(target)) return [];
      if (target === 'server/runtime/types.ts' || (target.startsWith('server/runtime/') && typeOnly)) return [];
      return [tell(seen, 'a module knows ports, http/contract, runtime/types.ts and, as `import type`, the rest of the runtime')];
    }),
  broken: { 'server/tasks/routes.ts': "import { execute } from '../runtime/execute.ts';" },
  kept: { 'server/tasks/routes.ts': "import type { Execute } from '../runtime/execute.ts'; import { taskSchema } from '../http/contract.ts';" },
};

const pagesKnowContract: Rule = {
  title: 'Designer and desk import http/contract as types and nothing else of the server.',
  check: (tree) =>
    imports(tree, under('designer', 'desk')).flatMap((seen) => {
      const { target, typeOnly } = seen[1];
      if (target?.startsWith('server/') !== true) return [];
      return isContract(target) && typeOnly ? [] : [tell(seen, 'pages know only `import type` from server/http/contract')];
    }),
  broken: { 'desk/inbox.ts': "import { taskSchema } from '../server/http/contract.ts';" },
  kept: { 'desk/inbox.ts': "import type { Task } from '../server/http/contract.ts';" },
};

const runtimeKnowsPorts: Rule = {
  title: 'The runtime imports no module and no route: the loop runs in time, not in imports.',
  check: (tree) =>
    imports(tree, under('server/runtime')).flatMap((seen) => {
      const target = seen[1].target ?? '';
      return moduleOf(target) !== undefined || target.startsWith('server/http/') ? [tell(seen, 'the runtime is below modules and routes')] : [];
    }),
  broken: { 'server/runtime/dispatch.ts': "import { route } from '../tasks/index.ts';" },
  kept: { 'server/runtime/dispatch.ts': "import type { JobQueue } from '../ports/job-queue.ts';" },
};

const noCircles: Rule = {
  title: 'No files import each other in a circle, not even by types.',
  check: (tree) => circlesOf(tree).map((circle) => `${circle.join(' > ')} is a circle`),
  broken: {
    'engine/feel/a.ts': "import type { B } from './b.ts';",
    'engine/feel/b.ts': "export * from './c.ts';",
    'engine/feel/c.ts': "type A = import('./a.ts').A;",
  },
  kept: { 'engine/feel/a.ts': "import './b.ts'; import './c.ts';", 'engine/feel/b.ts': "import './c.ts';", 'engine/feel/c.ts': '' },
};

/** One shortest-found circle for every file that closes one; each set of files is told once. */
function circlesOf(tree: SourceTree): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      circles.push([...trail.slice(at), path]);
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const { target } of tree.get(path)?.imports ?? []) if (target !== undefined && tree.has(target)) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const path of tree.keys()) visit(path);
  return circles;
}

const pathsWithEndings: Rule = {
  title: 'A relative import names an existing file with its ending.',
  check: (tree) =>
    imports(tree, () => true).flatMap((seen) => {
      const { target } = seen[1];
      if (target === undefined || tree.has(target) || !/(\.tsx?|\/[^./]+)$/.test(target)) return [];
      return [tell(seen, 'there is no such file')];
    }),
  broken: { 'engine/feel/a.ts': "import { b } from './b';", 'engine/feel/b.ts': '' },
  kept: { 'engine/feel/a.ts': "import { b } from './b.ts'; import gov from './gov.json' with { type: 'json' };", 'engine/feel/b.ts': '' },
};

/** Every rule about imports, each with its own proof. */
export const IMPORT_RULES: readonly Rule[] = [
  enginePackages,
  engineRooms,
  engineLadder,
  elementsApart,
  engineDoor,
  portsAreInterfaces,
  adaptersKnowPorts,
  onlyMainNamesAdapters,
  onlyRootsCompose,
  driversStayInAdapters,
  modulesApart,
  modulesKnowLittle,
  pagesKnowContract,
  runtimeKnowsPorts,
  noCircles,
  pathsWithEndings,
];
