// Running cases in another version of their process: all or nothing, what had fired stays fired, what is new is armed (trap 24).
import { expect } from 'chai';
import fc from 'fast-check';
import type { ProcessGraph } from '../../../engine/bpmn/graph.ts';
import type { MigrateInstance } from '../../../engine/commands.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { Variables } from '../../../engine/facts.ts';
import { migrationBasis } from '../../../engine/migration/basis.ts';
import { changedChoices } from '../../../engine/migration/choices.ts';
import { loadState, saveState } from '../../../engine/state.ts';
import type { UserTask } from '../../../engine/state.ts';
import type { ScenarioStep } from '../../../engine/world/scenario.ts';
import { WorldTest } from '../support/in-world.ts';
import { modelOf } from '../support/bpmn.ts';
import { FACTS } from '../support/checked.ts';
import { useful } from '../support/random-commands.ts';
import { blocks, ModelText } from '../support/random-models.ts';

const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);

interface Moved {
  readonly test: WorldTest;
  readonly stream: string;
  /** The refusal in words; undefined when it was accepted. */
  readonly refused: string | undefined;
}

/** What the log says of a case of `model`. */
async function basisFor(test: WorldTest, stream: string, model: string): Promise<MigrateInstance['basis']> {
  const history = test.records.filter((record) => record.stream === stream) as unknown as Parameters<typeof migrationBasis>[1];
  return migrationBasis((await modelOf(`process P\n${model}`)).processes[0]!, history);
}

/** A case of `from` that has done `steps`, then asked to go on in `to`. */
async function migrate(from: string, to: string, more: { steps?: readonly ScenarioStep[]; variables?: Variables; mapping?: Readonly<Record<string, string>>; reason?: string; holders?: Readonly<Record<string, readonly string[]>> } = {}): Promise<Moved> {
  const test = await new WorldTest().deploy(`process P\n${from}`);
  const stream = test.start('P', more.variables ?? {});
  test.do(...(more.steps ?? []));
  await test.deploy(`process P\n${to}`);
  const basis = await basisFor(test, stream, from);
  const command: MigrateInstance = { type: 'MigrateInstance', version: 2, basis, reason: more.reason ?? 'new law', ...(more.mapping && { mapping: more.mapping }), ...(more.holders && { holders: more.holders }) };
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

  it('A boundary event that is new is armed and counts from when its activity began; one that is gone is disarmed (trap 24)', async () => {
    const added = await migrate('start -> user A -> end', 'start -> user A -> end\n boundary Late on=A after=PT1H -> end Gone', { steps: [{ advance: 'PT30M' }] });
    added.test.do({ advance: 'PT29M' });
    expect(added.test.status(added.stream)).to.equal('active');
    added.test.do({ advance: 'PT1M' });
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

  it('What can be undone is found by what it is called now, also inside a sub-process that has completed', async () => {
    const of = (a: string, b: string, s: string, undo: string): string => `sub ${s} {\nstart I -> user A -> user ${b} -> end O\nboundary B1 on=A compensate by=UndoA\nboundary B2 on=${b} compensate by=${undo}\nuser UndoA undo\nuser ${undo} undo\n}
      start -> user ${a} -> ${s} -> user Wait -> throw Back compensate=${s} -> throw Other compensate=${a} -> end\nboundary B3 on=${a} compensate by=UndoF\nuser UndoF undo`;
    const steps = [{ complete: 'F' }, { complete: 'A' }, { complete: 'B' }];
    const { test, stream } = await migrate(of('F', 'B', 'S', 'UndoB'), of('First', 'Second', 'T', 'UndoSecond'), { steps, mapping: { F: 'First', B: 'Second', S: 'T', UndoB: 'UndoSecond' } });
    test.do({ complete: 'Wait' }, { complete: 'UndoSecond' }, { complete: 'UndoA' }, { complete: 'UndoF' });
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
    ['“A” is of the type serviceTask, and “A”, which is active, is of the type receiveTask', 'start -> receive A message=M key=k -> end', 'start -> service A job=a -> end'],
    ['“A” is done without a worker', 'start -> send A job=post -> end', 'start -> send A message=M key=k -> end'],
    ['“Undo” has completed and could not be undone any more', 'sub S {\nstart I -> user U -> end O\nboundary BU on=U compensate by=C\nuser C undo\n}\nstart -> S -> user A -> end'.replaceAll('U', 'Undo'), 'sub S {\nstart I -> user X -> end O\nboundary BX on=X compensate by=C\nuser C undo\n}\nstart -> S -> user A -> end', { steps: [{ complete: 'Undo' }] }],
    ['part of what “Both” waits for has happened', 'start -> catch Both all signal=one after=PT1H -> end', 'start -> catch Both all signal=one after=PT2H -> end', { steps: [{ signal: 'one' }] }],
    ['“A” waits for its listeners', 'start -> user A hear.completing=check -> end', 'start -> user A -> user B -> end', { steps: [{ complete: 'A' }] }],
    ['could not be undone any more', 'start -> user A -> user B -> end\n boundary BA on=A compensate by=U\n user U undo', 'start -> user B -> end', { steps: [{ complete: 'A' }] }],
    ['is being undone', 'start -> user A -> throw T compensate -> end\n boundary BA on=A compensate by=U\n user U undo', 'start -> user A -> throw T compensate -> user B -> end\n boundary BA on=A compensate by=U\n user U undo', { steps: [{ complete: 'A' }] }],
    ['no reason was given', 'start -> user A -> end', 'start -> user A -> user B -> end', { reason: ' ' }],
    ['days of Late should be a duration', 'start -> user A -> end', 'start -> user A -> end\n boundary Late on=A after="=days" -> end Gone'],
  ];
  for (const [words, from, to, more] of REFUSED) {
    it(`A plan that is not possible is refused as a whole: ${words}`, async () => {
      const { refused } = await migrate(from, to, more);
      expect(refused).to.contain(words);
    });
  }

  it('A refusal names every reason, each once', async () => {
    const { refused } = await migrate('start -> and F -> user A -> end\n F -> user B times=2 -> end', 'start -> user C -> end');
    expect(refused).to.contain('“A” is active and has no place in it; “B” is active and has no place in it');
    expect(refused?.split('; ')).to.have.length(2);
    const stuck = await migrate('start -> user A -> end', 'start -> user A -> end\n boundary L on=A after="=days" -> end G\n boundary M on=A message=m key="=id" -> end H');
    expect(stuck.refused).to.contain('days of L should be a duration').and.contain('the correlation key of M should give a text');
  });

  it('A case is not migrated to the version it is in, nor to one that does not exist', async () => {
    const test = await new WorldTest().deploy('process P\nstart -> user A -> end');
    const stream = test.start('P');
    const go = (version: number): string => {
      const outcome = test.world.execute(stream, { type: 'MigrateInstance', version, basis: { nodes: {}, since: {} }, reason: 'x' });
      return isRejection(outcome) ? outcome.code : 'accepted';
    };
    expect([go(1), go(7)]).to.deep.equal(['INSTANCE_MIGRATION_INVALID', 'DEFINITION_NOT_FOUND']);
  });
});

describe('Engine: migration, what is armed', () => {
  const late = (duration: string): string => `start -> user A -> end\n boundary Late on=A ${duration} -> end Gone`;
  const dueTimes = ({ test, stream }: Moved): readonly string[] => [...test.world.instances.get(stream)!.waits.values()].flatMap((wait) => (wait.kind === 'timer' ? [wait.dueAt.slice(11, 16)] : []));

  it('A timer with another duration counts from when it was armed first', async () => {
    const longer = await migrate(late('after=PT1H'), late('after=PT3H'), { steps: [{ advance: 'PT30M' }] });
    expect(dueTimes(longer)).to.deep.equal(['12:00']);
    longer.test.do({ advance: 'PT2H' });
    expect(longer.test.status(longer.stream)).to.equal('active');
    longer.test.do({ advance: 'PT30M' });
    expect(longer.test.path(longer.stream)).to.deep.equal(['start', 'Late', 'Gone']);
  });

  it('One that is overdue by that fires at once', async () => {
    const shorter = await migrate(late('after=PT5H'), late('after=PT1H'), { steps: [{ advance: 'PT2H' }] });
    expect(dueTimes(shorter)).to.deep.equal(['10:00']);
    shorter.test.do({ advance: 'PT0S' });
    expect(shorter.test.path(shorter.stream)).to.deep.equal(['start', 'Late', 'Gone']);
  });

  it('One that is written the same stays as it is, whatever its variables are by now', async () => {
    const model = late('after="=wait"');
    const { test, stream } = await migrate(model, model.replace('-> end\n', '-> user B -> end\n'), { variables: { wait: 'PT2H' } });
    expect(test.types().filter((type) => type === 'TimerScheduled' || type === 'TimerCanceled')).to.deep.equal(['TimerScheduled']);
    expect(dueTimes({ test, stream, refused: undefined })).to.deep.equal(['11:00']);
  });

  it('The original start is remembered over several migrations', async () => {
    const first = await migrate(late('after=PT1H'), late('after=PT4H'), { steps: [{ advance: 'PT30M' }] });
    await first.test.deploy(`process P\n${late('after=PT2H')}`);
    const basis = await basisFor(first.test, first.stream, late('after=PT4H'));
    first.test.execute(first.stream, { type: 'MigrateInstance', version: 3, basis, reason: 'again' });
    expect(dueTimes(first)).to.deep.equal(['11:00']);
  });

  it('A date is the date, and a cycle that has happened goes on with its first occurrence after now', async () => {
    const dated = await migrate(late('after=PT1H'), late('date=2026-01-05T10:30:00Z'), { steps: [{ advance: 'PT30M' }] });
    expect(dueTimes(dated)).to.deep.equal(['10:30']);
    const repeated = await migrate(late('every=R/PT1H beside'), late('every=R/PT40M beside'), { steps: [{ advance: 'PT2H10M' }] });
    expect(dueTimes(repeated)).to.deep.equal(['11:40']);
    const fresh = await migrate(late('every=R5/PT3H beside'), late('every=R5/PT1H beside'), { steps: [{ advance: 'PT2H30M' }] });
    expect(dueTimes(fresh)).to.deep.equal(['10:00']);
    const over = await migrate(late('every=R3/PT1H beside'), late('every=R2/PT30M beside'), { steps: [{ advance: 'PT2H' }] });
    expect(dueTimes(over), 'all occurrences of the new cycle are past').to.deep.equal([]);
  });

  it('A catch event and an event-based gateway wait for what the target says, new events behind it too', async () => {
    const caught = await migrate('start -> catch W after=PT1H -> end', 'start -> catch W message=Go key="=id" -> end', { variables: { id: '1' } });
    caught.test.do({ message: 'Go', correlationKey: '1' });
    expect(caught.test.status(caught.stream)).to.equal('completed');
    const renamed = await migrate('start -> receive W message=Old key="=id" -> end', 'start -> receive W message=New key="=id" -> end', { variables: { id: '1' } });
    renamed.test.do({ message: 'Old', correlationKey: '1' });
    expect(renamed.test.status(renamed.stream)).to.equal('active');
    renamed.test.do({ message: 'New', correlationKey: '1' });
    expect(renamed.test.status(renamed.stream)).to.equal('completed');
    const gateway = 'start -> first W -> catch C message=M key="=id" -> end\n W -> catch D after=PT5H -> end';
    const first = await migrate(gateway, `${gateway}\n W -> catch X after=PT2H -> end Other`, { variables: { id: '1' }, steps: [{ advance: 'PT1H' }] });
    expect([...dueTimes(first)].sort()).to.deep.equal(['11:00', '14:00']);
    first.test.do({ advance: 'PT1H' });
    expect(first.test.path(first.stream)).to.include.members(['X', 'Other']);
  });

  it('A boundary event that waited for nothing outside and now does is armed; one of another kind replaces what was armed', async () => {
    const armed = await migrate('start -> service A job=a -> end\n boundary L on=A error=E -> end G', 'start -> service A job=a -> end\n boundary L on=A after=PT1H -> end G', { steps: [{ advance: 'PT20M' }] });
    expect(dueTimes(armed)).to.deep.equal(['10:00']);
    const signalled = await migrate(late('after=PT1H'), late('signal=Stop'));
    signalled.test.do({ advance: 'PT2H' }, { signal: 'Stop' });
    expect(signalled.test.path(signalled.stream)).to.deep.equal(['start', 'Late', 'Gone']);
    const disarmed = await migrate(late('signal=Stop'), late('error=E').replace('user A', 'user A'));
    disarmed.test.do({ signal: 'Stop' });
    expect(disarmed.test.status(disarmed.stream)).to.equal('active');
  });

  it('An event sub-process that is gone is disarmed, a timer of a new one counts from when its scope began', async () => {
    const handler = (start: string): string => `start -> user A -> end\n sub Stop event {\n start On ${start} -> end Out\n }`;
    const gone = await migrate(handler('signal=Stop'), 'start -> user A -> end');
    gone.test.do({ signal: 'Stop' });
    expect(gone.test.status(gone.stream)).to.equal('active');
    expect(gone.test.types()).to.include('SignalUnsubscribed');
    const added = await migrate('start -> user A -> end', handler('after=PT1H'), { steps: [{ advance: 'PT10M' }] });
    expect(dueTimes(added)).to.deep.equal(['10:00']);
  });

  it('No boundary event is armed before the start listeners are done, nor once more behind them', async () => {
    const { test, stream } = await migrate('start -> service A job=a hear.start=first -> end', 'start -> service A job=a hear.start=first -> end\n boundary L on=A after=PT1H -> end G');
    expect(dueTimes({ test, stream, refused: undefined })).to.deep.equal([]);
    test.do({ complete: 'A' });
    expect(dueTimes({ test, stream, refused: undefined })).to.deep.equal(['10:00']);
  });
});

describe('Engine: migration of open user tasks', () => {
  const task = (attributes: string): string => `start -> user A ${attributes} -> end`;
  const taskOf = ({ test, stream }: Moved): UserTask => [...test.world.instances.get(stream)!.elements.values()].find((element) => element.task)!.task!;
  const held = async (from: string, to: string, holder: string, groups: readonly string[], more: Parameters<typeof migrate>[2] = {}): Promise<string | undefined> => {
    const test = await migrateHeld(from, to, holder, { ...more, holders: { [holder]: groups } });
    return taskOf(test).assignee;
  };

  it('It takes form, due date, follow-up date, priority and candidates of the target, dates counted from when it began', async () => {
    const moved = await migrate(task('form=old groups=clerks'), task('form=new groups=heads sla=PT5H followUp="=now() + wait" priority=80'), { steps: [{ advance: 'PT1H' }], variables: { wait: { $: 'duration', v: 'PT2H' } } });
    expect(taskOf(moved)).to.deep.include({ form: 'new', candidateGroups: ['heads'], dueAt: '2026-01-05T14:00:00.000Z', followUpAt: '2026-01-05T11:00:00.000Z', priority: 80 });
    expect(moved.test.types()).to.include('UserTaskUpdated');
  });

  it('What is written the same stays, also where somebody changed it by hand', async () => {
    const test = await new WorldTest().deploy(`process P\n${task('form=old groups=clerks priority=20')}`);
    const stream = test.start('P');
    const id = [...test.world.instances.get(stream)!.elements.values()].find((element) => element.task)!.id;
    test.execute(stream, { type: 'UpdateTask', task: id, priority: 90, dueAt: '2026-02-01T09:00:00.000Z' });
    await test.deploy(`process P\n${task('form=new groups=clerks priority=20')}`);
    const basis = await basisFor(test, stream, task('form=old groups=clerks priority=20'));
    test.execute(stream, { type: 'MigrateInstance', version: 2, basis, reason: 'x' });
    expect(taskOf({ test, stream, refused: undefined })).to.deep.include({ form: 'new', priority: 90, dueAt: '2026-02-01T09:00:00.000Z' });
  });

  it('A task that is described the same is not touched', async () => {
    const { test } = await migrate(task('form=a groups=g sla=PT5H'), task('form=a groups=g sla=PT5H').replace('-> end', '-> user B -> end'), { steps: [{ advance: 'PT1H' }] });
    expect(test.types()).not.to.include('UserTaskUpdated');
  });

  it('Who holds it keeps it while the target still lets them; otherwise it is free, or belongs to its assignee', async () => {
    const [from, other] = [task('groups=clerks'), task('groups=heads')];
    expect(await held(from, other, 'anna', ['clerks', 'heads'])).to.equal('anna');
    expect(await held(from, other, 'anna', ['clerks'])).to.equal(undefined);
    expect(await held(from, task('groups=heads users=anna'), 'anna', ['clerks'])).to.equal('anna');
    expect(await held(from, task(''), 'anna', []), 'nobody is named').to.equal('anna');
    expect(await held(from, task('assignee=ben'), 'anna', ['clerks'])).to.equal('ben');
    expect(await held(from, task('assignee=anna'), 'anna', ['clerks'])).to.equal('anna');
    expect(await held(from, task('groups=clerks form=other'), 'zoe', []), 'its candidates are the same').to.equal('zoe');
  });

  it('Taken from who held it by name alone, it waits for its lane', async () => {
    const lane = 'lane Lane group=unit nodes=A\n';
    const test = await migrateHeld(`${lane}start -> user A assignee=zoe -> end`, `${lane}start -> user A assignee=ben notSameAs=start -> end`, 'anna', { holders: { anna: [] } });
    expect(taskOf(test)).to.deep.include({ assignee: 'ben', candidateGroups: [] });
    const nobody = await migrateHeld(`${lane}start -> user Draft -> user A assignee=anna -> end`, `${lane}start -> user Draft -> user A assignee=anna notSameAs=Draft -> end`, 'anna', { steps: [{ complete: 'Draft', as: 'anna' }], holders: { anna: [] } });
    expect(taskOf(nobody)).to.deep.include({ assignee: undefined, candidateGroups: ['unit'] });
  });

  it('Separation of duties that is new takes it from who did the other task, and the tasks done are known by their new names', async () => {
    const from = 'start -> user Draft -> user A groups=clerks -> end';
    const to = 'start -> user Write -> user A groups=clerks notSameAs=Write -> end';
    const taken = await migrateHeld(from, to, 'anna', { steps: [{ complete: 'Draft', as: 'anna' }], mapping: { Draft: 'Write' } });
    expect(taskOf(taken).assignee).to.equal(undefined);
    const refused = taken.test.world.execute(taken.stream, { type: 'ClaimTask', task: 3 }, { person: 'anna', groups: ['clerks'] });
    expect(refused).to.include({ code: 'TASK_SAME_PERSON' });
  });

  it('Outcomes are those of the target', async () => {
    const { test, stream } = await migrate(task('outcomes=ok'), task('outcomes=yes,no'));
    test.do({ complete: 'A', outcome: 'yes' });
    expect(test.status(stream)).to.equal('completed');
  });
});

/** The task A is claimed by `holder` before the case goes on in `to`. */
async function migrateHeld(from: string, to: string, holder: string, more: Parameters<typeof migrate>[2] = {}): Promise<Moved> {
  const test = await new WorldTest().deploy(`process P\n${from}`);
  const stream = test.start('P', more.variables ?? {});
  test.do(...(more.steps ?? []));
  const id = [...test.world.instances.get(stream)!.elements.values()].find((element) => element.task)!.id;
  test.execute(stream, { type: 'AssignTask', task: id, assignee: holder });
  await test.deploy(`process P\n${to}`);
  const basis = await basisFor(test, stream, from);
  test.execute(stream, { type: 'MigrateInstance', version: 2, basis, reason: 'new law', ...(more.mapping && { mapping: more.mapping }), ...(more.holders && { holders: more.holders }) });
  return { test, stream, refused: undefined };
}

describe('Engine: recorded choices under new conditions', () => {
  const changed = async (from: string, to: string, variables: Variables, more: { mapping?: Readonly<Record<string, string>>; steps?: readonly ScenarioStep[] } = {}): Promise<unknown[]> => {
    const test = await new WorldTest().deploy(`process P\n${from}`);
    const stream = test.start('P', variables);
    test.do(...(more.steps ?? []));
    const [source, target] = await Promise.all([from, to].map(async (text) => (await modelOf(`process P\n${text}`)).processes[0]!)) as [ProcessGraph, ProcessGraph];
    const found = changedChoices(stream, test.records.filter((record) => record.stream === stream) as unknown as Parameters<typeof changedChoices>[1], { source, target, mapping: more.mapping ?? {} }, (now) => ({ ...FACTS, now }));
    return found.map(({ elementId, went, would, stuck }) => [elementId, went, stuck === undefined ? would : stuck]);
  };
  const gate = (condition: string): string => `start -> xor G default=Low\n G -[${condition}]-> user High -> end\n G -> user Low -> end`;

  it('An exclusive gateway that would have gone another way on the data as it was then is told, one that would not is not', async () => {
    expect(await changed(gate('a > 5'), gate('a > 50'), { a: 10 })).to.deep.equal([['G', ['High'], ['Low']]]);
    expect(await changed(gate('a > 5'), gate('a > 6'), { a: 10 })).to.deep.equal([]);
    expect(await changed(`start -> user First -> xor G default=Low\n G -[a > 5]-> user High -> end\n G -> user Low -> end`, `start -> user First -> xor G default=Low\n G -[a > 50]-> user High -> end\n G -> user Low -> end`, { a: 1 }, { steps: [{ complete: 'First', variables: { a: 60 } }] }), 'what it was later, not what it was first').to.deep.equal([]);
  });

  it('Inclusive gateways, activities that choose, and elements that are called otherwise are compared too', async () => {
    const inclusive = (condition: string): string => `start -> or G default=C\n G -[a > 1]-> user A -> end\n G -[${condition}]-> user B -> end\n G -> user C -> end`;
    expect(await changed(inclusive('a > 2'), inclusive('a > 20'), { a: 10 })).to.deep.equal([['G', ['A', 'B'], ['A']]]);
    const choosing = (condition: string): string => `start -> task T default=Low\n T -[${condition}]-> user High -> end\n T -> user Low -> end`;
    expect(await changed(choosing('a > 5'), choosing('a > 50'), { a: 10 })).to.deep.equal([['T', ['High'], ['Low']]]);
    expect(await changed(gate('a > 5'), gate('a > 5').replaceAll('High', 'Top'), { a: 10 }, { mapping: { High: 'Top' } })).to.deep.equal([]);
    expect(await changed(gate('a > 5'), gate('a > 5').replaceAll('High', 'Top'), { a: 10 })).to.deep.equal([['G', ['High'], ['Top']]]);
  });

  it('A condition that could not be evaluated then is told as why', async () => {
    const [[, went, why]] = await changed(gate('a > 5'), gate('rank > 5'), { a: 10 }) as [[string, string[], string]];
    expect(went).to.deep.equal(['High']);
    expect(why).to.contain('variable rank is missing');
  });
});

describe('Engine: migration to a version that says the same', () => {
  before(() => { console.log(`  Engine migration: PITON_SEED=${String(SEED)}`); });

  it('Whatever has happened in a case, it goes on in a version that says the same without any other event, or is refused for what is under way', async () => {
    await fc.assert(fc.asyncProperty(blocks(2), fc.array(fc.nat(2 ** 20), { maxLength: 30 }), async (block, numbers) => {
      const text = `process P\n${new ModelText('', 'PT10S').process(block)}\nprocess Child\nstart childStart -> user childTask -> end childEnd`;
      const test = await new WorldTest().deploy(text);
      test.world.start('P', { pick: 1 });
      for (const number of numbers) {
        const active = [...test.world.instances].filter(([, state]) => state.status === 'active');
        const [stream, state] = active[number % Math.max(1, active.length)] ?? [];
        if (stream === undefined || state === undefined) break;
        const choices = useful(state).filter(({ type }) => type !== 'CompleteChild' && type !== 'CorrelateMessage');
        const command = choices[(number >> 5) % Math.max(1, choices.length)];
        if (command !== undefined) test.world.execute(stream, command, command.actor);
      }
      await test.deploy(text.replace(/^process (\w+)/gm, 'process $1 starters=officers'));
      for (const [stream, state] of test.world.instances) {
        if (state.status !== 'active') continue;
        const basis = migrationBasis(test.world.graphOf(stream), test.records.filter((record) => record.stream === stream) as unknown as Parameters<typeof migrationBasis>[1]);
        const outcome = test.world.execute(stream, { type: 'MigrateInstance', version: 2, basis, reason: 'x' });
        if (isRejection(outcome)) expect(outcome.message).to.match(/is being undone|is being cancelled|waits for its listeners|INSTANCE_/);
        else expect(outcome.map(({ type }) => type)).to.deep.equal(['InstanceMigrated']);
      }
    }), { seed: SEED, numRuns: 300, plugins: [fc.interruptAfterTimeLimit(6_000)] });
  }).timeout(30_000);
});
