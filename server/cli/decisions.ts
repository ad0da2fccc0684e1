/** The decision files beside a process file: decisions/*.dmn, compiled, for `run`, `walk` and `lint`. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { callableKeys, compileDecisionFiles, missingCalls, missingDecisions } from '../../engine/index.ts';
import type { DecisionFile, Graph, Problem } from '../../engine/index.ts';
import { readText } from './options.ts';

/** A finding, with the file it is about where that is not the process file. */
export type FileProblem = Problem & { readonly fileName?: string };

/** The files in their order of compilation, with everything wrong about them. */
export function readDecisions(processFile: string): { readonly files: readonly DecisionFile[]; readonly problems: readonly FileProblem[]; readonly warnings: readonly FileProblem[] } {
  const folder = join(dirname(processFile), 'decisions');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.dmn')).sort() : [];
  return compileDecisionFiles(names.map((name) => ({ name: join('decisions', name), content: readText(join(folder, name)) })));
}

/** BPMN_DECISION_MISSING and BPMN_CALLED_MISSING for what the processes call and neither the folder nor the files `beside` have. */
export function missingIn(graph: Graph, files: readonly DecisionFile[], beside: readonly Graph[] = [graph]): Problem[] {
  const keys = new Set(files.flatMap(callableKeys));
  const processes = new Set(beside.flatMap((one) => one.processes.map(({ id }) => id)));
  return graph.processes.flatMap((process) => [...missingDecisions(process, keys, () => false), ...missingCalls(process, processes)]);
}
