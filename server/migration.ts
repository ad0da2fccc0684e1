/**
 * The composition root of `piton migrate`: an installation moved from its data folder into MongoDB, or back, while no server runs. The
 * bytes of the log, of the vault and of every document stay as they are; the chain says whether all of it arrived.
 */
import { headsOfFolder } from './audit/index.ts';
import { moveInstallation, requireKey } from './stores/move-installation.ts';
import type { Migrated, OnMoved } from './stores/move-installation.ts';
import { openRawDatabase } from './stores/mongo/raw-database.ts';
import type { RawInstallation } from './stores/raw-installation.ts';
import { fillRawFolder, openRawFolder } from './stores/sqlite/raw-folder.ts';

export type { Migrated };

/** `termMs`: of the leases of the nodes, tests only. */
export interface MigrateOptions {
  readonly onProgress?: OnMoved;
  readonly termMs?: number;
}

/** Moves a data folder into an empty database. Rejects with STORE_FOLDER_IN_USE, STORE_DATABASE_IN_USE, STORE_MIGRATION_TARGET, STORE_LOG_DAMAGED. */
export async function migrateToMongo(folder: string, url: string, options: MigrateOptions = {}): Promise<Migrated> {
  return between(await openRawFolder(folder, headsOfFolder), () => openRawDatabase(url, options.termMs), options);
}

/** Moves a database into a new data folder. `keyFile`: the installation key of the nodes. Rejects with STORE_KEY_WRONG and its like before anything is made. */
export async function migrateToFolder(url: string, folder: string, keyFile: string, options: MigrateOptions = {}): Promise<Migrated> {
  const source = await openRawDatabase(url, options.termMs);
  return between(source, async () => {
    await requireKey(source, keyFile);
    return fillRawFolder(folder, keyFile, headsOfFolder);
  }, options);
}

async function between(source: RawInstallation, openTarget: () => Promise<RawInstallation>, options: MigrateOptions): Promise<Migrated> {
  let target: RawInstallation | undefined;
  try {
    target = await openTarget();
    const moved = await moveInstallation(source, target, options.onProgress);
    await target.finish();
    return moved;
  } finally {
    await target?.close();
    await source.close();
  }
}
