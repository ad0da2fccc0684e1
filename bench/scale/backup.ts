/** The cell of the backup: what commands feel while another process copies the whole folder. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backUp } from '../../server/maintenance.ts';
import { drive, quantile } from './cells.ts';
import type { Figures } from './cells.ts';
import { rememberSlots, slotsOf } from './fill.ts';
import { openScale } from './open.ts';

/** Cases that are worked on meanwhile. */
const DRAWN = 1_000;

/** In a process of its own: one whole backup. */
export async function backupOnce(folder: string, to: string): Promise<Figures> {
  const began = performance.now();
  const { position } = await backUp(folder, to, new Date().toISOString(), true);
  return { position, seconds: Math.round((performance.now() - began) / 100) / 10 };
}

/** Commands alone, during a first backup, during a second one into the same folder, and alone again. */
export async function backup(folder: string, clients: number, seconds: number): Promise<Figures> {
  const target = mkdtempSync(join(dirname(folder), 'backup-'));
  const opened = await openScale(folder, undefined, false);
  const all = slotsOf(folder);
  const slots = all.slice(-DRAWN);
  let number = all.length;
  const figures: Record<string, number | string> = { logGB: Math.round(statSync(join(folder, 'log.db')).size / 2 ** 20 / 10.24) / 100 };
  const round = async (isOver: () => boolean): Promise<string> => {
    const latencies: number[] = [];
    let commands = 0;
    const began = performance.now();
    do {
      const part = await drive(opened, slots, clients, Math.min(seconds, 5) * 1_000, (number += 1_000));
      latencies.push(...part.latencies);
      commands += part.commands;
    } while (!isOver());
    return `${String(Math.round(commands / ((performance.now() - began) / 1_000)))}/s p50 ${String(quantile(latencies, 0.5))} p99 ${String(quantile(latencies, 0.99))} max ${String(quantile(latencies, 1))}`;
  };
  try {
    const timed = (): (() => boolean) => { const until = performance.now() + seconds * 1_000; return () => performance.now() >= until; };
    figures['before'] = await round(timed());
    for (const name of ['during', 'again']) {
      const child = startBackup(folder, target);
      figures[name] = await round(() => child.ended() !== undefined);
      figures[`${name}Backup`] = child.ended() ?? '';
    }
    figures['after'] = await round(timed());
  } finally {
    rememberSlots(folder, all);
    await opened.close();
    rmSync(target, { recursive: true });
  }
  return figures;
}

function startBackup(folder: string, to: string): { readonly ended: () => string | undefined } {
  let ended: string | undefined;
  let said = '';
  const child = spawn(process.execPath, [join(import.meta.dirname, '../scale.ts'), 'backup-once', '--folder', folder, '--to', to], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (part: Buffer) => { said += part.toString(); });
  child.on('close', (code) => { ended = code === 0 ? said.trim() : `ended with ${String(code)}`; });
  return { ended: () => ended };
}
