/** The program behind bin/piton: gives its arguments to the command they name. */
import { enableCompileCache } from 'node:module';
import { dispatch } from './dispatch.ts';

// What is compiled once is kept for the next call, in the folder for temporary files; without one it only takes longer.
enableCompileCache();

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Who reads us has seen enough, as in `piton run ... | head`.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await dispatch(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
