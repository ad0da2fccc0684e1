/** A compiled model: what decide reads. Made once at deployment by compile, never changed, shared by all instances. */
import type { ListenerPlace } from '../events.ts';
import type { CompiledFeel } from '../feel/compile.ts';
import type { Problem } from '../errors.ts';

/** The flow node types that are executed, by their BPMN 2.0.2 XML element name. */
export type FlowNodeType =
  | 'startEvent' | 'endEvent' | 'intermediateCatchEvent' | 'intermediateThrowEvent' | 'boundaryEvent'
  | 'task' | 'userTask' | 'serviceTask' | 'scriptTask' | 'sendTask' | 'receiveTask' | 'manualTask' | 'businessRuleTask'
  | 'exclusiveGateway' | 'parallelGateway' | 'inclusiveGateway' | 'complexGateway' | 'eventBasedGateway'
  | 'subProcess' | 'transaction' | 'adHocSubProcess' | 'callActivity';

/** A value of the model: FEEL when it was written with a leading `=`, else the text itself. */
export interface Expression {
  /** As written in the model, without the leading `=`. */
  readonly source: string;
  /** The text itself; absent for FEEL. */
  readonly literal?: string;
  /** The compiled expression; absent for a literal. */
  readonly feel?: CompiledFeel;
}

/** zeebe:input / zeebe:output: `target` may be a path `a.b`. */
export interface Mapping {
  readonly source: Expression;
  readonly target: string;
}

export type EventDefinition =
  | { readonly kind: 'none' }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'timer'; readonly timer: 'date' | 'duration' | 'cycle'; readonly value: Expression; readonly calendar: string | undefined }
  | { readonly kind: 'message'; readonly message: MessageSpec }
  /** `code` undefined: catches every error. */
  | { readonly kind: 'error'; readonly code: string | undefined }
  /** `code` undefined: catches every escalation. */
  | { readonly kind: 'escalation'; readonly code: string | undefined }
  /** `near`: it stays in the conversation of the case that throws it. */
  | { readonly kind: 'signal'; readonly name: Expression; readonly near?: true }
  /** `names`: the variables whose writing is looked at; `only`: that makes them, or that changes them. */
  | { readonly kind: 'conditional'; readonly condition: Expression; readonly names: readonly string[]; readonly only?: 'create' | 'update' }
  | { readonly kind: 'link'; readonly name: string }
  /** `activity` undefined: everything completed in the scope. `wait`: the throw event goes on when it is done. */
  | { readonly kind: 'compensate'; readonly activity: string | undefined; readonly wait: boolean }
  | { readonly kind: 'cancel' }
  /** Any of them, or with `parallel` all of them; a throw event throws all. */
  | { readonly kind: 'multiple'; readonly definitions: readonly EventDefinition[]; readonly parallel: boolean };

/** `correlationKey` absent: the conversation of the case. */
export interface MessageSpec {
  readonly name: string;
  readonly correlationKey: Expression | undefined;
  /** By a key of the collaboration instead. */
  readonly correlation?: CorrelationSpec;
}

/** One expression for each property of the key: `carried` on the variables of the message, `awaited` on the data of the process. */
export interface CorrelationSpec {
  readonly carried: readonly Expression[];
  readonly awaited: readonly Expression[] | undefined;
}

export interface OutcomeSpec {
  readonly value: string;
  readonly label: string;
  readonly kind: string;
  readonly requiresComment: boolean;
  /** The task completes this way only with a signature on the document of gov:signature. */
  readonly requiresSignature: boolean;
}

/** gov:signature: `document` is the variable of the document to be signed. */
export interface SignatureSpec {
  readonly level: 'S2' | 'S3';
  readonly document: string;
  readonly reason: string;
}

/** gov:attachment: files that may be handed in; `accept`: media types or endings, comma list; `maxBytes` of one file. */
export interface AttachmentSpec {
  readonly kind: string;
  readonly required: boolean;
  readonly accept: string | undefined;
  readonly maxBytes: number | undefined;
}

/** gov:procedure: which file series and class its records belong to and how long they are kept. */
export interface ProcedureSpec {
  readonly fileSeries: string | undefined;
  readonly recordClass: string | undefined;
  readonly retention: string | undefined;
  readonly legalBasis: string | undefined;
  readonly publicName: string | undefined;
}

export interface UserTaskSpec {
  readonly assignee: Expression | undefined;
  /** A comma-separated text, or FEEL giving a list of texts. Absent: the lane's group. */
  readonly candidateGroups: Expression | undefined;
  readonly candidateUsers: Expression | undefined;
  readonly dueDate: Expression | undefined;
  readonly followUpDate: Expression | undefined;
  readonly priority: Expression | undefined;
  /** Its id, with `@` and the tag where a version tag is named. */
  readonly form: string | undefined;
  readonly outcomes: readonly OutcomeSpec[];
  /** gov:sla due and warnAt: ISO 8601 durations or working days (`P5BD`) from when the task is offered, in the named calendar. `escalateTo`: groups or people. */
  readonly sla: { readonly due: string; readonly calendar: string | undefined; readonly warnAt?: string; readonly onBreach?: 'notify' | 'escalate' | 'reassign' | 'deem'; readonly escalateTo?: Expression } | undefined;
  /** gov:separation fourEyes: nobody who did another task of the case. */
  readonly fourEyes: boolean;
  /** gov:separation notSameAs: element ids. */
  readonly notSameAs: readonly string[];
  readonly signature: SignatureSpec | undefined;
}

export interface JobSpec {
  readonly type: Expression;
  readonly retries: Expression | undefined;
  /** gov:retry: how long it waits after each failure, an ISO 8601 duration; absent: as long as the worker says. */
  readonly backoff?: string;
  /** zeebe:jobPriorityDefinition of the element, else of the process: a whole number from 0 to 100, higher first. */
  readonly priority?: Expression;
  readonly headers: Readonly<Record<string, Expression>>;
}

/** zeebe:executionListeners and zeebe:taskListeners: by the moment they come before or after, in their order; absent where there is none. */
export type ListenerSpecs = Readonly<Partial<Record<ListenerPlace['on'], readonly JobSpec[]>>>;

/** A data store that is read or written: the job that does it, what the store is called in expressions, and what is copied. */
export interface DataStoreAccess {
  readonly job: JobSpec;
  readonly variable: string;
  readonly mappings: readonly Mapping[];
}

export interface DataStoreSpecs {
  readonly reads: readonly DataStoreAccess[];
  readonly writes: readonly DataStoreAccess[];
}

/** The latest version deployed, the one deployed together with this version of the process, or the newest with a version tag. */
export interface Binding {
  readonly binding: 'latest' | 'deployment' | 'versionTag';
  /** With the binding of that name. */
  readonly versionTag?: string;
}

/** zeebe:calledDecision. */
export interface CalledDecision extends Binding {
  readonly decisionId: Expression;
  readonly resultVariable: string;
}

/** zeebe:calledElement. */
export interface CalledElement extends Binding {
  readonly processId: Expression;
  /** The business key of the called case. */
  readonly businessId: Expression | undefined;
  /** A certain version, by its number (gov:binding); the binding is `latest` then. */
  readonly version: number | undefined;
  readonly propagateAllParentVariables: boolean;
  readonly propagateAllChildVariables: boolean;
}

export interface FlowNode {
  readonly id: string;
  readonly type: FlowNodeType;
  readonly name: string;
  readonly line: number;
  /** The sub-process it stands in; undefined at the root of the process. */
  readonly parentId: string | undefined;
  readonly incoming: readonly SequenceFlow[];
  readonly outgoing: readonly SequenceFlow[];
  /** The default sequence flow of an exclusive gateway or an activity. */
  readonly defaultFlow: SequenceFlow | undefined;
  /** On events; undefined elsewhere. */
  readonly event: EventDefinition | undefined;
  /** Boundary events attached to this activity. */
  readonly boundaryEvents: readonly FlowNode[];
  /** On a boundary event: the activity, and whether it is interrupted (cancelActivity). */
  readonly attachedTo: string | undefined;
  readonly interrupting: boolean;
  readonly inputs: readonly Mapping[];
  readonly outputs: readonly Mapping[];
  readonly userTask: UserTaskSpec | undefined;
  /** On service tasks, and on send tasks, script tasks, business rule tasks and throw events that are done by a worker. */
  readonly job: JobSpec | undefined;
  readonly listeners: ListenerSpecs | undefined;
  /** What it reads before its inputs and writes after its work. */
  readonly stores: DataStoreSpecs | undefined;
  /** On script tasks in FEEL. */
  readonly script: { readonly expression: Expression; readonly resultVariable: string } | undefined;
  /** On business rule tasks that call a decision. */
  readonly calledDecision: CalledDecision | undefined;
  /** On receive tasks and on send tasks that publish. */
  readonly message: MessageSpec | undefined;
  readonly call: CalledElement | undefined;
  /** True when conditions or a default flow choose among the flows that leave an activity. */
  readonly selective: boolean;
  /** Tokens that must arrive before an activity begins, and tokens it puts on each outgoing flow. */
  readonly startQuantity: number;
  readonly completionQuantity: number;
  /** A sub-process that is started by its event, whenever that happens in the scope it stands in. */
  readonly triggeredByEvent: boolean;
  /** On a sub-process: the event sub-processes directly inside. */
  readonly eventSubProcesses: readonly FlowNode[];
  readonly loop: LoopSpec | undefined;
  readonly adHoc: AdHocSpec | undefined;
  /** On a complex gateway. */
  readonly activationCondition: Expression | undefined;
  /** On gateways that wait for what can still arrive: by node, the places of the incoming flows that a token there can reach without passing the gateway. */
  readonly reach: (() => Reach) | undefined;
  /** Runs only to undo what it is attached to by a compensation boundary event. */
  readonly isForCompensation: boolean;
  /** On an activity: the handler its compensation boundary event leads to. */
  readonly compensation: FlowNode | undefined;
  /** True when something in it, or it itself, can be compensated after it has completed. */
  readonly compensable: boolean;
  /** On a sub-process: its none start event, or without start events its nodes without incoming flow. */
  readonly starts: readonly FlowNode[];
  /** On user tasks and the start event of a process: files that may be handed in with the form. */
  readonly attachments: readonly AttachmentSpec[];
  /** The group of the innermost lane it lies in. */
  readonly laneGroup: string | undefined;
}

/** Node id -> places (from 0, in the order of the model) of incoming flows. */
export type Reach = ReadonlyMap<string, readonly number[]>;

export type LoopSpec =
  /** Repeats while the condition is true, at most `maximum` times. */
  | { readonly kind: 'standard'; readonly condition: Expression | undefined; readonly testBefore: boolean; readonly maximum: number | undefined }
  | {
    readonly kind: 'multiple';
    readonly sequential: boolean;
    readonly cardinality: Expression | undefined;
    readonly inputCollection: Expression | undefined;
    readonly inputElement: string | undefined;
    readonly outputCollection: string | undefined;
    readonly outputElement: Expression | undefined;
    readonly completionCondition: Expression | undefined;
    /** What is thrown when an instance completes: each time, for the first one, or where a condition holds. */
    readonly throws: readonly { readonly when: 'each' | 'first' | Expression; readonly event: EventDefinition }[];
  };

export interface AdHocSpec {
  readonly sequential: boolean;
  /** Ids of the activities to run; undefined: all that nothing leads to. */
  readonly activeElements: Expression | undefined;
  readonly completionCondition: Expression | undefined;
  readonly cancelRemaining: boolean;
  readonly outputCollection: string | undefined;
  readonly outputElement: Expression | undefined;
}

export interface SequenceFlow {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly condition: Expression | undefined;
}

export interface Lane {
  readonly id: string;
  readonly name: string;
  /** The unit or post it stands for: zeebe:property `group`, else a slug of the name. */
  readonly group: string;
}

/** One process of a file; `decide` works on this. */
export interface ProcessGraph {
  readonly id: string;
  readonly name: string;
  readonly isExecutable: boolean | undefined;
  readonly versionTag: string | undefined;
  readonly line: number;
  /** SHA-256 of the file's text: the identity of the version. */
  readonly hash: string;
  readonly nodes: ReadonlyMap<string, FlowNode>;
  readonly flows: ReadonlyMap<string, SequenceFlow>;
  /** Start events of the process itself; without any, its nodes without incoming flow. */
  readonly starts: readonly FlowNode[];
  /** Nodes a message starts the process at without a start event: receive tasks and events behind a gateway that instantiate. `others`: what then still waits. */
  readonly instantiating: readonly { readonly node: FlowNode; readonly others: readonly FlowNode[] }[];
  /** Event sub-processes of the process itself. */
  readonly eventSubProcesses: readonly FlowNode[];
  /** True when a gateway waits for what can still arrive: it is looked at again after every move of a token. */
  readonly reconsiders: boolean;
  /** Of the process as a whole: `start` and `end`. */
  readonly listeners: ListenerSpecs | undefined;
  readonly lanes: readonly Lane[];
  /** gov:starters groups: who may start a case by hand; empty: every officer. */
  readonly starters: readonly string[];
  readonly startForm: string | undefined;
  /** zeebe:userTaskForm: forms written into the model, as JSON text, by the id its tasks name. */
  readonly embeddedForms: Readonly<Record<string, string>>;
  readonly documentation: string;
  /** The agency whose pool it is: a unit by zeebe:property `group` of the participant, else a slug of its name. */
  readonly agency: string | undefined;
  readonly procedure: ProcedureSpec | undefined;
  /** A global task (BPMN 2.0.2, 10.3.7): it is called by other processes only, nobody starts it by hand. */
  readonly globalTask: boolean;
}

/** One BPMN file. */
export interface Graph {
  readonly hash: string;
  /** In the order of the file. */
  readonly processes: readonly ProcessGraph[];
  readonly warnings: readonly Problem[];
}
