/** The yardstick of the disk: append 1 KB and fdatasync, one after the other; every durable answer waits for at least one of these. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Budget, Measured } from '../measure.ts';

const RECORD = Buffer.alloc(1024, 0x61);

export async function rawDisk({ measureMs }: Budget, folder: string): Promise<Measured> {
  const file = openSync(join(folder, 'raw.log'), 'w');
  const cpu = process.cpuUsage();
  const started = performance.now();
  let writes = 0;
  while (performance.now() - started < measureMs) {
    writeSync(file, RECORD);
    fdatasyncSync(file);
    writes += 1;
  }
  const wallMs = performance.now() - started;
  closeSync(file);
  const { user, system } = process.cpuUsage(cpu);
  return { instances: writes, tasks: 0, wallMs, cpuMs: (user + system) / 1000, notes: { msPerWrite: wallMs / writes } };
}
