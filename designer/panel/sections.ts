/** Which sections the panel shows for which element: only what the engine carries out. */
import type { ModdleElement } from '../model/moddle.ts';
import { extensionOf, kindOf, textOf } from '../model/moddle.ts';
import { eventSections } from './events.ts';
import { documentationField, flowSection, gatewaySections, laneSection, processSections, startsField } from './flow.ts';
import type { Field, Section, Subject } from './fields.ts';
import { listenerSection } from './listeners.ts';
import { adHocSection, repeatSection } from './repeat.ts';
import { storeArrowSection, storeSection } from './stores.ts';
import { isForPeople, manualTaskSections, userTaskSections } from './user-task.ts';
import { callSection, dataSection, decisionSection, jobFields, jobSections, messageFields, scriptSection } from './work.ts';

const WORDS: Readonly<Record<string, string>> = {
  Task: 'Task', UserTask: 'User task', ServiceTask: 'Service task', SendTask: 'Send task', ReceiveTask: 'Receive task', ScriptTask: 'Script task', ManualTask: 'Manual task', BusinessRuleTask: 'Business rule task', CallActivity: 'Call activity', SubProcess: 'Sub-process', AdHocSubProcess: 'Ad-hoc sub-process', Transaction: 'Transaction',
  StartEvent: 'Start event', EndEvent: 'End event', IntermediateCatchEvent: 'Waiting event', IntermediateThrowEvent: 'Throwing event', BoundaryEvent: 'Boundary event',
  ExclusiveGateway: 'Exclusive gateway', ParallelGateway: 'Parallel gateway', InclusiveGateway: 'Inclusive gateway', ComplexGateway: 'Complex gateway', EventBasedGateway: 'Event-based gateway', SequenceFlow: 'Sequence flow', MessageFlow: 'Message flow', Association: 'Association',
  Lane: 'Lane', Participant: 'Pool', Process: 'Procedure', Collaboration: 'Collaboration', TextAnnotation: 'Note', DataObjectReference: 'Data object', DataStoreReference: 'Data store', DataInputAssociation: 'Data arrow', DataOutputAssociation: 'Data arrow', Group: 'Group',
};

/** What an element is, in words: "User task", "Timer boundary event". */
export function typeWords(element: ModdleElement): string {
  const definitions = element.$instanceOf('bpmn:Event') ? element.get('eventDefinitions') : undefined;
  const trigger = Array.isArray(definitions) && definitions.length > 0 ? kindOf(definitions[0] as ModdleElement).replace(/EventDefinition$/, '') : '';
  const words = WORDS[kindOf(element)] ?? kindOf(element).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return trigger === '' ? words : `${trigger} ${words.toLowerCase()}`;
}

/** `rename`: the edit of a new name; the diagram does it itself, because labels move with it. */
export function sectionsOf(subject: Subject, rename: (name: string) => ReturnType<Extract<Field, { kind: 'text' }>['write']>): Section[] {
  const { element } = subject;
  // An arrow of data has no name.
  if (element.$instanceOf('bpmn:DataAssociation')) return storeArrowSection(subject);
  const label = element.$type === 'bpmn:TextAnnotation' ? 'text' : 'name';
  const step: Section = {
    key: 'step', title: element.$type === 'bpmn:Process' ? 'Procedure' : 'Step', fields: [
      { kind: 'text', key: 'name', label: 'Name', value: textOf(element, label), write: rename },
      ...(element.$instanceOf('bpmn:FlowNode') || element.$type === 'bpmn:Process' ? [documentationField(subject)] : []),
    ],
  };
  const worked = element.$instanceOf('bpmn:FlowNode') || element.$type === 'bpmn:Process';
  return [step, ...special(subject), ...storeArrowSection(subject), ...repeatSection(subject), ...dataSection(subject), ...(worked ? listenerSection(subject, isForPeople(element)) : [])];
}

function special(subject: Subject): Section[] {
  const { element } = subject;
  switch (kindOf(element)) {
    case 'UserTask': return userTaskSections(subject);
    case 'ServiceTask': return jobSections(subject);
    case 'SendTask': return [{ key: 'message', title: 'Message', fields: messageFields(subject, element, false) }, ...jobSections(subject)];
    case 'ReceiveTask': return [{ key: 'message', title: 'Message', fields: [...messageFields(subject, element, true), startsField(element)] }];
    case 'ManualTask': return manualTaskSections(subject);
    case 'AdHocSubProcess': return adHocSection(subject);
    case 'DataStoreReference': return storeSection(subject);
    // A script that a worker runs keeps its job.
    case 'ScriptTask': return extensionOf(element, 'zeebe:TaskDefinition') === undefined ? [scriptSection(subject)] : [{ key: 'job', title: 'Work', fields: jobFields(subject) }];
    case 'BusinessRuleTask': return extensionOf(element, 'zeebe:TaskDefinition') === undefined ? [decisionSection(subject)] : jobSections(subject);
    case 'CallActivity': return [callSection(subject)];
    case 'SequenceFlow': return flowSection(subject);
    case 'ExclusiveGateway': case 'InclusiveGateway': case 'ComplexGateway': case 'EventBasedGateway': return gatewaySections(subject);
    case 'Lane': case 'Participant': return [laneSection(subject)];
    case 'Process': return processSections(subject);
    default: return element.$instanceOf('bpmn:Event') ? eventSections(subject) : [];
  }
}
