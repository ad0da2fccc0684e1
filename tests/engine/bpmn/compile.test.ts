// What a model becomes: every field of the graph.
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { compile } from '../../../engine/bpmn/compile.ts';
import type { FlowNode } from '../../../engine/bpmn/graph.ts';
import { around, extended, file, flow, flows, graphOf, model, processOf } from './support.ts';

async function nodeOf(xml: string, id = 'n'): Promise<FlowNode> {
  const node = (await processOf(xml)).nodes.get(id);
  if (node === undefined) throw new Error(`Expected a node ${id}`);
  return node;
}

const clock = { now: '2026-01-05T09:00:00Z', zone: 'UTC' };

describe('BPMN: compiling a process', () => {
  it('A process carries its identity, version, form, starters and documentation', async () => {
    const xml = model(
      `<documentation>First.</documentation><documentation>Second.</documentation>${extended('<zeebe:versionTag value="1.2" /><gov:starters groups="hr, personnel office" /><zeebe:userTaskForm id="asked">{}</zeebe:userTaskForm>')}
       <startEvent id="s">${extended('<zeebe:formDefinition formId="leave-request" />')}</startEvent><task id="n" />${flow('s', 'n')}`, '', 'name="Leave" isExecutable="true"');
    const { nodes, flows: taken, starts, ...rest } = await processOf(xml);
    expect(rest).to.deep.equal({
      id: 'p', name: 'Leave', isExecutable: true, versionTag: '1.2', line: 4, hash: createHash('sha256').update(xml).digest('hex'),
      lanes: [], eventSubProcesses: [], instantiating: [], reconsiders: false, listeners: undefined, starters: ['hr', 'personnel office'], agency: undefined, procedure: undefined, globalTask: false, startForm: 'leave-request', embeddedForms: { asked: '{}' }, documentation: 'First.\n\nSecond.',
    });
    expect([...nodes.keys()]).to.deep.equal(['s', 'n']);
    expect([...taken.keys()]).to.deep.equal(['s-n']);
    expect(starts.map((node) => node.id)).to.deep.equal(['s']);
  });

  it('The hash of a file is the SHA-256 of its text in UTF-8', async () => {
    const xml = model('<task id="n" name="Prüfung der Größe, 決裁" />');
    expect((await graphOf(xml)).hash).to.equal(createHash('sha256').update(xml, 'utf8').digest('hex'));
  });

  it('A process without isExecutable is compiled; one with false only when it is forced', async () => {
    const xml = file('<process id="p"><task id="a" /></process><process id="q" isExecutable="false"><task id="b" /></process>');
    expect((await graphOf(xml)).processes.map(({ id, isExecutable }) => [id, isExecutable])).to.deep.equal([['p', undefined]]);
    expect((await graphOf(xml, { forceExecutable: true })).processes.map(({ id }) => id)).to.deep.equal(['p', 'q']);
  });

  it('Warnings alone do not keep a model from being compiled', async () => {
    const graph = await graphOf(around('<task id="n" /><task id="lost" />'));
    expect(graph.warnings.map(({ code, severity }) => [code, severity])).to.deep.equal([['BPMN_NODE_WITHOUT_INCOMING', 'warning'], ['BPMN_NODE_WITHOUT_OUTGOING', 'warning']]);
  });

  it('All findings are given when one of them is an error', async () => {
    const problems = await compile(around('<choreographyTask id="n" /><task id="lost" />'));
    expect(Array.isArray(problems) && problems.map(({ severity }) => severity)).to.deep.equal(['error', 'warning', 'warning']);
  });

  it('Nodes and flows are connected in the order of the file', async () => {
    const process = await processOf(model(`<startEvent id="s" /><exclusiveGateway id="g" name="Enough?" default="g-b" /><task id="a" /><task id="b" />${flow('s', 'g')}${flow('g', 'b')}${flow('g', 'a', 'amount &gt; 10')}`));
    const gateway = process.nodes.get('g');
    expect(gateway?.incoming.map(({ id }) => id)).to.deep.equal(['s-g']);
    expect(gateway?.outgoing.map(({ id, target }) => [id, target])).to.deep.equal([['g-b', 'b'], ['g-a', 'a']]);
    expect(gateway?.defaultFlow).to.equal(process.flows.get('g-b'));
    expect(gateway?.name).to.equal('Enough?');
    const condition = process.flows.get('g-a')?.condition;
    expect(condition?.source).to.equal('amount > 10');
    expect(condition?.feel?.evaluate(new Map([['amount', 11]]), clock)).to.equal(true);
    expect(condition?.feel?.evaluate(new Map([['amount', 9]]), clock)).to.equal(false);
  });

  it('Without start events the nodes without incoming flow start a process (13.2)', async () => {
    expect((await processOf(model(`<task id="a" /><task id="b" /><task id="c" />${flow('a', 'c')}`))).starts.map(({ id }) => id)).to.deep.equal(['a', 'b']);
  });

  it('A sub-process starts at its none start event, else at its nodes without incoming flow', async () => {
    const process = await processOf(model(`<subProcess id="x"><startEvent id="s" /><task id="a" />${flow('s', 'a')}</subProcess><subProcess id="y"><task id="b" /><task id="c" />${flow('b', 'c')}</subProcess>${flow('x', 'y')}`));
    expect(process.nodes.get('x')?.starts.map(({ id }) => id)).to.deep.equal(['s']);
    expect(process.nodes.get('y')?.starts.map(({ id }) => id)).to.deep.equal(['b']);
    expect([process.nodes.get('a')?.parentId, process.nodes.get('x')?.parentId]).to.deep.equal(['x', undefined]);
    expect(process.starts.map(({ id }) => id)).to.deep.equal(['x']);
  });

  it('Boundary events belong to their activity and say whether they interrupt it', async () => {
    const timer = '<timerEventDefinition><timeDuration>P5BD</timeDuration></timerEventDefinition>';
    const xml = around(`<userTask id="n" /><boundaryEvent id="a" attachedToRef="n">${timer}</boundaryEvent><boundaryEvent id="b" attachedToRef="n" cancelActivity="false">${extended('<zeebe:properties><zeebe:property name="calendar" value="office" /></zeebe:properties>')}${timer}</boundaryEvent>${flow('a', 'e')}${flow('b', 'e')}`);
    const node = await nodeOf(xml);
    expect(node.boundaryEvents.map(({ id, attachedTo, interrupting }) => [id, attachedTo, interrupting])).to.deep.equal([['a', 'n', true], ['b', 'n', false]]);
    expect(node.boundaryEvents[1]?.event).to.deep.equal({ kind: 'timer', timer: 'duration', value: { source: 'P5BD', literal: 'P5BD' }, calendar: 'office' });
    expect(node.boundaryEvents[0]?.event).to.include({ calendar: undefined });
  });
});

describe('BPMN: compiling lanes', () => {
  it('The group of a node is that of its innermost lane; a property wins over the name', async () => {
    const lanes = `<laneSet id="ls"><lane id="l1" name="Ministry of Works"><flowNodeRef>a</flowNodeRef><flowNodeRef>b</flowNodeRef><childLaneSet id="cls"><lane id="l2" name="Head of Unit (Génie)"><flowNodeRef>b</flowNodeRef></lane></childLaneSet></lane>
      <lane id="l3" name="Other">${extended('<zeebe:properties><zeebe:property name="group" value="post-7" /></zeebe:properties>')}<flowNodeRef>c</flowNodeRef></lane></laneSet>`;
    const process = await processOf(model(`${lanes}<userTask id="a" /><userTask id="b" /><subProcess id="c"><userTask id="d" /></subProcess><userTask id="o" />`));
    expect(process.lanes).to.deep.equal([{ id: 'l1', name: 'Ministry of Works', group: 'ministry-of-works' }, { id: 'l3', name: 'Other', group: 'post-7' }, { id: 'l2', name: 'Head of Unit (Génie)', group: 'head-of-unit-genie' }]);
    expect(['a', 'b', 'c', 'd', 'o'].map((id) => process.nodes.get(id)?.laneGroup)).to.deep.equal(['ministry-of-works', 'head-of-unit-genie', 'post-7', 'post-7', undefined]);
  });
});

describe('BPMN: compiling activities', () => {
  it('A user task carries its assignment, schedule, form, outcomes, deadline and separation', async () => {
    const xml = around(`<userTask id="n">${extended(`<zeebe:userTask /><zeebe:assignmentDefinition assignee="=boss" candidateGroups="hr, ps" candidateUsers="ann" /><zeebe:taskSchedule dueDate="=due" followUpDate="2026-01-05T09:00:00Z" />
      <zeebe:priorityDefinition priority="70" /><zeebe:formDefinition formId="f" /><gov:outcomes><gov:outcome value="yes" label="Approve" kind="approve" /><gov:outcome value="no" requiresComment="true" /></gov:outcomes>
      <gov:sla due="P5BD" calendar="office" class="statutory" /><gov:separation notSameAs="o, q" />`)}</userTask><userTask id="o" /><userTask id="q" />`);
    const task = (await nodeOf(xml)).userTask;
    expect(task).to.deep.include({ candidateGroups: { source: 'hr, ps', literal: 'hr, ps' }, candidateUsers: { source: 'ann', literal: 'ann' }, priority: { source: '70', literal: '70' }, form: 'f', sla: { due: 'P5BD', calendar: 'office' }, notSameAs: ['o', 'q'] });
    expect(task?.outcomes).to.deep.equal([{ value: 'yes', label: 'Approve', kind: 'approve', requiresComment: false, requiresSignature: false }, { value: 'no', label: 'no', kind: 'forward', requiresComment: true, requiresSignature: false }]);
    expect([task?.assignee?.source, task?.assignee?.literal]).to.deep.equal(['boss', undefined]);
    expect(task?.assignee?.feel?.evaluate(new Map([['boss', 'ann']]), clock)).to.equal('ann');
    expect([task?.dueDate?.source, task?.followUpDate?.literal]).to.deep.equal(['due', '2026-01-05T09:00:00Z']);
  });

  it('Of a signed task the outcomes that approve are signed, unless the model says which; without such an outcome all are', async () => {
    const signed = async (outcomes: string): Promise<readonly boolean[]> => {
      const written = extended(`<gov:outcomes>${outcomes}</gov:outcomes><gov:signature document="reply" reason="Approved" />`);
      const task = (await nodeOf(around(`<userTask id="n">${written}</userTask>`))).userTask;
      expect(task?.signature).to.deep.equal({ level: 'S2', document: 'reply', reason: 'Approved' });
      return task?.outcomes.map(({ requiresSignature }) => requiresSignature) ?? [];
    };
    expect(await signed('<gov:outcome value="yes" kind="approve" /><gov:outcome value="no" kind="return" />')).to.deep.equal([true, false]);
    expect(await signed('<gov:outcome value="yes" /><gov:outcome value="no" />')).to.deep.equal([true, true]);
    expect(await signed('<gov:outcome value="yes" kind="approve" /><gov:outcome value="no" requiresSignature="true" />')).to.deep.equal([false, true]);
  });

  it('Attachments carry kind, size in bytes and what is accepted', async () => {
    const node = await nodeOf(around(`<userTask id="n">${extended('<gov:attachments><gov:attachment kind="letter" required="true" accept="application/pdf" maxSize="20MB" /><gov:attachment kind="plan" /></gov:attachments>')}</userTask>`));
    expect(node.attachments).to.deep.equal([{ kind: 'letter', required: true, accept: 'application/pdf', maxBytes: 20_971_520 }, { kind: 'plan', required: false, accept: undefined, maxBytes: undefined }]);
  });

  it('A process knows the agency whose pool it stands in and what its records are', async () => {
    const procedure = extended('<gov:procedure fileSeries="ADM/4" recordClass="correspondence" retention="P5Y" />');
    const pools = '<collaboration id="c"><participant id="a" name="Ministry of Finance" processRef="p" /></collaboration>';
    const process = await processOf(file(`${pools}<process id="p" isExecutable="true">${procedure}<startEvent id="s" /></process>`));
    expect(process.agency).to.equal('ministry-of-finance');
    expect(process.procedure).to.deep.include({ fileSeries: 'ADM/4', recordClass: 'correspondence', retention: 'P5Y' });
  });

  it('gov:document of a service task reaches the worker as headers; task headers of the same name win', async () => {
    const node = await nodeOf(around(`<serviceTask id="n">${extended('<zeebe:taskDefinition type="document-generate" /><zeebe:taskHeaders><zeebe:header key="registry" value="own" /></zeebe:taskHeaders><gov:document template="reply-letter" output="reply" registry="OUT" />')}</serviceTask>`));
    expect(Object.entries(node.job?.headers ?? {}).map(([name, value]) => [name, value.literal])).to.deep.equal([['template', 'reply-letter'], ['output', 'reply'], ['registry', 'own']]);
  });

  it('A user task without extensions has nothing but its defaults', async () => {
    expect((await nodeOf(around('<userTask id="n" />'))).userTask).to.deep.equal({ assignee: undefined, candidateGroups: undefined, candidateUsers: undefined, dueDate: undefined, followUpDate: undefined, priority: undefined, form: undefined, outcomes: [], sla: undefined, notSameAs: [], fourEyes: false, signature: undefined });
  });

  it('A form may stand outside: externalReference is kept as text', async () => {
    expect((await nodeOf(around(`<userTask id="n">${extended('<zeebe:formDefinition externalReference="https://forms.example.org/7" />')}</userTask>`))).userTask?.form).to.equal('https://forms.example.org/7');
  });

  it('A service task is a job with type, retries and headers', async () => {
    const { job } = await nodeOf(around(`<serviceTask id="n">${extended('<zeebe:taskDefinition type="=kind" retries="5" /><zeebe:taskHeaders><zeebe:header key="to" value="=mail" /><zeebe:header key="empty" /></zeebe:taskHeaders>')}</serviceTask>`));
    expect([job?.type.source, job?.retries, Object.keys(job?.headers ?? {})]).to.deep.equal(['kind', { source: '5', literal: '5' }, ['to', 'empty']]);
    expect(job?.headers['empty']).to.deep.equal({ source: '', literal: '' });
    expect(job?.headers['to']?.feel?.names).to.deep.equal(['mail']);
  });

  it('Send tasks, script tasks, message throw events and message end events can be jobs', async () => {
    const job = extended('<zeebe:taskDefinition type="mail" />');
    for (const [node, event] of [
      [`<sendTask id="n">${job}</sendTask>`, undefined],
      [`<scriptTask id="n">${job}</scriptTask>`, undefined],
      [`<intermediateThrowEvent id="n">${job}<messageEventDefinition /></intermediateThrowEvent>`, { kind: 'none' }],
    ] as const) {
      const compiled = await nodeOf(around(node));
      expect([compiled.job?.type.literal, compiled.event, compiled.message]).to.deep.equal(['mail', event, undefined]);
    }
    expect((await nodeOf(model(`<endEvent id="n">${job}<messageEventDefinition /></endEvent>`))).job?.type.literal).to.equal('mail');
  });

  it('A script task has an expression and a result variable', async () => {
    const { script } = await nodeOf(around(`<scriptTask id="n">${extended('<zeebe:script expression="=a * 2" resultVariable="b" />')}</scriptTask>`));
    expect([script?.resultVariable, script?.expression.source, script?.expression.feel?.evaluate(new Map([['a', 21]]), clock)]).to.deep.equal(['b', 'a * 2', 42]);
  });

  it('A call activity names its process and what is passed', async () => {
    const called = (attributes: string): Promise<FlowNode> => nodeOf(around(`<callActivity id="n">${extended(`<zeebe:calledElement processId="q" ${attributes} />`)}</callActivity>`));
    expect((await called('')).call).to.deep.equal({ binding: 'latest', businessId: undefined, processId: { source: 'q', literal: 'q' }, version: undefined, propagateAllParentVariables: true, propagateAllChildVariables: true });
    expect((await called('propagateAllChildVariables="false" propagateAllParentVariables="false"')).call).to.deep.include({ propagateAllParentVariables: false, propagateAllChildVariables: false });
  });

  it('Inputs and outputs are mapped in the order of the file', async () => {
    const node = await nodeOf(around(`<task id="n">${extended('<zeebe:ioMapping><zeebe:input source="=a" target="x.y" /><zeebe:input source="fixed" target="z" /><zeebe:output source="=x" target="b" /></zeebe:ioMapping>')}</task>`));
    expect(node.inputs.map(({ source, target }) => [source.source, source.literal, target])).to.deep.equal([['a', undefined, 'x.y'], ['fixed', 'fixed', 'z']]);
    expect(node.outputs.map(({ target }) => target)).to.deep.equal(['b']);
  });
});

describe('BPMN: compiling events', () => {
  const paid = `<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=invoice" />')}</message>`;

  it('A message has a name and a correlation key', async () => {
    const node = await nodeOf(around('<receiveTask id="n" messageRef="m" />', paid));
    expect([node.message?.name, node.message?.correlationKey?.source]).to.deep.equal(['Paid', 'invoice']);
    const thrown = await nodeOf(model('<endEvent id="n"><messageEventDefinition messageRef="m" /></endEvent>', paid));
    expect(thrown.event?.kind === 'message' && thrown.event.message.name).to.equal('Paid');
    expect((await nodeOf(around('<sendTask id="n" messageRef="m" />', paid))).message?.name).to.equal('Paid');
  });

  it('Dates, durations and cycles are told apart', async () => {
    const starting = async (time: string): Promise<unknown> => (await nodeOf(model(`<startEvent id="n"><timerEventDefinition>${time}</timerEventDefinition></startEvent><task id="t" />${flow('n', 't')}`))).event;
    expect(await starting('<timeDate>2026-01-05T09:00:00Z</timeDate>')).to.include({ timer: 'date' });
    expect(await starting('<timeDuration>=duration("PT1H")</timeDuration>')).to.include({ timer: 'duration' });
    expect(await starting('<timeCycle>R/P1D</timeCycle>')).to.include({ timer: 'cycle' });
  });

  it('An error boundary event without an error catches every error', async () => {
    const xml = around(`<userTask id="n" /><boundaryEvent id="a" attachedToRef="n"><errorEventDefinition /></boundaryEvent><boundaryEvent id="b" attachedToRef="n"><errorEventDefinition errorRef="err" /></boundaryEvent>${flows('a e', 'b e')}`, '<error id="err" errorCode="LATE" />');
    expect((await nodeOf(xml)).boundaryEvents.map((event) => event.event)).to.deep.equal([{ kind: 'error', code: undefined }, { kind: 'error', code: 'LATE' }]);
  });

  it('End events say how they end', async () => {
    expect((await nodeOf(model('<endEvent id="n"><terminateEventDefinition /></endEvent>'))).event).to.deep.equal({ kind: 'terminate' });
    expect((await nodeOf(model('<endEvent id="n"><errorEventDefinition errorRef="err" /></endEvent>', '<error id="err" errorCode="LATE" />'))).event).to.deep.equal({ kind: 'error', code: 'LATE' });
    expect((await nodeOf(model('<endEvent id="n" />'))).event).to.deep.equal({ kind: 'none' });
  });

  it('The finding about an expression points at the character', async () => {
    const problems = await compile(around(`<scriptTask id="n">${extended('<zeebe:script expression="=a + * 2" resultVariable="b" />')}</scriptTask>`));
    expect(Array.isArray(problems) && problems[0]).to.include({ code: 'BPMN_FEEL_INVALID', elementId: 'n', line: 6 });
    expect(Array.isArray(problems) && problems[0]?.message).to.match(/the script of n to be a FEEL expression, but .*character 5 of a \+ \* 2/);
  });

  it('calledElement of the standard calls the process or global task of the same file as it stands in it, else the latest that is deployed (10.3.6)', async () => {
    const calling = (id: string, inside = ''): string => file(`<process id="p"><callActivity id="n" calledElement="${id}">${inside}</callActivity></process><process id="q"><task id="t" /></process><globalTask id="g" /><process id="drawn" isExecutable="false"><task id="d" /></process>`);
    const called = async (xml: string): Promise<unknown[]> => { const { call } = await nodeOf(xml); return [call?.processId.literal, call?.binding, call?.version]; };
    expect(await called(calling('q'))).to.deep.equal(['q', 'deployment', undefined]);
    expect(await called(calling('tns:q'))).to.deep.equal(['q', 'deployment', undefined]);
    expect(await called(calling('g'))).to.deep.equal(['g', 'deployment', undefined]);
    expect(await called(calling('elsewhere'))).to.deep.equal(['elsewhere', 'latest', undefined]);
    expect(await called(calling('drawn'))).to.deep.equal(['drawn', 'latest', undefined]);
    expect(await called(calling('q', extended('<gov:binding version="2" />')))).to.deep.equal(['q', 'latest', 2]);
    expect(await called(calling('q', extended('<zeebe:calledElement bindingType="latest" propagateAllChildVariables="false" />')))).to.deep.equal(['q', 'latest', undefined]);
    expect((await nodeOf(calling('q'))).call).to.deep.include({ propagateAllParentVariables: true, propagateAllChildVariables: true, businessId: undefined });
  });

  it('A reference may be a qualified name with the prefix of the target namespace (15.3); one of another namespace is not found', async () => {
    const xml = (prefix: string): string => file(`<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=k" />')}</message><error id="err" errorCode="E" /><signal id="sig" name="Alarm" />
      <process id="p"><laneSet id="ls"><lane id="l" name="Desk"><flowNodeRef>${prefix}n</flowNodeRef></lane></laneSet>
      <receiveTask id="n" messageRef="${prefix}m"><incoming>${prefix}a</incoming><outgoing>${prefix}b</outgoing></receiveTask><boundaryEvent id="x" attachedToRef="${prefix}n"><errorEventDefinition errorRef="${prefix}err" /></boundaryEvent>
      <startEvent id="s" /><intermediateThrowEvent id="t"><signalEventDefinition signalRef="${prefix}sig" /></intermediateThrowEvent><endEvent id="e" />
      <sequenceFlow id="a" sourceRef="s" targetRef="n" /><sequenceFlow id="b" sourceRef="n" targetRef="t" />${flows('t e', 'x e')}</process>`).replace('targetNamespace', 'xmlns:tns="urn:test" xmlns:other="urn:other" targetNamespace');
    const plain = await processOf(xml(''));
    const qualified = await processOf(xml('tns:'));
    expect(JSON.stringify([...qualified.nodes.values()].map(({ id, message, event, laneGroup, boundaryEvents, attachedTo }) => [id, message, event, laneGroup, boundaryEvents.map((one) => one.id), attachedTo])))
      .to.equal(JSON.stringify([...plain.nodes.values()].map(({ id, message, event, laneGroup, boundaryEvents, attachedTo }) => [id, message, event, laneGroup, boundaryEvents.map((one) => one.id), attachedTo])));
    for (const prefix of ['other:', 'unknown:']) expect(await compile(xml(prefix)).then((answer) => (Array.isArray(answer) ? answer.map(({ code }) => code) : []))).to.include('BPMN_REFERENCE_UNRESOLVED');
  });
});
