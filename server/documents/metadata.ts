/**
 * The metadata of a document as a record: a small profile of DCMI terms and ISO 23081-1, embedded in the file as metadata.json.
 * Signatures are not in it, as it cannot know later ones; format and renderer are added by the renderer.
 */
import type { Json, ProcessGraph } from '../../engine/index.ts';
import type { Job } from '../ports/job-handler.ts';
import type { Template } from './templates.ts';

export const PROFILE = 'urn:piton:document:1';

export interface RecordFacts {
  readonly job: Job;
  readonly documentId: string;
  readonly number: string | undefined;
  readonly title: string;
  readonly language: string;
  readonly classification: string;
  /** Day of issue, `YYYY-MM-DD`. */
  readonly date: string;
  readonly agency: { readonly id: string; readonly name: string };
  readonly template: Template;
  readonly dataSha256: string;
  /** Of the BPMN file of this version. */
  readonly definitionSha256: string;
  readonly procedure: ProcessGraph['procedure'];
}

/** Mandatory fields first; a field whose value is not known is left out. */
export function metadataOf(facts: RecordFacts): Readonly<Record<string, Json>> {
  const { job, template, procedure, agency } = facts;
  return {
    profile: PROFILE,
    recordId: facts.documentId,
    ...(facts.number !== undefined && { documentNumber: facts.number }),
    documentType: template.name,
    title: facts.title,
    language: facts.language,
    creator: { orgId: agency.id, orgName: agency.name },
    issued: facts.date,
    classification: { level: facts.classification },
    caseId: job.stream,
    conversationId: job.conversation,
    processDefinition: { key: job.processId, version: job.version, sha256: facts.definitionSha256 },
    activityId: job.elementId,
    ...(procedure?.legalBasis !== undefined && { mandate: procedure.legalBasis }),
    ...(procedure && { retention: retentionOf(procedure) }),
    template: { id: template.name, title: template.title, sha256: template.sha256 },
    dataSha256: facts.dataSha256,
  };
}

function retentionOf({ fileSeries, recordClass, retention }: NonNullable<ProcessGraph['procedure']>): Readonly<Record<string, Json>> {
  return {
    ...(fileSeries !== undefined && { fileSeries }),
    ...(recordClass !== undefined && { scheduleCode: recordClass }),
    ...(retention !== undefined && { rule: retention }),
  };
}
