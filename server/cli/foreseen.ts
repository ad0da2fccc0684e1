/** What the commands on an installation share: options that must be given, failures that were foreseen, how far it is. */
import { CliError } from './errors.ts';
import type { ExitCode, Terminal } from './options.ts';

/** The value of an option that must be given. Throws CLI_ARGUMENT_MISSING. */
export function required(values: ReadonlyMap<string, string>, option: string, usage: string): string {
  const value = values.get(option);
  if (value === undefined) throw new CliError('CLI_ARGUMENT_MISSING', { what: option, usage });
  return value;
}

/** Failures of files and disks, as `CODE: Expected X, but Y` with what to do; exit code 1. */
export async function foreseen(terminal: Terminal, json: boolean, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError || !(error instanceof Error) || !('code' in error) || !('hint' in error)) throw error;
    const { code, message, hint } = error as Error & { readonly code: string; readonly hint: string };
    if (json) terminal.out(JSON.stringify({ error: { code, message, hint } }));
    terminal.err(`${code}: ${message}`);
    terminal.err(`  ${hint}`);
    return 1;
  }
}

/** Tells how far something is, at most every two seconds. */
export function progress(terminal: Terminal, what: string): (done: number, of: number) => void {
  let told = Date.now();
  return (done, of) => {
    if (Date.now() - told < 2_000) return;
    told = Date.now();
    terminal.err(`  ${String(done)} of ${String(of)} ${what}`);
  };
}
