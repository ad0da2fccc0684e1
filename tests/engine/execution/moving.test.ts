// What officers do with a running case: suspend and resume it, move it by hand.
import { expect } from 'chai';
import type { ModifyInstance } from '../../../engine/commands.ts';
import type { Variables } from '../../../engine/facts.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import type { Verb } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { cancel, childEnds, claim, done, facing, goOn, jobDone, limited, message, person, say, set, start, timer } from '../support/verbs.ts';

const suspend = say({ type: 'SuspendInstance', reason: 'appeal' }, person('boss'));
const resume = say({ type: 'ResumeInstance', reason: 'decided' }, person('boss'));

describe('Engine: suspended cases', () => {
  it('While a case is suspended nothing in it goes on; resumed, everything does', async () => {
    const process = await processOf('start -> and F -> user A -> end\n F -> service B job=b -> end\n F -> catch C message=Paid key="=id" -> end\n F -> catch D after=PT1H -> end');
    given(process, start({ id: '1' })).when(suspend).then({ type: 'InstanceSuspended', by: 'boss', reason: 'appeal' });
    for (const verb of [claim('A'), jobDone('B'), message('C'), timer('D')]) given(process, start({ id: '1' }), suspend).when(verb).refused('INSTANCE_SUSPENDED');
    given(process, start({ id: '1' }), suspend, resume).when(jobDone('B')).including('ElementCompleted B');
  });

  it('Its data can be corrected and it can be cancelled', async () => {
    const process = await processOf('start -> user A -> end');
    given(process, start(), suspend).when(set({ x: 1 })).then('VariablesWritten');
    given(process, start(), suspend).when(cancel).including('InstanceTerminated').and((on) => expect(on.state.suspended).to.equal(false));
  });

  it('A case that is at work is not resumed, one that is suspended not suspended again', async () => {
    const process = await processOf('start -> user A -> end');
    given(process, start()).when(resume).refused('INSTANCE_NOT_SUSPENDED');
    given(process, start(), suspend).when(suspend).refused('INSTANCE_SUSPENDED');
  });

  it('What becomes true while it is suspended happens when it is resumed, if it is still true then', async () => {
    const process = await processOf('start -> catch Ready if="=x > 1" -> user A -> end\nsub Handler event {\nstart Seen if="=x > 5" beside -> end Told\n}');
    const events = given(process, start({ x: 0 }), suspend).when(set({ x: 6 })).then('VariablesWritten', { type: 'ConditionChanged', holds: true, deferred: true }, { type: 'ConditionChanged', holds: true, deferred: true });
    events.when(resume).including('InstanceResumed', 'ConditionTriggered Seen', 'ElementCompleted Told', 'ConditionTriggered Ready', 'UserTaskCreated A');
    given(process, start({ x: 0 }), suspend, set({ x: 6 }), set({ x: 0 })).when(resume).then('InstanceResumed');
    given(process, start({ x: 0 }), suspend, set({ x: 6 }), resume, suspend).when(resume).then('InstanceResumed');
  });

  it('A suspended case that is cancelled waits for the cases it called and for its listeners, and ends with them', async () => {
    const calling = await processOf('start -> call Ask calls=Child -> end');
    given(calling, facing({ definitions: { Child: 1 } }), start(), suspend, cancel).when(childEnds('Ask', 'terminated')).including('ChildEnded', 'InstanceTerminated');
    const heard = await processOf('start -> user A hear.canceling=tell -> end');
    given(heard, start(), suspend, cancel).when(jobDone('A')).including('JobCompleted', 'InstanceTerminated');
  });

  it('A case whose event sub-process waits for a called case can be cancelled, and stands still while it is suspended', async () => {
    const process = await processOf('start -> call Ask calls=Child -> end\nsub Handler event {\nstart On after=PT1H -> user Extra -> end Out\n}');
    const waiting = [facing({ definitions: { Child: 1 } }), start(), timer('On')];
    given(process, ...waiting, suspend).when(childEnds('Ask', 'terminated')).refused('INSTANCE_SUSPENDED');
    given(process, ...waiting, cancel).when(childEnds('Ask', 'terminated')).including('ChildEnded', 'InstanceTerminated').without('ElementActivated');
    given(process, ...waiting, cancel).when(cancel).then();
  });

  it('A suspended case that is cancelled in more than one turn is cancelled to the end', async () => {
    const process = await processOf('start -> user A times=50 -> end');
    given(process, start(), limited({ bytesPerTurn: 1_000 }), suspend, cancel).when(goOn).including('InstanceTerminated');
  });

  it('A timer that fell due meanwhile fires when the case is resumed, a message is delivered then', async () => {
    const test = await inWorld('process P\n start -> catch Paid message=Paid key="=id" -> catch Pause after=PT1H -> end');
    const stream = test.start('P', { id: '1' });
    test.execute(stream, { type: 'SuspendInstance', reason: 'appeal' }).do({ message: 'Paid', correlationKey: '1' });
    expect(test.path(stream)).to.deep.equal(['start']);
    test.execute(stream, { type: 'ResumeInstance', reason: 'decided' });
    expect(test.path(stream)).to.deep.equal(['start', 'Paid']);
    test.execute(stream, { type: 'SuspendInstance', reason: 'again' }).do({ advance: 'PT3H' });
    expect(test.path(stream)).to.deep.equal(['start', 'Paid']);
    test.execute(stream, { type: 'ResumeInstance', reason: 'decided' }).do({ advance: 'PT1S' });
    expect(test.status(stream)).to.equal('completed');
  });
});

describe('Engine: taking up an ended case', () => {
  it('A new case says which one it takes up again; the old one stays as it ended', async () => {
    const test = await inWorld('process P\n start -> user A -> end');
    const old = test.start('P', { x: 1 });
    test.execute(old, { type: 'CancelInstance', reason: 'wrong form' });
    const data = test.variables(old) as Variables;
    test.execute('again', { type: 'StartInstance', processId: 'P', version: 1, variables: data, restartOf: old });
    expect([test.status(old), test.status('again'), test.variables('again')]).to.deep.equal(['terminated', 'active', { x: 1 }]);
    expect(test.records.find(({ stream }) => stream === 'again')?.events[0]).to.include({ type: 'InstanceStarted', restartOf: old });
  });
});

describe('Engine: moving a case by hand', () => {
  const MODEL = `
    sub S {
      start In -> user Inner -> end Out
    }
    start -> user A -> xor Gate default=B
    Gate -[far]-> S -> end
    Gate -> user B -> end`;
  const modify = (what: (element: (id: string) => number) => Omit<ModifyInstance, 'type' | 'reason'>, reason = 'wrong way'): Verb => (on) => ({ action: { type: 'ModifyInstance', reason, ...what((id) => on.element(id)) }, actor: person('boss') });

  it('What is cancelled ends, what is begun gets a token, in one decision with its reason', async () => {
    const process = await processOf(MODEL);
    given(process, start({ far: false })).when(modify((id) => ({ cancel: [id('A')], activate: [{ elementId: 'S' }] }))).then(
      { type: 'InstanceModified', by: 'boss', reason: 'wrong way', canceled: ['A'], skipped: [], activated: ['S'] }, 'UserTaskCanceled', 'ElementTerminated A',
      'ElementActivated S', 'ElementActivated In', 'ElementCompleted In', 'SequenceFlowTaken In-Inner', 'ElementActivated Inner', 'UserTaskCreated Inner',
    );
  });

  it('What is skipped is left by its sequence flows as if it had been done', async () => {
    const process = await processOf(MODEL);
    given(process, start({ far: false })).when(modify((id) => ({ skip: [id('A')] }))).including('ElementTerminated A', 'SequenceFlowTaken A-Gate', 'UserTaskCreated B').without('UserTaskCompleted');
  });

  it('A scope in which nothing is left completes', async () => {
    const process = await processOf(MODEL);
    given(process, start({ far: true }), done('A')).when(modify((id) => ({ cancel: [id('Inner')] }))).including('ElementTerminated Inner', 'ElementCompleted S', 'InstanceCompleted');
    given(process, start({ far: true }), done('A')).when(modify((id) => ({ activate: [{ elementId: 'Inner', scope: id('S') }] }))).and((on) => expect(on.active()).to.deep.equal(['S', 'Inner', 'Inner']));
  });

  it('Skipping the last element of a sub-process completes the sub-process, and the case goes on', async () => {
    const process = await processOf(MODEL);
    given(process, start({ far: true }), done('A')).when(modify((id) => ({ skip: [id('Inner')] }))).including('ElementTerminated Inner', 'ElementCompleted Out', 'ElementCompleted S', 'InstanceCompleted');
    const last = await processOf('sub S {\n start In -> user Inner\n }\n start -> S -> end');
    given(last, start()).when(modify((id) => ({ skip: [id('Inner')] }))).including('ElementTerminated Inner', 'ElementCompleted S', 'InstanceCompleted');
  });

  it('A scope in which a called case was the last completes when that case has ended', async () => {
    const process = await processOf('start -> call Ask calls=Child -> end');
    given(process, facing({ definitions: { Child: 1 } }), start()).when(modify((id) => ({ cancel: [id('Ask')] }))).including('ChildTerminationRequested', 'ElementTerminating Ask').without('InstanceCompleted')
      .when(childEnds('Ask', 'terminated')).including('ElementTerminated Ask', 'InstanceCompleted');
  });

  it('What is not possible is refused with the reason, and nothing happens', async () => {
    const process = await processOf(`${MODEL}
      start -> user Many times=2 -> end
      boundary Late on=A after=PT1H -> end Gone`);
    const refused = (verb: Verb, words: string): void => { given(process, start({ far: false })).when(verb).refused('INSTANCE_MODIFICATION_INVALID', words); };
    refused(modify(() => ({})), 'it changes nothing');
    refused(modify(() => ({ activate: [{ elementId: 'B' }] }), ' '), 'no reason');
    refused(modify(() => ({ cancel: [99] })), '99 is no active element instance');
    refused(modify((id) => ({ cancel: [id('Many')] })), '“Many” runs several times');
    refused(modify(() => ({ activate: [{ elementId: 'Nowhere' }] })), 'no flow node');
    refused(modify(() => ({ activate: [{ elementId: 'Late' }] })), 'begins by its event only');
    refused(modify(() => ({ activate: [{ elementId: 'Inner' }] })), 'does not stand directly in scope 0');
    refused(modify((id) => ({ activate: [{ elementId: 'Inner', scope: id('A') }] })), 'does not stand directly');
    const inside: typeof refused = (verb, words) => { given(process, start({ far: true }), done('A')).when(verb).refused('INSTANCE_MODIFICATION_INVALID', words); };
    inside(modify((id) => ({ cancel: [id('S')], skip: [id('S')] })), '“S” is named twice');
    inside(modify((id) => ({ cancel: [id('S'), id('Inner')] })), '“Inner” stands inside “S”, which ends with it');
    inside(modify((id) => ({ cancel: [id('S')], activate: [{ elementId: 'Inner', scope: id('S') }] })), 'is no active scope');
    const undoing = await processOf('start -> user A -> throw U compensate -> end\n boundary BA on=A compensate by=X\n user X undo');
    given(undoing, start(), done('A')).when(modify((id) => ({ cancel: [id('X')] }))).refused('INSTANCE_MODIFICATION_INVALID', 'undoes another');
    const undone = await processOf('start -> user A -> end\n boundary BA on=A compensate by=X\n user X undo');
    given(undone, start(), done('A'), say({ type: 'CompensateInstance', answer: { stream: 'caller', scope: 0, run: 1 } })).when(modify(() => ({ activate: [{ elementId: 'A' }] }))).refused('INSTANCE_MODIFICATION_INVALID', 'only being undone');
    const choosing = await processOf('start -> user A default=end\n A -[x]-> user B -> end\n A -> end');
    given(choosing, start({ x: true })).when(modify((id) => ({ skip: [id('A')] }))).refused('INSTANCE_MODIFICATION_INVALID', 'conditions choose the way');
  });

  it('What a complex gateway waited for is cancelled: it is reset, and its scope completes once', async () => {
    const inside = 'and Fork -> user A -> complex One when="=activationCount >= 1" -> end Done\n Fork -> user B -> One';
    const drop: Verb = (on) => ({ action: { type: 'ModifyInstance', reason: 'not needed', cancel: [on.element('B')] } });
    for (const text of [`start -> ${inside}`, `sub S {\n start In -> ${inside}\n }\n start -> S -> end`]) {
      const { case: on } = given(await processOf(text), start(), done('A'), drop);
      expect([on.state.status, on.events.filter(({ type }) => type === 'InstanceCompleted').length, on.path().filter((id) => id === 'One').length]).to.deep.equal(['completed', 1, 2]);
    }
  });
});
