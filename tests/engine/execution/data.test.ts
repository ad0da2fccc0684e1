// Data objects, properties, input/output specifications and data associations (BPMN 2.0.2, 10.4.1 and 10.4.2), executed as variables.
import { expect } from 'chai';
import { codesOf, extended, flow, flows, model, processOf } from '../bpmn/support.ts';
import { given } from '../support/case.ts';
import { done, jobDone, message, start } from '../support/verbs.ts';

const ends = '<startEvent id="s" /><endEvent id="e" />';
const io = (inputs: readonly string[], outputs: readonly string[]): string => `<ioSpecification>${inputs.map((name) => `<dataInput id="in_${name}" name="${name}" />`).join('')}${outputs.map((name) => `<dataOutput id="out_${name}" name="${name}" />`).join('')}<inputSet /><outputSet /></ioSpecification>`;
const into = (source: string, target: string, more = ''): string => `<dataInputAssociation id="ia_${source}_${target}"><sourceRef>${source}</sourceRef><targetRef>${target}</targetRef>${more}</dataInputAssociation>`;
const outOf = (source: string, target: string, more = ''): string => `<dataOutputAssociation id="oa_${source}_${target}"><sourceRef>${source}</sourceRef><targetRef>${target}</targetRef>${more}</dataOutputAssociation>`;
const service = (id: string, inner: string): string => `<serviceTask id="${id}">${extended('<zeebe:taskDefinition type="work" />')}${inner}</serviceTask>`;

describe('Engine: data objects and data associations', () => {
  const FORM = '<dataObject id="o" /><dataObjectReference id="r" name="Leave form" dataObjectRef="o" />';

  it('A data input association copies the data object into the data input when the activity begins', async () => {
    const process = await processOf(model(`${ends}${FORM}${service('n', `${io(['form'], [])}${into('r', 'in_form')}`)}${flows('s n e')}`));
    const { case: on } = given(process, start({ Leave_form: 'days: 3' }));
    expect([...on.state.elements.values()].find(({ elementId }) => elementId === 'n')?.variables?.get('form')).to.equal('days: 3');
  });

  it('A data output association writes the data output into the data object when the activity completes', async () => {
    const process = await processOf(model(`${ends}${FORM}${service('n', `${io([], ['signed'])}${outOf('out_signed', 'r')}`)}${flows('s n e')}`));
    const { case: on } = given(process, start(), jobDone('n', { signed: 'yes', other: 1 }));
    expect(on.variables()).to.deep.equal({ Leave_form: 'yes' });
  });

  it('A transformation and assignments are FEEL', async () => {
    const process = await processOf(model(`${ends}${FORM}${service('n', `${io(['days'], ['total'])}${into('r', 'in_days', '<transformation>=Leave_form.days * 2</transformation>')}${outOf('out_total', 'r', '<assignment><from>=total + 1</from><to>Leave_form.total</to></assignment>')}`)}${flows('s n e')}`));
    const { case: on } = given(process, start({ Leave_form: { days: 3 } }));
    expect([...on.state.elements.values()].find(({ elementId }) => elementId === 'n')?.variables?.get('days')).to.equal(6);
    const { case: after } = given(process, start({ Leave_form: { days: 3 } }), jobDone('n', { total: 4 }));
    expect(after.variables()).to.deep.equal({ Leave_form: { days: 3, total: 5 } });
  });

  it('A data object of a sub-process lives as long as the sub-process', async () => {
    const process = await processOf(model(`${ends}<subProcess id="p1"><dataObject id="o" name="draft" /><startEvent id="is" />${service('n', `${io([], ['text'])}${outOf('out_text', 'o')}`)}<userTask id="t" />${flows('is n t')}</subProcess>${flows('s p1 e')}`));
    const { case: on } = given(process, start({ draft: 'outer' }), jobDone('n', { text: 'inner' }));
    expect([...on.state.elements.values()].find(({ elementId }) => elementId === 'p1')?.variables?.get('draft')).to.equal('inner');
    expect(given(process, start({ draft: 'outer' }), jobDone('n', { text: 'inner' }), done('t')).case.variables()).to.deep.equal({ draft: 'outer' });
  });

  it('A property is a variable of its activity and hides an outer one', async () => {
    const process = await processOf(model(`${ends}<subProcess id="p1"><property id="pr" name="count" /><startEvent id="is" />${service('n', '')}<userTask id="t" />${flows('is n t')}</subProcess>${flows('s p1 e')}`));
    const { case: on } = given(process, start({ count: 7 }), jobDone('n', { count: 1 }));
    expect(on.variables()['count']).to.equal(7);
  });

  it('A message event writes its data output, a throw event reads its data input', async () => {
    const roots = `<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=id" />')}</message>`;
    const process = await processOf(model(`${ends}${FORM}<intermediateCatchEvent id="c"><dataOutput id="out_amount" name="amount" />${outOf('out_amount', 'r')}<messageEventDefinition messageRef="m" /></intermediateCatchEvent>
      <intermediateThrowEvent id="t"><dataInput id="in_what" name="what" />${into('r', 'in_what')}<messageEventDefinition messageRef="m" /></intermediateThrowEvent>${flows('s c t e')}`, roots));
    given(process, start({ id: '1' })).when(message('c', { amount: 5, note: 'x' })).including({ type: 'VariablesWritten', values: { Leave_form: 5 } }, { type: 'MessagePublished', elementId: 't', variables: { what: 5 } })
      .and((on) => expect(on.variables()).to.deep.equal({ id: '1', Leave_form: 5 }));
  });

  it('A multi-instance activity takes its items from a data object (loopDataInputRef) and gives a collection (loopDataOutputRef)', async () => {
    const loop = '<multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>r</loopDataInputRef><loopDataOutputRef>q</loopDataOutputRef><inputDataItem id="item" name="item" /><outputDataItem id="answer" name="answer" /></multiInstanceLoopCharacteristics>';
    const process = await processOf(model(`${ends}${FORM}<dataObject id="q" name="answers" />${service('n', loop)}${flows('s n e')}`));
    const { case: on } = given(process, start({ Leave_form: ['a', 'b'] }), jobDone('n', { answer: 1 }), jobDone('n', { answer: 2 }));
    expect(on.variables()).to.deep.equal({ Leave_form: ['a', 'b'], answers: [1, 2] });
  });

  it('An association that is only drawn changes nothing', async () => {
    const drawn = `<property id="pl" name="__targetRef_placeholder" /><dataInputAssociation id="ia"><sourceRef>r</sourceRef><targetRef>pl</targetRef></dataInputAssociation><dataOutputAssociation id="oa"><targetRef>r</targetRef></dataOutputAssociation>`;
    const xml = model(`${ends}${FORM}<dataStoreReference id="ds" name="Register" />${service('n', drawn.replace('<sourceRef>r', '<sourceRef>ds'))}${flow('s', 'n')}${flow('n', 'e')}`);
    expect(await codesOf(xml)).to.deep.equal([]);
    expect(given(await processOf(xml), start(), jobDone('n', { x: 1 })).case.variables()).to.deep.equal({ x: 1 });
  });
});
