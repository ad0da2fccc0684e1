// Cases that start or wake each other for ever (BPMN forbids none of it): stopped by an incident at what throws once too often in a row.
import { expect } from 'chai';
import type { ScenarioStep } from '../../../engine/world/scenario.ts';
import type { WorldEvent } from '../../../engine/world/world.ts';
import { inWorld } from '../support/in-world.ts';
import type { WorldTest } from '../support/in-world.ts';

const FEW = { limits: { hops: 10 } };

/** The cases that stopped, and at which element. */
function stopped(test: WorldTest): string[] {
  return test.records.flatMap(({ events }) => events.flatMap((event: WorldEvent) => (event.type === 'IncidentRaised' ? [`${event.elementId} ${event.code}`] : [])));
}

function incidentsOf(test: WorldTest): { stream: string; incident: number }[] {
  return [...test.world.instances].flatMap(([stream, { waits }]) => [...waits.values()].flatMap((wait) => (wait.kind === 'incident' ? [{ stream, incident: wait.id }] : [])));
}

const SELF = 'process P\nstart Ping message=Ping -> end Pong message=Ping';

describe('Engine: cases that never come to rest', () => {
  it('A case whose end starts the next is stopped after 1,000 in a row; a person who resolves it lets as many follow', async () => {
    const test = await inWorld(SELF);
    test.world.publish('Ping', '', {}, 'm1');
    expect(test.cases('P')).to.have.length(1_001);
    expect(stopped(test)).to.deep.equal(['Pong INCIDENT_ENDLESS_THROWS']);
    const { stream, incident } = incidentsOf(test)[0]!;
    test.execute(stream, { type: 'ResolveIncident', incident });
    expect([test.status(stream), test.cases('P').length, stopped(test).length]).to.deep.equal(['completed', 2_001, 2]);
    test.execute(incidentsOf(test)[0]!.stream, { type: 'CancelInstance', reason: 'enough' });
    expect(incidentsOf(test)).to.deep.equal([]);
  });

  const CIRCLES: readonly (readonly [what: string, model: string, at: string, start?: string])[] = [
    ['two processes that start each other', 'process P\nstart A message=A -> end EP message=B\nprocess Q\nstart B message=B -> end EQ message=A', 'EP'],
    ['signals', 'process P\nstart A message=A -> end EP signal=B\nprocess Q\nstart B signal=B -> throw T signal=B -> end EQ', 'T'],
    ['a start that needs a message and a signal', 'process P\nstart A message=A -> end EP message=B\nprocess Q\nstart B message=B -> throw T message=C -> end EQ signal=D\nprocess R\nstart Both message=C signal=D all -> end ER message=B', 'ER'],
    ['a called case that throws, and one that throws behind a call', 'process P\nstart A message=A -> call C calls=Q -> end EP\nprocess Q\nstart SQ -> throw T message=B -> end EQ\nprocess R\nstart B message=B -> call D calls=S -> end ER message=A\nprocess S\nstart SS -> end ES', 'T'],
    ['two running cases that answer each other', 'process P\nstart SP -> xor M -> throw Ask message=Ask key="=k" -> catch Told message=Told key="=k" -> M\nprocess Q\nstart SQ -> xor N -> catch Asked message=Ask key="=k" -> throw Tell message=Told key="=k" -> N', 'Ask', 'P Q'],
    ['a case that sends itself what it waits for', 'process P\nstart SP -> xor M -> throw Ask message=Ask key="=k" -> catch Asked message=Ask key="=k" -> M', 'Ask', 'P'],
    ['a case that wakes its own event sub-process', 'process P\nstart SP -> throw T message=Again key="=k" -> user U -> end\nsub H event {\nstart S message=Again key="=k" beside -> throw Once message=Again key="=k" -> end E\n}', 'Once', 'P'],
    ['an escalation that makes the calling case throw', 'process P\nstart A message=A -> call C calls=Q -> end EP\nboundary B on=C escalation=X beside -> end Thrown message=A\nprocess Q\nstart SQ -> throw T escalation=X -> end EQ', 'Thrown'],
  ];
  for (const [what, model, at, begun] of CIRCLES) {
    it(`Stopped: ${what}`, async () => {
      const test = await inWorld(model, FEW);
      if (begun === undefined) test.world.publish('A', '', {}, 'm1');
      else for (const processId of begun.split(' ')) test.start(processId, { k: '1' });
      expect(stopped(test)).to.include(`${at} INCIDENT_ENDLESS_THROWS`);
      expect(test.records.length).to.be.lessThan(600);
    });
  }

  it('Also where a turn ends between two throws', async () => {
    const test = await inWorld('process P\nstart A message=A -> task B -> task C -> task D -> end E message=A', { limits: { hops: 10, stepsPerTurn: 3 } });
    test.world.publish('A', '', {}, 'm1');
    expect([test.cases('P').length, ...stopped(test)]).to.deep.equal([11, 'E INCIDENT_ENDLESS_THROWS']);
  });

  const OUTSIDE: readonly (readonly [what: string, wait: string, ScenarioStep])[] = [
    ['a person', 'user U', { complete: 'U' }], ['a worker', 'service U job=work', { complete: 'U' }], ['a timer', 'catch U after=PT1M', { advance: 'PT1M' }],
  ];
  for (const [what, wait, step] of OUTSIDE) {
    it(`Never while ${what} comes between: before what is thrown, and before what is taken`, async () => {
      const started = await inWorld(`process P\nstart A message=A -> ${wait} -> end E message=A`, FEW);
      started.world.publish('A', '', {}, 'm1');
      const running = await inWorld(`process P\nstart SP -> xor M -> throw Ask message=Ask key="=k" -> ${wait} -> catch Told message=Told key="=k" -> M\nprocess Q\nstart SQ -> xor N -> catch Asked message=Ask key="=k" -> throw Tell message=Told key="=k" -> N`, FEW);
      running.start('Q', { k: '1' });
      running.start('P', { k: '1' });
      for (let count = 0; count < 30; count += 1) for (const test of [started, running]) test.do(step);
      expect([...stopped(started), ...stopped(running)]).to.deep.equal([]);
      expect([started.cases('P').length, running.path().filter((id) => id === 'Tell').length]).to.deep.equal([31, 31]);
    });
  }

  it('Not one that takes many messages of others, one after the other, nor one start of many that is no link of a chain', async () => {
    const collector = await inWorld('process P\nstart SP -> throw T message=In key="1" -> end\nprocess Q\nstart SQ -> xor N -> catch C message=In key="1" -> xor G default=N\nG -[done = true]-> throw Last message=Out key="1" -> end EQ\nG -> N', FEW);
    for (let count = 0; count < 30; count += 1) collector.start('P');
    const stream = collector.start('Q');
    collector.do({ message: 'In', correlationKey: '1', variables: { done: true } });
    expect([collector.status(stream), ...stopped(collector)]).to.deep.equal(['completed']);
    const daily = await inWorld('process P\nstart Both message=A signal=Morning all -> end E message=A', FEW);
    daily.world.publish('A', '', {}, 'm1');
    for (let count = 0; count < 30; count += 1) daily.do({ signal: 'Morning' });
    expect([daily.cases('P').length, ...stopped(daily)]).to.deep.equal([30]);
  });
});
