/** `piton audit verify`, `audit seal`, `audit prove`, `audit export-heads`: whether the log is as it was written, sealing what is closed, the proof of one case, and the sealed heads as files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { audit as check, clusterOf, dataFolder, headsSince, prove, sealClosedCases } from '../maintenance.ts';
import type { Audit, ChainPoint } from '../maintenance.ts';
import { CliError } from './errors.ts';
import { foreseen, progress, required } from './foreseen.ts';
import { asObjects, parseOptions, readJson } from './options.ts';
import type { ExitCode, Grammar, Terminal } from './options.ts';
import { USAGE } from './usage.ts';

const VERIFY: Grammar = { usage: USAGE.auditVerify, positional: [], flags: ['--json'], values: ['--data', '--heads'] };
const SEAL: Grammar = { usage: USAGE.auditSeal, positional: [], flags: ['--json'], values: ['--data'] };
const PROVE: Grammar = { usage: USAGE.auditProve, positional: ['CASE'], flags: ['--json'], values: ['--to', '--data'] };
const EXPORT_HEADS: Grammar = { usage: USAGE.auditExportHeads, positional: [], flags: ['--json'], values: ['--to', '--since', '--data'] };

const COMMANDS: Readonly<Record<string, (args: readonly string[], terminal: Terminal) => Promise<ExitCode>>> = { verify, seal, prove: proveOne, 'export-heads': exportHeads };

export async function audit(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new CliError('CLI_ARGUMENT_MISSING', { what: 'verify, seal, prove or export-heads', usage: [VERIFY, SEAL, PROVE, EXPORT_HEADS].map(({ usage }) => usage).join('; ') });
  return command(rest, terminal);
}

/** Exit code 1 when the chain is broken, a head that was kept elsewhere is not in it, or a segment of closed cases does not fit. */
async function verify(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { flags, values } = parseOptions(args, VERIFY);
  return foreseen(terminal, flags.has('--json'), async () => {
    const heads = values.get('--heads');
    const kept = heads === undefined ? [] : headsIn(heads);
    const onProgress = { chain: progress(terminal, 'commits checked'), segments: progress(terminal, 'commits read again for the segments') };
    const checked = await check(dataFolder(values.get('--data')), kept, onProgress, clusterOf(values.get('--data')));
    if (flags.has('--json')) terminal.out(JSON.stringify(checked));
    else for (const line of words(checked)) terminal.out(line);
    return checked.valid ? 0 : 1;
  });
}

/** The heads that a file holds: at least one, each with its place and its hash. Throws CLI_JSON_INVALID. */
function headsIn(file: string): ChainPoint[] {
  const found = asObjects([readJson(`@${file}`, file)].flat(), file);
  const invalid = (reason: string): CliError => new CliError('CLI_JSON_INVALID', { what: file, wanted: 'one or many heads such as {"position": 5, "hash": "64 hexadecimal digits"}', reason });
  if (found.length === 0) throw invalid('it holds none');
  return found.map(({ position, hash }, index) => {
    if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 1) throw invalid(`the position of number ${String(index + 1)} is none`);
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw invalid(`the hash of number ${String(index + 1)} is none`);
    return { position, hash };
  });
}

function words({ position, hash = '', records, sealedHeads, reason, segments, sealedCases, faults }: Audit): string[] {
  const broken = position === 0 ? `Not valid: ${reason ?? ''}` : `Commit ${String(position)} is not as it was written: ${reason ?? ''}`;
  const chain = reason === undefined ? `The chain is whole: ${String(position)} commits with ${String(records)} records, head ${hash}; sealed heads that hold: ${String(sealedHeads)}` : broken;
  const whole = segments === 0 || faults.length > 0 ? [] : [`The segments are whole: ${String(segments)} with ${String(sealedCases)} closed cases`];
  return [chain, ...whole, ...faults.map(({ segment, stream, says }) => `Segment ${String(segment)}${stream === undefined ? '' : `, case ${stream}`}: ${says}`)];
}

async function seal(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { flags, values } = parseOptions(args, SEAL);
  return foreseen(terminal, flags.has('--json'), async () => {
    const told = progress(terminal, 'commits covered');
    const { segments, streams } = await sealClosedCases(dataFolder(values.get('--data')), ({ through, of }) => { told(through, of); }, clusterOf(values.get('--data')));
    terminal.out(flags.has('--json') ? JSON.stringify({ segments, cases: streams }) : `Sealed: ${String(streams)} closed cases in ${String(segments)} new segments. The next sealed head of the log names them.`);
    return 0;
  });
}

/** Exit code 1 when the case cannot be proven, or its proof would not hold. */
async function proveOne(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { positional: [stream = ''], flags, values } = parseOptions(args, PROVE);
  const file = values.get('--to') ?? `${stream}.proof.json`;
  return foreseen(terminal, flags.has('--json'), async () => {
    const { content, verification: { valid, problems, proven } } = await prove(dataFolder(values.get('--data')), stream, clusterOf(values.get('--data')));
    if (valid) write(file, content);
    if (flags.has('--json')) terminal.out(JSON.stringify({ valid, problems, ...(valid && { file }), proven }));
    else if (valid) terminal.out(`Wrote ${file}: ${String(proven?.records.length)} records of case ${stream}, sealed in segment ${String(proven?.segment)}, in the head of ${proven?.head.at ?? ''}. Check it anywhere: piton verify ${file} --trust ROOT.pem`);
    else for (const problem of problems) terminal.out(`Not proven: ${problem}`);
    return valid ? 0 : 1;
  });
}

/** Called again with the same folder it adds what is new. */
async function exportHeads(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { flags, values } = parseOptions(args, EXPORT_HEADS);
  const to = required(values, '--to', EXPORT_HEADS.usage);
  const since = values.get('--since') ?? '';
  if (!/^(\d{4}-\d{2}-\d{2})?$/.test(since)) throw new CliError('CLI_OPTION_INVALID', { option: '--since', wanted: 'a day such as 2026-11-22', found: since, usage: EXPORT_HEADS.usage });
  return foreseen(terminal, flags.has('--json'), async () => {
    const heads = await headsSince(dataFolder(values.get('--data')), since, clusterOf(values.get('--data')));
    let written = 0;
    for (const { name, content, signature } of heads) for (const [ending, bytes] of [['json', content], ['p7s', signature]] as const) if (writeOnce(to, `${name}.${ending}`, bytes)) written += 1;
    const days = heads.map(({ name }) => name);
    terminal.out(flags.has('--json') ? JSON.stringify({ heads: days, written }) : days.length === 0 ? 'No head is sealed there yet.' : `In ${to} are the sealed heads of ${days[0] ?? ''} to ${days.at(-1) ?? ''}: ${String(days.length)}, new files ${String(written)}.`);
    return 0;
  });
}

/** False: the file was there with these bytes. A head with other bytes than the one that was kept is the very thing heads are kept for. Throws CLI_FILE_NOT_WRITTEN. */
function writeOnce(folder: string, name: string, content: Uint8Array): boolean {
  const file = join(folder, name);
  return system(file, () => {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(file)) writeFileSync(file, content, { flag: 'wx' });
    else if (Buffer.compare(readFileSync(file), content) === 0) return false;
    else throw new CliError('CLI_FILE_NOT_WRITTEN', { file, reason: 'the one that is there has another content: keep it, and check the log with it (piton audit verify --heads)' });
    return true;
  });
}

/** Never over another file. Throws CLI_FILE_NOT_WRITTEN. */
function write(file: string, content: Uint8Array): void {
  system(file, () => writeFileSync(file, content, { flag: 'wx' }));
}

/** What the system refuses is CLI_FILE_NOT_WRITTEN. */
function system<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CliError('CLI_FILE_NOT_WRITTEN', { file, reason: code === 'EEXIST' ? 'there is such a file already' : `the system says ${code}` });
  }
}
