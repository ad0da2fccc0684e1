// The world in memory: many cases, their messages, and a virtual clock.
import { expect } from 'chai';
import { childStream, idFrom, instanceStream, messageStream, sha256Hex } from '../../../engine/hash.ts';
import { CORRELATION_PRIVATE_FIELDS, PRIVATE_FIELDS, World, outbox } from '../../../engine/index.ts';
import { compileDecisionFiles } from '../../../engine/dmn/files.ts';
import type { DecisionFile } from '../../../engine/dmn/files.ts';
import { doStep } from '../../../engine/world/scenario.ts';
import type { WorldRecord } from '../../../engine/world/world.ts';
import { decision, file, literal } from '../dmn/given.ts';
import { modelOf } from '../support/bpmn.ts';
import { inWorld } from '../support/in-world.ts';

describe('Engine: world', () => {
  it('The same scenario gives the same records, byte for byte', async () => {
    const run = async (): Promise<string> => {
      const test = await inWorld(`
        start -> and Fork -> service A job=a -> and Join -> end
        Fork -> catch B after=PT5S -> Join`);
      test.start('P', { x: 1 });
      test.do({ complete: 'A' }, { advance: 'PT10S' });
      return JSON.stringify(test.records);
    };
    expect(await run()).to.equal(await run());
  });

  it('The records of a stream are numbered without gaps', async () => {
    const test = await inWorld('start -> user A -> user B -> end');
    const stream = test.start('P');
    test.do({ complete: 'A' }, { complete: 'B' });
    expect(test.records.filter((record) => record.stream === stream).map(({ version }) => version)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('The clock never goes back', async () => {
    const test = await inWorld('start -> end');
    test.world.advanceTo('2020-01-01T00:00:00.000Z');
    expect(test.world.now).to.equal('2026-01-05T09:00:00.000Z');
  });

  it('A timer of no length in a loop stops the world instead of hanging it', async () => {
    const test = await inWorld('start -> xor Again -> catch Wait after="=x" -> Again');
    test.start('P', { x: 'PT0S' });
    expect(() => test.do({ advance: 'PT1S' })).to.throw('Expected the cases to come to rest').with.property('code', 'RUN_ENDLESS');
  }).timeout(30_000);

  it('Decisions are deployed with the processes that call them, and numbered', async () => {
    const rule = (answer: string): DecisionFile => {
      const { files, problems } = compileDecisionFiles([{ name: 'rule.dmn', content: file(decision('rule', literal(answer))) }]);
      if (files[0] === undefined) throw new Error(problems[0]?.message ?? 'no file');
      return files[0];
    };
    const records: WorldRecord[] = [];
    const world = new World({ at: '2026-01-05T09:00:00.000Z', zone: 'UTC', onRecord: (record) => { records.push(record); } });
    const graph = await modelOf('start -> user A -> rule B decides=rule result=b binding=deployment -> rule C decides=rule result=c -> end');
    expect(world.deploy(graph, [rule('1')])).to.equal(undefined);
    const stream = world.start('P', {});
    if (typeof stream !== 'string') throw new Error(stream.message);
    // The same model with another decision is another version; the case stays on its own.
    expect(world.deploy({ ...graph, processes: graph.processes.map((process) => ({ ...process })) }, [rule('2')])).to.equal(undefined);
    doStep(world, { complete: 'A' }, 1);
    const state = world.instances.get(stream)!;
    expect(state.version).to.equal(1);
    expect(records.flatMap(({ events }) => events.flatMap((event) => (event.type === 'DecisionDeployed' ? [[event.decisionId, event.version]] : [])))).to.deep.equal([['rule', 1], ['rule', 2]]);
    expect(records.flatMap(({ events }) => events.flatMap((event) => (event.type === 'DecisionEvaluated' ? [[event.elementId, event.version, event.value]] : [])))).to.deep.equal([['B', 1, 1], ['C', 2, 2]]);
    // A version of its own needs a decision of its own.
    expect(world.deploy(graph, [rule('2')])).to.deep.include({ rejected: true, code: 'DEFINITION_VERSION_KNOWN' });
  });

  it('A command to a case that never was is refused', () => {
    const world = new World({ at: '2026-01-05T09:00:00.000Z', zone: 'UTC' });
    expect(world.execute('nobody', { type: 'Continue' })).to.include({ code: 'INSTANCE_NOT_FOUND' });
    expect(() => world.graphOf('nobody')).to.throw('Expected nobody');
  });

  it('Open work is known in order of creation over all cases', async () => {
    const test = await inWorld('start -> user A -> service B job=b -> end');
    const [first, second] = [test.start('P'), test.start('P')];
    test.do({ complete: 'A', index: 0 });
    expect([...test.world.offered.values()].map(({ stream }) => stream)).to.deep.equal([second, first]);
    test.do({ complete: 'A' }, { complete: 'B' }, { complete: 'B' });
    expect(test.world.offered.size).to.equal(0);
  });

  it('Only events that ask another stream for something have an outgoing command', async () => {
    const test = await inWorld('start -> user A -> end');
    test.start('P');
    test.do({ complete: 'A' });
    for (const { stream, version, events } of test.records) {
      events.forEach((event, index) => expect(outbox(stream, `${stream}/${String(version)}/${String(index)}`, event, () => [])).to.equal(undefined));
    }
  });

  it('What people write is named as private in every event that holds it', () => {
    expect(PRIVATE_FIELDS.VariablesWritten).to.include('values');
    expect(PRIVATE_FIELDS.UserTaskCompleted).to.include('comment');
    expect(CORRELATION_PRIVATE_FIELDS.MessageReceived).to.include('variables');
  });
});

describe('Engine: ids', () => {
  it('Ids are made of content: the same parts give the same id, and parts cannot run into each other', () => {
    expect(idFrom('a', 'bc')).to.equal(idFrom('a', 'bc')).and.match(/^[0-9a-f]{32}$/);
    expect(idFrom('a', 'bc')).not.to.equal(idFrom('ab', 'c'));
    expect(sha256Hex('')).to.equal('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('A case, a called case and a message stream have ids of their own kind', () => {
    const ids = [instanceStream('P', 'k'), instanceStream('P', 'l'), childStream('s', 1), childStream('s', 11), messageStream('M', 'k'), messageStream('M', 'l')];
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).not.to.contain(':');
  });

  it('A message that is on offer to a suspended case does not expire before it is answered, and time goes on', async () => {
    const test = await inWorld('process P\n start -> catch Paid message=Paid key="=id" -> end');
    const stream = test.start('P', { id: '1' });
    test.execute(stream, { type: 'SuspendInstance', reason: 'appeal' });
    test.world.publish('Paid', '1', {}, 'm1', 'PT0S');
    test.do({ advance: 'PT1H' }).execute(stream, { type: 'ResumeInstance', reason: 'decided' });
    expect(test.status(stream)).to.equal('completed');
  });
});
