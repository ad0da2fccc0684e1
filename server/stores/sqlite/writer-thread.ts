/** The main thread's end of the writer thread: starts it, hands batches over, notices its death. */
import { Worker } from 'node:worker_threads';
import { StoreError } from '../errors.ts';
import type { Batch, FromWriter, ToWriter, WriterData } from './writer-messages.ts';

export interface WriterThread {
  listen(receive: (message: FromWriter) => void, lose: (reason: string) => void): void;
  post(batch: Batch): void;
  /** Closes the file and waits for the end of the thread. */
  close(): Promise<void>;
  /** Ends the thread whatever it is doing. */
  kill(): Promise<void>;
}

/** Starts the thread and waits until its connection is open. Rejects with STORE_WRITER_ENDED. */
export async function startWriter(data: WriterData): Promise<WriterThread> {
  const worker = new Worker(new URL('./writer.ts', import.meta.url), { workerData: data });
  const ended = new Promise<string>((resolve) => {
    worker.once('error', (error) => resolve(error instanceof Error ? error.message : String(error)));
    worker.once('exit', (code) => resolve(`exit code ${String(code)}`));
  });
  const opened = new Promise<undefined>((resolve) => worker.once('message', () => resolve(undefined)));
  const failure = await Promise.race([opened, ended]);
  if (failure !== undefined) throw new StoreError('STORE_WRITER_ENDED', { file: data.file, reason: failure });
  return { ...handle(worker, ended) };
}

function handle(worker: Worker, ended: Promise<string>): WriterThread {
  let closing = false;
  return {
    listen(receive, lose) {
      worker.on('message', receive);
      void ended.then((reason) => {
        if (!closing) lose(reason);
      });
    },
    post(batch) {
      worker.postMessage(batch.head.buffer satisfies ToWriter, [batch.head.buffer]);
    },
    async kill() {
      closing = true;
      await worker.terminate();
    },
    async close() {
      closing = true;
      worker.postMessage({ kind: 'close' } satisfies ToWriter);
      await ended;
    },
  };
}
