/** The sections of what is done without a person: service and send tasks, scripts, calls, and the data that goes in and out of a step. */
import { setExtension, setList } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import { elementOf, extensionOf, listOf, textOf } from '../model/moddle.ts';
import { correlationKeyOf, namesOfRoots, setCorrelationKey, setMessage } from '../model/references.ts';
import type { ModdleElement } from '../model/moddle.ts';
import { bindingChoices, bindingFields, bindTo } from './binding.ts';
import { asFeel } from './feel.ts';
import { choicesOf } from './fields.ts';
import type { Field, Row, Section, Subject } from './fields.ts';

const HEADERS = { type: 'zeebe:TaskHeaders', list: 'values', entry: 'zeebe:Header' };
const JOB_TYPES = [
  { value: 'document-generate', label: 'Make a document from a template' }, { value: 'document-seal', label: 'Seal a document for the agency' },
  { value: 'record-register', label: 'Take a registration number' }, { value: 'record-file', label: 'File documents' },
  { value: 'exchange-dispatch', label: 'Send documents to another agency' }, { value: 'exchange-accept', label: 'Accept documents from another agency' }, { value: 'notify', label: 'Send a notice' },
];
const CLASSES = ['', 'open', 'internal', 'restricted', 'confidential', 'secret'].map((value) => ({ value, label: value === '' ? 'Not said' : value }));

export function jobSections(subject: Subject): Section[] {
  const service = subject.element.$type === 'bpmn:ServiceTask';
  const isDocument = service && (extensionOf(subject.element, 'gov:Document') !== undefined || textOf(extensionOf(subject.element, 'zeebe:TaskDefinition'), 'type').startsWith('document-'));
  return [
    { key: 'job', title: 'Work', fields: jobFields(subject) },
    ...(service ? [{ key: 'document', title: 'Document', closed: !isDocument, fields: documentFields(subject) }] : []),
  ];
}

/** zeebe:taskDefinition and its headers. */
export function jobFields({ element, moddle }: Subject): Field[] {
  const definition = extensionOf(element, 'zeebe:TaskDefinition');
  const set = (name: string) => (value: string): Edit => setExtension(moddle, element, 'zeebe:TaskDefinition', { [name]: value.trim() });
  const rows = listOf(extensionOf(element, 'zeebe:TaskHeaders'), 'values').map((header): Row => ({ key: textOf(header, 'key'), value: textOf(header, 'value') }));
  return [
    { kind: 'text', key: 'job-type', label: 'Job type', hint: 'What is done: one of the known kinds of work, or the name a worker of your own listens to.', value: textOf(definition, 'type'), feel: 'maybe', codes: ['BPMN_JOB_TYPE_MISSING', 'BPMN_SCRIPT_AND_JOB', 'BPMN_RULE_NOTHING'], suggestions: JOB_TYPES, write: set('type') },
    { kind: 'text', key: 'retries', label: 'Retries', hint: 'How often it is tried again before somebody has to look; 3 when nothing is said.', value: textOf(definition, 'retries'), feel: 'maybe', codes: ['BPMN_JOB_RETRIES_INVALID'], write: set('retries') },
    ...(definition === undefined ? [] : [{
      kind: 'duration', key: 'backoff', label: 'Wait between retries', hint: 'Empty: as the worker says. Working days are not counted here.', value: textOf(extensionOf(element, 'gov:Retry'), 'backoff'), codes: ['BPMN_RETRY_INVALID'],
      write: (backoff: string) => setExtension(moddle, element, 'gov:Retry', { backoff }),
    } satisfies Field, {
      kind: 'text', key: 'job-priority', label: 'Priority of the job', hint: '0 to 100, the highest first. Empty: as the procedure says, else 50.', value: textOf(extensionOf(element, 'zeebe:JobPriorityDefinition'), 'priority'), feel: 'maybe', codes: ['BPMN_PRIORITY_INVALID'],
      write: (priority: string) => setExtension(moddle, element, 'zeebe:JobPriorityDefinition', { priority: priority.trim() }),
    } satisfies Field]),
    {
      kind: 'rows', key: 'headers', label: 'Settings of the job', one: 'setting', rows, hint: 'What the worker needs to know; a value that begins with = is computed.',
      columns: [{ key: 'key', label: 'Name', kind: 'text' }, { key: 'value', label: 'Value', kind: 'text', feel: 'maybe' }], fresh: { key: '', value: '' },
      write: (written) => setList(moddle, element, HEADERS, written),
    },
  ];
}

function documentFields({ element, moddle }: Subject): Field[] {
  const document = extensionOf(element, 'gov:Document');
  const set = (name: string) => (value: string): Edit => setExtension(moddle, element, 'gov:Document', { [name]: value.trim() });
  const classification = textOf(document, 'classification');
  const classes = CLASSES.some(({ value }) => value === classification) ? CLASSES : [...CLASSES, { value: classification, label: classification }];
  return [
    { kind: 'text', key: 'template', label: 'Template', hint: 'The name of its folder under templates.', value: textOf(document, 'template'), feel: 'maybe', write: set('template') },
    { kind: 'text', key: 'output', label: 'Put the document into', hint: 'The variable later steps show, sign, seal and file it by.', value: textOf(document, 'output'), write: set('output') },
    { kind: 'text', key: 'registry', label: 'Registry that numbers it', value: textOf(document, 'registry'), feel: 'maybe', write: set('registry') },
    { kind: 'choice', key: 'classification', label: 'Classification', value: classification, choices: classes, write: set('classification') },
  ];
}

/** The message a send or receive task, or a message event, is about. `holder` has the messageRef. */
export function messageFields({ moddle }: Pick<Subject, 'moddle'>, holder: ModdleElement, waits: boolean): Field[] {
  const message = elementOf(holder, 'messageRef');
  const fields: Field[] = [{
    kind: 'text', key: 'message', label: waits ? 'Waits for the message' : 'Message', codes: ['BPMN_MESSAGE_MISSING', 'BPMN_MESSAGE_NAME_MISSING', 'BPMN_SEND_NOTHING'], value: textOf(message, 'name'), hint: 'Every step that names the same message speaks of the same one.',
    suggestions: namesOfRoots(holder, 'bpmn:Message').map((name) => ({ value: name, label: name })), write: (name) => setMessage(moddle, holder, name),
  }];
  if (message !== undefined) {
    fields.push({
      kind: 'text', key: 'correlation', label: 'Correlation key', hint: 'Which case the message is for. Empty: the conversation of the case.', value: correlationKeyOf(message), feel: 'maybe', codes: ['BPMN_MESSAGE_KEY_MISSING', 'BPMN_CORRELATION_INVALID'],
      write: (key) => setCorrelationKey(moddle, message, key.trim()),
    });
  }
  return fields;
}

export function scriptSection({ element, moddle }: Subject): Section {
  const script = extensionOf(element, 'zeebe:Script');
  return {
    key: 'script', title: 'Computation', fields: [
      { kind: 'text', key: 'expression', label: 'Expression (FEEL)', value: textOf(script, 'expression'), feel: 'always', lines: 8, write: (value) => setExtension(moddle, element, 'zeebe:Script', { expression: asFeel(value) }) },
      { kind: 'text', key: 'result', label: 'Put the result into', value: textOf(script, 'resultVariable'), write: (value) => setExtension(moddle, element, 'zeebe:Script', { resultVariable: value.trim() }) },
    ],
  };
}

/** zeebe:calledDecision of a business rule task. */
export function decisionSection({ element, moddle, vocabulary }: Subject): Section {
  const called = extensionOf(element, 'zeebe:CalledDecision');
  const set = (name: string) => (value: string): Edit => setExtension(moddle, element, 'zeebe:CalledDecision', { [name]: value.trim() });
  const id = textOf(called, 'decisionId');
  const open: Field[] = id === '' || vocabulary.decisions.includes(id) ? [{
    kind: 'decision', key: 'open', decision: id === '' ? undefined : id, name: textOf(element, 'name').trim() || 'Decision',
    write: (made) => setExtension(moddle, element, 'zeebe:CalledDecision', { decisionId: made, resultVariable: textOf(called, 'resultVariable') || variableOf(made) }),
  }] : [];
  return {
    key: 'decision', title: 'Decision table', fields: [
      { kind: 'text', key: 'decision', label: 'Decision', hint: 'The id of a decision that is deployed with this procedure.', value: id, feel: 'maybe', codes: ['BPMN_RULE_NOTHING', 'BPMN_DECISION_INCOMPLETE', 'BPMN_DECISION_MISSING'], suggestions: vocabulary.decisions.map((known) => ({ value: known, label: known })), write: set('decisionId') },
      ...open,
      ...bindingFields({ element, moddle }, 'zeebe:CalledDecision'),
      { kind: 'text', key: 'result', label: 'Put the result into', value: textOf(called, 'resultVariable'), write: set('resultVariable') },
    ],
  };
}

/** The name of a variable made from an id: FEEL reads a hyphen as minus. */
function variableOf(id: string): string {
  return id.replace(/[^\p{L}\p{N}]+(.)?/gu, (_hyphen, next: string | undefined) => (next ?? '').toUpperCase());
}

export function callSection(subject: Subject): Section {
  const { element, moddle, vocabulary } = subject;
  const called = extensionOf(element, 'zeebe:CalledElement');
  const computed = textOf(called, 'processIdExpression');
  const extended = textOf(called, 'processId') || asFeel(computed);
  const plain = plainCall(element);
  // A name may be computed itself: what other tools keep apart is written in one place.
  const inExtension = (value: string): Edit => setExtension(moddle, element, 'zeebe:CalledElement', { processId: value, ...(computed !== '' && { processIdExpression: '' }) });
  // The attribute of the standard is changed where it stands, as long as it can say what is meant; it never stands beside another name.
  const name = (typed: string): Edit => {
    const value = typed.trim();
    const stays = plain !== '' && extended === '' && !value.startsWith('=');
    if (stays) return value === plain ? [] : [{ on: element, set: { calledElement: value === '' ? undefined : value } }];
    return [...(plain === '' ? [] : withoutPlain(element)), ...inExtension(value)];
  };
  // Written out, because what is left out means yes.
  const passes = (key: string, name: 'propagateAllParentVariables' | 'propagateAllChildVariables', label: string): Field[] => (called === undefined ? [] : [{
    kind: 'check', key, label, value: called.get(name) !== false, write: (value) => [{ on: called, set: { [name]: value } }],
  }]);
  return {
    key: 'call', title: 'Called procedure', fields: [
      { kind: 'text', key: 'called', label: 'Procedure', value: extended || plain, feel: 'maybe', codes: ['BPMN_CALLED_ELEMENT_MISSING', 'BPMN_CALLED_ELEMENT_OTHER', 'BPMN_EXTENSION_NOT_EXECUTED'], hint: 'A value that begins with = is computed.', suggestions: choicesOf(vocabulary.processes), write: name },
      ...(called === undefined && plain !== '' ? plainBinding(subject, plain) : bindingFields({ element, moddle }, 'zeebe:CalledElement')),
      ...(called === undefined ? [] : [{
        kind: 'text', key: 'businessId', label: 'Business key of the called case', hint: 'What the case is called by, for example =licence.number. Unique within its procedure.', value: textOf(called, 'businessId'), feel: 'maybe',
        write: (value: string) => setExtension(moddle, element, 'zeebe:CalledElement', { businessId: value.trim() }),
      } satisfies Field]),
      ...passes('into', 'propagateAllParentVariables', 'It gets all variables of this case'),
      ...passes('back', 'propagateAllChildVariables', 'All its variables come back when it ends'),
    ],
  };
}

/** The local part of the attribute calledElement of the standard, a qualified name (10.3.6); '' where there is none. */
function plainCall(element: ModdleElement): string {
  const written = textOf(element, 'calledElement').trim();
  return written.slice(written.lastIndexOf(':') + 1);
}

function withoutPlain(element: ModdleElement): Edit {
  return [{ on: element, set: { calledElement: undefined } }];
}

/** Of a plain calledElement: it says nothing of versions, so choosing one moves the name to zeebe:calledElement. */
function plainBinding({ element, moddle }: Subject, plain: string): readonly Field[] {
  return [{
    kind: 'choice', key: 'binding', label: 'Which version', value: '',
    choices: [{ value: '', label: 'The one of this file, else the newest' }, ...bindingChoices('zeebe:CalledElement').filter(({ value }) => value !== 'version')],
    write: (chosen) => (chosen === '' ? [] : [...withoutPlain(element), ...bindTo({ element, moddle }, 'zeebe:CalledElement', chosen, { processId: plain })]),
  }];
}

const MAPPED = new Set(['Task', 'BusinessRuleTask', 'UserTask', 'ServiceTask', 'ScriptTask', 'SendTask', 'ReceiveTask', 'ManualTask', 'SubProcess', 'Transaction', 'AdHocSubProcess', 'CallActivity', 'StartEvent', 'EndEvent', 'IntermediateCatchEvent', 'IntermediateThrowEvent', 'BoundaryEvent']);

/** zeebe:ioMapping, where the engine carries it out. */
export function dataSection({ element, moddle }: Subject): Section[] {
  if (!MAPPED.has(element.$type.slice('bpmn:'.length))) return [];
  const io = extensionOf(element, 'zeebe:IoMapping');
  const rowsOf = (list: string): Row[] => listOf(io, list).map((mapping) => ({ target: textOf(mapping, 'target'), source: textOf(mapping, 'source') }));
  const field = (list: 'inputParameters' | 'outputParameters', entry: string, label: string, hint: string): Field => ({
    kind: 'rows', key: list, label, one: 'variable', codes: list === 'inputParameters' ? ['BPMN_MAPPING_INCOMPLETE', 'BPMN_MAPPING_TARGET'] : [], rows: rowsOf(list), hint,
    columns: [{ key: 'target', label: 'Variable', kind: 'text' }, { key: 'source', label: 'Value', kind: 'text', feel: 'maybe' }], fresh: { target: '', source: '=' },
    write: (written) => setList(moddle, element, { type: 'zeebe:IoMapping', list, entry }, written),
  });
  return [{
    key: 'data', title: 'Data in and out', closed: io === undefined, fields: [
      field('inputParameters', 'zeebe:Input', 'In', 'What the step sees, besides what the case knows.'),
      field('outputParameters', 'zeebe:Output', 'Out', 'What the case keeps of the step. Empty: everything.'),
    ],
  }];
}
