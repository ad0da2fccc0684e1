// `npm start`: set-up where needed, then the server in the pinned Node until it is asked to stop.
import { join } from 'node:path';
import { exitWith } from './errors.mjs';
import { endIfFailed, endLike, runChild } from './run.mjs';
import { ensureReady, root } from './setup.mjs';

try {
  const { nodePath } = await ensureReady({ quiet: false });
  endIfFailed(await runChild(nodePath, [join(root, 'bin/build.mjs')]));
  const end = await runChild(nodePath, [join(root, 'server/main.ts'), ...process.argv.slice(2)]);
  // Ctrl-C is how a person stops the server: no failure, so npm prints none.
  if (end.asked === 'SIGINT' && (end.signal === 'SIGINT' || end.code === 130)) process.exit(0);
  endLike(end);
} catch (error) {
  exitWith(error);
}
