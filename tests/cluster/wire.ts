/** A network between a node and a server that a test can cut: every line falls, nobody gets through until it is open again, and a commit can be met on its way. */
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/**
 * Where a commit is met: `before` it has left the node and never arrives; `late` it arrives when the node is gone; `after` the database
 * has answered and the node never hears it.
 */
export type Moment = 'before' | 'late' | 'after';

export interface Wire {
  readonly port: number;
  /** How many lines fell at all cuts: none would mean that the node goes another way. */
  readonly fallen: number;
  cut(): void;
  mend(): void;
  /** Calls `strike` once, at this moment of the `count`-th commit from now, unless it is told to `forget` before. */
  meet(moment: Moment, count: number, strike: () => void): void;
  forget(): void;
  close(): Promise<void>;
}

interface Ambush {
  readonly moment: Moment;
  readonly strike: () => void;
  left: number;
}

const LATE_MS = 30;

export async function startWire(target: { readonly host: string; readonly port: number }): Promise<Wire> {
  const lines = new Set<Socket>();
  let isCut = false;
  let fallen = 0;
  let ambush: Ambush | undefined;
  /** The ambush, if this is the commit it waits for. */
  const met = (chunk: Buffer): Ambush | undefined => {
    if (ambush === undefined || !isCommit(chunk) || (ambush.left -= 1) > 0) return undefined;
    const found = ambush;
    ambush = undefined;
    return found;
  };
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = createConnection(target);
    let answered: Ambush | undefined;
    let isLate = false;
    for (const [line, other] of [[near, far], [far, near]] as const) {
      lines.add(line);
      line.on('error', () => undefined).on('close', () => {
        lines.delete(line);
        if (!isLate) other.destroy();
      });
    }
    near.on('data', (chunk) => {
      const found = met(chunk);
      if (found === undefined || found.moment === 'after') {
        answered ??= found;
        far.write(chunk);
        return;
      }
      found.strike();
      isLate = found.moment === 'late';
      if (isLate) setTimeout(() => far.end(chunk), LATE_MS);
      near.destroy();
    });
    far.on('data', (chunk) => {
      answered?.strike();
      if (answered === undefined) near.write(chunk);
      else near.destroy();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const fall = (): void => { for (const line of lines) line.destroy(); };
  return {
    port: (server.address() as AddressInfo).port,
    get fallen() { return fallen; },
    cut: () => {
      isCut = true;
      fallen += lines.size;
      fall();
    },
    mend: () => { isCut = false; },
    meet: (moment, count, strike) => { ambush = { moment, strike, left: count }; },
    forget: () => { ambush = undefined; },
    close: async () => {
      isCut = true;
      fall();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An insert names its collection first: `insert`, a string of eight bytes with its end (BSON). */
const COMMIT = Buffer.from('\x02insert\0\x08\0\0\0commits\0', 'latin1');

function isCommit(chunk: Buffer): boolean {
  return chunk.includes(COMMIT);
}
