/** The figures on the screen: frames in order, a gap noticed, a snapshot that never overwrites what is newer. */
import { expect } from 'chai';
import { Figures } from '../../../desk/board/figures.ts';
import { HEAT_CLASSES, heatClass, heatText } from '../../../desk/heat.ts';
import type { ElementCounts, MonitorFrame, MonitorSnapshot, MonitorTotals } from '../../../server/http/contract/monitor.ts';

const totals = (inProgress: number): MonitorTotals => ({ inProgress, started: 0, done: 0, failed: 0, overdue: 0, incidents: 0 });
const counts = (index: number, waiting: number): ElementCounts => [index, waiting, 0, 0, 0, null];
const frame = (seq: number, waiting: number, version = 1): MonitorFrame => ({ room: 'monitor:p', version, seq, prev: seq - 1, at: '', elements: [counts(0, waiting)], totals: totals(waiting) });
const snapshot = (seq: number, waiting: number): MonitorSnapshot => ({
  processId: 'p', name: 'p', version: 1, seq, at: '', versions: [], pools: [], totals: totals(waiting),
  elements: [{ index: 0, elementId: 'a', name: 'a', type: 'userTask', stays: true, who: null, waiting, claimed: 0, overdue: 0, incidents: 0, oldest: null }],
});

describe('Monitor page: figures', () => {
  it('Frames that follow each other are shown as they come.', () => {
    const figures = new Figures(1, 10);
    expect(figures.frame(frame(11, 3))).to.deep.equal({ elements: [counts(0, 3)], totals: totals(3), lost: false });
    expect(figures.frame(frame(12, 4)).lost).to.equal(false);
    expect(figures.beat(12)).to.equal(false);
  });

  it('A missed frame is noticed by the next frame, or by a heartbeat with another number, and asks for the snapshot.', () => {
    const figures = new Figures(1, 10);
    expect(figures.frame(frame(13, 3))).to.deep.equal({ elements: [counts(0, 3)], totals: totals(3), lost: true });
    expect(figures.beat(14)).to.equal(true);
    expect(figures.begin()).to.equal(true);
    expect(figures.end(snapshot(14, 9)).elements).to.deep.equal([counts(0, 9)]);
    expect(figures.beat(14)).to.equal(false);
    expect(figures.frame(frame(15, 8)).lost).to.equal(false);
  });

  it('A server that was started again counts from elsewhere: that is a gap as well.', () => {
    expect(new Figures(1, 1_000).beat(7)).to.equal(true);
  });

  it('Frames that overtake the answer to the snapshot win over it; older ones do not.', () => {
    const figures = new Figures(1, 10);
    figures.begin();
    expect(figures.begin(), 'one snapshot at a time').to.equal(false);
    expect(figures.frame(frame(12, 5)).elements).to.deep.equal([]);
    expect(figures.frame(frame(13, 6)).elements).to.deep.equal([]);
    expect(figures.beat(13)).to.equal(false);
    expect(figures.end(snapshot(12, 2))).to.deep.equal({ elements: [counts(0, 6)], totals: totals(6), lost: false });
  });

  it('A snapshot that has not changed, or could not be had, leaves the figures and shows what came meanwhile.', () => {
    const figures = new Figures(1, 10);
    figures.begin();
    figures.frame(frame(11, 5));
    expect(figures.end(undefined)).to.deep.equal({ elements: [counts(0, 5)], totals: totals(5), lost: false });
  });

  it('Frames of another version keep the number and show nothing.', () => {
    const figures = new Figures(1, 10);
    expect(figures.frame(frame(11, 5, 2))).to.deep.equal({ elements: [], totals: undefined, lost: false });
    expect(figures.frame(frame(12, 6)).lost).to.equal(false);
  });

  it('Seven classes cover every number, and say in words which.', () => {
    expect([0, 1, 2, 3, 5, 6, 10, 11, 25, 26, 100, 101, 50_000].map(heatClass)).to.deep.equal([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
    expect(Array.from({ length: HEAT_CLASSES }, (_each, level) => heatText(level))).to.deep.equal(['none', '1 to 2', '3 to 5', '6 to 10', '11 to 25', '26 to 100', 'more than 100']);
  });
});
