/** `piton run`: one case of a file on a virtual clock, told as JSON lines (the contract for outside test drivers). */
import { ScenarioError, compile } from '../../engine/index.ts';
import type { Graph, ScenarioStep, Variables } from '../../engine/index.ts';
import { readCalendars } from './calendars.ts';
import { missingIn, readDecisions } from './decisions.ts';
import type { FileProblem } from './decisions.ts';
import { CliError } from './errors.ts';
import { asObject, asObjects, parseOptions, readJson, readText } from './options.ts';
import type { ExitCode, Grammar, Options, Terminal } from './options.ts';
import { play } from './play.ts';
import { Telling } from './telling.ts';
import { USAGE } from './usage.ts';

const GRAMMAR: Grammar = {
  usage: USAGE.run,
  positional: ['FILE.bpmn'],
  flags: ['--auto', '--force-executable', '--trace', '--json'],
  values: ['--process', '--start-first', '--variables', '--steps', '--advance', '--at'],
};

/** Exit code 1: the file is refused, the case failed, an incident is open, or a step did not fit. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const options = parseOptions(args, GRAMMAR);
  const { out } = terminal;
  const [file = ''] = options.positional;
  const variables = asObject(readJson(options.values.get('--variables') ?? '{}', '--variables'), '--variables') as Variables;
  const steps = asObjects(readJson(options.values.get('--steps') ?? '[]', '--steps'), '--steps') as unknown as ScenarioStep[];
  const graph = await compile(readText(file), { forceExecutable: options.flags.has('--force-executable') });
  const { files: decisions, problems } = readDecisions(file);
  const refused = Array.isArray(graph) ? [...graph, ...problems] : problems.length > 0 ? problems : missingIn(graph, decisions);
  if (Array.isArray(graph) || refused.length > 0) {
    for (const problem of refused) out(JSON.stringify(lineOf(problem)));
    return 1;
  }
  const process = chosen(options, '--process', graph, file) ?? graph.processes[0]?.id ?? '';
  const startFirst = chosen(options, '--start-first', graph, file);
  const telling = new Telling(out, options.flags.has('--trace'));
  try {
    const { state, refused, error } = play({
      graphs: [graph], decisions, process, startFirst, variables, steps, auto: options.flags.has('--auto'),
      advance: options.values.get('--advance'), at: options.values.get('--at'), calendars: readCalendars(),
      watch: (world) => telling.watch(world), onRecord: (record) => telling.tell(record),
    });
    if (refused) return no(terminal, refused.code, refused.message, refused.hint);
    const bad = state !== undefined && telling.end(state);
    if (error !== undefined) return mended(error, terminal);
    return bad || state === undefined ? 1 : 0;
  } catch (error) {
    return mended(error, terminal);
  }
}

/** A step that does not fit is a no; one that is no step, or no time, is wrong use. */
function mended(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CliError && error.code === 'CLI_AUTO_ENDLESS') return no(terminal, error.code, error.message, error.hint);
  if (!(error instanceof ScenarioError)) throw error;
  no(terminal, error.code, error.message, error.hint);
  return error.code === 'RUN_STEP_UNKNOWN' || error.code === 'RUN_TIME_INVALID' ? 2 : 1;
}

function no({ err }: Terminal, code: string, message: string, hint: string): ExitCode {
  err(`${code}: ${message}`);
  err(`  ${hint}`);
  return 1;
}

function chosen(options: Options, option: '--process' | '--start-first', graph: Graph, file: string): string | undefined {
  const id = options.values.get(option);
  if (id === undefined || graph.processes.some((process) => process.id === id)) return id;
  throw new CliError('CLI_PROCESS_UNKNOWN', { processId: id, file, known: graph.processes.map((process) => process.id).join(', ') || 'none' });
}

function lineOf({ code, severity, elementId, line, message, hint, clause, fileName }: FileProblem): Record<string, unknown> {
  return { type: 'Problem', code, severity, elementId, line, message, hint, clause, ...(fileName !== undefined && { fileName }) };
}
