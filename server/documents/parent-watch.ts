/** A thread beside a renderer that ends it when the server is gone: the drawing itself cannot be interrupted, and would go on alone. */
import { isMainThread } from 'node:worker_threads';

const LOOK_MS = 1_000;

function watchParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, LOOK_MS);
}

if (!isMainThread) watchParent();
