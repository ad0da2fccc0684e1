// Scenarios: the words of `piton run` and walk.json, and how they say that a step does not fit (DESIGN, section 5).
import { expect } from 'chai';
import { ScenarioError } from '../../../engine/world/errors.ts';
import { after, completeOldest, instantOf } from '../../../engine/world/scenario.ts';
import type { ScenarioStep } from '../../../engine/world/scenario.ts';
import { inWorld } from '../support/in-world.ts';
import type { WorldTest } from '../support/in-world.ts';

const MODEL = `
  start -> user Review groups=clerks outcomes=approve,refuse! -> service Print job=print -> catch Paid message=Paid key="=id" -> end
  boundary Broken on=Print error=E1 -> end Failed`;

function code(doing: () => unknown): string {
  try {
    doing();
    return 'nothing';
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    expect(error.message).to.match(/^Expected .+, but .+/).and.not.match(/\{\w+\}/);
    expect(error.hint).not.to.equal('');
    return error.code;
  }
}

const wrong = (test: WorldTest, step: unknown): string => code(() => test.do(step as ScenarioStep));

describe('Engine: scenario', () => {
  it('A user task is completed by a candidate, a job by a worker, a message reaches who waits for its name', async () => {
    const test = await inWorld(MODEL);
    const stream = test.start('P', { id: 7 });
    test.do({ complete: 'Review', outcome: 'approve', variables: { a: 1 } }, { complete: 'Print', variables: { b: 2 } }, { message: 'Paid', variables: { c: 3 } });
    expect(test.variables(stream)).to.deep.equal({ id: 7, a: 1, outcome: 'approve', b: 2, c: 3 });
    expect(test.status(stream)).to.equal('completed');
  });

  it('While a task waits for its listeners, a step of its name is the next of their jobs', async () => {
    const model = 'start -> user Review hear.start=open hear.creating=offer hear.assigning=hand hear.completing=check,note hear.end=close -> end';
    const [byStep, byItself] = [await inWorld(model), await inWorld(model)];
    const [one, other] = [byStep.start('P'), byItself.start('P')];
    byStep.do({ complete: 'Review' }, { complete: 'Review' });
    byStep.do({ claim: 'Review', as: 'anna' }, { complete: 'Review' }, { complete: 'Review', as: 'anna' }, { complete: 'Review' }, { complete: 'Review' }, { complete: 'Review' });
    expect(byStep.status(one)).to.equal('completed');
    expect(wrong(byStep, { claim: 'Review' })).to.equal('RUN_NOTHING_WAITS');
    while (completeOldest(byItself.world));
    expect(byItself.status(other)).to.equal('completed');
  });

  it('A step can name the person who acts', async () => {
    const test = await inWorld(MODEL);
    test.start('P');
    test.do({ complete: 'Review', outcome: 'approve', as: 'dora' });
    expect(test.records.flatMap(({ events }) => events).find(({ type }) => type === 'UserTaskCompleted')).to.include({ person: 'dora' });
  });

  it('Separation of duties sends another person when the step names none', async () => {
    const test = await inWorld('start -> user Draft groups=clerks -> user Check groups=clerks notSameAs=Draft -> end');
    const stream = test.start('P');
    test.do({ complete: 'Draft' }, { complete: 'Check' });
    expect(test.status(stream)).to.equal('completed');
    const other = await inWorld('start -> user Draft -> user Check notSameAs=Draft -> end');
    other.start('P');
    other.do({ complete: 'Draft', as: 'anna' });
    expect(wrong(other, { complete: 'Check', as: 'anna' })).to.equal('RUN_STEP_REFUSED');
  });

  it('A job can fail and can throw a BPMN error', async () => {
    const test = await inWorld(MODEL);
    const stream = test.start('P', { id: 7 });
    test.do({ complete: 'Review', outcome: 'approve' }, { failJob: 'Print', retries: 1 }, { throwError: 'Print', code: 'E1' });
    expect(test.path(stream)).to.deep.equal(['start', 'Review', 'Broken', 'Failed']);
  });

  it('The oldest waiting case is meant; index picks another', async () => {
    const test = await inWorld('start -> user A -> end');
    const [, second] = [test.start('P'), test.start('P')];
    test.do({ complete: 'A', index: 1 });
    expect(test.status(second)).to.equal('completed');
  });

  it('A step that is none of the words is refused', async () => {
    expect(wrong(await inWorld(MODEL), { finish: 'Review' })).to.equal('RUN_STEP_UNKNOWN');
  });

  it('A step about an element that does not wait says what waits', async () => {
    const test = await inWorld(MODEL);
    expect(wrong(test, { complete: 'Review' })).to.equal('RUN_NOTHING_WAITS');
    test.start('P');
    expect(() => test.do({ complete: 'Print' })).to.throw(ScenarioError, 'what waits is Review');
    expect(wrong(test, { failJob: 'Review', retries: 0 })).to.equal('RUN_NOTHING_WAITS');
    expect(wrong(test, { complete: 'Review', outcome: 'approve', index: 5 })).to.equal('RUN_NOTHING_WAITS');
  });

  it('A step the engine refuses says why', async () => {
    const test = await inWorld(MODEL);
    test.start('P');
    expect(wrong(test, { complete: 'Review', outcome: 'maybe' })).to.equal('RUN_STEP_REFUSED');
  });

  it('A time that is none is refused', async () => {
    expect(wrong(await inWorld(MODEL), { advance: 'a while' })).to.equal('RUN_TIME_INVALID');
    expect(code(() => after('2026-01-05T09:00:00.000Z', 'P3BD'))).to.equal('RUN_TIME_INVALID');
    expect(code(() => instantOf('tomorrow'))).to.equal('RUN_TIME_INVALID');
    expect(instantOf('2026-01-05T09:00:00Z')).to.equal('2026-01-05T09:00:00.000Z');
  });

  it('Completing the oldest goes through tasks and jobs in order of creation, over all cases', async () => {
    const test = await inWorld(MODEL);
    const streams = [test.start('P', { id: 1 }), test.start('P', { id: 2 })];
    const order: string[] = [];
    while (completeOldest(test.world)) order.push(test.path().at(-1) ?? '');
    expect(order).to.deep.equal(['Review', 'Review', 'Print', 'Print']);
    expect(streams.map((stream) => test.status(stream))).to.deep.equal(['active', 'active']);
  });

  it('Completing the oldest leaves alone what is reserved, and jobs that wait for their incident', async () => {
    const test = await inWorld(MODEL);
    test.start('P', { id: 1 });
    expect(completeOldest(test.world, new Set(['Review']))).to.equal(false);
    test.do({ complete: 'Review', outcome: 'approve' }, { failJob: 'Print', retries: 0 });
    expect(completeOldest(test.world)).to.equal(false);
  });
});
