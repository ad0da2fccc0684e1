// The decision files of one deployment, compiled together (DMN 1.5, 6.3.3 imports): in the order their imports ask for, all findings told at once.

import { sha256Hex } from '../hash.ts';
import { compileDecisions } from './compile.ts';
import { dmnProblem } from './errors.ts';
import type { DmnCode, DmnProblem, Values } from './errors.ts';
import type { Decision, DecisionModel, DecisionService } from './model.ts';
import { lineOf } from './xml.ts';

/** `name`: with its ending; `content`: DMN XML. */
export interface DecisionSource {
  readonly name: string;
  readonly content: string;
}

/** One file, compiled. `hash`: SHA-256 of its text; `imports`: the hashes of the files it needs, in an order they compile in. */
export interface DecisionFile {
  readonly name: string;
  readonly hash: string;
  readonly imports: readonly string[];
  readonly model: DecisionModel;
}

export interface DecisionFiles {
  /** In an order in which every file stands behind those it imports. */
  readonly files: readonly DecisionFile[];
  readonly problems: readonly (DmnProblem & { readonly fileName: string })[];
  /** Findings that do not keep the files from being deployed. */
  readonly warnings: readonly (DmnProblem & { readonly fileName: string })[];
}

const CALLABLE_ID = /^[\p{L}_][\p{L}\p{N}_.-]{0,199}$/u;

/** The decisions and decision services of a model that a process can call. */
export function callableIn({ model }: DecisionFile): (Decision | DecisionService)[] {
  return [...model.elements.values()].filter((element) => element.kind === 'decision' || element.kind === 'decisionService');
}

/** What processes find the decisions of a file by: their ids, and with a version tag also `id@tag`. */
export function callableKeys(file: DecisionFile): string[] {
  return callableIn(file).flatMap(({ id, versionTag }) => (versionTag === undefined ? [id] : [id, `${id}@${versionTag}`]));
}

/** Compiles files that may import each other. Reports DMN_ID_INVALID and DMN_DECISION_TWICE besides the findings of each file. */
export function compileDecisionFiles(sources: readonly DecisionSource[]): DecisionFiles {
  const done = new Map<DecisionModel, DecisionFile>();
  const problems: (DmnProblem & { readonly fileName: string })[] = [];
  let rest = sources;
  for (;;) {
    const waiting: { readonly source: DecisionSource; readonly found: readonly DmnProblem[] }[] = [];
    for (const source of rest) {
      const model = compileDecisions(source.content, [...done.keys()]);
      if (!Array.isArray(model)) done.set(model, fileOf(source, model, done));
      else if (model.some(({ code }) => code === 'DMN_IMPORT_UNRESOLVED')) waiting.push({ source, found: model });
      else problems.push(...model.map((problem) => ({ ...problem, fileName: source.name })));
    }
    // Nothing was compiled that the others wait for: they import what is not there, or each other.
    if (waiting.length === 0 || waiting.length === rest.length) {
      for (const { source, found } of waiting) problems.push(...found.map((problem) => ({ ...problem, fileName: source.name })));
      break;
    }
    rest = waiting.map(({ source }) => source);
  }
  const files = [...done.values()];
  problems.push(...idProblems(files, sources));
  const warnings = files.flatMap(({ name, model }) => model.warnings.map((warning) => ({ ...warning, fileName: name })));
  return { files, problems, warnings };
}

function fileOf({ name, content }: DecisionSource, model: DecisionModel, known: ReadonlyMap<DecisionModel, DecisionFile>): DecisionFile {
  const imports = model.imports.flatMap((imported) => {
    const file = known.get(imported);
    return file === undefined ? [] : [...file.imports, file.hash];
  });
  return { name, hash: sha256Hex(content), imports: [...new Set(imports)], model };
}

/** A process calls a decision by its id: it has one, and it says which decision is meant. */
function idProblems(files: readonly DecisionFile[], sources: readonly DecisionSource[]): (DmnProblem & { readonly fileName: string })[] {
  const homes = new Map<string, string>();
  return files.flatMap((file) => callableIn(file).flatMap(({ id, name }) => {
    const content = sources.find((source) => source.name === file.name)?.content ?? '';
    const found = (code: DmnCode, values: Values): (DmnProblem & { readonly fileName: string })[] => [{ ...dmnProblem(code, id, lineOf(content, id), values), fileName: file.name }];
    if (!CALLABLE_ID.test(id)) return found('DMN_ID_INVALID', { name });
    const other = homes.get(id);
    homes.set(id, file.name);
    return other === undefined ? [] : found('DMN_DECISION_TWICE', { other });
  }));
}
