// Running cases in another version of their process: all or nothing, what had fired stays fired, what is new is armed (trap 24).
import { expect } from 'chai';
import type { MigrateInstance } from '../../../engine/commands.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { Variables } from '../../../engine/facts.ts';
import { loadState, saveState } from '../../../engine/state.ts';
import type { ScenarioStep } from '../../../engine/world/scenario.ts';
import { WorldTest } from '../support/in-world.ts';
import { modelOf } from '../support/bpmn.ts';

interface Moved {
  readonly test: WorldTest;
  readonly stream: string;
  /** The refusal in words; undefined when it was accepted. */
  readonly refused: string | undefined;
}

/** A case of `from` that has done `steps`, then asked to go on in `to`. */
async function migrate(from: string, to: string, more: { steps?: readonly ScenarioStep[]; variables?: Variables; mapping?: Readonly<Record<string, string>>; reason?: string } = {}): Promise<Moved> {
  const test = await new WorldTest().deploy(`process P\n${from}`);
  const stream = test.start('P', more.variables ?? {});
  test.do(...(more.steps ?? []));
  await test.deploy(`process P\n${to}`);
  const known = [...(await modelOf(`process P\n${from}`)).processes[0]!.nodes.keys()];
  const command: MigrateInstance = { type: 'MigrateInstance', version: 2, known, reason: more.reason ?? 'new law', ...(more.mapping && { mapping: more.mapping }) };
  const before = saveState(test.world.instances.get(stream)!);
  const outcome = test.world.execute(stream, command);
  if (!isRejection(outcome)) return { test, stream, refused: undefined };
  expect(test.world.instances.get(stream), 'a refused plan changes nothing').to.deep.equal(loadState(before));
  expect(outcome.code).to.equal('INSTANCE_MIGRATION_INVALID');
  return { test, stream, refused: outcome.message };
}

describe('Engine: migration', () => {
  it('A case goes on in the new version, where it is', async () => {
    const { test, stream } = await migrate('start -> user A -> end', 'start -> user A -> user B -> end');
    expect(test.world.instances.get(stream)?.version).to.equal(2);
    test.do({ complete: 'A' }, { complete: 'B' });
    expect(test.path(stream)).to.deep.equal(['start', 'A', 'B', 'end']);
  });

  it('An element that is called otherwise is mapped, with what waits on it', async () => {
    const { test, stream } = await migrate('start -> user A -> end\n boundary Late on=A after=PT1H -> end Gone', 'start -> user Review -> end\n boundary Slow on=Review after=PT1H -> user Chase -> end Gone', { mapping: { A: 'Review', Late: 'Slow' } });
    test.do({ advance: 'PT2H' }, { complete: 'Chase' });
    expect(test.path(stream)).to.deep.equal(['start', 'Slow', 'Chase', 'Gone']);
  });

  it('A boundary event that is new is armed and counts from now; one that is gone is disarmed (trap 24)', async () => {
    const added = await migrate('start -> user A -> end', 'start -> user A -> end\n boundary Late on=A after=PT1H -> end Gone', { steps: [{ advance: 'PT30M' }] });
    added.test.do({ advance: 'PT59M' });
    expect(added.test.status(added.stream)).to.equal('active');
    added.test.do({ advance: 'PT2M' });
    expect(added.test.path(added.stream)).to.deep.equal(['start', 'Late', 'Gone']);
    const removed = await migrate('start -> user A -> end\n boundary Late on=A after=PT1H -> end Gone', 'start -> user A -> end');
    removed.test.do({ advance: 'PT5H' });
    expect(removed.test.status(removed.stream)).to.equal('active');
    expect(removed.test.types()).to.include('TimerCanceled');
  });

  it('What has fired stays fired: a timer does not happen a second time (trap 24)', async () => {
    const model = 'start -> user A -> end\n boundary Note on=A after=PT1H beside -> end Noted';
    const { test, stream } = await migrate(model, model.replace('-> end\n', '-> task New -> end\n'), { steps: [{ advance: 'PT2H' }] });
    test.do({ advance: 'PT5H' });
    expect(test.path(stream).filter((id) => id === 'Note')).to.have.length(1);
  });

  it('A new event sub-process is armed in the scopes that are active', async () => {
    const { test, stream } = await migrate('start -> user A -> end', 'start -> user A -> end\n sub Stop event {\n start On message=Stop key="=id" -> end Out\n }', { variables: { id: '1' } });
    test.do({ message: 'Stop', correlationKey: '1' });
    expect(test.path(stream)).to.deep.equal(['start', 'On', 'Out', 'Stop']);
  });

  it('Instances of a loop and what can be undone come along', async () => {
    const { test, stream } = await migrate(
      'start -> user A -> user B times=2 -> end\n boundary BA on=A compensate by=Undo\n user Undo undo', 'start -> user A2 -> user B2 times=2 -> throw Back compensate -> end\n boundary BA2 on=A2 compensate by=Undo2\n user Undo2 undo',
      { steps: [{ complete: 'A' }, { complete: 'B' }], mapping: { A: 'A2', B: 'B2', Undo: 'Undo2', BA: 'BA2' } });
    test.do({ complete: 'B2' }, { complete: 'Undo2' });
    expect(test.status(stream)).to.equal('completed');
  });

  const REFUSED: readonly (readonly [words: string, from: string, to: string, more?: Parameters<typeof migrate>[2]])[] = [
    ['“A” is active and has no place in it', 'start -> user A -> end', 'start -> user B -> end'],
    ['stands in another scope', 'start -> user A -> end', 'sub S {\n start In -> user A -> end Out\n }\n start -> S -> end'],
    ['runs several times', 'start -> user A -> end', 'start -> user A times=2 -> end'],
    ['is no user task', 'start -> user A -> end', 'start -> service A job=a -> end'],
    ['is no call activity', 'start -> call A calls=P2 -> end\nprocess P2\nstart S2 -> user T2 -> end E2', 'start -> task A -> end'],
    ['is attached to another activity', 'start -> and F -> user A -> end\n F -> user B -> end\n boundary L on=A after=PT1H -> end G', 'start -> and F -> user A -> end\n F -> user B -> end\n boundary L on=B after=PT1H -> end G'],
    ['a token waits on sequence flow A-J', 'start -> and F -> user A -> and J -> end\n F -> user B -> J', 'start -> and F -> user A -> task T -> and J -> end\n F -> user B -> J', { steps: [{ complete: 'A' }] }],
    ['“X” behind “W” would not be awaited', 'start -> first W -> catch C message=M key=k -> end\n W -> catch D after=PT1H -> end', 'start -> first W -> catch C message=M key=k -> end\n W -> catch D after=PT1H -> end\n W -> catch X after=PT2H -> end'],
    ['could not be undone any more', 'start -> user A -> user B -> end\n boundary BA on=A compensate by=U\n user U undo', 'start -> user B -> end', { steps: [{ complete: 'A' }] }],
    ['is being undone', 'start -> user A -> throw T compensate -> end\n boundary BA on=A compensate by=U\n user U undo', 'start -> user A -> throw T compensate -> user B -> end\n boundary BA on=A compensate by=U\n user U undo', { steps: [{ complete: 'A' }] }],
    ['no reason was given', 'start -> user A -> end', 'start -> user A -> user B -> end', { reason: ' ' }],
    ['Expected days of Late', 'start -> user A -> end', 'start -> user A -> end\n boundary Late on=A after="=days" -> end Gone'],
  ];
  for (const [words, from, to, more] of REFUSED) {
    it(`A plan that is not possible is refused as a whole: ${words}`, async () => {
      const { refused } = await migrate(from, to, more);
      expect(refused).to.contain(words);
    });
  }

  it('A case is not migrated to the version it is in, nor to one that does not exist', async () => {
    const test = await new WorldTest().deploy('process P\nstart -> user A -> end');
    const stream = test.start('P');
    const go = (version: number): string => {
      const outcome = test.world.execute(stream, { type: 'MigrateInstance', version, known: [], reason: 'x' });
      return isRejection(outcome) ? outcome.code : 'accepted';
    };
    expect([go(1), go(7)]).to.deep.equal(['INSTANCE_MIGRATION_INVALID', 'DEFINITION_NOT_FOUND']);
  });
});
