// Process definitions: versions and the timers of timer start events (BPMN 2.0.2, 10.5.2).
import { expect } from 'chai';
import { decideDefinition, evolveDefinition, newDefinition } from '../../../engine/definitions/definition.ts';
import type { DefinitionCommand, DefinitionEvent } from '../../../engine/definitions/definition.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { EngineCode } from '../../../engine/errors.ts';
import type { Facts } from '../../../engine/facts.ts';
import { processOf } from '../support/bpmn.ts';
import { FACTS } from '../support/checked.ts';
import { inWorld, WorldTest } from '../support/in-world.ts';

const DEPLOY: DefinitionCommand = { type: 'DeployProcess', fileName: 'p.bpmn', content: {} };

class Stream {
  readonly state = newDefinition('P');
  readonly events: DefinitionEvent[] = [];
  facts: Facts = FACTS;

  async do(model: string | undefined, command: DefinitionCommand = DEPLOY): Promise<readonly DefinitionEvent[]> {
    const outcome = await this.#decide(model, command);
    if (isRejection(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`);
    this.events.push(...outcome);
    expect(this.state, 'fold').to.deep.equal(this.events.reduce(evolveDefinition, newDefinition('P')));
    return outcome;
  }

  async refused(model: string | undefined, command: DefinitionCommand, code: EngineCode): Promise<void> {
    const outcome = await this.#decide(model, command);
    expect(isRejection(outcome) && outcome.code).to.equal(code);
    expect(this.state).to.deep.equal(this.events.reduce(evolveDefinition, newDefinition('P')));
  }

  async #decide(model: string | undefined, command: DefinitionCommand): Promise<ReturnType<typeof decideDefinition>> {
    return decideDefinition(model === undefined ? undefined : await processOf(model), this.state, command, this.facts);
  }
}

describe('Engine: process definitions', () => {
  it('Each deployment with other content is a new version; the same content is refused', async () => {
    const stream = new Stream();
    expect(await stream.do('start -> end')).to.have.length(1);
    expect(stream.events[0]).to.include({ type: 'ProcessDeployed', processId: 'P', version: 1 });
    await stream.refused('start -> end', DEPLOY, 'DEFINITION_VERSION_KNOWN');
    await stream.do('start -> task A -> end');
    expect(stream.state.version).to.equal(2);
    await stream.do('start -> task A -> end', { type: 'DeployProcess', fileName: 'p.bpmn', content: { form: 'f1' } });
    expect(stream.state.version).to.equal(3);
  });

  it('A deployment without a model is refused', async () => {
    await new Stream().refused(undefined, DEPLOY, 'DEFINITION_NOT_FOUND');
  });

  it('Message start events are told with their message', async () => {
    const [deployed] = await new Stream().do('start Letter message=Letter -> end');
    expect(deployed).to.deep.include({ messages: [{ name: 'Letter', startElementId: 'Letter' }] });
  });

  it('A timer start event is scheduled at deployment and fires a case each time', async () => {
    const stream = new Stream();
    await stream.do('start Daily every=R/PT24H -> end');
    expect(stream.events[1]).to.include({ type: 'StartTimerScheduled', elementId: 'Daily', id: 1, dueAt: '2026-01-06T09:00:00.000Z' });
    await stream.refused(undefined, { type: 'FireStartTimer', timer: 1 }, 'TIMER_NOT_DUE');
    stream.facts = { ...FACTS, now: '2026-01-08T10:00:00.000Z' };
    const fired = await stream.do(undefined, { type: 'FireStartTimer', timer: 1 });
    expect(fired[0]).to.include({ type: 'StartTimerFired', processId: 'P', version: 1, missed: 2 });
    expect(fired[1]).to.include({ type: 'StartTimerScheduled', id: 2, dueAt: '2026-01-09T09:00:00.000Z' });
    await stream.refused(undefined, { type: 'FireStartTimer', timer: 1 }, 'DEFINITION_TIMER_NOT_FOUND');
  });

  it('A new version replaces the start timers of the old one', async () => {
    const stream = new Stream();
    await stream.do('start Daily every=R/PT24H -> end');
    expect((await stream.do('start Daily every=R/PT1H -> end')).map(({ type }) => type)).to.deep.equal(['ProcessDeployed', 'StartTimerCanceled', 'StartTimerScheduled']);
    await stream.refused(undefined, { type: 'FireStartTimer', timer: 1 }, 'DEFINITION_TIMER_NOT_FOUND');
  });

  it('A start timer that says no time is refused at deployment, whatever it is', async () => {
    for (const wrong of ['date="=x"', 'after="=1 + 1"', 'after=P999999999Y', 'after=P3BD', 'after="=sum(for i in 1..2000, j in 1..2000 return i)"']) {
      await new Stream().refused(`start Daily ${wrong} -> end`, DEPLOY, 'DEFINITION_START_TIMER_INVALID');
    }
  });

  it('In a world a start timer starts cases when the clock passes', async () => {
    const test = await inWorld('start Daily every=R3/PT1H -> user Work -> end');
    test.do({ advance: 'PT5H' });
    expect(test.cases('P')).to.have.length(3);
    expect(test.times('InstanceStarted')).to.deep.equal(['2026-01-05T10:00:00.000Z', '2026-01-05T11:00:00.000Z', '2026-01-05T12:00:00.000Z']);
  });

  it('Running cases stay on the version they started with', async () => {
    const test = new WorldTest();
    await test.deploy('start -> user Old -> end');
    const old = test.start('P');
    await test.deploy('start -> user New -> end');
    const fresh = test.start('P');
    test.do({ complete: 'Old' }, { complete: 'New' });
    expect([test.path(old), test.path(fresh)]).to.deep.equal([['start', 'Old', 'end'], ['start', 'New', 'end']]);
  });

  it('A process that is not deployed cannot be started', () => {
    const refused = new WorldTest().world.start('P', {});
    expect(refused).to.include({ code: 'DEFINITION_NOT_FOUND' });
  });

  it('The same key starts one case and gives the same id (trap 20)', async () => {
    const test = await inWorld('start -> user A -> end');
    const stream = test.start('P', {}, 'key-1');
    for (let count = 0; count < 100; count += 1) expect(test.world.start('P', {}, { key: 'key-1' })).to.include({ code: 'INSTANCE_EXISTS' });
    expect(test.cases('P')).to.deep.equal([stream]);
  });
});
