// Nothing of the schema is passed over: each attribute and element of BPMN is read by the engine, told, or descriptive for a reason that is written down.
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { LIBRARY_DESCRIPTORS } from '../../../engine/bpmn/descriptors.ts';
import { DESCRIPTIVE, TOLD } from '../../../engine/bpmn/without-effect.ts';
import { rule } from './rules.ts';
import { around, codesOf, file, found, model } from './support.ts';

const ENGINE = new URL('../../../engine/bpmn/', import.meta.url);
const { types } = LIBRARY_DESCRIPTORS.bpmn as { readonly types: readonly { readonly name: string; readonly properties?: readonly { readonly name: string }[] }[] };
const ALL = types.flatMap(({ name, properties = [] }) => properties.map((property) => `${name}.${property.name}`));

/** Names the engine has in its view of a file and asks for somewhere. */
function namesRead(): ReadonlySet<string> {
  const view = /export interface Element \{([\s\S]*?)\n\}/.exec(readFileSync(new URL('tree.ts', ENGINE), 'utf8'))![1]!;
  const sources = readdirSync(ENGINE).filter((name) => name.endsWith('.ts') && !['tree.ts', 'without-effect.ts'].includes(name)).map((name) => readFileSync(new URL(name, ENGINE), 'utf8')).join('\n');
  return new Set([...view.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name!).filter((name) => new RegExp(`\\b${name}\\b`).test(sources)));
}

describe('BPMN: what has no effect is told', () => {
  it('Each attribute and child of the schema is read by its name, told, or descriptive for a reason', () => {
    const read = namesRead();
    expect(read.has('conditionExpression') && read.has('startQuantity') && !read.has('isImmediate')).to.equal(true);
    const unsaid = ALL.filter((key) => !read.has(key.slice(key.indexOf('.') + 1)) && !Object.hasOwn(TOLD, key) && !Object.hasOwn(DESCRIPTIVE, key));
    expect(unsaid, 'neither read nor told nor descriptive').to.deep.equal([]);
  });

  it('The tables name nothing that the schema does not have, and nothing twice', () => {
    const named = [...Object.keys(TOLD), ...Object.keys(DESCRIPTIVE)];
    expect(named.filter((key) => !ALL.includes(key))).to.deep.equal([]);
    expect(new Set(named).size).to.equal(named.length);
  });

  const flowing = (attributes: string): string => model(`<startEvent id="s" /><endEvent id="e" /><sequenceFlow id="n" sourceRef="s" targetRef="e" ${attributes} />`);
  const transaction = (attributes: string): string => around(`<transaction id="n" ${attributes}><task id="t" /></transaction>`);
  const process = (attributes: string, inside: string): string => file(`<process id="n" ${attributes}>${inside}<task id="t" /></process>`);
  const told = (key: string, sentence: string, wrong: string, right: string, on = 'n'): void => {
    covered.add(key);
    rule('BPMN_WITHOUT_EFFECT', sentence, wrong, right, on);
    it(`${sentence}: in the words of ${key}`, async () => {
      const findings = await found('BPMN_WITHOUT_EFFECT', wrong);
      expect(findings.map(({ message, severity }) => [message, severity])).to.deep.equal([[`Expected only what has an effect here, but ${on} has ${TOLD[key]!.name}`, 'warning']]);
    });
  };
  const covered = new Set<string>();
  told('SequenceFlow.isImmediate', 'A flow is followed at once', flowing('isImmediate="false"'), flowing('isImmediate="true"'));
  told('Transaction.method', 'A transaction is undone by compensation', transaction('method="##Store"'), transaction('method="##Compensate"'));
  told('Transaction.protocol', 'A transaction has no protocol', transaction('protocol="ws-tx"'), transaction(''));
  told('FlowElement.auditing', 'An element is not audited by itself', around('<task id="n"><auditing id="a" /></task>'), around('<task id="n" />'));
  told('FlowElement.monitoring', 'An element is not monitored by itself', around('<task id="n"><monitoring id="a" /></task>'), around('<task id="n" />'));
  told('Process.auditing', 'A process is not audited by itself', process('', '<auditing id="a" />'), process('', ''));
  told('Process.monitoring', 'A process is not monitored by itself', process('', '<monitoring id="a" />'), process('', ''));
  told('Process.isClosed', 'A process is open', process('isClosed="true"', ''), process('isClosed="false"', ''));
  const joined = (attributes: string, inside = ''): string => file(`<collaboration id="n" ${attributes}><participant id="a" processRef="p">${inside}</participant></collaboration><process id="p"><task id="t" /></process>`);
  told('Collaboration.isClosed', 'A collaboration is open', joined('isClosed="true"'), joined('isClosed="false"'));
  const specified = '<ioSpecification id="io"><inputSet id="i" /><outputSet id="o" /></ioSpecification>';
  told('CallableElement.ioSpecification', 'A process has no inputs of its own', process('', specified), process('', ''));
  told('CallableElement.ioBinding', 'A process is bound to no operation', process('', '<ioBinding operationRef="o" inputDataRef="i" outputDataRef="u" />'), process('', ''));
  const offered = '<interface id="i" name="i"><operation id="o" name="o"><inMessageRef>m</inMessageRef></operation></interface><message id="m" name="m" />';
  told('CallableElement.supportedInterfaceRef', 'A process offers no interface', file(`${offered}<process id="n"><supportedInterfaceRef>i</supportedInterfaceRef><task id="t" /></process>`), file(`${offered}<process id="n"><task id="t" /></process>`));
  const sets = (inputs: string, outputs: string): string => around(`<task id="n"><ioSpecification id="io"><dataInput id="di" /><dataOutput id="do" />${inputs}${outputs}</ioSpecification></task>`);
  const [input, output] = ['<inputSet id="i" />', '<outputSet id="o" />'];
  told('InputOutputSpecification.inputSets', 'An activity has one set of inputs', sets(`${input}<inputSet id="j" />`, output), sets(input, output), 'io');
  told('InputOutputSpecification.outputSets', 'An activity has one set of outputs', sets(input, `${output}<outputSet id="u" />`), sets(input, output), 'io');
  told('InputSet.whileExecutingInputRefs', 'An activity reads when it begins', sets('<inputSet id="i"><whileExecutingInputRefs>di</whileExecutingInputRefs></inputSet>', output), sets(input, output), 'i');
  told('OutputSet.whileExecutingOutputRefs', 'An activity writes when it completes', sets(input, '<outputSet id="o"><whileExecutingOutputRefs>do</whileExecutingOutputRefs></outputSet>'), sets(input, output), 'o');
  const lane = (attributes: string, inside = ''): string => model(`<laneSet id="l"><lane id="n" name="Desk" ${attributes}>${inside}<flowNodeRef>t</flowNodeRef></lane></laneSet><task id="t" />`, '<resource id="r" name="r" />');
  told('Lane.partitionElementRef', 'A lane is known by its name', lane('partitionElementRef="r"'), lane(''));
  told('Lane.partitionElement', 'A lane holds nothing it stands for', lane('', '<partitionElement xsi:type="resource" id="pe" />'), lane(''));
  told('UserTask.renderings', 'A user task is shown by its form', around('<userTask id="n"><rendering id="r" /></userTask>'), around('<userTask id="n" />'));
  told('GlobalUserTask.renderings', 'A global user task is shown by its form', file('<globalUserTask id="n"><rendering id="r" /></globalUserTask>'), file('<globalUserTask id="n" />'));
  const interfaced = (outer: string, inner: string, errors = ''): string => file(`<message id="m" name="m" /><error id="x" errorCode="X" /><interface id="n" name="i" ${outer}><operation id="o" name="o" ${inner}><inMessageRef>m</inMessageRef>${errors}</operation></interface><process id="p"><task id="t" /></process>`);
  told('Interface.implementationRef', 'An interface has no technology', interfaced('implementationRef="w"', ''), interfaced('', ''));
  told('Operation.implementationRef', 'An operation has no technology', interfaced('', 'implementationRef="w"'), interfaced('', ''), 'o');
  told('Operation.errorRef', 'An operation may fail with any error', interfaced('', '', '<errorRef>x</errorRef>'), interfaced('', ''), 'o');
  told('Participant.endPointRef', 'A partner is reached by the settings', joined('', '<endPointRef>z</endPointRef>').replace('<collaboration ', '<endPoint id="z" /><collaboration '), joined(''), 'a');
  const talk = (inside: string): string => file(`<collaboration id="c"><participant id="a" processRef="p" /><subConversation id="n"><conversation id="v">${inside}</conversation></subConversation></collaboration><process id="p"><task id="t" /></process>`);
  told('SubConversation.conversationNodes', 'Correlation keys stand outside', talk('<correlationKey id="k" name="k" />'), talk(''));
  told('Definitions.imports', 'A file stands for itself', file('<import importType="t" location="other.bpmn" namespace="urn:o" /><process id="p"><task id="t" /></process>'), file('<process id="p"><task id="t" /></process>'), 'definitions');

  it('Each row of the table is shown by a model', () => { expect(Object.keys(TOLD).filter((key) => !covered.has(key))).to.deep.equal([]); });

  it('What is only drawn is not looked at', async () => {
    expect(await codesOf(file('<process id="p"><task id="t" /></process><process id="q" isExecutable="false" isClosed="true"><auditing id="a" /></process>'))).to.deep.equal([]);
  });
});
