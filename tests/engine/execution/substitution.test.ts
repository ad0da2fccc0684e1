// Deputies (actor.onBehalfOf): what they may take up, who holds it, and separation of duties by person across them (gov:separation).
import { expect } from 'chai';
import { isRejection } from '../../../engine/errors.ts';
import type { Actor } from '../../../engine/facts.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import type { Verb } from '../support/case.ts';
import { inWorld } from '../support/in-world.ts';
import { assign, claim, complete, done, person, release, sendBack, start } from '../support/verbs.ts';

/** `name` acts for `principal`; the groups are those of the principal. */
const standingIn = (name: string, principal: string, ...groups: readonly string[]): Actor => ({ person: name, groups, onBehalfOf: principal });
const delegate = (elementId: string, to: string, actor: Actor): Verb => (on) => ({ action: { type: 'DelegateTask', task: on.element(elementId), to }, actor });
const handBack = (elementId: string, actor: Actor): Verb => (on) => ({ action: { type: 'ResolveTask', task: on.element(elementId), variables: {} }, actor });

const TWO = 'start -> user Draft -> user Approve notSameAs=Draft -> end';

describe('Engine: deputies', () => {
  it('A deputy claims for who is absent: that person holds the task, and the event names both', async () => {
    const process = await processOf('start -> user Approve groups=treasury -> end');
    given(process, start()).when(claim('Approve', standingIn('ana', 'ben', 'treasury'))).then({ type: 'UserTaskClaimed', person: 'ben', by: 'ana' });
    given(process, start()).when(claim('Approve', person('ben', 'treasury'))).then({ type: 'UserTaskClaimed', person: 'ben' });
    given(process, start()).when(claim('Approve', standingIn('ana', 'ben', 'works'))).refused('TASK_NOT_CANDIDATE', 'ben');
    const claimed = [start(), claim('Approve', standingIn('ana', 'ben', 'treasury'))];
    given(process, ...claimed).when(claim('Approve', person('ben', 'treasury'))).then();
    given(process, ...claimed).when(claim('Approve', person('ana', 'treasury'))).refused('TASK_ALREADY_CLAIMED', 'ben');
  });

  it('A task offered to a person by name is offered to their deputy', async () => {
    const process = await processOf('start -> user Approve users=ben -> end');
    given(process, start()).when(claim('Approve', standingIn('ana', 'ben'))).then({ type: 'UserTaskClaimed', person: 'ben', by: 'ana' });
    given(process, start()).when(claim('Approve', person('ana'))).refused('TASK_NOT_CANDIDATE', 'ana');
  });

  it('What somebody holds, their deputy completes, returns, releases and delegates; when they stand in for nobody any more, they may not', async () => {
    const process = await processOf('start -> user Draft -> user Check groups=treasury -> end');
    const held = [start(), ...done('Draft', { by: person('cleo') }), assign('Check', 'ben')];
    const ana = standingIn('ana', 'ben', 'treasury');
    given(process, ...held).when(complete('Check', { by: ana })).including({ type: 'UserTaskCompleted', person: 'ana', onBehalfOf: 'ben' });
    given(process, ...held).when(sendBack('Check', 'Draft', 'no', ana)).including({ type: 'UserTaskReturned', person: 'ana' });
    given(process, ...held).when(release('Check', ana)).including('UserTaskReleased');
    given(process, ...held).when(complete('Check', { by: person('ana', 'treasury') })).refused('TASK_NOT_ASSIGNEE', 'ben');
    given(process, ...held).when(complete('Check', { by: standingIn('ana', 'dora') })).refused('TASK_NOT_ASSIGNEE', 'ben');
  });

  it('What a deputy delegates comes back to who holds it, and not to the deputy', async () => {
    const process = await processOf('start -> user Draft -> user Check notSameAs=Draft -> end');
    const ana = standingIn('ana', 'ben');
    const held = [start(), ...done('Draft', { by: person('cleo') }), assign('Check', 'ben')];
    given(process, ...held).when(delegate('Check', 'dora', ana)).then({ type: 'UserTaskDelegated', person: 'dora', by: 'ben' });
    given(process, ...held).when(delegate('Check', 'cleo', ana)).refused('TASK_SAME_PERSON', 'cleo');
    given(process, ...held).when(delegate('Check', 'ben', ana)).then();
    const asked = [...held, delegate('Check', 'dora', ana)];
    given(process, ...asked).when(complete('Check', { by: ana })).refused('TASK_NOT_ASSIGNEE', 'dora');
    given(process, ...asked, handBack('Check', person('dora'))).when(complete('Check', { by: ana })).including({ type: 'UserTaskCompleted', person: 'ana', onBehalfOf: 'ben' });
  });

  it('Who did the first task does not do the second as a deputy', async () => {
    const process = await processOf(TWO);
    const drafted = [start(), ...done('Draft', { by: person('ana') })];
    given(process, ...drafted).when(claim('Approve', standingIn('ana', 'ben'))).refused('TASK_SAME_PERSON', 'ana');
    given(process, ...drafted, assign('Approve', 'ben')).when(complete('Approve', { by: standingIn('ana', 'ben') })).refused('TASK_SAME_PERSON', 'ana');
  });

  it('What an officer did, their deputy does not approve for them', async () => {
    const process = await processOf(TWO);
    const drafted = [start(), ...done('Draft', { by: person('ben') })];
    given(process, ...drafted).when(claim('Approve', standingIn('ana', 'ben'))).refused('TASK_SAME_PERSON', 'ben');
    // In their own right they are another person: that is what the rule asks for.
    given(process, ...drafted).when(claim('Approve', person('ana'))).then('UserTaskClaimed');
    given(process, ...drafted).when(claim('Approve', standingIn('ana', 'cleo'))).then({ type: 'UserTaskClaimed', person: 'cleo', by: 'ana' });
  });

  it('One deputy of two officers does not do both tasks, whoever they are done for', async () => {
    const process = await processOf(TWO);
    const drafted = [start(), assign('Draft', 'ben'), complete('Draft', { by: standingIn('ana', 'ben') })];
    given(process, ...drafted).when(claim('Approve', standingIn('ana', 'cleo'))).refused('TASK_SAME_PERSON', 'ana');
    given(process, ...drafted).when(claim('Approve', person('ana'))).refused('TASK_SAME_PERSON', 'ana');
    given(process, ...drafted, assign('Approve', 'cleo')).when(complete('Approve', { by: standingIn('ana', 'cleo') })).refused('TASK_SAME_PERSON', 'ana');
  });

  it('What was done for an officer keeps them and every deputy of theirs from what is kept apart, also after the substitution', async () => {
    const process = await processOf(TWO);
    const drafted = [start(), assign('Draft', 'ben'), complete('Draft', { by: standingIn('ana', 'ben') })];
    given(process, ...drafted).when(claim('Approve', person('ben'))).refused('TASK_SAME_PERSON', 'ben');
    given(process, ...drafted).when(claim('Approve', standingIn('dora', 'ben'))).refused('TASK_SAME_PERSON', 'ben');
    given(process, ...drafted).when(claim('Approve', standingIn('dora', 'ana'))).refused('TASK_SAME_PERSON', 'ana');
    given(process, ...drafted).when(claim('Approve', person('dora'))).then('UserTaskClaimed');
  });

  it('What a deputy did in their own right counts for them alone', async () => {
    const process = await processOf(TWO);
    const drafted = [start(), ...done('Draft', { by: person('ana') })];
    given(process, ...drafted).when(claim('Approve', person('ben'))).then('UserTaskClaimed');
    given(process, ...drafted).when(claim('Approve', standingIn('dora', 'ben'))).then('UserTaskClaimed');
  });

  it('fourEyes counts both persons too, and the start of the case counts for the deputy of who started it', async () => {
    const eyes = await processOf('start -> user Draft -> user Approve fourEyes -> end');
    given(eyes, start(), assign('Draft', 'ben'), complete('Draft', { by: standingIn('ana', 'ben') })).when(claim('Approve', person('ben'))).refused('TASK_SAME_PERSON', 'ben');
    const started = await processOf('start -> user Approve notSameAs=start -> end');
    given(started, start({}, { by: 'ben' })).when(claim('Approve', standingIn('ana', 'ben'))).refused('TASK_SAME_PERSON', 'ben');
    given(started, start({}, { by: 'ana' })).when(claim('Approve', standingIn('ana', 'ben'))).refused('TASK_SAME_PERSON', 'ana');
  });

  it('For whom it was done goes down into a called case and comes up again', async () => {
    const test = await inWorld('process P\nstart -> user Draft -> call C calls=Q -> user Approve notSameAs=C -> end\nprocess Q\nstart SQ -> user Inner notSameAs=Draft -> end EQ');
    test.start('P');
    const said = (elementId: string, type: 'ClaimTask' | 'CompleteTask', actor: Actor): string => {
      for (const [stream, state] of test.world.instances) {
        const task = [...state.elements.values()].find((one) => one.elementId === elementId && one.task !== undefined);
        if (task === undefined) continue;
        const outcome = test.world.execute(stream, type === 'ClaimTask' ? { type, task: task.id } : { type, task: task.id, variables: {} }, actor);
        return isRejection(outcome) ? outcome.code : 'accepted';
      }
      return 'no such task';
    };
    for (const verb of ['ClaimTask', 'CompleteTask'] as const) expect(said('Draft', verb, standingIn('ana', 'ben'))).to.equal('accepted');
    for (const actor of [person('ana'), person('ben'), standingIn('cleo', 'ben'), standingIn('ana', 'dora')]) expect(said('Inner', 'ClaimTask', actor), `${actor.person} for ${actor.onBehalfOf ?? 'themselves'}`).to.equal('TASK_SAME_PERSON');
    for (const verb of ['ClaimTask', 'CompleteTask'] as const) expect(said('Inner', verb, standingIn('cleo', 'dora'))).to.equal('accepted');
    for (const actor of [person('cleo'), person('dora'), standingIn('ana', 'dora')]) expect(said('Approve', 'ClaimTask', actor), `${actor.person} for ${actor.onBehalfOf ?? 'themselves'}`).to.equal('TASK_SAME_PERSON');
    expect(said('Approve', 'ClaimTask', standingIn('ana', 'ben')), 'what was done before the call is not the work of the call').to.equal('accepted');
  });

  it('A deputy of one who may not do it is not the way round for a third: another deputy and another officer are', async () => {
    const process = await processOf('start -> user Draft -> user Check notSameAs=Draft -> user Approve notSameAs=Draft,Check -> end');
    const before = [start(), ...done('Draft', { by: person('ana') }), assign('Check', 'ben'), complete('Check', { by: standingIn('cleo', 'ben') })];
    for (const actor of [person('ana'), person('ben'), person('cleo'), standingIn('dora', 'ana'), standingIn('dora', 'ben'), standingIn('dora', 'cleo'), standingIn('ana', 'eve'), standingIn('cleo', 'eve')]) {
      given(process, ...before).when(claim('Approve', actor)).refused('TASK_SAME_PERSON');
    }
    given(process, ...before).when(claim('Approve', standingIn('dora', 'eve'))).then({ type: 'UserTaskClaimed', person: 'eve', by: 'dora' });
  });
});
