/** Running the writer child and listening to what it says until it ends or is killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChildOrder, HistoryLine } from './writer-child.ts';

export interface ChildRun {
  readonly history: HistoryLine[];
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** Runs the child until it dies by itself or, once it says `end`, by `kill -9`. */
export async function runWriterChild(order: ChildOrder): Promise<ChildRun> {
  const script = fileURLToPath(new URL('./writer-child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const history: HistoryLine[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = parse(line);
    if (said === undefined) break;
    history.push(said);
    if (said.act === 'end') child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  return { history, signal, errors };
}

// The last line may have been cut by the kill.
function parse(line: string): HistoryLine | undefined {
  try {
    return JSON.parse(line) as HistoryLine;
  } catch {
    return undefined;
  }
}
