/** A network between a node and MongoDB that a test can cut: at the write of a commit, before it, after it, or with it still on its way. */
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/**
 * What happens to one insert: `pass` nothing; `before` the line is cut and it never arrives; `answer` it is written and the line is cut
 * before the answer; `late` the line is cut at once and it arrives afterwards.
 */
export type Cut = 'pass' | 'before' | 'answer' | 'late';

export interface CuttingProxy {
  readonly port: number;
  /** Cuts every line and lets nobody through until `open`. */
  readonly shut: () => void;
  readonly open: () => void;
  readonly close: () => Promise<void>;
  /** How often each happened. */
  readonly cuts: Readonly<Record<Cut, number>>;
}

const LATE_MS = 30;

/** `decide` is asked at every insert of a commit; `onAnswerCut` is told when one is written whose answer is withheld. */
export async function startCuttingProxy(target: { readonly host: string; readonly port: number }, decide: () => Cut, onAnswerCut: () => void = () => undefined): Promise<CuttingProxy> {
  const cuts: Record<Cut, number> = { pass: 0, before: 0, answer: 0, late: 0 };
  const lines = new Set<Socket>();
  let isShut = false;
  const server = createServer((near) => {
    if (isShut) return void near.destroy();
    const far = createConnection(target);
    for (const line of [near, far]) {
      lines.add(line);
      line.on('error', () => undefined).on('close', () => lines.delete(line));
    }
    let isAnswerCut = false;
    near.on('data', (chunk) => {
      const cut = isInsert(chunk) ? decide() : undefined;
      if (cut !== undefined) cuts[cut] += 1;
      if (cut === 'before' || cut === 'late') near.destroy();
      if (cut === 'before') return void far.destroy();
      if (cut === 'late') return void setTimeout(() => far.end(chunk), LATE_MS);
      isAnswerCut ||= cut === 'answer';
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (!isAnswerCut) return void near.write(chunk);
      onAnswerCut();
      near.destroy();
    });
    near.on('close', () => { if (!isAnswerCut) setTimeout(() => far.destroy(), 2 * LATE_MS); });
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const hangUp = (): void => { for (const line of lines) line.destroy(); };
  return {
    port: (server.address() as AddressInfo).port,
    cuts,
    shut: () => {
      isShut = true;
      hangUp();
    },
    open: () => { isShut = false; },
    close: async () => {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The command document of an insert begins with its name, as UTF-8 string element of BSON. */
function isInsert(chunk: Buffer): boolean {
  return chunk.includes('\x02insert\0');
}
