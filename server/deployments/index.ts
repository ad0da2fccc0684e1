/** Deploying models and looking at what is deployed. */
import type { Problem } from '../../engine/index.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute, HttpModule } from '../http/contract/bind.ts';
import { getXml, listDefinitions, listVersions } from '../http/contract/definitions.ts';
import { deploy } from '../http/contract/deployments.ts';
import { failure, notFound } from '../http/contract/failure.ts';
import type { HttpFailure } from '../http/contract/failure.ts';
import type { DefinitionVersion, DeployedDecisionVersion, DeployedProcess, Runtime } from '../runtime/types.ts';

export function deploymentsModule(runtime: Pick<Runtime, 'deploy' | 'definitions'>): HttpModule {
  return { name: 'deployments', routes: [deployRoute(runtime), ...definitionRoutes(runtime)] };
}

function deployRoute(runtime: Pick<Runtime, 'deploy'>): BoundRoute {
  return bind(deploy, async ({ query, body, meta }) => {
    const dryRun = query.dryRun === 'true';
    const answer = await runtime.deploy(body.files, meta, dryRun);
    if (answer.outcome === 'refused') throw modelRefused(answer.problems);
    const { processes, decisions, warnings, position } = answer;
    if (dryRun) return { status: 200, body: { dryRun, warnings } };
    return { status: 201, body: { processes: processes.map(deployedBody), decisions: decisions.map(decisionBody), warnings, position }, position };
  });
}

/** 422 with every finding, the errors counted. */
function modelRefused(problems: readonly (Problem & { readonly fileName: string })[]): HttpFailure {
  return failure('HTTP_MODEL_REFUSED', { count: problems.filter((problem) => problem.severity === 'error').length }, { problems });
}

function definitionRoutes({ definitions }: Pick<Runtime, 'definitions'>): BoundRoute[] {
  return [
    bind(listDefinitions, async () => ({ status: 200, body: { items: (await definitions.procedures()).map(definitionBody) } })),
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

function definitionBody({ processId, version, name, versionTag, hash, fileName, forms, decisions, deployedAt, deployedBy }: DefinitionVersion): Omit<DefinitionVersion, 'forms' | 'decisions'> & { readonly forms: readonly string[]; readonly decisions: readonly string[] } {
  return { processId, version, name, ...(versionTag === undefined ? {} : { versionTag }), hash, fileName, forms: Object.keys(forms), decisions: Object.keys(decisions), deployedAt, deployedBy };
}

function decisionBody({ imports: _imports, ...body }: DeployedDecisionVersion): Omit<DeployedDecisionVersion, 'imports'> {
  return body;
}

function deployedBody(deployed: DeployedProcess): ReturnType<typeof definitionBody> & { readonly unchanged: boolean } {
  return { ...definitionBody(deployed), unchanged: deployed.unchanged };
}
