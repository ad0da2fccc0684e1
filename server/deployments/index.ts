/** Deploying models and looking at what is deployed. */
import type { Graph, Problem } from '../../engine/index.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute, HttpModule } from '../http/contract/bind.ts';
import { getXml, listDefinitions, listVersions } from '../http/contract/definitions.ts';
import { deploy } from '../http/contract/deployments.ts';
import { failure, notFound } from '../http/contract/failure.ts';
import type { HttpFailure } from '../http/contract/failure.ts';
import type { DefinitionVersion, DeployedProcess, DeploymentFile, Runtime } from '../runtime/types.ts';

/** The engine's compiler, for a dry run. */
export type Compile = (xml: string) => Promise<Graph | readonly Problem[]>;

type FileProblem = Problem & { readonly fileName: string };

export function deploymentsModule(runtime: Pick<Runtime, 'deploy' | 'definitions'>, compile: Compile): HttpModule {
  return { name: 'deployments', routes: [deployRoute(runtime, compile), ...definitionRoutes(runtime)] };
}

function deployRoute(runtime: Pick<Runtime, 'deploy'>, compile: Compile): BoundRoute {
  return bind(deploy, async ({ query, body, meta }) => {
    if (query.dryRun === 'true') return { status: 200, body: await rehearse(body.files, compile) };
    const answer = await runtime.deploy(body.files, meta);
    if (answer.outcome === 'refused') throw modelRefused(answer.problems);
    const { processes, warnings, position } = answer;
    return { status: 201, body: { processes: processes.map(deployedBody), warnings, position }, position };
  });
}

interface Rehearsal {
  readonly dryRun: true;
  readonly processes: readonly { readonly processId: string; readonly name: string; readonly fileName: string }[];
  readonly warnings: readonly FileProblem[];
}

async function rehearse(files: readonly DeploymentFile[], compile: Compile): Promise<Rehearsal> {
  const processes: { readonly processId: string; readonly name: string; readonly fileName: string }[] = [];
  const warnings: FileProblem[] = [];
  const problems: FileProblem[] = [];
  for (const { name: fileName, content } of files.filter((file) => file.name.endsWith('.bpmn'))) {
    const compiled = await compile(content);
    if (!('processes' in compiled)) { problems.push(...compiled.map((problem) => ({ ...problem, fileName }))); continue; }
    processes.push(...compiled.processes.map(({ id, name }) => ({ processId: id, name, fileName })));
    warnings.push(...compiled.warnings.map((problem) => ({ ...problem, fileName })));
  }
  if (problems.length > 0) throw modelRefused(problems);
  return { dryRun: true, processes, warnings };
}

function modelRefused(problems: readonly FileProblem[]): HttpFailure {
  return failure('HTTP_MODEL_REFUSED', { count: problems.filter((problem) => problem.severity === 'error').length }, { problems });
}

function definitionRoutes({ definitions }: Pick<Runtime, 'definitions'>): BoundRoute[] {
  return [
    bind(listDefinitions, async () => ({ status: 200, body: { items: definitions.list().map(definitionBody) } })),
    bind(listVersions, async ({ params }) => {
      const versions = definitions.versions(params.processId);
      if (versions.length === 0) throw notFound(`process ${params.processId}`);
      return { status: 200, body: { items: [...versions].sort((left, right) => right.version - left.version).map(definitionBody) } };
    }),
    bind(getXml, async ({ params: { processId, version } }) => {
      const definition = definitions.version(processId, version);
      if (definition === undefined) throw notFound(`version ${version} of process ${processId}`);
      return { status: 200, body: await definitions.xml(processId, version), etag: definition.hash };
    }),
  ];
}

function definitionBody({ processId, version, name, versionTag, hash, fileName, forms, deployedAt, deployedBy }: DefinitionVersion): Omit<DefinitionVersion, 'forms'> & { readonly forms: readonly string[] } {
  return { processId, version, name, ...(versionTag === undefined ? {} : { versionTag }), hash, fileName, forms: Object.keys(forms), deployedAt, deployedBy };
}

function deployedBody(deployed: DeployedProcess): ReturnType<typeof definitionBody> & { readonly unchanged: boolean } {
  return { ...definitionBody(deployed), unchanged: deployed.unchanged };
}
