/** References as other tools write them, without a browser: followed, or kept as they were written; and diagrams are written whole. */
import { readFileSync } from 'node:fs';
import { BpmnModdle } from 'bpmn-moddle';
import { expect } from 'chai';
import { DESCRIPTORS, LIBRARY_DESCRIPTORS, lossesBetween } from '../../engine/index.ts';
import { follow, keep, putBack, undrawnIn } from '../../designer/diagram/foreign.ts';
import { elementOf, listOf } from '../../designer/model/moddle.ts';
import type { Moddle, ModdleElement } from '../../designer/model/moddle.ts';

const MODEL = readFileSync(new URL('./files/qualified-names.bpmn', import.meta.url), 'utf8');

async function opened(xml: string): Promise<{ readonly definitions: ModdleElement; readonly dangling: ReturnType<typeof follow>; readonly written: () => Promise<string> }> {
  const moddle = new BpmnModdle({ ...LIBRARY_DESCRIPTORS, ...DESCRIPTORS });
  const { rootElement, elementsById, warnings } = await moddle.fromXML(xml);
  const dangling = follow({ definitions: rootElement, elementsById, warnings });
  keep(moddle as unknown as Moddle, dangling);
  return { definitions: rootElement as ModdleElement, dangling, written: async () => (await moddle.toXML(rootElement)).xml };
}

describe('Designer: files of other tools, as they are read', () => {
  it('A qualified name of the file itself leads to its element; one of another file is written as it was read.', async () => {
    const { definitions, dangling, written } = await opened(MODEL);
    expect(dangling.map(({ property, value }) => [property, value])).to.deep.equal([['bpmn:messageRef', 'other:Elsewhere']]);
    const [permit] = listOf(definitions, 'rootElements').filter(({ $type }) => $type === 'bpmn:Process');
    const wait = listOf(permit, 'flowElements').find((element) => element.get('id') === 'Wait');
    expect(elementOf(listOf(wait, 'eventDefinitions')[0], 'messageRef')?.get('name')).to.equal('asked');
    expect(lossesBetween(MODEL, await written())).to.deep.equal([]);
  });

  it('A reference that could not be written back is left to be told.', async () => {
    const hostile = MODEL.replace('other:Elsewhere', 'other:&lt;a&amp;');
    const { dangling, written } = await opened(hostile);
    expect(dangling).to.deep.equal([]);
    expect(lossesBetween(hostile, await written()).map(({ elementId }) => elementId)).to.deep.equal(['Hear']);
  });

  it('A file that could not be read has nothing to follow.', () => { expect(follow({})).to.deep.equal([]); });

  it('What was not drawn goes back into its plane, once; what was drawn and is gone does not.', async () => {
    const { definitions, written } = await opened(MODEL);
    const plane = elementOf(listOf(definitions, 'diagrams')[0], 'plane')!;
    const [first, second, ...others] = listOf(plane, 'planeElement');
    const undrawn = undrawnIn(definitions, new Set([second, ...others]));
    plane.set('planeElement', others);
    putBack(undrawn);
    putBack(undrawn);
    expect(listOf(plane, 'planeElement')).to.deep.equal([...others, first]);
    expect(lossesBetween(MODEL, await written()).map(({ elementId }) => elementId)).to.deep.equal([second!.get('id')]);
  });
});
