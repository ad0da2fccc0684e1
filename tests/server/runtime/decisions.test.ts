/** Decisions in the runtime: deployed with processes or alone, found again after a restart, bound as the model says, private at rest. */
import { expect } from 'chai';
import type { DecisionEvaluated } from '../../../engine/index.ts';
import type { DeployAnswer, DeploymentFile } from '../../../server/runtime/types.ts';
import { decision, file, input, literal, table } from '../../engine/dmn/given.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime } from './support.ts';

const rule = (high: string): string => file(input('amount', 'number') + decision('authority', table('hitPolicy="FIRST"', ['amount'], ['who'], [['<= 100', '"head"'], ['-', `"${high}"`]]), { inputs: ['amount'] }));
const process = (binding = 'latest', id = 'P'): DeploymentFile => ({ name: `${id}.bpmn`, content: xmlOf(`process ${id}\nstart -> user Ask -> rule Decide decides=authority result=who binding=${binding} -> end`) });
const rules = (high: string): DeploymentFile => ({ name: 'authority.dmn', content: rule(high) });

describe('Runtime: decisions', () => {
  let host: TestRuntime;

  afterEach(async () => { await host.stop(); });

  const deploy = (...files: readonly DeploymentFile[]): Promise<DeployAnswer> => host.runtime.deploy(files, OFFICER);
  const problems = (answer: DeployAnswer): string[] => (answer.outcome === 'refused' ? answer.problems.map(({ fileName, code, elementId }) => `${fileName} ${code} ${elementId}`) : []);

  async function start(processId = 'P'): Promise<string> {
    const answer = await host.runtime.startInstance({ processId, variables: { amount: 400 } }, OFFICER);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    return answer.stream;
  }

  async function decided(stream: string): Promise<Pick<DecisionEvaluated, 'version' | 'value'>> {
    const state = (await host.runtime.inspect(stream))?.state;
    const task = [...(state?.elements.values() ?? [])].find(({ task: open }) => open !== undefined);
    const worker = { actor: { person: 'officer', groups: ['officers'] } };
    await host.runtime.execute(stream, { type: 'ClaimTask', task: task?.id ?? 0 }, worker);
    const answer = await host.runtime.execute(stream, { type: 'CompleteTask', task: task?.id ?? 0, variables: {} }, worker);
    const event = answer.outcome === 'accepted' ? answer.events.find((one): one is DecisionEvaluated => one.type === 'DecisionEvaluated') : undefined;
    if (!event) throw new Error(JSON.stringify(answer));
    return { version: event.version, value: event.value };
  }

  it('A deployment of a process and its decision: both are numbered, the same content again is unchanged', async () => {
    host = await startRuntime();
    const first = await deploy(process(), rules('secretary'));
    expect(first).to.deep.include({ outcome: 'deployed' });
    if (first.outcome !== 'deployed') return;
    expect(first.decisions.map(({ decisionId, version, unchanged, fileName }) => [decisionId, version, unchanged, fileName])).to.deep.equal([['authority', 1, false, 'authority.dmn']]);
    expect(first.processes[0]?.decisions).to.deep.equal({ authority: first.decisions[0]?.hash });
    const again = await deploy(process(), rules('secretary'));
    expect(again.outcome === 'deployed' && [again.processes[0]?.unchanged, again.decisions[0]?.unchanged]).to.deep.equal([true, true]);
    const next = await deploy(process(), rules('minister'));
    expect(next.outcome === 'deployed' && [next.processes[0]?.version, next.decisions[0]?.version]).to.deep.equal([2, 2]);
  });

  it('All problems of a deployment are told: of models, of decisions, and calls of decisions that are nowhere', async () => {
    host = await startRuntime();
    expect(problems(await deploy(process()))).to.deep.equal(['P.bpmn BPMN_DECISION_MISSING Decide']);
    expect(problems(await deploy(process(), { name: 'bad.dmn', content: file(decision('authority', literal('1 +')) + decision('x', '<unknown/>', { inputs: ['y'] })) }))).to.deep.equal(['bad.dmn DMN_REFERENCE_UNRESOLVED x', 'bad.dmn DMN_EXPRESSION_INVALID authority']);
    expect((await host.store.head()).position).to.equal(0);
    await deploy(rules('secretary'));
    expect(problems(await deploy(process('deployment')))).to.deep.equal(['P.bpmn BPMN_DECISION_MISSING Decide']);
    expect((await deploy(process())).outcome).to.equal('deployed');
  });

  it('A decision deployed alone changes cases of binding latest, not those bound to their deployment', async () => {
    host = await startRuntime();
    await deploy(process('latest', 'L'), rules('secretary'));
    await deploy(process('deployment', 'D'), rules('secretary'));
    const [latest, bound] = [await start('L'), await start('D')];
    const alone = await deploy(rules('minister'));
    expect(alone.outcome === 'deployed' && [alone.processes, alone.decisions[0]?.version]).to.deep.equal([[], 2]);
    expect(await decided(latest)).to.deep.equal({ version: 2, value: 'minister' });
    expect(await decided(bound)).to.deep.equal({ version: 1, value: 'secretary' });
  });

  it('After a restart cases go on with the decisions that were deployed', async () => {
    host = await startRuntime();
    await deploy(process(), rules('secretary'));
    const stream = await start();
    const { store, vault, blobs, projections } = host;
    await host.stop();
    host = await startRuntime({ store, vault, blobs });
    expect(await decided(stream)).to.deep.equal({ version: 1, value: 'secretary' });
    expect(host.runtime.decisions.list().map(({ decisionId, version }) => [decisionId, version])).to.deep.equal([['authority', 1]]);
    await host.stop();
    host = await startRuntime({ store, vault, blobs, projections });
    expect(host.runtime.decisions.latest('authority')).to.include({ version: 1, deployedBy: 'officer' });
  });

  it('What a decision read and answered is not legible in the log', async () => {
    host = await startRuntime();
    await deploy(process(), rules('a very particular officer'));
    await decided(await start());
    const bytes = (await host.store.readAll(0, 1_000)).map(({ body }) => Buffer.from(body).toString('latin1')).join('');
    expect(bytes).to.contain('DecisionEvaluated').and.not.to.contain('very particular');
  });
});
