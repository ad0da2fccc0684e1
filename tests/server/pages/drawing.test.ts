/** How large a drawing is, read from the places of its shapes and flows. */
import { expect } from 'chai';
import { drawingExtent } from '../../../server/pages/drawing.ts';

const shape = (x: number, y: number, width: number, height: number): string => `<bpmndi:BPMNShape><dc:Bounds x="${String(x)}" y="${String(y)}" width="${String(width)}" height="${String(height)}" /></bpmndi:BPMNShape>`;

describe('Pages: the extent of a drawing', () => {
  it('It reaches from the first to the last shape, and over the bends of flows.', () => {
    expect(drawingExtent(`<bpmndi:BPMNDiagram>${shape(-20, 10, 100, 80)}${shape(300, 40.5, 36, 36)}</bpmndi:BPMNDiagram>`)).to.deep.equal({ width: 356, height: 80 });
    expect(drawingExtent(`<BPMNDiagram>${shape(0, 0, 10, 10)}<di:waypoint y='-90' x='400'/></BPMNDiagram >`)).to.deep.equal({ width: 400, height: 100 });
  });

  it('The first diagram of a file counts; what is not a number does not.', () => {
    expect(drawingExtent(`<a:BPMNDiagram>${shape(0, 0, 10, 20)}<dc:Bounds x="wide" y="0" width="9999" height="1"/></a:BPMNDiagram><a:BPMNDiagram>${shape(0, 0, 500, 500)}</a:BPMNDiagram>`)).to.deep.equal({ width: 10, height: 20 });
  });

  it('A file without a drawing, or with nothing placed in it, has none.', () => {
    for (const xml of ['', '<definitions><process/></definitions>', '<bpmndi:BPMNDiagram></bpmndi:BPMNDiagram>', '<bpmndi:BPMNDiagram />']) expect(drawingExtent(xml), xml).to.equal(undefined);
  });
});
