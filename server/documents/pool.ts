/**
 * The renderer port over a pool of processes: native code cannot be interrupted, so that each request has a process to itself, and
 * one that takes too long is killed. Processes start with the first request and have few rights:
 * no environment, no writing, no starting of programs.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Renderer, RenderRequest, Rendition } from '../ports/renderer.ts';
import { DocumentError } from './errors.ts';
import type { FromProcess, ToProcess } from './render-process.ts';

export interface PoolOptions {
  /** Most processes; each takes up to 0.5 GB. Default 1. */
  readonly processes?: number;
  /** Milliseconds a document may take, once its process has started. Default 20 000. */
  readonly timeoutMs?: number;
  /** Called when a process was started, with its id. */
  readonly onStart?: (pid: number) => void;
}

const PROGRAM = fileURLToPath(new URL('render-process.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TIMEOUT_MS = 20_000;
const START_MS = 30_000;
const CLOSE_MS = 2_000;
/** A process above this many bytes is replaced when it is idle. */
const MOST_MEMORY = 900 * 1024 * 1024;
const HEAP_MB = 512;

interface Waiting {
  readonly request: RenderRequest;
  /** How often a process has ended over it. */
  ended: number;
  readonly resolve: (rendition: Rendition) => void;
  readonly reject: (error: unknown) => void;
}

interface Running {
  readonly child: ChildProcess;
  work?: Waiting | undefined;
  timer?: NodeJS.Timeout | undefined;
  isReady: boolean;
  isLate: boolean;
}

/** Opens the pool; no process is started yet. */
export function openRenderer(options: PoolOptions = {}): Renderer {
  return new RendererPool(options);
}

class RendererPool implements Renderer {
  readonly #options: PoolOptions;
  readonly #processes = new Set<Running>();
  readonly #queue: Waiting[] = [];
  #workspace: string | undefined;
  #requests = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  render(request: RenderRequest): Promise<Rendition> {
    if (this.#isClosed) return Promise.reject(new DocumentError('DOCUMENT_RENDERER_CLOSED'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, ended: 0, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#queue.splice(0)) reject(new DocumentError('DOCUMENT_RENDERER_CLOSED'));
    await Promise.all([...this.#processes].map(({ child, work }) => {
      // Nobody waits for it any more, and drawing leaves nothing half done.
      if (work) child.kill('SIGKILL');
      return ended(child);
    }));
    if (this.#workspace !== undefined) rmSync(this.#workspace, { recursive: true, force: true });
  }

  #next(): void {
    const waiting = this.#queue[0];
    if (!waiting) return;
    const idle = [...this.#processes].find(({ work }) => !work) ?? (this.#processes.size < (this.#options.processes ?? 1) ? this.#start() : undefined);
    if (!idle) return;
    this.#queue.shift();
    this.#give(idle, waiting);
  }

  #start(): Running {
    this.#workspace ??= mkdtempSync(join(tmpdir(), 'piton-documents-'));
    const readable = ['server/', 'engine/', 'package.json', 'node_modules/'].map((part) => join(ROOT, part));
    // node_modules may be a link; the right to read is asked for the place it leads to.
    const rights = [...readable, join(realpathSync(join(ROOT, 'node_modules')), '/'), this.#workspace].map((path) => `--allow-fs-read=${path}`);
    const child = fork(PROGRAM, [this.#workspace, String(process.pid)], {
      serialization: 'advanced', env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${HEAP_MB}`, '--no-warnings', '--permission', '--allow-addons', '--allow-worker', ...rights],
    });
    const running: Running = { child, isReady: false, isLate: false };
    this.#processes.add(running);
    child.on('message', (message) => { this.#answered(running, message as FromProcess); });
    child.on('error', ({ message }) => { this.#gone(running, message); });
    child.once('exit', (code, signal) => { this.#gone(running, signal ?? `exit code ${String(code)}`); });
    if (child.pid !== undefined) this.#options.onStart?.(child.pid);
    return running;
  }

  #give(running: Running, work: Waiting): void {
    const { child } = running;
    running.work = work;
    this.#watch(running);
    child.ref();
    child.channel?.ref();
    const message: ToProcess = { id: (this.#requests += 1), request: work.request };
    // A process that is just ending reports itself by its exit.
    child.send(message, () => undefined);
  }

  /** The time of a document begins when its process has started: a busy machine starts slowly. */
  #watch(running: Running): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      running.isLate = running.isReady;
      running.child.kill('SIGKILL');
    }, running.isReady ? (this.#options.timeoutMs ?? TIMEOUT_MS) : START_MS);
  }

  #answered(running: Running, answer: FromProcess): void {
    const { work, child } = running;
    if ('ready' in answer) {
      running.isReady = true;
      if (work) this.#watch(running);
      return;
    }
    if (!work) return;
    this.#release(running);
    if ('rendition' in answer) work.resolve(answer.rendition);
    else if ('refusal' in answer) work.reject(new DocumentError(answer.refusal.code, answer.refusal.values));
    else work.reject(new Error(answer.failure));
    if (answer.memory > MOST_MEMORY) {
      this.#processes.delete(running);
      child.disconnect();
    }
    this.#next();
  }

  #release(running: Running): void {
    clearTimeout(running.timer);
    running.work = undefined;
    // An idle process keeps nobody from ending.
    running.child.unref();
    running.child.channel?.unref();
  }

  /** A process ended: by the clock, by somebody else, or by its own fault. Drawing changes nothing, so that one more try is harmless. */
  #gone(running: Running, reason: string): void {
    const { work, isLate } = running;
    this.#processes.delete(running);
    clearTimeout(running.timer);
    running.work = undefined;
    if (work) {
      const name = work.request.templateName;
      const seconds = (this.#options.timeoutMs ?? TIMEOUT_MS) / 1000;
      work.ended += 1;
      if (this.#isClosed) work.reject(new DocumentError('DOCUMENT_RENDERER_CLOSED'));
      else if (isLate) work.reject(new DocumentError('DOCUMENT_RENDERER_SLOW', { name, seconds }));
      else if (work.ended > 1) work.reject(new DocumentError('DOCUMENT_RENDERER_STOPPED', { name, reason }));
      else this.#queue.unshift(work);
    }
    if (!this.#isClosed) this.#next();
  }
}

/** Lets the process go, and kills it when it does not end by itself. */
function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => { child.kill('SIGKILL'); }, CLOSE_MS);
    child.ref();
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    if (child.connected) child.disconnect();
  });
}
