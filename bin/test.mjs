// `npm test`: set-up where needed, then the steps of test-steps.mjs in the pinned Node.
import { join } from 'node:path';
import { exitWith } from './errors.mjs';
import { endLike, runChild } from './run.mjs';
import { ensureReady, root } from './setup.mjs';

try {
  const { nodePath } = await ensureReady({ quiet: false, production: false });
  endLike(await runChild(nodePath, [join(root, 'bin/test-steps.mjs'), ...process.argv.slice(2)]));
} catch (error) {
  exitWith(error);
}
