/** The findings this room can make about a model, one row per rule; `clause` names the section of BPMN 2.0.2 (formal/2013-12-09) or of the extension format. */
import { fill } from '../errors.ts';
import type { Problem } from '../errors.ts';

interface Entry {
  readonly message: string;
  readonly hint: string;
  readonly clause: string;
  /** Absent: an error, the model cannot be deployed. */
  readonly severity?: 'warning';
}

/** `{name}` is filled in by {@link problem}; every row can use `{id}`, the element the finding is about. */
export const BPMN_ERRORS = {
  // The file
  BPMN_XML_TOO_LARGE: { message: 'Expected a file of at most {limit} characters, but it has {size}', hint: 'Split the model; large content does not belong into a model.', clause: '15.3.1' },
  BPMN_XML_TOO_DEEP: { message: 'Expected elements nested at most {limit} deep, but they are nested deeper', hint: 'Move inner sub-processes into processes of their own and call them.', clause: '15.3.1' },
  BPMN_XML_DOCTYPE: { message: 'Expected plain XML, but the file declares a document type or entities', hint: 'Remove the <!DOCTYPE ...> declaration; models need none.', clause: '15.3.1' },
  BPMN_XML_INVALID: { message: 'Expected well-formed XML, but {reason}', hint: 'Open the file in a modeller or an XML editor and repair it at this line.', clause: '15.3.1' },
  BPMN_XML_ROOT: { message: 'Expected a BPMN file with the root element definitions, but {reason}', hint: 'Export the model as BPMN 2.0 XML.', clause: '15.3.1' },
  BPMN_XML_CONTENT: { message: 'Expected only elements of BPMN 2.0 in their places, but {reason}', hint: 'Extensions belong into extensionElements; remove or move the element.', clause: '15.3.1' },
  BPMN_XML_TEXT: { message: 'Expected no text directly inside {name}, but there is some', hint: 'Move the text into a documentation element.', clause: '15.3.1' },
  BPMN_XML_ENCODING: { message: 'Expected the encoding UTF-8, but {reason}', hint: 'Save the file as UTF-8 if letters look wrong.', clause: '15.3.1', severity: 'warning' },
  BPMN_ATTRIBUTE_UNKNOWN: { message: 'Expected only attributes of BPMN 2.0 on {id}, but {name} is none of this element', hint: 'Remove the attribute, or put it into a namespace of its own.', clause: '8.3.3' },
  BPMN_ATTRIBUTE_INVALID: { message: 'Expected {name} of {id} to be {allowed}, but it is {value}', hint: 'Correct the value; any other would be read as something that was not meant.', clause: '8.3.1' },
  BPMN_ATTRIBUTE_NOT_DRAWN: { message: 'Expected only attributes of BPMN DI on {id}, but {name} is none of this element', hint: 'It is kept in the file; it changes nothing.', clause: '12.2', severity: 'warning' },
  BPMN_REFERENCE_UNRESOLVED: { message: 'Expected {property} of {id} to name an element of this file, but {value} does not exist', hint: 'Draw it again in a modeller, or write the id of an existing element without a prefix.', clause: '8.3.1' },
  BPMN_REFERENCE_NOT_FOUND: { message: 'Expected {property} of {id} to name an element of this file, but {value} does not exist', hint: 'It is not needed to run the process; tidy the file when you can.', clause: '8.3.1', severity: 'warning' },
  BPMN_REFERENCE_TYPE: { message: 'Expected {property} of {id} to name {wanted}, but {other} is {type}', hint: 'Choose {wanted} of this file.', clause: '8.3.1' },
  BPMN_ID_DUPLICATE: { message: 'Expected the id {id} to be unique in the file, but line {first} has it too', hint: 'Give one of the two elements another id.', clause: '8.3.1' },
  BPMN_ID_INVALID: { message: 'Expected an id of letters, digits, dots, dashes and underscores that begins with a letter, but it is {value}', hint: 'Change the id.', clause: '8.3.1' },
  BPMN_ID_MISSING: { message: 'Expected {name} to have an id, but it has none', hint: 'Give the element an id; modellers do it by themselves.', clause: '8.3.1' },
  BPMN_MUST_UNDERSTAND: { message: 'Expected no extension that must be understood, but the file demands {name}', hint: 'Set mustUnderstand to false or remove the extension.', clause: '8.3.3' },

  // Processes
  BPMN_NOTHING_EXECUTABLE: { message: 'Expected at least one executable process, but the file has {found}', hint: 'Set isExecutable to true on the process that shall run.', clause: '10.2.1' },
  BPMN_PROCESS_EMPTY: { message: 'Expected {id} to have something to run, but it has no flow nodes', hint: 'Draw at least one task or event.', clause: '10.2' },
  BPMN_START_MISSING: { message: 'Expected {id} to have a place to start, but every flow node in it has an incoming sequence flow', hint: 'Add a start event.', clause: '13.2' },
  BPMN_START_NONE_TWICE: { message: 'Expected {scope} to have at most one none start event, but {id} is another one', hint: 'Keep one none start event; give the others a message or a timer.', clause: '10.5.2' },
  BPMN_MESSAGE_START_TWICE: { message: 'Expected each message to start {scope} at one place, but {id} and {other} wait for {name}', hint: 'Use one start event and decide afterwards.', clause: '10.5.2' },
  BPMN_CASES_ENDLESS: { message: 'Expected cases to come to an end, but what {id} throws starts cases that throw it again without waiting: {circle}', hint: 'Let a case wait in between, for a person, a timer or a message, or decide before {id} whether another case is wanted.', clause: '10.5.2', severity: 'warning' },

  // Sequence flows
  BPMN_FLOW_INCOMPLETE: { message: 'Expected sequence flow {id} to have a source and a target, but it has no {missing}', hint: 'Draw the arrow from one flow node to another.', clause: '8.4.13' },
  BPMN_FLOW_ENDPOINT: { message: 'Expected sequence flow {id} to connect flow nodes, but {other} is {type}', hint: 'Use an association for data and annotations, a message flow between pools.', clause: '8.4.13' },
  BPMN_FLOW_CROSSES_SCOPE: { message: 'Expected sequence flow {id} to stay inside one process or sub-process, but {source} and {target} stand in different ones', hint: 'End the inner part and go on from the border of the sub-process; between pools use a message flow.', clause: '7.6.1' },
  BPMN_FLOW_INTO_START: { message: 'Expected start event {id} to have no incoming sequence flow, but {flow} leads into it', hint: 'Lead the flow to the first task instead.', clause: '10.5.2' },
  BPMN_FLOW_OUT_OF_END: { message: 'Expected end event {id} to have no outgoing sequence flow, but {flow} leaves it', hint: 'Use an intermediate event, or remove the flow.', clause: '10.5.3' },
  BPMN_FLOW_INTO_BOUNDARY: { message: 'Expected boundary event {id} to have no incoming sequence flow, but {flow} leads into it', hint: 'A boundary event is triggered, never reached; use an intermediate event.', clause: '10.5.4' },
  BPMN_NODE_WITHOUT_INCOMING: { message: 'Expected {id} to have an incoming sequence flow, because {scope} has a start event, but it has none', hint: 'Connect it; as it is, it never runs.', clause: '10.5.2', severity: 'warning' },
  BPMN_NODE_WITHOUT_OUTGOING: { message: 'Expected {id} to have an outgoing sequence flow, but it has none', hint: 'Connect it; as it is, the path simply ends here.', clause: '10.5.3', severity: 'warning' },

  // Gateways
  BPMN_DEFAULT_FOREIGN: { message: 'Expected the default flow of {id} to leave it, but {flow} does not', hint: 'Choose one of its own outgoing flows as default.', clause: '10.6.2' },
  BPMN_DEFAULT_CONDITION: { message: 'Expected the default flow {flow} of {id} to have no condition, but it has one', hint: 'Remove the condition; the default flow is taken when no other condition is true.', clause: '8.4.13' },
  BPMN_BRANCH_WITHOUT_CONDITION: { message: 'Expected every branch of exclusive gateway {gateway} to have a condition or to be its default, but {id} has none', hint: 'Write a FEEL condition such as =amount > 100, or mark the branch as default.', clause: '10.6.2' },
  BPMN_GATEWAY_WITHOUT_DEFAULT: { message: 'Expected {id} to have a default flow, but all its branches have conditions', hint: 'If no condition is true, the case stops with an incident; mark one branch as default.', clause: '13.4.2', severity: 'warning' },
  BPMN_GATEWAY_DIRECTION: { message: 'Expected gateway {id} to be {direction}, as it says, but it has {incoming} incoming and {outgoing} outgoing flows', hint: 'Remove the attribute gatewayDirection or redraw the gateway; the flows count.', clause: '8.4.9', severity: 'warning' },
  BPMN_EVENT_GATEWAY_BRANCHES: { message: 'Expected event-based gateway {id} to have at least two outgoing flows, but it has {outgoing}', hint: 'Add the other event it shall wait for, or use the event alone.', clause: '10.6.6' },
  BPMN_EVENT_GATEWAY_TARGET: { message: 'Expected event-based gateway {gateway} to lead to catch events and receive tasks only, but {id} is {type}', hint: 'Put an intermediate catch event in front of it.', clause: '10.6.6' },
  BPMN_EVENT_GATEWAY_INCOMING: { message: 'Expected {id} to be reached from event-based gateway {gateway} only, but it has {incoming} incoming flows', hint: 'Join the paths before the gateway.', clause: '10.6.6' },
  BPMN_EVENT_GATEWAY_MIXED: { message: 'Expected event-based gateway {id} to wait either by receive tasks or by message events, but it uses both', hint: 'Use message catch events everywhere.', clause: '10.6.6' },
  BPMN_EVENT_GATEWAY_BOUNDARY: { message: 'Expected receive task {id} to have no boundary events, because event-based gateway {gateway} leads to it, but it has {boundary}', hint: 'Add a timer event as a further branch of the gateway.', clause: '10.6.6' },

  // Events
  BPMN_BOUNDARY_NOT_ATTACHED: { message: 'Expected boundary event {id} to be attached to an activity, but it is attached to {other}', hint: 'Drop the event onto the border of a task, sub-process or call activity.', clause: '10.5.4' },
  BPMN_BOUNDARY_SCOPE: { message: 'Expected boundary event {id} to stand in the scope of {other}, but it stands in another one', hint: 'Draw the event again on the border of the activity.', clause: '10.5.4' },
  BPMN_EVENT_DEFINITION_MISSING: { message: 'Expected {id} to say what it waits for, but it has no event definition', hint: 'Make it a message or timer event; on a border also an error event.', clause: '10.5.4' },
  BPMN_ERROR_CODE_MISSING: { message: 'Expected error end event {id} to name an error with an errorCode, but it has {found}', hint: 'Choose an error and give it a code, for example REFUSED.', clause: '8.4.3' },
  BPMN_ERROR_WITHOUT_CODE: { message: 'Expected the error caught by {id} to have an errorCode, but it has none', hint: 'As it is, it catches every error. Give the error a code if that is not meant.', clause: '8.4.3', severity: 'warning' },
  BPMN_ERROR_CAUGHT_TWICE: { message: 'Expected {host} to catch {name} once, but {id} and {other} both do', hint: 'Remove one of them or give it another error.', clause: '10.5.6' },
  BPMN_ERROR_NON_INTERRUPTING: { message: 'Expected {kind} event {id} to interrupt, but it says that it does not', hint: 'Set cancelActivity or isInterrupting to true, or leave it out: what waits for this always ends what it stands on or in.', clause: '10.5.4' },
  BPMN_MESSAGE_MISSING: { message: 'Expected {id} to name a message, but it has no messageRef', hint: 'Choose or create a message.', clause: '8.4.11' },
  BPMN_MESSAGE_NAME_MISSING: { message: 'Expected message {message}, used by {id}, to have a name, but it has none', hint: 'Name the message; publishers find it by its name.', clause: '8.4.11' },
  BPMN_CORRELATION_INVALID: { message: 'Expected {id} to correlate message {message} in one way, but {found}', hint: 'Use one correlation key with a subscription in each process that awaits the message, or zeebe:subscription correlationKey alone.', clause: '8.4.2' },
  BPMN_MESSAGE_KEY_MISSING: { message: 'Expected message {name}, awaited by {id}, to have a correlation key or a message flow, but it has neither', hint: 'Add zeebe:subscription correlationKey to the message; without it only messages of the same conversation arrive.', clause: '8.4.2', severity: 'warning' },
  BPMN_TIMER_AMOUNT: { message: 'Expected timer event {id} to have exactly one of timeDate, timeDuration and timeCycle, but it has {found}', hint: 'Keep one and fill it.', clause: '10.5.5' },
  BPMN_TIMER_INVALID: { message: 'Expected {property} of {id} to be {expected}, but it is {value}', hint: 'Correct the value, or begin it with = to compute it by FEEL.', clause: '10.5.5' },
  BPMN_TIMER_CYCLE: { message: 'Expected {id} to fire once, but it has a timeCycle', hint: 'A cycle needs a start event or a non-interrupting boundary event; use timeDuration here.', clause: '10.5.5' },
  BPMN_TIMER_START: { message: 'Expected {property} of start event {id} to be known when the process is deployed, but it reads the variables {names}', hint: 'No case has begun then, so no variable has a value; write a fixed time, or start the process by a message and wait inside.', clause: '10.5.2', severity: 'warning' },

  BPMN_ESCALATION_CODE_MISSING: { message: 'Expected escalation event {id} to name an escalation with an escalationCode, but it has {found}', hint: 'Choose an escalation and give it a code, for example LATE.', clause: '10.5.5' },
  BPMN_ESCALATION_WITHOUT_CODE: { message: 'Expected the escalation caught by {id} to have an escalationCode, but it has none', hint: 'As it is, it catches every escalation. Give the escalation a code if that is not meant.', clause: '8.4.4', severity: 'warning' },
  BPMN_SIGNAL_NAME_MISSING: { message: 'Expected signal event {id} to name a signal, but it has {found}', hint: 'Choose or create a signal and name it.', clause: '10.5.5' },
  BPMN_SIGNAL_SCOPE: { message: 'Expected the property scope of the signal of {id} to be tenant or conversation, but it is {value}{why}', hint: 'Leave the property out: then the signal reaches every case of the tenant.', clause: '10.5.5' },
  BPMN_SIGNAL_START_COMPUTED: { message: 'Expected the signal that starts the process at {id} to have a fixed name, but it is computed: {value}', hint: 'No case has begun then, so no variable has a value; write the name itself.', clause: '10.5.2' },
  BPMN_CONDITION_EVENTS: { message: 'Expected the variableEvents of {id} to be create, update or both, but they are {found}{why}', hint: 'Write create, update, or leave the attribute out: then every writing of the variables counts.', clause: 'extension zeebe:conditionalFilter' },
  BPMN_CONDITION_MISSING: { message: 'Expected conditional event {id} to have a condition, but it has none', hint: 'Write a FEEL condition such as =amount > 100.', clause: '10.5.5' },
  BPMN_LINK_NAME_MISSING: { message: 'Expected link event {id} to have a link name, but it has none', hint: 'Give both ends of the link the same name.', clause: '10.5.5' },
  BPMN_LINK_UNCAUGHT: { message: 'Expected link {name}, thrown by {id}, to be caught in the same process or sub-process, but it is not', hint: 'Add an intermediate catch event with this link name.', clause: '10.5.5' },
  BPMN_LINK_UNTHROWN: { message: 'Expected link {name}, caught by {id}, to be thrown in the same process or sub-process, but it is not', hint: 'Add an intermediate throw event with this link name; as it is, nothing behind {id} runs.', clause: '10.5.5', severity: 'warning' },
  BPMN_LINK_TWICE: { message: 'Expected link {name} to be caught once, but {id} and {other} both catch it', hint: 'Keep one, or give one of them another link name.', clause: '10.5.5' },
  BPMN_LINK_FLOW: { message: 'Expected the link to replace the sequence flow of {id}, but {flow} {way} it', hint: 'Remove the flow: a link is thrown at the end of one path and caught at the beginning of another.', clause: '10.5.5' },
  BPMN_HANDLER_START: { message: 'Expected event sub-process {id} to have exactly one start event with a trigger, but it has {found}', hint: 'Give it one start event that waits for a message, timer, error, escalation, signal, condition or compensation.', clause: '10.3.5' },
  BPMN_HANDLER_BORDER: { message: 'Expected no boundary events on event sub-process {id}, but there is {event}', hint: 'It is no activity of the normal flow: catch inside it, or on the border of the sub-process around it.', clause: '10.3.5' },
  BPMN_HANDLER_FLOW: { message: 'Expected no sequence flow at event sub-process {id}, but there is {flow}', hint: 'Remove the flow: it is started by its event only.', clause: '10.3.5' },
  BPMN_CANCEL_PLACE: { message: 'Expected cancel event {id} to stand {wanted}, but it does not', hint: 'Use a transaction, or another event.', clause: '10.5.5' },
  BPMN_CANCEL_UNCAUGHT: { message: 'Expected transaction {transaction} to have a cancel boundary event, because {id} cancels it, but it has none', hint: 'Add a cancel boundary event to the transaction.', clause: '10.5.5' },
  BPMN_COMPENSATION_HANDLER: { message: 'Expected compensation boundary event {id} to be associated with an activity for compensation in the same scope, but {found}', hint: 'Draw an association to the activity that undoes, and mark that for compensation.', clause: '10.7' },
  BPMN_COMPENSATION_FLOW: { message: 'Expected no sequence flow at {id}, because compensation is outside the normal flow, but there is {flow}', hint: 'Connect event and handler by an association only.', clause: '10.7' },
  BPMN_COMPENSATION_UNUSED: { message: 'Expected activity {id}, which is for compensation, to be associated with a compensation boundary event, but none leads to it', hint: 'Draw an association from the event to it; as it is, it never runs.', clause: '10.7', severity: 'warning' },
  BPMN_COMPENSATION_UNKNOWN: { message: 'Expected {id} to compensate an activity of its own scope, but {activity} is none', hint: 'Name an activity beside the event, or leave activityRef out to compensate everything in the scope.', clause: '10.5.5' },
  BPMN_ADHOC_EVENT: { message: 'Expected no start and end events in ad-hoc sub-process {scope}, but {id} is one', hint: 'Remove it; activities of an ad-hoc sub-process begin by themselves or by choice.', clause: '10.3.5' },
  BPMN_INSTANTIATE_PLACE: { message: 'Expected {id} to start the process, as instantiate says, but it {found}', hint: 'Move it to the beginning of the process, or set instantiate to false.', clause: '13.2' },
  BPMN_INSTANTIATE_TRIGGER: { message: 'Expected gateway {gateway} to be left by messages only, because it starts the process, but {id} waits for something else', hint: 'Use message catch events or receive tasks behind it.', clause: '10.6.6' },
  BPMN_EVENT_GATEWAY_PARALLEL: { message: 'Expected event-based gateway {id} to start the process, because its type is Parallel, but instantiate is not true', hint: 'Set instantiate to true, or use a parallel gateway with events behind it.', clause: '10.6.6' },
  BPMN_ACTIVATION_MISSING: { message: 'Expected complex gateway {id} to say when it is activated, but it has no activationCondition', hint: 'Write a FEEL condition such as =activationCount >= 2.', clause: '10.6.5' },

  // Activities
  BPMN_QUANTITY_INVALID: { message: 'Expected startQuantity and completionQuantity of {id} to be whole numbers from 1 to {limit}, but one is {value}', hint: 'Leave the attribute out for one token.', clause: '10.3' },
  BPMN_LOOP_ENDLESS: { message: 'Expected loop {id} to end, but it has neither a loopCondition nor a loopMaximum', hint: 'Write the condition under which it repeats, or how often at most.', clause: '10.3.8' },
  BPMN_LOOP_MAXIMUM: { message: 'Expected loopMaximum of {id} to be a whole number from 1, but it is {value}', hint: 'Write a number such as 3, or leave it out.', clause: '10.3.8' },
  BPMN_LOOP_AMOUNT: { message: 'Expected multi-instance activity {id} to have a loopCardinality or an inputCollection, but it has {found}', hint: 'Write the number of instances, or the list they are made for (zeebe:loopCharacteristics).', clause: '10.3.8' },
  BPMN_LOOP_NAME: { message: 'Expected {property} of {id} to be a variable name, but it is {value}', hint: 'Use letters, digits and underscores, beginning with a letter.', clause: 'extension zeebe:loopCharacteristics' },
  BPMN_LOOP_OUTPUT: { message: 'Expected {id} to have outputCollection and outputElement together, but it has no {missing}', hint: 'Fill both, or neither.', clause: 'extension zeebe:loopCharacteristics' },
  BPMN_LOOP_EVENT: { message: 'Expected {id} to name an escalation, signal, message or error that its behaviour {behavior} throws, but it does not', hint: 'Refer to such an event definition, or use the behaviour All.', clause: '10.3.8' },
  BPMN_JOB_TYPE_MISSING: { message: 'Expected {id} to name its job type, but it has none', hint: 'Add zeebe:taskDefinition with a type, for example notify.', clause: '10.3.3' },
  BPMN_JOB_RETRIES_INVALID: { message: 'Expected the retries of {id} to be a whole number from 0 to 1000, but they are {value}', hint: 'Write a number such as 3.', clause: 'extension zeebe:taskDefinition' },
  BPMN_RETRY_INVALID: { message: 'Expected the back-off (gov:retry) of {id} to be an ISO 8601 duration, but it is {value}', hint: 'Write for example PT10M; working days are not counted here.', clause: 'extension gov:retry' },
  BPMN_LISTENER_INVALID: { message: 'Expected every listener of {id} to have a job type and one of the events {events}, but one has {found}', hint: 'Fill type and eventType of the listener.', clause: 'extension zeebe:executionListeners, zeebe:taskListeners' },
  BPMN_SEND_NOTHING: { message: 'Expected {id} to name a message or a job type, but it has neither', hint: 'Choose a message, or add zeebe:taskDefinition with a type.', clause: '10.3.3' },
  BPMN_SCRIPT_MISSING: { message: 'Expected script task {id} to have a script, but it has none', hint: 'Add zeebe:script with an expression and a resultVariable.', clause: '10.3.3' },
  BPMN_SCRIPT_INCOMPLETE: { message: 'Expected the script of {id} to have an expression and a resultVariable, but it has no {missing}', hint: 'Fill both attributes of zeebe:script.', clause: '10.3.3' },
  BPMN_SCRIPT_AND_JOB: { message: 'Expected script task {id} to have a script or a job type, but it has both', hint: 'Keep zeebe:script for FEEL, or zeebe:taskDefinition for a worker.', clause: '10.3.3' },
  BPMN_SIGNATURE_INCOMPLETE: { message: 'Expected gov:signature of {id} to name the variable of the document to be signed, but it names {value}', hint: 'Set document to the output of the gov:document that makes it.', clause: 'extension gov:signature' },
  BPMN_SIGNATURE_LEVEL: { message: 'Expected the level of gov:signature of {id} to be S2 (the officer signs) or S3 (and the agency seals), but it is {value}', hint: 'Use S2 or S3; for a decision without a signature remove gov:signature.', clause: 'extension gov:signature' },
  BPMN_ATTACHMENT_KIND: { message: 'Expected each attachment of {id} to have a kind of its own, but one is {value}', hint: 'Give each gov:attachment another kind.', clause: 'extension gov:attachments' },
  BPMN_ATTACHMENT_SIZE: { message: 'Expected maxSize of an attachment of {id} to be like 20MB, but it is {value}', hint: 'Write a whole number of B, KB or MB.', clause: 'extension gov:attachments' },
  BPMN_SEND_BOTH: { message: 'Expected event {id} to publish a message or to give a job to a worker, but it names both', hint: 'Remove one of them, or use a send task: it gives the job first and then publishes.', clause: '10.3.3' },
  BPMN_RULE_NOTHING: { message: 'Expected business rule task {id} to call a decision or to give a job to a worker, but it names neither', hint: 'Add zeebe:calledDecision with a decisionId and a resultVariable.', clause: '10.3.3' },
  BPMN_RULE_BOTH: { message: 'Expected business rule task {id} to call a decision or to give a job to a worker, but it names both', hint: 'Keep zeebe:calledDecision for a decision, or zeebe:taskDefinition for a worker.', clause: '10.3.3' },
  BPMN_DECISION_INCOMPLETE: { message: 'Expected the decision called by {id} to have a decisionId and a resultVariable, but it has no {missing}', hint: 'Fill both attributes of zeebe:calledDecision.', clause: 'extension zeebe:calledDecision' },
  BPMN_DECISION_MISSING: { message: 'Expected decision {decision}, called by {id}, to be {where}, but it is not', hint: 'Add the .dmn file, or correct the decisionId in the model.', clause: '10.3.3' },
  BPMN_VARIABLE_NAME: { message: 'Expected the resultVariable of {id} to be a variable name, but it is {value}', hint: 'Use letters, digits and underscores, beginning with a letter.', clause: 'extension zeebe:script, zeebe:calledDecision' },
  BPMN_CALLED_ELEMENT_MISSING: { message: 'Expected call activity {id} to name the process it calls, but it {found}', hint: 'Write calledElement="..." with the id of a process, or add zeebe:calledElement processId="...".', clause: '10.3.6' },
  BPMN_CALLED_ELEMENT_OTHER: { message: 'Expected {id} to name one process, but calledElement is {plain} and zeebe:calledElement {written}', hint: 'zeebe:calledElement counts; remove the attribute calledElement.', clause: '10.3.6', severity: 'warning' },
  BPMN_CALLED_MISSING: { message: 'Expected process {processId}, called by {id} with the binding deployment, to be deployed together with it, but it is not', hint: 'Add its file to the deployment, or use bindingType="latest".', clause: '10.3.6' },
  BPMN_BINDING_INVALID: { message: 'Expected {id} to mean the latest version, the one deployed together with it, the one with a version tag, or a process by the number of its version, but its binding is {found}', hint: 'Use bindingType="latest", "deployment", or "versionTag" with a versionTag; or gov:binding version="2" alone.', clause: 'extension zeebe:bindingType' },
  BPMN_OUTCOME_INCOMPLETE: { message: 'Expected every outcome of {id} to have a value, but one has none', hint: 'Give the outcome a value; it is what conditions compare.', clause: 'extension gov:outcomes' },
  BPMN_OUTCOME_TWICE: { message: 'Expected the outcomes of {id} to be unique, but {value} is there twice', hint: 'Rename or remove one of them.', clause: 'extension gov:outcomes' },
  BPMN_OUTCOME_KIND: { message: 'Expected the kind of outcome {value} of {id} to be approve, return, refuse or forward, but it is {kind}', hint: 'Choose one of the four.', clause: 'extension gov:outcomes' },
  BPMN_PRIORITY_INVALID: { message: 'Expected the priority of {id} to be a whole number from 0 to 100, but it is {value}', hint: 'Write a number such as 50, or begin with = to compute it.', clause: 'extension zeebe:priorityDefinition' },
  BPMN_DATE_INVALID: { message: 'Expected {property} of {id} to be a date and time, but it is {value}', hint: 'Write an instant such as 2026-01-05T17:00:00Z, or begin with = to compute it.', clause: 'extension zeebe:taskSchedule' },
  BPMN_SLA_INVALID: { message: 'Expected the deadline (gov:sla due) of {id} to be an ISO 8601 duration or working days, but it is {value}', hint: 'Write for example P3D or P5BD.', clause: 'extension gov:sla' },
  BPMN_SLA_BREACH: { message: 'Expected what gov:sla of {id} asks for to be possible, but {reason}', hint: 'onBreach is notify, escalate, reassign (with escalateTo) or deem.', clause: 'extension gov:sla' },
  BPMN_SEPARATION_UNKNOWN: { message: 'Expected notSameAs of {id} to name other user tasks, sub-processes, call activities or start events of this file, but {value} is none', hint: 'Write their ids, separated by commas.', clause: 'extension gov:separation' },
  BPMN_FORM_MISSING: { message: 'Expected the form of {id} to have a formId or an externalReference, but it has neither', hint: 'Choose a form or remove zeebe:formDefinition.', clause: 'extension zeebe:formDefinition' },
  BPMN_MAPPING_INCOMPLETE: { message: 'Expected every {kind} of {id} to have a source and a target, but one has no {missing}', hint: 'Fill both attributes.', clause: 'extension zeebe:ioMapping' },
  BPMN_MAPPING_TARGET: { message: 'Expected the target of every {kind} of {id} to be a variable name or a path a.b, but it is {value}', hint: 'Use letters, digits and underscores, with dots between the parts.', clause: 'extension zeebe:ioMapping' },
  BPMN_DATA_STORE_TARGET: { message: 'Expected the assignments of {id} that lead to the data store {store} to write into it, but one writes into {value}', hint: 'Write to {variable}, or to a part of it such as {variable}.field.', clause: '10.4.2' },
  BPMN_EXTENSION_TWICE: { message: 'Expected {id} to have {name} once, but it is there {count} times', hint: 'Keep one of them.', clause: '8.3.3' },

  // Expressions
  BPMN_FEEL_INVALID: { message: 'Expected {property} of {id} to be a FEEL expression, but {reason} (line {feelLine}, character {column} of {source})', hint: '{feelHint}', clause: '8.4.6' },
  BPMN_FEEL_FUNCTION_UNKNOWN: { message: 'Expected {property} of {id} to call functions that exist, but nobody provides {names}', hint: 'docs/feel.md lists the functions; a variable cannot be called.', clause: '8.4.6' },
  BPMN_FEEL_TOO_LONG: { message: 'Expected {property} of {id} to be at most {limit} characters of FEEL, but it has {size}', hint: 'Split it over several script tasks.', clause: '8.4.6' },
  BPMN_EXPRESSION_EMPTY: { message: 'Expected {property} of {id} to have an expression, but it is empty', hint: 'Write a FEEL expression or remove the element.', clause: '8.4.6' },
  BPMN_EXPRESSION_FOREIGN: { message: 'Expected {property} of {id} to be FEEL or plain text, but {value} is an expression of another engine', hint: 'Write it in FEEL, for example ${amount > 100} becomes =amount > 100.', clause: '8.4.6' },
  BPMN_EXPRESSION_LANGUAGE: { message: 'Expected {property} of {id} to be written in FEEL, but its language is {value}', hint: 'Rewrite it in FEEL and remove the language attribute.', clause: '8.4.6' },

  // Data
  BPMN_DATA_SCOPE: { message: 'Expected data that {id} reads or writes to stand in its scope or one around it, but {other} stands in {scope}', hint: 'Move the data object into the scope that both can see.', clause: '10.4.1' },

  // Lanes
  BPMN_LANE_NODE: { message: 'Expected lane {id} to refer to flow nodes of its process, but {other} is none', hint: 'Draw the element into the lane again.', clause: '10.8' },
  BPMN_LANE_TWICE: { message: 'Expected {node} to lie in one lane of its lane set, but {id} and {other} both have it', hint: 'Draw the element into one lane.', clause: '10.8' },
  BPMN_LANE_WITHOUT_GROUP: { message: 'Expected lane {id} to stand for a unit or post, but it has neither a name nor a property group', hint: 'Name the lane after the unit whose officers do its tasks.', clause: '10.8', severity: 'warning' },

  // What is not executed yet
  BPMN_ELEMENT_NOT_EXECUTED: { message: 'Expected only elements this engine executes, but {id} is {name}', hint: '{instead}', clause: '{section}' },
  BPMN_EVENT_NOT_EXECUTED: { message: 'Expected only events this engine executes, but {id} is {name}', hint: '{instead}', clause: '{section}' },
  BPMN_FEATURE_NOT_EXECUTED: { message: 'Expected only features this engine executes, but {id} has {name}', hint: '{instead}', clause: '{section}' },
  BPMN_EXTENSION_NOT_EXECUTED: { message: 'Expected only extensions this engine executes, but {id} has {name}', hint: '{instead}', clause: '{section}' },
  BPMN_EXTENSION_MISPLACED: { message: 'Expected {name} where it has a meaning, but {id} is {type}', hint: 'It can stand on: {places}.', clause: '8.3.3' },
  BPMN_FOREIGN_NOT_EXECUTED: { message: 'Expected no instructions for another engine, but {id} has {name}', hint: '{instead}', clause: '8.3.3' },
  BPMN_FOREIGN_KEPT: { message: 'Expected no instructions for another engine, but {id} has {name}', hint: '{instead}', clause: '8.3.3', severity: 'warning' },
  BPMN_WITHOUT_EFFECT: { message: 'Expected only what has an effect here, but {id} has {name}', hint: '{instead}', clause: '{section}', severity: 'warning' },
  BPMN_MESSAGE_FLOW_END: { message: 'Expected message flow {id} to connect events, tasks or pools of two different pools, but {reason}', hint: 'Draw it from a sending event or task to a receiving one in the other pool.', clause: '9.4' },
  BPMN_MESSAGE_FLOW_SOURCE: { message: 'Expected message flow {id} to leave a message throw event, message end event or send task with a message, but {other} is {type}', hint: 'Make the source a send task or a message throw event and choose its message.', clause: '9.4' },
  BPMN_MESSAGE_FLOW_TARGET: { message: 'Expected message flow {id} to reach a message start event, message catch event or receive task, but {other} is {type}', hint: 'Make the target a receive task or a message event.', clause: '9.4' },
  BPMN_MESSAGE_FLOW_NAMES: { message: 'Expected both ends of message flow {id} to name the same message, but {source} sends {sent} and {target} awaits {awaited}', hint: 'Choose the same message at both ends.', clause: '9.4' },
} as const satisfies Record<string, Entry>;

export type BpmnCode = keyof typeof BPMN_ERRORS;

/** Where a finding is: the nearest element with an id, and the line it begins in (from 1). */
export interface Place {
  readonly id: string;
  readonly line: number;
}

/** Builds a finding from the table; `values` fill the `{placeholders}`. */
export function problem(code: BpmnCode, at: Place, values: Readonly<Record<string, string | number>> = {}): Problem {
  const entry: Entry = BPMN_ERRORS[code];
  const all = { id: at.id, ...values };
  return {
    code,
    severity: entry.severity ?? 'error',
    elementId: at.id,
    line: at.line,
    message: fill(entry.message, all),
    hint: fill(entry.hint, all),
    clause: fill(entry.clause, all),
  };
}
