/** Calling the command line in tests without a process: what it printed and how it ended, and models in a folder of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dispatch } from '../../../server/cli/dispatch.ts';
import type { ExitCode } from '../../../server/cli/options.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';

export interface Called {
  readonly code: ExitCode;
  readonly out: readonly string[];
  readonly err: readonly string[];
  /** Standard output as JSON lines. */
  readonly lines: readonly Record<string, unknown>[];
}

export async function call(...args: readonly string[]): Promise<Called> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await dispatch(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err, get lines() { return out.map((line) => JSON.parse(line) as Record<string, unknown>); } };
}

/** A folder that is gone after the suite. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'piton-cli-'));

  /** Writes a file; a `.bpmn` is given in the notation of the engine's tests unless it is XML. */
  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name.endsWith('.bpmn') && !text.trimStart().startsWith('<') ? xmlOf(text) : text);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
