// What is not executed is refused by name, element and line, with the nearest thing that is executed.
import { expect } from 'chai';
import { EVENT_ALTERNATIVES, EXECUTED_EVENTS, ELEMENTS_NOT_EXECUTED, EXTENSIONS, EXTENSION_ALTERNATIVES, NODE_FEATURES, PROCESS_FEATURES } from '../../../engine/bpmn/not-executed.ts';
import { EXECUTED } from '../../../engine/bpmn/refuse.ts';
import { localName } from '../../../engine/bpmn/tree.ts';
import { rule } from './rules.ts';
import { around, codesOf, extended, file, flow, found, graphOf, model } from './support.ts';

const plain = around('<task id="n" />');
const keyed = `<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=key" />')}</message>`;
const seen = new Set<string>();

/** The one finding of a model that uses something which is not executed. */
function refused(code: string, name: string, xml: string, on: string): void {
  seen.add(name);
  it(`${name} is refused (${code})`, async () => {
    const findings = (await found(code, xml)).filter((finding) => finding.message.includes(name));
    expect(findings.map((finding) => finding.elementId)).to.deep.equal([on]);
    expect(findings[0]?.severity).to.equal('error');
    expect(findings[0]?.hint).to.match(/^[A-Z].*\.$/);
    expect(findings[0]?.line).to.be.greaterThan(1);
  });
}

describe('BPMN: elements that are not executed', () => {
  const code = 'BPMN_ELEMENT_NOT_EXECUTED';
  for (const type of ['CallChoreography', 'ChoreographyTask', 'SubChoreography', 'ImplicitThrowEvent']) {
    const { name } = ELEMENTS_NOT_EXECUTED[`bpmn:${type}`] ?? { name: type };
    refused(code, name, around(`<${localName(type)} id="n" />`), 'n');
  }
  for (const type of ['Choreography', 'GlobalChoreographyTask', 'GlobalConversation']) {
    const { name } = ELEMENTS_NOT_EXECUTED[`bpmn:${type}`] ?? { name: type };
    refused(code, name, around('<task id="n" />', `<${localName(type)} id="x" />`), 'x');
  }
  it('Every row of the table has a test', () => {
    expect(Object.values(ELEMENTS_NOT_EXECUTED).map((row) => row.name).filter((name) => !seen.has(name))).to.deep.equal([]);
  });
});

describe('BPMN: events that are not executed', () => {
  const triggers = ['message', 'timer', 'error', 'terminate', 'signal', 'escalation', 'conditional', 'link', 'compensate', 'cancel'];
  const time = '<timeDate>2026-01-05T09:00:00Z</timeDate>';
  const definition = (trigger: string): string => {
    const attributes = trigger === 'message' ? 'messageRef="m"' : trigger === 'error' ? 'errorRef="err"' : trigger === 'link' ? 'name="L"' : trigger === 'signal' ? 'signalRef="sig"' : trigger === 'escalation' ? 'escalationRef="esc"' : '';
    return `<${trigger}EventDefinition ${attributes}>${trigger === 'timer' ? time : trigger === 'conditional' ? '<condition>=x</condition>' : ''}</${trigger}EventDefinition>`;
  };
  const roots = `${keyed}<error id="err" errorCode="E" /><signal id="sig" name="Alarm" /><escalation id="esc" escalationCode="LATE" />`;
  /** What needs more around it than its event. */
  const PAIRED = new Set(['link', 'compensate', 'cancel']);
  const place: Readonly<Record<keyof typeof EXECUTED_EVENTS, (inner: string) => string>> = {
    'start event': (inner) => model(`<startEvent id="n">${inner}</startEvent><task id="t" />${flow('n', 't')}`, roots),
    'start event inside a sub-process': (inner) => model(`<subProcess id="x"><startEvent id="n">${inner}</startEvent><task id="t" />${flow('n', 't')}</subProcess>`, roots),
    'event sub-process start event': (inner) => model(`<task id="t" /><subProcess id="x" triggeredByEvent="true"><startEvent id="n">${inner}</startEvent><task id="u" />${flow('n', 'u')}</subProcess>`, roots),
    'intermediate catch event': (inner) => around(`<intermediateCatchEvent id="n">${inner}</intermediateCatchEvent>`, roots),
    'intermediate throw event': (inner) => around(`<intermediateThrowEvent id="n">${inner}</intermediateThrowEvent>`, roots),
    'boundary event': (inner) => around(`<task id="t" /><boundaryEvent id="n" attachedToRef="t">${inner}</boundaryEvent>`, roots).replace('<bpmn:sequenceFlow id="s-n" sourceRef="s" targetRef="n" />', ''),
    'end event': (inner) => model(`<startEvent id="s" /><endEvent id="n">${inner}</endEvent>${flow('s', 'n')}`, roots),
  };
  for (const [position, write] of Object.entries(place)) {
    const executed = EXECUTED_EVENTS[position as keyof typeof EXECUTED_EVENTS];
    for (const trigger of triggers) {
      if (!executed.includes(trigger)) refused('BPMN_EVENT_NOT_EXECUTED', `${trigger} ${position}`, write(definition(trigger)), 'n');
      else it(`a ${trigger} ${position} is executed`, async () => { expect(await codesOf(write(definition(trigger)))).not.to.contain('BPMN_EVENT_NOT_EXECUTED'); if (!PAIRED.has(trigger)) await graphOf(write(definition(trigger))); });
    }
    const several = position.includes('throw') || position === 'end event' ? ['message', 'signal'] : ['message', 'timer'];
    if (!executed.includes('multiple')) refused('BPMN_EVENT_NOT_EXECUTED', `multiple ${position}`, write(several.map(definition).join('')), 'n');
    else it(`a multiple ${position} is executed`, async () => { await graphOf(write(several.map(definition).join(''))); });
    refused('BPMN_EVENT_NOT_EXECUTED', `multiple ${position}`, write(definition('message') + definition('cancel')), 'n');
  }
  it('Every trigger has an alternative', () => {
    expect(Object.keys(EVENT_ALTERNATIVES)).to.include.members([...triggers, 'multiple']);
  });
});

describe('BPMN: features that are not executed', () => {
  const code = 'BPMN_FEATURE_NOT_EXECUTED';
  const task = (contents: string, attributes = '', kind = 'userTask'): string => around(`<${kind} id="n" ${attributes}>${contents}</${kind}>`, keyed);
  refused(code, 'a data association from a data store and something else', model('<dataStoreReference id="ds" name="Register" /><dataObject id="do" /><userTask id="n"><ioSpecification><dataInput id="di" name="entry" /><inputSet><dataInputRefs>di</dataInputRefs></inputSet><outputSet /></ioSpecification><dataInputAssociation id="da"><sourceRef>ds</sourceRef><sourceRef>do</sourceRef><targetRef>di</targetRef></dataInputAssociation></userTask>'), 'n');
  refused(code, 'BPMN resource roles', task('<potentialOwner id="po" />'), 'n');
  for (const roles of ['<humanPerformer id="a"><resourceAssignmentExpression id="b"><formalExpression id="c">anna</formalExpression></resourceAssignmentExpression></humanPerformer>'.repeat(2).replace('id="a"', 'id="a2"').replace('id="b"', 'id="b2"').replace('id="c"', 'id="c2"'),
    `${extended('<zeebe:assignmentDefinition assignee="me" />')}<potentialOwner id="a"><resourceAssignmentExpression id="b"><formalExpression id="c">clerks</formalExpression></resourceAssignmentExpression></potentialOwner>`,
    '<performer id="a"><resourceAssignmentExpression id="b"><formalExpression id="c">clerks</formalExpression></resourceAssignmentExpression></performer>']) refused(code, 'BPMN resource roles', task(roles), 'n');
  refused(code, 'an implementation of its own', task('', 'implementation="http://example.org"', 'serviceTask'), 'n');
  refused(code, 'a script that is not FEEL', task('<script>x = 1</script>', 'scriptFormat="javascript"', 'scriptTask'), 'n');
  refused(code, 'a condition (=x) but leaves a parallelGateway', around(`<parallelGateway id="n" /><task id="a" />${flow('n', 'a', '=x')}`), 'n-a');
  refused(code, 'a condition (=x) but leaves an intermediateThrowEvent', around(`<intermediateThrowEvent id="n" /><task id="a" />${flow('n', 'a', '=x')}`), 'n-a');
  refused(code, 'a computed name', around('<task id="n" />', '<message id="x" name="=name" />'), 'x');
  refused(code, 'a correlation subscription that is not complete', model('<task id="n" /><correlationSubscription id="cs" />'), 'p');
  refused(code, 'correlation keys of a conversation', around('<task id="n" />', '<collaboration id="c"><conversation id="x"><correlationKey id="ck" /></conversation></collaboration>'), 'x');
  refused(code, 'correlation keys of a collaboration', around('<task id="n" />', '<collaboration id="c"><participant id="pa" /><correlationKey id="ck" /></collaboration>'), 'c');
  const form = extended('<zeebe:formDefinition formId="f" />');
  refused(code, 'a form that nobody is shown', model(`<startEvent id="n">${form}<messageEventDefinition messageRef="m" /></startEvent><task id="t" />${flow('n', 't')}`, keyed), 'n');
  refused(code, 'a form that nobody is shown', model(`<subProcess id="x"><startEvent id="n">${form}</startEvent></subProcess>`), 'n');
  refused(code, 'words for people on a manual task that nobody confirms', around(`<manualTask id="n">${extended('<zeebe:assignmentDefinition candidateGroups="clerks" />')}</manualTask>`), 'n');
  refused(code, 'a job priority without a job', around(`<sendTask id="n" messageRef="m">${extended('<zeebe:jobPriorityDefinition priority="5" />')}</sendTask>`, keyed), 'n');
  refused(code, 'task headers without a job', around(`<sendTask id="n" messageRef="m">${extended('<zeebe:taskHeaders />')}</sendTask>`, keyed), 'n');
  refused(code, 'a back-off without a job', around(`<scriptTask id="n">${extended('<zeebe:script expression="=1" resultVariable="x" /><gov:retry backoff="PT1M" />')}</scriptTask>`), 'n');
  refused(code, 'a job without sending a message', model(`<endEvent id="n">${extended('<zeebe:taskDefinition type="t" />')}</endEvent>`), 'n');
  it('Every row of the table has a test', () => {
    expect([...NODE_FEATURES, ...PROCESS_FEATURES].map((row) => row.name).filter((name) => !seen.has(name))).to.deep.equal([]);
  });
});

describe('BPMN: extensions that are not executed', () => {
  const code = 'BPMN_EXTENSION_NOT_EXECUTED';
  const on = (kind: string, extension: string, more = ''): string => around(`<${kind} id="n">${extended(extension)}${more}</${kind}>`, keyed);
  const places: Readonly<Record<string, (extension: string) => string>> = {
    'gov:Access': (e) => model(`${extended(e)}<task id="n" />`),
    'gov:Sla': (e) => model(`${extended(e)}<task id="n" />`),
    'gov:Exchange': (e) => around('<task id="n" />', `<message id="p2" name="x">${extended(e)}</message>`).replaceAll('"p2"', '"msg"'),
  };
  for (const type of Object.keys(EXTENSION_ALTERNATIVES)) {
    const name = `${type.slice(0, type.indexOf(':') + 1)}${localName(type)}`;
    const write = places[type] ?? ((e: string): string => on('serviceTask', `<zeebe:taskDefinition type="t" />${e}`));
    const element = write('').includes('<bpmn:process id="p" isExecutable="true">\n<bpmn:extensionElements>') ? 'p' : type === 'gov:Exchange' ? 'msg' : 'n';
    refused(code, name, write(`<${name} />`), element);
  }
  const attribute = (name: string, kind: string, extension: string): void => { refused(code, name, on(kind, extension), 'n'); };
  attribute('a processId and a processIdExpression', 'callActivity', '<zeebe:calledElement processId="q" processIdExpression="q" />');
  attribute('the attribute copies of gov:document', 'serviceTask', '<zeebe:taskDefinition type="document-generate" /><gov:document template="reply" output="reply" copies="2" />');
  attribute('an execution listener for cancel', 'task', '<zeebe:executionListeners><zeebe:executionListener eventType="cancel" type="x" /></zeebe:executionListeners>');
  attribute('an execution listener for beforeAll', 'task', '<zeebe:executionListeners><zeebe:executionListener eventType="beforeAll" type="x" /></zeebe:executionListeners>');
  attribute('the attribute pausable of gov:sla', 'userTask', '<gov:sla due="P1D" pausable="true" />');
  refused(code, 'public="true" on gov:starters', model(`${extended('<gov:starters public="true" />')}<task id="n" />`), 'p');
  it('Every row of the table has a test', () => {
    const rows = Object.values(EXTENSIONS).flatMap((row) => row.not ?? []).map((row) => row.name);
    expect(rows.filter((name) => !seen.has(name))).to.deep.equal([]);
  });
  rule('BPMN_EXTENSION_MISPLACED', 'An extension stands where somebody reads it', on('serviceTask', '<zeebe:taskDefinition type="t" /><zeebe:assignmentDefinition assignee="me" />'), on('userTask', '<zeebe:assignmentDefinition assignee="me" />'), 'n');
  rule('BPMN_EXTENSION_MISPLACED', 'A milestone belongs to a flow node', model(`${extended('<gov:milestone order="1" />')}<task id="n" />`), on('task', '<gov:milestone order="1" citizenText="Received" />'), 'p');

  it('Extensions are looked at wherever they stand', async () => {
    const listener = extended('<zeebe:linkedResources />');
    const xml = file(`${listener}<collaboration id="c">${listener}<participant id="pa" processRef="p">${listener}</participant><participant id="pb" /><messageFlow id="mf" sourceRef="n" targetRef="pb">${extended('<gov:exchange />')}</messageFlow></collaboration>
      <process id="p" isExecutable="true">${listener}<laneSet id="ls"><lane id="l" name="L">${listener}</lane></laneSet><task id="n">${listener}</task><dataObject id="do">${listener}</dataObject><task id="m" /><sequenceFlow id="f" sourceRef="n" targetRef="m">${listener}</sequenceFlow></process>`);
    expect((await found(code, xml)).map(({ elementId }) => elementId).sort()).to.deep.equal(['c', 'definitions', 'do', 'f', 'l', 'mf', 'n', 'p', 'pa']);
  });

  it('Purely descriptive extensions are kept', async () => {
    const xml = model(`${extended('<gov:procedure fileSeries="HR/4" retention="P7Y" statutoryDays="20" /><zeebe:properties><zeebe:property name="colour" value="red" /></zeebe:properties>')}<task id="n">${extended('<gov:milestone order="1" citizenText="Received" />')}</task>`);
    expect(await codesOf(xml)).to.deep.equal([]);
  });
});

describe('BPMN: other engines', () => {
  const task = (attributes: string, extension = ''): string => around(`<serviceTask id="n" ${attributes}>${extended(`<zeebe:taskDefinition type="t" />${extension}`)}</serviceTask>`);
  rule('BPMN_FOREIGN_NOT_EXECUTED', 'An attribute of another engine without equivalent is refused', around('<serviceTask id="n" camunda:class="com.example.Pay" />'), task('camunda:class="com.example.Pay"'), 'n');
  rule('BPMN_FOREIGN_NOT_EXECUTED', 'A listener of another engine is refused', task('', '<camunda:executionListener event="start" class="x" />'), task(''), 'n');
  rule('BPMN_FOREIGN_KEPT', 'An attribute of another engine with an equivalent is kept', task('camunda:topic="pay"'), task(''), 'n');
  rule('BPMN_FOREIGN_KEPT', 'A descriptive attribute of another engine is kept', around('<task id="n" camunda:asyncBefore="true" />'), plain, 'n');

  it('An attribute is known by its namespace, whatever its prefix', async () => {
    const xml = around('<userTask id="n" c7:assignee="me" />').replace('xmlns:camunda=', 'xmlns:c7=');
    expect((await found('BPMN_FOREIGN_NOT_EXECUTED', xml))[0]?.message).to.contain('camunda:assignee');
  });
});

describe('BPMN: message flows (9.4)', () => {
  const thrown = '<messageEventDefinition messageRef="m" />';
  const pools = (source: string, target: string, ends = 'sourceRef="a" targetRef="b"', second = 'isExecutable="true"', roots = ''): string => file(`${keyed}${roots}
    <collaboration id="c"><participant id="pa" processRef="p" /><participant id="pb" processRef="q" /><participant id="pc" /><messageFlow id="mf" ${ends} /></collaboration>
    <process id="p" isExecutable="true">${source}</process><process id="q" ${second}>${target}</process>`);
  const send = '<sendTask id="a" messageRef="m" />';
  const receive = '<receiveTask id="b" messageRef="m" />';
  const good = pools(send, receive);
  rule('BPMN_MESSAGE_FLOW_SOURCE', 'A message flow leaves what sends a message', pools('<task id="a" />', receive), good, 'mf');
  rule('BPMN_MESSAGE_FLOW_TARGET', 'A message flow reaches what awaits a message', pools(send, '<task id="b" />'), good, 'mf');
  rule('BPMN_MESSAGE_FLOW_NAMES', 'Both ends of a message flow name the same message', pools(send, '<receiveTask id="b" messageRef="o" />', undefined, undefined, '<message id="o" name="Other" />'), good, 'mf');
  rule('BPMN_MESSAGE_FLOW_END', 'A message flow leads from one pool to another', pools(`${send}${receive}`, '<task id="t" />'), good, 'mf');
  rule('BPMN_MESSAGE_FLOW_END', 'A message flow between executed pools ends at flow nodes', pools(send, receive, 'sourceRef="a" targetRef="pb"'), pools(send, receive, 'sourceRef="a" targetRef="pc"'), 'mf');
  rule('BPMN_MESSAGE_FLOW_END', 'A message flow has two ends', pools(send, receive, 'sourceRef="a"'), good, 'mf');
  rule('BPMN_FEATURE_NOT_EXECUTED', 'A pool that is executed stands for one participant', good.replace('<bpmn:participant id="pa" processRef="p" />', '<bpmn:participant id="pa" processRef="p"><bpmn:participantMultiplicity maximum="2" /></bpmn:participant>'), good, 'pa');

  it('A message flow to a pool that is only drawn is drawing', async () => {
    expect(await codesOf(pools('<task id="a" />', '<task id="b" />', undefined, 'isExecutable="false"'))).to.deep.equal([]);
    expect(await codesOf(pools('<task id="a" />', '<task id="b" />', 'sourceRef="pc" targetRef="a"'))).to.deep.equal([]);
  });

  it('A message flow also connects a message end event and a message start event', async () => {
    expect(await codesOf(pools(`<endEvent id="a">${thrown}</endEvent>`, `<startEvent id="b">${thrown}</startEvent><task id="t" />${flow('b', 't')}`))).to.deep.equal([]);
  });

  it('An awaited message that a message flow brings needs no correlation key', async () => {
    expect(await codesOf(good.replace(/<bpmn:extensionElements>.*?<\/bpmn:extensionElements>/s, ''))).to.deep.equal([]);
  });
});

describe('BPMN: what is only drawn', () => {
  it('A process with isExecutable="false" beside an executable one is not checked', async () => {
    const graph = await graphOf(file('<process id="p" isExecutable="true"><task id="n" /></process><process id="q" isExecutable="false"><inclusiveGateway id="g" /></process>'));
    expect(graph.processes.map((process) => process.id)).to.deep.equal(['p']);
  });

  it('Data objects, data stores, annotations, groups and associations are drawing', async () => {
    const drawing = '<dataObject id="do" /><dataObjectReference id="dor" dataObjectRef="do" name="Form" /><dataStoreReference id="dsr" /><textAnnotation id="ta"><text>Note</text></textAnnotation><group id="gr" /><association id="as" sourceRef="n" targetRef="ta" />';
    expect(await codesOf(around(`<task id="n" />${drawing}`))).to.deep.equal([]);
  });

  it('Every flow node type of the graph is accepted', () => {
    expect([...EXECUTED].some((type) => `bpmn:${type.charAt(0).toUpperCase()}${type.slice(1)}` in ELEMENTS_NOT_EXECUTED)).to.equal(false);
  });
});
