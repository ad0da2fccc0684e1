/** Deployment: every model and decision of the files is compiled, every form checked; all problems are told at once, and nothing is stored unless all is well. */
import { bindDeployment, boundKey, boundVersions, callableIn, callableKeys, compile, compileDecisionFiles, decideDecisionDefinition, decideDefinition, decisionStream, fill, missingCalls, missingDecisions } from '../../engine/index.ts';
import type { DecisionFile, Facts, Graph, Problem, ProcessGraph } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { DecisionRegistry } from './decisions.ts';
import type { DefinitionRegistry } from './definitions.ts';
import { isRefused } from './definitions.ts';
import type { Journal } from './journal.ts';
import { decisionDefinitions, definitions } from './kinds.ts';
import type { Answer, CommandMeta, DeployAnswer, DeployedDecisionVersion, DeployedProcess, DeploymentFile } from './types.ts';

type FileProblem = Problem & { readonly fileName: string };

export interface DeployDependencies {
  readonly journal: Journal;
  readonly blobs: BlobStore;
  readonly registry: DefinitionRegistry;
  readonly decisions: DecisionRegistry;
  readonly facts: (now: string) => Facts;
  /** Findings about a form that parsed as JSON; a finding with severity error refuses it. */
  readonly checkForm: (form: unknown) => readonly Problem[];
  /** The document templates that are installed; absent: nothing is said about them. */
  readonly templates?: InstalledTemplates | undefined;
}

export interface InstalledTemplates {
  has(name: string): boolean;
}

export const DEPLOY_ERRORS = {
  DEPLOY_NO_MODEL: { message: 'Expected at least one .bpmn or .dmn file, but there is none', hint: 'Add the process model or the decision model to the deployment.' },
  DEPLOY_FILE_UNKNOWN: { message: 'Expected a .bpmn, .dmn or .form file, but the name is {name}', hint: 'Rename the file or leave it out.' },
  DEPLOY_FORM_NOT_JSON: { message: 'Expected form {name} to be JSON, but {reason}', hint: 'Export the form again from the form designer.' },
  DEPLOY_FORM_WITHOUT_ID: { message: 'Expected form {name} to have an id, but it has none', hint: 'Give the form an id; user tasks name it in zeebe:formDefinition.' },
  DEPLOY_TEMPLATE_MISSING: { message: 'Expected the document template {template} of {element} to be installed, but it is not', hint: 'Name a folder of templates/ in gov:document, or install the template first.' },
  DEPLOY_FORM_MISSING: { message: 'Expected form {form} of {element} in the deployment, but it is not there', hint: 'Add the .form file, or correct the id in the model.' },
  DEPLOY_OVERTAKEN: { message: 'Expected {called} to be deployed together with {caller}, which is bound to it, but another deployment of it came between', hint: 'Deploy the same files again.' },
  DEPLOY_REFUSED: { message: 'Expected {name} to be deployable, but {reason}', hint: 'Correct the model.' },
} as const;

interface Form {
  readonly id: string;
  readonly content: string;
  /** Its versionTag. */
  readonly tag: string | undefined;
}

interface Model {
  readonly file: DeploymentFile;
  readonly graph: Graph;
}

/** What the files of a deployment turned out to be. */
interface Read {
  readonly models: readonly Model[];
  readonly forms: readonly Form[];
  readonly decisions: readonly DecisionFile[];
}

type Refused = Extract<DeployAnswer, { outcome: 'refused' }>;

/** `dryRun`: says what would happen and stores nothing. */
export async function deploy(files: readonly DeploymentFile[], meta: CommandMeta, dependencies: DeployDependencies, dryRun = false): Promise<DeployAnswer> {
  const problems: FileProblem[] = [];
  const models: Model[] = [];
  const forms: Form[] = [];
  for (const file of files) {
    if (file.name.endsWith('.bpmn')) {
      const graph = await compile(file.content);
      if (isRefused(graph)) problems.push(...graph.map((problem) => ({ ...problem, fileName: file.name })));
      else {
        models.push({ file, graph });
        forms.push(...embedded(file, graph).flatMap((form) => readForm(form, dependencies, problems)));
      }
    } else if (file.name.endsWith('.form')) forms.push(...readForm(file, dependencies, problems));
    else if (!file.name.endsWith('.dmn')) problems.push(problem('DEPLOY_FILE_UNKNOWN', file.name, { name: file.name }));
  }
  if (!files.some(({ name }) => /\.(bpmn|dmn)$/.test(name))) problems.push(problem('DEPLOY_NO_MODEL', '', {}));
  const decisions = compileDecisionFiles(files.filter(({ name }) => name.endsWith('.dmn')));
  problems.push(...decisions.problems);
  // A decision that does not compile is not missing.
  if (decisions.problems.length === 0) for (const model of models) problems.push(...uncalled(model, decisions.files, dependencies.decisions));
  const ids = new Set(models.flatMap(({ graph }) => graph.processes.map(({ id }) => id)));
  for (const { file, graph } of models) problems.push(...graph.processes.flatMap((process) => missingCalls(process, ids)).map((found) => ({ ...found, fileName: file.name })));
  for (const { file, graph } of models) problems.push(...missingForms(file, graph, forms, dependencies.registry));
  for (const { file, graph } of models) problems.push(...missingTemplates(file, graph, dependencies.templates));
  if (problems.some(({ severity }) => severity === 'error')) return { outcome: 'refused', problems };
  const warnings = [...models.flatMap(({ graph }) => graph.warnings), ...decisions.warnings];
  if (dryRun) return { outcome: 'deployed', processes: [], decisions: [], warnings, position: 0 };
  return store({ models, forms, decisions: decisions.files }, files, meta, dependencies, warnings);
}

function uncalled({ file, graph }: Model, together: readonly DecisionFile[], before: DecisionRegistry): FileProblem[] {
  const keys = new Set(together.flatMap(callableKeys));
  return graph.processes.flatMap((process) => missingDecisions(process, keys, (key) => before.has(key))).map((found) => ({ ...found, fileName: file.name }));
}

/** Names the blobs of the forms in `content`; one of an earlier deployment where a process means it by its version tag. */
async function storeForms(forms: readonly Form[], models: readonly Model[], content: Record<string, string>, { blobs, registry }: DeployDependencies): Promise<void> {
  for (const { id, tag, content: text } of forms) {
    const hash = await blobs.put(Buffer.from(text));
    content[`form/${id}`] = hash;
    if (tag !== undefined) content[`form/${boundKey(id, tag)}`] = hash;
  }
  for (const form of models.flatMap(({ graph }) => graph.processes.flatMap(formsOf))) {
    const earlier = registry.taggedForm(form);
    if (earlier !== undefined) content[`form/${form}`] ??= earlier;
  }
}

/** Decisions first: a process never stands without what it calls. */
async function store({ models, forms, decisions }: Read, files: readonly DeploymentFile[], meta: CommandMeta, dependencies: DeployDependencies, warnings: readonly Problem[]): Promise<DeployAnswer> {
  const { blobs } = dependencies;
  const content: Record<string, string> = {};
  await storeForms(forms, models, content, dependencies);
  for (const { name, content: text } of files) if (name.endsWith('.dmn')) await blobs.put(Buffer.from(text));
  const deployed: DeployedDecisionVersion[] = [];
  let position = 0;
  for (const file of decisions) {
    for (const callable of callableIn(file)) {
      const answer = await deployDecision(file, callable, meta, dependencies);
      if (answer.outcome === 'refused') return answer;
      content[`decision/${callable.id}`] = file.hash;
      deployed.push(answer.decision);
      position = Math.max(position, answer.position);
    }
  }
  const processes: DeployedProcess[] = [];
  const contents = bindDeployment(models.flatMap(({ graph }) => graph.processes), content, (id) => dependencies.registry.known(id));
  for (const { file, graph } of models) {
    await blobs.put(Buffer.from(file.content));
    for (const process of graph.processes) {
      const answer = await deployProcess(process, file.name, contents.get(process.id) ?? content, meta, dependencies);
      if (answer.outcome === 'refused') return answer;
      processes.push(answer.process);
      position = Math.max(position, answer.position);
    }
  }
  return overtaken(contents, processes) ?? { outcome: 'deployed', processes, decisions: deployed, warnings, position };
}

/** Another deployment of a called process came between: its callers are bound to a version that is not theirs. */
function overtaken(contents: ReturnType<typeof bindDeployment>, processes: readonly DeployedProcess[]): Refused | undefined {
  const versions = new Map(processes.map(({ processId, version }) => [processId, version]));
  for (const [caller, content] of contents) {
    const other = Object.entries(boundVersions(content)).find(([id, version]) => versions.get(id) !== version);
    if (other !== undefined) return { outcome: 'refused', problems: [problem('DEPLOY_OVERTAKEN', '', { caller, called: other[0] })] };
  }
  return undefined;
}

async function deployDecision({ name: fileName, hash, imports }: DecisionFile, { id, name, versionTag }: ReturnType<typeof callableIn>[number], meta: CommandMeta, { journal, decisions }: DeployDependencies): Promise<{ readonly outcome: 'stored'; readonly decision: DeployedDecisionVersion; readonly position: number } | Refused> {
  let at = '';
  const answer = await journal.execute(decisionStream(id), decisionDefinitions, 'DeployDecision', meta, (state, now) => {
    at = now;
    return decideDecisionDefinition(state, { type: 'DeployDecision', name, fileName, hash, imports, ...(versionTag !== undefined && { versionTag }) });
  });
  if (answer.outcome === 'accepted') decisions.note({ events: answer.events, at, actor: { person: meta.actor.person } });
  const latest = decisions.latest(id);
  if (answer.outcome === 'rejected' && answer.rejection.code === 'DEFINITION_VERSION_KNOWN' && latest) return { outcome: 'stored', decision: { ...latest, unchanged: true }, position: 0 };
  if (answer.outcome !== 'accepted' || !latest) return refusedBy(answer, id, fileName);
  return { outcome: 'stored', decision: { ...latest, unchanged: false }, position: answer.position };
}

function refusedBy(answer: Answer, name: string, fileName: string): Refused {
  const reason = answer.outcome === 'rejected' ? answer.rejection.message : 'the idempotency key was used for another deployment';
  return { outcome: 'refused', problems: [problem('DEPLOY_REFUSED', fileName, { name, reason })] };
}

type Stored = { readonly outcome: 'stored'; readonly process: DeployedProcess; readonly position: number };

async function deployProcess(process: ProcessGraph, fileName: string, content: Readonly<Record<string, string>>, meta: CommandMeta, { journal, registry, facts }: DeployDependencies): Promise<Stored | Refused> {
  let at = '';
  const answer = await journal.execute(`definition/${process.id}`, definitions, 'DeployProcess', meta, (state, now) => {
    at = now;
    return decideDefinition(process, state, { type: 'DeployProcess', fileName, content }, facts(now));
  });
  if (answer.outcome === 'accepted') registry.note({ events: answer.events, at, actor: { person: meta.actor.person } });
  const latest = registry.latest(process.id);
  if (answer.outcome === 'rejected' && answer.rejection.code === 'DEFINITION_VERSION_KNOWN' && latest) return { outcome: 'stored', process: { ...latest, unchanged: true }, position: 0 };
  if (answer.outcome !== 'accepted' || !latest) return refusedBy(answer, process.id, fileName);
  return { outcome: 'stored', process: { ...latest, unchanged: false }, position: answer.position };
}

/** Forms that stand in the model, as files of their own; the id the model gives them counts. */
function embedded(file: DeploymentFile, { processes }: Graph): DeploymentFile[] {
  return processes.flatMap(({ embeddedForms }) => Object.entries(embeddedForms)).map(([id, text]) => {
    const name = `${file.name}, form ${id}`;
    try {
      return { name, content: JSON.stringify({ ...JSON.parse(text) as object, id }) };
    } catch {
      return { name, content: text };
    }
  });
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
  const tag = typeof form === 'object' && form !== null && 'versionTag' in form && typeof form.versionTag === 'string' && form.versionTag !== '' ? form.versionTag : undefined;
  return [{ id, content: file.content, tag }];
}

/** The forms a process shows: ids, with `@` and the tag where a version tag is named. */
function formsOf({ nodes, startForm }: ProcessGraph): string[] {
  return [...[...nodes.values()].flatMap(({ userTask }) => userTask?.form ?? []), ...(startForm === undefined ? [] : [startForm])];
}

function missingForms(file: DeploymentFile, graph: Graph, forms: readonly Form[], before: Pick<DefinitionRegistry, 'taggedForm'>): FileProblem[] {
  const known = new Set(forms.flatMap(({ id, tag }) => (tag === undefined ? [id] : [id, boundKey(id, tag)])));
  return graph.processes.flatMap((process) => {
    const used = [...process.nodes.values()].map((node) => ({ form: node.userTask?.form, node }));
    const start = process.starts[0];
    if (process.startForm !== undefined && start) used.push({ form: process.startForm, node: start });
    return used
      .filter(({ form }) => form !== undefined && !form.includes('://') && !known.has(form) && before.taggedForm(form) === undefined)
      .map(({ form = '', node }) => problem('DEPLOY_FORM_MISSING', file.name, { form, element: node.id }, node.id, node.line));
  });
}

/** A template that a case chooses by FEEL is looked for when it is needed. */
function missingTemplates(file: DeploymentFile, graph: Graph, templates: InstalledTemplates | undefined): FileProblem[] {
  if (!templates) return [];
  return graph.processes.flatMap((process) => [...process.nodes.values()]).flatMap((node) => {
    if (node.job?.type.literal !== 'document-generate') return [];
    const { template = { source: '', literal: '' } } = node.job.headers;
    const missing = template.literal !== undefined && !templates.has(template.literal);
    return missing ? [problem('DEPLOY_TEMPLATE_MISSING', file.name, { template: template.literal, element: node.id }, node.id, node.line)] : [];
  });
}

function problem(code: keyof typeof DEPLOY_ERRORS, fileName: string, values: Readonly<Record<string, string>>, elementId = '', line = 0): FileProblem {
  const { message, hint } = DEPLOY_ERRORS[code];
  return { code, severity: 'error', elementId, line, message: fill(message, values), hint, clause: '', fileName };
}
