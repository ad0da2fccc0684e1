/** What is not executed yet, as a table (BPMN 2.0.2, 2.3.1): element or feature, its name in a finding, the nearest thing that is executed, the clause. Executing one more means deleting its row. */
import { isBound } from './correlation-specs.ts';
import { mixesStores } from './data-store-specs.ts';
import { executesRoles } from './role-specs.ts';
import { extension, extensionsOf, localName } from './tree.ts';
import type { Element } from './tree.ts';

export interface Alternative {
  /** With its article, as the end of "but x is ...". */
  readonly name: string;
  readonly instead: string;
  readonly section: string;
}

/** Flow nodes and root elements by type. */
export const ELEMENTS_NOT_EXECUTED: Readonly<Record<string, Alternative>> = {
  'bpmn:ImplicitThrowEvent': { name: 'an implicit throw event', instead: 'Use an intermediate throw event.', section: '10.5.1' },
  'bpmn:ChoreographyTask': { name: 'a choreography task', instead: 'Use a send task in one pool and a receive task in the other.', section: '11.5' },
  'bpmn:CallChoreography': { name: 'a call choreography', instead: 'Use two pools with message flows.', section: '11.5' },
  'bpmn:SubChoreography': { name: 'a sub-choreography', instead: 'Use two pools with message flows.', section: '11.5' },
  'bpmn:Choreography': { name: 'a choreography', instead: 'Use a collaboration of pools with message flows.', section: '11.2' },
  'bpmn:GlobalChoreographyTask': { name: 'a global choreography task', instead: 'Use a collaboration of pools with message flows.', section: '11.5' },
  'bpmn:GlobalConversation': { name: 'a global conversation', instead: 'Draw message flows between the pools.', section: '9.5' },
};

/** Where an event can stand. */
export type EventPosition = 'start event' | 'start event inside a sub-process' | 'event sub-process start event' | 'intermediate catch event' | 'intermediate throw event' | 'boundary event' | 'end event';

/** The triggers that are executed in each position; `multiple` when each of them is. */
export const EXECUTED_EVENTS: Readonly<Record<EventPosition, readonly string[]>> = {
  'start event': ['none', 'message', 'timer', 'signal', 'conditional', 'multiple'],
  'start event inside a sub-process': ['none'],
  // A catching event without a trigger breaks a rule of the standard; it is reported as that.
  'event sub-process start event': ['none', 'message', 'timer', 'error', 'escalation', 'signal', 'conditional', 'compensate', 'multiple'],
  'intermediate catch event': ['none', 'message', 'timer', 'signal', 'conditional', 'link', 'multiple'],
  'intermediate throw event': ['none', 'message', 'signal', 'escalation', 'link', 'compensate', 'multiple'],
  'boundary event': ['none', 'message', 'timer', 'error', 'escalation', 'signal', 'conditional', 'compensate', 'cancel', 'multiple'],
  'end event': ['none', 'message', 'error', 'terminate', 'escalation', 'signal', 'compensate', 'cancel', 'multiple'],
};

/** What cannot be one of several triggers: each stands for itself only. */
export const NEVER_ONE_OF_SEVERAL: readonly string[] = ['link', 'compensate', 'cancel'];

/** What to use for a trigger that is not executed where it stands. */
export const EVENT_ALTERNATIVES: Readonly<Record<string, Pick<Alternative, 'instead' | 'section'>>> = {
  message: { instead: 'Use a none start event and wait for the message inside, start the whole process by it, or use an event sub-process.', section: '10.5.2' },
  timer: { instead: 'Use a timer start, intermediate catch or boundary event.', section: '10.5.5' },
  error: { instead: 'Throw errors by an error end event and catch them by an error boundary event.', section: '10.5.5' },
  terminate: { instead: 'Use a terminate end event.', section: '10.5.3' },
  signal: { instead: 'Start the whole process by it, or use an event sub-process.', section: '10.5.5' },
  escalation: { instead: 'Catch it on the border of the activity or by an event sub-process.', section: '10.5.5' },
  conditional: { instead: 'Use a conditional start event of the process, or an event sub-process.', section: '10.5.5' },
  link: { instead: 'Use an intermediate throw event and an intermediate catch event of the same name.', section: '10.5.5' },
  compensate: { instead: 'Use a boundary event or an event sub-process for what undoes, a throw or end event for what asks for it.', section: '10.5.5' },
  cancel: { instead: 'Use a cancel end event inside a transaction and a cancel boundary event on it.', section: '10.5.5' },
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
/** Values of the standard, written with and without ##; they leave open who implements the task. */
const STANDARD_IMPLEMENTATION = /^(##.*|unspecified|webservice|other)$/i;
const isDefined = (element: Element): boolean => extension(element, 'zeebe:TaskDefinition') !== undefined;

/** What says who does a task, by when and how. */
const FOR_PEOPLE: readonly string[] = ['zeebe:AssignmentDefinition', 'zeebe:FormDefinition', 'zeebe:TaskSchedule', 'zeebe:PriorityDefinition', 'zeebe:TaskListeners', 'gov:Sla', 'gov:Outcomes', 'gov:Separation', 'gov:Attachments'];

/** Features of flow nodes. */
export const NODE_FEATURES: readonly Feature[] = [
  { name: 'a data association from a data store and something else', has: mixesStores, instead: 'Give each data store an association of its own, and put what they bring together in an input mapping.', section: '10.4.2' },
  { name: 'BPMN resource roles', has: (e) => !executesRoles(e), instead: 'Give a user task one humanPerformer and potentialOwners with an expression, or zeebe:assignmentDefinition alone, or put it into a lane.', section: '10.3.1' },
  { name: 'an implementation of its own', has: (e) => e.implementation !== undefined && !STANDARD_IMPLEMENTATION.test(e.implementation) && !isDefined(e) && e.operationRef === undefined, instead: 'Use zeebe:taskDefinition for the job a worker does.', section: '10.3.3' },
  { name: 'a script that is not FEEL', has: (e) => (e.script !== undefined || e.scriptFormat !== undefined && !/feel/i.test(e.scriptFormat)) && extension(e, 'zeebe:Script') === undefined && !isDefined(e), instead: 'Write it as zeebe:script in FEEL, or give it to a worker by zeebe:taskDefinition.', section: '10.3.3' },
  { name: 'a form that nobody is shown', has: (e) => typed(e, 'bpmn:StartEvent') && extension(e, 'zeebe:FormDefinition') !== undefined && (some(e.eventDefinitions) || !typed(e.$parent, 'bpmn:Process')), instead: 'Put the form onto the none start event of the process, or onto a user task.', section: 'extension zeebe:formDefinition' },
  { name: 'words for people on a manual task that nobody confirms', has: (e) => typed(e, 'bpmn:ManualTask') && extension(e, 'zeebe:UserTask') === undefined && extensionsOf(e).some(({ $type }) => FOR_PEOPLE.includes($type)), instead: 'Add zeebe:userTask: then somebody confirms that the work is done.', section: '10.3.3' },
  { name: 'task headers without a job', has: (e) => extension(e, 'zeebe:TaskHeaders') !== undefined && JOBS.includes(localName(e.$type)) && !isDefined(e), instead: 'Add zeebe:taskDefinition or remove the headers.', section: 'extension zeebe:taskHeaders' },
  { name: 'a job priority without a job', has: (e) => extension(e, 'zeebe:JobPriorityDefinition') !== undefined && JOBS.includes(localName(e.$type)) && !isDefined(e) && e.operationRef === undefined, instead: 'Add zeebe:taskDefinition or remove zeebe:jobPriorityDefinition.', section: 'extension zeebe:jobPriorityDefinition' },
  { name: 'a back-off without a job', has: (e) => extension(e, 'gov:Retry') !== undefined && JOBS.includes(localName(e.$type)) && !isDefined(e) && e.operationRef === undefined, instead: 'Add zeebe:taskDefinition or remove gov:retry.', section: 'extension gov:retry' },
  { name: 'a job without sending a message', has: (e) => (typed(e, 'bpmn:IntermediateThrowEvent') || typed(e, 'bpmn:EndEvent')) && isDefined(e) && !typed(e.eventDefinitions?.[0], 'bpmn:MessageEventDefinition'), instead: 'Make it a message event, or put a service task in front of it.', section: '10.5' },
];

/** Features of a process. */
export const PROCESS_FEATURES: readonly Feature[] = [
  { name: 'BPMN resource roles', has: (e) => some(e.resources), instead: 'Use gov:starters and lanes.', section: '10.3.1' },
  { name: 'a correlation subscription that is not complete', has: (e) => e.correlationSubscriptions?.every(isBound) === false, instead: 'Name a correlation key and bind each of its properties to a data path, or use zeebe:subscription correlationKey on the message.', section: '8.4.2' },
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

const hears = (event: string): ExtensionFeature['has'] => ({ listeners }) => listeners?.some(({ eventType }) => eventType === event) === true;

/** Extension elements that are executed. */
export const EXTENSIONS: Readonly<Record<string, ExtensionRow>> = {
  'zeebe:UserTask': { on: ['userTask', 'manualTask'] },
  'zeebe:AssignmentDefinition': { on: ['userTask', 'manualTask'] },
  'zeebe:FormDefinition': { on: ['userTask', 'manualTask', 'startEvent'] },
  'zeebe:TaskSchedule': { on: ['userTask', 'manualTask'] },
  'zeebe:PriorityDefinition': { on: ['userTask', 'manualTask'] },
  'zeebe:TaskDefinition': { on: JOBS },
  'zeebe:TaskHeaders': { on: JOBS },
  'zeebe:JobPriorityDefinition': { on: [...JOBS, 'process'] },
  'zeebe:ExecutionListeners': {
    on: ['flow node', 'process'],
    not: [
      { name: 'an execution listener for cancel', has: hears('cancel'), instead: 'Lead a boundary event or an event sub-process to a service task.' },
      { name: 'an execution listener for beforeAll', has: hears('beforeAll'), instead: 'Draw a service task before the activity.' },
    ],
  },
  'zeebe:TaskListeners': { on: ['userTask', 'manualTask'] },
  'zeebe:IoMapping': { on: ['task', 'userTask', 'serviceTask', 'scriptTask', 'sendTask', 'receiveTask', 'manualTask', 'businessRuleTask', 'subProcess', 'transaction', 'adHocSubProcess', 'callActivity', 'startEvent', 'endEvent', 'intermediateCatchEvent', 'intermediateThrowEvent', 'boundaryEvent'] },
  'zeebe:Script': { on: ['scriptTask'] },
  'zeebe:CalledDecision': { on: ['businessRuleTask'] },
  'zeebe:CalledElement': {
    on: ['callActivity'],
    not: [
      { name: 'a processId and a processIdExpression', has: (e) => e.processId !== undefined && e.processIdExpression !== undefined, instead: 'Keep one of them.' },
    ],
  },
  'zeebe:Subscription': { on: ['message'] },
  'zeebe:LoopCharacteristics': { on: ['multiInstanceLoopCharacteristics'] },
  'zeebe:AdHoc': { on: ['adHocSubProcess'] },
  'zeebe:ConditionalFilter': { on: ['conditionalEventDefinition'] },
  'zeebe:Properties': { on: ['*'] },
  'zeebe:VersionTag': { on: ['process'] },
  'zeebe:UserTaskForm': { on: ['process'] },
  'gov:Sla': {
    on: ['userTask', 'manualTask'],
    not: [
      { name: 'the attribute pausable of gov:sla', has: (e) => e.pausable === true, instead: 'Remove it; the deadline runs through.' },
    ],
  },
  'gov:Retry': { on: JOBS },
  'gov:Binding': { on: ['callActivity'] },
  'gov:Outcomes': { on: ['userTask', 'manualTask'] },
  'gov:Signature': { on: ['userTask'] },
  'gov:Document': {
    on: ['serviceTask'],
    not: [{ name: 'the attribute copies of gov:document', has: (e) => e.copies !== undefined, instead: 'Remove it; printed copies are not counted yet.' }],
  },
  'gov:Attachments': { on: ['userTask', 'manualTask', 'startEvent'] },
  'gov:Separation': { on: ['userTask', 'manualTask'] },
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
  'zeebe:LinkedResources': 'Name the resource in a task header.',
  'zeebe:AgentDefinition': 'Use zeebe:taskDefinition.',
  'gov:Sla': 'Put the deadline onto a user task, or a timer boundary event onto the sub-process.',
  'gov:Exchange': 'Use a message flow without it.',
  'gov:Access': 'Remove it; who sees a case follows from its groups.',
};
