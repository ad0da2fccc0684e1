// Execution listeners and task listeners (zeebe:executionListeners, zeebe:taskListeners): jobs an element waits for before it goes on.
import { expect } from 'chai';
import { lint } from '../../../engine/bpmn/lint.ts';
import type { UpdateTask } from '../../../engine/commands.ts';
import type { UserTask } from '../../../engine/state.ts';
import { processOf, xmlOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import type { Case, Verb } from '../support/case.ts';
import { assign, cancel, claim, complete, done, goOn, jobDone, jobFails, jobThrows, limited, message, person, release, resolve, say, sendBack, set, start, timer } from '../support/verbs.ts';

const WORK = 'start -> service Work job=work hear.start="first,second" hear.end="third,fourth" -> end';

async function codesOf(model: string): Promise<string[]> {
  return (await lint(xmlOf(model))).problems.map(({ code, message: words }) => `${code} ${words}`);
}

describe('Engine: execution listeners', () => {
  it('An element waits for its start listeners one after the other, works, waits for its end listeners, and completes', async () => {
    given(await processOf(WORK)).when(start()).including('ElementActivated Work', { type: 'JobCreated', jobType: 'first', retries: 3, headers: { of: 'first' }, listener: { on: 'start', index: 0 } }).without('IncidentRaised')
      .when(jobDone('Work')).then('JobCompleted', { type: 'JobCreated', jobType: 'second', listener: { on: 'start', index: 1 } })
      .when(jobDone('Work')).then('JobCompleted', { type: 'JobCreated', jobType: 'work' })
      .when(jobDone('Work')).then('JobCompleted', { type: 'JobCreated', jobType: 'third', listener: { on: 'end', index: 0 } })
      .when(jobDone('Work')).then('JobCompleted', { type: 'JobCreated', jobType: 'fourth', listener: { on: 'end', index: 1 } })
      .when(jobDone('Work')).including('JobCompleted', 'ElementCompleted Work', 'InstanceCompleted');
  });

  it('What a start listener brings is local to its element, what an end listener brings leaves like a result', async () => {
    const process = await processOf('start -> service Work job="=kind" in.kind="plain" hear.start=prepare hear.end=check -> user After -> end');
    given(process, start()).when(jobDone('Work', { kind: 'special' })).including({ type: 'VariablesWritten', scope: 2, values: { kind: 'special' } }, { type: 'JobCreated', jobType: 'special' })
      .when(jobDone('Work', { result: 1 })).including({ type: 'JobCreated', jobType: 'check' })
      .when(jobDone('Work', { checked: true })).and((on) => expect(on.variables()).to.deep.equal({ result: 1, checked: true }));
  });

  it('Output mappings and conditions see what the end listeners brought', async () => {
    const mapped = await processOf('start -> service Work job=work out.total="=a + b" hear.end=check -> user After -> end');
    given(mapped, start(), jobDone('Work', { a: 1 })).when(jobDone('Work', { b: 2 })).and((on) => expect(on.variables()).to.deep.equal({ total: 3 }));
    const choosing = await processOf('start -> xor Gate default=No hear.end=ask\nGate -[yes]-> task Yes\nGate -> task No');
    given(choosing, start()).when(jobDone('Gate', { yes: true })).including('ElementCompleted Gate', 'SequenceFlowTaken Gate-Yes').without('IncidentRaised');
  });

  it('A listener without retries left is an incident; resolved, that listener is tried again and no other', async () => {
    const process = await processOf(WORK);
    given(process, start(), jobDone('Work'), jobFails('Work', 0)).when(resolve('Work')).then({ type: 'IncidentResolved', retries: 1 })
      .when(jobDone('Work')).then('JobCompleted', { type: 'JobCreated', jobType: 'work' });
  });

  it('A listener whose job type cannot be found is an incident; those before it are not asked again', async () => {
    const process = await processOf('start -> service Work job=work hear.end="first,=kind" -> end');
    given(process, start(), jobDone('Work')).when(jobDone('Work')).then('JobCompleted', { type: 'IncidentRaised', phase: 'listen', code: 'INCIDENT_EXPRESSION', listener: { on: 'end', index: 1 } });
    given(process, start(), jobDone('Work'), jobDone('Work'), set({ kind: 'second' })).when(resolve('Work')).then('IncidentResolved', { type: 'JobCreated', jobType: 'second' })
      .when(jobDone('Work')).including('ElementCompleted Work');
  });

  it('A completion that is stuck behind its end listeners is tried again without them', async () => {
    const process = await processOf('start -> xor Gate hear.end=ask\nGate -[ok]-> task Yes\nGate -[not(ok)]-> task No');
    given(process, start()).when(jobDone('Gate')).then('JobCompleted', { type: 'IncidentRaised', phase: 'listen', code: 'INCIDENT_CONDITION_NULL', listener: { on: 'end', index: 1 } });
    given(process, start(), jobDone('Gate'), set({ ok: false })).when(resolve('Gate')).including('IncidentResolved', 'ElementCompleted Gate', 'SequenceFlowTaken Gate-No').without('JobCreated');
  });

  it('Boundary events are armed behind the start listeners and gone before the end listeners', async () => {
    const process = await processOf('start -> service Work job=work hear.start=first hear.end=last -> end\nboundary Late on=Work after=PT1H -> task Remind');
    given(process).when(start()).without('TimerScheduled')
      .when(jobDone('Work')).then('JobCompleted', 'TimerScheduled Late', { type: 'JobCreated', jobType: 'work' })
      .when(jobDone('Work')).then('JobCompleted', 'TimerCanceled', { type: 'JobCreated', jobType: 'last' });
    given(process, start(), jobDone('Work'), jobDone('Work')).when(timer('Late')).refused('TIMER_NOT_FOUND');
  });

  it('An error that a listener throws is caught on the border of its element', async () => {
    const process = await processOf('start -> service Work job=work hear.start=first hear.end=last -> end\nboundary Bad on=Work error=E1 -> task Repair');
    given(process, start()).when(jobThrows('Work', 'E1')).including('JobErrorThrown', 'ElementTerminated Work', 'ElementCompleted Repair');
    given(process, start(), jobDone('Work'), jobDone('Work')).when(jobThrows('Work', 'E1')).including('ElementTerminated Work', 'ElementCompleted Repair');
  });

  it('Events, gateways and sub-processes have listeners too', async () => {
    const process = await processOf('start start hear.end=a -> sub S hear.start=b hear.end=d\nS -> and G hear.start=e -> end end hear.start=f hear.end=g\nsub S {\nstart Begin -> catch Wait message=m key="=1" hear.end=c -> end Done\n}');
    given(process).when(start()).including({ type: 'JobCreated', jobType: 'a' })
      .when(jobDone('start')).including({ type: 'JobCreated', jobType: 'b' })
      .when(jobDone('S')).including('MessageSubscribed Wait')
      .when(message('Wait')).including({ type: 'JobCreated', jobType: 'c' })
      .when(jobDone('Wait')).including('ElementCompleted Done', { type: 'JobCreated', jobType: 'd' }).without('LoopCompleted')
      .when(jobDone('S')).including('ElementCompleted S', { type: 'JobCreated', jobType: 'e' })
      .when(jobDone('G')).including({ type: 'JobCreated', jobType: 'f' })
      .when(jobDone('end')).including({ type: 'JobCreated', jobType: 'g' })
      .when(jobDone('end')).including('InstanceCompleted');
  });

  it('A boundary event that has happened waits for its listeners, the activity goes on beside it', async () => {
    const process = await processOf('start -> user Review -> end\nboundary Late on=Review after=PT1H beside hear.start=a hear.end=b -> task Remind');
    given(process, start()).when(timer('Late')).including({ type: 'JobCreated', jobType: 'a' })
      .when(jobDone('Late')).then('JobCompleted', { type: 'JobCreated', jobType: 'b' })
      .when(jobDone('Late')).including('ElementCompleted Late', 'ElementCompleted Remind');
  });

  it('Each instance of a multi-instance activity has its own, the activity as a whole has none', async () => {
    const process = await processOf('start -> service Each job=work each="=items" as=item sequential hear.start="=item" hear.end=done -> end');
    given(process).when(start({ items: ['x', 'y'] })).including({ type: 'JobCreated', jobType: 'x' })
      .when(jobDone('Each')).including({ type: 'JobCreated', jobType: 'work' })
      .when(jobDone('Each')).including({ type: 'JobCreated', jobType: 'done' }).without('LoopAdvanced')
      .when(jobDone('Each')).including('LoopAdvanced', { type: 'JobCreated', jobType: 'y' })
      .when(jobDone('Each')).when(jobDone('Each')).when(jobDone('Each')).including('LoopCompleted Each', 'InstanceCompleted').without('JobCreated');
  });

  it('A process begins behind its start listeners and completes behind its end listeners; what they bring is in the case', async () => {
    const process = await processOf('process P hear.start=open hear.end=close\nstart -> user Review -> end\nsub Stop event {\nstart Call message=stop key="=1" -> end Stopped\n}');
    given(process).when(start()).then('InstanceStarted', { type: 'JobCreated', elementId: 'P', element: 0, jobType: 'open' })
      .when(jobDone('P', { file: 7 })).including({ type: 'VariablesWritten', scope: 0, values: { file: 7 } }, 'MessageSubscribed Call', 'UserTaskCreated Review');
    given(process, start(), jobDone('P'), message('Call')).when(jobDone('P')).then('JobCompleted', 'InstanceCompleted');
    given(process, start(), jobDone('P'), assign('Review', 'anna')).when(complete('Review')).including('MessageUnsubscribed', { type: 'JobCreated', jobType: 'close' }).without('InstanceCompleted')
      .when(jobDone('P', { closed: true })).then('JobCompleted', 'VariablesWritten', 'InstanceCompleted');
  });

  it('A case that is cancelled does not wait for its listeners', async () => {
    given(await processOf(WORK), start()).when(cancel).including('JobCanceled', 'ElementTerminated Work', 'InstanceTerminated').without('JobCreated');
    given(await processOf('process P hear.start=open hear.end=close\nstart -> end'), start()).when(cancel).then('JobCanceled', 'InstanceTerminated');
  });

  it('What is begun by hand inside while the end listeners work is finished first, then they work again', async () => {
    const process = await processOf('process P hear.end=close\nstart -> end\nuser Extra -> end After');
    given(process, start(), say({ type: 'ModifyInstance', reason: 'forgotten', activate: [{ elementId: 'Extra' }] })).when(jobDone('P')).then('JobCompleted')
      .when(assign('Extra', 'anna')).when(complete('Extra')).including({ type: 'JobCreated', jobType: 'close' })
      .when(jobDone('P')).including('InstanceCompleted');
  });

  it('Listeners survive a turn that ends between them', async () => {
    const process = await processOf('start -> task A hear.start=first -> task B -> end');
    given(process, limited({ stepsPerTurn: 1 }), start(), goOn, goOn, goOn).when(goOn).including('TurnContinued', { type: 'JobCreated', jobType: 'first' });
  });

  it('A model without listeners has none of their events', async () => {
    given(await processOf('start -> service Work job=work -> end'), start()).when(jobDone('Work')).then('JobCompleted', 'ElementCompleted Work', 'SequenceFlowTaken Work-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted');
  });
});

describe('Engine: task listeners', () => {
  it('A task is offered behind its creating listeners; its candidates may depend on what they brought', async () => {
    const process = await processOf('start -> user Review groups="=unit" hear.creating="route,log" -> end\nboundary Late on=Review after=PT1H -> task Remind');
    given(process).when(start({ unit: 'none' })).including('TimerScheduled Late', { type: 'JobCreated', jobType: 'route', listener: { on: 'creating', index: 0 } }).without('UserTaskCreated')
      .when(jobDone('Review', { unit: 'clerks' })).including({ type: 'VariablesWritten', scope: 2 }, { type: 'JobCreated', jobType: 'log' })
      .when(jobDone('Review')).then('JobCompleted', { type: 'UserTaskCreated', candidateGroups: ['clerks'] });
    given(process, start({ unit: 'none' })).when(timer('Late')).including('JobCanceled', 'ElementTerminated Review', 'ElementCompleted Remind').without('UserTaskCanceled');
  });

  it('A task is claimed, assigned or delegated behind its assigning listeners; until then nobody else can do anything with it', async () => {
    const process = await processOf('start -> user Review hear.assigning=notify -> end');
    given(process, start()).when(claim('Review')).then({ type: 'UserTaskAwaitsListeners', on: 'assigning' }, { type: 'JobCreated', jobType: 'notify', listener: { on: 'assigning', index: 0 } })
      .and((on) => expect([...on.state.elements.values()].at(-1)?.task?.assignee).to.equal(undefined))
      .when(jobDone('Review', { desk: 4 })).then('JobCompleted', { type: 'VariablesWritten', scope: 2 }, { type: 'UserTaskClaimed', person: 'anna' });
    given(process, start(), claim('Review')).when(claim('Review', person('ben'))).refused('TASK_AWAITS_LISTENERS', 'is being claimed');
    given(process, start(), assign('Review', 'ben')).when(release('Review', person('ben'))).refused('TASK_AWAITS_LISTENERS', 'is being assigned');
    given(process, start(), assign('Review', 'ben')).when(jobDone('Review')).then('JobCompleted', { type: 'UserTaskAssigned', person: 'ben' })
      .when((on) => ({ action: { type: 'DelegateTask', task: on.element('Review'), to: 'cleo' }, actor: person('ben') })).then('UserTaskAwaitsListeners', 'JobCreated Review')
      .when(jobDone('Review')).then('JobCompleted', { type: 'UserTaskDelegated', person: 'cleo', by: 'ben' });
  });

  it('Who a task is meant for from the beginning gets it behind the assigning listeners', async () => {
    const process = await processOf('start -> user Review assignee=anna hear.creating=first hear.assigning=second -> end');
    given(process, start()).when(jobDone('Review')).then('JobCompleted', 'UserTaskCreated Review', 'UserTaskAwaitsListeners', { type: 'JobCreated', jobType: 'second' })
      .when(jobDone('Review')).then('JobCompleted', { type: 'UserTaskAssigned', person: 'anna' });
  });

  it('A task completes behind its completing listeners, which see what the person wrote and can correct it', async () => {
    const process = await processOf('start -> user Review outcomes=ok hear.completing="check,archive" -> user After -> end');
    const open = [start(), assign('Review', 'anna')];
    given(process, ...open).when(complete('Review', { outcome: 'ok', variables: { name: 'ANNA', age: 40 } })).then({ type: 'VariablesWritten', scope: 2, values: { name: 'ANNA', age: 40, outcome: 'ok' } }, { type: 'UserTaskAwaitsListeners', on: 'completing' }, { type: 'JobCreated', jobType: 'check' })
      .when(jobDone('Review', { name: 'Anna' })).including({ type: 'JobCreated', jobType: 'archive' }).without('UserTaskCompleted')
      .when(jobDone('Review')).including({ type: 'UserTaskCompleted', person: 'anna', outcome: 'ok' }, { type: 'VariablesWritten', scope: 0 }, 'ElementCompleted Review')
      .and((on) => expect(on.variables()).to.deep.equal({ name: 'Anna', age: 40, outcome: 'ok' }));
    given(process, ...open, complete('Review', { outcome: 'ok' })).when(complete('Review', { outcome: 'ok' })).refused('TASK_AWAITS_LISTENERS', 'is being completed');
  });

  it('A task listener without retries left is an incident; resolved, the person need not act again', async () => {
    const process = await processOf('start -> user Review hear.completing=check -> end');
    given(process, start(), assign('Review', 'anna'), complete('Review', { variables: { a: 1 } })).when(jobFails('Review', 0)).including({ type: 'IncidentRaised', phase: 'job' })
      .when(resolve('Review')).then('IncidentResolved').when(jobDone('Review')).including({ type: 'UserTaskCompleted', person: 'anna' }, 'ElementCompleted Review', 'InstanceCompleted');
  });

  it('A task that waits for its listeners is cancelled with its case', async () => {
    const process = await processOf('start -> user Review hear.completing=check -> end');
    given(process, start(), assign('Review', 'anna'), complete('Review')).when(cancel).including('JobCanceled', 'UserTaskCanceled', 'InstanceTerminated').without('UserTaskCompleted');
  });

  it('What a task offers changes behind its updating listeners; who holds it keeps it', async () => {
    const process = await processOf('start -> user Review groups=clerks hear.updating=tell -> end');
    const update = (more: Partial<UpdateTask>): Verb => (on) => ({ action: { type: 'UpdateTask', task: on.element('Review'), ...more }, actor: person('boss') });
    const taskOf = (on: Case): UserTask | undefined => [...on.state.elements.values()].at(-1)?.task;
    given(process, start(), assign('Review', 'ben')).when(update({ priority: 80, dueAt: '2026-02-01T09:00:00.000Z', reason: 'urgent' }))
      .then({ type: 'UserTaskAwaitsListeners', on: 'updating' }, { type: 'JobCreated', jobType: 'tell', listener: { on: 'updating', index: 0 } })
      .and((on) => expect(taskOf(on)?.priority).to.equal(50))
      .when(complete('Review', { by: person('ben') })).refused('TASK_AWAITS_LISTENERS', 'is being changed')
      .and((on) => on.hear(jobDone('Review')))
      .and((on) => expect(taskOf(on)).to.deep.include({ priority: 80, dueAt: '2026-02-01T09:00:00.000Z', assignee: 'ben', candidateGroups: ['clerks'], awaits: undefined }))
      .when(complete('Review', { by: person('ben') })).including('UserTaskCompleted Review');
    const plain = await processOf('start -> user Review groups=clerks due="=when" -> end');
    const open = [start({ when: '2026-03-01T00:00:00Z' })];
    given(plain, ...open).when(update({ candidateGroups: ['heads'], candidateUsers: ['zoe'], dueAt: null })).then({ type: 'UserTaskUpdated', by: 'boss', candidateGroups: ['heads'], candidateUsers: ['zoe'] })
      .and((on) => expect(taskOf(on)).to.deep.include({ dueAt: undefined, candidateGroups: ['heads'] }));
    given(plain, ...open).when(update({ priority: 50 })).then();
    given(plain, ...open).when(update({ priority: 101 })).refused('TASK_PRIORITY_INVALID', '101');
    given(plain, ...open).when(update({ followUpAt: 'tomorrow' })).refused('TASK_DATE_INVALID', 'tomorrow');
  });

  it('A task that is cancelled ends behind its canceling listeners, and only then the interrupting path goes on', async () => {
    const process = await processOf('start -> user Review hear.canceling="first,second" -> end\nboundary Late on=Review after=PT1H -> task Remind');
    given(process, start()).when(timer('Late')).then('TimerFired Late', 'UserTaskCanceled', 'ElementTerminating Review', { type: 'JobCreated', jobType: 'first', listener: { on: 'canceling', index: 0 } })
      .when(complete('Review')).refused('TASK_CANCELED')
      .and((on) => on.hear(jobDone('Review', { told: true }))).when(jobDone('Review')).including('JobCompleted', 'ElementTerminated Review', 'ElementCompleted Remind', 'InstanceCompleted');
  });

  it('A case that is cancelled waits for the canceling listeners of its tasks, each does its job once', async () => {
    const process = await processOf('start -> and F -> user A hear.canceling=x -> end\nF -> sub S -> end\nsub S {\nstart I -> user B hear.canceling=y -> end O\nboundary L on=B after=PT1H -> end Off\n}');
    given(process, start()).when(cancel).including({ type: 'JobCreated', jobType: 'y' }).including({ type: 'JobCreated', jobType: 'x' }).without('InstanceTerminated')
      .when(jobDone('A')).then('JobCompleted', 'ElementTerminated A')
      .when(jobDone('B')).then('JobCompleted', 'ElementTerminated B', 'ElementTerminated S', 'InstanceTerminated');
    given(process, start(), timer('L')).when(cancel).without('ElementTerminated', 'InstanceTerminated').including({ type: 'JobCreated', jobType: 'x' }).and((on) => expect(on.events.filter((event) => event.type === 'JobCreated' && event.jobType === 'y')).to.have.length(1))
      .and((on) => on.hear(jobDone('B'))).when(jobDone('A')).including('InstanceTerminated').without('JobCreated');
  });

  it('A canceling listener that fails, or finds an error nothing is left to catch, is an incident; resolved or done after all, the cancelling goes on and leaves none', async () => {
    const process = await processOf('start -> user Review hear.canceling=tell -> end\nboundary Bad on=Review error -> task Repair');
    given(process, start(), cancel).when(jobFails('Review', 0)).including({ type: 'IncidentRaised', phase: 'job' }).when(resolve('Review')).then('IncidentResolved').when(jobDone('Review')).including('ElementTerminated Review', 'InstanceTerminated');
    given(process, start(), cancel).when(jobThrows('Review', 'E1')).then('JobFailed', { type: 'IncidentRaised', phase: 'job' });
    given(process, start(), cancel, jobFails('Review', 0)).when(jobDone('Review')).then('JobCompleted', 'IncidentCanceled', 'ElementTerminated Review', 'InstanceTerminated');
    const unknown = await processOf('start -> user Review hear.canceling="=kind" -> end');
    given(unknown, start(), cancel).when(resolve('Review')).including({ type: 'IncidentRaised', phase: 'listen' });
  });

  it('A task somebody completes or sends back is not cancelled, and a turn that ends in between asks no listener twice', async () => {
    const process = await processOf('start -> user First -> user Review hear.canceling=tell -> end');
    given(process, start(), ...done('First'), assign('Review', 'anna')).when(complete('Review')).including('InstanceCompleted').without('JobCreated');
    given(process, start(), ...done('First'), assign('Review', 'anna')).when(sendBack('Review', 'First')).including('UserTaskReturned Review', 'ElementActivated First').without('JobCreated');
    const bordered = await processOf('start -> user Review hear.canceling=tell -> end\nboundary Late on=Review after=PT1H -> task Remind');
    given(bordered, start(), limited({ stepsPerTurn: 1 }), timer('Late'), limited({})).when(cancel).then('TurnContinued', 'ElementTerminating Review', 'ElementTerminating P', { type: 'JobCreated', jobType: 'tell' })
      .when(jobDone('Review')).then('JobCompleted', 'ElementTerminated Review', 'InstanceTerminated');
  });

  it('Listeners for moments that do not exist here are refused with what to do', async () => {
    expect((await codesOf('start -> user Review hear.cancel=x -> end')).join()).to.contain('an execution listener for cancel');
    expect((await codesOf('start -> user Review hear.leaving=x -> end')).join()).to.contain('BPMN_LISTENER_INVALID').and.contain('one has leaving');
    expect((await codesOf('start -> first Which hear.end=x -> catch A after=PT1H -> end\nWhich -> catch B after=PT2H -> end')).join()).to.contain('BPMN_LISTENER_INVALID').and.contain('one has end');
    expect((await codesOf('start -> user Review hear.start= -> end')).join()).to.contain('BPMN_LISTENER_INVALID').and.contain('one has no job type');
    expect((await codesOf('start -> user Review hear.start=x tries=many -> end')).join()).to.contain('BPMN_JOB_RETRIES_INVALID');
    expect((await codesOf('start -> service Work job=w hear.creating=x -> end')).join()).to.contain('BPMN_EXTENSION_MISPLACED');
  });
});
