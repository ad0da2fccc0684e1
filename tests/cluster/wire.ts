/** A network between the nodes and a server that a test can cut: every line falls, nobody gets through until it is open again. */
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Wire {
  readonly port: number;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startWire(target: { readonly host: string; readonly port: number }): Promise<Wire> {
  const lines = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = createConnection(target);
    for (const [line, other] of [[near, far], [far, near]] as const) {
      lines.add(line);
      line.on('error', () => undefined).on('close', () => {
        lines.delete(line);
        other.destroy();
      });
      line.pipe(other);
    }
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const fall = (): void => { for (const line of lines) line.destroy(); };
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      fall();
    },
    mend: () => { isCut = false; },
    close: async () => {
      isCut = true;
      fall();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
