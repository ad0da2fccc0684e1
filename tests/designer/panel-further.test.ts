/** The panel and what runs beside the plain way: versions that are called, deadlines that pass, separation of duties, retries, registers, signals, loops, listeners. */
import { expect } from 'chai';
import { lint } from '../../engine/index.ts';
import { storeOf } from '../../engine/bpmn/data-store-specs.ts';
import { removeExtension } from '../../designer/model/edit.ts';
import { leftoverOf } from '../../designer/panel/leftovers.ts';
import { storeVariable } from '../../designer/panel/stores.ts';
import { Bench } from './bench.ts';
import { EVERYTHING } from './everything.ts';
import { MODEL, read } from './support.ts';

async function as(type: string, inside = ''): Promise<Bench> {
  return new Bench(await read(MODEL.replace('<bpmn:serviceTask id="ask" name="Ask for papers">', `<bpmn:${type} id="ask" name="Ask for papers">${inside}`).replace('</bpmn:serviceTask>', `</bpmn:${type}>`)));
}

async function errorsOf(xml: string, id: string): Promise<string[]> {
  return (await lint(xml)).problems.filter(({ severity, elementId }) => severity === 'error' && elementId === id).map(({ code }) => code);
}

describe('Designer: the panel writes what runs beside the plain way', () => {
  it('A called procedure, a decision and a form are meant as the newest, as deployed together, or by a version tag.', async () => {
    const call = await as('callActivity');
    await call.written(call.field('ask', 'called', 'text').write('licence'));
    expect(call.field('ask', 'binding', 'choice').value).to.equal('latest');
    expect(await call.written(call.field('ask', 'binding', 'choice').write('deployment'))).to.contain('<zeebe:calledElement processId="licence" bindingType="deployment" />');
    const without = await call.written(call.field('ask', 'binding', 'choice').write('versionTag'));
    // What is wrong is told at the field that is missing.
    const [code] = await errorsOf(without, 'ask');
    expect(call.field('ask', 'tag', 'text').codes).to.include(code);
    const tagged = await call.written(call.field('ask', 'tag', 'text').write('spring'));
    expect(tagged).to.contain('bindingType="versionTag" versionTag="spring"');
    expect(await errorsOf(tagged, 'ask')).to.deep.equal([]);
    await call.written(call.field('ask', 'into', 'check').write(false));
    expect(await call.written(call.field('ask', 'businessId', 'text').write('=number'))).to.contain('businessId="=number"').and.contain('propagateAllParentVariables="false"');
    await call.written(call.field('ask', 'binding', 'choice').write('version'));
    const numbered = await call.written(call.field('ask', 'version', 'text').write('3'));
    expect(numbered).to.contain('<gov:binding version="3" />').and.not.contain('bindingType');
    expect(await errorsOf(numbered, 'ask')).to.deep.equal([]);
    expect(await call.written(call.field('ask', 'binding', 'choice').write('latest'))).to.not.contain('gov:binding').and.not.contain('bindingType').and.not.contain('versionTag');

    const rule = await as('businessRuleTask');
    await rule.written(rule.field('ask', 'decision', 'text').write('fee'));
    await rule.written(rule.field('ask', 'binding', 'choice').write('versionTag'));
    expect(await rule.written(rule.field('ask', 'tag', 'text').write('2027'))).to.contain('<zeebe:calledDecision decisionId="fee" bindingType="versionTag" versionTag="2027" />');

    const task = new Bench(await read());
    expect(task.sections('check').flatMap(({ fields }) => fields).some(({ key }) => key === 'form-binding'), 'without a form there is no version of it').to.equal(false);
    await task.written(task.field('check', 'form', 'choice').write('papers'));
    await task.written(task.field('check', 'form-binding', 'choice').write('versionTag'));
    expect(await task.written(task.field('check', 'form-tag', 'text').write('b'))).to.contain('<zeebe:formDefinition formId="papers" bindingType="versionTag" versionTag="b" />');
    expect(await task.written(task.field('check', 'form-binding', 'choice').write(''))).to.contain('<zeebe:formDefinition formId="papers" />');
  });

  it('A computed name of another tool is shown, and written in the one place.', async () => {
    const call = await as('callActivity', '<bpmn:extensionElements><zeebe:calledElement processIdExpression="kind" /></bpmn:extensionElements>');
    expect(call.field('ask', 'called', 'text').value).to.equal('=kind');
    const xml = await call.written(call.field('ask', 'called', 'text').write('=other'));
    expect(xml).to.contain('<zeebe:calledElement processId="=other" />');
    expect(await errorsOf(xml, 'ask')).to.deep.equal([]);
  });

  it('The attribute calledElement of the standard is shown and changed where it stands, and never stands beside zeebe:calledElement with another name.', async () => {
    const calling = async (attribute: string, inside = ''): Promise<Bench> => new Bench(await read((await (await as('callActivity', inside)).file.xml()).replace('<bpmn:callActivity ', `<bpmn:callActivity calledElement="${attribute}" `)));
    const call = await calling('tns:inspection');
    expect(call.field('ask', 'called', 'text').value).to.equal('inspection');
    expect(call.field('ask', 'called', 'text').write('inspection'), 'unchanged').to.deep.equal([]);
    expect(call.field('ask', 'binding', 'choice').value).to.equal('');
    expect(call.field('ask', 'binding', 'choice').write('')).to.deep.equal([]);
    const renamed = await call.written(call.field('ask', 'called', 'text').write('licence'));
    expect(renamed).to.contain('calledElement="licence"').and.not.contain('zeebe:calledElement');
    expect(await errorsOf(renamed, 'ask')).to.deep.equal([]);
    // A version can only be said by the extension: the name goes with it.
    const bound = await call.written(call.field('ask', 'binding', 'choice').write('deployment'));
    expect(bound).to.contain('<zeebe:calledElement processId="licence" bindingType="deployment" />').and.not.contain(' calledElement=');
    expect(call.field('ask', 'binding', 'choice').value).to.equal('deployment');

    const computed = await calling('inspection');
    expect(await computed.written(computed.field('ask', 'called', 'text').write('=which'))).to.contain('<zeebe:calledElement processId="=which" />').and.not.contain(' calledElement=');
    const emptied = await calling('inspection');
    expect(await emptied.written(emptied.field('ask', 'called', 'text').write(' '))).to.not.contain('calledElement');
    const both = await calling('inspection', '<bpmn:extensionElements><zeebe:calledElement processId="licence" /></bpmn:extensionElements>');
    expect(both.field('ask', 'called', 'text').value, 'what counts').to.equal('licence');
    expect(await both.written(both.field('ask', 'called', 'text').write('other'))).to.contain('<zeebe:calledElement processId="other" />').and.not.contain(' calledElement=');
    const passing = await calling('inspection', '<bpmn:extensionElements><zeebe:calledElement propagateAllChildVariables="false" /></bpmn:extensionElements>');
    expect(passing.field('ask', 'called', 'text').value).to.equal('inspection');
    expect(await passing.written(passing.field('ask', 'called', 'text').write('other'))).to.contain(' calledElement="other"').and.contain('<zeebe:calledElement propagateAllChildVariables="false" />');
  });

  it('A deadline says who is told before, and what happens when it passes; nobody is named to be told nothing.', async () => {
    const bench = new Bench(await read());
    await bench.written(bench.field('approve', 'warn', 'duration').write('P1BD'));
    const nobody = await bench.written(bench.field('approve', 'breach', 'choice').write('reassign'));
    const [code] = await errorsOf(nobody, 'approve');
    expect(bench.field('approve', 'escalate-to', 'text').codes).to.include(code);
    const xml = await bench.written(bench.field('approve', 'escalate-to', 'text').write('clerks'));
    expect(xml).to.contain('<gov:sla due="P5BD" warnAt="P1BD" onBreach="reassign" escalateTo="clerks" />');
    expect(await errorsOf(xml, 'approve')).to.deep.equal([]);
    for (const breach of ['notify', 'escalate']) expect(await bench.written(bench.field('approve', 'breach', 'choice').write(breach))).to.contain(`onBreach="${breach}" escalateTo="clerks"`);
    const deemed = await bench.written(bench.field('approve', 'breach', 'choice').write('deem'));
    expect(deemed).to.contain('onBreach="deem" />').and.not.contain('escalateTo');
    expect(await errorsOf(deemed, 'approve')).to.deep.equal([]);
    await bench.written(bench.field('approve', 'dueDate', 'text').write('=hearing'));
    expect(await bench.written(bench.field('approve', 'followUpDate', 'text').write('=hearing'))).to.contain('<zeebe:taskSchedule dueDate="=hearing" followUpDate="=hearing" />');
  });

  it('Separation of duties names tasks, sub-processes, called procedures and who began the case; four eyes names all.', async () => {
    const bench = new Bench(await read(MODEL.replace('<bpmn:endEvent', '<bpmn:subProcess id="part" name="Survey"><bpmn:userTask id="inner" name="Measure" /></bpmn:subProcess><bpmn:callActivity id="call" name="Pay" /><bpmn:manualTask id="post" name="Post" /><bpmn:endEvent')));
    const field = bench.field('approve', 'separation', 'many');
    expect(field.choices.map(({ label }) => label)).to.deep.equal(['Whoever began the case (Applied)', 'Check papers', 'Sub-process: Survey', 'Measure', 'Called procedure: Pay']);
    await bench.written(field.write(field.choices.map(({ value }) => value)));
    const xml = await bench.written(bench.field('approve', 'four-eyes', 'check').write(true));
    expect(xml).to.contain('<gov:separation notSameAs="start, check, part, inner, call" fourEyes="true" />');
    expect(await errorsOf(xml, 'approve')).to.deep.equal([]);
    await bench.written(bench.field('post', 'confirmed', 'check').write(true));
    expect(bench.field('approve', 'separation', 'many').choices.map(({ value }) => value)).to.include('post');
    // What is not there any more can be taken away.
    await bench.written(bench.field('approve', 'separation', 'many').write(['gone']));
    expect(bench.field('approve', 'separation', 'many').choices.at(-1)).to.deep.equal({ value: 'gone', label: 'gone (not in this procedure)' });
  });

  it('A manual task that somebody confirms is a task of somebody; when nobody does, what is said of people goes with it.', async () => {
    const bench = await as('manualTask');
    const untouched = await bench.file.xml();
    await bench.written(bench.field('ask', 'confirmed', 'check').write(true));
    await bench.written(bench.field('ask', 'due', 'duration').write('P1D'));
    const xml = await bench.written(bench.field('ask', 'done-by', 'done-by').write({ mode: 'people', text: 'ana, bo' }));
    expect(xml).to.contain('<zeebe:userTask />').and.contain('candidateUsers="ana, bo"').and.contain('<gov:sla due="P1D" />');
    expect(await errorsOf(xml, 'ask')).to.deep.equal([]);
    await bench.written(bench.field('ask', 'confirmed', 'check').write(false));
    expect(await bench.file.xml()).to.equal(untouched);
  });

  it('Retries wait; a job beside a step keeps the settings another tool gave it.', async () => {
    const bench = await as('serviceTask', '<bpmn:extensionElements><zeebe:taskDefinition type="scan" /><zeebe:executionListeners><zeebe:executionListener eventType="start" type="lamp"><zeebe:taskHeaders><zeebe:header key="colour" value="red" /></zeebe:taskHeaders></zeebe:executionListener></zeebe:executionListeners></bpmn:extensionElements>');
    expect(await bench.written(bench.field('ask', 'backoff', 'duration').write('PT10M'))).to.contain('<gov:retry backoff="PT10M" />');
    const [code] = await errorsOf(await bench.written(bench.field('ask', 'backoff', 'duration').write('P3BD')), 'ask');
    expect(bench.field('ask', 'backoff', 'duration').codes).to.include(code);
    await bench.written(bench.field('ask', 'backoff', 'duration').write(''));
    const { rows, fresh, write } = bench.field('ask', 'listeners', 'rows');
    const xml = await bench.written(write([{ ...fresh, type: 'first' }, { ...rows[0], eventType: 'end', retries: '5' }]));
    expect(xml).to.match(/<zeebe:executionListener eventType="start" type="first" \/>\s*<zeebe:executionListener eventType="end" retries="5" type="lamp">\s*<zeebe:taskHeaders>\s*<zeebe:header key="colour" value="red" \/>/);
    expect(await errorsOf(xml, 'ask')).to.deep.equal([]);
    expect(await bench.written(bench.field('ask', 'listeners', 'rows').write([]))).to.not.contain('executionListeners');
  });

  it('What a step kept from being of another kind is named by its finding, and can be taken out.', async () => {
    const bench = await as('callActivity', '<bpmn:extensionElements><zeebe:taskDefinition type="scan" /><gov:retry backoff="PT1M" /><zeebe:calledElement processId="licence" /></bpmn:extensionElements>');
    const leftovers = async (): Promise<(string | undefined)[]> => (await lint(await bench.file.xml())).problems.filter(({ elementId }) => elementId === 'ask').map((problem) => leftoverOf(bench.file.find('ask'), problem));
    expect(await leftovers()).to.deep.equal(['zeebe:TaskDefinition', 'gov:Retry']);
    for (const type of await leftovers()) await bench.written(removeExtension(bench.file.find('ask'), type!));
    expect(await leftovers()).to.deep.equal([]);
    expect(leftoverOf(bench.file.find('ask'), { code: 'BPMN_EXTENSION_MISPLACED', message: 'zeebe:calledElementX', hint: '' })).to.equal(undefined);
    expect(leftoverOf(bench.file.find('ask'), { code: 'BPMN_BINDING_INVALID', message: 'zeebe:calledElement', hint: '' }), 'of another finding nothing is taken').to.equal(undefined);
  });

  it('A register has a name, an entry, room; its arrows say what they copy, and the panel calls it as the engine does.', async () => {
    const bench = new Bench(await read(EVERYTHING));
    expect(await bench.written(bench.field('register', 'register', 'text').write('Fleet 2'))).to.contain('<bpmn:dataStore id="data-store-fleet-2" name="Fleet 2" />').and.contain('dataStoreRef="data-store-fleet-2"');
    expect(bench.field('register', 'variable', 'note').text).to.equal('In expressions it is called Fleet_2.');
    await bench.written(bench.field('register', 'key', 'text').write('=plate'));
    expect(await bench.written(bench.field('register', 'capacity', 'text').write('40'))).to.contain('capacity="40" isUnlimited="false"').and.contain('<zeebe:property name="key" value="=plate" />');
    expect(await bench.written(bench.field('register', 'capacity', 'text').write(''))).to.not.contain('capacity').and.not.contain('isUnlimited');
    await bench.written(bench.field('stores', 'store-read', 'rows').write([{ to: 'formerOwner', from: 'Fleet_2.owner' }]));
    const wrong = await bench.written(bench.field('stores', 'store-write', 'rows').write([{ to: 'elsewhere', from: '=buyer' }]));
    expect(bench.field('stores', 'store-write', 'rows').codes).to.include((await errorsOf(wrong, 'stores')).find((code) => code.startsWith('BPMN_DATA_STORE')));
    const xml = await bench.written(bench.field('stores', 'store-write', 'rows').write([{ to: 'Fleet_2.owner', from: '=buyer' }]));
    expect(xml.replace(/\s+/g, ' ')).to.contain('>=Fleet_2.owner</bpmn:from> <bpmn:to xsi:type="bpmn:tFormalExpression">formerOwner</bpmn:to>').and.contain('>=buyer</bpmn:from> <bpmn:to xsi:type="bpmn:tFormalExpression">Fleet_2.owner</bpmn:to>');
    expect((await errorsOf(xml, 'stores')).filter((code) => code !== 'BPMN_JOB_TYPE_MISSING')).to.deep.equal([]);
    for (const name of ['Vehicle register', '2nd – register', 'Überblick', 'a.b']) {
      await bench.written(bench.field('register', 'register', 'text').write(name));
      const arrow = bench.file.find('stores').get('dataInputAssociations') as readonly never[];
      expect(storeVariable(bench.file.find('register'))).to.equal(storeOf(arrow[0]!, 'input')?.variable);
    }
  });

  it('A signal has a name and who hears it; conditional, escalation, link and compensation events say what they are about.', async () => {
    const bench = new Bench(await read(EVERYTHING));
    await bench.written(bench.field('intermediateThrowEvent-signal', 'signal', 'text').write('Storm'));
    expect(await bench.written(bench.field('intermediateThrowEvent-signal', 'scope', 'choice').write('conversation'))).to.contain('<bpmn:signal id="signal-storm" name="Storm">').and.contain('<zeebe:property name="scope" value="conversation" />');
    expect(await bench.written(bench.field('intermediateThrowEvent-signal', 'scope', 'choice').write(''))).to.contain('<bpmn:signal id="signal-storm" name="Storm" />');
    expect(await bench.written(bench.field('boundaryEvent-escalation', 'escalation', 'text').write('LATE'))).to.contain('escalationCode="LATE"');
    await bench.written(bench.field('startEvent-conditional', 'condition', 'text').write('a > 1'));
    expect(await bench.written(bench.field('startEvent-conditional', 'variableNames', 'text').write('a'))).to.contain('=a &gt; 1</bpmn:condition>').and.contain('<zeebe:conditionalFilter variableNames="a" />');
    expect(await bench.written(bench.field('startEvent-conditional', 'interrupting', 'check').write(false))).to.contain('isInterrupting="false"');
    expect(await bench.written(bench.field('intermediateThrowEvent-link', 'link', 'text').write('on'))).to.contain('name="on"');
    const activity = bench.field('endEvent-compensate', 'activity', 'choice');
    expect(activity.choices.map(({ value }) => value)).to.include.members(['', 'userTask', 'adHocSubProcess']);
    expect(await bench.written(activity.write('userTask'))).to.contain('activityRef="userTask"');
    // Each of several triggers has its own fields, and one says whether all are needed.
    expect(bench.sections('several').map(({ title }) => title)).to.include.members(['Time', 'Signal (2)', 'What it does']);
    expect(await bench.written(bench.field('several', 'parallelMultiple', 'check').write(true))).to.contain('parallelMultiple="true"');
    expect(bench.sections('boundaryEvent-error').flatMap(({ fields }) => fields).some(({ key }) => key === 'interrupting'), 'an error always interrupts').to.equal(false);
  });

  it('A step is done once, in a loop, or for each of a list; an ad-hoc sub-process in the order it says.', async () => {
    const bench = new Bench(await read());
    const untouched = await bench.file.xml();
    await bench.written(bench.field('check', 'repeat', 'choice').write('loop'));
    const endless = await bench.written(bench.field('check', 'loopMaximum', 'text').write('often'));
    expect(bench.field('check', 'loopMaximum', 'text').codes).to.include((await errorsOf(endless, 'check'))[0]);
    await bench.written(bench.field('check', 'loopMaximum', 'text').write('3'));
    expect(await errorsOf(await bench.written(bench.field('check', 'loopCondition', 'text').write('papers < 3')), 'check')).to.deep.equal([]);
    await bench.written(bench.field('check', 'repeat', 'choice').write('parallel'));
    await bench.written(bench.field('check', 'inputCollection', 'text').write('applicants'));
    await bench.written(bench.field('check', 'inputElement', 'text').write('applicant'));
    const xml = await bench.written(bench.field('check', 'repeat', 'choice').write('sequential'));
    expect(xml).to.contain('<bpmn:multiInstanceLoopCharacteristics isSequential="true">').and.contain('inputCollection="=applicants" inputElement="applicant"');
    expect(await errorsOf(xml, 'check')).to.deep.equal([]);
    await bench.written(bench.field('check', 'repeat', 'choice').write(''));
    expect(await bench.file.xml()).to.equal(untouched);
    const adHoc = new Bench(await read(EVERYTHING));
    await adHoc.written(adHoc.field('adHocSubProcess', 'ordering', 'choice').write('Sequential'));
    expect(await adHoc.written(adHoc.field('adHocSubProcess', 'cancelRemainingInstances', 'check').write(false))).to.contain('ordering="Sequential"').and.contain('cancelRemainingInstances="false"');
  });

  it('Branches of inclusive gateways and of activities have conditions, too; a procedure can be a drawing only.', async () => {
    const bench = new Bench(await read(MODEL.replaceAll('exclusiveGateway', 'inclusiveGateway')));
    expect(bench.sections('complete').map(({ key }) => key)).to.include('branches');
    expect(await bench.written(bench.field('f2', 'condition', 'text').write('ready'))).to.contain('=ready</bpmn:conditionExpression>');
    expect(await bench.written(bench.field('licence', 'executable', 'check').write(false))).to.contain('isExecutable="false"');
  });
});
