/** What is not executed yet, as a table (BPMN 2.0.2, 2.3.1): element or feature, its name in a finding, the nearest thing that is executed, the clause. Executing one more means deleting its row. */
import { extension, localName } from './tree.ts';
import type { Element } from './tree.ts';

export interface Alternative {
  /** With its article, as the end of "but x is ...". */
  readonly name: string;
  readonly instead: string;
  readonly section: string;
}

/** Flow nodes and root elements by type. */
export const ELEMENTS_NOT_EXECUTED: Readonly<Record<string, Alternative>> = {
  'bpmn:InclusiveGateway': { name: 'an inclusive gateway', instead: 'Use a parallel gateway and begin each branch with an exclusive gateway that runs it or skips it.', section: '10.6.3' },
  'bpmn:ComplexGateway': { name: 'a complex gateway', instead: 'Use a parallel or exclusive gateway.', section: '10.6.5' },
  'bpmn:Transaction': { name: 'a transaction', instead: 'Use an embedded sub-process with an error boundary event.', section: '10.3.5' },
  'bpmn:AdHocSubProcess': { name: 'an ad-hoc sub-process', instead: 'Use an embedded sub-process with a loop of exclusive gateways.', section: '10.3.5' },
  'bpmn:ImplicitThrowEvent': { name: 'an implicit throw event', instead: 'Use an intermediate throw event.', section: '10.5.3' },
  'bpmn:ChoreographyTask': { name: 'a choreography task', instead: 'Use a send task in one pool and a receive task in the other.', section: '11.5' },
  'bpmn:CallChoreography': { name: 'a call choreography', instead: 'Use two pools with message flows.', section: '11.5' },
  'bpmn:SubChoreography': { name: 'a sub-choreography', instead: 'Use two pools with message flows.', section: '11.5' },
  'bpmn:Choreography': { name: 'a choreography', instead: 'Use a collaboration of pools with message flows.', section: '11.2' },
  'bpmn:GlobalChoreographyTask': { name: 'a global choreography task', instead: 'Use a collaboration of pools with message flows.', section: '11.5' },
  'bpmn:GlobalConversation': { name: 'a global conversation', instead: 'Draw message flows between the pools.', section: '9.5' },
  'bpmn:GlobalTask': { name: 'a global task', instead: 'Use a process with one task and call it.', section: '10.3.7' },
  'bpmn:GlobalUserTask': { name: 'a global user task', instead: 'Use a process with one user task and call it.', section: '10.3.7' },
  'bpmn:GlobalManualTask': { name: 'a global manual task', instead: 'Use a process with one manual task and call it.', section: '10.3.7' },
  'bpmn:GlobalScriptTask': { name: 'a global script task', instead: 'Use a process with one script task and call it.', section: '10.3.7' },
  'bpmn:GlobalBusinessRuleTask': { name: 'a global business rule task', instead: 'Use a process with one business rule task and call it.', section: '10.3.7' },
};

/** Where an event can stand. */
export type EventPosition = 'start event' | 'start event inside a sub-process' | 'intermediate catch event' | 'intermediate throw event' | 'boundary event' | 'end event';

/** The triggers that are executed in each position. */
export const EXECUTED_EVENTS: Readonly<Record<EventPosition, readonly string[]>> = {
  'start event': ['none', 'message', 'timer'],
  'start event inside a sub-process': ['none'],
  // A catching event without a trigger breaks a rule of the standard; it is reported as that.
  'intermediate catch event': ['none', 'message', 'timer'],
  'intermediate throw event': ['none', 'message'],
  'boundary event': ['none', 'message', 'timer', 'error'],
  'end event': ['none', 'message', 'error', 'terminate'],
};

/** What to use for a trigger that is not executed where it stands. */
export const EVENT_ALTERNATIVES: Readonly<Record<string, Pick<Alternative, 'instead' | 'section'>>> = {
  message: { instead: 'Use a none start event and wait for the message inside, or start the whole process by it.', section: '10.5.2' },
  timer: { instead: 'Use a timer start, intermediate catch or boundary event.', section: '10.5.5' },
  error: { instead: 'Throw errors by an error end event and catch them by an error boundary event.', section: '10.5.5' },
  terminate: { instead: 'Use a terminate end event.', section: '10.5.4' },
  signal: { instead: 'Use a message for each process that waits.', section: '10.5.5' },
  escalation: { instead: 'Use an error to end the activity, or a message to tell someone and go on.', section: '10.5.5' },
  conditional: { instead: 'Use an exclusive gateway, or a timer event that looks again.', section: '10.5.5' },
  link: { instead: 'Draw the sequence flow through, or use a sub-process.', section: '10.5.5' },
  compensate: { instead: 'Draw the undoing tasks after an error boundary event.', section: '10.5.5' },
  cancel: { instead: 'Use an error end event and an error boundary event.', section: '10.5.5' },
  multiple: { instead: 'Use one event for each trigger, behind an event-based gateway or side by side on the border.', section: '10.5.5' },
  none: { instead: 'Give the event a trigger.', section: '10.5' },
};

export interface Feature extends Alternative {
  /** True when the element has it. */
  readonly has: (element: Element) => boolean;
}

/** What a worker can do. */
const JOBS: readonly string[] = ['serviceTask', 'sendTask', 'scriptTask', 'businessRuleTask', 'intermediateThrowEvent', 'endEvent'];
const some = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;
const typed = (element: Element | undefined, type: string): boolean => element?.$type === type;
const isDefined = (element: Element): boolean => extension(element, 'zeebe:TaskDefinition') !== undefined;

/** Features of flow nodes. */
export const NODE_FEATURES: readonly Feature[] = [
  { name: 'a multi-instance marker', has: (e) => typed(e.loopCharacteristics, 'bpmn:MultiInstanceLoopCharacteristics'), instead: 'Draw a loop with an exclusive gateway, or one task for each.', section: '10.3.8' },
  { name: 'a loop marker', has: (e) => typed(e.loopCharacteristics, 'bpmn:StandardLoopCharacteristics'), instead: 'Draw a loop with an exclusive gateway.', section: '10.3.8' },
  { name: 'a compensation marker', has: (e) => e.isForCompensation === true, instead: 'Draw the undoing tasks after an error boundary event.', section: '10.7' },
  { name: 'a startQuantity other than 1', has: (e) => e.startQuantity !== undefined && e.startQuantity !== 1, instead: 'Join the paths by a parallel gateway.', section: '10.3' },
  { name: 'a completionQuantity other than 1', has: (e) => e.completionQuantity !== undefined && e.completionQuantity !== 1, instead: 'Fork the path by a parallel gateway.', section: '10.3' },
  { name: 'an input/output specification', has: (e) => e.ioSpecification !== undefined, instead: 'Use zeebe:ioMapping.', section: '10.4.1' },
  { name: 'data associations', has: (e) => some(e.dataInputAssociations) || some(e.dataOutputAssociations), instead: 'Use zeebe:ioMapping; data objects may be drawn, connected by associations.', section: '10.4.1' },
  { name: 'data inputs or outputs', has: (e) => some(e.dataInputs) || some(e.dataOutputs), instead: 'Use zeebe:ioMapping.', section: '10.4.1' },
  { name: 'BPMN properties', has: (e) => some(e.properties), instead: 'Variables need no declaration; remove the property.', section: '10.4.1' },
  { name: 'BPMN resource roles', has: (e) => some(e.resources), instead: 'Use zeebe:assignmentDefinition, or the lane the task lies in.', section: '10.3.1' },
  { name: 'a shared event definition (eventDefinitionRef)', has: (e) => some(e.eventDefinitionRef), instead: 'Put the event definition into the event.', section: '10.5.5' },
  { name: 'several triggers that must all happen', has: (e) => e.parallelMultiple === true, instead: 'Use a parallel gateway and one catch event on each branch.', section: '10.5.5' },
  { name: 'the marker of an event sub-process', has: (e) => e.triggeredByEvent === true, instead: 'Put a boundary event onto the sub-process around it.', section: '10.3.5' },
  { name: 'instantiate="true"', has: (e) => e.instantiate === true, instead: 'Begin with message start events.', section: '13.2' },
  { name: 'the type Parallel of an event-based gateway', has: (e) => e.eventGatewayType === 'Parallel', instead: 'Use message start events.', section: '10.6.6' },
  { name: 'a default flow without being an exclusive gateway', has: (e) => e.default !== undefined && e.$type !== 'bpmn:ExclusiveGateway', instead: 'Add an exclusive gateway and make the flow its default.', section: '8.4.13' },
  { name: 'an operation of a service interface', has: (e) => e.operationRef !== undefined, instead: 'Use zeebe:taskDefinition.', section: '8.5' },
  { name: 'an implementation of its own', has: (e) => e.implementation !== undefined && !e.implementation.startsWith('##') && !isDefined(e), instead: 'Use zeebe:taskDefinition for the job a worker does.', section: '10.3.3' },
  { name: 'a script that is not FEEL', has: (e) => (e.script !== undefined || e.scriptFormat !== undefined && !/feel/i.test(e.scriptFormat)) && extension(e, 'zeebe:Script') === undefined && !isDefined(e), instead: 'Write it as zeebe:script in FEEL, or give it to a worker by zeebe:taskDefinition.', section: '10.3.3' },
  { name: 'a form that nobody is shown', has: (e) => typed(e, 'bpmn:StartEvent') && extension(e, 'zeebe:FormDefinition') !== undefined && (some(e.eventDefinitions) || !typed(e.$parent, 'bpmn:Process')), instead: 'Put the form onto the none start event of the process, or onto a user task.', section: 'extension zeebe:formDefinition' },
  { name: 'task headers without a job', has: (e) => extension(e, 'zeebe:TaskHeaders') !== undefined && JOBS.includes(localName(e.$type)) && !isDefined(e), instead: 'Add zeebe:taskDefinition or remove the headers.', section: 'extension zeebe:taskHeaders' },
  { name: 'a job without sending a message', has: (e) => (typed(e, 'bpmn:IntermediateThrowEvent') || typed(e, 'bpmn:EndEvent')) && isDefined(e) && !typed(e.eventDefinitions?.[0], 'bpmn:MessageEventDefinition'), instead: 'Make it a message event, or put a service task in front of it.', section: '10.5' },
];

/** Features of a process. */
export const PROCESS_FEATURES: readonly Feature[] = [
  { name: 'an input/output specification', has: (e) => e.ioSpecification !== undefined, instead: 'Pass variables when the case is started.', section: '10.4.1' },
  { name: 'BPMN properties', has: (e) => some(e.properties), instead: 'Variables need no declaration; remove the property.', section: '10.4.1' },
  { name: 'BPMN resource roles', has: (e) => some(e.resources), instead: 'Use gov:starters and lanes.', section: '10.3.1' },
  { name: 'correlation subscriptions', has: (e) => some(e.correlationSubscriptions), instead: 'Use zeebe:subscription correlationKey on the message.', section: '8.4.2' },
];

export interface ExtensionRow {
  /** Where it is executed: XML element names; `*` for everywhere, `flow node` for every flow node. */
  readonly on: readonly string[];
  /** Attributes that are not executed yet. */
  readonly not?: readonly ExtensionFeature[];
}

export interface ExtensionFeature extends Pick<Alternative, 'name' | 'instead'> {
  readonly has: (extension: ExtensionElement) => boolean;
}

type ExtensionElement = NonNullable<ReturnType<typeof extension>>;

const LATEST: ExtensionFeature = { name: 'a bindingType other than latest', has: (e) => e.bindingType !== undefined && e.bindingType !== 'latest', instead: 'Remove bindingType; the latest deployed version is used.' };
const TAGGED: ExtensionFeature = { name: 'a versionTag to bind to', has: (e) => (e as { readonly versionTag?: string }).versionTag !== undefined, instead: 'Remove versionTag; the latest deployed version is used.' };

/** Extension elements that are executed. */
export const EXTENSIONS: Readonly<Record<string, ExtensionRow>> = {
  'zeebe:UserTask': { on: ['userTask'] },
  'zeebe:AssignmentDefinition': { on: ['userTask'] },
  'zeebe:FormDefinition': { on: ['userTask', 'startEvent'], not: [LATEST, TAGGED] },
  'zeebe:TaskSchedule': { on: ['userTask'] },
  'zeebe:PriorityDefinition': { on: ['userTask'] },
  'zeebe:TaskDefinition': { on: JOBS },
  'zeebe:TaskHeaders': { on: JOBS },
  'zeebe:IoMapping': { on: ['task', 'userTask', 'serviceTask', 'scriptTask', 'sendTask', 'receiveTask', 'manualTask', 'businessRuleTask', 'subProcess', 'callActivity', 'startEvent', 'endEvent', 'intermediateCatchEvent', 'intermediateThrowEvent', 'boundaryEvent'] },
  'zeebe:Script': { on: ['scriptTask'] },
  'zeebe:CalledDecision': {
    on: ['businessRuleTask'],
    not: [{ name: 'a binding of a decision to a version tag', has: (e) => e.bindingType === 'versionTag' || (e as { readonly versionTag?: string }).versionTag !== undefined, instead: 'Use bindingType="latest", or "deployment" for the decision that is deployed together with the process.' }],
  },
  'zeebe:CalledElement': {
    on: ['callActivity'],
    not: [
      LATEST, TAGGED,
      { name: 'a businessId', has: (e) => e.businessId !== undefined, instead: 'Pass it to the called process as a variable.' },
      { name: 'a processIdExpression', has: (e) => e.processIdExpression !== undefined, instead: 'Write the expression into processId, beginning with =.' },
    ],
  },
  'zeebe:Subscription': { on: ['message'] },
  'zeebe:Properties': { on: ['*'] },
  'zeebe:VersionTag': { on: ['process'] },
  'gov:Sla': {
    on: ['userTask'],
    not: [
      { name: 'the attribute warnAt of gov:sla', has: (e) => e.warnAt !== undefined, instead: 'Add a non-interrupting timer boundary event.' },
      { name: 'the attribute onBreach of gov:sla', has: (e) => e.onBreach !== undefined, instead: 'Add a timer boundary event that leads to what shall happen.' },
      { name: 'the attribute escalateTo of gov:sla', has: (e) => e.escalateTo !== undefined, instead: 'Add a timer boundary event that leads to a task of that group.' },
      { name: 'the attribute pausable of gov:sla', has: (e) => e.pausable === true, instead: 'Remove it; the deadline runs through.' },
    ],
  },
  'gov:Outcomes': { on: ['userTask'] },
  'gov:Signature': { on: ['userTask'] },
  'gov:Document': {
    on: ['serviceTask'],
    not: [{ name: 'the attribute copies of gov:document', has: (e) => e.copies !== undefined, instead: 'Remove it; printed copies are not counted yet.' }],
  },
  'gov:Attachments': { on: ['userTask', 'startEvent'] },
  'gov:Separation': {
    on: ['userTask'],
    not: [{ name: 'the attribute fourEyes of gov:separation', has: (e) => e.fourEyes === true, instead: 'Draw a second user task and name the first one in notSameAs.' }],
  },
  'gov:Starters': {
    on: ['process'],
    not: [{ name: 'public="true" on gov:starters', has: (e) => e.public === true, instead: 'Name the groups of officers who start it.' }],
  },
  // Descriptive: kept, shown, and without effect on a case.
  'gov:Procedure': { on: ['process'] },
  'gov:Milestone': { on: ['flow node'] },
};

/** What to use for extension elements that are not executed yet. */
export const EXTENSION_ALTERNATIVES: Readonly<Record<string, string>> = {
  'zeebe:ExecutionListeners': 'Draw a service task before or after the element.',
  'zeebe:TaskListeners': 'Draw a service task before or after the user task.',
  'zeebe:LoopCharacteristics': 'Draw a loop with an exclusive gateway.',
  'zeebe:AdHoc': 'Use an embedded sub-process.',
  'zeebe:ConditionalFilter': 'Use an exclusive gateway.',
  'zeebe:UserTaskForm': 'Deploy the form as a file of its own and name it by formId.',
  'zeebe:LinkedResources': 'Name the resource in a task header.',
  'zeebe:AgentDefinition': 'Use zeebe:taskDefinition.',
  'zeebe:JobPriorityDefinition': 'Remove it; jobs are done in the order of their creation.',
  'gov:Sla': 'Put the deadline onto a user task, or a timer boundary event onto the sub-process.',
  'gov:Exchange': 'Use a message flow without it.',
  'gov:Access': 'Remove it; who sees a case follows from its groups.',
  'gov:Retry': 'Remove it; retries wait the usual time.',
};
