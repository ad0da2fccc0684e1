// The checks of drawings find what is wrong: proven on the drawing of leave.
import { expect } from 'chai';
import { crossings, misplaced, overlapping, readDrawing, undrawn, untidyEdges } from './drawing.ts';
import type { Drawing } from './drawing.ts';
import { Procedure } from './procedure.ts';

const { xml } = new Procedure('leave');

describe('The checks of drawings find', () => {
  const changed = async (from: RegExp, to: string): Promise<Drawing> => {
    const text = xml.replace(from, to);
    expect(text).to.not.equal(xml);
    return readDrawing(text);
  };

  it('a shape or an edge that is missing', async () => {
    expect(undrawn(await changed(/<bpmndi:BPMNShape id="tell-officer-shape"[^]*?<\/bpmndi:BPMNShape>/, ''))).to.deep.equal(['tell-officer']);
    expect(undrawn(await changed(/<bpmndi:BPMNEdge id="leave-over--resume-duty-edge"[^]*?<\/bpmndi:BPMNEdge>/, ''))).to.deep.equal(['leave-over--resume-duty']);
  });

  it('a task in the wrong lane, with its edges in the air', async () => {
    const drawing = await changed(/(id="check-record-shape"[^>]*>\s*<dc:Bounds x="\d+" y=")\d+/, '$1500');
    expect(misplaced(drawing)).to.deep.equal(['check-record sticks out of lane-hr']);
    expect(untidyEdges(drawing)).to.include('check-record--compute-balance hangs in the air');
  });

  it('a task on top of another', async () => {
    expect(overlapping(await changed(/(id="compute-balance-shape"[^>]*>\s*<dc:Bounds x=")\d+/, '$1820'))).to.include('check-record and compute-balance');
  });

  it('an edge across another', async () => {
    const drawing = await changed(/(<bpmndi:BPMNEdge id="leave-over--resume-duty-edge"[^>]*>)/, '$1<di:waypoint x="3000" y="600" /><di:waypoint x="3600" y="600" />');
    expect(crossings(drawing)).to.include('leave-over--resume-duty and leave-given-up--cancel-record');
  });
});
