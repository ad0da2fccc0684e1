// Global tasks (BPMN 2.0.2, 10.3.7): called like a process that has nothing but this task.
import { expect } from 'chai';
import { compileDecisionFiles } from '../../../engine/dmn/files.ts';
import { WorldTest } from '../support/in-world.ts';
import { codesOf, extended, file, flows, graphOf } from '../bpmn/support.ts';

const caller = (called: string): string => `<process id="p" isExecutable="true"><startEvent id="s" /><callActivity id="c">${extended(`<zeebe:calledElement processId="${called}" />`)}</callActivity><endEvent id="e" />${flows('s c e')}</process>`;

async function run(xml: string): Promise<WorldTest> {
  const test = new WorldTest();
  const refused = test.world.deploy(await graphOf(xml));
  if (refused) throw new Error(refused.message);
  return test;
}

describe('Engine: global task', () => {
  it('A call activity calls a global task: a case with nothing but this task', async () => {
    const test = await run(file(`${caller('g')}<globalUserTask id="g" name="Check">${extended('<zeebe:assignmentDefinition candidateGroups="clerks" />')}</globalUserTask>`));
    const stream = test.start('p');
    test.do({ complete: 'g_task' });
    expect(test.path(stream)).to.deep.equal(['s', 'c', 'e']);
    expect(test.records.flatMap(({ events }) => events).find(({ type }) => type === 'UserTaskCreated')).to.deep.include({ candidateGroups: ['clerks'] });
  });

  it('A global script task gives its result back', async () => {
    const test = await run(file(`${caller('g')}<globalScriptTask id="g">${extended('<zeebe:script expression="=6 * 7" resultVariable="answer" />')}</globalScriptTask>`));
    expect(test.variables(test.start('p'))['answer']).to.equal(42);
  });

  it('A call activity calls a decision through a global business rule task', async () => {
    const { files } = compileDecisionFiles([{ name: 'fee.dmn', content: '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="d" namespace="urn:d"><inputData id="i" name="days"><variable id="iv" name="days" /></inputData><decision id="fee" name="fee"><variable id="v" name="fee" /><informationRequirement id="r"><requiredInput href="#i" /></informationRequirement><literalExpression id="l"><text>days * 5</text></literalExpression></decision></definitions>' }]);
    const test = new WorldTest();
    expect(test.world.deploy(await graphOf(file(`${caller('g')}<globalBusinessRuleTask id="g">${extended('<zeebe:calledDecision decisionId="fee" resultVariable="due" />')}</globalBusinessRuleTask>`)), files)).to.equal(undefined);
    expect(test.variables(test.start('p', { days: 3 }))['due']).to.equal(15);
  });

  it('It comes after the processes of its file', async () => {
    const { processes } = await graphOf(file(`<globalTask id="g" />${caller('g')}`));
    expect(processes.map(({ id }) => id)).to.deep.equal(['p', 'g']);
  });

  it('What is wrong with a global task is found like that of any task', async () => {
    expect(await codesOf(file(`${caller('g')}<globalScriptTask id="g" />`))).to.deep.equal(['BPMN_SCRIPT_MISSING']);
  });
});
