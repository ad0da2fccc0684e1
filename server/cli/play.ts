/** Playing a scenario: a file in a world, its steps, the clock, and whoever completes the rest. `run` and `walk` both do this. */
import { World, after, completeOldest, doStep, EVALUATION_MS, instantOf, isRejection, timeLimit } from '../../engine/index.ts';
import type { DecisionFile, Graph, InstanceState, Rejection, ScenarioStep, Variables, WorldOptions, WorldRecord } from '../../engine/index.ts';
import { CliError } from './errors.ts';

/** Monday morning; every run begins here unless told otherwise. */
export const START = '2026-01-05T09:00:00Z';
export const ZONE = 'America/St_Lucia';

/** Tasks `--auto` completes before it takes the process for endless. */
const AUTO_LIMIT = 10_000;

export interface Play {
  readonly graphs: readonly Graph[];
  /** Deployed together with the graphs. */
  readonly decisions?: readonly DecisionFile[];
  readonly process: string;
  readonly startFirst?: string | undefined;
  readonly variables: Variables;
  readonly steps: readonly ScenarioStep[];
  readonly advance?: string | undefined;
  readonly at?: string | undefined;
  readonly auto: boolean;
  readonly calendars?: WorldOptions['calendars'];
  readonly watch: (world: World) => void;
  readonly onRecord: (record: WorldRecord) => void;
}

export interface Played {
  /** The case of `process`, as it stands at the end; undefined when it never came to be. */
  readonly state: InstanceState | undefined;
  readonly refused: Rejection | undefined;
  /** The step or the rest of the play that went wrong. */
  readonly error: unknown;
}

/** A process that only messages or timers can start is not started by hand: its steps do it. */
export function play(scene: Play): Played {
  const world = new World({ at: instantOf(scene.at ?? START), zone: ZONE, timeLimit: () => timeLimit(EVALUATION_MS, () => performance.now()), ...(scene.calendars && { calendars: scene.calendars }), onRecord: scene.onRecord });
  scene.watch(world);
  let refused: Rejection | undefined;
  refused = world.deploy(scene.graphs, scene.decisions);
  if (!refused && scene.startFirst !== undefined) refused = rejectionOf(world.start(scene.startFirst, {}));
  if (refused) return { state: undefined, refused, error: undefined };
  const started = world.start(scene.process, scene.variables);
  refused = rejectionOf(started);
  if (refused && refused.code !== 'INSTANCE_START_ELEMENT_UNKNOWN') return { state: undefined, refused, error: undefined };
  let error: unknown;
  try {
    perform(world, scene);
  } catch (thrown) {
    error = thrown;
  }
  const state = typeof started === 'string' ? world.instances.get(started) : [...world.instances.values()].find(({ processId }) => processId === scene.process);
  return { state, refused: state ? undefined : refused, error };
}

function perform(world: World, scene: Play): void {
  const { steps, advance } = scene;
  let completed = 0;
  let next = 0;
  const meanwhile = (): void => {
    if (!scene.auto) return;
    // What a later step is about waits for that step.
    const named = new Set(steps.slice(next).flatMap(elementsOf));
    while (completeOldest(world, named)) {
      if ((completed += 1) > AUTO_LIMIT) throw new CliError('CLI_AUTO_ENDLESS', { count: AUTO_LIMIT });
    }
  };
  meanwhile();
  for (const [index, step] of steps.entries()) {
    next = index + 1;
    doStep(world, step, next, meanwhile);
    meanwhile();
  }
  if (advance !== undefined) world.advanceTo(after(world.now, advance), meanwhile);
}

function elementsOf(step: ScenarioStep): string[] {
  if ('complete' in step) return [step.complete];
  if ('claim' in step) return [step.claim];
  if ('failJob' in step) return [step.failJob];
  return 'throwError' in step ? [step.throwError] : [];
}

function rejectionOf(outcome: string | Rejection): Rejection | undefined {
  return typeof outcome === 'object' && isRejection(outcome) ? outcome : undefined;
}
