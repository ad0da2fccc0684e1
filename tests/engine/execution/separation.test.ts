// Separation of duties by person (gov:separation), wherever the work was done: sub-processes, called cases, deputies, the start of the case.
import { expect } from 'chai';
import type { Doer } from '../../../engine/commands.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { Actor, Variables } from '../../../engine/facts.ts';
import { instanceStream } from '../../../engine/hash.ts';
import { migrationBasis } from '../../../engine/migration/basis.ts';
import { modelOf, processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import type { Verb } from '../support/case.ts';
import { inWorld, WorldTest } from '../support/in-world.ts';
import { assign, claim, complete, done, person, say, start } from '../support/verbs.ts';

const [ANNA, BEN] = [person('anna'), person('ben')];
const deputy = (name: string, principal: string): Actor => ({ person: name, groups: [], onBehalfOf: principal });

/** What becomes of claiming the open task `elementId`, whichever case it is in: its code, or `claimed`. */
function claiming(test: WorldTest, elementId: string, who: string): string {
  for (const [stream, state] of test.world.instances) {
    const element = [...state.elements.values()].find((one) => one.elementId === elementId && one.task !== undefined);
    if (!element) continue;
    const said = test.world.execute(stream, { type: 'ClaimTask', task: element.id }, person(who));
    if (isRejection(said)) return said.code;
    test.execute(stream, { type: 'AssignTask', task: element.id, assignee: 'nobody-special' });
    return 'claimed';
  }
  return 'no such task';
}

describe('Engine: separation of duties', () => {
  it('notSameAs names a sub-process: whoever did a task in it', async () => {
    const process = await processOf('sub S {\nstart I -> user Draft -> user Check -> end O\n}\nstart -> S -> user Approve notSameAs=S -> end');
    const before = [start(), ...done('Draft'), ...done('Check', { by: BEN })];
    given(process, ...before).when(claim('Approve', ANNA)).refused('TASK_SAME_PERSON', 'S');
    given(process, ...before).when(claim('Approve', BEN)).refused('TASK_SAME_PERSON', 'S');
    given(process, ...before).when(claim('Approve', person('cleo'))).then('UserTaskClaimed');
  });

  it('A task inside a sub-process is separated from one outside, and each instance of a loop from the others by fourEyes only across tasks', async () => {
    const process = await processOf('sub S {\nstart I -> user Approve notSameAs=Draft -> end O\n}\nstart -> user Draft -> S -> end');
    given(process, start(), ...done('Draft')).when(claim('Approve', ANNA)).refused('TASK_SAME_PERSON', 'Draft');
    const loop = await processOf('sub S times=2 sequential {\nstart I -> user Vote fourEyes -> end O\n}\nstart -> S -> end');
    given(loop, start(), ...done('Vote')).when(claim('Vote', ANNA)).then('UserTaskClaimed');
  });

  it('Who did what goes down into a called case and comes up again, however that case ended', async () => {
    const called = 'process Q\nstart SQ -> user Inner fourEyes -> end EQ';
    const test = await inWorld(`process P\nstart -> user Draft -> call C calls=Q -> user Approve notSameAs=C -> end\n${called}`);
    const stream = test.start('P');
    test.do({ complete: 'Draft', as: 'anna' });
    expect(claiming(test, 'Inner', 'anna'), 'down').to.equal('TASK_SAME_PERSON');
    expect(claiming(test, 'Inner', 'ben')).to.equal('claimed');
    test.do({ complete: 'Inner', as: 'ben' });
    expect(claiming(test, 'Approve', 'ben'), 'up, as part of the call activity').to.equal('TASK_SAME_PERSON');
    expect(claiming(test, 'Approve', 'anna'), 'what the caller told is not the work of the called case').to.equal('claimed');
    expect(test.status(stream)).to.equal('active');
    const failing = await inWorld('process P\nstart -> call C calls=Q -> end\nboundary Bad on=C error=E -> user Approve notSameAs=Inner -> end After\nprocess Q\nstart SQ -> user Inner -> end EQ error=E');
    failing.start('P');
    failing.do({ complete: 'Inner', as: 'ben' });
    expect(claiming(failing, 'Approve', 'ben'), 'by its own id, of a case that failed').to.equal('TASK_SAME_PERSON');
  });

  it('Through several calls, and not told twice', async () => {
    const test = await inWorld('process P\nstart -> user Draft -> call C calls=Q -> user Approve fourEyes -> end\nprocess Q\nstart SQ -> call D calls=R -> end EQ\nprocess R\nstart SR -> user Deep notSameAs=Draft -> end ER');
    const stream = test.start('P');
    test.do({ complete: 'Draft', as: 'anna' });
    expect(claiming(test, 'Deep', 'anna')).to.equal('TASK_SAME_PERSON');
    test.do({ complete: 'Deep', as: 'ben' });
    expect(claiming(test, 'Approve', 'ben')).to.equal('TASK_SAME_PERSON');
    expect([...test.world.instances.get(stream)!.doers.values()].map(({ elementId, person: who, within }) => [elementId, who, within])).to.deep.equal([['Draft', 'anna', undefined], ['Deep', 'ben', ['D', 'C']]]);
  });

  it('A task that a deputy did counts for both, and a deputy can do no more than who they stand for', async () => {
    const process = await processOf('start -> user Draft -> user Approve notSameAs=Draft -> end');
    const drafted = [start(), assign('Draft', 'ben'), complete('Draft', { by: deputy('ben', 'anna') })];
    given(process, ...drafted).when(claim('Approve', BEN)).refused('TASK_SAME_PERSON', 'ben did it');
    given(process, ...drafted).when(claim('Approve', ANNA)).refused('TASK_SAME_PERSON', 'anna did it');
    given(process, start(), ...done('Draft')).when(claim('Approve', deputy('cleo', 'anna'))).refused('TASK_SAME_PERSON', 'anna did it');
    given(process, start(), ...done('Draft'), assign('Approve', 'cleo')).when(complete('Approve', { by: deputy('cleo', 'anna') })).refused('TASK_SAME_PERSON');
    given(process, start(), ...done('Draft'), assign('Approve', 'cleo')).when(complete('Approve', { by: deputy('cleo', 'dora') })).including({ type: 'UserTaskCompleted', person: 'cleo', onBehalfOf: 'dora' });
  });

  it('Who was asked to do a task and filled something in has done it with who holds it; an opinion alone does not count', async () => {
    const process = await processOf('start -> user Draft -> user Approve notSameAs=Draft -> end');
    const asked = (variables: Variables): readonly Verb[] => [
      start(), assign('Draft', 'anna'), (on) => ({ action: { type: 'DelegateTask', task: on.element('Draft'), to: 'ben' }, actor: ANNA }),
      (on) => ({ action: { type: 'ResolveTask', task: on.element('Draft'), variables, comment: 'as you asked' }, actor: deputy('cleo', 'ben') }), complete('Draft'),
    ];
    for (const one of [ANNA, BEN, person('cleo')]) given(process, ...asked({ text: 'x' })).when(claim('Approve', one)).refused('TASK_SAME_PERSON', one.person);
    given(process, ...asked({})).when(claim('Approve', BEN)).then('UserTaskClaimed');
  });

  it('notSameAs names the start event: not who started the case, also when it was called', async () => {
    const process = await processOf('start -> user Approve notSameAs=start -> end');
    given(process, start({}, { by: 'anna' })).when(claim('Approve', ANNA)).refused('TASK_SAME_PERSON', 'start');
    given(process, start({}, { by: 'anna' })).when(claim('Approve', BEN)).then('UserTaskClaimed');
    const test = await inWorld('process P\nstart Asked -> call C calls=Q -> end\nprocess Q\nstart SQ -> user Inner notSameAs=Asked -> end EQ');
    test.world.start('P', {}, { actor: ANNA });
    expect(claiming(test, 'Inner', 'anna')).to.equal('TASK_SAME_PERSON');
    expect(claiming(test, 'Inner', 'ben')).to.equal('claimed');
    const four = await inWorld('process P\nstart Asked -> call C calls=Q -> end\nprocess Q\nstart SQ -> user Inner fourEyes -> end EQ');
    four.world.start('P', {}, { actor: ANNA });
    expect(claiming(four, 'Inner', 'anna'), 'to start a case is no task').to.equal('claimed');
  });

  it('A case that takes up an ended one keeps who started that and says who took it up; both did its start, but the work is done again', async () => {
    const process = await processOf('start -> user Draft -> user Approve notSameAs=start,Draft -> end');
    const again = say({ type: 'StartInstance', processId: 'P', version: 1, variables: {}, restartOf: 'old', reason: 'by mistake', startedBy: 'anna' }, BEN);
    given(process).when(again).including({ type: 'InstanceStarted', by: 'anna', restartedBy: 'ben', restartOf: 'old' });
    given(process, again, ...done('Draft', { by: person('cleo') })).when(claim('Approve', ANNA)).refused('TASK_SAME_PERSON', 'start');
    given(process, again, ...done('Draft', { by: person('cleo') })).when(claim('Approve', BEN)).refused('TASK_SAME_PERSON', 'start');
    given(process, again, ...done('Draft', { by: person('cleo') })).when(claim('Approve', person('dora'))).then('UserTaskClaimed');
  });

  it('It is the same rule in a case where many did much', async () => {
    const process = await processOf('start -> user Approve notSameAs=Draft,Hearing fourEyes -> user Draft -> user Hearing -> end');
    const named = await processOf('start -> user Approve notSameAs=Draft,Hearing -> user Draft -> user Hearing -> end');
    const crowd = Array.from({ length: 100 }, (_, index): Doer => ({ elementId: 'Approve', person: `p${String(index)}` }));
    const rows: readonly (readonly [Doer, who: string, refusedBy: string | undefined, byName: string | undefined])[] = [
      [{ elementId: 'Approve', person: 'anna' }, 'anna', undefined, undefined],
      [{ elementId: 'Other', person: 'anna' }, 'anna', 'Other', undefined],
      [{ elementId: 'Other', person: 'anna' }, 'ben', undefined, undefined],
      [{ elementId: 'Draft', person: 'ben', onBehalfOf: 'anna' }, 'anna', 'Draft', 'Draft'],
      [{ elementId: 'Draft', person: 'ben', onBehalfOf: 'anna' }, 'ben', 'Draft', 'Draft'],
      [{ elementId: 'Inner', person: 'anna', within: ['Deep', 'Hearing'] }, 'anna', 'Hearing', 'Hearing'],
      [{ elementId: 'Asked', person: 'anna', starts: true }, 'anna', undefined, undefined],
      [{ elementId: 'Draft', person: 'anna', starts: true }, 'anna', 'Draft', 'Draft'],
    ];
    for (const [doer, who, refusedBy, byName] of rows) {
      for (const others of [[], crowd]) {
        const begun = say({ type: 'StartInstance', processId: 'P', version: 1, variables: {}, done: [...others.slice(0, 50), doer, ...others.slice(50)] });
        for (const [graph, wanted] of [[process, refusedBy], [named, byName]] as const) {
          const asked = given(graph, begun).when(claim('Approve', person(who)));
          if (wanted === undefined) asked.then('UserTaskClaimed');
          else asked.refused('TASK_SAME_PERSON', wanted);
        }
      }
    }
  });

  it('Who is among many is still known by it in another version, where tasks are called otherwise', async () => {
    const [from, to] = ['start -> user Draft -> user Wait -> end', 'start -> user Written -> user Wait notSameAs=Written -> end'];
    const test = await new WorldTest().deploy(`process P\n${from}`);
    const stream = instanceStream('P', 'large');
    test.execute(stream, { type: 'StartInstance', processId: 'P', version: 1, variables: {}, done: Array.from({ length: 30 }, (_, index) => ({ elementId: 'Before', person: `p${String(index)}` })) });
    test.do({ complete: 'Draft', as: 'anna' });
    await test.deploy(`process P\n${to}`);
    const history = test.records.filter((record) => record.stream === stream) as unknown as Parameters<typeof migrationBasis>[1];
    const basis = migrationBasis((await modelOf(`process P\n${from}`)).processes[0]!, history);
    test.execute(stream, { type: 'MigrateInstance', version: 2, basis, mapping: { Draft: 'Written' }, reason: 'new law' });
    expect(claiming(test, 'Wait', 'anna')).to.equal('TASK_SAME_PERSON');
    expect(claiming(test, 'Wait', 'p3')).to.equal('claimed');
  });
});
