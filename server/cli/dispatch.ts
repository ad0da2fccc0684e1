/** Which word of the command line runs what; each command is loaded only when it is called, so that starting costs little. */
import { existsSync } from 'node:fs';
import { CliError } from './errors.ts';
import type { ExitCode, Terminal } from './options.ts';
import { USAGE } from './usage.ts';

interface Command {
  readonly usage: readonly string[];
  readonly about: string;
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  serve: { usage: [USAGE.serve], about: 'the server: cases, tasks and pages', run: (args) => serveFrom(new URL('../main.ts', import.meta.url), args) },
  run: {
    usage: [USAGE.run],
    about: 'a case on a virtual clock, its events as JSON lines',
    run: async (args, terminal) => (await import('./run.ts')).run(args, terminal),
  },
  lint: { usage: [USAGE.lint], about: 'all findings about a model', run: async (args, terminal) => (await import('./lint.ts')).lint(args, terminal) },
  import: {
    usage: [USAGE.import],
    about: 'a model of Camunda 7, Operaton, Flowable or Activiti converted, with a report on every change',
    run: async (args, terminal) => (await import('./import.ts')).importFile(args, terminal),
  },
  decide: {
    usage: [USAGE.decide],
    about: 'the value of a decision or decision service',
    run: async (args, terminal) => (await import('./decide.ts')).decide(args, terminal),
  },
  verify: {
    usage: [USAGE.verify],
    about: 'who signed a file, when, trusted by whom, and whether it was changed since',
    run: async (args, terminal) => (await import('./verify.ts')).verify(args, terminal),
  },
  walk: { usage: [USAGE.walk], about: 'the walks of a procedure in processes/', run: async (args, terminal) => (await import('./walk.ts')).walk(args, terminal) },
  audit: {
    usage: [USAGE.auditVerify, USAGE.auditSeal, USAGE.auditProve, USAGE.auditExportHeads],
    about: 'the hash chain of the log and the segments of closed cases, from the first to the last; sealing them; the proof of one case; the sealed heads as files',
    run: async (args, terminal) => (await import('./audit.ts')).audit(args, terminal),
  },
  backup: {
    usage: [USAGE.backup],
    about: 'a copy of the data folder, also while the server runs',
    run: async (args, terminal) => (await import('./maintain.ts')).backup(args, terminal),
  },
  restore: {
    usage: [USAGE.restore],
    about: 'a backup put into an empty folder and checked',
    run: async (args, terminal) => (await import('./maintain.ts')).restore(args, terminal),
  },
  migrate: {
    usage: [USAGE.migrateTo, USAGE.migrateFrom],
    about: 'an installation moved from its folder into MongoDB or back, checked by its chain',
    run: async (args, terminal) => (await import('./migrate.ts')).migrate(args, terminal),
  },
  doctor: { usage: [USAGE.doctor], about: 'whether this machine and its data folder are in order', run: async (args, terminal) => (await import('./maintain.ts')).doctor(args, terminal) },
};

/** Runs a command line; answers the exit code. Failures a person can mend go to `err` as `CODE: Expected X, but Y` with a hint. */
export async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.out(usage());
    return 0;
  }
  if (name === undefined) {
    terminal.err(usage());
    return 2;
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) throw new CliError('CLI_COMMAND_UNKNOWN', { command: name });
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.out(`${command.usage.join('\n')}\n  ${command.about}`);
      return 0;
    }
    return await command.run(rest, terminal);
  } catch (error) {
    if (!isExplained(error)) throw error;
    terminal.err(`${error.code}: ${error.message}`);
    terminal.err(`  ${error.hint}`);
    if (error.code === 'CLI_COMMAND_UNKNOWN') terminal.err(usage());
    return 2;
  }
}

/** An error of one of the tables, a wrong setting for instance: its code, its words and its hint say what to do. */
function isExplained(error: unknown): error is Error & { readonly code: string; readonly hint: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'hint' in error && typeof error.hint === 'string';
}

function usage(): string {
  const lines = Object.values(COMMANDS).map(({ usage: words, about }) => `  ${words.join('\n  ')}\n      ${about}`);
  return `Usage:\n${lines.join('\n')}\nExit codes: 0 done, 1 the answer is no, 2 wrong use. See docs/cli.md.`;
}

/** The server starts by being loaded, or by its function `main` where it has one, and ends when it is asked to. Throws CLI_COMMAND_ABSENT. */
export async function serveFrom(file: URL, args: readonly string[]): Promise<ExitCode> {
  if (!existsSync(file)) throw new CliError('CLI_COMMAND_ABSENT', { file: 'server/main.ts', command: 'serve' });
  const server = (await import(file.href)) as { readonly main?: (args: readonly string[]) => Promise<void> };
  await server.main?.(args);
  return 0;
}
