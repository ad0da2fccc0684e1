// Timer events: date, duration, cycle, in every position that is executed (BPMN 2.0.2, 10.5.5 and 13.5).
import { expect } from 'chai';
import { isRejection } from '../../../engine/errors.ts';
import type { InstanceEvent } from '../../../engine/events.ts';
import { evolve } from '../../../engine/evolve.ts';
import { processOf } from '../support/bpmn.ts';
import { Case, given } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { cancel, facing, jobDone, later, resolve, set, start, timer, timerNow } from '../support/verbs.ts';

const at = (second: number): string => `2026-01-05T09:00:${String(second).padStart(2, '0')}.000Z`;
const CALENDAR = { id: 'office', version: 1, zone: 'America/St_Lucia', weekend: [6, 7], opens: '08:00', closes: '16:30', holidays: [{ date: '2026-01-06', name: 'Holiday' }] };

describe('Engine: timer events', () => {
  it('An intermediate timer waits for its duration', async () => {
    const process = await processOf('start -> catch Wait after=PT10S -> end');
    given(process).when(start()).including({ type: 'TimerScheduled', elementId: 'Wait', dueAt: at(10) });
    given(process, start()).when(timer('Wait')).then('TimerFired Wait', 'ElementCompleted Wait', 'SequenceFlowTaken Wait-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted');
  });

  it('An intermediate timer waits for its date; one in the past is due at once', async () => {
    const process = await processOf('start -> catch Wait date="=when" -> end');
    given(process).when(start({ when: '2026-02-01T00:00:00-04:00' })).including({ type: 'TimerScheduled', dueAt: '2026-02-01T04:00:00.000Z' });
    given(process, start({ when: '2020-01-01T00:00:00Z' })).when(timerNow('Wait')).including('TimerFired Wait', 'InstanceCompleted');
  });

  it('Dates and durations may be FEEL values', async () => {
    const process = await processOf('start -> catch Wait after="=days" -> end');
    given(process).when(start({ days: { $: 'duration', v: 'P2D' } })).including({ type: 'TimerScheduled', dueAt: '2026-01-07T09:00:00.000Z' });
    given(await processOf('start -> catch Wait after="=duration(text)" -> end')).when(start({ text: 'PT2H' })).including({ type: 'TimerScheduled', dueAt: '2026-01-05T11:00:00.000Z' });
  });

  it('Days are calendar time in the named zone, hours are elapsed time (trap 7)', async () => {
    const facts = facing({ zone: 'Europe/Athens', now: '2026-03-28T00:30:00.000Z' });
    given(await processOf('start -> catch Wait after=P1D -> end'), facts).when(start()).including({ type: 'TimerScheduled', dueAt: '2026-03-29T00:30:00.000Z' });
    given(await processOf('start -> catch Wait after=P2D -> end'), facts).when(start()).including({ type: 'TimerScheduled', dueAt: '2026-03-29T23:30:00.000Z' });
    given(await processOf('start -> catch Wait after=PT48H -> end'), facts).when(start()).including({ type: 'TimerScheduled', dueAt: '2026-03-30T00:30:00.000Z' });
  });

  it('A day over the change of clocks has 23 or 25 hours; what falls into the gap is due at its end, what comes twice once (trap 7)', async () => {
    const day = await processOf('start -> catch Wait after=P1D -> end');
    const due = (now: string, dueAt: string): void => { given(day, facing({ zone: 'Europe/Athens', now })).when(start()).including({ type: 'TimerScheduled', dueAt }); };
    // 02:30 of the day of the change, in spring and in autumn, to 02:30 of the next.
    due('2026-03-29T00:30:00.000Z', '2026-03-29T23:30:00.000Z');
    due('2026-10-24T23:30:00.000Z', '2026-10-26T00:30:00.000Z');
    // 03:30 does not exist on the one day and comes twice on the other.
    due('2026-03-28T01:30:00.000Z', '2026-03-29T01:00:00.000Z');
    due('2026-10-24T00:30:00.000Z', '2026-10-25T00:30:00.000Z');
  });

  it('A crash between firing and commit loses nothing and doubles nothing: the due time is in the log, the timer fires once (trap 6)', async () => {
    const process = await processOf('start -> catch Wait after=PT10S -> user After -> end');
    const { case: before } = given(process, start());
    const log = JSON.stringify(before.events);
    // It fired, but its record was never written: the case is folded from the log again, an hour later.
    given(process, start()).when(timer('Wait')).including('TimerFired Wait');
    const again = new Case(process, { ...before.facts, now: '2026-01-05T10:00:00.000Z' });
    for (const event of JSON.parse(log) as InstanceEvent[]) {
      again.events.push(event);
      evolve(again.state, event);
    }
    const first = again.hear(timerNow('Wait'));
    expect(isRejection(first) ? first.code : first.map(({ type }) => type)).to.include.members(['TimerFired', 'UserTaskCreated']);
    expect(again.hear(timerNow('Wait'))).to.include({ code: 'TIMER_NOT_FOUND' });
    expect(again.active()).to.deep.equal(['After']);
  });

  it('A deadline in working days counts on its calendar and says which version', async () => {
    const process = await processOf(`
      start -> user Decide -> end
      boundary Late on=Decide after=P1BD calendar=office -> end TooLate`);
    given(process, facing({ calendars: { office: CALENDAR } })).when(start()).including({ type: 'TimerScheduled', dueAt: '2026-01-07T20:30:00.000Z', calendar: 'office@1' });
    given(process).when(start()).including({ type: 'IncidentRaised', elementId: 'Decide', phase: 'boundaries', code: 'INCIDENT_CALENDAR_UNKNOWN' });
  });

  it('Without a name the only calendar counts', async () => {
    const process = await processOf('start -> catch Wait after=P1BD -> end');
    given(process, facing({ calendars: { office: CALENDAR } })).when(start()).including({ type: 'TimerScheduled', calendar: 'office@1' });
    given(process, facing({ calendars: { office: CALENDAR, court: CALENDAR } })).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_CALENDAR_UNKNOWN' });
  });

  it('A value that is no time is an incident; corrected, the timer is armed', async () => {
    for (const [attribute, good] of [['date', '2026-02-01T00:00:00Z'], ['after', 'PT1M']] as const) {
      const process = await processOf(`start -> catch Wait ${attribute}="=x" -> end`);
      for (const x of ['soon', null, 7, [], '']) given(process).when(start({ x })).including({ type: 'IncidentRaised', elementId: 'Wait', phase: 'behave', code: 'INCIDENT_TIMER' });
      given(process, start(), set({ x: good })).when(resolve('Wait')).then('IncidentResolved', 'TimerScheduled Wait');
    }
  });

  it('A time beyond the calendar is an incident, never an exception', async () => {
    const process = await processOf('start -> catch Wait after="=x" -> end');
    for (const x of ['P999999999Y', 'PT999999999999H', 'P99999999D']) given(process).when(start({ x })).including({ type: 'IncidentRaised', code: 'INCIDENT_TIMER' });
  });

  it('A timer does not fire before it is due', async () => {
    const process = await processOf('start -> catch Wait after=PT10S -> end');
    given(process, start()).when(timerNow('Wait')).refused('TIMER_NOT_DUE', at(10));
  });

  it('A second delivery of a timer changes nothing', async () => {
    const process = await processOf('start -> catch Wait after=PT10S -> user Next -> end');
    given(process, start(), timer('Wait')).when(timerNow('Wait')).refused('TIMER_NOT_FOUND');
    given(process, start(), cancel).when(timerNow('Wait')).refused('INSTANCE_ENDED');
  });
});

describe('Engine: timer boundary events', () => {
  const INTERRUPTING = `
    start -> service Work job=work -> end
    boundary Late on=Work after=PT10S -> end TooLate`;

  it('An interrupting timer cancels its activity and takes its own path', async () => {
    given(await processOf(INTERRUPTING), start()).when(timer('Late')).then(
      'TimerFired Late', 'JobCanceled', 'ElementTerminated Work', 'ElementActivated Late', 'ElementCompleted Late',
      'SequenceFlowTaken Late-TooLate', 'ElementActivated TooLate', 'ElementCompleted TooLate', 'InstanceCompleted',
    );
  });

  it('When the activity completes its timers are withdrawn', async () => {
    given(await processOf(INTERRUPTING), start()).when(jobDone('Work')).including('JobCompleted', 'TimerCanceled', 'ElementCompleted Work', 'InstanceCompleted');
  });

  it('Timer and completion in the same tick: the first in the log wins, never both (trap 21)', async () => {
    const process = await processOf(INTERRUPTING.replace('-> end\n', '-> user After -> end\n').replace('end TooLate', 'user Chase'));
    given(process, start(), jobDone('Work')).when(timerNow('Late')).refused('TIMER_NOT_FOUND').and((on) => expect(on.active()).to.deep.equal(['After']));
    given(process, start(), timer('Late')).when(jobDone('Work')).refused('JOB_NOT_FOUND').and((on) => expect(on.active()).to.deep.equal(['Chase']));
  });

  it('A non-interrupting duration fires once and leaves its activity alone (trap 5)', async () => {
    const process = await processOf(`
      start -> service Work job=work -> end
      boundary Note on=Work after=PT10S beside -> user Remind -> end`);
    given(process, start()).when(timer('Note')).then('TimerFired Note', 'ElementActivated Note', 'ElementCompleted Note', 'SequenceFlowTaken Note-Remind', 'ElementActivated Remind', 'UserTaskCreated Remind')
      .and((on) => expect([on.active(), on.state.waits.size]).to.deep.equal([['Work', 'Remind'], 1]));
  });

  const CYCLE = (cycle: string): string => `
    start -> service Work job=work -> end
    boundary Note on=Work every="${cycle}" beside -> task Remind -> end Reminded`;

  it('R4/PT10S fires at 10, 20, 30 and 40 exactly, while the activity lives (trap 5)', async () => {
    const test = await inWorld(CYCLE('R4/PT10S'));
    test.start('P');
    test.do({ advance: 'PT60S' });
    expect(test.times('TimerFired')).to.deep.equal([at(10), at(20), at(30), at(40)]);
  });

  it('R4/PT10S cancelled at 25 has fired twice (trap 5)', async () => {
    const test = await inWorld(CYCLE('R4/PT10S'));
    test.start('P');
    test.do({ advance: 'PT25S' }, { complete: 'Work' }, { advance: 'PT60S' });
    expect(test.times('TimerFired')).to.deep.equal([at(10), at(20)]);
  });

  it('An endless cycle fires as long as its activity lives', async () => {
    const test = await inWorld(CYCLE('R/PT10S'));
    test.start('P');
    test.do({ advance: 'PT55S' });
    expect(test.times('TimerFired')).to.deep.equal([10, 20, 30, 40, 50].map(at));
  });

  it('A cycle inside a sub-process counts from when it was armed there', async () => {
    const test = await inWorld(`
      sub S {
        start In -> catch First after=PT5S -> service Work job=work -> end Out
        boundary Note on=Work every=R2/PT10S beside -> end Reminded
      }
      start -> S -> end`);
    test.start('P');
    test.do({ advance: 'PT60S' });
    expect(test.times('TimerFired')).to.deep.equal([at(5), at(15), at(25)]);
  });

  it('After an outage an endless cycle fires once for all it missed and says how many', async () => {
    const process = await processOf(CYCLE('R/PT10S'));
    given(process, start(), later('PT35S')).when(timerNow('Note')).including({ type: 'TimerFired', elementId: 'Note', missed: 2 }, { type: 'TimerScheduled', elementId: 'Note', dueAt: at(40), ordinal: 4 });
  });

  it('After an outage a bounded cycle fires each of what it missed, in due order', async () => {
    const process = await processOf(CYCLE('R3/PT10S'));
    const { case: on } = given(process, start(), later('PT35S'), timerNow('Note'), timerNow('Note'), timerNow('Note'));
    expect(on.events.filter(({ type }) => type === 'TimerFired')).to.have.length(3);
    expect(on.events.filter(({ type }) => type === 'TimerScheduled').map((event) => 'dueAt' in event && event.dueAt)).to.deep.equal([at(10), at(20), at(30)]);
    given(process, start(), later('PT35S'), timerNow('Note'), timerNow('Note'), timerNow('Note')).when(timerNow('Note')).refused('TIMER_NOT_FOUND');
  });

  it('A cron cycle fires at its local times', async () => {
    const test = await inWorld(CYCLE('0 0 9 * * *'));
    test.start('P');
    test.do({ advance: 'P2DT5H' });
    expect(test.times('TimerFired')).to.deep.equal(['2026-01-05T13:00:00.000Z', '2026-01-06T13:00:00.000Z', '2026-01-07T13:00:00.000Z']);
  });

  it('A cycle keeps the local time of the zone it names, over the change of clocks, whatever the zone of the house', async () => {
    for (const cycle of ['R2/2026-03-28T09:00:00@Europe/Berlin/P1D', '0 0 9 28-29 3 *@Europe/Berlin']) {
      const process = await processOf(`start -> user U -> end\nboundary B on=U every="${cycle}" beside -> user Told -> end E2`);
      const first = given(process, start());
      first.when(timer('B')).including({ type: 'TimerScheduled', elementId: 'B', dueAt: '2026-03-29T07:00:00.000Z' });
      expect(first.case.events.flatMap((event) => (event.type === 'TimerScheduled' ? [event.dueAt] : [])), cycle).to.include('2026-03-28T08:00:00.000Z');
    }
  });

  it('A cycle that is no repetition is an incident at the activity', async () => {
    given(await processOf(CYCLE('=x'))).when(start({ x: 'R/PT0S' })).including({ type: 'IncidentRaised', elementId: 'Work', phase: 'boundaries', code: 'INCIDENT_TIMER' });
  });

  it('When one of several boundary events cannot be armed, the retry arms each of them once', async () => {
    const process = await processOf(`
      start -> service Work job=work -> end
      boundary One on=Work after=PT10S -> end A
      boundary Two on=Work after="=x" -> end B`);
    given(process, start()).when(set({ x: 'PT20S' })).when(resolve('Work')).then('IncidentResolved', 'TimerCanceled', 'TimerScheduled One', 'TimerScheduled Two', 'JobCreated Work');
  });

  it('While an activity is stuck its boundary timer still interrupts it', async () => {
    const process = await processOf(`
      start -> service Work job="=kind" -> end
      boundary Late on=Work after=PT10S -> end TooLate`);
    given(process, start()).when(timer('Late')).including('TimerFired Late', 'IncidentCanceled', 'ElementTerminated Work', 'ElementCompleted TooLate', 'InstanceCompleted');
  });

  it('Overdue timers fire in due order when the clock advances', async () => {
    const test = await inWorld(`
      start -> and Fork -> catch B after=PT20S -> end EndB
      Fork -> catch A after=PT10S -> end EndA
      Fork -> catch C after=PT30S -> end EndC`);
    test.start('P');
    test.do({ advance: 'PT1M' });
    expect(test.path().filter((id) => id.startsWith('End'))).to.deep.equal(['EndA', 'EndB', 'EndC']);
  });
});
