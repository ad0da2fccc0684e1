// Which version is meant (zeebe:bindingType): the latest, the one deployed together with the calling process, or one with a version tag.
import { expect } from 'chai';
import { compileDecisionFiles } from '../../../engine/dmn/files.ts';
import { missingCalls } from '../../../engine/bpmn/called-processes.ts';
import { missingDecisions } from '../../../engine/bpmn/called-decisions.ts';
import { callableKeys } from '../../../engine/dmn/files.ts';
import type { DecisionFile } from '../../../engine/dmn/files.ts';
import type { Graph } from '../../../engine/bpmn/graph.ts';
import { bindDeployment, boundVersions } from '../../../engine/definitions/bindings.ts';
import { identityOf } from '../../../engine/definitions/definition.ts';
import { around, extended, found, graphOf, model, processOf } from '../bpmn/support.ts';
import { modelOf, processOf as processOfNotation } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { WorldTest } from '../support/in-world.ts';
import { facing, resolve, start } from '../support/verbs.ts';

const caller = (binding: string): string => `process A\nstart -> user Wait -> call Ask calls=B binding=${binding} -> end`;
const called = (name: string, tag?: string): string => `process B${tag === undefined ? '' : ` tag=${tag}`}\nstart BS -> user ${name} -> end BE`;

/** The versions of B that A has called, in order. */
function versions(test: WorldTest): number[] {
  return test.records.flatMap(({ events }) => events.flatMap((event) => (event.type === 'ChildRequested' ? [event.version] : [])));
}

async function deploy(test: WorldTest, ...notations: readonly string[]): Promise<string | undefined> {
  const graphs: Graph[] = [];
  for (const notation of notations) graphs.push(await modelOf(notation));
  return test.world.deploy(graphs)?.code;
}

/** The versions of each process so far. */
const deployed = (test: WorldTest): string[] => test.records.flatMap(({ events }) => events.flatMap((event) => (event.type === 'ProcessDeployed' ? [`${event.processId} ${String(event.version)}`] : [])));

describe('Engine: bindings', () => {
  it('Binding deployment calls the version that was deployed together with the caller, binding latest the newest', async () => {
    for (const [binding, expected] of [['deployment', [1, 1]], ['latest', [1, 2]]] as const) {
      const test = new WorldTest();
      await deploy(test, caller(binding), called('First'));
      const early = [test.start('A'), test.start('A')];
      test.do({ complete: 'Wait' });
      await deploy(test, called('Second'));
      test.do({ complete: 'Wait' });
      expect([binding, versions(test), early.length]).to.deep.equal([binding, expected, 2]);
    }
  });

  it('A deployment in which a called process has changed is a new version of its callers, also in a circle; what has not changed stays', async () => {
    const test = new WorldTest();
    const other = 'process C\nstart CS -> call Back calls=A binding=deployment -> end CE';
    const circle = 'process A\nstart -> call Ask calls=B binding=deployment -> call Also calls=C binding=deployment -> end';
    await deploy(test, circle, called('First'), other);
    expect(deployed(test)).to.deep.equal(['A 1', 'B 1', 'C 1']);
    expect(await deploy(test, circle, called('First'), other)).to.equal('DEFINITION_VERSION_KNOWN');
    await deploy(test, circle, called('Second'), other);
    expect(deployed(test).slice(3)).to.deep.equal(['A 2', 'B 2', 'C 2']);
    await deploy(test, called('Third'));
    expect(deployed(test).slice(6)).to.deep.equal(['B 3']);
    // Together they are what they were: nothing is new but the way back of B.
    await deploy(test, circle, called('Second'), other);
    expect(deployed(test).slice(7)).to.deep.equal(['A 3', 'B 4', 'C 3']);
  });

  it('A process that calls itself by binding deployment goes on in its own version', async () => {
    const test = new WorldTest();
    const loop = (name: string): string => `process A\nstart -> user ${name} -> xor Again default=end -[more]-> call Ask calls=A binding=deployment -> end Two\nAgain -> end`;
    await deploy(test, loop('One'));
    test.start('A', { more: true });
    await deploy(test, loop('Other'));
    test.do({ complete: 'One' });
    expect(versions(test)).to.deep.equal([1]);
  });

  it('A version tag means the newest version that has it; the event says which that was', async () => {
    const test = new WorldTest();
    await deploy(test, 'process A\nstart -> call Ask calls=B binding=versionTag tag=1.0 -> end');
    await deploy(test, called('First', '1.0'));
    await deploy(test, called('Second', '2.0'));
    test.start('A');
    await deploy(test, called('Third', '1.0'));
    test.start('A');
    expect(versions(test)).to.deep.equal([1, 3]);
  });

  it('A version that is not there is an incident that says what was meant; deployed, the call is made', async () => {
    const bound = (deployment: Record<string, number>, tagged: Record<string, Record<string, number>> = {}) => facing({ definitions: { B: 7 }, bound: { deployment, tagged } });
    const together = await processOfNotation('start -> call Ask calls=B binding=deployment -> end');
    given(together, bound({})).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_CALLED_PROCESS_UNKNOWN', message: 'Expected process B, called by Ask, to be deployed together with the process, but it is not' });
    given(together, bound({}), start(), bound({ B: 3 })).when(resolve('Ask')).then('IncidentResolved', { type: 'ChildRequested', version: 3 });
    const tagged = await processOfNotation('start -> call Ask calls=B binding=versionTag tag=__proto__ -> end');
    given(tagged, bound({}, { B: { other: 1 } })).when(start()).including({ type: 'IncidentRaised', message: 'Expected process B, called by Ask, to be deployed with the version tag __proto__, but it is not' });
  });

  it('A decision is called in the version with its tag (zeebe:versionTag of the decision)', async () => {
    const rule = (value: string, tag: string): DecisionFile => {
      const { files: [file] } = compileDecisionFiles([{ name: 'rule.dmn', content: `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" name="d" namespace="urn:d"><decision id="rule" name="rule"><extensionElements><zeebe:versionTag value="${tag}" /></extensionElements><variable id="v" name="rule" /><literalExpression id="l"><text>${value}</text></literalExpression></decision></definitions>` }]);
      return file!;
    };
    const test = new WorldTest();
    const graph = await modelOf('start -> rule Decide decides=rule result=b binding=versionTag tag=old -> user Wait -> end');
    expect(test.world.deploy(graph, [rule('1', 'old')])).to.equal(undefined);
    test.world.deploy({ ...graph, processes: graph.processes.map((process) => ({ ...process })) }, [rule('2', 'new')]);
    test.start('P');
    expect(test.records.flatMap(({ events }) => events.flatMap((event) => (event.type === 'DecisionEvaluated' ? [[event.version, event.value]] : [])))).to.deep.equal([[1, 1]]);
    const [process] = graph.processes;
    expect(callableKeys(rule('1', 'old'))).to.deep.equal(['rule', 'rule@old']);
    expect(missingDecisions(process!, new Set(['rule']), (key) => key === 'rule').map(({ message }) => message)).to.deep.equal(['Expected decision rule, called by Decide, to be deployed with the version tag old before or together with the process, but it is not']);
    expect(missingDecisions(process!, new Set(), (key) => key === 'rule@old')).to.deep.equal([]);
  });

  it('A form with a version tag is known by its id and the tag', async () => {
    const process = await processOf(around(`<userTask id="n">${extended('<zeebe:formDefinition formId="leave" bindingType="versionTag" versionTag="2" />')}</userTask>`));
    given(process).when(start()).including({ type: 'UserTaskCreated', form: 'leave@2' });
  });

  it('A call may name the number of the version (gov:binding); one that is not there is an incident', async () => {
    const test = new WorldTest();
    const graph = await graphOf(around(`<callActivity id="n">${extended('<zeebe:calledElement processId="B" /><gov:binding version="2" />')}</callActivity>`));
    expect(test.world.deploy([graph])).to.equal(undefined);
    await deploy(test, called('First'));
    const early = test.start('p');
    expect(test.records.flatMap(({ events }) => events.flatMap((event) => (event.type === 'IncidentRaised' ? [event.message] : [])))).to.deep.equal(['Expected process B, called by n, to be deployed in version 2, but it is not']);
    await deploy(test, called('Second'));
    await deploy(test, called('Third'));
    test.start('p');
    expect([versions(test), early.length > 0]).to.deep.equal([[2], true]);
  });

  it('A binding that is not complete is refused: BPMN_BINDING_INVALID', async () => {
    const call = (attributes: string): string => around(`<callActivity id="n">${extended(`<zeebe:calledElement processId="q" ${attributes} />`)}</callActivity>`);
    const said = async (xml: string): Promise<string[]> => (await found('BPMN_BINDING_INVALID', xml)).map(({ message }) => message.slice(message.indexOf('its binding is ') + 15));
    expect(await said(call('bindingType="versionTag"'))).to.deep.equal(['a version tag without naming it']);
    expect(await said(call('versionTag="1"'))).to.deep.equal(['latest with the version tag 1']);
    expect(await said(call('bindingType="deployment" versionTag="1"'))).to.deep.equal(['deployment with the version tag 1']);
    expect(await said(call('bindingType="newest"'))).to.deep.equal(['newest']);
    expect(await said(call('bindingType="deployment"'))).to.deep.equal([]);
    const numbered = (attributes: string, version: string): string => around(`<callActivity id="n">${extended(`<zeebe:calledElement processId="q" ${attributes} /><gov:binding ${version} />`)}</callActivity>`);
    expect(await said(numbered('', ''))).to.deep.equal(['a version without its number']);
    expect(await said(numbered('', 'version="0"'))).to.deep.equal(['version 0']);
    expect(await said(numbered('bindingType="deployment"', 'version="3"'))).to.deep.equal(['version 3 and deployment']);
    expect(await said(numbered('', 'version="3"'))).to.deep.equal([]);
    expect(await said(around(`<userTask id="n">${extended('<zeebe:formDefinition formId="f" bindingType="versionTag" />')}</userTask>`))).to.have.length(1);
    expect(await said(around(`<businessRuleTask id="n">${extended('<zeebe:calledDecision decisionId="d" resultVariable="r" bindingType="x" />')}</businessRuleTask>`))).to.have.length(1);
  });

  it('What is bound to the deployment has to be in it: BPMN_CALLED_MISSING', async () => {
    const process = await processOfNotation(caller('deployment'));
    expect(missingCalls(process, new Set(['A'])).map(({ code, elementId, message }) => [code, elementId, message])).to.deep.equal([['BPMN_CALLED_MISSING', 'Ask', 'Expected process B, called by Ask with the binding deployment, to be deployed together with it, but it is not']]);
    expect(missingCalls(process, new Set(['A', 'B']))).to.deep.equal([]);
    expect(missingCalls(await processOfNotation(caller('latest')), new Set())).to.deep.equal([]);
  });

  it('A process found out by FEEL is bound to everything it was deployed with', async () => {
    const asking = await processOf(model(`<startEvent id="s" /><callActivity id="c">${extended('<zeebe:calledElement processId="=which" bindingType="deployment" />')}</callActivity><sequenceFlow id="f" sourceRef="s" targetRef="c" />`));
    const other = await processOfNotation('process Q\nstart -> end');
    const contents = bindDeployment([asking, other], { 'form/x': 'y' }, (id) => (id === 'Q' ? { version: 4, identity: identityOf(other.hash, { 'form/x': 'y' }) } : undefined));
    expect(boundVersions(contents.get('p')!)).to.deep.equal({ Q: 4 });
    expect(contents.get('Q')).to.deep.equal({ 'form/x': 'y' });
  });
});
