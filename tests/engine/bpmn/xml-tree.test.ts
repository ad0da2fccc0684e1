// The comparer of files proves itself: every seeded change of a model is seen, and what means the same is not.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { differences, sizeOf, treeOf } from './xml-tree.ts';

const model = readFileSync(fileURLToPath(new URL('./import/models/camunda-people.bpmn', import.meta.url)), 'utf8');
const differ = (left: string, right: string): number => differences(treeOf(left), treeOf(right)).length;

describe('BPMN: comparing two files as trees', () => {
  it('A file equals itself', () => {
    expect(sizeOf(treeOf(model))).to.be.greaterThan(30);
    expect(differ(model, model)).to.equal(0);
  });

  for (const [what, changed] of [
    ['an element of another tool is lost', model.replace('<other:note level="3">Theirs</other:note>', '')],
    ['a foreign attribute is lost', model.replace(' bioc:fill="#bbdefb"', '')],
    ['a foreign attribute is changed', model.replace('level="3"', 'level="4"')],
    ['an attribute of another engine is lost', model.replace(' camunda:priority="250"', '')],
    ['a text is changed', model.replace('Look at it', 'Look at this')],
    ['a coordinate is changed', model.replace('y="20.50"', 'y="20.51"')],
    ['a way point is lost', model.replace('<di:waypoint x="3" y="4" />', '')],
    ['way points change places', model.replace('<di:waypoint x="1" y="2" /><di:waypoint x="3" y="4" />', '<di:waypoint x="3" y="4" /><di:waypoint x="1" y="2" />')],
    ['a shape is lost', model.replace(/<bpmndi:BPMNShape[^]*<\/bpmndi:BPMNShape>/, '')],
    ['a flow has another target', model.replace('targetRef="Sign"', 'targetRef="File"')],
    ['an element stands in another one', model.replace('<other:note level="3">Theirs</other:note>', '').replace('<bpmn:incoming>Flow_1</bpmn:incoming>', '<bpmn:extensionElements><other:note level="3">Theirs</other:note></bpmn:extensionElements><bpmn:incoming>Flow_1</bpmn:incoming>')],
    ['an element is there twice', model.replace('<bpmn:incoming>Flow_2</bpmn:incoming>', '<bpmn:incoming>Flow_2</bpmn:incoming><bpmn:incoming>Flow_2</bpmn:incoming>')],
    ['an id is changed', model.replaceAll('Review_di', 'Review_shape')],
    ['a default becomes something else', model.replace('<bpmn:userTask id="Sign"', '<bpmn:userTask id="Sign" startQuantity="2"')],
    ['an element has another namespace', model.replace('xmlns:other="urn:example:other"', 'xmlns:other="urn:example:others"')],
    ['the contents of two elements change places', model.replace('id="Sign"', 'id="#"').replace('id="File"', 'id="Sign"').replace('id="#"', 'id="File"')],
  ] as const) {
    it(`It sees that ${what}`, () => {
      expect(changed).not.to.equal(model);
      expect(differ(model, changed)).to.be.greaterThan(0);
      expect(differ(changed, model)).to.be.greaterThan(0);
    });
  }

  for (const [what, changed] of [
    ['prefixes have other names', model.replaceAll('bpmn:', 'model:').replace('xmlns:bpmn=', 'xmlns:model=').replaceAll('bioc:', 'b:').replace('xmlns:bioc', 'xmlns:b')],
    ['blanks, comments and quotes differ', model.replace('id="Sign" ', "id='Sign'\n   ").replace('<!-- Who may take leave -->', '').replace(/>\s+</g, '><')],
    ['a default is written', model.replace('<bpmn:userTask id="Sign"', '<bpmn:userTask id="Sign" startQuantity="1"')],
    ['a number is written shorter', model.replace('y="20.50"', 'y="20.5"')],
    ['attributes stand in another order', model.replace('x="10" y="20.50"', 'y="20.50" x="10"')],
    ['text stands in a CDATA section', model.replace('Kept &amp; shown', '<![CDATA[Kept & shown]]>')],
    ['children of different names stand in another order', model.replace('<bpmn:incoming>Flow_2</bpmn:incoming>', '').replace('<bpmn:outgoing>Flow_3</bpmn:outgoing>', '<bpmn:outgoing>Flow_3</bpmn:outgoing><bpmn:incoming>Flow_2</bpmn:incoming>')],
  ] as const) {
    it(`It is the same when ${what}`, () => {
      expect(changed).not.to.equal(model);
      expect(differ(model, changed)).to.equal(0);
    });
  }

  it('A changed attribute value or a removed attribute is seen wherever it stands', () => {
    const places = [...model.matchAll(/ (?!xmlns)[\w:]+="([^"]+)"/g)].filter(({ index }) => index > model.indexOf('<bpmn:process') && !/^ isExecutable="true"/.test(model.slice(index)));
    fc.assert(fc.property(fc.constantFrom(...places), fc.boolean(), (place, remove) => {
      const [whole] = place;
      const changed = model.slice(0, place.index) + (remove ? '' : whole.replace(/"$/, '~"')) + model.slice(place.index + whole.length);
      expect(differ(model, changed), whole).to.be.greaterThan(0);
    }), { numRuns: 300 });
  });

  it('A file that is no XML is no tree', () => {
    expect(() => treeOf('<a><b></a>')).to.throw();
  });
});
