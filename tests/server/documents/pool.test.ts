// Processes of the renderer: killed when they take too long, replaced when they die, gone when the pool is closed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openRenderer } from '../../../server/documents/index.ts';
import type { PoolOptions } from '../../../server/documents/pool.ts';
import type { Renderer } from '../../../server/ports/renderer.ts';
import { BOMB, letterRequest, refusalOf } from './support.ts';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('Renderer: processes', function () {
  this.timeout(60_000);
  const opened: Renderer[] = [];
  const pool = (options: PoolOptions = {}): { readonly renderer: Renderer; readonly pids: number[] } => {
    const pids: number[] = [];
    const renderer = openRenderer({ ...options, onStart: (pid) => { pids.push(pid); } });
    opened.push(renderer);
    return { renderer, pids };
  };
  afterEach(async () => { for (const renderer of opened.splice(0)) await renderer.close(); });

  it('No process is started before the first document.', async () => {
    const { renderer, pids } = pool();
    expect(pids).to.deep.equal([]);
    await renderer.render(letterRequest());
    expect(pids).to.have.length(1);
    await renderer.render(letterRequest());
    expect(pids).to.have.length(1);
  });

  it('A template that loops without end is killed at its time, and the next document is drawn by a new process.', async () => {
    const { renderer, pids } = pool({ timeoutMs: 5_000 });
    await renderer.render(letterRequest());
    const [refusal, letter] = await Promise.all([refusalOf(renderer.render(BOMB)), renderer.render(letterRequest())]);
    expect(refusal).to.include({ code: 'DOCUMENT_RENDERER_SLOW', message: 'Expected bomb to be drawn within 5 s, but it was not' });
    expect(letter.pages).to.equal(1);
    expect(pids.map(isRunning)).to.deep.equal([false, true]);
  });

  it('A process killed from outside in the middle of a document is replaced, and the document is drawn.', async () => {
    const { renderer, pids } = pool();
    const first = await renderer.render(letterRequest());
    const drawing = renderer.render(letterRequest());
    process.kill(pids[0]!, 'SIGKILL');
    const again = await drawing;
    expect(Buffer.from(again.pdf).equals(Buffer.from(first.pdf))).to.equal(true);
    expect(pids).to.have.length(2);
  });

  it('A document that ends its process twice is given up.', async () => {
    const kills = (pid: number): void => { setTimeout(() => { process.kill(pid, 'SIGKILL'); }, 20); };
    const renderer = openRenderer({ onStart: kills });
    opened.push(renderer);
    const refusal = await refusalOf(renderer.render(BOMB));
    expect(refusal).to.include({ code: 'DOCUMENT_RENDERER_STOPPED', message: 'Expected the renderer of bomb to answer, but its process ended (SIGKILL)' });
  });

  it('As many processes as are allowed work at once.', async () => {
    const { renderer, pids } = pool({ processes: 2 });
    const letters = await Promise.all(Array.from({ length: 6 }, (_, at) => renderer.render(letterRequest({ subject: `Letter ${at}` }))));
    expect(new Set(letters.map(({ pdf }) => Buffer.from(pdf).toString('latin1'))).size).to.equal(6);
    expect(pids).to.have.length(2);
  });

  it('Closing ends the processes; what waits and what comes later is refused.', async () => {
    const { renderer, pids } = pool();
    await renderer.render(letterRequest());
    const waiting = [refusalOf(renderer.render(BOMB)), refusalOf(renderer.render(letterRequest()))];
    await renderer.close();
    expect((await Promise.all(waiting)).map(({ code }) => code)).to.deep.equal(['DOCUMENT_RENDERER_CLOSED', 'DOCUMENT_RENDERER_CLOSED']);
    expect((await refusalOf(renderer.render(letterRequest()))).code).to.equal('DOCUMENT_RENDERER_CLOSED');
    expect(pids.map(isRunning)).to.deep.equal([false]);
  });

  it('A process whose server was killed ends too, even in the middle of a document that has no end.', async () => {
    const server = spawn(process.execPath, [fileURLToPath(new URL('abandoned.ts', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [told] = await once(server.stdout, 'data') as [Buffer];
    const pid = Number(told.toString());
    // Long enough for the process to have begun with the document.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(isRunning(pid)).to.equal(true);
    server.kill('SIGKILL');
    await once(server, 'exit');
    for (const until = Date.now() + 20_000; isRunning(pid) && Date.now() < until;) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isRunning(pid)).to.equal(false);
  });
});
