// The rules of event sub-processes, links, compensation, cancel, loops, quantities and of what instantiates, one broken model each.
import { expect } from 'chai';
import { rule } from './rules.ts';
import { around, codesOf, extended, file, flow, flows, model } from './support.ts';

const roots = `<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=key" />')}</message><signal id="sig" name="Alarm" /><escalation id="esc" escalationCode="LATE" />`;
const ends = '<startEvent id="s" /><endEvent id="e" />';
const thrown = (definition: string, more = roots): string => around(`<intermediateThrowEvent id="n">${definition}</intermediateThrowEvent>`, more);
const caught = (definition: string, more = roots): string => around(`<intermediateCatchEvent id="n">${definition}</intermediateCatchEvent>`, more);

describe('BPMN: rules of escalation, signal, conditional and link events', () => {
  rule('BPMN_ESCALATION_CODE_MISSING', 'An escalation that is thrown has a code', thrown('<escalationEventDefinition />'), thrown('<escalationEventDefinition escalationRef="esc" />'), 'n');
  rule('BPMN_ESCALATION_CODE_MISSING', 'An escalation that is named has a code', thrown('<escalationEventDefinition escalationRef="x" />', '<escalation id="x" />'), undefined, 'n');
  const raised = (escalation: string): string => around(`<task id="n" /><boundaryEvent id="b" attachedToRef="n" cancelActivity="false"><escalationEventDefinition escalationRef="${escalation}" /></boundaryEvent>`, `${roots}<escalation id="x" />`);
  rule('BPMN_ESCALATION_WITHOUT_CODE', 'Who catches an escalation without a code is told that every escalation is caught', raised('x'), raised('esc'), 'b');
  rule('BPMN_SIGNAL_NAME_MISSING', 'A signal event names its signal', thrown('<signalEventDefinition />'), thrown('<signalEventDefinition signalRef="sig" />'), 'n');
  rule('BPMN_SIGNAL_NAME_MISSING', 'A signal has a name', caught('<signalEventDefinition signalRef="x" />', '<signal id="x" />'), undefined, 'n');
  const started = (name: string): string => model(`<startEvent id="n"><signalEventDefinition signalRef="x" /></startEvent><task id="t" />${flow('n', 't')}`, `<signal id="x" name="${name}" />`);
  rule('BPMN_SIGNAL_START_COMPUTED', 'The signal that starts a process has a fixed name', started('=office'), started('office'), 'n');
  rule('BPMN_CONDITION_EVENTS', 'variableEvents are create, update or both', caught('<conditionalEventDefinition><extensionElements><zeebe:conditionalFilter variableEvents="create, delete" /></extensionElements><condition>=x</condition></conditionalEventDefinition>'), caught('<conditionalEventDefinition><extensionElements><zeebe:conditionalFilter variableEvents="update, create" /></extensionElements><condition>=x</condition></conditionalEventDefinition>'), 'n');
  rule('BPMN_CONDITION_MISSING', 'A conditional event has a condition', caught('<conditionalEventDefinition><condition></condition></conditionalEventDefinition>'), caught('<conditionalEventDefinition><condition>=x</condition></conditionalEventDefinition>'), 'n');
  const linked = (out: string, more = ''): string => model(`${ends}<intermediateThrowEvent id="o"><linkEventDefinition name="${out}" /></intermediateThrowEvent><intermediateCatchEvent id="i"><linkEventDefinition name="L" /></intermediateCatchEvent>${flows('s o', 'i e')}${more}`);
  rule('BPMN_LINK_NAME_MISSING', 'A link has a name', linked(''), linked('L'), 'o');
  rule('BPMN_LINK_UNCAUGHT', 'A link that is thrown is caught in the same scope', linked('M'), linked('L'), 'o');
  rule('BPMN_LINK_TWICE', 'A link is caught once', linked('L', `<intermediateCatchEvent id="j"><linkEventDefinition name="L" /></intermediateCatchEvent>${flow('j', 'e')}`), linked('L'), 'j');
  rule('BPMN_LINK_FLOW', 'A link takes the place of a sequence flow', linked('L', flow('o', 'e')), linked('L'), 'o');
  rule('BPMN_LINK_FLOW', 'No sequence flow leads to where a link is caught', linked('L', flow('s', 'i')), linked('L'), 'i');
  it('Both ends of a link need no other sequence flow', async () => { expect(await codesOf(linked('L'))).to.deep.equal([]); });
});

describe('BPMN: rules of event sub-processes', () => {
  const handler = (inner: string, attributes = 'triggeredByEvent="true"', more = ''): string => model(`<task id="t" /><subProcess id="n" ${attributes}>${inner}</subProcess>${more}`, roots);
  const start = '<startEvent id="x"><messageEventDefinition messageRef="m" /></startEvent>';
  rule('BPMN_HANDLER_START', 'It has exactly one start event', handler(`${start}<startEvent id="y"><signalEventDefinition signalRef="sig" /></startEvent>`), handler(start), 'n');
  rule('BPMN_HANDLER_START', 'It has a start event', handler('<task id="x" />'), undefined, 'n');
  rule('BPMN_HANDLER_START', 'Its start event has a trigger', handler('<startEvent id="x" />'), undefined, 'x');
  rule('BPMN_HANDLER_START', 'It has no loop marker', handler(`<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>${start}`), undefined, 'n');
  rule('BPMN_HANDLER_FLOW', 'No sequence flow leads to it or away', handler(start, undefined, flow('t', 'n')), handler(start), 'n');
  rule('BPMN_ERROR_NON_INTERRUPTING', 'An error always interrupts', handler('<startEvent id="x" isInterrupting="false"><errorEventDefinition /></startEvent>'), handler('<startEvent id="x"><errorEventDefinition /></startEvent>'), 'x');
  rule('BPMN_TIMER_CYCLE', 'What interrupts happens once', handler('<startEvent id="x"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></startEvent>'), handler('<startEvent id="x" isInterrupting="false"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></startEvent>'), 'x');
});

describe('BPMN: rules of compensation and transactions', () => {
  const undoing = (more: string, boundary = '<compensateEventDefinition />', handler = 'isForCompensation="true"'): string =>
    model(`${ends}<task id="t" /><boundaryEvent id="b" attachedToRef="t">${boundary}</boundaryEvent><task id="u" ${handler} />${flows('s t e')}${more}`);
  const joined = '<association id="as" sourceRef="b" targetRef="u" />';
  rule('BPMN_COMPENSATION_HANDLER', 'A compensation boundary event is associated with what undoes', undoing(''), undoing(joined), 'b');
  rule('BPMN_COMPENSATION_HANDLER', 'What undoes is marked for compensation', undoing(joined, undefined, ''), undoing(joined), 'b');
  rule('BPMN_COMPENSATION_FLOW', 'No sequence flow leaves a compensation boundary event', undoing(`${joined}${flow('b', 'e')}`), undoing(joined), 'b');
  rule('BPMN_COMPENSATION_FLOW', 'No sequence flow leads to what undoes', undoing(`${joined}${flow('t', 'u')}`), undoing(joined), 'u');
  it('Event and handler need no sequence flow', async () => { expect(await codesOf(undoing(joined))).to.deep.equal([]); });
  const asked = (ref: string): string => model(`${ends}<task id="t" /><subProcess id="p1"><task id="inner" /></subProcess><intermediateThrowEvent id="n"><compensateEventDefinition activityRef="${ref}" /></intermediateThrowEvent>${flows('s t p1 n e')}`);
  rule('BPMN_COMPENSATION_UNKNOWN', 'What is to be undone stands in the same scope', asked('inner'), asked('t'), 'n');
  const tx = (border: string, type = 'transaction'): string => model(`${ends}<${type} id="t"><startEvent id="i" /><endEvent id="c"><cancelEventDefinition /></endEvent>${flow('i', 'c')}</${type}>${border}${flows('s t e')}`);
  const border = `<boundaryEvent id="b" attachedToRef="t"><cancelEventDefinition /></boundaryEvent>${flow('b', 'e')}`;
  rule('BPMN_CANCEL_PLACE', 'A cancel end event stands in a transaction', tx('', 'subProcess'), tx(border), 'c');
  rule('BPMN_CANCEL_PLACE', 'A cancel boundary event stands on a transaction', tx(border, 'subProcess'), tx(border), 'b');
  rule('BPMN_CANCEL_UNCAUGHT', 'A transaction that is cancelled says what comes then', tx(''), tx(border), 'c');
});

describe('BPMN: rules of loops, quantities, ad-hoc sub-processes and complex gateways', () => {
  const task = (inner: string, attributes = ''): string => around(`<userTask id="n" ${attributes}>${inner}</userTask>`, roots);
  const multi = (inner: string, attributes = ''): string => task(`<multiInstanceLoopCharacteristics ${attributes}>${inner}</multiInstanceLoopCharacteristics>`);
  const each = (attributes: string): string => multi(extended(`<zeebe:loopCharacteristics ${attributes} />`));
  rule('BPMN_LOOP_ENDLESS', 'A loop has a condition or a maximum', task('<standardLoopCharacteristics />'), task('<standardLoopCharacteristics loopMaximum="3" />'), 'n');
  rule('BPMN_LOOP_MAXIMUM', 'The maximum of a loop is a whole number from 1', task('<standardLoopCharacteristics loopMaximum="0" />'), task('<standardLoopCharacteristics loopMaximum="1" />'), 'n');
  rule('BPMN_LOOP_AMOUNT', 'A multi-instance activity says how many', multi(''), multi('<loopCardinality>3</loopCardinality>'), 'n');
  rule('BPMN_LOOP_AMOUNT', 'It says so once', multi(`${extended('<zeebe:loopCharacteristics inputCollection="=x" />')}<loopCardinality>3</loopCardinality>`), each('inputCollection="=x"'), 'n');
  rule('BPMN_LOOP_NAME', 'The name for an item is a name', each('inputCollection="=x" inputElement="a b"'), each('inputCollection="=x" inputElement="ab"'), 'n');
  rule('BPMN_LOOP_OUTPUT', 'Output collection and output element belong together', each('inputCollection="=x" outputCollection="all"'), each('inputCollection="=x" outputCollection="all" outputElement="=y"'), 'n');
  const thrown = (definition: string, behavior = 'behavior="None" noneBehaviorEventRef="d"'): string => task(`<multiInstanceLoopCharacteristics ${behavior}><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>`).replace('<bpmn:process', `${definition}<bpmn:process`);
  rule('BPMN_LOOP_EVENT', 'A behaviour throws an event that can be thrown', thrown('<bpmn:timerEventDefinition id="d"><bpmn:timeDuration>PT1S</bpmn:timeDuration></bpmn:timerEventDefinition>'), thrown('<bpmn:escalationEventDefinition id="d" escalationRef="esc" />'), 'n');
  rule('BPMN_LOOP_EVENT', 'A behaviour names its event', thrown('', 'behavior="One"'), undefined, 'n');
  rule('BPMN_QUANTITY_INVALID', 'Token quantities are whole numbers from 1', task('', 'startQuantity="0"'), task('', 'startQuantity="2"'), 'n');
  const adhoc = (inner: string): string => around(`<adHocSubProcess id="n">${inner}</adHocSubProcess>`);
  rule('BPMN_ADHOC_EVENT', 'An ad-hoc sub-process has neither start nor end events', adhoc(`<startEvent id="x" /><task id="t" />${flow('x', 't')}`), adhoc('<task id="t" />'), 'x');
  const complex = (condition: string): string => model(`${ends}<parallelGateway id="f" /><complexGateway id="n">${condition}</complexGateway><task id="a" />${flows('s f a n e', 'f n')}`);
  rule('BPMN_ACTIVATION_MISSING', 'A complex gateway that joins says when', complex(''), complex('<activationCondition>=activationCount > 1</activationCondition>'), 'n');
});

describe('BPMN: rules of what instantiates a process', () => {
  const receive = (more: string, before = ''): string => model(`${before}<receiveTask id="n" messageRef="m" instantiate="true" /><endEvent id="e" />${flow('n', 'e')}${more}`, roots);
  rule('BPMN_INSTANTIATE_PLACE', 'Nothing leads to what instantiates', receive(flow('s', 'n'), '<startEvent id="s" />'), receive(''), 'n');
  rule('BPMN_INSTANTIATE_PLACE', 'What instantiates stands in the process itself', around('<subProcess id="x"><receiveTask id="n" messageRef="m" instantiate="true" /></subProcess>', roots).replaceAll('"n"', '"n2"').replaceAll('"x"', '"n"'), undefined, 'n2');
  const gateway = (second: string, attributes = 'instantiate="true"'): string => model(`<eventBasedGateway id="n" ${attributes} /><intermediateCatchEvent id="a"><messageEventDefinition messageRef="m" /></intermediateCatchEvent><intermediateCatchEvent id="b">${second}</intermediateCatchEvent>${flows('n a', 'n b')}`, roots);
  const message = '<messageEventDefinition messageRef="m" />';
  rule('BPMN_INSTANTIATE_TRIGGER', 'Only messages start a process at a gateway', gateway('<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'), gateway(message), 'b');
  rule('BPMN_EVENT_GATEWAY_PARALLEL', 'Only a gateway that instantiates can be of the type Parallel', gateway(message, 'eventGatewayType="Parallel"'), gateway(message, 'eventGatewayType="Parallel" instantiate="true"'), 'n');
  it('What starts the process needs no correlation key; of several that must all come each needs one', async () => {
    const keyless = '<message id="m" name="Paid" />';
    expect(await codesOf(model(`<receiveTask id="n" messageRef="m" instantiate="true" /><endEvent id="e" />${flow('n', 'e')}`, keyless))).to.deep.equal([]);
    expect(await codesOf(gateway(message).replace(/<bpmn:extensionElements>.*?<\/bpmn:extensionElements>/s, ''))).to.deep.equal([]);
    expect(await codesOf(gateway(message, 'eventGatewayType="Parallel" instantiate="true"').replace(/<bpmn:extensionElements>.*?<\/bpmn:extensionElements>/s, ''))).to.deep.equal(['BPMN_MESSAGE_KEY_MISSING']);
    const handler = model(`<task id="t" /><subProcess id="h" triggeredByEvent="true"><startEvent id="x"><messageEventDefinition messageRef="m" /></startEvent></subProcess>`, keyless);
    expect(await codesOf(handler)).to.deep.equal(['BPMN_MESSAGE_KEY_MISSING']);
  });

  it('An association may also stand in the collaboration', async () => {
    const xml = file(`<collaboration id="c"><association id="as" sourceRef="b" targetRef="u" /></collaboration><process id="p" isExecutable="true">${ends}<task id="t" /><boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition /></boundaryEvent><task id="u" isForCompensation="true" />${flows('s t e')}</process>`);
    expect(await codesOf(xml)).to.deep.equal([]);
  });
});
