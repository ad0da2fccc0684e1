// Parallel multiple start events of processes (BPMN 2.0.2, 10.5.2): what has happened is kept until all triggers have.
import { expect } from 'chai';
import fc from 'fast-check';
import { decideStartRounds, evolveStartRounds, newStartRounds } from '../../../engine/correlation/start-rounds.ts';
import type { CollectTrigger, StartRoundEvent } from '../../../engine/correlation/start-rounds.ts';
import { isRejection } from '../../../engine/errors.ts';
import { DEFAULT_LIMITS } from '../../../engine/facts.ts';
import { flows, graphOf, model } from '../bpmn/support.ts';
import { FACTS } from '../support/checked.ts';
import { inWorld, WorldTest } from '../support/in-world.ts';

const BOTH = 'start Both message=Paid signal=Opened all -> user Work -> end';
/** Two letters: each is a message of its own. */
const LETTERS = model(`<startEvent id="s" parallelMultiple="true"><messageEventDefinition messageRef="m1" /><messageEventDefinition messageRef="m2" /></startEvent><endEvent id="e" />${flows('s e')}`, '<message id="m1" name="Form" /><message id="m2" name="Fee" />');
const collect = (trigger: string, n: number, more: Partial<CollectTrigger> = {}): CollectTrigger => ({
  type: 'CollectTrigger', triggerId: `t${String(n)}`, processId: 'P', version: 1, startElementId: 'Both', trigger, wants: ['message Paid', 'signal Opened'], variables: {}, ...more,
});

describe('Engine: parallel multiple start events', () => {
  it('A parallel multiple start event starts the process when all of its triggers have happened, with what each brought', async () => {
    const test = await inWorld(BOTH);
    test.do({ message: 'Paid', correlationKey: 'k', variables: { amount: 5, by: 'letter' } });
    expect(test.cases('P')).to.deep.equal([]);
    test.do({ signal: 'Opened', variables: { office: 'A', by: 'signal' } });
    const [stream = '', ...others] = test.cases('P');
    expect(others).to.deep.equal([]);
    expect(test.variables(stream)).to.deep.equal({ amount: 5, office: 'A', by: 'signal' });
    test.do({ complete: 'Work' });
    expect(test.path(stream)).to.deep.equal(['Both', 'Work', 'end']);
  });

  it('Of a trigger that happens again in a round, a message stays for the next round and a signal changes nothing', async () => {
    const test = await inWorld(BOTH);
    test.do({ message: 'Paid', variables: { n: 1 } }, { message: 'Paid', variables: { n: 2 } }, { signal: 'Opened' });
    expect(test.cases('P').map((stream) => test.variables(stream)['n'])).to.deep.equal([1]);
    test.do({ signal: 'Opened', variables: { s: 'first' } });
    expect(test.cases('P').map((stream) => test.variables(stream))).to.deep.equal([{ n: 1 }, { n: 2, s: 'first' }]);
    test.do({ signal: 'Opened', variables: { s: 'kept' } }, { signal: 'Opened', variables: { s: 'dropped' } }, { message: 'Paid', variables: { n: 3 } }, { message: 'Paid', variables: { n: 4 } });
    expect(test.cases('P').map((stream) => test.variables(stream)).slice(2)).to.deep.equal([{ n: 3, s: 'kept' }]);
  });

  it('Where all triggers are messages each correlation key has its rounds', async () => {
    const letters = new WorldTest();
    letters.world.deploy(await graphOf(LETTERS));
    letters.do({ message: 'Form', correlationKey: 'A', variables: { form: 'A' } }, { message: 'Fee', correlationKey: 'B', variables: { fee: 'B' } });
    expect(letters.cases('p')).to.deep.equal([]);
    letters.do({ message: 'Fee', correlationKey: 'A', variables: { fee: 'A' } }, { message: 'Form', correlationKey: 'B', variables: { form: 'B' } });
    expect(letters.cases('p').map((stream) => letters.variables(stream))).to.deep.equal([{ form: 'A', fee: 'A' }, { fee: 'B', form: 'B' }]);
  });

  it('Timers and conditions are triggers like the others', async () => {
    const test = await inWorld('start All message=Paid if="=amount > 10" every=R/PT1H all -> end');
    test.do({ condition: { variables: { amount: 20 }, businessKey: 'B' } }, { condition: { variables: { amount: 30 } } }, { message: 'Paid', variables: { by: 'Ana' } });
    expect(test.cases('P')).to.deep.equal([]);
    test.do({ advance: 'PT3H' });
    const [stream = '', ...others] = test.cases('P');
    expect(others).to.deep.equal([]);
    expect(test.variables(stream)).to.deep.equal({ amount: 20, by: 'Ana' });
    expect(test.world.instances.get(stream)?.businessKey).to.equal('B');
    // The clock has struck again meanwhile: it counts for the next round.
    test.do({ condition: { variables: { amount: 40 } } }, { message: 'Paid', variables: {} });
    expect(test.cases('P')).to.have.length(2);
  });

  it('A new version goes on with what has happened, as far as it waits for it', async () => {
    const test = await inWorld(BOTH);
    test.do({ message: 'Paid', variables: { n: 1 } });
    await test.deploy('start Both message=Paid signal=Other all -> end');
    test.do({ signal: 'Opened' });
    expect(test.cases('P')).to.deep.equal([]);
    test.do({ signal: 'Other' });
    expect(test.cases('P').map((stream) => [test.world.instances.get(stream)?.version, test.variables(stream)])).to.deep.equal([[2, { n: 1 }]]);
  });

  it('Messages of a conversation meet in it', async () => {
    const test = await inWorld(`
      process Q
      start QS -> send Form message=Form -> send Fee message=Fee -> end QE
      process R
      start RS -> send Form2 message=Form -> end RE`);
    test.world.deploy(await graphOf(LETTERS));
    test.start('R');
    const sender = test.start('Q');
    expect(test.cases('p').map((stream) => test.world.instances.get(stream)?.conversation)).to.deep.equal([sender]);
  });

  it('What is together too large for a case is refused, and the round waits on', () => {
    const state = newStartRounds('start-round/x');
    const facts = { limits: { ...DEFAULT_LIMITS, variableBytes: 1_000 } };
    expect(decideStartRounds(state, collect('message Paid', 1, { variables: { a: 'x'.repeat(600) } }), facts)).to.have.length(1);
    expect(decideStartRounds(state, collect('signal Opened', 2, { variables: { b: 'x'.repeat(600) } }), facts)).to.include({ code: 'INSTANCE_VARIABLES_TOO_LARGE' });
    expect(decideStartRounds(state, collect('signal Opened', 3), facts)).to.have.length(2);
  });

  it('Whatever comes in whatever order: the state is the fold of its events, a round takes one of each, nothing is lost but what counts once', () => {
    const triggers = fc.array(fc.constantFrom('message Paid', 'signal Opened'), { maxLength: 40 });
    fc.assert(fc.property(triggers, (came) => {
      const state = newStartRounds('start-round/x');
      const events: StartRoundEvent[] = [];
      let refused = 0;
      came.forEach((trigger, n) => {
        const outcome = decideStartRounds(state, collect(trigger, n, { variables: { [trigger]: n } }), FACTS);
        if (isRejection(outcome)) {
          expect([outcome.code, trigger]).to.deep.equal(['START_TRIGGER_HAPPENED', 'signal Opened']);
          refused += 1;
        } else events.push(...outcome);
        expect(state).to.deep.equal(events.reduce(evolveStartRounds, newStartRounds('start-round/x')));
        expect(state.waiting.size).to.be.lessThan(2);
      });
      const rounds = events.filter((event) => event.type === 'StartRoundCompleted');
      const left = [...state.waiting.values()].reduce((sum, queue) => sum + queue.length, 0);
      expect(came.length).to.equal(refused + left + rounds.length * 2);
      expect(new Set(rounds.map(({ childStream }) => childStream)).size).to.equal(rounds.length);
    }), { numRuns: 300 });
  });
});
