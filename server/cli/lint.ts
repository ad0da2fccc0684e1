/** `piton lint`: every finding about a model and the decisions beside it, of the standard, of this engine, and of soundness. */
import { dirname, join } from 'node:path';
import { callableKeys, lint as examine } from '../../engine/index.ts';
import { readDecisions } from './decisions.ts';
import type { FileProblem } from './decisions.ts';
import { parseOptions, readText } from './options.ts';
import type { ExitCode, Grammar, Terminal } from './options.ts';
import { USAGE } from './usage.ts';

const GRAMMAR: Grammar = { usage: USAGE.lint, positional: ['FILE.bpmn'], flags: ['--json', '--force-executable'], values: [] };

/** Exit code 1 when one of the findings is an error. */
export async function lint(args: readonly string[], { out }: Terminal): Promise<ExitCode> {
  const { positional, flags } = parseOptions(args, GRAMMAR);
  const [file = ''] = positional;
  const beside = readDecisions(file);
  const decisions = new Set(beside.files.flatMap(callableKeys));
  // What does not compile is not missing.
  const known = beside.problems.length === 0 ? { decisions } : {};
  const { problems: own, soundness } = await examine(readText(file), { forceExecutable: flags.has('--force-executable'), ...known });
  const problems: readonly FileProblem[] = [...own, ...beside.problems, ...beside.warnings];
  const refused = problems.some(({ severity }) => severity === 'error');
  if (flags.has('--json')) {
    out(JSON.stringify({ problems, soundness }));
    return refused ? 1 : 0;
  }
  for (const { severity, line, elementId, code, message, hint, fileName } of problems) out(`${fileName === undefined ? file : join(dirname(file), fileName)}:${String(line)} ${severity} ${code} ${elementId}\n  ${message}.\n  ${hint}`);
  for (const { line, elementId, kind, message, trace } of soundness.findings) out(`${file}:${String(line)} warning ${kind} ${elementId}\n  ${message}\n  on the way ${trace.join(' -> ')}`);
  const count = problems.length + soundness.findings.length;
  const decided = refused || soundness.decided ? '' : '; soundness was not decided: too many markings';
  out(count === 0 ? `${file}: nothing to say${decided}` : `${file}: ${String(count)} finding${count === 1 ? '' : 's'}${refused ? ', refused' : ''}${decided}`);
  return refused ? 1 : 0;
}
