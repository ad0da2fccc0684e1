// User tasks: what is offered to whom, the verbs of people, and every reason to refuse one (BPMN 2.0.2, 10.3.4; WS-HumanTask 1.1, 4.7).
import { expect } from 'chai';
import { compile } from '../../../engine/bpmn/compile.ts';
import type { ProcessGraph } from '../../../engine/bpmn/graph.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import type { Verb } from '../support/case.ts';
import { assign, cancel, claim, complete, done, facing, jobDone, limited, person, release, resolve, say, sendBack, set, start, timer } from '../support/verbs.ts';

const ANNA = person('anna', 'clerks');
const BEN = person('ben', 'clerks');
const CARL = person('carl', 'drivers');
const TASK = 'start -> user Review groups=clerks users=dora -> end';
const CALENDAR = { id: 'office', version: 3, zone: 'America/St_Lucia', weekend: [6, 7], opens: '08:00', closes: '16:30', holidays: [{ date: '2026-01-06', name: 'Holiday' }] };

const roled = (roles: string): Promise<ProcessGraph> => compile(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"><resource id="Clerks" name="clerks" />
  <process id="P" isExecutable="true"><startEvent id="start" /><sequenceFlow id="f" sourceRef="start" targetRef="Review" /><userTask id="Review">${roles}</userTask></process></definitions>`).then((graph) => {
  if (Array.isArray(graph)) throw new Error(graph.map(({ message: words }) => words).join('\n'));
  return graph.processes[0]!;
});
const role = (kind: string, text: string): string => `<${kind}><resourceAssignmentExpression><formalExpression>${text}</formalExpression></resourceAssignmentExpression></${kind}>`;

describe('Engine: resource roles', () => {
  it('A manual task with zeebe:userTask waits until somebody confirms that it is done; without, its token passes on', async () => {
    const process = await processOf('start -> manual Stamp confirm groups=clerks due="2026-02-01T00:00:00Z" outcomes=stamped -> manual Carry -> end');
    given(process).when(start()).including({ type: 'UserTaskCreated', elementId: 'Stamp', candidateGroups: ['clerks'], dueAt: '2026-02-01T00:00:00.000Z' }).without('InstanceCompleted');
    given(process, start()).when(claim('Stamp', person('anna', 'clerks'))).then('UserTaskClaimed')
      .when(complete('Stamp', { outcome: 'stamped', by: person('anna', 'clerks') })).including('UserTaskCompleted Stamp', 'ElementCompleted Stamp', 'ElementCompleted Carry', 'InstanceCompleted');
  });

  it('A human performer is the assignee, potential owners are the candidates: users, groups, or a resource by its name', async () => {
    given(await roled(role('humanPerformer', '=boss'))).when(start({ boss: 'anna' })).including({ type: 'UserTaskCreated', assignee: 'anna' });
    given(await roled(role('potentialOwner', 'user(anna), group(clerks), archive'))).when(start()).including({ type: 'UserTaskCreated', candidateGroups: ['clerks', 'archive'], candidateUsers: ['anna'] });
    given(await roled(role('potentialOwner', '=units'))).when(start({ units: ['a', 'b'] })).including({ type: 'UserTaskCreated', candidateGroups: ['a', 'b'] });
    given(await roled(`<potentialOwner><resourceRef>Clerks</resourceRef></potentialOwner>${role('potentialOwner', 'user(ben)')}`)).when(start()).including({ type: 'UserTaskCreated', candidateGroups: ['clerks'], candidateUsers: ['ben'] });
  });
});

describe('Engine: user task, when it is created', () => {
  it('A user task says who may take it, by when, how urgent it is and with which form', async () => {
    const process = await processOf('start -> user Review groups="=append(units, unit)" users="dora, emil" due="=due" followUp=2026-01-07T09:00:00Z priority="=urgency" form=review-form -> end');
    given(process).when(start({ unit: 'clerks', units: ['chiefs'], due: '2026-01-09T12:00:00-04:00', urgency: 80 })).including({
      type: 'UserTaskCreated', elementId: 'Review', priority: 80, candidateGroups: ['chiefs', 'clerks'], candidateUsers: ['dora', 'emil'], form: 'review-form',
      dueAt: '2026-01-09T16:00:00.000Z', followUpAt: '2026-01-07T09:00:00.000Z',
    });
  });

  it('Without groups the task is offered to the lane it lies in', async () => {
    const process = await processOf(`
      lane Registry group=registry nodes=start,Review,end
      start -> user Review -> end`);
    given(process).when(start()).including({ type: 'UserTaskCreated', candidateGroups: ['registry'] });
  });

  it('An assignee named in the model holds the task from the beginning', async () => {
    const process = await processOf('start -> user Review assignee="=initiator" -> end');
    given(process).when(start({}, { by: 'anna' })).including({ type: 'UserTaskCreated', assignee: 'anna' });
    given(process, start({}, { by: 'anna' })).when(complete('Review', { by: ANNA })).including('InstanceCompleted');
  });

  it('A task held by name alone, given back, is offered to the lane it lies in and not to everybody', async () => {
    const process = await processOf(`
      lane Registry group=registry nodes=start,Review,end
      start -> user Review assignee="=initiator" -> end`);
    given(process, start({}, { by: 'anna' })).when(release('Review', ANNA)).then('UserTaskReleased', { type: 'UserTaskUpdated', elementId: 'Review', candidateGroups: ['registry'] });
    const unlaned = await processOf('start -> user Review assignee="=initiator" -> end');
    given(unlaned, start({}, { by: 'anna' })).when(release('Review', ANNA)).then('UserTaskReleased');
  });

  it('A service level in working days is due when the office closes, with the calendar it was counted in', async () => {
    const process = await processOf('start -> user Review sla=P3BD calendar=office -> end');
    given(process, facing({ calendars: { office: CALENDAR } })).when(start()).including({ type: 'UserTaskCreated', dueAt: '2026-01-09T20:30:00.000Z', calendar: 'office@3' });
  });

  it('A calendar that is not published is an incident; published, the task is created', async () => {
    const process = await processOf('start -> user Review sla=P3BD calendar=office -> end');
    given(process).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_CALENDAR_UNKNOWN', phase: 'behave' });
    given(process, start(), facing({ calendars: { office: CALENDAR } })).when(resolve('Review')).including('IncidentResolved', 'UserTaskCreated Review');
  });

  it('A due date that is no time, a priority that is none, groups that are no texts are incidents', async () => {
    const wrong = { due: 'soon', priority: 500, groups: 7 };
    for (const [attribute, code] of [['due', 'INCIDENT_TIMER'], ['priority', 'INCIDENT_EXPRESSION'], ['groups', 'INCIDENT_EXPRESSION']] as const) {
      const process = await processOf(`start -> user Review ${attribute}="=x" -> end`);
      given(process).when(start({ x: wrong[attribute] })).including({ type: 'IncidentRaised', elementId: 'Review', code }).without('UserTaskCreated');
    }
  });
});

describe('Engine: user task, verbs', () => {
  it('A candidate claims the task; a second claim by the same person changes nothing', async () => {
    const process = await processOf(TASK);
    given(process, start()).when(claim('Review', ANNA)).then({ type: 'UserTaskClaimed', person: 'anna' }).when(claim('Review', ANNA)).then();
    given(process, start()).when(claim('Review', person('dora'))).then({ type: 'UserTaskClaimed', person: 'dora' });
  });

  it('Who is not offered a task cannot claim it', async () => {
    given(await processOf(TASK), start()).when(claim('Review', CARL)).refused('TASK_NOT_CANDIDATE', 'clerks, dora');
  });

  it('A task offered to nobody in particular can be claimed by everybody', async () => {
    given(await processOf('start -> user Review -> end'), start()).when(claim('Review', CARL)).then('UserTaskClaimed');
  });

  it('A claimed task cannot be claimed by another person', async () => {
    given(await processOf(TASK), start(), claim('Review', ANNA)).when(claim('Review', BEN)).refused('TASK_ALREADY_CLAIMED', 'anna');
  });

  it('Who holds a task can release it; then another can claim it', async () => {
    const process = await processOf(TASK);
    given(process, start(), claim('Review', ANNA)).when(release('Review', ANNA)).then({ type: 'UserTaskReleased', person: 'anna' }).when(claim('Review', BEN)).then('UserTaskClaimed');
    given(process, start(), claim('Review', ANNA)).when(release('Review', BEN)).refused('TASK_NOT_ASSIGNEE', 'anna');
    given(process, start()).when(release('Review', BEN)).refused('TASK_NOT_CLAIMED');
  });

  it('Assigning gives the task to a person, whoever held it, with a reason', async () => {
    const process = await processOf(TASK);
    given(process, start(), claim('Review', ANNA)).when(assign('Review', 'ben', 'anna is ill')).then({ type: 'UserTaskAssigned', person: 'ben', by: 'boss', reason: 'anna is ill' });
    given(process, start(), assign('Review', 'ben')).when(complete('Review', { by: BEN })).including({ type: 'UserTaskCompleted', person: 'ben' }, 'InstanceCompleted');
  });

  it('Completing brings variables and the outcome into the case', async () => {
    const process = await processOf('start -> user Review outcomes=approve,refuse! -> end');
    given(process, start(), claim('Review', ANNA)).when(complete('Review', { outcome: 'approve', variables: { amount: 5 } })).then(
      { type: 'UserTaskCompleted', person: 'anna', outcome: 'approve' }, { type: 'VariablesWritten', scope: 0, values: { amount: 5, outcome: 'approve' } },
      'ElementCompleted Review', 'SequenceFlowTaken Review-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    );
  });

  it('Only who holds a task completes it', async () => {
    const process = await processOf(TASK);
    given(process, start()).when(complete('Review', { by: ANNA })).refused('TASK_NOT_CLAIMED');
    given(process, start(), claim('Review', ANNA)).when(complete('Review', { by: BEN })).refused('TASK_NOT_ASSIGNEE');
  });

  it('An outcome is required where the task offers some, and must be one of them', async () => {
    const process = await processOf('start -> user Review outcomes=approve,refuse! -> end');
    given(process, start(), claim('Review')).when(complete('Review')).refused('TASK_OUTCOME_REQUIRED', 'approve, refuse');
    given(process, start(), claim('Review')).when(complete('Review', { outcome: 'maybe' })).refused('TASK_OUTCOME_UNKNOWN', 'maybe');
    given(await processOf('start -> user Review -> end'), start(), claim('Review')).when(complete('Review', { outcome: 'ok' })).refused('TASK_OUTCOME_UNKNOWN', 'none');
  });

  it('An outcome that requires a comment is refused without one', async () => {
    const process = await processOf('start -> user Review outcomes=approve,refuse! -> end');
    given(process, start(), claim('Review')).when(complete('Review', { outcome: 'refuse', comment: ' ' })).refused('TASK_COMMENT_REQUIRED')
      .when(complete('Review', { outcome: 'refuse', comment: 'no proof' })).including({ type: 'UserTaskCompleted', outcome: 'refuse', comment: 'no proof' });
  });

  it('A second completion is told who was first, also after the case has ended', async () => {
    const process = await processOf('start -> user Review -> user Next -> end');
    const again = say({ type: 'CompleteTask', task: 2, variables: {} }, BEN);
    given(process, start(), done('Review')).when(again).refused('TASK_COMPLETED', 'anna');
    given(process, start(), done('Review'), done('Next')).when(again).refused('TASK_COMPLETED', 'anna');
  });

  it('A task that was cancelled, and one that never was, are told apart', async () => {
    const process = await processOf(`
      start -> user Review -> end
      boundary Late on=Review after=PT1H -> user Other -> end`);
    given(process, start(), timer('Late')).when(complete('Review')).refused('TASK_CANCELED');
    given(process, start()).when(say({ type: 'ClaimTask', task: 77 }, ANNA)).refused('TASK_NOT_FOUND');
    given(process, start()).when(say({ type: 'ClaimTask', task: 0 }, ANNA)).refused('TASK_NOT_FOUND');
  });

  it('A case that has ended takes no more commands', async () => {
    const process = await processOf(TASK);
    given(process, start(), cancel).when(claim('Review', ANNA)).refused('INSTANCE_ENDED', 'terminated');
    given(process).when(claim('Review', ANNA)).refused('INSTANCE_NOT_FOUND');
  });
});

describe('Engine: user task, separation of duties', () => {
  const PROCESS = 'start -> user Draft -> user Approve notSameAs=Draft -> end';

  it('Who did a task named in notSameAs can neither claim, be assigned, nor complete the other', async () => {
    const process = await processOf(PROCESS);
    given(process, start(), done('Draft')).when(claim('Approve', ANNA)).refused('TASK_SAME_PERSON', 'Draft');
    given(process, start(), done('Draft')).when(assign('Approve', 'anna')).refused('TASK_SAME_PERSON');
    given(process, start(), done('Draft')).when(claim('Approve', BEN)).then('UserTaskClaimed').when(complete('Approve', { by: BEN })).including('InstanceCompleted');
  });

  it('A task assigned by the model to who did the other one cannot be completed by them', async () => {
    const process = await processOf('start -> user Draft -> user Approve assignee=anna notSameAs=Draft -> end');
    given(process, start(), done('Draft')).when(complete('Approve', { by: ANNA })).refused('TASK_SAME_PERSON');
  });
});

describe('Engine: user task, return', () => {
  const PROCESS = `
    start -> user Draft -> xor Gate default=Check -> user Check -> end
    Gate -[direct]-> end`;

  it('A task is returned to an earlier one with a reason: it is cancelled and the earlier one begins again', async () => {
    const process = await processOf(PROCESS);
    given(process, start({ direct: false }), done('Draft'), claim('Check')).when(sendBack('Check', 'Draft', 'a page is missing')).then(
      { type: 'UserTaskReturned', elementId: 'Check', to: 'Draft', person: 'anna', reason: 'a page is missing' },
      'ElementTerminated Check', 'ElementActivated Draft', 'UserTaskCreated Draft',
    );
  });

  it('After a return the case goes through the same tasks again', async () => {
    const process = await processOf(PROCESS);
    const { case: on } = given(process, start({ direct: false }), done('Draft'), claim('Check'), sendBack('Check', 'Draft'), done('Draft'), done('Check'));
    expect(on.state.status).to.equal('completed');
    expect(on.path()).to.deep.equal(['start', 'Draft', 'Gate', 'Draft', 'Gate', 'Check', 'end']);
  });

  it('A return needs a reason, the task in hand, and an earlier user task of the same part', async () => {
    const process = await processOf('start -> user Draft -> user Check -> user Later -> service Print job=print -> end');
    const before = [start(), ...done('Draft'), claim('Check')];
    given(process, before).when(sendBack('Check', 'Draft', '  ')).refused('TASK_COMMENT_REQUIRED');
    given(process, before).when(sendBack('Check', 'Later')).refused('TASK_RETURN_NOT_POSSIBLE', 'not completed before');
    given(process, before).when(sendBack('Check', 'Print')).refused('TASK_RETURN_NOT_POSSIBLE', 'not a user task');
    given(process, before).when(sendBack('Check', 'Nowhere')).refused('TASK_RETURN_NOT_POSSIBLE');
    given(process, before).when(sendBack('Check', 'Draft', 'wrong', BEN)).refused('TASK_NOT_ASSIGNEE');
    given(process, start(), done('Draft')).when(sendBack('Check', 'Draft')).refused('TASK_NOT_CLAIMED');
  });

  it('A return over parallel work is refused: it would double tokens', async () => {
    const process = await processOf(`
      start -> user Draft -> and Fork -> user A -> and Join -> user Check -> end
      Fork -> user B -> Join`);
    given(process, start(), done('Draft'), done('A'), done('B'), claim('Check')).when(sendBack('Check', 'Draft')).refused('TASK_RETURN_NOT_POSSIBLE', 'parallel work');
    given(process, start(), done('Draft'), claim('A')).when(sendBack('A', 'Draft')).refused('TASK_RETURN_NOT_POSSIBLE', 'parallel work');
  });

  it('A returned task takes its boundary events with it', async () => {
    const process = await processOf(`
      start -> user Draft -> user Check -> end
      boundary Late on=Check after=PT1H beside -> end`);
    given(process, start(), done('Draft'), claim('Check')).when(sendBack('Check', 'Draft')).including('UserTaskReturned', 'TimerCanceled', 'ElementTerminated Check', 'UserTaskCreated Draft');
  });
});

describe('Engine: the case itself', () => {
  it('A case is started once', async () => {
    const process = await processOf(TASK);
    given(process, start()).when(start()).refused('INSTANCE_EXISTS');
  });

  it('Cancelling a case withdraws everything outstanding and ends it', async () => {
    const process = await processOf(`
      start -> and Fork -> user A -> end
      Fork -> service B job=b -> end
      Fork -> receive C message=M key=k -> end
      Fork -> catch D after=PT1H -> end`);
    given(process, start()).when(cancel).including('UserTaskCanceled', { type: 'InstanceTerminated', reason: 'withdrawn', by: 'system', canceled: true })
      .and((on) => {
        expect([on.state.status, on.state.waits.size, on.active()]).to.deep.equal(['terminated', 0, []]);
        expect(on.events.map(({ type }) => type)).to.include.members(['JobCanceled', 'MessageUnsubscribed', 'TimerCanceled']);
      }).when(jobDone('B')).refused('INSTANCE_ENDED');
  });

  it('Variables are written to the case or to a scope of it, with a reason', async () => {
    const process = await processOf(`
      sub S {
        start In -> user A -> end Out
      }
      start -> S -> end`);
    given(process, start({ x: 1 })).when(set({ x: 2 })).then({ type: 'VariablesWritten', scope: 0, values: { x: 2 }, reason: 'corrected' });
    given(process, start()).when(set({ y: 2 }, 'S')).then({ type: 'VariablesWritten', scope: 2 });
    given(process, start()).when(say({ type: 'SetVariables', variables: {}, reason: 'x', scope: 99 })).refused('INSTANCE_SCOPE_NOT_FOUND');
  });

  it('Variables nested beyond all measure are refused, not written', async () => {
    const process = await processOf(TASK);
    const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`);
    given(process).when(start({ a: nested(100_000) } as never)).refused('INSTANCE_VARIABLES_TOO_DEEP', '500');
    given(process).when(start({ a: nested(400) } as never)).including('VariablesWritten');
  });

  it('Variables beyond the limit are refused before anything is recorded', async () => {
    const process = await processOf(TASK);
    given(process, limited({ variableBytes: 100 })).when(start({ text: 'x'.repeat(200) })).refused('INSTANCE_VARIABLES_TOO_LARGE', '100');
  });
});

describe('Engine: user task that is signed (gov:signature)', () => {
  const SIGNED = 'start -> user Sign groups=clerks signs=reply outcomes=approve,refuse -> end';
  const signed = { document: 'reply', sha256: 'ab', certificate: 'cd' };
  const completes = (more: Parameters<typeof complete>[1]): ReturnType<typeof complete> => complete('Sign', { by: ANNA, outcome: 'approve', ...more });

  it('It does not complete without a signature on its document, and records the one it was completed with', async () => {
    const process = await processOf(SIGNED);
    given(process, start(), claim('Sign', ANNA)).when(completes({})).refused('TASK_SIGNATURE_REQUIRED');
    given(process, start(), claim('Sign', ANNA)).when(completes({ signed: { ...signed, document: 'other' } })).refused('TASK_SIGNATURE_REQUIRED');
    given(process, start(), claim('Sign', ANNA)).when(completes({ signed })).including({ type: 'UserTaskCompleted', signed }, 'InstanceCompleted');
  });

  it('A task that is not signed takes no signature', async () => {
    const process = await processOf('start -> user Sign groups=clerks outcomes=approve -> end');
    given(process, start(), claim('Sign', ANNA)).when(completes({ signed })).refused('TASK_NOTHING_TO_SIGN');
  });
});

describe('Engine: delegated tasks and four eyes', () => {
  const delegate = (elementId: string, to: string, by = 'anna'): Verb => (on) => ({ action: { type: 'DelegateTask', task: on.element(elementId), to, reason: 'please check' }, actor: person(by) });
  const resolveTask = (elementId: string, by: string): Verb => (on) => ({ action: { type: 'ResolveTask', task: on.element(elementId), variables: { checked: true }, comment: 'fine' }, actor: person(by) });

  it('A delegated task is with who was asked, and comes back when it is resolved', async () => {
    const process = await processOf('start -> user Work -> end');
    given(process, start(), assign('Work', 'anna')).when(delegate('Work', 'ben')).then({ type: 'UserTaskDelegated', person: 'ben', by: 'anna', reason: 'please check' });
    given(process, start(), assign('Work', 'anna'), delegate('Work', 'ben')).when(complete('Work', { by: person('ben') })).refused('TASK_DELEGATED', 'anna');
    given(process, start(), assign('Work', 'anna'), delegate('Work', 'ben')).when(complete('Work')).refused('TASK_NOT_ASSIGNEE');
    given(process, start(), assign('Work', 'anna'), delegate('Work', 'ben')).when(resolveTask('Work', 'ben')).then('VariablesWritten', { type: 'UserTaskResolved', person: 'anna', by: 'ben', comment: 'fine' });
    given(process, start(), assign('Work', 'anna'), delegate('Work', 'ben'), resolveTask('Work', 'ben')).when(complete('Work')).including('UserTaskCompleted Work', 'InstanceCompleted');
  });

  it('Only who holds a task delegates it, once, and not to who may not do it; only a delegated one is resolved', async () => {
    const process = await processOf('start -> user Draft -> user Work notSameAs=Draft -> end');
    const before = [start(), ...done('Draft', { by: person('cleo') }), assign('Work', 'anna')];
    given(process, ...before).when(delegate('Work', 'ben', 'dora')).refused('TASK_NOT_ASSIGNEE');
    given(process, ...before).when(delegate('Work', 'cleo')).refused('TASK_SAME_PERSON');
    given(process, ...before, delegate('Work', 'ben')).when(delegate('Work', 'dora', 'ben')).refused('TASK_DELEGATED');
    given(process, ...before).when(resolveTask('Work', 'anna')).refused('TASK_NOT_DELEGATED');
    given(process, ...before).when(delegate('Work', 'anna')).then();
  });

  it('With fourEyes nobody does it who did any other task of the case', async () => {
    const process = await processOf('start -> user Draft -> user Approve fourEyes -> end');
    given(process, start(), ...done('Draft')).when(claim('Approve')).refused('TASK_SAME_PERSON', 'Draft');
    given(process, start(), ...done('Draft')).when(claim('Approve', person('ben'))).then('UserTaskClaimed');
  });
});
