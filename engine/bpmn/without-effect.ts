/** What of the schema (BPMN 2.0.2, 15.3 XSD) this engine reads past, attribute by attribute: told by name where somebody could rely on it, silent with a reason where it only describes. */
import { placeOf } from './model.ts';
import type { Model } from './model.ts';
import type { Report } from './expressions.ts';
import type { Element } from './tree.ts';

export interface Untaken {
  /** How a finding names it. */
  readonly name: string;
  readonly instead: string;
  readonly section: string;
  /** The values that would mean something; absent: each. */
  readonly has?: (value: unknown) => boolean;
}

const several = (value: unknown): boolean => Array.isArray(value) && value.length > 1;
const INPUTS = 'Everything an activity reads is there when it begins; wait for what comes later by an event of its own.';
const WATCHED = 'Remove it; every step of a case is in the log, and the monitor shows it.';
const TECHNICAL = 'A worker takes the job by its type; tell it where to go in a task header.';

/** By the type of the descriptors that declares it. A file that has one is warned: `BPMN_WITHOUT_EFFECT`. */
export const TOLD: Readonly<Record<string, Untaken>> = {
  'SequenceFlow.isImmediate': { name: 'isImmediate="false"', instead: 'Remove it; the flow is followed at once, as an executable process has it.', section: '8.4.13', has: (value) => value === false },
  'Transaction.method': { name: 'the method of the transaction', instead: 'Remove it; what was done is undone by compensation (##Compensate).', section: '10.3.5', has: (value) => value !== '##Compensate' },
  'Transaction.protocol': { name: 'the protocol of the transaction', instead: 'Remove it; the transaction is carried out here and not between systems.', section: '10.3.5' },
  'FlowElement.auditing': { name: 'auditing', instead: WATCHED, section: '10.2' },
  'FlowElement.monitoring': { name: 'monitoring', instead: WATCHED, section: '10.2' },
  'Process.auditing': { name: 'auditing', instead: WATCHED, section: '10.2' },
  'Process.monitoring': { name: 'monitoring', instead: WATCHED, section: '10.2' },
  'Process.isClosed': { name: 'isClosed="true"', instead: 'Remove it; messages and signals that nobody drew are accepted as well.', section: '10.2', has: (value) => value === true },
  'Collaboration.isClosed': { name: 'isClosed="true"', instead: 'Remove it; messages that nobody drew are accepted as well.', section: '9.2', has: (value) => value === true },
  'CallableElement.ioSpecification': { name: 'an ioSpecification of the whole process', instead: 'Say at the call activity what goes in and comes out (zeebe:ioMapping, propagateAllParentVariables).', section: '10.4.1' },
  'CallableElement.ioBinding': { name: 'an ioBinding', instead: 'Start the process by a message, or call it.', section: '10.4.1' },
  'CallableElement.supportedInterfaceRef': { name: 'a supportedInterfaceRef', instead: 'Start the process by a message, or call it.', section: '8.4.3' },
  'InputOutputSpecification.inputSets': { name: 'several inputSets', instead: INPUTS, section: '10.4.1', has: several },
  'InputOutputSpecification.outputSets': { name: 'several outputSets', instead: 'Say what the case keeps in an output mapping.', section: '10.4.1', has: several },
  'InputSet.whileExecutingInputRefs': { name: 'whileExecutingInputRefs', instead: INPUTS, section: '10.4.1' },
  'OutputSet.whileExecutingOutputRefs': { name: 'whileExecutingOutputRefs', instead: 'Divide the activity: what an activity writes is kept when it completes.', section: '10.4.1' },
  'Lane.partitionElement': { name: 'a partitionElement', instead: 'Name the lane after the unit, or give it the property group.', section: '10.8' },
  'Lane.partitionElementRef': { name: 'a partitionElementRef', instead: 'Name the lane after the unit, or give it the property group.', section: '10.8' },
  'UserTask.renderings': { name: 'a rendering', instead: 'Use zeebe:formDefinition.', section: '10.3.4' },
  'GlobalUserTask.renderings': { name: 'a rendering', instead: 'Use zeebe:formDefinition.', section: '10.3.4' },
  'Interface.implementationRef': { name: 'an implementationRef', instead: TECHNICAL, section: '8.4.3' },
  'Operation.implementationRef': { name: 'an implementationRef', instead: TECHNICAL, section: '8.4.3' },
  'Operation.errorRef': { name: 'errors that its caller may expect', instead: 'Catch them by boundary events: a worker names any code.', section: '8.4.3' },
  'Participant.endPointRef': { name: 'an end point', instead: 'Where a partner is reached stands in the settings of the exchange.', section: '9.3' },
  'SubConversation.conversationNodes': { name: 'correlation keys of an inner conversation', instead: 'Move the keys to the outer conversation or to the collaboration.', section: '9.5', has: (value) => Array.isArray(value) && (value as readonly Element[]).some(({ correlationKeys }) => correlationKeys !== undefined) },
  'Definitions.imports': { name: 'an import of another file', instead: 'Deploy the other file as well; processes are found by their ids, messages by their names.', section: '8.2.2' },
};

const TYPES = 'of which type data is: variables are JSON, and nothing is computed from a type';
const DATA = 'the data associations and the properties say it; all data is always there';
const WORDS = 'words for who reads the model';
const DRAWING = 'how it is drawn';
const BACKWARDS = 'the other end of a reference that is read from its beginning';
const FORMAT = 'how files extend the format; what must be understood is refused';
const REFUSED = 'part of something that is refused as a whole';
const PARTNERS = 'who takes part in what, told for readers; the message flows are read';

/** Silent, with the reason: by type, or by type and attribute. */
export const DESCRIPTIVE: Readonly<Record<string, string>> = {
  'Process.processType': WORDS, 'Process.supports': WORDS, 'Process.definitionalCollaborationRef': DRAWING,
  'BaseElement.extensionDefinitions': FORMAT, 'ExtensionDefinition.extensionAttributeDefinitions': FORMAT, 'ExtensionAttributeDefinition.extensionDefinition': FORMAT, 'ExtensionElements.valueRef': FORMAT, 'ExtensionElements.extensionAttributeDefinition': FORMAT,
  'Documentation.textFormat': WORDS, 'TextAnnotation.textFormat': WORDS,
  'ThrowEvent.dataInputs': DATA, 'ThrowEvent.inputSet': DATA, 'CatchEvent.dataOutputs': DATA, 'CatchEvent.outputSet': DATA, 'Activity.ioSpecification': DATA,
  'InputOutputSpecification.dataInputs': DATA, 'InputOutputSpecification.dataOutputs': DATA, 'InputOutputBinding.inputDataRef': DATA, 'InputOutputBinding.outputDataRef': DATA, 'InputOutputBinding.operationRef': DATA,
  'InputSet.dataInputRefs': DATA, 'InputSet.optionalInputRefs': DATA, 'InputSet.outputSetRefs': DATA, 'OutputSet.dataOutputRefs': DATA, 'OutputSet.inputSetRefs': DATA, 'OutputSet.optionalOutputRefs': DATA,
  'DataInput.inputSetRef': BACKWARDS, 'DataInput.inputSetWithOptional': BACKWARDS, 'DataInput.inputSetWithWhileExecuting': BACKWARDS, 'DataOutput.outputSetRef': BACKWARDS, 'DataOutput.outputSetWithOptional': BACKWARDS, 'DataOutput.outputSetWithWhileExecuting': BACKWARDS,
  'Activity.boundaryEventRefs': BACKWARDS, 'CategoryValue.categorizedFlowElements': BACKWARDS, 'InteractionNode.incomingConversationLinks': BACKWARDS, 'InteractionNode.outgoingConversationLinks': BACKWARDS,
  'Escalation.structureRef': TYPES, 'Signal.structureRef': TYPES, 'Error.structureRef': TYPES, 'ItemDefinition.structureRef': TYPES, 'ItemDefinition.itemKind': TYPES, 'ItemDefinition.isCollection': TYPES, 'Message.itemRef': TYPES, 'FormalExpression.evaluatesToTypeRef': TYPES,
  'DataInput.isCollection': TYPES, 'DataOutput.isCollection': TYPES, 'DataObject.isCollection': TYPES, 'Operation.inMessageRef': TYPES, 'Operation.outMessageRef': TYPES, 'Definitions.typeLanguage': TYPES,
  'ItemAwareElement.dataState': WORDS, 'FlowElement.categoryValueRef': WORDS, 'Group.categoryValueRef': WORDS, 'Category.categoryValue': WORDS, 'Association.associationDirection': DRAWING,
  'ConversationNode.participantRef': PARTNERS, 'ConversationNode.messageFlowRef': PARTNERS, 'CallConversation.calledCollaborationRef': PARTNERS, 'CallConversation.participantAssociations': PARTNERS, 'ConversationAssociation.innerConversationNodeRef': PARTNERS, 'ConversationAssociation.outerConversationNodeRef': PARTNERS,
  'PartnerEntity.participantRef': PARTNERS, 'PartnerRole.participantRef': PARTNERS, 'MessageFlowAssociation.innerMessageFlowRef': PARTNERS, 'MessageFlowAssociation.outerMessageFlowRef': PARTNERS, 'Participant.interfaceRef': PARTNERS, 'ParticipantAssociation.innerParticipantRef': PARTNERS, 'ParticipantAssociation.outerParticipantRef': PARTNERS,
  'Collaboration.conversationAssociations': PARTNERS, 'Collaboration.participantAssociations': PARTNERS, 'Collaboration.messageFlowAssociations': PARTNERS, 'Collaboration.choreographyRef': PARTNERS, 'Collaboration.conversationLinks': PARTNERS,
  'ParticipantMultiplicity.minimum': REFUSED, 'ChoreographyActivity.participantRef': REFUSED, 'ChoreographyActivity.initiatingParticipantRef': REFUSED, 'ChoreographyActivity.loopType': REFUSED, 'CallChoreography.calledChoreographyRef': REFUSED, 'CallChoreography.participantAssociations': REFUSED, 'ChoreographyTask.messageFlowRef': REFUSED, 'GlobalChoreographyTask.initiatingParticipantRef': REFUSED,
  'GlobalScriptTask.scriptLanguage': REFUSED, 'ResourceParameterBinding.parameterRef': REFUSED, 'Resource.resourceParameters': WORDS, 'ResourceParameter.isRequired': WORDS,
  'Import.importType': 'part of an import, which is told', 'Import.location': 'part of an import, which is told',
  'Interface.operations': BACKWARDS, 'Definitions.exporter': WORDS, 'Definitions.exporterVersion': WORDS, 'Definitions.relationships': WORDS, 'Relationship.type': WORDS, 'Relationship.direction': WORDS, 'Relationship.source': WORDS, 'Relationship.target': WORDS, 'CategoryValue.value': WORDS,
  'Definitions.targetNamespace': 'what the prefix of a reference means', 'Definitions.diagrams': DRAWING, 'Definitions.expressionLanguage': 'an expression that is not FEEL is refused where it stands', 'Import.namespace': 'part of an import, which is told', 'ItemDefinition.import': TYPES, 'CorrelationProperty.type': TYPES, 'ResourceParameter.type': TYPES,
  'Extension.definition': FORMAT, 'ExtensionAttributeDefinition.type': FORMAT, 'ExtensionAttributeDefinition.isReference': FORMAT,
  'FlowNode.incoming': BACKWARDS, 'FlowNode.outgoing': BACKWARDS, 'LinkEventDefinition.source': BACKWARDS, 'LinkEventDefinition.target': BACKWARDS,
};

/** By the name of the attribute, the types that declare it. */
const BY_NAME: ReadonlyMap<string, readonly (readonly [type: string, told: Untaken])[]> = Object.entries(TOLD).reduce((found, [key, told]) => {
  const [type = '', name = ''] = key.split('.');
  return found.set(name, [...(found.get(name) ?? []), [`bpmn:${type}`, told]]);
}, new Map<string, (readonly [string, Untaken])[]>());

/** Reports everything that is {@link TOLD}, outside processes that are only drawn, with BPMN_WITHOUT_EFFECT. */
export function tellUntaken(model: Model, report: Report): void {
  const drawn = new Set(model.processes.flatMap(({ executed, element }) => (executed ? [] : [element])));
  const rest: Element[] = [model.file.definitions];
  for (let element = rest.pop(); element !== undefined; element = rest.pop()) {
    // The library does not enumerate references.
    for (const name of Object.getOwnPropertyNames(element)) {
      if (name.startsWith('$') || name === 'extensionElements' || name === 'diagrams') continue;
      const value = (element as unknown as Readonly<Record<string, unknown>>)[name];
      tell(element, name, value, model, report);
      for (const child of (Array.isArray(value) ? value : [value]) as readonly unknown[]) if (isChild(child, element) && !drawn.has(child)) rest.push(child);
    }
  }
}

function tell(element: Element, attribute: string, value: unknown, model: Model, report: Report): void {
  const told = BY_NAME.get(attribute)?.find(([type]) => (element as Element & { $instanceOf(type: string): boolean }).$instanceOf(type))?.[1];
  if (told === undefined || told.has?.(value) === false) return;
  report('BPMN_WITHOUT_EFFECT', placeOf(model.file, element), { name: told.name, instead: told.instead, section: told.section });
}

/** References lead elsewhere: only what stands in the element is its child. */
function isChild(value: unknown, parent: Element): value is Element {
  return typeof value === 'object' && value !== null && '$type' in value && (value as Element).$parent === parent;
}
