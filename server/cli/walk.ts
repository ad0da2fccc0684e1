/** `piton walk`: the walks of a procedure, each a case played step by step against the real engine and compared with what it expects. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, visibleVariables } from '../../engine/index.ts';
import type { DecisionFile, Graph, ScenarioStep, Variables, WorkingCalendar } from '../../engine/index.ts';
import { readCalendars } from './calendars.ts';
import { missingIn, readDecisions } from './decisions.ts';
import type { FileProblem } from './decisions.ts';
import { CliError } from './errors.ts';
import { asObject, asObjects, parseOptions, readJson, readText } from './options.ts';
import type { ExitCode, Grammar, Terminal } from './options.ts';
import { play } from './play.ts';
import type { Play, Played } from './play.ts';
import { Telling } from './telling.ts';
import { USAGE } from './usage.ts';

const GRAMMAR: Grammar = { usage: USAGE.walk, positional: ['NAME or all'], flags: ['--json'], values: [] };
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `path`: element ids completed in this order, others between them; `variables`: these among others. */
export interface Expectation {
  readonly state?: string;
  readonly path?: readonly string[];
  readonly variables?: Variables;
  readonly notCompleted?: readonly string[];
}

export interface Walk {
  readonly title: string;
  readonly process?: string;
  readonly variables?: Variables;
  readonly steps?: readonly ScenarioStep[];
  readonly at?: string;
  readonly expect?: Expectation;
}

export interface WalkResult {
  readonly procedure: string;
  readonly title: string;
  readonly passed: boolean;
  readonly differences: readonly string[];
}

/** Exit code 1 when a walk fails. */
export async function walk(args: readonly string[], { out }: Terminal): Promise<ExitCode> {
  const { positional, flags } = parseOptions(args, GRAMMAR);
  const [name = ''] = positional;
  const folders = name === 'all' ? proceduresIn(join(ROOT, 'processes')) : [folderOf(name)];
  const results: WalkResult[] = [];
  for (const folder of folders) results.push(...(await walkFolder(folder)));
  const failed = results.filter(({ passed }) => !passed).length;
  if (flags.has('--json')) out(JSON.stringify(results));
  else {
    for (const { procedure, title, passed, differences } of results) {
      out(`${passed ? 'ok  ' : 'FAIL'} ${procedure}: ${title}`);
      for (const difference of differences) out(`       ${difference.replaceAll('\n', '\n       ')}`);
    }
    out(`${String(results.length - failed)} walks passed, ${String(failed)} failed`);
  }
  return failed === 0 ? 0 : 1;
}

/** All walks of one folder with process.bpmn and walk.json. Throws CLI_WALKS_NOT_FOUND, CLI_WALK_INVALID. */
export async function walkFolder(folder: string): Promise<WalkResult[]> {
  const procedure = basename(folder);
  const file = join(folder, 'walk.json');
  if (!existsSync(file)) throw new CliError('CLI_WALKS_NOT_FOUND', { file, reason: 'there is no such file' });
  const graphs: Graph[] = [];
  for (const model of readdirSync(folder).filter((each) => each.endsWith('.bpmn')).sort()) {
    const graph = await compile(readText(join(folder, model)));
    if (Array.isArray(graph)) {
      const differences = graph.filter(({ severity }) => severity === 'error').map(({ code, line, message }) => `${model}:${String(line)} ${code}: ${message}`);
      return [{ procedure, title: `${model} is refused`, passed: false, differences }];
    }
    graphs.push(graph);
  }
  const { files: decisions, problems } = readDecisions(join(folder, 'process.bpmn'));
  const missing = graphs.flatMap((graph) => missingIn(graph, decisions, graphs));
  if (problems.length > 0 || missing.length > 0) {
    const differences = [...problems, ...(problems.length > 0 ? [] : missing)].map(({ code, line, message, fileName }: FileProblem) => `${fileName ?? 'process.bpmn'}:${String(line)} ${code}: ${message}`);
    return [{ procedure, title: 'its decisions are refused', passed: false, differences }];
  }
  const calendars = readCalendars();
  const walks = asObjects(readJson(readText(file), file), file);
  if (walks.length === 0) throw new CliError('CLI_WALKS_NOT_FOUND', { file, reason: 'it is an empty list' });
  return walks.map((each, index) => walkOne(procedure, graphs, checked(each, index + 1, file), calendars, decisions));
}

/** Plays one walk and compares. */
export function walkOne(procedure: string, graphs: readonly Graph[], one: Walk, calendars: Readonly<Record<string, WorkingCalendar>>, decisions: readonly DecisionFile[] = []): WalkResult {
  const telling = new Telling(() => undefined, false);
  const differences: string[] = [];
  const { state, refused, error } = playSafely({
    graphs, decisions, process: one.process ?? graphs[0]?.processes[0]?.id ?? '', variables: one.variables ?? {}, steps: one.steps ?? [], auto: false, at: one.at, calendars,
    watch: (world) => telling.watch(world), onRecord: (record) => telling.tell(record),
  });
  if (refused) differences.push(`${refused.code}: ${refused.message}`);
  if (error instanceof Error) differences.push('code' in error ? `${String(error.code)}: ${error.message}` : error.message);
  const { state: wanted, path = [], variables = {}, notCompleted = [] } = one.expect ?? {};
  if (wanted !== undefined && state && state.status !== wanted) differences.push(`state: expected ${wanted}, but it is ${state.status}`);
  differences.push(...pathDifference(path, telling.completed));
  const surplus = notCompleted.filter((id) => telling.completed.includes(id));
  if (surplus.length > 0) differences.push(`expected not to be completed: ${surplus.join(', ')}`);
  const found = state ? visibleVariables(state, 0) : {};
  for (const [name, value] of Object.entries(variables)) {
    if (!includes(found[name], value)) differences.push(`variable ${name}: expected ${JSON.stringify(value)}, but it is ${name in found ? JSON.stringify(found[name]) : 'missing'}`);
  }
  for (const wait of state?.waits.values() ?? []) if (wait.kind === 'incident') differences.push(`incident ${wait.code}: ${wait.message}`);
  return { procedure, title: one.title, passed: differences.length === 0, differences };
}

/** What goes wrong before the first step is a difference too. */
function playSafely(scene: Play): Played {
  try {
    return play(scene);
  } catch (error) {
    return { state: undefined, refused: undefined, error };
  }
}

/** Where `expected` stops to be a subsequence of `actual`, with both in full. */
export function pathDifference(expected: readonly string[], actual: readonly string[]): string[] {
  let at = 0;
  for (const id of actual) if (id === expected[at]) at += 1;
  if (at >= expected.length) return [];
  return [`path: ${String(expected[at])} (number ${String(at + 1)}) was not completed in this place\nexpected ${expected.join(' > ')}\nactual   ${actual.join(' > ')}`];
}

/** Objects may hold more than is expected of them; everything else must be equal. */
function includes(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  if (typeof found !== 'object' || found === null) return false;
  if (Array.isArray(wanted)) return Array.isArray(found) && found.length === wanted.length && wanted.every((item, index) => includes(found[index], item));
  return Object.entries(wanted).every(([name, value]) => includes((found as Record<string, unknown>)[name], value));
}

function checked(value: Record<string, unknown>, number: number, file: string): Walk {
  const invalid = (wanted: string): CliError => new CliError('CLI_WALK_INVALID', { number, file, wanted });
  if (typeof value['title'] !== 'string') throw invalid('a title');
  if (value['steps'] !== undefined) asObjects(value['steps'], `steps of walk ${String(number)}`);
  const expected = asObject(value['expect'] ?? {}, `expect of walk ${String(number)}`);
  const unknown = Object.keys(expected).find((key) => !['state', 'path', 'variables', 'notCompleted'].includes(key));
  if (unknown !== undefined) throw invalid(`only state, path, variables and notCompleted in expect, not ${unknown}`);
  if (Object.keys(expected).length === 0) throw invalid('something to expect');
  return value as unknown as Walk;
}

function proceduresIn(folder: string): string[] {
  const found = existsSync(folder) ? readdirSync(folder).sort().map((name) => join(folder, name)).filter((path) => existsSync(join(path, 'walk.json'))) : [];
  if (found.length === 0) throw new CliError('CLI_WALKS_NOT_FOUND', { file: 'processes/*/walk.json', reason: 'there is none' });
  return found;
}

function folderOf(name: string): string {
  if (existsSync(name) && statSync(name).isDirectory()) return name;
  return join(ROOT, 'processes', basename(name));
}
