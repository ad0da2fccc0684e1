/** `piton backup`, `restore`, `doctor`: what the staff of an installation does without the server. */
import type { Finding } from '../maintenance.ts';
import { backUp, clusterOf, dataFolder, examine, requireFolder, restore as putBack } from '../maintenance.ts';
import { CliError } from './errors.ts';
import { foreseen, progress, required } from './foreseen.ts';
import { parseOptions } from './options.ts';
import type { ExitCode, Terminal } from './options.ts';
import { USAGE } from './usage.ts';

const BACKUP = { usage: USAGE.backup, positional: [], flags: ['--json', '--with-key'], values: ['--to', '--data'] };
const RESTORE = { usage: USAGE.restore, positional: [], flags: ['--json'], values: ['--from', '--data', '--key', '--until'] };
const DOCTOR = { usage: USAGE.doctor, positional: [], flags: ['--json'], values: ['--data'] };

export async function backup(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { flags, values } = parseOptions(args, BACKUP);
  const to = required(values, '--to', BACKUP.usage);
  return foreseen(terminal, flags.has('--json'), async () => {
    requireFolder(clusterOf(values.get('--data')));
    const summary = await backUp(dataFolder(values.get('--data')), to, new Date().toISOString(), flags.has('--with-key'), progress(terminal, 'blobs copied'));
    if (flags.has('--json')) terminal.out(JSON.stringify(summary));
    else {
      terminal.out(`Backed up to ${to}: ${String(summary.position)} commits, ${String(summary.blobs)} blobs; head ${summary.hash}`);
      if (!summary.withKey) terminal.out('The installation key is not in it. Keep installation.key in another place: without it nobody can read the vault, with it anybody who has the backup can.');
    }
    return 0;
  });
}

export async function restore(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { flags, values } = parseOptions(args, RESTORE);
  const from = required(values, '--from', RESTORE.usage);
  const folder = required(values, '--data', RESTORE.usage);
  const until = values.get('--until');
  if (until !== undefined && !/^[1-9]\d*$/.test(until)) throw new CliError('CLI_OPTION_INVALID', { option: '--until', wanted: 'the number of a commit, from 1 on', found: until, usage: RESTORE.usage });
  return foreseen(terminal, flags.has('--json'), async () => {
    const summary = await putBack(from, dataFolder(folder), values.get('--key'), until === undefined ? undefined : Number(until), progress(terminal, 'blobs copied'));
    terminal.out(flags.has('--json') ? JSON.stringify(summary) : `Restored to ${folder}: ${String(summary.position)} commits, ${String(summary.blobs)} blobs, all checked. Start Piton with PITON_DATA=${folder}; lists are made new from the log.`);
    return 0;
  });
}

/** Exit code 1 when something is bad. */
export async function doctor(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { flags, values } = parseOptions(args, DOCTOR);
  const findings = await examine(dataFolder(values.get('--data')), clusterOf(values.get('--data')));
  if (flags.has('--json')) terminal.out(JSON.stringify({ findings }));
  else for (const finding of findings) terminal.out(lineOf(finding));
  return findings.some(({ state }) => state === 'bad') ? 1 : 0;
}

const MARKS: Readonly<Record<Finding['state'], string>> = { good: 'ok  ', note: 'note', bad: 'BAD ' };

function lineOf({ name, state, says }: Finding): string {
  return `${MARKS[state]}  ${name.padEnd(10)} ${says}`;
}
