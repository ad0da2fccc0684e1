/** The projection adapters against their contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteProjections } from '../../server/stores/sqlite/projections.ts';
import { createThreadedProjections } from '../../server/stores/sqlite/threaded-projections.ts';
import { describeProjections } from './projections.ts';
import type { MadeProjections } from './projections.ts';

function made(file: string, remove: () => Promise<void>, create = createSqliteProjections): MadeProjections {
  const projections = create(file);
  return {
    projections,
    snapshots: projections.snapshots,
    again: async () => {
      await projections.close();
      return made(file, remove, create);
    },
    remove,
  };
}

describeProjections('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'piton-projections-'));
  return made(join(folder, 'projections.db'), () => rm(folder, { recursive: true }));
});

describeProjections('sqlite in a thread', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'piton-projections-'));
  return made(join(folder, 'projections.db'), () => rm(folder, { recursive: true }), createThreadedProjections);
});

describeProjections('sqlite in memory', () => Promise.resolve(made(':memory:', () => Promise.resolve())), false);
