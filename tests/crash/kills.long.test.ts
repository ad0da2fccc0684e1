/** The process is killed three hundred times in one run on one data folder: at failpoints and at random moments, while many clients send commands. */
import { randomFrom } from '../engine/support/mutations.ts';
import { survives } from './checks.ts';
import type { Death } from './victim.ts';

const SEED = 20_261_122;
const KILLS = 300;
/** What the process counts until it dies, or the longest random life in ms: short lives, so that the log stays one that can be judged. */
const LIVES = { 'before-commit': 30, 'after-commit': 30, 'before-dispatch': 200, 'in-job-effect': 20, random: 400 } as const;

function plan(): Death[] {
  const random = randomFrom(SEED);
  const points = Object.entries(LIVES);
  return Array.from({ length: KILLS }, (_, kill) => {
    const [point, longest] = points[kill % points.length]!;
    return { point, after: 1 + Math.floor(random() * longest) };
  });
}

describe('A process that is killed hundreds of times', function () {
  this.timeout(2_400_000);
  survives({ plan: plan(), seed: SEED, atOnce: 16, cases: 400 });
});
