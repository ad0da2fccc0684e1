// Size: what one command does costs the same in a small case and in a large one, counted in events and in looks at the state.
import { expect } from 'chai';
import type { Doer, InstanceAction } from '../../engine/commands.ts';
import type { InstanceState } from '../../engine/state.ts';
import { processOf } from './support/bpmn.ts';
import { LargeCase } from './support/large.ts';
import type { Meter } from './support/metered.ts';

const SMALL = 200;
/** A hundred times as large: a cost that grows with the case is a hundred times as high. */
const LARGE = 20_000;
const COMMANDS = 150;

/** `n` jobs of one activity wait beside what the command is about. */
const crowd = (beside: string): string => `start -> and Fork -> service Crowd job=crowd times="=n" -> end\n${beside}`;

interface Row {
  readonly what: string;
  readonly model: string;
  /** What it is started with, where that makes it large. */
  readonly done?: (n: number) => readonly Doer[];
  /** The next command; what it is about is found without going through the crowd. */
  readonly command: (on: Near) => InstanceAction;
}

/** Finds what was opened last: the crowd opened before it, or closes in order. */
class Near {
  readonly state: InstanceState;
  /** Every open job of the crowd, oldest first; looked up once. */
  readonly #jobs: number[];

  constructor(state: InstanceState) {
    this.state = state;
    this.#jobs = [...state.waits.values()].flatMap((wait) => (wait.kind === 'job' && wait.jobType === 'crowd' ? [wait.id] : []));
  }

  job(): number {
    return this.#jobs.shift() ?? 0;
  }

  /** The newest thing that waits and is not of the crowd. */
  wait(kind: string): number {
    for (let id = this.state.counter; id > 0; id -= 1) {
      const wait = this.state.waits.get(id);
      if (wait?.kind === kind && !(wait.kind === 'job' && wait.jobType === 'crowd')) return id;
    }
    return 0;
  }

  task(): number {
    for (let id = this.state.counter; id > 0; id -= 1) if (this.state.elements.get(id)?.task) return id;
    return 0;
  }
}

const ROWS: readonly Row[] = [
  { what: 'completing a job', model: crowd(''), command: (on) => ({ type: 'CompleteJob', job: on.job(), variables: {} }) },
  { what: 'completing a job with a result, under a completion condition', model: crowd('').replace('times="=n"', 'times="=n" until="=numberOfCompletedInstances > 1000000"'), command: (on) => ({ type: 'CompleteJob', job: on.job(), variables: { x: 1 } }) },
  { what: 'writing a variable that a condition reads', model: crowd('Fork -> catch Wait if="=x = 999" -> end'), command: () => ({ type: 'SetVariables', variables: { x: 1 }, reason: 'test' }) },
  { what: 'firing a timer of a cycle', model: crowd('Fork -> user U -> end\nboundary B on=U every=R/PT1S beside -> end Told'), command: (on) => ({ type: 'FireTimer', timer: on.wait('timer') }) },
  { what: 'starting an event sub-process', model: `${crowd('')}\nsub H event {\nstart S signal=Go beside -> task T -> end E\n}`, command: (on) => ({ type: 'ReceiveSignal', subscription: on.wait('signal'), signalId: 's', variables: {} }) },
  { what: 'assigning and completing a task', model: crowd('Fork -> xor Again -> user U -> Again'), command: (on) => {
    const id = on.task();
    return on.state.elements.get(id)?.task?.assignee === undefined ? { type: 'AssignTask', task: id, assignee: 'anna' } : { type: 'CompleteTask', task: id, variables: {} };
  } },
  { what: 'resolving an incident that comes again', model: crowd('Fork -> xor X default=Stop\nX -[missing > 1]-> end\nX -> end Stop'), command: (on) => ({ type: 'ResolveIncident', incident: on.wait('incident') }) },
  { what: 'beginning and joining by hand', model: crowd('Fork -> user U -> and Join -> end\nFork -> user V -> Join'), command: () => ({ type: 'ModifyInstance', reason: 'test', activate: [{ elementId: 'V' }] }) },
  { what: 'undoing one activity beside many that can be undone', model: `start -> xor M -> task A -> script C is="=x + 1" result=x -> xor G default=M
G -[x >= n]-> xor Again -> user U -> task B -> throw Undo compensate=B -> Again
G -> M
boundary BA on=A compensate by=UndoA
boundary BB on=B compensate by=UndoB
task UndoA undo
task UndoB undo`, command: (on) => {
    const id = on.task();
    return on.state.elements.get(id)?.task?.assignee === undefined ? { type: 'AssignTask', task: id, assignee: 'anna' } : { type: 'CompleteTask', task: id, variables: {} };
  } },
  { what: 'claiming a task that many, and this person often, may not do', model: 'start -> user Draft -> end\nstart -> user U notSameAs=Draft -> end Done', done: (n) => Array.from({ length: n }, (_, index) => ({ elementId: `T${String(index)}`, person: index % 2 === 0 ? 'anna' : `p${String(index)}` })), command: (on) => {
    const id = on.task();
    return on.state.elements.get(id)?.task?.assignee === undefined ? { type: 'ClaimTask', task: id } : { type: 'ReleaseTask', task: id };
  } },
  { what: 'an error caught beside the crowd', model: crowd('Fork -> xor Again -> service U job=own -> end\nboundary B on=U error=E1 -> Again'), command: (on) => ({ type: 'ThrowJobError', job: on.wait('job'), code: 'E1', message: '', variables: {} }) },
];

interface Measured {
  /** Of each command. */
  readonly events: readonly number[];
  /** At the state, by each of the last commands. */
  readonly looks: readonly number[];
}

async function measure({ model, done, command }: Row, n: number): Promise<Measured> {
  const on = new LargeCase(await processOf(model));
  on.start({ n, x: 0 }, done?.(n));
  const near = new Near(on.state);
  const events: number[] = [];
  for (let count = 0; count < COMMANDS; count += 1) events.push(on.give(command(near)).events);
  const looks: number[] = [];
  for (let count = 0; count < 10; count += 1) {
    const meter: Meter = { looks: 0 };
    events.push(on.give(command(near), meter).events);
    looks.push(meter.looks);
  }
  return { events, looks };
}

describe('Engine: size', () => {
  for (const row of ROWS) {
    it(`A step does not depend on the size of the case: ${row.what}`, async () => {
      const small = await measure(row, SMALL);
      const large = await measure(row, LARGE);
      expect(large.events, 'events of each command').to.deep.equal(small.events);
      expect(large.looks, 'looks at the state by each command').to.deep.equal(small.looks);
    }).timeout(60_000);
  }

  it('A loop of 50,000 iterations, by a gateway and by a marker, makes the same events for each and leaves nothing behind', async () => {
    for (const model of ['start -> xor M -> script C is="=n + 1" result=n -> xor G default=M\nG -[n >= goal]-> end\nG -> M', 'start -> script C is="=n + 1" result=n while="=n < goal" -> end']) {
      const graph = await processOf(model);
      const counts = [1_000, 50_000].map((goal) => {
        const on = new LargeCase(graph);
        const cost = on.start({ n: 0, goal });
        expect([on.state.status, on.state.elements.size, on.state.waits.size]).to.deep.equal(['completed', 1, 0]);
        expect(cost.mostEvents, 'events of a turn').to.be.lessThan(20_000);
        // What a turn adds for itself does not belong to the iterations.
        return { perIteration: (cost.events - 2 * (cost.turns - 1)) / goal, perTurn: cost.events / cost.turns };
      });
      expect(counts[1]!.perIteration).to.be.closeTo(counts[0]!.perIteration, 0.05);
    }
  }).timeout(60_000);
});
