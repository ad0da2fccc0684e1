/** The files of a procedure's folder, as they are deployed: process.bpmn, forms and decisions. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DeploymentFile } from '../runtime/types.ts';

const DEPLOYED = /\.(bpmn|dmn|form)$/;

/** In the order of their names. Rejects when the folder cannot be read. */
export async function readProcedure(folder: string): Promise<readonly DeploymentFile[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => DEPLOYED.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ name: basename(name), content: await readFile(join(folder, name), 'utf8') })));
}
