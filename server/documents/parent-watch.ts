/** A thread beside a renderer that ends it when the server is gone: the drawing itself cannot be interrupted, and would go on alone. */
import { isMainThread, workerData } from 'node:worker_threads';

const LOOK_MS = 1_000;

/** `parent`: process id of the server, told by itself: it may be gone before this thread begins. */
function watchParent(parent: number): void {
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, LOOK_MS);
}

if (!isMainThread) watchParent(workerData as number);
