/** The program of a renderer process: one request after the other from the parent, until the parent lets go. */
import { Worker } from 'node:worker_threads';
import type { RenderRequest, Rendition } from '../ports/renderer.ts';
import { DocumentError } from './errors.ts';
import type { DocumentErrorCode, DocumentErrorValues } from './errors.ts';
import { createRender } from './render.ts';
import { openLayoutProgram } from './typst.ts';

/** From the pool to the process. */
export interface ToProcess {
  readonly id: number;
  readonly request: RenderRequest;
}

/** From the process to the pool. `memory`: resident bytes. A `refusal` is made a DocumentError again; a `failure` is a bug of ours. */
export type FromProcess = { readonly ready: true } | Answer;

type Answer = { readonly id: number; readonly memory: number } & (
  | { readonly rendition: Rendition }
  | { readonly refusal: { readonly code: DocumentErrorCode; readonly values: DocumentErrorValues } }
  | { readonly failure: string }
);

function serve(workspace: string, parent: number): void {
  let render: ReturnType<typeof createRender> | undefined;
  const answer = async ({ id, request }: ToProcess): Promise<Answer> => {
    const memory = process.memoryUsage.rss();
    try {
      // Opened at the first request, so that a machine without the native package says so to who asked.
      render ??= createRender(openLayoutProgram(workspace));
      return { id, memory, rendition: await render(request) };
    } catch (error) {
      if (error instanceof DocumentError) return { id, memory, refusal: { code: error.code, values: error.values } };
      return { id, memory, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (message) => {
    void answer(message as ToProcess).then((reply) => process.send?.(reply));
  });
  process.on('disconnect', () => process.exit());
  const ready: FromProcess = { ready: true };
  const watch = new Worker(new URL('parent-watch.ts', import.meta.url), { workerData: parent });
  watch.once('online', () => process.send?.(ready));
  watch.unref();
}

const [workspace, parent] = process.argv.slice(2);
if (import.meta.main && workspace !== undefined) serve(workspace, Number(parent));
