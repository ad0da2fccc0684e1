// Call activity: a case of another process and the wait for its end (BPMN 2.0.2, 10.3.6).
import { expect } from 'chai';
import { childStream } from '../../../engine/hash.ts';
import { around, extended, graphOf, processOf as fromXml } from '../bpmn/support.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { cancel, childEnds, facing, limited, resolve, set, start, timer } from '../support/verbs.ts';

const CALL = `
  start -> call Ask calls=Child -> end
  boundary Refused on=Ask error=E1 -> end Bad`;
const known = facing({ definitions: { Child: 4 } });

describe('Engine: call activity', () => {
  it('The called case gets its version when it is asked for, and all variables it can see', async () => {
    given(await processOf(CALL), known).when(start({ a: 1 })).including({
      type: 'ChildRequested', elementId: 'Ask', processId: 'Child', version: 4, childStream: childStream('case-1', 2), conversation: 'case-1', variables: { a: 1 },
    });
  });

  it('With propagateAllParentVariables="false" it gets only what the input mappings make', async () => {
    given(await processOf('start -> call Ask calls=Child parent=false in.b="=a + 1" -> end'), known).when(start({ a: 1 })).including({ type: 'ChildRequested', variables: { b: 2 } });
  });

  it('When the child completes, its variables come back and the token goes on', async () => {
    given(await processOf(CALL), known, start()).when(childEnds('Ask', 'completed', { variables: { answer: 42 } })).then(
      { type: 'ChildEnded', ended: 'completed' }, { type: 'VariablesWritten', scope: 0, values: { answer: 42 } }, 'ElementCompleted Ask',
      'SequenceFlowTaken Ask-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    );
  });

  it('With output mappings only the mapped variables come back', async () => {
    given(await processOf('start -> call Ask calls=Child out.mine="=answer" -> end'), known, start()).when(childEnds('Ask', 'completed', { variables: { answer: 42, more: 1 } }))
      .including('ElementCompleted Ask').and((on) => expect(on.variables()).to.deep.equal({ mine: 42 }));
    given(await processOf('start -> call Ask calls=Child child=false -> end'), known, start()).when(childEnds('Ask', 'completed', { variables: { answer: 42 } }))
      .including('ElementCompleted Ask').and((on) => expect(on.variables()).to.deep.equal({}));
  });

  it('An error that ended the child is caught by the boundary event of the call activity', async () => {
    given(await processOf(CALL), known, start()).when(childEnds('Ask', 'failed', { error: { code: 'E1', message: 'no' } }))
      .including('ChildEnded', { type: 'ErrorThrown', code: 'E1', caughtBy: 'Refused' }, 'ElementTerminated Ask', 'ElementCompleted Bad', 'InstanceCompleted');
  });

  it('An error of the child that nothing catches ends the calling case too', async () => {
    given(await processOf(CALL), known, start()).when(childEnds('Ask', 'failed', { error: { code: 'E2', message: 'no' } }))
      .including('ErrorThrown', 'ElementTerminated Ask', { type: 'InstanceFailed', code: 'E2', message: 'no' });
  });

  it('A process that is not deployed is an incident; deployed, the call is made', async () => {
    const process = await processOf(CALL);
    given(process).when(start()).including({ type: 'IncidentRaised', elementId: 'Ask', code: 'INCIDENT_CALLED_PROCESS_UNKNOWN', phase: 'behave' });
    given(process, start(), known).when(resolve('Ask')).then('IncidentResolved', 'ChildRequested Ask');
  });

  it('The called case gets the business key that businessId gives; the process may stand in processIdExpression', async () => {
    const process = await fromXml(around(`<callActivity id="n">${extended('<zeebe:calledElement processIdExpression="which" businessId="=number" />')}</callActivity>`));
    given(process, known).when(start({ which: 'Child', number: 'B-7' })).including({ type: 'ChildRequested', processId: 'Child', businessKey: 'B-7' });
    expect(given(process, known).when(start({ which: 'Child' })).events.at(-1)).not.to.have.property('businessKey');
    const test = await inWorld('process Child\nstart CS -> user Look -> end CE');
    test.world.deploy(await graphOf(around(`<callActivity id="n">${extended('<zeebe:calledElement processId="Child" businessId="=number" />')}</callActivity>`)));
    test.start('p', { number: 'B-8' });
    expect(test.world.instances.get(test.cases('Child')[0]!)?.businessKey).to.equal('B-8');
  });

  it('The process can be chosen by an expression; null is an incident', async () => {
    const process = await processOf('start -> call Ask calls="=which" -> end');
    given(process, known).when(start({ which: 'Child' })).including({ type: 'ChildRequested', processId: 'Child' });
    given(process, known).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_CALLED_PROCESS_UNKNOWN' });
    given(process, known).when(start({ which: 'constructor' })).including({ type: 'IncidentRaised', code: 'INCIDENT_CALLED_PROCESS_UNKNOWN' });
    given(process, known, start(), set({ which: 'Child' })).when(resolve('Ask')).including('ChildRequested Ask');
  });

  it('A child that was cancelled is an incident; resolved, the case goes on without a result', async () => {
    given(await processOf(CALL), known, start()).when(childEnds('Ask', 'terminated')).then('ChildEnded', { type: 'IncidentRaised', elementId: 'Ask', code: 'INCIDENT_CHILD_CANCELED', phase: 'complete' })
      .when(resolve('Ask')).including('IncidentResolved', 'ElementCompleted Ask', 'InstanceCompleted');
  });

  it('The answer of a child is taken whatever its size: its caller would wait for ever', async () => {
    given(await processOf(CALL), known, start(), limited({ variableBytes: 50 })).when(childEnds('Ask', 'completed', { variables: { text: 'x'.repeat(100) } })).including('ElementCompleted Ask');
  });

  it('A second answer of the child changes nothing', async () => {
    given(await processOf('start -> call Ask calls=Child -> user Next -> end'), known, start(), childEnds('Ask', 'completed')).when(childEnds('Ask', 'completed')).refused('CHILD_NOT_FOUND');
  });

  it('Cancelling waits until the child has ended; only then the interrupting path goes on', async () => {
    const process = await processOf(`
      sub S {
        start In -> call Ask calls=Child -> end Out
      }
      start -> S -> end
      boundary Late on=S after=P1D -> user Chase -> end`);
    given(process, known, start()).when(timer('Late')).then(
      'TimerFired Late', { type: 'ChildTerminationRequested', childStream: childStream('case-1', 5) }, 'ElementTerminating Ask', 'ElementTerminating S',
    ).when(childEnds('Ask', 'terminated')).then(
      'ChildEnded', 'ElementTerminated Ask', 'ElementTerminated S', 'ElementActivated Late', 'ElementCompleted Late', 'SequenceFlowTaken Late-Chase', 'ElementActivated Chase', 'UserTaskCreated Chase',
    );
  });

  it('A child that ends by itself while it is being cancelled ends the wait too', async () => {
    given(await processOf(CALL), known, start(), cancel).when(childEnds('Ask', 'completed', { variables: { late: 1 } })).then('ChildEnded', 'ElementTerminated Ask', { type: 'InstanceTerminated', canceled: true });
  });

  it('Two children are both waited for', async () => {
    const process = await processOf(`
      start -> and Fork -> call A calls=Child -> end
      Fork -> call B calls=Child -> end`);
    given(process, known, start()).when(cancel).without('InstanceTerminated').when(childEnds('B', 'terminated')).then('ChildEnded', 'ElementTerminated B')
      .when(cancel).then()
      .when(childEnds('A', 'terminated')).including('ElementTerminated A', 'InstanceTerminated');
  });

  it('A called case tells its end to the call activity', async () => {
    const process = await processOf('start -> script S is="=1" result=x -> end');
    given(process).when(start({}, { parent: { stream: 'above', element: 9 } })).including({ type: 'InstanceCompleted', parent: { stream: 'above', element: 9 }, variables: { x: 1 } });
  });
});

describe('Engine: call activity in a world', () => {
  const PAIR = `
    process Parent
    start -> call Ask calls=Child -> end Good
    boundary Refused on=Ask error=E1 -> end Bad
    boundary Late on=Ask after=P1D -> end TooLate
    process Child
    start CStart -> user Answer outcomes=yes,no -> xor Gate default=Failed
    Gate -[outcome = "yes"]-> end Done
    Gate -> end Failed error=E1`;

  it('Variables go in and come out', async () => {
    const test = await inWorld(PAIR);
    const parent = test.start('Parent', { question: 'why' });
    const [child = ''] = test.cases('Child');
    expect(test.variables(child)).to.deep.equal({ question: 'why' });
    test.do({ complete: 'Answer', outcome: 'yes', variables: { answer: 'so' } });
    expect([test.status(child), test.status(parent)]).to.deep.equal(['completed', 'completed']);
    expect(test.variables(parent)).to.deep.equal({ question: 'why', answer: 'so', outcome: 'yes' });
  });

  it('An error of the child reaches the boundary event of the caller', async () => {
    const test = await inWorld(PAIR);
    const parent = test.start('Parent');
    test.do({ complete: 'Answer', outcome: 'no' });
    expect(test.path(parent)).to.deep.equal(['start', 'Refused', 'Bad']);
    expect(test.status(test.cases('Child')[0]!)).to.equal('failed');
  });

  it('A timer on the call activity cancels the child first', async () => {
    const test = await inWorld(PAIR);
    const parent = test.start('Parent');
    test.do({ advance: 'P2D' });
    expect(test.status(test.cases('Child')[0]!)).to.equal('terminated');
    expect(test.path(parent)).to.deep.equal(['start', 'Late', 'TooLate']);
  });

  it('A child that cannot start is an incident of the caller, not an endless wait', async () => {
    const test = await inWorld(`
      process Parent
      start -> call Ask calls=Child -> end
      process Child
      start Letter message=Letter -> end Done`);
    const parent = test.start('Parent');
    const incidents = [...test.world.instances.get(parent)!.waits.values()].map((wait) => wait.kind === 'incident' && wait.code);
    expect(incidents).to.deep.equal(['INCIDENT_CHILD_CANCELED']);
  });

  it('A case that calls itself for ever stops with INCIDENT_CALL_TOO_DEEP, and can be cancelled as a whole', async () => {
    const test = await inWorld('start -> call Again calls=P -> end');
    const root = test.start('P');
    const cases = test.cases('P');
    expect(cases).to.have.length(26);
    const innermost = test.world.instances.get(cases.at(-1) ?? '');
    expect([...(innermost?.waits.values() ?? [])][0]).to.include({ kind: 'incident', code: 'INCIDENT_CALL_TOO_DEEP' });
    test.execute(root, { type: 'CancelInstance', reason: 'it calls itself' });
    expect(cases.map((stream) => test.status(stream))).to.deep.equal(cases.map(() => 'terminated'));
  });
});
