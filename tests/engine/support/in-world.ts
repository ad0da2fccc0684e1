/** Models of tests in a world: many cases, messages between them, and the virtual clock. */
import type { InstanceAction } from '../../../engine/commands.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { Limits, Variables } from '../../../engine/facts.ts';
import { visibleVariables } from '../../../engine/execution/variables.ts';
import { doStep } from '../../../engine/world/scenario.ts';
import type { ScenarioStep } from '../../../engine/world/scenario.ts';
import { World } from '../../../engine/world/world.ts';
import type { WorldOptions, WorldRecord } from '../../../engine/world/world.ts';
import { modelOf } from './bpmn.ts';
import { START_OF_TIME } from './checked.ts';

export class WorldTest {
  readonly world: World;
  readonly records: WorldRecord[] = [];
  #steps = 0;

  constructor(options: Partial<WorldOptions> = {}) {
    this.world = new World({ at: START_OF_TIME, zone: 'America/St_Lucia', ...options, onRecord: (record) => this.records.push(record) });
  }

  async deploy(text: string): Promise<this> {
    const refused = this.world.deploy(await modelOf(text));
    if (refused) throw new Error(`Expected the model to be deployed, but: ${refused.message}`);
    return this;
  }

  /** Starts a case and answers its stream. */
  start(processId: string, variables: Variables = {}, key?: string): string {
    const stream = this.world.start(processId, variables, key === undefined ? {} : { key });
    if (typeof stream === 'string') return stream;
    throw new Error(`Expected the case to start, but: ${stream.message}`);
  }

  do(...steps: readonly ScenarioStep[]): this {
    for (const step of steps) doStep(this.world, step, (this.#steps += 1));
    return this;
  }

  execute(stream: string, action: InstanceAction): this {
    const refused = this.world.execute(stream, action);
    if (isRejection(refused)) throw new Error(`Expected ${action.type} to be accepted, but: ${refused.message}`);
    return this;
  }

  /** The cases of a process, oldest first. */
  cases(processId: string): string[] {
    return [...this.world.instances].filter(([, state]) => state.processId === processId).map(([stream]) => stream);
  }

  status(stream: string): string {
    return this.world.instances.get(stream)?.status ?? 'none';
  }

  variables(stream: string): Record<string, unknown> {
    const state = this.world.instances.get(stream);
    return state ? visibleVariables(state, 0) : {};
  }

  /** Completed element ids of one case, or of all, in order. */
  path(stream?: string): string[] {
    return this.records.flatMap((record) => (stream === undefined || record.stream === stream ? record.events.flatMap((event) => (event.type === 'ElementCompleted' ? [event.elementId] : [])) : []));
  }

  /** When events of this type happened. */
  times(type: string): string[] {
    return this.records.flatMap((record) => record.events.filter((event) => event.type === type).map(() => record.at));
  }

  types(): string[] {
    return this.records.flatMap((record) => record.events.map(({ type }) => type));
  }
}

/** A world in which the model is deployed. */
export async function inWorld(text: string, options: { limits?: Partial<Limits>; zone?: string; calendars?: NonNullable<WorldOptions['calendars']> } = {}): Promise<WorldTest> {
  return new WorldTest(options).deploy(text);
}
