// Every event in every position that BPMN gives it (BPMN 2.0.2, table 10.93): for each its own model and test. bin/bpmn-support-rows.mjs lists them.
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import type { Case, Verb } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { done, jobThrows, message, set, signal, start, timer } from '../support/verbs.ts';

const BEGIN = { id: '1', x: false };

async function played(model: string, ...verbs: readonly (Verb | readonly Verb[])[]): Promise<Case> {
  return given(await processOf(model), start(BEGIN), ...verbs).case;
}

/** An event sub-process beside a task: what is at work after its trigger. */
async function handler(trigger: string, ...verbs: readonly Verb[]): Promise<readonly string[]> {
  return (await played(`start -> user Work -> end\nsub H event {\nstart S ${trigger} -> user Handle -> end Handled\n}`, ...verbs)).active();
}

/** The same in a sub-process that throws. */
async function thrownTo(trigger: string, thrown: string): Promise<readonly string[]> {
  return (await played(`sub P1 {\nstart In -> and F -> user Beside -> end Out\nF -> ${thrown}\nsub H event {\nstart S ${trigger} -> user Handle -> end Handled\n}\n}\nstart -> P1 -> end`)).active();
}

/** A boundary event on a task: what is at work after its trigger. */
async function border(trigger: string, ...verbs: readonly Verb[]): Promise<readonly string[]> {
  return (await played(`start -> user Work -> end\nboundary B on=Work ${trigger} -> user Then -> end Done`, ...verbs)).active();
}

async function borderOf(trigger: string, inside: string): Promise<readonly string[]> {
  return (await played(`sub Work {\nstart In -> and F -> user Beside -> end Out\nF -> ${inside}\n}\nstart -> Work -> end\nboundary B on=Work ${trigger} -> user Then -> end Done`)).active();
}

/** An intermediate catch event: what is at work before and after its trigger. */
async function caught(trigger: string, ...verbs: readonly Verb[]): Promise<readonly (readonly string[])[]> {
  const model = `start -> catch C ${trigger} -> user After -> end`;
  return [(await played(model)).active(), (await played(model, ...verbs)).active()];
}

const TAKEN = ['Then'];
const BESIDE = ['Work', 'Then'];
const TAKEN_OVER = ['H', 'Handle'];
const RUNS_BESIDE = ['Work', 'H', 'Handle'];
const PASSED = [['C'], ['After']];

describe('Engine: none events in their positions', () => {
  it('None start event of the process: a case begins at it', async () => { expect((await played('start Here -> user A -> end')).path()).to.deep.equal(['Here']); });
  it('None start event of a sub-process: its scope begins at it', async () => { expect((await played('sub P1 {\nstart Here -> user A -> end Out\n}\nstart -> P1 -> end')).path()).to.deep.equal(['start', 'Here']); });
  it('None intermediate throw event: the token passes on', async () => { expect((await played('start -> throw T -> user A -> end')).path()).to.deep.equal(['start', 'T']); });
  it('None end event: the token is consumed', async () => { expect((await played('start -> end Over')).state.status).to.equal('completed'); });
});

describe('Engine: message events in their positions', () => {
  it('Message start event: a case begins with each message', async () => {
    const test = await inWorld('process P\nstart S message=Paid -> user A -> end');
    test.do({ message: 'Paid', variables: { sum: 5 } }, { message: 'Paid', variables: { sum: 6 } });
    expect(test.cases('P').map((stream) => test.variables(stream)['sum'])).to.deep.equal([5, 6]);
  });
  it('Message start event of an event sub-process, interrupting: it takes over', async () => { expect(await handler('message=Paid key="=id"', message('S'))).to.deep.equal(TAKEN_OVER); });
  it('Message start event of an event sub-process, non-interrupting: it runs beside', async () => { expect(await handler('message=Paid key="=id" beside', message('S'))).to.deep.equal(RUNS_BESIDE); });
  it('Message intermediate catch event: the token waits for the message', async () => { expect(await caught('message=Paid key="=id"', message('C'))).to.deep.equal(PASSED); });
  it('Message intermediate throw event: the message is sent and the token passes on', async () => { given(await processOf('start -> throw T message=Paid key="=id" -> user A -> end')).when(start(BEGIN)).including({ type: 'MessagePublished', elementId: 'T', name: 'Paid' }, 'UserTaskCreated A'); });
  it('Message boundary event, interrupting: the activity ends', async () => { expect(await border('message=Paid key="=id"', message('B'))).to.deep.equal(TAKEN); });
  it('Message boundary event, non-interrupting: the activity goes on', async () => { expect(await border('message=Paid key="=id" beside', message('B'))).to.deep.equal(BESIDE); });
  it('Message end event: the message is sent with the end', async () => { given(await processOf('start -> end E message=Paid key="=id"')).when(start(BEGIN)).including({ type: 'MessagePublished', elementId: 'E', name: 'Paid' }, 'InstanceCompleted'); });
});

describe('Engine: timer events in their positions', () => {
  it('Timer start event: a case begins when it is due', async () => {
    const test = await inWorld('process P\nstart S date="2026-01-05T10:00:00Z" -> user A -> end');
    test.do({ advance: 'PT59M' });
    expect(test.cases('P')).to.have.length(0);
    test.do({ advance: 'PT1M' });
    expect(test.cases('P')).to.have.length(1);
  });
  it('Timer start event of an event sub-process, interrupting: it takes over', async () => { expect(await handler('after=PT1H', timer('S'))).to.deep.equal(TAKEN_OVER); });
  it('Timer start event of an event sub-process, non-interrupting: it runs beside', async () => { expect(await handler('every=R2/PT1H beside', timer('S'))).to.deep.equal(RUNS_BESIDE); });
  it('Timer intermediate catch event: the token waits until it is due', async () => { expect(await caught('after=PT1H', timer('C'))).to.deep.equal(PASSED); });
  it('Timer boundary event, interrupting: the activity ends', async () => { expect(await border('after=PT1H', timer('B'))).to.deep.equal(TAKEN); });
  it('Timer boundary event, non-interrupting: the activity goes on', async () => { expect(await border('after=PT1H beside', timer('B'))).to.deep.equal(BESIDE); });
});

describe('Engine: signal events in their positions', () => {
  it('Signal start event: a case begins with each broadcast', async () => {
    const test = await inWorld('process P\nstart S signal=Alarm -> user A -> end');
    test.do({ signal: 'Alarm' }, { signal: 'Alarm' });
    expect(test.cases('P')).to.have.length(2);
  });
  it('Signal start event of an event sub-process, interrupting: it takes over', async () => { expect(await handler('signal=Alarm', signal('S'))).to.deep.equal(TAKEN_OVER); });
  it('Signal start event of an event sub-process, non-interrupting: it runs beside', async () => { expect(await handler('signal=Alarm beside', signal('S'))).to.deep.equal(RUNS_BESIDE); });
  it('Signal intermediate catch event: the token waits for the broadcast', async () => { expect(await caught('signal=Alarm', signal('C'))).to.deep.equal(PASSED); });
  it('Signal intermediate throw event: it is broadcast and the token passes on', async () => { given(await processOf('start -> throw T signal=Alarm -> user A -> end')).when(start(BEGIN)).including({ type: 'SignalThrown', elementId: 'T', name: 'Alarm' }, 'UserTaskCreated A'); });
  it('Signal boundary event, interrupting: the activity ends', async () => { expect(await border('signal=Alarm', signal('B'))).to.deep.equal(TAKEN); });
  it('Signal boundary event, non-interrupting: the activity goes on', async () => { expect(await border('signal=Alarm beside', signal('B'))).to.deep.equal(BESIDE); });
  it('Signal end event: it is broadcast with the end', async () => { given(await processOf('start -> end E signal=Alarm')).when(start(BEGIN)).including({ type: 'SignalThrown', elementId: 'E' }, 'InstanceCompleted'); });
});

describe('Engine: error events in their positions', () => {
  it('Error start event of an event sub-process: it takes over', async () => { expect(await thrownTo('error=E1', 'end Bad error=E1')).to.deep.equal(['P1', 'H', 'Handle']); });
  it('Error boundary event: the activity ends', async () => { expect(await borderOf('error=E1', 'end Bad error=E1')).to.deep.equal(TAKEN); });
  it('Error end event: the error is thrown out of its scope', async () => { given(await processOf('start -> end Bad error=E1')).when(start(BEGIN)).including({ type: 'ErrorThrown', elementId: 'Bad', code: 'E1' }, 'InstanceFailed'); });
});

describe('Engine: escalation events in their positions', () => {
  it('Escalation start event of an event sub-process, interrupting: it takes over', async () => { expect(await thrownTo('escalation=E1', 'throw Up escalation=E1 -> user Later -> end Out2')).to.deep.equal(['P1', 'H', 'Handle']); });
  it('Escalation start event of an event sub-process, non-interrupting: it runs beside', async () => { expect(await thrownTo('escalation=E1 beside', 'throw Up escalation=E1 -> user Later -> end Out2')).to.have.members(['P1', 'Beside', 'Later', 'H', 'Handle']); });
  it('Escalation intermediate throw event: it escalates and the token passes on', async () => { given(await processOf('start -> throw Up escalation=E1 -> user A -> end')).when(start(BEGIN)).including({ type: 'EscalationThrown', elementId: 'Up', code: 'E1' }, 'UserTaskCreated A'); });
  it('Escalation boundary event, interrupting: the activity ends', async () => { expect(await borderOf('escalation=E1', 'throw Up escalation=E1 -> user Later -> end Out2')).to.deep.equal(TAKEN); });
  it('Escalation boundary event, non-interrupting: the activity goes on', async () => { expect(await borderOf('escalation=E1 beside', 'throw Up escalation=E1 -> user Later -> end Out2')).to.have.members(['Work', 'Beside', 'Later', 'Then']); });
  it('Escalation end event: it escalates with the end of its path', async () => { expect(await borderOf('escalation=E1 beside', 'end Up escalation=E1')).to.have.members(['Work', 'Beside', 'Then']); });
});

describe('Engine: conditional events in their positions', () => {
  const now = set({ x: true });
  it('Conditional start event of an event sub-process, interrupting: it takes over', async () => { expect(await handler('if="=x"', now)).to.deep.equal(TAKEN_OVER); });
  it('Conditional start event of an event sub-process, non-interrupting: it runs beside', async () => { expect(await handler('if="=x" beside', now)).to.deep.equal(RUNS_BESIDE); });
  it('Conditional intermediate catch event: the token waits until it is true', async () => { expect(await caught('if="=x"', now)).to.deep.equal(PASSED); });
  it('Conditional boundary event, interrupting: the activity ends', async () => { expect(await border('if="=x"', now)).to.deep.equal(TAKEN); });
  it('Conditional boundary event, non-interrupting: the activity goes on', async () => { expect(await border('if="=x" beside', now)).to.deep.equal(BESIDE); });
});

describe('Engine: link events in their positions', () => {
  const MODEL = 'start -> throw There link=L\ncatch Here link=L -> user A -> end';
  it('Link intermediate throw event: the token leaves by it', async () => { given(await processOf(MODEL)).when(start(BEGIN)).including('ElementCompleted There', 'SequenceFlowTaken Link_There_Here'); });
  it('Link intermediate catch event: the token comes back by it', async () => { expect((await played(MODEL)).path()).to.deep.equal(['start', 'There', 'Here']); });
});

describe('Engine: cancel events in their positions', () => {
  const MODEL = 'tx T {\nstart In -> and F -> user Beside -> end Out\nF -> end Stop cancel\n}\nstart -> T -> end\nboundary B on=T cancel -> user Then -> end Done';
  it('Cancel end event: the transaction around it is cancelled', async () => { given(await processOf(MODEL)).when(start(BEGIN)).including('ElementCompleted Stop', 'ElementTerminated Beside', 'ElementTerminated T'); });
  it('Cancel boundary event: the case goes on there', async () => { expect((await played(MODEL)).active()).to.deep.equal(TAKEN); });
});

describe('Engine: compensation events in their positions', () => {
  const UNDO = 'boundary B on=A compensate by=U\nuser U undo';
  it('Compensation start event of an event sub-process: the sub-process undoes itself', async () => {
    const model = 'sub P1 {\nstart In -> user A -> end Out\nsub H event {\nstart S compensate -> user Handle -> end Handled\n}\n}\nstart -> P1 -> throw Back compensate -> end';
    expect((await played(model, done('A'))).active()).to.include.members(['H', 'Handle']);
  });
  it('Compensation intermediate throw event: what has completed is undone before the token passes on', async () => {
    expect((await played(`start -> user A -> throw Back compensate -> user After -> end\n${UNDO}`, done('A'))).active()).to.deep.equal(['Back', 'U']);
  });
  it('Compensation boundary event: its handler undoes the activity, and no sequence flow leaves it', async () => {
    expect((await played(`start -> user A -> throw Back compensate -> user After -> end\n${UNDO}`, done('A'), done('U'))).active()).to.deep.equal(['After']);
  });
  it('Compensation end event: what has completed is undone with the end', async () => {
    expect((await played(`start -> user A -> end Back compensate\n${UNDO}`, done('A'), done('U'))).state.status).to.equal('completed');
  });
});

describe('Engine: terminate events in their position', () => {
  it('Terminate end event: everything in its scope ends', async () => { given(await processOf('start -> and F -> user A -> end\nF -> end Stop terminate')).when(start(BEGIN)).including('ElementTerminated A', 'InstanceTerminated'); });
});

describe('Engine: multiple events in their positions', () => {
  const ANY = 'message=Paid key="=id" signal=Alarm';
  const each = [message, signal] as const;
  it('Multiple start event: a case begins by each of its triggers', async () => {
    const test = await inWorld('process P\nstart S message=Paid signal=Alarm -> user A -> end');
    test.do({ message: 'Paid' }, { signal: 'Alarm' });
    expect(test.cases('P')).to.have.length(2);
  });
  it('Multiple start event of an event sub-process, interrupting: it takes over by any of its triggers', async () => { for (const verb of each) expect(await handler(ANY, verb('S'))).to.deep.equal(TAKEN_OVER); });
  it('Multiple start event of an event sub-process, non-interrupting: it runs beside by any of its triggers', async () => { for (const verb of each) expect(await handler(`${ANY} beside`, verb('S'))).to.deep.equal(RUNS_BESIDE); });
  it('Multiple intermediate catch event: the token waits for the first of its triggers', async () => { for (const verb of each) expect(await caught(ANY, verb('C'))).to.deep.equal(PASSED); });
  it('Multiple intermediate throw event: all is thrown and the token passes on', async () => { given(await processOf(`start -> throw T ${ANY} -> user A -> end`)).when(start(BEGIN)).including('MessagePublished T', 'SignalThrown T', 'UserTaskCreated A'); });
  it('Multiple boundary event, interrupting: the activity ends by any of its triggers', async () => { for (const verb of each) expect(await border(ANY, verb('B'))).to.deep.equal(TAKEN); });
  it('Multiple boundary event, non-interrupting: the activity goes on', async () => { for (const verb of each) expect(await border(`${ANY} beside`, verb('B'))).to.deep.equal(BESIDE); });
  it('Multiple end event: all is thrown with the end', async () => { given(await processOf(`start -> end E ${ANY}`)).when(start(BEGIN)).including('MessagePublished E', 'SignalThrown E', 'InstanceCompleted'); });
});

describe('Engine: parallel multiple events in their positions', () => {
  const ALL = 'message=Paid key="=id" signal=Alarm all';
  it('Parallel multiple start event of an event sub-process, interrupting: it takes over when all its triggers have happened', async () => {
    expect(await handler(ALL, message('S'))).to.deep.equal(['Work']);
    expect(await handler(ALL, message('S'), signal('S'))).to.deep.equal(TAKEN_OVER);
  });
  it('Parallel multiple start event of an event sub-process, non-interrupting: it runs beside when all its triggers have happened', async () => { expect(await handler(`${ALL} beside`, signal('S'), message('S'))).to.deep.equal(RUNS_BESIDE); });
  it('Parallel multiple intermediate catch event: the token waits for all of its triggers', async () => {
    expect(await caught(ALL, signal('C'))).to.deep.equal([['C'], ['C']]);
    expect(await caught(ALL, signal('C'), message('C'))).to.deep.equal(PASSED);
  });
  it('Parallel multiple boundary event, interrupting: the activity ends when all its triggers have happened', async () => {
    expect(await border(ALL, message('B'))).to.deep.equal(['Work']);
    expect(await border(ALL, message('B'), signal('B'))).to.deep.equal(TAKEN);
  });
  it('Parallel multiple boundary event, non-interrupting: the activity goes on', async () => { expect(await border(`${ALL} beside`, message('B'), signal('B'))).to.deep.equal(BESIDE); });
});

describe('Engine: an error of a job', () => {
  it('Error boundary event on a task: a job that throws ends it', async () => {
    expect((await played('start -> service Work job=w -> end\nboundary B on=Work error=E1 -> user Then -> end Done', jobThrows('Work', 'E1'))).active()).to.deep.equal(TAKEN);
  });
});
