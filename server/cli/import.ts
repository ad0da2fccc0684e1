/** `piton import`: a model of another engine converted into one of ours, with a report on every change. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { importModel, lint } from '../../engine/index.ts';
import type { ImportFinding, ImportKind } from '../../engine/index.ts';
import { CliError } from './errors.ts';
import { parseOptions, readText } from './options.ts';
import type { ExitCode, Grammar, Terminal } from './options.ts';
import { USAGE } from './usage.ts';

const GRAMMAR: Grammar = { usage: USAGE.import, positional: ['FILE.bpmn'], flags: ['--json'], values: ['--to'] };

/** In the order a reader wants them: what must be done first. */
const KINDS: readonly (readonly [kind: ImportKind, title: string])[] = [['notSupported', 'Not supported'], ['review', 'To be looked at'], ['converted', 'Converted']];

/** Exit code 1 when something is not supported. Throws CLI_FILE_NOT_READ, CLI_IMPORT_UNREADABLE, CLI_IMPORT_OVERWRITES, CLI_FILE_NOT_WRITTEN. */
export async function importFile(args: readonly string[], { out }: Terminal): Promise<ExitCode> {
  const { positional, flags, values } = parseOptions(args, GRAMMAR);
  const [file = ''] = positional;
  const imported = importModel(readText(file));
  if ('code' in imported) throw new CliError('CLI_IMPORT_UNREADABLE', { file, line: imported.line, reason: imported.message.replace(/^Expected .*?, but /, '') });
  const folder = values.get('--to') ?? join(dirname(file), 'imported');
  const model = join(folder, basename(file));
  if (resolve(model) === resolve(file)) throw new CliError('CLI_IMPORT_OVERWRITES', { file: model });
  const files = imported.files.map(({ name, content }) => ({ path: join(folder, name), content }));
  write(folder, [{ path: model, content: imported.xml }, ...files]);
  const counts = Object.fromEntries(KINDS.map(([kind]) => [kind, imported.findings.filter((finding) => finding.kind === kind).length]));
  const errors = (await lint(imported.xml)).problems.filter(({ severity }) => severity === 'error').length;
  const code = imported.findings.some(({ kind }) => kind === 'notSupported') ? 1 : 0;
  if (flags.has('--json')) {
    out(JSON.stringify({ model, files: files.map(({ path }) => path), counts, deployable: errors === 0, findings: imported.findings }));
    return code;
  }
  for (const [kind, title] of KINDS) tell(title, imported.findings.filter((finding) => finding.kind === kind), file, out);
  for (const path of [model, ...files.map((made) => made.path)]) out(`Written: ${path}`);
  out(KINDS.map(([kind, title]) => `${title}: ${String(counts[kind] ?? 0)}`).reverse().join(', '));
  out(errors === 0 ? 'The model can be deployed.' : `The model cannot be deployed yet: piton lint ${model} tells ${errors === 1 ? 'the reason' : `the ${String(errors)} reasons`}.`);
  return code;
}

function tell(title: string, findings: readonly ImportFinding[], file: string, out: (line: string) => void): void {
  if (findings.length === 0) return;
  out(`${title}:`);
  for (const { line, elementId, message, hint, kind } of findings) out(`  ${file}:${String(line)} ${elementId}\n    ${message}${kind === 'converted' ? '' : `\n    ${hint}`}`);
}

function write(folder: string, files: readonly { readonly path: string; readonly content: string }[]): void {
  let path = folder;
  try {
    mkdirSync(folder, { recursive: true });
    for (const made of files) {
      ({ path } = made);
      writeFileSync(path, made.content);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CliError('CLI_FILE_NOT_WRITTEN', { file: path, reason: code === 'EEXIST' || code === 'ENOTDIR' ? 'a file stands where the folder should be' : `the system says ${code}` });
  }
}
