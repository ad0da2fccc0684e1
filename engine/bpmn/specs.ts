/** What the activities of a process do (BPMN 2.0.2, 10.3): the values of their extension elements, checked and compiled. */
import { parseDuration } from '../time/duration.ts';
import { parseInstant } from '../time/instant.ts';
import { bindingOf, boundKey, certainVersion, NO_BINDING } from './binding-specs.ts';
import type { Report } from './expressions.ts';
import { feelOf, shorten, valueOf } from './expressions.ts';
import type { AttachmentSpec, CalledDecision, Expression, FlowNode, JobSpec, Mapping, OutcomeSpec, ProcedureSpec, ProcessGraph, SignatureSpec, UserTaskSpec } from './graph.ts';
import type { ModelNode } from './model.ts';
import { deemedOf } from './outcomes.ts';
import { rolesOf } from './role-specs.ts';
import { extension, extensionsOf, idsIn } from './tree.ts';
import type { Element, Extension } from './tree.ts';

const NO_MAPPINGS: readonly Mapping[] = [];
const EMPTY: Expression = { source: '', literal: '' };
const TARGET = /^[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u;
const BREACHES = ['notify', 'escalate', 'reassign', 'deem'] as const;
/** How a form key names a form of the same file. */
const EMBEDDED = /^camunda-forms:bpmn:/;
const KINDS = new Set(['approve', 'return', 'refuse', 'forward']);

/** zeebe:input or zeebe:output of a node. Refuses with BPMN_MAPPING_INCOMPLETE, BPMN_MAPPING_TARGET. */
export function mappings(node: ModelNode, kind: 'input' | 'output', report: Report): readonly Mapping[] {
  const io = extension(node.element, 'zeebe:IoMapping');
  const written = kind === 'input' ? io?.inputParameters : io?.outputParameters;
  if (written === undefined) return NO_MAPPINGS;
  const result: Mapping[] = [];
  for (const mapping of written) {
    const target = mapping.target?.trim() ?? '';
    const source = valueOf(mapping.source, `the source of ${kind} ${target}`, node, report);
    if (target === '') report('BPMN_MAPPING_INCOMPLETE', node, { kind, missing: 'target' });
    else if (!TARGET.test(target)) report('BPMN_MAPPING_TARGET', node, { kind, value: target });
    else if (source !== undefined) result.push({ source, target });
    else if ((mapping.source ?? '').trim() === '') report('BPMN_MAPPING_INCOMPLETE', node, { kind, missing: 'source' });
  }
  return result;
}

/** zeebe:taskDefinition and zeebe:taskHeaders, or the operation of a service interface. Refuses with BPMN_JOB_TYPE_MISSING, BPMN_JOB_RETRIES_INVALID, BPMN_RETRY_INVALID, BPMN_PRIORITY_INVALID. */
export function jobOf(node: ModelNode, report: Report): JobSpec | undefined {
  const job = workOf(node, report);
  const backoff = backoffOf(node, report);
  if (job === undefined) return undefined;
  const priority = jobPriorityOf(node, report);
  return backoff === undefined && priority === undefined ? job : { ...job, ...(backoff !== undefined && { backoff }), ...(priority !== undefined && { priority }) };
}

/** The element's own, else that of its process. */
function jobPriorityOf(node: ModelNode, report: Report): Expression | undefined {
  for (let at: Element | undefined = node.element; at !== undefined; at = at.$parent) {
    if (at !== node.element && at.$type !== 'bpmn:Process') continue;
    const written = extension(at, 'zeebe:JobPriorityDefinition');
    if (written !== undefined) return priorityIn(written.priority, 'the priority of the job', node, report);
  }
  return undefined;
}

/** A priority as it is written; whoever computes it is checked when it is evaluated. Refuses with BPMN_PRIORITY_INVALID. */
function priorityIn(text: string | undefined, what: string, node: ModelNode, report: Report): Expression | undefined {
  const priority = valueOf(text, what, node, report);
  if (priority?.literal !== undefined && (!/^\d{1,3}$/.test(priority.literal) || Number(priority.literal) > 100)) report('BPMN_PRIORITY_INVALID', node, { value: shorten(priority.literal) });
  return priority;
}

/** gov:retry of a job. Refuses with BPMN_RETRY_INVALID. */
function backoffOf(node: ModelNode, report: Report): string | undefined {
  const written = extension(node.element, 'gov:Retry');
  if (written === undefined) return undefined;
  const backoff = written.backoff?.trim() ?? '';
  const duration = parseDuration(backoff);
  if (duration !== undefined && duration.workingDays === undefined && !backoff.startsWith('-')) return backoff;
  report('BPMN_RETRY_INVALID', node, { value: backoff === '' ? 'empty' : shorten(backoff) });
  return undefined;
}

function workOf(node: ModelNode, report: Report): JobSpec | undefined {
  const definition = extension(node.element, 'zeebe:TaskDefinition');
  if (definition === undefined) return operationJobOf(node);
  if ((definition.type ?? '').trim() === '') report('BPMN_JOB_TYPE_MISSING', node);
  const type = valueOf(definition.type, 'the job type', node, report);
  const retries = valueOf(definition.retries, 'retries', node, report);
  if (retries?.literal !== undefined && (!/^\d{1,4}$/.test(retries.literal) || Number(retries.literal) > 1000)) {
    report('BPMN_JOB_RETRIES_INVALID', node, { value: shorten(retries.literal) });
  }
  if (type === undefined) return undefined;
  // fromEntries defines own properties, so that a header may have any name.
  const headers = (extension(node.element, 'zeebe:TaskHeaders')?.values as readonly Extension[] | undefined) ?? [];
  const written = headers.map((header) => [header.key ?? '', valueOf(header.value, `the header ${header.key ?? ''}`, node, report) ?? EMPTY] as const);
  return { type, retries, headers: Object.fromEntries([...documentHeaders(node, report), ...written]) };
}

/** BPMN 2.0.2, 8.4.3 and 13.3.3: a service or send task invokes its operation; the job type is the name of the operation, and headers tell of which interface. */
function operationJobOf({ type, element }: ModelNode): JobSpec | undefined {
  const { operationRef, implementation } = element;
  if (operationRef === undefined || (type !== 'serviceTask' && type !== 'sendTask')) return undefined;
  const literal = (text: string): Expression => ({ source: text, literal: text });
  const operation = nameOf(operationRef);
  const owner = operationRef.$parent;
  return {
    type: literal(operation), retries: undefined,
    headers: {
      operation: literal(operation),
      ...(owner?.$type === 'bpmn:Interface' && { interface: literal(nameOf(owner)) }),
      ...(implementation !== undefined && { implementation: literal(implementation) }),
    },
  };
}

function nameOf({ name, id }: Element): string {
  return name?.trim() || (id ?? '');
}

const DOCUMENT_ATTRIBUTES = ['template', 'output', 'registry', 'classification'] as const;

/** gov:document reaches the worker as headers; zeebe:taskHeaders of the same name win. */
function documentHeaders(node: ModelNode, report: Report): (readonly [string, Expression])[] {
  const document = extension(node.element, 'gov:Document');
  if (document === undefined) return [];
  return DOCUMENT_ATTRIBUTES.flatMap((name) => {
    const written = document[name];
    if (written === undefined) return [];
    const value = valueOf(written, `the attribute ${name} of gov:document`, node, report);
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** zeebe:script of a script task. Refuses with BPMN_SCRIPT_MISSING, BPMN_SCRIPT_INCOMPLETE. */
export function scriptOf(node: ModelNode, report: Report): FlowNode['script'] {
  const script = extension(node.element, 'zeebe:Script');
  if (script === undefined) {
    // A script in another place or language is refused as such.
    if (extension(node.element, 'zeebe:TaskDefinition') === undefined && node.element.script === undefined) report('BPMN_SCRIPT_MISSING', node);
    return undefined;
  }
  if (extension(node.element, 'zeebe:TaskDefinition') !== undefined) report('BPMN_SCRIPT_AND_JOB', node);
  const resultVariable = script.resultVariable?.trim() ?? '';
  if (resultVariable === '') report('BPMN_SCRIPT_INCOMPLETE', node, { missing: 'resultVariable' });
  else if (!TARGET.test(resultVariable) || resultVariable.includes('.')) report('BPMN_VARIABLE_NAME', node, { value: resultVariable });
  if ((script.expression ?? '').trim() === '') {
    report('BPMN_SCRIPT_INCOMPLETE', node, { missing: 'expression' });
    return undefined;
  }
  const expression = feelOf(script.expression ?? '', 'the script', node, report);
  return expression === undefined ? undefined : { expression, resultVariable };
}

/** zeebe:calledDecision of a business rule task. Refuses with BPMN_RULE_NOTHING, BPMN_RULE_BOTH, BPMN_DECISION_INCOMPLETE, BPMN_VARIABLE_NAME, BPMN_BINDING_INVALID. */
export function decisionOf(node: ModelNode, report: Report): CalledDecision | undefined {
  const called = extension(node.element, 'zeebe:CalledDecision');
  const byJob = extension(node.element, 'zeebe:TaskDefinition') !== undefined;
  if (called === undefined) {
    if (!byJob) report('BPMN_RULE_NOTHING', node);
    return undefined;
  }
  if (byJob) report('BPMN_RULE_BOTH', node);
  const resultVariable = called.resultVariable?.trim() ?? '';
  if (resultVariable === '') report('BPMN_DECISION_INCOMPLETE', node, { missing: 'resultVariable' });
  else if (!TARGET.test(resultVariable) || resultVariable.includes('.')) report('BPMN_VARIABLE_NAME', node, { value: resultVariable });
  if ((called.decisionId ?? '').trim() === '') report('BPMN_DECISION_INCOMPLETE', node, { missing: 'decisionId' });
  const decisionId = valueOf(called.decisionId, 'decisionId', node, report);
  return decisionId === undefined ? undefined : { decisionId, resultVariable, ...bindingOf(called, node, report) };
}

/** What a call activity calls: zeebe:calledElement, else the attribute calledElement. Refuses with BPMN_CALLED_ELEMENT_MISSING, BPMN_CALLED_ELEMENT_OTHER, BPMN_BINDING_INVALID. */
export function callOf(node: ModelNode, report: Report): FlowNode['call'] {
  const called = extension(node.element, 'zeebe:CalledElement');
  const extended = called?.processId ?? (called?.processIdExpression === undefined ? '' : `=${called.processIdExpression.replace(/^\s*=/, '')}`);
  const plain = calledElementOf(node);
  if (extended.trim() === '' && plain === undefined) {
    const { calledElement } = node.element;
    report('BPMN_CALLED_ELEMENT_MISSING', node, { found: calledElement === undefined ? 'has neither calledElement nor zeebe:calledElement with a processId' : `names ${shorten(calledElement)}, which is no id` });
    return undefined;
  }
  const written = extended.trim() === '' ? (plain ?? '') : extended;
  if (plain !== undefined && written !== plain) report('BPMN_CALLED_ELEMENT_OTHER', node, { plain, written: shorten(written) });
  const processId = valueOf(written, 'processId', node, report);
  if (processId === undefined) return undefined;
  if (called === undefined) {
    // 10.3.6: the callable element of this file, as it stands in it; what another file holds is known by its id alone.
    const here = node.scope.process.together.some(({ id, executed }) => executed && id === plain);
    const version = certainVersion(extension(node.element, 'gov:Binding'), NO_BINDING, node, report);
    return { processId, businessId: undefined, binding: here && version === undefined ? 'deployment' : 'latest', version, propagateAllParentVariables: true, propagateAllChildVariables: true };
  }
  return { processId, businessId: valueOf(called.businessId, 'businessId', node, report), ...bindingOf(called, node, report), version: certainVersion(extension(node.element, 'gov:Binding'), called, node, report), propagateAllParentVariables: called.propagateAllParentVariables !== false, propagateAllChildVariables: called.propagateAllChildVariables ?? true };
}

/** The local part of the attribute calledElement, an xsd:QName; undefined when it is none. */
function calledElementOf({ element: { calledElement } }: ModelNode): string | undefined {
  return /^(?:[\p{L}_][\p{L}\p{N}._-]*:)?([\p{L}_][\p{L}\p{N}._-]*)$/u.exec(calledElement?.trim() ?? '')?.[1];
}

/** A user task, or a manual task whose end somebody confirms (zeebe:userTask). */
export function isForPeople({ type, element }: ModelNode): boolean {
  return type === 'userTask' || (type === 'manualTask' && extension(element, 'zeebe:UserTask') !== undefined);
}

/** Everything that makes a user task. Refuses with the codes of its parts. */
export function userTaskOf(node: ModelNode, report: Report): UserTaskSpec {
  const { element } = node;
  const assignment = extension(element, 'zeebe:AssignmentDefinition');
  const roles = element.resources === undefined ? undefined : rolesOf(node, report);
  const schedule = extension(element, 'zeebe:TaskSchedule');
  const value = (text: string | undefined, property: string): ReturnType<typeof valueOf> => valueOf(text, property, node, report);
  const priority = priorityIn(extension(element, 'zeebe:PriorityDefinition')?.priority, 'the priority', node, report);
  const dueDate = value(schedule?.dueDate, 'dueDate');
  const followUpDate = value(schedule?.followUpDate, 'followUpDate');
  for (const [property, date] of [['dueDate', dueDate], ['followUpDate', followUpDate]] as const) {
    if (date?.literal !== undefined && parseInstant(date.literal, 'UTC') === undefined) report('BPMN_DATE_INVALID', node, { property, value: shorten(date.literal) });
  }
  const signature = signatureOf(node, report);
  const outcomes = outcomesOf(node, signature, report);
  return {
    assignee: value(assignment?.assignee, 'assignee') ?? roles?.assignee,
    candidateGroups: value(assignment?.candidateGroups, 'candidateGroups') ?? roles?.candidateGroups,
    candidateUsers: value(assignment?.candidateUsers, 'candidateUsers') ?? roles?.candidateUsers,
    dueDate,
    followUpDate,
    priority,
    form: formOf(node, report),
    outcomes,
    sla: slaOf(node, outcomes, report),
    fourEyes: extension(element, 'gov:Separation')?.fourEyes === true,
    notSameAs: separationOf(node, report),
    signature,
  };
}

/** zeebe:formDefinition of a user task or start event. Refuses with BPMN_FORM_MISSING, BPMN_BINDING_INVALID. */
export function formOf(node: ModelNode, report: Report): string | undefined {
  const definition = extension(node.element, 'zeebe:FormDefinition');
  if (definition === undefined) return undefined;
  const form = [definition.formId, definition.externalReference, definition.formKey?.replace(EMBEDDED, '')].find((text) => text !== undefined && text.trim() !== '');
  if (form === undefined) report('BPMN_FORM_MISSING', node);
  const { versionTag } = bindingOf(definition, node, report);
  return form === undefined ? undefined : boundKey(form.trim(), versionTag);
}

/** The forms that stand in the process itself. */
export function embeddedFormsOf(process: Element): ProcessGraph['embeddedForms'] {
  return Object.fromEntries(extensionsOf(process).flatMap(({ $type, id, body }) => ($type === 'zeebe:UserTaskForm' && id !== undefined ? [[id, body ?? '']] : [])));
}

/** gov:signature of a user task. Refuses with BPMN_SIGNATURE_INCOMPLETE, BPMN_SIGNATURE_LEVEL. */
function signatureOf(node: ModelNode, report: Report): SignatureSpec | undefined {
  const signature = extension(node.element, 'gov:Signature');
  if (signature === undefined) return undefined;
  const document = signature.document?.trim() ?? '';
  const level = signature.level ?? 'S2';
  if (!TARGET.test(document) || document.includes('.')) report('BPMN_SIGNATURE_INCOMPLETE', node, { value: shorten(document) });
  if (level !== 'S2' && level !== 'S3') report('BPMN_SIGNATURE_LEVEL', node, { value: shorten(level) });
  return { level: level === 'S3' ? 'S3' : 'S2', document, reason: signature.reason ?? '' };
}

/** gov:attachments of a user task or start event. Refuses with BPMN_ATTACHMENT_KIND, BPMN_ATTACHMENT_SIZE. */
export function attachmentsOf(node: ModelNode, report: Report): readonly AttachmentSpec[] {
  const written = (extension(node.element, 'gov:Attachments')?.values as readonly Extension[] | undefined) ?? [];
  return written.map((attachment) => {
    const kind = attachment.kind?.trim() ?? '';
    if (kind === '' || written.filter((other) => other.kind?.trim() === kind).length > 1) report('BPMN_ATTACHMENT_KIND', node, { value: kind === '' ? 'empty' : shorten(kind) });
    const maxBytes = attachment.maxSize === undefined ? undefined : bytesOf(attachment.maxSize);
    if (Number.isNaN(maxBytes)) report('BPMN_ATTACHMENT_SIZE', node, { value: shorten(attachment.maxSize ?? '') });
    return { kind, required: attachment.required === true, accept: attachment.accept, maxBytes };
  });
}

/** `20MB`, `500 KB` or a number of bytes; NaN for anything else. */
function bytesOf(text: string): number {
  const found = /^(\d{1,9})\s*(B|KB|MB)?$/i.exec(text.trim());
  if (found === null) return Number.NaN;
  return Number(found[1]) * ({ KB: 1_024, MB: 1_048_576 }[found[2]?.toUpperCase() ?? ''] ?? 1);
}

/** gov:procedure of a process. */
export function procedureOf(process: Element): ProcedureSpec | undefined {
  const procedure = extension(process, 'gov:Procedure');
  if (procedure === undefined) return undefined;
  const { fileSeries, recordClass, retention, legalBasis, publicName } = procedure;
  return { fileSeries, recordClass, retention, legalBasis, publicName };
}

function outcomesOf(node: ModelNode, signature: SignatureSpec | undefined, report: Report): readonly OutcomeSpec[] {
  const outcomes: OutcomeSpec[] = [];
  const known = new Set<string>();
  for (const outcome of (extension(node.element, 'gov:Outcomes')?.values as readonly Extension[] | undefined) ?? []) {
    const value = outcome.value?.trim() ?? '';
    if (value === '') report('BPMN_OUTCOME_INCOMPLETE', node);
    else if (known.has(value)) report('BPMN_OUTCOME_TWICE', node, { value });
    if (outcome.kind !== undefined && !KINDS.has(outcome.kind)) report('BPMN_OUTCOME_KIND', node, { value, kind: outcome.kind });
    known.add(value);
    if (outcome.requiresSignature === true && signature === undefined) report('BPMN_SIGNATURE_INCOMPLETE', node, { value: 'nothing' });
    outcomes.push({ value, label: outcome.label ?? value, kind: outcome.kind ?? 'forward', requiresComment: outcome.requiresComment === true, requiresSignature: outcome.requiresSignature === true });
  }
  return signature === undefined || outcomes.some(({ requiresSignature }) => requiresSignature) ? outcomes : asSigned(outcomes);
}

/** Without a word on which outcome is signed: those that approve, or, where none does, all of them. */
function asSigned(outcomes: readonly OutcomeSpec[]): readonly OutcomeSpec[] {
  const approves = outcomes.some(({ kind }) => kind === 'approve');
  return outcomes.map((outcome) => ({ ...outcome, requiresSignature: !approves || outcome.kind === 'approve' }));
}

function slaOf(node: ModelNode, outcomes: readonly OutcomeSpec[], report: Report): UserTaskSpec['sla'] {
  const sla = extension(node.element, 'gov:Sla');
  if (sla === undefined) return undefined;
  const due = sla.due?.trim() ?? '';
  const isTime = (text: string): boolean => parseDuration(text) !== undefined && !text.startsWith('-');
  if (!isTime(due)) report('BPMN_SLA_INVALID', node, { value: due === '' ? 'empty' : shorten(due) });
  const warnAt = sla.warnAt?.trim();
  const onBreach = BREACHES.find((breach) => breach === sla.onBreach?.trim());
  const escalateTo = valueOf(sla.escalateTo, 'escalateTo', node, report);
  const refuse = (reason: string): void => { report('BPMN_SLA_BREACH', node, { reason }); };
  if (warnAt !== undefined && !isTime(warnAt)) refuse(`warnAt is ${warnAt === '' ? 'empty' : shorten(warnAt)} and no duration such as P3D or P3BD`);
  if (sla.onBreach !== undefined && onBreach === undefined) refuse(`onBreach is ${shorten(sla.onBreach)} and none of ${BREACHES.join(', ')}`);
  if (onBreach === 'reassign' && escalateTo === undefined) refuse('onBreach is reassign and escalateTo names nobody');
  if (escalateTo !== undefined && (onBreach === undefined || onBreach === 'deem')) refuse('escalateTo names somebody and onBreach tells them nothing');
  const deemed = onBreach === 'deem' ? deemedOf(outcomes) : undefined;
  if (deemed?.requiresSignature === true) refuse(`the outcome ${deemed.value} it would be deemed to have is signed by a person`);
  return { due, calendar: sla.calendar, ...(warnAt !== undefined && { warnAt }), ...(onBreach !== undefined && { onBreach }), ...(escalateTo !== undefined && { escalateTo }) };
}

/** What notSameAs can name: a task, what holds tasks, and the start of the case. */
const DONE_BY_PEOPLE: ReadonlySet<string> = new Set(['userTask', 'subProcess', 'transaction', 'adHocSubProcess', 'callActivity', 'startEvent']);

function separationOf(node: ModelNode, report: Report): readonly string[] {
  const ids = extensionsOf(node.element).flatMap((candidate) => (candidate.$type === 'gov:Separation' ? idsIn(candidate.notSameAs) : []));
  for (const id of ids) {
    const { process } = node.scope;
    const other = process.byId.get(id) ?? process.together.find(({ byId }) => byId.has(id))?.byId.get(id);
    if (other === undefined || other === node || !(isForPeople(other) || DONE_BY_PEOPLE.has(other.type))) report('BPMN_SEPARATION_UNKNOWN', node, { value: id });
  }
  return ids;
}
