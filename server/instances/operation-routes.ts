/** The handlers of operations on cases by hand: contract joined to operations and migration. */
import type { InstanceAction } from '../../engine/index.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { activateAdHoc, migrateInstance, migrateInstances, modifyInstance, restartInstance, resumeInstance, suspendInstance } from '../http/contract/operations.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { CommandMeta, Runtime } from '../runtime/types.ts';
import type { Done } from './command-routes.ts';
import { locateCase } from './locate.ts';
import { migrateBatch, migrateCase, planOf } from './migrating.ts';
import type { MigrationNeeds } from './migrating.ts';
import { act, restart } from './operations.ts';
import type { CaseTables } from './projection.ts';

interface AtCase {
  readonly params: { readonly id: string };
}

export function operationRoutes(tables: CaseTables, runtime: Runtime, groupsOf: MigrationNeeds['groupsOf']): BoundRoute[] {
  const needs = { runtime, groupsOf };
  const locate = ({ params }: AtCase): Promise<CaseResource> => locateCase(tables, runtime, params.id);
  const carryOut = async (id: string, action: InstanceAction, meta: CommandMeta): Promise<Done> => {
    const { replayed, ...body } = await act(runtime, id, action, meta);
    return { status: 200, body, position: body.position, replayed };
  };
  return [
    bind(suspendInstance, ({ params, body, meta }) => carryOut(params.id, { type: 'SuspendInstance', reason: body.reason }, meta), locate),
    bind(resumeInstance, ({ params, body, meta }) => carryOut(params.id, { type: 'ResumeInstance', reason: body.reason }, meta), locate),
    bind(modifyInstance, ({ params, body: { cancel, skip, start, reason }, meta }) => {
      const activate = start.map(({ elementId, scope }) => ({ elementId, ...(scope !== undefined && { scope }) }));
      return carryOut(params.id, { type: 'ModifyInstance', cancel, skip, activate, reason }, meta);
    }, locate),
    bind(activateAdHoc, ({ params, body, meta }) => carryOut(params.id, { type: 'ActivateAdHoc', ...body }, meta), locate),
    bind(restartInstance, async ({ params, body, meta }) => {
      const { replayed, ...restarted } = await restart(runtime, params.id, body.reason, body.version, meta);
      return { status: 201, body: restarted, headers: { Location: `/api/v1/instances/${restarted.id}` }, position: restarted.position, replayed };
    }, locate),
    bind(migrateInstance, async ({ params: { id }, body: { version, mapping, dryRun, reason = '' }, meta }) => {
      const plan = await planOf(needs, id, version, mapping, meta);
      if (dryRun) return { status: 200, body: { id, dryRun, plan } };
      const { replayed, ...done } = await migrateCase(needs, id, version, mapping, reason, meta);
      return { status: 200, body: { ...done, dryRun, plan }, position: done.position, replayed };
    }, locate),
    bind(migrateInstances, async ({ params, body: { reason = '', ...asked }, meta }) => {
      const report = await migrateBatch(tables, needs, { ...asked, processId: params.processId, reason }, meta);
      return { status: 200, body: report, ...(report.position !== undefined && { position: report.position }) };
    }),
  ];
}
