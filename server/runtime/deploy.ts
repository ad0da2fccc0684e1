/** Deployment: every model of the files is compiled, every form checked; all problems are told at once, and nothing is stored unless all is well. */
import { compile, decideDefinition, fill } from '../../engine/index.ts';
import type { Facts, Graph, Problem, ProcessGraph } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { DefinitionRegistry } from './definitions.ts';
import { isRefused } from './definitions.ts';
import type { Journal } from './journal.ts';
import { definitions } from './kinds.ts';
import type { CommandMeta, DeployAnswer, DeployedProcess, DeploymentFile } from './types.ts';

type FileProblem = Problem & { readonly fileName: string };

export interface DeployDependencies {
  readonly journal: Journal;
  readonly blobs: BlobStore;
  readonly registry: DefinitionRegistry;
  readonly facts: (now: string) => Facts;
  /** Findings about a form that parsed as JSON; a finding with severity error refuses it. */
  readonly checkForm: (form: unknown) => readonly Problem[];
}

export const DEPLOY_ERRORS = {
  DEPLOY_NO_MODEL: { message: 'Expected at least one .bpmn file, but there is none', hint: 'Add the process model to the deployment.' },
  DEPLOY_FILE_UNKNOWN: { message: 'Expected a .bpmn or .form file, but the name is {name}', hint: 'Rename the file or leave it out.' },
  DEPLOY_FORM_NOT_JSON: { message: 'Expected form {name} to be JSON, but {reason}', hint: 'Export the form again from the form designer.' },
  DEPLOY_FORM_WITHOUT_ID: { message: 'Expected form {name} to have an id, but it has none', hint: 'Give the form an id; user tasks name it in zeebe:formDefinition.' },
  DEPLOY_FORM_MISSING: { message: 'Expected form {form} of {element} in the deployment, but it is not there', hint: 'Add the .form file, or correct the id in the model.' },
  DEPLOY_REFUSED: { message: 'Expected {process} to be deployable, but {reason}', hint: 'Correct the model.' },
} as const;

interface Form {
  readonly id: string;
  readonly content: string;
}

/** `dryRun`: says what would happen and stores nothing. */
export async function deploy(files: readonly DeploymentFile[], meta: CommandMeta, dependencies: DeployDependencies, dryRun = false): Promise<DeployAnswer> {
  const problems: FileProblem[] = [];
  const models: { readonly file: DeploymentFile; readonly graph: Graph }[] = [];
  const forms: Form[] = [];
  for (const file of files) {
    if (file.name.endsWith('.bpmn')) {
      const graph = await compile(file.content);
      if (isRefused(graph)) problems.push(...graph.map((problem) => ({ ...problem, fileName: file.name })));
      else models.push({ file, graph });
    } else if (file.name.endsWith('.form')) forms.push(...readForm(file, dependencies, problems));
    else problems.push(problem('DEPLOY_FILE_UNKNOWN', file.name, { name: file.name }));
  }
  if (!files.some(({ name }) => name.endsWith('.bpmn'))) problems.push(problem('DEPLOY_NO_MODEL', '', {}));
  for (const { file, graph } of models) problems.push(...missingForms(file, graph, forms));
  if (problems.some(({ severity }) => severity === 'error')) return { outcome: 'refused', problems };
  const warnings = models.flatMap(({ graph }) => graph.warnings);
  if (dryRun) return { outcome: 'deployed', processes: [], warnings, position: 0 };
  return store(models, forms, meta, dependencies, warnings);
}

async function store(models: readonly { readonly file: DeploymentFile; readonly graph: Graph }[], forms: readonly Form[], meta: CommandMeta, dependencies: DeployDependencies, warnings: readonly Problem[]): Promise<DeployAnswer> {
  const content: Record<string, string> = {};
  for (const form of forms) content[`form/${form.id}`] = await dependencies.blobs.put(Buffer.from(form.content));
  const processes: DeployedProcess[] = [];
  let position = 0;
  for (const { file, graph } of models) {
    await dependencies.blobs.put(Buffer.from(file.content));
    for (const process of graph.processes) {
      const answer = await deployProcess(process, file.name, content, meta, dependencies);
      if (answer.outcome === 'refused') return answer;
      processes.push(answer.process);
      position = Math.max(position, answer.position);
    }
  }
  return { outcome: 'deployed', processes, warnings, position };
}

type Stored = { readonly outcome: 'stored'; readonly process: DeployedProcess; readonly position: number };

async function deployProcess(process: ProcessGraph, fileName: string, content: Readonly<Record<string, string>>, meta: CommandMeta, { journal, registry, facts }: DeployDependencies): Promise<Stored | Extract<DeployAnswer, { outcome: 'refused' }>> {
  let at = '';
  const answer = await journal.execute(`definition/${process.id}`, definitions, 'DeployProcess', meta, (state, now) => {
    at = now;
    return decideDefinition(process, state, { type: 'DeployProcess', fileName, content }, facts(now));
  });
  if (answer.outcome === 'accepted') registry.note({ events: answer.events, at, actor: { person: meta.actor.person } });
  const latest = registry.latest(process.id);
  if (answer.outcome === 'rejected' && answer.rejection.code === 'DEFINITION_VERSION_KNOWN' && latest) return { outcome: 'stored', process: { ...latest, unchanged: true }, position: 0 };
  if (answer.outcome !== 'accepted' || !latest) {
    const reason = answer.outcome === 'rejected' ? answer.rejection.message : 'the idempotency key was used for another deployment';
    return { outcome: 'refused', problems: [problem('DEPLOY_REFUSED', fileName, { process: process.id, reason })] };
  }
  return { outcome: 'stored', process: { ...latest, unchanged: false }, position: answer.position };
}

function readForm(file: DeploymentFile, { checkForm }: DeployDependencies, problems: FileProblem[]): Form[] {
  let form: unknown;
  try {
    form = JSON.parse(file.content);
  } catch (error) {
    problems.push(problem('DEPLOY_FORM_NOT_JSON', file.name, { name: file.name, reason: error instanceof Error ? error.message : String(error) }));
    return [];
  }
  const id = typeof form === 'object' && form !== null && 'id' in form && typeof form.id === 'string' ? form.id : undefined;
  if (id === undefined || id === '') {
    problems.push(problem('DEPLOY_FORM_WITHOUT_ID', file.name, { name: file.name }));
    return [];
  }
  problems.push(...checkForm(form).map((found) => ({ ...found, fileName: file.name })));
  return [{ id, content: file.content }];
}

function missingForms(file: DeploymentFile, graph: Graph, forms: readonly Form[]): FileProblem[] {
  const known = new Set(forms.map(({ id }) => id));
  return graph.processes.flatMap((process) => {
    const used = [...process.nodes.values()].map((node) => ({ form: node.userTask?.form, node }));
    const start = process.starts[0];
    if (process.startForm !== undefined && start) used.push({ form: process.startForm, node: start });
    return used
      .filter(({ form }) => form !== undefined && !form.includes('://') && !known.has(form))
      .map(({ form = '', node }) => problem('DEPLOY_FORM_MISSING', file.name, { form, element: node.id }, node.id, node.line));
  });
}

function problem(code: keyof typeof DEPLOY_ERRORS, fileName: string, values: Readonly<Record<string, string>>, elementId = '', line = 0): FileProblem {
  const { message, hint } = DEPLOY_ERRORS[code];
  return { code, severity: 'error', elementId, line, message: fill(message, values), hint, clause: '', fileName };
}
