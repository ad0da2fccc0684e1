// XML text to a tree: hostile input, ids, references, lines.
import { expect } from 'chai';
import { MAX_CHARACTERS, MAX_DEPTH } from '../../../engine/bpmn/lines.ts';
import { format, parse } from '../../../engine/bpmn/parse.ts';
import { rule } from './rules.ts';
import { around, codesOf, extended, file, flow, found, model, problemsOf, processOf } from './support.ts';

const plain = around('<task id="n" />');

function nested(depth: number): string {
  const open = Array.from({ length: depth }, (_, i) => `<subProcess id="x${String(i)}">`).join('');
  return `${open}<task id="n" />${'</subProcess>'.repeat(depth)}`;
}

describe('BPMN: reading a file', () => {
  rule('BPMN_XML_INVALID', 'A file is well-formed XML', plain.replace('</bpmn:process>', ''), plain);
  rule('BPMN_XML_INVALID', 'An attribute value stands in quotes', plain.replace('id="n"', 'id=n'), plain);
  rule('BPMN_XML_INVALID', 'An attribute stands once', plain.replace('id="n"', 'id="n" name="a" name="b"'), plain);
  rule('BPMN_XML_INVALID', 'A prefix belongs to a namespace', plain.replace('id="n"', 'id="n" foo:bar="1"'), plain);
  rule('BPMN_XML_ROOT', 'The root element is definitions', '<html xmlns="http://www.w3.org/1999/xhtml"><body /></html>', plain);
  rule('BPMN_XML_INVALID', 'An empty text is no file', '', plain);
  rule('BPMN_XML_CONTENT', 'An element stands where the standard allows it', around('<task id="n"><laneSet id="x" /></task>'), plain, 'x');
  rule('BPMN_XML_CONTENT', 'An element of the namespace exists in the standard', around('<task id="n" /><wizardTask id="w" />'), plain);
  rule('BPMN_XML_CONTENT', 'An extension element of zeebe exists', around(`<task id="n">${extended('<zeebe:wizard />')}</task>`), plain, 'n');
  rule('BPMN_XML_TEXT', 'Text stands in elements that are made for it', around('<task id="n">Check it</task>'), around('<task id="n"><documentation>Check it</documentation></task>'), 'n');
  rule('BPMN_XML_ENCODING', 'A file is encoded in UTF-8', plain.replace('UTF-8', 'ISO-8859-1'), plain);
  rule('BPMN_ATTRIBUTE_UNKNOWN', 'An attribute without prefix is one of the standard', around('<task id="n" colour="red" />'), around('<task id="n" camunda:colour="red" />'), 'n');
  rule('BPMN_ATTRIBUTE_UNKNOWN', 'An attribute of a zeebe element exists', around(`<userTask id="n">${extended('<zeebe:assignmentDefinition asignee="me" />')}</userTask>`), plain, 'n');
  rule('BPMN_ATTRIBUTE_INVALID', 'A truth value is true or false', around('<task id="n" isForCompensation="1" />'), around('<task id="n" isForCompensation="false" />'), 'n');
  rule('BPMN_ATTRIBUTE_INVALID', 'A truth value of an extension is true or false', around(`<userTask id="n">${extended('<gov:separation fourEyes="yes" />')}</userTask>`), plain, 'n');
  rule('BPMN_ATTRIBUTE_INVALID', 'An enumeration has only its own values', around('<exclusiveGateway id="n" gatewayDirection="sideways" />'), around('<exclusiveGateway id="n" gatewayDirection="Diverging" />'), 'n');
  rule('BPMN_ATTRIBUTE_NOT_DRAWN', 'An attribute of a shape is one of BPMN DI', file('<bpmndi:BPMNDiagram id="d" shade="dark" />'), plain, 'd');
  rule('BPMN_REFERENCE_UNRESOLVED', 'A sequence flow leads to an element of the file', model('<startEvent id="s" /><sequenceFlow id="f" sourceRef="s" targetRef="nowhere" />'), plain, 'f');
  rule('BPMN_REFERENCE_NOT_FOUND', 'A shape shows an element of the file', file('<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="nowhere" /></bpmndi:BPMNDiagram>'), plain, 'pl');
  rule('BPMN_ID_DUPLICATE', 'An id is unique in the file', around('<task id="n" /><task id="n" />'), plain, 'n');
  rule('BPMN_ID_INVALID', 'An id has no colon', around('<task id="n" /><task id="a:b" />'), plain);
  rule('BPMN_ID_INVALID', 'An id begins with a letter', around('<task id="n" /><task id="1a" />'), plain);
  rule('BPMN_ID_MISSING', 'A flow node has an id', around('<task id="n" /><task name="nameless" />'), plain, 'p');
  rule('BPMN_ID_MISSING', 'A process has an id', file('<process isExecutable="true"><task id="n" /></process>'), plain);
  rule('BPMN_MUST_UNDERSTAND', 'An extension that must be understood is refused', file('<extension mustUnderstand="true" definition="x" /><process id="p"><task id="n" /></process>'), plain);

  it('All findings of a file are given, in the order of its lines', async () => {
    const problems = await problemsOf(model('<startEvent id="s" />\n<task id="n" colour="red" />\n<task id="n2" shade="dark" />\n<choreographyTask id="g" />'));
    expect(problems.map(({ code, elementId, line }) => `${String(line)} ${code} ${elementId}`)).to.deep.equal([
      '5 BPMN_NODE_WITHOUT_OUTGOING s',
      '6 BPMN_ATTRIBUTE_UNKNOWN n',
      '6 BPMN_NODE_WITHOUT_INCOMING n',
      '7 BPMN_ATTRIBUTE_UNKNOWN n2',
      '7 BPMN_NODE_WITHOUT_INCOMING n2',
      '8 BPMN_ELEMENT_NOT_EXECUTED g',
      '8 BPMN_NODE_WITHOUT_INCOMING g',
    ]);
  });

  it('The second element with an id is named together with the line of the first', async () => {
    const [duplicate] = await found('BPMN_ID_DUPLICATE', model('<task id="n" />\n\n<task id="n" />'));
    expect(duplicate?.line).to.equal(7);
    expect(duplicate?.message).to.contain('line 5');
  });

  it('An element without id has the line of what it stands in', async () => {
    const [problem] = await problemsOf(model('<startEvent id="s">\n<timerEventDefinition>\n<timeDate>tomorrow</timeDate></timerEventDefinition></startEvent>'));
    expect(problem).to.include({ elementId: 's', line: 5 });
  });

  it('Lines count through comments, CDATA, processing instructions and tags of several lines', async () => {
    const xml = model('<!-- a\nb -->\n<documentation><![CDATA[ <x>\n</x> ]]></documentation>\n<?pi\n?>\n<task\n  id="n"\n  name="a &gt; b >"\n/>\n<task id="n2" colour="red" />');
    const [problem] = await found('BPMN_ATTRIBUTE_UNKNOWN', xml);
    expect(problem?.line).to.equal(xml.split('\n').findIndex((line) => line.includes('colour')) + 1);
    expect((await processOf(xml.replace('colour="red" ', ''))).nodes.get('n')?.line).to.equal(11);
  });

  it('Extension elements of others survive reading and writing', async () => {
    const read = await parse(around(`<task id="n" camunda:colour="red">${extended('<other:note xmlns:other="urn:other" level="3"><other:inner>text</other:inner></other:note>')}</task>`));
    if (Array.isArray(read)) throw new Error('Expected a file that can be read');
    const written = await format(read.definitions);
    expect(written).to.contain('<other:note xmlns:other="urn:other" level="3">').and.to.contain('<other:inner>text</other:inner>').and.to.contain('camunda:colour="red"');
  });
});

describe('BPMN: hostile files', () => {
  const bomb = '<!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
  rule('BPMN_XML_DOCTYPE', 'A file declares no document type', plain.replace('?>', `?>${bomb}`), plain);
  rule('BPMN_XML_DOCTYPE', 'A file names no entity of the outside', plain.replace('?>', '?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'), plain);
  rule('BPMN_XML_TOO_LARGE', 'A file has a limited size', `${plain}<!--${'x'.repeat(MAX_CHARACTERS)}-->`, plain);
  rule('BPMN_XML_TOO_DEEP', 'Elements are nested to a limited depth', model(nested(10_000)), plain);

  it('The deepest nesting that is allowed is compiled', async () => {
    const depth = MAX_DEPTH - 3;
    const process = await processOf(model(nested(depth)));
    expect(process.nodes.size).to.equal(depth + 1);
  });

  it('Names of JavaScript prototypes are ordinary ids', async () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
    const nodes = names.map((name) => `<task id="${name}" />`).join('');
    const path = names.slice(1).map((name, i) => flow(names[i] ?? '', name)).join('');
    const process = await processOf(model(nodes + path));
    expect([...process.nodes.keys()]).to.deep.equal(names);
    expect(process.starts.map((node) => node.id)).to.deep.equal(['__proto__']);
    expect(({} as Record<string, unknown>)['id']).to.equal(undefined);
  });

  it('Names of JavaScript prototypes are ordinary attributes and headers', async () => {
    const task = `<serviceTask id="n" camunda:__proto__="x" camunda:constructor="y">${extended('<zeebe:taskDefinition type="t" /><zeebe:taskHeaders><zeebe:header key="__proto__" value="v" /></zeebe:taskHeaders>')}</serviceTask>`;
    expect(await codesOf(around(task))).to.deep.equal(['BPMN_FOREIGN_NOT_EXECUTED']);
    const headers = (await processOf(around(task.replace(/ camunda:\w+="\w"/g, '')))).nodes.get('n')?.job?.headers ?? {};
    expect(Object.keys(headers)).to.deep.equal(['__proto__']);
  });

  it('References that go in a circle are findings, not a hang', async () => {
    const circle = model('<boundaryEvent id="a" attachedToRef="b"><errorEventDefinition /></boundaryEvent><boundaryEvent id="b" attachedToRef="a"><errorEventDefinition /></boundaryEvent><exclusiveGateway id="g" default="g" />');
    expect(await codesOf(circle)).to.include.members(['BPMN_BOUNDARY_NOT_ATTACHED', 'BPMN_DEFAULT_FOREIGN']);
    expect(await codesOf(model('<task id="a" /><sequenceFlow id="f" sourceRef="f" targetRef="f" />'))).to.contain('BPMN_FLOW_ENDPOINT');
  });

  it('Many misplaced elements in a large file are answered at once', async () => {
    expect(await codesOf(model('<task id="n" />' + '<nonsense/>\n'.repeat(60_000)))).to.contain('BPMN_XML_CONTENT');
    expect(await codesOf(model(`<task id="n" ${'1 '.repeat(200_000)} />`))).to.deep.equal(['BPMN_XML_INVALID']);
    expect(await codesOf(model('<task id="n">' + 'text<![CDATA[x]]>'.repeat(60_000) + '</task>'))).to.contain('BPMN_XML_TEXT');
  }).timeout(60_000);
});
