/** A whole server in a process of its own: started with settings, asked over HTTP, sent signals, and looked at after its end. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** Everything it wrote to its standard output, line by line. */
  readonly lines: readonly string[];
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Asks it to stop and waits for its end. */
  stop(): Promise<number | NodeJS.Signals | null>;
}

/** Resolves when it says that it is ready and, on a fresh folder, has told its accounts. `under`: a command that runs it and stays out of its way. */
export async function startServer(folder: string, settings: Readonly<Record<string, string>> = {}, under: readonly [] | readonly [string, ...string[]] = []): Promise<ServerProcess> {
  const [command, ...parameters] = [...under, process.execPath, MAIN] as const;
  const child = spawn(command, parameters, { env: { PATH: process.env['PATH'], PITON_DATA: folder, PITON_PORT: '0', PITON_LOG: 'info', ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => { complaint += text.toString(); });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => { child.once('close', (code, signal) => { resolve(code ?? signal); }); });
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      let told: string | undefined;
      createInterface(child.stdout).on('line', (line) => {
        lines.push(line);
        told ??= /^Piton is ready at (\S+)/.exec(line)?.[1];
        // The accounts come in the same turn, behind the address.
        if (told !== undefined) setImmediate(resolve, told);
      });
    }),
    ended.then((how) => { throw new Error(`Expected the server to start, but it ended with ${String(how)}: ${complaint}${lines.slice(-5).join('\n')}`); }),
  ]);
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  return { child, url, lines, ended, stop: () => { child.kill('SIGTERM'); return ended; } };
}
