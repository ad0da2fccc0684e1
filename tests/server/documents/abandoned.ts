/** A server that dies while a document is drawn: tells the id of the renderer's process, and waits to be killed. */
import { openRenderer } from '../../../server/documents/index.ts';
import { BOMB } from './support.ts';

const renderer = openRenderer({ onStart: (pid) => { process.stdout.write(`${pid}\n`); } });
await renderer.render(BOMB);
