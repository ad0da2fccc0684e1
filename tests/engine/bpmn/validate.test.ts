// The static rules of BPMN 2.0.2 for what is executed: one tiny model per rule, broken and repaired.
import { rule } from './rules.ts';
import { around, extended, file, flow, flows, model } from './support.ts';

const plain = around('<task id="n" />');
const timer = (inner: string): string => `<timerEventDefinition>${inner}</timerEventDefinition>`;
const message = '<message id="m" name="Paid" />';
const keyed = `<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=key" />')}</message>`;
const caught = '<messageEventDefinition messageRef="m" />';

describe('BPMN: processes (10.2, 10.5.2, 13.2)', () => {
  rule('BPMN_NOTHING_EXECUTABLE', 'A file has a process that can be executed', model('<task id="n" />', '', 'isExecutable="false"'), plain, 'p');
  rule('BPMN_NOTHING_EXECUTABLE', 'A file has a process', file('<message id="m" />'), plain);
  rule('BPMN_PROCESS_EMPTY', 'A process has something to run', model(''), plain, 'p');
  rule('BPMN_PROCESS_EMPTY', 'A sub-process has something to run', around('<subProcess id="n" />'), around('<subProcess id="n"><task id="t" /></subProcess>'), 'n');
  rule('BPMN_START_MISSING', 'A process has a place to start', model(`<task id="a" /><task id="b" />${flows('a b a')}`), plain, 'p');
  rule('BPMN_START_NONE_TWICE', 'A process has at most one none start event', around('<task id="n" />', '', `<startEvent id="s2" />${flow('s2', 'n')}`), plain, 's2');
  rule('BPMN_START_NONE_TWICE', 'A sub-process has at most one none start event', around(`<subProcess id="n"><startEvent id="a" /><startEvent id="b" /></subProcess>`), around('<subProcess id="n"><startEvent id="a" /></subProcess>'), 'b');
  rule('BPMN_MESSAGE_START_TWICE', 'A message starts a process at one place', around('<task id="n" />', message, `<startEvent id="a">${caught}</startEvent><startEvent id="b">${caught}</startEvent>${flow('a', 'n')}${flow('b', 'n')}`), around('<task id="n" />', message, `<startEvent id="a">${caught}</startEvent>${flow('a', 'n')}`), 'b');
  rule('BPMN_NODE_WITHOUT_INCOMING', 'Where there is a start event, every other node has an incoming flow', around('<task id="n" /><task id="lost" />'), plain, 'lost');
  rule('BPMN_NODE_WITHOUT_OUTGOING', 'Where there is an end event, every other node has an outgoing flow', around(`<task id="n" /><task id="last" />${flow('n', 'last')}`), plain, 'last');
});

describe('BPMN: sequence flows (8.4.13)', () => {
  rule('BPMN_FLOW_INCOMPLETE', 'A sequence flow has a target', model('<task id="n" /><sequenceFlow id="f" sourceRef="n" />'), plain, 'f');
  rule('BPMN_FLOW_ENDPOINT', 'A sequence flow connects flow nodes', model('<task id="n" /><dataObject id="d" /><sequenceFlow id="f" sourceRef="n" targetRef="d" />'), plain, 'f');
  rule('BPMN_FLOW_CROSSES_SCOPE', 'A sequence flow does not cross the border of a sub-process', around(`<subProcess id="n"><task id="t" /></subProcess><task id="o" />${flow('t', 'o')}`), around('<subProcess id="n"><task id="t" /></subProcess>'), 't-o');
  rule('BPMN_FLOW_CROSSES_SCOPE', 'A sequence flow does not lead into another pool', file(`<process id="p"><task id="a" />${flow('a', 'b')}</process><process id="q"><task id="b" /></process>`), plain, 'a-b');
  rule('BPMN_FLOW_CROSSES_SCOPE', 'A sequence flow stands where its ends stand', around(`<subProcess id="n"><task id="t" /><sequenceFlow id="x" sourceRef="a" targetRef="b" /></subProcess><task id="a" /><task id="b" />`), plain, 'x');
  rule('BPMN_FLOW_INTO_START', 'A start event has no incoming flow', around(`<task id="n" />${flow('n', 's')}`), plain, 's');
  rule('BPMN_FLOW_OUT_OF_END', 'An end event has no outgoing flow', around(`<task id="n" />${flow('e', 'n')}`), plain, 'e');
  rule('BPMN_FLOW_INTO_BOUNDARY', 'A boundary event has no incoming flow', around(`<task id="n" /><boundaryEvent id="b" attachedToRef="n"><errorEventDefinition /></boundaryEvent>${flow('n', 'b')}${flow('b', 'e')}`), plain, 'b');
});

describe('BPMN: gateways (10.6)', () => {
  const split = (attributes: string, first: string, second: string): string => around(`<exclusiveGateway id="n" ${attributes} /><task id="a" /><task id="b" />${first}${second}`).replace('<bpmn:sequenceFlow id="n-e" sourceRef="n" targetRef="e" />', '');
  const right = split('default="n-b"', flow('n', 'a', '=x > 1'), flow('n', 'b'));
  rule('BPMN_DEFAULT_FOREIGN', 'The default flow leaves its gateway', split('default="s-n"', flow('n', 'a', '=x'), flow('n', 'b', '=y')), right, 'n');
  rule('BPMN_DEFAULT_CONDITION', 'The default flow has no condition', split('default="n-b"', flow('n', 'a', '=x'), flow('n', 'b', '=y')), right, 'n');
  rule('BPMN_BRANCH_WITHOUT_CONDITION', 'A branch of an exclusive gateway has a condition or is the default', split('', flow('n', 'a', '=x'), flow('n', 'b')), right, 'n-b');
  rule('BPMN_GATEWAY_WITHOUT_DEFAULT', 'An exclusive gateway should have a default flow', split('', flow('n', 'a', '=x'), flow('n', 'b', '=y')), right, 'n');
  rule('BPMN_GATEWAY_DIRECTION', 'A converging gateway has one outgoing flow', split('gatewayDirection="Converging" default="n-b"', flow('n', 'a', '=x'), flow('n', 'b')), split('gatewayDirection="Diverging" default="n-b"', flow('n', 'a', '=x'), flow('n', 'b')), 'n');

  const event = (id: string, definition: string): string => `<intermediateCatchEvent id="${id}">${definition}</intermediateCatchEvent>`;
  const later = timer('<timeDuration>PT1H</timeDuration>');
  const race = (contents: string, path: readonly string[]): string => model(`<startEvent id="s" /><eventBasedGateway id="g" />${contents}<endEvent id="e" />${flows('s g', ...path)}`, keyed);
  const good = race(event('a', caught) + event('b', later), ['g a e', 'g b e']);
  rule('BPMN_EVENT_GATEWAY_BRANCHES', 'An event-based gateway has at least two outgoing flows', race(event('a', caught), ['g a e']), good, 'g');
  rule('BPMN_EVENT_GATEWAY_TARGET', 'An event-based gateway leads to catch events and receive tasks', race(`${event('a', caught)}<userTask id="b" />`, ['g a e', 'g b e']), good, 'b');
  rule('BPMN_EVENT_GATEWAY_INCOMING', 'What follows an event-based gateway has one incoming flow', race(`${event('a', caught)}${event('b', later)}<task id="o" />`, ['g a e', 'g b e', 's o b']), good, 'b');
  rule('BPMN_EVENT_GATEWAY_MIXED', 'An event-based gateway does not mix receive tasks and message events', race(`${event('a', caught)}<receiveTask id="b" messageRef="m" />`, ['g a e', 'g b e']), good, 'g');
  rule('BPMN_EVENT_GATEWAY_BOUNDARY', 'A receive task after an event-based gateway has no boundary events', race(`<receiveTask id="a" messageRef="m" /><boundaryEvent id="x" attachedToRef="a">${later}</boundaryEvent>${event('b', later)}`, ['g a e', 'g b e', 'x e']), good, 'a');
});

describe('BPMN: events (10.5)', () => {
  const border = (event: string, roots = ''): string => around(`<userTask id="n" />${event}`, roots);
  const boundary = (definition: string, attributes = 'attachedToRef="n"', id = 'b'): string => `<boundaryEvent id="${id}" ${attributes}>${definition}</boundaryEvent>${flow(id, 'e')}`;
  const error = '<error id="err" errorCode="LATE" />';
  const late = '<errorEventDefinition errorRef="err" />';
  rule('BPMN_BOUNDARY_NOT_ATTACHED', 'A boundary event is attached to an activity', border(boundary(late, 'attachedToRef="s"'), error), border(boundary(late), error), 'b');
  rule('BPMN_BOUNDARY_NOT_ATTACHED', 'A boundary event is attached at all', border(boundary(late, ''), error), border(boundary(late), error), 'b');
  rule('BPMN_BOUNDARY_SCOPE', 'A boundary event stands in the scope of its activity', around(`<subProcess id="n"><task id="t" /></subProcess>${boundary(late, 'attachedToRef="t"')}`, error), border(boundary(late), error), 'b');
  rule('BPMN_EVENT_DEFINITION_MISSING', 'A catch event has an event definition', around('<intermediateCatchEvent id="n" />'), plain, 'n');
  rule('BPMN_EVENT_DEFINITION_MISSING', 'A boundary event has an event definition', border(boundary('')), border(boundary(late), error), 'b');
  const thrown = (roots: string): string => model(`<endEvent id="e"><errorEventDefinition errorRef="err" /></endEvent>`, roots);
  rule('BPMN_ERROR_CODE_MISSING', 'An error end event throws an error with a code', thrown('<error id="err" />'), thrown(error), 'e');
  rule('BPMN_ERROR_CODE_MISSING', 'An error end event names its error', model('<endEvent id="e"><errorEventDefinition /></endEvent>'), thrown(error), 'e');
  rule('BPMN_ERROR_WITHOUT_CODE', 'Who catches an error without a code is told that every error is caught', border(boundary(late), '<error id="err" />'), border(boundary(late), error), 'b');
  rule('BPMN_ERROR_CAUGHT_TWICE', 'An activity catches an error once', border(boundary(late) + boundary(late, 'attachedToRef="n"', 'c'), error), border(boundary(late), error), 'c');
  rule('BPMN_ERROR_NON_INTERRUPTING', 'An error always interrupts', border(boundary(late, 'attachedToRef="n" cancelActivity="false"'), error), border(boundary(late), error), 'b');
  rule('BPMN_MESSAGE_MISSING', 'A message event names its message', around('<intermediateCatchEvent id="n"><messageEventDefinition /></intermediateCatchEvent>'), around(`<intermediateCatchEvent id="n">${caught}</intermediateCatchEvent>`, keyed), 'n');
  rule('BPMN_MESSAGE_MISSING', 'A receive task names its message', around('<receiveTask id="n" />'), around('<receiveTask id="n" messageRef="m" />', keyed), 'n');
  rule('BPMN_MESSAGE_NAME_MISSING', 'A message has a name', around('<receiveTask id="n" messageRef="m" />', '<message id="m" />'), around('<receiveTask id="n" messageRef="m" />', keyed), 'm');
  rule('BPMN_MESSAGE_KEY_MISSING', 'An awaited message has a correlation key', around('<receiveTask id="n" messageRef="m" />', message), around('<receiveTask id="n" messageRef="m" />', keyed), 'n');
  const waiting = (inner: string): string => around(`<intermediateCatchEvent id="n">${timer(inner)}</intermediateCatchEvent>`);
  const hour = waiting('<timeDuration>PT1H</timeDuration>');
  rule('BPMN_TIMER_AMOUNT', 'A timer event has a time', waiting(''), hour, 'n');
  rule('BPMN_TIMER_AMOUNT', 'A timer event has one kind of time', waiting('<timeDuration>PT1H</timeDuration><timeDate>2026-01-05T09:00:00Z</timeDate>'), hour, 'n');
  rule('BPMN_TIMER_INVALID', 'A duration is written in ISO 8601', waiting('<timeDuration>one hour</timeDuration>'), hour, 'n');
  rule('BPMN_TIMER_INVALID', 'A date is written in ISO 8601', waiting('<timeDate>tomorrow</timeDate>'), waiting('<timeDate>2026-01-05T09:00:00Z</timeDate>'), 'n');
  const repeated = (cycle: string, attributes = 'cancelActivity="false"'): string => border(boundary(timer(`<timeCycle>${cycle}</timeCycle>`), `attachedToRef="n" ${attributes}`));
  rule('BPMN_TIMER_INVALID', 'A cycle is a repeating interval', repeated('often'), repeated('R3/PT10M'), 'b');
  rule('BPMN_TIMER_CYCLE', 'An interrupting boundary event fires once', repeated('R3/PT10M', ''), repeated('R3/PT10M'), 'b');
  const starting = (time: string): string => model(`<startEvent id="s">${timer(`<timeDate>${time}</timeDate>`)}</startEvent><task id="n" />${flow('s', 'n')}`);
  rule('BPMN_TIMER_START', 'The time of a start event is known at deployment', starting('=openingDay'), starting('=date and time("2026-01-05T09:00:00Z")'), 's');
  rule('BPMN_TIMER_CYCLE', 'An intermediate catch event fires once', waiting('<timeCycle>R3/PT10M</timeCycle>'), hour, 'n');
});

describe('BPMN: activities (10.3)', () => {
  const task = (kind: string, extensions: string, attributes = ''): string => around(`<${kind} id="n" ${attributes}>${extended(extensions)}</${kind}>`, keyed);
  const user = (extensions: string): string => task('userTask', extensions);
  rule('BPMN_JOB_TYPE_MISSING', 'A service task names its job type', around('<serviceTask id="n" />'), task('serviceTask', '<zeebe:taskDefinition type="notify" />'), 'n');
  rule('BPMN_JOB_TYPE_MISSING', 'A job type is not empty', task('serviceTask', '<zeebe:taskDefinition type=" " />'), task('serviceTask', '<zeebe:taskDefinition type="notify" />'), 'n');
  rule('BPMN_JOB_RETRIES_INVALID', 'Retries are a whole number', task('serviceTask', '<zeebe:taskDefinition type="notify" retries="many" />'), task('serviceTask', '<zeebe:taskDefinition type="notify" retries="3" />'), 'n');
  rule('BPMN_SEND_NOTHING', 'A send task sends something', around('<sendTask id="n" />'), around('<sendTask id="n" messageRef="m" />', keyed), 'n');
  rule('BPMN_SEND_NOTHING', 'A message end event sends something', model('<endEvent id="n"><messageEventDefinition /></endEvent>'), model(`<endEvent id="n">${caught}</endEvent>`, keyed), 'n');
  rule('BPMN_SEND_BOTH', 'A message end event either publishes or gives a job', model(`<endEvent id="n">${extended('<zeebe:taskDefinition type="mail" />')}${caught}</endEvent>`, keyed), plain, 'n');
  const script = '<zeebe:script expression="=1 + 1" resultVariable="two" />';
  rule('BPMN_SCRIPT_MISSING', 'A script task has a script', around('<scriptTask id="n" />'), task('scriptTask', script), 'n');
  rule('BPMN_SCRIPT_INCOMPLETE', 'A script has a result variable', task('scriptTask', '<zeebe:script expression="=1 + 1" />'), task('scriptTask', script), 'n');
  rule('BPMN_SCRIPT_INCOMPLETE', 'A script has an expression', task('scriptTask', '<zeebe:script resultVariable="two" />'), task('scriptTask', script), 'n');
  const called = '<zeebe:calledDecision decisionId="authority" resultVariable="who" />';
  rule('BPMN_RULE_NOTHING', 'A business rule task calls a decision or is a job', task('businessRuleTask', ''), task('businessRuleTask', called), 'n');
  rule('BPMN_RULE_BOTH', 'A business rule task does not do both', task('businessRuleTask', `${called}<zeebe:taskDefinition type="t" />`), task('businessRuleTask', '<zeebe:taskDefinition type="t" />'), 'n');
  rule('BPMN_DECISION_INCOMPLETE', 'A called decision has an id', task('businessRuleTask', '<zeebe:calledDecision resultVariable="who" />'), task('businessRuleTask', called), 'n');
  rule('BPMN_DECISION_INCOMPLETE', 'A called decision has a result variable', task('businessRuleTask', '<zeebe:calledDecision decisionId="authority" />'), task('businessRuleTask', called), 'n');
  rule('BPMN_VARIABLE_NAME', 'The answer of a decision goes into a variable', task('businessRuleTask', '<zeebe:calledDecision decisionId="authority" resultVariable="a.b" />'), task('businessRuleTask', called), 'n');
  rule('BPMN_SCRIPT_AND_JOB', 'A script task is done either by FEEL or by a worker', task('scriptTask', `${script}<zeebe:taskDefinition type="t" />`), task('scriptTask', script), 'n');
  rule('BPMN_VARIABLE_NAME', 'A result variable is a name', task('scriptTask', '<zeebe:script expression="=1" resultVariable="my two" />'), task('scriptTask', script), 'n');
  rule('BPMN_CALLED_ELEMENT_MISSING', 'A call activity names the process it calls', around('<callActivity id="n" />'), task('callActivity', '<zeebe:calledElement processId="q" />'), 'n');
  rule('BPMN_CALLED_ELEMENT_MISSING', 'calledElement is a qualified name', around('<callActivity id="n" calledElement="${which}" />'), around('<callActivity id="n" calledElement="q" />'), 'n');
  const both = (id: string): string => around(`<callActivity id="n" calledElement="${id}">${extended('<zeebe:calledElement processId="q" />')}</callActivity>`);
  rule('BPMN_CALLED_ELEMENT_OTHER', 'Who names another process by calledElement is told which counts', both('r'), both('q'), 'n');
  rule('BPMN_OUTCOME_INCOMPLETE', 'An outcome has a value', user('<gov:outcomes><gov:outcome label="Yes" /></gov:outcomes>'), user('<gov:outcomes><gov:outcome value="yes" /></gov:outcomes>'), 'n');
  rule('BPMN_OUTCOME_TWICE', 'The outcomes of a user task are unique', user('<gov:outcomes><gov:outcome value="yes" /><gov:outcome value="yes" /></gov:outcomes>'), user('<gov:outcomes><gov:outcome value="yes" /><gov:outcome value="no" /></gov:outcomes>'), 'n');
  rule('BPMN_OUTCOME_KIND', 'An outcome has one of four kinds', user('<gov:outcomes><gov:outcome value="yes" kind="maybe" /></gov:outcomes>'), user('<gov:outcomes><gov:outcome value="yes" kind="approve" /></gov:outcomes>'), 'n');
  rule('BPMN_PRIORITY_INVALID', 'The priority of a job is a number from 0 to 100', around(`<serviceTask id="n">${extended('<zeebe:taskDefinition type="t" /><zeebe:jobPriorityDefinition priority="much" />')}</serviceTask>`), around(`<serviceTask id="n">${extended('<zeebe:taskDefinition type="t" /><zeebe:jobPriorityDefinition priority="=x" />')}</serviceTask>`), 'n');
  rule('BPMN_PRIORITY_INVALID', 'A priority is a number from 0 to 100', user('<zeebe:priorityDefinition priority="101" />'), user('<zeebe:priorityDefinition priority="100" />'), 'n');
  rule('BPMN_DATE_INVALID', 'A due date is an instant', user('<zeebe:taskSchedule dueDate="tomorrow" />'), user('<zeebe:taskSchedule dueDate="2026-01-05T17:00:00Z" />'), 'n');
  const signature = (attributes: string): string => user(`<gov:signature ${attributes} />`);
  rule('BPMN_SIGNATURE_INCOMPLETE', 'A signature names the document', signature('level="S2"'), signature('level="S2" document="reply"'), 'n');
  rule('BPMN_SIGNATURE_INCOMPLETE', 'An outcome that is signed has something to sign', user('<gov:outcomes><gov:outcome value="yes" requiresSignature="true" /></gov:outcomes>'), user('<gov:outcomes><gov:outcome value="yes" requiresSignature="true" /></gov:outcomes><gov:signature document="reply" />'), 'n');
  rule('BPMN_SIGNATURE_LEVEL', 'A signature has a level that is executed', signature('level="S1" document="reply"'), signature('level="S3" document="reply"'), 'n');
  const attachments = (list: string): string => user(`<gov:attachments>${list}</gov:attachments>`);
  rule('BPMN_ATTACHMENT_KIND', 'An attachment has a kind', attachments('<gov:attachment />'), attachments('<gov:attachment kind="letter" />'), 'n');
  rule('BPMN_ATTACHMENT_KIND', 'Attachments have different kinds', attachments('<gov:attachment kind="letter" /><gov:attachment kind="letter" />'), attachments('<gov:attachment kind="letter" /><gov:attachment kind="plan" />'), 'n');
  rule('BPMN_ATTACHMENT_SIZE', 'The size of an attachment is a number of bytes', attachments('<gov:attachment kind="letter" maxSize="much" />'), attachments('<gov:attachment kind="letter" maxSize="20 MB" />'), 'n');
  rule('BPMN_SLA_INVALID', 'A deadline is a duration or working days', user('<gov:sla due="soon" />'), user('<gov:sla due="P5BD" />'), 'n');
  rule('BPMN_SEPARATION_UNKNOWN', 'Separation names other user tasks', user('<gov:separation notSameAs="e" />'), around(`<userTask id="n">${extended('<gov:separation notSameAs="o" />')}</userTask><userTask id="o" />`), 'n');
  rule('BPMN_FORM_MISSING', 'A form definition names a form', user('<zeebe:formDefinition />'), user('<zeebe:formDefinition formId="leave" />'), 'n');
  const mapped = (inner: string): string => task('serviceTask', `<zeebe:taskDefinition type="t" /><zeebe:ioMapping>${inner}</zeebe:ioMapping>`);
  rule('BPMN_MAPPING_INCOMPLETE', 'An input has a target', mapped('<zeebe:input source="=a" />'), mapped('<zeebe:input source="=a" target="b" />'), 'n');
  rule('BPMN_MAPPING_INCOMPLETE', 'An output has a source', mapped('<zeebe:output target="b" />'), mapped('<zeebe:output source="=a" target="b.c" />'), 'n');
  rule('BPMN_MAPPING_TARGET', 'The target of a mapping is a path', mapped('<zeebe:input source="=a" target="b c" />'), mapped('<zeebe:input source="=a" target="b.c" />'), 'n');
  rule('BPMN_EXTENSION_TWICE', 'An extension element stands once', task('serviceTask', '<zeebe:taskDefinition type="a" /><zeebe:taskDefinition type="b" />'), task('serviceTask', '<zeebe:taskDefinition type="a" />'), 'n');
});

describe('BPMN: expressions (8.4.6)', () => {
  const decided = (condition: string): string => around(`<exclusiveGateway id="n" default="n-e" /><task id="a" />${flow('n', 'a', condition)}${flow('a', 'e')}`);
  rule('BPMN_FEEL_INVALID', 'A condition is a FEEL expression', decided('=amount &gt; '), decided('=amount &gt; 1'), 'n-a');
  rule('BPMN_FEEL_FUNCTION_UNKNOWN', 'An expression calls only functions that exist', decided('=is defined(amount)'), decided('=string length("abc") > 2'), 'n-a');
  rule('BPMN_FEEL_TOO_LONG', 'An expression has a limited length', decided(`=1${'+1'.repeat(6000)}`), decided(`=1${'+1'.repeat(100)}`), 'n-a');
  rule('BPMN_EXPRESSION_EMPTY', 'A condition is not empty', decided(' '), decided('amount &gt; 1'), 'n-a');
  rule('BPMN_EXPRESSION_FOREIGN', 'A condition is not written for another engine', decided('${amount &gt; 1}'), decided('=amount &gt; 1'), 'n-a');
  rule('BPMN_EXPRESSION_FOREIGN', 'An assignee is not written for another engine', around(`<userTask id="n">${extended('<zeebe:assignmentDefinition assignee="#{boss}" />')}</userTask>`), around(`<userTask id="n">${extended('<zeebe:assignmentDefinition assignee="=boss" />')}</userTask>`), 'n');
  const language = (name: string): string => decided('=amount &gt; 1').replace('<bpmn:conditionExpression>', `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" language="${name}">`);
  rule('BPMN_EXPRESSION_LANGUAGE', 'A condition is written in FEEL', language('javascript'), language('http://www.omg.org/spec/FEEL/20140401'), 'n-a');
});

describe('BPMN: lanes (10.8)', () => {
  const lanes = (inner: string): string => around(`<task id="n" /><laneSet id="ls">${inner}</laneSet>`);
  const lane = (id: string, node: string, name = `name="${id}"`): string => `<lane id="${id}" ${name}><flowNodeRef>${node}</flowNodeRef></lane>`;
  rule('BPMN_LANE_NODE', 'A lane holds flow nodes of its process', lanes(lane('a', 's-n')), lanes(lane('a', 'n')), 'a');
  rule('BPMN_LANE_TWICE', 'A flow node lies in one lane of a lane set', lanes(lane('a', 'n') + lane('b', 'n')), lanes(lane('a', 'n') + lane('b', 's')), 'b');
  rule('BPMN_LANE_WITHOUT_GROUP', 'A lane stands for a unit or post', lanes(lane('a', 'n', '')), lanes(lane('a', 'n')), 'a');
});
