// What a file loses is named: each thing that is taken out of a model, once, with its place; and nothing where two files say the same.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lossesBetween } from '../../../../engine/bpmn/import/losses.ts';

const model = readFileSync(fileURLToPath(new URL('../../../designer/files/qualified-names.bpmn', import.meta.url)), 'utf8');
const lost = (after: string): string[] => lossesBetween(model, after).map(({ elementId, what }) => `${elementId} ${what}`);

describe('BPMN import: what a file loses on its way through a tool', () => {
  for (const [what, changed, expected] of [
    ['an attribute', model.replace(' messageRef="other:Elsewhere"', ''), ['Hear messageRef="other:Elsewhere"']],
    ['a foreign attribute', model.replace(' tool:colour="red"', ''), ['Check tool:colour="red"']],
    ['a reference that is an element', model.replace('<semantic:operationRef>tns:Enter</semantic:operationRef>', ''), ['Wait_m <semantic:operationRef>']],
    ['a foreign element with all that stands in it', model.replace(/<tool:owner[^]*?<\/tool:owner>/, ''), ['Permit <tool:owner>']],
    ['a text', model.replace('Within two days', 'Within three days'), ['Words <semantic:text>']],
    ['a shape', model.replace(/<bpmndi:BPMNShape id="Hear_di"[^]*?<\/bpmndi:BPMNShape>/, ''), ['Hear_di <bpmndi:BPMNShape>']],
    ['one of two elements that are alike', model.replace('<semantic:participantRef>tns:Citizen</semantic:participantRef>', '<semantic:participantRef>tns:Pool</semantic:participantRef>'), ['Talk <semantic:participantRef>']],
    ['a step, its flows, and what names it', model.replace(/<semantic:receiveTask id="Hear"[^]*?<\/semantic:receiveTask>/, ''), ['Hear <semantic:receiveTask>']],
  ] as const) {
    it(`${what} is named`, () => {
      expect(changed).not.to.equal(model);
      expect(lost(changed)).to.deep.equal(expected);
    });
  }

  it('The line is that of the file before', () => {
    const [loss] = lossesBetween(model, model.replace(' tool:colour="red"', ''));
    expect(model.split('\n')[loss!.line - 1]).to.contain('tool:colour="red"');
  });

  for (const [what, changed] of [
    ['prefixes differ', model.replaceAll('semantic:', 'b:').replace('xmlns:semantic', 'xmlns:b')],
    ['names of the file itself have no prefix', model.replaceAll('"tns:', '"').replaceAll('>tns:', '>')],
    ['defaults are left out', model.replaceAll(' textFormat="text/plain"', '')],
    ['numbers are longer', model.replaceAll('x="260"', 'x="260.0"')],
    ['something is added', model.replace('<semantic:category ', '<semantic:resource id="r" name="r" /><semantic:category ')],
    ['it is no XML: that is said elsewhere', '<a'],
  ] as const) {
    it(`Nothing is lost where ${what}`, () => {
      expect(changed).not.to.equal(model);
      expect(lost(changed)).to.deep.equal([]);
    });
  }
});
