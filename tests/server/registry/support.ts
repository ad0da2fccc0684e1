/** A registry on a runtime in memory, with a process that registers and files. */
import { createRegistry, REGISTRY_PRIVATE_FIELDS } from '../../../server/registry/index.ts';
import type { Registry } from '../../../server/registry/index.ts';
import type { DocumentRef } from '../../../server/ports/documents.ts';
import type { Job } from '../../../server/ports/job-handler.ts';
import type { EmbeddedRuntime } from '../../../server/runtime/runtime.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { VirtualTime } from '../../contracts/virtual-time.ts';
import { startRuntime } from '../runtime/support.ts';
import type { TestRuntime, TestRuntimeOptions } from '../runtime/support.ts';

export const ZONE = 'America/St_Lucia';

export interface RegistryRig extends TestRuntime {
  readonly registry: Registry;
  /** Puts a document into the blob store and answers what a variable holds of it. */
  document(title: string, change?: Partial<DocumentRef>): Promise<DocumentRef>;
}

export async function startRegistry(options: TestRuntimeOptions = {}): Promise<RegistryRig> {
  const projections = options.projections ?? createSqliteProjections(':memory:');
  const time = options.time ?? new VirtualTime();
  const late: { runtime?: EmbeddedRuntime; has?: (sha256: string) => Promise<boolean> } = {};
  const registry = createRegistry({
    projections, runtime: () => late.runtime!, blobs: { has: (sha256) => late.has!(sha256) }, agencies: { agencyOf: (unit) => (unit.startsWith('finance') ? 'ministry-of-finance' : 'ministry') }, clock: time.clock, zone: ZONE,
  });
  const rig = await startRuntime({ ...options, projections, time, readers: [registry.projection], handlers: registry.handlers, privateFields: REGISTRY_PRIVATE_FIELDS });
  late.runtime = rig.runtime;
  late.has = (sha256) => rig.blobs.has(sha256);
  return {
    ...rig, registry,
    async document(title, change = {}) {
      const content = Buffer.from(`content of ${title}`);
      const sha256 = await rig.blobs.put(content);
      return { documentId: `d-${title.replaceAll(/\W/g, '-')}`, title, fileName: `${title}.pdf`, mediaType: 'application/pdf', bytes: content.length, sha256, state: 'received', ...change };
    },
  };
}

export function job(headers: Readonly<Record<string, string>>, change: Partial<Job> = {}): Job {
  return { key: 'case/7', stream: 'case', elementId: 'register', processId: 'letters', version: 1, conversation: 'case', agency: 'ministry', headers, variables: {}, ...change };
}

/** A process that registers the letter and files it; `procedure`: attributes of gov:procedure. */
export function lettersProcess(procedure = 'fileSeries="ADM/4" recordClass="Correspondence: routine" retention="P5Y"'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" id="d" targetNamespace="urn:t">
  <bpmn:collaboration id="c"><bpmn:participant id="pool" name="Ministry" processRef="letters"><bpmn:extensionElements><zeebe:properties><zeebe:property name="group" value="ministry" /></zeebe:properties></bpmn:extensionElements></bpmn:participant></bpmn:collaboration>
  <bpmn:process id="letters" isExecutable="true">
    <bpmn:extensionElements><gov:procedure ${procedure} /></bpmn:extensionElements>
    <bpmn:startEvent id="start" />
    <bpmn:serviceTask id="register"><bpmn:extensionElements>
      <zeebe:taskDefinition type="record-register" />
      <zeebe:taskHeaders><zeebe:header key="registry" value="PS-IN" /><zeebe:header key="from" value="=sender" /><zeebe:header key="subject" value="=subject" /></zeebe:taskHeaders>
    </bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:serviceTask id="put-away"><bpmn:extensionElements>
      <zeebe:taskDefinition type="record-file" />
      <zeebe:taskHeaders><zeebe:header key="documents" value="letter,attachments" /><zeebe:header key="fileNumber" value="=fileNumber" /><zeebe:header key="title" value="=subject" /></zeebe:taskHeaders>
    </bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:boundaryEvent id="no-such-file" attachedToRef="put-away"><bpmn:errorEventDefinition id="e" errorRef="unknown" /></bpmn:boundaryEvent>
    <bpmn:endEvent id="filed" /><bpmn:endEvent id="not-filed" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="register" /><bpmn:sequenceFlow id="f2" sourceRef="register" targetRef="put-away" />
    <bpmn:sequenceFlow id="f3" sourceRef="put-away" targetRef="filed" /><bpmn:sequenceFlow id="f4" sourceRef="no-such-file" targetRef="not-filed" />
  </bpmn:process>
  <bpmn:error id="unknown" errorCode="FILE_UNKNOWN" />
</bpmn:definitions>`;
}
