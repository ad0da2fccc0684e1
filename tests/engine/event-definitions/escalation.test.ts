// Escalation events (BPMN 2.0.2, 10.5.5 and 10.5.6): thrown by events, caught on borders and by event sub-processes, never fatal.
import { expect } from 'chai';
import { around, flow, processOf as fromXml } from '../bpmn/support.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { complete, done, escalates, start } from '../support/verbs.ts';

const inSub = (border: string, inner = 'start In -> throw Tell escalation=LATE -> user Work -> end Out'): string => `
  sub S {
    ${inner}
  }
  start -> S -> end
  boundary Caught on=S ${border} -> user Boss -> end Told`;

describe('Engine: escalation events', () => {
  it('An escalation that nothing catches changes nothing: the flow goes on (trap 17)', async () => {
    given(await processOf('start -> throw Tell escalation=LATE -> end')).when(start()).including({ type: 'EscalationThrown', elementId: 'Tell', code: 'LATE' }, 'ElementCompleted Tell', 'InstanceCompleted');
  });

  it('A non-interrupting boundary event catches it and the thrower goes on', async () => {
    const process = await processOf(inSub('escalation=LATE beside'));
    const { case: on } = given(process, start());
    expect(on.active().sort()).to.deep.equal(['Boss', 'S', 'Work']);
    expect(on.path()).to.deep.equal(['start', 'In', 'Caught', 'Tell']);
  });

  it('An interrupting boundary event cancels the scope before the throwing token moves on', async () => {
    const process = await processOf(inSub('escalation=LATE'));
    given(process).when(start()).including({ type: 'EscalationThrown', caughtBy: 'Caught' }, 'ElementTerminated Tell', 'ElementTerminated S', 'ElementActivated Caught', 'UserTaskCreated Boss');
  });

  it('An exact code goes before a catch-all, and another code passes by', async () => {
    const process = await processOf(`${inSub('escalation=EARLY beside')}
      boundary Any on=S escalation beside -> end ByAny`);
    given(process).when(start()).including({ type: 'EscalationThrown', caughtBy: 'Any' }, 'ElementCompleted ByAny');
    given(await processOf(inSub('escalation=EARLY beside'))).when(start()).including('EscalationThrown Tell').and((on) => expect(on.active()).to.deep.equal(['S', 'Work']));
  });

  it('An escalation end event ends its path and escalates; the scope completes when nothing is left in it', async () => {
    const process = await processOf(inSub('escalation=LATE beside', 'start In -> end Late escalation=LATE'));
    given(process).when(start()).including('ElementCompleted Late', { type: 'EscalationThrown', caughtBy: 'Caught' }, 'UserTaskCreated Boss', 'ElementCompleted S').and((on) => expect(on.active()).to.deep.equal(['Boss']));
    const interrupted = await processOf(inSub('escalation=LATE', 'start In -> and Fork -> user Work -> end Out\n Fork -> end Late escalation=LATE'));
    given(interrupted, start()).when(done('Boss')[0]!).when(complete('Boss')).including('InstanceCompleted').and((on) => expect(on.path()).not.to.include('S'));
  });

  it('What the input mappings of the throw event made comes with it', async () => {
    const process = await processOf(inSub('escalation=LATE beside out.days="=late"', 'start In -> throw Tell escalation=LATE in.late="=3" -> user Work -> end Out'));
    const { case: on } = given(process, start());
    expect(on.variables()).to.deep.equal({ days: 3 });
  });

  it('An escalation goes up from a called case to the border of its call activity; the called case goes on', async () => {
    const test = await inWorld(`
      process Parent
      start -> call Ask calls=Child -> end
      boundary Heard on=Ask escalation=LATE beside -> end Told
      process Child
      start CS -> throw CTell escalation=LATE -> user CWork -> end CE`);
    const parent = test.start('Parent');
    expect(test.path(parent)).to.deep.equal(['start', 'Heard', 'Told']);
    test.do({ complete: 'CWork' });
    expect(test.status(parent)).to.equal('completed');
    expect(test.path(parent)).to.deep.equal(['start', 'Heard', 'Told', 'Ask', 'end']);
  });

  it('An interrupting catch in the calling case cancels the called case', async () => {
    const test = await inWorld(`
      process Parent
      start -> call Ask calls=Child -> end
      boundary Heard on=Ask escalation -> end Told
      process Child
      start CS -> throw CTell escalation=LATE -> user CWork -> end CE`);
    const parent = test.start('Parent');
    expect([test.status(parent), test.status(test.cases('Child')[0]!)]).to.deep.equal(['completed', 'terminated']);
    expect(test.path(parent)).to.deep.equal(['start', 'Heard', 'Told']);
  });

  it('An escalation for a call activity that does not wait any more is refused', async () => {
    given(await processOf('start -> user Work -> end'), start()).when(escalates('Work', 'LATE')).refused('CHILD_NOT_FOUND');
  });

  it('Without an escalationCode every escalation triggers it, also when the escalation has a name of its own (8.4.4)', async () => {
    const process = await fromXml(around(`<subProcess id="n"><endEvent id="up"><escalationEventDefinition escalationRef="exact" /></endEvent></subProcess><boundaryEvent id="any" attachedToRef="n" cancelActivity="false"><escalationEventDefinition escalationRef="named" /></boundaryEvent>${flow('any', 'e')}`, '<escalation id="named" name="Something" /><escalation id="exact" escalationCode="LATE" />'));
    given(process).when(start()).including({ type: 'EscalationThrown', caughtBy: 'any' }, 'ElementCompleted any');
  });
});
