/** Bindings over ports: versions deployed together, and versions with a tag, of processes, decisions and forms, also after a restart. */
import { expect } from 'chai';
import type { InstanceEvent } from '../../../engine/index.ts';
import type { DeployAnswer, DeploymentFile } from '../../../server/runtime/types.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime } from './support.ts';

const bpmn = (name: string, notation: string): DeploymentFile => ({ name: `${name}.bpmn`, content: xmlOf(notation) });
const CALLER = bpmn('a', 'process A\nstart -> user Wait -> call Ask calls=B binding=deployment -> call Tagged calls=B binding=versionTag tag=1.0 -> end');
const called = (task: string, tag?: string): DeploymentFile => bpmn('b', `process B${tag === undefined ? '' : ` tag=${tag}`}\nstart BS -> task ${task} -> end BE`);
const rule = (value: string, tag?: string): DeploymentFile => ({
  name: 'rule.dmn', content: `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" name="d" namespace="urn:d"><decision id="rule" name="rule">${tag === undefined ? '' : `<extensionElements><zeebe:versionTag value="${tag}" /></extensionElements>`}<variable id="v" name="rule" /><literalExpression id="l"><text>${value}</text></literalExpression></decision></definitions>`,
});
const form = (id: string, text: string, versionTag?: string): DeploymentFile => ({ name: `${id}.form`, content: JSON.stringify({ id, type: 'default', components: [{ type: 'text', text }], ...(versionTag !== undefined && { versionTag }) }) });

function codesOf(answer: DeployAnswer): string[] {
  return answer.outcome === 'deployed' ? [] : answer.problems.map(({ code }) => code);
}

/** Deploys, and answers which versions of processes are new. */
async function deploy(host: TestRuntime, ...files: readonly DeploymentFile[]): Promise<string[]> {
  const answer = await host.runtime.deploy(files, OFFICER);
  if (answer.outcome !== 'deployed') throw new Error(JSON.stringify(answer.problems));
  return answer.processes.flatMap(({ processId, version, unchanged }) => (unchanged ? [] : [`${processId} ${String(version)}`]));
}

async function eventsOf(host: TestRuntime, stream: string): Promise<InstanceEvent[]> {
  await host.quiet();
  return (await host.runtime.history(stream)).flatMap(({ events }) => events as InstanceEvent[]);
}

async function begin(host: TestRuntime, processId: string): Promise<string> {
  const answer = await host.runtime.startInstance({ processId, variables: {} }, OFFICER);
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  await host.quiet();
  return answer.stream;
}


describe('The runtime: bindings', () => {
  it('A case calls what was deployed with its version, and what has the tag, also after a restart', async () => {
    const store = openMemoryEventStore();
    const first = await startRuntime({ store });
    expect(await deploy(first, CALLER, called('First'))).to.deep.equal(['A 1', 'B 1']);
    const stream = await begin(first, 'A');
    expect(await deploy(first, called('Second', '1.0'))).to.deep.equal(['B 2']);
    expect(await deploy(first, called('Third'))).to.deep.equal(['B 3']);
    expect(await deploy(first, CALLER, called('Third'))).to.deep.equal(['A 2']);
    await first.stop();
    const second = await startRuntime({ store, vault: first.vault, blobs: first.blobs, time: first.time });
    const [task] = (await eventsOf(second, stream)).flatMap((event) => (event.type === 'UserTaskCreated' ? [event.id] : []));
    await second.runtime.execute(stream, { type: 'AssignTask', task: task!, assignee: 'officer' }, OFFICER);
    await second.runtime.execute(stream, { type: 'CompleteTask', task: task!, variables: {} }, OFFICER);
    const events = await eventsOf(second, stream);
    expect(events.flatMap((event) => (event.type === 'ChildRequested' ? [event.version] : []))).to.deep.equal([1, 2]);
    expect(events.at(-1)?.type).to.equal('InstanceCompleted');
    expect(second.runtime.definitions.version('A', 2)?.processes).to.deep.equal({ B: 3 });
    expect(await deploy(second, CALLER, called('Third'))).to.deep.equal([]);
    await second.stop();
  });

  it('What is bound to the deployment and not in it is refused: BPMN_CALLED_MISSING', async () => {
    const host = await startRuntime();
    await deploy(host, called('First'));
    expect(codesOf(await host.runtime.deploy([CALLER], OFFICER))).to.deep.equal(['BPMN_CALLED_MISSING']);
    await host.stop();
  });

  it('Of two deployments at once each is bound to its own, or is told to try again: DEPLOY_OVERTAKEN', async () => {
    const host = await startRuntime();
    const other = bpmn('a', 'process A\nstart -> call Ask calls=B binding=deployment -> end Other');
    const deployments = [[CALLER, called('First')], [other, called('Second')]];
    const answers = await Promise.all(deployments.map((files) => host.runtime.deploy(files, OFFICER)));
    // Which of them comes between depends on the disk.
    const refused = answers.findIndex(({ outcome }) => outcome === 'refused');
    expect(answers.flatMap(codesOf)).to.deep.equal(refused < 0 ? [] : ['DEPLOY_OVERTAKEN']);
    const again = refused < 0 ? [] : [await host.runtime.deploy(deployments[refused]!, OFFICER)];
    const accepted = [...answers, ...again].filter((answer) => answer.outcome === 'deployed');
    expect(accepted).to.have.length(2);
    for (const { processes } of accepted) expect(processes.find(({ processId }) => processId === 'A')?.processes).to.deep.equal({ B: processes.find(({ processId }) => processId === 'B')?.version });
    await host.stop();
  });

  it('A decision is called in the version with the tag, whatever came later; a tag nobody has is refused', async () => {
    const store = openMemoryEventStore();
    const first = await startRuntime({ store });
    const model = bpmn('p', 'process P\nstart -> rule Decide decides=rule result=b binding=versionTag tag=old -> user Wait -> end');
    expect(codesOf(await first.runtime.deploy([model, rule('1')], OFFICER))).to.deep.equal(['BPMN_DECISION_MISSING']);
    await deploy(first, model, rule('1', 'old'));
    await deploy(first, rule('2', 'new'));
    await first.stop();
    const second = await startRuntime({ store, vault: first.vault, blobs: first.blobs, time: first.time });
    const evaluated = (await eventsOf(second, await begin(second, 'P'))).flatMap((event) => (event.type === 'DecisionEvaluated' ? [[event.version, event.value]] : []));
    expect(evaluated).to.deep.equal([[1, 1]]);
    await deploy(second, bpmn('q', 'process Q\nstart -> rule Decide decides=rule result=b binding=versionTag tag=new -> user Wait -> end'));
    expect((await eventsOf(second, await begin(second, 'Q'))).flatMap((event) => (event.type === 'DecisionEvaluated' ? [event.version] : []))).to.deep.equal([2]);
    await second.stop();
  });

  it('A form is shown in the version with the tag, from this deployment or an earlier one; a tag nobody has is refused', async () => {
    const store = openMemoryEventStore();
    const first = await startRuntime({ store });
    const shows = (tag: string): DeploymentFile => bpmn('p', `process P\nstart -> user Look form=leave tag=${tag} -> end`);
    expect(codesOf(await first.runtime.deploy([shows('1')], OFFICER))).to.deep.equal(['DEPLOY_FORM_MISSING']);
    expect(codesOf(await first.runtime.deploy([shows('1'), form('leave', 'no tag')], OFFICER))).to.deep.equal(['DEPLOY_FORM_MISSING']);
    await deploy(first, shows('1'), form('leave', 'first', '1'));
    await deploy(first, shows('2'), form('leave', 'second', '2'));
    await first.stop();
    const second = await startRuntime({ store, vault: first.vault, blobs: first.blobs, time: first.time });
    expect(await deploy(second, bpmn('q', 'process Q\nstart -> user Look form=leave tag=1 -> end'))).to.deep.equal(['Q 1']);
    const created = (await eventsOf(second, await begin(second, 'Q'))).find((event) => event.type === 'UserTaskCreated');
    expect(created?.type === 'UserTaskCreated' && created.form).to.equal('leave@1');
    expect(await second.runtime.definitions.form('Q', 1, 'leave@1')).to.deep.include({ components: [{ type: 'text', text: 'first' }] });
    expect(await second.runtime.definitions.form('P', 2, 'leave@2')).to.deep.include({ components: [{ type: 'text', text: 'second' }] });
    await second.stop();
  });

  it('A form that stands in the model is deployed with it, under the id the model gives it; one that is no JSON is refused', async () => {
    const host = await startRuntime();
    const embedded = (text: string): DeploymentFile => ({ name: 'p.bpmn', content: `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:t"><process id="P" isExecutable="true"><extensionElements><zeebe:userTaskForm id="asked">${text}</zeebe:userTaskForm></extensionElements><startEvent id="s" /><sequenceFlow id="f" sourceRef="s" targetRef="Look" /><userTask id="Look"><extensionElements><zeebe:formDefinition formKey="camunda-forms:bpmn:asked" /></extensionElements></userTask></process></definitions>` });
    expect(codesOf(await host.runtime.deploy([embedded('{')], OFFICER))).to.deep.equal(['DEPLOY_FORM_NOT_JSON', 'DEPLOY_FORM_MISSING']);
    await deploy(host, embedded('{"id":"Form_1","type":"default","components":[{"type":"text","text":"first"}]}'));
    const created = (await eventsOf(host, await begin(host, 'P'))).find(({ type }) => type === 'UserTaskCreated');
    expect(created?.type === 'UserTaskCreated' && created.form).to.equal('asked');
    expect(await host.runtime.definitions.form('P', 1, 'asked')).to.deep.include({ components: [{ type: 'text', text: 'first' }] });
    await host.stop();
  });
});
