// Event sub-processes (BPMN 2.0.2, 10.3.5 and 13.5.4): armed with their scope, started by every kind of trigger, interrupting or beside it.
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { cancel, childEnds, complete, done, facing, jobDone, jobThrows, later, message, resolve, set, signal, start, timer } from '../support/verbs.ts';

const beside = (trigger: string): string => `
  start -> user Work -> end
  sub Handler event {
    start On ${trigger} beside -> user Extra -> end Out
  }`;
const instead = (trigger: string): string => beside(trigger).replace(' beside', '');

describe('Engine: event sub-process', () => {
  it('An event sub-process is armed when its scope becomes active, before the scope begins', async () => {
    given(await processOf(instead('after=PT1H'))).when(start()).including('InstanceStarted', 'TimerScheduled On', 'ElementActivated start', 'UserTaskCreated Work');
  });

  it('An interrupting event sub-process cancels everything in its scope once and takes over; the scope completes with it', async () => {
    const process = await processOf(instead('message=Stop key="=id"'));
    given(process, start({ id: '1' })).when(message('On')).then(
      'MessageCorrelated On', 'UserTaskCanceled', 'ElementTerminated Work',
      { type: 'ElementActivated', elementId: 'Handler', role: { kind: 'handler', trigger: 'On', interrupts: true } },
      'ElementActivated On', 'ElementCompleted On', 'SequenceFlowTaken On-Extra', 'ElementActivated Extra', 'UserTaskCreated Extra',
    );
    given(process, start({ id: '1' }), message('On')).when(done('Extra')[0]!).when(complete('Extra')).including('ElementCompleted Handler', 'InstanceCompleted');
  });

  it('A non-interrupting event sub-process runs beside its scope, which waits for it', async () => {
    const process = await processOf(beside('message=More key="=id"'));
    const { case: on } = given(process, start({ id: '1' }), message('On'));
    expect(on.active()).to.deep.equal(['Work', 'Handler', 'Extra']);
    given(process, start({ id: '1' }), message('On'), done('Work')).when(done('Extra')[0]!).without('InstanceCompleted').when(complete('Extra')).including('MessageUnsubscribed', 'InstanceCompleted');
  });

  it('Each occurrence has its own data: two messages make two instances with what each brought (trap 9)', async () => {
    const process = await processOf(beside('message=More key="=id"'));
    const { case: on } = given(process, start({ id: '1' }), message('On', { who: 'A' }, 'm1'), message('On', { who: 'B' }, 'm2'));
    const handlers = [...on.state.elements.values()].filter(({ elementId }) => elementId === 'Handler');
    expect(handlers.map(({ variables }) => variables?.get('who'))).to.deep.equal(['A', 'B']);
    expect(on.variables()).not.to.have.property('who');
  });

  it('With output mappings on its start event the mapped targets leave', async () => {
    const process = await processOf(beside('message=More key="=id" out.seen="=who"'));
    const { case: on } = given(process, start({ id: '1' }), message('On', { who: 'A' }));
    expect(on.variables()).to.deep.include({ seen: 'A' }).and.not.to.have.property('who');
  });

  it('An interrupting one disarms all others, and cannot be started twice (trap 8)', async () => {
    const process = await processOf(`${instead('message=Stop key="=id"')}
      sub Other event {
        start Late after=PT1H beside -> end Told
      }`);
    given(process, start({ id: '1' })).when(message('On')).including('TimerCanceled', 'UserTaskCreated Extra');
    given(process, start({ id: '1' }), message('On')).when(message('On')).refused('MESSAGE_SUBSCRIPTION_NOT_FOUND');
    given(process, start({ id: '1' }), message('On')).when(timer('Late')).refused('TIMER_NOT_FOUND');
  });

  it('Tokens that wait at a join are gone when an error event sub-process takes over, and the parent goes on (trap 8)', async () => {
    const process = await processOf(`
      sub S {
        start In -> and Fork -> user A -> and Join -> end Out
        Fork -> service B job=b -> Join
        sub Mend event {
          start Wrong error=E1 -> user Repair -> end Mended
        }
      }
      start -> S -> end`);
    given(process, start(), done('A')).when(jobThrows('B', 'E1')).including(
      { type: 'ErrorThrown', elementId: 'B', code: 'E1', caughtBy: 'Wrong' }, 'TokensWithdrawn', 'ElementTerminated B', 'ElementActivated Mend', 'UserTaskCreated Repair',
    );
    given(process, start(), done('A'), jobThrows('B', 'E1'), done('Repair')[0]!).when(complete('Repair')).including('ElementCompleted Mend', 'ElementCompleted S', 'ElementCompleted end', 'InstanceCompleted');
  });

  it('An error event sub-process is nearer than the boundary of its scope, an exact code goes before catch-all', async () => {
    const process = await processOf(`
      sub S {
        start In -> service B job=b -> end Out
        sub Any event {
          start AnyOn error -> end ByAny
        }
        sub One event {
          start OneOn error=E1 -> end ByOne
        }
      }
      start -> S -> end
      boundary Border on=S error=E1 -> end ByBorder`);
    given(process, start()).when(jobThrows('B', 'E1')).including({ type: 'ErrorThrown', caughtBy: 'OneOn' }, 'ElementCompleted ByOne', 'ElementCompleted S', 'InstanceCompleted');
    given(process, start()).when(jobThrows('B', 'E2')).including({ type: 'ErrorThrown', caughtBy: 'AnyOn' }, 'ElementCompleted ByAny', 'InstanceCompleted');
  });

  it('Where an interrupting event sub-process has taken over no other is started, not by what it throws either (trap 8)', async () => {
    const process = await processOf(`
      sub S {
        start In -> user Work -> end Out
        sub Stop event {
          start On message=Stop key="=id" -> throw Up escalation=E3 -> end Again error=E2
        }
        sub Mend event {
          start Wrong error -> end Mended
        }
        sub Told event {
          start Heard escalation beside -> end Noted
        }
      }
      start -> S -> end
      boundary Border on=S error=E2 -> end ByBorder`);
    given(process, start({ id: '1' })).when(message('On')).including({ type: 'EscalationThrown', elementId: 'Up' }, { type: 'ErrorThrown', elementId: 'Again', caughtBy: 'Border' }, 'ElementCompleted ByBorder').and((on) => {
      expect(on.path()).not.to.include.members(['Mended']).and.not.to.include.members(['Noted']);
    });
  });

  it('An error inside an event sub-process is not caught by itself, but on the border of its scope', async () => {
    const process = await processOf(`
      sub S {
        start In -> service B job=b -> end Out
        sub Mend event {
          start Wrong error -> end Again error=E2
        }
      }
      start -> S -> end
      boundary Border on=S error=E2 -> end ByBorder`);
    given(process, start()).when(jobThrows('B', 'E1')).including({ type: 'ErrorThrown', caughtBy: 'Wrong' }, { type: 'ErrorThrown', elementId: 'Again', code: 'E2', caughtBy: 'Border' }, 'ElementCompleted ByBorder', 'InstanceCompleted');
  });

  it('A timer starts it, and a cycle as often as it says while the scope lives', async () => {
    const process = await processOf(beside('every=R2/PT10M'));
    const { case: on } = given(process, start(), timer('On'), timer('On'));
    expect(on.active().filter((id) => id === 'Handler')).to.have.length(2);
    given(process, start(), timer('On')).when(timer('On')).without('TimerScheduled');
  });

  it('A signal and a condition start it', async () => {
    const bySignal = await processOf(beside('signal=Alarm'));
    given(bySignal, start()).when(signal('On', { level: 3 })).including({ type: 'SignalReceived', elementId: 'On', open: true }, 'ElementActivated Handler', 'UserTaskCreated Extra');
    const byCondition = await processOf(instead('if="=amount > 100"'));
    given(byCondition, start({ amount: 1 })).when(set({ amount: 500 })).including('ConditionChanged', 'ConditionTriggered On', 'ElementTerminated Work', 'UserTaskCreated Extra');
  });

  it('An escalation starts it beside the thrower, which goes on', async () => {
    const process = await processOf(`
      start -> throw Tell escalation=LATE -> user Work -> end
      sub Handler event {
        start On escalation=LATE beside -> user Extra -> end Out
      }`);
    const { case: on } = given(process, start());
    expect(on.active()).to.deep.equal(['Handler', 'Extra', 'Work']);
  });

  it('What is armed is withdrawn when the case is cancelled, terminated or completed', async () => {
    const process = await processOf(instead('after=PT1H'));
    given(process, start()).when(cancel).including('TimerCanceled', 'InstanceTerminated');
    given(process, start(), done('Work')[0]!).when(complete('Work')).including('TimerCanceled', 'InstanceCompleted');
    const stopping = await processOf(instead('after=PT1H').replace('-> end\n', '-> end Stop terminate\n'));
    given(stopping, start(), done('Work')[0]!).when(complete('Work')).including('TimerCanceled', 'InstanceTerminated');
  });

  it('It is armed again in every run of its sub-process, and only there', async () => {
    const process = await processOf(`
      sub S {
        start In -> user Work -> end Out
        sub Handler event {
          start On after=PT1H -> end Late
        }
      }
      start -> S -> user After -> end`);
    given(process, start()).when(timer('On')).including('ElementTerminated Work', 'ElementCompleted Late', 'ElementCompleted S', 'UserTaskCreated After');
    given(process, start(), done('Work')).when(timer('On')).refused('TIMER_NOT_FOUND');
  });

  it('When it cannot be armed, the case stops before it begins; resolved, it is armed and begins', async () => {
    const process = await processOf(instead('message=Stop key="=id"'));
    given(process).when(start()).including({ type: 'IncidentRaised', element: 0, phase: 'behave', code: 'INCIDENT_EXPRESSION' }).without('ElementActivated');
    given(process, start(), set({ id: '1' })).when(resolve('P')).including('MessageSubscribed On', 'ElementActivated start', 'UserTaskCreated Work');
  });

  it('An interrupting event sub-process waits until called cases have ended', async () => {
    const test = await inWorld(`
      process Parent
      start -> call Ask calls=Child -> end
      sub Handler event {
        start On after=PT1H -> end Gone
      }
      process Child
      start CS -> user CWork -> end CE`);
    const parent = test.start('Parent');
    test.do({ advance: 'PT2H' });
    expect(test.status(parent)).to.equal('completed');
    expect(test.status(test.cases('Child')[0]!)).to.equal('terminated');
    expect(test.path(parent)).to.deep.equal(['start', 'On', 'Gone', 'Handler']);
  });

  it('A later moment of a timer start event counts from when the scope became active', async () => {
    const process = await processOf(instead('after=PT1H'));
    const { case: on } = given(process, start(), later('PT30M'));
    const wait = [...on.state.waits.values()].find(({ kind }) => kind === 'timer');
    expect(wait).to.include({ dueAt: '2026-01-05T10:00:00.000Z' });
  });

  it('Where a called case must end first, the event sub-process takes over when it has ended, and everything in it goes on (13.5.4)', async () => {
    for (const where of ['the process', 'a sub-process'] as const) {
      const inside = 'call Ask calls=Child -> user Never -> end Done\nsub Handler event {\nstart On after=PT1H -> user Extra -> call Again calls=Child -> user Last -> end Out\n}';
      const process = await processOf(where === 'the process' ? `start -> ${inside}` : `sub S {\nstart In -> ${inside}\n}\nstart -> S -> end`);
      const earlier = [facing({ definitions: { Child: 1 } }), start(), timer('On')];
      given(process, ...earlier).when(childEnds('Ask', 'terminated')).including('ElementTerminated Ask', 'ElementActivated Handler', 'UserTaskCreated Extra');
      const { case: on } = given(process, ...earlier, childEnds('Ask', 'terminated'), done('Extra'), childEnds('Again', 'completed'));
      expect(on.active().filter((id) => id !== 'S'), where).to.deep.equal(['Handler', 'Last']);
      expect(given(process, ...earlier, childEnds('Ask', 'terminated'), done('Extra'), childEnds('Again', 'completed'), done('Last')).case.state.status, where).to.equal('completed');
      given(process, ...earlier, childEnds('Ask', 'terminated')).when(cancel).including('UserTaskCanceled', 'InstanceTerminated');
    }
  });

  it('Where a task must hear its canceling listeners first, the same', async () => {
    const process = await processOf('start -> user Work hear.canceling=tell -> end\nsub Handler event {\nstart On after=PT1H -> user Extra -> end Out\n}');
    expect(given(process, start(), timer('On'), jobDone('Work'), done('Extra')).case.state.status).to.equal('completed');
  });
});
