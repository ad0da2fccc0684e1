/** The panel and the model: every field writes what the engine executes, and every entry is one step that can be taken back. */
import { expect } from 'chai';
import { lint } from '../../engine/index.ts';
import type { Field } from '../../designer/panel/fields.ts';
import { typeWords } from '../../designer/panel/sections.ts';
import { Bench } from './bench.ts';
import { MODEL, read } from './support.ts';

describe('Designer: the panel writes the model', () => {
  let bench: Bench;
  beforeEach(async () => { bench = new Bench(await read()); });

  it('Who does a task: the lane, a group, a person, whoever began the case, a rule.', async () => {
    const doneBy = (): Extract<Field, { kind: 'done-by' }> => bench.field('check', 'done-by', 'done-by');
    expect([doneBy().value, doneBy().lane]).to.deep.equal([{ mode: 'lane', text: '' }, 'The lane: Front desk']);
    expect(await bench.written(doneBy().write({ mode: 'groups', text: 'clerks' }))).to.contain('<zeebe:assignmentDefinition candidateGroups="clerks" />');
    expect(doneBy().value).to.deep.equal({ mode: 'groups', text: 'clerks' });
    expect(await bench.written(doneBy().write({ mode: 'person', text: 'ana' }))).to.contain('<zeebe:assignmentDefinition assignee="ana" />').and.not.contain('candidateGroups');
    expect(await bench.written(doneBy().write({ mode: 'starter', text: '' }))).to.contain('assignee="=initiator"');
    expect(doneBy().value.mode).to.equal('starter');
    await bench.written(doneBy().write({ mode: 'rule', text: '=supervisor' }));
    expect(doneBy().value).to.deep.equal({ mode: 'rule', text: '=supervisor' });
    expect(await bench.written(doneBy().write({ mode: 'lane', text: '' }))).to.not.contain('extensionElements>\n      </bpmn:userTask');
    expect(await bench.file.xml()).to.not.contain('assignmentDefinition');
  });

  it('Form, deadline with its calendar, priority and separation of duties come and go without leaving empty elements.', async () => {
    const untouched = await bench.file.xml();
    await bench.written(bench.field('check', 'form', 'choice').write('papers'));
    expect(bench.field('check', 'fields', 'note').text).to.equal('It fills: count (How many)');
    await bench.written(bench.field('check', 'due', 'duration').write('P3BD'));
    await bench.written(bench.field('check', 'calendar', 'choice').write('saint-lucia'));
    await bench.written(bench.field('check', 'priority', 'text').write('80'));
    const xml = await bench.written(bench.field('check', 'separation', 'many').write(['approve']));
    expect(xml).to.contain('<zeebe:formDefinition formId="papers" />').and.contain('<gov:sla due="P3BD" calendar="saint-lucia" />').and.contain('<zeebe:priorityDefinition priority="80" />').and.contain('<gov:separation notSameAs="approve" />');
    await bench.written(bench.field('check', 'form', 'choice').write(''));
    await bench.written(bench.field('check', 'due', 'duration').write(''));
    await bench.written(bench.field('check', 'priority', 'text').write(''));
    await bench.written(bench.field('check', 'separation', 'many').write([]));
    expect(await bench.file.xml()).to.equal(untouched);
  });

  it('Outcomes, signature and attachments of a task.', async () => {
    const outcomes = bench.field('approve', 'outcomes', 'rows');
    await bench.written(outcomes.write([{ label: 'Approve', value: 'approve', kind: 'approve', requiresComment: false, requiresSignature: true }, { label: 'Refuse', value: 'refuse', kind: 'refuse', requiresComment: true, requiresSignature: false }]));
    await bench.written(bench.field('approve', 'level', 'choice').write('S3'));
    await bench.written(bench.field('approve', 'signed', 'text').write('letter'));
    await bench.written(bench.field('approve', 'reason', 'text').write('Approval'));
    const xml = await bench.written(bench.field('approve', 'attachments', 'rows').write([{ kind: 'lease', accept: '.pdf', maxSize: '20MB', required: true }]));
    expect(xml).to.contain('<gov:outcome value="approve" label="Approve" kind="approve" requiresSignature="true" />').and.contain('<gov:outcome value="refuse" label="Refuse" kind="refuse" requiresComment="true" />')
      .and.contain('<gov:signature level="S3" document="letter" reason="Approval" />').and.contain('<gov:attachment kind="lease" required="true" accept=".pdf" maxSize="20MB" />');
    expect(bench.field('approve', 'outcomes', 'rows').rows).to.have.length(2);
    await bench.written(bench.field('approve', 'outcomes', 'rows').write([]));
    await bench.written(bench.field('approve', 'level', 'choice').write(''));
    expect(await bench.file.xml()).to.not.contain('gov:outcome').and.not.contain('gov:signature');
  });

  it('A service task: job type, retries, settings, document; and its variables.', async () => {
    await bench.written(bench.field('ask', 'job-type', 'text').write(' document-generate '));
    await bench.written(bench.field('ask', 'retries', 'text').write('5'));
    await bench.written(bench.field('ask', 'headers', 'rows').write([{ key: 'to', value: '=officer' }]));
    for (const [key, value] of [['template', 'letter'], ['output', 'letter'], ['registry', 'PS-OUT']] as const) await bench.written(bench.field('ask', key, 'text').write(value));
    await bench.written(bench.field('ask', 'classification', 'choice').write('restricted'));
    await bench.written(bench.field('ask', 'inputParameters', 'rows').write([{ target: 'a', source: '=b' }]));
    await bench.written(bench.field('ask', 'outputParameters', 'rows').write([{ target: 'c', source: '=d' }]));
    const xml = await bench.written(bench.field('ask', 'inputParameters', 'rows').write([]));
    expect(xml).to.contain('<zeebe:taskDefinition type="document-generate" retries="5" />').and.contain('<zeebe:header key="to" value="=officer" />')
      .and.contain('<gov:document template="letter" output="letter" registry="PS-OUT" classification="restricted" />').and.contain('<zeebe:output source="=d" target="c" />').and.not.contain('zeebe:input');
    expect((await lint(xml)).problems.filter(({ elementId }) => elementId === 'ask')).to.deep.equal([]);
  });

  it('Conditions get their "=", and the default branch loses its condition.', async () => {
    expect(await bench.written(bench.field('f3', 'condition', 'text').write('papers > 2'))).to.contain('=papers &gt; 2');
    const xml = await bench.written(bench.field('f3', 'default', 'check').write(true));
    expect(xml).to.contain('default="f3"').and.not.contain('conditionExpression');
    expect(bench.sections('complete').find(({ key }) => key === 'branches')!.fields.map(({ key }) => key)).to.deep.equal(['condition-f4', 'otherwise']);
    await bench.written(bench.field('complete', 'otherwise', 'choice').write('f4'));
    await bench.written(bench.field('complete', 'condition-f3', 'text').write('= papers = 3'));
    expect((await lint(await bench.file.xml())).problems.filter(({ severity, elementId }) => severity === 'error' && elementId !== 'ask')).to.deep.equal([]);
    expect(bench.sections('f1').map(({ key }) => key), 'a flow that is no branch').to.deep.equal(['step']);
  });

  it('A timer has one of three times; a message is shared by its name.', async () => {
    expect(bench.field('late', 'duration', 'duration').value).to.equal('P9D');
    await bench.written(bench.field('late', 'duration', 'duration').write('P2BD'));
    expect(await bench.written(bench.field('late', 'timer', 'choice').write('timeDate'))).to.not.contain('timeDuration');
    expect(await bench.written(bench.field('late', 'timeDate', 'text').write('2027-01-05T09:00:00Z'))).to.contain('2027-01-05T09:00:00Z</bpmn:timeDate>');
    expect(await bench.written(bench.field('late', 'interrupting', 'check').write(false))).to.contain('cancelActivity="false"');
    const receiving = new Bench(await read(MODEL.replace('<bpmn:serviceTask id="ask"', '<bpmn:receiveTask id="ask"').replace('</bpmn:serviceTask>', '</bpmn:receiveTask>')));
    const xml = await receiving.written(receiving.field('ask', 'message', 'text').write('Papers arrived'));
    expect(xml).to.contain('<bpmn:message id="message-papers-arrived" name="Papers arrived" />').and.contain('messageRef="message-papers-arrived"');
    expect(await receiving.written(receiving.field('ask', 'correlation', 'text').write('=licence'))).to.contain('<zeebe:subscription correlationKey="=licence" />');
    expect(await receiving.written(receiving.field('ask', 'message', 'text').write(''))).to.not.contain('messageRef');
  });

  it('A business rule task names its decision; a script computes into a variable; a call names its procedure.', async () => {
    const as = async (type: string): Promise<Bench> => new Bench(await read(MODEL.replace('<bpmn:serviceTask id="ask"', `<bpmn:${type} id="ask"`).replace('</bpmn:serviceTask>', `</bpmn:${type}>`)));
    const rule = await as('businessRuleTask');
    // Nothing is called yet: a table can be made, and its answer gets a name FEEL can read.
    const open = (): Extract<Field, { kind: 'decision' }> => rule.field('ask', 'open', 'decision');
    expect([open().decision, open().name]).to.deep.equal([undefined, 'Ask for papers']);
    const made = open().write('fee-of-licence');
    expect(await rule.written(made)).to.contain('<zeebe:calledDecision decisionId="fee-of-licence" resultVariable="feeOfLicence" />');
    // One that nobody knows cannot be opened.
    expect(rule.sections('ask').flatMap(({ fields }) => fields).some(({ kind }) => kind === 'decision')).to.equal(false);
    await rule.written(rule.field('ask', 'decision', 'text').write('fee'));
    expect(open().decision).to.equal('fee');
    const ruled = await rule.written(rule.field('ask', 'result', 'text').write('amount'));
    expect(ruled).to.contain('<zeebe:calledDecision decisionId="fee" resultVariable="amount" />');
    const script = await as('scriptTask');
    await script.written(script.field('ask', 'expression', 'text').write('1 + 1'));
    const computed = await script.written(script.field('ask', 'result', 'text').write('two'));
    expect(computed).to.contain('<zeebe:script expression="=1 + 1" resultVariable="two" />');
    const call = await as('callActivity');
    await call.written(call.field('ask', 'called', 'text').write('other'));
    const calling = await call.written(call.field('ask', 'back', 'check').write(false));
    expect(calling).to.contain('<zeebe:calledElement processId="other" propagateAllChildVariables="false" />');
    for (const xml of [ruled, computed, calling]) expect((await lint(xml)).problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
  });

  it('The procedure: who may begin it, its file plan; a lane: whose it is.', async () => {
    await bench.written(bench.field('licence', 'starters', 'many').write(['clerks', 'heads']));
    await bench.written(bench.field('licence', 'fileSeries', 'text').write('LIC'));
    await bench.written(bench.field('licence', 'documentation', 'text').write('How licences are given.'));
    const xml = await bench.written(bench.field('desk', 'group', 'text').write('clerks'));
    expect(xml).to.contain('<gov:starters groups="clerks, heads" />').and.contain('<gov:procedure fileSeries="LIC" />').and.contain('<bpmn:documentation>How licences are given.</bpmn:documentation>').and.contain('<zeebe:property name="group" value="clerks" />');
    expect(bench.field('check', 'done-by', 'done-by').lane).to.equal('The lane: Front desk (clerks)');
    expect(await bench.written(bench.field('desk', 'group', 'text').write(''))).to.not.contain('zeebe:properties');
  });

  it('What stands beside an edit is kept: foreign extensions, and other attributes of the same element.', async () => {
    const file = new Bench(await read(MODEL.replace('<gov:sla due="P5BD" />', '<gov:sla due="P5BD" class="statutory" /><x:note xmlns:x="urn:x" text="kept" />')));
    await file.written(file.field('approve', 'due', 'duration').write('P1BD'));
    await file.written(file.field('approve', 'priority', 'text').write('1'));
    expect(await file.file.xml()).to.contain('<gov:sla due="P1BD" class="statutory" />').and.contain('text="kept"');
  });

  it('Elements are called by what they are.', () => {
    expect(['check', 'late', 'complete', 'f1', 'licence'].map((id) => typeWords(bench.file.find(id)))).to.deep.equal(['User task', 'Timer boundary event', 'Exclusive gateway', 'Sequence flow', 'Procedure']);
  });
});
