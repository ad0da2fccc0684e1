/** The figures on the screen: a snapshot and the frames since. A missed frame is noticed by its number; then a new snapshot is needed. */
import type { ElementCounts, MonitorFrame, MonitorSnapshot, MonitorTotals } from '../../server/http/contract/monitor.ts';

/** What has to be shown anew. `lost`: a frame was missed, ask for the snapshot. */
export interface Change {
  readonly elements: readonly ElementCounts[];
  readonly totals: MonitorTotals | undefined;
  readonly lost: boolean;
}

const NOTHING: Change = { elements: [], totals: undefined, lost: false };

export class Figures {
  readonly version: number;
  #seq: number;
  /** Frames that came while a snapshot was being fetched. */
  #waiting: MonitorFrame[] | undefined;

  /** `seq`: of the snapshot the page was made from. */
  constructor(version: number, seq: number) {
    this.version = version;
    this.#seq = seq;
  }

  frame(frame: MonitorFrame): Change {
    if (this.#waiting !== undefined) {
      this.#waiting.push(frame);
      return NOTHING;
    }
    const lost = frame.prev !== this.#seq;
    this.#seq = frame.seq;
    return frame.version === this.version ? { elements: frame.elements, totals: frame.totals, lost } : { ...NOTHING, lost };
  }

  /** Who has another number than the server has missed a frame. */
  beat(seq: number): boolean {
    return this.#waiting === undefined && seq !== this.#seq;
  }

  /** A snapshot is being fetched: frames wait for it. False when one is on its way already. */
  begin(): boolean {
    if (this.#waiting !== undefined) return false;
    this.#waiting = [];
    return true;
  }

  /** The snapshot came (undefined: it has not changed, or could not be had), and then what happened after it. */
  end(snapshot: MonitorSnapshot | undefined): Change {
    const since = (this.#waiting ?? []).filter(({ seq }) => snapshot === undefined || seq > snapshot.seq);
    this.#waiting = undefined;
    if (snapshot !== undefined) this.#seq = snapshot.seq;
    const latest = new Map<number, ElementCounts>((snapshot?.elements ?? []).map(({ index, waiting, claimed, overdue, incidents, oldest }) => [index, [index, waiting, claimed, overdue, incidents, oldest]]));
    let { totals }: { totals?: MonitorTotals | undefined } = snapshot ?? {};
    let lost = false;
    for (const frame of since) {
      const change = this.frame(frame);
      for (const counts of change.elements) latest.set(counts[0], counts);
      totals = change.totals ?? totals;
      lost ||= change.lost;
    }
    return { elements: [...latest.values()], totals, lost };
  }
}
