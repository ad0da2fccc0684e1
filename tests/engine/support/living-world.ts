/** Cases of random models in a world, with the cases they call: anything that can be asked of them, and whether they all come to an end. */
import type { InstanceAction } from '../../../engine/commands.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { InstanceEvent } from '../../../engine/events.ts';
import { migrationBasis } from '../../../engine/migration/basis.ts';
import type { InstanceState } from '../../../engine/state.ts';
import { inWorld } from './in-world.ts';
import type { WorldTest } from './in-world.ts';
import { modelOf } from './bpmn.ts';
import { pick } from './mutations.ts';
import type { Random } from './mutations.ts';
import { hostile, useful } from './random-commands.ts';

/** What a model may call: it waits, escalates, fails, calls another, and can be undone. */
const CALLED = `
  process Child
  start CStart -> service CDo job=work -> xor CWhich default=CFine
  CWhich -> user CFine -> call CDeep calls=Deep -> end CEnd
  CWhich -[pick = 1]-> throw CTell escalation=E1 -> end CRaised escalation=E1
  CWhich -[pick = 2]-> end CFailed error=E1
  boundary CBack on=CDo compensate by=CUndo
  user CUndo undo
  process Deep
  start DStart -> user DDo -> end DEnd
  boundary DBack on=DDo compensate by=DUndo
  service DUndo job=work undo`;

/** What the world does by itself, or what has a step of its own below. */
const DELIVERED: ReadonlySet<InstanceAction['type']> = new Set(['StartInstance', 'CompleteChild', 'CorrelateMessage', 'ReceiveSignal', 'EscalateChild', 'FireTimer']);

/** More than any model of the generator needs. */
const MOST_MOVES = 6_000;

export class LivingWorld {
  readonly text: string;
  readonly test: WorldTest;
  readonly #random: Random;
  #published = 0;
  /** A token was taken away or added by hand: a join may wait for ever, and an ad-hoc sub-process never have enough. */
  #moved = false;

  private constructor(text: string, test: WorldTest, random: Random) {
    this.text = text;
    this.test = test;
    this.#random = random;
  }

  /** A case of the model, which there is in a second version that says the same. */
  static async of(process: string, random: Random): Promise<LivingWorld> {
    const text = `process P\n${process}\n${CALLED}`;
    const test = await inWorld(text, { limits: { stepsPerTurn: pick(random, [1, 5, 2_000]), stepsWithoutWait: 5_000 } });
    test.start('P', { pick: Math.floor(random() * 3) });
    test.world.deploy(await modelOf(text.replace('process P', 'process P tag=again')));
    return new LivingWorld(text, test, random);
  }

  /** Does `moves` things, wise and foolish. */
  meddle(moves: number): void {
    for (let move = 0; move < moves; move += 1) this.#move([...this.#choices(true)]);
  }

  /** Does what there is to do until all cases have ended; answers why they do not. */
  finish(): string | undefined {
    for (const [stream, state] of this.#active()) if (state.suspended) this.#do(stream, { type: 'ResumeInstance', reason: 'at last' });
    for (let move = 0; this.#active().length > 0; move += 1) {
      const choices = [...this.#choices(false)];
      if (choices.length > 0 && move < MOST_MOVES) this.#move(choices);
      else return this.#moved && !this.#isWaitingForNothing() ? undefined : `${choices.length > 0 ? 'they go on for ever' : 'nothing can be done any more'}: ${this.#where()}`;
    }
    return undefined;
  }

  #move(choices: readonly (() => void)[]): void {
    if (choices.length > 0) pick(this.#random, choices)();
  }

  #active(): [string, InstanceState][] {
    return [...this.test.world.instances].filter(([, { status }]) => status === 'active');
  }

  #do(stream: string, action: InstanceAction): void {
    const held = action.type === 'CompleteTask' ? this.test.world.instances.get(stream)?.elements.get(action.task)?.task?.assignee : undefined;
    const done = this.test.world.execute(stream, action, { person: held ?? 'anna', groups: [] });
    if (action.type === 'ModifyInstance' && !isRejection(done)) this.#moved = true;
  }

  *#choices(meddling: boolean): Iterable<() => void> {
    for (const [stream, state] of this.#active()) {
      const asked = meddling && this.#random() < 0.15 ? hostile(state, Math.floor(this.#random() * 5_000)) : useful(state);
      for (const command of asked) if (!DELIVERED.has(command.type)) yield () => { this.#do(stream, command); };
      if (meddling && this.#random() < 0.3) for (const action of this.#byHand(stream, state)) yield () => { this.#do(stream, action); };
      yield* this.#outside(stream, state);
    }
  }

  /** What comes from outside. */
  *#outside(stream: string, state: InstanceState): Iterable<() => void> {
    const { world } = this.test;
    const brought = { pick: Math.floor(this.#random() * 4) };
    for (const wait of state.waits.values()) {
      if (wait.kind === 'message') yield () => { world.publish(wait.name, wait.correlationKey, brought, `m${String((this.#published += 1))}`, 'PT0S'); };
      if (wait.kind === 'signal') yield () => { world.broadcast(wait.name, {}, `s${String((this.#published += 1))}`); };
      if (wait.kind === 'timer') yield () => { world.advanceTo(wait.dueAt); };
      if (wait.kind === 'condition') yield () => { this.#do(stream, { type: 'SetVariables', variables: brought, reason: 'measured' }); };
    }
  }

  #byHand(stream: string, state: InstanceState): InstanceAction[] {
    const { world, records } = this.test;
    const inside = [...state.elements.values()].filter(({ id }) => id !== 0);
    const some = (): number[] => inside.filter(() => this.#random() < 0.2).map(({ id }) => id);
    const graph = world.graphOf(stream);
    const history = records.flatMap((record) => (record.stream === stream ? [{ at: record.at, events: record.events as readonly InstanceEvent[] }] : []));
    const reason = 'by hand';
    return [
      { type: 'ModifyInstance', reason, cancel: some() }, { type: 'ModifyInstance', reason, skip: some() },
      { type: 'ModifyInstance', reason, activate: [{ elementId: pick(this.#random, [...graph.nodes.keys()]) }] },
      { type: 'SuspendInstance', reason }, { type: 'ResumeInstance', reason },
      { type: 'MigrateInstance', version: 2, reason, basis: migrationBasis(graph, history) },
      { type: 'ActivateAdHoc', element: inside.find(({ elementId }) => graph.nodes.get(elementId)?.adHoc)?.id ?? 0, activities: [pick(this.#random, [...graph.nodes.keys()])] },
    ];
  }

  /** Something is being cancelled or undone, and nobody is at it. */
  #isWaitingForNothing(): boolean {
    return this.#active().some(([, { elements }]) => [...elements.values()].some(({ terminating, particulars }) => terminating !== undefined || (particulars?.runs.size ?? 0) > 0));
  }

  #where(): string {
    return this.#active().map(([, { processId, elements }]) => `${processId} at ${[...elements.values()].map(({ elementId, terminating }) => `${elementId}${terminating ? ' (being cancelled)' : ''}`).join(', ')}`).join('; ');
  }
}
