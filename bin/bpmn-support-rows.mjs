// What BPMN 2.0.2 knows, construct by construct and position by position, and the test that shows that it is executed. A row without one is "no".

/**
 * @typedef {{ construct: string, position: string, test?: readonly [file: string, title: string], note?: string, decided?: true }} Row
 * `test`: a file under tests/engine without `.test.ts`, and the beginning of a title in it.
 */

const row = (construct, position, file, title, note) => ({ construct, position, ...(file === undefined ? {} : { test: [file, title] }), ...(note === undefined ? {} : { note }) });
/** Not executed, and not to be: docs/adr/0006 says why. */
const decided = (construct, position, note) => ({ construct, position, note, decided: true });

const TASKS = 'elements/tasks';
const GATEWAYS = 'elements/gateways';
const HANDLERS = 'elements/event-sub-process';
const LOOPS = 'elements/loops';
const UNDO = 'elements/compensation';
const ACTIVITIES = 'elements/activities';
const INCLUSIVE = 'elements/inclusive-gateway';
const COMPLEX = 'elements/complex-gateway';
const ADHOC = 'elements/ad-hoc-sub-process';
const MESSAGE = 'event-definitions/message';
const TIMER = 'event-definitions/timer';
const SIGNAL = 'event-definitions/signal';
const ERROR = 'event-definitions/error';
const ESCALATION = 'event-definitions/escalation';
const CONDITION = 'event-definitions/conditional';
const LINK = 'event-definitions/link';
const MULTIPLE = 'event-definitions/multiple';
const STOP = 'event-definitions/terminate';

/** @type {Readonly<Record<string, readonly Row[]>>} */
export const ROWS = {
  Activities: [
    row('user task', '', 'elements/user-task', 'A user task says who may take it'),
    row('user task', 'form, binding versionTag', 'definitions/bindings', 'A form with a version tag'),
    row('user task', 'resource roles', 'elements/user-task', 'A human performer is the assignee'),
    row('service task', '', TASKS, 'A service task becomes a job'),
    row('script task', 'FEEL', TASKS, 'A script task evaluates FEEL'),
    row('send task', '', TASKS, 'A send task publishes its message'),
    row('receive task', '', TASKS, 'A receive task waits for its message'),
    row('receive task', 'instantiate', ACTIVITIES, 'A receive task with instantiate starts a case'),
    row('manual task', 'passes on', TASKS, 'An abstract task and a manual task'),
    row('manual task', 'confirmed (zeebe:userTask)', 'elements/user-task', 'A manual task with zeebe:userTask'),
    row('business rule task', 'DMN', 'elements/business-rule-task', ''),
    row('business rule task', 'binding latest, deployment', 'elements/business-rule-task', 'Binding latest takes what was deployed last'),
    row('business rule task', 'binding versionTag', 'definitions/bindings', 'A decision is called in the version with its tag'),
    row('call activity', '', 'elements/call-activity', ''),
    row('call activity', 'binding latest, deployment', 'definitions/bindings', 'Binding deployment calls the version'),
    row('call activity', 'binding versionTag', 'definitions/bindings', 'A version tag means the newest version'),
    row('global task', 'called', 'elements/global-task', 'A call activity calls a global task'),
    row('embedded sub-process', '', 'elements/sub-process', 'A sub-process activates its none start event'),
    row('event sub-process', 'interrupting', HANDLERS, 'An interrupting event sub-process cancels'),
    row('event sub-process', 'non-interrupting', HANDLERS, 'A non-interrupting event sub-process runs beside'),
    row('transaction', 'cancel', UNDO, 'A cancel end event undoes what has completed'),
    row('ad-hoc sub-process', 'ordering parallel', ADHOC, 'All activities that nothing leads to begin together'),
    row('ad-hoc sub-process', 'ordering sequential', ADHOC, 'Ordering sequential'),
    row('ad-hoc sub-process', 'completionCondition', ADHOC, 'When the completion condition is true'),
    row('ad-hoc sub-process', 'cancelRemainingInstances="false"', ADHOC, 'With cancelRemainingInstances'),
    row('compensation handler', 'activity', UNDO, 'What has completed is undone in the reverse order'),
    row('compensation handler', 'event sub-process', UNDO, 'A compensation event sub-process undoes'),
    row('compensation', 'reverse order', UNDO, 'What has completed is undone in the reverse order'),
    row('compensation', 'snapshot of data', UNDO, 'A handler reads the data as it was'),
    row('compensation', 'nested scopes', UNDO, 'A completed sub-process is undone'),
    row('compensation', 'multi-instance', UNDO, 'Each instance of a multi-instance activity is undone'),
    row('compensation', 'call activity', UNDO, 'A called case that has completed undoes itself'),
    row('startQuantity', '', ACTIVITIES, 'An activity begins when startQuantity tokens'),
    row('completionQuantity', '', ACTIVITIES, 'completionQuantity tokens leave'),
    row('standard loop', 'loopCondition', LOOPS, 'The activity repeats while the condition is true'),
    row('standard loop', 'testBefore', LOOPS, 'With testBefore the condition is asked first'),
    row('standard loop', 'loopMaximum', LOOPS, 'loopMaximum caps it'),
    row('multi-instance', 'sequential', LOOPS, 'Sequentially one after the other'),
    row('multi-instance', 'parallel', LOOPS, 'One instance for each item, all at once'),
    row('multi-instance', 'loopCardinality', LOOPS, 'A cardinality makes as many instances'),
    row('multi-instance', 'input and output collection', LOOPS, 'The output collection holds'),
    row('multi-instance', 'loopDataInputRef, loopDataOutputRef', 'execution/data', 'A multi-instance activity takes its items from a data object'),
    row('multi-instance', 'completionCondition', LOOPS, 'When the completion condition is true the remaining'),
    row('multi-instance', 'behavior none', LOOPS, 'Behaviour ${behavior}: an event is thrown'),
    row('multi-instance', 'behavior one', LOOPS, 'An interrupting event of behaviour One'),
    row('multi-instance', 'behavior complex', LOOPS, 'Behaviour ${behavior}: an event is thrown'),
    row('multi-instance', '100,000 items', LOOPS, 'A hundred thousand items take time in proportion'),
    row('data object', '', 'execution/data', 'A data output association writes'),
    row('property', '', 'execution/data', 'A property is a variable of its activity'),
    row('ioSpecification and data associations', '', 'execution/data', 'A data input association copies'),
    row('data store', 'read', 'execution/data-stores', 'An activity that reads a data store begins when it has been read'),
    row('data store', 'written', 'execution/data-stores', 'A data output association writes the data store'),
    row('data store', 'outlives its cases', 'execution/data-stores', 'Cases hand on what they write'),
    row('data store', 'capacity, isUnlimited', 'execution/data-stores', 'capacity is the number of entries'),
    row('correlation key', 'zeebe:subscription', 'correlation/correlation', 'A message is offered to the oldest subscription'),
    row('correlation key', 'correlationSubscription, retrieval expressions', 'correlation/keys', 'A process awaits the values its data paths give'),
    row('execution listeners', 'zeebe, start and end', 'elements/listeners', 'An element waits for its start listeners'),
    row('execution listeners', 'of the process', 'elements/listeners', 'A process begins behind its start listeners'),
    row('task listeners', 'zeebe, creating', 'elements/listeners', 'A task is offered behind its creating listeners'),
    row('task listeners', 'zeebe, assigning', 'elements/listeners', 'A task is claimed, assigned or delegated behind'),
    row('task listeners', 'zeebe, updating', 'elements/listeners', 'What a task offers changes behind its updating listeners'),
    row('task listeners', 'zeebe, canceling', 'elements/listeners', 'A task that is cancelled ends behind its canceling listeners'),
    row('task listeners', 'zeebe, completing', 'elements/listeners', 'A task completes behind its completing listeners'),
  ],
  'Gateways and sequence flows': [
    row('exclusive gateway', 'split', GATEWAYS, 'The first sequence flow whose condition is true'),
    row('exclusive gateway', 'merge', GATEWAYS, 'A merging exclusive gateway passes each token'),
    row('parallel gateway', 'fork', GATEWAYS, 'A forking parallel gateway'),
    row('parallel gateway', 'join', GATEWAYS, 'A joining parallel gateway counts flows'),
    row('inclusive gateway', 'split', INCLUSIVE, 'A token is put on every outgoing flow'),
    row('inclusive gateway', 'join, 13.4.3 exactly', 'oracle/gateways', 'Whatever the graph, tokens come to rest only where'),
    row('event-based gateway', '', GATEWAYS, 'The first event takes its path'),
    row('event-based gateway', 'instantiate', ACTIVITIES, 'An event-based gateway with instantiate starts a case'),
    row('event-based gateway', 'instantiate, parallel', ACTIVITIES, 'With the type Parallel the case is started'),
    row('complex gateway', 'activationCondition', COMPLEX, 'It is activated when its condition is true'),
    row('complex gateway', 'reset', COMPLEX, 'Then it waits for the tokens it has not had'),
    row('conditional flow', 'off an activity', ACTIVITIES, 'An unconditional flow is taken always'),
    row('default flow', 'off an activity', ACTIVITIES, 'An unconditional flow is taken always'),
    row('soundness', 'before deployment', 'bpmn/soundness', 'A join behind a decision can wait for ever'),
  ],
  Events: [
    row('none', 'start, intermediate throw, end', 'elements/events', ''),
    row('message', 'start', 'correlation/correlation', 'A message starts a case'),
    row('message', 'event sub-process, interrupting', HANDLERS, 'An interrupting event sub-process cancels'),
    row('message', 'event sub-process, non-interrupting', HANDLERS, 'Each occurrence has its own data'),
    row('message', 'intermediate catch', MESSAGE, 'An intermediate message catch event'),
    row('message', 'intermediate throw, end', MESSAGE, 'A message throw event and a message end event'),
    row('message', 'boundary', MESSAGE, 'A non-interrupting message boundary event'),
    row('timer', 'start', 'definitions/definition', ''),
    row('timer', 'event sub-process', HANDLERS, 'A timer starts it, and a cycle'),
    row('timer', 'intermediate catch', TIMER, 'Days are calendar time in the named zone'),
    row('timer', 'working days of a calendar', TIMER, 'A deadline in working days counts on its calendar'),
    row('timer', 'boundary', TIMER, 'R4/PT10S fires at'),
    row('signal', 'start', SIGNAL, 'A signal starts a case of every process'),
    row('signal', 'event sub-process', HANDLERS, 'A signal and a condition start it'),
    row('signal', 'intermediate catch', SIGNAL, 'A signal reaches every case that waits'),
    row('signal', 'intermediate throw, end', SIGNAL, 'A throw event and an end event broadcast'),
    row('signal', 'scope: tenant, conversation', SIGNAL, 'A signal of the scope conversation'),
    row('signal', 'boundary, both kinds', SIGNAL, 'An interrupting boundary event takes the first signal'),
    row('error', 'event sub-process', HANDLERS, 'An error event sub-process is nearer'),
    row('error', 'boundary', ERROR, 'An exact code goes before a catch-all'),
    row('error', 'end', ERROR, 'An error end event interrupts the sub-process'),
    row('escalation', 'event sub-process', HANDLERS, 'An escalation starts it beside the thrower'),
    row('escalation', 'intermediate throw', ESCALATION, 'An escalation that nothing catches changes nothing'),
    row('escalation', 'boundary, interrupting', ESCALATION, 'An interrupting boundary event cancels the scope'),
    row('escalation', 'boundary, non-interrupting', ESCALATION, 'A non-interrupting boundary event catches it'),
    row('escalation', 'end', ESCALATION, 'An escalation end event ends its path'),
    row('escalation', 'through a call activity', ESCALATION, 'An escalation goes up from a called case'),
    row('conditional', 'start', 'definitions/conditions', 'A conditional start event starts the process'),
    row('conditional', 'event sub-process', HANDLERS, 'A signal and a condition start it'),
    row('conditional', 'intermediate catch', CONDITION, 'An intermediate conditional event waits'),
    row('conditional', 'boundary', CONDITION, 'It fires once for each false to true'),
    row('link', 'intermediate throw and catch', LINK, 'A token that reaches a link throw event'),
    row('cancel', 'end, boundary', UNDO, 'A cancel end event undoes what has completed'),
    row('compensation', 'event sub-process', UNDO, 'A compensation event sub-process undoes'),
    row('compensation', 'intermediate throw', UNDO, 'With an activityRef only that activity'),
    row('compensation', 'boundary', UNDO, 'What has completed is undone in the reverse order'),
    row('compensation', 'end', UNDO, 'A compensation end event undoes'),
    row('terminate', 'end', STOP, ''),
    row('multiple', 'start', MULTIPLE, 'A multiple start event starts the process'),
    row('multiple', 'event sub-process', MULTIPLE, 'An event sub-process with several triggers'),
    row('multiple', 'intermediate catch', MULTIPLE, 'A multiple catch event goes on with the first'),
    row('multiple', 'intermediate throw, end', MULTIPLE, 'A multiple throw event throws all'),
    row('multiple', 'boundary', MULTIPLE, 'A non-interrupting multiple boundary event'),
    row('parallel multiple', 'start', 'correlation/start-rounds', 'A parallel multiple start event starts the process'),
    row('parallel multiple', 'event sub-process', MULTIPLE, 'An event sub-process with several triggers'),
    row('parallel multiple', 'intermediate catch', MULTIPLE, 'A parallel multiple catch event waits for all'),
    row('parallel multiple', 'boundary', MULTIPLE, 'A non-interrupting parallel multiple boundary event'),
    row('eventDefinitionRef', '', MULTIPLE, 'An event definition may be shared by reference'),
  ],
  'Running cases': [
    row('claim, release, assign, complete, return', '', 'elements/user-task', 'A return over parallel work is refused'),
    row('delegate, resolve', '', 'elements/user-task', 'A delegated task is with who was asked'),
    row('separation of duties, four eyes', '', 'elements/user-task', 'With fourEyes nobody does it'),
    row('separation of duties', 'sub-processes', 'execution/separation', 'notSameAs names a sub-process'),
    row('separation of duties', 'call activities', 'execution/separation', 'Who did what goes down into a called case'),
    row('separation of duties', 'deputies', 'execution/separation', 'A task that a deputy did counts for both'),
    row('separation of duties', 'who started the case', 'execution/separation', 'notSameAs names the start event'),
    row('suspend, resume', '', 'execution/moving', 'While a case is suspended nothing in it goes on'),
    row('modification', 'cancel, skip, begin', 'execution/moving', 'What is cancelled ends, what is begun gets a token'),
    row('incidents', 'resolve', 'execution/incidents', 'An incident stops its own path only'),
    row('restart of an ended case', 'a new case linked to it', 'execution/moving', 'A new case says which one it takes up again'),
    row('migration to another version', 'all or nothing', 'execution/migration', 'A case goes on in the new version'),
    row('migration to another version', 'timers from the original start', 'execution/migration', 'A timer with another duration counts from when it was armed first'),
    row('migration to another version', 'subscriptions of the target', 'execution/migration', 'A catch event and an event-based gateway wait for what the target says'),
    row('migration to another version', 'open user tasks', 'execution/migration', 'It takes form, due date, follow-up date, priority and candidates'),
  ],
};
