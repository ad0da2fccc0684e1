// The deadline of a user task (gov:sla): a warning before it, and what happens when it has passed.
import { expect } from 'chai';
import { around, codesOf, extended, found, processOf as fromXml } from '../bpmn/support.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import type { Case } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { assign, claim, complete, jobDone, jobFails, person, say, start, timer } from '../support/verbs.ts';

const work = (attributes: string): string => `start -> user Work groups=clerks sla=P5D ${attributes} -> end`;
const task = (on: Case): { assignee: string | undefined; candidateGroups: readonly string[]; dueAt: string | undefined } => [...on.state.elements.values()].find(({ elementId }) => elementId === 'Work')!.task!;

describe('Engine: deadlines of user tasks', () => {
  it('People are told when the deadline comes near; nobody waits for the notice', async () => {
    const process = await processOf(work('warn=P3D'));
    given(process).when(start()).including('UserTaskCreated Work', { type: 'TimerScheduled', elementId: 'Work', dueAt: '2026-01-08T09:00:00.000Z', part: 0 });
    given(process, start()).when(timer('Work')).then('TimerFired Work', {
      type: 'JobCreated', jobType: 'notify', listener: { on: 'warning', index: 0 }, headers: { to: 'clerks', subject: 'Nearly due: Work', text: 'Work is due on 2026-01-10.', dueAt: '2026-01-10T09:00:00.000Z' },
    }).when(jobDone('Work', { ignored: 1 })).then('JobCompleted').and((on) => { expect([task(on).dueAt, on.variables()]).to.deep.equal(['2026-01-10T09:00:00.000Z', {}]); });
    given(process, start(), assign('Work', 'anna')).when(timer('Work')).including({ type: 'JobCreated', headers: { to: 'anna', subject: 'Nearly due: Work', text: 'Work is due on 2026-01-10.', dueAt: '2026-01-10T09:00:00.000Z' } });
  });

  it('A warning that would come after the deadline is none; a completed task has no clock any more', async () => {
    given(await processOf(work('warn=P9D')), start()).when(assign('Work', 'anna')).without('TimerFired').and((on) => { expect(on.state.waits.size).to.equal(0); });
    given(await processOf(work('warn=P3D breach=notify')), start(), claim('Work', person('anna', 'clerks'))).when(complete('Work')).including('UserTaskCompleted Work', 'TimerCanceled', 'TimerCanceled', 'InstanceCompleted');
  });

  it('onBreach notify: those who have it and those named are told; a notice that fails is tried again and then an incident', async () => {
    const process = await processOf(work('breach=notify escalateTo="heads,clerks"'));
    given(process, start()).when(timer('Work')).then('TimerFired Work', { type: 'JobCreated', jobType: 'notify', listener: { on: 'breach', index: 0 } })
      .and((on) => { expect(on.events.at(-1)).to.have.nested.property('headers.to', 'clerks,heads'); })
      .when(jobFails('Work', 0)).including('JobFailed', 'IncidentRaised Work').when(assign('Work', 'anna')).when(complete('Work')).including('InstanceCompleted');
  });

  it('onBreach escalate: the escalation SLA_BREACHED is thrown; when nothing catches it those named are told', async () => {
    const caught = await processOf(`${work('breach=escalate escalateTo=heads')}\nboundary Late on=Work escalation=SLA_BREACHED -> user Chase -> end TooLate`);
    given(caught, start()).when(timer('Work')).including({ type: 'EscalationThrown', code: 'SLA_BREACHED', caughtBy: 'Late' }, 'ElementTerminated Work', 'UserTaskCreated Chase').without('JobCreated');
    given(await processOf(work('breach=escalate escalateTo=heads')), start()).when(timer('Work')).then('TimerFired Work', 'EscalationThrown Work', { type: 'JobCreated', jobType: 'notify' });
    given(await processOf(work('breach=escalate')), start()).when(timer('Work')).then('TimerFired Work', 'EscalationThrown Work');
  });

  it('onBreach reassign: the task is offered to those named, and who held it does so no longer', async () => {
    const process = await processOf(work('breach=reassign escalateTo="=[boss]"'));
    given(process, start({ boss: 'heads' }), assign('Work', 'anna')).when(timer('Work')).then('TimerFired Work', { type: 'UserTaskUpdated', candidateGroups: ['heads'], withdrawn: 'anna' })
      .and((on) => { expect(task(on)).to.deep.include({ assignee: undefined, candidateGroups: ['heads'], dueAt: '2026-01-10T09:00:00.000Z' }); })
      .when(claim('Work', person('head', 'heads'))).then('UserTaskClaimed');
  });

  it('onBreach deem: the task counts as done with the outcome that approves, by nobody', async () => {
    const outcomes = extended('<gov:sla due="P5D" onBreach="deem" /><gov:outcomes><gov:outcome value="no" kind="refuse" /><gov:outcome value="yes" kind="approve" requiresComment="true" /></gov:outcomes>');
    const process = await fromXml(around(`<userTask id="n">${outcomes}</userTask>`));
    given(process, start()).when(timer('n')).including({ type: 'UserTaskCompleted', person: 'system', outcome: 'yes' }, 'InstanceCompleted').and((on) => { expect(on.variables()).to.deep.equal({ outcome: 'yes' }); });
    given(await processOf(work('breach=deem')), start()).when(timer('Work')).including('UserTaskCompleted Work', 'InstanceCompleted');
  });

  it('While listeners of the task are at work it is neither reassigned nor deemed: that is looked at again', async () => {
    const process = await processOf(work('breach=deem hear.completing=check'));
    given(process, start(), claim('Work', person('anna', 'clerks')), complete('Work')).when(timer('Work')).then('TimerFired Work', { type: 'TimerScheduled', elementId: 'Work', dueAt: '2026-01-10T09:01:00.000Z' })
      .when(jobDone('Work')).including('UserTaskCompleted Work', 'TimerCanceled', 'InstanceCompleted');
  });

  it('A task that is due at another time has its clock moved', async () => {
    const process = await processOf(work('breach=notify'));
    const due = (dueAt: string | null) => (on: Case) => say({ type: 'UpdateTask', task: on.element('Work'), dueAt })(on);
    given(process, start()).when(due('2026-02-01T09:00:00.000Z')).then('UserTaskUpdated Work', 'TimerCanceled', { type: 'TimerScheduled', elementId: 'Work', dueAt: '2026-02-01T09:00:00.000Z', part: 1 })
      .when(due(null)).then('UserTaskUpdated Work', 'TimerCanceled').and((on) => { expect(on.state.waits.size).to.equal(0); });
  });

  it('In a world the clock strikes by itself', async () => {
    const test = await inWorld(work('breach=deem warn=P1D'));
    const stream = test.start('P');
    test.do({ advance: 'P2D' });
    expect(test.world.offered.size).to.equal(2);
    test.do({ advance: 'P4D' });
    expect(test.status(stream)).to.equal('completed');
    expect(test.times('UserTaskCompleted')).to.deep.equal(['2026-01-10T09:00:00.000Z']);
  });

  it('What cannot be done is refused: BPMN_SLA_BREACH', async () => {
    const sla = (attributes: string, more = ''): string => around(`<userTask id="n">${extended(`<gov:sla due="P5D" ${attributes} />${more}`)}</userTask>`);
    const said = async (attributes: string, more?: string): Promise<string[]> => (await found('BPMN_SLA_BREACH', sla(attributes, more))).map(({ message }) => message.slice(message.indexOf('but ') + 4));
    expect(await said('warnAt="soon"')).to.deep.equal(['warnAt is soon and no duration such as P3D or P3BD']);
    expect(await said('onBreach="shout"')).to.deep.equal(['onBreach is shout and none of notify, escalate, reassign, deem']);
    expect(await said('onBreach="reassign"')).to.deep.equal(['onBreach is reassign and escalateTo names nobody']);
    expect(await said('escalateTo="heads"')).to.deep.equal(['escalateTo names somebody and onBreach tells them nothing']);
    expect(await said('onBreach="deem"', '<gov:signature document="d" /><gov:outcomes><gov:outcome value="yes" kind="approve" /></gov:outcomes>')).to.deep.equal(['the outcome yes it would be deemed to have is signed by a person']);
    expect(await codesOf(sla('warnAt="P3BD" onBreach="escalate" escalateTo="=boss"'))).to.deep.equal([]);
  });
});
