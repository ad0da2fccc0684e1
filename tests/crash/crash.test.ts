/**
 * The process is killed at failpoints while many clients send commands; the history the clients saw is checked against the log
 * from outside: everything acknowledged is there once, nothing happened twice, nothing stopped half-way. Hundreds of kills: kills.long.test.ts.
 */
import { survives } from './checks.ts';

const POINTS = ['before-commit', 'after-commit', 'before-dispatch', 'in-job-effect'] as const;
const KILLS_PER_POINT = 3;

describe('A process that is killed', function () {
  this.timeout(240_000);
  survives({
    plan: POINTS.flatMap((point, index) => Array.from({ length: KILLS_PER_POINT }, (_, kill) => ({ point, after: 23 + 31 * kill + 7 * index }))),
    seed: 20_260_105, atOnce: 40, cases: 400,
  });
});
