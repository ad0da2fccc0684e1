/** The decision files beside a process file: decisions/*.dmn, compiled, for `run`, `walk` and `lint`. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { callableIn, compileDecisionFiles, missingDecisions } from '../../engine/index.ts';
import type { DecisionFile, Graph, Problem } from '../../engine/index.ts';
import { readText } from './options.ts';

/** A finding, with the file it is about where that is not the process file. */
export type FileProblem = Problem & { readonly fileName?: string };

/** The files in their order of compilation, with everything wrong about them. */
export function readDecisions(processFile: string): { readonly files: readonly DecisionFile[]; readonly problems: readonly FileProblem[] } {
  const folder = join(dirname(processFile), 'decisions');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.dmn')).sort() : [];
  return compileDecisionFiles(names.map((name) => ({ name: join('decisions', name), content: readText(join(folder, name)) })));
}

/** BPMN_DECISION_MISSING for what the processes call and the folder does not have. */
export function missingIn(graph: Graph, files: readonly DecisionFile[]): Problem[] {
  const ids = new Set(files.flatMap((file) => callableIn(file).map(({ id }) => id)));
  return graph.processes.flatMap((process) => missingDecisions(process, ids, () => false));
}
