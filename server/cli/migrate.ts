/** `piton migrate`: an installation moved from its data folder into MongoDB, or back. */
import { dataFolder } from '../maintenance.ts';
import { migrateToFolder, migrateToMongo } from '../migration.ts';
import type { Migrated } from '../migration.ts';
import { MONGODB_ADDRESS } from '../config.ts';
import { CliError } from './errors.ts';
import { foreseen, progress, required } from './foreseen.ts';
import { parseOptions } from './options.ts';
import type { ExitCode, Terminal } from './options.ts';
import { USAGE } from './usage.ts';

const MIGRATE = {
  usage: `${USAGE.migrateTo}
       ${USAGE.migrateFrom}`,
  positional: [], flags: ['--json'], values: ['--data', '--to', '--from', '--key'],
};

/** Exit code 1 when something is refused: a server that runs, a target that is not empty, a chain that does not hold. */
export async function migrate(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { flags, values } = parseOptions(args, MIGRATE);
  const folder = required(values, '--data', MIGRATE.usage);
  const from = values.get('--from');
  const key = from === undefined ? '' : required(values, '--key', MIGRATE.usage);
  const to = from === undefined ? required(values, '--to', MIGRATE.usage) : '';
  for (const [option, url] of [['--from', from], ['--to', values.get('--to')]] as const) {
    // Without a name of its own it would be the database that the driver takes where nobody says which.
    if (url !== undefined && !MONGODB_ADDRESS.test(url)) throw new CliError('CLI_OPTION_INVALID', { option, wanted: 'an address mongodb://host/database', found: url, usage: MIGRATE.usage });
  }
  if (from !== undefined && values.has('--to')) throw new CliError('CLI_OPTION_UNKNOWN', { option: '--to beside --from', usage: MIGRATE.usage });
  const tell = new Map<string, ReturnType<typeof progress>>();
  const onProgress = (what: string, done: number, of: number): void => {
    const line = tell.get(what) ?? progress(terminal, what);
    tell.set(what, line);
    line(done, of);
  };
  return foreseen(terminal, flags.has('--json'), async () => {
    const moved = from === undefined ? await migrateToMongo(dataFolder(folder), to, { onProgress }) : await migrateToFolder(from, dataFolder(folder), key, { onProgress });
    terminal.out(flags.has('--json') ? JSON.stringify(moved) : told(moved, from === undefined ? 'the database' : folder));
    return 0;
  });
}

function told({ position, hash, blobs, secrets, entries, resumedAt }: Migrated, where: string): string {
  const before = resumedAt > 0 ? ` (${String(resumedAt)} of them were there from an interrupted move)` : '';
  return `Moved to ${where} and compared with the source: ${String(position)} commits${before}, ${String(blobs)} blobs, ${String(secrets)} rows of the vault, ${String(entries)} entries of the desk; head ${hash}. The source is as it was: keep it until you trust the new place, and never start both.`;
}
