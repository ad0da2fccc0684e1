/**
 * What size costs: heap, restart, commands, lists, timers, rebuild and backup with many waiting cases.
 *
 * node bin/run.mjs bench/scale.ts CELL --folder FOLDER [--waiting 100000] [--seconds 10] [--clients 100] [--drawn 100] [--log-only] [--fold-all]
 */
import { parseArgs } from 'node:util';
import { command, heap, rebuild, restart } from './scale/cells.ts';
import { inbox } from './scale/lists.ts';
import { backup, backupOnce } from './scale/backup.ts';
import { soak } from './scale/soak.ts';
import { end, fill } from './scale/fill.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string' }, waiting: { type: 'string', default: '100000' }, seconds: { type: 'string', default: '10' }, clients: { type: 'string', default: '100' }, drawn: { type: 'string' }, to: { type: 'string' }, bytes: { type: 'string', default: '0' }, 'log-only': { type: 'boolean', default: false }, 'fold-all': { type: 'boolean', default: false } },
});

const [cell = ''] = positionals;
const { folder } = values;
if (folder === undefined) throw new Error('Expected --folder, but there is none');
const waiting = Number(values.waiting);
const tell = (text: string): void => { process.stderr.write(`${text}\n`); };

const CELLS: Readonly<Record<string, () => Promise<unknown>>> = {
  fill: () => fill(folder, waiting, 'paper', !values['log-only'], tell, Number(values.bytes)),
  'fill-timers': () => fill(folder, waiting, 'reminder', !values['log-only'], tell),
  heap: () => heap(folder),
  inbox: () => inbox(folder),
  backup: () => backup(folder, Number(values.clients), Number(values.seconds)),
  'backup-once': () => backupOnce(folder, String(values.to)),
  soak: () => soak(folder, Number(values.clients), Number(values.seconds), tell),
  restart: () => restart(folder),
  end: () => end(folder, waiting, tell),
  rebuild: () => rebuild(folder, values['fold-all'], tell),
  command: () => command(folder, Number(values.clients), Number(values.seconds), Number(values.drawn ?? waiting)),
};

const run = CELLS[cell];
if (run === undefined) throw new Error(`Expected one of ${Object.keys(CELLS).join(', ')}, but got ${cell}`);
process.stdout.write(`${JSON.stringify({ cell, waiting, ...((await run()) as object) })}\n`);
